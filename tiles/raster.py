"""Raster tiles: elevation, slope, aspect and shaded hills in colours, heights as numbers for 3-D maps, depth of floods, land cover.

In: the rasters of a theme, a tile address.  Out: PNG or WebP on the Web Mercator grid, None where nothing is known; what is not
known inside a tile is transparent.  Slope is worked out on the model's own cells, in ground metres, before anything is moved to
the map's grid; where a map shows less than the cells, on cells averaged in powers of two.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from math import ceil, floor, log2
from typing import Literal
from urllib.parse import urlencode

import numpy as np
import rasterio
from affine import Affine
from rasterio.enums import Resampling
from rasterio.io import MemoryFile
from rasterio.warp import reproject

from gis.place import Jurisdiction
from layers.rasters import ONE_AT_A_TIME
from tiles.heights import WEB, Frame, Model, box_of, cut, frame, span
from tiles.ramps import ENCODING, TITLES, Pixels, Ramp, Theme, ramp_of, terrain_rgb
from tiles.relief import Cells, aspect, cell_sizes, rises, shade, slope
from tiles.tilejson import Box, Json
from tiles.vector import WORLD, TileAddress

SIDE = 256
"""Pixels along a side of a tile."""
DEEPEST_TILE = 18
DRAWING = "2"
"""Raised where the same heights are to be drawn otherwise: it is part of a tile's version."""

Form = Literal["png", "webp"]
OPTIONS: dict[Form, dict[str, object]] = {
    "png": {"driver": "PNG", "zlevel": 6},
    "webp": {"driver": "WEBP", "lossless": True, "exact": 1},
}
OF_RISE = {Theme.SLOPE: slope, Theme.ASPECT: aspect, Theme.HILLSHADE: shade}


def version(of: Sequence[Model], theme: Theme, ramp: str | None) -> str:
    """What a tile is made of: another import, theme or ramp has another version."""
    words = [DRAWING, theme.value, ramp or "", *(each.path.name for each in of)]
    return sha256("\n".join(words).encode()).hexdigest()[:16]


def raster_tile(
    of: Sequence[Model], address: TileAddress, theme: Theme, *, ramp: str | None, form: Form
) -> bytes | None:
    """A tile as an image, None where no model has a value; `Invalid` for a ramp that the theme does not have."""
    colours = coloured_by(of, theme, ramp)
    values = np.full((SIDE, SIDE), np.nan)
    for model in of:
        values = np.where(np.isnan(values), values_in(model, address, theme), values)
        if np.isfinite(values).all():
            break
    if not np.isfinite(values).any():
        return None
    return _image(terrain_rgb(values) if colours is None else colours.coloured(values), address, form)


def coloured_by(of: Sequence[Model], theme: Theme, ramp: str | None) -> Ramp | None:
    """The colours of a theme for these models; None for the theme whose pixels are numbers."""
    if theme is Theme.TERRAIN_RGB and ramp is None:
        return None
    colours = ramp_of(theme, ramp)
    return colours.over(*span(of)) if theme is Theme.ELEVATION and of else colours


def raster_address(
    place: Jurisdiction,
    of: Sequence[Model],
    theme: Theme,
    *,
    ramp: str | None,
    root: str,
    moment: Mapping[str, str],
) -> str:
    """The address of tiles of a theme as PNG; another version of what they are made of has another address."""
    chosen = {"ramp": ramp} if ramp else {}
    query = urlencode({"v": version(of, theme, ramp), **chosen, **moment})
    return f"{root}/tiles/{place.code}/raster/{theme.value}/{{z}}/{{x}}/{{y}}.png?{query}"


def raster_tilejson(
    place: Jurisdiction,
    of: Sequence[Model],
    theme: Theme,
    *,
    ramp: str | None,
    root: str,
    moment: Mapping[str, str],
) -> Json:
    """TileJSON 3.0.0 of tiles of a theme; tiles of heights for 3-D maps also tell their encoding."""
    coloured_by(of, theme, ramp)
    told: Json = {
        "tilejson": "3.0.0",
        "name": f"{place.name_en}: {TITLES[theme].en}",
        "description": f"{place.name_ml}: {TITLES[theme].ml}",
        "tiles": [raster_address(place, of, theme, ramp=ramp, root=root, moment=moment)],
        "attribution": credited(of),
        "bounds": list(box_of(of)),
        "minzoom": 0,
        "maxzoom": deepest_tile(of),
    }
    return {**told, "encoding": ENCODING} if theme is Theme.TERRAIN_RGB else told


def credited(of: Sequence[Model]) -> str:
    """Whose the heights are, as HTML."""
    return "; ".join(dict.fromkeys(each.attribution for each in of))


def deepest_tile(of: Sequence[Model]) -> int:
    """The zoom at which a pixel is as small as the smallest cell: deeper tiles show nothing more."""
    smallest = min(_pixels_per_cell(frame(each.path, each.crs), 0) for each in of)
    return min(max(ceil(-log2(smallest)), 0), DEEPEST_TILE)


def values_in(model: Model, address: TileAddress, theme: Theme) -> Cells:
    """What a theme says at each pixel of a tile (metres, degrees, or light from 0 to 1), NaN where the model is silent."""
    cells_per_pixel = 1 / _pixels_per_cell(frame(model.path, model.crs), address.z)
    factor: int = 2 ** max(floor(log2(cells_per_pixel)), 0)
    part = cut(model, _area(address), factor=factor)
    if part is None:
        return np.full((SIDE, SIDE), np.nan)
    if theme not in OF_RISE:
        between = Resampling.nearest if model.has_classes else Resampling.bilinear
        return np.asarray(_moved(part.heights[None], part.grid, model.crs, address, between)[0])
    rise = rises(part.heights, *cell_sizes(model.raster.epsg, part.grid, *part.heights.shape))
    return OF_RISE[theme](_moved(rise, part.grid, model.crs, address))


def _pixels_per_cell(lies: Frame, zoom: int) -> float:
    """How many pixels of a zoom a cell is wide."""
    pixel = WORLD / (1 << zoom) / SIDE
    return (lies.box[2] - lies.box[0]) / lies.width / pixel


def _area(address: TileAddress) -> Box:
    """West, south, east, north of a tile in metres of the web map."""
    size = WORLD / 2**address.z
    west, north = address.x * size - WORLD / 2, WORLD / 2 - address.y * size
    return west, north - size, west + size, north


def _moved(
    bands: Cells, grid: Affine, crs: str, address: TileAddress, between: Resampling = Resampling.bilinear
) -> Cells:
    """Bands on the cells of a model, moved to the pixels of a tile."""
    pixels = np.full((len(bands), SIDE, SIDE), np.nan)
    with ONE_AT_A_TIME:
        reproject(
            bands,
            pixels,
            src_transform=grid,
            src_crs=crs,
            src_nodata=np.nan,
            dst_transform=_pixel_grid(address),
            dst_crs=WEB,
            dst_nodata=np.nan,
            resampling=between,
        )
    return pixels


def _pixel_grid(address: TileAddress) -> Affine:
    west, _, east, north = _area(address)
    pixel = (east - west) / SIDE
    return Affine(pixel, 0, west, 0, -pixel, north)


def _image(pixels: Pixels, address: TileAddress, form: Form) -> bytes:
    with ONE_AT_A_TIME, rasterio.Env(GDAL_PAM_ENABLED="NO"), MemoryFile() as file:
        with file.open(
            width=SIDE, height=SIDE, count=4, dtype="uint8", transform=_pixel_grid(address), **OPTIONS[form]
        ) as out:
            out.write(np.moveaxis(pixels, 2, 0))
        return bytes(file.read())
