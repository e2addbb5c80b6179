"""Heights drawn and asked: a plane has the slope it was made with, wherever it lies and in whatever system it came."""

from collections.abc import Callable
from math import asinh, atan, degrees, hypot, pi, radians, tan
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import rasterio
from rasterio import Affine
from rasterio.io import MemoryFile
from rasterio.shutil import copy as copy_raster

from gis.errors import Invalid, NotFound, Unavailable
from layers.imports import RasterFile
from layers.rasters import slope_degrees
from tests.builders import UTM_43N
from tiles.heights import Model, box_of, span, value_at
from tiles.ramps import RAMPS, Theme, ramp_of, terrain_rgb
from tiles.raster import SIDE, Form, deepest_tile, raster_tile, values_in, version
from tiles.relief import aspect, cell_sizes, rises, shade, slope
from tiles.vector import TileAddress

Numbers = Any
EAST_OF_KERALA = (76.4, 10.65)
"""A corner near Palakkad in degrees."""
IN_THE_NORTH = (18.0, 60.0)
"""A corner near Stockholm, where a degree of longitude is half as long as one of latitude."""


def plane(rise_east: float, rise_north: float) -> Callable[[Numbers, Numbers], Numbers]:
    """Heights of a plane over ground metres eastward and northward."""
    return lambda east, north: 100 + rise_east * east + rise_north * north


def level(height: float) -> Callable[[Numbers, Numbers], Numbers]:
    """Heights of a plain."""
    return lambda east, _north: np.full_like(east, height)


def a_model(
    folder: Path,
    heights: Callable[[Numbers, Numbers], Numbers],
    *,
    epsg: int = 4326,
    corner: tuple[float, float] = EAST_OF_KERALA,
    size: int = 400,
    unknown: tuple[slice, slice] | None = None,
    name: str = "model",
) -> Model:
    """A height model whose north-west corner lies at a place in degrees: cells of one arc second, or of 30 m."""
    if epsg == 4326:
        cell, (west, north) = 1 / 3600, corner
        middles = (np.arange(size) + 0.5) * cell
        lon, lat = np.meshgrid(west + middles, north - middles)
        east, up = on_the_ground(lon, lat, corner)
    else:
        cell = 30.0
        west, north = pyproj.Transformer.from_crs(4326, epsg, always_xy=True).transform(*corner)
        middles = (np.arange(size) + 0.5) * cell
        east, up = np.meshgrid(middles, -middles)
    values = np.asarray(heights(east, up), dtype=np.float32)
    if unknown is not None:
        values[unknown] = -9999
    profile = {
        "driver": "GTiff", "width": size, "height": size, "count": 1, "dtype": "float32", "nodata": -9999,
        "crs": f"EPSG:{epsg}", "transform": Affine(cell, 0, west, 0, -cell, north),
    }  # fmt: skip
    with rasterio.open(folder / f"{name}-plain.tif", "w", **profile) as out:
        out.write(values, 1)
    copy_raster(
        folder / f"{name}-plain.tif", folder / f"{name}.tif", driver="COG", overview_resampling="AVERAGE"
    )
    raster = RasterFile(path=f"{name}.tif", epsg=epsg, unit="metre", datum="mean sea level")
    return Model(
        path=folder / f"{name}.tif", raster=raster, source=name, attribution="Test (CC0)", accuracy=1.0
    )


def on_the_ground(lon: Numbers, lat: Numbers, corner: tuple[float, float]) -> tuple[Numbers, Numbers]:
    """Metres east and north of a corner, along the parallel of each place and the meridian of the corner."""
    geod = pyproj.Geod(ellps="WGS84")
    _, _, along = geod.inv(
        np.full_like(lat, corner[0]), np.full_like(lat, corner[1]), np.full_like(lat, corner[0]), lat
    )
    scale = np.cos(np.radians(lat)) * 6_378_137.0 / np.sqrt(1 - 0.00669437999 * np.sin(np.radians(lat)) ** 2)
    return np.radians(lon - corner[0]) * scale, -along


def tile_at(lon: float, lat: float, zoom: int) -> TileAddress:
    """The tile of a position."""
    count = 2**zoom
    row = (1 - asinh(tan(radians(lat))) / pi) / 2 * count
    return TileAddress(z=zoom, x=int((lon + 180) / 360 * count), y=int(row))


