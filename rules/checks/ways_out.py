"""Chapter of exits: width of exits, doors and corridors (Chapter V, Tables 16 and 17).

In: a proposal, its site, the book of one day.  Out: findings, measured from the dimensions on the layers of exits and from the stairs drawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import partial

from gis.site import Site
from rules.book import Book, Parameter
from rules.findings import (
    Finding,
    Measured,
    Outcome,
    Required,
    at_least,
    unknown,
)
from rules.measure import Unit
from rules.plans.drawing import Floor
from rules.plans.roles import Role
from rules.proposal import Proposal
from rules.reckoning.building_parts import of_parts
from rules.reckoning.each_measured import unless_unmeasured
from rules.reckoning.occupancy import PARTS, joined
from rules.reckoning.sizes import Sized, sized
from rules.reckoning.stairways import stairways
from rules.reckoning.two_readings import Range, at_least_between
from rules.register import asked, rule
from rules.takings import greatest, least, of_length

DOOR, CORRIDOR = (Parameter(f"exits.{each}") for each in ("door", "corridor"))
UNIT, HALF = Parameter("exits.exit_unit"), Parameter("exits.exit_half_unit")
BY_STAIRS, BY_DOORS = Parameter("exits.persons_per_unit_stairs"), Parameter("exits.persons_per_unit_doors")
PERSON = Parameter("exits.area_per_person")
RULE = "exit_width"
DOORS = "Make exits wider, and draw each as a dimension on BLK_n_FLR_k_EXIT_WIDTH_DOOR."
STAIRS = "Make stairs wider or add one, and draw each on BLK_n_FLR_k_STAIR_i with its flights."
UNTOLD = "Not every stair on this floor has a known width, and the others alone are too narrow: they may be wide enough together."
PASSAGES = "Make the corridor wider, and draw its width as a dimension in colour 2 on PASSAGE."


@rule("exit_width")
def exit_width(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """On each floor stairs and doors have units of width enough for the persons on it."""
    return of_parts("exit_width", plan, site, book, lambda: _exits(plan, book))


def _exits(plan: Proposal, book: Book) -> list[Finding]:
    """Doors on the ground floor and wherever they are drawn; stairs on every other floor."""
    found: list[Finding] = []
    groups = {code: use.group for use in joined(plan, book) for code in use.codes}
    for building in plan.buildings:
        there = stairways(plan, building, Role.STAIR, Role.FIRE_STAIR)
        for floor in building.floors:
            name = f"{building.title}, floor {floor.number}"
            doors = [
                of_length(each)
                for each in plan.drawing.lengths_of(Role.EXIT_DOOR)
                if each.block == building.number and each.floor == floor.number
            ]
            stairs = [each.width[0] for each in there if each.floor == floor.number]
            if floor.copy_of is None and (doors or floor.number == 0):
                told = (f"{name}, doors", DOORS, "No exit door is drawn on this floor.")
                found += asked(
                    RULE, partial(_compared, floor, groups, doors, BY_DOORS, told, book), subject=told[0]
                )
            if floor.copy_of is None and floor.number != 0:
                told = (f"{name}, stairs", STAIRS, "No flight of a stair is drawn on this floor.")
                found += asked(
                    RULE, partial(_compared, floor, groups, stairs, BY_STAIRS, told, book), subject=told[0]
                )
    return found or [unknown(RULE, "No floor is drawn.", remedy="Draw every floor closed on BLT_UP_AREA.")]


def _units(metres: Decimal, book: Book) -> Decimal:
    """Units of exit in a width: half a unit counts as half, less is left out."""
    unit, half = book.value(UNIT).number, book.value(HALF).number
    whole = metres // unit
    return whole + (half / unit if metres - whole * unit >= half else Decimal(0))


def _needed(floor: Floor, groups: Mapping[str, str], rates: Parameter, book: Book) -> Required | None:
    """Units of exit that the persons on a floor need: floor area by area per person and persons per unit, use by use."""
    units = Fraction(0)
    values, steps = [], []
    only = next(iter(groups.values())) if len(set(groups.values())) == 1 else None
    for area in floor.areas:
        code = area.occupancy or ""
        group = groups.get(code) or only or PARTS.get(code, "").split("_", maxsplit=1)[0]
        if not group or not area.is_complete:
            return None
        person, per_unit = book.value(PERSON, group), book.value(rates, group)
        metres = Fraction(Decimal(repr(area.area)).quantize(Decimal("0.01")))
        units += metres / person.exact / per_unit.exact
        values += [person, per_unit]
        steps.append(f"{group}: {float(metres):.2f} m² / {person} / {per_unit} persons")
    if not values:
        return None
    amount = Decimal(units.numerator) / Decimal(units.denominator)
    told = f"{'; '.join(steps)}: {amount:.3f} units of exit"
    return Required.derived(amount, Unit.COUNT, told, values[0], *values[1:])


def _compared(
    floor: Floor,
    groups: Mapping[str, str],
    drawn: Sequence[Measured | None],
    rates: Parameter,
    told: tuple[str, str, str],
    book: Book,
) -> Finding:
    """Each width counts by its units; a stair counts once, by its narrowest flight, and one of unknown width may only add. `told` is subject, remedy, what is missing."""
    subject, remedy, missing = told
    required = _needed(floor, groups, rates, book)
    widths = [each for each in drawn if each is not None]
    if required is None or not widths:
        why = missing if required is not None else "The area of the floor or its occupancy is not known."
        return unknown(RULE, why, remedy=remedy, subject=subject)
    units = [_units(each.amount.quantize(Decimal("0.001")), book) for each in widths]
    step = f"{' + '.join(str(each) for each in units)} units of {book.value(UNIT)}"
    found = Measured(
        amount=sum(units, Decimal(0)),
        unit=Unit.COUNT,
        steps=(*(each for width in widths for each in width.steps), step),
        sources=tuple(dict.fromkeys(source for each in widths for source in each.sources)),
        places=tuple(place for each in widths for place in each.places),
    )
    asked_for = required.changed(
        required.amount, "units as in the tables", book.value(UNIT), book.value(HALF)
    )
    finding = at_least(RULE, asked_for, found, missing="", remedy=remedy, subject=subject)
    if finding.holds is False and len(widths) < len(drawn):
        return replace(finding, outcome=Outcome.UNKNOWN, reason=UNTOLD)
    return finding


@rule("doors_corridors")
def doors_corridors(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Exit doors and corridors have a least width; a corridor that leads to a stair is not narrower than the stair."""
    return of_parts("doors_corridors", plan, site, book, lambda: _widths(plan, book))


