"""Coordinates: into and out of a jurisdiction's metric system, and from grid metres to ground metres.

In: shapes in degrees (EPSG:4326, longitude first) or in a metric system, with its EPSG code.
Out: shapes in the other system; the point scale that turns a grid length or area into one on the ground.
No EPSG code of a metric system stands here: it belongs to the jurisdiction.
"""

from functools import lru_cache
from typing import TypeVar

import numpy as np
import pyproj
import shapely
from pyproj.enums import TransformDirection
from shapely.geometry.base import BaseGeometry

from gis.errors import Invalid

GEOGRAPHIC = 4326
GEOID = pyproj.Geod(ellps="WGS84")
BEYOND = 1.0
"""Degrees that a shape may reach beyond a system's area of use: enough for a place at its edge, not for another one."""

Shape = TypeVar("Shape", bound=BaseGeometry)
Points = np.ndarray[tuple[int, int], np.dtype[np.float64]]
"""Positions, a row each: longitude and latitude, or easting and northing."""


@lru_cache(maxsize=64)
def crs_of(epsg: int) -> pyproj.CRS:
    """The coordinate reference system of a code, or `Invalid`."""
    try:
        return pyproj.CRS.from_epsg(epsg)
    except pyproj.exceptions.CRSError as error:
        raise Invalid(f"EPSG:{epsg} is not a known coordinate system.") from error


