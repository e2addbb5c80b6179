"""Chapter of small plots and regimes of their own: rule 50, huts (rule 49), row buildings (rule 51), approved schemes (Chapter VIII).

In: a proposal, its site, the book of one day.  Out: findings.  A regime is judged where the application claims it; whether a street was declared or
a scheme approved no drawing or layer tells, so it passes only once a person confirmed it.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from gis.site import Site
from rules.book import Book, Parameter
from rules.checks.roads import each_street
from rules.checks.yards import DRAW_FOOTPRINT, NO_BUILDING, gap_of
from rules.findings import (
    Finding,
    Measured,
    Outcome,
    Required,
    at_least,
    at_most,
    holds,
    measured,
    not_applicable,
    unknown,
)
from rules.measure import Unit
from rules.proposal import Building, OpenSpace, Proposal
from rules.reckoning.arrangement import spaces_of
from rules.reckoning.claims import (
    HUT,
    HUT_OTHER,
    HUT_ROAD,
    ROW,
    SCHEME,
    SCHEME_FRONT,
    SCHEME_OTHER,
    SCHEME_ROAD,
    claimed,
)
from rules.reckoning.dwellings import dwellings, unit_areas
from rules.reckoning.plot_area import TAKE, UNTOLD, basis
from rules.reckoning.small_plots import AREA, HEIGHT, STOREYS, small
from rules.reckoning.table_three import distance
from rules.register import asked, rule
from rules.takings import greatest, storeys

ROW_UNITS, ROW_PLOT = Parameter("small.row_units"), Parameter("small.row_plot")
ROW_STOREYS = Parameter("small.row_storeys")
SCHEME_UNIT, SCHEME_STOREYS = Parameter("small.scheme_unit_area"), Parameter("small.scheme_storeys")
SCHEME_DOOR, SCHEME_GAP = Parameter("small.scheme_no_door_under"), Parameter("small.scheme_gap")
DOOR_WORD, GAP_WORD = "SCHEME_DOOR_ON_NARROW_YARD", "SCHEME_LAYOUT_GAP_M"
LAND = "land of a unit"
CONFIRM = "Have a person confirm it."


@rule("small_plots")
def small_plots(plan: Proposal, site: Site, book: Book) -> Finding:
    """Whether rule 50 frees a small building on a small plot from coverage, index, access, height at the street and parking."""
    cited = [book.entry(each).citation for each in (AREA, HEIGHT, STOREYS)]
    found = small(plan, site, book)
    if found.holds:
        return holds("small_plots", f"{found.reason} Yards and road distance are asked all the same.", *cited)
    if found.holds is None:
        remedy = "Have the register of holdings tell whose the land beside the plot is, and draw height and floors."
        return unknown("small_plots", found.reason, remedy=remedy)
    return not_applicable("small_plots", f"{found.reason} So nothing is left out ({cited[0]}).")


@rule("huts")
def huts(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """A hut keeps a distance of its own to streets and to the other boundaries."""
    road, other = Required.of(book.value(HUT_ROAD)), Required.of(book.value(HUT_OTHER))
    is_hut = claimed(plan, HUT)
    if not plan.buildings:
        return [unknown("huts", NO_BUILDING, remedy=DRAW_FOOTPRINT)]
    if is_hut is False:
        why = f"The application is not for a hut ({HUT}=YES would say so; {road.citations[0]})."
        return [not_applicable("huts", why)]
    found = [*_to_streets("huts", plan, site, road), *_to_boundaries("huts", plan, site, book, other, other)]
    return _confirmed(found, is_hut, "That it is a hut is only declared.")


@rule("row_buildings")
def row_buildings(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """A row building on a declared street keeps its number of units, storeys and land for each unit."""
    units, plot, floors = book.value(ROW_UNITS), book.value(ROW_PLOT), book.value(ROW_STOREYS)
    is_row = claimed(plan, ROW)
    if not plan.buildings:
        return [unknown("row_buildings", NO_BUILDING, remedy=DRAW_FOOTPRINT)]
    if is_row is False:
        why = f"The application is not for a row building on a declared street ({ROW}=YES would say so; {units.citation})."
        return [not_applicable("row_buildings", why)]
    number, draw = dwellings(plan), "Draw each dwelling unit on BLK_n_FLR_k_UNITFA."
    wanted = (
        ("units", units, number, draw),
        (LAND, plot, _land(site, number), draw),
        ("storeys", floors, storeys(plan), "Draw each floor on BLK_n_FLR_k_BLT_UP_AREA."),
    )
    found = [
        at_most(
            "row_buildings",
            Required.of(value),
            there,
            missing=f"It is not drawn. {remedy}",
            remedy=f"Keep to {value}. {remedy}",
            subject=subject,
        )
        for subject, value, there, remedy in wanted
    ]
    found = [_by_record(each, site) for each in found]
    return _confirmed(
        found, is_row, "That the municipality declared the street for row buildings is only declared."
    )


def _by_record(finding: Finding, site: Site) -> Finding:
    """Land that is too much by the measured area may be less by a record that nobody told."""
    is_of_land = finding.subject == LAND and finding.outcome is Outcome.FAIL
    if not is_of_land or site.recorded_area is not None:
        return finding
    return replace(finding, outcome=Outcome.UNKNOWN, reason=UNTOLD, remedy=TAKE)


def _land(site: Site, number: Measured | None) -> Measured | None:
    """Land for each unit, taking the units alike."""
    if number is None or number.amount <= 0:
        return None
    area = Decimal(repr(site.area))
    return measured(
        area / number.amount,
        Unit.SQUARE_METRE,
        steps=(f"{area:.2f} m² of plot for {number.amount} units",),
        sources=(basis(site),),
        is_declared=number.is_declared,
    )


@rule("approved_schemes")
def approved_schemes(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """A house in an approved scheme keeps the unit's size, the storeys, and yards and distances of its own."""
    road, unit, floors = book.value(SCHEME_ROAD), book.value(SCHEME_UNIT), book.value(SCHEME_STOREYS)
    is_scheme = claimed(plan, SCHEME)
    if not plan.buildings:
        return [unknown("approved_schemes", NO_BUILDING, remedy=DRAW_FOOTPRINT)]
    if is_scheme is False:
        why = (
            f"The application is not part of an approved scheme ({SCHEME}=YES would say so; {road.citation})."
        )
        return [not_applicable("approved_schemes", why)]
    front, other = Required.of(book.value(SCHEME_FRONT)), Required.of(book.value(SCHEME_OTHER))
    found = [
        at_most(
            "approved_schemes",
            Required.of(unit),
            greatest(unit_areas(plan)),
            missing="No dwelling unit is drawn.",
            remedy="Draw each unit on BLK_n_FLR_k_UNITFA.",
            subject="largest unit",
        ),
        at_most(
            "approved_schemes",
            Required.of(floors),
            storeys(plan),
            missing="The floors are not drawn.",
            remedy="Draw each floor.",
            subject="storeys",
        ),
        *_to_streets("approved_schemes", plan, site, Required.of(road)),
        *_to_boundaries("approved_schemes", plan, site, book, front, other),
        *asked("approved_schemes", partial(_door, plan, book), subject="doors"),
        *asked("approved_schemes", partial(_layout_gap, plan, book), subject="gap in the layout"),
    ]
    return _confirmed(found, is_scheme, "That the scheme is approved is only declared.")


