"""Layers: features of a catalogue layer, the pieces by which plots find them, and where the layer is complete.

In: a table of features and its mapping.  Out: rows of `layer_feature`, `layer_piece` and `layer_coverage` under a new
import that takes the place of the one before; features of old imports stay.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from sqlalchemy import text

from gis.db.sql import statement
from gis.errors import Invalid
from layers.catalogue import Catalogue, is_looked_for
from layers.entry import Layer, Measure, Role
from layers.importers.batches import Batch, Mask
from layers.importers.columns import numbers, texts
from layers.importers.coverage import put_coverage, stage_coverage
from layers.importers.features import (
    Names,
    Sheet,
    check_extent,
    grow_extent,
    mended,
    named,
    open_sheet,
    read,
    spans_of,
)
from layers.importers.job import Job
from layers.importers.lost_ground import LostGround
from layers.importers.mapping import LayerEntry
from layers.importers.report import ImportReport
from layers.importers.tidy import Wanted, tidy

STAGED = [
    ("position", "int4"),
    ("ref", "text"),
    ("label", "text"),
    ("label_ml", "text"),
    ("width", "float8"),
    ("attributes", "text"),
    ("valid_from", "date"),
    ("valid_to", "date"),
    ("shape", "geometry"),
]
FRONTAGE = 30.0
"""Metres around a road within which a plot may have its frontage."""
SCALE = 1.002
"""Distances on the grid may be this much longer than on the ground (national grids stay below 1.001); no hit may hide there."""
_WANTED = {
    "polygon": Wanted.AREAS,
    "boundary": Wanted.LINES,
    "centre_line": Wanted.LINES,
    "point": Wanted.POINTS,
}


def reach_of(catalogue: Catalogue, entry: LayerEntry) -> float | None:
    """Metres around a feature within which a plot has to be told of it, for every catalogue layer that reads it; None: no plot ever is."""
    readers = [
        each
        for each in catalogue.layers
        if entry.layer in (each.id, each.source_layer) and is_looked_for(each)
    ]
    reaches = [each.search_reach(max(each.accuracy, entry.accuracy)) for each in readers]
    return max([*reaches, *(FRONTAGE for each in readers if each.role is Role.ROAD)], default=None)


def import_layer(job: Job, entry: LayerEntry, catalogue: Catalogue) -> ImportReport:
    """Bring a table of features in; it takes the earlier import's place at one instant, or not at all."""
    layer = catalogue.layer(entry.layer)
    _check_kind(layer, entry)
    job.alone()
    job.reach = reach_of(catalogue, entry)
    job.identify(*([entry.coverage.file] if entry.coverage and entry.coverage.file else []))
    earlier = job.earlier()
    if earlier is not None and (earlier.sha256, earlier.entry) == (job.sha256, job.entry_hash):
        return job.report(unchanged=True)
    job.stage("stage_feature", STAGED)
    fields = named(entry.fields.model_dump()) + [("keep", name) for name in entry.keep]
    half_width = max((entry.width or 0.0) / 2, layer.assumed_half_width or 0.0)
    lost = LostGround(around=entry.accuracy + half_width)
    with open_sheet(job, fields) as sheet:
        kept = _kept(layer, entry, sheet)
        fields += [("keep", name) for name in kept if name not in entry.keep]
        job.copy("stage_feature", STAGED, _rows(job, entry, sheet, fields, kept, lost))
        lost.unplaced += len(sheet.table.bad_rows)
    job.check_share()
    check_extent(job)
    job.say("cutting", 0, job.tally.kept)
    job.execute("ANALYZE stage_feature")
    job.execute("DROP TABLE IF EXISTS pg_temp.stage_piece")
    job.session.execute(statement(__package__, "layer_pieces"), {"reach": job.reach, "scale": SCALE})
    coverage = stage_coverage(job, entry, lost)
    if job.dry_run:
        return job.report()
    recording = job.record()
    report = job.report()
    import_id = job.swap(recording, earlier, report, entry.holds)
    _put_features(job, import_id)
    put_coverage(job, import_id, coverage)
    return report


