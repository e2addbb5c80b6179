"""Chapter of services: wells, septic tanks and pits (rules 75 and 79).

In: a proposal, its site, the book of one day.  Out: findings.  Distances are measured between the outlines drawn; wells on other land are on no
layer, so only a tank far enough from every boundary is known to keep away from them.
"""

from collections.abc import Sequence
from functools import partial

from gis.site import RoadKind, Site
from rules.book import Book, NotEncoded, Parameter
from rules.findings import Finding, Outcome, Place, Required, at_least, holds, not_applicable, unknown
from rules.plans.drawing import Thing
from rules.proposal import Proposal
from rules.reckoning.dwellings import is_single_house
from rules.reckoning.telling import Detail, details, said_yes
from rules.reckoning.two_readings import Range, at_least_between
from rules.reckoning.waters import is_new, street_sides, tanks_of, to_sides, to_things, wells_of
from rules.register import asked, rule
from rules.takings import built_up_area

WELL_BOUNDARY, WELL_TANK = Parameter("services.well_boundary"), Parameter("services.well_septic")
WELL_WALL = Parameter("services.well_wall")
ROAD, WIDE = Parameter("roads.distance"), Parameter("roads.wide_from")
SMALLEST = Parameter("roads.short_lane_consent")
TANK_OVER, TANK_BOUNDARY = Parameter("services.septic_over"), Parameter("services.septic_boundary")
TANK_BOUNDARY_75 = Parameter("services.well_septic_boundary")
TANK_HOUSE = Parameter("services.septic_boundary_house")
TANK_INSIDE = Parameter("services.septic_inside_height")
MOVE_WELL = "Move the well, and draw it on WELL in colour 2."
MOVE_TANK = "Move the tank or pit, and draw it on SEPTIC_TANK or WASTE_DISPOSAL in colour 2."
SEWER = "SEWER_CONNECTION"


