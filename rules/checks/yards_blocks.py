"""Chapter of yards, blocks with yards of their own: podiums, separate parking blocks, and additions to what stands (rule 26(4)).

In: a proposal, its site, the book of one day.  Out: findings.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from gis.site import Site
from rules.book import Book, Parameter
from rules.checks.roads import LAY
from rules.checks.yards import DRAW_FOOTPRINT, DRAW_HEIGHT, NO_BUILDING, gap_of
from rules.findings import (
    Finding,
    Outcome,
    Place,
    Required,
    at_least,
    at_most,
    holds,
    measured,
    not_applicable,
    unknown,
)
from rules.measure import Unit
from rules.plans.areas import SLIVER
from rules.plans.drawing import Level
from rules.proposal import Building, OpenSpace, Proposal
from rules.reckoning.arrangement import spaces_of
from rules.reckoning.parking_blocks import is_parking_block
from rules.reckoning.provisos import (
    CERTIFICATE,
    OLD,
    PODIUM_HEIGHT,
    PODIUM_YARD,
    has_existing,
    has_old_certificate,
)
from rules.reckoning.relaxations import is_within
from rules.reckoning.setbacks import MILLIMETRE
from rules.register import rule
from rules.takings import told

PODIUM_FLOOR = Parameter("yards.podium_floor_percent")
BLOCK_STREET, BLOCK_OTHER = Parameter("yards.parking_block_street"), Parameter("yards.parking_block_other")
BLOCK_GROWTH = Parameter("yards.parking_block_growth")
HUNDRED = Decimal(100)
NO_OUTLINE = "The outline of the parking block is not drawn."


@rule("podium")
def podium(plan: Proposal, site: Site, book: Book) -> list[Finding]:
    """A tower above a podium: the podium keeps its least yard, and the floors above it cover no more than their part of it."""
    high, percent, yard = book.value(PODIUM_HEIGHT), book.value(PODIUM_FLOOR), book.value(PODIUM_YARD)
    found: list[Finding] = []
    for building in plan.buildings:
        above = [level for level in building.levels if not level.is_basement]
        is_low = is_within(building.height, high.number)
        if is_low is None and (building.height is None or len(above) > 1):
            why = (
                "The height of the building is not measured, so it is not known whether it can have a podium."
            )
            found.append(unknown("podium", why, remedy=DRAW_HEIGHT, subject=building.title))
        elif is_low or not _set_back(above):
            why = f"Only for a building over {high} whose upper levels are set back on a podium ({high.citation})."
            found.append(not_applicable("podium", why, subject=building.title))
        else:
            found += _on_podium(plan, site, book, building, Required.of(percent), Required.of(yard))
    return found or [unknown("podium", NO_BUILDING, remedy=DRAW_FOOTPRINT)]


def _on_podium(
    plan: Proposal, site: Site, book: Book, building: Building, percent: Required, yard: Required
) -> list[Finding]:
    above = sorted(
        (each for each in building.levels if not each.is_basement), key=lambda each: each.number or 0
    )
    gap = gap_of("podium", plan, site, book)
    least = [
        at_least(
            "podium",
            yard,
            each.least,
            missing="The yard could not be measured.",
            remedy=f"Move the podium back to {yard.amount} m.",
            subject=each.title,
        )
        for each in spaces_of(plan, building)
        if each.level == above[0].number
    ]
    height = unknown(
        "podium",
        "How high the podium is the drawing does not tell, so its other limits stay open.",
        remedy="Show the podium's height in the section; an officer has to look at it.",
        subject=f"{building.title}, height of the podium",
    )
    return [_above(building, above, percent), *([gap] if gap else least), height]


def _set_back(levels: Sequence[Level]) -> list[int]:
    """Places in a row of levels, from the lowest up, at which one stands back from the level below it by more than a sliver."""
    row = sorted(levels, key=lambda each: each.number or 0)
    return [
        at
        for at in range(1, len(row))
        if row[at - 1].footprint.shape.difference(row[at].footprint.shape).area > SLIVER
    ]


def _above(building: Building, above: Sequence[Level], percent: Required) -> Finding:
    """How much of the podium the floors above it cover; unknown where it may end at several levels with different answers."""
    found = []
    for at in _set_back(above):
        upper = max(above[at:], key=lambda each: each.footprint.area)
        found.append(_part(building, above[at - 1], upper, percent))
    if len({each.outcome for each in found}) == 1:
        return found[0]
    shares = ", ".join(f"{each.measured.amount:.2f} %" for each in found if each.measured is not None)
    return unknown(
        "podium",
        f"Several levels stand back, and which of them ends the podium the drawing does not tell; above it are {shares}.",
        remedy="Show the podium's height in the section; an officer has to look at it.",
        subject=found[0].subject,
        places=found[0].measured.places if found[0].measured is not None else (),
    )


def _part(building: Building, podium_level: Level, upper_level: Level, percent: Required) -> Finding:
    """The part of one level that the largest level above it covers."""
    base, upper = podium_level.footprint, upper_level.footprint
    share = Decimal(repr(upper.area)) * HUNDRED / Decimal(repr(base.area))
    part = measured(
        share,
        Unit.PERCENT,
        steps=(f"{upper.area:.2f} m² above the podium of {base.area:.2f} m² = {share:.2f} %",),
        sources=(told(base.source), told(upper.source)),
        places=(Place(what="above the podium", shape=upper.shape, handles=upper.source.handles),),
    )
    return at_most(
        "podium",
        percent,
        part,
        missing="",
        remedy="Make the floors above the podium smaller, or keep the yards of the full height on the ground.",
        subject=f"{building.title}, floors above the podium",
    )


@rule("parking_block")
def parking_block(plan: Proposal, site: Site, book: Book) -> list[Finding]:
    """A separate parking block keeps its own distances to streets and other boundaries, grown above its height."""
    street, other = book.value(BLOCK_STREET), book.value(BLOCK_OTHER)
    blocks = [each for each in plan.buildings if is_parking_block(plan, each)]
    if not plan.buildings:
        return [unknown("parking_block", NO_BUILDING, remedy=DRAW_FOOTPRINT)]
    if not blocks:
        why = f"The drawing shows no building of parking alone (occupancy F1) beside another ({other.citation})."
        return [not_applicable("parking_block", why)]
    gap = gap_of("parking_block", plan, site, book)
    if gap is not None:
        return [gap]
    found = [
        _block(plan, site, book, building, space, Required.of(street), Required.of(other))
        for building in blocks
        for space in spaces_of(plan, building)
    ]
    return found or [unknown("parking_block", NO_OUTLINE, remedy=DRAW_FOOTPRINT)]


def _block(
    plan: Proposal,
    site: Site,
    book: Book,
    building: Building,
    space: OpenSpace,
    street: Required,
    other: Required,
) -> Finding:
    required = street if space.roads else _block_grown(building, other, book)
    finding = at_least(
        "parking_block",
        required,
        space.least,
        missing="The open space could not be measured.",
        remedy=f"Move the parking block back to {required.amount} m.",
        subject=space.title,
    )
    if finding.outcome is not Outcome.PASS or space.roads:
        return finding
    if building.height is None or building.height.is_declared:
        why = "The height of the parking block, with which the distance grows, is not measured."
        return replace(finding, outcome=Outcome.UNKNOWN, reason=why, remedy=DRAW_HEIGHT)
    if not (plan.is_placed and site.has_road_data) and not _holds(finding, street):
        why = "Whether a street runs along this side is not known."
        return replace(finding, outcome=Outcome.UNKNOWN, reason=why, remedy=LAY)
    return finding


def _holds(finding: Finding, required: Required) -> bool:
    return finding.measured is not None and finding.measured.amount.quantize(MILLIMETRE) >= required.amount


def _block_grown(building: Building, required: Required, book: Book) -> Required:
    above, step, rise = (book.value(BLOCK_GROWTH, part) for part in ("above", "step", "rise"))
    if building.height is None or building.height.amount.quantize(MILLIMETRE) <= above.number:
        return required
    metres = building.height.amount.quantize(MILLIMETRE)
    steps = math.ceil((metres - above.number) / step.number)
    amount = required.amount + rise.number * steps
    return required.changed(amount, f"{metres} m high: {rise} x {steps} more = {amount} m", above, step, rise)


@rule("old_building")
def old_building(plan: Proposal, _site: Site, book: Book) -> Finding:
    """For additions to a building with an old occupancy certificate yards and road distance are asked only of what is added."""
    before = book.value(OLD)
    if not plan.buildings:
        return unknown("old_building", NO_BUILDING, remedy=DRAW_FOOTPRINT)
    if not has_existing(plan):
        why = f"The drawing shows nothing that stands already (layers …_EXISTING), and the proviso is for additions ({before.citation})."
        return not_applicable("old_building", why)
    is_old = has_old_certificate(plan, book)
    if is_old:
        why = f"The certificate is from before {before.day}: yards and distances are asked only of what is added."
        return holds("old_building", why, before.citation)
    if is_old is False:
        why = f"The certificate is not from before {before.day} ({before.citation}), so the whole building keeps yards and distances."
        return not_applicable("old_building", why)
    return unknown(
        "old_building",
        f"Whether what stands has an occupancy certificate from before {before.day} is not known.",
        remedy=f"Declare {CERTIFICATE}=YYYY-MM-DD, and have it confirmed from the register.",
    )
