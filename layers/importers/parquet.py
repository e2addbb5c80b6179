"""GeoParquet, read by pyarrow, row group by row group.

In: a file whose format was checked.  Out: batches; `Invalid` where it is not GeoParquet or breaks off.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj

from gis.errors import Invalid
from layers.importers.batches import Batch, batch_size, read_shapes
from layers.importers.formats import truncated
from layers.importers.position import crs_from

_LONGITUDE_LATITUDE = "OGC:CRS84"
"""What GeoParquet 1.0 means where it names no coordinate system."""


@dataclass(kw_only=True)
class ParquetTable:
    """The table of a GeoParquet file; a Parquet file without shapes serves as a table to join."""

    path: Path
    name: str
    fields: list[str]
    crs: pyproj.CRS | None
    count: int | None
    geometry: str | None
    bad_rows: list[tuple[int, str]] = field(default_factory=list)

    @property
    def has_shapes(self) -> bool:
        """Whether it is GeoParquet at all."""
        return self.geometry is not None

    @classmethod
    def open(cls, path: Path) -> "ParquetTable":
        """The table, with the coordinate system of its main shapes."""
        try:
            with pq.ParquetFile(path) as file:
                schema, rows = file.schema_arrow, file.metadata.num_rows
                geometry, column = _main_shapes(path, (schema.metadata or {}).get(b"geo"), schema.names)
        except (pa.ArrowException, OSError) as error:
            raise truncated(path, str(error).splitlines()[0][:200]) from error
        if geometry is not None and column.get("encoding") != "WKB":
            raise Invalid(
                f"{path.name}: shapes are encoded as {column.get('encoding')}. Export GeoParquet with encoding WKB."
            )
        crs = column.get("crs", _LONGITUDE_LATITUDE)
        return cls(
            path=path,
            name=path.stem,
            fields=[name for name in schema.names if name != geometry],
            crs=crs_from(crs, path.name) if geometry is not None and crs else None,
            count=rows,
            geometry=geometry,
        )

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """All rows, with these fields."""
        wanted = list(dict.fromkeys([*columns, *([self.geometry] if self.geometry else [])]))
        first = 1
        try:
            with pq.ParquetFile(self.path) as file:
                for record in file.iter_batches(
                    batch_size(self.path.stat().st_size, self.count), columns=wanted
                ):
                    yield self._batch(first, record)
                    first += record.num_rows
        except (pa.ArrowException, OSError) as error:
            raise truncated(self.path, str(error).splitlines()[0][:200]) from error

    def _batch(self, first: int, record: pa.RecordBatch) -> Batch:
        columns = {name: record.column(name) for name in record.schema.names if name != self.geometry}
        wkb = np.full(record.num_rows, None, dtype=object)
        if self.geometry is not None:
            wkb = record.column(self.geometry).to_numpy(zero_copy_only=False)
        return read_shapes(first, columns, wkb)


def _main_shapes(
    path: Path, stated: bytes | None, columns: Sequence[str]
) -> tuple[str | None, dict[str, Any]]:
    """Name and description of the column of shapes, as the file's metadata state them; no name where it is not GeoParquet."""
    if stated is None:
        return None, {}
    try:
        geo = json.loads(stated)
        name, described = geo["primary_column"], geo["columns"][geo["primary_column"]]
        if name in columns and isinstance(described, dict):
            return name, described
    except (ValueError, LookupError, TypeError):
        pass
    raise Invalid(
        f"{path.name}: its description of the shapes (“geo”) names no column that it has. Export it as GeoParquet anew."
    )
