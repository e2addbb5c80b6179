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
from tests.conftest import own_database


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Where the sample is: as its owner, and as who only reads."""

    owner: str
    planner: str
    state: Path


@pytest.fixture(scope="package")
def sample(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """The sample's land, rasters and town hall."""
    with own_database(server) as engine:
        state = Path(tmp_path_factory.mktemp("state"))
        migrate(engine)  # names are found by the keys of this version
        load_sample(engine, Settings(state=state), Console(quiet=True))
        planner = in_role(engine.url, PLANNER).render_as_string(hide_password=False)
        yield Sample(owner=engine.url.render_as_string(hide_password=False), planner=planner, state=state)


@pytest.fixture
def town(sample: Sample) -> Iterator[Town]:
    """The sample as a planner has it."""
    engine = make_engine(sample.planner)
    yield Town("kl-sample", engine, rasters=sample.state / "rasters")
    engine.dispose()
