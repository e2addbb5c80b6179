"""What is worked out in fewer steps comes out as if every step were taken: outlines compared, walls, ways and shapes."""

import itertools
import json
import math
from dataclasses import replace

import numpy as np
import orjson
import pytest
import shapely
from shapely import LineString, Point, Polygon, box
from shapely.affinity import translate

from rules.plans.placement import place
from rules.plans.rims import MOST_COMPARED, Places, Rim
from rules.proposal import Proposal, once_drawn
from rules.reckoning.nearest import Side, nearest_line, walls_of
from rules.reckoning.ways import APART, farthest
from rules.shapes_written import written_shapes
from tests.rules.plan_builders import a_plan, a_site

L_SHAPED = Polygon([(0, 0), (20, 0), (20, 6), (8, 6), (8, 18), (0, 18)])
COMB = Polygon([(0, 0), (30, 0), (30, 10), (28, 10), (28, 2), (16, 2), (16, 10), (14, 10), (14, 2), (0, 2)])


@pytest.mark.parametrize("corners", [4, 7, MOST_COMPARED, MOST_COMPARED + 1, 300])
def test_an_outline_is_as_far_away_compared_side_by_side_or_looked_up(corners: int) -> None:
    turns = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    outline = Polygon(np.column_stack([14 * np.cos(turns), 9 * np.sin(turns)]))
    x, y = (each.ravel() for each in np.meshgrid(np.linspace(-20, 20, 17), np.linspace(-20, 20, 19)))
    metres = Rim(outline, np.zeros((1, 2))).distances(Places(x, y))
    assert np.allclose(metres, shapely.distance(outline.exterior, shapely.points(x, y)), atol=1e-12)


@pytest.mark.parametrize(("north", "south"), [(22.0, 2.0), (18.5, 5.0), (30.0, 0.5)])
def test_the_shortest_line_is_found_without_a_look_at_walls_that_are_farther(
    north: float, south: float
) -> None:
    rear = Side(lines=(LineString([(25, north), (-3, north)]),), towards=(0.0, 1.0))
    front = Side(lines=(LineString([(-3, -south), (25, -south)]),), towards=(0.0, -1.0))
    walls = walls_of(L_SHAPED)
    assert float(nearest_line(L_SHAPED, walls, rear, [front]).length) == pytest.approx(north - 18)
    assert float(nearest_line(L_SHAPED, walls, front, [rear]).length) == pytest.approx(south)


def test_a_way_leads_round_the_corners_that_stand_into_the_floor() -> None:
    reach = farthest([COMB], [LineString([(29, 9.9), (29.5, 9.9)])])
    assert reach is not None
    assert reach.corner.equals(Point(0, 0))
    pieces = ((0, 0), (28, 2), (29, 9.9))
    long = sum(math.dist(*pair) for pair in itertools.pairwise(pieces))
    assert reach.metres == pytest.approx(long - APART / 2, abs=0.01)


def test_what_the_drawing_alone_tells_is_kept_for_a_plan_with_other_answers_and_not_for_another_drawing() -> (
    None
):
    plan, made = a_plan({}), []

    def ask(of: Proposal) -> int:
        return once_drawn(of, "asked", lambda: made.append(of) or len(made))  # type: ignore[func-returns-value]

    assert [ask(plan), ask(replace(plan, placement_note="said")), ask(plan)] == [1, 1, 1]
    assert ask(replace(plan, drawing=replace(plan.drawing, declared=()))) == 2


def test_a_shape_beside_the_plot_is_drawn_and_lies_nowhere_on_the_ground() -> None:
    plot, frame = box(0, 0, 20, 25), a_site({}).frame
    here, beside, nothing = box(1, 1, 2, 2), box(900, 900, 901, 901), Polygon()
    laid = place(translate(plot, 500, 0), plot, accuracy=0.1, turn=0.0)
    found = written_shapes([here, beside, nothing, here], laid, frame, plot)
    assert set(found) == {id(here), id(beside)}
    assert (found[id(here)].geometry is None, found[id(beside)].geometry is None) == (False, True)
    drawn = json.loads(orjson.dumps(found[id(here)].drawn))["coordinates"][0]
    assert sorted(set(map(tuple, drawn))) == [(501, 1), (501, 2), (502, 1), (502, 2)]
    assert all(each.geometry is None for each in written_shapes([here], None, frame, plot).values())
