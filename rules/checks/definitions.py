"""Chapter of definitions: whether what is drawn as basement is one, and what was left out of the floor area (rule 2(1)).

In: a proposal, its site, the book of one day.  Out: findings.  Deductions are the applicant's; they pass as far as verandahs, balconies, parking,
shafts and lifts that are drawn account for them.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial

from gis.site import Site
from rules.book import Book, Parameter
from rules.findings import (
    Finding,
    Measured,
    Place,
    Required,
    at_most,
    measured,
    not_applicable,
    unknown,
)
from rules.measure import Unit
from rules.plans.drawing import Floor, Thing
from rules.plans.roles import Role
from rules.proposal import Building, Proposal
from rules.register import asked, rule
from rules.takings import greatest, of_length

ABOVE_GROUND = Parameter("definitions.basement_above_ground")
VERANDAH = Parameter("definitions.verandah_percent")
HALF = (Role.VERANDAH, Role.BALCONY)
WHOLE = (
    Role.PARKING_SLOT,
    Role.ACCESSIBLE_PARKING,
    Role.TWO_WHEELER_PARKING,
    Role.MECHANICAL_PARKING,
    Role.VISITOR_PARKING,
    Role.COVERED_PARKING,
    Role.SPECIAL_PARKING,
    Role.LOADING,
    Role.STILT,
    Role.VENTILATION_SHAFT,
    Role.LIFT,
    Role.ACCESSIBLE_LIFT,
    Role.PORTICO,
)
HUNDRED = Decimal(100)


@rule("definitions")
def definitions(plan: Proposal, _: Site, book: Book) -> Sequence[Finding]:
    """Basements lie low enough to be one, and deductions are accounted for."""
    found: list[Finding] = []
    for building in plan.buildings:
        if building.basements or any(level.is_basement for level in building.levels):
            subject = f"{building.title}, basement"
            found += asked("definitions", partial(_basement, plan, building, book), subject=subject)
        for floor in building.floors:
            if any(area.deductions for area in floor.areas):
                subject = f"{building.title}, floor {floor.number}"
                found += asked(
                    "definitions", partial(_deductions, plan, floor, book, subject), subject=subject
                )
    if found:
        return found
    if not plan.buildings:
        return [unknown("definitions", "No building is drawn.", remedy="Draw the buildings.")]
    for number in (ABOVE_GROUND, VERANDAH):
        book.entry(number)  # what was not read of the day leaves it open
    why = "No basement is drawn and nothing left out of the floor area, and rule 2(1) asks only there."
    return [not_applicable("definitions", why)]


def _basement(plan: Proposal, building: Building, book: Book) -> Finding:
    """A storey partly below ground is a basement up to a height above it, told by the height of the plinth."""
    drawn = [
        each for each in plan.drawing.lengths_of(Role.PLINTH_HEIGHT) if each.block in (building.number, None)
    ]
    return at_most(
        "definitions",
        Required.of(book.value(ABOVE_GROUND)),
        greatest(of_length(each) for each in drawn),
        missing="The height of the plinth above the ground is not drawn.",
        remedy="Draw it on BLK_n_PLINTH_HEIGHT, lower the basement, or draw it as a storey.",
        subject=f"{building.title}, basement",
    )


def _deductions(plan: Proposal, floor: Floor, book: Book, subject: str) -> Finding:
    """What was left out of a floor is at most what the law leaves out of the things that are drawn there."""
    share = book.value(VERANDAH)
    half, whole = (_area(_on_floor(plan, floor, roles)) for roles in (HALF, WHOLE))
    allowed = half * share.number / HUNDRED + whole
    step = f"{share} of {half:.2f} m² verandah and balcony + {whole:.2f} m² parking, shafts, lifts and porch = {allowed:.2f} m²"
    required = Required.derived(allowed, Unit.SQUARE_METRE, step, share)
    left_out = _left_out(floor)
    found = at_most("definitions", required, left_out, missing="", remedy="", subject=subject)
    if found.holds:
        return found
    return unknown(
        "definitions",
        f"{left_out.amount:.2f} m² are left out of the floor area, and the drawing accounts for {allowed:.2f} m² of it.",
        remedy="Draw what was left out on its own layer (verandah, balcony, parking, shaft, lift), or have a person confirm it.",
        subject=subject,
        places=left_out.places,
    )


def _left_out(floor: Floor) -> Measured:
    outlines = [outline for area in floor.areas for outline in area.deductions]
    metres = float(sum(outline.area for outline in outlines))
    return measured(
        metres,
        Unit.SQUARE_METRE,
        steps=(f"left out of floor {floor.number}: {metres:.2f} m²",),
        places=tuple(
            Place(what="left out of the floor area", shape=each.shape, handles=each.source.handles)
            for each in outlines
        ),
        is_declared=floor.copied_by is not None,
    )


def _on_floor(plan: Proposal, floor: Floor, roles: tuple[Role, ...]) -> list[Thing]:
    """Things of a block that are drawn on a floor, or on the floor that it repeats."""
    number = floor.number if floor.copy_of is None else floor.copy_of
    return [
        each for each in plan.drawing.things_of(*roles) if each.block == floor.block and each.floor == number
    ]


def _area(things: Iterable[Thing]) -> Decimal:
    return sum((Decimal(repr(each.outline.area)) for each in things), Decimal(0))
