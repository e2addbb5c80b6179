"""Chapter of yards: front, rear and side in average and minimum (rule 26(4), Table 4), and their growth above 10 m (rule 26(6)).

In: a proposal, its site, the book of one day.  Out: findings for every building and yard, in which the worst level decides.  The height of the whole
building counts at each of its levels.  The growth says once for each building by how much its yards grow and whether all are kept so; the distance
to a street is a rule of its own.
"""

from dataclasses import replace
from functools import partial

from gis.site import Site
from rules.book import Book, Parameter
from rules.findings import (
    MEND,
    Finding,
    Outcome,
    Place,
    Required,
    at_least,
    breaks,
    holds,
    not_applicable,
    unknown,
)
from rules.plans.edges import distance
from rules.proposal import Building, OpenSpace, Override, Position, Proposal
from rules.reckoning.arrangement import arranged, spaces_of
from rules.reckoning.fronts import SHORT, front_of
from rules.reckoning.open_spaces import open_spaces
from rules.reckoning.parking_blocks import is_parking_block
from rules.reckoning.provisos import FAMILY_FRONT, FAMILY_ROAD, Seat, single_family
from rules.reckoning.relaxations import judged
from rules.reckoning.setbacks import (
    ABOVE,
    AVERAGE,
    MILLIMETRE,
    MINIMUM,
    RISE,
    STEP,
    STOP,
    UNIFORM_DEPTH,
    Row,
    grown,
    row_of,
)
from rules.reckoning.worst_level import elsewhere_of, levels_of, worst_of
from rules.register import asked, rule
from rules.takings import of_distance

PARKING_BLOCK = Parameter("yards.parking_block_other")
NO_PLOT = "The drawing shows no closed plot, so no yard can be measured."
NO_BUILDING = "The drawing shows no building with a footprint."
DRAW_PLOT = "Draw the plot as one closed line on layer PLOT_BOUNDARY."
DRAW_FOOTPRINT = "Draw the outline of each building, closed, on layer BLK_n_LVL_m_BLDG_FOOT_PRINT."
DRAW_HEIGHT = (
    "Draw the height in the section on layer BLK_n_HT_OF_BLDG, to the point to which the law measures."
)
NOT_READ = "What was asked before 2025 of sides that bound no yard was not read."
DRAW_ENTRANCE = "Mark the main entrance on the ground floor, or choose the front with a reason."


@rule("yards")
def yards(plan: Proposal, site: Site, book: Book) -> list[Finding]:
    """Every yard keeps the average and the minimum of Table 4, grown with the height, or a proviso that holds."""
    gap = gap_of("yards", plan, site, book)
    if gap is not None:
        return [gap]
    return [
        finding
        for building in plan.buildings
        for finding in _of_building("yards", plan, site, book, building)
    ]


@rule("yards_above_10m")
def yards_above_10m(plan: Proposal, site: Site, book: Book) -> list[Finding]:
    """Each yard of a building above 10 m grows with its height; it passes where all grown yards are kept."""
    found: list[Finding] = []
    for building in plan.buildings:
        above = partial(_above, plan, site, book, building)
        found += asked("yards_above_10m", above, subject=building.title)
    return found or [unknown("yards_above_10m", NO_BUILDING, remedy=DRAW_FOOTPRINT)]


def _above(plan: Proposal, site: Site, book: Book, building: Building) -> list[Finding]:
    above = book.value(ABOVE)
    if building.height is None:
        why = "The height of the building is not known, so it is not known whether its yards grow."
        return [unknown("yards_above_10m", why, remedy=DRAW_HEIGHT, subject=building.title)]
    if building.height.amount.quantize(MILLIMETRE) <= above.number and not building.height.is_declared:
        why = f"Yards grow only where a building is higher than {above} ({above.citation})."
        return [not_applicable("yards_above_10m", why, subject=building.title)]
    gap = gap_of("yards_above_10m", plan, site, book)
    return [gap] if gap else [_growth(plan, site, book, building)]


