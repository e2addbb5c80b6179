"""Yards: what the findings carry, how they hang together, and what one reckoning shares with the other."""

import itertools
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gis.site import LocalBody
from rules.book import Book, Force
from rules.checks import RULES
from rules.findings import Finding, Outcome
from rules.proposal import Override, Proposal
from rules.reading import library
from rules.reckoning.fronts import front_of
from rules.reckoning.open_spaces import open_spaces
from tests.rules.plan_builders import DAY, a_plan, a_site

ROUND = [[10, 4], [13, 5], [15, 8], [15, 12], [13, 15], [10, 16], [7, 15], [5, 12], [5, 8], [7, 5]]
CLOSE = {"buildings": [{"footprint": [0.4, 1.7, 19.6, 24.6], "height": 12}]}


def book(body: LocalBody = LocalBody.MUNICIPALITY) -> Book:
    """The law of the tests' day."""
    return library().on(DAY, body)


def told(
    words: dict[str, Any], *, rule: str = "yards", site: dict[str, Any] | None = None, law: Book | None = None
) -> dict[str, Finding]:
    """What a rule says of a plan, by subject."""
    there = a_site(site or {})
    found = RULES.check_one(rule, a_plan(words, site=there), there, law or book())
    return {each.subject: each for each in found}


def house(footprint: Any, **words: Any) -> dict[str, Any]:
    """One house."""
    return {"buildings": [{"footprint": footprint, **words}]}


def test_a_failing_yard_shows_its_place_its_steps_and_how_to_mend_it() -> None:
    for finding in told(CLOSE).values():
        assert finding.outcome is Outcome.FAIL
        assert finding.places
        assert any(place.handles for place in finding.places)
        assert all(place.shape is not None for place in finding.places)
        assert finding.remedy
        assert finding.measured is not None
        assert finding.measured.sources
        assert "26(4) Table 4" in (finding.clause or "")
        assert any("26(6)" in str(each) for each in finding.citations)


def test_the_growth_is_told_step_by_step() -> None:
    front = told(CLOSE)["building 1, front, average"]
    assert any("0.5 m x 1 for each 3 m" in step for step in front.steps)


def test_an_interchange_of_side_and_rear_is_named() -> None:
    found = told(house([1.5, 4, 19, 24]))
    left, rear = found["building 1, left side, minimum"], found["building 1, rear, minimum"]
    named = [each for each in (*rear.steps,) if "interchanged" in each]
    assert named
    assert "2(1)(cj), 2(1)(cy)" in named[0]
    assert left.outcome is rear.outcome is Outcome.PASS


def test_without_need_nothing_is_interchanged() -> None:
    assert not any("interchanged" in step for each in told({}).values() for step in each.steps)


def test_the_front_says_why_it_is_the_front() -> None:
    by_street = told({})["building 1, front, minimum"]
    assert "front: The only street along the plot." in by_street.steps
    by_entrance = told({"entrances": [[10, 4]]})["building 1, front, minimum"]
    assert any("main entrance" in step for step in by_entrance.steps)


def chosen(side: int, reason: str) -> Proposal:
    """The default house with a front that a person chose."""
    plan = a_plan({})
    answers = replace(plan.answers, front=Override(choice=str(side), reason=reason))
    front = front_of(plan.drawing, None, answers, {})
    return replace(plan, answers=answers, front=front, yards=open_spaces(plan.drawing, front, {}))


def test_a_front_that_was_chosen_keeps_its_reason() -> None:
    found = RULES.check_one("yards", chosen(2, "the gate is there"), a_site({}), book())
    front = next(each for each in found if each.subject == "building 1, front, minimum")
    assert front.measured is not None
    assert front.measured.amount == Decimal("5.0")
    assert any("the gate is there" in step for step in front.steps)


def test_an_ambiguous_average_is_unknown_and_prints_every_candidate() -> None:
    front = told(house(ROUND))["building 1, front, average"]
    assert front.outcome is Outcome.UNKNOWN
    assert front.measured is None
    assert front.reason is not None
    assert front.reason.count(" = ") >= 2
    assert front.places
    assert "unmistakable" in (front.remedy or "")


