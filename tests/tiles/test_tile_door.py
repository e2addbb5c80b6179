"""At the door nobody sees which way a tile was drawn: same plots, same refusals, never an older one than was promised."""

import gzip
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine

from api import tile_door
from api.answers import today
from api.app import create_app
from api.settings import Settings
from gis.db.session import transaction
from gis.parcels.changes import divide
from tests.builders import LONG_AGO, a_box, halves
from tests.conftest import own_database
from tests.tiles.ground import settle, tile_over
from tests.tiles.test_parcel_shapes import features_of
from tests.tiles.test_shelf import take_the_compiler_away
from tiles import building, vector
from tiles import shelf as shelving
from tiles.kept import Kept
from tiles.shelf import Shelf


def opened(engine: Engine, folder: Path) -> FastAPI:
    """The service, to which 25 plots are worth a store."""
    app = create_app(Settings(state=folder), engine)
    app.state.shelf = Shelf(engine, folder / "tiles", worth=25)
    return app


def with_store(app: FastAPI) -> TestClient:
    """A client once the store is at hand."""
    client = TestClient(app, raise_server_exceptions=False)
    client.get(address())
    app.state.shelf.finish()
    app.state.shelf._seen.clear()
    client.get(address())
    assert is_of_store(client.get(address()))
    return client


