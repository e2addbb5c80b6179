"""A position shows that somebody stood at a plot, or it does not, and by how many metres."""

import pytest
from shapely import Point

from civic.permits.nearness import COARSE, Fix, Land, Verdict, apart, differ, distance, nearness
from gis.crs import to_geographic
from tests.builders import KERALA, UTM_43N, a_box

LAND = Land(shape=a_box(), metric=UTM_43N, accuracy=0.5)


def at(x: float, y: float, accuracy: float | None = 5.0) -> Fix:
    """A fix so many metres east and north of the plot's south-west corner."""
    spot = to_geographic(Point(KERALA[0] + x, KERALA[1] + y), UTM_43N)
    return Fix(longitude=spot.x, latitude=spot.y, accuracy=accuracy)


@pytest.mark.parametrize(
    ("x", "accuracy", "verdict"),
    [
        (10, 5.0, Verdict.ON_PLOT),
        (20, 5.0, Verdict.ON_PLOT),
        (25.4, 5.0, Verdict.WITHIN_ACCURACY),
        (25.6, 5.0, Verdict.ELSEWHERE),
        (20.4, None, Verdict.WITHIN_ACCURACY),
        (20.6, None, Verdict.ELSEWHERE),
        (10, COARSE, Verdict.ON_PLOT),
        (10, COARSE + 1, Verdict.COARSE),
        (200, 5000.0, Verdict.COARSE),
        (6000, 5000.0, Verdict.ELSEWHERE),
    ],
)
def test_a_fix_beyond_its_accuracy_is_from_elsewhere(
    x: float, accuracy: float | None, verdict: Verdict
) -> None:
    assert nearness(at(x, 10, accuracy), LAND).verdict is verdict


def test_the_distance_is_that_on_the_ground() -> None:
    assert distance(at(10, 10), LAND) == 0
    assert distance(at(120, 10), LAND) == pytest.approx(100 / 0.9999, abs=0.05)  # the grid's scale there
    assert distance(at(23, 34), LAND) == pytest.approx(5, abs=0.01)


def test_a_place_that_the_lands_map_does_not_reach_is_still_told() -> None:
    london = nearness(Fix(longitude=-0.1276, latitude=51.5072, accuracy=10), LAND)
    assert london.verdict is Verdict.ELSEWHERE
    assert london.distance is not None
    assert 7_500_000 < london.distance < 8_500_000


def test_without_a_position_nothing_is_shown() -> None:
    found = nearness(None, LAND)
    assert (found.verdict, found.distance) == (Verdict.NO_POSITION, None)


def test_two_fixes_of_one_moment_differ_beyond_both_their_accuracies() -> None:
    here = at(10, 10, 5.0)
    assert not differ(here, at(19.9, 10, 5.0))
    assert differ(here, at(20.5, 10, 5.0))
    assert not differ(here, at(100, 10, None))
    assert differ(here, at(120, 10, None))
    assert apart(here, at(13, 14)) == pytest.approx(5, abs=0.01)
