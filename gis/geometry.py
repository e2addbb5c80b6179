"""Pure measuring: ground areas, lengths and distances of shapes in a metric system.

In: shapely shapes in metres with the EPSG code of their system.  Out: ground values in m² and m: grid values corrected
by the point scale at the shape (PROJ factors), or geodesic where the shape is wide or the distance long.
"""

import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from gis.crs import GEOID, areal_scale, ground_distance, to_geographic

WIDE = 5_000.0
"""Metres beyond which one scale no longer serves a whole shape within 0.01 m² per 1 000 m²; the geodesic does."""


def ground_area(shape: BaseGeometry, metric: int) -> float:
    """Ground m² of a shape in metres, within 0.01 m² per 1 000 m² of the geodesic area on WGS 84."""
    if shape.is_empty:
        return 0.0
    if _is_wide(shape):
        parts = (part for part in shapely.get_parts(shape) if part.geom_type == "Polygon")
        return sum((_geodesic_area(to_geographic(part, metric)) for part in parts), 0.0)
    west, south, east, north = shape.bounds
    return float(shape.area) / areal_scale(metric, (west + east) / 2, (south + north) / 2)


def _is_wide(shape: BaseGeometry) -> bool:
    west, south, east, north = shape.bounds
    return bool(max(east - west, north - south) > WIDE)


def _geodesic_area(polygon: Polygon) -> float:
    return abs(float(GEOID.geometry_area_perimeter(orient(polygon))[0]))


def ground_length(shape: BaseGeometry, metric: int) -> float:
    """Ground metres of a line in metres."""
    if shape.is_empty:
        return 0.0
    if _is_wide(shape):
        return abs(float(GEOID.geometry_length(to_geographic(shape, metric))))
    west, south, east, north = shape.bounds
    scale: float = areal_scale(metric, (west + east) / 2, (south + north) / 2) ** 0.5
    return float(shape.length) / scale


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
