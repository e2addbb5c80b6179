"""Chapter of parking: how many cars, two-wheelers, accessible bays and loading bays a plan must have room for (rules 29 and 42(5)).

In: a proposal, its site, the book of one day.  Out: findings.  The whole building counts, what stands included (rule 3(1)(d)); rule 50 leaves
small plots out.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from gis.site import Site
from rules.book import Book, Parameter
from rules.findings import (
    Finding,
    Measured,
    Required,
    at_least,
    at_most,
    not_applicable,
)
from rules.measure import Unit
from rules.plans.roles import Role
from rules.proposal import Proposal
from rules.reckoning.access_groups import why_not_accessible
from rules.reckoning.parked import Cars, bays_drawn, cars, ground_of
from rules.reckoning.sizes import Sized, sized
from rules.reckoning.small_plots import exempt
from rules.reckoning.telling import Detail, details
from rules.reckoning.two_readings import Range, at_least_between, whole
from rules.register import asked, rule
from rules.takings import count, least, of_length, of_thing, places_of, side_of

BAY = Parameter("parking.car_bay")
TWO_SHARE = Parameter("parking.two_wheeler_share")
TWO_SIDE = Parameter("parking.two_wheeler_side")
TWO_AREA = Parameter("parking.two_wheeler_area")
TWO_DRIVE = Parameter("parking.two_wheeler_drive")
SHARE = Parameter("parking.accessible_share")
FEWEST = Parameter("parking.accessible_min")
WIDTH = Parameter("parking.accessible_bay")
TRAVEL = Parameter("parking.accessible_travel")
DRAW = "Draw each bay as a closed outline on PARKING_SLOT (DA_PARKING, VISITOR_PARKING, MECH_PARKING for the others)."


@rule("parking_count")
def parking_count(plan: Proposal, site: Site, book: Book) -> Finding:
    """Bays for cars are at least the number of Tables 9 and 10; fractions of all uses are added before rounding up."""
    exemption = exempt("parking_count", plan, site, book)
    if exemption is not None:
        return exemption
    wanted = cars(plan, book)
    if wanted.asked is None:
        return not_applicable("parking_count", " ".join(wanted.silent))
    found = bays_drawn(plan)
    return at_least_between(
        "parking_count",
        wanted.asked,
        _declared(found, wanted),
        missing="No bay for a car is drawn.",
        remedy=f"Make room for more cars, or for fewer uses that need them. {DRAW} Part of it may lie on another plot of the owner.",
    )


def _declared(found: Measured | None, wanted: Cars) -> Measured | None:
    """What is measured against an amount that a word of the drawing decided can fail, but never pass."""
    return replace(found, is_declared=True) if found is not None and wanted.is_declared else found


@rule("two_wheelers")
def two_wheelers(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Ground for two-wheelers is a share of the required bays' area at least, each part of it large and wide enough for one."""
    rule_id = "two_wheelers"
    exemption = exempt(rule_id, plan, site, book)
    if exemption is not None:
        return [exemption]
    wanted = cars(plan, book)
    if wanted.asked is None:
        why = f"No cars are asked for, so none for two-wheelers. {' '.join(wanted.silent)}"
        return [not_applicable(rule_id, why)]
    places = plan.drawing.things_of(Role.TWO_WHEELER_PARKING)
    missing = "No place for two-wheelers is drawn."
    remedy = "Make more room for two-wheelers and draw it on TWO_WHEELER_PARKING."
    ground = at_least_between(
        rule_id,
        _two_wheeler_area(wanted.asked, book),
        _declared(ground_of(plan, Role.TWO_WHEELER_PARKING, "ground for two-wheelers"), wanted),
        missing=missing,
        remedy=remedy,
        subject="ground",
    )
    side = least(side_of(each, each.breadth, "breadth of a place for two-wheelers") for each in places)
    smallest = least(of_thing(each) for each in places)
    sizes = [
        Sized(subject="least place", parameter=TWO_AREA, found=smallest, missing=missing, remedy=remedy),
        Sized(subject="least side", parameter=TWO_SIDE, found=side, missing=missing, remedy=remedy),
    ]
    drive = Detail(
        key="TWO_WHEELER_DRIVE_M",
        what="width of the drive to two-wheelers",
        required=lambda: Required.of(book.value(TWO_DRIVE)),
    )
    return [ground, *sized(rule_id, book, sizes), *details(rule_id, plan, [drive])]


