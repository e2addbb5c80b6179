"""Depth of floods and land cover: drawn by depth and by class, asked at a place and under an area, refused where they cannot be."""

import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from gis.errors import Invalid
from layers.imports import RasterFile
from layers.land_cover import CLASSES
from tests.builders import KERALA, UTM_43N
from tests.layers.importers.writing import bring, entry
from tests.tiles.conftest import CELL, CORNER, DEEP, WIDE, covered, hillside, write_heights
from tests.tiles.test_raster_doors import TILES, area, at, degrees_of, drawn, tile_with
from tiles.heights import Model
from tiles.ramps import RAMPS, Theme
from tiles.raster import raster_tile
from tiles.vector import TileAddress

API = "/api/test-town/raster"
SOUTH, EAST, WEST = -600, 300, -300
"""Metres from the town's corner: under water, among houses, among trees."""


def here(east: float, north: float) -> str:
    """`longitude,latitude` of a place in metres from the town's corner."""
    return at(KERALA[0] + east, KERALA[1] + north)


def colours(image: bytes) -> set[str]:
    """The colours of the pixels that are drawn."""
    pixels = drawn(image)
    seen = pixels[pixels[..., 3] > 0] if pixels.shape[2] == 4 else pixels.reshape(-1, 3)
    return {"#" + bytes(each[:3].tolist()).hex() for each in np.unique(seen[:, :3], axis=0)}


@pytest.mark.parametrize(
    ("north", "depth"), [(300, 0.0), (5, 0.0), (-5, 0.0), (-15, 0.1), (SOUTH + 5, 5.9), (SOUTH - 5, 6.0)]
)
def test_a_place_under_water_is_told_with_its_depth(client: TestClient, north: float, depth: float) -> None:
    found = client.get(f"{API}/flood-depth?at={here(0, north - 0.5)}").json()
    assert found["value"] == pytest.approx(depth, abs=0.051)
    assert (found["unit"], found["class_title"]) == ("metre", None)
    assert found["datum"] == "flood of once in 100 years"


@pytest.mark.parametrize(("east", "number", "named"), [(WEST, 10, "Tree cover"), (EAST, 50, "Built-up")])
def test_a_place_is_covered_by_something_with_a_name(
    client: TestClient, east: float, number: int, named: str
) -> None:
    found = client.get(f"{API}/land-cover?at={here(east, 100)}").json()
    assert (found["value"], found["unit"]) == (number, "class")
    assert found["class_title"]["en"] == named
    assert found["class_title"]["ml"] == CLASSES[number].title.ml


def test_where_no_cover_is_known_nothing_is_told(client: TestClient) -> None:
    answer = client.get(f"{API}/land-cover?at={at(CORNER[0] + 50, CORNER[1] - 50)}")
    assert answer.status_code == 404
    assert "Nothing is known" in answer.json()["detail"]


def test_an_area_under_water_has_a_lowest_highest_and_mean_depth(client: TestClient) -> None:
    told = client.post(f"{API}/flood-depth", json=area(1, -119, 49, -101)).json()
    assert (told["lowest"], told["highest"]) == pytest.approx((1.0, 1.1))
    assert told["mean"] == pytest.approx(1.05)
    assert (told["cells"], told["classes"]) == (10, [])


