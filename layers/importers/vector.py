"""Tables that GDAL reads: Shapefile, GeoPackage, GeoJSON, FlatGeobuf, KML, streamed as Arrow batches by pyogrio.

In: a file whose format was checked.  Out: batches; `Invalid` where the file breaks off.
"""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import pyproj

from gis.errors import Invalid
from layers.importers.batches import Batch, batch_size, read_shapes
from layers.importers.formats import Format, truncated
from layers.importers.position import crs_from

# GDAL 3.12's own Arrow reader of FlatGeobuf spoils its memory at a feature without a shape; the general one does not.
pyogrio.set_gdal_config_options({"OGR_FLATGEOBUF_STREAM_BASE_IMPL": "YES"})
_FAULTS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pa.ArrowException,
    OSError,
    ValueError,
)


@dataclass(kw_only=True)
class VectorTable:
    """A table of a file that GDAL reads."""

    path: Path
    format: Format
    name: str
    fields: list[str]
    crs: pyproj.CRS | None
    count: int | None
    has_shapes: bool
    encoding: str | None
    bad_rows: list[tuple[int, str]] = field(default_factory=list)

    @classmethod
    def open(cls, path: Path, format: Format, table: str | None, encoding: str | None) -> "VectorTable":
        """The table of this name, or the only one."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                name = _table_name(path, table)
                info = pyogrio.read_info(path, layer=name, encoding=encoding)
            except _FAULTS as error:
                raise _unreadable(path, error) from error
        return cls(
            path=path,
            format=format,
            name=name,
            fields=[str(each) for each in info["fields"]],
            crs=crs_from(info["crs"], path.name) if info["crs"] else None,
            count=info["features"] if info["features"] >= 0 else None,
            has_shapes=info["geometry_type"] is not None,
            encoding=encoding,
        )

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """All features; an error if there are fewer than the file states."""
        first = 1
        for record, geometry in self._records(columns):
            yield _batch(first, record, geometry, self.has_shapes)
            first += record.num_rows
        if self.count is not None and first - 1 < self.count:
            raise truncated(self.path, f"{self.count} features are stated, {first - 1} could be read")

    def _records(self, columns: Sequence[str]) -> Iterator[tuple[pa.RecordBatch, str]]:
        """Arrow batches and the name of their geometry column; GDAL's warnings are marked in the batch, not passed on."""
        options: dict[str, Any] = {
            "layer": self.name,
            "columns": list(dict.fromkeys(columns)),
            "batch_size": batch_size(_size(self.path), self.count),
            "use_pyarrow": True,
            "read_geometry": self.has_shapes,
        }
        if self.encoding:
            options["encoding"] = self.encoding
        try:
            with pyogrio.open_arrow(self.path, **options) as (meta, reader):
                while (record := _next(reader)) is not None:
                    _check_letters(self.path, record)
                    yield record, meta["geometry_name"] or "wkb_geometry"
        except _FAULTS as error:
            raise _unreadable(self.path, error) from error


def _size(path: Path) -> int:
    return sum(
        part.stat().st_size
        for part in path.parent.glob(f"{path.stem}.*")
        if part.suffix in (".shp", path.suffix)
    )


def _next(reader: Any) -> pa.RecordBatch | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return reader.read_next_batch()
        except StopIteration:
            return None


def _check_letters(path: Path, record: pa.RecordBatch) -> None:
    """Refuse texts that are not in the letters that the file says it uses."""
    for name, column in zip(record.schema.names, record.columns, strict=True):
        if not pa.types.is_string(column.type):
            continue
        try:
            column.validate(full=True)
        except pa.ArrowInvalid as error:
            raise Invalid(
                f"{path.name}: the field “{name}” holds bytes that are no letters in its encoding."
                " Name the right `encoding` in the mapping, for example cp1252, or export the file in UTF-8."
            ) from error


def _batch(first: int, record: pa.RecordBatch, geometry: str, has_shapes: bool) -> Batch:
    names = [name for name in record.schema.names if name != geometry or not has_shapes]
    columns = {name: record.column(name) for name in names}
    wkb = np.full(record.num_rows, None, dtype=object)
    if has_shapes:
        wkb = record.column(geometry).to_numpy(zero_copy_only=False)
    return read_shapes(first, columns, wkb)


def _table_name(path: Path, table: str | None) -> str:
    names = [str(row[0]) for row in pyogrio.list_layers(path)]
    if table is not None and table in names:
        return table
    if len(names) == 1 and (table is None or path.stem == table):
        return names[0]
    if not names:
        raise Invalid(f"{path.name} holds no table. Export it again.")
    if table is None:
        raise Invalid(
            f"{path.name} holds several tables ({', '.join(names[:20])}). Name one of them as `table`."
        )
    raise Invalid(f"{path.name} has no table “{table}”. It has: {', '.join(names[:20])}.")


def _unreadable(path: Path, error: Exception) -> Invalid:
    return Invalid(
        f"{path.name} cannot be read to its end: {str(error).strip().splitlines()[0][:200]}."
        " It is damaged or cut off; get it again from its source."
    )
