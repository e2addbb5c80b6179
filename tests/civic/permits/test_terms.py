"""Until when a permit holds, and how far the finished building may be otherwise: every edge from both sides."""

from datetime import date
from decimal import Decimal

import pytest

from civic.permits.terms import area_deviation, built_yards, ending, within_tolerance
from gis.errors import Invalid
from gis.site import LocalBody
from rules.book import Book
from rules.reading import library
from tests.civic.permits.low_risk import DAY, a_low_risk_check

UNREAD = date(2019, 11, 7)


def a_book(on: date = DAY, body: LocalBody = LocalBody.MUNICIPALITY) -> Book:
    """The book of a day."""
    return library().on(on, body)


@pytest.mark.parametrize(
    ("issued", "until"),
    [
        (date(2026, 1, 1), date(2031, 1, 1)),
        (date(2028, 2, 29), date(2033, 2, 28)),
        (date(2025, 10, 29), date(2030, 10, 29)),
    ],
)
def test_a_permit_holds_for_the_years_of_the_book(issued: date, until: date) -> None:
    found = ending(issued, a_book(issued))
    assert found is not None
    assert found.day == until
    assert "validity" in found.clause


def test_where_the_book_has_no_years_no_end_is_said() -> None:
    assert ending(date(2025, 10, 28), a_book(date(2025, 10, 28))) is None


@pytest.mark.parametrize(
    ("required", "measured", "holds"),
    [
        ("3", "2.850", True),  # 5 % of 3 m is 0.15 m
        ("3", "2.849", False),
        ("3", "2.8496", True),  # compared at 1 mm
        ("5", "4.75", True),  # 5 % of 5 m is 0.25 m
        ("5", "4.749", False),
        ("10", "9.75", True),  # 5 % would be 0.5 m, 0.25 m is the lesser
        ("10", "9.749", False),
        ("1", "0.95", True),
        ("1", "0.949", False),
        ("3", "3", True),
        ("3", "4", True),
        ("0", "0", True),
    ],
)
def test_a_yard_may_be_short_by_the_lesser_of_a_twentieth_and_25_cm(
    required: str, measured: str, holds: bool
) -> None:
    found = within_tolerance(Decimal(required), Decimal(measured), a_book())
    assert found is not None
    assert found.holds is holds
    assert found.clauses == ("S.R.O. 828/2019, 20",)


def test_without_a_tolerance_in_the_book_none_is_told() -> None:
    assert within_tolerance(Decimal(3), Decimal("2.9"), a_book(UNREAD)) is None


@pytest.mark.parametrize(
    ("required", "measured"), [("-1", "1"), ("1", "-1"), ("1", "NaN"), ("Infinity", "1")]
)
def test_a_yard_that_is_no_length_is_refused(required: str, measured: str) -> None:
    with pytest.raises(Invalid, match="cannot be"):
        within_tolerance(Decimal(required), Decimal(measured), a_book())


@pytest.mark.parametrize(
    ("rule", "measured", "expected"),
    [
        ("yards", "2.85", [True]),
        ("yards", "2.84", [False]),
        ("road_distance", "2.95", []),  # rule 23 has no tolerance
    ],
)
def test_only_a_yard_of_the_finished_building_is_tolerated(
    rule: str, measured: str, expected: list[bool]
) -> None:
    found = a_low_risk_check()
    each = next(each for each in found["findings"] if each["rule"] == rule and each["measured"])
    each |= {
        "outcome": "fail",
        "measured": each["measured"] | {"amount": measured, "unit": "m"},
        "required": each["required"] | {"amount": "3", "unit": "m"},
    }
    told = [each.tolerated for each in built_yards(found, a_book())]
    assert [each.holds for each in told if each] == expected
    assert len(built_yards(found, a_book(UNREAD))) == len(expected)


def test_yards_that_are_kept_are_not_listed() -> None:
    assert built_yards(a_low_risk_check(), a_book()) == ()


@pytest.mark.parametrize(
    ("permitted", "built", "percent", "is_free"),
    [
        ("200", "220", "10", True),
        ("200", "220.02", "10.01", False),
        ("200", "180", "10", True),
        ("200", "179.98", "10.01", False),
        ("200", "200", "0", True),
    ],
)
def test_a_tenth_of_the_area_more_or_less_needs_no_revised_permit(
    permitted: str, built: str, percent: str, is_free: bool
) -> None:
    before, after = a_low_risk_check(), a_low_risk_check()
    before["measures"]["built_up_area"]["amount"] = permitted
    after["measures"]["built_up_area"]["amount"] = built
    found = area_deviation(before, after, a_book())
    assert found is not None
    assert (found.percent, found.is_free, found.group) == (Decimal(percent), is_free, "A1")


def test_another_use_or_an_area_only_declared_is_no_deviation_that_can_be_told() -> None:
    before, after = a_low_risk_check(), a_low_risk_check()
    after["measures"]["built_up_area"]["is_declared"] = True
    assert area_deviation(before, after, a_book()) is None
    other = a_low_risk_check()
    for each in other["findings"]:
        if each["rule"] == "occupancy_groups":
            each["subject"] = "F"
    assert area_deviation(before, other, a_book()) is None
    assert area_deviation(before, before, a_book(date(2025, 10, 28))) is None
