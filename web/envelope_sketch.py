"""What a plot can carry, drawn: from above, and as a body seen from the south-east.

In: a choice of an `Envelope` and its `Site`.  Out: two inline SVGs as text.  The body is drawn by edges, far ones first; a band without a top is
drawn to the height of the highest building that is carried, or one storey up.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.affinity import affine_transform
from shapely.geometry.polygon import orient

from gis.site import Site
from rules.envelopes.model import Band, Choice

WIDTH, TALLEST = 720.0, 620.0
AROUND = 4.0
"""Metres of ground shown around the plot."""
TURN = math.radians(30.0)
"""How far the ground is turned, and how flat it is seen (`FLAT`), in the drawing of the body."""
FLAT = 0.5
UP = 0.9
"""Drawing metres for a metre of height."""


@dataclass(frozen=True, kw_only=True)
class Prism:
    """A band with its top in metres."""

    ground: Polygon | MultiPolygon
    top: float


def prisms(choice: Choice, storey: float) -> tuple[Prism, ...]:
    """The bands that hold ground, from the lowest up; a building in a band stands on the ground."""
    highest = max((float(each.height) for each in choice.carried), default=0.0)
    return tuple(
        Prism(ground=band.shape, top=_top(band, highest, storey))
        for band in choice.bands
        if not band.shape.is_empty
    )


def _top(band: Band, highest: float, storey: float) -> float:
    if band.top is not None:
        return float(band.top)
    return max(float(band.bottom) + storey, highest)


def from_above(site: Site, choice: Choice, *, title: str) -> str:
    """The plot, its streets and where a building of each height may stand."""
    west, south, east, north = site.boundary.buffer(AROUND).bounds
    scale = min(WIDTH / (east - west), TALLEST / (north - south))
    to_sheet = [scale, 0, 0, -scale, -west * scale, north * scale]
    view = shapely.box(west, south, east, north)
    parts = [
        _path(
            "road",
            shapely.intersection(road.surface if road.surface is not None else road.line, view),
            to_sheet,
        )
        for road in site.roads
        if road.surface is not None or road.line is not None
    ]
    parts.append(_path("parcel", site.boundary, to_sheet))
    bands = [band for band in choice.bands if not band.shape.is_empty]
    parts += [_path(f"band band-{min(i, 5)}", band.shape, to_sheet) for i, band in enumerate(bands)]
    parts += [
        _path("street-front", road.frontage, to_sheet) for road in site.roads if road.ref == choice.front
    ]
    return _sheet("envelope", (east - west) * scale, (north - south) * scale, parts, title)


def as_body(site: Site, choice: Choice, storey: float, *, title: str) -> str:
    """The ground and what may stand on it, in one direction of view."""
    turned = [math.cos(TURN), -math.sin(TURN), math.sin(TURN) * FLAT, math.cos(TURN) * FLAT, 0, 0]
    faces: list[tuple[str, Polygon | MultiPolygon]] = [("ground", affine_transform(site.boundary, turned))]
    for prism in prisms(choice, storey):
        for part in _polygons(prism.ground):
            faces += [("wall", wall) for wall in _walls(orient(part), turned, prism.top)]
            faces.append(("roof", _lifted(affine_transform(part, turned), prism.top)))
    west, south, east, north = shapely.union_all([shapely.box(*face.bounds) for _, face in faces]).bounds
    scale = min(WIDTH / (east - west + 2), TALLEST / (north - south + 2))
    to_sheet = [scale, 0, 0, -scale, (1 - west) * scale, (north + 1) * scale]
    parts = [_path(kind, face, to_sheet) for kind, face in faces]
    return _sheet("envelope body", (east - west + 2) * scale, (north - south + 2) * scale, parts, title)


def _polygons(shape: Polygon | MultiPolygon) -> Sequence[Polygon]:
    return shape.geoms if isinstance(shape, MultiPolygon) else [shape]


def _lifted(face: Polygon, top: float) -> Polygon:
    return affine_transform(face, [1, 0, 0, 1, 0, top * UP])


def _walls(part: Polygon, turned: Sequence[float], top: float) -> list[Polygon]:
    """The walls that are seen, the far ones first."""
    corners = np.array(affine_transform(part, turned).exterior.coords)
    seen = [
        (float((a[1] + b[1]) / 2), Polygon([a, b, (b[0], b[1] + top * UP), (a[0], a[1] + top * UP)]))
        for a, b in itertools.pairwise(corners)
        if b[0] > a[0]
    ]
    return [wall for _, wall in sorted(seen, key=lambda each: -each[0])]


def _path(kind: str, shape: shapely.Geometry, to_sheet: Sequence[float]) -> str:
    runs = []
    for part in shapely.get_parts(affine_transform(shape, to_sheet)):
        lines = (part.exterior, *part.interiors) if part.geom_type == "Polygon" else (part,)
        end = "Z" if part.geom_type == "Polygon" else ""
        runs += [
            "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in shapely.get_coordinates(line)) + end
            for line in lines
        ]
    return f'<path class="{kind}" d="{" ".join(runs)}"/>' if runs else ""


def _sheet(kind: str, width: float, height: float, parts: Sequence[str], title: str) -> str:
    return (
        f'<svg class="{kind}" viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )
