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

Shape = TypeVar("Shape", bound=BaseGeometry)


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


def check_metric(epsg: int) -> None:
    """Refuse a system that is not projected in metres and conformal: lengths and areas could not be corrected by one scale."""
    crs = crs_of(epsg)
    units = {axis.unit_name for axis in crs.axis_info}
    if not crs.is_projected or units != {"metre"}:
        raise Invalid(f"EPSG:{epsg} ({crs.name}) is not a projected system in metres.")
    area = crs.area_of_use
    if area is None:
        raise Invalid(f"EPSG:{epsg} ({crs.name}) does not say where it may be used.")
    factors = _projection(epsg).get_factors((area.west + area.east) / 2, (area.south + area.north) / 2)
    if abs(factors.meridional_scale - factors.parallel_scale) > 1e-6:
        raise Invalid(
            f"EPSG:{epsg} ({crs.name}) is not conformal; choose a UTM zone or the state's conformal grid."
        )


def transform(shape: Shape, source: int, target: int) -> Shape:
    """A shape moved between systems, longitude or easting first; coordinates off the earth are refused."""
    if source == target or shape.is_empty:
        return shape
    transformer = _transformer(source, target)

    def move(
        points: "np.ndarray[tuple[int, int], np.dtype[np.float64]]",
    ) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
        x, y = transformer.transform(points[:, 0], points[:, 1])
        return np.column_stack([x, y])

    moved: Shape = shapely.transform(shape, move)
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        raise Invalid(
            "Some coordinates lie off the earth or outside the coordinate system; check their order and system."
        )
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
    return np.asarray(_projection(metric).get_factors(longitude, latitude).areal_scale, dtype=np.float64)


def ground_distance(metric: int, a: tuple[float, float], b: tuple[float, float]) -> float:
    """Geodesic metres between two grid positions."""
    (ax, ay), (bx, by) = (_transformer(metric, GEOGRAPHIC).transform(*p) for p in (a, b))
    return float(GEOID.inv(ax, ay, bx, by)[2])
