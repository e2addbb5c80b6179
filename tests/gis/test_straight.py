"""A statement handed straight to the driver is a statement of the session's transaction like any other."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from gis.db.session import make_engine
from gis.db.straight import straight


@pytest.fixture
def pool(engine: Engine) -> Iterator[Engine]:
    """A connection of the test's own to the run's database."""
    made = make_engine(engine.url, pool_size=1, max_overflow=0)
    yield made
    made.dispose()


def test_rows_have_names(pool: Engine) -> None:
    asked = text("SELECT CAST(:n AS int) AS number, :n::text || '%' AS words, ARRAY['a', 'b'] AS letters")
    with Session(pool) as session:
        (row,) = straight(session, asked, {"n": 7})
    assert (row.number, row.words, row.letters) == (7, "7%", ["a", "b"])


def test_what_gives_no_rows_gives_none(pool: Engine) -> None:
    with Session(pool) as session:
        assert straight(session, text("CREATE TEMPORARY TABLE kept (n int) ON COMMIT DROP"), {}) == []
        assert straight(session, text("INSERT INTO kept VALUES (:n)"), {"n": 1}) == []
        assert straight(session, text("SELECT n FROM kept WHERE n > :n"), {"n": 1}) == []


def test_it_is_undone_with_its_transaction(pool: Engine) -> None:
    with Session(pool) as session:
        straight(session, text("CREATE TABLE not_kept (n int)"), {})
        session.rollback()
        assert session.scalar(text("SELECT to_regclass('not_kept') IS NULL"))


def test_whoever_listens_to_statements_hears_it(pool: Engine) -> None:
    heard: list[str] = []
    event.listen(pool, "before_cursor_execute", lambda *told: heard.append(told[2]))
    with Session(pool) as session:
        straight(session, text("SELECT :n AS n"), {"n": 1})
    assert heard == ["SELECT %(n)s AS n"]


def test_after_a_fault_the_next_session_goes_on(pool: Engine, engine: Engine) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero), Session(pool) as session:
        straight(session, text("SELECT 1 / :n AS n"), {"n": 0})
    with Session(pool) as session:
        ended = straight(session, text("SELECT pg_backend_pid() AS pid"), {})[0].pid
        with engine.connect() as other:
            other.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": ended})
        with pytest.raises(psycopg.OperationalError):
            straight(session, text("SELECT 1 AS n"), {})
    with Session(pool) as session:
        assert straight(session, text("SELECT 1 AS n"), {})[0].n == 1
