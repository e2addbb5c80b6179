"""Chapter of height (rule 24): against the width of the street, near an airport, and in a security zone.

In: a proposal, its site, the book of one day.  Out: findings.  Against the street the greatest height is twice its width and twice the yard to it,
within a reach behind the building line; of two streets the wider counts.  Airport and security zone reach to the very top.
"""

import re
from dataclasses import replace
from decimal import Decimal
from functools import partial

import shapely

from gis.site import Road, Site, Status
from rules.book import Book, NotEncoded, NotInForce, Parameter
from rules.checks.roads import LAY, NO_STREET, NOT_LAID
from rules.checks.yards import DRAW_FOOTPRINT, DRAW_HEIGHT, NO_BUILDING
from rules.findings import Finding, Measured, Outcome, Place, Required, at_most, not_applicable, unknown
from rules.measure import Unit
from rules.plans.roles import Role
from rules.proposal import Building, Proposal
from rules.reckoning.houses import is_house
from rules.reckoning.relaxations import is_within
from rules.reckoning.restrictions import mending, places, shown, told
from rules.reckoning.setbacks import MILLIMETRE
from rules.reckoning.small_plots import exempt
from rules.reckoning.table_three import full
from rules.register import asked, rule
from rules.takings import of_length, of_word

STREET, YARD = Parameter("height.street_factor"), Parameter("height.yard_factor")
REACH, EXEMPT = Parameter("height.street_reach"), Parameter("height.street_exempt_height")
SECURITY, AIRPORT_TOP = Parameter("height.security_zone"), Parameter("height.airport_top")
NO_HEIGHT = "The height of the building is not known."
TOPS = (Role.PARAPET_HEIGHT, Role.STAIR_COVER_HEIGHT)
TOP_WORD, COLLECTOR_WORD = "TOP_ELEVATION_M", "SECURITY_ZONE_HEIGHT_M"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@rule("height_street")
def height_street(plan: Proposal, site: Site, book: Book) -> list[Finding]:
    """No building near the street is higher than twice the street's width and twice the yard to it."""
    if not plan.buildings:
        return [unknown("height_street", NO_BUILDING, remedy=DRAW_FOOTPRINT)]
    found: list[Finding] = []
    for building in plan.buildings:
        against = partial(_against_street, plan, site, book, building)
        found += asked("height_street", against, subject=building.title)
    return found


def _against_street(plan: Proposal, site: Site, book: Book, building: Building) -> Finding:
    """What a finding says, unless rule 50 or the height of a house leaves the rule out."""
    finding = _street_finding(plan, site, book, building)
    if finding.outcome is Outcome.PASS:
        return finding
    house = _is_low_house(book, building)
    if house:
        value = book.value(EXEMPT)
        why = f"Houses of one or two dwellings up to {value} are exempt ({value.citation})."
        return not_applicable("height_street", why, subject=building.title)
    small = exempt("height_street", plan, site, book)
    if small is not None and (small.outcome is Outcome.NOT_APPLICABLE or finding.outcome is Outcome.FAIL):
        return replace(small, subject=building.title)
    if house is None and finding.outcome is Outcome.FAIL:
        why = "Whether this is a low house of one or two dwellings, which are exempt, is not known."
        return replace(finding, outcome=Outcome.UNKNOWN, reason=why)
    return finding


def _is_low_house(book: Book, building: Building) -> bool | None:
    """Whether the building is a low house; in a law that exempts nobody no house is."""
    house = is_house(building)
    if house is False:
        return False
    try:
        low = is_within(building.height, book.value(EXEMPT).number)
    except (NotInForce, NotEncoded):
        return False
    return False if low is False else True if low and house else None


