"""What a permit costs, line by line: every slab and day from both sides."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gis.site import LocalBody
from rules.book import Book, Force
from rules.reading import library
from rules.reckoning.charges import (
    application_fee,
    application_fee_of_work,
    floor_space_fee,
    permit_fee,
    scrutiny_fee,
    work_fee,
)
from rules.reckoning.fees import Fee
from tests.rules.plan_builders import DAY, a_plan, a_site


def a_book(body: str = "municipality", on: date = DAY) -> Book:
    return library().on(on, LocalBody(body))


def house(area: float | str, code: str = "A1", **words: Any) -> dict[str, Any]:
    return {"buildings": [{"floors": {0: {code: area}}, **words}]}


def permit(plan: dict[str, Any], body: str = "municipality", on: date = DAY) -> Fee:
    site = a_site({"body": body}, on=on)
    return permit_fee(a_plan(plan, site=site), site, a_book(body, on))


@pytest.mark.parametrize(
    ("body", "area", "rupees"),
    [
        ("municipality", 80, "280"),
        ("municipality", 80.01, "1400.18"),
        ("municipality", 150, "2625"),
        ("municipality", 150.01, "9000.60"),
        ("municipality", 300, "18000"),
        ("municipality", 300.01, "45001.50"),
        ("corporation", 80, "400"),
        ("corporation", 80.01, "1600.20"),
        ("corporation", 300, "21000"),
        ("corporation", 300.01, "45001.50"),
    ],
)
def test_the_whole_area_of_a_house_pays_the_rate_of_its_slab(body: str, area: float, rupees: str) -> None:
    fee = permit(house(area), body)
    assert fee.paise == int(Decimal(rupees) * 100)
    assert fee.force is Force.BINDING
    assert fee.lines[0].clause == "S.R.O. 1240/2025, Schedule II"


@pytest.mark.parametrize(
    ("code", "area", "rate"),
    [("A2", 200, 70), ("F", 200, 80), ("G2", 200, 60), ("J", 301, 150), ("H", 301, 100), ("E", 301, 100), ("I1", 80, 10)],
)  # fmt: skip
def test_every_group_has_its_rate(code: str, area: int, rate: int) -> None:
    assert permit(house(area, code)).paise == area * rate * 100


def test_each_building_is_reckoned_by_its_own_slab() -> None:
    two = {"buildings": [{"floors": {0: {"A1": 80}}}, {"floors": {0: {"A1": 80}}}]}
    assert permit(two).paise == 2 * 28000


def test_an_addition_pays_for_what_is_added_at_the_slab_of_the_whole() -> None:
    fee = permit(house(50, existing={0: {"A1": 260}}))
    assert fee.paise == 50 * 15000
    assert "310" in fee.lines[0].what


def test_a_mixed_building_pays_by_occupancy_at_the_slab_of_the_whole() -> None:
    fee = permit({"buildings": [{"floors": {0: {"A1": 100, "F": 100}}}]})
    assert {line.paise for line in fee.lines} == {100 * 6000, 100 * 8000}


def test_an_accessory_building_is_added_to_the_main_one() -> None:
    plan = {**house(75), "things": [{"role": "accessory building", "box": [0, 0, 2, 3]}]}
    fee = permit(plan)
    assert fee.paise == 81 * 1750
    assert len(fee.lines) == 2


def test_a_proposed_well_is_a_line_of_its_own() -> None:
    plan = {**house(80), "things": [{"role": "well", "meaning": "proposed"}, {"role": "well", "meaning": "existing"}]}  # fmt: skip
    assert permit(plan).paise == 28000 + 2000


@pytest.mark.parametrize(
    ("on", "paise", "force"),
    [
        (date(2023, 4, 9), 120 * 700 // 2, Force.ADVISORY),
        (date(2023, 4, 10), 120 * 7000, Force.ADVISORY),
        (date(2024, 7, 31), 120 * 7000, Force.ADVISORY),
        (date(2024, 8, 1), 120 * 3500, Force.ADVISORY),
        (date(2025, 3, 18), 120 * 3500, Force.ADVISORY),
        (date(2025, 3, 19), None, Force.ADVISORY),
        (date(2025, 10, 28), None, Force.ADVISORY),
        (date(2025, 10, 29), 120 * 1750, Force.BINDING),
    ],
)
def test_the_fee_of_the_day_is_due(on: date, paise: int | None, force: Force) -> None:
    fee = permit(house(120), on=on)
    assert fee.paise == paise
    assert fee.force is force


@pytest.mark.parametrize(("area", "paise"), [(150, 150 * 350), (150.01, 105007)])
def test_the_rebate_of_small_houses_ended_at_150_square_metres(area: float, paise: int) -> None:
    assert permit(house(area), on=date(2023, 4, 9)).paise == paise


@pytest.mark.parametrize(("on", "paise"), [(date(2025, 10, 28), 100 * 2500), (date(2025, 10, 29), None)])
def test_a_panchayat_has_only_what_the_press_told(on: date, paise: int | None) -> None:
    fee = permit(house(100), "panchayat", on)
    assert fee.paise == paise
    assert fee.force is Force.ADVISORY


def test_an_area_that_is_not_known_has_no_fee_and_says_so() -> None:
    fee = permit(house(None))  # type: ignore[arg-type]
    assert fee.paise is None
    assert "not known" in fee.lines[0].reason


def test_a_plan_without_buildings_has_no_fee() -> None:
    assert permit({"buildings": []}).paise is None


@pytest.mark.parametrize(
    ("body", "area", "rupees"),
    [
        ("municipality", 100, 150), ("municipality", 100.01, 500), ("municipality", 300, 500),
        ("municipality", 300.01, 3000), ("corporation", 100, 150), ("corporation", 100.01, 500),
        ("corporation", 300.01, 4000),
    ],
)  # fmt: skip
def test_the_application_fee_goes_by_all_built_up_area_in_the_plot(
    body: str, area: float, rupees: int
) -> None:
    site = a_site({"body": body})
    half = {"buildings": [{"floors": {0: {"A1": area - 50}}}, {"floors": {0: {"A1": 50}}}]}
    assert application_fee(a_plan(half, site=site), site, a_book(body)).paise == rupees * 100


@pytest.mark.parametrize("on", [date(2025, 3, 19), date(2025, 10, 28)])
def test_in_the_unread_days_the_application_fee_is_not_known(on: date) -> None:
    site = a_site()
    fee = application_fee(a_plan(house(80), site=site), site, a_book(on=on))
    assert fee.paise is None
    assert fee.lines[0].reason


def test_the_application_fee_of_an_area_that_is_not_known_is_not_known() -> None:
    site = a_site()
    assert application_fee(a_plan(house(None), site=site), site, a_book()).paise is None  # type: ignore[arg-type]


@pytest.mark.parametrize(("code", "rate"), [("A1", 4), ("E", 4), ("G2", 4), ("F", 5), ("J", 5)])
def test_the_scrutiny_fee_has_a_rate_for_each_group(code: str, rate: int) -> None:
    site = a_site()
    assert scrutiny_fee(a_plan(house(300, code), site=site), site, a_book()).paise == 300 * rate * 100


def test_recreational_constructions_have_no_row_in_the_schedule_of_scrutiny() -> None:
    site = a_site()
    plan = {**house(300, "D"), "groups": {"D": "D1"}}
    fee = scrutiny_fee(a_plan(plan, site=site), site, a_book())
    assert fee.paise is None
    assert "no row for D1" in fee.lines[0].reason


def test_before_the_schedule_the_scrutiny_fee_is_not_known() -> None:
    site = a_site()
    assert scrutiny_fee(a_plan(house(300), site=site), site, a_book(on=date(2025, 10, 28))).paise is None


@pytest.mark.parametrize(
    ("area", "paise"), [(1500, 0), (1500.01, 5000), (1510, 10 * 500000), (2000, 500 * 500000)]
)
def test_floor_area_above_the_free_index_costs_5000_rupees_a_square_metre(area: float, paise: int) -> None:
    site = a_site()
    assert floor_space_fee(a_plan(house(area), site=site), site, a_book()).paise == paise


def test_nothing_above_the_free_index_is_no_line() -> None:
    site = a_site()
    assert floor_space_fee(a_plan(house(1500), site=site), site, a_book()).lines == ()


def test_above_the_middle_column_two_readings_bound_the_fee() -> None:
    site = a_site()
    (line,) = floor_space_fee(a_plan(house(2100), site=site), site, a_book()).lines
    assert line.paise is None
    assert line.candidates == (500 * 500000 + 100 * 750000, 600 * 750000)
    assert "not said" in line.reason


def test_an_approved_park_for_information_technology_pays_no_such_fee() -> None:
    site = a_site()
    assert floor_space_fee(a_plan(house(3000, "E1"), site=site), site, a_book()).lines == ()


def test_before_october_2025_the_amount_of_that_fee_is_not_known() -> None:
    site = a_site()
    fee = floor_space_fee(a_plan(house(1800), site=site), site, a_book(on=date(2025, 3, 18)))
    assert fee.lines[0].paise is None


@pytest.mark.parametrize(
    ("work", "quantity", "municipality", "corporation"),
    [
        ("subdivision", "2.5", 187500, 250000), ("roof", "10", 3000, 4000), ("wall", "12.5", 3750, 5000),
        ("well", "1", 2000, 2500), ("shutter", "1", 30000, 50000), ("weaker_section", "1", 0, 0),
    ],
)  # fmt: skip
def test_other_works_have_fees_of_their_own(
    work: str, quantity: str, municipality: int, corporation: int
) -> None:
    assert work_fee(work, Decimal(quantity), a_book()).paise == municipality
    assert work_fee(work, Decimal(quantity), a_book("corporation")).paise == corporation
    assert work_fee(work, Decimal(quantity), a_book(on=date(2025, 10, 28))).paise is None


def test_the_fee_of_a_shed_only_advises() -> None:
    fee = work_fee("shed", Decimal(1), a_book())
    assert fee.paise == 5000
    assert fee.force is Force.ADVISORY


@pytest.mark.parametrize(("work", "paise"), [("subdivision", 3000), ("hut", 1000), ("roof", 1500)])
def test_the_application_for_another_work_has_its_fee(work: str, paise: int) -> None:
    assert application_fee_of_work(work, a_book()).paise == paise


def test_a_building_of_the_government_pays_no_permit_fee() -> None:
    site = a_site()
    offices = a_plan(house(900, "E2"), site=site)
    assert permit_fee(offices, site, a_book()).paise == 0
    assert application_fee(offices, site, a_book()).paise == 0
    assert scrutiny_fee(offices, site, a_book()).paise == 900 * 400


def test_before_october_2025_what_the_government_paid_was_not_read() -> None:
    site = a_site()
    offices = a_plan(house(900, "E2"), site=site)
    assert permit_fee(offices, site, a_book(on=date(2025, 10, 28))).paise is None


@pytest.mark.parametrize(("beside", "lines"), [(False, 0), (True, 1), (None, 1)])
def test_a_small_plot_pays_for_no_floor_space_if_rule_50_holds(beside: bool | None, lines: int) -> None:
    site = a_site({"holding": {"owns_adjoining_land": beside, "is_split": False}}, plot=[10, 12.5])
    plan = {"plot": [10, 12.5], "buildings": [{"footprint": [0, 0, 10, 12], "floors": {0: {"A1": 400}}}]}
    fee = floor_space_fee(a_plan(plan, site=site), site, a_book())
    assert len(fee.lines) == lines
    assert fee.paise == {False: 0, True: 25 * 500000, None: None}[beside]


def test_a_fee_says_when_an_area_behind_it_is_only_a_word() -> None:
    assert permit({"buildings": [{"floors": {0: {"A1": 100}}, "typical": {1: 0}}]}).is_declared
    assert not permit(house(100)).is_declared
