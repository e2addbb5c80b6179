"""Other things of a model that a rule asks for: stairs, ramps, lifts, courtyards, what reaches out, the main entrance, the plinth.

In: a `Building` with its numbered storeys.  Out: `Thing`s, `Entrance`s and `Length`s in metres. Doors and windows have no role of their own; a door is
the main entrance only where the model calls it that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import LineString, Polygon

from rules.plans.colours import COLOUR_MEANINGS
from rules.plans.drawing import Entrance, Length, Outline, Source, Thing
from rules.plans.ifc_bodies import Body, Workshop, source_of
from rules.plans.ifc_flights import flight_of
from rules.plans.ifc_floors import Numbered
from rules.plans.ifc_links import first_above, words
from rules.plans.ifc_outlines import outline_of, polygons_of
from rules.plans.ifc_parts import Building
from rules.plans.ifc_rooms import rises_of
from rules.plans.ifc_site import Ground
from rules.plans.ifc_storeys import HEADROOM
from rules.plans.roles import Role

WAYS = (
    (Role.RAMP, ("IfcRamp", "IfcRampFlight")),
    (Role.LIFT, ("IfcTransportElement",)),
)
WIDTH_COLOUR = 2
"""Colour of the dimension of a flight that the convention means as its width."""
ENTRANCE = "MAIN ENTRANCE"
LEAST_REACH = 0.01
LEAST_OVERHANG = 0.05


def things_of(building: Building, floors: Sequence[Numbered]) -> tuple[Thing, ...]:
    """Ramps and lifts by floor, ground open to the sky, and roofs and slabs that reach out over the ground."""
    if not floors:
        return ()
    return (
        *_ways(building, floors),
        *_courtyards(building.number, floors),
        *_overhangs(building, floors),
    )


@dataclass(frozen=True, kw_only=True)
class Stair:
    """One stair of a model: its outline and its flights, the widths measured across them, and the levels of the treads of each."""

    things: tuple[Thing, ...]
    lengths: tuple[Length, ...]
    levels: tuple[tuple[float, ...], ...] = ()


def stairs_of(building: Building, floors: Sequence[Numbered]) -> tuple[Stair, ...]:
    """Every stair with its flights, on the floor nearest to its foot."""
    if not floors:
        return ()
    counts: dict[int, int] = {}
    found = []
    for whole in building.of("IfcStair", "IfcStairFlight"):
        floor = min(floors, key=lambda each: abs(each.standing.level - whole.low)).number
        counts[floor] = counts.get(floor, 0) + 1
        flights = [
            each
            for each in building.flights
            if each.part == whole.part or first_above(each.part, "IfcStair") == whole.part
        ]
        landings = [
            each.high for each in building.landings if first_above(each.part, "IfcStair") == whole.part
        ]
        stair = _stair(building.number, floor, counts[floor], whole, flights)
        levels = [each.standing.level for each in floors]
        found.append(replace(stair, things=_climbed(stair, landings, levels)))
    return tuple(found)


def _climbed(stair: Stair, landings: Sequence[float], floors: Sequence[float]) -> tuple[Thing, ...]:
    """The parts of a stair, its flights with the risers from one floor to the next."""
    if not stair.levels:
        return stair.things
    rises, is_climbed = rises_of(stair.levels, landings, floors)
    return tuple(
        replace(each, steps=replace(each.steps, rises=rises, is_climbed=is_climbed)) if each.steps else each
        for each in stair.things
    )


def _stair(block: int, floor: int, number: int, whole: Body, flights: Sequence[Body]) -> Stair:
    things = [
        _thing(Role.STAIR, block, floor, (number,), outline_of(piece, [whole.source]))
        for piece in polygons_of(whole.footprint)[:1]
    ]
    lengths, levels = [], []
    for index, body in enumerate(flights, start=1):
        flight = flight_of(body)
        if flight is None:
            continue
        drawn = _thing(
            Role.STAIR_FLIGHT, block, floor, (number, index), outline_of(flight.outline, [body.source])
        )
        things.append(replace(drawn, steps=flight.steps))
        levels.append(flight.levels)
        if flight.width is not None and flight.across is not None:
            lengths.append(_width(drawn, flight.width, flight.across))
    return Stair(things=tuple(things), lengths=tuple(lengths), levels=tuple(levels))


def _width(flight: Thing, metres: float, across: LineString) -> Length:
    """The width of a flight, as a dimension of the convention shows it."""
    return Length(
        role=flight.role,
        block=flight.block,
        floor=flight.floor,
        index=flight.index,
        colour=WIDTH_COLOUR,
        meaning=COLOUR_MEANINGS[flight.role][WIDTH_COLOUR],
        metres=metres,
        text=None,
        line=across,
        source=flight.outline.source,
    )


def _ways(building: Building, floors: Sequence[Numbered]) -> Iterator[Thing]:
    for role, kinds in WAYS:
        counts: dict[int, int] = {}
        for body in building.of(*kinds):
            floor = min(floors, key=lambda each: abs(each.standing.level - body.low)).number
            for piece in polygons_of(body.footprint)[:1]:
                counts[floor] = counts.get(floor, 0) + 1
                yield _thing(role, building.number, floor, (counts[floor],), outline_of(piece, [body.source]))


def _courtyards(block: int, floors: Sequence[Numbered]) -> Iterator[Thing]:
    for floor in floors:
        open_ground = [void for void in floor.standing.voids if void.is_open_to_sky]
        for index, void in enumerate(open_ground, start=1):
            yield _thing(
                Role.COURTYARD_INNER, block, floor.number, (index,), outline_of(void.shape, void.sources)
            )


def _overhangs(building: Building, floors: Sequence[Numbered]) -> Iterator[Thing]:
    """What of roofs and upper slabs lies beyond every outline of the building."""
    above = [floor for floor in floors if not floor.is_basement]
    covered = shapely.union_all([piece for floor in above for piece in floor.standing.pieces])
    index = 0
    for body in (*building.roofs, *building.slabs):
        if not above or body.high < above[0].standing.level + HEADROOM:
            continue
        for piece in polygons_of(body.footprint.difference(covered.buffer(LEAST_REACH))):
            if piece.area > LEAST_OVERHANG:
                index += 1
                whole = polygons_of(
                    body.footprint.difference(covered).intersection(piece.buffer(2 * LEAST_REACH))
                )
                yield _thing(
                    Role.OVERHANG,
                    building.number,
                    None,
                    (index,),
                    outline_of(whole[0] if whole else piece, [body.source]),
                )


def _thing(role: Role, block: int, floor: int | None, index: tuple[int, ...], outline: Outline) -> Thing:
    length, breadth = _size(outline.shape)
    return Thing(
        role=role,
        block=block,
        floor=floor,
        index=index,
        meaning=None,
        outline=outline,
        length=length,
        breadth=breadth,
    )


def _size(shape: Polygon) -> tuple[float, float]:
    """Longer and shorter side of the smallest rectangle around a shape."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(shape))
    sides = np.hypot(*np.diff(corners, axis=0).T)[:2]
    return (float(sides.max()), float(sides.min())) if len(sides) == 2 else (0.0, 0.0)


