"""The few statements where SQLAlchemy's own share of the time counts, run on the driver's connection below a session.

In: a session, the package and name of a `.sql` file, values by name.  Out: rows, from a statement prepared once on each
connection and read in binary.  Errors are the driver's (`psycopg.Error`).
"""

import re
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from gis.db.sql import statement

_NAMED = re.compile(r"(?<![:\w]):(\w+)")


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
