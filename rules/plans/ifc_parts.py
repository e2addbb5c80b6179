"""The parts of each building of a model, sorted by what they are: slabs, roofs, walls, spaces, stairs.

In: an ifcopenshell model and the `Workshop`.  Out: `Building`s with their storeys (level of each in metres) and `Body`s. What a part is, is told by
its class and by what it belongs to, never by its name.
"""

import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ifcopenshell.util.placement import get_local_placement

from rules.plans.drawing import Source
from rules.plans.ifc_bodies import FARTHEST, Body, Workshop, source_of
from rules.plans.ifc_links import FOREIGN, all_of, first_above, is_a, parts_of, told, words

GROUND_SLABS = ("BASESLAB",)
NO_FLOORS = ("LANDING", "PAVING", "SIDEWALK", "APPROACH_SLAB", "WEARING", "TRACKSLAB")
WALLS = ("IfcWall", "IfcCurtainWall", "IfcColumn")
WAYS = ("IfcStair", "IfcStairFlight", "IfcRamp", "IfcRampFlight", "IfcTransportElement")
MOST_BUILDINGS = 50


@dataclass(frozen=True, kw_only=True, eq=False)
class Storey:
    """A storey as the model names it, with the level of its floor in metres of the model."""

    entity: Any
    source: Source
    name: str
    level: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Building:
    """One building of a model and the bodies of its parts."""

    number: int
    entity: Any
    source: Source
    storeys: tuple[Storey, ...]
    slabs: tuple[Body, ...]
    ground_slabs: tuple[Body, ...]
    roofs: tuple[Body, ...]
    walls: tuple[Body, ...]
    spaces: tuple[Body, ...]
    ways: tuple[Body, ...]
    flights: tuple[Body, ...]
    """Flights of stairs one by one; the stair that they belong to is a way as a whole."""
    landings: tuple[Body, ...]
    """Slabs that belong to a stair."""
    doors: tuple[Any, ...]

    def of(self, *kinds: str) -> tuple[Body, ...]:
        """Stairs, ramps and lifts of these classes."""
        return tuple(body for body in self.ways if is_a(body.part, *kinds))


def buildings_in(model: Any, workshop: Workshop, metres: float) -> tuple[Building, ...]:
    """Every building in the order of the file; a model without one is taken for one building."""
    found = all_of(model, "IfcBuilding")[:MOST_BUILDINGS]
    if not found:
        whole = next(iter(all_of(model, "IfcSite", "IfcProject")), None)
        return (_building(1, whole, None, model, workshop, metres),) if whole is not None else ()
    return tuple(
        _building(number, each, each if len(found) > 1 else None, model, workshop, metres)
        for number, each in enumerate(found, start=1)
    )


def _building(number: int, entity: Any, only: Any, model: Any, workshop: Workshop, metres: float) -> Building:
    """A building; `only` limits it to what belongs to it, where the model has several."""

    def own(*kinds: str) -> list[Any]:
        return [each for each in all_of(model, *kinds) if _belongs(each, only)]

    slabs = [each for each in own("IfcSlab") if not is_a(first_above(each, *WAYS), *WAYS)]
    roofs = [
        each for each in slabs if words(each, "PredefinedType") == "ROOF" or first_above(each, "IfcRoof")
    ]
    above = {each.id() for each in roofs}
    floors = [
        each for each in slabs if each.id() not in above and words(each, "PredefinedType") not in NO_FLOORS
    ]
    base = [each for each in floors if words(each, "PredefinedType") in GROUND_SLABS]
    ways, flights, landings = _ways(own(*WAYS), workshop)
    return Building(
        number=number,
        entity=entity,
        source=source_of(entity),
        storeys=_storeys(own("IfcBuildingStorey"), workshop, metres),
        slabs=workshop.bodies(_pieces(each for each in floors if each not in base)),
        ground_slabs=workshop.bodies(_pieces(base)),
        roofs=workshop.bodies(_pieces([*own("IfcRoof"), *roofs])),
        walls=workshop.bodies(_pieces(own(*WALLS))),
        spaces=workshop.bodies(_pieces(own("IfcSpace"))),
        ways=ways,
        flights=flights,
        landings=landings,
        doors=tuple(own("IfcDoor")),
    )


def _belongs(entity: Any, only: Any) -> bool:
    """Whether a part stands in a building; what stands on the site itself belongs to none."""
    building = first_above(entity, "IfcBuilding")
    if only is not None:
        return building is not None and bool(building == only)
    return building is not None or not is_a(first_above(entity, "IfcSite", "IfcBuildingStorey"), "IfcSite")


def _pieces(entities: Iterable[Any], deep: int = 3) -> Iterator[Any]:
    """What has a shape of its own, else what it consists of, each once."""
    seen: set[int] = set()
    for entity in entities:
        for each in _with_shape(entity, deep):
            if each.id() not in seen:
                seen.add(each.id())
                yield each


def _with_shape(entity: Any, deep: int) -> Iterator[Any]:
    if told(entity, "Representation") is not None:
        yield entity
    elif deep:
        for part in parts_of(entity):
            yield from _with_shape(part, deep - 1)


def _ways(
    entities: Sequence[Any], workshop: Workshop
) -> tuple[tuple[Body, ...], tuple[Body, ...], tuple[Body, ...]]:
    """Whole stairs, ramps and lifts, a flight that belongs to one being built with it; then flights of stairs and landings one by one."""
    whole = [each for each in entities if first_above(each, *WAYS) is None]
    found: list[Body] = []
    flights: list[Body] = []
    landings: list[Body] = []
    for each in whole:
        pieces = workshop.bodies(_pieces([each]))
        flights += [piece for piece in pieces if is_a(piece.part, "IfcStairFlight")]
        landings += [piece for piece in pieces if is_a(piece.part, "IfcSlab")]
        if len(pieces) == 1:
            found += [Body(part=each, source=source_of(each), triangles=pieces[0].triangles)]
        elif pieces:
            found += [
                Body(
                    part=each,
                    source=source_of(each),
                    triangles=np.concatenate([piece.triangles for piece in pieces]),
                )
            ]
    return tuple(found), tuple(flights), tuple(landings)


def _storeys(entities: Sequence[Any], workshop: Workshop, metres: float) -> tuple[Storey, ...]:
    found = []
    for each in entities:
        level = level_of(each, metres)
        if level is None:
            workshop.leave_out(each, "it stands at no level")
        else:
            found.append(Storey(entity=each, source=source_of(each), name=words(each, "Name"), level=level))
    return tuple(sorted(found, key=lambda storey: (storey.level, storey.source.handles)))


def level_of(entity: Any, metres: float) -> float | None:
    """Metres of the model at which something is placed, else the elevation that a storey tells."""
    placement = told(entity, "ObjectPlacement")
    if placement is not None:
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                # Directions of damaged files have no length or too few numbers; what comes out is looked at below.
                warnings.simplefilter("ignore")
                level = float(get_local_placement(placement)[2][3]) * metres
        except FOREIGN:
            level = math.nan
        if abs(level) < FARTHEST:
            return level
    elevation = told(entity, "Elevation")
    told_level = float(elevation) * metres if isinstance(elevation, int | float) else math.nan
    return told_level if abs(told_level) < FARTHEST else None
