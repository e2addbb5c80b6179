"""Catchments drawn from the heights of the ground: where rain that falls somewhere runs together.

In: a raster of heights, an area.  Out: polygons in metres of the place, each the ground whose water passes one point, cut where it has gathered that
much.  Water runs to the lowest of the eight cells around, and over the lowest rim out of a hollow (priority flood: Barnes, Lehman, Mulla 2014).
Drains, culverts and walls do not show in heights.
"""

from heapq import heapify, heappop, heappush
from pathlib import Path

import geopandas
import numpy as np
import rasterio
import rasterio.features
import shapely
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from api.notebook.frames import of_place, sources_of
from api.notebook.under import ELEVATION, rasters_of
from gis.asof import AsOf
from gis.crs import transform
from gis.errors import Invalid, TooLarge
from gis.geometry import ground_areas
from gis.place import Jurisdiction
from layers.collections.lineage import lineage_of

MOST_CELLS = 4_000_000
"""Cells of a raster that are followed one by one."""
HECTARE = 10_000.0
EDGE = "over the edge"
"""What gathers less than asked before the heights end."""
CAVEAT = (
    "Drawn from heights alone: water runs to the lowest of the cells around. Drains, culverts, walls and tanks do not show in them, nor what is smaller"
    " than a cell; where the heights end, so does what is known of the water."
)
Cells = NDArray[np.float64]
Labels = NDArray[np.int32]


def catchments(
    session: Session, place: Jurisdiction, *, least: float, at: AsOf, folder: Path
) -> geopandas.GeoDataFrame:
    """Catchments of at least so many hectares, the largest first, by the most accurate raster of heights; m² on the ground.

    `NotFound` where no heights hold on the day, `TooLarge` where they have more cells than can be followed.
    """
    if not 0 < least < float("inf"):
        raise Invalid(f"Catchments of {least} hectares cannot be meant; give a number above 0.")
    source = rasters_of(session, place, ELEVATION, at=at)[0]
    assert source.raster is not None
    with rasterio.open(folder / source.raster.path) as raster:
        if raster.width * raster.height > MOST_CELLS:
            raise TooLarge(
                f"The heights have {raster.width} × {raster.height} cells, and at most {MOST_CELLS:,} can be followed; bring catchments of your own."
            )
        heights, grid, epsg = _read(raster), raster.transform, source.raster.epsg
    cell = transform(shapely.box(*_middle(grid, heights.shape)), epsg, place.metric)
    enough = max(1.0, least * HECTARE / float(ground_areas(np.array([cell]), place.metric)[0]))
    labels = gathered(heights, enough)
    shapes = [transform(each, epsg, place.metric) for each in _polygons(labels, grid)]
    areas = ground_areas(np.array(shapes, dtype=object), place.metric)
    order = [0, *sorted(range(1, len(shapes)), key=lambda each: -areas[each])] if shapes else []
    names = [EDGE if not each else f"catchment {turn}" for turn, each in enumerate(order)]
    table = geopandas.GeoDataFrame(
        {"name": names, "area": np.round(areas[order], 2)},
        geometry=[shapes[each] for each in order],
        crs=f"EPSG:{place.metric}",
    )
    table.attrs = {
        **of_place(place, at),
        "layer": "catchment",
        "title": {"en": "Catchments drawn from heights"},
        "units": {"area": "m², on the ground"},
        "sources": sources_of(lineage_of([source])),
        "least": f"{least:g} hectares",
        "caveat": CAVEAT,
    }
    return table


def gathered(heights: Cells, enough: float) -> Labels:
    """For each cell the number of its catchment: from 1 on, each of at least so many cells; 0 for what gathers less before the heights end, -1
    where no height is known."""
    order, below = _downhill(heights)
    size = np.zeros(heights.size + 1)
    catchment = np.zeros(heights.size + 1, dtype=np.int32)
    ends: list[int] = []
    for cell in reversed(order):
        size[cell] += 1.0
        if size[cell] >= enough:
            ends.append(cell)
        else:
            size[below[cell]] += size[cell]
    for number, cell in enumerate(ends, start=1):
        catchment[cell] = number
    for cell in order:
        if not catchment[cell]:
            catchment[cell] = catchment[below[cell]]
    found: Labels = catchment[:-1].reshape(heights.shape)
    found[np.isnan(heights)] = -1
    return found


def _downhill(heights: Cells) -> tuple[list[int], list[int]]:
    """The cells of which a height is known, each after the one that its water runs to, and that one; the last number for none."""
    rows, columns = heights.shape
    level, nowhere = heights.ravel().tolist(), heights.size
    is_open = ~np.isnan(heights)
    inner = np.zeros_like(is_open)
    inner[1:-1, 1:-1] = np.logical_and.reduce(
        [is_open[1 + y : rows - 1 + y, 1 + x : columns - 1 + x] for y in (-1, 0, 1) for x in (-1, 0, 1)]
    )
    rim = np.flatnonzero(is_open & ~inner).tolist()
    is_left = is_open.ravel().tolist()
    below = [nowhere] * (nowhere + 1)
    waiting = [(level[cell], turn, cell) for turn, cell in enumerate(rim)]
    heapify(waiting)
    for cell in rim:
        is_left[cell] = False
    order, turn = list[int](), len(rim)
    around = (-columns, columns, -1, 1, -columns - 1, -columns + 1, columns - 1, columns + 1)
    while waiting:
        height, _, cell = heappop(waiting)
        order.append(cell)
        for step in around:
            beside = cell + step
            if not 0 <= beside < nowhere or not is_left[beside]:
                continue
            if abs(beside % columns - cell % columns) > 1:  # the other end of the next row
                continue
            is_left[beside], below[beside] = False, cell
            turn += 1
            heappush(waiting, (max(level[beside], height), turn, beside))
    return order, below


def _read(raster: "rasterio.io.DatasetReader") -> Cells:
    found: Cells = raster.read(1, masked=True).astype(np.float64).filled(np.nan)
    return found


def _middle(grid: rasterio.Affine, shape: tuple[int, ...]) -> tuple[float, float, float, float]:
    """The cell in the middle: west, south, east, north."""
    row, column = shape[0] // 2, shape[1] // 2
    (west, north), (east, south) = grid @ (column, row), grid @ (column + 1, row + 1)
    return min(west, east), min(south, north), max(west, east), max(south, north)


def _polygons(labels: Labels, grid: rasterio.Affine) -> list[shapely.Geometry]:
    """The ground of every catchment, by its number, 0 first."""
    parts: dict[int, list[shapely.Geometry]] = {0: []}
    for shape, number in rasterio.features.shapes(labels, mask=labels >= 0, transform=grid):
        parts.setdefault(int(number), []).append(shapely.geometry.shape(shape))
    return [shapely.union_all(parts[number]) for number in sorted(parts)]