def _door(plan: Proposal, book: Book) -> Finding:
    """No door opens on a yard under its width; where every yard is wider nothing hangs on it."""
    limit = book.value(SCHEME_DOOR)
    least = [space.least for space in plan.yards if not space.is_basement]
    if least and all(each is not None and round(each.amount, 3) >= limit.number for each in least):
        return holds("approved_schemes", f"Every yard is at least {limit}.", limit.citation, subject="doors")
    word = plan.word(DOOR_WORD)
    why = f"No door may open on a yard under {limit} ({limit.citation})"
    if word is not None and word.is_yes is False and not word.is_declared:
        return holds(
            "approved_schemes", f"{why}, and none does, as confirmed.", limit.citation, subject="doors"
        )
    remedy = f"Declare {DOOR_WORD}=NO if none does, and have it confirmed."
    return unknown(
        "approved_schemes", f"{why}; where doors open no layer shows.", remedy=remedy, subject="doors"
    )


def _layout_gap(plan: Proposal, book: Book) -> Finding:
    word = plan.word(GAP_WORD)
    found = None
    if word is not None and word.number is not None:
        found = measured(
            word.number,
            Unit.METRE,
            steps=(f"{word.key} = {word.text}",),
            sources=(word.source,),
            is_declared=word.is_declared,
        )
    return at_least(
        "approved_schemes",
        Required.of(book.value(SCHEME_GAP)),
        found,
        missing="The gap in the layout of the scheme is in no layer.",
        remedy=f"Declare {GAP_WORD}=… from the approved layout, and have it confirmed.",
        subject="gap in the layout",
    )


def _to_streets(rule_id: str, plan: Proposal, site: Site, required: Required) -> list[Finding]:
    return each_street(
        rule_id,
        plan,
        site,
        lambda building, road: at_least(
            rule_id,
            required,
            distance(building, road),
            missing="The outline of the building or the frontage of the street is not known.",
            remedy=f"Move it back to {required.amount} m from {road.title}.",
            subject=f"{building.title}, {road.title}",
        ),
    )


def _to_boundaries(
    rule_id: str, plan: Proposal, site: Site, book: Book, front: Required, other: Required
) -> list[Finding]:
    """Huts keep one distance to every boundary that is no street; schemes a front, and an average elsewhere."""
    gap = gap_of(rule_id, plan, site, book)
    if gap is not None:
        return [gap]
    return [
        _to_boundary(rule_id, building, space, front if space.position.yard == "front" else other)
        for building in plan.buildings
        for space in spaces_of(plan, building)
        if not (rule_id == "huts" and space.roads)
    ]


def _to_boundary(rule_id: str, _building: Building, space: OpenSpace, required: Required) -> Finding:
    is_average = rule_id == "approved_schemes" and space.position.yard != "front"
    found = space.average if is_average else space.least
    return at_least(
        rule_id,
        required,
        found,
        missing="The open space could not be measured.",
        remedy=f"Move the wall back to {required.amount} m.",
        subject=f"{space.title}, average" if is_average else space.title,
    )


def _confirmed(found: Sequence[Finding], holds_good: bool | None, why: str) -> list[Finding]:
    """What would pass stays open while the claim itself is only declared."""
    if holds_good:
        return list(found)
    return [
        replace(each, outcome=Outcome.UNKNOWN, reason=why, remedy=CONFIRM)
        if each.outcome is Outcome.PASS
        else each
        for each in found
    ]
