"""The application for a process that serves nothing else."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from api.app import create_app, served_app
from api.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    gc.unfreeze()
    yield Settings(state=tmp_path, database_url="postgresql+psycopg://nobody@/nowhere")
    gc.unfreeze()
    gc.freeze()  # as the run's own values were, see `tests/conftest.py`


def test_what_lasts_as_long_as_the_service_is_not_gone_through_again(settings: Settings) -> None:
    engine = create_engine(str(settings.database_url))
    before = gc.get_freeze_count()
    create_app(settings, engine)
    assert gc.get_freeze_count() == before
    app = served_app(settings, engine)
    assert gc.get_freeze_count() > before
    assert not any(each is app for each in gc.get_objects())


def test_what_comes_and_goes_is_still_collected(settings: Settings) -> None:
    served_app(settings, create_engine(str(settings.database_url)))
    ring: list[object] = []
    ring.append(ring)
    assert any(each is ring for each in gc.get_objects())
    del ring
    assert gc.collect() >= 1