def _street_finding(plan: Proposal, site: Site, book: Book, building: Building) -> Finding:
    rule_id, subject = "height_street", building.title
    street, yard, reach = book.value(STREET), book.value(YARD), book.value(REACH)
    if not site.roads:
        why = f"{site.roads_note} Without a street its width is not known.".strip()
        return unknown(rule_id, why, remedy=NO_STREET, subject=subject)
    if not plan.is_placed or building.outline is None:
        return unknown(rule_id, NOT_LAID, remedy=LAY, subject=subject)
    known = [road for road in site.roads if road.width is not None]
    if not known:
        why = f"No source tells the width of {', '.join(road.title for road in site.roads)}."
        return unknown(
            rule_id, why, remedy="Have the width of the street told by its custodian.", subject=subject
        )
    road = max(known, key=lambda each: (each.width or 0.0, -building_to(building, each), each.ref))
    metres = Decimal(repr(building_to(building, road))).quantize(MILLIMETRE)
    if metres > reach.number + full(book).amount:
        return _beyond(building, road, metres, site, book)
    width = Decimal(repr(road.width)).quantize(MILLIMETRE)
    amount = street.number * width + yard.number * metres
    step = f"{street.number} x {width} m of {road.title} + {yard.number} x {metres} m yard to it = {amount} m"
    finding = at_most(
        rule_id,
        Required.derived(amount, Unit.METRE, step, street, yard, reach),
        building.height,
        missing=NO_HEIGHT,
        remedy=f"Build no higher than {amount} m, or further from {road.title}."
        if building.height
        else DRAW_HEIGHT,
        subject=subject,
    )
    return _softened(finding, building, road, site, book)


def _beyond(building: Building, road: Road, metres: Decimal, site: Site, book: Book) -> Finding:
    """A building beyond the reach of the widest street; whether a nearer street then limits it was not read."""
    rule_id, subject, reach = "height_street", building.title, book.value(REACH)
    far = float(reach.number + full(book).amount)
    near = [each.title for each in site.roads if each is not road and building_to(building, each) <= far]
    why = f"The building stands {metres} m from {road.title}, beyond {reach} behind its building line ({reach.citation})."
    if not near:
        return not_applicable(rule_id, why, subject=subject)
    more = f"{why} It stands within the reach of {', '.join(near)}, and whether that street then limits its height was not read."
    return unknown(rule_id, more, remedy="Ask the Secretary which street counts.", subject=subject)


def _softened(finding: Finding, building: Building, road: Road, site: Site, book: Book) -> Finding:
    """A failure that stays open: a street whose width is not told, an upper level set back, a stand near the end of the reach."""
    line = shapely.shortest_line(building.outline, road.frontage)
    placed = replace(finding, places=(*finding.places, Place(what=f"yard to {road.title}", shape=line)))
    if finding.outcome is not Outcome.FAIL or finding.measured is None or finding.required is None:
        return placed
    untold = [each.title for each in site.roads if each.width is None]
    why = None
    if untold:
        why = f"{', '.join(untold)} may be wider than {road.title}, and no source tells its width."
    elif building_to(building, road) > float(book.value(REACH).number):
        why = "Whether the building stands within the reach of the building line is not known, since the line is not drawn."
    elif _top_allows(finding, building, road, book):
        why = "The levels are set back, and how high each of them is the drawing does not tell."
    return placed if why is None else replace(placed, outcome=Outcome.UNKNOWN, reason=why)


def _top_allows(finding: Finding, building: Building, road: Road, book: Book) -> bool:
    """Whether the height would stand if only the topmost level reached it."""
    above = [level for level in building.levels if not level.is_basement]
    if len(above) < 2 or finding.measured is None or finding.required is None:
        return False
    top = max(above, key=lambda level: level.number or 0)
    gained = float(top.footprint.shape.distance(road.frontage)) - building_to(building, road)
    return (
        float(finding.measured.amount)
        <= float(finding.required.amount) + float(book.value(YARD).number) * gained
    )


def building_to(building: Building, road: Road) -> float:
    """Metres from a building's outline to a street's frontage; 0 where there is no outline."""
    return 0.0 if building.outline is None else float(building.outline.distance(road.frontage))


