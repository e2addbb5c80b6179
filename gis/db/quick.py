"""The few statements where SQLAlchemy's own share of the time counts, run on the driver's connection below a session.

In: a session, the package and name of a `.sql` file, values by name.  Out: rows, from a statement prepared once on each
connection and read in binary.  Errors are the driver's (`psycopg.Error`).
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Engine, QueuePool, event
from sqlalchemy.orm import Session

from gis.db.session import make_engine
from gis.db.sql import statement

Answer = TypeVar("Answer")

_NAMED = re.compile(r"(?<![:\w]):(\w+)")


def reading(engine: Engine) -> Engine:
    """An engine on the same database for questions of one statement each; it is disposed of together with the other.

    Nothing is begun or committed around a statement, and a connection is not tried before it is used: see `answered`.
    """
    size = engine.pool.size() if isinstance(engine.pool, QueuePool) else 5
    quick = make_engine(engine.url, pool_size=size, pool_pre_ping=False, isolation_level="AUTOCOMMIT")
    event.listen(engine, "engine_disposed", lambda _: quick.dispose())
    return quick


def answered(quick: Engine, question: Callable[[Session], Answer]) -> Answer:
    """The answer to a question that only reads; asked once more where the server has ended the connection meanwhile."""
    with Session(quick) as session:
        try:
            return question(session)
        except psycopg.OperationalError:
            if not connection_of(session).closed:
                raise
            session.invalidate()
    quick.dispose()
    with Session(quick) as session:
        return question(session)


@lru_cache(maxsize=64)
def _for_driver(package: str, name: str) -> bytes:
    """The statement with its names written as the driver wants them."""
    return _NAMED.sub(r"%(\1)s", statement(package, name).text.replace("%", "%%")).encode()


def connection_of(session: Session) -> "psycopg.Connection[Any]":
    """The driver's connection under a session."""
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection


def rows(session: Session, package: str, name: str, values: dict[str, Any]) -> list[Any]:
    """Rows of `<package>/<name>.sql`; what the session has not written yet is written first."""
    session.flush()
    with connection_of(session).cursor(binary=True, row_factory=namedtuple_row) as cursor:
        cursor.execute(_for_driver(package, name), values, prepare=True)
        return cursor.fetchall()
