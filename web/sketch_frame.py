"""The frame of a plot's sketch: from metres on the grid to units of the drawing.

In: a shape in a metric system.  Out: a `Window` around it, and SVG paths in drawing units (x to the right, y down).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Point, box
from shapely.geometry.base import BaseGeometry

WIDTH, HEIGHT = 720, 540
"""Drawing units of the sketch."""
MARGIN = 0.36
"""Ground shown around the plot on each side, as part of the plot's extent."""
LEAST_MARGIN = 14.0
"""Metres shown around a small plot, so that its lane and neighbours are seen."""
DOT = 5
"""Radius of a point in drawing units."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """The ground that the drawing shows: its north-west corner in grid metres, and drawing units per grid metre."""

    west: float
    north: float
    scale: float

    def points(self, shape: BaseGeometry) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
        """The coordinates of a shape in drawing units."""
        grid = shapely.get_coordinates(shape)
        return np.column_stack(
            [(grid[:, 0] - self.west) * self.scale, (self.north - grid[:, 1]) * self.scale]
        )

    def at(self, point: Point) -> tuple[float, float]:
        """One position in drawing units."""
        x, y = self.points(point)[0]
        return round(float(x), 1), round(float(y), 1)

    def path(self, shape: BaseGeometry) -> str:
        """A shape as the path of an SVG."""
        return " ".join(self._strokes(shape))

    def _strokes(self, shape: BaseGeometry) -> Iterator[str]:
        for part in shapely.get_parts(shape):
            if part.geom_type == "Polygon":
                for line in (part.exterior, *part.interiors):
                    yield f"M{self._run(line)}Z"
            elif part.geom_type == "Point":
                x, y = self.at(part)
                yield f"M{x - DOT:g},{y:g}a{DOT},{DOT} 0 1 0 {2 * DOT},0a{DOT},{DOT} 0 1 0 -{2 * DOT},0Z"
            elif part.geom_type == "GeometryCollection":
                yield from self._strokes(part)
            else:
                yield f"M{self._run(part)}"

    def _run(self, line: BaseGeometry) -> str:
        return "L".join(f"{x:.1f},{y:.1f}" for x, y in self.points(line))

    @property
    def ground(self) -> BaseGeometry:
        """The ground that the drawing shows."""
        east, south = self.west + WIDTH / self.scale, self.north - HEIGHT / self.scale
        return box(self.west, south, east, self.north)


def window_around(shape: BaseGeometry) -> Window:
    """The window that shows a plot with some of its surroundings."""
    west, south, east, north = shape.bounds
    margin = _margin(shape)
    scale = min(WIDTH / (east - west + 2 * margin), HEIGHT / (north - south + 2 * margin))
    return Window(
        west=(west + east) / 2 - WIDTH / scale / 2,
        north=(south + north) / 2 + HEIGHT / scale / 2,
        scale=scale,
    )


def reach_of(shape: BaseGeometry) -> float:
    """Metres around a plot that its window may show."""
    return _margin(shape) + WIDTH / HEIGHT * _extent(shape)


def _margin(shape: BaseGeometry) -> float:
    return max(MARGIN * _extent(shape), LEAST_MARGIN)


def _extent(shape: BaseGeometry) -> float:
    west, south, east, north = shape.bounds
    return float(max(east - west, north - south))
