"""The service over a small town."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from gis.crs import to_geographic
from tests.api.town import MIDDLE, build
from tests.conftest import own_database


@pytest.fixture(scope="session")
def town(server: str) -> Iterator[Engine]:
    """A database with the town in it, for the whole run; nobody writes to it."""
    with own_database(server) as engine:
        build(engine)
        yield engine


@pytest.fixture(scope="session")
def client(town: Engine) -> TestClient:
    """A client of the service, which shows a bug as a 500."""
    return TestClient(create_app(Settings(state=Path("nowhere")), town), raise_server_exceptions=False)


@pytest.fixture(scope="session")
def somewhere() -> str:
    """`longitude,latitude` inside plot 12/104."""
    point = to_geographic(MIDDLE, 32643)
    return f"{point.x:.7f},{point.y:.7f}"
