"""After the permit: years, extensions, transfers, fines and deviations, from both sides of every limit."""

from datetime import date
from decimal import Decimal

import pytest

from gis.errors import Invalid
from gis.site import LocalBody
from rules.book import Book, Force, NotEncoded
from rules.reading import library
from rules.reckoning.deadlines import Deadline, time_limits
from rules.reckoning.permit_years import (
    deviations,
    extension_fee,
    fine,
    is_regularised,
    licence_fee,
    licence_until,
    renewal_fee,
    transfer_fee,
    validity,
)
from tests.rules.plan_builders import DAY, a_plan, a_site


def a_book(on: date = DAY, body: str = "municipality") -> Book:
    return library().on(on, LocalBody(body))


def limits(on: date) -> dict[str, Deadline]:
    site = a_site()
    return {each.what: each for each in time_limits(a_plan({}, site=site), site, a_book(on))}


@pytest.mark.parametrize(
    ("on", "days"),
    [(date(2019, 11, 7), None), (date(2019, 11, 8), 30), (date(2021, 6, 28), 30), (date(2021, 6, 29), 15)],
)
def test_the_office_decides_within_the_days_of_the_day(on: date, days: int | None) -> None:
    assert limits(on)["decision on the permit"].count == days


def test_every_limit_has_its_clause() -> None:
    found = limits(DAY)
    told = {what: (each.count, each.unit) for what, each in found.items()}
    assert told == {
        "inspection report": (48, "hour"),
        "query on the application": (10, "day"),
        "reply of another authority": (15, "day"),
        "reply of the District Town Planner": (1, "month"),
        "reply of the Chief Town Planner": (2, "month"),
        "certificate of a low-risk building": (5, "working day"),
        "decision on the permit": (15, "day"),
        "decision on a hut": (14, "day"),
        "decision of the Council after a written request": (30, "day"),
        "letter that lets the work begin": (45, "day"),
        "remarks on the plinth": (5, "day"),
        "plinth deemed in order": (7, "day"),
        "occupancy certificate": (15, "day"),
        "notice of a transfer": (60, "day"),
        "decision on a transfer": (15, "day"),
        "appeal to the Tribunal": (30, "day"),
    }
    assert all(each.citation for each in found.values())


def test_the_days_of_an_appeal_are_only_recalled() -> None:
    assert limits(DAY)["appeal to the Tribunal"].force is Force.ADVISORY


def test_a_limit_that_was_not_read_says_so() -> None:
    found = limits(date(2025, 10, 28))["notice of a transfer"]
    assert found.count is None
    assert found.reason


def test_a_permit_holds_five_years_and_fifteen_in_all() -> None:
    found = validity(date(2026, 1, 1), a_book())
    assert (found.first, found.extended, found.second, found.last) == (
        date(2031, 1, 1),
        date(2036, 1, 1),
        date(2041, 1, 1),
        date(2041, 1, 1),
    )


def test_a_permit_of_a_leap_day_ends_on_the_last_of_february() -> None:
    assert validity(date(2028, 2, 29), a_book(date(2028, 2, 29))).first == date(2033, 2, 28)


def test_how_long_a_permit_held_before_october_2025_was_not_read() -> None:
    with pytest.raises(NotEncoded):
        validity(date(2025, 10, 28), a_book(date(2025, 10, 28)))


@pytest.mark.parametrize(("year", "extension", "renewal"), [(10, 10_000, 50_000), (11, 100_000, 200_000)])
def test_extension_and_renewal_cost_more_beyond_the_tenth_year(
    year: int, extension: int, renewal: int
) -> None:
    assert extension_fee(100_000, year, a_book()).paise == extension
    assert renewal_fee(100_000, year, a_book()).paise == renewal
    assert extension_fee(100_000, year, a_book(date(2025, 10, 28))).paise is None


@pytest.mark.parametrize(("days", "paise"), [(60, 10_000), (61, 35_000)])
def test_late_notice_of_a_transfer_is_fined(days: int, paise: int) -> None:
    assert transfer_fee(days, a_book()).paise == paise
    assert transfer_fee(days, a_book(date(2025, 10, 28))).paise is None


@pytest.mark.parametrize(
    ("built", "is_free"), [("110", True), ("110.01", False), ("90", True), ("89.99", False)]
)
def test_up_to_a_tenth_of_an_occupancy_may_deviate(built: str, is_free: bool) -> None:
    (found,) = deviations({"A1": Decimal(100)}, {"A1": Decimal(built)}, a_book())
    assert found.is_free is is_free


def test_an_occupancy_that_was_never_permitted_needs_a_permit() -> None:
    found = deviations({"A1": Decimal(100)}, {"A1": Decimal(100), "F": Decimal(1)}, a_book())
    assert [(each.group, each.is_free) for each in found] == [("F", False)]


@pytest.mark.parametrize(("built_by", "is_covered"), [(date(2019, 11, 7), True), (date(2019, 11, 8), False)])
def test_the_one_time_regularisation_of_panchayats_has_a_last_day(built_by: date, is_covered: bool) -> None:
    assert is_regularised(built_by, a_book(body="panchayat")) is is_covered


def test_of_a_municipal_regularisation_nothing_was_read() -> None:
    with pytest.raises(NotEncoded):
        is_regularised(date(2018, 1, 1), a_book())


@pytest.mark.parametrize(
    ("case", "days", "paise"),
    [("ordinary", 0, 1_000_000), ("ordinary", 3, 1_300_000), ("hut_or_well", 0, 100_000), ("hut_or_well", 2, 150_000)],
)  # fmt: skip
def test_a_fine_grows_by_the_day(case: str, days: int, paise: int) -> None:
    assert fine(case, days, a_book()).paise == paise


def test_days_of_an_offence_are_not_negative() -> None:
    with pytest.raises(Invalid, match="negative"):
        fine("ordinary", -1, a_book())


@pytest.mark.parametrize(
    ("kind", "days", "paise"),
    [("a", 0, 600_000), ("a", 90, 900_000), ("a", 91, 1_200_000), ("a", 180, 1_200_000), ("a", 181, None), ("b", 0, 500_000),
     ("institution", 0, 600_000), ("supervisor_senior", 0, 400_000), ("supervisor_a", 0, 300_000), ("supervisor_b", 0, 200_000)],
)  # fmt: skip
def test_a_registration_costs_more_when_late(kind: str, days: int, paise: int | None) -> None:
    assert licence_fee(kind, days, a_book()).paise == paise


def test_the_late_fine_before_october_2025_was_not_read() -> None:
    assert licence_fee("a", 90, a_book(date(2025, 10, 28))).paise is None
    assert licence_fee("a", 0, a_book(date(2025, 10, 28))).paise == 600_000


def test_a_registration_holds_four_years() -> None:
    assert licence_until(date(2026, 1, 1), a_book()) == date(2030, 1, 1)
