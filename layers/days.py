"""On which days something of a place's record began or changed.

In: a session, a place, the imports that stand.  Out: dates, in order, each once.
"""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis.parcels.tables import ParcelChangeRow
from gis.place import Jurisdiction
from layers.imports import Standing
from layers.tables import FeatureRow


def days_of_change(session: Session, place: Jurisdiction, imports: Standing) -> tuple[date, ...]:
    """The days of changes to parcels, and those from which layers hold."""
    changes = select(ParcelChangeRow.on_date).where(ParcelChangeRow.jurisdiction == place.code).distinct()
    return tuple(sorted({*session.scalars(changes), *(each.begins for each in imports)}))


def first_day(session: Session, place: Jurisdiction, imports: Standing) -> date | None:
    """The first day of which parcels or any feature are known; None where something has held for ever, or nothing is recorded."""
    changes = select(func.min(ParcelChangeRow.on_date)).where(ParcelChangeRow.jurisdiction == place.code)
    first, is_open = func.min(func.lower(FeatureRow.valid)), func.bool_or(func.lower_inf(FeatureRow.valid))
    features = select(first, is_open).where(FeatureRow.import_id.in_([each.id for each in imports]))
    begins, has_held_for_ever = session.execute(features).one()
    known = [day for day in (session.scalar(changes), begins) if day is not None]
    return None if has_held_for_ever or not known else min(known)
