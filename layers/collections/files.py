"""All features of a question as a file that other programs open: GeoPackage, FlatGeobuf, GeoParquet; and CSV as it comes.

In: a session, a question, a path.  Out: a file, written batch by batch, so that a million features take no more room than ten
thousand; `TooLarge` where it would outgrow the stated limits.  In files longitude or easting always comes first, as their formats
want it; shapes of one kind are all written as its multiple form, so that a table has one kind of shape.
"""

import csv
import io
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
from sqlalchemy import Boolean, ColumnElement, Date, DateTime, Double, Text, cast, func, select
from sqlalchemy.orm import Session

from gis.crs import crs_of
from gis.errors import TooLarge
from layers.collections.features import Statement, about, asked_of, read, shape_in
from layers.collections.model import Kind, Shapes
from layers.collections.question import Question
from layers.collections.systems import System

MOST_FEATURES = 3_000_000
MOST_BYTES = 4_000_000_000
BATCH = 10_000
"""Features that are in memory at a time."""
PIECE = 64 * 1024
"""Letters that are gathered before they are sent."""
DRIVERS = {"gpkg": "GPKG", "fgb": "FlatGeobuf"}
GEOMETRY = "geometry"

_ARROW: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.NUMBER: pa.float64(),
    Kind.WHOLE: pa.int64(),
    Kind.TRUTH: pa.bool_(),
    Kind.DAY: pa.date32(),
    Kind.INSTANT: pa.timestamp("us", tz="UTC"),
}
_SQL: dict[Kind, Any] = {
    Kind.TEXT: Text,
    Kind.NUMBER: Double,
    Kind.WHOLE: Double,
    Kind.TRUTH: Boolean,
    Kind.DAY: Date,
    Kind.INSTANT: DateTime(timezone=True),
}
_KINDS = {
    Shapes.POLYGON: "MultiPolygon",
    Shapes.LINE: "MultiLineString",
    Shapes.POINT: "MultiPoint",
    Shapes.ANY: "Unknown",
}


def write(session: Session, question: Question, form: str, path: Path) -> None:
    """A file of every feature of a question; `form` is `gpkg`, `fgb` or `parquet`."""
    system = System(uri=question.system.uri, epsg=question.system.epsg, is_flipped=False)
    schema = _schema(question)
    rows = read(
        session,
        _statement(question, func.ST_AsBinary(_multiple(question, system))),
        patience=None,
        as_bytes=False,
    )
    with closing(rows):
        batches = _Batches(rows, schema, path)
        if form == "parquet":
            _write_parquet(batches, schema, question, system, path)
        else:
            _write_by_gdal(batches, schema, question, system, path, form)


def as_arrow(session: Session, question: Question) -> Generator[pa.RecordBatch]:
    """Every feature of a question as Arrow, some thousands at a time, shapes as well-known binary with the easting first.

    There is a batch even where there is no feature, so that the columns are known; to be closed before the session is.
    """
    schema = _schema(question)
    shape = func.ST_AsBinary(shape_in(question.collection, question.system))
    rows = read(session, _statement(question, shape), patience=None, as_bytes=False)
    with closing(rows):
        is_first = True
        while (gathered := list(islice(rows, BATCH))) or is_first:
            yield _batch(gathered, schema) if gathered else pa.RecordBatch.from_pylist([], schema=schema)
            is_first = False


def _write_by_gdal(
    batches: "_Batches", schema: pa.Schema, question: Question, system: System, path: Path, form: str
) -> None:
    """What goes wrong while rows are read reaches GDAL as a fault of its own, so it is raised here again."""
    try:
        pyogrio.write_arrow(
            pa.RecordBatchReader.from_batches(schema, batches),
            path,
            layer=question.collection.id,
            driver=DRIVERS[form],
            geometry_name=GEOMETRY,
            geometry_type=_KINDS[question.collection.shapes],
            crs=f"EPSG:{system.epsg}",
            **_options(question, form),
        )
    except Exception as error:
        if batches.fault is not None:
            raise batches.fault from error
        raise


def _options(question: Question, form: str) -> dict[str, str]:
    """FlatGeobuf has no place in its index for a feature without a shape."""
    return {"SPATIAL_INDEX": "NO"} if form == "fgb" and question.collection.has_unplaced else {}


def _statement(question: Question, shape: ColumnElement[Any]) -> Statement:
    collection = question.collection
    columns = [cast(each.read, _SQL[each.kind]) for each in collection.properties]
    query = select(collection.key, *columns, shape).where(*asked_of(question))
    return about(question, query.order_by(collection.key).limit(question.limit))


def _multiple(question: Question, system: System) -> ColumnElement[Any]:
    shape = shape_in(question.collection, system)
    return shape if question.collection.shapes is Shapes.ANY else func.ST_Multi(shape)


def _schema(question: Question) -> pa.Schema:
    own = [(each.name, _ARROW[each.kind]) for each in question.collection.properties]
    shape = pa.field(GEOMETRY, pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"})
    return pa.schema([pa.field("id", pa.int64()), *(pa.field(name, kind) for name, kind in own), shape])


class _Batches:
    """Rows as Arrow, ten thousand at a time; the file may not outgrow its limits."""

    def __init__(self, rows: Iterator[tuple[Any, ...]], schema: pa.Schema, path: Path) -> None:
        self.rows = rows
        self.schema = schema
        self.path = path
        self.count = 0
        self.fault: Exception | None = None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """The batches; a fault is kept for who cannot see it."""
        try:
            while gathered := list(islice(self.rows, BATCH)):
                self._check(len(gathered))
                yield _batch(gathered, self.schema)
        except Exception as error:
            self.fault = error
            raise

    def _check(self, more: int) -> None:
        self.count += more
        if self.count > MOST_FEATURES or (self.path.exists() and self.path.stat().st_size > MOST_BYTES):
            raise TooLarge(
                f"This would be a file of more than {MOST_FEATURES} features or {MOST_BYTES // 10**9} GB. Ask for a part of it by"
                " `bbox` or `filter`, or take it page by page."
            )


def _batch(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _write_parquet(
    batches: "_Batches", schema: pa.Schema, question: Question, system: System, path: Path
) -> None:
    """GeoParquet 1.1: well-known binary, and what it is of in the file's metadata."""
    kind = _KINDS[question.collection.shapes]
    column = {
        "encoding": "WKB",
        "geometry_types": [] if kind == "Unknown" else [kind],
        "crs": crs_of(system.epsg).to_json_dict(),
        "orientation": "counterclockwise",
    }
    told = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    plain = schema.set(len(schema) - 1, pa.field(GEOMETRY, pa.binary()))
    with pq.ParquetWriter(
        path, plain.with_metadata({"geo": orjson.dumps(told)}), compression="zstd"
    ) as writer:
        for batch in batches:
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=writer.schema))


def as_csv(session: Session, question: Question) -> Generator[bytes]:
    """Comma-separated values with names in the first line, the shape as well-known text in the last column; as it comes."""
    system = question.system
    shape = func.ST_AsText(shape_in(question.collection, system), system.digits)
    rows = read(session, _statement(question, shape), patience=None, as_bytes=False)
    gathered = io.StringIO()
    writer = csv.writer(gathered)
    writer.writerow(["id", *(each.name for each in question.collection.properties), GEOMETRY])
    with closing(rows):
        for row in rows:
            writer.writerow(row)
            if gathered.tell() >= PIECE:
                yield gathered.getvalue().encode()
                gathered.seek(0)
                gathered.truncate()
    yield gathered.getvalue().encode()