def inside(
    corner: tuple[float, float], part: float = 0.5, *, epsg: int = 4326, size: int = 400
) -> tuple[float, float]:
    """A position that far south-east in a model, in degrees."""
    if epsg == 4326:
        return corner[0] + part * size / 3600, corner[1] - part * size / 3600
    x, y = pyproj.Transformer.from_crs(4326, epsg, always_xy=True).transform(*corner)
    way = part * size * 30
    lon, lat = pyproj.Transformer.from_crs(epsg, 4326, always_xy=True).transform(x + way, y - way)
    return lon, lat


def pixels(image: bytes) -> Numbers:
    """Rows, columns, red to opacity of an image."""
    with (
        MemoryFile(image) as file,
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
        file.open() as drawn,
    ):
        bands = drawn.read()
    if len(bands) == 3:  # WebP leaves out the opacity where all is opaque
        bands = np.concatenate([bands, np.full((1, SIDE, SIDE), 255, np.uint8)])
    return np.moveaxis(bands, 0, 2)


def test_slope_and_side_of_a_sheet_of_cells_are_those_of_the_plane() -> None:
    east, north = np.meshgrid(np.arange(6) * 10.0, -np.arange(5) * 20.0)
    rise = rises(plane(0.3, -0.4)(east, north), np.full(5, 10.0), np.full(5, 20.0))
    inner = (slice(1, -1), slice(1, -1))
    assert slope(rise)[inner] == pytest.approx(degrees(atan(0.5)))
    assert aspect(rise)[inner] == pytest.approx(degrees(np.arctan2(-0.3, 0.4)) % 360)
    assert np.isnan(slope(rise)[0]).all()
    assert np.isnan(slope(rise)[:, -1]).all()


@pytest.mark.parametrize(
    ("east", "north", "falls_to"),
    [(0, 0.1, 180), (0, -0.1, 0), (0.1, 0, 270), (-0.1, 0, 90), (-0.1, -0.1, 45)],
)
def test_ground_falls_to_the_side_opposite_to_its_rise(east: float, north: float, falls_to: float) -> None:
    x, y = np.meshgrid(np.arange(3.0), -np.arange(3.0))
    rise = rises(plane(east, north)(x, y), np.ones(3), np.ones(3))
    assert aspect(rise)[1, 1] == pytest.approx(falls_to)


@pytest.mark.parametrize(("steepness", "has_a_side"), [(0.4, False), (0.6, True)])
def test_flat_ground_falls_to_no_side(steepness: float, has_a_side: bool) -> None:
    x, y = np.meshgrid(np.arange(3.0), -np.arange(3.0))
    rise = rises(plane(tan(radians(steepness)), 0)(x, y), np.ones(3), np.ones(3))
    assert np.isfinite(aspect(rise)[1, 1]) == has_a_side


def test_a_slope_towards_the_light_is_brighter_than_flat_ground_and_one_away_is_darker() -> None:
    x, y = np.meshgrid(np.arange(3.0), -np.arange(3.0))
    light = [shade(rises(plane(way, -way)(x, y), np.ones(3), np.ones(3)))[1, 1] for way in (0.3, 0.0, -0.3)]
    assert light[1] == pytest.approx(np.sin(radians(45)))
    assert light[0] > light[1] > light[2] > 0


def test_beside_an_unknown_cell_there_is_no_slope_and_elsewhere_it_is_that_of_the_extract() -> None:
    cells = np.random.default_rng(3).uniform(0, 40, (9, 11))
    cells[4, 5] = np.nan
    found = slope(rises(cells, np.full(9, 12.0), np.full(9, 8.0)))
    assert np.isnan(found[3:6, 4:7]).all()
    by_the_extract = slope_degrees(cells, 12.0, 8.0)
    by_the_extract[4, 5] = np.nan
    assert found == pytest.approx(by_the_extract, nan_ok=True)


def test_cells_in_degrees_narrow_towards_the_pole() -> None:
    grid = Affine(1 / 3600, 0, 18.0, 0, -1 / 3600, 60.0)
    across, along = cell_sizes(4326, grid, 3600, 10)
    geod = pyproj.Geod(ellps="WGS84")
    assert across[0] == pytest.approx(geod.inv(18.0, 60.0, 18.0 + 1 / 3600, 60.0)[2], rel=1e-5)
    assert across[-1] == pytest.approx(geod.inv(18.0, 59.0, 18.0 + 1 / 3600, 59.0)[2], rel=1e-5)
    assert across[-1] > 1.02 * across[0]
    assert along[0] == pytest.approx(30.95, abs=0.01)
    assert across[0] == pytest.approx(15.50, abs=0.01)


