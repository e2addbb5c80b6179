"""A place's tiles in one file: a PMTiles archive (specification 3) that any static host serves and a phone can carry.

In: a session, a jurisdiction, layers, zooms, a point in both times, a file.  Out: the file, whole or not at all.  The tiles are
those that the service gives, packed with gzip and laid down in the order of their numbers; tiles with nothing in them are left
out.  The same land as known at the same instant gives the same bytes: the file does not tell when it was made.
"""

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from math import asinh, atan, degrees, pi, radians, sinh, tan
from pathlib import Path
from typing import BinaryIO

import numpy as np
import shapely
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.crs import to_geographic
from gis.errors import Invalid, NotFound, TooLarge
from gis.parcels.tables import ParcelRow
from gis.place import Jurisdiction
from layers.bounds import bounds
from tiles.columns import GRID
from tiles.packing import packed
from tiles.shelf import WORTH
from tiles.shelf import drawn as of_store
from tiles.store import Store, opened
from tiles.style import style
from tiles.tilejson import Box, DrawnLayer, Json, credits_of, described, vector_layers
from tiles.vector import BLOCKS_TO_ZOOM, DEEPEST, PARCELS, PARCELS_FROM_ZOOM, RIM, TileAddress, tile
from tiles.versions import changes_of

MOST_TILES = 1_000_000
"""Tiles that an archive may look for: a square of 100 km down to zoom 18, and some more."""
STORED_TO_ZOOM = 20
"""The deepest zoom that the column store is fine enough for."""
_ZOOMS = re.compile(r"([0-9]{1,2})(?:-([0-9]{1,2}))?")

Draw = Callable[[TileAddress], bytes]
Progress = Callable[[int, int], None]
"""Told how many tiles are done, of how many."""


@dataclass(frozen=True, kw_only=True)
class Archived:
    """What an archive holds: tiles with something in them, and its size in bytes."""

    tiles: int
    size: int


