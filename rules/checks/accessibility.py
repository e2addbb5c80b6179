"""Chapter of accessibility: ramps, lifts, toilets and rooms for persons with disabilities (rule 42).

In: a proposal, its site, the book of one day.  Out: findings.  Ramps and toilets are measured; slopes, landings and doors are declared and confirmed.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial

from gis.site import Site
from rules.book import Book, Parameter
from rules.findings import Finding, Outcome, Required, at_least, holds, measured, not_applicable, unknown
from rules.measure import Unit
from rules.plans.roles import Role
from rules.proposal import Building, Proposal
from rules.reckoning.access_groups import why_not_accessible
from rules.reckoning.building_parts import floors_of, of_parts, storeys_of
from rules.reckoning.dwellings import has_flats
from rules.reckoning.occupancy import joined
from rules.reckoning.sizes import Sized, sized
from rules.reckoning.telling import Detail, details, slopes
from rules.reckoning.two_readings import at_hundredth, at_least_between, whole
from rules.register import asked, rule
from rules.takings import count, floor_area, least, of_word, places_of, side_of

SLOPE, WIDTH, LANDING = (
    Parameter(f"accessibility.{each}") for each in ("ramp_slope", "ramp_width", "landing")
)
OVER, CAR, LIFT_DOOR = (
    Parameter(f"accessibility.{each}") for each in ("lift_or_ramp_over", "lift_car", "lift_door")
)
TOILET, DOOR, FLOORS = (
    Parameter(f"accessibility.{each}") for each in ("toilet", "toilet_door", "toilet_floors")
)
ROOMS = Parameter("accessibility.rooms_per_accessible")
RAMPS = "Draw each ramp closed on BLK_n_DA_RAMP_i, at least as wide as the law asks."
TOILETS = "Draw each accessible toilet closed on BLK_n_FLR_k_SP_WC."


@rule("accessibility")
def accessibility(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Buildings of the named groups and apartments have ramps, lifts, toilets and rooms that everyone can use."""
    silence = why_not_accessible(plan, book)
    if silence is not None:
        return [not_applicable("accessibility", silence)]
    return of_parts("accessibility", plan, site, book, lambda: _accessibility(plan, book))


def _accessibility(plan: Proposal, book: Book) -> list[Finding]:
    rule_id = "accessibility"
    ramps = plan.drawing.things_of(Role.ACCESSIBLE_RAMP)
    width = Sized(
        subject="ramp, width",
        parameter=WIDTH,
        found=least(side_of(each, each.breadth, "width of a ramp") for each in ramps),
        missing="No accessible ramp is drawn.",
        remedy=RAMPS,
    )
    found = list(sized(rule_id, book, [width]))
    found += asked(
        rule_id,
        lambda: slopes(
            rule_id, plan, Role.ACCESSIBLE_RAMP, Required.of(book.value(SLOPE)), subject="ramp, slope"
        ),
        subject="ramp, slope",
    )
    found += asked(rule_id, partial(_lift_or_ramp, plan, book), subject="lift or ramp")
    found += _toilets(plan, book)
    if any(use.group == "A2" for use in joined(plan, book)):
        found += asked(rule_id, partial(_rooms, plan, book), subject="rooms")
    return [*found, *details(rule_id, plan, _details(book))]


def _details(book: Book) -> list[Detail]:
    return [
        Detail(
            key="RAMP_LANDING_WIDTH_M",
            what="landing of the ramp, shorter side",
            required=lambda: Required.of(book.value(LANDING, "short")),
        ),
        Detail(
            key="RAMP_LANDING_LENGTH_M",
            what="landing of the ramp, longer side",
            required=lambda: Required.of(book.value(LANDING, "long")),
        ),
        Detail(
            key="LIFT_CAR_WIDTH_M",
            what="cage of the lift, shorter side",
            required=lambda: Required.of(book.value(CAR, "short")),
        ),
        Detail(
            key="LIFT_CAR_LENGTH_M",
            what="cage of the lift, longer side",
            required=lambda: Required.of(book.value(CAR, "long")),
        ),
        Detail(
            key="LIFT_DOOR_M", what="door of the lift", required=lambda: Required.of(book.value(LIFT_DOOR))
        ),
        Detail(
            key="ACCESSIBLE_TOILET_DOOR_M",
            what="door of the accessible toilet",
            required=lambda: Required.of(book.value(DOOR)),
        ),
    ]


