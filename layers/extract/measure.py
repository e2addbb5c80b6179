"""How much of a feature lies on a plot, in ground metres: pure measuring.

In: a plot and the parts of a feature on it, in grid metres.  Out: `Measured` values.

The sliver rule.  A map drawn to an accuracy of *a* metres cannot tell an overlap thinner than *a* from two neighbours
that meet.  So an overlapping area is a sliver when its mean width (2 × area / perimeter) is less than *a* and it covers less
than half of the plot; a line is one when it nowhere reaches *a* metres into the plot (half the plot's own mean width,
where that is less).  A sliver is listed under what was left out and makes the theme *near*, never *not affected*.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import areal_scale, ground_distance
from gis.geometry import ground_area, ground_length, mean_width
from layers.extract.questions import Found

ONE_SCALE = 1_000.0
"""Metres up to which the scale at the middle of a plot serves all of it within 0.01 m² per 1 000 m²."""
SEAM = 1e-6
"""Metres: vertices that a cut for the search left on a straight edge lie closer to it than this."""
HALF = 0.5


@dataclass(frozen=True, kw_only=True)
class Plot:
    """The ground that is asked about, in grid metres, with what turns them into ground metres."""

    shape: BaseGeometry
    metric: int
    measured: float
    recorded: float | None
    scale: float | None
    """Areal scale at the middle; None for a plot too wide for one."""

    def area(self, shape: BaseGeometry) -> float:
        """Ground m² of a part of the plot."""
        return ground_area(shape, self.metric) if self.scale is None else float(shape.area) / self.scale

    def length(self, shape: BaseGeometry) -> float:
        """Ground metres of a line on the plot."""
        if self.scale is None:
            return ground_length(shape, self.metric)
        return float(shape.length) / float(np.sqrt(self.scale))

    def distance(self, way: BaseGeometry) -> float:
        """Ground metres along the shortest way from the plot."""
        start, end = (tuple(point) for point in shapely.get_coordinates(way))
        return 0.0 if start == end else ground_distance(self.metric, start, end)


def plot_of(
    shape: BaseGeometry, metric: int, *, measured: float | None = None, recorded: float | None = None
) -> Plot:
    """The plot of a shape in metres."""
    west, south, east, north = shape.bounds
    narrow = max(east - west, north - south) <= ONE_SCALE
    return Plot(
        shape=shape,
        metric=metric,
        measured=ground_area(shape, metric) if measured is None else measured,
        recorded=recorded,
        scale=areal_scale(metric, (west + east) / 2, (south + north) / 2) if narrow else None,
    )


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A found feature with its part on the plot."""

    found: Found
    shape: BaseGeometry | None
    """The part on the plot, of the feature's own dimension, without seams."""
    area: float
    length: float
    count: int
    distance: float

    @property
    def is_on_plot(self) -> bool:
        """Whether any of it lies on the plot; a pure touch does not."""
        return self.shape is not None


def measured(plot: Plot, found: Found) -> Measured:
    """A feature's part on the plot: areas where the feature is an area, else lengths, else points inside."""
    shape = _joined(plot, found.parts)
    dimension = -1 if shape is None else shapely.get_dimensions(shape)
    return Measured(
        found=found,
        shape=shape,
        area=plot.area(shape) if shape is not None and dimension == 2 else 0.0,
        length=plot.length(shape) if shape is not None and dimension == 1 else 0.0,
        count=len(shapely.get_parts(shape)) if shape is not None and dimension == 0 else 0,
        distance=plot.distance(found.way),
    )


def _joined(plot: Plot, parts: tuple[BaseGeometry, ...]) -> BaseGeometry | None:
    """Pieces of one feature made one again; what only touches the plot falls away."""
    if not parts:
        return None
    simple = shapely.get_parts(np.asarray(parts, dtype=object))
    dimensions = shapely.get_dimensions(simple)
    simple = simple[dimensions == dimensions.max()]
    simple = simple[shapely.area(simple) > 0] if dimensions.max() == 2 else _inside(plot, simple)
    if len(simple) == 0:
        return None
    if len(simple) == 1:
        return simple[0]
    joined = shapely.union_all(simple)
    return shapely.simplify(joined, SEAM) if dimensions.max() == 2 else shapely.line_merge(joined)


def _inside(
    plot: Plot, simple: "np.ndarray[tuple[int], np.dtype[np.object_]]"
) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """Points and lines less what only runs along the plot's boundary."""
    inner = shapely.difference(simple, plot.shape.boundary)
    parts: np.ndarray[tuple[int], np.dtype[np.object_]] = shapely.get_parts(inner)
    kept: np.ndarray[tuple[int], np.dtype[np.object_]] = parts[~shapely.is_empty(parts)]
    return kept


def is_sliver(plot: Plot, part: Measured, *, accuracy: float) -> bool:
    """Whether an overlap cannot be told from a touch at the layer's accuracy; the rule stands in the module's docstring."""
    if part.shape is None:
        return False
    if part.area > 0:
        return mean_width(part.shape) < accuracy and part.area < HALF * plot.measured
    if part.length > 0:
        corners = shapely.points(shapely.get_coordinates(part.shape))
        depth = float(shapely.distance(corners, plot.shape.boundary).max())
        middle = shapely.line_interpolate_point(shapely.get_parts(part.shape), 0.5, normalized=True)
        depth = max(depth, float(shapely.distance(middle, plot.shape.boundary).max()))
        return depth < min(accuracy, mean_width(plot.shape) * HALF)
    return False
