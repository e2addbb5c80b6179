"""Chapter of parking: the size of bays, their headroom, drives and ramps (rule 29(4)).

In: a proposal, its site, the book of one day.  Out: findings.  Bays and ramps are measured from their outlines, headroom from dimensions; the
drawing convention has no layer for drives and aisles, so they are declared and confirmed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import numpy as np
import shapely
from shapely import Polygon

from gis.site import Site
from rules.book import Book, Parameter
from rules.findings import (
    Finding,
    Required,
    not_applicable,
    unknown,
)
from rules.plans.drawing import Thing
from rules.plans.roles import Role
from rules.proposal import Proposal, once_drawn
from rules.reckoning.dwellings import dwellings, is_house
from rules.reckoning.occupancy import joined
from rules.reckoning.parked import BAYS, bays_drawn, bays_of, cars
from rules.reckoning.sizes import Sized, sized
from rules.reckoning.small_plots import exempt
from rules.reckoning.telling import Detail, details, slopes
from rules.reckoning.two_readings import Range, at_least_between
from rules.register import asked, rule
from rules.takings import least, of_length, side_of

BAY, PARALLEL = Parameter("parking.car_bay"), Parameter("parking.parallel_bay")
DRIVE, DRIVE_SMALL = Parameter("parking.drive"), Parameter("parking.drive_small")
FEW_UNITS = Parameter("parking.drive_small_units")
AISLE, HEADROOM = Parameter("parking.aisle"), Parameter("parking.headroom")
RAMP, RAMP_SLOPE = Parameter("parking.ramp"), Parameter("parking.ramp_slope")
CURVED_RAMP = Parameter("parking.curved_ramp")
WAIVED = Parameter("parking.two_way_waived")
VACANT = Parameter("parking.yard_vacant_percent")
STACKED, STACKED_GAP = Parameter("parking.mechanised_share"), Parameter("parking.mechanised_gap")
QUEUE = Parameter("parking.mechanised_queue")
UNDER_ROOF = "car and two-wheeler parking or industrial room"
TOUCHING = 0.3
"""Metres within which bays lie side by side or end to end."""
HUNDRED = Decimal(100)
DRAW = "Draw each bay as a closed outline on PARKING_SLOT, at its full size."


Pair = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class _Frame:
    """The middle of a bay, and the unit vectors along its longer and its shorter side; None for a bay without breadth."""

    middle: Pair
    ahead: Pair | None
    aside: Pair | None


def silence_of(rule_id: str, plan: Proposal, site: Site, book: Book) -> Finding | None:
    """Why the geometry of parking is not asked: a small plot, or no cars asked for and none drawn."""
    exemption = exempt(rule_id, plan, site, book)
    if exemption is not None or bays_of(plan):
        return exemption
    wanted = cars(plan, book)
    if wanted.asked is None:
        return not_applicable(
            rule_id, f"No cars are asked for, and no bay is drawn. {' '.join(wanted.silent)}"
        )
    return None


@rule("bays")
def bays(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Every bay has the least length and breadth, headroom where it is covered, and a drive, aisle and ramp wide and flat enough."""
    silence = silence_of("bays", plan, site, book)
    if silence is not None:
        return [silence]
    drawn = bays_of(plan, *(each for each in BAYS if each is not Role.MECHANICAL_PARKING))
    missing = "No bay for a car is drawn."
    return [
        *asked("bays", lambda: _length(plan, drawn, book), subject="length of bays"),
        *sized(
            "bays",
            book,
            [
                Sized(
                    subject="breadth of bays",
                    parameter=BAY,
                    keys=("breadth",),
                    found=least(side_of(each, each.breadth, "breadth of a bay") for each in drawn),
                    missing=missing,
                    remedy=DRAW,
                )
            ],
        ),
        *_headroom(plan, drawn, book),
        *asked("bays", lambda: _ramps(plan, book), subject="ramp"),
        *details("bays", plan, _drives(plan, book), subject="drive and aisle"),
    ]


def _length(plan: Proposal, drawn: Sequence[Thing], book: Book) -> list[Finding]:
    """Bays that lie end to end along a drive are longer than those that stand side by side."""
    across, along = book.value(BAY, "length"), book.value(PARALLEL, "length")
    if not drawn:
        return [unknown("bays", "No bay for a car is drawn.", remedy=DRAW, subject="length of bays")]
    lies = once_drawn(plan, ("along", *map(id, drawn)), lambda: _along(drawn))
    groups = {
        flag: [e for e, is_along in zip(drawn, lies, strict=True) if is_along is flag]
        for flag in (True, False)
    }
    why = "Whether bays that stand end to end lie along a drive, where they are longer, is not told."
    asked_for = {
        True: Range(most=Required.of(along), least=Required.of(across), why=why),
        False: Range.one(Required.of(across)),
    }
    return [
        at_least_between(
            "bays",
            asked_for[is_along],
            least(side_of(each, each.length, "length of a bay") for each in group),
            missing="",
            remedy=DRAW,
            subject="length of bays end to end" if is_along else "length of bays",
        )
        for is_along, group in groups.items()
        if group
    ]


def _along(drawn: Sequence[Thing]) -> list[bool]:
    """For each bay whether others stand before or behind it and none beside it, as along a drive."""
    shapes = [each.outline.shape for each in drawn]
    frames = [_frame(each) for each in shapes]
    beside, ends = [False] * len(shapes), [False] * len(shapes)
    near = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=TOUCHING)
    for one, other in near.T.tolist():
        if one == other or drawn[one].floor != drawn[other].floor:
            continue
        ahead, aside = _offset(frames[one], frames[other])
        if aside < drawn[one].breadth / 2:
            ends[one] = True
        elif ahead < drawn[one].length / 2:
            beside[one] = True
    return [ends[i] and not beside[i] for i in range(len(shapes))]


