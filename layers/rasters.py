"""What a raster says under a shape: height and slope, depth of a flood, shares of land cover.

In: a raster file of the state folder, a shape in its jurisdiction's metric system.
Out: `Heights` in metres and degrees; `Depths` in metres; `Cover`, cells by class.  Slope by Horn's method (Horn 1981, Proc. IEEE 69(1)) on cells measured in ground
metres; cells beside missing ones have no slope.  A file is named by its content, so what was read of it is kept in memory.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor
from pathlib import Path
from threading import RLock

import numpy as np
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import geometry_mask
from rasterio.windows import Window
from shapely.geometry.base import BaseGeometry

from gis.crs import GEOGRAPHIC, ground_distance, transform
from gis.errors import Unavailable

Cells = NDArray[np.float64]

FLOOD_DEPTH, LAND_COVER = "flood_depth", "land_cover"
"""Layers whose rasters are not heights."""
ONE_AT_A_TIME = RLock()
"""rasterio hushes a warning of its own by changing the filter of the whole process whenever it makes a raster in memory; two threads
at once would leave it changed for good, so whoever makes one holds this."""

MOST_CELLS = 4_000_000
KEPT_CELLS = 16_000_000
"""Cells up to which a whole raster is kept in memory, four bytes each; of a larger one only the window is read."""
FEW_CELLS = 4_096
"""Cells up to which each is looked at by itself; beyond, GDAL burns the shape into the window."""
STRIDE = 1_000.0
"""Metres between the places at which the ground size of a cell is worked out: it changes by less than a millionth."""
RIM = 2
Cut = tuple[int, int, int, int]
"""Left, top, right, bottom of a window, in cells."""


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


@dataclass(frozen=True, kw_only=True)
class Depths:
    """Depth of water (m) on the cells that touch a shape; dry ground is 0."""

    lowest: float
    highest: float
    mean: float
    cells: int
    resolution: float


@dataclass(frozen=True, kw_only=True)
class Cover:
    """Classes of the cells that touch a shape, each with how many cells, the commonest first."""

    cells: int
    resolution: float
    classes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A raster: where its cells lie and, unless it is too large, their values, of all of it or from column `left` and row `top` on."""

    path: Path
    grid: Affine
    from_ground: Affine
    width: int
    height: int
    values: NDArray[np.float32] | None
    left: int = 0
    top: int = 0

    def cell(self, x: float, y: float) -> tuple[float, float]:
        """Column and row of a place."""
        a, b, c, d, e, f, *_ = self.from_ground
        return x * a + y * b + c, x * d + y * e + f

    def read(self, left: int, top: int, right: int, bottom: int) -> Cells:
        """Heights in a window, NaN where missing."""
        if self.values is not None:
            rows, columns = (
                slice(top - self.top, bottom - self.top),
                slice(left - self.left, right - self.left),
            )
            return self.values[rows, columns].astype(np.float64)
        with rasterio.open(self.path) as raster:
            window = Window(left, top, right - left, bottom - top)
            return filled(raster, window).astype(np.float64)


def heights(path: Path, epsg: int, shape: BaseGeometry, *, metric: int) -> Heights | None:
    """Heights under a shape; None where the raster has no value there."""
    return heights_in(sheet_of(path), epsg, transform(shape, metric, epsg))


def heights_in(sheet: Sheet, epsg: int, moved: BaseGeometry) -> Heights | None:
    """Heights under a shape in the raster's own system."""
    window = window_of(sheet, moved, RIM)
    if window is None:
        return None
    cells = sheet.read(*window)
    under = _under(sheet, moved, window)
    below = cells[under]
    known = below[np.isfinite(below)]
    if not len(known):
        return None
    dx, dy = _cell_size(epsg, _near(epsg, moved), abs(sheet.grid.a), abs(sheet.grid.e))
    return _summary(known, slope_degrees(cells, dx, dy)[under], max(dx, dy))


def depths(path: Path, epsg: int, shape: BaseGeometry, *, metric: int) -> Depths | None:
    """Depths (m) under a shape; None where the raster has no value there."""
    return depths_in(sheet_of(path), epsg, transform(shape, metric, epsg))


def depths_in(sheet: Sheet, epsg: int, moved: BaseGeometry) -> Depths | None:
    """Depths under a shape in the raster's own system."""
    found = _values(sheet, epsg, moved)
    if found is None:
        return None
    known, resolution = found
    return Depths(
        lowest=round(float(known.min()), 2),
        highest=round(float(known.max()), 2),
        mean=round(float(known.mean()), 2),
        cells=len(known),
        resolution=resolution,
    )


def cover(path: Path, epsg: int, shape: BaseGeometry, *, metric: int) -> Cover | None:
    """Cells of each class under a shape; None where the raster has no value there."""
    found = _values(sheet_of(path), epsg, transform(shape, metric, epsg))
    if found is None:
        return None
    known, resolution = found
    numbers, counts = np.unique(known, return_counts=True)
    by_class = sorted(
        zip(numbers.tolist(), counts.tolist(), strict=True), key=lambda pair: (-pair[1], pair[0])
    )
    return Cover(
        cells=len(known),
        resolution=resolution,
        classes=tuple((int(number), count) for number, count in by_class),
    )