@pytest.mark.parametrize(
    ("epsg", "corner"), [(4326, EAST_OF_KERALA), (4326, IN_THE_NORTH), (UTM_43N, EAST_OF_KERALA)]
)
@pytest.mark.parametrize("zoom", [12, 14, 16])
@pytest.mark.parametrize(("east", "north"), [(0.2, 0.0), (0.0, 0.2), (-0.3, 0.4), (1.0, -1.0)])
def test_a_tile_of_a_plane_has_its_slope(
    tmp_path: Path, epsg: int, corner: tuple[float, float], zoom: int, east: float, north: float
) -> None:
    model = a_model(tmp_path, plane(east, north), epsg=epsg, corner=corner)
    address = tile_at(*inside(corner, epsg=epsg), zoom)
    steep = values_in(model, address, Theme.SLOPE)
    towards = values_in(model, address, Theme.ASPECT)
    known = np.isfinite(steep)
    assert known.any()
    assert steep[known] == pytest.approx(degrees(atan(hypot(east, north))), abs=0.1)
    turned = (towards[known] - degrees(np.arctan2(-east, -north)) + 180) % 360 - 180
    assert abs(turned).max() < 1.0


def test_one_tile_of_a_degree_grid_would_be_wrong_without_the_ground_size_of_its_cells(
    tmp_path: Path,
) -> None:
    model = a_model(tmp_path, plane(0.5, 0), corner=IN_THE_NORTH)
    steep = values_in(model, tile_at(*inside(IN_THE_NORTH), 14), Theme.SLOPE)
    assert np.nanmean(steep) == pytest.approx(degrees(atan(0.5)), abs=0.1)
    with_square_cells = degrees(atan(0.5 * 15.5 / 30.95))
    assert abs(np.nanmean(steep) - with_square_cells) > 10


@pytest.mark.parametrize("zoom", [10, 13, 17])
def test_a_pixel_of_elevation_has_the_height_of_its_place(tmp_path: Path, zoom: int) -> None:
    model = a_model(tmp_path, plane(0.1, 0.05))
    lon, lat = inside(EAST_OF_KERALA, 0.4)
    address = tile_at(lon, lat, zoom)
    drawn = values_in(model, address, Theme.ELEVATION)
    count = 2**zoom
    column = int(((lon + 180) / 360 * count - address.x) * SIDE)
    row = int(((1 - asinh(tan(radians(lat))) / pi) / 2 * count - address.y) * SIDE)
    middle_lon = (address.x + (column + 0.5) / SIDE) / count * 360 - 180
    middle_lat = degrees(atan(np.sinh(pi * (1 - 2 * (address.y + (row + 0.5) / SIDE) / count))))
    east, north = on_the_ground(np.array([middle_lon]), np.array([middle_lat]), EAST_OF_KERALA)
    assert drawn[row, column] == pytest.approx(float(plane(0.1, 0.05)(east, north)[0]), abs=0.5)


@pytest.mark.parametrize("theme", [Theme.ELEVATION, Theme.SLOPE])
def test_neighbouring_tiles_meet_without_a_seam(tmp_path: Path, theme: Theme) -> None:
    model = a_model(tmp_path, lambda east, north: 50 * np.sin(east / 900) * np.cos(north / 700))
    for zoom in (11, 13, 15):
        here = tile_at(*inside(EAST_OF_KERALA), zoom)
        beside = TileAddress(z=zoom, x=here.x + 1, y=here.y)
        left, right = values_in(model, here, theme), values_in(model, beside, theme)
        across = np.concatenate([left[:, -3:], right[:, :3]], axis=1)
        steps = abs(np.diff(across, axis=1))
        known = np.isfinite(steps).all(axis=1)
        assert known.any()
        assert steps[known, 2].max() < 2.5 * max(steps[known, 1].max(), steps[known, 3].max(), 0.01)


def test_what_is_not_known_is_transparent(tmp_path: Path) -> None:
    model = a_model(tmp_path, plane(0.2, 0), unknown=(slice(0, 200), slice(None)))
    address = tile_at(*inside(EAST_OF_KERALA), 11)
    for theme in (Theme.ELEVATION, Theme.SLOPE, Theme.ASPECT, Theme.HILLSHADE):
        image = raster_tile([model], address, theme, ramp=None, form="png")
        assert image is not None
        drawn = pixels(image)
        known = np.isfinite(values_in(model, address, theme))
        assert 0 < known.sum() < known.size / 2
        assert (drawn[..., 3] == np.where(known, 255, 0)).all()
        assert (drawn[~known] == 0).all()


