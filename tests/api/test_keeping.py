"""The service brings its own database back when only that is killed, and does not wear the machine out trying."""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.app import create_app
from api.keeping import LONGEST_PAUSE, LOOK_EVERY, keep_running, kept_running
from api.local_postgis import ensure, is_up, stop
from api.settings import Settings
from gis.db.migrations import upgrade
from gis.db.session import make_engine
from gis.errors import Unavailable
from tests.api import test_local_postgis as private
from tests.api.town import build

pytestmark = private.pytestmark
IN_TIME = 60.0
"""Seconds."""


@pytest.fixture
def state() -> Iterator[Path]:
    """A state folder that the database's account can reach."""
    yield from private._open_folder()


@pytest.fixture
def engine(state: Path) -> Iterator[Engine]:
    """The town in a private database of its own."""
    engine = make_engine(ensure(state, durable=False))
    upgrade(engine)
    build(engine)
    yield engine
    engine.dispose()


def until(is_so: Callable[[], bool]) -> bool:
    """Whether it becomes so in time."""
    end = time.monotonic() + IN_TIME
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def kill(state: Path) -> int:
    """The database server is killed, all of it; the service is not."""
    killed = private._postmaster(state)
    private._kill_all(state)
    return killed


def test_a_killed_database_comes_back_and_questions_are_answered_again(
    state: Path, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    client = TestClient(create_app(Settings(state=state), engine), raise_server_exceptions=False)
    question = "/api/test-town/extract?number=12/104"
    before = client.get(question)
    with kept_running(state):
        killed = kill(state)
        assert client.get("/health").status_code == 503
        assert until(lambda: client.get("/health").status_code == 200)
        after = client.get(question)
        assert private._postmaster(state) != killed
    assert (before.status_code, after.content) == (200, before.content)
    told = [record.getMessage() for record in caplog.records if record.name == "bhumika"]
    assert told == [
        "The private database is down; it is started again.",
        "The private database is up again.",
    ]


def test_killed_again_it_comes_back_again(state: Path, engine: Engine) -> None:
    with kept_running(state):
        for _ in range(2):
            os.kill(private._postmaster(state), signal.SIGKILL)
            assert until(lambda: not is_up(state))
            assert until(lambda: is_up(state))
            ensure(state)
    engine.dispose()


def test_what_is_stopped_after_serving_stays_down(state: Path) -> None:
    ensure(state, durable=False)
    with kept_running(state):
        pass
    assert stop(state)
    time.sleep(2 * LOOK_EVERY)
    assert not is_up(state)


class Clock:
    """Counts pauses instead of waiting for them, and ends after some."""

    def __init__(self, looks: int) -> None:
        self.pauses: list[float] = []
        self.looks = looks

    def wait(self, seconds: float) -> bool:
        """Never sleeps."""
        self.pauses.append(seconds)
        return len(self.pauses) > self.looks


def test_a_database_that_will_not_start_is_tried_less_and_less_often(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails() -> None:
        raise Unavailable("The disk is full.")

    clock = Clock(8)
    with caplog.at_level(logging.ERROR):
        keep_running(is_up=lambda: False, start=fails, wait=clock.wait)
    assert clock.pauses == [1, 2, 4, 8, 16, 32, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    assert "The disk is full." in caplog.text


def test_once_up_the_next_death_is_met_at_once() -> None:
    clock, tries = Clock(6), iter([False, False, True, True, False, True])

    def starts() -> None:
        if len(clock.pauses) == 1:
            raise Unavailable("Not yet.")

    keep_running(is_up=lambda: next(tries), start=starts, wait=clock.wait)
    assert clock.pauses == [1, 2, 1, 1, 1, 1, 1]


def test_a_database_that_runs_is_left_alone() -> None:
    started: list[bool] = []
    keep_running(is_up=lambda: True, start=lambda: started.append(True), wait=Clock(5).wait)
    assert started == []
