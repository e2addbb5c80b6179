"""The least distance between a building and its plot in one position: each distance counts for one yard, and none is lost.

In: the footprint of a level, the sides of its plot by position, the outward normals of the sides.  Out: the shortest line that counts for a position.

A line counts where it leaves a wall that faces the position, in its direction.  Any other line to a side of the position counts too, unless
another position measures that very line: so the end of a rear side beside a side wall is the side yard's.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from rules.plans.drawing import Edge
from rules.reckoning.fronts import DIAGONAL, SHORT, Vector

Lines = np.ndarray[tuple[int], np.dtype[np.object_]]
AGREE = 0.001
"""Metres within which two places are one."""
PARALLEL = math.cos(math.radians(5.0))
"""A boundary less askew than this is measured square to the wall; the difference is under 0.4 %."""
ROUNDING = 1e-9
FARTHER = 1e-6
"""Metres by which a wall must be farther from a side than the shortest line found so far, so that no line between them can be the shortest."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """All sides of a plot in one position, and the direction in which they lie."""

    lines: tuple[LineString, ...]
    towards: Vector | None


def together(lines: Sequence[LineString]) -> BaseGeometry:
    """Lines as one shape, empty where there are none."""
    return shapely.multilinestrings(np.array(lines, dtype=object)) if lines else shapely.MultiLineString()


@dataclass(frozen=True, kw_only=True)
class Walls:
    """Every straight piece of an outline, arcs as their chords, each with its outward normal."""

    lines: Lines
    out: tuple[Vector, ...]

    def facing(self, towards: Vector | None) -> BaseGeometry:
        """Those that face a direction."""
        return together(
            [line for line, out in zip(self.lines, self.out, strict=True) if _agrees(out, towards)]
        )


@dataclass(frozen=True, kw_only=True)
class _Yard:
    """A position, and all walls of the building."""

    side: Side
    among: Walls

    @cached_property
    def walls(self) -> BaseGeometry:
        """The walls that face the position; they are asked for only where a line runs another way."""
        return self.among.facing(self.side.towards)

    def measures(self, line: LineString) -> bool:
        """Whether the line leaves a wall that faces the position, in its direction."""
        if not _runs(line, self.side.towards):
            return False
        start = shapely.points(shapely.get_coordinates(line)[0])
        return bool(shapely.distance(self.walls, start) <= AGREE)

    def ends(self, line: LineString) -> bool:
        """Whether the line ends on a side of the position."""
        end = shapely.points(shapely.get_coordinates(line)[-1])
        return any(bound.distance(end) <= AGREE for bound in self.side.lines)


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """A wall and a side of the plot, how far they are apart in metres, and which of all pairs they are by side and wall."""

    wall: LineString
    out: Vector
    bound: LineString
    apart: float
    order: int


def direction(sides: Sequence[Edge], square: Mapping[int, Vector]) -> Vector | None:
    """The mean outward direction of sides, weighed by length; None where they cancel out."""
    x, y = np.sum([np.array(square[side.number]) * side.length for side in sides], axis=0)
    length = math.hypot(x, y)
    return (float(x / length), float(y / length)) if length > SHORT else None


def nearest_line(
    footprint: Polygon, walls: Walls, side: Side, others: Sequence[Side], *, is_squared: bool = False
) -> LineString:
    """The shortest line from a footprint, by its walls, that counts for the position, in the frame of the plan (metres).

    `is_squared` takes the depth square to a wall past the end of which an all but parallel boundary comes nearer, as a drawn yard has it.
    """
    yard, *rest = (_Yard(side=each, among=walls) for each in (side, *others))
    best: tuple[float, int, LineString] | None = None
    for pair in _pairs(walls, side.lines):
        if best is not None and pair.apart > best[0] + FARTHER:
            break
        for line in _counted(pair, yard, rest, is_squared=is_squared):
            found = (float(line.length), pair.order, line)
            best = found if best is None or found[:2] < best[:2] else best
    return best[2] if best else shapely.shortest_line(footprint, shapely.union_all(side.lines))


def _pairs(walls: Walls, bounds: Sequence[LineString]) -> Iterator[_Pair]:
    """Every wall with every side, the nearest first."""
    apart = np.concatenate([shapely.distance(walls.lines, bound) for bound in bounds])
    for order in np.argsort(apart, kind="stable").tolist():
        at, number = order % len(walls.out), order // len(walls.out)
        yield _Pair(
            wall=walls.lines[at],
            out=walls.out[at],
            bound=bounds[number],
            apart=float(apart[order]),
            order=order,
        )


def nearest_as_drawn(
    footprint: Polygon, walls: Walls, side: Side, others: Sequence[Side], drawn: float | None
) -> tuple[LineString, float]:
    """The nearest line and its metres; what a drawn yard says is taken where it is the same to a millimetre.

    Square to the wall is measured only where the drawn yard bears it out, else along the shortest line.
    """
    plain = nearest_line(footprint, walls, side, others)
    if drawn is None:
        return plain, float(plain.length)
    if drawn > plain.length + AGREE:
        squared = nearest_line(footprint, walls, side, others, is_squared=True)
        if abs(squared.length - drawn) <= AGREE:
            return squared, drawn
    return plain, drawn if abs(plain.length - drawn) <= AGREE else float(plain.length)


def walls_of(footprint: Polygon) -> Walls:
    """Every straight piece of the outline of a footprint."""
    turned = 1.0 if footprint.exterior.is_ccw else -1.0
    points = shapely.get_coordinates(footprint.exterior)
    starts, out = [], []
    for at, ((x0, y0), (x1, y1)) in enumerate(itertools.pairwise(points.tolist())):
        length = math.hypot(x1 - x0, y1 - y0)
        if length > 0.0:
            starts.append(at)
            out.append(((y1 - y0) * turned / length, (x0 - x1) * turned / length))
    lines: Lines = shapely.linestrings(np.stack([points[:-1], points[1:]], axis=1)[starts])
    return Walls(lines=lines, out=tuple(out))


def _counted(pair: _Pair, yard: _Yard, others: Sequence[_Yard], *, is_squared: bool) -> Iterator[LineString]:
    """The lines from one wall to one side of the plot that count for its position."""
    before = pair.bound.intersection(_sweep(pair, beside=True))
    if before.is_empty:
        return
    line = shapely.shortest_line(pair.wall, before)
    faces = _agrees(pair.out, yard.side.towards)
    if faces and _runs(line, yard.side.towards):
        yield _squared(pair, line) if is_squared else line
    elif not faces and yard.measures(line):
        return
    elif not any(other.measures(line) and other.ends(line) for other in others):
        yield line
    elif faces:
        ahead = pair.bound.intersection(_sweep(pair))
        if not ahead.is_empty:
            yield shapely.shortest_line(pair.wall, ahead)


def _agrees(out: Vector, towards: Vector | None) -> bool:
    return towards is not None and out[0] * towards[0] + out[1] * towards[1] >= DIAGONAL - ROUNDING


def _runs(line: LineString, towards: Vector | None) -> bool:
    """Whether a line from a wall to the boundary runs in this direction; one without length runs in any."""
    (x0, y0), (x1, y1) = shapely.get_coordinates(line)[[0, -1]].tolist()
    length = math.hypot(x1 - x0, y1 - y0)
    return length <= AGREE or _agrees(((x1 - x0) / length, (y1 - y0) / length), towards)


def _squared(pair: _Pair, line: LineString) -> LineString:
    """The line itself, or past the end of a wall that runs all but parallel to the boundary the least depth before the wall."""
    (x0, y0), (x1, y1) = shapely.get_coordinates(line)[[0, -1]].tolist()
    length = math.hypot(x1 - x0, y1 - y0)
    if length <= AGREE or (x1 - x0) * pair.out[0] + (y1 - y0) * pair.out[1] < PARALLEL * length:
        return line
    ahead = pair.bound.intersection(_sweep(pair))
    return line if ahead.is_empty else shapely.shortest_line(pair.wall, ahead)


def _sweep(pair: _Pair, *, beside: bool = False) -> BaseGeometry:
    """What a wall sweeps over on its way out, as far as the side of the plot reaches; or all ground before it, `beside` it too.

    What lies behind a wall is nearer to another one.
    """
    far = 2.0 * float(pair.wall.length + pair.bound.length + pair.apart)
    out = np.array(pair.out)
    along = np.array([-out[1], out[0]]) * (far if beside else 0.0)
    points = shapely.get_coordinates(pair.wall) - out * AGREE
    corners = np.vstack(
        [points + along, points - along, points + along + out * far, points - along + out * far]
    )
    return shapely.convex_hull(shapely.linestrings(corners))
