"""Which side of a plot is its front, and where every other side lies seen from it.

In: the drawn plot's sides and entrances, and the site's roads, in one frame.  Out: `Front`, the road along each side, positions.

Front is the side that the wall of the main ground-floor entrance faces where it is drawn (rule 2(1)(cj)), else the only street with access,
else unknown with the candidates; an entrance that lies on no wall leaves it unknown.  A side lies in front where its outward normal is within 45° of the front's, in the rear where it points the other way,
else left or right, seen from the building towards the front.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from shapely import LineString, Polygon

from gis.site import Road, Site
from rules.plans.drawing import Drawing, Edge, Entrance
from rules.plans.entrances import doorway_of
from rules.proposal import Answers, Front, Position

Vector = tuple[float, float]
DIAGONAL = math.cos(math.radians(45.0))
FACING = DIAGONAL - 1e-9
"""A side at 45° to a wall is faced by it, whatever the last digit says."""
MOST_OF_IT = 0.5
"""Part of a side that must run along a road for the side to be that road's."""
SHORT = 0.01
"""Metres below which a side has no direction of its own."""


def normals(plot: Polygon, sides: Sequence[Edge]) -> dict[int, Vector]:
    """The unit vector square to each side, pointing out of the plot, by the side's number; short sides have none."""
    turned = 1.0 if plot.exterior.is_ccw else -1.0
    found: dict[int, Vector] = {}
    for side in sides:
        (x0, y0), (x1, y1) = (tuple(point) for point in shapely.get_coordinates(side.line)[[0, -1]])
        length = math.hypot(x1 - x0, y1 - y0)
        if length > SHORT:
            found[side.number] = ((y1 - y0) * turned / length, (x0 - x1) * turned / length)
    return found


def roads_along(sides: Sequence[Edge], roads: Sequence[Road], *, reach: float) -> dict[int, tuple[str, ...]]:
    """The roads (by `ref`) that run along most of each side, to `reach` metres."""
    found: dict[int, tuple[str, ...]] = {}
    for side in sides:
        line = LineString(side.line)
        refs = [
            road.ref
            for road in roads
            if not road.frontage.is_empty
            and line.intersection(road.frontage.buffer(reach, cap_style="flat")).length
            >= MOST_OF_IT * line.length
        ]
        if refs:
            found[side.number] = tuple(sorted(refs))
    return found


def front_of(
    drawing: Drawing, site: Site | None, answers: Answers, along: Mapping[int, tuple[str, ...]]
) -> Front:
    """The front, or the candidates: every street's sides; `site` is None where the plan does not lie on its parcel."""
    if drawing.plot is None:
        return Front(sides=(), direction=None, basis="The plot is not drawn, so it has no sides.")
    plot, sides = drawing.plot.outline.shape, drawing.plot.sides
    square = normals(plot, sides)
    if answers.front is not None and answers.front.choice.isdecimal() and int(answers.front.choice) in square:
        return _front([int(answers.front.choice)], square, f"Chosen by a person: {answers.front.reason}")
    candidates = _streets(along)
    if drawing.entrances:
        return _by_entrance(drawing, sides, square, candidates)
    if len(candidates) == 1:
        return _front(list(candidates[0]), square, "The only street along the plot.")
    told = (
        "The plan does not lie on its parcel, so no street is known along it, and no main entrance is drawn."
        if site is None
        else site.roads_note or "No street is mapped along the plot, and no main entrance is drawn."
    )
    if candidates:
        told = f"{len(candidates)} streets run along the plot, and no main entrance is drawn."
    return Front(sides=(), direction=None, basis=told, candidates=candidates)


def _streets(along: Mapping[int, tuple[str, ...]]) -> tuple[tuple[int, ...], ...]:
    """The sides along each street, street by street."""
    by_road: dict[str, list[int]] = {}
    for number, refs in along.items():
        for ref in refs:
            by_road.setdefault(ref, []).append(number)
    return tuple(tuple(numbers) for _, numbers in sorted(by_road.items()))


def _by_entrance(
    drawing: Drawing,
    sides: Sequence[Edge],
    square: Mapping[int, Vector],
    candidates: tuple[tuple[int, ...], ...],
) -> Front:
    """The side that the wall of each entrance faces; entrances to different sides, or on no wall, leave the front open."""
    nearest: set[int] = set()
    for entrance in drawing.entrances:
        doorway = doorway_of(entrance, drawing.blocks)
        number = None if doorway.outward is None else _faced(entrance, doorway.outward, sides, square)
        if number is None:
            why = doorway.fault or "The wall of the main entrance faces no side of the plot."
            return Front(
                sides=(), direction=None, basis=f"{why} It does not tell the front.", candidates=candidates
            )
        nearest.add(number)
    directions = [square[number] for number in sorted(nearest)]
    if any(_dot(directions[0], other) < DIAGONAL for other in directions):
        return Front(
            sides=(),
            direction=None,
            basis="Main entrances are drawn towards different sides.",
            candidates=tuple((number,) for number in sorted(nearest)),
        )
    return _front(
        sorted(nearest), square, "The side of the main entrance on the ground floor, rule 2(1)(cj)."
    )


def _faced(
    entrance: Entrance, outward: Vector, sides: Sequence[Edge], square: Mapping[int, Vector]
) -> int | None:
    """The nearest of the sides that face the way the wall of an entrance does."""
    facing = [
        side for side in sides if side.number in square and _dot(square[side.number], outward) >= FACING
    ]
    return min(facing, key=lambda side: side.line.distance(entrance.place)).number if facing else None


def _front(numbers: Sequence[int], square: Mapping[int, Vector], basis: str) -> Front:
    """The front with every side that points the same way."""
    x, y = np.sum([square[number] for number in numbers], axis=0)
    length = math.hypot(x, y)
    if length <= SHORT:
        return Front(
            sides=(),
            direction=None,
            basis="The street runs along opposite sides of the plot, and no main entrance is drawn.",
            candidates=tuple((number,) for number in numbers),
        )
    direction = (float(x / length), float(y / length))
    sides = sorted(
        {*numbers, *(each for each, normal in square.items() if _dot(normal, direction) >= DIAGONAL)}
    )
    return Front(sides=tuple(sides), direction=direction, basis=basis)


def position(normal: Vector, front: Vector) -> Position:
    """Where a side with this outward normal lies; left and right as seen from the building towards the front."""
    along = _dot(normal, front)
    if along >= DIAGONAL:
        return Position.FRONT
    if along <= -DIAGONAL:
        return Position.REAR
    return Position.LEFT if front[0] * normal[1] - front[1] * normal[0] > 0 else Position.RIGHT


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1]