@rule("wells")
def wells(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """A new well keeps its distance to boundaries, streets and septic tanks; a new tank keeps away from every well."""
    new = [each for each in wells_of(plan) if is_new(each)]
    tanks = [each for each in tanks_of(plan) if is_new(each)]
    entry = book.entry(WELL_TANK)
    if not new and not tanks:
        return [
            not_applicable(
                "wells",
                f"{entry.citation} is for wells and what stands near them; no new well or tank is drawn.",
            )
        ]
    found = [
        finding for i, well in enumerate(new, 1) for finding in _well(plan, site, book, well, f"well {i}")
    ]
    for i, tank in enumerate(tanks, 1):
        found += asked(
            "wells",
            partial(_tank, plan, book, tank, f"tank or pit {i}"),
            subject=f"tank or pit {i}",
        )
    wall = [
        Detail(
            key="WELL_WALL_HEIGHT_M",
            what="height of the wall round the well",
            required=lambda: Required.of(book.value(WELL_WALL)),
        )
    ]
    return [*found, *(details("wells", plan, wall) if new else ())]


def _well(plan: Proposal, site: Site, book: Book, well: Thing, name: str) -> Sequence[Finding]:
    """Boundary, street, and the tanks that stand already."""
    standing = [each for each in tanks_of(plan) if not is_new(each)]
    found = [
        *asked("wells", lambda: _well_boundary(plan, site, book, well, name), subject=f"{name}, boundary"),
        *asked("wells", lambda: _well_street(plan, site, book, well, name), subject=f"{name}, street"),
    ]
    if standing:
        found += asked(
            "wells", lambda: _old_tanks(book, well, standing, name), subject=f"{name}, standing tanks"
        )
    return found


def _well_boundary(plan: Proposal, site: Site, book: Book, well: Thing, name: str) -> Finding:
    required = Required.of(book.value(WELL_BOUNDARY))
    along = street_sides(plan, site)
    plot = plan.drawing.plot
    sides = [side for side in (plot.sides if plot else ()) if along is None or side.number not in along]
    found = to_sides(well, sides, "well to boundary")
    finding = at_least(
        "wells",
        required,
        found,
        missing="The plot is not drawn.",
        remedy=MOVE_WELL,
        subject=f"{name}, boundary",
    )
    if along is None and finding.outcome is Outcome.FAIL:
        why = "The plan does not lie on its parcel, so this side may be a street's, to which another distance holds."
        return unknown("wells", why, remedy=MOVE_WELL, subject=f"{name}, boundary", places=finding.places)
    return finding


def _well_street(plan: Proposal, site: Site, book: Book, well: Thing, name: str) -> list[Finding]:
    """From streets a well keeps the distance of a building (Table 3); what its relaxations could allow is unknown."""
    along = street_sides(plan, site)
    subject = f"{name}, street"
    plot = plan.drawing.plot
    if along is None or plot is None:
        told = site.roads_note or "The plan does not lie on its parcel, so no street is known along it."
        return [unknown("wells", told, remedy="Lay the plan on its parcel.", subject=subject)]
    findings = []
    for road in site.roads:
        sides = [side for side in plot.sides if road.ref in along.get(side.number, ())]
        if not sides:
            continue
        wide, narrow = book.value(ROAD, "main_or_notified_or_wide"), book.value(ROAD, "other")
        is_wide = road.kind in (RoadKind.MAIN, RoadKind.NOTIFIED) or (
            road.width is not None and road.width >= float(book.value(WIDE).number)
        )
        is_narrow = road.kind is RoadKind.UNNOTIFIED and road.width is not None and not is_wide
        why = "Table 3 has smaller distances for lanes, small plots and consent; which of them holds for a well is not told here."
        asked_for = Range(
            most=Required.of(narrow if is_narrow else wide), least=Required.of(book.value(SMALLEST)), why=why
        )
        found = to_sides(well, sides, f"well to {road.title}")
        findings.append(
            at_least_between("wells", asked_for, found, missing="", remedy=MOVE_WELL, subject=subject)
        )
    return findings


def _old_tanks(book: Book, well: Thing, standing: Sequence[Thing], name: str) -> Finding:
    """Rule 75 speaks of new tanks near old wells; a new well near an old tank is not expressly covered."""
    subject = f"{name}, standing tanks"
    found = to_things(well, standing, "well to a tank that stands already")
    required = Required.of(book.value(WELL_TANK))
    finding = at_least("wells", required, found, missing="", remedy=MOVE_WELL, subject=subject)
    if finding.outcome is not Outcome.FAIL:
        return finding
    why = "The text does not expressly cover a new well near a tank that stands already."
    return unknown("wells", why, remedy=MOVE_WELL, subject=subject, places=finding.places)


def _tank(plan: Proposal, book: Book, tank: Thing, name: str) -> list[Finding]:
    """From every well on the plot, and from those that may be on other land."""
    required = Required.of(book.value(WELL_TANK))
    there = wells_of(plan)
    found = []
    if there:
        near = to_things(tank, there, "tank or pit to a well")
        found.append(
            at_least(
                "wells", required, near, missing="", remedy=MOVE_TANK, subject=f"{name}, wells on the plot"
            )
        )
    plot = plan.drawing.plot
    edge = to_sides(
        tank, plot.sides if plot else (), "tank or pit to the boundary, behind which a well may be"
    )
    if edge is not None and edge.amount >= required.amount:
        found.append(
            at_least(
                "wells", required, edge, missing="", remedy=MOVE_TANK, subject=f"{name}, wells on other land"
            )
        )
    else:
        why = f"Wells on other land within {required.amount} m count too, and no layer shows them."
        remedy = "Have a person look for wells on the land around, and move the tank away from them."
        found.append(
            unknown(
                "wells",
                why,
                remedy=remedy,
                subject=f"{name}, wells on other land",
                places=edge.places if edge else (),
            )
        )
    return found


@rule("septic")
def septic(plan: Proposal, _: Site, book: Book) -> Sequence[Finding]:
    """Above an area a septic tank is needed unless there is a sewer; each tank and pit keeps away from the boundary."""
    new = [each for each in tanks_of(plan) if is_new(each)]
    found = [*asked("septic", lambda: _is_there(plan, book), subject="tank")]
    for i, tank in enumerate(new, 1):
        subject = f"tank or pit {i}, boundary"
        found += asked(
            "septic",
            partial(_tank_boundary, plan, book, tank, subject),
            subject=subject,
        )
        if any(b.outline is not None and b.outline.intersects(tank.outline.shape) for b in plan.buildings):
            inside = [
                Detail(
                    key="SEPTIC_OPEN_SIDE_M",
                    what="height of the open side over a tank inside a building",
                    required=lambda: Required.of(book.value(TANK_INSIDE)),
                )
            ]
            found += details("septic", plan, inside, subject=f"tank or pit {i}, inside a building")
    return found


def _drawn(number: int) -> str:
    return "1 tank or pit is" if number == 1 else f"{number} tanks or pits are"


def _is_there(plan: Proposal, book: Book) -> Finding:
    over = book.value(TANK_OVER)
    area = built_up_area(plan)
    tanks = tanks_of(plan)
    if tanks:
        places = tuple(place for each in tanks for place in _place(each))
        return holds("septic", f"{_drawn(len(tanks))} drawn.", over.citation, subject="tank", places=places)
    if said_yes(plan, SEWER):
        return not_applicable("septic", f"It is connected to a sewer ({over.citation}).", subject="tank")
    if area is None:
        return unknown(
            "septic",
            "The built-up area is not known.",
            subject="tank",
            remedy="Draw every floor closed on BLT_UP_AREA.",
        )
    if round(area.amount, 2) <= over.number and not area.is_declared:
        return not_applicable(
            "septic", f"{area.amount:.2f} m² is not more than {over} ({over.citation}).", subject="tank"
        )
    remedy = f"Draw the tank on SEPTIC_TANK, or declare {SEWER}=YES and have a person confirm it."
    return unknown(
        "septic",
        f"Neither a septic tank nor a pit is drawn, and {over} are exceeded.",
        remedy=remedy,
        subject="tank",
    )


def _place(thing: Thing) -> Sequence[Place]:
    return [Place(what=thing.role.value, shape=thing.outline.shape, handles=thing.outline.source.handles)]


def _tank_boundary(plan: Proposal, book: Book, tank: Thing, subject: str) -> Finding:
    """Rule 75 asks 1.2 m of all, rule 79(4) 0.30 m of single houses, and both stand: between the two it is unknown."""
    by_75, by_79 = book.value(TANK_BOUNDARY_75), book.value(TANK_BOUNDARY)
    greater = max(by_75.number, by_79.number)
    both = Required.of(by_75).changed(greater, f"and {by_79} by {by_79.citation}: the greater", by_79)
    single = is_single_house(plan)
    asked_for = Range.one(both)
    if single is not False:
        try:
            house = book.value(TANK_HOUSE)
        except NotEncoded:
            pass
        else:
            told = "and that this is one is not told" if single is None else "and both stand"
            why = f"{house.citation} allows {house} for single houses, {both.citations[0]} asks {both.amount} m of all, {told}."
            asked_for = Range(most=both, least=Required.of(house), why=why)
    plot = plan.drawing.plot
    found = to_sides(tank, plot.sides if plot else (), "tank or pit to the boundary")
    return at_least_between(
        "septic", asked_for, found, missing="The plot is not drawn.", remedy=MOVE_TANK, subject=subject
    )
