"""Tiles, styles and the catalogue of a place as their OGC standards list them: what is listed is there."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from mapbox_vector_tile import decode

from layers.catalogue import load

TOWN = "/ogc/test-town"
GRID = f"{TOWN}/tileMatrixSets/WebMercatorQuad"


def get(client: TestClient, address: str, status: int = 200) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    content: dict[str, Any] = answer.json()
    return content


def href(content: dict[str, Any], rel: str) -> str:
    return next(str(each["href"]) for each in content["links"] if each["rel"] == rel)


def test_the_grid_is_that_of_web_maps(client: TestClient) -> None:
    assert [each["id"] for each in get(client, f"{TOWN}/tileMatrixSets")["tileMatrixSets"]] == [
        "WebMercatorQuad"
    ]
    levels = get(client, GRID)["tileMatrices"]
    assert levels[0]["scaleDenominator"] == pytest.approx(559_082_264.0287178)
    assert levels[17]["cellSize"] == pytest.approx(1.194328566955879)
    assert levels[17]["matrixWidth"] == 2**17


@pytest.mark.parametrize("collection", ["parcels", "road", "flood"])
def test_the_template_of_a_set_leads_to_tiles_with_the_layer(client: TestClient, collection: str) -> None:
    described = get(client, f"{TOWN}/collections/{collection}")
    sets = get(client, href(described, "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"))
    (only,) = sets["tilesets"]
    assert only == get(client, href(only, "self"))
    deepest = only["tileMatrixSetLimits"][-1]
    drawn: set[str] = set()
    for row in range(deepest["minTileRow"], deepest["maxTileRow"] + 1):
        for column in range(deepest["minTileCol"], deepest["maxTileCol"] + 1):
            address = href(only, "item").format(tileMatrix=deepest["tileMatrix"], tileRow=row, tileCol=column)
            answer = client.get(address)
            assert answer.status_code == 200
            drawn |= set(decode(answer.content))
    assert drawn == {collection}
    assert "v=" in href(only, "item")


def test_every_style_listed_is_a_style(client: TestClient) -> None:
    styles = get(client, f"{TOWN}/styles")
    assert styles["default"] in {each["id"] for each in styles["styles"]}
    for each in styles["styles"]:
        assert get(client, href(each, "stylesheet"))["version"] == 8


def test_every_theme_of_the_catalogue_has_a_record_with_or_without_data(client: TestClient) -> None:
    found = get(client, f"{TOWN}/records")
    themes = {each.id for each in load("kerala").layers}
    assert {each["id"] for each in found["features"]} == themes | {"parcels", "permits"}
    assert found["numberMatched"] == len(themes) + 2
    by_id = {each["id"]: each for each in found["features"]}
    assert by_id["road"]["properties"]["license"] == "CC0"
    assert by_id["road"]["properties"]["lineage"][0]["title"] == "Test road"
    assert (by_id["quarry"]["properties"]["has_data"], by_id["quarry"]["geometry"]) == (False, None)
    assert by_id["flood"]["properties"]["law"]["confidence"] == load("kerala").layer("flood").confidence
    for each in found["features"]:
        assert get(client, href(each, "self")) == each
        if each["properties"]["has_data"]:
            assert get(client, href(each, "collection"))["id"] == each["id"]


@pytest.mark.parametrize(
    ("word", "is_found"), [("flood", True), ("FLOOD", True), ("വെള്ളപ്പൊക്ക", True), ("zzz", False)]
)
def test_records_are_found_by_a_word(client: TestClient, word: str, is_found: bool) -> None:
    assert (get(client, f"{TOWN}/records?q={word}")["numberReturned"] > 0) is is_found


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{TOWN}/tileMatrixSets/WorldCRS84Quad", 404),
        (f"{TOWN}/collections/parcels/tiles/WorldCRS84Quad", 404),
        (f"{TOWN}/collections/quarry/tiles", 404),
        (f"{TOWN}/records/persons", 404),
        (f"{TOWN}/records?q={'x' * 200}", 400),
        (f"{TOWN}/styles?f=html", 400),
        ("/ogc/nowhere/styles", 404),
        ("/ogc/nowhere/tileMatrixSets", 404),
    ],
)
def test_what_is_not_there_is_told_so(client: TestClient, address: str, status: int) -> None:
    assert get(client, address, status)["status"] == status
