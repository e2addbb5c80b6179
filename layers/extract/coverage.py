"""How much of a plot the data of a theme cover.

In: a plot, a theme.  Out: `Covered`: a share in %, and whether what lies outside is a sliver.
"""

from dataclasses import dataclass
from math import floor

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.geometry import mean_width
from layers.extract.measure import Outside, Plot
from layers.extract.questions import Shapes
from layers.extract.theme import FULL, NOWHERE, Theme
from layers.extract.tiling import NOTHING
from layers.imports import covers

Margins = np.ndarray[tuple[int], np.dtype[np.float64]]
"""Metres around a plot, the widest first."""
TENTHS = 10


@dataclass(frozen=True, kw_only=True)
class Covered:
    """How much of a plot, grown by the distance that counts, the data of a theme cover."""

    share: float | None
    """In %, rounded down to the tenth: 100.0 only where nothing lies outside; None where nothing says what the data cover."""
    but_a_sliver: bool = False
    """Whether something lies outside, and it is a sliver, which does not make the answer *no data*."""

    @property
    def counted(self) -> float | None:
        """The share by which it is judged what silence means."""
        return FULL if self.but_a_sliver else self.share


UNKNOWN, WHOLE = Covered(share=None), Covered(share=FULL)


def covered(plot: Plot, theme: Theme) -> Covered:
    """How much of the plot lies inside the coverage of a theme."""
    coverage, margin = theme.coverage, theme.margin
    if coverage is None:
        return UNKNOWN
    if margin <= plot.inside.get(id(coverage), NOWHERE):
        return WHOLE
    key = id(coverage), margin
    if key not in plot.outside:
        plot.outside[key] = _outside(plot, coverage, margin)
    outside = plot.outside[key]
    if outside is None:
        return WHOLE
    is_sliver = outside.breadth < theme.accuracy and outside.area < plot.shape.area / 2
    return Covered(share=outside.covered, but_a_sliver=is_sliver)


def look_around(plot: Plot, coverages: Shapes, margins: Margins) -> bool:
    """Note how far around the plot each coverage surely reaches; whether all reach as far as the widest margin."""
    bounds = plot.shape.bounds
    inside = covers(coverages, _box(bounds, margins[0]))
    plot.inside.update({id(coverage): float(margins[0]) for coverage in coverages[inside]})
    if inside.all():
        return True
    others = coverages[~inside]
    for coverage, reached in zip(others, covers(others[:, None], _box(bounds, margins)), strict=True):
        if reached.any():
            plot.inside[id(coverage)] = float(margins[reached.argmax()])
    return False


def _outside(plot: Plot, coverage: BaseGeometry, margin: float) -> Outside | None:
    """What of the plot, grown, lies outside a coverage."""
    needed = plot.shape.buffer(margin) if margin else plot.shape
    if covers(coverage, needed):
        return None
    outside = shapely.difference(needed, coverage)
    if outside.area < NOTHING:
        return None
    tenths = floor((1 - outside.area / needed.area) * FULL * TENTHS)
    # Where nothing is covered, rounding errors may say less than nothing.
    share = min(max(tenths, 0) / TENTHS, FULL - 1 / TENTHS)
    return Outside(breadth=mean_width(outside), area=float(outside.area), covered=share)


def _box(bounds: tuple[float, float, float, float], margin: Margins | np.float64) -> Shapes:
    """The box around a plot, grown: one for each margin."""
    west, south, east, north = bounds
    boxes: Shapes = shapely.box(west - margin, south - margin, east + margin, north + margin)
    return boxes