def test_a_tile_off_the_model_is_no_image(tmp_path: Path) -> None:
    model = a_model(tmp_path, plane(0.2, 0))
    for address in (tile_at(77.5, 10.6, 14), tile_at(-120, -40, 3), TileAddress(z=22, x=0, y=0)):
        assert raster_tile([model], address, Theme.SLOPE, ramp=None, form="png") is None


def test_the_whole_earth_in_one_tile_is_no_error(tmp_path: Path) -> None:
    model = a_model(tmp_path, plane(0.2, 0), epsg=UTM_43N)
    assert raster_tile([model], TileAddress(z=0, x=0, y=0), Theme.ELEVATION, ramp=None, form="png") is None


def test_where_the_best_model_is_silent_the_next_one_speaks(tmp_path: Path) -> None:
    best = a_model(tmp_path, level(10), unknown=(slice(None), slice(0, 200)), name="best")
    next_one = a_model(tmp_path, level(90), name="next")
    address = tile_at(*inside(EAST_OF_KERALA), 12)
    image = raster_tile([best, next_one], address, Theme.TERRAIN_RGB, ramp=None, form="png")
    assert image is not None
    heights = decoded(pixels(image))
    assert set(np.unique(heights.round(1))) <= {10.0, 90.0, 0.0}
    assert {10.0, 90.0} <= set(np.unique(heights.round(1)))
    west, east = inside(EAST_OF_KERALA, 0.4), inside(EAST_OF_KERALA, 0.6)
    assert value_at([best, next_one], *west).height == 90
    assert value_at([best, next_one], *east).height == 10


def decoded(drawn: Numbers) -> Numbers:
    """Heights of Mapbox Terrain-RGB pixels, by its published formula."""
    red, green, blue = (drawn[..., band].astype(np.float64) for band in range(3))
    return -10_000 + (red * 65_536 + green * 256 + blue) * 0.1


def test_terrain_rgb_gives_heights_back_to_five_centimetres() -> None:
    heights = np.array([[-430.0, 0.0, 0.04], [8_848.86, 123.456, np.nan]])
    drawn = terrain_rgb(heights)
    assert decoded(drawn) == pytest.approx(np.nan_to_num(heights), abs=0.0501)
    assert (drawn[..., 3] == 255).all()


@pytest.mark.parametrize("form", ["png", "webp"])
def test_both_forms_hold_the_same_pixels(tmp_path: Path, form: Form) -> None:
    model = a_model(tmp_path, plane(0.2, 0.1))
    address = tile_at(*inside(EAST_OF_KERALA), 12)
    image = raster_tile([model], address, Theme.TERRAIN_RGB, ramp=None, form=form)
    assert image is not None
    assert image[:4] == {"png": b"\x89PNG", "webp": b"RIFF"}[form]
    assert (pixels(image) == terrain_rgb(values_in(model, address, Theme.TERRAIN_RGB))).all()
    assert image == raster_tile([model], address, Theme.TERRAIN_RGB, ramp=None, form=form)


def test_heights_are_coloured_from_the_lowest_to_the_highest(tmp_path: Path) -> None:
    model = a_model(tmp_path, plane(0.05, 0))
    low, high = span([model])
    assert (low, high) == pytest.approx((100, 100 + 0.05 * 400 * 30.4), abs=3)
    ramp = ramp_of(Theme.ELEVATION, "viridis").over(low, high)
    assert (ramp.stops[0].value, ramp.stops[-1].value) == (low, high)
    drawn = ramp.coloured(np.array([[low - 50, low, high, np.nan]]))
    assert drawn[0].tolist() == [[68, 1, 84, 255], [68, 1, 84, 255], [253, 231, 37, 255], [0, 0, 0, 0]]


def test_colours_between_two_stops_are_blended() -> None:
    grey = ramp_of(Theme.HILLSHADE, None)
    assert grey.coloured(np.array([[0.5]]))[0, 0].tolist() == [128, 128, 128, 255]


def test_the_law_s_slope_has_a_stop_of_its_own() -> None:
    assert 45.0 in [stop.value for stop in ramp_of(Theme.SLOPE, None).stops]


