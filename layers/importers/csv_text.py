"""CSV, plain or gzip-compressed: shapes as well-known text, or as two columns of longitude and latitude.

In: a file whose first bytes are text.  Out: batches with every field as text; rows of the wrong length are marked.
"""

import csv
import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyproj

from gis.crs import GEOGRAPHIC, crs_of
from gis.errors import Invalid
from layers.importers.archives import Counted, Limits
from layers.importers.batches import Batch, read_points, read_shapes, read_texts
from layers.importers.columns import mask_of, numbers
from layers.importers.formats import UTF_16

_WKT = ("wkt", "geometry", "geom", "the_geom", "shape")
_LONGITUDE = ("longitude", "lon", "long", "lng")
_LATITUDE = ("latitude", "lat")
_BLOCK = 4 << 20
_OTHER_COMMAS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_LIKE_A_SHAPE = re.compile(r"\s*(SRID=\d+;)?\s*[A-Z]{4,}[\sA-Z]*\(", re.IGNORECASE)
_ROWS_OF_NO_SHAPE = 3
"""Lines of one value that read like rows, from which on a table without shapes is taken to have an open quote."""


@dataclass(kw_only=True)
class CsvTable:
    """The table of a CSV file."""

    path: Path
    name: str
    fields: list[str]
    crs: pyproj.CRS | None
    wkt: str | None
    point: tuple[str, str] | None
    encoding: str
    limits: Limits
    count: int | None = None
    bad_rows: list[tuple[int, str]] = field(default_factory=list)

    @property
    def has_shapes(self) -> bool:
        """Whether a column of shapes, or two of coordinates, were found."""
        return self.wkt is not None or self.point is not None

    @classmethod
    def open(
        cls,
        path: Path,
        encoding: str | None,
        geometry: str | None,
        longitude: str | None,
        latitude: str | None,
        limits: Limits,
    ) -> "CsvTable":
        """The table, with the columns of its shapes found by the mapping or by their usual names."""
        table = cls(
            path=path,
            name=path.name.split(".")[0],
            fields=[],
            crs=None,
            wkt=None,
            point=None,
            encoding=encoding or _marked_encoding(path),
            limits=limits,
        )
        with table._reading() as reader:
            table.fields = list(reader.schema.names)
        table.bad_rows.clear()
        if len(table.fields) == 1 and (found := [sign for sign in _OTHER_COMMAS if sign in table.fields[0]]):
            raise Invalid(
                f"{path.name}: its columns stand apart by {_OTHER_COMMAS[found[0]]}. Save it as CSV with commas."
            )
        if len(set(table.fields)) < len(table.fields):
            raise Invalid(
                f"{path.name}: two columns have the same name. Rename one of them in the first line."
            )
        table.wkt = table._column(geometry, _WKT)
        x, y = table._column(longitude, _LONGITUDE), table._column(latitude, _LATITUDE)
        if x and y and (geometry is None) and (table.wkt is None or longitude):
            table.wkt, table.point, table.crs = None, (x, y), crs_of(GEOGRAPHIC)
        return table

    def _column(self, named: str | None, usual: Sequence[str]) -> str | None:
        """The column that the mapping names, or the first with a usual name."""
        if named is not None:
            if named not in self.fields:
                raise Invalid(f"{self.path.name} has no column “{named}”. It has: {', '.join(self.fields)}.")
            return named
        lower = {name.lower(): name for name in reversed(self.fields)}
        return next((lower[name] for name in usual if name in lower), None)

    @contextmanager
    def _reading(self) -> Iterator[pa_csv.CSVStreamingReader]:
        """An open reader: every field text, blanks null."""
        packed = self.path.name.lower().endswith(".gz")
        try:
            "".encode(self.encoding)  # refuses what is known to Python but turns no bytes into letters
            with gzip.open(self.path, "rb") if packed else self.path.open("rb") as stream:
                counted = Counted(stream, self.path, self.limits) if packed else stream
                yield pa_csv.open_csv(
                    pa.PythonFile(counted, mode="r"),
                    read_options=pa_csv.ReadOptions(
                        block_size=_BLOCK, encoding=self.encoding, use_threads=False
                    ),
                    parse_options=pa_csv.ParseOptions(
                        newlines_in_values=True, invalid_row_handler=self._bad_row
                    ),
                    convert_options=self._as_text(),
                )
        except (pa.ArrowException, OSError, EOFError, LookupError, UnicodeError, zlib.error) as error:
            raise self._unreadable(error) from error

    def _as_text(self) -> pa_csv.ConvertOptions:
        return pa_csv.ConvertOptions(
            column_types={name: pa.string() for name in self.fields},
            strings_can_be_null=True,
            null_values=[""],
        )

    def _bad_row(self, row: Any) -> str:
        self.bad_rows.append(
            (row.number or 0, f"{row.actual_columns} values instead of {row.expected_columns}")
        )
        return "skip"

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """All rows, with these fields as text; broken rows go to `bad_rows`."""
        self.bad_rows.clear()
        first = 1
        with self._reading() as reader:
            for record in reader:
                self._check_quotes(first, record)
                yield self._batch(first, record, columns)
                first += record.num_rows

    def _batch(self, first: int, record: pa.RecordBatch, columns: Sequence[str]) -> Batch:
        kept = {name: record.column(name) for name in dict.fromkeys(columns)}
        if self.wkt is not None:
            return read_texts(first, kept, record.column(self.wkt).to_numpy(zero_copy_only=False))
        if self.point is not None:
            x, x_given = numbers(record.column(self.point[0]))
            y, y_given = numbers(record.column(self.point[1]))
            return read_points(first, kept, x, y, x_given & y_given)
        return read_shapes(first, kept, np.full(record.num_rows, None, dtype=object))

    def _check_quotes(self, first: int, record: pa.RecordBatch) -> None:
        """Refuse a file of which one value holds further rows: a quote was opened and not closed."""
        for name, column in zip(record.schema.names, record.columns, strict=True):
            for place in np.flatnonzero(mask_of(pc.match_substring(column, "\n"))):
                rows = sum(map(self._is_a_row, column[int(place)].as_py().splitlines()[1:]))
                if rows >= (1 if self.has_shapes else _ROWS_OF_NO_SHAPE):
                    raise Invalid(
                        f"{self.path.name}, feature {first + place}: its “{name}” goes on through {rows} further rows, since a"
                        " quote is opened there and not closed. Close it, or write it twice where it belongs to the value."
                    )

    def _is_a_row(self, line: str) -> bool:
        """Whether a line of a value reads like a row of its own."""
        parts = next(csv.reader([line]), [])
        values = dict(zip(self.fields, parts, strict=True)) if len(parts) == len(self.fields) else {}
        if self.wkt is not None:
            return _LIKE_A_SHAPE.match(values.get(self.wkt, "")) is not None
        if self.point is not None:
            return bool(values) and bool(
                np.isfinite(numbers(pa.array([values[each] for each in self.point]))[0]).all()
            )
        return len(values) > 1

    def _unreadable(self, error: Exception) -> Invalid:
        return Invalid(
            f"{self.path.name} cannot be read: {str(error).splitlines()[0][:200]}. Save it as CSV with commas in UTF-8"
            " (or name its `encoding` in the mapping), whole and with one line of column names."
        )


def _marked_encoding(path: Path) -> str:
    """UTF-16 where the first bytes of a plain file say so, else UTF-8."""
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in UTF_16 else "utf8"
