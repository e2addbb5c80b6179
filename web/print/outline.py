"""The corners and sides of a plot, as a surveyor would walk them.

In: a plot in its metric system.  Out: for each ring of its boundary the sides between corners, clockwise from the
northernmost (inside openings the other way round), with their ground length.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely import LinearRing, LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from gis.geometry import ground_length
from web.print.frame import Frame

_LEAST_BEND = 0.05
"""Metres by which a boundary must leave the straight line for a corner to be one."""
_LEAST_BEND_ON_PAPER = 0.2


@dataclass(frozen=True, kw_only=True)
class Walk:
    """A side from corner to corner, in the metric system; what is not plot lies on its left."""

    start: int
    """Number of its first corner."""
    end: int
    path: LineString
    length: float


def walks(shape: BaseGeometry, frame: Frame, metric: int) -> tuple[tuple[Walk, ...], ...]:
    """The sides of every ring; bends that could not be seen on paper at this scale make no corner."""
    bend = max(_LEAST_BEND, _LEAST_BEND_ON_PAPER * frame.grid_per_mm)
    rounds: list[tuple[Walk, ...]] = []
    first = 1
    for ring in _rings(shape):
        paths = _sides(ring, bend)
        rounds.append(
            tuple(
                Walk(
                    start=first + index,
                    end=first + (index + 1) % len(paths),
                    path=path,
                    length=ground_length(path, metric),
                )
                for index, path in enumerate(paths)
            )
        )
        first += len(paths)
    return tuple(rounds)


def _rings(shape: BaseGeometry) -> Iterator[LinearRing]:
    for part in shapely.get_parts(shape):
        if isinstance(part, Polygon) and part.length > 0:
            clockwise = orient(part, sign=-1.0)
            yield clockwise.exterior
            yield from clockwise.interiors


def _sides(ring: LinearRing, bend: float) -> list[LineString]:
    """The ring cut at its corners; it starts at a point of its hull, which surely is one."""
    points = shapely.get_coordinates(ring)[:-1]
    points = points[np.any(points != np.roll(points, 1, axis=0), axis=1)]
    start = min(range(len(points)), key=lambda index: (-points[index][1], points[index][0]))
    points = np.roll(points, -start, axis=0)
    closed = np.vstack([points, points[:1]])
    corners = _corner_places(closed, bend)
    return [LineString(closed[here : there + 1]) for here, there in pairwise(corners)]


def _corner_places(closed: "np.ndarray[tuple[int, int], np.dtype[np.float64]]", bend: float) -> list[int]:
    """Places of the points that Douglas and Peucker's line keeps, first and last included."""
    kept = shapely.get_coordinates(LineString(closed).simplify(bend, preserve_topology=False))
    places: list[int] = []
    place = 0
    for corner in kept[:-1]:
        while not np.array_equal(closed[place], corner):
            place += 1
        places.append(place)
        place += 1
    return [*places, len(closed) - 1]
