"""What checks take from a plan: measures with their places, steps and sources, ready to be compared.

In: parts of a `Drawing` or a `Proposal`.  Out: `rules.findings.Measured` in metres, m² or counts, or None where something is missing.
A sum is declared as soon as one of its parts is.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from rules.findings import Measured, Place, measured
from rules.measure import Unit
from rules.plans import drawing as drawn
from rules.plans.roles import Role, Work
from rules.proposal import Building, FloorUse, Proposal, Word, once


def told(source: drawn.Source) -> str:
    """Layer and handles of a part of the drawing, as a finding prints them."""
    return f"{source.layer} ({', '.join(source.handles)})" if source.handles else source.layer


def of_length(length: drawn.Length) -> Measured:
    """A dimension in metres."""
    place = Place(what=length.role.value, shape=length.line, handles=length.source.handles)
    return measured(
        length.metres,
        Unit.METRE,
        steps=(f"{length.role.value}: {length.metres:.3f} m between the points of the dimension",),
        sources=(told(length.source),),
        places=(place,),
    )


def of_each_building(plan: Proposal, lengths: Sequence[drawn.Length]) -> list[Measured | None]:
    """Dimensions in metres, with None for every building beside those of which one is drawn; empty where none is drawn at all."""
    blocks = {each.block for each in lengths}
    bare = [each for each in plan.buildings if blocks and None not in blocks and each.number not in blocks]
    return [*(of_length(each) for each in lengths), *(None for _ in bare)]


def of_distance(distance: drawn.Distance, what: str) -> Measured:
    """The shortest line between two drawn things, in metres."""
    handles = (*distance.start.handles, *distance.end.handles)
    return measured(
        distance.metres,
        Unit.METRE,
        steps=(f"{what}: {distance.metres:.3f} m along the shortest line",),
        sources=(told(distance.start), told(distance.end)),
        places=(Place(what=what, shape=distance.line, handles=handles),),
    )


def of_outline(outline: drawn.Outline, what: str) -> Measured:
    """The area of an outline in m²."""
    return measured(
        outline.area,
        Unit.SQUARE_METRE,
        steps=(f"{what}: {outline.area:.2f} m² inside the outline",),
        sources=(told(outline.source),),
        places=(Place(what=what, shape=outline.shape, handles=outline.source.handles),),
    )


def of_thing(thing: drawn.Thing) -> Measured:
    """The area of a drawn thing in m²."""
    return of_outline(thing.outline, thing.role.value)


def side_of(thing: drawn.Thing, metres: float, what: str) -> Measured:
    """A length, breadth or least breadth of a drawn thing, in metres."""
    return measured(
        metres,
        Unit.METRE,
        steps=(f"{what}: {metres:.3f} m",),
        sources=(told(thing.outline.source),),
        places=(Place(what=what, shape=thing.outline.shape, handles=thing.outline.source.handles),),
    )


def of_word(word: Word | None, unit: Unit) -> Measured | None:
    """A declared number; None where it was not said or is no number."""
    if word is None or word.number is None:
        return None
    return measured(
        word.number,
        unit,
        steps=(f"{word.key} = {word.text}",),
        sources=(word.source,),
        places=(Place(what=word.key, handles=word.handles),) if word.handles else (),
        is_declared=word.is_declared,
    )


def count(what: str, parts: Sequence[Place], *, is_declared: bool = False) -> Measured:
    """How many there are, each with its place."""
    return measured(
        Decimal(len(parts)),
        Unit.COUNT,
        steps=(f"{what}: {len(parts)}",),
        places=tuple(parts),
        is_declared=is_declared,
    )


def places_of(plan: Proposal, *roles: Role) -> tuple[Place, ...]:
    """Where things of these kinds are drawn."""
    return tuple(
        Place(what=each.role.value, shape=each.outline.shape, handles=each.outline.source.handles)
        for each in plan.drawing.things_of(*roles)
    )


def total(parts: Iterable[Measured | None], unit: Unit, what: str) -> Measured | None:
    """The sum of measures; None as soon as one is missing, or where there is none."""
    found = list(parts)
    known = [each for each in found if each is not None]
    if not found or len(known) < len(found):
        return None
    amount = sum((each.amount for each in known), Decimal(0))
    return Measured(
        amount=amount,
        unit=unit,
        steps=(*(step for each in known for step in each.steps), f"{what}: {amount:.2f} {unit} in all"),
        sources=tuple(dict.fromkeys(source for each in known for source in each.sources)),
        places=tuple(place for each in known for place in each.places),
        is_declared=any(each.is_declared for each in known),
    )


def least(parts: Iterable[Measured | None]) -> Measured | None:
    """The smallest of measures; None where one is missing, since it might be smaller."""
    found = list(parts)
    known = [each for each in found if each is not None]
    return min(known, key=lambda each: each.amount) if found and len(known) == len(found) else None


def greatest(parts: Iterable[Measured | None]) -> Measured | None:
    """The greatest of measures; None where one is missing, since it might be greater."""
    found = list(parts)
    known = [each for each in found if each is not None]
    return max(known, key=lambda each: each.amount) if found and len(known) == len(found) else None


def floor_uses(
    plan: Proposal, *, buildings: Iterable[Building] | None = None, works: Iterable[Work] = tuple(Work)
) -> tuple[FloorUse, ...]:
    """Areas by floor and occupancy: the whole building by default, what stands already included (rule 3(1)(d), (e))."""
    wanted = frozenset(works)
    there = plan.buildings if buildings is None else buildings
    return tuple(use for building in there for use in building.uses if use.work in wanted)


def floor_area(plan: Proposal, *, buildings: Iterable[Building] | None = None) -> Measured | None:
    """Total floor area, rule 2(1)(aqa), in m²: inside the outlines and outside the deductions."""
    if buildings is None:
        return once(plan, "floor area", lambda: floor_area(plan, buildings=plan.buildings))
    uses = floor_uses(plan, buildings=buildings)
    return total((use.floor_area for use in uses), Unit.SQUARE_METRE, "floor area")


def built_up_area(plan: Proposal, *, buildings: Iterable[Building] | None = None) -> Measured | None:
    """Built-up area, rule 2(1)(p), in m²: inside the outlines of the floors, without deductions."""
    if buildings is None:
        return once(plan, "built-up area", lambda: built_up_area(plan, buildings=plan.buildings))
    uses = floor_uses(plan, buildings=buildings)
    return total((use.built_up for use in uses), Unit.SQUARE_METRE, "built-up area")


def height(plan: Proposal) -> Measured | None:
    """Height of the highest building in metres; None where one is not drawn."""
    return greatest(building.height for building in plan.buildings)


def storeys(plan: Proposal) -> Measured | None:
    """Storeys of the highest building, without basements."""
    return greatest(building.storeys for building in plan.buildings)
