"""Chapter of exits: parapets and lifts (Chapter V, rule 39A).

In: a proposal, its site, the book of one day.  Out: findings.  Lifts count by the floor that has most of them drawn.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial

from gis.site import Site
from rules.book import Book, Parameter
from rules.findings import Comparison, Finding, Measured, Required, measured, unknown
from rules.measure import Unit
from rules.plans.drawing import Thing
from rules.plans.roles import Role
from rules.proposal import Building, Proposal
from rules.reckoning.building_parts import of_parts, storeys_of, unless_above
from rules.reckoning.occupancy import joined
from rules.reckoning.sizes import Sized, sized
from rules.reckoning.telling import Detail, details, stated
from rules.reckoning.two_readings import Range, at_hundredth, at_least_between
from rules.register import asked, rule
from rules.takings import floor_area, least, of_each_building, places_of

PARAPET, GAP = Parameter("exits.parapet"), Parameter("exits.parapet_gap")
LIFT_OVER, FIRST, FURTHER, STRETCHER = (
    Parameter(f"exits.{each}")
    for each in ("lift_over", "lift_first_area", "lift_further_area", "stretcher_lift_above")
)
TALL = "Raise the parapet, and draw its height as a dimension on BLK_n_PARAPET_HT."
LIFTS = "Provide more lifts, and draw each closed on BLK_n_FLR_k_LIFT_i."


@rule("parapets")
def parapets(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Parapets are high enough and without wide gaps."""
    heights = of_each_building(plan, plan.drawing.lengths_of(Role.PARAPET_HEIGHT))
    high = Sized(
        subject="height",
        parameter=PARAPET,
        found=least(heights),
        missing="The height of a parapet of every building is not drawn.",
        remedy=TALL,
    )
    gap = Detail(
        key="PARAPET_GAP_M",
        what="gap in the parapet",
        required=lambda: Required.of(book.value(GAP)),
        comparison=Comparison.AT_MOST,
    )
    return of_parts(
        "parapets",
        plan,
        site,
        book,
        lambda: [*sized("parapets", book, [high]), *details("parapets", plan, [gap])],
    )


@rule("lifts")
def lifts(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Above a number of storeys a building has lifts, more for more floor area; where there are several one takes a stretcher."""
    if not plan.buildings:
        return [unknown("lifts", "No building is drawn.", remedy=LIFTS)]
    return of_parts(
        "lifts",
        plan,
        site,
        book,
        lambda: [
            f for b in plan.buildings for f in asked("lifts", partial(_lifts, plan, b, book), subject=b.title)
        ],
    )


def _lifts(plan: Proposal, building: Building, book: Book) -> list[Finding]:
    case = "hospital" if any(use.group == "C" for use in joined(plan, book)) else "other"
    silence = unless_above("lifts", storeys_of(plan, building), book.value(LIFT_OVER, case), building.title)
    if silence is not None:
        return [silence]
    floors = [each.floor for each in _lifts_of(plan, building)]
    most = max((floors.count(each) for each in floors), default=0)
    area = floor_area(plan, buildings=[building])
    subject = f"{building.title}, number of lifts"
    if area is None:
        remedy = "Draw every floor closed on BLT_UP_AREA."
        return [unknown("lifts", "The floor area could not be measured.", remedy=remedy, subject=subject)]
    found = measured(
        Decimal(most),
        Unit.COUNT,
        steps=(f"lifts on one floor: {most}",),
        places=places_of(plan, Role.LIFT, Role.ACCESSIBLE_LIFT),
        is_declared=area.is_declared,
    )
    number = at_least_between(
        "lifts",
        _number(area, book),
        found if most else None,
        missing="No lift is drawn.",
        remedy=LIFTS,
        subject=subject,
    )
    return [number, *(_stretcher(plan, most, book, building) if most else ())]


def _lifts_of(plan: Proposal, building: Building) -> list[Thing]:
    return [
        each
        for each in plan.drawing.things_of(Role.LIFT, Role.ACCESSIBLE_LIFT)
        if each.block == building.number
    ]


def _number(area: Measured, book: Book) -> Range:
    """One lift, and another for each further area; the National Building Code may allow fewer, but not none."""
    first, further = book.value(FIRST), book.value(FURTHER)
    beyond = max(Fraction(0), Fraction(at_hundredth(area)) - first.exact)
    more = -(-beyond // further.exact)
    step = f"one up to {first}, another for each {further} beyond: {float(beyond):.2f} m² beyond"
    most = Required.derived(Decimal(1 + more), Unit.COUNT, step, first, further)
    why = "The number may also go by the National Building Code, which is not in the book." if more else None
    return Range(most=most, least=most.changed(Decimal(1), "one at least"), why=why)


def _stretcher(plan: Proposal, most: int, book: Book, building: Building) -> list[Finding]:
    above = book.value(STRETCHER)
    if most <= above.count:
        return []
    return [
        stated(
            "lifts",
            plan,
            "STRETCHER_LIFT",
            "a lift that takes a stretcher",
            above.citation,
            subject=f"{building.title}, stretcher lift",
        )
    ]
