"""What tells which of several equally good lies of a plot is meant: its own coordinates, the road, a declared direction.

In: lies (rigid moves) with hints.  Out: the lies that agree with the hints, and the hint that told. A plot of right angles fits its
parcel in two or four ways; no outline alone can tell them apart.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from gis.errors import Invalid
from gis.site import Frame
from rules.plans.fitting import Move, within_half_turn

MARGIN = 0.5
"""Metres by which one lie must agree better than another with coordinates or streets, to be told from it."""
TURN_MARGIN = math.radians(10.0)
SAMPLES = 60


class Choice(StrEnum):
    """What told which of the possible lies is meant."""

    ONLY = "only lie"
    COORDINATES = "coordinates of the drawing"
    ROAD = "road"
    DECLARED_TURN = "declared turn"
    BETTER_FIT = "better fit"
    LEAST_TURN = "least turn"


@dataclass(frozen=True, kw_only=True)
class Road:
    """What is drawn of the road (or the plot's side along it) and the streets of the site along which that must lie."""

    drawn: BaseGeometry
    streets: BaseGeometry

    def __post_init__(self) -> None:
        if self.drawn.is_empty or self.streets.is_empty:
            raise Invalid("A road tells the direction of a plot only where it is both drawn and mapped.")


Miss = Callable[[Move], float]
"""How far a lie is from what a hint says, in the hint's own unit."""


def in_agreement(
    moves: Sequence[Move], plot: Polygon, frame: Frame | None, road: Road | None, turn: float | None
) -> tuple[list[int], Choice | None]:
    """Which lies agree with every hint, taken one after the other, and the hint that left only one."""
    left = list(range(len(moves)))
    hints: list[tuple[Choice, Miss, float]] = []
    if frame is not None:
        hints.append((Choice.COORDINATES, _from_coordinates(plot, frame), MARGIN))
    if road is not None:
        hints.append((Choice.ROAD, _from_streets(road), MARGIN))
    if turn is not None:
        hints.append(
            (Choice.DECLARED_TURN, lambda move: abs(within_half_turn(move.turn - turn)), TURN_MARGIN)
        )
    for choice, miss, margin in hints:
        if len(left) > 1:
            misses = [miss(moves[i]) for i in left]
            left = [i for i, each in zip(left, misses, strict=True) if each <= min(misses) + margin]
            if len(left) == 1:
                return left, choice
    return left, None


def shift_from_coordinates(plot: Polygon, frame: Frame, move: Move) -> float:
    """Metres, on average over the corners, from where the drawing's grid coordinates put the plot to where it was laid."""
    return _from_coordinates(plot, frame)(move)


def _from_coordinates(plot: Polygon, frame: Frame) -> Miss:
    drawn = shapely.get_coordinates(plot)
    given = shapely.get_coordinates(frame.from_grid(plot))
    return lambda move: float(np.hypot(*(move.forth(drawn) - given).T).mean())


def _from_streets(road: Road) -> Miss:
    """The mean distance between the drawn road and the streets, both ways."""
    drawn, streets = _along(road.drawn), _along(road.streets)

    def miss(move: Move) -> float:
        there = shapely.transform(road.drawn, move.forth)
        to_streets = shapely.distance(shapely.points(move.forth(drawn)), road.streets)
        to_drawn = shapely.distance(shapely.points(streets), there)
        return float(to_streets.mean() + to_drawn.mean()) / 2

    return miss


def _along(shape: BaseGeometry) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Points along a shape, evenly spaced on each of its parts."""
    parts = shapely.get_parts(shape.boundary if shape.geom_type.endswith("Polygon") else shape)
    share = max(SAMPLES // len(parts), 2)
    places = [
        shapely.line_interpolate_point(part, np.linspace(0, 1, share), normalized=True)
        if part.length > 0
        else np.array([part.centroid])
        for part in parts
    ]
    found: np.ndarray[tuple[int, int], np.dtype[np.float64]] = shapely.get_coordinates(np.concatenate(places))
    return found
