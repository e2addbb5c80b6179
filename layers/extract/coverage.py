"""How much of a plot the data of a theme cover.

In: a plot, a theme.  Out: a share in %, None where nothing says what the data cover.
"""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.geometry import mean_width
from layers.extract.measure import Outside, Plot
from layers.extract.questions import Shapes
from layers.extract.theme import FULL, NOWHERE, Theme

Margins = np.ndarray[tuple[int], np.dtype[np.float64]]
"""Metres around a plot, the widest first."""


def covered(plot: Plot, theme: Theme) -> float | None:
    """Share in % of the plot, grown by the distance that counts, inside the coverage; slivers outside do not count."""
    coverage, margin = theme.coverage, theme.margin
    if coverage is None:
        return None
    if margin <= plot.inside.get(id(coverage), NOWHERE):
        return FULL
    key = id(coverage), margin
    if key not in plot.outside:
        plot.outside[key] = _outside(plot, coverage, margin)
    outside = plot.outside[key]
    if outside is None or (outside.breadth < theme.accuracy and outside.area < plot.shape.area / 2):
        return FULL
    return outside.covered


def look_around(plot: Plot, coverages: Shapes, margins: Margins) -> bool:
    """Note how far around the plot each coverage surely reaches; whether all reach as far as the widest margin."""
    bounds = plot.shape.bounds
    inside = shapely.covers(coverages, _box(bounds, margins[0]))
    plot.inside.update({id(coverage): float(margins[0]) for coverage in coverages[inside]})
    if inside.all():
        return True
    others = coverages[~inside]
    for coverage, reached in zip(others, shapely.covers(others[:, None], _box(bounds, margins)), strict=True):
        if reached.any():
            plot.inside[id(coverage)] = float(margins[reached.argmax()])
    return False


def _outside(plot: Plot, coverage: BaseGeometry, margin: float) -> Outside | None:
    """What of the plot, grown, lies outside a coverage."""
    needed = plot.shape.buffer(margin) if margin else plot.shape
    if shapely.covers(coverage, needed):
        return None
    outside = shapely.difference(needed, coverage)
    share = round((1 - outside.area / needed.area) * FULL, 1)
    return Outside(
        breadth=mean_width(outside), area=float(outside.area), covered=float(min(share, FULL - 0.1))
    )


def _box(bounds: tuple[float, float, float, float], margin: Margins | np.float64) -> Shapes:
    """The box around a plot, grown: one for each margin."""
    west, south, east, north = bounds
    boxes: Shapes = shapely.box(west - margin, south - margin, east + margin, north + margin)
    return boxes
