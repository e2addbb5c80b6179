"""What the register says of a number, in one statement: for the door through which most questions come.

In: a session, a jurisdiction, a number, a day and perhaps an instant.  Out: `Asked`.  Everything else that can be asked
of parcels stands in `queries`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from gis.db.quick import rows
from gis.parcels.ids import normal_number
from gis.parcels.model import Parcel
from gis.parcels.queries import to_parcel
from gis.place import Jurisdiction


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The newest recording instant (UTC) and the parcel as known then, or at the instant that was asked for."""

    last: datetime | None
    """None before anything was recorded."""
    parcel: Parcel | None
    """None where no parcel has the number at that time."""


def asked(session: Session, place: Jurisdiction, number: str, *, on: date, known: datetime | None) -> Asked:
    """The parcel of a number on a day, as `known` at an instant or, without one, at the newest recording."""
    values = {"jurisdiction": place.code, "numbers": [normal_number(number)], "on": on, "known": known}
    (row,) = rows(session, __package__, "asked", values)
    return Asked(
        last=None if row.last is None else row.last.astimezone(UTC),
        parcel=None if row.id is None else to_parcel(row),
    )
