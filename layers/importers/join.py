"""A table of attributes beside the shapes: recorded areas, land types and addresses joined by a key.

In: the staged parcels with their keys, and the other table.  Out: the staged parcels with these fields, where the table of
shapes did not give them.  Of several rows with one key the first in file order that says something counts.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from layers.importers.columns import beyond_the_earth, decimals, texts
from layers.importers.features import named
from layers.importers.files import Hints, check_fields, open_table
from layers.importers.job import Job
from layers.importers.mapping import Join, ParcelsEntry
from layers.importers.searchable import searchable

_STAGED = [
    ("position", "int4"),
    ("key", "text"),
    ("recorded_extent", "text"),
    ("land_type", "text"),
    ("address", "text"),
    ("address_folded", "text"),
    ("address_sound", "text"),
]
_FIRST_OF_EACH = """
CREATE TEMPORARY TABLE stage_joined ON COMMIT DROP AS
SELECT key, count(*) AS number,
    (array_agg(recorded_extent ORDER BY position) FILTER (WHERE recorded_extent IS NOT NULL))[1] AS recorded_extent,
    (array_agg(land_type ORDER BY position) FILTER (WHERE land_type IS NOT NULL))[1] AS land_type,
    min(position) FILTER (WHERE address IS NOT NULL) AS addressed
FROM stage_join GROUP BY key
"""
_FILL = """
UPDATE stage_parcel AS parcel SET
    recorded_extent = coalesce(parcel.recorded_extent, joined.recorded_extent),
    recorded_unit = coalesce(parcel.recorded_unit, CASE WHEN joined.recorded_extent IS NOT NULL THEN :unit END),
    land_type = coalesce(parcel.land_type, joined.land_type),
    address = coalesce(parcel.address, named.address),
    address_folded = coalesce(parcel.address_folded, named.address_folded),
    address_sound = coalesce(parcel.address_sound, named.address_sound)
FROM stage_joined AS joined LEFT JOIN stage_join AS named ON named.position = joined.addressed
WHERE joined.key = parcel.join_key
"""


def add_joined_fields(job: Job, entry: ParcelsEntry, join: Join) -> None:
    """Fill in what the other table says; the report tells how many parcels it knew."""
    job.stage("stage_join", _STAGED)
    wanted = [("join.other_key", join.other_key), *named(join.fields.model_dump(), "join.fields")]
    with open_table(job.folder, join.file, None, Hints(), job.limits) as table:
        check_fields(table, join.file, wanted)
        columns = [field for _, field in wanted]
        unit = None if entry.recorded_unit is None else entry.recorded_unit.value
        job.copy("stage_join", _STAGED, _rows(job, join, table.batches(columns), unit))
    job.execute("DROP TABLE IF EXISTS pg_temp.stage_joined")
    job.execute(_FIRST_OF_EACH)
    job.execute("ANALYZE stage_join")
    job.execute("ANALYZE stage_joined")
    job.execute("ANALYZE stage_parcel")
    filled = job.execute(_FILL.replace(":unit", "CAST(:unit AS text)"), unit=unit).rowcount
    several = job.execute("SELECT count(*) FROM stage_joined WHERE number > 1").scalar_one()
    job.tally.remark(f"{filled} parcels are in {join.file}; {several} of its keys stand in several rows.")


def _rows(job: Job, join: Join, batches: Iterator[Any], unit: str | None) -> Iterator[tuple[Any, ...]]:
    for batch in batches:
        size = len(batch)
        keys = texts(batch.columns[join.other_key])
        extents = pa.nulls(size, pa.string())
        if join.fields.recorded_area is not None:
            extents, bad = decimals(batch.columns[join.fields.recorded_area])
            beyond = beyond_the_earth(extents, pa.array([unit] * size, pa.string()))
            extents = pc.if_else(pa.array(beyond), pa.scalar(None, pa.string()), extents)
            if (bad | beyond).any():
                job.tally.remark(
                    f"{{}} recorded areas in {join.file} are not numbers, or more than the whole earth; they were left out.",
                    int(np.count_nonzero(bad | beyond)),
                )
        addresses = _texts(batch, join.fields.address)
        rows = zip(
            batch.positions().tolist(),
            keys.to_pylist(),
            extents.to_pylist(),
            _texts(batch, join.fields.land_type),
            addresses,
            *searchable(addresses),
            strict=True,
        )
        yield from (row for row in rows if row[1] is not None)


def _texts(batch: Any, field: str | None) -> list[str | None]:
    return [None] * len(batch) if field is None else texts(batch.columns[field]).to_pylist()
