"""How far the farthest corner of a floor is from its nearest exit, along the floor: no way can be shorter, whatever walls stand in it.

In: the outlines of a floor and what is drawn of its exits, in metres.  Out: `Reach`, the least that the way from that corner can measure.  Walls within
the outline only make it longer, so it may show that a way is too long, never that it is short enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from rules.plans.curves import Points

APART = 0.5
"""Metres between points of an exit from which ways are measured; half of it is taken off what was found."""
OFF = 1.5
"""Metres beside the floor within which an exit is one of its own."""
THICK = 0.01
"""Metres that a way may lie outside the outline."""
MOST_BENDS = 60
"""Corners round which a way may turn; on a floor with more of them only the straight distance is taken."""
MOST_CORNERS = 64
MOST_POINTS = 80
Truths = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]


@dataclass(frozen=True, kw_only=True)
class Reach:
    """The corner that is farthest from an exit, and the metres that its way has at least."""

    metres: float
    corner: Point
    exit: Point

    @property
    def line(self) -> LineString:
        """From the corner to its nearest exit as the crow flies, to show both."""
        return LineString([self.corner, self.exit])


def farthest(outlines: Sequence[Polygon], exits: Sequence[BaseGeometry]) -> Reach | None:
    """The reach of a floor; None without an exit, where one lies off the floor, or on a part of the floor that has none."""
    ground = shapely.union_all([each.buffer(0) for each in outlines])
    parts = list(ground.geoms) if isinstance(ground, MultiPolygon) else [ground]
    if not exits or not all(isinstance(each, Polygon) and not each.is_empty for each in parts):
        return None
    if any(float(ground.distance(each)) > OFF for each in exits):
        return None
    nearest = [int(np.argmin(shapely.distance(np.array(parts, dtype=object), each))) for each in exits]
    found = [
        _of_part(part, [each for each, at in zip(exits, nearest, strict=True) if at == number])
        for number, part in enumerate(parts)
    ]
    known = [each for each in found if each is not None]
    return max(known, key=lambda each: each.metres) if len(known) == len(parts) else None


def _of_part(part: Polygon, exits: Sequence[BaseGeometry]) -> Reach | None:
    if not exits:
        return None
    starts = _points(part, exits)
    corners = _corners(part, starts)
    bends = _bends(part)
    ways = _straight(corners, starts)
    if 0 < len(bends) <= MOST_BENDS:
        ways = _along(part, corners, starts, bends)
    nearest = ways.min(axis=1)
    at = int(np.argmax(nearest))
    exit_at = int(np.argmin(_straight(corners[at : at + 1], starts)[0]))
    return Reach(
        metres=max(0.0, float(nearest[at]) - APART / 2),
        corner=Point(corners[at]),
        exit=Point(starts[exit_at]),
    )


def _points(part: Polygon, exits: Sequence[BaseGeometry]) -> Points:
    """Points along every exit, brought onto the floor."""
    lines = [each.exterior if isinstance(each, Polygon) else each for each in exits]
    step = max(APART, sum(float(each.length) for each in lines) / MOST_POINTS)
    found = []
    for line in lines:
        count = int(float(line.length) / step) + 1
        spots = shapely.line_interpolate_point(line, np.arange(count + 1) / count, normalized=True)
        found.append(shapely.get_coordinates(shapely.shortest_line(part, spots))[::2])
    return np.unique(np.round(np.concatenate(found), 3), axis=0)


def _ring(part: Polygon) -> Points:
    points: Points = shapely.get_coordinates(part.exterior)[:-1]
    return points


def _corners(part: Polygon, starts: Points) -> Points:
    """The corners that are farthest from every exit as the crow flies."""
    ring = _ring(part)
    order = np.argsort(-_straight(ring, starts).min(axis=1), kind="stable")
    kept: Points = ring[order[:MOST_CORNERS]]
    return kept


def _bends(part: Polygon) -> Points:
    """Corners that stand into the floor, round which the shortest ways turn."""
    found = []
    oriented = orient(part)  # the floor lies to the left of every ring, so a turn to the right stands into it
    for ring in (oriented.exterior, *oriented.interiors):
        points = shapely.get_coordinates(ring)[:-1]
        before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
        turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
        found.append(points[turn < -1e-9])
    return np.concatenate(found)


def _straight(ends: Points, starts: Points) -> Matrix:
    away = ends[:, None, :] - starts[None, :, :]
    metres: Matrix = np.hypot(away[:, :, 0], away[:, :, 1])
    return metres


class _Sight:
    """Which points of a floor see each other; a line is looked along only where it could be part of a shortest way."""

    def __init__(self, part: Polygon) -> None:
        self._ground = part.buffer(THICK, join_style="mitre")
        shapely.prepare(self._ground)

    def sees(self, ends: Points, starts: Points) -> Truths:
        """Whether each end sees the start of the same number."""
        pairs = np.stack([ends, starts], axis=1)
        free = np.asarray(shapely.covers(self._ground, shapely.linestrings(pairs)))
        found: Truths = free | (np.hypot(*(ends - starts).T) < THICK)
        return found

    def nearest(self, ends: Points, starts: Points, beyond: Numbers) -> Numbers:
        """Metres from each end to a start that it sees and from there on, whichever is least; infinite where it sees none."""
        metres = _straight(ends, starts) + beyond[None, :]
        order = np.argsort(metres, axis=1, kind="stable")
        found = np.full(len(ends), np.inf)
        left, first, count = np.arange(len(ends)), 0, 1
        while len(left) and first < len(starts):
            tried = order[left, first : first + count]
            there = np.take_along_axis(metres[left], tried, axis=1)
            at, rank = np.nonzero(np.isfinite(there))
            seen = np.zeros(there.shape, dtype=bool)
            seen[at, rank] = self.sees(ends[left[at]], starts[tried[at, rank]])
            found[left] = np.where(seen, there, np.inf).min(axis=1)
            left = left[~seen.any(axis=1) & np.isfinite(there[:, -1])]
            first, count = first + count, count * 2
        return found


def _along(part: Polygon, corners: Points, starts: Points, bends: Points) -> Matrix:
    """Shortest ways from corners to the nearest exit round the bends: one column."""
    sight, here = _Sight(part), np.zeros(len(starts))
    way = _round_bends(sight, bends, sight.nearest(bends, starts, here))
    straight = sight.nearest(corners, starts, here)
    bent = sight.nearest(corners, bends, way)
    # What nothing sees through slivers is told as the crow flies, which is never too long.
    whole = np.minimum(straight, bent)
    crow = _straight(corners, starts).min(axis=1)
    told: Matrix = np.where(np.isfinite(whole), whole, crow)[:, None]
    return told


def _round_bends(sight: _Sight, bends: Points, way: Numbers) -> Numbers:
    """The shortest way from each bend, over other bends where that is shorter than the straight one in `way`."""
    between = _straight(bends, bends)
    looked, seen = np.zeros(between.shape, dtype=bool), np.zeros(between.shape, dtype=bool)
    for _ in range(len(bends)):
        over = between + way[None, :]
        ends, starts = np.nonzero((over < way[:, None]) & ~looked)
        if len(ends):
            seen[ends, starts] = sight.sees(bends[ends], bends[starts])
            looked[ends, starts] = True
        shorter = np.minimum(way, np.where(seen, over, np.inf).min(axis=1))
        if np.allclose(shorter, way, equal_nan=True):
            break
        way = shorter
    return way