def _check_kind(layer: Layer, entry: LayerEntry) -> None:
    if layer.source_layer is not None:
        raise Invalid(
            f"{entry.file}: the layer “{layer.id}” reads the features of “{layer.source_layer}”. Import into that one."
        )
    if layer.measure is Measure.RASTER:
        raise Invalid(
            f"{entry.file}: the layer “{layer.id}” is a raster. Give its entry `kind: raster` and a GeoTIFF."
        )
    if layer.full_coverage and entry.holds != "polygon":
        raise Invalid(
            f"{entry.file}: the layer “{layer.id}” covers the ground, so it needs polygons (`holds: polygon`)."
        )


def _kept(layer: Layer, entry: LayerEntry, sheet: Sheet) -> list[str]:
    """Attributes to keep: those of the mapping, and the one in which features state a distance of their own."""
    own = layer.buffer_property
    extra = [own] if own is not None and own in sheet.table.fields and own not in entry.keep else []
    return [*entry.keep, *extra]


def _rows(
    job: Job,
    entry: LayerEntry,
    sheet: Sheet,
    fields: list[tuple[str, str]],
    kept: list[str],
    lost: LostGround,
) -> Iterator[tuple[Any, ...]]:
    """Checked features in file order; where the refused ones lie is noted."""
    for batch, alive in read(job, sheet, fields):
        wanted = alive.copy()
        refs = None if entry.fields.ref is None else texts(batch.columns[entry.fields.ref])
        names = Names(batch=batch, refs=refs)
        starts, ends = spans_of(job, entry.fields, batch, names, alive)
        tidied = tidy(batch, alive, sheet.ground, _WANTED[entry.holds], job.tally, names)
        lost.add(batch, wanted & ~alive, sheet.ground)
        grow_extent(job, tidied.shapes)
        widths = _widths(job, entry, batch, names, alive)
        places = tidied.places
        yield from zip(
            batch.positions()[places].tolist(),
            [ref or str(position) for position, ref in names(places)],
            _texts(batch, entry.fields.label, places),
            _texts(batch, entry.fields.label_ml, places),
            [widths[place] for place in places],
            _attributes(batch, kept, places),
            [starts[place] for place in places],
            [ends[place] for place in places],
            shapely.to_wkb(tidied.shapes).tolist(),
            strict=True,
        )


def _texts(batch: Batch, field: str | None, places: NDArray[np.int64]) -> list[str | None]:
    if field is None:
        return [None] * len(places)
    found: list[str | None] = texts(batch.columns[field].take(pa.array(places))).to_pylist()
    return found


def _widths(job: Job, entry: LayerEntry, batch: Batch, names: Names, alive: Mask) -> list[float | None]:
    """Widths in metres; the mapping's where a feature has none."""
    if entry.fields.width is None:
        return [entry.width] * len(batch)
    values, given = numbers(batch.columns[entry.fields.width])
    with np.errstate(invalid="ignore"):
        good = np.isfinite(values) & (values > 0)
        bad = given & ~good & ~(values == 0)
    mended(
        job,
        names,
        alive,
        bad,
        "its width is not a number of metres; it was left out",
        "Write metres, like 6.5.",
    )
    return [
        value if fine else entry.width for value, fine in zip(values.tolist(), good.tolist(), strict=True)
    ]


def _attributes(batch: Batch, kept: list[str], places: NDArray[np.int64]) -> list[str]:
    """The attributes to keep as JSON, without those that say nothing."""
    if not kept:
        return ["{}"] * len(places)
    take = pa.array(places)
    columns = [batch.columns[name].take(take).to_pylist() for name in kept]
    return [
        orjson.dumps(
            {name: value for name, each in zip(kept, row, strict=True) if (value := _plain(each)) is not None}
        ).decode()
        for row in zip(*columns, strict=True)
    ]


def _plain(value: Any) -> str | int | float | bool | None:
    """A value as JSON has it; None for blanks and for numbers that are none."""
    if isinstance(value, str):
        return value.replace("\0", "").strip() or None
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value if isinstance(value, bool | int) else None


def _put_features(job: Job, import_id: int) -> None:
    total = job.tally.kept
    job.in_slices(
        "stage_feature",
        statement(__package__, "layer_features").text,
        total,
        import_id=import_id,
        srid=job.place.metric,
    )
    job.session.execute(
        text(
            "INSERT INTO layer_piece (import_id, feature_id, shape, reach)"
            " SELECT :import_id, feature.id, piece.shape, piece.reach FROM stage_piece AS piece"
            " JOIN layer_feature AS feature ON feature.import_id = :import_id AND feature.position = piece.position"
            " ORDER BY feature.id"
        ),
        {"import_id": import_id},
    )
