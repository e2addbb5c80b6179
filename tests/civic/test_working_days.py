"""A clock counts working days of the office, in the office's own days."""

from datetime import UTC, date, datetime

import pytest

from civic.core.working_days import day_there, working_days
from gis.errors import Invalid

REST = working_days("7,6/2", [date(2026, 11, 20)])


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 14), False),  # the second Saturday
        (date(2026, 11, 7), True),
        (date(2026, 11, 21), True),
        (date(2026, 11, 22), False),  # a Sunday
        (date(2026, 11, 20), False),  # a holiday
        (date(2026, 11, 19), True),
    ],
)
def test_the_office_rests_on_its_days(day: date, works: bool) -> None:
    assert REST.is_working(day) is works


def test_the_first_day_does_not_count_and_rest_is_passed_over() -> None:
    assert REST.after(date(2026, 11, 19), 1) == date(2026, 11, 21)
    assert REST.after(date(2026, 11, 19), 2) == date(2026, 11, 23)
    assert REST.after(date(2026, 11, 19), 0) == date(2026, 11, 19)


def test_days_between_agree_with_the_clock() -> None:
    begin = date(2026, 11, 3)
    for working in range(40):
        assert REST.between(begin, REST.after(begin, working)) == working
    assert REST.between(date(2026, 11, 23), date(2026, 11, 19)) == -2


@pytest.mark.parametrize("rest", ["8", "6/6", "Sunday", "1,2,3,4,5,6,7"])
def test_days_of_rest_that_cannot_be_are_refused(rest: str) -> None:
    with pytest.raises(Invalid):
        working_days(rest, [])


def test_midnight_is_the_offices_own() -> None:
    assert day_there(datetime(2026, 11, 22, 18, 29, 59, tzinfo=UTC), "Asia/Kolkata") == date(2026, 11, 22)
    assert day_there(datetime(2026, 11, 22, 18, 30, tzinfo=UTC), "Asia/Kolkata") == date(2026, 11, 23)
