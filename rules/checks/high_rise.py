"""Chapter of high-rise buildings and fuel stations (Chapter XVII, rule 47).

In: a proposal, its site, the book of one day.  Out: findings.  Open space, gaps and stairs are measured; what stands around a fuel pump lies on no
layer, so it is declared and confirmed.
"""

import itertools
from collections.abc import Sequence
from decimal import Decimal
from functools import partial

import shapely

from gis.site import Site
from rules.book import Book, Parameter
from rules.findings import (
    Finding,
    Measured,
    Outcome,
    Place,
    Required,
    at_least,
    measured,
    not_applicable,
    unknown,
)
from rules.measure import Unit
from rules.plans.roles import Role
from rules.proposal import Building, Proposal
from rules.reckoning.dwellings import codes, dwellings
from rules.reckoning.high_rise import high_rise
from rules.reckoning.occupancy import named_groups
from rules.reckoning.sizes import Sized, sized
from rules.reckoning.stairways import stairways
from rules.reckoning.streets import widest
from rules.reckoning.telling import Detail, details, stated
from rules.register import asked, rule
from rules.takings import count, greatest, least, of_each_building, of_length

ACCESS, SIDES, CLEAR, GAP = (
    Parameter(f"highrise.{each}") for each in ("access", "clear_sides", "clear_width", "block_gap")
)
GATE, STAIRS, UNITS, PARAPET = (
    Parameter(f"highrise.{each}") for each in ("gate", "stairs", "stretcher_lift_units", "parapet")
)
DISPENSER, KIOSK, CANOPY = (Parameter(f"highrise.fuel_{each}") for each in ("dispenser", "kiosk", "canopy"))
RULE = "high_rise_rules"
FUEL = frozenset({"I1", "I2", "I6"})
"""Canopy, kiosk and boats' filling station of the drawing convention; its code I does not tell."""


