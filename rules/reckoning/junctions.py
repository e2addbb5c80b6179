"""Where two streets along a plot meet, and the triangle that the splay there keeps free.

In: the streets of a site and the splay of each (metres along its own frontage).  Out: corners and triangles in the site's frame.  Where the corner of the
plot is cut already, the streets' edges are followed to where they would meet.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Point, Polygon

from gis.site import Road, Site

CUT = 15.0
"""Metres over which a cut corner may lie between the ends of two frontages."""
ALIKE = math.cos(math.radians(20.0))
"""Streets whose edges run on in one direction are one bend, no junction."""
Vector = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Junction:
    """Two streets and the corner where their edges meet, with the directions in which the edges run from it along the plot."""

    one: Road
    other: Road
    corner: Point
    along_one: Vector
    along_other: Vector

    def triangle(self, one: float, other: float) -> Polygon:
        """The ground between the corner and the points so many metres along each edge."""
        at = (self.corner.x, self.corner.y)
        points = [
            at,
            (at[0] + self.along_one[0] * one, at[1] + self.along_one[1] * one),
            (at[0] + self.along_other[0] * other, at[1] + self.along_other[1] * other),
        ]
        return Polygon(points)


def junctions(site: Site) -> tuple[Junction, ...]:
    """Every corner of the plot at which two of its streets meet."""
    pairs = itertools.combinations([road for road in site.roads if not road.frontage.is_empty], 2)
    return tuple(found for one, other in pairs for found in _meeting(one, other))


def _meeting(one: Road, other: Road) -> Iterator[Junction]:
    if one.frontage.distance(other.frontage) > CUT:
        return
    first, second = (_edge(road.frontage, near.frontage) for road, near in ((one, other), (other, one)))
    if first is None or second is None:
        return
    (start, along), (begin, beside) = first, second
    if abs(along[0] * beside[0] + along[1] * beside[1]) >= ALIKE:
        return
    matrix = np.array([[along[0], -beside[0]], [along[1], -beside[1]]])
    share = np.linalg.solve(matrix, np.array([begin[0] - start[0], begin[1] - start[1]]))
    corner = Point(start[0] + along[0] * share[0], start[1] + along[1] * share[0])
    if max(corner.distance(one.frontage), corner.distance(other.frontage)) > CUT:
        return
    yield Junction(one=one, other=other, corner=corner, along_one=along, along_other=beside)


def _edge(frontage: shapely.MultiLineString, near: shapely.MultiLineString) -> tuple[Vector, Vector] | None:
    """The end of a frontage next to another street, and the direction in which it runs away from there."""
    lines = [LineString(part) for part in shapely.get_parts(frontage) if part.length > 0]
    if not lines:
        return None
    line = min(lines, key=lambda each: each.distance(near))
    points = shapely.get_coordinates(line)
    if Point(points[-1]).distance(near) < Point(points[0]).distance(near):
        points = points[::-1]
    x, y = points[1] - points[0]
    length = math.hypot(x, y)
    return (float(points[0][0]), float(points[0][1])), (float(x / length), float(y / length))
