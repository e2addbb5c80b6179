"""A change makes the tiles of its own layer stale and no others; who has a tile is not sent it; nothing old is kept for good."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from mapbox_vector_tile import decode
from sqlalchemy import Engine

from api.answers import today
from api.app import create_app
from api.settings import Settings
from gis.db.session import transaction
from gis.jurisdictions import jurisdiction
from gis.parcels.changes import divide
from tests.api.town import AROUND, build
from tests.builders import a_box, halves
from tests.conftest import own_database, to_copy
from tests.layers.ground import bring_in
from tests.tiles.ground import tile_over
from tiles import shelf as shelving
from tiles.versions import BEGINNING, instant_of, last_change, stamp

TOWN = "test-town"


@pytest.fixture(scope="module")
def town_to_copy(server: str) -> Iterator[str]:
    """Name of a database with the small town."""
    with to_copy(server, build) as name:
        yield name


@pytest.fixture
def town(server: str, town_to_copy: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The small town in a database of the test's own, which every question is looked up for anew."""
    monkeypatch.setattr(shelving, "FRESH", 0.0)
    with own_database(server, copy_of=town_to_copy) as engine:
        yield engine


@pytest.fixture
def client(town: Engine, tmp_path: Path) -> Iterator[TestClient]:
    """A client of the service."""
    with TestClient(create_app(Settings(state=tmp_path), town), raise_server_exceptions=False) as client:
        yield client


def tile(
    client: TestClient, layers: str = "parcels", zoom: int = 15, words: str = "", has: str = ""
) -> Response:
    over = tile_over(zoom, x=10, y=10)
    headers = {"if-none-match": has} if has else {}
    path = f"/tiles/{TOWN}/{over.z}/{over.x}/{over.y}.mvt?layers={layers}{words}"
    return client.get(path, headers=headers)


def version(client: TestClient, layers: str) -> str:
    """The version in the address that TileJSON tells."""
    told = client.get(f"/tiles/{TOWN}/tilejson.json?layers={layers}").json()
    found = re.search(r"[?&]v=(\d+)", told["tiles"][0])
    assert found is not None
    return found[1]


def bring_flood(engine: Engine) -> None:
    with transaction(engine) as session:
        bring_in(session, jurisdiction(session, TOWN), "flood", [a_box(0, 0, 5, 5)], coverage=AROUND)


def edit(engine: Engine) -> None:
    with transaction(engine) as session:
        into = halves(a_box(20), ("12/105-1", "12/105-2"))
        place = jurisdiction(session, TOWN)
        divide(session, place, "12/105", into=into, on=date(2024, 7, 1), instrument="deed 1/2024")


LAYERS = ["parcels", "flood", "zoning", "parcels,flood", "road"]


