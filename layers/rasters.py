"""Height and slope under a shape, from an elevation raster.

In: a raster file of the state folder (heights in metres), a shape in its jurisdiction's metric system.
Out: `Heights` in metres and degrees.  Slope by Horn's method (Horn 1981, Proc. IEEE 69(1)) on cells measured in ground
metres; cells beside missing ones have no slope.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor
from pathlib import Path
from threading import local

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.features import geometry_mask
from rasterio.windows import Window
from rasterio.windows import transform as window_transform
from shapely.geometry.base import BaseGeometry

from gis.crs import GEOGRAPHIC, ground_distance, transform
from gis.errors import Unavailable

MOST_CELLS = 4_000_000
_open = local()


@dataclass(frozen=True, kw_only=True)
class Heights:
    """Elevation (m) and slope (degrees) of the cells that touch a shape."""

    lowest: float
    highest: float
    mean: float
    slope_mean: float
    slope_max: float
    cells: int
    resolution: float


def heights(path: Path, epsg: int, shape: BaseGeometry, *, metric: int) -> Heights | None:
    """Heights under a shape; None where the raster has no value there."""
    moved = transform(shape, metric, epsg)
    raster = _raster(path)
    window = _window(raster, moved)
    if window is None:
        return None
    cells = raster.read(1, window=window, masked=True).astype("float64").filled(np.nan)
    grid = window_transform(window, raster.transform)
    under = ~geometry_mask([moved], cells.shape, grid, all_touched=True)
    if not np.isfinite(cells[under]).any():
        return None
    middle = moved.representative_point()
    dx, dy = _cell_size(epsg, (middle.x, middle.y), abs(grid.a), abs(grid.e))
    slopes = slope_degrees(cells, dx, dy)
    return _summary(cells[under], slopes[under], max(dx, dy))


def _summary(cells: NDArray[np.float64], slopes: NDArray[np.float64], resolution: float) -> Heights | None:
    known = cells[np.isfinite(cells)]
    steep = slopes[np.isfinite(slopes)]
    if len(steep) == 0:
        return None
    return Heights(
        lowest=round(float(known.min()), 1),
        highest=round(float(known.max()), 1),
        mean=round(float(known.mean()), 1),
        slope_mean=round(float(steep.mean()), 1),
        slope_max=round(float(steep.max()), 1),
        cells=len(known),
        resolution=round(resolution, 1),
    )


def slope_degrees(cells: NDArray[np.float64], dx: float, dy: float) -> NDArray[np.float64]:
    """Slope of each cell in degrees by Horn's method; cells dx by dy metres; NaN at the rim and beside missing cells."""
    slopes = np.full(cells.shape, np.nan)
    if min(cells.shape) < 3:
        return slopes
    a, b, c = cells[:-2, :-2], cells[:-2, 1:-1], cells[:-2, 2:]
    d, f = cells[1:-1, :-2], cells[1:-1, 2:]
    g, h, i = cells[2:, :-2], cells[2:, 1:-1], cells[2:, 2:]
    east = ((c + 2 * f + i) - (a + 2 * d + g)) / (8 * dx)
    north = ((g + 2 * h + i) - (a + 2 * b + c)) / (8 * dy)
    slopes[1:-1, 1:-1] = np.degrees(np.arctan(np.hypot(east, north)))
    return slopes


def _window(raster: "rasterio.io.DatasetReader", shape: BaseGeometry) -> Window | None:
    """Whole cells around a shape with a rim of two, inside the raster."""
    west, south, east, north = shape.bounds
    column, row = ~raster.transform @ (west, north)
    last_column, last_row = ~raster.transform @ (east, south)
    left, top = max(floor(column) - 2, 0), max(floor(row) - 2, 0)
    right, bottom = min(ceil(last_column) + 2, raster.width), min(ceil(last_row) + 2, raster.height)
    if right - left < 1 or bottom - top < 1 or (right - left) * (bottom - top) > MOST_CELLS:
        return None
    return Window(left, top, right - left, bottom - top)


@lru_cache(maxsize=1024)
def _cell_size(epsg: int, middle: tuple[float, float], width: float, height: float) -> tuple[float, float]:
    """Ground metres of a cell's sides at a place."""
    x, y = middle
    if epsg == GEOGRAPHIC:
        across = ground_distance(GEOGRAPHIC, (x - width / 2, y), (x + width / 2, y))
        along = ground_distance(GEOGRAPHIC, (x, y - height / 2), (x, y + height / 2))
        return across, along
    return (
        ground_distance(epsg, (x - width / 2, y), (x + width / 2, y)),
        ground_distance(epsg, (x, y - height / 2), (x, y + height / 2)),
    )


def _raster(path: Path) -> "rasterio.io.DatasetReader":
    """The open raster, one handle a thread."""
    opened: dict[Path, rasterio.io.DatasetReader] = _open.__dict__.setdefault("rasters", {})
    if path not in opened:
        try:
            opened[path] = rasterio.open(path)
        except rasterio.errors.RasterioIOError as error:
            raise Unavailable(
                f"The raster {path.name} is missing from the state folder; import it again."
            ) from error
    return opened[path]