def _frame(bay: Polygon) -> _Frame:
    corners = shapely.get_coordinates(shapely.oriented_envelope(bay))[:3]
    sides = np.diff(corners, axis=0)
    lengths = np.hypot(*sides.T)
    middle = shapely.get_coordinates(bay.centroid)[0]
    if lengths.min() <= 0:
        return _Frame(middle=middle, ahead=None, aside=None)
    ahead, aside = sides[np.argmax(lengths)] / lengths.max(), sides[np.argmin(lengths)] / lengths.min()
    return _Frame(middle=middle, ahead=ahead, aside=aside)


def _offset(bay: _Frame, other: _Frame) -> tuple[float, float]:
    """How far the middle of another bay lies ahead and aside of this one's, along its longer and its shorter side."""
    if bay.ahead is None or bay.aside is None:
        return (math.inf, math.inf)
    away = other.middle - bay.middle
    return abs(float(away @ bay.ahead)), abs(float(away @ bay.aside))


def _headroom(plan: Proposal, drawn: Sequence[Thing], book: Book) -> tuple[Finding, ...]:
    """Asked only where bays lie on a floor or below a building."""
    roofs = [building.outline for building in plan.buildings if building.outline is not None]
    covered = [
        e for e in drawn if e.floor is not None or any(e.outline.shape.intersects(roof) for roof in roofs)
    ]
    heights = [of_length(e) for e in plan.drawing.lengths_of(Role.ROOM_HEIGHT) if e.meaning == UNDER_ROOF]
    if not covered:
        return ()
    wanted = Sized(
        subject="headroom",
        parameter=HEADROOM,
        found=least(heights),
        missing="Bays lie below a roof, and their headroom is not drawn.",
        remedy="Give parking its headroom, and draw it as a dimension in colour 4 on BLK_n_FLR_k_HT_ROOM.",
    )
    return sized("bays", book, [wanted])


def _ramps(plan: Proposal, book: Book) -> list[Finding]:
    """Width by one or two ways, curved ramps apart, and the slope declared on their layers."""
    ramps = plan.drawing.things_of(Role.VEHICLE_RAMP)
    found: list[Finding] = []
    for is_curved in (False, True):
        there = [each for each in ramps if each.outline.has_arcs is is_curved]
        subject = "curved ramp, width" if is_curved else "ramp, width"
        parameter = CURVED_RAMP if is_curved else RAMP
        if there:
            found += asked(
                "bays", partial(_ramp_width, plan, there, parameter, subject, book), subject=subject
            )
    if ramps:
        slope = "ramp, slope"
        found += asked(
            "bays",
            lambda: slopes(
                "bays", plan, Role.VEHICLE_RAMP, Required.of(book.value(RAMP_SLOPE)), subject=slope
            ),
            subject=slope,
        )
    return found


def _ramp_width(
    plan: Proposal, ramps: Sequence[Thing], parameter: Parameter, subject: str, book: Book
) -> Finding:
    one, two = book.value(parameter, "one_way"), book.value(parameter, "two_way")
    case = "residential" if {use.group for use in joined(plan, book)} == {"A1"} else "other"
    waived = book.value(WAIVED, case)
    few = _few_cars(plan, book, waived.count)
    why = f"Two ways are waived up to {waived.count} cars, and two ramps of one way may do for more."
    several = len({each.index for each in plan.drawing.things_of(Role.VEHICLE_RAMP)}) > 1
    is_open = few is None or (few is False and several)
    asked_for = Range(
        most=Required.of(one if few else two), least=Required.of(one), why=why if is_open else None
    )
    width = least(side_of(each, each.breadth, "width of a ramp") for each in ramps)
    remedy = "Make the ramp wider, and draw its outline on BLK_n_FLR_k_VEHICLE_RAMP_i."
    return at_least_between("bays", asked_for, width, missing="", remedy=remedy, subject=subject)


def _few_cars(plan: Proposal, book: Book, limit: int) -> bool | None:
    """Whether the plan has so few cars that a ramp of one way does; the larger of the number asked for and drawn counts."""
    drawn, wanted = bays_drawn(plan), cars(plan, book).asked
    numbers = [drawn.amount if drawn else Decimal(0), wanted.most.amount if wanted else Decimal(0)]
    if max(numbers) <= limit:
        return True
    least_of_all = max(numbers[0], wanted.least.amount if wanted else Decimal(0))
    return False if least_of_all > limit else None


def _drives(plan: Proposal, book: Book) -> list[Detail]:
    def drive() -> Required:
        wide, narrow, few = book.value(DRIVE), book.value(DRIVE_SMALL), book.value(FEW_UNITS)
        units = dwellings(plan)
        only_homes = {use.group for use in joined(plan, book)} == {"A1"}
        if only_homes and (
            is_house(plan) or (units is not None and units.amount <= few.count and not units.is_declared)
        ):
            return Required.of(narrow)
        return Required.of(wide)

    return [
        Detail(key="DRIVE_WIDTH_M", what="width of the drive", required=drive),
        Detail(
            key="AISLE_WIDTH_M", what="width of the aisle", required=lambda: Required.of(book.value(AISLE))
        ),
    ]