def zooms_of(text: str) -> range:
    """Zooms from `10-16` or `14`; `Invalid` for anything else."""
    found = _ZOOMS.fullmatch(text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if not first <= last <= DEEPEST:
        raise Invalid(
            f"“{text[:20]}” are no zooms: write the first and the last, 0 to {DEEPEST}, such as 10-16."
        )
    return range(first, last + 1)


def export(
    session: Session,
    place: Jurisdiction,
    file: Path,
    *,
    drawn: Sequence[DrawnLayer],
    zooms: range,
    at: AsOf,
    progress: Progress,
    ground: BaseGeometry | None = None,
    shelf: Path | None = None,
) -> Archived:
    """Write the archive; `NotFound` where not one tile would hold anything, `TooLarge` beyond the most tiles.

    With `ground`, in metres, only the tiles that show some of it.  On a shelf the service's own store may stand ready.
    """
    drawn_from = _Ground(session=session, place=place, zooms=zooms, at=at, shelf=shelf)
    with drawn_from.drawing(drawn) as (draw, whole), _coming(file) as out:
        box, addresses = _wanted(whole, zooms, ground and to_geographic(ground, place.metric))
        writer = Writer(out)  # type: ignore[no-untyped-call]
        with closing(writer.tile_f):
            for count, address in enumerate(addresses, 1):
                content = draw(address)
                if content:
                    number = zxy_to_tileid(address.z, address.x, address.y)
                    writer.write_tile(number, packed(content))  # type: ignore[no-untyped-call]
                progress(count, len(addresses))
            if not writer.addressed_tiles:
                raise NotFound(_nothing(place, drawn, zooms, on=at.on))
            writer.finalize(_header(box), _told(place, drawn, box, at=at))  # type: ignore[no-untyped-call]
        return Archived(tiles=writer.addressed_tiles, size=out.tell())


@dataclass(frozen=True, kw_only=True)
class _Ground:
    """What is drawn from: a place at a point in both times, for some zooms."""

    session: Session
    place: Jurisdiction
    zooms: range
    at: AsOf
    shelf: Path | None

    @contextmanager
    def drawing(self, drawn: Sequence[DrawnLayer]) -> Iterator[tuple[Draw, Box]]:
        """How the service draws a tile with these layers, and where they lie: many parcels from a column store, all else by PostGIS."""
        names = [each.id for each in drawn]
        others = [name for name in names if name != PARCELS]
        with tempfile.TemporaryDirectory(prefix="bhumika-tiles-") as folder:
            store = self._store(Path(folder)) if PARCELS in names else None

            def draw(address: TileAddress) -> bytes:
                if store is None or not PARCELS_FROM_ZOOM <= address.z <= STORED_TO_ZOOM:
                    return self._by_postgis(address, names)
                return of_store(store, address) + (self._by_postgis(address, others) if others else b"")

            yield draw, self._box() if others or store is None else _box_of(store)

    def _box(self) -> Box:
        box = bounds(self.session, self.place, known=self.at.known)
        if box is None:
            raise NotFound(
                f"Nothing has been brought in for {self.place.name_en} yet; import its parcels and layers first."
            )
        return box

    def _by_postgis(self, address: TileAddress, layers: list[str]) -> bytes:
        return tile(self.session, self.place, address, layers=layers, at=self.at)

    def _store(self, folder: Path) -> Store | None:
        """A store of the parcels, the service's own or one built here; None where there are few, or the compiler is missing."""
        changed = changes_of(self.session, self.place, known=self.at.known).get(PARCELS)
        if not changed or find_spec("numba") is None:
            return None
        at = AsOf(on=self.at.on, known=changed)
        store = opened(self.shelf, known=at.known, on=at.on) if self.shelf else None
        if store is None and self._is_worth_a_store():
            build, with_blocks = import_module("tiles.building").build, self.zooms[0] <= BLOCKS_TO_ZOOM
            build(self.session, self.place, folder, at=at, with_blocks=with_blocks)
            store = opened(folder, known=at.known, on=at.on)
        return store

    def _is_worth_a_store(self) -> bool:
        there = select(func.count()).where(
            ParcelRow.jurisdiction == self.place.code,
            ParcelRow.valid.contains(self.at.on),
            ParcelRow.recorded.contains(self.at.known),
        )
        return (self.session.scalar(there) or 0) >= WORTH


def _nothing(place: Jurisdiction, drawn: Sequence[DrawnLayer], zooms: range, *, on: date) -> str:
    names = ", ".join(each.id for each in drawn)
    return f"At zoom {zooms[0]} to {zooms[-1]} nothing of {names} is drawn in {place.name_en} on {on}; choose deeper zooms or another date."


def _addresses(box: Box, zooms: range) -> list[TileAddress]:
    """The tiles that meet a box in degrees, with their rims, in the order of the archive."""
    columns_rows = {zoom: (_columns(box, zoom), _rows(box, zoom)) for zoom in zooms}
    count = sum(len(columns) * len(rows) for columns, rows in columns_rows.values())
    if count > MOST_TILES:
        raise TooLarge(f"That would be {count} tiles, more than {MOST_TILES}; leave out the deepest zooms.")
    found = [
        TileAddress(z=zoom, x=x, y=y)
        for zoom, (columns, rows) in columns_rows.items()
        for x in columns
        for y in rows
    ]
    return sorted(found, key=lambda each: zxy_to_tileid(each.z, each.x, each.y))


def _wanted(whole: Box, zooms: range, ground: BaseGeometry | None) -> tuple[Box, list[TileAddress]]:
    """The box of the archive and its tiles: all of it, or those that show some ground in degrees."""
    if ground is None:
        return whole, _addresses(whole, zooms)
    west, south, east, north = ground.bounds
    box = (west, south, east, north)
    return box, [each for each in _addresses(box, zooms) if ground.intersects(_area(each))]


def _box_of(store: Store) -> Box:
    """Where the plots of a store lie, in degrees."""
    boxes = np.concatenate([each.columns.boxes for each in store.plots]) / GRID
    (west, north), (east, south) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    low, high = (degrees(atan(sinh(pi * (1 - 2 * each)))) for each in (south, north))
    return (float(west) * 360 - 180, low, float(east) * 360 - 180, high)


def _area(address: TileAddress) -> BaseGeometry:
    """A tile with its rim, in degrees."""
    return shapely.box(*address.degrees)


def _columns(box: Box, zoom: int) -> range:
    return _span((box[0] + 180) / 360, (box[2] + 180) / 360, zoom)


def _rows(box: Box, zoom: int) -> range:
    north, south = ((1 - asinh(tan(radians(each))) / pi) / 2 for each in (box[3], box[1]))
    return _span(north, south, zoom)


def _span(low: float, high: float, zoom: int) -> range:
    """Tiles between two parts of the map's side, with those that only their rim brings in."""
    count = 2**zoom
    return range(max(int(low * count - RIM), 0), min(int(high * count + RIM) + 1, count))


def _header(box: Box) -> dict[str, object]:
    west, south, east, north = (round(edge * 10_000_000) for edge in box)
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
    }


def _told(place: Jurisdiction, drawn: Sequence[DrawnLayer], box: Box, *, at: AsOf) -> Json:
    """What the archive says of itself, in the words of TileJSON; for which point in both times it holds, and how it is drawn."""
    return {
        "name": place.name_en,
        "description": described(place),
        "attribution": credits_of(drawn),
        "type": "overlay",
        "vector_layers": vector_layers(drawn),
        "bhumika": {
            "place": place.code,
            "synthetic": place.synthetic,
            "on": at.on.isoformat(),
            "known": at.known.isoformat(),
            "layers": _look(place, drawn, box),
        },
    }


def _look(place: Jurisdiction, drawn: Sequence[DrawnLayer], box: Box) -> object:
    """The layers of a MapLibre style in the colours of the catalogue, so that a map needs nothing but the file."""
    shown = {each.id for each in drawn}
    return style(place, drawn, shown=shown, names="both", bounds=box, root="", moment={}, relief=None)[
        "layers"
    ]


@contextmanager
def _coming(file: Path) -> Iterator[BinaryIO]:
    """A file that takes its name only when it is whole."""
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-", suffix=".coming")
    except OSError as error:
        raise Invalid(
            f"{file}: cannot be written ({error.strerror}); name a file in a folder that is there."
        ) from error
    coming = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
        coming.chmod(0o644)
        coming.replace(file)
    finally:
        coming.unlink(missing_ok=True)
