"""A site as a file, so that a plan can be checked where no database is.

In: a `Site`, or bytes that somebody brings.  Out: bytes that depend on nothing but the site, or a `Site` whose every field was
looked at.  Shapes are written as GeoJSON has them, but in metres of the site's frame, to 0.1 mm; instants in UTC.  The digest is
the SHA-256 of the content with its keys in order: a file that was changed by hand is refused.  What the register knows of the
holder (`Holding`) has no place in the file: who checks a plan says it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import check_metric
from gis.errors import Invalid, TooLarge
from gis.site import Road, Site
from gis.site_fields import LEFT_OUT, lines_in, refused, value_of

SCHEMA = "bhumika-site-1"
DECIMALS = 4
"""Of a coordinate in metres: 0.1 mm."""
LARGEST = 4_000_000
"""Bytes: a plot with all that lies around it takes a hundredth of it, a river with its banks an eighth."""
MOST_LINES = 3_000
"""Lines and rings of all shapes: whether rings lie in each other takes the square of their number."""
SCALES = 0.99, 1.01
"""Point scales of the grids in use lie well within."""
ALIKE = 0.001
"""Share by which the area and the boundary of a plot may differ: beyond it they are not of the same plot."""


def site_to_json(site: Site) -> bytes:
    """The site as a file: the same site, the same bytes."""
    content = {each.name: getattr(site, each.name) for each in fields(Site) if each.name not in LEFT_OUT}
    content["known"] = site.known.astimezone(UTC)
    body = orjson.dumps(content, default=_written, option=orjson.OPT_UTC_Z)
    head = orjson.dumps({"schema": SCHEMA, "digest": _digest(orjson.loads(body))})
    return head[:-1] + b"," + body[1:] + b"\n"


def site_from_json(content: bytes) -> Site:
    """The site of a file; `Invalid` names the field that cannot be understood, `TooLarge` the limit."""
    said = _parsed(content)
    if said.pop("schema", None) != SCHEMA:
        raise refused("schema", f"must be “{SCHEMA}”")
    digest = said.pop("digest", None)
    if digest != _digest(said):
        raise refused("digest", "does not belong to the rest: the file was changed after it was written")
    if (lines := lines_in(said)) > MOST_LINES:
        raise TooLarge(
            f"The shapes of the site file have {lines} lines and rings; no plot has over {MOST_LINES}."
        )
    site: Site = value_of(Site, said, "")
    _check(site)
    return site


def _written(value: Any) -> dict[str, Any]:
    if not isinstance(value, BaseGeometry):
        raise TypeError(f"{type(value).__name__} has no form in JSON")
    form: dict[str, Any] = shapely.geometry.mapping(
        shapely.transform(shapely.force_2d(value), lambda points: np.round(points, DECIMALS) + 0.0)
    )
    return form


def _digest(said: Mapping[str, Any]) -> str:
    try:
        return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise refused("", "is nested too deep") from error


def _parsed(content: bytes) -> dict[str, Any]:
    if len(content) > LARGEST:
        raise TooLarge(
            f"The site file is larger than {LARGEST // 1_000_000} MB, which no plot is. Give the file that"
            " `bhumika extract … --site FILE` wrote."
        )
    try:
        said = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise refused("", f"is not JSON ({str(error)[:120]})") from error
    if not isinstance(said, dict):
        raise refused("", "must be an object")
    return said


def _check(site: Site) -> None:
    """What the fields say together."""
    try:
        check_metric(site.frame.metric)
    except Invalid as error:
        raise refused("frame.metric", f"cannot be used: {error.message.rstrip('.')}") from error
    if not SCALES[0] <= site.frame.scale <= SCALES[1]:
        raise refused("frame.scale", f"must lie between {SCALES[0]} and {SCALES[1]}")
    if site.boundary.is_empty:
        raise refused("boundary", "is empty")
    if abs(site.boundary.area - site.measured_area) > ALIKE * site.measured_area + 1.0:
        raise refused("measured_area", f"must be the area of the boundary, {site.boundary.area:.2f} m²")
    for index, road in enumerate(site.roads):
        _check_road(road, f"roads[{index}]")


def _check_road(road: Road, where: str) -> None:
    if road.surface is None and road.line is None:
        raise refused(f"{where}.surface", "is missing, and so is its line; one of them must be there")
