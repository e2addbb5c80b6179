"""The way to an exit is asked of every floor, and no way is taken for shorter than the floor allows."""

import math

import pytest
from shapely import LineString, Polygon, box

from rules.reckoning.ways import APART, farthest

ELL = Polygon([(0, 0), (20, 0), (20, 2), (2, 2), (2, 20), (0, 20)])
COURT = box(0, 0, 20, 20).difference(box(2, 2, 18, 18))


def door(x: float, y: float, *, wide: float = 1.0) -> LineString:
    return LineString([(x, y), (x + wide, y)])


def test_in_one_room_the_farthest_corner_is_seen_from_the_door() -> None:
    reach = farthest([box(0, 0, 10, 10)], [door(4, 0)])
    assert reach
    assert reach.metres == pytest.approx(math.hypot(5, 10) - APART / 2, abs=1e-6)


def test_round_a_corner_the_way_turns_at_the_wall() -> None:
    reach = farthest([ELL], [door(0, 20)])
    assert reach
    assert (reach.corner.x, reach.corner.y) == (20, 0)
    assert reach.metres == pytest.approx(math.hypot(1, 18) + math.hypot(18, 2) - APART / 2, abs=0.01)


def test_round_a_court_the_way_goes_by_the_nearer_side() -> None:
    reach = farthest([COURT], [door(0, 0)])
    assert reach
    assert reach.metres == pytest.approx(math.hypot(17, 2) + math.hypot(2, 18) - APART / 2, abs=0.01)


def test_a_second_exit_shortens_the_way_and_never_lengthens_it() -> None:
    one, two = farthest([ELL], [door(0, 20)]), farthest([ELL], [door(0, 20), door(19, 0)])
    assert one
    assert two
    assert two.metres < one.metres / 1.5


@pytest.mark.parametrize(
    ("outlines", "exits"),
    [
        ([ELL], []),
        ([ELL], [door(0, 22)]),
        ([box(0, 0, 5, 5), box(10, 0, 15, 5)], [door(0, 0)]),
        ([Polygon()], [door(0, 0)]),
    ],
    ids=["no exit", "an exit off the floor", "a part without an exit", "no floor"],
)
def test_what_cannot_be_told_is_unknown(outlines: list[Polygon], exits: list[LineString]) -> None:
    assert farthest(outlines, exits) is None


def test_a_floor_of_very_many_corners_is_measured_as_the_crow_flies() -> None:
    comb = [(x, 10.0 if x % 2 else 20.0) for x in range(200)]
    reach = farthest([Polygon([(0, 0), *comb, (199, 0)])], [door(0, 0)])
    assert reach
    assert 150 < reach.metres <= math.hypot(198, 20)
