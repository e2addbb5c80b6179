"""What a plan says of its dwellings: houses or flats, and how many.

In: a proposal.  Out: yes, no or unknown, and counts.  The drawing convention gives houses for one or two families the occupancy A1
and apartments A4; more than two dwelling units drawn make a house of A1 a building of flats too.
"""

from decimal import Decimal

from rules.findings import Measured, Place, measured
from rules.measure import Unit
from rules.plans.drawing import Outline
from rules.proposal import Proposal, once
from rules.takings import count, floor_uses, told

HOUSE_CODES = frozenset({"A1", "A5"})
FLAT_CODES = frozenset({"A4"})
DUAL = 2
"""Dwelling units of a dual house, by its name."""


def codes(plan: Proposal) -> frozenset[str | None]:
    """Every occupancy of the drawing's floors; None stands for an area without one."""
    return once(plan, "codes", lambda: frozenset(each.code for each in floor_uses(plan)))


def dwellings(plan: Proposal) -> Measured | None:
    """How many dwelling units are drawn; None where none is. Typical floors repeated by a word make it a declared count."""
    return once(plan, "dwellings", lambda: _counted(plan))


def _counted(plan: Proposal) -> Measured | None:
    found = [
        (floor, outline)
        for building in plan.buildings
        for floor in building.floors
        for unit in floor.units
        for outline in unit.outlines
    ]
    if not found:
        return None
    places = [Place(what="dwelling unit", shape=each.shape, handles=each.source.handles) for _, each in found]
    return count("dwelling units", places, is_declared=any(floor.copied_by is not None for floor, _ in found))


def unit_areas(plan: Proposal) -> tuple[Measured, ...]:
    """Floor area of each dwelling unit in m², to its outline and without its deductions."""
    areas = (
        _area(outline, unit.deductions, is_declared=floor.copied_by is not None)
        for building in plan.buildings
        for floor in building.floors
        for unit in floor.units
        for outline in unit.outlines
    )
    return once(plan, "unit areas", lambda: tuple(areas))


def _area(outline: Outline, deductions: tuple[Outline, ...], *, is_declared: bool) -> Measured:
    shape = outline.shape
    for each in deductions:
        shape = shape.difference(each.shape)
    return measured(
        float(shape.area),
        Unit.SQUARE_METRE,
        steps=(f"dwelling unit: {shape.area:.2f} m²",),
        sources=(told(outline.source),),
        places=(Place(what="dwelling unit", shape=outline.shape, handles=outline.source.handles),),
        is_declared=is_declared,
    )


def has_flats(plan: Proposal) -> bool:
    """Whether any of it is apartments, or a house with more than two dwelling units drawn."""
    there = codes(plan)
    if there & FLAT_CODES:
        return True
    units = dwellings(plan)
    return bool(there & HOUSE_CODES) and units is not None and units.amount > Decimal(DUAL)


def is_house(plan: Proposal) -> bool:
    """Whether all of it is one house for one or two families."""
    there = codes(plan)
    return bool(there) and there <= HOUSE_CODES and not has_flats(plan)


def is_single_house(plan: Proposal) -> bool | None:
    """Whether all of it is a house for one family; None where neither occupancy nor units nor a confirmed word tell."""
    if None in codes(plan):
        return None
    if not is_house(plan):
        return False
    units = dwellings(plan)
    if units is not None:
        return units.amount == 1
    word = plan.word("SINGLE_FAMILY_BLDG")
    if word is None or (word.is_yes and word.is_declared):
        return None
    return word.is_yes