def entrances_of(building: Building, floors: Sequence[Numbered], workshop: Workshop) -> tuple[Entrance, ...]:
    """Doors on the ground floor that the model calls the main entrance, at the middle of the door."""
    ground = next((floor.standing for floor in floors if floor.number == 0), None)
    if ground is None:
        return ()
    called = [
        door
        for door in building.doors
        if any(
            ENTRANCE in words(door, name).upper().replace("_", " ")
            for name in ("ObjectType", "Name", "Description")
        )
    ]
    found = []
    for body in workshop.bodies(called):
        if abs(body.low - ground.level) < HEADROOM:
            place = shapely.union_all(
                [body.footprint, shapely.MultiPoint(body.triangles[:, :, :2].reshape(-1, 2))]
            )
            found.append(
                Entrance(block=building.number, place=place.envelope.centroid, source=source_of(body.part))
            )
    return tuple(found)


def plinth_of(building: Building, floors: Sequence[Numbered], ground: Ground | None) -> tuple[Length, ...]:
    """How high the ground floor lies above the lowest ground along the building, shown at its longest wall."""
    floor = next((each.standing for each in floors if each.number == 0), None)
    if floor is None or ground is None or not floor.slabs or floor.level < ground.lowest:
        return ()
    ring = shapely.get_coordinates(floor.pieces[0].exterior)
    at = int(np.argmax(np.hypot(*np.diff(ring, axis=0).T)))
    return (
        Length(
            role=Role.PLINTH_HEIGHT,
            block=building.number,
            floor=None,
            index=(),
            colour=0,
            meaning=None,
            metres=floor.level - ground.lowest,
            text=None,
            line=LineString(ring[at : at + 2]),
            source=Source(layer=floor.slabs[0].source.layer, handles=floor.slabs[0].source.handles),
        ),
    )
