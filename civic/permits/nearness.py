"""How far from the plot somebody stood: a satellite fix against the plot's boundary, in metres on the ground.

In: positions in degrees (EPSG:4326) with their accuracy, the plot in the land's metric system.  Out: a distance and a
verdict.  No position is refused: one from elsewhere is kept and said to be from elsewhere.

The accuracy of a telephone is the radius within which it lies in 95 of 100 cases (W3C Geolocation, `accuracy`).
"""

from dataclasses import dataclass
from enum import StrEnum

from shapely import Point
from shapely.geometry.base import BaseGeometry

from gis.crs import GEOID, to_geographic, to_metric
from gis.errors import Invalid
from gis.geometry import clear_distance

COARSE = 100.0
"""Metres of accuracy beyond which a fix does not show a plot: a plot of the size of a house is narrower."""


class Verdict(StrEnum):
    """What a position shows."""

    ON_PLOT = "on_plot"
    WITHIN_ACCURACY = "within_accuracy"
    ELSEWHERE = "elsewhere"
    COARSE = "coarse"
    NO_POSITION = "no_position"


SHOWN_TO_BE_THERE = frozenset({Verdict.ON_PLOT, Verdict.WITHIN_ACCURACY})


@dataclass(frozen=True, kw_only=True)
class Fix:
    """Where a device took itself to be: degrees, and metres of accuracy where it said so."""

    longitude: float
    latitude: float
    accuracy: float | None = None


@dataclass(frozen=True, kw_only=True)
class Land:
    """The plots of a matter as one shape in metres, with the accuracy (m) of their boundary."""

    shape: BaseGeometry
    metric: int
    accuracy: float


@dataclass(frozen=True, kw_only=True)
class Nearness:
    """Ground metres to the plot, 0 on it and None without a position, and what they show."""

    distance: float | None
    verdict: Verdict


def nearness(fix: Fix | None, land: Land) -> Nearness:
    """How a fix lies to the plot; within the accuracies of fix and boundary together it may have been there."""
    if fix is None:
        return Nearness(distance=None, verdict=Verdict.NO_POSITION)
    away = distance(fix, land)
    if fix.accuracy is not None and fix.accuracy > COARSE:
        verdict = Verdict.COARSE if away <= fix.accuracy + land.accuracy else Verdict.ELSEWHERE
    elif away == 0.0:
        verdict = Verdict.ON_PLOT
    elif away <= (fix.accuracy or 0.0) + land.accuracy:
        verdict = Verdict.WITHIN_ACCURACY
    else:
        verdict = Verdict.ELSEWHERE
    return Nearness(distance=away, verdict=verdict)


def distance(fix: Fix, land: Land) -> float:
    """Ground metres (geodesic, WGS 84) from a fix to the plot; 0 within its boundary."""
    spot = Point(fix.longitude, fix.latitude)
    try:
        return clear_distance(to_metric(spot, land.metric), land.shape, land.metric)
    except Invalid:  # so far away that the land's own system does not reach there
        middle = to_geographic(land.shape.representative_point(), land.metric)
        return float(GEOID.inv(fix.longitude, fix.latitude, middle.x, middle.y)[2])


def apart(one: Fix, other: Fix) -> float:
    """Ground metres between two fixes."""
    return float(GEOID.inv(one.longitude, one.latitude, other.longitude, other.latitude)[2])


def differ(one: Fix, other: Fix) -> bool:
    """Whether two fixes of one moment cannot both be right: further apart than both accuracies; a fix that states none may
    be off by `COARSE`."""
    reach = sum(COARSE if each.accuracy is None else each.accuracy for each in (one, other))
    return apart(one, other) > reach
