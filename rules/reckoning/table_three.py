"""What Table 3 of rule 23 asks between a building and a street: the distance by the street's kind and width, and its relaxations.

In: a proposal, its site, the book of one day, a building and a street of the site.  Out: an amount with its relaxations, and the distance measured
from the building's outline to the street's frontage of the plot.  Where kind or width is not known the larger distance stands, and
the smaller one keeps the answer open.
"""

from decimal import Decimal

import shapely
from shapely.geometry.base import BaseGeometry

from gis.site import Road, RoadKind, Site
from rules.book import Book, NotEncoded, Parameter
from rules.findings import Measured, Place, Required, measured
from rules.measure import Unit
from rules.plans.roles import Role
from rules.proposal import Building, Proposal
from rules.reckoning.claims import for_streets
from rules.reckoning.occupancy import uses
from rules.reckoning.provisos import has_existing, has_old_certificate
from rules.reckoning.relaxations import Relaxation, both, is_within
from rules.reckoning.setbacks import CENT, MILLIMETRE
from rules.takings import built_up_area, of_length

DISTANCE, WIDE_FROM = Parameter("roads.distance"), Parameter("roads.wide_from")
LANE_DISTANCE, LANE_HEIGHT = Parameter("roads.lane_distance"), Parameter("roads.lane_height")
DEAD_END, PEDESTRIAN_WIDTH = Parameter("roads.cul_de_sac_length"), Parameter("roads.pedestrian_width")
SHORT_LENGTH, SHORT_PLOTS = Parameter("roads.short_lane_length"), Parameter("roads.short_lane_plots")
SHORT_DISTANCE, CONSENT = Parameter("roads.short_lane_distance"), Parameter("roads.short_lane_consent")
TINY, TINY_PLOT = Parameter("roads.tiny_distance"), Parameter("roads.tiny_plot")
TINY_AREA, TINY_ROAD = Parameter("roads.tiny_built_up_area"), Parameter("roads.tiny_road")
SURRENDERED, SURRENDERED_HEIGHT = (
    Parameter("roads.surrendered_distance"),
    Parameter("roads.surrendered_height"),
)
OLD = Parameter("yards.old_building_before")
NOTIFIED = frozenset({RoadKind.MAIN, RoadKind.NOTIFIED})


def is_notified(road: Road) -> bool | None:
    """Whether a street is a highway, a district road or notified; None where no source tells its kind."""
    return None if road.kind is None else road.kind in NOTIFIED


def full(book: Book) -> Required:
    """The larger distance of Table 3."""
    return Required.of(book.value(DISTANCE, "main_or_notified_or_wide"))


def base(road: Road, book: Book) -> tuple[Required, list[Relaxation]]:
    """The distance by kind and width; the smaller one stands as a relaxation where one of them is not known."""
    wide = book.value(WIDE_FROM)
    narrow = None if road.width is None else round(road.width, 3) < float(wide.number)
    smaller = Required.of(book.value(DISTANCE, "other"))
    notified = is_notified(road)
    holds = both(None if notified is None else not notified, narrow)
    if holds:
        return smaller, []
    if holds is False:
        return full(book), []
    why = f"if {road.title} is un-notified and under {wide}, which no source tells"
    return full(book), [Relaxation(required=smaller, holds=None, why=why)]


def relaxed(plan: Proposal, site: Site, book: Book, building: Building, road: Road) -> list[Relaxation]:
    """Every relaxation of Table 3 that holds or may hold for the building along the street."""
    found = [
        *lanes(building, road, book),
        *short_lane(building, road, book),
        tiny(plan, site, building, road, book),
        *for_streets(plan, book),
    ]
    if has_existing(plan, building):
        found.append(_addition(plan, book))
    if breadth_surrendered(plan) is not None:
        found.append(surrendered(plan, building, road, book))
    return [each for each in found if each.holds is not False]


def lanes(building: Building, road: Road, book: Book) -> list[Relaxation]:
    """Culs-de-sac, pedestrian lanes and the roads of colonies, before buildings that are not high."""
    low = is_within(building.height, book.value(LANE_HEIGHT).number)
    required = Required.of(book.value(LANE_DISTANCE))
    fits: bool | None = False
    if road.kind is RoadKind.CUL_DE_SAC:
        fits = _within(road.length, book.value(DEAD_END).number)
    elif road.kind is RoadKind.PEDESTRIAN:
        fits = _within(road.width, book.value(PEDESTRIAN_WIDTH).number)
    elif road.kind is RoadKind.COLONY:
        fits = True
    elif road.kind is None:
        fits = None
    why = f"if {road.title} is a cul-de-sac, a pedestrian lane or the road of a colony, and the building low enough"
    return [Relaxation(required=required, holds=both(low, fits), why=why)]


