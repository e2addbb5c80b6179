"""Depth of floods and land cover of the sample: two rasters that fit the plots, buildings and waters drawn beside them.

In: the town and its sheets, files.  Out: GeoTIFFs of 10 m cells in the town's metric system, the same bytes for the same town.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.transform import Affine
from shapely.geometry.base import BaseGeometry

from layers.rasters import ONE_AT_A_TIME
from layers.sample.blocks import Class
from layers.sample.coast import waters
from layers.sample.restrictions import FLOOD_REACH, flood_study
from layers.sample.sheets import Sheet
from layers.sample.terrain import CELL
from layers.sample.town import Town

DEEPEST = 3.0
"""Metres of water over the bank of a river, in the flood of once in a hundred years."""
RINGS = 15
"""Steps in which the water gets shallower away from the river."""
UNKNOWN_DEPTH, UNKNOWN_COVER = -9999.0, 0
TREES, GRASS, CROPS, BUILT, WATER, MANGROVES = 10, 30, 40, 50, 80, 95
"""Numbers of ESA WorldCover."""
OF_LAND = (TREES, CROPS, TREES, GRASS)
"""Cover by type of land: purayidam (house and garden), nilam (paddy), thottam (plantation), puramboke."""
BESIDE_BUILDINGS, BESIDE_ROADS = 4.0, 3.0

Shape = tuple[int, int]


def write_flood_depth(town: Town, path: Path, *, metric: int) -> None:
    """Depth of the flood whose extent the layer `flood` draws: 0 on dry ground, unknown beyond the study."""
    grid, shape = _grid(town)
    depths = np.full(shape, UNKNOWN_DEPTH, dtype=np.float32)
    study = flood_study(town).intersection(town.outline)
    depths[_burnt([(study, 1)], grid, shape) == 1] = 0.0
    rivers = shapely.union_all(np.array(waters(town, Class.RIVER), dtype=object))
    for ring in range(RINGS, -1, -1):
        reach = FLOOD_REACH * ring / RINGS
        wet = rivers.buffer(reach, quad_segs=6).intersection(study)
        if not wet.is_empty:
            depth = max(DEEPEST * (1 - ring / (RINGS + 1)) ** 1.3, 0.05)
            depths[_burnt([(wet, 1)], grid, shape) == 1] = round(depth, 2)
    _write(path, depths, grid, metric, UNKNOWN_DEPTH)


def write_land_cover(town: Town, sheets: Sequence[Sheet], path: Path, *, metric: int) -> None:
    """Cover by the use of the plots, over it roads, buildings and waters; unknown off the town."""
    grid, shape = _grid(town)
    drawn = list(_covers(town, {each.stem: each for each in sheets}))
    _write(path, _burnt(drawn, grid, shape), grid, metric, UNKNOWN_COVER)


def _covers(town: Town, sheets: Mapping[str, Sheet]) -> Iterator[tuple[BaseGeometry, int]]:
    """What covers the ground, the lowest first."""
    yield town.outline, GRASS
    for shape, land in zip(town.shapes, town.register.land_type, strict=True):
        yield shape, OF_LAND[int(land)]
    over = (
        ("road", BUILT, BESIDE_ROADS),
        ("building", BUILT, BESIDE_BUILDINGS),
        ("crz_mangrove", MANGROVES, 0.0),
        ("water_body", WATER, 0.0),
    )
    for stem, number, beside in over:
        if stem in sheets:
            for shape in sheets[stem].shapes:
                yield (shape.buffer(beside) if beside else shape), number


def _grid(town: Town) -> tuple[Affine, Shape]:
    west, south, east, north = town.outline.bounds
    x0, y1 = np.floor(west / CELL) * CELL, np.ceil(north / CELL) * CELL
    shape = (int(np.ceil((y1 - south) / CELL)), int(np.ceil((east - x0) / CELL)))
    return Affine(CELL, 0.0, float(x0), 0.0, -CELL, float(y1)), shape


def _burnt(drawn: Sequence[tuple[BaseGeometry, int]], grid: Affine, shape: Shape) -> NDArray[np.uint8]:
    """The number of the last shape over the middle of each cell, 0 where there is none."""
    with ONE_AT_A_TIME:
        return np.asarray(rasterize(drawn, out_shape=shape, transform=grid, fill=0, dtype="uint8"))


def _write(path: Path, cells: NDArray[Any], grid: Affine, metric: int, nodata: float) -> None:
    profile = {
        "driver": "GTiff", "dtype": cells.dtype, "count": 1, "width": cells.shape[1], "height": cells.shape[0],
        "crs": f"EPSG:{metric}", "transform": grid, "compress": "deflate", "tiled": True,
        "blockxsize": 256, "blockysize": 256, "nodata": nodata,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(cells, 1)
