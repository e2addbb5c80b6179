"""Rule 50 holds up to each of its limits, and not where the owner's land beside the plot takes it away."""

from datetime import date
from typing import Any

import pytest

from gis.site import LocalBody
from rules.reading import library
from rules.reckoning.small_plots import small
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
