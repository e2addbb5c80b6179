"""Recording instants: the one clock that writers share, so that "as known at" always has one answer.

In: a session and a jurisdiction.  Out: a `Recording` whose instant is later than every earlier one of that
jurisdiction.  The jurisdiction stays locked for other writers until the transaction ends, so that a reader who sees an
instant sees everything recorded before it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.db.straight import straight
from gis.errors import NotFound

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_LAST = text("SELECT max(instant) AS instant FROM recording WHERE jurisdiction = :j")


@dataclass(frozen=True, kw_only=True)
class Recording:
    """An instant of recording (UTC)."""

    id: int
    instant: datetime


def record(session: Session, jurisdiction: str, *, what: str) -> Recording:
    """Open a recording; writers of the same jurisdiction wait for each other from here to their commit."""
    one_by_one(session, jurisdiction)
    row = session.execute(
        text(
            "INSERT INTO recording (jurisdiction, instant, what)"
            " SELECT :j, greatest(clock_timestamp(), max(instant) + interval '1 microsecond'), :what"
            " FROM recording WHERE jurisdiction = :j RETURNING id, instant"
        ),
        {"j": jurisdiction, "what": what},
    ).one()
    return Recording(id=row.id, instant=row.instant.astimezone(UTC))


def one_by_one(session: Session, jurisdiction: str) -> None:
    """Wait until no other writer of a jurisdiction is at work; the others wait from here on, until the transaction ends."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('recording:' || :j, 0))"), {"j": jurisdiction}
    )


def last_recording(session: Session, jurisdiction: str) -> datetime:
    """The instant of the newest recording; what `known` means when nobody says otherwise."""
    when: datetime | None = straight(session, _LAST, {"j": jurisdiction})[0].instant
    if when is None:
        raise NotFound(
            f"Nothing has been recorded in “{jurisdiction}” yet: import its parcels and layers first."
        )
    return when.astimezone(UTC)


def first_recording(session: Session, jurisdiction: str) -> datetime:
    """The instant of the oldest recording; before it nothing of the jurisdiction was known."""
    instant = session.scalar(
        text("SELECT min(instant) FROM recording WHERE jurisdiction = :j"), {"j": jurisdiction}
    )
    if instant is None:
        raise NotFound(
            f"Nothing has been recorded in “{jurisdiction}” yet: import its parcels and layers first."
        )
    when: datetime = instant
    return when.astimezone(UTC)
