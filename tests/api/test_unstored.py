"""Findings of a plan, what a plot could carry and a drawn area come as tiles, which lie where the same things lie as GeoJSON."""

from pathlib import Path
from typing import Any

import pytest
import shapely
from fastapi.testclient import TestClient
from mapbox_vector_tile import decode
from shapely.geometry import shape
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from tests.tiles.test_unstored import on_earth, tile_at
from tiles.vector import TileAddress

ENVELOPE = {"number": "12/104", "occupancy": "A1", "storey": "3"}


@pytest.fixture(scope="module")
def desk(town: Engine, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """The service with a folder of its own for checks."""
    settings = Settings(state=Path(tmp_path_factory.mktemp("state")))
    return TestClient(create_app(settings, town), raise_server_exceptions=False)


def tile_here(somewhere: str) -> TileAddress:
    longitude, latitude = (float(part) for part in somewhere.split(","))
    return tile_at(longitude, latitude)


def tile(desk: TestClient, path: str, at: TileAddress, **words: Any) -> list[dict[str, Any]]:
    """The features of the layer of a tile; who has it is not sent it again."""
    where = f"/tiles/test-town/{path}/{at.z}/{at.x}/{at.y}.mvt"
    answer = desk.get(where, params=words)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    again = desk.get(where, params=words, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    layers = decode(answer.content, default_options={"y_coord_down": True})
    assert set(layers) == {path.partition("/")[0].replace("check", "plan")}
    found: list[dict[str, Any]] = next(iter(layers.values()))["features"]
    return found


def test_the_findings_of_a_plan_are_tiles(desk: TestClient, somewhere: str) -> None:
    drawing = desk.get("/test-town/starter.dxf?number=12/104&set_back=0.5").content
    sent = {"drawing": ("plan.dxf", drawing, "image/vnd.dxf")}
    where = desk.post("/test-town/check", data={"number": "12/104"}, files=sent, follow_redirects=False)
    path = where.headers["location"].split("?")[0]
    key, at = path.rsplit("/", 1)[1], tile_here(somewhere)
    expected = [each for each in desk.get(f"{path}/plan.geojson").json()["features"]]
    found = tile(desk, f"check/{key}", at)
    around = shapely.box(*at.degrees)
    here = {n for n, each in enumerate(expected, 1) if shape(each["geometry"]).intersects(around)}
    assert {each["id"] for each in found} == here
    outcomes = {each["properties"].get("outcome") for each in found} - {None}
    assert outcomes == {expected[n - 1]["properties"].get("outcome") for n in here} - {None} != set()
    plot = next(each for each in found if each["properties"]["kind"] == "parcel")
    told = shape(next(each["geometry"] for each in expected if each["properties"]["kind"] == "parcel"))
    assert on_earth(shape(plot["geometry"]), at).hausdorff_distance(told.intersection(around)) < 1e-6
    unknown = desk.get(f"/tiles/test-town/check/{'0' * 64}/{at.z}/{at.x}/{at.y}.mvt")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no-check")


def test_what_a_plot_could_carry_is_a_tile(desk: TestClient, somewhere: str) -> None:
    at = tile_here(somewhere)
    bands = desk.get("/api/test-town/envelope", params={**ENVELOPE, "format": "geojson"}).json()["features"]
    found = tile(desk, "envelope", at, **ENVELOPE)
    assert {each["properties"]["bottom"] for each in found} == {
        each["properties"]["bottom"] for each in bands
    }


def test_a_drawn_area_is_a_tile(desk: TestClient, somewhere: str) -> None:
    x, y = (float(part) for part in somewhere.split(","))
    corners = [(x, y), (x + 1e-4, y), (x + 1e-4, y + 1e-4)]
    area = "~".join(f"{lon:.7f},{lat:.7f}" for lon, lat in corners)
    (found,) = tile(desk, "drawn", tile_here(somewhere), area=area)
    assert found["properties"]["area"] == pytest.approx(0.5 * 10.935 * 11.06, rel=0.01)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("drawn/40/0/0.mvt?area=76,10~76.001,10~76,10.001", 422),
        ("drawn/3/9/0.mvt?area=76,10~76.001,10~76,10.001", 422),
        ("drawn/17/0/0.mvt?area=76,10~77", 422),
        ("drawn/17/0/0.mvt?area=76,10~76.001,10.001~76.001,10~76,10.001", 422),
        ("drawn/17/0/0.mvt?area=76,10~79,10~76,10.001", 413),
        ("drawn/17/0/0.mvt", 422),
        ("envelope/17/0/0.mvt?number=99/1&occupancy=A1&storey=3", 404),
        ("envelope/17/0/0.mvt?number=12/104&occupancy=A1&storey=3&day=1", 422),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason(desk: TestClient, path: str, status: int) -> None:
    answer = desk.get(f"/tiles/test-town/{path}")
    assert answer.status_code == status, answer.text
    assert len(answer.json()["detail"]) > 5
