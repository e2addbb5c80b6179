"""The open space between a building and each side of its plot: least distance, and the law's average.

In: a measured drawing and its front.  Out: `OpenSpace` for each level of each building and each position (front, rear, left, right).

The least is the shortest line from the walls that face the position to its sides; a distance counts for one yard only.  The average is the area of the yard
over the length of the building line that faces the boundary (Table 4).  Where the yard is drawn, its outline is taken; where it is not, it is
the ground between the walls that face the boundary and the boundary, swept square to the longest of them.  Where the length is ambiguous there
is no average, only the candidates.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from rules.findings import Measured, Place, measured
from rules.measure import Unit
from rules.plans.drawing import AverageDepth, Drawing, Edge, Level, Yard
from rules.proposal import Front, OpenSpace, Position
from rules.reckoning.fronts import DIAGONAL, Vector, normals, position
from rules.reckoning.nearest import Side, direction, nearest_as_drawn
from rules.takings import told

AGREE = 0.001
"""Metres within which averages over different lengths are one average."""
OBLIQUE = math.sin(math.radians(1.0))


def open_spaces(
    drawing: Drawing, front: Front, along: Mapping[int, tuple[str, ...]]
) -> tuple[OpenSpace, ...]:
    """Every open space of the plan, by building, level and position; none where the front is unknown."""
    if drawing.plot is None or front.direction is None:
        return ()
    square = normals(drawing.plot.outline.shape, drawing.plot.sides)
    by_position = _by_position(drawing.plot.sides, square, front.direction)
    found: list[OpenSpace] = []
    for block in drawing.blocks:
        for level, body in _told_apart(block.levels):
            plot = drawing.plot.outline.shape
            ahead = {
                where: _ahead(level, sides, plot, square)
                for where, sides in _as_drawn(level, by_position).items()
            }
            here = [_open_space(level, where, ahead, plot, square, along) for where in ahead]
            found += [replace(each, body=body) for each in here]
    return tuple(found)


def _told_apart(levels: Sequence[Level]) -> list[tuple[Level, int | None]]:
    """Each level with a number of its own where several outlines lie at one, so that no two findings have one name."""
    names = [(level.is_basement, level.number or 0) for level in levels]
    return [
        (level, names[: i + 1].count(name) if names.count(name) > 1 else None)
        for i, (level, name) in enumerate(zip(levels, names, strict=True))
    ]


def _by_position(
    sides: Sequence[Edge], square: Mapping[int, Vector], front: Vector
) -> dict[Position, list[Edge]]:
    placed = {
        where: [
            side for side in sides if side.number in square and position(square[side.number], front) is where
        ]
        for where in Position
    }
    return {where: there for where, there in placed.items() if there}


def _as_drawn(level: Level, placed: Mapping[Position, list[Edge]]) -> dict[Position, list[Edge]]:
    """The sides by position; a jog between rear and side counts to the yard with which the drawing bounds it."""
    found = {where: list(sides) for where, sides in placed.items()}
    drawn = {where: [yard for yard in level.yards if _faces(yard, sides)] for where, sides in placed.items()}
    for where, sides in placed.items():
        longest = max(sides, key=lambda side: side.length)
        for other in placed:
            if Position.FRONT in (where, other) or where is other or len(drawn[where]) != 1:
                continue
            jogs = [side for side in sides if side is not longest and len(drawn[other]) == 1]
            for side in jogs:
                if _faces_most(drawn[other][0], side) and not _faces_most(drawn[where][0], side):
                    found[where].remove(side)
                    found[other].append(side)
    return {where: sorted(sides, key=lambda side: side.number) for where, sides in found.items()}


def _faces_most(yard: Yard, side: Edge) -> bool:
    """Whether most of this side is boundary of a drawn yard."""
    lines = shapely.MultiLineString(list(yard.boundary_line))
    return bool(lines.intersection(side.line.buffer(0.03, cap_style="flat")).length > side.length / 2)


def _ahead(
    level: Level, sides: Sequence[Edge], plot: Polygon, square: Mapping[int, Vector]
) -> Sequence[Edge]:
    """The sides before the walls that face them; a jog of the boundary behind all those walls bounds no yard of theirs."""
    towards = direction(sides, square)
    outward = normals(level.footprint.shape, level.walls)
    if len(sides) == 1 or towards is None or not plot.buffer(AGREE).covers(level.footprint.shape):
        return sides
    walls = [wall for wall in level.walls if _faces_out(outward.get(wall.number), towards)]
    if not walls:
        return sides
    hindmost = min(float((shapely.get_coordinates(wall.line) @ towards).min()) for wall in walls)
    ahead = [
        side
        for side in sides
        if float((shapely.get_coordinates(side.line) @ towards).max()) > hindmost + AGREE
    ]
    return ahead or sides


def _open_space(
    level: Level,
    where: Position,
    ahead: Mapping[Position, Sequence[Edge]],
    plot: Polygon,
    square: Mapping[int, Vector],
    along: Mapping[int, tuple[str, ...]],
) -> OpenSpace:
    sides = ahead[where]
    drawn = [yard for yard in level.yards if _faces(yard, sides)]
    averages = (
        [_drawn_average(drawn[0], each) for each in drawn[0].candidates]
        if len(drawn) == 1
        else _swept(level, where, sides, plot, square)
    )
    yard = drawn[0] if len(drawn) == 1 else None
    least = _least(level, where, ahead, plot, square, None if yard is None else yard.least)
    if yard is not None:
        least, averages = _beside_drawn(least, averages, yard)
    numbers = tuple(side.number for side in sides)
    return OpenSpace(
        building=level.block,
        level=level.number,
        is_basement=level.is_basement,
        position=where,
        sides=numbers,
        roads=tuple(sorted({ref for number in numbers for ref in along.get(number, ())})),
        least=least,
        average=averages[0] if averages and _agree(averages) else None,
        candidates=tuple(averages),
        drawn_as=tuple(yard.role for yard in drawn),
    )


def _faces(yard: Yard, sides: Sequence[Edge]) -> bool:
    """Whether most of the boundary of a drawn yard lies on these sides."""
    lines = shapely.MultiLineString(list(yard.boundary_line))
    if lines.is_empty:
        return False
    near = shapely.union_all([side.line.buffer(0.03, cap_style="flat") for side in sides])
    return bool(lines.intersection(near).length > lines.length / 2)


def _least(
    level: Level,
    where: Position,
    ahead: Mapping[Position, Sequence[Edge]],
    plot: Polygon,
    square: Mapping[int, Vector],
    drawn: float | None,
) -> Measured:
    """The shortest line that counts for the position; a footprint that crosses its sides is 0 m away."""
    sides, footprint = ahead[where], level.footprint.shape
    if plot.buffer(AGREE).covers(footprint):
        there = {
            each: Side(lines=tuple(side.line for side in lies), towards=direction(lies, square))
            for each, lies in ahead.items()
        }
        others = [each for other, each in there.items() if other is not where]
        line, metres = nearest_as_drawn(footprint, there[where], others, drawn)
    else:
        line = shapely.shortest_line(footprint, shapely.union_all([side.line for side in sides]))
        metres = float(line.length) if footprint.intersects(plot) else 0.0
    handles = (*level.footprint.source.handles, *sides[0].source.handles)
    return measured(
        metres,
        Unit.METRE,
        steps=(f"least {where.value} distance: {metres:.3f} m along the shortest line",),
        sources=(told(level.footprint.source), told(sides[0].source)),
        places=(Place(what=f"least {where.value} distance", shape=line, handles=handles),),
    )


def _beside_drawn(least: Measured, averages: list[Measured], yard: Yard) -> tuple[Measured, list[Measured]]:
    """Both amounts with what the drawn yard says, where its least distance is another one or its average is less than the least."""
    drawn, ours = yard.least, float(least.amount)
    if drawn is not None and abs(drawn - ours) > AGREE:
        step = f"the drawn {yard.role.value} is {drawn:.3f} m at its narrowest; wall and boundary are {ours:.3f} m apart"
        least = replace(least, steps=(*least.steps, step))
    told = (
        f"less than the least distance of {ours:.3f} m, because the outline of the drawn yard is not quite "
        "on the wall and the boundary"
    )
    return least, [
        replace(each, steps=(*each.steps, told)) if each.amount < least.amount else each for each in averages
    ]


def _drawn_average(yard: Yard, each: AverageDepth) -> Measured:
    area = yard.outline.area
    return _average(
        each.average,
        f"average: {area:.2f} m² of the drawn yard / {each.length:.3f} m ({each.basis}) = {each.average:.3f} m",
        Place(what=yard.role.value, shape=yard.outline.shape, handles=yard.outline.source.handles),
        told(yard.outline.source),
    )


def _average(metres: float, step: str, place: Place, source: str) -> Measured:
    return measured(metres, Unit.METRE, steps=(step,), sources=(source,), places=(place,))


def _swept(
    level: Level, where: Position, sides: Sequence[Edge], plot: Polygon, square: Mapping[int, Vector]
) -> list[Measured]:
    """Averages of the ground between the facing walls and the boundary, over every length that could be meant."""
    towards = direction(sides, square)
    if towards is None:
        return []
    outward = normals(level.footprint.shape, level.walls)
    walls = [wall for wall in level.walls if _faces_out(outward.get(wall.number), towards)]
    if not walls:
        return []
    longest = max(walls, key=lambda wall: wall.length)
    out = outward[longest.number]
    walls = _on_plot(walls, plot) or walls
    ground = _ground(walls, out, plot, level.footprint.shape)
    return [
        _average(
            float(ground.area) / length,
            f"average: {ground.area:.2f} m² between the walls and the boundary / {length:.3f} m ({basis}) = "
            f"{float(ground.area) / length:.3f} m",
            Place(what=f"{where.value} yard", shape=ground, handles=level.footprint.source.handles),
            told(level.footprint.source),
        )
        for basis, length in _lengths(walls, outward, out).items()
        if length > AGREE
    ]


def _on_plot(walls: Sequence[Edge], plot: Polygon) -> list[Edge]:
    """The parts of walls that stand on the plot; a building line outside it bounds no yard."""
    ground = plot.buffer(AGREE)
    return [
        replace(wall, line=part)
        for wall in walls
        for part in shapely.get_parts(wall.line if ground.covers(wall.line) else wall.line.intersection(plot))
        if part.length > AGREE
    ]


def _faces_out(normal: Vector | None, towards: Vector) -> bool:
    return normal is not None and normal[0] * towards[0] + normal[1] * towards[1] >= DIAGONAL


def _ground(walls: Sequence[Edge], out: Vector, plot: Polygon, footprint: Polygon) -> BaseGeometry:
    """What the walls sweep over on their way out of the plot, without the building itself."""
    far = 2.0 * math.hypot(*(plot.bounds[2] - plot.bounds[0], plot.bounds[3] - plot.bounds[1]))
    strips = []
    for wall in walls:
        points = shapely.get_coordinates(wall.line)
        beyond = points + np.array(out) * far
        strips += [
            shapely.convex_hull(shapely.MultiPoint(np.vstack([points[i : i + 2], beyond[i : i + 2]])))
            for i in range(len(points) - 1)
        ]
    swept = shapely.union_all(strips)
    return shapely.intersection(shapely.difference(swept, footprint), plot)


def _lengths(walls: Sequence[Edge], outward: Mapping[int, Vector], out: Vector) -> dict[str, float]:
    along = np.array([-out[1], out[0]])
    reach = np.concatenate([shapely.get_coordinates(wall.line) @ along for wall in walls])
    found = {
        "walls that face the boundary": float(sum(wall.length for wall in walls)),
        "extent of those walls": float(np.ptp(reach)),
    }
    oblique = any(
        wall.is_curved
        or abs(outward[wall.number][0] * along[0] + outward[wall.number][1] * along[1]) > OBLIQUE
        for wall in walls
    )
    if oblique:
        return found
    return {"extent of those walls": found["extent of those walls"]} if _overlap(walls, along) else found


def _overlap(walls: Sequence[Edge], along: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
    """Whether some of the walls stand one behind the other, so that their sum counts the same line twice."""
    spans = sorted(
        (float(reach.min()), float(reach.max()))
        for reach in (shapely.get_coordinates(LineString(wall.line)) @ along for wall in walls)
    )
    return any(after[0] < before[1] - AGREE for before, after in itertools.pairwise(spans))


def _agree(averages: Sequence[Measured]) -> bool:
    amounts = [float(each.amount) for each in averages]
    return max(amounts) - min(amounts) <= AGREE
