"""Vector tiles of what no database holds: a plan's findings, what might be built, an area that somebody has drawn.

In: features in degrees (EPSG:4326) and a tile's address.  Out: Mapbox Vector Tile 2.1 as mapbox-vector-tile encodes it, in the units and
with the rim of every other tile.  Such features are few; the many that are stored come from PostGIS or the column store.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import pi
from typing import Any

import mapbox_vector_tile
import numpy as np
import orjson
import shapely
from shapely import MultiLineString, MultiPoint, MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis.errors import TooLarge
from tiles.vector import RIM, TILE_UNITS, TileAddress

MOST = 5_000
"""Features of one tile."""
TOGETHER = (MultiPoint, MultiLineString, MultiPolygon)
"""Shapes of points, lines and areas, by dimension."""
Points = np.ndarray[tuple[int, int], np.dtype[np.float64]]


@dataclass(frozen=True, kw_only=True)
class Loose:
    """A feature that is drawn and not kept: a shape in degrees, and what is told of it."""

    shape: BaseGeometry
    told: Mapping[str, Any]


def features_in(content: bytes) -> list[Loose]:
    """The features of a GeoJSON document (RFC 7946) that have a shape."""
    found = orjson.loads(content)["features"]
    drawn = [each for each in found if each["geometry"] is not None]
    shapes = shapely.from_geojson([orjson.dumps(each["geometry"]).decode() for each in drawn])
    return [Loose(shape=shape, told=each["properties"]) for shape, each in zip(shapes, drawn, strict=True)]


def unstored_tile(address: TileAddress, layer: str, features: Sequence[Loose]) -> bytes:
    """One tile with these features in a layer, numbered from 1 as they come; empty where none of them lies there.

    `TooLarge` where more than `MOST` do.
    """
    shapes = np.array([each.shape for each in features], dtype=object)
    there = shapely.intersects(shapes, shapely.box(*address.degrees)) if len(shapes) else []
    near = [int(index) for index in np.flatnonzero(there)]
    if len(near) > MOST:
        raise TooLarge(f"More than {MOST} features lie in this tile; ask for a deeper zoom.")
    encoded = [
        {"geometry": part, "properties": _told(features[index].told), "id": index + 1}
        for index in near
        for part in _in_units(shapes[index], address)
    ]
    if not encoded:
        return b""
    content: bytes = mapbox_vector_tile.encode(
        [{"name": layer, "features": encoded}],
        default_options={"extents": TILE_UNITS, "y_coord_down": True},
    )
    return content


def _in_units(shape: BaseGeometry, address: TileAddress) -> Iterator[BaseGeometry]:
    """A shape in whole units of a tile, cut to its rim; its parts by dimension, since a tile holds no unlike parts together."""
    size, rim = TILE_UNITS * float(1 << address.z), TILE_UNITS * RIM

    def moved(points: Points) -> Points:
        sines = np.sin(np.radians(points[:, 1]))
        across = (points[:, 0] + 180.0) / 360.0 * size
        down = (0.5 - np.log((1.0 + sines) / (1.0 - sines)) / (4.0 * pi)) * size
        return np.column_stack([across - address.x * TILE_UNITS, down - address.y * TILE_UNITS])

    drawn = shapely.make_valid(shapely.transform(shapely.force_2d(shape), moved))
    cut = shapely.intersection(drawn, shapely.box(-rim, -rim, TILE_UNITS + rim, TILE_UNITS + rim))
    leaves = list(_leaves(shapely.set_precision(cut, 1.0)))
    for dimension, together in enumerate(TOGETHER):
        alike = [leaf for leaf in leaves if shapely.get_dimensions(leaf) == dimension]
        if alike and dimension <= shapely.get_dimensions(shape):
            yield alike[0] if len(alike) == 1 else together(alike)


def _leaves(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    for part in shapely.get_parts(shape):
        if hasattr(part, "geoms"):
            yield from _leaves(part)
        elif not part.is_empty:
            yield part


def _told(words: Mapping[str, Any]) -> dict[str, str | int | float | bool]:
    """What a tile can hold of a feature: what is not told is left out, what has parts is written as JSON."""
    return {
        name: value if isinstance(value, str | int | float) else orjson.dumps(value).decode()
        for name, value in words.items()
        if value is not None
    }