def _growth(plan: Proposal, site: Site, book: Book, building: Building) -> Finding:
    """By how much the yards of a building grow, and whether all of them are kept at the grown amounts."""
    rule_id, title = "yards_above_10m", building.title
    found = _of_building("yards", plan, site, book, building)
    if all(each.outcome is Outcome.NOT_APPLICABLE for each in found):
        return replace(found[0], rule=rule_id)
    cells = row_of(plan, site, book, building).cells
    least = {yard: cells.get((yard, MINIMUM), cell) for (yard, _), cell in cells.items()}
    after = [(cell, grown(cell, least[yard], building.height, book)[0]) for (yard, _), cell in cells.items()]
    more = sorted({large.amount - cell.amount for cell, large in after})
    amount = f"{more[0]} m" if len(more) == 1 else f"{more[0]} m to {more[-1]} m"
    told = after[0][1].steps[-1].partition(" = ")[0]
    cited = [book.value(each).citation for each in (ABOVE, STEP, RISE, STOP)]
    grows = f"Every yard grows by {amount} ({told})."
    failing = [each for each in found if each.outcome is Outcome.FAIL]
    if failing:
        why = f"{grows} Not every grown yard is kept: the rule on yards says which ({len(failing)} of {len(found)})."
        remedy = "Mend the yards that the rule on yards names, or build lower."
        return breaks(rule_id, why, *cited, remedy=remedy, subject=title)
    doubtful = sum(1 for each in found if each.outcome is Outcome.UNKNOWN)
    if doubtful:
        why = f"{grows} Whether {doubtful} of {len(found)} grown yards are kept is open: the rule on yards says why."
        remedy = "Settle what the rule on yards leaves open."
        return unknown(rule_id, why, remedy=remedy, subject=title)
    return holds(rule_id, f"{grows} All {len(found)} grown yards are kept.", *cited, subject=title)


def gap_of(rule_id: str, plan: Proposal, site: Site, book: Book) -> Finding | None:
    """The finding where no yard can be told: no plot, no building, or a front that is not known, with the candidates.

    Only the rule on yards tries each candidate and tells what it would say.
    """
    if plan.plot is None:
        return unknown(rule_id, NO_PLOT, remedy=DRAW_PLOT)
    if not any(building.levels for building in plan.buildings):
        return unknown(rule_id, NO_BUILDING, remedy=DRAW_FOOTPRINT)
    if plan.front.is_known:
        return None
    sides = {side.number: side for side in plan.drawing.plot.sides} if plan.drawing.plot else {}
    tried = plan.front.candidates if rule_id == "yards" else ()
    told = [_tried(rule_id, plan, site, book, numbers) for numbers in tried]
    return unknown(
        rule_id,
        " ".join([plan.front.basis, *told]),
        remedy=DRAW_ENTRANCE,
        places=tuple(
            Place(what=f"may be the front: side {number}", shape=sides[number].line)
            for numbers in plan.front.candidates
            for number in numbers
            if number in sides
        ),
    )


def _tried(rule_id: str, plan: Proposal, site: Site, book: Book, numbers: tuple[int, ...]) -> str:
    """What the yards would say if these sides were the front."""
    drawn = {side.number: side.length for side in plan.drawing.plot.sides} if plan.drawing.plot else {}
    longest = max(numbers, key=lambda number: drawn.get(number, 0.0))
    answers = replace(plan.answers, front=Override(choice=str(longest), reason="tried as a candidate"))
    front = front_of(plan.drawing, None, answers, {})
    tried = replace(plan, front=front, yards=open_spaces(plan.drawing, front, {}))
    found = [
        each for building in tried.buildings for each in _of_building(rule_id, tried, site, book, building)
    ]
    name = f"If side {' and '.join(map(str, numbers))} is the front,"
    failing = [each for each in found if each.outcome is Outcome.FAIL]
    if failing:
        return f"{name} these fail: {', '.join(_told(each) for each in failing)}."
    open_still = sum(1 for each in found if each.outcome is Outcome.UNKNOWN)
    return f"{name} nothing fails and {open_still} of {len(found)} stay unknown."


def _told(finding: Finding) -> str:
    amount = f"{finding.measured.amount:.3f} m" if finding.measured else "not measured"
    return f"{finding.subject} ({amount}{f' of {finding.required.amount} m' if finding.required else ''})"


def _parking(rule_id: str, book: Book, building: Building) -> Finding:
    book.value(PARKING_BLOCK)  # what was not read of the day leaves it open
    why = "A separate parking block keeps distances of its own (rule 26(4)), see the rule on parking blocks."
    return not_applicable(rule_id, why, subject=building.title)