def test_an_unknown_front_tells_what_each_candidate_would_mean() -> None:
    found = told(house([5, 2.5, 15, 16]), site={"roads": [{"side": 1}, {"side": 2}]})
    reason = found[""].reason or ""
    assert "If side 1 is the front, these fail: building 1, front, average (2.500 m of 3.0 m)." in reason
    assert "If side 2 is the front, nothing fails" in reason
    assert {place.what for place in found[""].places} == {
        "may be the front: side 1",
        "may be the front: side 2",
    }


@pytest.mark.parametrize("height", [10.001, 13, 13.001, 16, 40])
def test_the_growth_is_told_once_and_follows_the_yards(height: float) -> None:
    words = house([5, 4, 15, 16], height=height)
    (grown,) = told(words, rule="yards_above_10m").values()
    outcomes = {each.outcome for each in told(words).values()}
    assert grown.outcome is (Outcome.FAIL if Outcome.FAIL in outcomes else Outcome.PASS)
    assert grown.measured is None
    assert "26(6)" in (grown.clause or "")


def test_several_levels_are_one_finding_that_tells_each_of_them() -> None:
    found = told({"buildings": [{"levels": {0: [5, 4, 15, 16], 1: [5, 1.7, 15, 16], 2: [5, 1.6, 15, 16]}}]})
    front = found["building 1, front, minimum"]
    assert front.outcome is Outcome.FAIL
    assert front.measured is not None
    assert front.measured.amount == Decimal("1.6")
    assert [step for step in front.steps if step.startswith("level ")] == [
        "level 0: 4.000 m of 1.8 m, pass",
        "level 1: 1.700 m of 1.8 m, fail",
        "level 2: 1.600 m of 1.8 m, fail",
    ]
    assert len(front.places) == 2
    assert not any("level" in subject for subject in found)


def test_a_yard_never_shrinks_as_the_building_grows() -> None:
    amounts = []
    for decimetres in range(60, 700, 5):
        found = told(house([5, 4, 15, 16], height=decimetres / 10))["building 1, front, minimum"]
        assert found.required is not None
        amounts.append(found.required.amount)
    assert amounts == sorted(amounts)
    assert {b - a for a, b in itertools.pairwise(amounts)} == {Decimal(0), Decimal("0.5")}


def test_a_panchayat_sees_the_comparison_though_it_does_not_bind() -> None:
    site = {"body": "panchayat"}
    found = told(house([5, 2.9, 15, 16]), site=site, law=book(LocalBody.PANCHAYAT))
    front = found["building 1, front, average"]
    assert front.outcome is Outcome.UNKNOWN
    assert front.force is Force.ADVISORY
    assert front.holds is False
    assert front.required is not None
    assert front.required.amount == Decimal("3.0")


@pytest.mark.parametrize("yes", ["OPENING_BELOW_2.1_ON_SIDE_LESS_1M", "OPENING_ABOVE_2.1_ON_SIDE_LESS_1M"])
def test_one_opening_is_enough_to_lose_the_blank_wall(yes: str) -> None:
    words = house([0.5, 4, 15, 16], floors={0: {"A1": 250}}) | {
        "words": {yes: "YES", "NOC_TO_ABUT_SIDE": "NO"}
    }
    right = [each for key, each in told(words).items() if "right side" in key]
    assert {each.outcome for each in right} == {Outcome.FAIL}


def test_what_only_the_applicant_says_never_makes_a_yard_pass() -> None:
    said = {
        "OPENING_BELOW_2.1_ON_SIDE_LESS_1M": "NO",
        "OPENING_ABOVE_2.1_ON_SIDE_LESS_1M": "NO",
        "NOC_TO_ABUT_SIDE": "YES",
        "HUT": "YES",
        "APPROVED_SCHEME": "YES",
    }
    for west in (0.0, 0.3, 0.5, 0.999):
        found = told({**house([west, 0.5, 15, 16]), "words": said})
        near = [
            each for key, each in found.items() if "right side, minimum" in key or "front, minimum" in key
        ]
        assert {each.outcome for each in near} <= {Outcome.UNKNOWN, Outcome.FAIL}
