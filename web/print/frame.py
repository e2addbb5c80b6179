"""The sheet under the map: at which round scale, and where on paper a place in metres falls.

In: a plot in its metric system.  Out: a `Frame` that moves shapes into mm on paper, x to the right and y down.
The scale is one of ground metres: grid metres are corrected by the point scale at the plot's middle.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import areal_scale
from web.print.sheet import Ruler

WIDTH = 176.0
HEIGHT_LEAST, HEIGHT_MOST = 84.0, 172.0
MARGIN = 13.0
"""Millimetres around the plot, for neighbours and lengths."""
RESOLUTION = 0.03
"""Millimetres that no printer shows (about 850 dots per inch): shapes are simplified to it."""
_STEPS = (1.0, 2.0, 2.5, 5.0)
_LEAST_SCALE = 100
_BAR = 80.0
_BAR_STEPS = (2, 4, 8)
"""Lengths of the scale bar, times a power of ten, whose quarters are round."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A rectangle of paper over the ground, its middle over (`x`, `y`) of the metric system."""

    x: float
    y: float
    width: float
    height: float
    denominator: int
    grid_per_mm: float
    """Grid metres under a millimetre of paper."""

    def on_paper(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape moved to mm and simplified to what print can show."""
        return self.all_on_paper([shape])[0]

    def all_on_paper(self, shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
        """Shapes moved to mm and simplified to what print can show; none is simplified away."""

        def move(
            points: "np.ndarray[tuple[int, int], np.dtype[np.float64]]",
        ) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
            x = (points[:, 0] - self.x) / self.grid_per_mm + self.width / 2
            y = (self.y - points[:, 1]) / self.grid_per_mm + self.height / 2
            return np.column_stack([x, y])

        moved = shapely.transform(shapely.force_2d(np.array(shapes, dtype=object)), move)
        simple = shapely.simplify(moved, RESOLUTION, preserve_topology=False)
        return list(np.where(shapely.is_empty(simple), moved, simple))

    def visible(self, shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
        """The parts of shapes that lie in the frame, in mm; empty where nothing does."""
        paper = np.array(self.all_on_paper(shapes), dtype=object)
        broken = ~shapely.is_valid(paper)
        paper[broken] = shapely.make_valid(paper[broken])
        return list(shapely.intersection(paper, shapely.box(0, 0, self.width, self.height)))


def frame_for(shape: BaseGeometry, metric: int) -> Frame:
    """The frame at the largest round scale at which the whole shape has its margin."""
    west, south, east, north = shape.bounds
    x, y = (west + east) / 2, (south + north) / 2
    per_ground_metre: float = areal_scale(metric, x, y) ** 0.5
    wide, high = (east - west) / per_ground_metre, (north - south) / per_ground_metre
    least = 1000 * max(wide / (WIDTH - 2 * MARGIN), high / (HEIGHT_MOST - 2 * MARGIN))
    denominator = next(scale for scale in round_scales() if scale >= least)
    needed = high * 1000 / denominator + 2 * MARGIN
    return Frame(
        x=x,
        y=y,
        width=WIDTH,
        height=round(min(max(needed, HEIGHT_LEAST), HEIGHT_MOST), 2),
        denominator=denominator,
        grid_per_mm=denominator / 1000 * per_ground_metre,
    )


def round_scales() -> Iterator[int]:
    """Denominators of scales in use, the largest scale first, without end."""
    power = _LEAST_SCALE
    while True:
        yield from (int(step * power) for step in _STEPS)
        power *= 10


def ruler(denominator: int) -> Ruler:
    """A scale bar of a round ground length in four parts, as long as fits into 80 mm."""
    longest = _BAR * denominator / 1000
    power = 10.0 ** (math.floor(math.log10(longest)) - 1)
    length = max(
        step * tens * power for step in _BAR_STEPS for tens in (1, 10) if step * tens * power <= longest
    )
    unit, factor = ("km", 1000.0) if length >= 4000 else ("m", 1.0)
    ticks = [f"{length * part / 4 / factor:.10g}" for part in range(5)]
    return Ruler(width=round(length * 1000 / denominator, 3), ticks=(*ticks[:4], f"{ticks[4]} {unit}"))