@rule("high_rise_rules")
def high_rise_rules(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """A high-rise building has a wide access, clear space on two sides, gaps between blocks, two stairs, and a high parapet."""
    tall = high_rise(plan, site, book)
    if tall.holds is None:
        return [unknown(RULE, tall.reason, remedy="Draw the height and every floor.")]
    if not tall.holds:
        return [not_applicable(RULE, f"It is no high-rise building: {tall.reason}")]
    found = [*asked(RULE, partial(_access, site, book), subject="access")]
    for building in plan.buildings:
        found += asked(RULE, partial(_sides, plan, building, book), subject=f"{building.title}, clear sides")
        found += asked(RULE, partial(_stairs, plan, building, book), subject=f"{building.title}, stairs")
    if len(plan.buildings) > 1:
        found += asked(RULE, partial(_gap, plan, book), subject="gap between blocks")
    heights = of_each_building(plan, plan.drawing.lengths_of(Role.PARAPET_HEIGHT))
    gates = [of_length(each) for each in plan.drawing.lengths_of(Role.GATE)]
    wanted = [
        Sized(
            subject="parapet",
            parameter=PARAPET,
            found=least(heights),
            missing="No height of a parapet is drawn.",
            remedy="Draw it as a dimension on BLK_n_PARAPET_HT.",
        ),
        Sized(
            subject="gate, width",
            parameter=GATE,
            keys=("width",),
            found=greatest(gates),
            missing="No width of a gate is drawn.",
            remedy="Draw it as a dimension on MAIN_GATE.",
        ),
    ]
    height = Detail(
        key="GATE_HEIGHT_M",
        what="height of the gate",
        required=lambda: Required.of(book.value(GATE, "height")),
    )
    return [
        *found,
        *sized(RULE, book, wanted),
        *details(RULE, plan, [height]),
        *asked(RULE, partial(_stretcher, plan, book), subject="stretcher lift"),
    ]


def _access(site: Site, book: Book) -> Finding:
    required, street = Required.of(book.value(ACCESS)), widest(site)
    remedy = "Have the width of the street confirmed, or reach the plot from a wider one."
    finding = at_least(RULE, required, street.width, missing=street.reason, remedy=remedy, subject="access")
    if finding.outcome is Outcome.FAIL and street.may_be_wider:
        why = "The width of another street along the plot is not known."
        return unknown(RULE, why, remedy=remedy, subject="access", places=finding.places)
    return finding


def _sides(plan: Proposal, building: Building, book: Book) -> Finding:
    """Sides of the building from which the boundary is far enough; what stands in that space is not looked at."""
    subject = f"{building.title}, clear sides"
    sides, clear = book.value(SIDES), book.value(CLEAR)
    spaces = [
        each
        for each in plan.yards
        if each.building == building.number and each.level == 0 and not each.is_basement
    ]
    if not spaces:
        return unknown(
            RULE,
            f"The yards are not known. {plan.front.basis}",
            remedy="Draw the main entrance, and lay the plan on its parcel.",
            subject=subject,
        )
    wide = [
        each
        for each in spaces
        if each.least is not None and each.least.amount.quantize(Decimal("0.001")) >= clear.number
    ]
    places = [place for each in wide if each.least for place in each.least.places[:1]]
    step = f"{sides.count} sides with {clear} clear, by {sides.citation}"
    required = Required.derived(sides.number, Unit.COUNT, step, sides, clear)
    found = measured(
        Decimal(len(wide)),
        Unit.COUNT,
        steps=(f"sides with {clear}: {', '.join(each.position.value for each in wide) or 'none'}",),
        places=tuple(places),
    )
    return at_least(
        RULE, required, found, missing="", remedy="Leave more open space on two sides.", subject=subject
    )


def _stairs(plan: Proposal, building: Building, book: Book) -> Finding:
    drawn = {(each.role, each.index): each for each in stairways(plan, building, Role.STAIR, Role.FIRE_STAIR)}
    places = [
        Place(what=each.title, handles=each.outline.outline.source.handles if each.outline else ())
        for each in drawn.values()
    ]
    found = count("stairs and fire stairs", places) if places else None
    remedy = "Provide a second stair, and draw each on BLK_n_FLR_k_STAIR_i or FIRESTAIR_i."
    return at_least(
        RULE,
        Required.of(book.value(STAIRS)),
        found,
        missing="No stair is drawn.",
        remedy=remedy,
        subject=f"{building.title}, stairs",
    )


def _gap(plan: Proposal, book: Book) -> Finding:
    gaps: list[Measured | None] = []
    for one, other in itertools.combinations(plan.buildings, 2):
        if one.outline is None or other.outline is None:
            gaps.append(None)
            continue
        line = shapely.shortest_line(one.outline, other.outline)
        what = f"{one.title} to {other.title}"
        gaps.append(
            measured(
                float(line.length),
                Unit.METRE,
                steps=(f"{what}: {line.length:.3f} m",),
                places=(Place(what=what, shape=line),),
            )
        )
    return at_least(
        RULE,
        Required.of(book.value(GAP)),
        least(gaps),
        missing="A building is not drawn.",
        remedy="Move the blocks apart.",
        subject="gap between blocks",
    )


def _stretcher(plan: Proposal, book: Book) -> list[Finding]:
    over, units = book.value(UNITS), dwellings(plan)
    if units is None or (units.amount <= over.count and not units.is_declared):
        return []
    return [
        stated(
            RULE,
            plan,
            "STRETCHER_LIFT",
            "a lift that takes a stretcher",
            over.citation,
            subject="stretcher lift",
        )
    ]


@rule("fuel_stations")
def fuel_stations(plan: Proposal, _: Site, book: Book) -> Sequence[Finding]:
    """Pumps, kiosk and canopy of a fuel station keep their distances."""
    entry = book.entry(DISPENSER)
    there = codes(plan)
    word = plan.word("FUEL_STATION")
    if not there or None in there:
        return [
            unknown(
                "fuel_stations",
                "No floor area with an occupancy is drawn.",
                remedy="Draw every floor closed on BLT_UP_AREA.",
            )
        ]
    is_one = bool(there & FUEL) or (word is not None and word.is_yes is True)
    if not is_one and "I" in there | named_groups(plan) and (word is None or word.is_declared):
        remedy = "Give it the colour of its own occupancy, or declare FUEL_STATION=NO and have a person confirm it."
        return [
            unknown(
                "fuel_stations", "Whether this hazardous use is a fuel station is not told.", remedy=remedy
            )
        ]
    if not is_one:
        return [not_applicable("fuel_stations", f"{entry.citation} is for fuel stations.")]
    wanted = [
        Detail(
            key="FUEL_DISPENSER_M",
            what="clear distance of a dispenser",
            required=lambda: Required.of(book.value(DISPENSER)),
        ),
        Detail(
            key="FUEL_KIOSK_M", what="distance of the kiosk", required=lambda: Required.of(book.value(KIOSK))
        ),
        Detail(
            key="FUEL_CANOPY_ROAD_M",
            what="distance of the canopy to the road",
            required=lambda: Required.of(book.value(CANOPY, "road")),
        ),
        Detail(
            key="FUEL_CANOPY_OTHER_M",
            what="distance of the canopy to other boundaries",
            required=lambda: Required.of(book.value(CANOPY, "other")),
        ),
    ]
    return details("fuel_stations", plan, wanted)
