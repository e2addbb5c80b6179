"""Chapter of streets, what stands near them: within the distance to the street (rule 23(1)), sheet roofs (74A), splays at junctions (23(4)).

In: a proposal, its site, the book of one day.  Out: findings.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

import shapely

from gis.site import Road, Site
from gis.units import AreaUnit, area
from rules.book import Book, NotEncoded, Parameter
from rules.checks.roads import LAY, NO_STREET, NOT_LAID
from rules.findings import (
    Finding,
    Outcome,
    Place,
    Required,
    at_least,
    at_most,
    breaks,
    holds,
    measured,
    not_applicable,
    unknown,
)
from rules.measure import Unit
from rules.plans.drawing import Thing
from rules.plans.roles import Role
from rules.proposal import Proposal
from rules.reckoning.houses import is_house
from rules.reckoning.junctions import Junction, junctions
from rules.reckoning.occupancy import uses
from rules.reckoning.relaxations import Relaxation, both, judged, said
from rules.reckoning.setbacks import MILLIMETRE
from rules.reckoning.table_three import base, relaxed
from rules.register import asked, rule
from rules.takings import built_up_area, of_word, told

CORNICE, STEPS, FULL = (
    Parameter("roads.cornice"),
    Parameter("roads.open_steps"),
    Parameter("roads.full_distance"),
)
BRIDGE = Parameter("roads.bridge")
BURIED, BURIED_PLOT = Parameter("roads.buried_distance"), Parameter("roads.buried_plot")
ROOF_AREA, ROOF_DISTANCE = Parameter("roads.sheet_roof_area"), Parameter("roads.sheet_roof_distance")
ROOF_HOUSE, ROOF_SIDES = Parameter("roads.sheet_roof_house"), Parameter("roads.sheet_roof_open_sides")
SPLAY, SPLAY_FROM = Parameter("roads.splay"), Parameter("roads.splay_road_under")
REACHING = {Role.OVERHANG: CORNICE, Role.PORTICO: CORNICE, Role.OPEN_STAIR: STEPS}
WORKS = (Role.SEPTIC_TANK, Role.WASTE_DISPOSAL, Role.WELL, Role.RAIN_WATER)
BRIDGE_WORD, BURIED_WORD = "ACCESS_BRIDGE_WIDTH_M", "BURIED_TANK"
STANDING = (Role.COMPOUND_WALL, Role.GATE, Role.GUARD_ROOM, Role.ACCESSORY)
VAST = Decimal(10**6)
"""A width beyond every row of the table."""
SPECK = 1e-4
ROOF_WORDS = ("SHEET_ROOF_AREA_M2", "SHEET_ROOF_DISTANCE_M", "SHEET_ROOF_OPEN_SIDES")


@rule("in_road_distance")
def in_road_distance(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Within the distance to a street only cornices, open steps and a bridge may stand, and works buried on a very small plot."""
    rule_id, full = "in_road_distance", book.value(FULL)
    drawn = [each for each in plan.drawing.things_of(*REACHING, *WORKS) if _is_on_the_plot(plan, each)]
    bridge = asked(rule_id, partial(_bridge, plan, book), subject="bridge") if plan.word(BRIDGE_WORD) else ()
    if plan.plot is None:
        return [unknown(rule_id, "The drawing shows no plot.", remedy="Draw it on PLOT_BOUNDARY.")]
    if not drawn:
        why = f"The drawing shows nothing on the plot beside its buildings that could stand there ({full.citation})."
        return [*bridge] or [not_applicable(rule_id, why)]
    if not site.roads:
        return [*bridge, unknown(rule_id, site.roads_note or "No street is mapped.", remedy=NO_STREET)]
    if not plan.is_placed:
        return [*bridge, unknown(rule_id, NOT_LAID, remedy=LAY)]
    found = list(bridge)
    for thing in drawn:
        for road in site.roads:
            judge = partial(_near_street, plan, site, book, thing, road)
            found += asked(rule_id, judge, subject=_subject(thing, road))
    return found


