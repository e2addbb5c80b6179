"""Parcel tiles from the column store: the same ids, attributes and shapes as PostGIS would draw, forty times as fast.

In: a store and a tile address.  Out: the tile's bytes; empty where nothing lies.  Importing this module needs numba.
"""

import numpy as np
import shapely

from tiles.columns import Columns, Numbers, varint
from tiles.cutting import DOUBTFUL, RIM, UNITS, commands_of, draw
from tiles.encode import candidates, write
from tiles.store import BLOCK, Store
from tiles.vector import PARCELS, TileAddress

KEYS = ("number", "survey", "subdivision", "land_type")
BITS = 32
"""Of a position on the grid."""
FINEST = 20
"""The zoom at which a unit of the grid is a unit of a tile; deeper ones need finer positions."""


def _named(field: int, word: str) -> bytes:
    return bytes([field << 3 | 2]) + varint(len(word)) + word.encode()


BEFORE = b"\x78\x02" + _named(1, PARCELS)
"""Version 2 (field 15) and the layer's name."""
AFTER = b"".join(_named(3, key) for key in KEYS) + b"\x28" + varint(UNITS)
"""Keys, and how many units a side has (field 5)."""
DRAWN_AREA = shapely.box(-RIM, -RIM, UNITS + RIM, UNITS + RIM)


def parcel_tile(store: Store, address: TileAddress) -> bytes:
    """The layer `parcels` of a tile, at most as deep as `FINEST`."""
    columns = store.columns
    side = 1 << BITS - address.z
    corner = np.array([address.x * side, address.y * side], np.int64)
    scale, rim = side / UNITS, side * RIM // UNITS
    clip = np.array([*(corner - rim), *(corner + side + rim)], np.int64)
    chosen = candidates(columns.blocks, columns.boxes, BLOCK, clip)
    if not chosen.size:
        return b""
    commands, spans, states = draw(
        chosen,
        clip,
        corner,
        scale,
        columns.boxes,
        columns.ring_starts,
        columns.point_starts,
        columns.is_outer,
        columns.points,
    )
    for each in np.flatnonzero(states == DOUBTFUL):
        drawn = _mended(columns, int(chosen[each]), corner, scale)
        spans[each] = len(commands), len(commands) + len(drawn)
        commands = np.concatenate([commands, drawn])
    return _written(columns, chosen, spans, commands)


def warm_up(store: Store) -> None:
    """Draw a tile, so that everything is compiled before somebody waits."""
    zoom = 17
    middle = store.columns.boxes[0].astype(np.int64) >> BITS - zoom
    parcel_tile(store, TileAddress(z=zoom, x=int(middle[0]), y=int(middle[1])))
    commands_of(np.zeros((3, 2), np.int64), np.array([0, 3], np.int64))


def _written(columns: Columns, chosen: Numbers, spans: Numbers, commands: Numbers) -> bytes:
    features, values = write(
        chosen,
        spans,
        commands,
        columns.ids,
        columns.number_starts,
        columns.numbers,
        columns.tags,
        columns.word_starts,
        columns.words,
    )
    if not features.size:
        return b""
    layer = b"".join([BEFORE, features.tobytes(), AFTER, values.tobytes()])
    return b"\x1a" + varint(len(layer)) + layer


def _mended(columns: Columns, place: int, corner: Numbers, scale: float) -> Numbers:
    """Commands of a shape that rounding spoils, cut and rounded by GEOS, which keeps polygons valid."""
    shape = _shape(columns, place, corner, scale)
    if not shape.is_valid:
        shape = shapely.make_valid(shape)
    rounded = shapely.set_precision(shapely.intersection(shape, DRAWN_AREA), 1.0)
    parts = shapely.get_parts(shapely.get_parts(rounded))
    areas = shapely.orient_polygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])
    points, ring = shapely.get_coordinates(shapely.get_rings(areas), return_index=True)
    if not len(points):
        return np.empty(0, np.uint32)
    is_last = np.append(ring[1:] != ring[:-1], True)
    starts = np.concatenate([[0], np.cumsum(np.bincount(ring[~is_last]))]).astype(np.int64)
    return commands_of(np.rint(points[~is_last]).astype(np.int64), starts)


def _shape(columns: Columns, place: int, corner: Numbers, scale: float) -> shapely.MultiPolygon:
    """A parcel's shape in units of a tile, uncut."""
    polygons: list[list[Numbers]] = []
    for ring in range(columns.ring_starts[place], columns.ring_starts[place + 1]):
        first, last = columns.point_starts[ring], columns.point_starts[ring + 1]
        corners = (columns.points[first:last].astype(np.int64) - corner) / scale
        if columns.is_outer[ring]:
            polygons.append([])
        polygons[-1].append(corners)
    return shapely.MultiPolygon([shapely.Polygon(shell, holes) for shell, *holes in polygons])
