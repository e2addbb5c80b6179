"""Chapter of yards, within the plot: between buildings (rule 26(5)), interior open space (26(7)), below ground (26(11), (12)).

In: a proposal, its site, the book of one day.  Out: findings.  Yards at the boundary are a rule of their own; of two buildings the higher decides how far
they stand apart.
"""

from dataclasses import replace
from decimal import Decimal
from functools import partial

import shapely

from gis.site import Site
from rules.book import Book, Parameter
from rules.checks.yards import DRAW_FOOTPRINT, NO_BUILDING, gap_of
from rules.findings import (
    Finding,
    Measured,
    Outcome,
    Place,
    Required,
    at_least,
    holds,
    measured,
    not_applicable,
    unknown,
)
from rules.measure import Unit
from rules.plans.drawing import Thing
from rules.plans.roles import Role
from rules.proposal import Building, Proposal
from rules.reckoning.arrangement import arranged
from rules.reckoning.houses import is_house
from rules.reckoning.near_pairs import Rest, near_pairs
from rules.reckoning.parking_blocks import is_parking_block
from rules.reckoning.relaxations import Relaxation, both, is_within, judged, said
from rules.reckoning.setbacks import MILLIMETRE, grown, row_of
from rules.reckoning.worst_level import levels_of, worst_of
from rules.register import asked, rule
from rules.takings import side_of

APART, HOUSES = Parameter("yards.between_buildings"), Parameter("yards.between_houses")
HOUSE_HEIGHT = Parameter("yards.between_houses_height")
INTERIOR, BASEMENT = Parameter("yards.interior_open_space"), Parameter("yards.basement_as_height")
TANK = Parameter("yards.buried_tank")
INNER = (Role.INTERIOR_OPEN_SPACE, Role.COURTYARD_INNER)
HIGH = Decimal(10**6)
TWO = 2
BURIED = "BURIED_TANK"


@rule("between_buildings")
def between_buildings(plan: Proposal, _site: Site, book: Book) -> list[Finding]:
    """Buildings on one plot stand apart by their height; low houses of one or two dwellings may stand nearer."""
    low = book.value(APART, Decimal(0), "ordinary")
    if not plan.buildings:
        return [unknown("between_buildings", NO_BUILDING, remedy=DRAW_FOOTPRINT)]
    if len(plan.buildings) == 1:
        why = (
            f"One building stands on the plot, and the distance is asked between buildings ({low.citation})."
        )
        return [not_applicable("between_buildings", why)]
    reach = Required.of(book.value(APART, HIGH, "ordinary"))
    asked_of, rest = near_pairs(plan.buildings, float(reach.amount))
    found: list[Finding] = []
    for one, other in asked_of:
        apart = partial(_apart, plan, book, one, other)
        found += asked("between_buildings", apart, subject=f"{one.title} and {other.title}")
    for building in plan.buildings:
        if building.outline is None and len(plan.buildings) > TWO:
            found += _unseen(plan, book, building)
    return [*found, *_rest(rest, reach)]


def _unseen(plan: Proposal, book: Book, building: Building) -> list[Finding]:
    """A building whose outline is not known, against one that is no parking block where there is any."""
    others = [each for each in plan.buildings if each is not building]
    other = next((each for each in others if not is_parking_block(plan, each)), others[0])
    subject = f"{building.title} and the others"
    found = asked("between_buildings", partial(_apart, plan, book, building, other), subject=subject)
    return [replace(each, subject=subject) for each in found]


def _rest(rest: Rest, reach: Required) -> list[Finding]:
    """The pairs that are not asked one by one: far enough for any height, or too many to be told."""
    found = []
    if rest.far:
        why = f"The other {rest.far} pairs of buildings stand farther apart than {reach.amount} m, the most that is asked."
        found.append(holds("between_buildings", why, *reach.citations, subject="all other pairs"))
    if rest.untold:
        why = f"{rest.untold} more pairs of buildings stand nearer than {reach.amount} m; so many are not judged one by one."
        remedy = "Draw each building once, and send a plan of so many buildings in parts."
        found.append(unknown("between_buildings", why, remedy=remedy, subject="the nearest pairs"))
    return found


