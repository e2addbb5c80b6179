"""Where two streets along a plot meet: at its corner, at a cut corner, or not at all."""

from typing import Any

import pytest

from rules.reckoning.junctions import junctions
from tests.rules.plan_builders import a_site


def corners(roads: list[dict[str, Any]], plot: Any = (20, 25)) -> list[tuple[float, float]]:
    """The corners at which streets along these sides meet."""
    site = a_site({"roads": roads, "plot": list(plot)})
    return [(round(each.corner.x, 6), round(each.corner.y, 6)) for each in junctions(site)]


def test_two_streets_meet_at_the_corner_of_the_plot() -> None:
    assert corners([{"side": 1}, {"side": 2}]) == [(20, 0)]


def test_streets_on_opposite_sides_do_not_meet() -> None:
    assert corners([{"side": 1}, {"side": 3}]) == []


def test_a_block_between_three_streets_has_two_corners() -> None:
    assert corners([{"side": 1}, {"side": 2}, {"side": 4}]) == [(20, 0), (0, 0)]


def test_a_cut_corner_is_where_the_streets_would_have_met() -> None:
    plot = [[0, 0], [16, 0], [20, 4], [20, 25], [0, 25]]
    assert corners([{"side": 1}, {"side": 3}], plot) == [(20, 0)]


def test_a_bend_of_the_street_is_no_junction() -> None:
    plot = [[0, 0], [10, 0], [20, 1], [20, 25], [0, 25]]
    assert corners([{"side": 1}, {"side": 2}], plot) == []


@pytest.mark.parametrize(("one", "other", "area"), [(3.0, 3.0, 4.5), (3.0, 4.5, 6.75), (6.0, 6.0, 18.0)])
def test_each_side_uses_the_splay_of_its_own_street(one: float, other: float, area: float) -> None:
    (junction,) = junctions(a_site({"roads": [{"side": 1}, {"side": 2}]}))
    triangle = junction.triangle(one, other)
    assert triangle.area == pytest.approx(area)
    assert triangle.bounds == pytest.approx((20 - one, 0, 20, other))
