"""Chapter of yards, what stands in them: projections (Table 5), open flights (rule 26(10)), ground that lets water through (26(8)).

In: a proposal, its site, the book of one day.  Out: findings.
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
    at_most,
    measured,
    not_applicable,
    unknown,
)
from rules.measure import Unit
from rules.plans.drawing import Thing
from rules.plans.roles import Role
from rules.proposal import Building, Proposal
from rules.reckoning.overhangs import Reach, reaches
from rules.reckoning.setbacks import MILLIMETRE, MINIMUM, row_of
from rules.register import asked, rule
from rules.takings import of_word, side_of, told, total

PROJECTION, CAP = Parameter("yards.projection"), Parameter("yards.projection_cap")
STAIR_WIDTH, STAIR_CLEAR = Parameter("yards.open_stair_width"), Parameter("yards.open_stair_clear")
PERMEABLE = Parameter("yards.permeable_percent")
SHADES = (Role.OVERHANG, Role.PORTICO)
PERMEABLE_WORD = "PERMEABLE_PERCENT"
HUNDRED = Decimal(100)


@rule("projections")
def projections(plan: Proposal, site: Site, book: Book) -> list[Finding]:
    """What reaches over a yard reaches out no farther than Table 5 allows by the width of the yard."""
    cap = book.value(CAP)
    drawn = plan.drawing.things_of(*SHADES)
    if plan.plot is None or not plan.buildings:
        gap = gap_of("projections", plan, site, book)
        return [gap] if gap else [unknown("projections", NO_BUILDING, remedy=DRAW_FOOTPRINT)]
    if not drawn:
        why = f"The drawing shows nothing that reaches out over a yard (layers BLK_n_SHADE_OVERHANG, BLK_n_PORTICO; {cap.citation})."
        return [not_applicable("projections", why)]
    gap = gap_of("projections", plan, site, book)
    if gap is not None:
        return [gap]
    found: list[Finding] = []
    for thing in drawn:
        found += asked("projections", partial(_projected, plan, site, book, thing), subject=_name(thing))
    return found


def _name(thing: Thing) -> str:
    return f"{thing.role.value} {thing.outline.source.handles[0]}"


def _projected(plan: Proposal, site: Site, book: Book, thing: Thing) -> list[Finding]:
    building = next((each for each in plan.buildings if each.number == (thing.block or 1)), None)
    if building is None or building.outline is None or building.outline.distance(thing.outline.shape) > 0.001:
        why = "It is not drawn at the wall of its building, so how far it reaches out cannot be measured."
        remedy = "Draw it around or beside the footprint, in the site plan."
        return [unknown("projections", why, remedy=remedy, subject=_name(thing))]
    return [_reach(plan, site, book, building, thing, each) for each in reaches(plan, building, thing)] or [
        unknown("projections", "It does not reach beyond the wall.", subject=_name(thing))
    ]


def _reach(plan: Proposal, site: Site, book: Book, building: Building, thing: Thing, reach: Reach) -> Finding:
    yard = Decimal(repr(reach.yard)).quantize(MILLIMETRE)
    allowed, cap = book.value(PROJECTION, yard), book.value(CAP)
    subject = f"{_name(thing)}, {reach.position.value}"
    found = measured(
        reach.beyond,
        Unit.METRE,
        steps=(f"{reach.beyond:.3f} m beyond the wall, which stands {yard} m from the boundary",),
        sources=(told(thing.outline.source),),
        places=(Place(what=subject, shape=reach.line, handles=thing.outline.source.handles),),
    )
    remedy = f"Let it reach out no farther than {allowed} here."
    finding = at_most("projections", Required.of(allowed), found, missing="", remedy=remedy, subject=subject)
    if (
        finding.outcome is not Outcome.FAIL
        or not at_most("projections", Required.of(cap), found, missing="", remedy="").holds
    ):
        return finding
    cells = row_of(plan, site, book, building).cells
    asked_for = min(
        (
            required.amount
            for (name, measure), required in cells.items()
            if name == reach.position.yard and measure == MINIMUM
        ),
        default=yard,
    )
    if yard <= asked_for:
        return finding
    why = (
        f"The yard is {yard - asked_for} m more than is asked; how much farther than {allowed} that lets it reach, "
        f"up to {cap}, was not read."
    )
    return replace(finding, outcome=Outcome.UNKNOWN, reason=why)


@rule("open_stairs")
def open_stairs(plan: Proposal, _site: Site, book: Book) -> list[Finding]:
    """An open flight or ramp in a yard is no wider than the rule allows and stays clear of the boundary."""
    width, clear = book.value(STAIR_WIDTH), book.value(STAIR_CLEAR)
    if plan.plot is None:
        return [unknown("open_stairs", "The drawing shows no plot.", remedy="Draw it on PLOT_BOUNDARY.")]
    drawn = plan.drawing.things_of(Role.OPEN_STAIR)
    if not drawn:
        why = (
            f"The drawing shows no open flight or ramp in a yard (layer BLK_n_OPEN_STAIR; {width.citation})."
        )
        return [not_applicable("open_stairs", why)]
    found: list[Finding] = []
    for thing in drawn:
        name = _name(thing)
        if not plan.plot.intersects(thing.outline.shape):
            why = "It is not drawn on the plot, so its distance to the boundary cannot be measured."
            found.append(unknown("open_stairs", why, remedy="Draw it in the site plan.", subject=name))
            continue
        found.append(_flight_width(plan, thing, Required.of(width)))
        inside = plan.plot.covers(thing.outline.shape)
        metres = float(plan.plot.exterior.distance(thing.outline.shape)) if inside else 0.0
        found.append(
            at_least(
                "open_stairs",
                Required.of(clear),
                side_of(thing, metres, "open flight to the boundary"),
                missing="",
                remedy=f"Move the flight until it is {clear} clear of the boundary.",
                subject=f"{name}, clear of the boundary",
            )
        )
    return found


def _flight_width(plan: Proposal, thing: Thing, required: Required) -> Finding:
    finding = at_most(
        "open_stairs",
        required,
        side_of(thing, thing.breadth, "breadth of the open flight"),
        missing="",
        remedy=f"Make it no wider than {required.amount} m.",
        subject=f"{_name(thing)}, width",
    )
    access = of_word(plan.word("ACCESS_WIDTH_M"), Unit.METRE)
    if (
        finding.outcome is Outcome.FAIL
        and access is not None
        and access.amount >= Decimal(repr(thing.breadth))
    ):
        why = "As wide as the access is declared to be, which the rule allows if the access must be so wide."
        return replace(finding, outcome=Outcome.UNKNOWN, reason=why)
    return finding


@rule("permeable")
def permeable(plan: Proposal, _site: Site, book: Book) -> Finding:
    """At least the stated part of the open space stays unpaved or lets water through."""
    required = Required.of(book.value(PERMEABLE))
    remedy = f"Leave {required.amount} % of the open space unpaved; draw the green on BLK_n_PLANTATION_GREENSTRIP or declare {PERMEABLE_WORD}=…"
    green = _green(plan)
    if green is not None and green.amount >= required.amount:
        return at_least("permeable", required, green, missing="", remedy=remedy)
    said = of_word(plan.word(PERMEABLE_WORD), Unit.PERCENT)
    missing = "No layer shows which part of the open space is paved."
    return at_least("permeable", required, said, missing=missing, remedy=remedy)


def _green(plan: Proposal) -> Measured | None:
    """Planted ground outside the buildings in % of the open space, as far as it is drawn on the plot."""
    covered = total((each.covered for each in plan.buildings), Unit.SQUARE_METRE, "covered ground")
    drawn = plan.drawing.things_of(Role.PLANTATION)
    outlines = [each.outline for each in plan.buildings if each.outline is not None]
    if plan.plot is None or covered is None or not drawn:
        return None
    free = plan.plot.difference(shapely.union_all(outlines))
    planted = shapely.union_all([each.outline.shape for each in drawn]).intersection(free)
    space = Decimal(repr(float(plan.plot.area))) - covered.amount
    if space <= 0:
        return None
    percent = Decimal(repr(float(planted.area))) * HUNDRED / space
    step = f"planted: {planted.area:.2f} m² of {space:.2f} m² open space = {percent:.2f} %"
    return Measured(
        amount=percent,
        unit=Unit.PERCENT,
        steps=(*covered.steps, step),
        sources=tuple(told(each.outline.source) for each in drawn),
        places=(Place(what="planted ground", shape=planted),),
    )
