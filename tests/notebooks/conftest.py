"""The sample in a database of its own, and a town in the role that only reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from api.connecting import migrate
from api.local_postgis import PLANNER
from api.notebook import Town
from api.running import load_sample
from api.settings import Settings
from gis.db.session import in_role, make_engine
from tests.conftest import drop_database, fresh_database


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Where the sample is: as its owner, and as who only reads."""

    owner: str
    planner: str
    state: Path


@pytest.fixture(scope="package")
def sample(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """The sample's land, rasters and town hall."""
    url, name = fresh_database(server)
    engine = make_engine(url)
    migrate(engine)
    state = Path(tmp_path_factory.mktemp("state"))
    load_sample(engine, Settings(state=state), Console(quiet=True))
    engine.dispose()
    planner = in_role(url, PLANNER).render_as_string(hide_password=False)
    yield Sample(owner=url, planner=planner, state=state)
    drop_database(server, name)


@pytest.fixture
def town(sample: Sample) -> Iterator[Town]:
    """The sample as a planner has it."""
    engine = make_engine(sample.planner)
    yield Town("kl-sample", engine, rasters=sample.state / "rasters")
    engine.dispose()
