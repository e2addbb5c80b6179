"""Chapter of exits: the way to an exit on every floor (Chapter V).

In: a proposal, its site, the book of one day.  Out: a finding for each floor as drawn.  The ways are the dimensions on DIST_EXIT that lie on the floor; the
farthest corner of its outline from the exits drawn on it shows how long the longest way is at least, along the floor and without walls.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from gis.site import Site
from rules.book import Book, Parameter
from rules.findings import Finding, Measured, Outcome, Place, Required, at_most, measured, unknown
from rules.measure import Unit
from rules.plans.drawing import Floor, Length
from rules.plans.roles import Role
from rules.proposal import Building, Proposal, once_drawn
from rules.reckoning.building_parts import of_parts
from rules.reckoning.stair_cabins import is_cabin
from rules.reckoning.telling import said_yes
from rules.reckoning.ways import farthest
from rules.register import asked, rule
from rules.takings import greatest, of_length

TRAVEL = Parameter("exits.travel")
BESIDE = 0.5
"""Metres that a dimension may lie beside the floor to which it belongs."""
WITHIN_ROOM = 2.0
"""Metres by which the way from the corner may be longer than the longest one drawn, which begins within the room; ours, not the law's."""
WAY = "Shorten the way, add an exit or sprinklers, and draw each way as a dimension on DIST_EXIT."
MISSING = "No way to an exit is drawn on this floor."
Drawn = dict[tuple[int | None, int | None], list[BaseGeometry]]


@rule("travel")
def travel(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """The way to an exit is at most a distance on every floor, longer where there are sprinklers since 2025."""
    return of_parts("travel", plan, site, book, lambda: _floors(plan, book))


def _floors(plan: Proposal, book: Book) -> list[Finding]:
    book.value(TRAVEL, "other")
    found = [
        finding
        for building in plan.buildings
        for floor in building.floors
        if floor.copy_of is None and not is_cabin(building.block, floor, plan.drawing.things)
        for finding in asked("travel", partial(_floor, plan, building, floor, book))
    ]
    undrawn = unknown("travel", "No floor is drawn.", remedy="Draw every floor closed on BLT_UP_AREA.")
    return [*(found or [undrawn]), *_elsewhere(plan, book)]


def _elsewhere(plan: Proposal, book: Book) -> list[Finding]:
    """A way that lies on no floor tells nothing of a floor, but may be too long."""
    stray = once_drawn(plan, "stray ways", lambda: _stray(plan))
    finding = _judged(plan, greatest(stray), book, "a way drawn on no floor")
    return [] if not stray or finding.outcome is Outcome.PASS else [finding]


def _floor(plan: Proposal, building: Building, floor: Floor, book: Book) -> Finding:
    subject = f"{building.title}, floor {floor.number}"
    longest, least = once_drawn(plan, ("ways", id(floor)), lambda: _ways(plan, building, floor))
    if least is not None and (longest is None or least.amount > longest.amount):
        bound = _judged(plan, least, book, subject)
        if not bound.holds:
            return bound
        if longest is not None and float(least.amount - longest.amount) > WITHIN_ROOM:
            why = f"The longest way drawn is {longest.amount:.2f} m, and a corner of the floor is {least.amount:.2f} m from its nearest exit at least."
            return unknown("travel", why, remedy=WAY, subject=subject, places=least.places)
    return _judged(plan, longest, book, subject)


def _stray(plan: Proposal) -> list[Measured]:
    outlines = [
        o.shape for b in plan.drawing.blocks for f in b.floors for area in f.areas for o in area.outlines
    ]
    on = {id(each) for each in _ways_on(plan, outlines)}
    return [of_length(each) for each in plan.drawing.lengths_of(Role.TRAVEL) if id(each) not in on]


def _ways(plan: Proposal, building: Building, floor: Floor) -> tuple[Measured | None, Measured | None]:
    """The longest way drawn on a floor, and what the way from its farthest corner measures at least."""
    outlines = [outline.shape for area in floor.areas for outline in area.outlines]
    longest = greatest(of_length(each) for each in _ways_on(plan, outlines))
    return longest, _at_least(outlines, _exits(plan, building, floor))


def _judged(plan: Proposal, way: Measured | None, book: Book, subject: str) -> Finding:
    """A way against the distance; one that only sprinklers would allow is unknown until they are confirmed or denied."""
    plain, wet = Required.of(book.value(TRAVEL, "other")), Required.of(book.value(TRAVEL, "sprinklered"))
    sprinklers, confirmed = plan.word("SPRINKLERED"), said_yes(plan, "SPRINKLERED")
    finding = at_most(
        "travel", wet if confirmed else plain, way, missing=MISSING, remedy=WAY, subject=subject
    )
    denied = sprinklers is not None and sprinklers.is_yes is False
    if finding.outcome is not Outcome.FAIL or denied or confirmed:
        return finding
    if not at_most("travel", wet, way, missing=MISSING, remedy=WAY).holds:
        return finding
    why = f"With sprinklers the way may be {wet.amount} m long, and nobody confirmed whether there are any (SPRINKLERED=YES)."
    return replace(finding, outcome=Outcome.UNKNOWN, reason=why)


def _ways_on(plan: Proposal, outlines: Sequence[BaseGeometry]) -> list[Length]:
    """The dimensions of ways that lie on a floor, or run onto it."""
    lengths = plan.drawing.lengths_of(Role.TRAVEL)
    if not lengths or not outlines:
        return []
    tree = once_drawn(plan, "ways drawn", lambda: shapely.STRtree([each.line for each in lengths]))
    there = {int(at) for each in outlines for at in tree.query(each.buffer(BESIDE), predicate="intersects")}
    return [lengths[at] for at in sorted(there)]


def _exits(plan: Proposal, building: Building, floor: Floor) -> list[BaseGeometry]:
    """Exits drawn on a floor: doors and widths of stairs, and away from the ground floor the stairs themselves."""
    drawn = once_drawn(plan, "exits drawn", lambda: _drawn(plan))
    return drawn.get((building.number, floor.number), [])


def _drawn(plan: Proposal) -> Drawn:
    found: Drawn = {}
    for each in plan.drawing.lengths_of(Role.EXIT_DOOR, Role.EXIT_STAIR):
        found.setdefault((each.block, each.floor), []).append(each.line)
    for thing in plan.drawing.things_of(Role.STAIR, Role.FIRE_STAIR, Role.SPIRAL_STAIR):
        if thing.floor:
            found.setdefault((thing.block, thing.floor), []).append(thing.outline.shape)
    return found


def _at_least(outlines: Sequence[Polygon], exits: Sequence[BaseGeometry]) -> Measured | None:
    """What the way from the farthest corner of a floor measures at least; None where nothing tells."""
    reach = farthest(outlines, exits) if outlines else None
    if reach is None:
        return None
    step = (
        f"the farthest corner of the floor is {reach.metres:.2f} m from its nearest exit at least, along the floor and through no outer wall; "
        "walls within make the way longer"
    )
    places = (
        Place(what="farthest corner and its nearest exit", shape=reach.line),
        *(Place(what="floor", shape=each) for each in outlines[:1]),
    )
    return measured(reach.metres, Unit.METRE, steps=(step,), places=places)
