"""What every reader gives: batches of features, attributes as Arrow columns and shapes as GEOS geometries.

In: well-known binary or text, as the file holds it.  Out: `Batch`; what could not be read is marked, not dropped.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyproj
import shapely
from numpy.typing import NDArray

Shapes = NDArray[np.object_]
Mask = NDArray[np.bool_]
LARGEST_BATCH = 20_000
_BATCH_BYTES = 32 << 20


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some features in file order; `first` is the position of the first, counted from 1."""

    first: int
    columns: dict[str, pa.Array]
    shapes: Shapes
    """Geometries in the file's system; None where there is none, or where it is `unreadable`."""
    closed: Mask
    """Rings that ended elsewhere than they began, and were closed."""
    unreadable: Mask
    curved: Mask
    """Shapes with arcs, which are not read."""

    def __len__(self) -> int:
        return len(self.shapes)

    def positions(self) -> NDArray[np.int64]:
        """Positions of its features in the file."""
        return np.arange(self.first, self.first + len(self), dtype=np.int64)


class Table(Protocol):
    """A table of features, whatever the format."""

    name: str
    fields: list[str]
    crs: pyproj.CRS | None
    count: int | None
    bad_rows: list[tuple[int, str]]
    """Line number and fault of rows that could not be split into fields, once read through."""

    @property
    def has_shapes(self) -> bool:
        """Whether it holds shapes at all; a table to join need not."""
        ...

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """All features, with these fields."""
        ...


def batch_size(size: int, count: int | None) -> int:
    """Features at once, so that a batch stays near 32 MB whatever the features' size."""
    if not count:
        return LARGEST_BATCH
    return int(min(max(_BATCH_BYTES * count // max(size, 1), 100), LARGEST_BATCH))


def read_shapes(first: int, columns: dict[str, pa.Array], wkb: NDArray[np.object_]) -> Batch:
    """A batch from well-known binary."""
    return _read(first, columns, wkb, shapely.from_wkb)


def read_texts(first: int, columns: dict[str, pa.Array], texts: NDArray[np.object_]) -> Batch:
    """A batch from well-known text; an EWKT prefix `SRID=…;` is left to the mapping's `crs` and ignored."""
    plain = np.array([_without_srid(text) for text in texts], dtype=object)
    return _read(first, columns, plain, shapely.from_wkt)


def _read(
    first: int, columns: dict[str, pa.Array], given: NDArray[np.object_], parse: Callable[..., Shapes]
) -> Batch:
    """Shapes where they can be read; rings that do not close are closed and marked."""
    closed, unreadable = np.zeros(len(given), dtype=bool), np.zeros(len(given), dtype=bool)
    with np.errstate(invalid="ignore"):
        given, curved, shapes = _without_curves(given, parse)
        missing = shapely.is_missing(shapes)
        if missing.any():
            missing &= np.array([each is not None for each in given], dtype=bool)
            shapes[missing] = parse(given[missing], on_invalid="fix")
            unreadable = missing & shapely.is_missing(shapes)
            closed = missing & ~unreadable
    return Batch(
        first=first, columns=columns, shapes=shapes, closed=closed, unreadable=unreadable, curved=curved
    )


def _without_curves(
    given: NDArray[np.object_], parse: Callable[..., Shapes]
) -> tuple[NDArray[np.object_], Mask, Shapes]:
    """What is given without shapes with arcs, at the first of which GEOS gives the whole batch up; which they are; the rest read."""
    try:
        return given, np.zeros(len(given), dtype=bool), parse(given, on_invalid="ignore")
    except NotImplementedError:
        curved = np.array([_is_curve(each, parse) for each in given], dtype=bool)
    rest = given.copy()
    rest[curved] = None
    return rest, curved, parse(rest, on_invalid="ignore")


def _is_curve(given: object, parse: Callable[..., Shapes]) -> bool:
    try:
        parse(given, on_invalid="ignore")
    except NotImplementedError:
        return True
    return False


def _without_srid(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    return text.split(";", 1)[1] if text[:5].upper() == "SRID=" and ";" in text else text


def read_points(
    first: int, columns: dict[str, pa.Array], x: NDArray[np.float64], y: NDArray[np.float64], given: Mask
) -> Batch:
    """A batch from two columns of numbers; `given` where both have text at all, NaN where it is no number."""
    readable = given & np.isfinite(x) & np.isfinite(y)
    shapes = np.full(len(x), None, dtype=object)
    shapes[readable] = shapely.points(x[readable], y[readable])
    nobody = np.zeros(len(x), dtype=bool)
    return Batch(
        first=first,
        columns=columns,
        shapes=shapes,
        closed=nobody,
        unreadable=given & ~readable,
        curved=nobody,
    )
