"""Risk class, who decides, high-rise and lanes: every edge from both sides."""

from datetime import date
from typing import Any

import pytest

from gis.site import LocalBody
from rules.book import Book, NotEncoded
from rules.reading import library
from rules.reckoning.high_rise import HighRise, high_rise
from rules.reckoning.lanes import is_lane
from rules.reckoning.risk import SECRETARY, SELF_CERTIFIED, Level, Risk, risk_class
from tests.rules.plan_builders import DAY, a_plan, a_site


def a_book(on: date = DAY, body: str = "municipality") -> Book:
    return library().on(on, LocalBody(body))


def risk(plan: dict[str, Any], on: date = DAY, body: str = "municipality") -> Risk:
    site = a_site({"body": body}, on=on)
    return risk_class(a_plan(plan, site=site), site, a_book(on, body))


def building(area: float, code: str = "A1", **words: Any) -> dict[str, Any]:
    return {"buildings": [{"floors": {0: {code: area}}, **words}]}


@pytest.mark.parametrize(
    ("code", "area", "level"),
    [
        ("A1", 299.99, Level.LOW),
        ("A1", 300, Level.HIGH),
        ("F", 249.99, Level.LOW),
        ("F", 250, Level.HIGH),
        ("B1", 200, Level.LOW),  # group A1 up to 200 m2
        ("B1", 200.01, Level.HIGH),
        ("E", 200, Level.LOW),  # group F up to 200 m2
        ("E", 200.01, Level.HIGH),
        ("H", 50, Level.HIGH),
        ("I1", 50, Level.HIGH),
        ("A2", 199.99, None),  # a hostel is of low risk, other lodgings are not
        ("A2", 200, Level.HIGH),
        ("G1", 199.99, None),  # white, green or neither
        ("G1", 200, None),  # green is of medium risk up to 200 m2
        ("G1", 200.01, Level.HIGH),
    ],
)
def test_small_buildings_of_some_groups_are_of_low_risk(code: str, area: float, level: Level | None) -> None:
    assert risk(building(area, code)).level is level


@pytest.mark.parametrize(
    ("part", "area", "level"),
    [
        ("A2_homes", 199.99, Level.LOW), ("A2_homes", 200, Level.HIGH),
        ("G1_white", 199.99, Level.LOW), ("G1_white", 200, Level.HIGH),
        ("G1_green", 200, Level.MEDIUM), ("G1_green", 200.01, Level.HIGH),
    ],
)  # fmt: skip
def test_a_person_may_name_the_row(part: str, area: float, level: Level) -> None:
    assert risk({**building(area, "H"), "groups": {"H": part}}).level is level


@pytest.mark.parametrize(
    ("floors", "basement", "code", "level"),
    [
        ([0, 1], False, "A1", Level.LOW),
        ([0, 1, 2], False, "A1", Level.HIGH),
        ([-1, 0, 1], True, "A1", Level.LOW),
        ([0, 1], False, "F", Level.LOW),
        ([-1, 0, 1], True, "F", Level.HIGH),
    ],
)
def test_storeys_count_with_the_basement_for_shops_only(
    floors: list[int], basement: bool, code: str, level: Level
) -> None:
    plan = {"buildings": [{"floors": {floor: {code: 50} for floor in floors}}]}
    assert risk(plan).level is level
    assert basement is (-1 in floors)


def test_several_occupancies_are_never_of_low_risk() -> None:
    assert risk({"buildings": [{"floors": {0: {"A1": 60, "F": 60}}}]}).level is Level.HIGH


def test_who_decides_follows_the_class() -> None:
    assert risk(building(100)).decides == SELF_CERTIFIED
    assert risk(building(400)).decides == SECRETARY
    assert risk(building(100, "A2")).decides is None


def test_the_cap_on_height_was_dropped() -> None:
    assert risk(building(100, height=9.0), date(2025, 10, 29)).level is Level.LOW


@pytest.mark.parametrize(
    ("on", "level"),
    [
        (date(2021, 6, 28), Level.HIGH),  # nobody certified for himself
        (date(2021, 6, 29), None),  # second hand
        (date(2025, 3, 18), None),
        (date(2025, 3, 19), None),  # not read
        (date(2025, 10, 28), None),
        (date(2025, 10, 29), Level.LOW),
    ],
)
def test_low_risk_came_in_2021_and_was_read_from_2025(on: date, level: Level | None) -> None:
    assert risk(building(100), on).level is level


def test_a_panchayat_has_no_text_of_its_own() -> None:
    assert risk(building(100), body="panchayat").level is None


def test_deep_cutting_leaves_the_class_open() -> None:
    key = "DEPTH_CUTTING_MORE_THAN_1.5_M"
    assert risk({**building(100), "words": {key: "YES"}}).level is None
    told = risk({**building(100), "words": {key: "NO"}})
    assert told.level is Level.LOW
    assert told.reservations
    assert risk({**building(100), "words": {key: "NO"}, "confirmed": [key]}).reservations == ()


@pytest.mark.parametrize("plan", [building(100, code="X9"), {"buildings": []}])
def test_without_an_area_and_its_occupancy_the_class_is_open(plan: dict[str, Any]) -> None:
    assert risk(plan).level is None


def test_an_area_that_was_not_measured_leaves_the_class_open() -> None:
    assert risk({"buildings": [{"floors": {0: {"A1": None}}}]}).level is None


def tall(plan: dict[str, Any]) -> HighRise:
    site = a_site()
    return high_rise(a_plan(plan, site=site), site, a_book())


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        ({"height": 15.99}, False),
        ({"height": 16.0}, True),
        ({"height": 10, "floors": {n: {"A1": 50} for n in range(5)}}, False),
        ({"height": 10, "floors": {n: {"A1": 50} for n in range(6)}}, True),
        ({"height": 10, "floors": {n: {"A1": 50} for n in range(-2, 5)}}, False),
        ({"height": None}, None),
        ({"height": None, "declared_height": 10}, None),
        ({"height": None, "declared_height": 20}, True),
        ({"height": 10, "floors": {0: {"A1": 50}}, "typical": {1: 0, 2: 0}}, False),
        ({"height": 15.99, "floors": {0: {"A1": 50}}, "typical": {1: 0, 2: 0, 3: 0, 4: 0}}, False),
        ({"height": 15.99, "floors": {0: {"A1": 50}}, "typical": {1: 0, 2: 0, 3: 0, 4: 0, 5: 0}}, True),
        ({"height": None, "declared_height": 10, "floors": {0: {"A1": 50}}, "typical": {1: 0}}, None),
    ],
)
def test_a_building_is_high_rise_by_height_or_by_floors(words: dict[str, Any], holds: bool | None) -> None:
    assert tall({"buildings": [words]}).holds is holds


def test_in_a_panchayat_what_is_high_rise_was_not_read() -> None:
    site = a_site()
    with pytest.raises(NotEncoded):
        high_rise(a_plan({}, site=site), site, a_book(body="panchayat"))


@pytest.mark.parametrize(("width", "lane"), [(1.8, True), (1.81, False), (None, None)])
def test_a_lane_is_at_most_so_wide(width: float | None, lane: bool | None) -> None:
    road = a_site({"roads": [{"width": width}]}).roads[0]
    assert is_lane(road, a_book()) is lane


def test_before_october_2025_what_a_lane_is_was_not_read() -> None:
    with pytest.raises(NotEncoded):
        is_lane(a_site().roads[0], a_book(date(2025, 10, 28)))
