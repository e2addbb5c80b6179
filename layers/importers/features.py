"""Reading a dataset's features: which fields, which rows the mapping wants, what they are called in the report.

In: an open table and a mapping entry.  Out: batches with the rows that are wanted; the others stand in the tally.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from gis.errors import Invalid
from layers.importers.batches import Batch, Mask, Shapes, Table
from layers.importers.columns import dates, mask_of, spans, texts
from layers.importers.files import check_fields, open_table
from layers.importers.job import Job
from layers.importers.mapping import LayerFields, ParcelFields
from layers.importers.position import Ground, agreed_crs, check_near
from layers.importers.report import Kind

Fields = Sequence[tuple[str, str]]
"""Pairs of a place in the mapping and the field it names."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """An open table with the ground it lies on."""

    table: Table
    ground: Ground


@contextmanager
def open_sheet(job: Job, fields: Fields) -> Iterator[Sheet]:
    """The dataset's table, with every field of the mapping found and its coordinate system agreed."""
    entry = job.entry
    with open_table(job.folder, entry.file, entry.table, job.hints, job.limits) as table:
        job.table = table.name
        wanted = [*fields, *((f"where.{name}", name) for name in entry.where)]
        check_fields(table, entry.file, wanted)
        if not table.has_shapes:
            raise Invalid(
                f"{entry.file}, table {table.name}: it holds no shapes. Name a table with shapes; of a CSV, name the column"
                " of well-known text as `geometry`, or the columns `longitude` and `latitude`."
            )
        crs = agreed_crs(table.crs, entry.crs, entry.file)
        yield Sheet(table=table, ground=Ground(source=crs, metric=job.place.metric))


def named(fields: Mapping[str, str | None], prefix: str = "fields") -> list[tuple[str, str]]:
    """Fields that a part of a mapping names, with their place in it."""
    return [(f"{prefix}.{place}", field) for place, field in fields.items() if field is not None]


def read(job: Job, sheet: Sheet, fields: Fields) -> Iterator[tuple[Batch, Mask]]:
    """All batches, each with the mask of rows that `where` keeps."""
    where = job.entry.where
    columns = [field for _, field in fields] + list(where)
    total = sheet.table.count
    for batch in sheet.table.batches(columns):
        job.tally.read += len(batch)
        alive = np.ones(len(batch), dtype=bool)
        for field, values in where.items():
            kept = pc.is_in(
                texts(batch.columns[field]),
                value_set=pa.array([each.strip() for each in values], pa.string()),
            )
            out = alive & ~mask_of(kept)
            features = [(int(position), "") for position in batch.positions()[out]]
            job.tally.add(Kind.FILTERED, features, f"its {field} is not {' or '.join(values)}", "")
            alive &= ~out
        yield batch, alive
        job.say("checking", job.tally.read, total)
    _refuse_bad_rows(job, sheet.table)


def _refuse_bad_rows(job: Job, table: Table) -> None:
    """Rows of a text file that do not fall into its columns."""
    rows = table.bad_rows
    job.tally.read += len(rows)
    features = [(None, f"line {line}") for line, _ in rows]
    details = [fault for _, fault in rows]
    remedy = "Correct the row: a comma inside a value needs quotes."
    job.tally.add(Kind.REFUSED, features, "the row does not fall into the columns", remedy, details)


@dataclass(frozen=True, kw_only=True)
class Names:
    """What the features of a batch are called in the report: position and, where there is one, their own name."""

    batch: Batch
    refs: pa.StringArray | None

    def __call__(self, places: NDArray[np.int64]) -> list[tuple[int | None, str]]:
        positions = (places + self.batch.first).tolist()
        if self.refs is None:
            return [(position, "") for position in positions]
        refs = self.refs.take(pa.array(places)).to_pylist()
        return [(position, ref or "") for position, ref in zip(positions, refs, strict=True)]


def refuse(job: Job, names: Names, alive: Mask, found: Mask, reason: str, remedy: str) -> None:
    """Refuse features of a batch for what their fields say."""
    found = found & alive
    if found.any():
        job.tally.add(Kind.REFUSED, names(np.flatnonzero(found)), reason, remedy)
        alive &= ~found


def filtered(job: Job, names: Names, alive: Mask, found: Mask, reason: str) -> None:
    """Leave out features that are in order but serve nothing here."""
    found = found & alive
    if found.any():
        job.tally.add(Kind.FILTERED, names(np.flatnonzero(found)), reason)
        alive &= ~found


def mended(job: Job, names: Names, alive: Mask, found: Mask, reason: str, remedy: str) -> None:
    """Note that a field of these features could not be taken over."""
    found = found & alive
    if found.any():
        job.tally.add(Kind.MENDED, names(np.flatnonzero(found)), reason, remedy)


def spans_of(
    job: Job, fields: ParcelFields | LayerFields, batch: Batch, names: Names, alive: Mask
) -> tuple[list[date], list[date | None]]:
    """From when and until when each feature holds; dates that are none, or the wrong way round, are refused."""
    found: list[list[date | None]] = []
    for place, field in (("valid_from", fields.valid_from), ("valid_to", fields.valid_to)):
        days: list[date | None] = [None] * len(batch)
        if field is not None:
            days, bad = dates(batch.columns[field])
            refuse(job, names, alive, bad, f"its {place} is not a date", "Write dates like 2024-03-01.")
        found.append(days)
    starts, ends, empty = spans(found[0], found[1], job.entry.valid_from)
    refuse(job, names, alive, empty, "it ends before it begins", "Correct its dates.")
    return starts, ends


def grow_extent(job: Job, shapes: Shapes) -> None:
    """Keep the box of everything kept so far."""
    if len(shapes) == 0:
        return
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapes))
    if job.extent is not None:
        a, b, c, d = job.extent
        west, south, east, north = min(west, a), min(south, b), max(east, c), max(north, d)
    job.extent = (west, south, east, north)


def check_extent(job: Job) -> None:
    """Refuse a dataset that lies far from everything else of its jurisdiction."""
    if job.extent is not None:
        check_near(job.extent, job.earlier_extent(), job.entry.file)
