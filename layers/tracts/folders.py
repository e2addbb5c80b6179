"""How files of tracts are laid out: a folder for each local body, and what GeoParquet has to say of itself.

In: names of local bodies, paths.  Out: names of folders and back, how many plots a file holds, the metadata of a column of shapes.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pyarrow.parquet as pq

from gis.crs import crs_of

GEOMETRY = "geometry"
BODY = "local_body="


def folder_of(body: str) -> str:
    """The folder of a local body."""
    return f"{BODY}{quote(body, safe='')}"


def body_of(path: Path) -> str:
    """The local body whose plots a file holds."""
    return unquote(path.parent.name.removeprefix(BODY))


def count(path: Path) -> int:
    """How many plots a file holds."""
    found: int = pq.read_metadata(path).num_rows
    return found


def geo(metric: int, kinds: Sequence[str] = ("Polygon", "MultiPolygon")) -> dict[str, Any]:
    """What GeoParquet 1.1 says of a column of shapes in metres of a place."""
    column = {"encoding": "WKB", "geometry_types": list(kinds), "crs": crs_of(metric).to_json_dict()}
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
