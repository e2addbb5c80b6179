"""Pages stay whole while the land changes, leave in flat memory, and give back their connection when the client hangs up."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from fastapi.testclient import TestClient
from sqlalchemy import Engine, QueuePool, text

from api.app import create_app
from api.routers.ogc import streaming
from api.settings import Settings
from gis.db.session import transaction
from gis.jurisdictions import jurisdiction
from gis.parcels.changes import divide
from layers.collections import features
from tests.builders import a_box, a_new_parcel, a_place, halves, register
from tests.conftest import own_database, to_copy
from tests.layers.ground import bring_in

ITEMS = "/ogc/rows/collections/parcels/items"
ROWS, COLUMNS = 20, 30


def _fill(engine: Engine) -> None:
    with transaction(engine) as session:
        place = a_place(session, "rows")
        plots = [
            a_new_parcel(f"{row}/{column}", x=column * 20, y=row * 30)
            for row in range(ROWS)
            for column in range(COLUMNS)
        ]
        register(session, place, plots)
        round_zones = [a_box(60 * i).centroid.buffer(25, quad_segs=2_000) for i in range(40)]
        bring_in(session, place, "zoning", round_zones)


@pytest.fixture(scope="module")
def rows_to_copy(server: str) -> Iterator[str]:
    """Name of a database with a town of 600 plots in rows, and 40 zones of many corners each."""
    with to_copy(server, _fill) as name:
        yield name


@pytest.fixture
def rows(server: str, rows_to_copy: str) -> Iterator[Engine]:
    """The town of 600 plots in a database of the test's own."""
    with own_database(server, copy_of=rows_to_copy) as engine:
        yield engine


@pytest.fixture
def client(rows: Engine) -> TestClient:
    return TestClient(create_app(Settings(state=Path("nowhere")), rows), raise_server_exceptions=False)


def pages(client: TestClient, address: str) -> Iterator[dict[str, Any]]:
    onward: str | None = address
    while onward:
        content = client.get(onward).json()
        yield content
        onward = next((each["href"] for each in content["links"] if each["rel"] == "next"), None)


def test_a_change_between_two_pages_is_neither_missed_nor_seen_twice(
    client: TestClient, rows: Engine
) -> None:
    before = [each["id"] for content in pages(client, ITEMS) for each in content["features"]]
    assert len(before) == ROWS * COLUMNS
    seen: list[int] = []
    for content in pages(client, f"{ITEMS}?limit=200"):
        seen += [each["id"] for each in content["features"]]
        if len(seen) == 200:
            _change(rows)
    assert seen == before
    after = [each["properties"]["number"] for content in pages(client, ITEMS) for each in content["features"]]
    assert len(after) == ROWS * COLUMNS + 1
    assert {"19/0-1", "19/0-2"} <= set(after)


def _change(rows: Engine) -> None:
    """A plot of the last page is divided, and known to be so at once."""
    with transaction(rows) as session:
        place = jurisdiction(session, "rows")
        parts = halves(a_box(0, 19 * 30), ("19/0-1", "19/0-2"))
        divide(session, place, "19/0", into=parts, on=date(2024, 5, 1), instrument="deed 1")


def test_two_towns_in_one_register_are_kept_apart(client: TestClient, rows: Engine) -> None:
    with transaction(rows) as session:
        register(session, a_place(session, "other"), [a_new_parcel("0/0"), a_new_parcel("0/1", x=20)])
    assert client.get("/ogc/other/collections/parcels/items").json()["numberMatched"] == 2
    (first, *_) = client.get(ITEMS).json()["features"]
    assert client.get(f"/ogc/other/collections/parcels/items/{first['id']}").status_code == 404


def test_states_are_not_counted_on_any_page_but_the_whole(client: TestClient) -> None:
    (first, *_, last) = pages(client, f"{ITEMS}?limit=250")
    assert "numberMatched" not in first
    assert "numberMatched" not in last
    assert client.get(ITEMS).json()["numberMatched"] == ROWS * COLUMNS


# -- answers that leave while they are made


@contextmanager
def served(engine: Engine) -> Iterator[int]:
    """The service on a port of its own."""
    config = uvicorn.Config(
        create_app(Settings(state=Path("nowhere")), engine),
        port=0,
        log_level="error",
        ws="none",
        lifespan="off",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def ask(port: int, address: str) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=20)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    parts = urlsplit(address)
    client.sendall(
        f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n".encode()
    )
    return client


def until(is_so: Any, seconds: float = 15.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.05)
    return False


def busy(engine: Engine) -> int:
    """Statements that are at work on features, as PostgreSQL sees it."""
    with engine.connect() as connection:
        question = "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND query LIKE '%ST_AsGeoJSON%' AND pid <> pg_backend_pid()"
        found: int = connection.scalar(text(question))
        return found


def test_a_client_that_hangs_up_ends_its_statement_and_gives_back_its_connection(
    rows: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "SHORT", 10_000)
    monkeypatch.setattr(features, "SMALL", 0)
    zones = "/ogc/rows/collections/zoning/items?limit=40"
    pool = rows.pool
    assert isinstance(pool, QueuePool)
    with served(rows) as port:
        for _ in range(pool.size() + pool._max_overflow + 2):
            client = ask(port, zones)
            assert b" 200 " in client.recv(100)
            client.close()
        assert until(lambda: pool.checkedout() == 0)
        assert until(lambda: busy(rows) == 0)
        with ask(port, f"{ITEMS}?limit=1") as client:
            assert b" 200 " in client.recv(100)


def test_a_long_answer_is_whole_and_the_same_as_a_short_one(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = client.get(ITEMS)
    assert "content-length" in whole.headers
    monkeypatch.setattr(streaming, "SHORT", 10_000)
    monkeypatch.setattr(features, "SMALL", 0)
    streamed = client.get(ITEMS)
    assert "content-length" not in streamed.headers
    assert streamed.content == whole.content


def test_a_fault_in_the_middle_breaks_off_instead_of_ending_well(
    rows: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.routers.ogc import items

    real = items.page

    def broken(*args: Any, **kwargs: Any) -> Iterator[bytes]:
        yield next(real(*args, **kwargs))
        raise RuntimeError("the middle")

    monkeypatch.setattr(items, "page", broken)
    monkeypatch.setattr(streaming, "SHORT", 10)
    with served(rows) as port, ask(port, ITEMS) as client:
        received = b""
        while piece := client.recv(65_536):
            received += piece
    assert b" 200 " in received[:100]
    assert not received.endswith(b"0\r\n\r\n")
    assert isinstance(rows.pool, QueuePool)
    assert until(lambda: rows.pool.checkedout() == 0)  # type: ignore[attr-defined]


@pytest.mark.parametrize("small", [0, 8_000_000])
def test_a_question_that_takes_too_long_is_told_so(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    def slow(*args: Any, **kwargs: Any) -> tuple[bytes, dict[str, Any]]:
        return b"SELECT 1, pg_sleep(10)::text", {}

    monkeypatch.setattr(features, "SMALL", small)
    monkeypatch.setattr(features, "statement_of", slow)
    monkeypatch.setattr(features.features, "__kwdefaults__", {"patience": 1})
    answer = client.get(ITEMS)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert "longer than 1 second" in answer.json()["detail"]