def _apart(plan: Proposal, book: Book, one: Building, other: Building) -> Finding:
    rule_id, subject = "between_buildings", f"{one.title} and {other.title}"
    if is_parking_block(plan, one) or is_parking_block(plan, other):
        why = f"A separate parking block may touch the main building ({book.value(APART, Decimal(0), 'ordinary').citation})."
        return not_applicable(rule_id, why, subject=subject)
    most = Required.of(book.value(APART, HIGH, "ordinary"))
    found = _gap(one, other)
    heights = [each.height for each in (one, other)]
    relaxations = []
    if any(height is not None and height.is_declared for height in heights) or None in heights:
        why = "if both buildings are as low as the smaller distance asks, and their heights are measured"
        low = Required.of(book.value(APART, Decimal(0), "ordinary"))
        relaxations.append(Relaxation(required=low, holds=None, why=why))
        required = most
    else:
        tallest = max(height.amount for height in heights if height is not None)
        required = Required.of(book.value(APART, tallest.quantize(MILLIMETRE), "ordinary"))
    limit = book.value(HOUSE_HEIGHT).number
    may = both(*(is_house(each) for each in (one, other)), *(is_within(height, limit) for height in heights))
    why = f"between houses of one or two dwellings up to {limit} m high"
    relaxations.append(Relaxation(required=Required.of(book.value(HOUSES)), holds=may, why=why))
    return judged(
        rule_id,
        required,
        relaxations,
        found,
        missing="The outlines of both buildings are not known.",
        remedy=lambda asked_for: f"Move the buildings {asked_for.amount} m apart, or join them into one.",
        subject=subject,
    )


def _gap(one: Building, other: Building) -> Measured | None:
    if one.outline is None or other.outline is None:
        return None
    line = shapely.shortest_line(one.outline, other.outline)
    metres = float(one.outline.distance(other.outline))
    what = f"{one.title} to {other.title}"
    handles = tuple(
        h for each in (one, other) for level in each.levels for h in level.footprint.source.handles
    )
    return measured(
        metres,
        Unit.METRE,
        steps=(f"{what}: {metres:.3f} m along the shortest line between their outlines",),
        sources=tuple(level.footprint.source.layer for each in (one, other) for level in each.levels[:1]),
        places=(Place(what=what, shape=line, handles=handles),),
    )


@rule("interior_open_space")
def interior_open_space(plan: Proposal, _site: Site, book: Book) -> list[Finding]:
    """A space open to the sky inside a building has its least width, grown with the height like the yards."""
    value = book.value(INTERIOR, Decimal(0))
    if not plan.buildings:
        return [unknown("interior_open_space", NO_BUILDING, remedy=DRAW_FOOTPRINT)]
    found: list[Finding] = []
    for building in plan.buildings:
        drawn = [each for each in plan.drawing.things_of(*INNER) if each.block in (None, building.number)]
        for thing in drawn:
            inner = partial(_interior, building, thing, book)
            found += asked("interior_open_space", inner, subject=_name(building, thing))
        if not drawn and _has_void(building):
            why = (
                "Part of the footprint is left out of the covered area, but no interior open space is drawn."
            )
            remedy = "Draw each space open to the sky on BLK_n_INTERIOR_CRTYRD_COVERPARK or BLK_n_FLR_k_COURTYARD_INNER."
            found.append(unknown("interior_open_space", why, remedy=remedy, subject=building.title))
        elif not drawn:
            why = f"All of the footprint is covered, so the building has no interior open space ({value.citation})."
            found.append(not_applicable("interior_open_space", why, subject=building.title))
    return found


def _has_void(building: Building) -> bool:
    """Whether something inside the footprint is not covered, or nobody can tell: the covered area decides, else the ground floor."""
    covered = building.block.covered
    if building.outline is None:
        return True
    if covered is not None:
        return bool(covered.deductions) or not covered.is_complete
    return any(area.deductions for floor in building.floors if floor.number == 0 for area in floor.areas)


def _name(building: Building, thing: Thing) -> str:
    floor = f", floor {thing.floor}" if thing.floor is not None else ""
    return f"{building.title}{floor}, {thing.role.value} {'.'.join(map(str, thing.index)) or thing.outline.source.handles[0]}"


