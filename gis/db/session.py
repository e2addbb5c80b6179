"""Engine, transaction, and the base of every table.

In: a database address.  Out: SQLAlchemy sessions that commit together or not at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import URL, Engine, MetaData, create_engine
from sqlalchemy.orm import DeclarativeBase, Session

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
    """An engine whose sessions run in UTC; nothing connects until first use."""
    usual: dict[str, Any] = {
        "pool_pre_ping": True,
        "connect_args": {"options": "-c timezone=UTC -c jit=off"},
    }
    return create_engine(url, **usual | options)


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session that commits at the end, or rolls back on any error."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session