@rule("height_airport")
def height_airport(plan: Proposal, site: Site, book: Book) -> Finding:
    """On an airport's map of heights the very top of the building stays under the elevation that the map permits."""
    rule_id, top = "height_airport", book.value(AIRPORT_TOP)
    zone = site.overlay("airport_height")
    if zone is not None and zone.status is Status.NOT_AFFECTED:
        return not_applicable(rule_id, f"The plot lies on no airport's map of heights ({top.citation}).")
    permitted = [Decimal(each) for label in (zone.labels if zone else ()) for each in _NUMBER.findall(label)]
    if zone is None or zone.status is not Status.AFFECTED or not permitted:
        return unknown(
            rule_id,
            told(site, "airport_height"),
            remedy=mending(site, "airport_height"),
            places=places(site, "airport_height"),
        )
    step = f"permitted top above sea level by {zone.title}: {', '.join(zone.labels)}; to the very top, {top.citation}"
    required = Required.derived(min(permitted), Unit.METRE, step, top)
    finding = at_most(
        rule_id,
        required,
        of_word(plan.word(TOP_WORD), Unit.METRE),
        missing="How high above sea level the very top of the building reaches was not told.",
        remedy=f"Have the site surveyed and declare {TOP_WORD}=… above sea level, or ask the Airports Authority.",
    )
    return shown(finding, site, "airport_height")


@rule("security_zone")
def security_zone(plan: Proposal, site: Site, book: Book) -> list[Finding]:
    """In a security zone no building is higher than the limit to its topmost point, or the Collector's lower figure."""
    limit = Required.of(book.value(SECURITY))
    zone = site.overlay("security_zone")
    declared = plan.word("SECURITY_ZONE")
    if zone is not None and zone.status is Status.NOT_AFFECTED and not (declared and declared.is_yes):
        return [not_applicable("security_zone", f"The plot lies in no security zone ({limit.citations[0]}).")]
    if not plan.buildings:
        return [unknown("security_zone", NO_BUILDING, remedy=DRAW_FOOTPRINT)]
    is_in = zone is not None and zone.status is Status.AFFECTED
    found = [_in_zone(plan, site, building, limit, is_in=is_in) for building in plan.buildings]
    return [shown(each, site, "security_zone") for each in found]


def _in_zone(plan: Proposal, site: Site, building: Building, limit: Required, *, is_in: bool) -> Finding:
    word = plan.word(COLLECTOR_WORD)
    figure = of_word(word, Unit.METRE)
    if figure is not None and figure.amount < limit.amount:
        told_by = f"the District Collector's lower figure, {word.source if word else ''}"
        limit = limit.changed(figure.amount, f"{figure.amount} m, {told_by}")
    finding = at_most(
        "security_zone",
        limit,
        topmost(plan, building),
        missing=NO_HEIGHT,
        remedy=f"Build no higher than {limit.amount} m to the topmost point.",
        subject=building.title,
    )
    if not is_in:
        why = f"{told(site, 'security_zone')} Whether the plot lies in a security zone is not known.".strip()
        is_kept = finding.outcome is Outcome.PASS and _is_complete(plan, figure)
        return finding if is_kept else _asks(finding, site, why)
    if finding.outcome is Outcome.PASS and not _is_complete(plan, figure):
        return _asks(
            finding, site, "The District Collector may have set a lower figure, and the topmost point counts."
        )
    return finding


def _is_complete(plan: Proposal, figure: Measured | None) -> bool:
    """Whether the Collector's figure was confirmed and what stands above the roof is drawn."""
    return figure is not None and not figure.is_declared and bool(plan.drawing.lengths_of(*TOPS))


def _asks(finding: Finding, site: Site, why: str) -> Finding:
    remedy = (
        f"Ask the District Collector for the height and declare {COLLECTOR_WORD}=…; draw parapet and stair cover on "
        f"BLK_n_PARAPET_HT and BLK_n_STAIR_COVER. {mending(site, 'security_zone')}"
    )
    return replace(finding, outcome=Outcome.UNKNOWN, reason=why, remedy=remedy)


def topmost(plan: Proposal, building: Building) -> Measured | None:
    """Metres to the topmost point: the height and what is drawn above it (parapet, stair cover), whichever is more."""
    above = [
        of_length(each) for each in plan.drawing.lengths_of(*TOPS) if each.block in (None, building.number)
    ]
    if building.height is None or not above:
        return building.height
    most = max(above, key=lambda each: each.amount)
    amount = building.height.amount + most.amount
    return replace(
        building.height,
        amount=amount,
        steps=(*building.height.steps, *most.steps, f"topmost point: {amount:.3f} m"),
        places=(*building.height.places, *most.places),
    )
