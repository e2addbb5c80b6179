"""A local body opens its town hall, sets its fees, and lets nobody in without a code."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.founding import Administrator, open_town_hall
from api.sample_town import BODY, CITIZENS, OFFICERS
from civic.core.bodies import LocalBody, NoSuchBody, inside
from civic.core.people import people_in
from gis.errors import Conflict, Invalid, NotFound
from tests.civic.test_sample_town import become

NOW = datetime.now(UTC)
FIRST = Administrator(name="Deepa", address="deepa@example.org", order_ref="Order 1/2026")
FEES = f"/town/{BODY.code}/land-records/fees"


def a_real_body() -> LocalBody:
    return replace(BODY, code=f"real-{uuid4().hex[:8]}", synthetic=False)


def test_a_town_hall_opens_with_its_administrator(
    sample_owner: Engine, sample_hall: Engine, door: TestClient
) -> None:
    body = a_real_body()
    open_town_hall(sample_owner, body, FIRST, now=NOW)
    with inside(sample_hall, body.code) as (session, _):
        assert [each.name for each in people_in(session, "admin", on=NOW.date() + timedelta(days=1))] == [
            "Deepa"
        ]
    assert 'name="who"' not in door.get(f"/town/{body.code}/sign-in").text
    assert door.post(f"/town/{body.code}/sign-in/demo", data={"who": 1}).status_code == 403
    with pytest.raises(Conflict, match="already"):
        open_town_hall(sample_owner, body, FIRST, now=NOW)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code": "Two Words"}, Invalid),
        ({"rest_days": "1,2,3,4,5,6,7"}, Invalid),
        ({"time_zone": "Mars/Olympus"}, Invalid),
        ({"jurisdiction": "nowhere"}, NotFound),
    ],
)
def test_what_cannot_be_opened_leaves_nothing(
    sample_owner: Engine, change: dict[str, str], error: type[Exception]
) -> None:
    body = replace(a_real_body(), **change)  # type: ignore[arg-type]
    with pytest.raises(error):
        open_town_hall(sample_owner, body, FIRST, now=NOW)
    with pytest.raises(NoSuchBody), inside(sample_owner, body.code):
        pass


def test_a_fee_is_set_from_today_on_with_its_source(door: TestClient) -> None:
    become(door, OFFICERS["secretary"])
    later = (NOW + timedelta(days=40)).date()
    form = {"kind": "merge", "rupees": "125.50", "begins": str(later), "source": "Resolution 9/2026"}
    assert door.post(FEES, data=form, follow_redirects=False).status_code == 303
    assert "125.50" in door.get(FEES).text
    assert door.post(FEES, data=form).status_code == 409
    assert door.post(FEES, data=form | {"begins": "2020-01-01"}).status_code == 409


@pytest.mark.parametrize(
    "change",
    [
        {"rupees": "0"},
        {"rupees": "-1"},
        {"rupees": "1.001"},
        {"rupees": "NaN"},
        {"source": " "},
        {"kind": "x"},
    ],
)
def test_a_fee_that_is_none_is_refused(door: TestClient, change: dict[str, str]) -> None:
    become(door, OFFICERS["secretary"])
    later = (NOW + timedelta(days=41)).date()
    form = {"kind": "merge", "rupees": "10", "begins": str(later), "source": "Resolution"}
    assert door.post(FEES, data=form | change).status_code == 422


def test_a_citizen_sets_no_fee(door: TestClient) -> None:
    become(door, CITIZENS[0][0])
    form = {"kind": "merge", "rupees": "10", "begins": "2030-01-01", "source": "me"}
    assert door.post(FEES, data=form).status_code == 403
