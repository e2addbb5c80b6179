"""Whom the chapter on building parts (Chapter V) leaves out: houses by rule 48, which was not read in its own text, and small plots before 2025.

In: a proposal, its site, the book of one day, and the findings of a rule of that chapter.  Out: findings.  What a house keeps it has kept either
way; what it does not keep is unknown, because rule 48 may leave it out.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from gis.site import Site
from rules.book import Book, NotEncoded, NotInForce, Parameter, Value
from rules.findings import Finding, Measured, Outcome, Place, not_applicable, unknown
from rules.plans.drawing import Floor
from rules.proposal import Building, Proposal
from rules.reckoning.dwellings import codes, is_house
from rules.reckoning.small_plots import AREA, exempt
from rules.reckoning.stair_cabins import is_cabin
from rules.register import asked
from rules.takings import count

HOUSES, SMALL = Parameter("rooms.houses_left_out"), Parameter("rooms.small_plots_left_out")


def of_parts(
    rule: str, plan: Proposal, site: Site, book: Book, judge: Callable[[], Sequence[Finding]]
) -> Sequence[Finding]:
    """The findings of a rule on building parts, as far as the plan is not left out."""
    left_out = _small(rule, plan, site, book)
    if left_out is not None:
        return [left_out]
    found = asked(rule, judge)
    if not (is_house(plan) or None in codes(plan)):
        return found
    if all(each.outcome is Outcome.UNKNOWN and each.holds is None for each in found):
        return [_nothing_drawn(rule, found, book)]
    return [_milder(each, book) for each in found]


def _small(rule: str, plan: Proposal, site: Site, book: Book) -> Finding | None:
    try:
        limit = book.value(AREA)
    except NotEncoded:
        return None
    if round(site.area, 2) > float(limit.exact):
        return None
    try:
        book.value(SMALL)
    except NotInForce:
        return None
    return exempt(rule, plan, site, book)


def _milder(finding: Finding, book: Book) -> Finding:
    if finding.outcome not in (Outcome.FAIL, Outcome.UNKNOWN):
        return finding
    why = f"{finding.reason or 'It is not kept.'} {_rule_48(book)}"
    return replace(finding, outcome=Outcome.UNKNOWN, reason=why)


def _rule_48(book: Book) -> str:
    try:
        told = str(book.value(HOUSES).citation)
    except (NotEncoded, NotInForce):
        told = "Rule 48"
    return f"{told}, which was not read in its own text, may leave residential buildings other than apartments out."


def _nothing_drawn(rule: str, found: Sequence[Finding], book: Book) -> Finding:
    """One finding for a house of which nothing is told that the rule looks at."""
    reasons = " ".join(dict.fromkeys(each.reason for each in found if each.reason))
    remedies = " ".join(dict.fromkeys(each.remedy for each in found if each.remedy))
    return unknown(rule, f"{_rule_48(book)} {reasons}", remedy=remedies or None)


def storeys_of(plan: Proposal, building: Building) -> Measured | None:
    """Storeys without basements and stair cabins; None where a floor is not drawn. A typical floor makes it a declared count."""
    floors = [floor for floor in building.floors if floor.number >= 0]
    return _counted(plan, building, floors)


def floors_of(plan: Proposal, building: Building) -> Measured | None:
    """Floors with basements, without stair cabins."""
    return _counted(plan, building, list(building.floors))


def _counted(plan: Proposal, building: Building, floors: list[Floor]) -> Measured | None:
    there = [floor for floor in floors if not is_cabin(building.block, floor, plan.drawing.things)]
    if not there or any(not floor.areas for floor in there):
        return None
    places = [
        Place(what=f"floor {floor.number}", handles=floor.areas[0].outlines[0].source.handles)
        for floor in there
        if floor.areas[0].outlines
    ]
    found = count("floors", places, is_declared=any(floor.copied_by is not None for floor in there))
    return replace(found, amount=Decimal(len(there)))


def unless_above(rule: str, found: Measured | None, over: Value, subject: str) -> Finding | None:
    """None where the floors counted are more than the number; else why nothing is asked, or why that is unknown."""
    if found is None:
        remedy = "Draw every floor closed on BLT_UP_AREA."
        return unknown(rule, "The floors are not all drawn.", remedy=remedy, subject=subject)
    if found.amount > over.count:
        return None
    if found.is_declared:
        why = "How many floors there are is only declared."
        return unknown(rule, why, remedy="Draw every floor.", subject=subject)
    told = f"{found.amount} floors are not over {over.count} ({over.citation})."
    return not_applicable(rule, told, subject=subject)
