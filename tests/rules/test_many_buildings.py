"""A plan of very many buildings is judged without comparing each with every other, and what is left out is told."""

from itertools import combinations
from typing import Any

import pytest

from gis.site import LocalBody
from rules.checks import RULES
from rules.findings import Finding, Outcome
from rules.proposal import Proposal
from rules.reading import library
from rules.reckoning import near_pairs as near
from tests.rules.plan_builders import DAY, a_plan, a_site

PLOT = [200, 30]
SHOP: dict[str, Any] = {"height": 6, "floors": {0: {"F": 20}}}


def shops(gaps: list[float], **also: Any) -> Proposal:
    """Shops of 4 m by 5 m in one row, so far apart."""
    buildings, west = [], 5.0
    for gap in [*gaps, 0.0]:
        buildings.append({**SHOP, **also, "footprint": [west, 5, west + 4, 10]})
        west += 4 + gap
    return a_plan({"plot": PLOT, "buildings": buildings}, site=a_site({}, plot=PLOT))


def apart(plan: Proposal) -> tuple[Finding, ...]:
    """What is found of the distances between buildings."""
    book = library().on(DAY, LocalBody.MUNICIPALITY)
    return RULES.check_one("between_buildings", plan, a_site({}, plot=PLOT), book)


def test_no_pair_within_reach_is_left_out() -> None:
    plan = shops([0.5, 2.9, 3.0, 3.001, 12, 1, 1, 1])
    told, rest = near.near_pairs(plan.buildings, 3.0)
    asked = {(one.number, other.number) for one, other in told}
    for one, other in combinations(plan.buildings, 2):
        assert one.outline is not None
        if other.outline is not None and one.outline.distance(other.outline) <= 3.0:
            assert (one.number, other.number) in asked
    assert len(asked) + rest.far == 9 * 8 // 2


def test_pairs_that_stand_far_apart_are_told_together_with_their_number() -> None:
    found = {each.subject: each for each in apart(shops([1.999, 4, 4]))}
    assert found["building 1 and building 2"].outcome is Outcome.FAIL
    assert found["all other pairs"].outcome is Outcome.PASS
    assert "other 4 pairs" in (found["all other pairs"].reason or "")


def test_a_hundred_buildings_have_no_finding_for_each_pair() -> None:
    assert len(apart(shops([0.5] * 40))) < 41 * 3


def test_pairs_beyond_what_is_told_never_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near, "MOST", 3)
    found = {each.subject: each for each in apart(shops([2, 2, 2, 2]))}
    assert found["the nearest pairs"].outcome is Outcome.UNKNOWN
    monkeypatch.setattr(near, "MOST", 4)
    assert "the nearest pairs" not in {each.subject for each in apart(shops([2, 2, 2, 2]))}
