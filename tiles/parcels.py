"""Parcel tiles from the column store: the same ids, attributes and shapes as PostGIS would draw, forty times as fast.

In: a store and a tile address.  Out: the tile's bytes; empty where nothing lies.  Importing this module needs numba.
"""

from collections.abc import Callable, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from tiles.columns import STRETCH, Columns, Numbers, varint
from tiles.cutting import DOUBTFUL, RIM, UNITS, Corner, are_sound, draw
from tiles.dissolve import united
from tiles.encode import candidates, write
from tiles.splitting import parts
from tiles.store import RUN, Sheet, Store
from tiles.vector import BLOCK_KEYS, BLOCKS_TO_ZOOM, PARCELS, PLOT_KEYS, TileAddress

BITS = 32
"""Of a position on the grid."""
FINEST = 20
"""The zoom at which a unit of the grid is a unit of a tile; deeper ones need finer positions."""


def _named(field: int, word: str) -> bytes:
    return bytes([field << 3 | 2]) + varint(len(word)) + word.encode()


def _after(keys: Sequence[str]) -> bytes:
    return b"".join(_named(3, key) for key in keys) + b"\x28" + varint(UNITS)


SIZES = (STRETCH, RUN)
Areas = NDArray[np.object_]
Mender = Callable[[shapely.MultiPolygon], Areas]
NOTHING: Numbers = np.empty(0, np.uint8)
BEFORE = b"\x78\x02" + _named(1, PARCELS)
"""Version 2 (field 15) and the layer's name."""
AFTER_PLOTS, AFTER_BLOCKS = _after(PLOT_KEYS), _after(BLOCK_KEYS)
"""Keys, and how many units a side has (field 5)."""
DRAWN_AREA = shapely.box(-RIM, -RIM, UNITS + RIM, UNITS + RIM)


def parcel_tile(store: Store, address: TileAddress) -> bytes:
    """The layer `parcels` of a tile, at most as deep as `FINEST`: plots, or the blocks that they make."""
    if address.z <= BLOCKS_TO_ZOOM:
        return _layer(store.blocks, address, AFTER_BLOCKS)
    return _layer(store.plots, address, AFTER_PLOTS)


def warm_up(store: Store) -> None:
    """Draw a tile, so that everything is compiled before somebody waits."""
    zoom = 17
    middle = next(each.columns.boxes[0] for each in store.plots if len(each.columns.boxes))
    middle = middle.astype(np.int64) >> BITS - zoom
    parcel_tile(store, TileAddress(z=zoom, x=int(middle[0]), y=int(middle[1])))
    corners, starts, _ = parts(np.array([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]]), -1.0, 5.0)
    are_sound(corners, starts)


def _layer(sheets: Sequence[Sheet], address: TileAddress, after: bytes) -> bytes:
    features: list[memoryview] = []
    values: list[memoryview] = []
    count = 0
    for sheet in sheets:
        drawn, named, count = _drawn(sheet, address, count)
        features.append(drawn.data)
        values.append(named.data)
    if not count:
        return b""
    length = len(BEFORE) + len(after) + sum(map(len, features)) + sum(map(len, values))
    return b"".join([b"\x1a", varint(length), BEFORE, *features, after, *values])


def _drawn(sheet: Sheet, address: TileAddress, count: int) -> tuple[Numbers, Numbers, int]:
    """Features and values of what stands of a sheet, the first value being number `count` of its layer; and the next number."""
    columns = sheet.columns
    side = 1 << BITS - address.z
    west, north, rim = address.x * side, address.y * side, side * RIM // UNITS
    corner, scale = (west, north), side / UNITS
    clip = (west - rim, north - rim, west + side + rim, north + side + rim)
    chosen = candidates(columns.stretches, columns.runs, columns.boxes, SIZES, clip)
    if sheet.gone is not None:
        chosen = chosen[~sheet.gone[chosen]]
    if not chosen.size:
        return NOTHING, NOTHING, count
    corners, starts, spans, states = draw(
        chosen,
        clip,
        corner,
        FINEST - address.z,
        columns.boxes,
        columns.ring_starts,
        columns.point_starts,
        columns.is_outer,
        columns.points,
        columns.sound,
    )
    if DOUBTFUL in states.tobytes():
        by_geos = _block_by_geos if address.z <= BLOCKS_TO_ZOOM else _by_geos
        corners, starts = _mend(columns, chosen, states, (corner, scale), (corners, starts, spans), by_geos)
    features, values, count = write(
        chosen,
        corners,
        starts,
        spans,
        columns.ids,
        columns.number_starts,
        columns.numbers,
        columns.tags,
        columns.word_starts,
        columns.words,
        count,
    )
    return features, values, count


