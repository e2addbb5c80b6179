"""Elevation of the sample: a raster of heights in metres above mean sea level.

In: the town, a file.  Out: a GeoTIFF of 10 m cells in the town's metric system, the same bytes for the same town.
"""

from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import Affine

from layers.sample.ground import Floats
from layers.sample.town import Town

CELL = 10.0
MARGIN = 300.0
"""Metres of ground around the town that the raster still covers."""


def write_elevation(town: Town, path: Path, *, metric: int) -> None:
    """Heights at the middles of the cells, to the centimetre."""
    west, south, east, north = town.outline.bounds
    x0, y1 = np.floor((west - MARGIN) / CELL) * CELL, np.ceil((north + MARGIN) / CELL) * CELL
    columns = int(np.ceil((east + MARGIN - x0) / CELL))
    rows = int(np.ceil((y1 - south + MARGIN) / CELL))
    profile = {
        "driver": "GTiff", "dtype": "float32", "count": 1, "width": columns, "height": rows, "crs": f"EPSG:{metric}",
        "transform": Affine(CELL, 0.0, x0, 0.0, -CELL, y1), "compress": "deflate", "predictor": 3, "tiled": True,
        "blockxsize": 256, "blockysize": 256, "nodata": -9999.0,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as raster:
        for top in range(0, rows, 256):
            height = min(256, rows - top)
            window = rasterio.windows.Window(0, top, columns, height)
            raster.write(_heights(town, x0, y1, top, height, columns), 1, window=window)


def _heights(town: Town, x0: float, y1: float, top: int, rows: int, columns: int) -> Floats:
    x = x0 + (np.arange(columns) + 0.5) * CELL
    y = y1 - (top + np.arange(rows) + 0.5) * CELL
    grid = np.column_stack([np.tile(x, rows), np.repeat(y, columns)])
    heights = town.ground.surface(town.ground.in_plan(grid, rounds=6))
    return np.asarray(np.round(heights, 2).reshape(rows, columns).astype(np.float32))
