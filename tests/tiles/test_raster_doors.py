"""Heights at the doors: tiles that a browser may keep, values with their unit, legends, and refusals with a reason."""

from math import asinh, atan, degrees, pi, radians, tan
from typing import Any

import numpy as np
import pyproj
import pytest
import rasterio
from fastapi.testclient import TestClient
from rasterio.io import MemoryFile

from tests.builders import KERALA, UTM_43N
from tests.tiles.conftest import CELL, CORNER, DEEP, WIDE

TO_DEGREES = pyproj.Transformer.from_crs(UTM_43N, 4326, always_xy=True)
SLOPE = degrees(atan(0.1))
"""Of the hillside, which rises 1 m in 10 m."""
TILES = "/tiles/test-town/raster"


def degrees_of(x: float, y: float) -> tuple[float, float]:
    """A place in metres of the town, in degrees."""
    lon, lat = TO_DEGREES.transform(x, y)
    return lon, lat


def tile_with(zoom: int, x: float = KERALA[0] + 105, y: float = KERALA[1] + 105) -> str:
    """`z/x/y` of the tile with a place in metres."""
    lon, lat = degrees_of(x, y)
    count = 2**zoom
    row = (1 - asinh(tan(radians(lat))) / pi) / 2 * count
    return f"{zoom}/{int((lon + 180) / 360 * count)}/{int(row)}"


def at(x: float, y: float) -> str:
    """`longitude,latitude` of a place in metres."""
    return "{:.7f},{:.7f}".format(*degrees_of(x, y))


def drawn(image: bytes) -> Any:
    """Rows, columns, red to opacity."""
    with (
        MemoryFile(image) as file,
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
        file.open() as tile,
    ):
        return np.moveaxis(tile.read(), 0, 2)