def _interior(building: Building, thing: Thing, book: Book) -> Finding:
    required = Required.of(book.value(INTERIOR, Decimal(0)))
    required, doubt = grown(required, required, building.height, book)
    width = thing.least_breadth if thing.least_breadth is not None else thing.breadth
    return judged(
        "interior_open_space",
        required,
        (),
        side_of(thing, width, "least width of the interior open space"),
        missing="The interior open space could not be measured.",
        remedy=lambda asked_for: f"Make the interior open space {asked_for.amount} m wide.",
        subject=_name(building, thing),
        doubt=doubt,
    )


@rule("below_ground")
def below_ground(plan: Proposal, site: Site, book: Book) -> list[Finding]:
    """A basement keeps the yards of a building of 10 m; a buried tank keeps its distance to boundaries that are no street."""
    found: list[Finding] = []
    for building in plan.buildings:
        basement = partial(_basement, plan, site, book, building)
        found += asked("below_ground", basement, subject=f"{building.title}, basement")
    for thing in plan.drawing.things_of(Role.RAIN_WATER):
        if _stands_apart(plan, thing):
            tank = partial(_tank, plan, thing, book)
            found += asked("below_ground", tank, subject=_tank_name(thing))
    return found or [unknown("below_ground", NO_BUILDING, remedy=DRAW_FOOTPRINT)]


def _basement(plan: Proposal, site: Site, book: Book, building: Building) -> list[Finding]:
    rule_id, title = "below_ground", f"{building.title}, basement"
    value = book.value(BASEMENT)
    spaces = [each for each in plan.yards if each.building == building.number and each.is_basement]
    is_drawn = any(level.is_basement for level in building.levels)
    if not is_drawn and building.basements == 0:
        why = f"The building has no floor below ground ({value.citation})."
        return [not_applicable(rule_id, why, subject=title)]
    if not is_drawn:
        remedy = "Draw the outline of the basement, closed, on layer BLK_n_BSMNT_FOOT_PRINT."
        return [unknown(rule_id, "The outline of the basement is not drawn.", remedy=remedy, subject=title)]
    gap = gap_of(rule_id, plan, site, book)
    if gap is not None:
        return [replace(gap, subject=title)]
    like = measured(value.number, Unit.METRE, steps=(f"as a building of {value}, {value.citation}",))
    low = replace(building, height=like)
    row = row_of(plan, site, book, building)
    found = arranged(rule_id, plan, site, book, low, spaces, row)
    return worst_of(found, levels_of(building, spaces, row.measures))


def _stands_apart(plan: Proposal, thing: Thing) -> bool:
    """Whether a tank lies on the plot outside every building, so that it may be a buried one in a yard."""
    outlines = [each.outline for each in plan.buildings if each.outline is not None]
    return (
        thing.floor is None
        and plan.plot is not None
        and plan.plot.intersects(thing.outline.shape)
        and not any(each.intersects(thing.outline.shape) for each in outlines)
    )


def _tank_name(thing: Thing) -> str:
    return f"{thing.role.value} {'.'.join(map(str, thing.index)) or thing.outline.source.handles[0]}"


def _tank(plan: Proposal, thing: Thing, book: Book) -> Finding:
    streets = {side for space in plan.yards if space.roads for side in space.sides}
    sides = plan.drawing.plot.sides if plan.drawing.plot else ()
    others = [float(thing.outline.shape.distance(each.line)) for each in sides if each.number not in streets]
    found = side_of(thing, min(others), "tank to the nearest boundary that is no street") if others else None
    finding = at_least(
        "below_ground",
        Required.of(book.value(TANK)),
        found,
        missing="The tank has no boundary beside it to measure to.",
        remedy="Move the tank away from the boundary.",
        subject=_tank_name(thing),
    )
    if finding.outcome is Outcome.PASS and said(plan, BURIED) is not True:
        why = "This distance is for tanks that are fully buried, which no layer shows."
        remedy = f"Declare {BURIED}=YES and have it confirmed."
        return replace(finding, outcome=Outcome.UNKNOWN, reason=why, remedy=remedy)
    return finding