def short_lane(building: Building, road: Road, book: Book) -> list[Relaxation]:
    """Lanes and streets that are short, by how many plots they serve; few plots need their owners' consent."""
    few = book.value(SHORT_PLOTS)
    open_still = both(
        is_within(building.height, book.value(LANE_HEIGHT).number),
        _is_short(road, book),
    )
    many = None if road.plots_served is None else road.plots_served > few.count
    fewer = None if many is None else not many
    length = book.value(SHORT_LENGTH)
    return [
        Relaxation(
            required=Required.of(book.value(SHORT_DISTANCE)),
            holds=both(open_still, many),
            why=f"if {road.title} is at most {length} long and serves more than {few.count} plots",
        ),
        Relaxation(
            required=Required.of(book.value(CONSENT)),
            holds=both(open_still, fewer, None),
            why=f"if {road.title} is at most {length} long, serves at most {few.count} plots and their owners consent in writing",
        ),
    ]


def _is_short(road: Road, book: Book) -> bool | None:
    """Short by its length; where the road is or may be a notified one, a short length opens the question and leaves it open."""
    short = _within(road.length, book.value(SHORT_LENGTH).number)
    if road.kind is RoadKind.MAIN or (road.kind is RoadKind.NOTIFIED and short is None):
        return False
    return None if road.kind in (None, RoadKind.NOTIFIED) and short else short


def tiny(plan: Proposal, site: Site, building: Building, road: Road, book: Book) -> Relaxation:
    """The tiny house on a tiny plot whose owner has no other land, on a narrow un-notified road."""
    other = site.holding.owns_other_land
    notified = is_notified(road)
    holds = both(
        _is_residential(plan, book),
        is_within(building.height, book.value(LANE_HEIGHT).number),
        is_within(built_up_area(plan), book.value(TINY_AREA).number),
        Decimal(repr(site.area)).quantize(CENT) <= book.value(TINY_PLOT).number,
        None if notified is None else not notified,
        _within(road.width, book.value(TINY_ROAD).number),
        None if other is None else not other,
    )
    why = f"for a tiny house on a tiny plot along {road.title}, if its owner has no other land"
    return Relaxation(required=Required.of(book.value(TINY)), holds=holds, why=why)


def _is_residential(plan: Proposal, book: Book) -> bool | None:
    try:
        return all(use.group in ("A1", "A2") for use in uses(plan, book))
    except NotEncoded:
        return None


def _addition(plan: Proposal, book: Book) -> Relaxation:
    before = book.value(OLD)
    required = Required(
        amount=Decimal(0),
        unit=Unit.METRE,
        force=book.entry(OLD).force,
        citations=(before.citation,),
        steps=(f"only what is added keeps the distance, {before.citation}",),
    )
    why = f"if what stands has an occupancy certificate from before {before.day} and what is added keeps the distance"
    return Relaxation(
        required=required, holds=False if has_old_certificate(plan, book) is False else None, why=why
    )


def breadth_surrendered(plan: Proposal) -> Measured | None:
    """The least breadth of land that is drawn as surrendered for a road."""
    widths = plan.drawing.lengths_of(Role.SURRENDERED)
    return of_length(min(widths, key=lambda each: each.metres)) if widths else None


def surrendered(plan: Proposal, building: Building, road: Road, book: Book) -> Relaxation:
    """Rule 64(2): the distance less the breadth surrendered, down to a least one; no layer tells whether it was surrendered."""
    least, most = book.value(SURRENDERED), book.value(SURRENDERED_HEIGHT)
    breadth = breadth_surrendered(plan)
    given = breadth.amount.quantize(MILLIMETRE) if breadth is not None else Decimal(0)
    required, _ = base(road, book)
    amount = min(required.amount, max(least.number, required.amount - given))
    step = f"the greater of {least} and {required.amount} m less {given} m surrendered = {amount} m"
    low = None if breadth is not None else False
    return Relaxation(
        required=required.changed(amount, step, least, most),
        holds=False if is_within(building.height, most.number) is False else low,
        why=f"if {given} m were surrendered for {road.title}, measured from its proposed boundary, {least.citation}",
    )


def _within(metres: float | None, limit: Decimal) -> bool | None:
    return None if metres is None else round(metres, 3) <= float(limit)


def distance(building: Building, road: Road) -> Measured | None:
    """Metres from the building's outline, seen from above, to the street's frontage of the plot."""
    return _to_frontage(building, building.outline, road, building.title)


def basement_distance(building: Building, road: Road) -> Measured | None:
    """Metres from the outline of the building's basements to the street's frontage; None where none is drawn."""
    below = [level.footprint.shape for level in building.levels if level.is_basement]
    ground = shapely.union_all(below) if below else None
    return _to_frontage(building, ground, road, f"basement of {building.title}")


def _to_frontage(building: Building, ground: BaseGeometry | None, road: Road, what: str) -> Measured | None:
    if ground is None or road.frontage.is_empty:
        return None
    line = shapely.shortest_line(ground, road.frontage)
    metres = 0.0 if ground.intersects(road.frontage) else float(line.length)
    handles = tuple(handle for level in building.levels for handle in level.footprint.source.handles)
    told = f"{what} to {road.title}"
    return measured(
        metres,
        Unit.METRE,
        steps=(f"{told}: {metres:.3f} m along the shortest line to the frontage",),
        sources=(*(level.footprint.source.layer for level in building.levels[:1]), road.origin or road.basis),
        places=(Place(what=told, shape=line, handles=handles),),
    )
