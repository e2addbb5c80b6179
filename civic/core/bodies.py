"""Local bodies, and the one way into what belongs to them.

In: an engine and the code of a local body.  Out: a transaction that sees and writes the rows of that body alone: the
database's row-level security compares each row with the body that was entered.  A transaction that entered none sees
nothing of any town hall.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Row, select, text
from sqlalchemy.orm import Session

from civic.core.tables import LocalBodyRow
from gis.db.straight import straight
from gis.errors import Invalid, NotFound

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class NoSuchBody(NotFound):
    """No local body has this code."""

    code = "no-body"


@dataclass(frozen=True, kw_only=True)
class LocalBody:
    """A local body with a town hall: whose land, whose days."""

    code: str
    jurisdiction: str
    name_en: str
    name_ml: str
    kind: str
    time_zone: str
    rest_days: str
    synthetic: bool


def found_body(session: Session, body: LocalBody) -> None:
    """Open a town hall; one that stands already must be the same."""
    if not CODE.fullmatch(body.code):
        raise Invalid(f"“{body.code[:60]}” cannot be the code of a local body: use a-z, 0-9 and hyphens.")
    row = session.get(LocalBodyRow, body.code)
    if row is None:
        session.add(LocalBodyRow(**vars(body)))
        session.flush()
    elif _of(row) != body:
        raise Invalid(f"The local body {body.code} stands already, with other particulars.")


def local_bodies(session: Session) -> list[LocalBody]:
    """All local bodies, by code."""
    return [_of(row) for row in session.scalars(select(LocalBodyRow).order_by(LocalBodyRow.code))]


def local_body(session: Session, code: str) -> LocalBody:
    """The local body of a code, or `NoSuchBody` with the known ones."""
    row = session.get(LocalBodyRow, code)
    if row is None:
        known = ", ".join(body.code for body in local_bodies(session)) or "none yet"
        raise NoSuchBody(f"There is no local body “{code[:40]}” here. Known: {known}.")
    return _of(row)


def bodies_of(session: Session, jurisdiction: str) -> list[LocalBody]:
    """The local bodies whose land is a jurisdiction's, by code."""
    query = select(LocalBodyRow).where(LocalBodyRow.jurisdiction == jurisdiction).order_by(LocalBodyRow.code)
    return [_of(row) for row in session.scalars(query)]


_ENTER = text(
    "SELECT code, jurisdiction, name_en, name_ml, kind, time_zone, rest_days, synthetic,"
    " set_config('bhumika.body', code, true) FROM local_body WHERE code = :code"
)


def enter(session: Session, code: str) -> LocalBody:
    """Enter a local body until the transaction ends; `NoSuchBody` with the known ones."""
    rows = straight(session, _ENTER, {"code": code})
    return _of(rows[0]) if rows else local_body(session, code)


@contextmanager
def inside(engine: Engine, code: str) -> Iterator[tuple[Session, LocalBody]]:
    """A transaction inside a local body: committed at the end, rolled back on any error."""
    with Session(engine, expire_on_commit=False) as session:
        yield session, enter(session, code)
        session.commit()


def enter_again(session: Session, body: LocalBody) -> None:
    """Undo everything since a body was entered, and enter it again: what follows shows what was refused.

    A point to go back to would cost each accepted form two statements, to spare a refused one.
    """
    session.rollback()
    enter(session, body.code)


def _of(row: LocalBodyRow | Row[Any]) -> LocalBody:
    return LocalBody(
        code=row.code,
        jurisdiction=row.jurisdiction,
        name_en=row.name_en,
        name_ml=row.name_ml,
        kind=row.kind,
        time_zone=row.time_zone,
        rest_days=row.rest_days,
        synthetic=row.synthetic,
    )
