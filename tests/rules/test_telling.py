"""What only a word can tell may fail a check, and passes only once a person confirmed it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gis.site import LocalBody
from rules.book import Citation, Parameter
from rules.findings import Outcome, Required
from rules.plans.roles import Role
from rules.reading import library
from rules.reckoning.telling import Detail, details, said_yes, slope, stated, words_on
from tests.rules.plan_builders import a_plan

BOOK = library().on(date(2026, 1, 1), LocalBody.MUNICIPALITY)
HANDRAIL = Parameter("exits.stair_handrail")


def citation() -> Citation:
    return BOOK.value(HANDRAIL).citation


def judged(words: dict[str, Any]) -> list[Outcome]:
    wanted = [
        Detail(key="STAIR_HANDRAIL_M", what="handrail", required=lambda: Required.of(BOOK.value(HANDRAIL)))
    ]
    return [each.outcome for each in details("stairs", a_plan(words), wanted)]


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ({}, Outcome.UNKNOWN),
        ({"words": {"STAIR_HANDRAIL_M": 0.9}}, Outcome.UNKNOWN),
        ({"words": {"STAIR_HANDRAIL_M": 0.89}}, Outcome.FAIL),
        ({"words": {"STAIR_HANDRAIL_M": 0.9}, "confirmed": ["STAIR_HANDRAIL_M"]}, Outcome.PASS),
        ({"answers": {"STAIR_HANDRAIL_M": 0.9}, "confirmed": ["STAIR_HANDRAIL_M"]}, Outcome.PASS),
        ({"words": {"STAIR_HANDRAIL_M": "enough"}}, Outcome.UNKNOWN),
    ],
)
def test_a_size_that_no_layer_shows(words: dict[str, Any], outcome: Outcome) -> None:
    assert judged(words) == [outcome]


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999"])
def test_a_word_that_is_no_finite_number_tells_nothing(text: str) -> None:
    assert judged({"answers": {"STAIR_HANDRAIL_M": text}}) == [Outcome.UNKNOWN]


def test_what_nobody_told_is_one_unknown_with_every_key() -> None:
    wanted = [
        Detail(key=key, what=key, required=lambda: Required.of(BOOK.value(HANDRAIL)))
        for key in ("FIRST_M", "SECOND_M")
    ]
    (finding,) = details("stairs", a_plan(), wanted)
    assert finding.outcome is Outcome.UNKNOWN
    assert "FIRST_M=…, SECOND_M=…" in (finding.remedy or "")


def test_a_rule_that_the_law_no_longer_has_asks_for_no_word() -> None:
    gone = Parameter("accessibility.lift_door")
    wanted = [Detail(key="LIFT_DOOR_M", what="door", required=lambda: Required.of(BOOK.value(gone)))]
    assert details("accessibility", a_plan(), wanted) == ()


def test_a_gap_of_the_book_stays_one() -> None:
    old = library().on(date(2025, 10, 28), LocalBody.MUNICIPALITY)
    gap = Parameter("exits.parapet_gap")
    wanted = [Detail(key="PARAPET_GAP_M", what="gap", required=lambda: Required.of(old.value(gap)))]
    (finding,) = details("parapets", a_plan(), wanted)
    assert finding.outcome is Outcome.UNKNOWN
    assert "1240/2025" in (finding.reason or "") or "297/2025" in (finding.reason or "")


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ({}, Outcome.UNKNOWN),
        ({"words": {"STRETCHER_LIFT": "YES"}}, Outcome.UNKNOWN),
        ({"words": {"STRETCHER_LIFT": "YES"}, "confirmed": ["STRETCHER_LIFT"]}, Outcome.PASS),
        ({"words": {"STRETCHER_LIFT": "NO"}}, Outcome.FAIL),
        ({"words": {"STRETCHER_LIFT": "NA"}}, Outcome.UNKNOWN),
    ],
)
def test_a_fact_that_no_layer_shows(words: dict[str, Any], outcome: Outcome) -> None:
    found = stated("lifts", a_plan(words), "STRETCHER_LIFT", "a lift", citation(), subject="lift")
    assert found.outcome is outcome


@pytest.mark.parametrize(
    ("words", "yes"),
    [
        ({}, None),
        ({"words": {"SPRINKLERED": "YES"}}, None),
        ({"words": {"SPRINKLERED": "YES"}, "confirmed": ["SPRINKLERED"]}, True),
        ({"words": {"SPRINKLERED": "NO"}}, False),
    ],
)
def test_only_a_confirmed_yes_is_a_yes(words: dict[str, Any], yes: bool | None) -> None:
    assert said_yes(a_plan(words), "SPRINKLERED") is yes


@pytest.mark.parametrize(
    ("text", "run"),
    [("1IN12", "12"), ("1 IN 12", "12"), ("1:7.5", "7.5"), ("1/10", "10"), ("FLAT", None)],
)
def test_a_slope_is_read_as_run_for_one_of_rise(text: str, run: str | None) -> None:
    plan = a_plan({"words": {"BLK_1_DA_RAMP_1:SLOPE": text}})
    (word,) = words_on(plan, Role.ACCESSIBLE_RAMP, "SLOPE")
    found = slope(plan, word)
    assert (found.amount if found else None) == (None if run is None else Decimal(run))


def test_a_slope_belongs_to_the_ramp_on_whose_layer_it_stands() -> None:
    plan = a_plan({"words": {"BLK_1_FLR_0_VEHICLE_RAMP_1:SLOPE": "1IN7"}})
    assert words_on(plan, Role.ACCESSIBLE_RAMP, "SLOPE") == ()
    assert len(words_on(plan, Role.VEHICLE_RAMP, "SLOPE")) == 1
