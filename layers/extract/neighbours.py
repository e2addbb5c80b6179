"""Parcels beside a plot.

In: a plot and the parcels around it.  Out: `Neighbour` values: ground metres of shared boundary, ground m² of overlap.
"""

from collections.abc import Sequence

import shapely

from gis.geometry import mean_width
from gis.parcels.model import Parcel
from layers.extract.measure import Plot
from layers.extract.model import Neighbour

MILLIMETRE = 0.001


def neighbours(plot: Plot, around: Sequence[Parcel], *, accuracy: float) -> tuple[Neighbour, ...]:
    """Parcels that meet the plot within the accuracy of its boundary, by number; a shared corner has 0 m of boundary."""
    return tuple(
        _neighbour(plot, other, accuracy) for other in sorted(around, key=lambda each: each.number.whole)
    )


def _neighbour(plot: Plot, other: Parcel, accuracy: float) -> Neighbour:
    common = shapely.intersection(plot.shape, other.boundary)
    overlap = plot.area(common) if mean_width(common) > MILLIMETRE else 0.0
    along = plot.length(shapely.intersection(plot.shape.boundary, other.boundary.buffer(accuracy)))
    return Neighbour(
        number=other.number.whole,
        land_type=other.land_type,
        boundary=round(along, 2) if along > 2 * accuracy else 0.0,
        overlap=round(overlap, 2),
    )
