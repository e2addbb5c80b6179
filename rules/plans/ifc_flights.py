"""Flights of stairs of a model, measured from their bodies: treads from the faces that lie level, the width across them.

In: the body of an `IfcStairFlight`.  Out: `Flight` in metres: its outline, its steps as a drawing would show them, its least width. What properties say of
risers and treads is not looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from rules.plans.ifc_bodies import Body
from rules.plans.ifc_outlines import polygons_of
from rules.plans.steps import OpenLine, Steps, steps_of

LEVEL = 0.999
"""Cosine of the slope up to which a face lies level."""
ONE_STEP = 0.02
"""Metres of height within which faces are one tread; risers are higher."""
LEAST_TREAD = 0.02
"""Square metres below which a level face is no tread but an edge."""
STRAIGHT = 0.966
"""Cosine of the turn from one tread to the next up to which a flight is straight: 15 degrees."""
WITHIN = 1e-6
"""Metres that a line across stays inside the outline, so that rounding does not lose it."""
FAR = 1_000.0

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, kw_only=True)
class Flight:
    """One flight from above; `steps` and `width` are None where its treads do not follow one another in one direction."""

    outline: Polygon
    steps: Steps | None
    width: float | None
    across: LineString | None


def flight_of(body: Body) -> Flight | None:
    """The flight that a body shows; None where it covers no ground."""
    pieces = polygons_of(body.footprint)
    if not pieces:
        return None
    outline = max(pieces, key=lambda each: each.area)
    treads = _treads(body)
    along = _direction(treads)
    if along is None:
        return Flight(outline=outline, steps=None, width=None, across=None)
    starts = [float((shapely.get_coordinates(each) @ along).min()) for each in treads]
    lines = [line for at in starts if (line := _across(outline, along, at)) is not None]
    steps = steps_of(outline, [OpenLine(line, body.mark) for line in lines]) if lines else None
    narrow = min(treads, key=lambda each: _width(each, along))
    middle = float(np.mean(shapely.get_coordinates(narrow) @ along))
    return Flight(
        outline=outline, steps=steps, width=_width(narrow, along), across=_across(outline, along, middle)
    )


def _treads(body: Body) -> list[BaseGeometry]:
    """The level faces from the lowest up, each without what a higher one covers."""
    sides = body.triangles[:, 1:] - body.triangles[:, :1]
    normals = np.cross(sides[:, 0], sides[:, 1])
    sizes = np.linalg.norm(normals, axis=1)
    level = body.triangles[(sizes > 0.0) & (normals[:, 2] >= LEVEL * sizes)]
    heights = level[:, :, 2].mean(axis=1)
    order = np.argsort(heights, kind="stable")
    cuts = np.flatnonzero(np.diff(heights[order]) > ONE_STEP) + 1
    found: list[BaseGeometry] = []
    above: BaseGeometry = Polygon()
    for group in reversed(np.split(order, cuts)):
        face = shapely.union_all([Polygon(corners[:, :2]) for corners in level[group]])
        seen = face.difference(above)
        above = above.union(face)
        if seen.area > LEAST_TREAD:
            found.append(seen)
    return found[::-1]


def _direction(treads: Sequence[BaseGeometry]) -> Vector | None:
    """The way up over the treads, of length one; None where there are fewer than two or the way turns."""
    if len(treads) < 2:
        return None
    middles = np.array([[each.centroid.x, each.centroid.y] for each in treads])
    ways = np.diff(middles, axis=0)
    lengths = np.hypot(*ways.T)
    whole = middles[-1] - middles[0]
    length = float(np.hypot(*whole))
    if length == 0.0 or not (lengths > 0.0).all():
        return None
    along: Vector = whole / length
    return along if bool(((ways @ along) / lengths >= STRAIGHT).all()) else None


def _across(outline: Polygon, along: Vector, at: float) -> LineString | None:
    """The line square to the way up, from one side of the outline to the other."""
    reach = shapely.get_coordinates(outline.exterior) @ along
    place = along * min(max(at, float(reach.min()) + WITHIN), float(reach.max()) - WITHIN)
    side = np.array((-along[1], along[0])) * FAR
    middle = side / FAR * float(np.array([outline.centroid.x, outline.centroid.y]) @ side) / FAR
    line = LineString([place + middle - side, place + middle + side]).intersection(outline)
    parts = [each for each in shapely.get_parts(line) if isinstance(each, LineString)]
    return max(parts, key=lambda each: each.length, default=None)


def _width(tread: BaseGeometry, along: Vector) -> float:
    """How wide a tread is, square to the way up."""
    return float(np.ptp(shapely.get_coordinates(tread) @ np.array((-along[1], along[0]))))