def _mend(
    columns: Columns,
    chosen: Numbers,
    states: Numbers,
    unit: tuple[Corner, float],
    drawn: tuple[Numbers, Numbers, Numbers],
    by_geos: Mender,
) -> tuple[Numbers, Numbers]:
    """Corners and starts of what is drawn and, behind it, of what is to be mended, whose spans are set."""
    corners, starts, spans = drawn
    all_corners, all_starts, rings, end = [corners], [starts], len(starts) - 1, len(corners)
    for each in np.flatnonzero(states == DOUBTFUL).tolist():
        more, their_starts = _mended(columns, int(chosen[each]), *unit, by_geos)
        spans[each] = rings, rings + len(their_starts) - 1
        all_corners.append(more)
        all_starts.append(their_starts[1:] + end)
        rings, end = rings + len(their_starts) - 1, end + len(more)
    return np.concatenate(all_corners), np.concatenate(all_starts)


def _mended(
    columns: Columns, place: int, corner: Corner, scale: float, by_geos: Mender
) -> tuple[Numbers, Numbers]:
    """Corners, and where each ring begins and the last one ends, of a shape that the tile's edge cuts into parts, or that rounding spoils; the latter are mended by GEOS."""
    first, last = columns.ring_starts[place : place + 2].tolist()
    if last - first == 1:
        ring = columns.points[slice(*columns.point_starts[first : last + 1].tolist())]
        corners, starts, is_told = parts((ring - np.array(corner)) / scale, -RIM, UNITS + RIM)
        if is_told and are_sound(corners, starts):
            return corners, starts
    return _told(by_geos(_shape(columns, place, corner, scale)))


def _by_geos(shape: shapely.MultiPolygon) -> Areas:
    """Polygons of a shape cut and rounded by GEOS, which keeps polygons valid."""
    if not shape.is_valid:
        shape = _valid(shape)
    rounded = shapely.set_precision(shapely.intersection(shape, DRAWN_AREA), 1.0)
    found = shapely.get_parts(shapely.get_parts(rounded))
    areas: Areas = found[shapely.get_type_id(found) == shapely.GeometryType.POLYGON]
    return areas


def _block_by_geos(shape: shapely.MultiPolygon) -> Areas:
    """The same of a block: a ring that a coarse grid pinches is mended into a hole, and a block has none."""
    areas = _by_geos(shape)
    return united(areas) if shapely.get_num_interior_rings(areas).any() else areas


def _told(areas: Areas) -> tuple[Numbers, Numbers]:
    """Corners of polygons, and where each ring begins and the last one ends."""
    areas = shapely.orient_polygons(areas)
    points, ring = shapely.get_coordinates(shapely.get_rings(areas), return_index=True)
    if not len(points):
        return np.empty((0, 2), np.int64), np.zeros(1, np.int64)
    is_last = np.append(ring[1:] != ring[:-1], True)
    starts = np.concatenate([[0], np.cumsum(np.bincount(ring[~is_last]))]).astype(np.int64)
    return np.rint(points[~is_last]).astype(np.int64), starts


def _valid(shape: shapely.MultiPolygon) -> BaseGeometry:
    """A shape made valid by its lines; where GEOS gives up on them (“mixed-dimension”), by its areas."""
    try:
        return shapely.make_valid(shape)
    except shapely.errors.GEOSException:
        return shapely.buffer(shape, 0.0)


def _shape(columns: Columns, place: int, corner: Corner, scale: float) -> shapely.MultiPolygon:
    """A parcel's shape in units of a tile, uncut."""
    polygons: list[list[Numbers]] = []
    for ring in range(columns.ring_starts[place], columns.ring_starts[place + 1]):
        first, last = columns.point_starts[ring], columns.point_starts[ring + 1]
        corners = (columns.points[first:last].astype(np.int64) - corner) / scale
        if columns.is_outer[ring]:
            polygons.append([])
        polygons[-1].append(corners)
    return shapely.MultiPolygon([shapely.Polygon(shell, holes) for shell, *holes in polygons])
