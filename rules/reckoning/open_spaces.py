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
from rules.reckoning.fronts import DIAGONAL, Vector, position
from rules.reckoning.nearest import Side, direction, nearest_as_drawn
from rules.reckoning.surroundings import Ground, Lie
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
    ground = Ground(plot=drawing.plot.outline.shape, sides=drawing.plot.sides, along=along)
    by_position = _by_position(ground, front.direction)
    found: list[OpenSpace] = []
    for block in drawing.blocks:
        for level, body in _told_apart(block.levels):
            lie = Lie(level=level, ground=ground)
            ahead = {where: _ahead(lie, sides) for where, sides in _as_drawn(lie, by_position).items()}
            here = [_open_space(lie, where, ahead) for where in ahead]
            found += here if body is None else [replace(each, body=body) for each in here]
    return tuple(found)


def _told_apart(levels: Sequence[Level]) -> list[tuple[Level, int | None]]:
    """Each level with a number of its own where several outlines lie at one, so that no two findings have one name."""
    names = [(level.is_basement, level.number or 0) for level in levels]
    return [
        (level, names[: i + 1].count(name) if names.count(name) > 1 else None)
        for i, (level, name) in enumerate(zip(levels, names, strict=True))
    ]


def _by_position(ground: Ground, front: Vector) -> dict[Position, list[Edge]]:
    square = ground.square
    where = {
        side.number: position(square[side.number], front) for side in ground.sides if side.number in square
    }
    placed = {each: [side for side in ground.sides if where.get(side.number) is each] for each in Position}
    return {each: there for each, there in placed.items() if there}


def _as_drawn(lie: Lie, placed: Mapping[Position, list[Edge]]) -> dict[Position, list[Edge]]:
    """The sides by position; a jog between rear and side counts to the yard with which the drawing bounds it."""
    found = {where: list(sides) for where, sides in placed.items()}
    drawn = {where: lie.facing(sides) for where, sides in placed.items()}
    for where, sides in placed.items():
        longest = max(sides, key=lambda side: side.length)
        for other in placed:
            if Position.FRONT in (where, other) or where is other or len(drawn[where]) != 1:
                continue
            jogs = [side for side in sides if side is not longest and len(drawn[other]) == 1]
            for side in jogs:
                if lie.is_mostly_of(drawn[other][0], side) and not lie.is_mostly_of(drawn[where][0], side):
                    found[where].remove(side)
                    found[other].append(side)
    return {where: sorted(sides, key=lambda side: side.number) for where, sides in found.items()}


def _ahead(lie: Lie, sides: Sequence[Edge]) -> Sequence[Edge]:
    """The sides before the walls that face them; a jog of the boundary behind all those walls bounds no yard of theirs."""
    towards = direction(sides, lie.ground.square)
    if len(sides) == 1 or towards is None or not lie.is_within:
        return sides
    walls = [wall for wall in lie.level.walls if _faces_out(lie.outward.get(wall.number), towards)]
    if not walls:
        return sides
    hindmost = min(float((shapely.get_coordinates(wall.line) @ towards).min()) for wall in walls)
    ahead = [
        side
        for side in sides
        if float((shapely.get_coordinates(side.line) @ towards).max()) > hindmost + AGREE
    ]
    return ahead or sides


def _open_space(lie: Lie, where: Position, ahead: Mapping[Position, Sequence[Edge]]) -> OpenSpace:
    level, sides, along = lie.level, ahead[where], lie.ground.along
    drawn = lie.facing(sides)
    averages = (
        [_drawn_average(drawn[0], each) for each in drawn[0].candidates]
        if len(drawn) == 1
        else _swept(lie, where, sides)
    )
    yard = drawn[0] if len(drawn) == 1 else None
    least = _least(lie, where, ahead, None if yard is None else yard.least)
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


def _least(
    lie: Lie, where: Position, ahead: Mapping[Position, Sequence[Edge]], drawn: float | None
) -> Measured:
    """The shortest line that counts for the position; a footprint that crosses its sides is 0 m away."""
    level, sides, footprint = lie.level, ahead[where], lie.level.footprint.shape
    if lie.is_within:
        there = {
            each: Side(lines=tuple(side.line for side in lies), towards=direction(lies, lie.ground.square))
            for each, lies in ahead.items()
        }
        others = [each for other, each in there.items() if other is not where]
        line, metres = nearest_as_drawn(footprint, lie.walls, there[where], others, drawn)
    else:
        line = shapely.shortest_line(footprint, shapely.union_all([side.line for side in sides]))
        metres = float(line.length) if footprint.intersects(lie.ground.plot) else 0.0
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


def _swept(lie: Lie, where: Position, sides: Sequence[Edge]) -> list[Measured]:
    """Averages of the ground between the facing walls and the boundary, over every length that could be meant."""
    level, plot, outward = lie.level, lie.ground.plot, lie.outward
    towards = direction(sides, lie.ground.square)
    if towards is None:
        return []
    walls = [wall for wall in level.walls if _faces_out(outward.get(wall.number), towards)]
    if not walls:
        return []
    longest = max(walls, key=lambda wall: wall.length)
    out = outward[longest.number]
    walls = _on_plot(walls, lie.ground) or walls
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


def _on_plot(walls: Sequence[Edge], ground: Ground) -> list[Edge]:
    """The parts of walls that stand on the plot; a building line outside it bounds no yard."""
    return [
        replace(wall, line=part)
        for wall in walls
        for part in shapely.get_parts(
            wall.line if ground.wider.covers(wall.line) else wall.line.intersection(ground.plot)
        )
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
