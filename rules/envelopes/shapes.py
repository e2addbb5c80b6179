"""How far a building stays from each part of the boundary at a height, and the ground that is left.

In: `Sides` of many plots and what the book asks, as numbers.  Out: set-backs with the rule that decides each, and polygons in metres.

Set-back lines run parallel to the boundary and meet in sharp corners, as they are set out on the ground: nowhere nearer to a part of the
boundary than its set-back, and at an inner corner a little farther.
"""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rules.envelopes.model import Decider
from rules.envelopes.sides import REAR, SIDE, Flags, Floats, Ints, Shapes, Sides
from rules.envelopes.terms import Growth, Row, StreetRule

NOWHERE = 1e-9
"""Metres by which two set-backs must differ to be two."""
MICROMETRE = 1e-6
WRONG = 0.0005
"""Metres beyond which a reckoned shape does not hold: half of what lengths are compared at."""
WRONG_AREA = 0.005
DECIDERS = (Decider.YARDS, Decider.GROWTH, Decider.STREET_DISTANCE, Decider.STREET_HEIGHT)
"""What the codes of `SetBacks.decider` mean."""


@dataclass(frozen=True, kw_only=True)
class Along:
    """Of each street: Table 3 up to the height of lanes and above it, and the width that counts against height (inf: none does)."""

    near: Floats
    far: Floats
    width: Floats


@dataclass(frozen=True, kw_only=True)
class Level:
    """A height in metres: how often the yards have grown, and whether the smaller distances to lanes still hold."""

    height: Decimal
    steps: int
    is_low: bool


@dataclass(frozen=True, kw_only=True)
class Yards:
    """Front, rear and side of one row of Table 4, and how often each grows at all."""

    base: Floats
    most_steps: Floats

    @classmethod
    def of(cls, row: Row, growth: Growth | None) -> "Yards":
        """Yards of a row; without a rule of growth they do not grow."""
        most = [0 if growth is None else growth.most(each) for each in row.minimums]
        return cls(base=np.array([float(each) for each in row.yards]), most_steps=np.array(most, dtype=float))


@dataclass(frozen=True, kw_only=True)
class SetBacks:
    """Metres for each group of `Sides`, and the index into `DECIDERS` of the rule that asks most."""

    distance: Floats
    decider: Ints


def set_backs(
    sides: Sides,
    along: Along,
    yards: Yards,
    level: Level,
    *,
    rise: float,
    street: StreetRule | None,
    relieved: Flags,
) -> SetBacks:
    """Set-backs of all groups for buildings that end at a height; `relieved` cases are free of the height against the street."""
    grown = rise * np.minimum(level.steps, yards.most_steps)
    by_position = yards.base + grown
    asked = by_position[sides.position]
    has_rear = np.zeros(len(relieved), dtype=bool)
    has_rear[sides.case[sides.position == REAR]] = True
    is_lone = (sides.position == SIDE) & ~has_rear[sides.case]
    asked = np.where(is_lone, by_position[[REAR, SIDE]].max(), asked)
    decider = np.where(grown[sides.position] > 0.0, 1, 0)
    on_street = sides.street >= 0
    table = np.zeros(len(asked))
    table[on_street] = (along.near if level.is_low else along.far)[sides.street[on_street]]
    decider = np.where(table > asked + NOWHERE, 2, decider)
    asked = np.maximum(asked, table)
    if street is None:
        return SetBacks(distance=asked, decider=decider)
    width = np.full(len(asked), np.inf)
    width[on_street] = along.width[sides.street[on_street]]
    need = (float(level.height) - float(street.width_factor) * width) / float(street.yard_factor)
    need = np.minimum(need, asked + float(street.reach))
    is_bitten = (need > asked + NOWHERE) & ~relieved[sides.case]
    return SetBacks(distance=np.where(is_bitten, need, asked), decider=np.where(is_bitten, 3, decider))


def left_over(plots: Shapes, sides: Sides, distance: Floats) -> Shapes:
    """What remains of each case's plot: eroded by its least set-back, then without what lies nearer to parts that ask for more.

    Buffers and differences of nearly coincident lines may come out wrong, so what remains is measured, and mended where it does not hold.
    """
    least = np.full(len(plots), np.inf)
    np.minimum.at(least, sides.case, distance)
    left: Shapes = shapely.buffer(plots, -least, quad_segs=1, join_style="mitre")
    allowed = shapely.area(left)
    more = np.flatnonzero((distance > least[sides.case] + NOWHERE) & ~shapely.is_empty(left)[sides.case])
    if len(more):
        runs, group = shapely.get_parts(sides.line[more], return_index=True)
        strips = shapely.buffer(
            runs, distance[more][group], quad_segs=1, cap_style="square", join_style="mitre"
        )
        case = sides.case[more][group]
        np.subtract.at(allowed, case, shapely.area(strips))
        turn = np.arange(len(case)) - np.searchsorted(case, case)
        for each in range(int(turn.max()) + 1):
            rows = np.flatnonzero(turn == each)
            left[case[rows]] = shapely.difference(left[case[rows]], strips[rows])
    is_wrong = shapely.area(left) < allowed - WRONG_AREA
    is_wrong[sides.case[shapely.distance(left[sides.case], sides.line) < distance - WRONG]] = True
    for case_number in np.flatnonzero(is_wrong).tolist():
        own = sides.case == case_number
        left[case_number] = _mended(plots[case_number], sides.line[own], distance[own])
    return left


def _mended(plot: BaseGeometry, lines: Shapes, distance: Floats) -> BaseGeometry:
    """The same ground edge by edge on a grid of micrometres, where coincident lines are one: slower, and sure."""
    strips = []
    for line, metres in zip(lines, distance, strict=True):
        for run in shapely.get_parts(line):
            ends = shapely.get_coordinates(run)
            edges = shapely.linestrings(np.stack([ends[:-1], ends[1:]], axis=1))
            strips += list(shapely.buffer(edges, metres, quad_segs=1, cap_style="square"))
    taken = shapely.union_all(np.array(strips, dtype=object), grid_size=MICROMETRE)
    return shapely.difference(plot, taken, grid_size=MICROMETRE)


def pieces(shapes: Shapes) -> Floats:
    """m² of the largest connected part of each shape; 0 for what is empty."""
    areas: Floats = shapely.area(shapes)
    many = np.flatnonzero(shapely.get_num_geometries(shapes) > 1)
    if len(many):
        parts, owner = shapely.get_parts(shapes[many], return_index=True)
        largest = np.zeros(len(many))
        np.maximum.at(largest, owner, shapely.area(parts))
        areas[many] = largest
    return areas


def chosen(sides: Sides, mask: Flags) -> tuple[Sides, Ints]:
    """The sides of some cases, renumbered from 0, and which groups they were."""
    groups = np.flatnonzero(mask[sides.case])
    number = np.cumsum(mask) - 1
    return (
        Sides(
            case=number[sides.case[groups]],
            position=sides.position[groups],
            street=sides.street[groups],
            line=sides.line[groups],
        ),
        groups,
    )
