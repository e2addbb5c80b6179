"""Some changes laid over a store, so that an edit is drawn from columns within a second and no town is read again for it.

In: a shelf with a store that was read from end to end, and what divisions, mergers, corrections and resurveys have recorded since.
Out: a folder beside it: the plots and blocks that came, and which ones of the store stand no more.  It tells all that changed since
the store, not since the patch before.  Importing this module needs numba.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Row
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.sql import statement
from gis.place import Jurisdiction
from tiles.building import heap_up, proved
from tiles.columns import Columns, Heap, Numbers, mapped, settled
from tiles.dissolve import Plots, dissolved
from tiles.store import BLOCKS, FORMAT, PLOTS, RUN, Standing, coming, standings

MOST = 5_000
"""States that are looked at for a patch; where more were touched, reading the place again is better."""

NEARBY = 2
"""Units of the grid between a plot and a block that may touch."""


def patch(session: Session, place: Jurisdiction, shelf: Path, *, at: AsOf) -> Standing | None:
    """Lay the changes up to an instant over the store on the shelf; None where there is none, or too much has changed."""
    base = _base(shelf, at=at)
    if base is None:
        return None
    values = {
        "jurisdiction": place.code,
        "on": at.on,
        "since": base.known,
        "known": at.known,
        "newest": base.newest,
        "most": MOST + 1,
    }
    rows = session.execute(statement(__package__, "store_changes"), values).all()
    if not 0 < len(rows) <= MOST:
        return None
    return _laid_over(shelf, base, rows, at=at)


def _base(shelf: Path, *, at: AsOf) -> Standing | None:
    """The newest store that was read from end to end, for the same day, before the instant."""
    found = [
        each
        for each in standings(shelf, f"*-{FORMAT}")
        if each.base is None and each.known < at.known and each.holds(at.on)
    ]
    return max(found, key=lambda each: each.known, default=None)


def _laid_over(shelf: Path, base: Standing, rows: Sequence[Row[Any]], *, at: AsOf) -> Standing | None:
    plots, blocks = (Columns.opened(shelf / base.name / kind) for kind in (PLOTS, BLOCKS))
    ended = [row.id for row in rows if row.stood and not row.stands]
    gone = np.isin(plots.ids, ended)
    if gone.sum() != len(ended):
        return None  # the store does not hold what it should: it is built anew
    heap = Heap()
    heap_up(heap, [row for row in rows if row.stands and not row.stood])
    fresh = proved(settled(heap, run=RUN))
    block_of = mapped(shelf / base.name / "block_of.npy")
    broken = _broken(blocks, block_of[gone], fresh.boxes)
    kept = np.flatnonzero(np.isin(block_of, blocks.ids[broken]) & ~gone)
    mended, _ = dissolved(Plots.of(plots, kept).and_those(Plots.of(fresh)))
    standing = Standing(
        known=at.known,
        first=max([base.first, *(day for day in _turns(rows) if day <= at.on)]),
        until=min([base.until, *(day for day in _turns(rows) if day > at.on)]),
        parcels=base.parcels - len(ended) + heap.count,
        newest=base.newest,
        base=base.name,
    )
    with coming(shelf, standing) as folder:
        fresh.save(folder / PLOTS)
        proved(settled(mended, run=RUN)).save(folder / BLOCKS)
        np.save(folder / f"gone_{PLOTS}.npy", gone)
        np.save(folder / f"gone_{BLOCKS}.npy", broken)
    return standing


def _turns(rows: Sequence[Row[Any]]) -> Iterator[date]:
    """Days on which one of these states begins or ends, as is believed now."""
    for row in rows:
        if row.is_believed:
            yield from (day for day in (row.begins, row.ends) if day is not None)


def _broken(blocks: Columns, lost: Numbers, boxes: Numbers) -> Numbers:
    """For each block whether it has lost a plot, or a new one may touch it."""
    broken: Numbers = np.isin(blocks.ids, lost)
    around = np.array([-NEARBY, -NEARBY, NEARBY, NEARBY])
    for west, north, east, south in boxes.astype(np.int64) + around:
        broken |= (
            (blocks.boxes[:, 0] <= east)
            & (blocks.boxes[:, 2] >= west)
            & (blocks.boxes[:, 1] <= south)
            & (blocks.boxes[:, 3] >= north)
        )
    return broken
