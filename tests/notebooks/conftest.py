"""The sample in a database of its own, its land and a town in the role that only reads, and a cluster of two workers."""

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Thread
from threading import enumerate as enumerate_threads
from typing import Any

import numpy as np
import pytest
from distributed import LocalCluster
from rich.console import Console

from api.answers import LandAnswers
from api.connecting import migrate
from api.local_postgis import PLANNER
from api.notebook import Town
from api.planner.cores import shared_out
from api.planner.hands import give_back
from api.planner.tracts import Tracts
from api.running import load_sample
from api.settings import Settings
from gis.db.session import in_role, make_engine
from layers.tracts.model import Tract
from tests.conftest import own_database

PLACE, DAY = "kl-sample", date(2026, 11, 1)
OF_EACH = 4
"""Plots of each kind that are asked one by one."""


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


@pytest.fixture(scope="package")
def land(sample: Sample) -> Iterator[LandAnswers]:
    """The sample's land, as who only reads."""
    engine = make_engine(sample.planner)
    yield LandAnswers(engine, rasters=sample.state / "rasters")
    engine.dispose()


@pytest.fixture(scope="package")
def whole(land: LandAnswers) -> Tract:
    """The whole sample, read at once."""
    read = Tracts(land, PLACE, DAY).read(land.numbers(PLACE, on=None))
    assert read.tract is not None
    assert not len(read.left)
    return read.tract


def kinds(tract: Tract) -> list[int]:
    """Some plots of every kind: in a zone, under an airport, without or with several streets, of unknown width, without an area."""
    fronts = tract.fronts
    streets = np.bincount(fronts.plot, minlength=len(tract))
    untold = np.zeros(len(tract), dtype=bool)
    untold[fronts.plot[np.isnan(fronts.width)]] = True
    masks = (
        tract.in_zone,
        np.isfinite(tract.top) & np.isfinite(tract.highest),
        streets == 0,
        streets > 2,
        untold,
        np.isnan(tract.recorded),
        np.full(len(tract), True),
    )
    found: set[int] = set()
    for mask in masks:
        rows = np.flatnonzero(mask)
        assert len(rows)
        found.update(rows[:: max(1, len(rows) // OF_EACH)].tolist())
    return sorted(found)


@pytest.fixture(scope="module")
def workers() -> Iterator[str]:
    """The address of a Dask cluster of two workers with a thread each; none of its threads works on when the module ends, for they draw from `random`
    and would disturb the tests after it."""
    before = set(enumerate_threads())
    own = LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, protocol="tcp://", dashboard_address="127.0.0.1:0"
    )
    with own as local:
        yield local.scheduler_address
    for each in at_work(before):
        each.join(timeout=10)
    assert not at_work(before)


def at_work(before: set[Thread]) -> list[Thread]:
    """Threads of a Dask cluster and its clients that have begun since; the one that Dask keeps for all of them idles between tasks."""
    return [
        each
        for each in enumerate_threads()
        if each not in before and (each.name in ("IO loop", "Profile") or "Dask-Default" in each.name)
    ]


def as_if_elsewhere(task: Any, pieces: Any, *, cores: int, begun_with: Any) -> Iterator[Any]:
    """As other processes do it: all that they are sent is written out and read again."""
    sent = (pickle.loads(pickle.dumps(each)) for each in pieces)
    found = shared_out(task, sent, cores=cores - 1, begun_with=pickle.loads(pickle.dumps(begun_with)))
    yield from (pickle.loads(pickle.dumps(each)) for each in found)
    give_back()
