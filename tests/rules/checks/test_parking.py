"""What the checks of parking show beside their outcome: places, handles, steps; and what the cases cannot say in words."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from gis.site import LocalBody
from rules.book import Force
from rules.checks import RULES
from rules.findings import Finding, Outcome
from rules.plans.roles import Role
from rules.reading import library
from rules.reckoning.parked import bays_drawn, bays_of, cars
from tests.rules.plan_builders import a_plan, a_site

BOOK = library().on(date(2026, 1, 1), LocalBody.MUNICIPALITY)
BAY = {"role": "parking slot", "box": [0, 0, 5.5, 2.7]}


def said(rule: str, words: dict[str, Any]) -> tuple[Finding, ...]:
    site = a_site()
    return RULES.check_one(rule, a_plan(words, site=site), site, BOOK)


def test_each_bay_has_its_place_and_handle() -> None:
    (finding,) = said(
        "parking_count", {"buildings": [{"floors": {0: {"F": 180}}}], "things": [{**BAY, "times": 2}]}
    )
    assert [place.handles for place in finding.places] == [("T0",), ("T1",)]
    assert all(place.shape is not None for place in finding.places)


def test_the_steps_tell_every_fraction_and_the_rounding() -> None:
    (finding,) = said(
        "parking_count", {"buildings": [{"floors": {0: {"F": 315, "G1": 120}}}], "things": [BAY]}
    )
    steps = " ".join(finding.steps)
    assert "3.500 cars" in steps
    assert "0.500 cars" in steps
    assert "rounded up: 4" in steps
    assert len(finding.citations) > 1


def test_two_flats_a_hair_apart_stand_in_different_rows() -> None:
    asked = [
        cars(a_plan({"buildings": [{"floors": {0: {"A4": 900}}, "units": {0: [area] * 20}}]}), BOOK).asked
        for area in (75.0, 75.01)
    ]
    assert [each.most.amount for each in asked if each] == [12, 23]


@pytest.mark.parametrize(
    ("shift", "bays"),
    [(0.0, 1), (1.3, 1), (1.4, 2), (2.7, 2)],
)
def test_bays_that_mostly_cover_each_other_are_one(shift: float, bays: int) -> None:
    other = {"role": "visitor parking", "box": [0, shift, 5.5, 2.7 + shift]}
    assert len(bays_of(a_plan({"things": [BAY, other]}))) == bays


def test_bays_above_each_other_on_two_floors_are_two() -> None:
    assert len(bays_of(a_plan({"things": [{**BAY, "floor": 0}, {**BAY, "floor": 1}]}))) == 2


def test_mechanical_bays_that_are_drawn_are_not_counted_again_by_their_word() -> None:
    plan = a_plan({"words": {"MECHANICAL_PARKING": 1}, "things": [{**BAY, "role": "mechanical parking"}]})
    found = bays_drawn(plan)
    assert found is not None
    assert found.amount == 1
    assert not found.is_declared


def test_a_confirmed_word_for_mechanical_bays_counts_as_drawn() -> None:
    words = {
        "words": {"MECHANICAL_PARKING": 2},
        "confirmed": ["MECHANICAL_PARKING"],
        "buildings": [{"floors": {0: {"F": 180}}}],
        "things": [{**BAY, "role": "mechanical parking"}],
    }
    (finding,) = said("parking_count", words)
    assert finding.outcome is Outcome.PASS


def test_a_failing_yard_shows_the_ground_that_is_parked_on() -> None:
    words = {
        "buildings": [{"footprint": [5, 6, 15, 16], "floors": {0: {"F": 300}}}],
        "things": [{"role": "parking slot", "box": [0, 0, 12, 3]}],
    }
    failed = [each for each in said("parking_in_yards", words) if each.outcome is Outcome.FAIL]
    assert failed
    for finding in failed:
        (place,) = finding.places
        assert place.handles == ("T0",)
        assert place.shape is not None
        assert not place.shape.is_empty


def test_charging_and_loading_do_not_count_as_bays() -> None:
    drawn = [{**BAY, "role": "electric charging"}, {**BAY, "role": "loading and unloading"}]
    assert bays_of(a_plan({"things": drawn})) == ()
    assert bays_of(a_plan({"things": drawn}), Role.LOADING)


def test_a_curved_ramp_is_only_advised_about() -> None:
    words = {
        "buildings": [{"floors": {0: {"F": 180}}}],
        "things": [BAY, {"role": "vehicle ramp", "box": [30, 0, 40, 3.9]}],
    }
    site = a_site()
    plan = a_plan(words, site=site)
    things = tuple(
        replace(each, outline=replace(each.outline, has_arcs=each.role is Role.VEHICLE_RAMP))
        for each in plan.drawing.things
    )
    curved = replace(plan, drawing=replace(plan.drawing, things=things))
    found = {each.subject: each for each in RULES.check_one("bays", curved, site, BOOK)}
    assert "ramp, width" not in found
    width = found["curved ramp, width"]
    assert width.outcome is Outcome.UNKNOWN
    assert width.holds is False
    assert width.force is Force.ADVISORY
