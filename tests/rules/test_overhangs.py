"""A shade is measured from the wall it starts from, whatever corner or recess the building has."""

from typing import Any

import pytest
import shapely
from shapely import affinity

from rules.proposal import Position
from rules.reckoning.overhangs import reaches
from tests.rules.plan_builders import a_plan, a_site


def reach(footprint: Any, shade: Any, plot: Any = (20, 25)) -> dict[Position, tuple[float, float]]:
    """Metres beyond the wall and metres of yard, by position; the street is in the south."""
    site = a_site({}, plot=list(plot))
    words = {
        "plot": list(plot),
        "buildings": [{"footprint": footprint}],
        "things": [{"role": "shade overhang", "box": shade}],
    }
    plan = a_plan(words, site=site)
    found = reaches(plan, plan.buildings[0], plan.drawing.things[0])
    return {each.position: (round(each.beyond, 3), round(each.yard, 3)) for each in found}


def test_a_shade_all_around() -> None:
    found = reach([5, 4, 15, 16], [4.4, 3.4, 15.6, 16.6])
    assert found == {
        Position.FRONT: (0.6, 4.0),
        Position.REAR: (0.6, 9.0),
        Position.LEFT: (0.6, 5.0),
        Position.RIGHT: (0.6, 5.0),
    }


def test_a_shade_on_one_side_only() -> None:
    assert reach([5, 4, 15, 16], [15, 6, 16, 12]) == {Position.LEFT: (1.0, 5.0)}


def test_the_shade_of_a_wing_is_not_counted_before_the_wall_behind_it() -> None:
    footprint = [[5, 4], [15, 4], [15, 10], [10, 10], [10, 16], [5, 16]]
    ring = shapely.Polygon(footprint).buffer(0.5, join_style="mitre")
    found = reach(footprint, [list(each) for each in ring.exterior.coords[:-1]])
    assert {beyond for beyond, _ in found.values()} == {0.5}


def test_a_building_that_is_turned_in_its_plot() -> None:
    turned = affinity.rotate(shapely.box(6, 8, 14, 16), 20)
    shade = affinity.rotate(shapely.box(5.4, 7.4, 14.6, 16.6), 20)
    found = reach(
        [list(each) for each in turned.exterior.coords[:-1]],
        [list(each) for each in shade.exterior.coords[:-1]],
    )
    assert len(found) == 4
    assert [beyond for beyond, _ in found.values()] == pytest.approx([0.6] * 4, abs=0.001)