def _of_building(rule_id: str, plan: Proposal, site: Site, book: Book, building: Building) -> list[Finding]:
    if is_parking_block(plan, building):
        return list(asked(rule_id, partial(_parking, rule_id, book, building), subject=building.title))
    spaces = spaces_of(plan, building)
    if not spaces:
        why = "The outline of the building is not drawn, so its yards cannot be measured."
        return [unknown(rule_id, why, remedy=DRAW_FOOTPRINT, subject=building.title)]

    def judge() -> list[Finding]:
        row = row_of(plan, site, book, building)
        found = [
            *arranged(rule_id, plan, site, book, building, spaces, row),
            *_elsewhere(rule_id, plan, book, building, spaces, row),
        ]
        return worst_of(found, levels_of(building, spaces, row.measures))

    return [*asked(rule_id, judge, subject=building.title), *_without(rule_id, building, spaces)]


def _elsewhere(
    rule_id: str, plan: Proposal, book: Book, building: Building, spaces: list[OpenSpace], row: Row
) -> list[Finding]:
    """Sides of the plot that bound no yard stay as far away as the smallest of the minimum yards (rule 26(4))."""
    least = min(
        (required for (_, measure), required in row.cells.items() if measure != AVERAGE),
        key=lambda each: each.amount,
    )
    smallest, doubt = grown(least, least, building.height, book)
    found: list[Finding] = []
    for level in building.levels:
        bound = {side for space in spaces if space.level == level.number for side in space.sides}
        sides = plan.drawing.plot.sides if plan.drawing.plot else ()
        rest = [side for side in sides if side.number not in bound and side.length > SHORT]
        if level.is_basement or not rest:
            continue
        side = min(rest, key=lambda each: each.line.distance(level.footprint.shape))
        finding = judged(
            rule_id,
            smallest.changed(smallest.amount, "anywhere else: the smallest of the minimum yards"),
            (),
            of_distance(
                distance(level.footprint.shape, side.line, of=level.footprint.source, to=side.source),
                f"to side {side.number}, which bounds no yard",
            ),
            missing="",
            remedy=lambda asked_for: f"Keep {asked_for.amount} m to this side of the plot.",
            subject=elsewhere_of(building, level.number),
            doubt=doubt,
        )
        found.append(
            finding
            if AVERAGE in row.measures
            else replace(finding, outcome=Outcome.UNKNOWN, reason=NOT_READ, remedy=MEND)
        )
    return found


def _without(rule_id: str, building: Building, spaces: list[OpenSpace]) -> list[Finding]:
    """Positions in which the plot has no side, so that no yard of theirs can be measured."""
    there = {space.position for space in spaces}
    return [
        unknown(
            rule_id,
            f"No side of the plot lies on the {where.value} of the building, so its {where.yard} yard cannot be told.",
            remedy="A person has to say which side of the plot counts as this yard.",
            subject=f"{building.title}, {where.value}",
        )
        for where in Position
        if where not in there
    ]


@rule("single_family_front")
def single_family_front(plan: Proposal, site: Site, book: Book) -> list[Finding]:
    """The house of one family on a narrow un-notified road kept a smaller front yard, as long as the proviso stood."""
    book.value(FAMILY_FRONT)
    gap = gap_of("single_family_front", plan, site, book)
    if gap is not None:
        return [gap]
    found = [each for building in plan.buildings for each in _family(plan, site, book, building)]
    return found or [unknown("single_family_front", NO_BUILDING, remedy=DRAW_FOOTPRINT)]


def _family(plan: Proposal, site: Site, book: Book, building: Building) -> list[Finding]:
    rule_id, front, under = "single_family_front", book.value(FAMILY_FRONT), book.value(FAMILY_ROAD)
    found = []
    for space in spaces_of(plan, building):
        if space.position is not Position.FRONT:
            continue
        row = row_of(plan, site, book, building)
        measure = UNIFORM_DEPTH if UNIFORM_DEPTH in row.measures else MINIMUM
        seat = Seat(building=building, space=space, yard="front", measure=measure, is_favoured=False, row=row)
        relaxation = single_family(plan, site, book, seat)
        if relaxation is None or relaxation.holds is False:
            why = f"Only before the house of one family on an un-notified road under {under} ({front.citation})."
            found.append(not_applicable(rule_id, why, subject=space.title))
            continue
        finding = at_least(
            rule_id,
            Required.of(front),
            space.least,
            missing="The front yard could not be measured.",
            remedy=f"Move the front wall back until the front yard is {front}.",
            subject=space.title,
        )
        if relaxation.holds is None and finding.outcome is not Outcome.UNKNOWN:
            why = "Whether this is the house of one family on a narrow un-notified road is not known."
            mend = "Have the road's kind and width told, and the house confirmed as that of one family."
            finding = replace(finding, outcome=Outcome.UNKNOWN, reason=why, remedy=mend)
        found.append(finding)
    return found
