"""Writing on the map: lengths along the sides, numbers at corners and hits, names of neighbours and streets.

In: shapes on paper in mm, y down.  Out: labels that keep clear of one another; what finds no room is in the tables.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from web.print.drawing import parts
from web.print.frame import Frame
from web.print.sheet import MapLabel

_BESIDE = 2.9
"""Millimetres between a side and its length."""
_OFF_CORNER = 2.7
_SMALL = 4.0
_ABOVE = 2.4
_LETTER = 1.35
"""Millimetres that a letter of a label takes, about."""
_LINE = 2.6


@dataclass(kw_only=True)
class Room:
    """The paper of the map, and what is already written on it."""

    frame: Frame
    labels: list[MapLabel] = field(default_factory=list)
    _taken: list[tuple[float, float, float]] = field(default_factory=list)

    def write(self, label: MapLabel, radius: float) -> bool:
        """Write a label whose ends and middle need so much room around them, if they have it."""
        reach = max(0.0, len(label.text) * _LETTER / 2 - radius)
        turn = math.radians(label.turn)
        steps = max(1, math.ceil(reach / max(radius, 0.5)))
        spots = [
            (label.x + reach * step / steps * math.cos(turn), label.y + reach * step / steps * math.sin(turn))
            for step in range(-steps, steps + 1)
        ]
        if not all(self._is_free(x, y, radius) for x, y in spots):
            return False
        self._taken.extend((x, y, radius) for x, y in spots)
        self.labels.append(label)
        return True

    def take(self, x: float, y: float, radius: float) -> None:
        """Keep a place free of writing."""
        self._taken.append((x, y, radius))

    def _is_free(self, x: float, y: float, radius: float) -> bool:
        inside = radius <= x <= self.frame.width - radius and radius <= y <= self.frame.height - radius
        return inside and all(
            math.hypot(x - left, y - top) >= radius + other for left, top, other in self._taken
        )


def side_label(path: BaseGeometry, text: str) -> MapLabel | None:
    """The length of a side beside it, on its left, or None where the side is shorter than its label."""
    (x1, y1), (x2, y2) = shapely.get_coordinates(path)[[0, -1]]
    across, down = x2 - x1, y2 - y1
    chord = math.hypot(across, down)
    if chord < (len(text) + 1) * _LETTER:
        return None
    middle = path.interpolate(0.5, normalized=True)
    return MapLabel(
        kind="side",
        text=text,
        x=float(middle.x + down / chord * _BESIDE),
        y=float(middle.y - across / chord * _BESIDE),
        turn=_upright(math.degrees(math.atan2(down, across))),
    )


def corner_label(before: BaseGeometry, after: BaseGeometry, number: int) -> MapLabel:
    """The number of a corner, on the outside of the angle between two sides."""
    back, here = shapely.get_coordinates(before)[-2:]
    ahead = shapely.get_coordinates(after)[1]
    coming, going = _unit(here - back), _unit(ahead - here)
    outward = np.array([coming[1] + going[1], -coming[0] - going[0]])
    if np.hypot(*outward) < 0.2:
        outward = coming - going
    x, y = here + _unit(outward) * _OFF_CORNER
    return MapLabel(kind="corner", text=str(number), x=float(x), y=float(y))


def hit_spot(shape: BaseGeometry) -> tuple[float, float]:
    """A place on the largest part of a hit, in mm."""
    for kind, size in (("Polygon", "area"), ("LineString", "length"), ("Point", "area")):
        found = sorted(parts(shape, kind), key=lambda part: float(getattr(part, size)))
        if found:
            largest = found[-1]
            spot = (
                largest.interpolate(0.5, normalized=True)
                if kind == "LineString"
                else shapely.make_valid(largest).representative_point()
            )
            return float(spot.x), float(spot.y)
    spot = shape.representative_point()
    return float(spot.x), float(spot.y)


def hit_label(shape: BaseGeometry, mark: str) -> MapLabel:
    """The number of a hit on its largest part, or above it where it would hide the part."""
    west, north, east, south = shape.bounds
    x, y = hit_spot(shape)
    above = max(east - west, south - north) < _SMALL
    return MapLabel(kind="hit", text=mark, x=x, y=min(y, north) - _ABOVE if above else y)


def name_label(shape: BaseGeometry, kind: str, text: str) -> MapLabel | None:
    """A name on the visible part of a neighbour or along a street, or None where it is larger than that."""
    west, north, east, south = shape.bounds
    turn = _direction(shape) if kind == "street" else 0.0
    extent = math.hypot(east - west, south - north) if kind == "street" else east - west
    if extent < len(text) * _LETTER or max(east - west, south - north) < _LINE:
        return None
    x, y = hit_spot(shape)
    return MapLabel(kind=kind, text=text, x=x, y=y, turn=turn)


def _direction(shape: BaseGeometry) -> float:
    """Degrees of the long side of the smallest rectangle around a shape."""
    points = shapely.get_coordinates(shape.minimum_rotated_rectangle)
    steps = np.diff(points, axis=0)
    if len(steps) == 0:
        return 0.0
    across, down = max(steps, key=lambda step: float(np.hypot(*step)))
    return _upright(math.degrees(math.atan2(down, across)))


def _unit(
    step: "np.ndarray[tuple[int], np.dtype[np.float64]]",
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    length = float(np.hypot(*step))
    return step / length if length else step


def _upright(degrees: float) -> float:
    """A direction in which writing does not stand on its head."""
    turned = round(degrees, 2) % 360
    return turned - 360 if turned > 270 else turned - 180 if turned > 90 else turned
