"""Shapes of the ground as a small drawing without a map library: for pages that must show on any phone.

In: shapes in one metric system.  Out: SVG paths in units of a drawing of a given width, north up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

WIDTH = 640
"""Units of a drawing across."""


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A shape of the drawing: what it is called, its path, and where its name stands."""

    name: str
    kind: str
    path: str
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """Outlines, the last on top, and the height of the whole."""

    height: int
    outlines: tuple[Outline, ...]


def sketch(
    shapes: Sequence[tuple[str, str, BaseGeometry]], around: BaseGeometry | None = None
) -> Sketch | None:
    """The drawing of named shapes of some kinds; what lies outside `around` is cut off.  None of no shapes."""
    if not shapes:
        return None
    frame = around if around is not None else shapely.union_all([shape for _, _, shape in shapes])
    west, south, east, north = frame.bounds
    scale = WIDTH / (east - west)
    window = shapely.box(west, south, east, north)

    def drawing(name: str, kind: str, shape: BaseGeometry) -> Outline | None:
        seen = shape.simplify(0.5 / scale).intersection(window)
        if seen.is_empty or seen.area == 0:
            return None
        flat = shapely.transform(seen, lambda xy: (xy - (west, north)) * (scale, -scale))
        parts = [part for part in shapely.get_parts(flat) if part.geom_type == "Polygon"]
        rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
        path = "".join(
            "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring.coords[:-1]) + "Z" for ring in rings
        )
        middle = flat.representative_point()
        return Outline(name=name, kind=kind, path=path, x=round(middle.x, 1), y=round(middle.y, 1))

    drawn = [drawing(*each) for each in shapes]
    return Sketch(
        height=round((north - south) * scale), outlines=tuple(each for each in drawn if each is not None)
    )