@lru_cache(maxsize=64)
def _transformer(source: int, target: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(crs_of(source), crs_of(target), always_xy=True)


@lru_cache(maxsize=64)
def _projection(metric: int) -> pyproj.Proj:
    return pyproj.Proj(crs_of(metric))


@lru_cache(maxsize=64)
def _area_of_use(metric: int) -> tuple[float, float, float, float]:
    """West, south, east, north of where a system may be used, in degrees; east beyond 180 where it crosses the date line."""
    area = crs_of(metric).area_of_use
    if area is None:
        raise Invalid(f"EPSG:{metric} ({crs_of(metric).name}) does not say where it may be used.")
    return area.west, area.south, area.east + 360 * (area.east < area.west), area.north


@lru_cache(maxsize=64)
def check_metric(epsg: int) -> None:
    """Refuse a system that is not projected in metres and conformal: lengths and areas could not be corrected by one scale.

    The scales are measured on the ground, at nine places of its area of use, and must be those that PROJ states.
    """
    crs = crs_of(epsg)
    units = {axis.unit_name for axis in crs.axis_info}
    if not crs.is_projected or units != {"metre"}:
        raise Invalid(f"EPSG:{epsg} ({crs.name}) is not a projected system in metres.")
    west, south, east, north = _area_of_use(epsg)
    for part in (0.25, 0.5, 0.75):
        for other in (0.25, 0.5, 0.75):
            _check_conformal(epsg, west + part * (east - west), south + other * (north - south))


def _check_conformal(epsg: int, longitude: float, latitude: float) -> None:
    """Ten metres east and ten metres north must be equally long in the grid, and as long as PROJ's factors say."""
    transformer = _transformer(GEOGRAPHIC, epsg)
    x, y = transformer.transform(longitude, latitude)
    scales = []
    for bearing in (90.0, 0.0):
        there = GEOID.fwd(longitude, latitude, bearing, 10.0)[:2]
        east, north = transformer.transform(*there)
        scales.append(float(np.hypot(east - x, north - y)) / 10.0)
    stated = float(_projection(epsg).get_factors(longitude, latitude).areal_scale)
    name, remedy = crs_of(epsg).name, "choose a UTM zone or the state's conformal grid."
    if abs(scales[0] / scales[1] - 1) > 1e-5:
        raise Invalid(f"EPSG:{epsg} ({name}) is not conformal on the ellipsoid; {remedy}")
    if abs(scales[0] * scales[1] / stated - 1) > 1e-5:
        raise Invalid(f"EPSG:{epsg} ({name}) states its scale for another ellipsoid than WGS 84; {remedy}")


def _lies_in(points: Points, metric: int) -> bool:
    """Whether positions in degrees lie where the system may be used; what is no number or endless lies nowhere."""
    west, south, east, north = _area_of_use(metric)
    (left, bottom), (right, top) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    shift = 360.0 if right < west - BEYOND else 0.0
    return bool(
        west - BEYOND <= left + shift <= right + shift <= east + BEYOND
        and south - BEYOND <= bottom <= top <= north + BEYOND
    )


def _check_place(points: Points, metric: int) -> None:
    """Refuse positions in degrees that lie where the system is of no use: swapped, in another country, or off the earth."""
    if _lies_in(points, metric):
        return
    west, south, east, north = _area_of_use(metric)
    (left, bottom), (right, top) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    raise Invalid(
        f"The coordinates ({left:.4f} {bottom:.4f} to {right:.4f} {top:.4f}) lie off the earth or outside the place asked"
        f" about, whose map serves longitude {west:g} to {east:g} and latitude {south:g} to {north:g}; check their order"
        " (longitude first) and their system.",
        code="outside",
    )


def transform(shape: Shape, source: int, target: int) -> Shape:
    """A shape moved between systems, longitude or easting first; coordinates off the earth are refused."""
    if source == target or shape.is_empty:
        return shape
    moved: Shape = shapely.transform(shape, lambda points: transform_points(points, source, target))
    return moved


def transform_points(points: Points, source: int, target: int) -> Points:
    """Positions, a row each, moved between two different systems; refused as `transform` refuses them."""
    if not len(points):
        return points
    if source == GEOGRAPHIC:
        _check_place(points, target)
    moved = np.empty_like(points)
    moved[:, 0], moved[:, 1] = _transformer(source, target).transform(points[:, 0], points[:, 1])
    if target == GEOGRAPHIC and _lies_in(moved, source):
        return moved
    if not np.isfinite(moved).all():
        raise Invalid(
            "Some coordinates lie off the earth or outside the coordinate system; check their order and system."
        )
    if target == GEOGRAPHIC:
        _check_place(moved, source)
    return moved


def to_metric(shape: Shape, metric: int) -> Shape:
    """A shape in degrees, moved into a metric system."""
    return transform(shape, GEOGRAPHIC, metric)


def to_geographic(shape: Shape, metric: int) -> Shape:
    """A shape in a metric system, moved into degrees (longitude, latitude)."""
    return transform(shape, metric, GEOGRAPHIC)


def areal_scale(metric: int, x: float, y: float) -> float:
    """Grid area divided by ground area at a grid position (ellipsoidal point scale, PROJ factors)."""
    longitude, latitude = _transformer(metric, GEOGRAPHIC).transform(x, y)
    if not np.isfinite([longitude, latitude]).all():
        raise Invalid("The position lies outside the coordinate system.")
    return float(_projection(metric).get_factors(longitude, latitude).areal_scale)


def areal_scales(
    metric: int,
    x: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    y: "np.ndarray[tuple[int], np.dtype[np.float64]]",
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """`areal_scale` for many grid positions at once."""
    longitude, latitude = _transformer(metric, GEOGRAPHIC).transform(
        x, y, direction=TransformDirection.FORWARD
    )
    if not np.isfinite([longitude, latitude]).all():
        raise Invalid("A position lies outside the coordinate system.")
    return np.asarray(_projection(metric).get_factors(longitude, latitude).areal_scale, dtype=np.float64)


def ground_distance(metric: int, a: tuple[float, float], b: tuple[float, float]) -> float:
    """Geodesic metres between two grid positions."""
    (ax, ay), (bx, by) = (_transformer(metric, GEOGRAPHIC).transform(*p) for p in (a, b))
    if not np.isfinite([ax, ay, bx, by]).all():
        raise Invalid("A position lies outside the coordinate system.")
    return float(GEOID.inv(ax, ay, bx, by)[2])
