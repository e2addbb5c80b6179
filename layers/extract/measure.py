"""How much of a feature lies on a plot, in ground metres: pure measuring.

In: a plot and the parts of a feature on it, in grid metres.  Out: `Measured` values.

The sliver rule.  A map drawn to an accuracy of *a* metres cannot tell an overlap thinner than *a* from two neighbours
that meet.  So an overlapping area is a sliver when its mean width (2 × area / perimeter) is less than *a* and it covers less
than half of the plot; a line is one when it nowhere reaches *a* metres into the plot (half the plot's own mean width,
where that is less).  A sliver is listed under what was left out and makes the theme *near*, never *not affected*.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import ground_distance
from gis.geometry import ground_area, ground_length, mean_width
from layers.extract.questions import Found, Shapes

ONE_SCALE = 1_000.0
"""Metres up to which one scale serves all of a plot within 0.01 m² per 1 000 m²."""
SEAM = 1e-6
"""Metres: vertices that a cut for the search left on a straight edge lie closer to it than this."""
HALF = 0.5


@dataclass(frozen=True, kw_only=True)
class Outside:
    """What of a plot, grown by some metres, a coverage leaves out: its mean width in metres, its grid m², the share covered in %, rounded down."""

    breadth: float
    area: float
    covered: float


@dataclass(frozen=True, kw_only=True)
class Plot:
    """The ground that is asked about, in grid metres, with what turns them into ground metres."""

    shape: BaseGeometry
    metric: int
    measured: float
    recorded: float | None
    scale: float | None
    """Grid m² for a ground m²; None for a plot too wide for one scale."""
    inside: dict[int, float] = field(default_factory=dict, compare=False, repr=False)
    """What several themes ask, kept: by coverage (its identity), metres by which the plot may grow and surely lies inside."""
    outside: dict[tuple[int, float], Outside | None] = field(default_factory=dict, compare=False, repr=False)
    """Where that does not tell: by coverage and metres around the plot, what lies outside; None: nothing."""

    def area(self, shape: BaseGeometry) -> float:
        """Ground m² of a part of the plot."""
        return self.area_of(shape, shape.area)

    def area_of(self, shape: BaseGeometry, grid: float) -> float:
        """Ground m² of a part of the plot whose area on the grid is known."""
        return ground_area(shape, self.metric) if self.scale is None else grid / self.scale

    def length(self, shape: BaseGeometry) -> float:
        """Ground metres of a line on the plot."""
        return self.length_of(shape, shape.length)

    def length_of(self, shape: BaseGeometry, grid: float) -> float:
        """Ground metres of a line on the plot whose length on the grid is known."""
        return ground_length(shape, self.metric) if self.scale is None else grid / sqrt(self.scale)


def plot_of(
    shape: BaseGeometry, metric: int, *, measured: float | None = None, recorded: float | None = None
) -> Plot:
    """The plot of a shape in metres."""
    west, south, east, north = shape.bounds
    narrow = max(east - west, north - south) <= ONE_SCALE
    ground = ground_area(shape, metric) if measured is None else measured
    return Plot(
        shape=shape,
        metric=metric,
        measured=ground,
        recorded=recorded,
        scale=float(shape.area) / ground if narrow else None,
    )


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A found feature with its part on the plot."""

    found: Found
    shape: BaseGeometry | None
    """The part on the plot, of the feature's own dimension, without seams."""
    area: float
    breadth: float
    """Mean width of an area on the plot in metres: 2 × area / perimeter."""
    length: float
    count: int
    distance: float

    @property
    def is_on_plot(self) -> bool:
        """Whether any of it lies on the plot; a pure touch does not."""
        return self.shape is not None


def measured(plot: Plot, found: Sequence[Found], *, streets: Collection[int] = ()) -> list[Measured]:
    """Features with their parts on the plot; of imports of streets only the nearness is measured."""
    shapes = [None if each.import_id in streets else _joined(plot, each.parts) for each in found]
    array = np.asarray([*shapes, None], dtype=object)[:-1]
    return [
        _measured(plot, each, shape, *sizes)
        for each, shape, *sizes in zip(
            found,
            shapes,
            shapely.get_dimensions(array).tolist(),
            shapely.area(array).tolist(),
            shapely.length(array).tolist(),
            [_distance(plot, each) if each.gap else 0.0 for each in found],
            strict=True,
        )
    ]


def _measured(
    plot: Plot,
    found: Found,
    shape: BaseGeometry | None,
    dimension: int,
    area: float,
    length: float,
    distance: float,
) -> Measured:
    """Areas where the feature is an area, else lengths, else points inside; sizes are grid values."""
    return Measured(
        found=found,
        shape=shape,
        area=plot.area_of(shape, area) if shape is not None and dimension == 2 else 0.0,
        breadth=2.0 * area / length if dimension == 2 else 0.0,
        length=plot.length(shape) if shape is not None and dimension == 1 else 0.0,
        count=len(shapely.get_parts(shape)) if dimension == 0 else 0,
        distance=distance,
    )


def _distance(plot: Plot, found: Found) -> float:
    """Ground metres to a feature: by the scale of the plot where it is near, geodesic beyond."""
    if plot.scale is not None and found.gap <= ONE_SCALE / 2:
        return found.gap / sqrt(plot.scale)
    ways = shapely.get_coordinates(shapely.shortest_line(plot.shape, found.nearest))
    start, end = (tuple(point) for point in ways)
    return ground_distance(plot.metric, start, end)


def _joined(plot: Plot, parts: Sequence[BaseGeometry]) -> BaseGeometry | None:
    """Pieces of one feature made one again; what only touches the plot falls away."""
    if not parts:
        return None
    if len(parts) == 1 and parts[0].geom_type == "Polygon":
        return parts[0] if parts[0].area > 0 else None
    simple = shapely.get_parts(np.asarray(parts, dtype=object))
    dimensions = shapely.get_dimensions(simple)
    simple = simple[dimensions == dimensions.max()]
    simple = simple[shapely.area(simple) > 0] if dimensions.max() == 2 else _inside(plot, simple)
    if len(simple) == 0:
        return None
    if len(simple) == 1:
        part: BaseGeometry = simple[0]
        return part
    joined = shapely.union_all(simple)
    return shapely.simplify(joined, SEAM) if dimensions.max() == 2 else shapely.line_merge(joined)


def _inside(plot: Plot, simple: Shapes) -> Shapes:
    """Points and lines less what only runs along the plot's boundary."""
    inner = shapely.difference(simple, plot.shape.boundary)
    parts: Shapes = shapely.get_parts(inner)
    kept: Shapes = parts[~shapely.is_empty(parts)]
    return kept


def is_sliver(plot: Plot, part: Measured, *, accuracy: float) -> bool:
    """Whether an overlap cannot be told from a touch at the layer's accuracy; the rule stands in the module's docstring."""
    if part.shape is None:
        return False
    if part.area > 0:
        return part.breadth < accuracy and part.area < HALF * plot.measured
    if part.length > 0:
        corners = shapely.points(shapely.get_coordinates(part.shape))
        depth = float(shapely.distance(corners, plot.shape.boundary).max())
        middle = shapely.line_interpolate_point(shapely.get_parts(part.shape), 0.5, normalized=True)
        depth = max(depth, float(shapely.distance(middle, plot.shape.boundary).max()))
        return depth < min(accuracy, mean_width(plot.shape) * HALF)
    return False
