"""Chapter of parking: parking in yards and mechanised parking (rule 29).

In: a proposal, its site, the book of one day.  Out: findings, measured from the outlines of bays and the sides of the plot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import shapely
from shapely.geometry.base import BaseGeometry

from gis.site import Site
from rules.book import Book, Parameter
from rules.checks.parking_bays import DRAW, silence_of
from rules.findings import (
    DRAWN,
    Finding,
    Measured,
    Place,
    Required,
    at_least,
    at_most,
    measured,
    not_applicable,
    unknown,
)
from rules.measure import Unit
from rules.plans.drawing import Edge, Thing
from rules.plans.roles import Role
from rules.proposal import Building, OpenSpace, Proposal, once_drawn
from rules.reckoning.parked import bays_drawn, bays_of, cars
from rules.reckoning.setbacks import AVERAGE, MINIMUM, Row, grown, row_of
from rules.reckoning.small_plots import exempt
from rules.reckoning.telling import Detail, details
from rules.reckoning.two_readings import Range, at_least_between
from rules.register import asked, rule
from rules.takings import height, least, side_of, told

VACANT = Parameter("parking.yard_vacant_percent")
STACKED, STACKED_GAP = Parameter("parking.mechanised_share"), Parameter("parking.mechanised_gap")
QUEUE = Parameter("parking.mechanised_queue")
HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class Parked:
    """What parks on the ground, and what all of it covers together."""

    things: tuple[Thing, ...]
    ground: BaseGeometry


@rule("parking_in_yards")
def parking_in_yards(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """At least half of each mandatory yard stays vacant; the rest may hold parking."""
    rule_id = "parking_in_yards"
    silence = silence_of(rule_id, plan, site, book)
    if silence is not None:
        return [silence]
    vacant = Required.of(book.value(VACANT))
    parked = [
        e for e in (*bays_of(plan), *plan.drawing.things_of(Role.TWO_WHEELER_PARKING)) if e.floor in (None, 0)
    ]
    if not parked and not bays_of(plan):
        why = "No bay is drawn, so it is unknown which of them lie in a yard."
        return [unknown(rule_id, why, remedy=DRAW)]
    ground = once_drawn(plan, "parked ground", lambda: shapely.union_all([e.outline.shape for e in parked]))
    there = Parked(things=tuple(parked), ground=ground)
    found = [
        finding
        for building in plan.buildings
        for space in plan.yards
        if space.building == building.number and not space.is_basement and space.level == 0
        for finding in asked(
            rule_id,
            partial(_vacant, plan, site, book, building, space, there, vacant),
            subject=space.title,
        )
    ]
    missing = f"The yards of the plan are not known. {plan.front.basis}"
    return found or [
        unknown(rule_id, missing, remedy="Draw the main entrance, and lay the plan on its parcel.")
    ]


def _vacant(
    plan: Proposal,
    site: Site,
    book: Book,
    building: Building,
    space: OpenSpace,
    parked: Parked,
    vacant: Required,
) -> Finding:
    """The mandatory yard is taken by its least depth and by its average depth: both parts must stay vacant."""
    row = row_of(plan, site, book, building)
    shares = [_share(plan, depth, space, parked) for depth in _depths(row, space, building, book)]
    known = [each for each in shares if each is not None]
    if not known:
        return unknown(
            "parking_in_yards", "The mandatory depth of this yard is not known.", subject=space.title
        )
    tightest = min(known, key=lambda each: each.amount)
    finding = at_least(
        "parking_in_yards",
        vacant,
        tightest,
        missing="",
        remedy="Move bays out of this yard: half of the mandatory yard stays vacant.",
        subject=space.title,
    )
    if finding.holds is False and any(each.amount >= vacant.amount for each in known):
        why = "It depends on whether the mandatory yard is taken by its least or by its average depth."
        return unknown(
            "parking_in_yards", why, remedy=finding.remedy, subject=space.title, places=finding.places
        )
    return finding


def _depths(row: Row, space: OpenSpace, building: Building, book: Book) -> list[float]:
    depths = []
    for measure in (MINIMUM, AVERAGE):
        cell = row.cells.get((space.position.yard, measure))
        if cell is not None:
            minimum = row.cells.get((space.position.yard, MINIMUM), cell)
            depths.append(float(grown(cell, minimum, building.height, book)[0].amount))
    return depths


def _share(plan: Proposal, depth: float, space: OpenSpace, parked: Parked) -> Measured | None:
    """How much of the mandatory yard nothing parked covers, in %."""
    key = ("vacant", depth, space.sides, space.position)
    return once_drawn(plan, key, lambda: _vacant_share(plan, depth, space, parked))


def _vacant_share(plan: Proposal, depth: float, space: OpenSpace, parked: Parked) -> Measured | None:
    plot = plan.drawing.plot
    if plot is None or depth <= 0:
        return None
    sides: list[Edge] = [side for side in plot.sides if side.number in space.sides]
    strip = shapely.union_all([side.line.buffer(depth, cap_style="flat") for side in sides])
    strip = strip.intersection(plot.outline.shape)
    if strip.is_empty or strip.area <= 0:
        return None
    taken = parked.ground.intersection(strip)
    free = HUNDRED * (1 - Decimal(repr(float(taken.area))) / Decimal(repr(float(strip.area))))
    touching = shapely.intersects([each.outline.shape for each in parked.things], strip).tolist()
    handles = tuple(
        handle
        for each, touches in zip(parked.things, touching, strict=True)
        if touches
        for handle in each.outline.source.handles
    )
    told_so = f"{taken.area:.2f} m² parked of {strip.area:.2f} m² to a depth of {depth:.2f} m"
    return measured(
        free,
        Unit.PERCENT,
        steps=(f"{told_so}: {free:.2f} % vacant",),
        sources=tuple(dict.fromkeys(told(each.outline.source) for each in parked.things)) or (DRAWN,),
        places=(Place(what=f"parking in the {space.position.value} yard", shape=taken, handles=handles),),
    )


@rule("parking_mechanised")
def parking_mechanised(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Mechanised parking is at most a part of the count, keeps a distance to the boundary, and has a bay to wait in."""
    rule_id = "parking_mechanised"
    exemption = exempt(rule_id, plan, site, book)
    if exemption is not None:
        return [exemption]
    stacks = bays_of(plan, Role.MECHANICAL_PARKING)
    entry = book.entry(STACKED)
    word = plan.word("MECHANICAL_PARKING")
    claimed = word is not None and (word.is_yes or (word.number or 0) > 0)
    if not stacks and not claimed:
        return [not_applicable(rule_id, f"{entry.citation} is for mechanised parking, and none is proposed.")]
    if not stacks:
        return [
            unknown(
                rule_id,
                "Mechanised parking is declared but not drawn.",
                remedy="Draw each bay on MECH_PARKING.",
            )
        ]
    return [
        *asked(rule_id, lambda: _stacked_share(plan, book), subject="share"),
        *asked(rule_id, lambda: _stacked_gap(plan, stacks, book), subject="distance to the boundary"),
        *details(
            rule_id,
            plan,
            [
                Detail(
                    key="QUEUE_BAYS", what="bays to wait in", required=lambda: Required.of(book.value(QUEUE))
                )
            ],
        ),
    ]


