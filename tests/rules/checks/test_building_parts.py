"""Stair cabins, storeys and what rule 48 leaves open for houses."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gis.site import LocalBody
from rules.book import Force, Parameter
from rules.checks import RULES
from rules.checks.stairs import width
from rules.findings import Outcome, Required
from rules.plans.roles import Role
from rules.plans.steps import Steps
from rules.reading import library
from rules.reckoning.building_parts import floors_of, storeys_of
from rules.reckoning.small_plots import small
from rules.reckoning.stair_cabins import is_cabin
from rules.reckoning.stairways import fewest_risers, room_for_steps, stairways, storey_height
from tests.rules.plan_builders import BESIDE, a_plan, a_site

BOOK = library().on(date(2026, 1, 1), LocalBody.MUNICIPALITY)
FLOORS = {-1: {"F": 300}, 0: {"F": 300}, 1: {"F": 300}, 2: {"F": 10}}


@pytest.mark.parametrize(("box", "storeys"), [([0, 0, 3, 3.1], 2), ([0, 0, 3, 3], 3)])
def test_a_top_floor_of_stairs_and_their_walls_is_no_storey(box: list[float], storeys: int) -> None:
    plan = a_plan({"buildings": [{"floors": FLOORS}], "things": [{"role": "stair", "floor": 2, "box": box}]})
    (building,) = plan.buildings
    found = storeys_of(plan, building)
    assert found is not None
    assert found.amount == storeys


def test_a_top_floor_on_which_no_stair_is_drawn_is_a_storey() -> None:
    plan = a_plan({"buildings": [{"floors": FLOORS}]})
    (building,) = plan.buildings
    assert not is_cabin(building.block, building.floors[-1], plan.drawing.things)


def test_basements_are_floors_but_no_storeys() -> None:
    plan = a_plan({"buildings": [{"floors": FLOORS}]})
    (building,) = plan.buildings
    storeys, floors = storeys_of(plan, building), floors_of(plan, building)
    assert storeys is not None
    assert floors is not None
    assert storeys.amount == 3
    assert floors.amount == 4


def test_what_a_house_does_not_keep_names_rule_48_and_keeps_the_comparison() -> None:
    site = a_site()
    way = {"role": "travel distance to exit", "metres": 46, "at": [BESIDE, 0]}
    found = RULES.check_one("travel", a_plan({"lengths": [way]}, site=site), site, BOOK)
    assert found
    for finding in found:
        assert finding.outcome is Outcome.UNKNOWN
        assert finding.holds is False
        assert finding.force is Force.BINDING
        assert "48" in (finding.reason or "")


def a_stair(words: dict[str, Any]) -> Any:
    plan = a_plan({"buildings": [{"floors": {0: {"F": 300}, 1: {"F": 300}}}], **words})
    (stair,) = stairways(plan, plan.buildings[0], Role.STAIR)
    return plan, stair


def test_flights_of_one_stair_are_taken_together() -> None:
    flights = [
        {"role": "stair flight", "floor": 0, "index": [1, i], "box": [0, i * 2, 2.7, i * 2 + 1.2]}
        for i in (1, 2)
    ]
    _, stair = a_stair({"things": flights})
    assert stair.run is not None
    assert stair.run.amount == Decimal("5.4")
    assert len(stair.flights) == 2


@pytest.mark.parametrize(("height", "risers"), [(3.0, 20), (3.001, 21), (2.999, 20), (2.85, 19)])
def test_the_fewest_risers_of_a_storey(height: float, risers: int) -> None:
    plan, stair = a_stair(
        {
            "things": [{"role": "stair flight", "floor": 0, "index": [1], "box": [0, 0, 5, 1.2]}],
            "lengths": [{"role": "floor height", "floor": 0, "metres": height}],
        }
    )
    found = storey_height(plan, stair)
    assert found is not None
    riser, tread = BOOK.value(Parameter("exits.stair_riser")), BOOK.value(Parameter("exits.stair_tread"))
    assert fewest_risers(found, riser) == risers
    assert room_for_steps(stair, found, tread, riser).amount == Decimal("0.3") * (risers - 1)


def test_a_dimension_of_the_storey_comes_before_a_word() -> None:
    plan, stair = a_stair(
        {
            "words": {"BLK_1_FLR_0_STAIR_1:FLR_HT_M": 4},
            "things": [{"role": "stair flight", "floor": 0, "index": [1], "box": [0, 0, 5, 1.2]}],
            "lengths": [{"role": "floor height", "floor": 0, "metres": 3}],
        }
    )
    found = storey_height(plan, stair)
    assert found is not None
    assert found.amount == 3
    assert not found.is_declared


@pytest.mark.parametrize(("box", "holds"), [([0, 0, 3, 3.1], True), ([0, 0, 2, 2], False)])
def test_a_stair_cabin_above_three_storeys_does_not_lose_rule_50(box: list[float], holds: bool) -> None:
    site = a_site({"plot": [10, 12.5], "holding": {"owns_adjoining_land": False, "is_split": False}})
    words = {
        "plot": [10, 12.5],
        "buildings": [
            {
                "footprint": [1, 1, 9, 9],
                "floors": {0: {"A1": 64}, 1: {"A1": 64}, 2: {"A1": 64}, 3: {"A1": 10}},
            }
        ],
        "things": [{"role": "stair", "floor": 3, "box": box}],
    }
    assert small(a_plan(words, site=site), site, BOOK).holds is holds


def test_a_house_of_which_nothing_is_drawn_gets_one_answer_from_a_rule_on_building_parts() -> None:
    site = a_site()
    for rule in ("doors_corridors", "light_and_air", "parapets", "exit_width"):
        (finding,) = RULES.check_one(rule, a_plan(site=site), site, BOOK)
        assert finding.outcome is Outcome.UNKNOWN
        assert "may leave residential buildings" in (finding.reason or "")
        assert finding.remedy


TURNED = Steps(lines=(), handles=(), treads=(), ends=(), why="its lines turn", turns=True)


@pytest.mark.parametrize(
    ("turns", "metres", "outcome"),
    [
        (False, None, Outcome.PASS),
        (True, None, Outcome.UNKNOWN),
        (True, 1.2, Outcome.PASS),
        (True, 1.1, Outcome.FAIL),
    ],
)
def test_the_outline_of_a_flight_that_turns_does_not_tell_its_width(
    turns: bool, metres: float | None, outcome: Outcome
) -> None:
    drawn = {"role": "stair flight", "floor": 0, "index": [1], "box": [0, 0, 5, 1.2]}
    said = {"role": "stair flight", "floor": 0, "index": [1], "metres": metres, "meaning": "flight width"}
    _, stair = a_stair({"things": [drawn], "lengths": [] if metres is None else [said]})
    (flight,) = stair.flights
    stair = replace(stair, flights=(replace(flight, steps=TURNED if turns else None),))
    finding = width("stairs", stair, Required.of(BOOK.value(Parameter("exits.stair_width"))))
    assert finding.outcome is outcome
    if outcome is Outcome.UNKNOWN:
        assert finding.reason == "A flight turns, and no dimension tells its width."


@pytest.mark.parametrize(("metres", "outcome"), [(1.2, Outcome.UNKNOWN), (1.1, Outcome.FAIL)])
def test_one_narrow_flight_decides_though_another_one_turns(metres: float, outcome: Outcome) -> None:
    drawn = [
        {"role": "stair flight", "floor": 0, "index": [1, i], "box": [0, 2 * i, 5, 2 * i + 1.2]}
        for i in (1, 2)
    ]
    said = {"role": "stair flight", "floor": 0, "index": [1, 1], "metres": metres, "meaning": "flight width"}
    _, stair = a_stair({"things": drawn, "lengths": [said]})
    one, other = stair.flights
    stair = replace(stair, flights=(one, replace(other, steps=TURNED)))
    finding = width("stairs", stair, Required.of(BOOK.value(Parameter("exits.stair_width"))))
    assert finding.outcome is outcome
