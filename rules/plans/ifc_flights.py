"""Flights of stairs of a model, measured from their bodies: treads from the faces that lie level, the width across them.

In: the body of an `IfcStairFlight`.  Out: `Flight` in metres: its outline, its steps as a drawing would show them, its least width. What properties say of
risers and treads is not looked at.
"""

import itertools
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
TURNED = "its treads do not follow one another straight up"
STRAIGHT = 0.02
"""Metres that a tread may reach, seen from above, over the next one of a straight flight."""
WITHIN = 1e-6
"""Metres that a line across stays inside the outline, so that rounding does not lose it."""
FAR = 1_000.0

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, kw_only=True)
class Flight:
    """One flight from above; `steps` tell no treads and `width` is None where its treads do not follow one another straight."""

    outline: Polygon
    steps: Steps | None
    width: float | None
    across: LineString | None
    levels: tuple[float, ...] = ()
    """Levels of its treads from the lowest up, where they follow one another straight."""


def flight_of(body: Body) -> Flight | None:
    """The flight that a body shows; None where it covers no ground."""
    pieces = polygons_of(body.footprint)
    if not pieces:
        return None
    levels, treads = _treads(body)
    outline = _outline(pieces, treads)
    if len(treads) < 2:
        return Flight(outline=outline, steps=None, width=None, across=None)
    along = _direction(treads)
    if along is None:
        turned = Steps(lines=(), handles=(), treads=(), ends=(), why=TURNED, turns=True)
        return Flight(outline=outline, steps=turned, width=None, across=None)
    starts = [_span(each, along)[0] for each in treads]
    lines = [line for at in starts if (line := _across(outline, along, at)) is not None]
    steps = steps_of(outline, [OpenLine(line, body.mark) for line in lines]) if lines else None
    narrow = min(treads, key=lambda each: _width(each, along))
    middle = float(np.mean(shapely.get_coordinates(narrow) @ along))
    shown = narrow.convex_hull
    across = _across(shown if isinstance(shown, Polygon) else outline, along, middle)
    return Flight(
        outline=outline, steps=steps, width=_width(narrow, along), across=across, levels=tuple(levels)
    )


def _outline(pieces: Sequence[Polygon], treads: Sequence[BaseGeometry]) -> Polygon:
    """The largest piece seen from above; where treads lie beyond it, as boards with gaps do, the hull of all treads."""
    outline = max(pieces, key=lambda each: each.area)
    boards = shapely.union_all(list(treads))
    hull = boards.convex_hull
    beyond = boards.difference(outline).area > LEAST_TREAD
    return hull if beyond and isinstance(hull, Polygon) else outline


def _treads(body: Body) -> tuple[list[float], list[BaseGeometry]]:
    """The level faces from the lowest up, each with its level and without what a higher one covers."""
    sides = body.triangles[:, 1:] - body.triangles[:, :1]
    normals = np.cross(sides[:, 0], sides[:, 1])
    sizes = np.linalg.norm(normals, axis=1)
    level = body.triangles[(sizes > 0.0) & (normals[:, 2] >= LEVEL * sizes)]
    heights = level[:, :, 2].mean(axis=1)
    order = np.argsort(heights, kind="stable")
    cuts = np.flatnonzero(np.diff(heights[order]) > ONE_STEP) + 1
    found: list[tuple[float, BaseGeometry]] = []
    above: BaseGeometry = Polygon()
    for group in reversed(np.split(order, cuts)):
        face = shapely.union_all([Polygon(corners[:, :2]) for corners in level[group]])
        seen = face.difference(above)
        above = above.union(face)
        if seen.area > LEAST_TREAD:
            found.append((float(heights[group].max()), seen))
    return [height for height, _ in found[::-1]], [face for _, face in found[::-1]]


def _direction(treads: Sequence[BaseGeometry]) -> Vector | None:
    """The way up, square to the treads and of length one; None where they do not follow one another along it.

    Each tread begins where the one below ends, or beyond, and lies before or behind it over some of their width: treads that grow narrower towards
    one side are straight all the same.
    """
    side = _long_side(treads)
    middles = [np.array((each.centroid.x, each.centroid.y)) for each in treads]
    along: Vector = np.array((-side[1], side[0]))
    if float((middles[-1] - middles[0]) @ along) < 0.0:
        along = -along
    ways, sides = ([_span(each, way) for each in treads] for way in (along, side))
    is_straight = all(
        after[0] > before[0] + ONE_STEP
        and after[0] >= before[1] - STRAIGHT
        and min(beside[1], other[1]) - max(beside[0], other[0]) > ONE_STEP
        for (before, after), (beside, other) in zip(
            itertools.pairwise(ways), itertools.pairwise(sides), strict=True
        )
    )
    return along if is_straight else None


def _long_side(treads: Sequence[BaseGeometry]) -> Vector:
    """The direction of the longer side of the slenderest tread, which is that of its nosing."""
    corners = [shapely.get_coordinates(shapely.oriented_envelope(each))[:3] for each in treads]
    sides = [np.diff(each, axis=0) for each in corners if len(each) == 3]
    found = min(sides, key=lambda each: np.divide(*np.sort(np.hypot(*each.T))))
    longer = found[int(np.argmax(np.hypot(*found.T)))]
    return np.asarray(longer / np.hypot(*longer))


def _span(shape: BaseGeometry, way: Vector) -> tuple[float, float]:
    """From where to where a shape reaches along a way."""
    reach = shapely.get_coordinates(shape) @ way
    return float(reach.min()), float(reach.max())


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
