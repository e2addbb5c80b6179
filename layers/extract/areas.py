"""How much of a parcel lies under each feature, the figures alone: for lists of plots, where nothing else is asked.

In: a session, a jurisdiction, a parcel's number, a day.  Out: `FeatureArea` values in ground m², in one round trip.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from gis.db.quick import Row, rows
from gis.parcels.ids import normal_number
from gis.place import Jurisdiction
from layers.extract.footing import Footing, heard_of, newest


@dataclass(frozen=True, kw_only=True)
class FeatureArea:
    """The part of a parcel under one feature."""

    source: str
    """The import that the feature came with, as the extract names it."""
    position: int
    """Place in its file, from 1."""
    area: float
    """Ground m²; slivers count, overlapping features count each for itself."""


def areas_on(session: Session, place: Jurisdiction, number: str, *, on: date) -> tuple[FeatureArea, ...]:
    """The areas of every feature with an area on a parcel, as known now; none where there is no such parcel."""
    base = newest(session, place)
    found = _ask(session, place, number, base, on=on)
    if found and found[0][0] != base.known:
        base = heard_of(session, place, found[0][0])
        found = _ask(session, place, number, base, on=on)
    names = base.names
    return tuple(
        FeatureArea(source=names[source], position=position, area=area)
        for _, source, position, area in sorted(found)
    )


def _ask(session: Session, place: Jurisdiction, number: str, base: Footing, *, on: date) -> list[Row]:
    values = {
        "jurisdiction": place.code,
        "number": normal_number(number),
        "on": on,
        "imports": base.areal,
    }
    return rows(session, __package__, "areas", values)
