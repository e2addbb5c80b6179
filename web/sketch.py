"""The sketch of a plot: a drawing with neighbours, what lies on it, its side lengths, north and a scale bar.

In: an extract and its surroundings, shapes in the jurisdiction's metric system.  Out: `Sketch`, whose paths are in
drawing units (x to the right, y down) for an inline SVG; every printed length is a ground value.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Point, box
from shapely.geometry.base import BaseGeometry

from gis.crs import areal_scale, to_geographic, to_metric
from gis.geometry import ground_length
from layers.extract.model import Extract, Status, ThemeAnswer, Words
from web.answers import Drawn

WIDTH, HEIGHT = 720, 540
"""Drawing units of the sketch."""
MARGIN = 0.36
"""Ground shown around the plot on each side, as part of the plot's extent."""
LEAST_MARGIN = 14.0
"""Metres shown around a small plot, so that its lane and neighbours are seen."""
MOST_SIDES = 18
"""A plot with more sides is drawn without their lengths: they would cover it."""
LEAST_SIDE = 46.0
"""Drawing units below which a side is too short to be labelled."""
WHOLE = 99.95
"""Share in % from which a theme covers the plot; hatched over everything it would hide the rest."""
LEAST_ROOM = 15.0
"""Drawing units of free ground around a name, as a radius."""
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
    """A shape of the surroundings."""

    kind: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What one theme covers on the plot, with the number that ties it to the legend; no path where it covers all of it."""

    number: int
    layer: str
    title: Words
    colour: str
    path: str | None
    is_line: bool
    turn: int
    """Degrees of its hatching, so that neighbours in the legend differ without colour."""
    x: float
    y: float


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


@dataclass(frozen=True, kw_only=True)
class _Window:
    west: float
    north: float
    scale: float
    """Drawing units per grid metre."""

    def points(self, shape: BaseGeometry) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
        grid = shapely.get_coordinates(shape)
        return np.column_stack([(grid[:, 0] - self.west) * self.scale, (self.north - grid[:, 1]) * self.scale])

    def at(self, point: Point) -> tuple[float, float]:
        x, y = self.points(point)[0]
        return round(float(x), 1), round(float(y), 1)

    @property
    def ground(self) -> BaseGeometry:
        return box(
            self.west, self.north - HEIGHT / self.scale, self.west + WIDTH / self.scale, self.north
        )


def reach_of(shape: BaseGeometry) -> float:
    """Metres around a plot that its sketch may show, for asking about surroundings."""
    west, south, east, north = shape.bounds
    return _margin(shape) + WIDTH / HEIGHT * max(east - west, north - south)


def _margin(shape: BaseGeometry) -> float:
    west, south, east, north = shape.bounds
    return max(MARGIN * max(east - west, north - south), LEAST_MARGIN)


def _window(shape: BaseGeometry) -> _Window:
    west, south, east, north = shape.bounds
    margin = _margin(shape)
    scale = min(WIDTH / (east - west + 2 * margin), HEIGHT / (north - south + 2 * margin))
    return _Window(
        west=(west + east) / 2 - WIDTH / scale / 2,
        north=(south + north) / 2 + HEIGHT / scale / 2,
        scale=scale,
    )


def sketch(extract: Extract, around: Sequence[Drawn]) -> Sketch:
    """The drawing of an extract."""
    plot, metric = extract.subject.shape, extract.jurisdiction.metric
    window = _window(plot)
    grid_per_ground = math.sqrt(areal_scale(metric, plot.centroid.x, plot.centroid.y))
    metres = _round_length(BAR / window.scale / grid_per_ground)
    seen = [(drawn, drawn.shape.intersection(window.ground)) for drawn in around]
    seen = [(drawn, part) for drawn, part in seen if not part.is_empty]
    return Sketch(
        width=WIDTH,
        height=HEIGHT,
        around=tuple(Stroke(kind=drawn.kind, path=_path(part, window)) for drawn, part in seen),
        plot=_path(plot, window),
        marks=tuple(_marks(extract, window)),
        names=tuple(_names(seen, plot, window)),
        sides=tuple(_sides(plot, metric, window)),
        bar=round(metres * grid_per_ground * window.scale, 1),
        bar_metres=metres,
        north=_north(plot, metric),
    )


def _round_length(metres: float) -> int:
    """The largest of 1, 2, 5, 10, 20, … that is not longer."""
    power = 10 ** max(math.floor(math.log10(max(metres, 1))), 0)
    return max(step * power for step in (1, 2, 5) if step * power <= max(metres, 1))


def _north(plot: BaseGeometry, metric: int) -> float:
    """Degrees clockwise from grid north to true north, by stepping north along the meridian."""
    spot = to_geographic(plot.centroid, metric)
    start, end = (to_metric(Point(spot.x, spot.y + step), metric) for step in (0.0, 0.001))
    return round(math.degrees(math.atan2(end.x - start.x, end.y - start.y)), 2)


def _path(shape: BaseGeometry, window: _Window) -> str:
    return " ".join(_strokes(shape, window))


def _strokes(shape: BaseGeometry, window: _Window) -> Iterator[str]:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            for line in (part.exterior, *part.interiors):
                yield f"M{_run(line, window)}Z"
        elif part.geom_type == "Point":
            x, y = window.at(part)
            yield f"M{x - 5},{y}a5,5 0 1 0 10,0a5,5 0 1 0 -10,0Z"
        elif part.geom_type == "GeometryCollection":
            yield from _strokes(part, window)
        else:
            yield f"M{_run(part, window)}"


def _run(line: BaseGeometry, window: _Window) -> str:
    return "L".join(f"{x:.1f},{y:.1f}" for x, y in window.points(line))


def _is_drawn(theme: ThemeAnswer) -> bool:
    """Wards and the like cover every plot whole and would hide what matters."""
    return theme.status is Status.AFFECTED and theme.role not in ("admin", "terrain")


def _marks(extract: Extract, window: _Window) -> Iterator[Mark]:
    number = 0
    for theme in extract.themes:
        shapes = [hit.shape for hit in theme.hits if hit.shape is not None and not hit.shape.is_empty]
        if not shapes or not _is_drawn(theme):
            continue
        number += 1
        shape = shapely.union_all(shapes)
        spot = shape.representative_point() if number % 2 else _beside(shape)
        x, y = window.at(spot)
        yield Mark(
            number=number,
            layer=theme.layer,
            title=theme.title,
            colour=theme.colour,
            path=None if (theme.share_of_measured or 0.0) >= WHOLE else _path(shape, window),
            is_line=shape.area == 0 and shape.length > 0,
            turn=(45, 135, 0, 90)[number % 4],
            x=x,
            y=y,
        )


def _beside(shape: BaseGeometry) -> Point:
    """A second inner spot, so that the numbers of two themes that both cover the plot do not lie on each other."""
    west, south, east, north = shape.bounds
    lower = shape.intersection(box(west, south, east, (south + north) / 2))
    spot: Point = (shape if lower.is_empty else lower).representative_point()
    return spot


def _names(
    seen: Sequence[tuple[Drawn, BaseGeometry]], plot: BaseGeometry, window: _Window
) -> Iterator[Label]:
    for drawn, part in seen:
        free = part.difference(plot)
        if drawn.label is None or free.area == 0:
            continue
        circle = shapely.maximum_inscribed_circle(free)
        if circle.length * window.scale < LEAST_ROOM:
            continue
        x, y = window.at(shapely.get_point(circle, 0))
        yield Label(x=x, y=y, text=drawn.label)


def _sides(plot: BaseGeometry, metric: int, window: _Window) -> Iterator[Label]:
    whole = plot.simplify(0.05)
    if whole.geom_type != "Polygon" or len(whole.exterior.coords) - 1 > MOST_SIDES:
        return
    corners = list(shapely.geometry.polygon.orient(whole, 1.0).exterior.coords)
    for start, end in zip(corners, corners[1:], strict=False):
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