def _is_on_the_plot(plan: Proposal, thing: Thing) -> bool:
    """Whether a thing lies on the plot, and not inside a building."""
    if plan.plot is None or thing.floor is not None or not plan.plot.intersects(thing.outline.shape):
        return False
    outlines = [each.outline for each in plan.buildings if each.outline is not None]
    return not any(each.covers(thing.outline.shape) for each in outlines)


def _subject(thing: Thing, road: Road) -> str:
    return f"{thing.role.value} {thing.outline.source.handles[0]}, {road.title}"


def _near_street(plan: Proposal, site: Site, book: Book, thing: Thing, road: Road) -> Finding:
    required, others = base(road, book)
    building = next((each for each in plan.buildings if each.number == (thing.block or 1)), None)
    hopes = list(others)
    if building is not None:
        hopes += relaxed(plan, site, book, building, road)
    reaching = REACHING.get(thing.role)
    if reaching is not None and required.amount == book.value(FULL).number:
        value = book.value(reaching)
        amount = required.amount - value.number
        required = required.changed(amount, f"less {value} that may reach in = {amount} m", value)
    if thing.role in WORKS:
        hopes += _buried(plan, site, book)
    line = shapely.shortest_line(thing.outline.shape, road.frontage)
    metres = float(thing.outline.shape.distance(road.frontage))
    what = f"{thing.role.value} to {road.title}"
    return judged(
        "in_road_distance",
        required,
        hopes,
        measured(
            metres,
            Unit.METRE,
            steps=(f"{what}: {metres:.3f} m",),
            sources=(told(thing.outline.source),),
            places=(Place(what=what, shape=line, handles=thing.outline.source.handles),),
        ),
        missing="",
        remedy=lambda asked_for: f"Move it back to {asked_for.amount} m from {road.title}.",
        subject=_subject(thing, road),
    )


def _buried(plan: Proposal, site: Site, book: Book) -> list[Relaxation]:
    """Fully buried works of a house of one or two dwellings on a very small plot."""
    value, plot = book.value(BURIED), book.value(BURIED_PLOT)
    cents = area(Decimal(repr(site.area))).to(AreaUnit.CENT).value
    holds_good = both(
        cents < plot.number, *(is_house(each) for each in plan.buildings), said(plan, BURIED_WORD)
    )
    if holds_good is False:
        return []
    why = f"if it is fully buried beside a house of one or two dwellings on a plot under {plot} ({value.citation}), which a person has to confirm"
    return [Relaxation(required=Required.of(value), holds=holds_good, why=why)]


def _bridge(plan: Proposal, book: Book) -> Finding:
    value, width = book.value(BRIDGE), of_word(plan.word(BRIDGE_WORD), Unit.METRE)
    remedy = "Make the bridge narrower, or show that the access must be so wide."
    finding = at_most(
        "in_road_distance",
        Required.of(value),
        width,
        missing="Its width is no number.",
        remedy=remedy,
        subject="bridge",
    )
    if finding.outcome is Outcome.UNKNOWN:
        return finding
    why = (
        "A bridge may stand there only where the levels prevent a natural access, and be wider only where the access must be: "
        "an officer has to look at it."
    )
    return replace(finding, outcome=Outcome.UNKNOWN, reason=why, remedy=remedy)


@rule("sheet_roof")
def sheet_roof(plan: Proposal, _site: Site, book: Book) -> Sequence[Finding]:
    """A small sheet roof in the front or rear yard of a house, open on three sides, keeps its distance and size."""
    most, gap, sides = book.value(ROOF_AREA), book.value(ROOF_DISTANCE), book.value(ROOF_SIDES)
    if not any(plan.word(each) for each in ROOF_WORDS):
        why = (
            f"No sheet roof in a yard is applied for ({', '.join(ROOF_WORDS)} would say so; {most.citation})."
        )
        return [not_applicable("sheet_roof", why)]
    if any(use.group != "A1" for use in uses(plan, book)):
        return [not_applicable("sheet_roof", f"Only for houses of group A1 ({most.citation}).")]
    house = at_most(
        "sheet_roof",
        Required.of(book.value(ROOF_HOUSE)),
        built_up_area(plan),
        missing="The built-up area could not be measured.",
        remedy="The rule is for smaller houses; leave the roof out.",
        subject="house",
    )
    wanted = (("area", most, at_most), ("distance", gap, at_least), ("open sides", sides, at_least))
    return [
        house,
        *(
            compare(
                "sheet_roof",
                Required.of(value),
                of_word(plan.word(key), value.unit),
                missing=f"No layer shows it; declare {key}=…",
                remedy="Change the roof, or have the figure confirmed by a person.",
                subject=subject,
            )
            for key, (subject, value, compare) in zip(ROOF_WORDS, wanted, strict=True)
        ),
    ]


