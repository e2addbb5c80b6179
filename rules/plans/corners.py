"""How far each corner of a drawn plot lies from the parcel it was laid on, and each corner of the parcel from the drawing.

In: the drawn plot, the parcel and a rigid `Move`.  Out: `CornerResidual`s in metres. A corner is compared with the other outline's
own corner where the two belong together, else with the outline: a corner may not hide by sliding along a side.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from gis.geometry import polygons_of
from rules.plans.fitting import Move
from rules.plans.rims import Points

STRAIGHT = 0.01
"""Metres that a vertex may stand off the line through its neighbours and be no corner."""
SHARP = math.radians(15.0)
"""Turn of the outline from which on a corner is compared with a corner; below it, where it sits along the line is no mistake."""
REACH = 1.0
"""Metres within which two corners may belong together, or four times the limit of the placement if that is more."""
MOST_CORNERS = 200


class Whose(StrEnum):
    """On which outline a corner lies."""

    DRAWING = "drawing"
    PARCEL = "parcel"


@dataclass(frozen=True, kw_only=True)
class CornerResidual:
    """One corner: where it is drawn, where that lies on the site, and the place of the other outline it is compared with.

    `number` counts the vertices of its own outline from 1; `metres` is the distance between the two places on the site.
    `is_corner` is false where the other outline has no corner there, and the nearest point of its line was taken.
    """

    whose: Whose
    number: int
    in_drawing: tuple[float, float]
    on_site: tuple[float, float]
    other: tuple[float, float]
    metres: float
    is_corner: bool


@dataclass(frozen=True, slots=True)
class Corners:
    """The corners of an outline: their vertices counted from 1, their places, and which of them are sharp."""

    numbers: tuple[int, ...]
    places: Points
    sharp: np.ndarray[tuple[int], np.dtype[np.bool_]]


def corners_of(shape: BaseGeometry) -> Corners:
    """The vertices at which an outline turns; of finely drawn curves only so many as show the curve."""
    rings = [ring for part in polygons_of(shape) for ring in (part.exterior, *part.interiors)]
    tolerance = STRAIGHT
    while True:
        found = [_ring_corners(shapely.get_coordinates(ring)[:-1], tolerance) for ring in rings]
        if sum(len(which) for which, _ in found) <= MOST_CORNERS or tolerance > REACH:
            break
        tolerance *= 2
    numbers, places, sharp, before = [], [], [], 0
    for ring, (which, turns) in zip(rings, found, strict=True):
        points = shapely.get_coordinates(ring)[:-1]
        numbers += [before + int(each) + 1 for each in which]
        places.append(points[which])
        sharp.append(turns >= SHARP)
        before += len(points)
    return Corners(tuple(numbers), np.vstack(places), np.concatenate(sharp))


def _ring_corners(points: Points, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """Which vertices of a ring are corners, and by how much the outline turns at each."""
    # The ring is opened where it is farthest from its centre: that vertex is a corner, its drawn beginning need not be one.
    first = int(np.argmax(np.hypot(*(points - points.mean(axis=0)).T)))
    closed = np.vstack([np.roll(points, -first, axis=0), points[first]])
    kept = shapely.get_coordinates(
        shapely.simplify(shapely.linestrings(closed), tolerance, preserve_topology=False)
    )[:-1]
    at = {tuple(point): i for i, point in reversed(list(enumerate(points)))}
    which = np.array([at[tuple(point)] for point in kept], dtype=int)
    order = np.argsort(which)
    sides = np.roll(kept, -1, axis=0) - kept
    angles = np.arctan2(sides[:, 1], sides[:, 0])
    turned = np.abs(np.remainder(angles - np.roll(angles, 1) + np.pi, 2 * np.pi) - np.pi)
    return which[order], turned[order]


def residuals(
    plot: Polygon, boundary: BaseGeometry, ours: Corners, theirs: Corners, move: Move, limit: float
) -> tuple[CornerResidual, ...]:
    """The residual of every drawn corner, then of the parcel's corners that have no partner among them."""
    there = move.forth(ours.places)
    pairs = _pairs(there, ours.sharp, theirs, max(REACH, 4 * limit))
    drawn_line = shapely.transform(plot.boundary, move.forth)
    found = []
    for i, number in enumerate(ours.numbers):
        other = theirs.places[pairs[i]] if i in pairs else _foot(boundary.boundary, there[i])
        found.append(_residual(Whose.DRAWING, number, ours.places[i], there[i], other, i in pairs))
    partners = set(pairs.values())
    for j in (int(each) for each in np.flatnonzero(theirs.sharp) if int(each) not in partners):
        place = theirs.places[j]
        foot = _foot(drawn_line, place)
        drawn = move.back(foot[None, :])[0]
        found.append(_residual(Whose.PARCEL, theirs.numbers[j], drawn, place, foot, False))
    return tuple(found)


def _pairs(there: Points, sharp: np.ndarray, theirs: Corners, reach: float) -> dict[int, int]:
    """Sharp corners of the two outlines that are each other's nearest."""
    a, b = np.flatnonzero(sharp), np.flatnonzero(theirs.sharp)
    if not (len(a) and len(b)):
        return {}
    apart = np.hypot(*(there[a][:, None, :] - theirs.places[b][None, :, :]).transpose(2, 0, 1))
    nearest, back = apart.argmin(axis=1), apart.argmin(axis=0)
    return {int(a[i]): int(b[j]) for i, j in enumerate(nearest) if back[j] == i and apart[i, j] <= reach}


def _foot(line: BaseGeometry, place: np.ndarray) -> np.ndarray:
    foot: np.ndarray = shapely.get_coordinates(shapely.shortest_line(line, shapely.Point(place)))[0]
    return foot


def _residual(
    whose: Whose,
    number: int,
    drawn: np.ndarray,
    on_site: np.ndarray,
    other: np.ndarray,
    is_corner: bool,
) -> CornerResidual:
    return CornerResidual(
        whose=whose,
        number=number,
        in_drawing=(float(drawn[0]), float(drawn[1])),
        on_site=(float(on_site[0]), float(on_site[1])),
        other=(float(other[0]), float(other[1])),
        metres=float(np.hypot(*(on_site - other))),
        is_corner=is_corner,
    )
