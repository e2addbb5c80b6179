"""Pure measuring: ground areas, lengths and distances of shapes in a metric system.

In: shapely shapes in metres with the EPSG code of their system.  Out: ground values in m² and m: grid values corrected
by the point scale at the shape (PROJ factors), or geodesic where the shape is wide or thin, and for every distance.
"""

import numpy as np
import shapely
from shapely import Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from gis.crs import GEOID, areal_scale, areal_scales, ground_distance, to_geographic
from gis.errors import Invalid

Metres = np.ndarray[tuple[int], np.dtype[np.float64]]
Shapes = np.ndarray[tuple[int], np.dtype[np.object_]]

WIDE = 2_000.0
"""Metres beyond which one scale no longer serves a whole shape within 0.01 m² per 1 000 m²; the geodesic does."""
BOW = 5_000.0
"""Sum of cubed sides over area (m) beyond which the bow between a straight grid line and the geodesic counts.

A grid line of length l and its geodesic enclose κ l³ / 12, with κ (arc-to-chord curvature) below 8e-9 per metre in a UTM
zone: 5 000 keeps that within a third of 0.01 m² per 1 000 m².
"""


def ground_area(shape: BaseGeometry, metric: int) -> float:
    """Ground m² of a shape in metres, within 0.01 m² per 1 000 m² of the geodesic area on WGS 84."""
    if shape.is_empty:
        return 0.0
    if _is_wide(shape) or _bows(shape):
        return sum((_geodesic_area(to_geographic(part, metric)) for part in polygons_of(shape)), 0.0)
    return float(shape.area) / _scale_at(shape, metric)


def ground_areas(shapes: Shapes, metric: int) -> Metres:
    """`ground_area` of many shapes at once, none of them empty."""
    if not len(shapes):
        return np.zeros(0)
    centres = shapely.centroid(shapes)
    scales = areal_scales(metric, shapely.get_x(centres), shapely.get_y(centres))
    areas: Metres = shapely.area(shapes) / scales
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    within = np.flatnonzero(owner[1:] == owner[:-1])
    sides = np.hypot(*(corners[within + 1] - corners[within]).T) ** 3
    bow = np.bincount(owner[within], weights=sides, minlength=len(shapes))
    west, south, east, north = shapely.bounds(shapes).T
    wide = np.maximum(east - west, north - south) > WIDE
    for i in np.flatnonzero(wide | (bow > BOW * shapely.area(shapes))):
        areas[i] = ground_area(shapes[i], metric)
    return areas


def _scale_at(shape: BaseGeometry, metric: int) -> float:
    """The areal scale at the centroid: there, what a scale that changes evenly adds on one side it takes on the other."""
    centre = shape.centroid
    return areal_scale(metric, centre.x, centre.y)


def fault(shape: BaseGeometry, metric: int) -> str:
    """What is wrong with an invalid shape in metres, and where, in degrees; only what, where it lies off the system's ground."""
    what, _, where = shapely.is_valid_reason(shape).rstrip("]").partition("[")
    if not where:
        return str(what)
    try:
        spot = to_geographic(Point([float(part) for part in where.split()[:2]]), metric)
    except Invalid:
        return str(what)
    return f"{what} at {spot.x:.7f}, {spot.y:.7f} (longitude, latitude)"


def polygons_of(shape: BaseGeometry) -> list[Polygon]:
    """The polygons of a shape, out of collections of collections too."""
    if isinstance(shape, Polygon):
        return [shape]
    return [polygon for part in getattr(shape, "geoms", ()) for polygon in polygons_of(part)]


def _is_wide(shape: BaseGeometry) -> bool:
    west, south, east, north = shape.bounds
    return bool(max(east - west, north - south) > WIDE)


def _bows(shape: BaseGeometry) -> bool:
    sides = np.diff(shapely.get_coordinates(shape), axis=0)
    return bool((np.hypot(sides[:, 0], sides[:, 1]) ** 3).sum() > BOW * shape.area)


def _geodesic_area(polygon: Polygon) -> float:
    return abs(float(GEOID.geometry_area_perimeter(orient(polygon))[0]))


def ground_length(shape: BaseGeometry, metric: int) -> float:
    """Ground metres of a line in metres."""
    if shape.is_empty:
        return 0.0
    if _is_wide(shape):
        return abs(float(GEOID.geometry_length(to_geographic(shape, metric))))
    return float(shape.length) / float(_scale_at(shape, metric) ** 0.5)


def clear_distance(a: BaseGeometry, b: BaseGeometry, metric: int) -> float:
    """Ground metres between the nearest points of two shapes; 0 where they meet."""
    if a.is_empty or b.is_empty:
        return float("inf")
    line = shapely.shortest_line(a, b)
    start, end = (tuple(point) for point in shapely.get_coordinates(line))
    return 0.0 if start == end else ground_distance(metric, start, end)


def mean_width(shape: BaseGeometry) -> float:
    """Area divided by half the perimeter: the width of a strip with the same area and perimeter."""
    return 0.0 if shape.is_empty or shape.length == 0 else 2.0 * float(shape.area) / float(shape.length)


def inscribed_width(shape: BaseGeometry) -> float:
    """Diameter (grid metres, within 0.1 mm) of the largest circle inside a shape: how wide it is where it is widest."""
    low, high = 0.0, float(np.sqrt(shape.area / np.pi))
    while high - low > 0.000_05:
        middle = (low + high) / 2
        if shape.buffer(-middle).is_empty:
            high = middle
        else:
            low = middle
    return low + high
