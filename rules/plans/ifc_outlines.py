"""Outlines of a model: polygons in metres with the parts of the model that make each of their edges.

In: shapes seen from above and the `Body`s they come from.  Out: `Outline`s and `Edge`s as every drawing has them, with GlobalIds as handles.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from rules.plans.drawing import Edge, Outline, Source
from rules.plans.edges import edges_of
from rules.plans.ifc_bodies import MICRON, Body

GAP = 0.01
"""Metres between two parts up to which nothing lies between them."""
STRAIGHT = 0.0005
"""Metres that a corner may lie off the straight line to be none."""
SLIVER = 0.01
"""Square metres below which a piece of ground is none."""
NEAR = 0.02
MOST_HANDLES = 60


def together(bodies: Iterable[Body]) -> BaseGeometry:
    """All that bodies cover, seen from above."""
    shapes = [body.footprint for body in bodies]
    return shapely.union_all(shapes, grid_size=MICRON) if shapes else Polygon()


def closed(shape: BaseGeometry) -> BaseGeometry:
    """A shape whose gaps up to 1 cm are closed; corners stay where they are."""
    wide = shape.buffer(GAP / 2, join_style="mitre").buffer(-GAP / 2, join_style="mitre")
    return shapely.set_precision(wide, MICRON)


def polygons_of(shape: BaseGeometry) -> tuple[Polygon, ...]:
    """The pieces of a shape that are ground, the largest first."""
    pieces = [each for each in shapely.get_parts(shape) if isinstance(each, Polygon) and each.area > SLIVER]
    return tuple(sorted(pieces, key=lambda each: (-round(each.area, 4), each.bounds)))


def outline_of(shape: Polygon, sources: Sequence[Source]) -> Outline:
    """A polygon as an outline, its corners counter-clockwise from the lowest on the left; the first source names the layer."""
    plain = orient(_first_corner(shapely.normalize(_plain(shape))))
    corners = tuple((float(x), float(y)) for x, y in shapely.get_coordinates(plain.exterior)[:-1])
    handles = tuple(dict.fromkeys(handle for each in sources for handle in each.handles))
    return Outline(
        source=Source(layer=sources[0].layer, handles=handles[:MOST_HANDLES]),
        colour=0,
        shape=plain,
        corners=corners,
        segments=tuple(range(len(corners))),
        has_arcs=False,
    )


def _plain(shape: Polygon) -> Polygon:
    plain = shape.simplify(STRAIGHT)
    return plain if isinstance(plain, Polygon) and plain.is_valid and not plain.is_empty else shape


def _first_corner(shape: Polygon) -> Polygon:
    """Simplifying keeps the corner where a ring begins, even on a straight line: begin at one that is a corner for certain."""
    ring = shapely.get_coordinates(shape.exterior)[:-1]
    first = int(np.lexsort((ring[:, 0], ring[:, 1]))[0])
    return _plain(Polygon(np.roll(ring, -first, axis=0), shape.interiors))


def walls_of(outline: Outline, bodies: Sequence[Body]) -> tuple[Edge, ...]:
    """The edges of an outline, each named after the part of the model that stands there."""
    edges = edges_of(outline)
    shapes = [body.footprint for body in bodies]
    if not shapes:
        return edges
    tree = shapely.STRtree(shapes)
    named = []
    for edge in edges:
        middle = edge.line.interpolate(0.5, normalized=True)
        near = sorted(tree.query(middle, predicate="dwithin", distance=NEAR))
        own = bodies[near[0]].source if near else edge.source
        named.append(replace(edge, source=own))
    return tuple(named)
