"""Who hangs up stops the work for them: PostgreSQL ends the statement, the connection is there for the next."""

import socket
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, QueuePool, text
from sqlalchemy.orm import Session

from api.app import create_app
from api.settings import Settings
from tests.browser.conftest import serve
from tests.tiles.ground import tile_over
from tiles import drawing
from tiles.vector import layers_drawn

SLOW = "SELECT pg_sleep(30)"
PATIENT = 5.0
"""Seconds; the statement would take thirty."""
PATH = "/tiles/test-town/{0.z}/{0.x}/{0.y}.mvt?layers=flood"


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles that PostgreSQL takes half a minute for."""

    def slowly(session: Session, *rest: object, **more: object) -> bytes:
        session.execute(text(SLOW))
        return layers_drawn(session, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(drawing, "layers_drawn", slowly)


@pytest.fixture
def app(drawn_town: Engine, tmp_path: Path) -> FastAPI:
    """The service."""
    return create_app(Settings(state=tmp_path), drawn_town)


@pytest.fixture
def host(app: FastAPI) -> Iterator[str]:
    """It on a free port."""
    yield from serve(app)


def ask(host: str, words: str = "") -> socket.socket:
    """A client that has asked and waits."""
    line = socket.create_connection(("127.0.0.1", urlsplit(host).port or 0))
    path = PATH.format(tile_over(15, x=10, y=10)) + words
    line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return line


def asleep(engine: Engine) -> int:
    """How many of the slow statements are at work."""
    with engine.connect() as connection:
        statement = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query = :q"
        return int(connection.scalar(text(statement), {"q": SLOW}) or 0)


def comes_to(engine: Engine, number: int, *, or_more: bool = False) -> bool:
    started = monotonic()
    while (found := asleep(engine)) != number and not (or_more and found > number):
        if monotonic() - started > PATIENT:
            return False
        sleep(0.05)
    return True


def out(app: FastAPI) -> int:
    """Connections for drawing that are in use."""
    pool = app.state.shelf.drawing.engine.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


def test_when_the_client_hangs_up_the_statement_ends_and_the_connection_comes_back(
    app: FastAPI, drawn_town: Engine, host: str, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = ask(host)
    assert comes_to(drawn_town, 1)
    assert out(app) == 1
    line.close()
    assert comes_to(drawn_town, 0)
    sleep(0.2)
    assert out(app) == 0
    monkeypatch.setattr(drawing, "layers_drawn", layers_drawn)
    with urlopen(host + PATH.format(tile_over(15, x=10, y=10))) as answer:
        assert answer.status == 200
        assert answer.read()


def test_while_another_waits_for_the_same_tile_it_goes_on(drawn_town: Engine, host: str, slow: None) -> None:
    lines = [ask(host), ask(host)]
    assert comes_to(drawn_town, 1)
    sleep(0.2)
    assert asleep(drawn_town) == 1
    lines[0].close()
    sleep(0.5)
    assert asleep(drawn_town) == 1
    lines[1].close()
    assert comes_to(drawn_town, 0)


def test_though_every_thread_waits_those_who_hang_up_are_heard(
    app: FastAPI, drawn_town: Engine, host: str, slow: None
) -> None:
    lines = [ask(host, f"&v={each}") for each in range(40)]
    several = comes_to(drawn_town, 2, or_more=True)
    for line in lines:
        line.close()
    assert several
    assert comes_to(drawn_town, 0)
    sleep(0.5)
    assert (asleep(drawn_town), out(app)) == (0, 0)