def _two_wheeler_area(wanted: Range, book: Book) -> Range:
    share, length, breadth = book.value(TWO_SHARE), book.value(BAY, "length"), book.value(BAY, "breadth")

    def area(of: Required) -> Required:
        metres = of.amount * length.number * breadth.number * share.number
        step = f"{share} of {of.amount} bays of {length} by {breadth}: {metres:.2f} m²"
        changed = of.changed(metres, step, share, length, breadth)
        return replace(changed, unit=Unit.SQUARE_METRE)

    return Range(most=area(wanted.most), least=area(wanted.least), why=wanted.why)


@rule("accessible_parking")
def accessible_parking(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Of the required bays some are wide and near the entrance, for persons with disabilities (rule 42(5))."""
    rule_id = "accessible_parking"
    exemption = exempt(rule_id, plan, site, book)
    if exemption is not None:
        return [exemption]
    silence = why_not_accessible(plan, book)
    if silence is not None:
        return [not_applicable(rule_id, silence)]
    wanted = cars(plan, book)
    if wanted.asked is None:
        return [not_applicable(rule_id, f"No cars are asked for. {' '.join(wanted.silent)}")]
    bays = plan.drawing.things_of(Role.ACCESSIBLE_PARKING)
    found = count("accessible bays", places_of(plan, Role.ACCESSIBLE_PARKING)) if bays else None
    width = least(side_of(each, each.breadth, "breadth of an accessible bay") for each in bays)
    ways = [of_length(each) for each in plan.drawing.lengths_of(Role.ACCESSIBLE_PARKING)]
    way = max(ways, key=lambda each: each.amount) if ways else None
    remedy = (
        "Draw wide bays near the entrance on DA_PARKING, each with a dimension of its way to the entrance."
    )
    missing = "No accessible bay is drawn."
    return [
        at_least_between(
            rule_id,
            _accessible(wanted.asked, book),
            _declared(found, wanted),
            missing=missing,
            remedy=remedy,
            subject="number",
        ),
        *asked(
            rule_id,
            lambda: at_least(
                rule_id,
                Required.of(book.value(WIDTH)),
                width,
                missing=missing,
                remedy=remedy,
                subject="width",
            ),
            subject="width",
        ),
        *asked(
            rule_id,
            lambda: at_most(
                rule_id,
                Required.of(book.value(TRAVEL)),
                way,
                missing="No dimension of the way from the bay is drawn on DA_PARKING.",
                remedy=remedy,
                subject="way",
            ),
            subject="way",
        ),
    ]


def _accessible(wanted: Range, book: Book) -> Range:
    share, fewest = book.value(SHARE), book.value(FEWEST)
    of = whole(
        Fraction(wanted.most.amount) * share.exact, f"{share} of {wanted.most.amount} bays", share, fewest
    )
    low = max(Decimal(fewest.count), of.least.amount if wanted.why is None else Decimal(0))
    most = wanted.most.changed(max(Decimal(fewest.count), of.most.amount), of.most.steps[0], share, fewest)
    why = of.why or wanted.why
    milder = wanted.least.changed(low, f"at least {low}", share, fewest)
    return Range(most=most, least=milder, why=why if milder.amount < most.amount else None)


def accessible_needed(wanted: Range, book: Book) -> Decimal:
    """How many of the bays are accessible ones, in the stricter reading."""
    return _accessible(wanted, book).most.amount
