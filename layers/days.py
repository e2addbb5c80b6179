"""On which days something of a place's record began or changed.

In: a session, a place, the imports that stand.  Out: dates, in order, each once.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.parcels.tables import ParcelChangeRow
from gis.place import Jurisdiction
from layers.imports import Standing


def days_of_change(session: Session, place: Jurisdiction, imports: Standing) -> tuple[date, ...]:
    """The days of changes to parcels, and those from which layers hold."""
    changes = select(ParcelChangeRow.on_date).where(ParcelChangeRow.jurisdiction == place.code).distinct()
    return tuple(sorted({*session.scalars(changes), *(each.begins for each in imports)}))
