"""How much of a parcel lies under each feature, the figures alone, from the tables that the extract reads.

In: a session, what extracts rest on, a parcel's number, a date.  Out: rows of import, feature and ground m².  One round trip,
and a second one when a feature with days of its own is met for the first time: those never change, so they are kept.
"""

from collections.abc import Callable, Collection

from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.quick import Row, as_array, rows
from gis.parcels.ids import normal_number
from gis.parcels.model import Span
from gis.place import Jurisdiction
from layers.extract.footing import Footing

_DATED = text(
    "SELECT EXISTS (SELECT FROM layer_feature WHERE import_id = :import AND NOT valid @> daterange(:begins, NULL))"
)
_DAYS = text("SELECT id, lower(valid), upper(valid) FROM layer_feature WHERE id = ANY(:features)")


def areas_on(
    session: Session, place: Jurisdiction, base: Footing, *, at: AsOf
) -> Callable[[Session, str], list[Row]]:
    """The question after the areas of every feature on a parcel, by import and feature; slivers count, each for itself."""
    begins = {
        each.id: each.begins
        for each in base.imports
        if each.id in base.reaches and each.id not in base.streets
    }
    dated = frozenset(
        each for each, day in begins.items() if session.scalar(_DATED, {"import": each, "begins": day})
    )
    begun = frozenset(each for each, day in begins.items() if day <= at.on)
    days: dict[int, Span] = {}
    values = {
        "jurisdiction": place.code,
        "on": at.on,
        "known": at.known,
        "imports": as_array(begins),
    }

    def ask(session: Session, number: str) -> list[Row]:
        found = rows(session, "bench", "areas", values | {"number": normal_number(number)})
        _remember(session, days, {row[1] for row in found if row[0] in dated} - days.keys())
        return sorted(
            row for row in found if (days[row[1]].holds(at.on) if row[0] in dated else row[0] in begun)
        )

    return ask


def _remember(session: Session, days: dict[int, Span], features: Collection[int]) -> None:
    if features:
        for feature, begins, ends in session.execute(_DAYS, {"features": list(features)}):
            days[feature] = Span(begins=begins, ends=ends)