def test_a_circle_of_sides_ends_in_the_colour_it_began_with() -> None:
    (compass,) = RAMPS[Theme.ASPECT]
    assert compass.stops[0].colour == compass.stops[-1].colour


@pytest.mark.parametrize(("theme", "ramp"), [(Theme.SLOPE, "rainbow"), (Theme.TERRAIN_RGB, "grey")])
def test_an_unknown_ramp_is_refused_with_those_there_are(tmp_path: Path, theme: Theme, ramp: str) -> None:
    model = a_model(tmp_path, plane(0.2, 0))
    with pytest.raises(Invalid, match=r"choose one of: steepness, grey|it has none"):
        raster_tile([model], tile_at(*inside(EAST_OF_KERALA), 12), theme, ramp=ramp, form="png")


@pytest.mark.parametrize("epsg", [4326, UTM_43N])
def test_a_position_has_the_height_slope_and_side_of_its_cell(tmp_path: Path, epsg: int) -> None:
    model = a_model(tmp_path, plane(0.3, -0.4), epsg=epsg)
    lon, lat = inside(EAST_OF_KERALA, epsg=epsg)
    found = value_at([model], lon, lat)
    east, north = 200 * 30.0, -200 * 30.0
    if epsg == 4326:
        east, north = on_the_ground(np.array(lon), np.array(lat), EAST_OF_KERALA)
    half_a_cell = 15.5 * (0.3 + 0.4)
    assert found.height == pytest.approx(float(plane(0.3, -0.4)(east, north)), abs=half_a_cell)
    assert found.slope == pytest.approx(degrees(atan(0.5)), abs=0.1)
    assert found.aspect == pytest.approx(degrees(np.arctan2(-0.3, 0.4)) % 360, abs=0.5)
    assert found.model == model


def test_the_outermost_cell_has_a_height_but_no_slope(tmp_path: Path) -> None:
    model = a_model(tmp_path, plane(0.3, 0))
    found = value_at([model], *inside(EAST_OF_KERALA, 0.5 / 400))
    assert found.height == pytest.approx(100, abs=6)
    assert (found.slope, found.aspect) == (None, None)


@pytest.mark.parametrize(("part", "is_known"), [(0.999, True), (1.001, False), (0.1, False)])
def test_where_no_height_is_known_the_answer_says_so(tmp_path: Path, part: float, is_known: bool) -> None:
    model = a_model(tmp_path, plane(0.3, 0), unknown=(slice(0, 100), slice(0, 100)))
    if is_known:
        assert value_at([model], *inside(EAST_OF_KERALA, part)).height > 100
        return
    with pytest.raises(NotFound, match="No height is known at"):
        value_at([model], *inside(EAST_OF_KERALA, part))


@pytest.mark.parametrize(("epsg", "zoom"), [(4326, 13), (UTM_43N, 13)])
def test_tiles_end_where_a_pixel_is_as_small_as_a_cell(tmp_path: Path, epsg: int, zoom: int) -> None:
    model = a_model(tmp_path, plane(0, 0), epsg=epsg)
    assert deepest_tile([model]) == zoom
    pixel = 2 * pi * 6_378_137 / 2**zoom / SIDE
    assert pixel <= 31
    assert 2 * pixel > 30


def test_the_box_of_a_model_is_told_in_degrees(tmp_path: Path) -> None:
    west, south, east, north = box_of([a_model(tmp_path, plane(0, 0))])
    assert (west, north) == pytest.approx(EAST_OF_KERALA)
    assert (east, south) == pytest.approx(inside(EAST_OF_KERALA, 1.0))


def test_another_file_theme_or_ramp_is_another_version(tmp_path: Path) -> None:
    first, second = (a_model(tmp_path, plane(0, 0), name=name, size=20) for name in ("first", "second"))
    told = {
        version([first], Theme.SLOPE, None),
        version([second], Theme.SLOPE, None),
        version([first], Theme.ASPECT, None),
        version([first], Theme.SLOPE, "grey"),
        version([first, second], Theme.SLOPE, None),
    }
    assert len(told) == 5
    assert version([first], Theme.SLOPE, None) in told


def test_a_lost_file_is_told_with_its_remedy(tmp_path: Path) -> None:
    model = a_model(tmp_path, plane(0, 0), name="lost", size=20)
    model.path.unlink()
    with pytest.raises(Unavailable, match="import it again"):
        value_at([model], *inside(EAST_OF_KERALA, 0.01))