@pytest.mark.parametrize("layers", LAYERS)
@pytest.mark.parametrize("zoom", [13, 16])
def test_who_has_a_tile_of_any_layer_is_not_sent_it_again(client: TestClient, layers: str, zoom: int) -> None:
    first = tile(client, layers, zoom)
    assert first.status_code == 200
    assert first.content
    again = tile(client, layers, zoom, has=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["vary"] == "Accept-Encoding"
    assert tile(client, layers, zoom, has='W/"1-20260101-2"').status_code == 200
    assert (
        tile(client, layers, zoom, has='"x", ' + first.headers["etag"].removeprefix("W/")).status_code == 304
    )


@pytest.mark.parametrize(
    ("change", "stale"),
    [(bring_flood, {"flood", "parcels,flood"}), (edit, {"parcels", "parcels,flood"})],
)
def test_a_change_makes_its_own_tiles_stale_and_no_others(
    client: TestClient, town: Engine, change: object, stale: set[str]
) -> None:
    tags = {layers: tile(client, layers).headers["etag"] for layers in LAYERS}
    versions = {layers: version(client, layers) for layers in LAYERS}
    assert callable(change)
    change(town)
    for layers in LAYERS:
        status = tile(client, layers, has=tags[layers]).status_code
        assert status == (200 if layers in stale else 304), layers
        assert (version(client, layers) != versions[layers]) == (layers in stale), layers


def map_versions(client: TestClient) -> dict[str, str]:
    """The versions that the map page puts into the addresses of its tiles."""
    page = client.get(f"/{TOWN}/map", headers={"accept": "text/html"}).text
    written = re.search(r'<script[^>]*id="map-settings"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert written is not None
    found: dict[str, str] = json.loads(written[1])["versions"]
    return found


@pytest.mark.parametrize(("change", "stale"), [(bring_flood, {"flood"}), (edit, {"parcels"})])
def test_after_a_change_the_map_page_asks_for_other_tiles_of_that_layer_alone(
    client: TestClient, town: Engine, change: object, stale: set[str]
) -> None:
    before = map_versions(client)
    assert before == {each: version(client, each) for each in before}
    assert before.keys() == {"parcels", "flood", "zoning", "road", "local_body", "ward"}
    tags = {each: tile(client, each, words=f"&v={before[each]}").headers["etag"] for each in before}
    assert callable(change)
    change(town)
    after = map_versions(client)
    assert {each for each in before if before[each] != after[each]} == stale
    for each in before:
        status = tile(client, each, words=f"&v={after[each]}", has=tags[each]).status_code
        assert status == (200 if each in stale else 304), each


def test_a_tile_is_kept_for_good_only_while_its_version_is_the_last(client: TestClient, town: Engine) -> None:
    words = f"&v={version(client, 'parcels')}&on={today()}"
    assert "immutable" in tile(client, words=words).headers["cache-control"]
    edit(town)
    late = tile(client, words=words)
    assert late.headers["cache-control"] == "no-cache"
    assert b"12/105-1" in late.content
    assert (
        "immutable"
        in tile(client, words=f"&v={version(client, 'parcels')}&on={today()}").headers["cache-control"]
    )


def test_the_change_of_another_layer_leaves_a_version_the_last(client: TestClient, town: Engine) -> None:
    words = f"&v={version(client, 'parcels')}&on={today()}"
    bring_flood(town)
    assert "immutable" in tile(client, words=words).headers["cache-control"]


def test_the_last_recording_of_the_place_is_a_version_of_each_of_its_layers(client: TestClient) -> None:
    catalogue = client.get(f"/api/{TOWN}/catalogue").json()["version"]
    for layers in LAYERS:
        kept = tile(client, layers, words=f"&v={catalogue}&on={today()}").headers["cache-control"]
        assert "immutable" in kept, layers


@pytest.mark.parametrize("words", ["", "&v={v}", "&on={on}", "&v=1&on={on}", "&v=99999999999999999&on={on}"])
def test_without_day_and_true_version_a_tile_is_asked_for_again(client: TestClient, words: str) -> None:
    given = words.format(v=version(client, "parcels"), on=today())
    assert tile(client, words=given).headers["cache-control"] == "no-cache"


def test_a_past_instant_has_the_state_of_its_time(client: TestClient, town: Engine) -> None:
    known = instant_of(version(client, "parcels"))
    assert known is not None
    words = f"&known={known.isoformat().replace('+00:00', 'Z')}&on={today()}"
    before = tile(client, words=words)
    edit(town)
    after = tile(client, words=words, has=before.headers["etag"])
    assert after.status_code == 304
    final = tile(client, words=f"{words}&v={stamp(known)}")
    assert "immutable" in final.headers["cache-control"]
    assert b"12/105-1" not in final.content


def test_several_layers_come_in_one_tile_each_once(client: TestClient) -> None:
    held = decode(tile(client, "parcels,flood,zoning,flood").content)
    assert set(held) == {"parcels", "flood", "zoning"}
    assert [len(held[each]["features"]) for each in ("flood", "zoning")] == [1, 2]


@pytest.mark.parametrize(
    ("on", "numbers"),
    [
        ("2024-04-30", {"12/104", "12/105", "12/106"}),
        ("2024-05-01", {"12/104", "12/105", "12/106-1", "12/106-2"}),
    ],
)
def test_several_layers_in_one_tile_are_those_of_its_day(
    client: TestClient, on: str, numbers: set[str]
) -> None:
    held = decode(tile(client, "parcels,flood", words=f"&on={on}").content)
    assert {each["properties"]["number"] for each in held["parcels"]["features"]} == numbers
    assert "flood" in held


def test_layers_have_the_words_of_their_sources_and_both_names(client: TestClient) -> None:
    (road,) = decode(tile(client, "road").content)["road"]["features"]
    told = client.get(f"/tiles/{TOWN}/tilejson.json?layers=road").json()["vector_layers"][0]["fields"]
    assert road["properties"].keys() <= told.keys()
    assert road["properties"]["label"] == "Temple road"


def test_of_several_layers_the_latest_change_counts_and_of_none_the_beginning() -> None:
    early, late = (datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2))
    assert last_change({"a": early, "b": late}, ["a", "b"]) == late
    assert last_change({"a": early, "b": late}, ["a"]) == early
    assert last_change({"a": early}, ["c"]) == BEGINNING


@pytest.mark.parametrize("version", ["", None, "x", "-1", "٣", "9" * 18, "1.5"])
def test_what_is_no_version_stands_for_no_instant(version: str | None) -> None:
    assert instant_of(version) is None


def test_an_instant_and_its_version_are_the_same_to_the_microsecond() -> None:
    instant = datetime(2026, 11, 22, 10, 0, 0, 123_457, tzinfo=UTC)
    assert instant_of(stamp(instant)) == instant
    assert instant_of(stamp(instant + timedelta(microseconds=1))) == instant + timedelta(microseconds=1)


def test_a_tile_has_the_attributes_that_the_catalogue_names_and_no_others(
    client: TestClient, town: Engine
) -> None:
    with transaction(town) as session:
        bring_in(
            session,
            jurisdiction(session, TOWN),
            "crz_tidal",
            [a_box(0, 0, 5, 5), a_box(5, 5, 5, 5)],
            attributes=[{"water_width": 12.5, "owner": "secret"}, {"owner": "secret"}],
        )
    features = decode(tile(client, "crz_tidal").content)["crz_tidal"]["features"]
    own = [{word: each["properties"].get(word) for word in ("water_width", "owner")} for each in features]
    assert own == [{"water_width": 12.5, "owner": None}, {"water_width": None, "owner": None}]
    told = client.get(f"/tiles/{TOWN}/tilejson.json?layers=crz_tidal").json()["vector_layers"][0]["fields"]
    assert "water_width" in told
    (road,) = decode(tile(client, "road").content)["road"]["features"]
    assert road["properties"]["width"] == 8
