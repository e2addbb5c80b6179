"""Parcels beside a plot: what they share with it, and what both records claim."""

import pytest
from shapely.geometry.base import BaseGeometry

from layers.extract.measure import plot_of
from layers.extract.model import Neighbour
from layers.extract.neighbours import neighbours
from layers.extract.questions import Beside
from tests.builders import UTM_43N, a_box


def beside(*shapes: BaseGeometry, ground: float = 600.0) -> tuple[Neighbour, ...]:
    plot = plot_of(a_box(), UTM_43N, measured=ground)
    around = [Beside(number=str(i), land_type=None, boundary=shape) for i, shape in enumerate(shapes)]
    return neighbours(plot, around, accuracy=0.1)


@pytest.mark.parametrize(("east", "overlap"), [(20.0, 0.0), (20.05, 0.0), (19.5, 15.0), (10.0, 300.0)])
def test_only_ground_in_both_records_is_an_overlap(east: float, overlap: float) -> None:
    assert beside(a_box(east, 0, 20, 30))[0].overlap == overlap


def test_those_that_touch_do_not_hide_the_one_that_overlaps() -> None:
    found = beside(a_box(20, 0), a_box(-19, 0), a_box(0, 30))
    assert [each.overlap for each in found] == [0.0, 30.0, 0.0]


def test_a_side_is_shared_as_far_as_both_have_it_within_the_accuracy() -> None:
    whole, part, apart = beside(a_box(20, 0), a_box(20, 10, 20, 5), a_box(20.2, 0))
    assert whole.boundary == pytest.approx(30.2, abs=0.05)
    assert part.boundary == pytest.approx(5.2, abs=0.05)
    assert apart.boundary == 0.0


@pytest.mark.parametrize("ground", [600.5, 600.0, 599.5])
@pytest.mark.parametrize(("north", "boundary"), [(30.0, 0.0), (29.99, 0.21), (29.5, 0.7)])
def test_a_corner_is_no_boundary_whether_the_grid_is_shorter_or_longer_than_the_ground(
    north: float, boundary: float, ground: float
) -> None:
    assert beside(a_box(20, north), ground=ground)[0].boundary == pytest.approx(boundary, abs=0.004)


def test_a_plot_may_stand_alone() -> None:
    assert beside() == ()
