"""A place's parcels read from end to end into a store.

In: PostGIS, a point in both times, a shelf.  Out: a folder of columns on it: plots, blocks, and which plot went into which block.
Importing this module needs numba.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Row
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.sql import statement
from gis.place import Jurisdiction
from tiles.columns import Columns, Heap, settled
from tiles.cutting import soundness
from tiles.dissolve import Plots, dissolved
from tiles.store import BLOCKS, PLOTS, RUN, Standing, coming

AT_ONCE = 10_000
"""Rows read at a time."""


def build(
    session: Session, place: Jurisdiction, shelf: Path, *, at: AsOf, with_blocks: bool = True
) -> Standing:
    """Write the parcels of a place into a new folder of its shelf, then remove the older ones; what it holds.

    Blocks may be left out where nothing is drawn at their zooms.
    """
    heap = Heap()
    for rows in _rows(session, place, at=at):
        heap_up(heap, rows)
    values = {"jurisdiction": place.code, "on": at.on, "known": at.known}
    first, until, newest = session.execute(statement(__package__, "store_days"), values).one()
    standing = Standing(
        known=at.known,
        first=first or date.min,
        until=until or date.max,
        parcels=heap.count,
        newest=newest or 0,
    )
    plots = proved(settled(heap, run=RUN))
    blocks, block_of = dissolved(Plots.of(plots, None if with_blocks else np.arange(0)))
    with coming(shelf, standing) as folder:
        plots.save(folder / PLOTS)
        proved(settled(blocks, run=RUN)).save(folder / BLOCKS)
        np.save(folder / "block_of.npy", block_of)
    return standing


def _rows(session: Session, place: Jurisdiction, *, at: AsOf) -> Iterator[Sequence[Row[Any]]]:
    values = {"jurisdiction": place.code, "on": at.on, "known": at.known}
    options = {"stream_results": True, "max_row_buffer": AT_ONCE}
    found = session.execute(statement(__package__, "store_parcels"), values, execution_options=options)
    return found.partitions(AT_ONCE)


def heap_up(heap: Heap, rows: Sequence[Row[Any]]) -> None:
    """Heap up rows that begin with id, number, survey, subdivision, land type and shape."""
    if rows:
        ids, numbers, surveys, subdivisions, land_types, shapes = list(zip(*rows, strict=True))[:6]
        polygons: NDArray[np.object_] = shapely.orient_polygons(shapely.from_wkb(shapes), exterior_cw=True)
        heap.add(ids, numbers, (surveys, subdivisions, land_types), polygons)


def proved(columns: Columns) -> Columns:
    """The same, told which shapes can be drawn whole: so nobody has to look again, tile by tile."""
    sound = soundness(
        columns.boxes, columns.ring_starts, columns.point_starts, columns.is_outer, columns.points
    )
    return replace(columns, sound=sound)
