"""How much of a plot the data of a theme cover.

In: a plot, a theme.  Out: a share in %, None where nothing says what the data cover.
"""

import shapely
from shapely.geometry.base import BaseGeometry

from gis.geometry import mean_width
from layers.extract.measure import Plot
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


def is_amply_inside(plot: Plot, coverage: BaseGeometry) -> bool:
    """Whether even the box around the plot, amply grown, lies inside a coverage."""
    if id(coverage) not in plot.inside:
        plot.inside[id(coverage)] = bool(shapely.covers(coverage, _box(plot, AMPLE)))
    return plot.inside[id(coverage)]


def _is_inside(plot: Plot, coverage: BaseGeometry, margin: float) -> bool:
    """Whether the plot, grown, lies inside a coverage."""
    if margin <= AMPLE and is_amply_inside(plot, coverage):
        return True
    return bool(shapely.covers(coverage, _grown(plot, margin)))


def _box(plot: Plot, margin: float) -> BaseGeometry:
    west, south, east, north = plot.shape.bounds
    return shapely.box(west - margin, south - margin, east + margin, north + margin)


def _grown(plot: Plot, margin: float) -> BaseGeometry:
    return plot.shape.buffer(margin) if margin else plot.shape