def test_an_area_over_two_kinds_of_cover_has_their_shares(client: TestClient) -> None:
    seam = CORNER[0] + (WIDE // 2 + 1) * CELL - KERALA[0]
    told = client.post(f"{API}/land-cover", json=area(seam - 29, 101, seam + 9, 109)).json()
    shares = [(each["number"], each["cells"], each["share"]) for each in told["classes"]]
    assert shares == [(10, 3, 75.0), (50, 1, 25.0)]
    assert (told["lowest"], told["highest"], told["mean"]) == (None, None, None)


def test_land_cover_is_drawn_in_the_colours_of_its_classes_alone(client: TestClient) -> None:
    for zoom in (12, 14, 16):
        image = client.get(f"{TILES}/land-cover/{tile_with(zoom)}.png").content
        assert colours(image) <= {CLASSES[10].colour, CLASSES[50].colour}, zoom
    assert colours(client.get(f"{TILES}/land-cover/{tile_with(13)}.png").content) == {
        CLASSES[10].colour,
        CLASSES[50].colour,
    }


def test_dry_ground_is_not_drawn_and_deep_water_is_darker(client: TestClient) -> None:
    dry = drawn(client.get(f"{TILES}/flood-depth/{tile_with(17, KERALA[0], KERALA[1] + 400)}.png").content)
    assert (dry[..., 3] == 0).all()
    wet = drawn(client.get(f"{TILES}/flood-depth/{tile_with(15, KERALA[0], KERALA[1] - 400)}.png").content)
    middle = wet[:, 128]
    shown = middle[middle[:, 3] > 0]
    light = shown[:, :3].astype(int).sum(axis=1)
    assert light[0] > light[-1] + 50


def test_legends_name_classes_and_say_metres(client: TestClient) -> None:
    depths = client.get(f"{API}/flood-depth/legend").json()
    assert (depths["unit"], depths["ramps"]) == ("metre", ["depth", "grey"])
    assert [stop["value"] for stop in depths["stops"]] == [0, 0.5, 1, 2, 4, 6]
    cover = client.get(f"{API}/land-cover/legend").json()
    assert (cover["unit"], cover["ramp"]) == ("class", "classes")
    assert {int(stop["value"]): stop["title"]["en"] for stop in cover["stops"]} == {
        number: each.title.en for number, each in CLASSES.items()
    }


@pytest.mark.parametrize("layer", ["flood-depth", "land-cover"])
def test_tilejson_of_them_says_whose_they_are(client: TestClient, layer: str) -> None:
    told = client.get(f"{TILES}/{layer}/tilejson.json").json()
    assert f"/raster/{layer}/" in told["tiles"][0]
    assert told["attribution"]


def test_the_map_of_a_place_is_told_what_it_has_on_grids(client: TestClient) -> None:
    rasters = client.get("/api/test-town/catalogue").json()["rasters"]
    assert {"elevation", "slope", "flood-depth", "land-cover"} <= set(rasters)


def test_classes_are_never_blended_between_cells(tmp_path: Path) -> None:
    path = tmp_path / "cover.tif"
    write_heights(path, covered(), nodata=0)
    model = Model(
        path=path,
        raster=RasterFile(path=path.name, epsg=UTM_43N, unit="class", datum="ESA WorldCover v200"),
        source="cover",
        attribution="Test (CC0)",
        accuracy=1.0,
    )
    lon, lat = degrees_of(CORNER[0] + (WIDE // 2 + 1) * CELL, CORNER[1] - DEEP / 2 * CELL)
    count = 2**14
    row = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * count
    image = raster_tile(
        [model],
        TileAddress(z=14, x=int((lon + 180) / 360 * count), y=int(row)),
        Theme.LAND_COVER,
        ramp=None,
        form="png",
    )
    assert image is not None
    assert colours(image) == {CLASSES[10].colour, CLASSES[50].colour}


@pytest.mark.parametrize(
    ("layer", "values", "why"),
    [
        ("land_cover", np.full((4, 4), 42, np.uint8), "42 is no kind of land cover"),
        ("land_cover", np.full((4, 4), 10.0, np.float32), "whole numbers"),
        ("flood_depth", np.full((4, 4), -0.5, np.float32), "depths go from -0.5"),
        ("flood_depth", np.full((4, 4), 250.0, np.float32), "depths go from 250"),
    ],
)
def test_a_raster_that_cannot_be_of_its_kind_is_refused(
    session: Session, tmp_path: Path, layer: str, values: "np.ndarray[Any, np.dtype[Any]]", why: str
) -> None:
    write_heights(tmp_path / "odd.tif", values, nodata=0 if layer == "land_cover" else -9999)
    with pytest.raises(Invalid, match=why):
        bring(session, tmp_path, entry("raster", "odd.tif", layer=layer))


@pytest.mark.parametrize(("number", "goes_in"), [(95, True), (96, False)])
def test_every_class_goes_in_and_no_other_number(
    session: Session, tmp_path: Path, number: int, goes_in: bool
) -> None:
    write_heights(tmp_path / "cover.tif", np.full((4, 4), number, np.uint8), nodata=0)
    wanted = entry("raster", "cover.tif", layer="land_cover", datum="ESA WorldCover v200")
    if not goes_in:
        with pytest.raises(Invalid, match="Translate its numbers"):
            bring(session, tmp_path, wanted)
        return
    assert "kinds of land cover from 95 to 95" in str(bring(session, tmp_path, wanted))


def test_tiles_drawn_side_by_side_leave_the_filter_of_warnings_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "hill.tif"
    write_heights(path, hillside())
    raster = RasterFile(path=path.name, epsg=UTM_43N, unit="metre", datum="mean sea level")
    model = Model(path=path, raster=raster, source="hill", attribution="Test (CC0)", accuracy=1.0)
    z, x, y = (int(part) for part in tile_with(15).split("/"))

    def draw() -> None:
        for _ in range(6):
            raster_tile([model], TileAddress(z=z, x=x, y=y), Theme.TERRAIN_RGB, ramp=None, form="png")

    draw()  # what a first call leaves behind is no matter of threads
    before, pause = list(warnings.filters), sys.getswitchinterval()
    threads = [threading.Thread(target=draw) for _ in range(8)]
    try:
        sys.setswitchinterval(1e-6)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(pause)
    assert list(warnings.filters) == before


def test_every_theme_that_is_coloured_has_a_ramp() -> None:
    assert set(RAMPS) == set(Theme) - {Theme.TERRAIN_RGB}