@pytest.fixture(scope="module")
def app(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The service over a place that nobody changes."""
    with own_database(server) as engine:
        settle(engine)
        app = opened(engine, tmp_path_factory.mktemp("state"))
        yield app
        app.state.shelf.finish()


@pytest.fixture(scope="module")
def client(app: FastAPI) -> TestClient:
    """A client once the store is at hand."""
    return with_store(app)


def address(zoom: int = 15, words: str = "") -> str:
    over = tile_over(zoom)
    return f"/tiles/test-town/{over.z}/{over.x}/{over.y}.mvt{words}"


def is_of_store(answer: Response) -> bool:
    """Whether a tile was drawn from a store, which knows since when its plots stand as they do."""
    return f"-{LONG_AGO:%Y%m%d}-" in answer.headers["etag"] or "-20240501-" in answer.headers["etag"]


def plots(answer: Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return {each["properties"]["number"]: each["geometry"] for each in features_of(answer.content)}


def test_the_store_answers_as_postgis_does(client: TestClient, app: FastAPI) -> None:
    from_store = plots(client.get(address()))
    other = opened(app.state.answers.engine, Path("nowhere"))
    other.state.shelf = Shelf(app.state.answers.engine, Path("nowhere"), worth=1000)
    from_postgis = TestClient(other).get(address())
    assert not is_of_store(from_postgis)
    assert plots(from_postgis).keys() == from_store.keys()
    assert len(from_store) == 25


@pytest.fixture
def dense(app: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FastAPI]:
    """The service just after an import of more plots in one tile than PostGIS dissolves."""
    monkeypatch.setattr(vector, "MOST_PLOTS", 10)
    monkeypatch.setattr(shelving, "FRESH", 0.0)
    fresh = opened(app.state.answers.engine, tmp_path)
    yield fresh
    fresh.state.shelf.finish()


@pytest.mark.parametrize("zoom", [12, 13, 14])
def test_while_the_map_is_made_ready_a_dense_tile_says_when_to_ask_again_and_then_is_there(
    dense: FastAPI, monkeypatch: pytest.MonkeyPatch, zoom: int
) -> None:
    may_build = Event()
    build = building.build

    def slow(*args: Any, **kwargs: Any) -> Any:
        may_build.wait(30)
        return build(*args, **kwargs)

    monkeypatch.setattr("tiles.building.build", slow)
    client = TestClient(dense, raise_server_exceptions=False)
    for _ in range(2):  # by the route, then the short way
        early = client.get(address(zoom))
        assert (early.status_code, early.headers["retry-after"]) == (503, "10")
        assert "being made ready" in early.json()["detail"]
    assert len(plots(client.get(address(15)))) == 25
    may_build.set()
    dense.state.shelf.finish()
    ready = client.get(address(zoom))
    assert ready.status_code == 200
    assert sum(each["properties"]["plots"] for each in features_of(ready.content)) == 25


def test_where_no_store_will_come_a_dense_tile_is_too_large(
    dense: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = TestClient(dense, raise_server_exceptions=False)
    past = client.get(address(13, "?on=2020-01-01"))
    assert (past.status_code, past.json()["code"]) == (413, "too-large")
    assert "retry-after" not in past.headers
    monkeypatch.setattr(vector, "MOST_PLOTS", 25)
    assert client.get(address(13, "?on=2020-01-01")).status_code == 200


def test_without_the_compiler_a_dense_tile_is_too_large(
    dense: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_the_compiler_away(monkeypatch)
    client = TestClient(dense, raise_server_exceptions=False)
    client.get(address(15))
    dense.state.shelf.finish()
    assert client.get(address(13)).status_code == 413


def test_who_has_the_tile_is_not_sent_it_again(client: TestClient) -> None:
    tag = client.get(address()).headers["etag"]
    again = client.get(address(), headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(address(), headers={"if-none-match": 'W/"other"'}).status_code == 200


def test_after_a_division_the_tag_is_another_and_the_promised_version_is_not_older(
    fresh_engine: Engine, tmp_path: Path
) -> None:
    town, app = settle(fresh_engine), opened(fresh_engine, tmp_path)
    client = with_store(app)
    tag = client.get(address()).headers["etag"]
    into = halves(a_box(0, 0), ("12/1-1", "12/1-2"))
    with transaction(fresh_engine) as session:
        divide(session, town, "12/1", into=into, on=date(2024, 5, 1), instrument="deed 7/2024")
    version = client.get("/api/test-town/catalogue").json()["version"]
    final = client.get(address(words=f"?v={version}&on={today()}"), headers={"if-none-match": tag})
    assert plots(final).keys() >= {"12/1-1", "12/1-2"}
    assert "12/1" not in plots(final)
    assert "immutable" in final.headers["cache-control"]
    app.state.shelf.finish()


def test_a_tile_asked_for_again_is_drawn_once_for_each_way_it_is_sent(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, times = with_store(app), []
    draw = tile_door.drawn
    monkeypatch.setattr(app.state.shelf, "kept", Kept())
    monkeypatch.setattr(tile_door, "drawn", lambda *words: times.append(1) or draw(*words))
    monkeypatch.setattr(
        shelving, "FRESH", 0.0
    )  # so that none is said again before the place is looked at anew
    for encoding in ("gzip", "identity"):
        first, again = (client.get(address(16), headers={"accept-encoding": encoding}) for _ in range(2))
        assert first.headers == again.headers
        assert plots(first) == plots(again) != {}
    assert len(times) == 2


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [("gzip", True), ("br, GZIP;q=0.5", True), ("gzip;q=0", False), ("identity", False), ("", False)],
)
def test_a_tile_is_packed_for_who_can_unpack_it(client: TestClient, accepted: str, is_packed: bool) -> None:
    with client.stream("GET", address(), headers={"accept-encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
    assert (answer.headers.get("content-encoding") == "gzip") == is_packed
    assert answer.headers["vary"] == "Accept-Encoding"
    assert len(features_of(gzip.decompress(raw) if is_packed else raw)) == 25


def test_an_earlier_day_is_drawn_by_postgis(client: TestClient) -> None:
    before = client.get(address(words="?on=1980-01-01"))
    assert (before.status_code, "1990-01-01" in before.text) == (404, True), "nothing was known then"
    assert len(plots(client.get(address(words="?on=1990-01-01")))) == 25


def test_parcels_come_with_other_layers(client: TestClient) -> None:
    assert len(plots(client.get(address(words="?layers=flood,parcels")))) == 25


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/tiles/test-town/40/0/0.mvt", 422),
        ("/tiles/test-town/15/32768/0.mvt", 422),
        ("/tiles/test-town/15/-1/0.mvt", 422),
        ("/tiles/test-town/15/0/32768.mvt", 422),
        ("/tiles/test-town/15/one/0.mvt", 422),
        ("/tiles/nowhere/15/0/0.mvt", 404),
        (address(words=f"?on={today() + timedelta(days=1)}"), 422),
        (address(words="?on=1/1/2026"), 422),
        (address(words="?known=2999-01-01T00:00:00Z"), 422),
        (address(words="?known=0001-01-01T00:00:00Z"), 404),
        (address(words="?layers=parcels,nothing"), 404),
        (address(words="?layers="), 422),
        (address(words="?on=2026-01-01&on=2025-01-01"), 422),
    ],
)
def test_bad_questions_are_refused_though_the_store_is_at_hand(
    client: TestClient, path: str, status: int
) -> None:
    assert client.get(path, headers={"accept": "application/json"}).status_code == status


@pytest.mark.parametrize("version", ["x", "", "-1", "9" * 30, "٣", "9" * 17])
def test_a_version_that_is_none_does_no_harm(client: TestClient, version: str) -> None:
    assert len(plots(client.get(address(words=f"?v={version}")))) == 25


@pytest.mark.parametrize(
    "edge", ["15/0/15000", "15/32767/15000", "15/0/0", "15/32767/32767", "20/1048575/500000"]
)
def test_at_the_edges_of_the_world_tiles_are_empty(client: TestClient, edge: str) -> None:
    answer = client.get(f"/tiles/test-town/{edge}.mvt")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("zoom", [21, 22])
def test_the_deepest_tiles_are_drawn_by_postgis(client: TestClient, zoom: int) -> None:
    answer = client.get(address(zoom))
    assert not is_of_store(answer)
    assert len(plots(answer)) in (1, 2)


def test_without_the_compiler_tiles_are_drawn_all_the_same(
    app: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_the_compiler_away(monkeypatch)
    app = opened(app.state.answers.engine, tmp_path)
    client = TestClient(app, raise_server_exceptions=False)
    assert len(plots(client.get(address()))) == 25
    app.state.shelf.finish()
    assert len(plots(client.get(address()))) == 25
    assert "tiles.parcels" not in sys.modules