def _values(sheet: Sheet, epsg: int, moved: BaseGeometry) -> tuple[Cells, float] | None:
    """What is known of the cells that touch a shape in the raster's own system, and the size of a cell in ground metres."""
    window = window_of(sheet, moved, RIM)
    if window is None:
        return None
    below = sheet.read(*window)[_under(sheet, moved, window)]
    known = below[np.isfinite(below)]
    size = _cell_size(epsg, _near(epsg, moved), abs(sheet.grid.a), abs(sheet.grid.e))
    return (known, round(max(size), 1)) if len(known) else None


def _summary(known: NDArray[np.float64], slopes: NDArray[np.float64], resolution: float) -> Heights | None:
    steep = slopes[np.isfinite(slopes)]
    if not len(steep):
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


def known_share(sheet: Sheet, moved: BaseGeometry) -> float:
    """Of how much of a shape in the raster's own system the cells are known, in %; 0 off the raster."""
    window = window_of(sheet, moved, RIM)
    if window is None:
        return 0.0
    cells = sheet.read(*window)[_under(sheet, moved, window)]
    west, north = sheet.grid @ (0, 0)
    east, south = sheet.grid @ (sheet.width, sheet.height)
    reached = 1.0
    if not (sheet.grid.b or sheet.grid.d):
        box = shapely.box(min(west, east), min(south, north), max(west, east), max(south, north))
        reached = float(shapely.intersection(moved, box).area / moved.area)
    return 100.0 * reached * float(np.isfinite(cells).mean()) if len(cells) else 0.0


def window_of(sheet: Sheet, shape: BaseGeometry, rim: int) -> Cut | None:
    """Left, top, right, bottom of the whole cells around a shape with a rim, inside the raster."""
    west, south, east, north = shape.bounds
    column, row = sheet.cell(west, north)
    last_column, last_row = sheet.cell(east, south)
    left, top = max(floor(column) - rim, 0), max(floor(row) - rim, 0)
    right, bottom = min(ceil(last_column) + rim, sheet.width), min(ceil(last_row) + rim, sheet.height)
    if right - left < 1 or bottom - top < 1 or (right - left) * (bottom - top) > MOST_CELLS:
        return None
    return left, top, right, bottom


def _under(sheet: Sheet, shape: BaseGeometry, window: Cut) -> NDArray[np.bool_]:
    """Which cells of a window touch a shape; of a small one those are looked at that lie nearest."""
    left, top, right, bottom = window
    grid, size = sheet.grid, (bottom - top, right - left)
    if size[0] * size[1] > FEW_CELLS or grid.b or grid.d:
        corner = grid @ Affine.translation(left, top)
        with ONE_AT_A_TIME:
            burnt: NDArray[np.bool_] = ~geometry_mask([shape], size, corner, all_touched=True)
        return burnt
    touched = np.zeros(size, dtype=np.bool_)
    nearest = window_of(sheet, shape, RIM - 1)
    if nearest is not None:
        west, north, east, south = nearest
        touched[north - top : south - top, west - left : east - left] = _touched(grid, shape, nearest)
    return touched


def _touched(grid: Affine, shape: BaseGeometry, window: Cut) -> NDArray[np.bool_]:
    """The same for every cell of a window of a grid that is not turned, one by one."""
    left, top, right, bottom = window
    x = grid.c + grid.a * np.arange(left, right + 1)
    y = (grid.f + grid.e * np.arange(top, bottom + 1))[:, None]
    shapely.prepare(shape)
    return np.asarray(shapely.intersects(shape, shapely.box(x[:-1], y[1:], x[1:], y[:-1])))


def _near(epsg: int, shape: BaseGeometry) -> tuple[float, float]:
    """A place of a coarse net near a shape."""
    middle = shape.representative_point()
    stride = STRIDE / 111_320.0 if epsg == GEOGRAPHIC else STRIDE
    return round(middle.x / stride) * stride, round(middle.y / stride) * stride


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


@lru_cache(maxsize=16)
def sheet_of(path: Path) -> Sheet:
    """A raster as it is kept."""
    try:
        with rasterio.open(path) as raster:
            kept = raster.width * raster.height <= KEPT_CELLS
            return Sheet(
                path=path,
                grid=raster.transform,
                from_ground=~raster.transform,
                width=raster.width,
                height=raster.height,
                values=filled(raster, None) if kept else None,
            )
    except rasterio.errors.RasterioIOError as error:
        raise Unavailable(
            f"The raster {path.name[:12]}… of the state folder is missing or damaged; import it again."
        ) from error


def filled(raster: "rasterio.io.DatasetReader", window: Window | None) -> NDArray[np.float32]:
    """Values of a raster, or of a window of it, NaN where missing."""
    values: NDArray[np.float32] = raster.read(1, window=window, masked=True).astype(np.float32).filled(np.nan)
    return values
