"""Chapter of parking: ground for loading (rule 29, Table 10A), and charging of electric vehicles.

In: a proposal, its site, the book of one day.  Out: findings.  Whether a part of the stated floor area asks for loading was not read, so between both
readings the answer is unknown.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from gis.site import Site
from rules.book import Book, Parameter, Value
from rules.findings import Finding, Required, breaks, holds, not_applicable, unknown
from rules.measure import Unit
from rules.plans.roles import Role
from rules.proposal import Proposal
from rules.reckoning.occupancy import joined
from rules.reckoning.parked import area_without_parking, cars, ground_of
from rules.reckoning.sizes import Sized, sized
from rules.reckoning.small_plots import exempt
from rules.reckoning.telling import Detail, details
from rules.reckoning.two_readings import Range, at_least_between
from rules.register import rule
from rules.takings import least, places_of, side_of

LOADING_AREA, LOADING_PER, LOADING_BEYOND, LOADING_BAY, LOADING_WAY = (
    Parameter(f"parking.loading_{each}") for each in ("area", "per", "beyond", "bay", "way")
)
CHARGING = Parameter("parking.charging")
DRAW = "Make more room for loading and draw each bay on LOADING_UNLOADING."
GROUPS = frozenset({"F", "G1", "G2", "H"})


@rule("loading")
def loading(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Ground for loading grows with the floor area of shops, industry and storage (Table 10A), in bays of a least size."""
    rule_id = "loading"
    exemption = exempt(rule_id, plan, site, book)
    if exemption is not None:
        return [exemption]
    wanted, silent = _loading(plan, book)
    if wanted is None:
        return [not_applicable(rule_id, " ".join(silent))]
    bays = plan.drawing.things_of(Role.LOADING)
    missing = "No bay for loading is drawn."
    ground = at_least_between(
        rule_id,
        wanted,
        ground_of(plan, Role.LOADING, "ground for loading"),
        missing=missing,
        remedy=DRAW,
        subject="ground",
    )
    sides = {
        "length": least(side_of(each, each.length, "length of a loading bay") for each in bays),
        "breadth": least(side_of(each, each.breadth, "breadth of a loading bay") for each in bays),
    }
    sizes = [
        Sized(
            subject=f"{part} of bays",
            parameter=LOADING_BAY,
            keys=(part,),
            found=found,
            missing=missing,
            remedy=DRAW,
        )
        for part, found in sides.items()
    ]
    way = Detail(
        key="LOADING_WAY_M",
        what="clear way that joins the loading bays",
        required=lambda: Required.of(book.value(LOADING_WAY)),
    )
    return [ground, *sized(rule_id, book, sizes), *(details(rule_id, plan, [way]) if len(bays) > 1 else ())]


def _loading(plan: Proposal, book: Book) -> tuple[Range | None, list[str]]:
    """Ground for loading of all uses that need it: a part of the stated floor area counts in the stricter reading only."""
    most, low = Fraction(0), Fraction(0)
    steps: list[str] = []
    silent: list[str] = []
    values: list[Value] = []
    entry = book.entry(LOADING_AREA)
    for use in joined(plan, book):
        group = use.group
        if group not in GROUPS:
            silent.append(f"{entry.citation} has no row for group {group}.")
            continue
        beyond, per, area = (
            book.value(LOADING_BEYOND, group),
            book.value(LOADING_PER, group),
            book.value(LOADING_AREA, group),
        )
        floor = area_without_parking(plan, use)
        over = Fraction(floor.amount) - beyond.exact
        if over <= 0:
            silent.append(f"{group}: {floor.amount:.2f} m² is not more than {beyond}, {beyond.citation}.")
            continue
        times = over / per.exact
        most += -(-times.numerator // times.denominator) * area.exact
        low += (times.numerator // times.denominator) * area.exact
        steps.append(
            f"{group}: {float(over):.2f} m² beyond {beyond}, {area} for each {per}: {float(times):.3f} times"
        )
        values += [area, per, beyond]
    if not values:
        return None, silent

    def required(amount: Fraction) -> Required:
        whole_area = Decimal(amount.numerator) / Decimal(amount.denominator)
        return Required.derived(whole_area, Unit.SQUARE_METRE, "; ".join(steps), values[0], *values[1:])

    why = (
        "Whether a part of the stated floor area asks for loading was not read in the law."
        if low < most
        else None
    )
    return Range(most=required(most), least=required(low), why=why), silent


@rule("electric_charging")
def electric_charging(plan: Proposal, site: Site, book: Book) -> Finding:
    """A building that needs parking has charging for electric vehicles; for how many is still to be notified."""
    exemption = exempt("electric_charging", plan, site, book)
    if exemption is not None:
        return exemption
    citation = book.value(CHARGING).citation
    wanted = cars(plan, book)
    if wanted.asked is None:
        return not_applicable("electric_charging", f"No cars are asked for. {' '.join(wanted.silent)}")
    places = places_of(plan, Role.ELECTRIC_CHARGING)
    remedy = "Provide charging for electric vehicles and draw it on EV_CHARGE."
    if places:
        return holds("electric_charging", "Charging of electric vehicles is drawn.", citation, places=places)
    word = plan.word("EV_CHARGE")
    if word is not None and word.is_yes is False:
        told = f"No charging of electric vehicles: {word.key}={word.text}, {word.source}."
        return breaks("electric_charging", told, citation, remedy=remedy)
    return unknown("electric_charging", "No charging of electric vehicles is drawn.", remedy=remedy)
