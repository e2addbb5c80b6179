"""Parcels beside a plot.

In: a plot and the parcels around it.  Out: `Neighbour` values: ground metres of shared boundary, ground m² of overlap.
"""

from collections.abc import Sequence

import numpy as np
import shapely

from layers.extract.measure import Plot
from layers.extract.model import Neighbour
from layers.extract.questions import Beside, Shapes

MILLIMETRE = 0.001
NOTHING = shapely.Polygon()
QUARTER = 16
"""Segments of a quarter circle around a corner."""


def neighbours(plot: Plot, around: Sequence[Beside], *, accuracy: float) -> tuple[Neighbour, ...]:
    """Parcels that meet the plot within the accuracy of its boundary, by number; a shared corner has 0 m of boundary.

    Around a corner the accuracy reaches along two sides: so much is none, on the grid, where it is measured.
    """
    others = np.asarray([*(each.boundary for each in around), None], dtype=object)[:-1]
    common = _common(plot, others)
    along = shapely.intersection(plot.shape.boundary, shapely.buffer(others, accuracy, quad_segs=QUARTER))
    sizes = zip(
        around,
        common,
        shapely.area(common).tolist(),
        shapely.length(common).tolist(),
        along,
        shapely.length(along).tolist(),
        strict=True,
    )
    return tuple(
        _neighbour(
            other,
            overlap=plot.area_of(shape, area) if 2 * area > MILLIMETRE * perimeter else 0.0,
            boundary=plot.length_of(line, length) if length > 2 * accuracy + MILLIMETRE else 0.0,
        )
        for other, shape, area, perimeter, line, length in sizes
    )


def _common(plot: Plot, others: Shapes) -> Shapes:
    """What of other parcels lies on the plot; nothing of those that only touch it, as most do."""
    overlaps = ~shapely.touches(plot.shape, others)
    common = np.full(len(others), NOTHING, dtype=object)
    common[overlaps] = shapely.intersection(plot.shape, others[overlaps])
    return common


def _neighbour(other: Beside, *, overlap: float, boundary: float) -> Neighbour:
    return Neighbour(
        number=other.number,
        land_type=other.land_type,
        boundary=round(boundary, 2),
        overlap=round(overlap, 2),
    )
