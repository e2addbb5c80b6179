"""A place's parcels as columns on disk, which all processes map into memory: what compiled tiles are cut from.

In: PostGIS, read once from end to end for a point in both times.  Out: a folder of `.npy` files, whole or not there at all, and
the `Store` that opens it.  Positions are whole units of the world grid (2^32 a side in Web Mercator, some 9 mm at the equator,
y from the north); shapes lie along a Hilbert curve in blocks with boxes, so that a tile reads few pages.
"""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Row
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.sql import statement
from gis.place import Jurisdiction
from tiles.columns import Columns, Heap, settled

FORMAT = 1
"""Changes when the columns or the bytes of a tile mean something else."""
BLOCK = 128
"""Parcels with one box in common."""
AT_ONCE = 10_000
"""Rows read at a time."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a store holds: the parcels as recorded by an instant (the last one that changed a parcel), the same on some days."""

    known: datetime
    first: date
    """The first day on which these parcels stood."""
    until: date
    """The day on which others will stand; `date.max` where none is known."""
    parcels: int

    @property
    def name(self) -> str:
        """A name that no other content has."""
        return f"{int(self.known.timestamp() * 1_000_000)}-{self.first:%Y%m%d}-{FORMAT}"

    def holds(self, on: date) -> bool:
        """Whether these are the parcels of a day."""
        return self.first <= on < self.until


@dataclass(frozen=True, kw_only=True)
class Store:
    """The columns of one standing."""

    standing: Standing
    columns: Columns


def shelf_of(folder: Path, code: str) -> Path:
    """Where the stores of a place lie."""
    return folder / quote(code, safe="").replace(".", "%2E")


def opened(shelf: Path, *, known: datetime, on: date) -> Store | None:
    """The store of these parcels on a day, or None where nobody has built it."""
    for folder in sorted(shelf.glob(f"{int(known.timestamp() * 1_000_000)}-*-{FORMAT}")):
        try:
            standing = _standing(json.loads((folder / "standing.json").read_text("utf-8")))
            if standing.holds(on):
                return Store(standing=standing, columns=Columns.opened(folder))
        except FileNotFoundError:
            continue  # a newer one has just taken its place
    return None


def _standing(stored: dict[str, Any]) -> Standing:
    return Standing(
        known=datetime.fromisoformat(stored["known"]),
        first=date.fromisoformat(stored["first"]),
        until=date.fromisoformat(stored["until"]),
        parcels=stored["parcels"],
    )


def build(session: Session, place: Jurisdiction, shelf: Path, *, at: AsOf) -> Standing:
    """Write the parcels of a place into a new folder of its shelf, then remove the older ones; what it holds."""
    heap = Heap()
    for rows in _rows(session, place, at=at):
        _heap_up(heap, rows)
    values = {"jurisdiction": place.code, "on": at.on, "known": at.known}
    first, until = session.execute(statement(__package__, "store_days"), values).one()
    standing = Standing(known=at.known, first=first or date.min, until=until or date.max, parcels=heap.count)
    fresh = shelf / f".{standing.name}-{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        settled(heap, block=BLOCK).save(fresh)
        (fresh / "standing.json").write_text(json.dumps(asdict(standing), default=str), "utf-8")
        shutil.rmtree(shelf / standing.name, ignore_errors=True)
        fresh.rename(shelf / standing.name)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    for older in shelf.iterdir():
        if older.is_dir() and older.name != standing.name:
            shutil.rmtree(older, ignore_errors=True)
    return standing


def _rows(session: Session, place: Jurisdiction, *, at: AsOf) -> Iterator[Sequence[Row[Any]]]:
    values = {"jurisdiction": place.code, "on": at.on, "known": at.known}
    options = {"stream_results": True, "max_row_buffer": AT_ONCE}
    found = session.execute(statement(__package__, "store_parcels"), values, execution_options=options)
    return found.partitions(AT_ONCE)


def _heap_up(heap: Heap, rows: Sequence[Row[Any]]) -> None:
    ids, numbers, surveys, subdivisions, land_types, shapes = zip(*rows, strict=True)
    polygons: NDArray[np.object_] = shapely.orient_polygons(shapely.from_wkb(shapes), exterior_cw=True)
    heap.add(ids, numbers, (surveys, subdivisions, land_types), polygons)
