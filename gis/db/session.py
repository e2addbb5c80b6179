"""Engine, transaction, and the base of every table.

In: a database address.  Out: SQLAlchemy sessions that commit together or not at all.
"""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import psycopg
from geoalchemy2 import Geometry
from sqlalchemy import URL, Engine, MetaData, create_engine, event, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

RESTED = 30.0
"""Seconds after which a connection that nobody used is asked a question before it is handed out."""

SHAPE = Geometry(geometry_type="GEOMETRY", srid=-1, spatial_index=False)
"""A shape in the metric system of its row's jurisdiction; the row's `srid` column says which, and the database checks."""


class Base(DeclarativeBase):
    """Base of all tables; constraint names are predictable so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ck": "%(table_name)s_%(constraint_name)s_check",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "pk": "%(table_name)s_pkey",
        }
    )


def make_engine(url: str | URL, **options: Any) -> Engine:
    """An engine whose sessions run in UTC; nothing connects until first use, and no connection is used that has ended."""
    usual: dict[str, Any] = {"connect_args": {"options": with_own(url, "-c timezone=UTC -c jit=off")}}
    engine = create_engine(url, **usual | options)
    event.listen(engine, "checkin", _rests)
    event.listen(engine, "checkout", _wakes)
    return engine


def _rests(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["rests since"] = monotonic()


def _wakes(connection: "psycopg.Connection[Any]", record: ConnectionPoolEntry, _proxy: object) -> None:
    """Hand out what the server has not ended: it says so before it does, and then there is something to read.

    What has rested for long is asked, too: a network on the way may have forgotten it without a word.
    """
    since = record.info.get("rests since")
    if since is None:
        return  # made just now
    has_said_something = bool(_readable(connection.fileno())) if not connection.closed else True
    if has_said_something or monotonic() - since > RESTED:
        _ask(connection)


def _ask(connection: "psycopg.Connection[Any]") -> None:
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        raise InvalidatePoolError from error  # the others have ended with it


def _readable(descriptor: int) -> list[tuple[int, int]]:
    look = select.poll()
    look.register(descriptor, select.POLLIN)
    return look.poll(0)


def with_own(url: str | URL, options: str) -> str:
    """Options of a connection, and after them those that its address names, such as its role."""
    own = make_url(url).query.get("options", "")
    return f"{options} {own if isinstance(own, str) else ' '.join(own)}".rstrip()


def in_role(url: str | URL, role: str) -> URL:
    """An address by which each connection begins, and is reset to, a role."""
    return make_url(url).update_query_dict({"options": with_own(url, f"-c role={role}")})


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session that commits at the end, or rolls back on any error."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session
