"""How far around a plot data are known to reach, on both sides of each distance that counts."""

import numpy as np
import pytest
from shapely import Polygon, box

from layers.extract.coverage import _outside, look_around
from layers.extract.measure import Plot, plot_of
from tests.builders import KERALA, UTM_43N, a_box

MARGINS = np.asarray([1_000.0, 100.0, 50.0, 0.0])


def a_plot() -> Plot:
    return plot_of(a_box(), UTM_43N)


@pytest.mark.parametrize(
    ("metres", "widest"),
    [(1_000.1, 1_000), (999.9, 100), (100.1, 100), (99.9, 50), (0.1, 0), (-0.1, None)],
)
def test_data_reach_as_far_as_the_widest_distance_they_hold(metres: float, widest: float | None) -> None:
    plot = a_plot()
    west, south, east, north = plot.shape.bounds
    coverage = box(west - metres, south - metres, east + metres, north + metres)
    is_deep = look_around(plot, np.asarray([coverage]), MARGINS)
    assert plot.inside.get(id(coverage)) == widest
    assert is_deep is (widest == 1_000)


def test_one_edge_nearby_does_not_hide_how_far_other_data_reach() -> None:
    plot = a_plot()
    wide = box(*(side + 5_000 * sign for side, sign in zip(plot.shape.bounds, (-1, -1, 1, 1), strict=True)))
    cut = box(KERALA[0] - 60, KERALA[1] - 5_000, KERALA[0] + 5_000, KERALA[1] + 5_000)
    assert not look_around(plot, np.asarray([wide, cut]), MARGINS)
    assert plot.inside == {id(wide): 1_000, id(cut): 50}


def test_data_that_do_not_reach_a_plot_cover_none_of_it_and_never_less() -> None:
    elsewhere = box(0, 0, 1, 1)
    turns = np.linspace(0, 2 * np.pi, 400)
    for angle, size in zip(turns, np.geomspace(1, 3_000, 400), strict=True):
        east, north = KERALA[0] + 7_000 * np.cos(angle), KERALA[1] + 7_000 * np.sin(angle)
        corners = [(0, 0), (size, 0.3 * size), (1.1 * size, size), (0.2 * size, 1.3 * size)]
        plot = plot_of(Polygon([(east + u, north + v) for u, v in corners]), UTM_43N)
        for margin in (0.0, 10.0, 500.0):
            outside = _outside(plot, elsewhere, margin)
            assert outside is not None
            assert outside.covered == 0.0


def test_a_corner_of_a_plot_that_data_reach_is_told_to_the_tenth() -> None:
    plot = a_plot()
    west, south, east, north = plot.shape.bounds
    for share, told in ((0.0009, 0.0), (0.0011, 0.1), (0.9989, 99.8), (0.99999, 99.9)):
        outside = _outside(plot, box(west, south, west + share * (east - west), north), 0.0)
        assert outside is not None
        assert outside.covered == told
