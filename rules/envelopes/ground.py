"""What the ground of a site means for its envelope: greatest height, rule 50, plans that prevail, restrictions, and candidate fronts.

In: a `Site`, the book and its `Terms`.  Out: numbers, `Gap`s and `Condition`s.  A theme without data is a gap or a condition, never “none”.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

import numpy as np
import shapely
from shapely import LineString, MultiLineString

from gis.geometry import polygons_of
from gis.site import Overlay, Road, Site, Status
from rules.book import Book, Citation, NotEncoded, NotInForce, Parameter, Value
from rules.envelopes.model import Condition, Gap
from rules.envelopes.terms import Terms, street_distances

PREVAILING = ("zoning", "planning_scheme")
"""Themes of plans and schemes whose regulations prevail over the building rules (rule 3(3))."""
SECURITY, AIRPORT_TOP = "security_zone", "airport_height"
TOP_ATTRIBUTE = "top_amsl_m"
"""The attribute of the airport's zoning map with the permitted top, metres above mean sea level."""
CORNER = math.radians(30.0)
"""Turn of the boundary from which a new side begins, where no street tells the front."""
SPLAY_REACH = 6.0
"""Metres between two frontages within which their streets meet at the plot; the largest splay."""
WINDS = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")
ASK_PLANNER = "Ask the town planner or the local body what the plan says here."


@dataclass(frozen=True, kw_only=True)
class Ceiling:
    """Greatest height in metres (None: none is known), its clauses, and what is not known of it."""

    height: Decimal | None
    steps: tuple[str, ...]
    citations: tuple[Citation, ...]
    gaps: tuple[Gap, ...]


def ceiling_of(site: Site, book: Book) -> Ceiling:
    """The lower of the security zone's and the airport's limit."""
    heights, steps, citations, gaps = [], [], [], []
    zone = site.overlay(SECURITY)
    if zone is not None and zone.status is Status.AFFECTED:
        try:
            value = zone_height(book)
            heights.append(value.number)
            citations.append(value.citation)
            steps.append(f"in a security zone the topmost point is at most {value} high, {value.citation}")
        except (NotEncoded, NotInForce) as why:
            gaps.append(
                Gap(rule="security zone", reason=str(why), effect="No limit was taken.", remedy=ASK_COLLECTOR)
            )
    elif zone is None or zone.status is Status.NO_DATA:
        reason = "Whether the plot lies in a security zone is not known: there are no data."
        gaps.append(
            Gap(rule="security zone", reason=reason, effect="No limit was taken.", remedy=ASK_COLLECTOR)
        )
    top, gap = _airport(site)
    if top is not None:
        heights.append(top)
        steps.append(f"the airport's zoning map lets the topmost point be {top} m above the highest ground")
    gaps += [] if gap is None else [gap]
    return Ceiling(
        height=min(heights, default=None), steps=tuple(steps), citations=tuple(citations), gaps=tuple(gaps)
    )


ASK_COLLECTOR = "Ask the District Collector."


def zone_height(book: Book) -> Value:
    """The greatest height in a security zone; `NotEncoded` or `NotInForce` where the book has none."""
    return book.value(Parameter("height.security_zone"))


def height_under(top: float, highest: float) -> Decimal:
    """Metres from the highest ground to a permitted top, both above the sea, down to the millimetre; 0 where the ground is higher."""
    above = Decimal(repr(float(top))) - Decimal(repr(float(highest)))
    return max(Decimal(0), above.quantize(Decimal("0.001"), rounding=ROUND_DOWN))


def _airport(site: Site) -> tuple[Decimal | None, Gap | None]:
    """Metres from the highest ground of the plot to the permitted top."""
    surface = site.overlay(AIRPORT_TOP)
    if surface is not None and surface.status in (Status.NOT_AFFECTED, Status.NEAR):
        return None, None
    tops = _tops(surface) if surface is not None and surface.status is Status.AFFECTED else []
    if tops and site.ground is not None:
        return height_under(min(tops), site.ground.highest), None
    if surface is None or surface.status is Status.NO_DATA:
        reason = "Whether an airport limits the height here is not known: there are no data."
    elif not tops:
        reason = "The airport's zoning map covers the plot but does not tell the permitted top."
    else:
        reason = "The airport limits the height above sea level, and the height of the ground is not known."
    return None, Gap(
        rule="airport",
        reason=reason,
        effect="No limit was taken.",
        remedy="Ask the Airports Authority (NOCAS).",
    )


def _tops(surface: Overlay) -> list[float]:
    found = []
    for name, value in surface.attributes:
        try:
            if name == TOP_ATTRIBUTE and math.isfinite(float(value)):
                found.append(float(value))
        except ValueError:
            continue
    return found


def rule_50(site: Site, terms: Terms) -> tuple[bool, tuple[Gap, ...], tuple[str, ...]]:
    """Whether rule 50 is known to free this plot, what is not known of it, and what to note."""
    if terms.small is None or site.area > float(terms.small.plot):
        return False, (), ()
    asked = (site.holding.owns_adjoining_land, site.holding.is_split)
    if True in asked:
        return False, (), ("Land of the same owner adjoins the plot or it was split: rule 50 does not hold.",)
    if None in asked:
        return False, (_UNKNOWN_OWNER,), ()
    told = f"Rule 50: up to {terms.small.storeys} storeys and {terms.small.height} m without coverage, floor space index and street height."
    return True, (), (told,)