def _widths(plan: Proposal, book: Book) -> list[Finding]:
    groups = {use.group for use in joined(plan, book)}
    case = "residential" if groups == {"A1"} else "other"
    lengths = plan.drawing.lengths_of(Role.EXIT_DOOR)
    doors = [of_length(each) for each in lengths]
    passages = [
        of_length(e)
        for e in plan.drawing.lengths_of(Role.PASSAGE)
        if e.meaning == "width" and not _to_stair(e.source.layer)
    ]
    wanted = [
        Sized(
            subject="doors",
            parameter=DOOR,
            keys=(case,),
            found=least(doors),
            missing="No exit door is drawn.",
            remedy=DOORS,
        ),
        Sized(
            subject="corridors",
            parameter=CORRIDOR,
            found=least(passages),
            missing="No width of a corridor is drawn.",
            remedy=PASSAGES,
        ),
    ]
    bare = [each.number for each in plan.buildings if each.uses]
    told = [each.block for each in lengths]
    return [
        *unless_unmeasured(
            sized("doors_corridors", book, wanted[:1]), bare, told, "exit doors of every building"
        ),
        *sized("doors_corridors", book, wanted[1:]),
        *asked("doors_corridors", partial(_stair_corridor, plan, book), subject="corridor to a stair"),
    ]


def _to_stair(layer: str) -> bool:
    return layer.upper().endswith("PASSAGE_STAIR")


def _stair_corridor(plan: Proposal, book: Book) -> list[Finding]:
    """Corridors to stairs against the stairs: wider than the widest passes, narrower than the narrowest fails."""
    subject = "corridor to a stair"
    passages = [
        of_length(e)
        for e in plan.drawing.lengths_of(Role.PASSAGE)
        if e.meaning == "width" and _to_stair(e.source.layer)
    ]
    if not passages:
        return []
    drawn = [stair.width[0] for b in plan.buildings for stair in stairways(plan, b, Role.STAIR)]
    stairs = [width for width in drawn if width is not None]
    narrow, wide = least(stairs), greatest(stairs)
    value = book.value(CORRIDOR)
    if narrow is None or wide is None:
        return [
            unknown(
                "doors_corridors",
                "The stairs to which the corridor leads are not drawn.",
                remedy=STAIRS,
                subject=subject,
            )
        ]

    def as_wide(stair: Measured) -> Required:
        amount = max(value.number, stair.amount)
        return Required.derived(
            amount, Unit.METRE, f"as wide as the stair, {stair.amount:.3f} m, and at least {value}", value
        )

    why = "The stairs differ in width, and to which of them the corridor leads is not told."
    wanted = Range(
        most=as_wide(wide), least=as_wide(narrow), why=why if narrow.amount < wide.amount else None
    )
    untold = "The width of a stair to which the corridor may lead is not known."
    if len(stairs) < len(drawn):
        wanted = Range(
            most=wanted.most,
            least=Required.derived(value.number, Unit.METRE, f"at least {value}", value),
            why=untold,
        )
    found = at_least_between(
        "doors_corridors", wanted, least(passages), missing="", remedy=PASSAGES, subject=subject
    )
    is_open = len(stairs) < len(drawn) and found.outcome is Outcome.PASS
    return [replace(found, outcome=Outcome.UNKNOWN, reason=untold, remedy=STAIRS) if is_open else found]