@rule("splay")
def splay(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """At a junction the corner of the plot is kept free along each street by its own splay."""
    narrow = book.value(SPLAY_FROM)
    if not site.roads:
        return [unknown("splay", site.roads_note or "No street is mapped along this plot.", remedy=NO_STREET)]
    found = junctions(site)
    if not found:
        why = f"No two of the mapped streets meet at a corner of the plot ({narrow.citation})."
        return [not_applicable("splay", why)]
    if not plan.is_placed or not plan.buildings or any(each.outline is None for each in plan.buildings):
        return [unknown("splay", NOT_LAID, remedy=LAY)]
    answers: list[Finding] = []
    for each in found:
        subject = f"{each.one.title} and {each.other.title}"
        answers += asked("splay", partial(_at_junction, plan, book, each, subject), subject=subject)
    return answers


def _at_junction(plan: Proposal, book: Book, junction: Junction, subject: str) -> Finding:
    narrow = book.value(SPLAY_FROM)
    roads = (junction.one, junction.other)
    if all(road.width is not None and round(road.width, 3) < narrow.number for road in roads):
        why = f"Both streets are under {narrow} ({narrow.citation})."
        return not_applicable("splay", why, subject=subject)
    most = book.value(SPLAY, VAST)
    asked_for = [_splay_of(road, book) for road in roads]
    spans = [float(each if each is not None else most.number) for each in asked_for]
    triangle = junction.triangle(*spans)
    standing = [each.outline for each in plan.buildings if each.outline is not None]
    standing += [each.outline.shape for each in plan.drawing.things_of(*STANDING) if each.floor is None]
    place = Place(what=f"splay at {subject}", shape=triangle)
    told_of = " and ".join(f"{span} m along {road.title}" for span, road in zip(spans, roads, strict=True))
    if not any(triangle.intersection(each).area > SPECK for each in standing):
        why = f"Nothing drawn stands in the splay of {told_of}."
        return holds("splay", why, most.citation, subject=subject, places=(place,))
    if None in asked_for:
        why = f"Something stands within {told_of} of the corner, and how large the splay must be is not known: {_why(roads, book)}"
        remedy = "Have the widths of both streets told by their custodian, or keep the corner free."
        return unknown("splay", why, remedy=remedy, subject=subject, places=(place,))
    why = f"Something drawn stands in the splay of {told_of}."
    remedy = "Keep the corner free of buildings and walls; the original boundary still counts for the yards."
    return breaks("splay", why, most.citation, remedy=remedy, subject=subject, places=(place,))


def _splay_of(road: Road, book: Book) -> Decimal | None:
    """The splay along one street; None where its width is not told, falls in no row, or needs none of its own."""
    if road.width is None:
        return None
    width = Decimal(repr(road.width)).quantize(MILLIMETRE)
    if width < book.value(SPLAY_FROM).number:
        return None
    try:
        return book.value(SPLAY, width).number
    except NotEncoded:
        return None


def _why(roads: tuple[Road, Road], book: Book) -> str:
    narrow = book.value(SPLAY_FROM)
    told_of = [
        f"{road.title} is {road.width} m wide"
        if road.width is not None
        else f"no source tells the width of {road.title}"
        for road in roads
        if _splay_of(road, book) is None
    ]
    return f"{'; '.join(told_of)} (under {narrow} none is asked, and one width falls in no row)."
