"""The rasters of a place: which hold, where their cells lie, and what they say at a position.

In: the cloud-optimised files that imports left in the state folder.  Out: heights, depths or classes by windows, averaged (classes
by the commonest) in powers of two where a map needs fewer; what one cell says, of heights with its slope and side.  A file is named by its content: what was read stays true.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from rasterio.enums import Resampling
from rasterio.warp import transform_bounds
from rasterio.windows import Window
from shapely import Point, Polygon
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.crs import GEOGRAPHIC, transform
from gis.errors import NotFound, Unavailable
from gis.geojson import check_position
from gis.place import Jurisdiction
from layers.imports import RasterFile, StandingImport, standing
from layers.rasters import FLOOD_DEPTH, LAND_COVER, known_share, sheet_of
from tiles.ramps import Theme, Unit
from tiles.relief import Cells, aspect, cell_sizes, rises, slope
from tiles.tilejson import Box, attribution

ELEVATION = "elevation"
"""The layer whose rasters are heights."""
LAYERS = {Theme.FLOOD_DEPTH: FLOOD_DEPTH, Theme.LAND_COVER: LAND_COVER}
"""The layer that a theme is drawn from, where it is not heights."""
WEB, DEGREES = "EPSG:3857", "EPSG:4326"
COARSE = 512
"""Cells along the longer side of the overview from which the span of heights is read."""
NEIGHBOURS = 2
"""Cells read around those that are drawn: slope and blending need them."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """A raster that stands: its file, what it is measured in, whose it is (HTML), its accuracy in metres."""

    path: Path
    raster: RasterFile
    source: str
    attribution: str
    accuracy: float

    @property
    def crs(self) -> str:
        """Its coordinate system."""
        return f"EPSG:{self.raster.epsg}"

    @property
    def has_classes(self) -> bool:
        """Whether its values are numbers of classes, between which nothing lies."""
        return self.raster.unit == Unit.CLASS


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Where the cells of a model lie; `box` is in metres of the web map."""

    grid: Affine
    crs: str
    width: int
    height: int
    box: Box


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Heights, or other values, of a part of a raster, on their grid."""

    heights: Cells
    grid: Affine


@dataclass(frozen=True, kw_only=True)
class CellValue:
    """What a model says of one cell: height (m), slope and side (degrees; None at a rim, the side on flat ground too)."""

    height: float
    slope: float | None
    aspect: float | None
    model: Model


def models(
    session: Session, place: Jurisdiction, *, at: AsOf, folder: Path, layer: str = ELEVATION
) -> tuple[Model, ...]:
    """The rasters of a layer, heights unless another is named, that hold at a point in both times, the most accurate first."""
    found = [
        Model(
            path=folder / each.raster.path,
            raster=each.raster,
            source=each.name,
            attribution=attribution([each]),
            accuracy=each.accuracy,
        )
        for each in standing(session, place, known=at.known)
        if each.target == layer and each.raster is not None and each.begins <= at.on
    ]
    return tuple(sorted(found, key=lambda each: (each.accuracy, each.source)))


def drawn_on_grids(imports: Sequence[StandingImport]) -> tuple[Theme, ...]:
    """What can be drawn of the rasters among some imports."""
    here = {each.target for each in imports if each.raster is not None}
    return tuple(theme for theme in Theme if LAYERS.get(theme, ELEVATION) in here)


def span(of: Sequence[Model]) -> tuple[float, float]:
    """Whole metres between which the heights of these models lie, as their overviews tell."""
    spans = [_span(each.path) for each in of]
    return float(floor(min(low for low, _ in spans))), float(ceil(max(high for _, high in spans)))


def box_of(of: Sequence[Model]) -> Box:
    """West, south, east, north of these models in degrees."""
    edges = [transform_bounds(WEB, DEGREES, *frame(each.path, each.crs).box) for each in of]
    west, south = min(each[0] for each in edges), min(each[1] for each in edges)
    return west, south, max(each[2] for each in edges), max(each[3] for each in edges)


def value_at(of: Sequence[Model], longitude: float, latitude: float) -> CellValue:
    """What the best model that knows the cell at a position in degrees says of it; `NotFound` where none does."""
    check_position(longitude, latitude)
    for model in of:
        cut = _around(model, transform(Point(longitude, latitude), GEOGRAPHIC, model.raster.epsg))
        if cut is not None and np.isfinite(cut.heights[1, 1]):
            rise = rises(cut.heights, *cell_sizes(model.raster.epsg, cut.grid, 3, 3))
            return CellValue(
                height=round(float(cut.heights[1, 1]), 2),
                slope=_known(slope(rise)[1, 1]),
                aspect=_known(aspect(rise)[1, 1]),
                model=model,
            )
    raise NotFound(
        f"No height is known at {longitude:g}, {latitude:g}; ask for a place inside the height model."
    )


def plain_value_at(of: Sequence[Model], longitude: float, latitude: float) -> tuple[float, Model]:
    """The value of the cell at a position in degrees, of the best raster that knows it; `NotFound` where none does."""
    check_position(longitude, latitude)
    for model in of:
        cut = _around(model, transform(Point(longitude, latitude), GEOGRAPHIC, model.raster.epsg))
        if cut is not None and np.isfinite(cut.heights[1, 1]):
            return round(float(cut.heights[1, 1]), 2), model
    raise NotFound(
        f"Nothing is known at {longitude:g}, {latitude:g}; ask for a place that the raster reaches."
    )


def known_of(model: Model, area: Polygon, metric: int) -> float:
    """Per cent of an area (metres of a place) of which a raster knows something, rounded down; 100 only where it is all."""
    share = known_share(sheet_of(model.path), transform(area, metric, model.raster.epsg))
    return 100.0 if share > 99.999 else floor(share * 10) / 10


def _known(value: float) -> float | None:
    return round(float(value), 1) if np.isfinite(value) else None


def _around(model: Model, place: Point) -> Cut | None:
    """The cell of a place between its eight neighbours; None off the model."""
    lies = frame(model.path, model.crs)
    across, down = ~lies.grid @ (place.x, place.y)
    column, row = floor(across), floor(down)
    if not (0 <= column < lies.width and 0 <= row < lies.height):
        return None
    left, top = max(column - 1, 0), max(row - 1, 0)
    right, bottom = min(column + 2, lies.width), min(row + 2, lies.height)
    cells = np.full((3, 3), np.nan)
    read = _read(model.path, Window(left, top, right - left, bottom - top), 1)
    cells[top - row + 1 : bottom - row + 1, left - column + 1 : right - column + 1] = read
    return Cut(heights=cells, grid=lies.grid @ Affine.translation(column - 1, row - 1))


def cut(model: Model, area: Box, *, factor: int) -> Cut | None:
    """Values under a box in metres of the web map, `factor` cells a side averaged into one, of classes the commonest; None where
    they do not meet.

    Cells are averaged in the same groups wherever the box lies; what is left of a group at the far edges is not told.
    """
    lies = frame(model.path, model.crs)
    shared = (
        max(area[0], lies.box[0]),
        max(area[1], lies.box[1]),
        min(area[2], lies.box[2]),
        min(area[3], lies.box[3]),
    )
    if shared[0] >= shared[2] or shared[1] >= shared[3]:
        return None
    west, south, east, north = transform_bounds(WEB, lies.crs, *shared)
    left, top = ~lies.grid @ (west, north)
    right, bottom = ~lies.grid @ (east, south)
    first, last = _groups(left, right, lies.width, factor)
    upper, lower = _groups(top, bottom, lies.height, factor)
    if first >= last or upper >= lower:
        return None
    window = Window(first * factor, upper * factor, (last - first) * factor, (lower - upper) * factor)
    grid = lies.grid @ Affine.translation(first * factor, upper * factor) @ Affine.scale(factor)
    coarser = Resampling.mode if model.has_classes else Resampling.average
    return Cut(heights=_read(model.path, window, factor, coarser), grid=grid)


def _groups(low: float, high: float, cells: int, factor: int) -> tuple[int, int]:
    """The first group of cells that a range needs, with its neighbours, and the one after the last."""
    first = max(floor(low / factor) - NEIGHBOURS, 0)
    return first, min(ceil(high / factor) + NEIGHBOURS, cells // factor)


@lru_cache(maxsize=64)
def frame(path: Path, crs: str) -> Frame:
    """Where the cells of a file lie."""
    with _opened(path) as raster:
        return Frame(
            grid=raster.transform,
            crs=crs,
            width=raster.width,
            height=raster.height,
            box=transform_bounds(crs, WEB, *raster.bounds),
        )


@lru_cache(maxsize=64)
def _span(path: Path) -> tuple[float, float]:
    with _opened(path) as raster:
        step = max(1, ceil(max(raster.width, raster.height) / COARSE))
        size = (max(raster.height // step, 1), max(raster.width // step, 1))
        known = raster.read(1, out_shape=size, masked=True, resampling=Resampling.average).compressed()
    known = known[np.isfinite(known)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)


def _read(path: Path, window: Window, factor: int, coarser: Resampling = Resampling.average) -> Cells:
    """Values of a window, NaN where unknown."""
    size = (window.height // factor, window.width // factor)
    how = Resampling.nearest if factor == 1 else coarser
    with _opened(path) as raster:
        heights = raster.read(1, window=window, out_shape=size, masked=True, resampling=how)
    return np.asarray(heights.astype(np.float64).filled(np.nan))


def _opened(path: Path) -> "rasterio.io.DatasetReader":
    try:
        return rasterio.open(path)
    except rasterio.errors.RasterioIOError as error:
        raise Unavailable(
            f"The raster {path.name} is missing from the state folder; import it again."
        ) from error