_UNKNOWN_OWNER = Gap(
    rule="small plots",
    reason="Whether the owner holds adjoining land or split the plot is not known, so rule 50 is unknown.",
    effect="Coverage, floor space index and street height were kept as if it did not hold.",
    remedy="Say whether the owner holds adjoining land and whether the plot was split.",
)


def gaps_of_ground(site: Site) -> Iterator[Gap]:
    """What the site does not tell: whose rules bind, which area counts, and plans that prevail."""
    if site.body is None:
        yield Gap(
            rule="local body",
            reason="Which local body the plot lies in is not known.",
            effect="Reckoned by the rules that were asked for.",
            remedy="Ask the village office.",
        )
    if site.recorded_area is None:
        yield Gap(
            rule="plot area",
            reason="The recorded area is not known; the lesser of recorded and cadastral area counts (rule 2(1)(cg)).",
            effect="The cadastral area was taken.",
            remedy="Take it from the record of rights.",
        )
    for layer in PREVAILING:
        overlay = site.overlay(layer)
        if overlay is None or overlay.status is Status.NO_DATA:
            reason = f"Whether a plan or scheme holds here ({layer}) is not known; its regulations would prevail (rule 3(3))."
        elif overlay.status is Status.AFFECTED:
            named = f" ({', '.join(overlay.labels)})" if overlay.labels else ""
            reason = f"{overlay.title}{named} holds here, and its own regulations, which prevail (rule 3(3)), are not in the book."
        else:
            continue
        yield Gap(
            rule="plan or scheme",
            reason=reason,
            effect="Reckoned by the building rules alone.",
            remedy=ASK_PLANNER,
        )


def conditions_of(site: Site) -> tuple[Condition, ...]:
    """Every theme with a law or an authority that lies on the plot, near it, or of which there are no data."""
    return tuple(
        Condition(
            layer=each.layer,
            title=each.title,
            status=each.status,
            reason=each.reason,
            clause=each.clause,
            consult=each.consult,
        )
        for each in site.overlays
        if each.status is not Status.NOT_AFFECTED
        and (each.law is not None or each.consult is not None)
        and not _is_gap(each)
    )


def _is_gap(overlay: Overlay) -> bool:
    """Whether a gap tells of it already."""
    if overlay.layer in PREVAILING:
        return overlay.status in (Status.AFFECTED, Status.NO_DATA)
    return overlay.layer in (SECURITY, AIRPORT_TOP) and overlay.status is Status.NO_DATA


def gaps_of_roads(roads: tuple[Road, ...], terms: Terms) -> Iterator[Gap]:
    """Streets whose kind or width no source tells, where that matters."""
    for road in roads:
        doubt = street_distances(terms.lanes, road)[2] if terms.lanes else None
        if doubt and terms.lanes:
            yield Gap(
                rule="distance to the street",
                reason=f"{road.title}: {doubt}.",
                effect=f"The largest distance of Table 3, {max(terms.lanes.full, terms.lanes.other)} m, was taken.",
                remedy="Ask the local body for its road register.",
            )
        if road.width is None and terms.street:
            yield Gap(
                rule="height against the street",
                reason=f"{road.title}: no source tells its width.",
                effect="It was counted with the width of the widest other street, or with none.",
                remedy="Ask the local body for its road register.",
            )


def gaps_of_junctions(roads: tuple[Road, ...]) -> Iterator[Gap]:
    """Streets that meet at the plot: the splay of the corner is not reckoned."""
    for one, other in itertools.combinations(roads, 2):
        if shapely.distance(one.frontage, other.frontage) <= SPLAY_REACH + one.accuracy + other.accuracy:
            yield Gap(
                rule="junction",
                reason=f"{one.title} and {other.title} meet at the plot; the corner may need a splay (rule 23(4)).",
                effect="No splay was taken off.",
                remedy="Keep the building out of the splay of the wider street.",
            )


def candidate_sides(site: Site) -> tuple[Road, ...]:
    """Where no street is mapped: every side of the plot as if an unknown street ran along it, against the clock, from the southernmost corner."""
    part = max(polygons_of(site.boundary), key=lambda each: each.area)
    points = shapely.get_coordinates(shapely.orient_polygons(part).exterior)[:-1]
    along = np.roll(points, -1, axis=0) - points
    points, along = points[np.hypot(*along.T) > 0.0], along[np.hypot(*along.T) > 0.0]
    heading = np.arctan2(along[:, 1], along[:, 0])
    turn = np.angle(np.exp(1j * (heading - np.roll(heading, 1))))
    corners = np.flatnonzero(np.abs(turn) >= CORNER)
    starts = corners if len(corners) else np.array([0])
    first = min(range(len(starts)), key=lambda each: (points[starts[each], 1], points[starts[each], 0]))
    ring = np.concatenate([points, points, points[:1]])
    order = np.roll(starts, -first)
    sides = []
    for number, (place, after) in enumerate(zip(order, np.roll(order, -1), strict=True)):
        stop = after if after > place else after + len(points)
        sides.append(_as_road(number + 1, LineString(ring[place : stop + 1])))
    return tuple(sides)


def _as_road(number: int, line: LineString) -> Road:
    (x0, y0), (x1, y1) = (tuple(point) for point in shapely.get_coordinates(line)[[0, -1]])
    outward = math.atan2(x0 - x1, y1 - y0)
    wind = WINDS[round(outward / (math.pi / 4.0)) % 8]
    return Road(
        ref=f"side {number}",
        name=f"side {number} ({wind})",
        name_ml=None,
        width=None,
        kind=None,
        surface=None,
        line=line,
        frontage=MultiLineString([line]),
        basis="assumed",
        accuracy=0.0,
        origin=None,
    )
