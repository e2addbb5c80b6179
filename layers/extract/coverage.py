"""How much of a plot the data of a theme cover.

In: a plot, a theme.  Out: a share in %, None where nothing says what the data cover.
"""

import shapely
from shapely.geometry.base import BaseGeometry

from gis.geometry import mean_width
from layers.extract.measure import Plot
from layers.extract.questions import Shapes
from layers.extract.theme import AMPLE, FULL, Theme


def covered(plot: Plot, theme: Theme) -> float | None:
    """Share in % of the plot, grown by the distance that counts, inside the coverage; slivers outside do not count."""
    coverage = theme.coverage
    if coverage is None:
        return None
    if _is_inside(plot, coverage, theme.margin):
        return FULL
    needed = _grown(plot, theme.margin)
    outside = shapely.difference(needed, coverage)
    if mean_width(outside) < theme.accuracy and outside.area < plot.shape.area / 2:
        return FULL
    return float(min(round((1 - outside.area / needed.area) * FULL, 1), FULL - 0.1))


def are_amply_inside(plot: Plot, coverages: Shapes) -> bool:
    """Whether even the box around the plot, amply grown, lies inside every coverage."""
    for coverage, inside in zip(coverages, shapely.covers(coverages, _box(plot, AMPLE)), strict=True):
        plot.inside[id(coverage)] = bool(inside)
    return all(plot.inside[id(coverage)] for coverage in coverages)


def _is_inside(plot: Plot, coverage: BaseGeometry, margin: float) -> bool:
    """Whether the plot, grown, lies inside a coverage."""
    if margin <= AMPLE and plot.inside.get(id(coverage)):
        return True
    return bool(shapely.covers(coverage, _grown(plot, margin)))


def _box(plot: Plot, margin: float) -> BaseGeometry:
    west, south, east, north = plot.shape.bounds
    return shapely.box(west - margin, south - margin, east + margin, north + margin)


def _grown(plot: Plot, margin: float) -> BaseGeometry:
    return plot.shape.buffer(margin) if margin else plot.shape
