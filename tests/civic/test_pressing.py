"""An inbox says of every case since when it waits, how many days of the office are left, and how near it is to being late."""

from datetime import date

import pytest
from fastapi.testclient import TestClient

from api.sample_town import BODY, OFFICERS
from civic.core.pressing import pressing
from civic.core.tables import NO_DAY
from civic.core.working_days import working_days
from tests.civic.test_sample_town import become

FRIDAY = date(2026, 11, 20)
CALENDAR = working_days("7,6/2", [date(2026, 11, 24)])
"""Saturday 21 is a day of work, Sunday 22 is not, Monday 23 is, Tuesday 24 is a holiday."""


@pytest.mark.parametrize(
    ("last", "days", "risk"),
    [
        (date(2026, 11, 18), 2, "late"),
        (date(2026, 11, 19), 1, "late"),
        (FRIDAY, 0, "last_day"),
        (date(2026, 11, 21), 1, "soon"),
        (date(2026, 11, 22), 1, "soon"),
        (date(2026, 11, 23), 2, "soon"),
        (date(2026, 11, 24), 2, "soon"),
        (date(2026, 11, 25), 3, "in_time"),
        (NO_DAY, 0, None),
    ],
)
def test_what_is_left_is_counted_in_days_of_the_office(last: date, days: int, risk: str | None) -> None:
    found = pressing(last, CALENDAR, FRIDAY)
    assert (found.days, found.risk) == (days, risk)
    assert found.is_grave is (risk in ("late", "last_day"))


def test_a_limit_that_ends_on_a_day_of_rest_is_at_its_last_day_before_it() -> None:
    assert pressing(date(2026, 11, 22), CALENDAR, date(2026, 11, 21)).risk == "last_day"


@pytest.mark.parametrize(("language", "since"), [("en", "since "), ("ml", " മുതൽ")])
def test_the_inbox_tells_clock_and_risk(door: TestClient, language: str, since: str) -> None:
    become(door, OFFICERS["verifier"])
    page = door.get(f"/town/{BODY.code}/inbox?lang={language}").text
    first = page[page.index("case-line") :].partition("</li>")[0]
    assert since in first
    assert 'class="risk-' in first
