"""Files and mapping entries for the tests of the importers: rows in, a file of any format out.

Shapes are given in metres near Palakkad (`tests.builders.a_box`) and written in degrees unless said otherwise.
"""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyproj
import shapely
from sqlalchemy.orm import Session

from gis.place import Jurisdiction
from layers.importers.mapping import (
    DatasetEntry,
    LayerEntry,
    ParcelsEntry,
    PlacesEntry,
    RasterEntry,
    SourceEntry,
)
from layers.importers.report import ImportReport
from layers.importers.run import run_dataset
from tests.builders import UTM_43N

SOURCE = SourceEntry(
    title="Survey of Test", publisher="Survey office", licence="CC0 1.0", date=date(2020, 1, 1)
)
DRIVERS = {
    ".shp": "ESRI Shapefile",
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".fgb": "FlatGeobuf",
    ".kml": "KML",
}
PLACE = Jurisdiction(
    code="test",
    name_en="Test",
    name_ml="പരീക്ഷണം",
    metric=UTM_43N,
    catalogue="kerala",
    rule_book=None,
    synthetic=True,
)
_KINDS = {"parcels": ParcelsEntry, "layer": LayerEntry, "places": PlacesEntry, "raster": RasterEntry}


def in_degrees(shape: Any) -> Any:
    """A shape in metres, in degrees."""
    way = pyproj.Transformer.from_crs(UTM_43N, 4326, always_xy=True)
    return shapely.transform(shape, lambda x, y: way.transform(x, y), interleaved=False)


def write(
    path: Path, shapes: list[Any], *, crs: int | None = 4326, table: str | None = None, **columns: list[Any]
) -> Path:
    """A file of the format that its ending names; shapes as they are, None for no shape."""
    columns = {name: pa.array(values) for name, values in columns.items()}
    wkb = pa.array(
        [
            shape if shape is None or isinstance(shape, bytes) else shapely.to_wkb(shape, flavor="iso")
            for shape in shapes
        ],
        pa.binary(),
    )
    if path.suffix == ".parquet":
        return _write_parquet(path, columns, wkb, crs)
    given = [shape for shape in shapes if shape is not None and not isinstance(shape, bytes)]
    kinds = {shape.geom_type for shape in given}
    pyogrio.write_arrow(
        pa.table({**columns, "geometry": wkb}),
        path,
        driver=DRIVERS[path.suffix],
        layer=table,
        append=table is not None and path.exists(),
        geometry_name="geometry",
        geometry_type=kinds.pop() if len(kinds) == 1 and path.suffix != ".gpkg" else "Unknown",
        crs=None if crs is None else f"EPSG:{crs}",
        **(
            {"SPATIAL_INDEX": "NO"} if path.suffix == ".fgb" else {}
        ),  # keeps the order of rows, and rows without shape
    )
    return path


def _write_parquet(path: Path, columns: dict[str, Any], wkb: Any, crs: int | None) -> Path:
    import json

    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": []}
    if crs != 4326:
        column["crs"] = None if crs is None else pyproj.CRS.from_epsg(crs).to_json_dict()
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": column}}
    table = pa.table({**columns, "geometry": wkb})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    return path


def entry(kind: str, file: str, **other: Any) -> DatasetEntry:
    """A mapping entry with defaults for all that a test does not name."""
    content: dict[str, Any] = {
        "kind": kind,
        "file": file,
        "accuracy": "2",
        "accuracy_basis": "assumed for the test",
        "valid_from": "2010-01-01",
    }
    if kind == "parcels":
        content["fields"] = {"number": "number"}
    if kind == "layer":
        content |= {"layer": "flood", "holds": "polygon"}
    if kind == "raster":
        content |= {"layer": "elevation", "datum": "mean sea level"}
    return _KINDS[kind].model_validate(content | other)


def bring(
    session: Session, folder: Path, wanted: DatasetEntry, *, source: SourceEntry = SOURCE, **other: Any
) -> ImportReport:
    """Import one dataset into the test town."""
    place = other.pop("place", PLACE)
    return run_dataset(session, place, wanted, source=source, folder=folder, state=folder / "state", **other)


def wkb_of(points: list[tuple[float, float]]) -> bytes:
    """The well-known binary of a polygon with exactly these corners, closed or not, numbers or not."""
    head = np.array([1], np.uint8).tobytes() + np.array([3, 1, len(points)], "<u4").tobytes()
    return head + np.array(points, "<f8").tobytes()