def _lift_or_ramp(plan: Proposal, book: Book) -> Finding:
    """Above a floor area buildings of several floors have a lift or a ramp to every floor."""
    subject = "lift or ramp"
    over, area = book.value(OVER, "flats" if has_flats(plan) else "other"), floor_area(plan)
    counts = [floors_of(plan, each) for each in plan.buildings]
    if area is None or any(each is None for each in counts):
        return unknown(
            "accessibility",
            "The floors are not all drawn.",
            remedy="Draw every floor closed on BLT_UP_AREA.",
            subject=subject,
        )
    most = max(each.amount for each in counts if each is not None)
    if (at_hundredth(area) <= over.number or most <= 1) and not area.is_declared:
        return not_applicable(
            "accessibility",
            f"{area.amount:.2f} m² on {most} floors: asked over {over} on more than one ({over.citation}).",
            subject=subject,
        )
    lifts = places_of(plan, Role.LIFT, Role.ACCESSIBLE_LIFT)
    if lifts:
        return holds("accessibility", "A lift is drawn.", over.citation, subject=subject, places=lifts)
    remedy = "Provide a lift and draw it on BLK_n_FLR_k_DA_LIFT_i, or a ramp to every floor."
    return unknown(
        "accessibility",
        "No lift is drawn, and whether ramps lead to every floor is not told.",
        remedy=remedy,
        subject=subject,
    )


def _toilets(plan: Proposal, book: Book) -> list[Finding]:
    toilets = plan.drawing.things_of(Role.ACCESSIBLE_TOILET)
    missing = "No accessible toilet is drawn."
    sizes = [
        Sized(
            subject="toilet, shorter side",
            parameter=TOILET,
            keys=("short",),
            found=least(side_of(e, e.breadth, "shorter side") for e in toilets),
            missing=missing,
            remedy=TOILETS,
        ),
        Sized(
            subject="toilet, longer side",
            parameter=TOILET,
            keys=("long",),
            found=least(side_of(e, e.length, "longer side") for e in toilets),
            missing=missing,
            remedy=TOILETS,
        ),
    ]
    found = list(sized("accessibility", book, sizes))
    for building in plan.buildings:
        subject = f"{building.title}, floors with an accessible toilet"
        found += asked("accessibility", partial(_floors, plan, building, book, subject), subject=subject)
    return found


def _floors(plan: Proposal, building: Building, book: Book, subject: str) -> Finding:
    """The entrance floor, and one floor in every three beyond it."""
    every, storeys = book.value(FLOORS), storeys_of(plan, building)
    toilets = [
        each
        for each in plan.drawing.things_of(Role.ACCESSIBLE_TOILET)
        if each.block in (None, building.number)
    ]
    if storeys is None or any(each.floor is None for each in toilets):
        return unknown(
            "accessibility",
            "On which floors the accessible toilets lie is not told.",
            remedy=TOILETS,
            subject=subject,
        )
    with_one = sorted({each.floor for each in toilets if each.floor is not None})
    if toilets and 0 not in with_one:
        return unknown(
            "accessibility",
            "No accessible toilet is drawn on the entrance floor, 0.",
            remedy=TOILETS,
            subject=subject,
        )
    amount = 1 + (storeys.amount - 1) // every.count
    step = f"the entrance floor and every {every.count}rd of {storeys.amount} storeys: {amount}"
    found = measured(
        Decimal(len(with_one)),
        Unit.COUNT,
        steps=(f"on floors {with_one}",),
        places=places_of(plan, Role.ACCESSIBLE_TOILET),
        is_declared=storeys.is_declared,
    )
    finding = at_least(
        "accessibility",
        Required.derived(amount, Unit.COUNT, step, every),
        found if toilets else None,
        missing="No accessible toilet is drawn.",
        remedy=TOILETS,
        subject=subject,
    )
    if finding.outcome is Outcome.FAIL and has_flats(plan):
        why = "Whether apartments need a common accessible toilet on upper floors too was not read."
        return unknown("accessibility", why, remedy=TOILETS, subject=subject, places=finding.places)
    return finding


def _rooms(plan: Proposal, book: Book) -> Finding:
    """Lodging houses: one room in so many; how many there are is declared."""
    per, rooms = book.value(ROOMS), of_word(plan.word("NO_OF_ROOMS"), Unit.COUNT)
    drawn = places_of(plan, Role.ACCESSIBLE_ROOM)
    remedy = "Draw accessible rooms closed on BLK_n_FLR_k_DA_ROOM_i, and declare NO_OF_ROOMS=…."
    if rooms is None or rooms.amount <= 0:
        return unknown(
            "accessibility",
            "How many rooms the lodging house has is not told.",
            remedy=remedy,
            subject="rooms",
        )
    wanted = whole(Fraction(rooms.amount) / per.exact, f"{rooms.amount} rooms / {per}", per)
    found = count("accessible rooms", drawn, is_declared=rooms.is_declared) if drawn else None
    return at_least_between(
        "accessibility", wanted, found, missing="No accessible room is drawn.", remedy=remedy, subject="rooms"
    )
