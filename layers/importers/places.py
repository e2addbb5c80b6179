"""Places: names and addresses with a position, for the search.

In: a table of names in either script or both, as points, or as shapes of which a point inside is taken.
Out: rows of `place_name` under a new import that takes the place of the one before.  A place whose two names do not sound
alike gets a row for each, so that either finds it.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from layers.importers.batches import Batch
from layers.importers.columns import texts
from layers.importers.features import Names, Sheet, check_extent, filtered, grow_extent, open_sheet, read
from layers.importers.job import Job
from layers.importers.mapping import PlacesEntry
from layers.importers.report import ImportReport
from layers.importers.searchable import searchable, told_apart
from layers.importers.tidy import Wanted, tidy

STAGED = [
    ("position", "int4"),
    ("kind", "text"),
    ("name_en", "text"),
    ("name_ml", "text"),
    ("folded", "text"),
    ("sound_key", "text"),
    ("shape", "geometry"),
]
_STORE = """
INSERT INTO place_name (import_id, srid, kind, name_en, name_ml, folded, sound_key, position)
SELECT :import_id, :srid, kind, name_en, name_ml, folded, sound_key, shape FROM stage_place
WHERE ctid >= CAST(:from_page AS tid) AND ctid < CAST(:to_page AS tid)
"""


def import_places(job: Job, entry: PlacesEntry) -> ImportReport:
    """Bring a table of names in; it takes the earlier import's place at one instant, or not at all."""
    job.alone()
    job.identify()
    earlier = job.earlier()
    if earlier is not None and (earlier.sha256, earlier.entry) == (job.sha256, job.entry_hash):
        return job.report(unchanged=True)
    job.stage("stage_place", STAGED)
    fields = [
        (name, field) for name in ("name_en", "name_ml", "place_kind") if (field := getattr(entry, name))
    ]
    with open_sheet(job, fields) as sheet:
        rows = job.copy("stage_place", STAGED, _rows(job, entry, sheet, fields))
    job.check_share()
    check_extent(job)
    if job.dry_run:
        return job.report()
    recording = job.record()
    report = job.report()
    import_id = job.swap(recording, earlier, report, None)
    job.in_slices("stage_place", _STORE, rows, import_id=import_id, srid=job.place.metric)
    return report


def _rows(
    job: Job, entry: PlacesEntry, sheet: Sheet, fields: list[tuple[str, str]]
) -> Iterator[tuple[Any, ...]]:
    """Checked names in file order."""
    for batch, alive in read(job, sheet, fields):
        english, malayalam = (_names(batch, field) for field in (entry.name_en, entry.name_ml))
        names = Names(batch=batch, refs=pc.coalesce(english, malayalam))
        nameless = np.asarray(pc.and_(pc.is_null(english), pc.is_null(malayalam)))
        filtered(job, names, alive, nameless, "it has no name to be found by")
        tidied = tidy(batch, alive, sheet.ground, Wanted.ANY, job.tally, names)
        grow_extent(job, tidied.shapes)
        take = pa.array(tidied.places)
        yield from _staged(
            batch.positions()[tidied.places],
            _kinds(batch, entry, tidied.places),
            english.take(take).to_pylist(),
            malayalam.take(take).to_pylist(),
            [shape.wkb for shape in shapely.point_on_surface(tidied.shapes)],
        )


def _names(batch: Batch, field: str | None) -> pa.StringArray:
    return pa.nulls(len(batch), pa.string()) if field is None else texts(batch.columns[field])


def _kinds(batch: Batch, entry: PlacesEntry, places: NDArray[np.int64]) -> list[str]:
    if entry.place_kind is None:
        return ["place"] * len(places)
    found = texts(batch.columns[entry.place_kind].take(pa.array(places))).to_pylist()
    return [kind or "place" for kind in found]


def _staged(
    positions: NDArray[np.int64],
    kinds: list[str],
    english: list[str | None],
    malayalam: list[str | None],
    shapes: list[bytes],
) -> Iterator[tuple[Any, ...]]:
    """One row a name; the second only where it sounds otherwise than the first."""
    keys = zip(*searchable(english), *searchable(malayalam), strict=True)
    for position, kind, en, ml, shape, (folded, sound, folded_ml, sound_ml) in zip(
        positions.tolist(), kinds, english, malayalam, shapes, keys, strict=True
    ):
        for name, key in told_apart(folded, sound, folded_ml, sound_ml):
            yield position, kind, en, ml, name, key, shape
