"""Plots before and after as rows: columns of one kind, files made of some at a time, and one page of them read again.

In: plots, one after the other, shapes in degrees (EPSG:4326).  Out: CSV, GeoParquet or GeoJSON, in the making of which no more than `GROUP` plots
are in memory; a file that was not finished is not there.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from civic.reforms.room import Plot, Row
from gis.crs import crs_of
from gis.errors import Invalid

ENDINGS = (".csv", ".parquet", ".geojson")
GEOMETRY = "geometry"
DEGREES = 4326
GROUP = 5_000
"""Plots that are gathered before they are written."""
UNCHANGED = "same"
Put = Callable[[Plot], None]

_SIDES: dict[str, pa.DataType] = {
    "ground": pa.float64(),
    "floor_area": pa.float64(),
    "storeys": pa.int64(),
    "decider": pa.string(),
}
_ZONES: dict[str, pa.DataType] = {"zone": pa.string(), "groups": pa.string(), "use_permitted": pa.bool_()}


def columns(*, with_zones: bool) -> pa.Schema:
    """What is told of each plot; of redrawn zones only where a reform redraws any."""
    sides = [(f"{name}_{side}", kind) for side in ("before", "after") for name, kind in _SIDES.items()]
    zones = [(f"{name}_{side}", kind) for side in ("before", "after") for name, kind in _ZONES.items()]
    return pa.schema(
        [
            ("number", pa.string()),
            ("effect", pa.string()),
            *sides,
            ("floor_area_change", pa.float64()),
            *([("redrawn", pa.string()), *zones] if with_zones else []),
            ("reason", pa.string()),
        ]
    )


def batch(rows: Sequence[Row], kinds: pa.Schema) -> pa.RecordBatch:
    """Rows in columns; what a row does not tell is empty."""
    arrays = [pa.array([row.get(name) for row in rows], type=kinds.field(name).type) for name in kinds.names]
    return pa.RecordBatch.from_arrays(arrays, schema=kinds)


@contextmanager
def plots_file(path: Path, *, with_zones: bool) -> Iterator[Put]:
    """A file that takes plot after plot, its form told by its ending; `Invalid` where it cannot be written."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    kinds, waiting = columns(with_zones=with_zones), list[Plot]()
    try:
        with ExitStack() as opened:
            with _writing(path):
                write = opened.enter_context(_FORMS[path.suffix](unfinished, kinds))

            def put(plot: Plot) -> None:
                waiting.append(plot)
                if len(waiting) >= GROUP:
                    with _writing(path):
                        write(waiting)
                    waiting.clear()

            yield put
            with _writing(path):
                if waiting:
                    write(waiting)
                opened.close()
                unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Invalid(
            f"{path}: cannot be written ({error.strerror}); name a file in a folder that is there."
        ) from error


Write = Callable[[Sequence[Plot]], None]


@contextmanager
def _parquet(path: Path, kinds: pa.Schema) -> Iterator[Write]:
    column = {"encoding": "WKB", "geometry_types": [], "crs": crs_of(DEGREES).to_json_dict()}
    told = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    schema = kinds.append(pa.field(GEOMETRY, pa.binary())).with_metadata({b"geo": orjson.dumps(told)})
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:

        def write(plots: Sequence[Plot]) -> None:
            rows = batch([each.row for each in plots], kinds)
            shapes = pa.array(shapely.to_wkb([each.shape for each in plots]), type=pa.binary())
            writer.write_batch(pa.RecordBatch.from_arrays([*rows.columns, shapes], schema=schema))

        yield write


@contextmanager
def _csv(path: Path, kinds: pa.Schema) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(kinds.names)

        def write(plots: Sequence[Plot]) -> None:
            lines.writerows([each.row.get(name) for name in kinds.names] for each in plots)

        yield write


@contextmanager
def _geojson(path: Path, kinds: pa.Schema) -> Iterator[Write]:
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        yield _Features(file, kinds).write
        file.write("\n]}\n")


class _Features:
    """Features in the middle of a collection."""

    def __init__(self, file: TextIO, kinds: pa.Schema) -> None:
        self._file, self._names, self._before = file, kinds.names, "\n"

    def write(self, plots: Sequence[Plot]) -> None:
        """Some more of them."""
        for each, shape in zip(plots, shapely.to_geojson([plot.shape for plot in plots]), strict=True):
            told = {name: each.row.get(name) for name in self._names}
            geometry = None if shape is None else orjson.Fragment(shape)
            feature = {"type": "Feature", "properties": told, "geometry": geometry}
            self._file.write(self._before + orjson.dumps(feature).decode())
            self._before = ",\n"


_FORMS = {".csv": _csv, ".parquet": _parquet, ".geojson": _geojson}


def page_of(content: bytes, effect: str, *, at: int, most: int) -> tuple[list[dict[str, Any]], bool]:
    """Plots of a GeoParquet file without their shapes: those of an effect, or of all; those that change come before those that stay as they
    are.  And whether there are more."""
    table = _told(content)
    found = table["effect"]
    chosen = pc.fill_null(pc.equal(found, effect), False) if effect else pa.scalar(True)
    stays = pc.fill_null(pc.equal(found, UNCHANGED), False)
    parts = [table.filter(pc.and_(chosen, each)) for each in (pc.invert(stays), stays)]
    rows: list[dict[str, Any]] = pa.concat_tables(parts).slice(at, most + 1).to_pylist()
    return rows[:most], len(rows) > most


def plots_as_csv(content: bytes) -> str:
    """The plots of a GeoParquet file, without their shapes, as CSV."""
    return str(_told(content).to_pandas(integer_object_nulls=True).to_csv(index=False, lineterminator="\r\n"))


def as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as CSV."""
    return str(pd.DataFrame(list(rows)).to_csv(index=False, lineterminator="\r\n"))


def _told(content: bytes) -> pa.Table:
    names = [name for name in pq.read_schema(io.BytesIO(content)).names if name != GEOMETRY]
    return pq.read_table(io.BytesIO(content), columns=names)