@pytest.mark.parametrize("layer", ["elevation", "slope", "aspect", "hillshade", "terrain-rgb"])
@pytest.mark.parametrize(("form", "begins"), [("png", b"\x89PNG"), ("webp", b"RIFF")])
def test_every_layer_is_drawn_in_both_forms(client: TestClient, layer: str, form: str, begins: bytes) -> None:
    answer = client.get(f"{TILES}/{layer}/{tile_with(14)}.{form}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"image/{form}"
    assert answer.content.startswith(begins)


def test_a_tile_of_heights_holds_the_heights(client: TestClient) -> None:
    image = drawn(client.get(f"{TILES}/terrain-rgb/{tile_with(15)}.png").content).astype(float)
    heights = -10_000 + (image[..., 0] * 65_536 + image[..., 1] * 256 + image[..., 2]) * 0.1
    known = heights[heights > 1]
    assert 50 <= known.min() < known.max() <= 50 + WIDE * CELL / 10
    in_the_middle = heights[:, 100:140].max(axis=0)
    assert (np.diff(in_the_middle) >= -0.11).all()


def test_one_colour_covers_a_slope_that_is_everywhere_the_same(client: TestClient) -> None:
    image = drawn(client.get(f"{TILES}/slope/{tile_with(16)}.png").content)
    colours = np.unique(image[image[..., 3] > 0].reshape(-1, 4), axis=0)
    assert len(colours) <= 3


def test_what_has_no_height_is_transparent(client: TestClient) -> None:
    hole = tile_with(18, CORNER[0] + 100, CORNER[1] - 100)
    beside = tile_with(18, CORNER[0] + 500, CORNER[1] - 100)
    assert client.get(f"{TILES}/elevation/{hole}.png").status_code == 204
    assert client.get(f"{TILES}/elevation/{beside}.png").status_code == 200
    half = drawn(
        client.get(f"{TILES}/elevation/{tile_with(15, CORNER[0] + 100, CORNER[1] - 100)}.png").content
    )
    assert set(np.unique(half[..., 3])) == {0, 255}


def test_away_from_the_place_there_is_no_content(client: TestClient) -> None:
    for address in ("3/1/1", "0/0/0", "22/0/0", tile_with(14, KERALA[0] + 30_000)):
        answer = client.get(f"{TILES}/slope/{address}.png")
        assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    ("address", "status", "why"),
    [
        ("/slope/40/0/0.png", 422, "There is no zoom 40"),
        ("/slope/3/9/0.png", 422, "There is no tile 9/0 at zoom 3"),
        ("/slope/-1/0/0.png", 422, "There is no zoom -1"),
        ("/slope/3/1/one.png", 422, "y"),
        ("/slope/3/1/1.gif", 422, "form"),
        ("/rainfall/3/1/1.png", 404, "There is no raster layer “rainfall”"),
        ("/slope/14/11664/7702.png?ramp=rainbow", 422, "choose one of: steepness, grey"),
        ("/slope/14/11664/7702.png?colour=red", 422, "does not know “colour”"),
        ("/slope/14/11664/7702.png?on=2999-01-01", 422, "future"),
        ("/slope/14/11664/7702.png?on=1989-12-31", 404, "nothing is known before 1990-01-01"),
        ("/slope/14/11664/7702.png?on=1990-01-01", 404, "No heights of Test town"),
        ("/terrain-rgb/tilejson.json?ramp=grey", 422, "it has none"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason(
    client: TestClient, address: str, status: int, why: str
) -> None:
    answer = client.get(TILES + address)
    assert answer.status_code == status, answer.text
    assert why in answer.json()["detail"]


def test_a_place_without_heights_says_so(client: TestClient) -> None:
    assert client.get("/tiles/nowhere/raster/slope/3/1/1.png").status_code == 404


def test_a_tile_is_kept_as_long_as_its_heights(client: TestClient) -> None:
    told = client.get(f"{TILES}/slope/tilejson.json").json()
    z, x, y = tile_with(14).split("/")
    (template,) = told["tiles"]
    final = client.get(template.format(z=z, x=x, y=y))
    assert final.status_code == 200
    assert "immutable" in final.headers["cache-control"]
    plain = client.get(f"{TILES}/slope/{z}/{x}/{y}.png")
    stale = client.get(f"{TILES}/slope/{z}/{x}/{y}.png?v=older")
    assert plain.headers["cache-control"] == stale.headers["cache-control"] == "no-cache"
    tag = plain.headers["etag"]
    again = client.get(f"{TILES}/slope/{z}/{x}/{y}.png", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(f"{TILES}/aspect/{z}/{x}/{y}.png", headers={"If-None-Match": tag})
    assert other.status_code == 200


def test_tilejson_of_a_raster_says_where_it_lies_and_whose_it_is(client: TestClient) -> None:
    told = client.get(f"{TILES}/elevation/tilejson.json?ramp=viridis").json()
    west, _, _, north = told["bounds"]
    assert (west, north) == pytest.approx(degrees_of(*CORNER), abs=0.001)
    assert told["attribution"] == "Survey of Test (CC0 1.0)"
    assert (told["minzoom"], told["maxzoom"]) == (0, 14)
    assert "ramp=viridis" in told["tiles"][0]
    assert client.get(f"{TILES}/terrain-rgb/tilejson.json").json()["encoding"] == "mapbox"


def test_the_style_has_the_heights_for_shade_and_for_three_dimensions(client: TestClient) -> None:
    style = client.get("/tiles/test-town/style.json").json()
    relief = style["sources"]["relief"]
    assert (relief["type"], relief["encoding"], relief["tileSize"]) == ("raster-dem", "mapbox", 256)
    z, x, y = tile_with(14).split("/")
    assert client.get(relief["tiles"][0].format(z=z, x=x, y=y)).status_code == 200
    (shade,) = (each for each in style["layers"] if each["type"] == "hillshade")
    assert (shade["source"], shade["layout"]["visibility"]) == ("relief", "none")


@pytest.mark.parametrize(
    ("layer", "value", "unit"),
    [("elevation", 160.5, "metre"), ("slope", SLOPE, "degree"), ("aspect", 270, "degree")],
)
def test_a_position_is_answered_with_unit_datum_and_source(
    client: TestClient, layer: str, value: float, unit: str
) -> None:
    answer = client.get(f"/api/test-town/raster/{layer}?at={at(KERALA[0] + 105, KERALA[1] + 105)}").json()
    assert answer["value"] == pytest.approx(value, abs=0.1)
    assert (answer["unit"], answer["datum"]) == (unit, "mean sea level")
    assert answer["source"].startswith("elevation-")
    assert answer["attribution"] == "Survey of Test (CC0 1.0)"
    assert answer["title"]["ml"]


def test_at_the_rim_there_is_a_height_but_no_slope(client: TestClient) -> None:
    rim = at(CORNER[0] + CELL / 2, CORNER[1] - DEEP * CELL + CELL / 2)
    assert client.get(f"/api/test-town/raster/elevation?at={rim}").json()["value"] == 50.5
    assert client.get(f"/api/test-town/raster/slope?at={rim}").json()["value"] is None


@pytest.mark.parametrize(
    ("layer", "query", "status", "why"),
    [
        ("elevation", "", 422, "at"),
        ("elevation", "?at=north", 422, "is not a position"),
        ("elevation", "?at=200,10", 422, "not on the earth"),
        ("elevation", f"?at={at(KERALA[0] + 30_000, KERALA[1])}", 404, "No height is known"),
        ("elevation", f"?at={at(CORNER[0] + 50, CORNER[1] - 50)}", 404, "No height is known"),
        ("hillshade", f"?at={at(*KERALA)}", 404, "has no value to tell"),
        ("rainfall", f"?at={at(*KERALA)}", 404, "There is no raster layer"),
    ],
)
def test_a_position_without_a_value_is_refused_with_the_reason(
    client: TestClient, layer: str, query: str, status: int, why: str
) -> None:
    answer = client.get(f"/api/test-town/raster/{layer}{query}")
    assert answer.status_code == status, answer.text
    assert why in answer.json()["detail"]


def area(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """A question about a rectangle in metres from the town's corner."""
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    ring = [degrees_of(KERALA[0] + x, KERALA[1] + y) for x, y in corners]
    return {"area": {"type": "Polygon", "coordinates": [ring]}}


def test_an_area_is_answered_from_the_cells_that_touch_it(client: TestClient) -> None:
    there = area(101, 101, 149, 119)
    heights = client.post("/api/test-town/raster/elevation", json=there).json()
    assert (heights["lowest"], heights["highest"]) == pytest.approx((160.5, 164.5))
    assert (heights["mean"], heights["cells"]) == (162.5, 10)
    assert (heights["unit"], heights["datum"]) == ("metre", "mean sea level")
    assert heights["resolution"] == pytest.approx(10, abs=0.05)
    slopes = client.post("/api/test-town/raster/slope", json=there).json()
    assert (slopes["mean"], slopes["highest"]) == pytest.approx((SLOPE, SLOPE), abs=0.1)
    assert (slopes["lowest"], slopes["unit"]) == (None, "degree")
    assert (heights["known"], slopes["known"]) == (100.0, 100.0)


@pytest.mark.parametrize(("beyond", "known"), [(0, 100.0), (5, 87.5), (30, 25.0)])
def test_an_area_that_the_heights_reach_in_part_says_of_how_much_they_know(
    client: TestClient, beyond: float, known: float
) -> None:
    west, south = CORNER[0] - KERALA[0] - beyond, CORNER[1] - KERALA[1] - DEEP * CELL / 2
    there = area(west, south, west + 40, south + 40)
    told = client.post("/api/test-town/raster/elevation", json=there).json()
    assert told["known"] == pytest.approx(known, abs=0.2)


@pytest.mark.parametrize(
    ("layer", "box", "status"),
    [
        ("elevation", (30_000, 0, 30_100, 100), 404),
        ("elevation", (0, 0, 6_000, 10), 422),
        ("elevation", (0, 0, 0, 0), 422),
        ("aspect", (101, 101, 149, 119), 404),
        ("terrain-rgb", (101, 101, 149, 119), 404),
    ],
)
def test_an_area_that_cannot_be_answered_is_refused(
    client: TestClient, layer: str, box: tuple[float, float, float, float], status: int
) -> None:
    answer = client.post(f"/api/test-town/raster/{layer}", json=area(*box))
    assert answer.status_code in {status, 413} if status == 422 else answer.status_code == status, answer.text
    assert answer.json()["detail"]


def test_the_legend_says_units_and_the_colours_of_the_tiles(client: TestClient) -> None:
    legend = client.get("/api/test-town/raster/elevation/legend").json()
    assert (legend["unit"], legend["ramp"], legend["datum"]) == ("metre", "relief", ["mean sea level"])
    assert legend["ramps"] == ["relief", "viridis", "grey"]
    values = [stop["value"] for stop in legend["stops"]]
    assert values == sorted(values)
    assert (values[0], values[-1]) == (50, 250)
    slopes = client.get("/api/test-town/raster/slope/legend").json()
    assert slopes["unit"] == "degree"
    assert 45 in [stop["value"] for stop in slopes["stops"]]
    codes = client.get("/api/test-town/raster/terrain-rgb/legend").json()
    assert (codes["encoding"], codes["stops"], codes["ramp"]) == ("mapbox", [], None)
    assert client.get("/api/test-town/raster/slope/legend?ramp=rainbow").status_code == 422
