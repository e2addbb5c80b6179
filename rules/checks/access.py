"""Chapter of access: rule 28, Tables 7, 8 and 8A, special uses, bridges and drives through a building.

In: a proposal, its site, the book of one day.  Out: findings.  The width is asked of the street along the plot, of the way from it to the
main street, and of the access into the plot; a street without a sourced width leaves it unknown.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

import shapely

from gis.site import Road, RoadKind, Site
from rules.book import Book, Force, NotEncoded, Parameter
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
from rules.proposal import Proposal
from rules.reckoning.access import WIDTH, Demand, demands
from rules.reckoning.occupancy import named_groups
from rules.reckoning.small_plots import exempt
from rules.reckoning.streets import widest
from rules.register import asked, rule
from rules.takings import floor_uses, of_word

SCHOOLS = {"B1", "B2"}
STREET, ONWARD, ENTRY = "street along the plot", "way to the main street", "access into the plot"
SPECIAL = {
    "automobile service": ("access.automobile_service", {"G4"}, {"G1"}),
    "treatment plant or incinerator": ("access.treatment_plant", set(), {"I"}),
    "burial ground, crematorium or vault": ("access.burial_ground", {"I4"}, {"I"}),
    "electric or gas crematorium or slaughter house": ("access.electric_crematorium", {"G3"}, {"G2"}),
    "store of LPG of the white category": ("access.lpg_store", {"I3"}, {"I"}),
    "boat fuel station": ("access.boat_fuel_station", {"I6"}, {"I"}),
    "explosives magazine of type C": ("access.explosives_magazine", {"I5"}, {"I"}),
}
"""Special uses: parameter, occupancies of the drawing that are it, and those that may be it."""
WIDER = "Another street along the plot has no sourced width, or not all streets are known, so the access may be wider."
REMEDY = "Build less floor area, or show a wider street that serves the plot; of a short pinch the Secretary decides."
SCHOOL = "Whether the existing access suffices, as for toilets or without more floor area, is not told."


@rule("access")
def access(plan: Proposal, site: Site, book: Book) -> Finding | Sequence[Finding]:
    """Street, way to the main street and access into the plot have at least the width of the tables."""
    exemption = _exempt(plan, site, book)
    if exemption is not None:
        return exemption
    wanted = demands(plan, site, book)
    if all(each.required.amount == 0 for each in wanted):
        reason = f"No width is asked: {wanted[0].required.steps[0]}."
        return holds("access", reason, *wanted[0].required.citations)
    found = [
        _agreed([_street(site, each) for each in wanted], wanted),
        _agreed([_entry(site, each) for each in wanted], wanted),
        *_onward(site, wanted),
        *_declared(plan, wanted),
    ]
    return [_of_school(plan, each) for each in found]


def _exempt(plan: Proposal, site: Site, book: Book) -> Finding | None:
    """What rule 50 leaves out; where the widths only advise and the book has no rule 50, they are shown all the same."""
    try:
        return exempt("access", plan, site, book)
    except NotEncoded:
        if book.entry(WIDTH).force is Force.ADVISORY:
            return None
        raise


def _of_school(plan: Proposal, finding: Finding) -> Finding:
    """A government or aided school may keep its access for some works, so that it does not fail for it."""
    word = plan.word("WHETHER_GOVT_OR_AIDED_SCHOOL")
    codes = {use.code for use in floor_uses(plan)}
    if finding.outcome is not Outcome.FAIL or word is None or not word.is_yes or not codes & SCHOOLS:
        return finding
    return replace(finding, outcome=Outcome.UNKNOWN, reason=SCHOOL)


def _street(site: Site, demand: Demand) -> Finding:
    """The widest street along the plot."""
    serving = widest(site)
    found = at_least(
        "access", demand.required, serving.width, missing=serving.reason, remedy=REMEDY, subject=STREET
    )
    if found.outcome is Outcome.FAIL and serving.may_be_wider:
        return replace(found, outcome=Outcome.UNKNOWN, reason=WIDER)
    return found


def _entry(site: Site, demand: Demand) -> Finding:
    """The straight length along which the plot opens on a street, on one that is wide enough where there is one."""
    wide = [road for road in site.roads if Decimal(repr(road.width or 0.0)) >= demand.required.amount]
    best = max((_frontage(road) for road in wide or site.roads), key=lambda each: each.amount, default=None)
    missing = site.roads_note or "No street is mapped along this plot; a way over other land is not known."
    found = at_least(
        "access",
        demand.required,
        best,
        missing=missing,
        remedy="Show the way into the plot at the width that is asked.",
        subject=ENTRY,
    )
    if found.outcome is Outcome.FAIL and not site.has_road_data:
        return replace(found, outcome=Outcome.UNKNOWN, reason=WIDER)
    return found


def _frontage(road: Road) -> Measured:
    """The longest straight distance between two points of one stretch of the boundary along a street."""
    parts = list(road.frontage.geoms)
    longest = max((_chord(part) for part in parts), default=0.0)
    return measured(
        longest,
        Unit.METRE,
        steps=(f"the plot opens {longest:.3f} m wide on {road.title}",),
        sources=(road.origin or road.ref,),
        places=(Place(what=f"frontage on {road.title}", shape=road.frontage),),
    )


def _chord(part: shapely.LineString) -> float:
    ends = shapely.get_coordinates(part)
    return float(shapely.distance(shapely.Point(ends[0]), shapely.Point(ends[-1])))


def _onward(site: Site, wanted: Sequence[Demand]) -> list[Finding]:
    """The same width from the main street on; only a main street along the plot tells it."""
    most = max(each.required.amount for each in wanted)
    road = widest(site).road
    if most == 0 or (road is not None and road.kind is RoadKind.MAIN):
        return []
    return [
        unknown(
            "access",
            f"{most:.2f} m are asked as far as the main street, and the site only tells of the streets along the plot.",
            remedy="Measure the narrowest place between the plot and the main street, and have it confirmed.",
            subject=ONWARD,
        )
    ]


def _declared(plan: Proposal, wanted: Sequence[Demand]) -> list[Finding]:
    """What the drawing declares of the width of access."""
    width = of_word(plan.word("ACCESS_WIDTH_M"), Unit.METRE)
    if width is None:
        return []
    subject = "declared width of access"
    return [
        _agreed(
            [
                at_least("access", each.required, width, missing="", remedy=REMEDY, subject=subject)
                for each in wanted
            ],
            wanted,
        )
    ]


def _agreed(findings: Sequence[Finding], wanted: Sequence[Demand]) -> Finding:
    """The finding where all demands lead to one outcome; else unknown, with what is left open."""
    strictest = max(findings, key=lambda each: each.required.amount if each.required else 0)
    if len({each.outcome for each in findings}) == 1:
        return strictest
    parts = [f"{each.required.amount:.2f} m ({each.given})" for each in wanted]
    return replace(
        strictest,
        outcome=Outcome.UNKNOWN,
        reason=f"What is asked is left open: {'; '.join(dict.fromkeys(parts))}.",
        remedy="Draw dwelling units on BLK_n_FLR_k_UNITFA, heights and floors, or have the open point confirmed.",
    )


@rule("access_special")
def access_special(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Special uses have widths of their own; where the occupancy leaves open whether it is one, the answer is unknown."""
    codes = {use.code for use in floor_uses(plan)}
    if not codes or None in codes:
        raise NotEncoded("A floor area without occupancy may be a special use; colour its outline.")
    found: list[Finding] = []
    for name, (key, sure, maybe) in SPECIAL.items():
        if codes & sure:
            found += asked("access_special", partial(_special, name, key, site, book), subject=name)
        elif there := sorted(str(each) for each in (codes | named_groups(plan)) & maybe):
            found += asked("access_special", partial(_perhaps, name, key, there, site, book), subject=name)
    if found:
        return found
    # Boat fuel stations and magazines came later; the oldest width of its own tells whether the rule of the day was read.
    book.entry(Parameter(SPECIAL["automobile service"][0]))
    said = ", ".join(sorted(str(each) for each in codes))
    why = f"Rule 28 asks for widths of their own for special uses only, not for {said}."
    return [not_applicable("access_special", why)]


def _special(name: str, key: str, site: Site, book: Book) -> Finding:
    serving = widest(site)
    found = at_least(
        "access_special",
        Required.of(book.value(Parameter(key))),
        serving.width,
        missing=serving.reason,
        remedy=REMEDY,
        subject=name,
    )
    if found.outcome is Outcome.FAIL and serving.may_be_wider:
        return replace(found, outcome=Outcome.UNKNOWN, reason=WIDER)
    return found


def _perhaps(name: str, key: str, codes: Sequence[str], site: Site, book: Book) -> Finding:
    """Where the street has the width that would be asked, it is kept whatever the use is; else the use has to be told."""
    found = _special(name, key, site, book)
    told = f"Occupancy {', '.join(codes)} of the drawing does not tell whether this is a {name}"
    if found.outcome is Outcome.PASS:
        return replace(found, reason=f"{told}; the street has the width for it either way.")
    remedy = f"Give the floors the colour of the finer occupancy, or {REMEDY[0].lower()}{REMEDY[1:]}"
    return replace(found, outcome=Outcome.UNKNOWN, reason=f"{told}.", remedy=remedy)
