"""Statements handed straight to the driver: what is written while others wait for it, without SQLAlchemy's share of the time.

In: a session, a statement, values by name.  Out: rows whose columns have names.  They belong to the session's transaction like any
other, are prepared once on each connection, and are heard by whoever listens to statements (`before_cursor_execute`).  Errors are
the driver's (`psycopg.Error`), answered as SQLAlchemy's are.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import TextClause
from sqlalchemy.orm import Session

_NAMED = re.compile(r"(?<![:\w]):(\w+)")


def straight(session: Session, asked: TextClause, values: Mapping[str, Any]) -> list[Any]:
    """The rows that a statement gives; none of one that gives none."""
    connection = session.connection()
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    words = _for_driver(asked.text)
    try:
        with driver.cursor(row_factory=namedtuple_row) as cursor:
            for hear in connection.dispatch.before_cursor_execute:
                hear(connection, cursor, words, values, None, False)
            cursor.execute(words, values, prepare=True)
            return cursor.fetchall() if cursor.pgresult and cursor.pgresult.nfields else []
    except psycopg.OperationalError:
        if driver.closed:
            session.invalidate()  # nothing is left to be undone
        raise


@lru_cache(maxsize=256)
def _for_driver(words: str) -> str:
    """A statement with its names written as the driver wants them."""
    return _NAMED.sub(r"%(\1)s", words.replace("%", "%%"))
