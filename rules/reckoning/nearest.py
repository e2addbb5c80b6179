"""The least distance between a building and its plot in one position: each distance counts for one yard, and none is lost.

In: the footprint of a level, the sides of its plot by position, the outward normals of the sides.  Out: the shortest line that counts for a position.

A line counts where it leaves a wall that faces the position, in its direction.  Any other line to a side of the position counts too, unless
another position measures that very line: so the end of a rear side beside a side wall is the side yard's.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from rules.plans.drawing import Edge
from rules.reckoning.fronts import DIAGONAL, SHORT, Vector

AGREE = 0.001
"""Metres within which two places are one."""
PARALLEL = math.cos(math.radians(5.0))
"""A boundary less askew than this is measured square to the wall; the difference is under 0.4 %."""
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Side:
    """All sides of a plot in one position, and the direction in which they lie."""

    lines: tuple[LineString, ...]
    towards: Vector | None


@dataclass(frozen=True, kw_only=True)
class _Wall:
    line: LineString
    out: Vector


@dataclass(frozen=True, kw_only=True)
class _Yard:
    """A position with the walls that face it."""

    side: Side
    walls: BaseGeometry

    def measures(self, line: LineString) -> bool:
        """Whether the line leaves a wall that faces the position, in its direction."""
        start = shapely.Point(shapely.get_coordinates(line)[0])
        return _runs(line, self.side.towards) and bool(shapely.distance(self.walls, start) <= AGREE)

    def ends(self, line: LineString) -> bool:
        """Whether the line ends on a side of the position."""
        end = shapely.Point(shapely.get_coordinates(line)[-1])
        return any(bound.distance(end) <= AGREE for bound in self.side.lines)


def direction(sides: Sequence[Edge], square: Mapping[int, Vector]) -> Vector | None:
    """The mean outward direction of sides, weighed by length; None where they cancel out."""
    x, y = np.sum([np.array(square[side.number]) * side.length for side in sides], axis=0)
    length = math.hypot(x, y)
    return (float(x / length), float(y / length)) if length > SHORT else None


def nearest_line(
    footprint: Polygon, side: Side, others: Sequence[Side], *, is_squared: bool = False
) -> LineString:
    """The shortest line that counts for the position, in the frame of the plan (metres).

    `is_squared` takes the depth square to a wall past the end of which an all but parallel boundary comes nearer, as a drawn yard has it.
    """
    walls = _walls(footprint)
    yard, *rest = (_yard(each, walls) for each in (side, *others))
    lines = [
        line
        for bound in side.lines
        for wall in walls
        for line in _counted(wall, bound, yard, rest, is_squared=is_squared)
    ]
    plain = shapely.shortest_line(footprint, shapely.union_all(side.lines))
    return min(lines, key=lambda line: float(line.length), default=plain)


def nearest_as_drawn(
    footprint: Polygon, side: Side, others: Sequence[Side], drawn: float | None
) -> tuple[LineString, float]:
    """The nearest line and its metres; what a drawn yard says is taken where it is the same to a millimetre.

    Square to the wall is measured only where the drawn yard bears it out, else along the shortest line.
    """
    plain = nearest_line(footprint, side, others)
    if drawn is None:
        return plain, float(plain.length)
    if drawn > plain.length + AGREE:
        squared = nearest_line(footprint, side, others, is_squared=True)
        if abs(squared.length - drawn) <= AGREE:
            return squared, drawn
    return plain, drawn if abs(plain.length - drawn) <= AGREE else float(plain.length)


def _walls(footprint: Polygon) -> list[_Wall]:
    """Every straight piece of the outline with its outward normal, arcs as their chords."""
    turned = 1.0 if footprint.exterior.is_ccw else -1.0
    points = shapely.get_coordinates(footprint.exterior)
    found = []
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        length = math.hypot(x1 - x0, y1 - y0)
        if length > 0.0:
            out = (float((y1 - y0) * turned / length), float((x0 - x1) * turned / length))
            found.append(_Wall(line=LineString([(x0, y0), (x1, y1)]), out=out))
    return found


def _yard(side: Side, walls: Sequence[_Wall]) -> _Yard:
    facing = [wall.line for wall in walls if _agrees(wall.out, side.towards)]
    return _Yard(side=side, walls=shapely.MultiLineString(facing))


def _counted(
    wall: _Wall, bound: LineString, yard: _Yard, others: Sequence[_Yard], *, is_squared: bool
) -> Iterator[LineString]:
    """The lines from one wall to one side of the plot that count for its position."""
    before = bound.intersection(_sweep(wall, bound, beside=True))
    if before.is_empty:
        return
    line = shapely.shortest_line(wall.line, before)
    faces = _agrees(wall.out, yard.side.towards)
    if faces and _runs(line, yard.side.towards):
        yield _squared(wall, bound, line) if is_squared else line
    elif not faces and yard.measures(line):
        return
    elif not any(other.measures(line) and other.ends(line) for other in others):
        yield line
    elif faces:
        ahead = bound.intersection(_sweep(wall, bound))
        if not ahead.is_empty:
            yield shapely.shortest_line(wall.line, ahead)


def _agrees(out: Vector, towards: Vector | None) -> bool:
    return towards is not None and out[0] * towards[0] + out[1] * towards[1] >= DIAGONAL - ROUNDING


def _runs(line: LineString, towards: Vector | None) -> bool:
    """Whether a line from a wall to the boundary runs in this direction; one without length runs in any."""
    (x0, y0), (x1, y1) = shapely.get_coordinates(line)[[0, -1]]
    length = math.hypot(x1 - x0, y1 - y0)
    return length <= AGREE or _agrees((float(x1 - x0) / length, float(y1 - y0) / length), towards)


def _squared(wall: _Wall, bound: LineString, line: LineString) -> LineString:
    """The line itself, or past the end of a wall that runs all but parallel to the boundary the least depth before the wall."""
    (x0, y0), (x1, y1) = shapely.get_coordinates(line)[[0, -1]]
    length = math.hypot(x1 - x0, y1 - y0)
    if length <= AGREE or (x1 - x0) * wall.out[0] + (y1 - y0) * wall.out[1] < PARALLEL * length:
        return line
    ahead = bound.intersection(_sweep(wall, bound))
    return line if ahead.is_empty else shapely.shortest_line(wall.line, ahead)


def _sweep(wall: _Wall, bound: LineString, *, beside: bool = False) -> BaseGeometry:
    """What a wall sweeps over on its way out, as far as the side of the plot reaches; or all ground before it, `beside` it too.

    What lies behind a wall is nearer to another one.
    """
    far = 2.0 * float(wall.line.length + bound.length + wall.line.distance(bound))
    out = np.array(wall.out)
    along = np.array([-out[1], out[0]]) * (far if beside else 0.0)
    points = shapely.get_coordinates(wall.line) - out * AGREE
    corners = np.vstack(
        [points + along, points - along, points + along + out * far, points - along + out * far]
    )
    return shapely.convex_hull(shapely.MultiPoint(corners))
