"""The sketch of a plot: a drawing with neighbours, what lies on it, its side lengths, north and a scale bar.

In: an extract and its surroundings, shapes in the jurisdiction's metric system.  Out: `Sketch`, whose paths are in
drawing units for an inline SVG; every printed length is a ground value.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from gis.crs import areal_scale, to_geographic, to_metric
from gis.geometry import ground_length
from layers.extract.model import Extract
from web.answers import Drawn
from web.sketch_frame import HEIGHT, WIDTH, Window, window_around
from web.sketch_marks import Mark, marks_of

MOST_SIDES = 18
"""A plot with more sides is drawn without their lengths: they would cover it."""
LEAST_SIDE = 46.0
"""Drawing units below which a side is too short to be labelled."""
LEAST_ROOM = 15.0
"""Drawing units of free ground around a name, as a radius."""
LETTER = 9.5
"""Drawing units that a letter of a name may take."""
OUTSIDE = 12.0
"""Drawing units between a side and its length."""
BAR = 170.0
"""Drawing units that the scale bar may fill."""


@dataclass(frozen=True, kw_only=True)
class Label:
    """A text at a place of the drawing, turned by some degrees."""

    x: float
    y: float
    text: str
    turn: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Stroke:
    """A shape of the surroundings: a parcel or a street."""

    kind: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """A drawing of `WIDTH` by `HEIGHT`."""

    width: int
    height: int
    around: tuple[Stroke, ...]
    plot: str
    marks: tuple[Mark, ...]
    names: tuple[Label, ...]
    sides: tuple[Label, ...]
    bar: float
    """Length of the scale bar in drawing units."""
    bar_metres: int
    north: float
    """Degrees by which true north is turned clockwise from the top of the drawing."""


def sketch(extract: Extract, around: Sequence[Drawn]) -> Sketch:
    """The drawing of an extract."""
    plot, metric = extract.subject.shape, extract.jurisdiction.metric
    window = window_around(plot)
    grid_per_ground = math.sqrt(areal_scale(metric, plot.centroid.x, plot.centroid.y))
    metres = _round_length(BAR / window.scale / grid_per_ground)
    seen = [(drawn, drawn.shape.intersection(window.ground)) for drawn in around]
    seen = [(drawn, part) for drawn, part in seen if not part.is_empty]
    return Sketch(
        width=WIDTH,
        height=HEIGHT,
        around=tuple(Stroke(kind=drawn.kind, path=window.path(part)) for drawn, part in seen),
        plot=window.path(plot),
        marks=tuple(marks_of(extract, window)),
        names=tuple(_names(seen, plot, window)),
        sides=tuple(_sides(plot, metric, window)),
        bar=round(metres * grid_per_ground * window.scale, 1),
        bar_metres=metres,
        north=_north(plot, metric),
    )


def _round_length(metres: float) -> int:
    """The largest of 1, 2, 5, 10, 20, … that is not longer."""
    power = 10 ** max(math.floor(math.log10(max(metres, 1))), 0)
    return int(max(step * power for step in (1, 2, 5) if step * power <= max(metres, 1)))


def _north(plot: BaseGeometry, metric: int) -> float:
    """Degrees clockwise from grid north to true north, by stepping north along the meridian."""
    spot = to_geographic(plot.centroid, metric)
    start, end = (to_metric(Point(spot.x, spot.y + step), metric) for step in (0.0, 0.001))
    return round(math.degrees(math.atan2(end.x - start.x, end.y - start.y)), 2)


def _names(seen: Sequence[tuple[Drawn, BaseGeometry]], plot: BaseGeometry, window: Window) -> Iterator[Label]:
    for drawn, part in seen:
        free = part.difference(plot)
        if drawn.label is None or free.area == 0:
            continue
        circle = shapely.maximum_inscribed_circle(free)
        if circle.length * window.scale < LEAST_ROOM:
            continue
        name = _name(drawn.label, window.at(shapely.get_point(circle, 0)))
        if name is not None:
            yield name


def _name(text: str, at: tuple[float, float]) -> Label | None:
    """A name, unless it would run over the edge, the scale bar or the north arrow."""
    x, y = at
    half = len(text) * LETTER / 2
    over_edge = x - half < 0 or x + half > WIDTH or y < LETTER or y > HEIGHT - LETTER
    over_bar = x - half < BAR + 60 and y > HEIGHT - 70
    over_north = x + half > WIDTH - 90 and y < 100
    return None if over_edge or over_bar or over_north else Label(x=x, y=y, text=text)


def _sides(plot: BaseGeometry, metric: int, window: Window) -> Iterator[Label]:
    whole = plot.simplify(0.05)
    if whole.geom_type != "Polygon" or len(whole.exterior.coords) - 1 > MOST_SIDES:
        return
    corners = list(shapely.geometry.polygon.orient(whole, 1.0).exterior.coords)
    for start, end in pairwise(corners):
        side = shapely.LineString([start, end])
        (ax, ay), (bx, by) = window.points(side)
        long = math.hypot(bx - ax, by - ay)
        if long < LEAST_SIDE:
            continue
        turn = math.degrees(math.atan2(by - ay, bx - ax))
        yield Label(
            x=round((ax + bx) / 2 - (by - ay) / long * OUTSIDE, 1),
            y=round((ay + by) / 2 + (bx - ax) / long * OUTSIDE, 1),
            text=f"{ground_length(side, metric):.1f}",
            turn=round(turn + 180 if turn > 90 or turn <= -90 else turn, 1),
        )
