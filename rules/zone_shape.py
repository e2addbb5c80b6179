"""The shape of a zone that is redrawn: GeoJSON in degrees, checked before anything is laid on the land.

In: a geometry, a feature or a collection of features as plain values, numbers as numbers or as text.  Out: polygons as a GeoJSON geometry of
floats (EPSG:4326, longitude first), or `NotDrawn` with what is wrong, where, and what to do.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry import mapping

MOST_CORNERS = 50_000
WGS84 = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326", "OGC:CRS84")
"""What a file may say of its coordinate system; anything else is refused, not guessed."""
Geometry = Mapping[str, Any]


class NotDrawn(ValueError):
    """What is wrong with a shape, without its subject: a form says where it stands."""


def zone_shape(told: object) -> Geometry:
    """The polygons of a GeoJSON value, as one geometry."""
    _check_system(told)
    found = list(_polygons(told))
    if not found:
        raise NotDrawn("holds no polygon; a zone is drawn as Polygon or MultiPolygon")
    if sum(shapely.get_num_coordinates(each) for each in found) > MOST_CORNERS:
        raise NotDrawn(f"has more than {MOST_CORNERS} corners; simplify it")
    for each in found:
        if not each.is_valid:
            raise NotDrawn(
                f"is not sound: {shapely.is_valid_reason(each)} (longitude, latitude);"
                " draw it so that no line crosses or repeats another"
            )
    whole = shapely.union_all(found)
    if not isinstance(whole, Polygon | MultiPolygon) or whole.is_empty:
        raise NotDrawn("encloses no area")
    return mapping(whole)  # type: ignore[no-any-return]


def _check_system(told: object) -> None:
    said = told.get("crs") if isinstance(told, Mapping) else None
    if said is None:
        return
    inside = said.get("properties") if isinstance(said, Mapping) else None
    name = inside.get("name") if isinstance(inside, Mapping) else said
    if not isinstance(name, str) or name not in WGS84:
        raise NotDrawn(
            f"names the coordinate system {str(name)[:60]}; bring it into EPSG:4326 (degrees, longitude first)"
        )


def _polygons(told: object) -> Iterator[Polygon]:
    if not isinstance(told, Mapping):
        raise NotDrawn("is not GeoJSON: it must be words with values, with a `type`")
    kind = told.get("type")
    if kind == "FeatureCollection":
        for each in _list(told.get("features"), "features"):
            yield from _polygons(each)
    elif kind == "Feature":
        yield from _polygons(told.get("geometry"))
    elif kind == "Polygon":
        yield _polygon(told.get("coordinates"))
    elif kind == "MultiPolygon":
        for part in _list(told.get("coordinates"), "coordinates"):
            yield _polygon(part)
    else:
        raise NotDrawn(
            f"holds a {str(kind)[:30]}; a zone is drawn as Polygon or MultiPolygon, alone or in a feature"
        )


def _polygon(rings: object) -> Polygon:
    corners = [[_corner(each) for each in _list(ring, "ring")] for ring in _list(rings, "coordinates")]
    if not corners or any(len(ring) < 3 for ring in corners):
        raise NotDrawn("has a ring with fewer than three corners")
    return Polygon(corners[0], corners[1:])


def _corner(told: object) -> tuple[float, float]:
    pair = _list(told, "corner")
    try:
        longitude, latitude = (float(each) for each in pair[:2])
    except (TypeError, ValueError) as error:
        raise NotDrawn(f"has a corner that is no pair of numbers: {str(told)[:60]}") from error
    if not (isfinite(longitude) and isfinite(latitude)):
        raise NotDrawn(f"has a corner that is no pair of numbers: {str(told)[:60]}")
    if abs(longitude) > 180 or abs(latitude) > 90:
        raise NotDrawn(
            f"has a corner at {longitude:g}, {latitude:g}, which are no degrees; bring it into EPSG:4326"
            " (longitude, then latitude)"
        )
    return longitude, latitude


def _list(told: object, what: str) -> Sequence[Any]:
    if isinstance(told, str) or not isinstance(told, Sequence):
        raise NotDrawn(f"is not GeoJSON: {what} must be a list")
    return told
