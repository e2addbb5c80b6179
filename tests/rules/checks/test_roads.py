"""The distance to every street: what the findings carry, and that standing further back never makes it worse."""

from typing import Any

import pytest

from gis.site import LocalBody, RoadKind
from rules.checks import RULES
from rules.findings import Finding, Outcome
from rules.reading import library
from tests.rules.plan_builders import DAY, a_plan, a_site

ORDER = [Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS]


def told(rule: str, words: dict[str, Any], site: dict[str, Any]) -> list[Finding]:
    """What a rule says of a plan."""
    there = a_site(site)
    book = library().on(DAY, LocalBody.MUNICIPALITY)
    return list(RULES.check_one(rule, a_plan(words, site=there), there, book))


def test_every_street_and_every_building_has_a_finding_with_its_place() -> None:
    roads = [{"side": 1, "name": "South"}, {"side": 2, "name": "East"}]
    words = {"buildings": [{"footprint": [5, 1, 12, 9]}, {"footprint": [5, 12, 19, 20]}]}
    found = told("road_distance", words, {"roads": roads})
    assert [each.subject for each in found] == [
        f"building {number}, {road}" for number in (1, 2) for road in ("South", "East")
    ]
    assert [each.outcome for each in found] == [Outcome.FAIL, Outcome.PASS, Outcome.PASS, Outcome.FAIL]
    for each in found:
        assert each.places[0].shape is not None
        assert each.places[0].handles
        assert "23 Table 3" in (each.clause or "")
    assert all(each.remedy for each in found if each.outcome is Outcome.FAIL)


STANDS = (0.999, 1.0, 1.5, 2.0, 2.999, 3.0)


@pytest.mark.parametrize("kind", [None, *RoadKind])
@pytest.mark.parametrize("width", [None, 2.9, 6.0])
@pytest.mark.parametrize("height", [None, 8.0, 8.001])
def test_standing_further_back_never_makes_it_worse_and_3_m_always_do(
    kind: RoadKind | None, width: float | None, height: float | None
) -> None:
    for length, served in [(None, None), (75.0, 5), (75.0, 6), (75.0, None), (250.0, 6), (300.0, 6)]:
        road = {
            "kind": None if kind is None else kind.value,
            "width": width,
            "length": length,
            "plots_served": served,
        }
        outcomes = [
            told(
                "road_distance",
                {"buildings": [{"footprint": [5, south, 15, 16], "height": height}]},
                {"roads": [road]},
            )[0].outcome
            for south in STANDS
        ]
        ranks = [ORDER.index(each) for each in outcomes]
        assert ranks == sorted(ranks)
        assert outcomes[0] is Outcome.FAIL
        assert outcomes[-1] is Outcome.PASS


def test_what_is_not_known_of_a_street_is_named() -> None:
    site = {"roads": [{"kind": None, "width": None, "name": "Church Lane"}]}
    (found,) = told("road_distance", {"buildings": [{"footprint": [5, 2.5, 15, 16]}]}, site)
    assert "Church Lane is un-notified" in (found.reason or "")


def test_two_streets_that_meet_show_their_splay() -> None:
    site = {"roads": [{"side": 1, "width": 6}, {"side": 2, "width": 13}]}
    (found,) = told("splay", {"buildings": [{"footprint": [5, 0.5, 19.5, 16]}]}, site)
    assert found.outcome is Outcome.FAIL
    assert found.places[0].shape is not None
    assert found.places[0].shape.area == pytest.approx(3.0 * 4.5 / 2)


def test_a_cut_corner_is_followed_to_where_the_streets_would_meet() -> None:
    plot = [[0, 0], [18, 0], [20, 2], [20, 25], [0, 25]]
    site = {"plot": plot, "roads": [{"side": 1, "width": 6}, {"side": 3, "width": 6}]}
    (found,) = told("splay", {"plot": plot, "buildings": [{"footprint": [5, 4, 15, 16]}]}, site)
    assert found.outcome is Outcome.PASS
    assert found.places[0].shape is not None
    assert found.places[0].shape.bounds == pytest.approx((17, 0, 20, 3))