def _stacked_share(plan: Proposal, book: Book) -> Finding:
    share = Required.of(book.value(STACKED))
    found, wanted = bays_drawn(plan), cars(plan, book).asked
    stacked = sum(1 for each in bays_of(plan) if each.role is Role.MECHANICAL_PARKING)
    missing = "No cars are counted, so there is nothing of which mechanised parking could be a part."
    remedy = "Replace mechanised bays by ordinary ones."
    if found is None or wanted is None:
        return unknown("parking_mechanised", missing, remedy=remedy, subject="share")
    word = plan.word("MECHANICAL_PARKING")
    cars_in = Decimal(max(stacked, int(word.number) if word and word.number else 0))
    part = measured(
        cars_in / wanted.most.amount,
        Unit.SHARE,
        steps=(f"{cars_in} mechanised of {wanted.most.amount} cars asked for",),
        places=found.places,
        is_declared=cars_in > stacked and bool(word and word.is_declared),
    )
    return at_most("parking_mechanised", share, part, missing=missing, remedy=remedy, subject="share")


def _stacked_gap(plan: Proposal, stacks: Sequence[Thing], book: Book) -> Finding:
    low, tall = book.value(STACKED_GAP, Decimal(1)), book.value(STACKED_GAP, Decimal(1000))
    high = height(plan)
    plot = plan.drawing.plot
    gaps = [
        side_of(
            each,
            float(each.outline.shape.distance(plot.outline.shape.exterior)),
            "mechanised parking to the boundary",
        )
        for each in stacks
        if plot is not None
    ]
    at = book.value(STACKED_GAP, high.amount) if high is not None else tall
    is_low = at.content == low.content and high is not None and not high.is_declared
    why = (
        None
        if is_low
        else "The height of the mechanised parking itself is not drawn; the smaller distance may do."
    )
    return at_least_between(
        "parking_mechanised",
        Range(most=Required.of(low if is_low else tall), least=Required.of(low), why=why),
        least(gaps),
        missing="The plot is not drawn.",
        remedy="Move mechanised parking away from the boundary.",
        subject="distance to the boundary",
    )
