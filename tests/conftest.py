"""Fixtures: a private PostGIS for the run, a migrated database, a session rolled back after each test.

In: `BHUMIKA_TEST_DATABASE_URL` (any PostGIS whose user may create databases), or the project's own cluster.
Out: `engine` (one database per run) and `session` (one transaction per test, never kept); `own_database` for who commits.
"""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import settings as examples
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gis.db.migrations import upgrade
from gis.db.session import make_engine
from tests.shared_doors import share_doors

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

ROOT = Path(__file__).parents[1]
CHROMIUM = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHARED = ROOT.parent / "shared"


examples.register_profile("repeatable", derandomize=True)
examples.load_profile("repeatable")
"""The same examples in every run, so that a run can be repeated; `--hypothesis-profile=default` tries others."""

share_doors()

COARSELY = "Object.defineProperty(window, 'devicePixelRatio', {get: () => 0.5});"
"""A map then draws a quarter of the dots, which no card helps to draw here; a page is laid out, and read, as ever."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is collected lasts for the run: Python's collector need not go through these millions of values again and again."""
    gc.disable()
    found = yield
    gc.freeze()
    gc.enable()
    return found


def _server() -> str:
    if url := os.environ.get("BHUMIKA_TEST_DATABASE_URL"):
        return url
    from api.local_postgis import ensure

    return ensure(Path(os.environ.get("BHUMIKA_STATE", ROOT / ".bhumika")), name="test", durable=False)


def fresh_database(server: str, *, copy_of: str = "template1") -> tuple[str, str]:
    """A new database on a server, empty or a copy of one that nobody is connected to: its address and its name."""
    name = f"bhumika_test_{uuid4().hex[:12]}"
    admin = make_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{copy_of}" STRATEGY FILE_COPY'))
    admin.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False), name


def drop_database(server: str, name: str) -> None:
    """Remove a database and everyone connected to it; a vacuum at work there is not ours to end, so it is waited for."""
    admin = make_engine(server, isolation_level="AUTOCOMMIT")
    try:
        for tries_left in range(60, -1, -1):
            try:
                with admin.connect() as connection:
                    connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
                return
            except DBAPIError:
                if not tries_left:
                    raise
                sleep(0.5)
    finally:
        admin.dispose()


@cache
def _migrated(server: str) -> str:
    """Name of a database that is migrated and empty, from which others are copied: a fifth of the time of migrating each."""
    url, name = fresh_database(server)
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
    return name


@contextmanager
def own_database(server: str, *, copy_of: str | None = None) -> Iterator[Engine]:
    """A migrated database of one's own, empty or a copy of one that nobody is connected to; removed afterwards."""
    url, name = fresh_database(server, copy_of=copy_of or _migrated(server))
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
        drop_database(server, name)


@contextmanager
def to_copy(server: str, fill: Callable[[Engine], object]) -> Iterator[str]:
    """Name of a database that is filled once, for `own_database` to copy: files are copied sooner than a town is built anew."""
    with own_database(server) as engine:
        fill(engine)
        engine.dispose()
        yield str(engine.url.database)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Address of the PostGIS server that tests may make databases on."""
    address = _server()
    yield address
    if _migrated.cache_info().currsize:
        drop_database(address, _migrated(address))
        _migrated.cache_clear()


@pytest.fixture(scope="session")
def engine(server: str) -> Iterator[Engine]:
    """A migrated, empty database for the run."""
    with own_database(server) as engine:
        yield engine


@pytest.fixture
def fresh_engine(server: str) -> Iterator[Engine]:
    """A migrated database of its own, for tests that commit."""
    with own_database(server) as engine:
        yield engine


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose work is rolled back, whatever the test does."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        if outer.is_active:
            outer.rollback()


@pytest.fixture
def shared() -> Path | None:
    """The folder of real data beside the checkout, or None in a clone without it."""
    return SHARED if (SHARED / "data" / "manifest.csv").is_file() else None


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """The browser; without it the pages are not tested, and that is a failure."""
    from playwright.sync_api import sync_playwright

    programs = (
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
    )  # the first without a window's own pages
    program = next(filter(None, map(shutil.which, programs)), None)
    if program is None:
        pytest.fail(
            "Chromium is missing; ./bhumika test installs it, or: apt-get install chromium-headless-shell."
        )
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=CHROMIUM)
        draw_maps_coarsely(browser)
        yield browser
        browser.close()


def draw_maps_coarsely(browser: "Browser") -> None:
    """From now on; whoever looks at the dots themselves asks for a `device_scale_factor`."""
    opened = browser.new_context

    def new_context(**asked: Any) -> "BrowserContext":
        context = opened(**asked)
        if "device_scale_factor" not in asked:
            context.add_init_script(COARSELY)
        return context

    browser.new_context = new_context  # type: ignore[method-assign]
