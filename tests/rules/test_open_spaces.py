"""Yards are measured from the building to the sides of its plot: least distance, and area over the length of the building line."""

import pytest

from rules.proposal import OpenSpace, Position
from tests.rules.plan_builders import a_plan, a_site, ring

PLOT = [[0, 0], [20, 0], [20, 25], [0, 25]]


def yards(footprint: object, plot: object = PLOT) -> dict[Position, OpenSpace]:
    """The yards of a building, the street in the south."""
    site = a_site({}, plot=plot)
    plan = a_plan({"plot": plot, "buildings": [{"footprint": footprint}]}, site=site)
    return {each.position: each for each in plan.yards}


def least(space: OpenSpace) -> float:
    """Metres to the boundary at the nearest place."""
    assert space.least is not None
    return float(space.least.amount)


def average(space: OpenSpace) -> float | None:
    """The law's average, None where it is open."""
    return None if space.average is None else float(space.average.amount)


def test_a_house_of_right_angles() -> None:
    found = yards([5, 4, 15, 16])
    expected = {Position.FRONT: 4, Position.REAR: 9, Position.LEFT: 5, Position.RIGHT: 5}
    assert {where: least(each) for where, each in found.items()} == pytest.approx(expected)
    assert {where: average(each) for where, each in found.items()} == pytest.approx(expected)


def test_a_recess_makes_the_average_deeper_than_the_least() -> None:
    found = yards([[5, 4], [10, 4], [10, 6], [15, 6], [15, 16], [5, 16]])
    assert least(found[Position.FRONT]) == pytest.approx(4)
    assert average(found[Position.FRONT]) == pytest.approx(5)


def test_a_slanting_boundary_is_averaged_by_area() -> None:
    found = yards([5, 4, 15, 16], [[0, 0], [20, 0], [20, 21], [0, 29]])
    assert least(found[Position.REAR]) == pytest.approx(7 / 1.16**0.5)
    assert average(found[Position.REAR]) == pytest.approx(9.0)


def test_one_straight_wall_is_a_building_line_however_it_is_turned() -> None:
    front = yards([[5, 4], [15, 6], [15, 16], [5, 16]])[Position.FRONT]
    assert average(front) == pytest.approx(52 / 104**0.5)


def test_walls_at_an_angle_leave_the_average_open_with_its_candidates() -> None:
    front = yards([[5, 6], [10, 4], [15, 6], [15, 16], [5, 16]])[Position.FRONT]
    assert front.average is None
    assert len(front.candidates) == 2
    assert all(4 < float(each.amount) < 6 for each in front.candidates)


def test_walls_one_behind_the_other_count_their_line_once() -> None:
    found = yards([[5, 4], [15, 4], [15, 16], [12, 16], [12, 10], [8, 10], [8, 12], [5, 12]])
    front = found[Position.FRONT]
    assert average(front) == pytest.approx(4)


def test_a_building_on_the_boundary_has_no_yard_there() -> None:
    assert least(yards([0, 4, 10, 16])[Position.RIGHT]) == pytest.approx(0)


def test_a_building_that_crosses_the_boundary_has_no_yard_there() -> None:
    assert least(yards([-1, 4, 10, 16])[Position.RIGHT]) == pytest.approx(0)


def test_every_level_and_the_basement_have_their_yards() -> None:
    words = {"buildings": [{"levels": {0: [5, 4, 15, 16], 1: [5, 5, 15, 16]}, "basement": [4, 3, 16, 17]}]}
    found = a_plan(words).yards
    fronts = [
        (each.level, each.is_basement, least(each)) for each in found if each.position is Position.FRONT
    ]
    assert fronts == [(0, False, 4.0), (1, False, 5.0), (None, True, 3.0)]


def test_a_yard_tells_what_it_was_measured_from() -> None:
    front = yards([5, 4, 15, 16])[Position.FRONT]
    assert front.least is not None
    assert front.least.places[0].handles == ("F1-0", "P")
    assert front.average is not None
    assert "40.00 m²" in front.average.steps[0]
    assert "10.000 m" in front.average.steps[0]


WIDENING = [[4, 0], [16, 0], [16, 12], [20, 12], [20, 30], [0, 30], [0, 12], [4, 12]]


def test_a_jog_of_the_boundary_behind_the_front_wall_bounds_no_front_yard() -> None:
    found = yards([5, 4, 15, 11], WIDENING)
    assert least(found[Position.FRONT]) == pytest.approx(4)
    assert found[Position.FRONT].sides == (1,)
    assert found[Position.REAR].sides == (5,)


def test_a_jog_before_the_front_wall_bounds_the_front_yard() -> None:
    found = yards([5, 14, 15, 25], WIDENING)
    assert found[Position.FRONT].sides == (1, 3, 7)
    assert least(found[Position.FRONT]) == pytest.approx(5**0.5)


NOTCHED = [[0, 0], [20, 0], [20, 20], [15, 20], [15, 25], [0, 25]]


def test_the_end_of_a_rear_side_beside_a_side_wall_belongs_to_the_side_yard() -> None:
    found = yards([[5, 4], [14.5, 4], [14.5, 22], [9, 22], [9, 15], [5, 15]], NOTCHED)
    assert found[Position.REAR].sides == (3, 5)
    assert least(found[Position.LEFT]) == pytest.approx(0.5)
    assert least(found[Position.REAR]) == pytest.approx(3)


@pytest.mark.parametrize(
    ("footprint", "plot"),
    [
        ([5, 4, 14.5, 22], NOTCHED),
        ([5, 4, 14.5, 19], NOTCHED),
        ([[5, 4], [19, 4], [19, 18], [14, 18], [14, 22], [5, 22]], NOTCHED),
        ([[10, 3], [17, 10], [10, 17], [3, 10]], PLOT),
        ([5, 4, 15, 16], [[0, 0], [20, 0], [16, 22], [9, 25]]),
    ],
)
def test_no_distance_to_the_boundary_escapes_every_yard(footprint: object, plot: object) -> None:
    found = yards(footprint, plot)
    there = ring(footprint)
    bare = float(there.distance(ring(plot).exterior))
    assert min(least(each) for each in found.values()) == pytest.approx(bare)


def test_a_corner_that_comes_near_a_slanting_boundary_is_still_measured() -> None:
    found = yards([5, 4, 15, 16], [[0, 0], [20, 0], [20, 18], [0, 30]])
    assert least(found[Position.REAR]) == pytest.approx(5 / 1.36**0.5)


def test_the_average_of_a_house_that_crosses_the_boundary_is_that_of_its_wall_on_the_plot() -> None:
    found = yards([2, 3, 13, 16], [12, 25])
    assert average(found[Position.FRONT]) == pytest.approx(3)
    assert least(found[Position.LEFT]) == pytest.approx(0)
    assert average(found[Position.LEFT]) == pytest.approx(0)
