"""The few statements where SQLAlchemy's own share of the time counts, run on the driver's connection below a session.

In: a session, the package and name of a `.sql` file, values by name.  Out: rows, from a statement prepared once on each
connection and read in binary.  Errors are the driver's (`psycopg.Error`).
"""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from queue import Empty, LifoQueue
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Engine, QueuePool, event
from sqlalchemy.orm import Session

from gis.db.session import make_engine, with_own
from gis.db.sql import statement

Answer = TypeVar("Answer")
Row = tuple[Any, ...]

OPTIONS = "-c timezone=UTC -c jit=off -c plan_cache_mode=force_generic_plan"
"""What is planned once is not planned again: planning costs as much as the answer."""
_DRIVER = "the connection that this session keeps"
_ENGINE = "the engine of its database"
_NAMED = re.compile(r"(?<![:\w]):(\w+)")


class Reading:
    """Sessions for questions of one statement each, handed from one question to the next without being closed.

    Each statement is a transaction of its own: nothing is begun or committed around it, and a connection is not tried
    before it is used.  They end together with the engine of the same database from which they are made.
    """

    def __init__(self, engine: Engine) -> None:
        self._for = engine
        size = engine.pool.size() if isinstance(engine.pool, QueuePool) else 5
        self._engine = make_engine(
            engine.url,
            pool_size=size,
            isolation_level="AUTOCOMMIT",
            connect_args={"options": with_own(engine.url, OPTIONS)},
        )
        self._idle: LifoQueue[Session | None] = LifoQueue()
        """The session used last is used first; None where there may be one more."""
        for _ in range(size):
            self._idle.put(None)
        event.listen(engine, "engine_disposed", lambda _: self.close())

    def answer(self, question: Callable[[Session], Answer]) -> Answer:
        """The answer to a question; asked once more where the server has ended the connection meanwhile."""
        try:
            return self._answer(question)
        except ConnectionLost:
            self.close()
            return self._answer(question)

    def _answer(self, question: Callable[[Session], Answer]) -> Answer:
        session = self._idle.get()
        kept: Session | None = None
        try:
            session = session or self._opened()
            answer = question(session)
            kept = session
            return answer
        except psycopg.OperationalError as error:
            if session is None or not connection_of(session).closed:
                raise
            session.invalidate()
            raise ConnectionLost from error
        finally:
            if session is not None and kept is None:
                session.close()
            self._idle.put(kept)

    def _opened(self) -> Session:
        """A session that keeps one connection for as long as it lives."""
        session = Session(self._engine)
        session.info[_DRIVER] = connection_of(session)
        session.info[_ENGINE] = self._for
        return session

    def close(self) -> None:
        """End what is idle; whatever is asked later begins anew."""
        idle: list[Session | None] = []
        with suppress(Empty):
            while True:
                idle.append(self._idle.get_nowait())
        for session in idle:
            if session is not None:
                session.close()
            self._idle.put(None)
        self._engine.dispose()


class ConnectionLost(Exception):
    """The server has ended a connection, as when it is restarted."""


@lru_cache(maxsize=64)
def _for_driver(package: str, name: str) -> bytes:
    """The statement with its names written as the driver wants them."""
    return _NAMED.sub(r"%(\1)s", statement(package, name).text.replace("%", "%%")).encode()


def connection_of(session: Session) -> "psycopg.Connection[Row]":
    """The driver's connection under a session."""
    kept: psycopg.Connection[Row] | None = session.info.get(_DRIVER)
    if kept is not None:
        return kept
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection


def engine_of(session: Session) -> Engine:
    """The engine of a session's database, by which memories are kept: one for all ways to the same database."""
    kept: Engine | None = session.info.get(_ENGINE)
    if kept is not None:
        return kept
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine


def rows(session: Session, package: str, name: str, values: dict[str, Any]) -> list[Row]:
    """Rows of `<package>/<name>.sql`; what the session has not written yet is written first."""
    session.flush()
    with connection_of(session).cursor(binary=True) as cursor:
        cursor.execute(_for_driver(package, name), values, prepare=True)
        return cursor.fetchall()


def as_array(numbers: Iterable[int]) -> str:
    """Numbers as the text of a PostgreSQL array, for `CAST(:numbers AS bigint[])`: the quickest way to hand many over."""
    return "{" + ",".join(map(str, numbers)) + "}"
