"""Tables of the sample on disk: FlatGeobuf, written chunk by chunk, in the order of survey, the same bytes each time.

In: shapes in the town's metric system and their columns.  Out: files.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from layers.sample.shapes import Polygons

CHUNK = 50_000
TYPES = {0: "Point", 1: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon"}
Columns = Mapping[str, object]


def write_table(
    path: Path, shapes: Polygons, columns: Columns, *, metric: int, told: Callable[[int], None] | None = None
) -> None:
    """A FlatGeobuf file without spatial index, so that features keep their order."""
    arrays = {name: _array(column) for name, column in columns.items()}
    kind, shapes = _one_type(shapes)
    schema = pa.schema([*[(name, array.type) for name, array in arrays.items()], ("geometry", pa.binary())])

    def chunks() -> Iterator[pa.RecordBatch]:
        for start in range(0, len(shapes), CHUNK):
            part = slice(start, min(start + CHUNK, len(shapes)))
            outlines = pa.array(shapely.to_wkb(shapes[part]), type=pa.binary())
            rows = [array.slice(start, part.stop - start) for array in arrays.values()]
            yield pa.record_batch([*rows, outlines], schema=schema)
            if told is not None:
                told(part.stop)

    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(schema, chunks()),
        path,
        driver="FlatGeobuf",
        geometry_name="geometry",
        geometry_type=kind,
        crs=f"EPSG:{metric}",
        SPATIAL_INDEX="NO",
    )


def _array(column: object) -> pa.Array:
    return column if isinstance(column, pa.Array) else pa.array(column)


def _one_type(shapes: Polygons) -> tuple[str, Polygons]:
    """The one type of a file, with single shapes made multiple where some are."""
    kinds = set(np.unique(shapely.get_type_id(shapes)).tolist())
    if len(kinds) == 1:
        return TYPES[kinds.pop()], shapes
    makers = {6: shapely.multipolygons, 5: shapely.multilinestrings, 4: shapely.multipoints}
    many = max(kinds)
    single = shapely.get_type_id(shapes) != many
    mended = shapes.copy()
    mended[single] = [makers[many]([shape]) for shape in shapes[single]]
    return TYPES[many], mended
