"""A connection that its server has ended is not handed out; one that lives is handed out without a question."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from gis.db import session as connections
from gis.db.session import make_engine, transaction


@pytest.fixture
def pool(engine: Engine) -> Iterator[Engine]:
    """Two connections of the test's own to the run's database."""
    made = make_engine(engine.url, pool_size=2)
    yield made
    made.dispose()


def backend(pool: Engine) -> int:
    with pool.connect() as connection:
        return int(connection.scalar(text("SELECT pg_backend_pid()")) or 0)


def test_a_connection_that_the_server_has_ended_is_not_used(pool: Engine, engine: Engine) -> None:
    ended = backend(pool)
    with transaction(engine) as session:
        assert session.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": ended})
    assert backend(pool) not in (0, ended)


def test_a_connection_that_lives_is_used_again(pool: Engine) -> None:
    assert backend(pool) == backend(pool)


@pytest.mark.parametrize(("rested", "asked"), [(3600.0, 0), (-1.0, 1)])
def test_only_what_has_rested_for_long_is_asked(
    pool: Engine, monkeypatch: pytest.MonkeyPatch, rested: float, asked: int
) -> None:
    backend(pool)
    monkeypatch.setattr(connections, "RESTED", rested)
    questions: list[object] = []
    usual = connections._ask
    monkeypatch.setattr(
        connections, "_ask", lambda connection: (questions.append(connection), usual(connection))
    )
    backend(pool)
    assert len(questions) == asked
