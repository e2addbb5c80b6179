"""Versions of layers: when what is recorded of each changed last, so that a change makes its own tiles stale and no others.

In: a session, a jurisdiction, an instant of knowledge.  Out: instants by layer.  Within a place instants only grow, so of several
layers in one tile the latest names the state of all.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from gis.db.sql import statement
from gis.place import Jurisdiction

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""From which instants are counted, and the instant of a layer of which nothing was recorded."""
Changes = Mapping[str, datetime]


def changes_of(session: Session, place: Jurisdiction, *, known: datetime) -> Changes:
    """For each layer the last recording up to an instant that changed it; layers without any are left out."""
    values = {"jurisdiction": place.code, "known": known}
    rows = session.execute(statement(__package__, "layers_changed"), values)
    return {layer: changed.astimezone(UTC) for layer, changed in rows if changed is not None}


def last_change(changes: Changes, layers: Iterable[str]) -> datetime:
    """When one of some layers changed last."""
    return max((changes.get(each, BEGINNING) for each in layers), default=BEGINNING)


def stamp(instant: datetime) -> str:
    """An instant as it stands in addresses: microseconds since the beginning."""
    return str((instant - BEGINNING) // timedelta(microseconds=1))


def instant_of(version: str | None) -> datetime | None:
    """The instant that a version in an address stands for; None for what is none."""
    if not version or not version.isascii() or not version.isdecimal() or len(version) > 17:
        return None
    return BEGINNING + timedelta(microseconds=int(version))
