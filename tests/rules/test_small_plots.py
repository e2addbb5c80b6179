"""Rule 50 holds up to each of its limits, and not where the owner's land beside the plot takes it away."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from gis.site import LocalBody, Site
from rules.checks import RULES
from rules.findings import Outcome
from rules.reading import library
from rules.reckoning.plot_area import BY_AREA
from rules.reckoning.small_plots import small
from tests.rules.checks.worked_cases import CASES, Case, drawn
from tests.rules.plan_builders import a_plan, a_site

FREE = {"owns_adjoining_land": False, "is_split": False}


def rule_50(
    plot: list[float], holding: dict[str, Any] | None = None, recorded: float | None = None, **building: Any
) -> bool | None:
    """Whether rule 50 holds for a building on a plot."""
    words = {"plot": plot, "buildings": [{"footprint": [1, 1, 9, 9], **building}]}
    site = a_site({"holding": FREE if holding is None else holding, "recorded_area": recorded}, plot=plot)
    return small(a_plan(words, site=site), site, library().on(date(2026, 1, 1), LocalBody.MUNICIPALITY)).holds


THREE = {0: {"A1": 60}, 1: {"A1": 60}, 2: {"A1": 60}}


@pytest.mark.parametrize(
    ("plot", "words", "expected"),
    [
        ([10, 12.5], {}, True),
        ([10, 12.51], {}, False),
        ([10, 12.51], {"recorded": 125}, True),
        ([10, 12.5], {"recorded": 126}, True),
        ([10, 12.5], {"height": 10.0}, True),
        ([10, 12.5], {"height": 10.01}, False),
        ([10, 12.5], {"height": None}, None),
        ([10, 12.5], {"height": None, "declared_height": 8}, None),
        ([10, 12.5], {"floors": THREE}, True),
        ([10, 12.5], {"floors": THREE | {3: {"A1": 60}}}, False),
        ([10, 12.5], {"floors": {0: {"A1": 60}}, "typical": {1: 0}}, None),
        ([10, 12.5], {"floors": {0: {"F": 60}}}, True),
        ([10, 12.5], {"floors": {0: {"H": 60}}}, False),
        ([10, 12.5], {"holding": {}}, None),
        ([10, 12.5], {"holding": {"owns_adjoining_land": True}}, False),
        ([10, 12.5], {"holding": {"owns_adjoining_land": False, "is_split": True}}, False),
        ([10, 12.5], {"holding": {"owns_adjoining_land": False}}, None),
    ],
)
def test_rule_50_holds_within_its_limits(
    plot: list[float], words: dict[str, Any], expected: bool | None
) -> None:
    assert rule_50(plot, **words) is expected


RELIEVED = ("coverage", "fsi", "access", "height_street")
"""Rules that rule 50 leaves out."""


def failing(rule_id: str, recorded: float | None) -> bool:
    """Whether a shop that breaks everything fails a rule on a plot of 130 m² recorded so."""
    words = {"plot": [10, 13], "buildings": [{"footprint": [0, 0, 10, 13], "floors": {0: {"F": 5000}}}]}
    roads = [{"width": 1.0}]
    site = a_site({"holding": FREE, "recorded_area": recorded, "roads": roads}, plot=[10, 13])
    book = library().on(date(2026, 1, 1), LocalBody.MUNICIPALITY)
    found = RULES.check_one(rule_id, a_plan(words, site=site), site, book)
    return any(each.outcome is Outcome.FAIL for each in found)


@pytest.mark.parametrize("rule_id", RELIEVED)
def test_what_rule_50_may_leave_out_by_a_record_that_is_not_known_does_not_fail(rule_id: str) -> None:
    assert failing(rule_id, 130)
    assert not failing(rule_id, None)
    assert not failing(rule_id, 125)


@pytest.mark.parametrize("case", CASES[::3], ids=str)
def test_every_rule_that_asks_how_large_the_plot_is_is_asked_again_without_a_record(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, site, on, body = drawn(case)
    area, read = site.area, set[str]()

    def told(_: Site) -> float:
        read.add(case.rule)
        return area

    monkeypatch.setattr(Site, "area", property(told))
    RULES.check_one(case.rule, replace(plan), site, library().on(on, body))
    assert read <= BY_AREA
