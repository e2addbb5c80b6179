"""How far something drawn around a building reaches out over its yards.

In: a building's walls, the outline of a shade or cornice at them, the plot's sides and the front.  Out: for each position the farthest reach, in metres
from the building before the wall it starts from, with the open space that wall has.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from rules.plans.drawing import Plot, Thing
from rules.proposal import Building, Position, Proposal, once_drawn
from rules.reckoning.fronts import Vector, normals, position

EVEN = 0.0005
"""Metres within which a shade starts at the wall and does not reach beyond it."""


@dataclass(frozen=True, kw_only=True)
class Reach:
    """The farthest reach towards one position: metres beyond the wall, and metres from that wall to the boundary there."""

    position: Position
    beyond: float
    yard: float
    line: LineString


def reaches(plan: Proposal, building: Building, thing: Thing) -> tuple[Reach, ...]:
    """The farthest reach of a drawn shade towards each position; none where plot, front or outline is not known."""
    key = ("reaches", building.number, building.outline, id(thing), plan.front.direction)
    return once_drawn(plan, key, lambda: _reaches(plan, building, thing))


def _reaches(plan: Proposal, building: Building, thing: Thing) -> tuple[Reach, ...]:
    found: dict[Position, Reach] = {}
    for each in _at_walls(plan, building, thing):
        worst = found.get(each.position)
        if worst is None or each.beyond - each.yard > worst.beyond - worst.yard:
            found[each.position] = each
    return tuple(found[where] for where in Position if where in found)


def _at_walls(plan: Proposal, building: Building, thing: Thing) -> Iterator[Reach]:
    """The reach before every straight piece of wall on which the shade starts."""
    plot, front = plan.drawing.plot, plan.front.direction
    if plot is None or front is None or building.outline is None:
        return
    boundary = once_drawn(plan, ("boundary by position", front), lambda: _boundary(plot, front))
    out = thing.outline.shape.difference(building.outline)
    key = ("straight walls", building.number, building.outline)
    walls = once_drawn(plan, key, lambda: list(_walls(building)))
    apart = shapely.distance(out, [wall for wall, _ in walls])
    for (wall, outward), away in zip(walls, apart.tolist(), strict=True):
        where = position(outward, front)
        if not away <= 2 * EVEN or boundary[where].is_empty:
            continue  # no piece of it starts at this wall
        beyond = _beyond(out, wall, outward, building.outline)
        if beyond > EVEN:
            middle = wall.interpolate(0.5, normalized=True)
            tip = (middle.x + outward[0] * beyond, middle.y + outward[1] * beyond)
            yard = float(wall.distance(boundary[where]))
            yield Reach(position=where, beyond=beyond, yard=yard, line=LineString([middle, tip]))


def _boundary(plot: Plot, front: Vector) -> dict[Position, BaseGeometry]:
    """The sides of the plot by where they lie, seen from the front."""
    square = normals(plot.outline.shape, plot.sides)
    return {
        where: shapely.union_all(
            [
                each.line
                for each in plot.sides
                if each.number in square and position(square[each.number], front) is where
            ]
        )
        for where in Position
    }


def _walls(building: Building) -> Iterator[tuple[LineString, Vector]]:
    """Every straight piece of the outline, seen from above, with the direction square to it that points out."""
    for part in shapely.get_parts(building.outline):
        ring = shapely.get_coordinates(shapely.geometry.polygon.orient(part).exterior)
        for start, end in itertools.pairwise(ring):
            length = math.hypot(*(end - start))
            if length > EVEN:
                x, y = (end - start) / length
                yield LineString([start, end]), (float(y), float(-x))


def _beyond(out: BaseGeometry, wall: LineString, outward: Vector, outline: BaseGeometry) -> float:
    """Metres that the pieces starting at a wall, before the wall itself, reach away from the building."""
    points = shapely.get_coordinates(wall)
    left, low, right, high = shapely.total_bounds([out, wall]).tolist()
    far = np.array(outward) * (math.hypot(right - left, high - low) + 1.0)  # beyond all of it
    strip = Polygon([*points, *(points + far)[::-1]])
    pieces = [
        each
        for each in shapely.get_parts(out.intersection(strip))
        if each.distance(wall) <= EVEN and shapely.get_dimensions(each) == 2
    ]
    if not pieces:
        return 0.0
    ends = shapely.points(np.concatenate([shapely.get_coordinates(each) for each in pieces]))
    return float(shapely.distance(ends, outline).max())
