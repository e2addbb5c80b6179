"""The rooms and the stairs of a model in their height: from the floor of a room to its ceiling, and from one tread of a stair to the next.

In: the spaces of a `Building` with its numbered storeys; levels of treads, landings and floors.  Out: `Length`s and risers in metres, measured from bodies.
What kind of room a space is, the model tells only of parking; its name is none.
"""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from shapely import LineString

from rules.plans.colours import COLOUR_MEANINGS, UNTOLD_ROOM
from rules.plans.drawing import Length
from rules.plans.ifc_bodies import Body
from rules.plans.ifc_floors import Numbered
from rules.plans.ifc_links import words
from rules.plans.ifc_outlines import polygons_of
from rules.plans.ifc_parts import Building
from rules.plans.ifc_storeys import OFF_LEVEL
from rules.plans.problems import Fault, Problems
from rules.plans.roles import Role

PARKING, NO_ROOMS = "PARKING", ("EXTERNAL", "GFA")
"""Predefined types of a space: the one kind of room that the model tells, and those that are no rooms."""
PARKING_COLOUR = 4
LEVEL = 0.02
"""Metres within which heights are one: a ceiling is level, a tread lies on its floor."""
WHOLE = 0.98
"""Share of a room that has to lie below its highest ceiling for that to be its height."""
MOST_RISE = 0.6
"""Metres beyond which a stair does not begin or end at a floor at all."""


def room_heights(building: Building, floors: Sequence[Numbered], problems: Problems) -> tuple[Length, ...]:
    """The height of every space that is a room, on the floor nearest to its own."""
    counts: dict[int, int] = {}
    found = []
    for space in building.spaces:
        kind = words(space.part, "PredefinedType")
        floor = min(floors, key=lambda each: abs(each.standing.level - space.low), default=None)
        if floor is None or kind in NO_ROOMS or abs(floor.standing.level - space.low) > OFF_LEVEL:
            continue
        if not _is_level(space):
            _note_sloping(space, problems)
            continue
        counts[floor.number] = counts.get(floor.number, 0) + 1
        found.append(_height(building.number, floor.number, counts[floor.number], space, kind))
    return tuple(found)


def _is_level(space: Body) -> bool:
    """Whether nearly all of the room has its floor at one level and its ceiling at another."""
    ground = float(space.footprint.area)
    return ground > 0.0 and all(
        area >= WHOLE * ground for area in (_level_area(space, space.low), _level_area(space, space.high))
    )


def _level_area(space: Body, level: float) -> float:
    corners = space.triangles
    flat = corners[(np.abs(corners[:, :, 2] - level) <= LEVEL).all(axis=1)][:, :, :2]
    one, other = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    return float(np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]).sum()) / 2.0


def _height(block: int, floor: int, number: int, space: Body, kind: str) -> Length:
    colour = PARKING_COLOUR if kind == PARKING else 0
    ring = shapely.get_coordinates(polygons_of(space.footprint)[0].exterior)
    return Length(
        role=Role.ROOM_HEIGHT,
        block=block,
        floor=floor,
        index=(number,),
        colour=colour,
        meaning=COLOUR_MEANINGS[Role.ROOM_HEIGHT][colour] if colour else UNTOLD_ROOM,
        metres=space.high - space.low,
        text=None,
        line=LineString(ring[:2]),
        source=space.source,
    )


def _note_sloping(space: Body, problems: Problems) -> None:
    problems.add(
        Fault.MISSING,
        "The floor or the ceiling of a space does not lie level, so the height of the room was not measured.",
        "Give the space a body up to the ceiling under which people stand, or tell the height to the officer.",
        layer=space.source.layer,
        handles=space.source.handles,
    )


def rises_of(
    flights: Sequence[Sequence[float]], landings: Sequence[float], floors: Sequence[float]
) -> tuple[tuple[float, ...], bool]:
    """The risers of a stair from below, and whether every one is known.

    `flights` are the levels of the treads of each flight, `floors` those of the storeys, all in metres. Between flights without a landing
    modelled, and where the stair begins or ends at no floor, the riser is not known.
    """
    treads = [each for flight in flights for each in flight]
    if not treads or not all(flights):
        return (), False
    below = max((each for each in floors if each <= min(treads) + LEVEL), default=None)
    above = min((each for each in floors if each >= max(treads) - LEVEL), default=None)
    ends = [each for each in (below, above) if each is not None]
    within = [each for each in (*landings, *floors) if min(treads) < each < max(treads)]
    rises, is_whole = [], len(ends) == 2
    for low, high in itertools.pairwise(_levels([*treads, *within, *ends])):
        is_known = any(_has(at, low) and _has(at, high) for at in _runs(flights, within, ends))
        if is_known and (high - low <= MOST_RISE or not (_has(ends, low) or _has(ends, high))):
            rises.append(high - low)
        else:
            is_whole = False
    return tuple(rises), is_whole


def _runs(
    flights: Sequence[Sequence[float]], landings: Sequence[float], ends: Sequence[float]
) -> Iterator[list[float]]:
    """Levels between which nothing is missing: the treads of one flight with the landings and floors."""
    for flight in flights:
        yield [*flight, *landings, *ends]


def _levels(heights: Sequence[float]) -> list[float]:
    found: list[float] = []
    for each in sorted(heights):
        if not found or each - found[-1] > LEVEL:
            found.append(each)
    return found


def _has(levels: Sequence[float], level: float) -> bool:
    return any(abs(each - level) <= LEVEL for each in levels)
