"""How much of a parcel lies under each feature, the figures alone: for lists of plots, where nothing else is asked.

In: a session, a jurisdiction, a parcel's number, a day.  Out: `FeatureArea` values in ground m², in one round trip.
"""

from dataclasses import dataclass
from datetime import UTC, date

from sqlalchemy.orm import Session

from gis.db.quick import Row, as_array, rows
from gis.parcels.ids import normal_number
from gis.place import Jurisdiction
from layers.extract.footing import Footing, heard_of, newest


@dataclass(frozen=True, kw_only=True)
class FeatureArea:
    """The part of a parcel under one feature."""

    layer: str
    feature: str
    """The name under which the extract lists it: source and position in its file."""
    area: float
    """Ground m²; slivers count, overlapping features count each for itself."""


def areas_on(session: Session, place: Jurisdiction, number: str, *, on: date) -> tuple[FeatureArea, ...]:
    """The areas of every feature with an area on a parcel, as known now; none where there is no such parcel."""
    base = newest(session, place)
    found = _ask(session, place, number, base, on=on)
    if found and found[0][0].astimezone(UTC) != base.known:
        base = heard_of(session, place, found[0][0].astimezone(UTC))
        found = _ask(session, place, number, base, on=on)
    return tuple(
        FeatureArea(layer=base.targets[source], feature=f"{base.names[source]}:{position}", area=area)
        for _, source, position, area in found
        if position is not None
    )


def _ask(session: Session, place: Jurisdiction, number: str, base: Footing, *, on: date) -> list[Row]:
    values = {
        "jurisdiction": place.code,
        "number": normal_number(number),
        "on": on,
        "imports": as_array(each for each in base.reaches if each not in base.streets),
    }
    return rows(session, __package__, "areas", values)
