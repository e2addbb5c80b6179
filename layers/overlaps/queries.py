"""Which imports have been measured, and what was found: facts for whoever asks, never older than they say.

In: a session, a place, an instant of knowledge; numbers of imports and states of parcels.  Out: `Kept` by import, `Fact` rows.
An import that is not fresh has states of parcels beside it that nobody has measured: its facts are no answer then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.db.quick import as_array, connection_of
from gis.db.sql import statement
from gis.place import Jurisdiction
from layers.catalogue import Catalogue, Measure, load
from layers.entry import Role
from layers.extract.theme import target_of

WAYS = 1
"""Changes when the same shapes would be measured otherwise: then no fact is fresh."""
AT_ONCE = 20_000
"""States of parcels asked for at a time."""
_FACTS = (
    b"SELECT import_id, parcel_id, feature_id, area FROM parcel_overlap"
    b" WHERE import_id = ANY(CAST(%(imports)s AS bigint[])) AND parcel_id = ANY(CAST(%(parcels)s AS bigint[]))"
    b" ORDER BY parcel_id, import_id, feature_id"
)
_COUNTS = text(
    "SELECT import_id, count(area) AS pairs, count(*) - count(area) AS unknown FROM parcel_overlap"
    " WHERE import_id = ANY(CAST(:imports AS bigint[])) GROUP BY import_id"
)


class Fact(NamedTuple):
    """What a state of a parcel shares with a feature."""

    import_id: int
    parcel_id: int
    feature_id: int
    area: float | None
    """Ground m²; None where one of the two is broken, so that nobody can tell."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An import of areas and how far it has been measured."""

    import_id: int
    target: str
    begins: datetime
    """When it was recorded."""
    parcels_to: int | None
    """The last state of a parcel that was measured; None: it has never been."""
    known: datetime | None
    """The recording up to which it was everything."""
    is_fresh: bool
    """Whether it still is, as known at the instant of the question."""


def measurable(catalogue: Catalogue) -> frozenset[str]:
    """Names under which the areas come in that the extract of a plot measures: themes whose law is verified, and administrative units."""
    asked = (each for each in catalogue.layers if each.shows or each.role is Role.ADMIN)
    return frozenset(
        target_of(each) for each in asked if each.is_verified and each.measure is not Measure.RASTER
    )


def kept(session: Session, place: Jurisdiction, *, known: datetime) -> list[Kept]:
    """The imports of areas of a place that stood at an instant, by layer."""
    values = {"jurisdiction": place.code, "known": known, "ways": WAYS}
    names = measurable(load(place.catalogue))
    return [
        Kept(
            import_id=row.id,
            target=row.target,
            begins=row.begins,
            parcels_to=row.parcels_to,
            known=row.known,
            is_fresh=row.is_fresh,
        )
        for row in session.execute(statement(__package__, "kept"), values)
        if row.target in names
    ]


def facts(session: Session, imports: Sequence[int], parcels: Sequence[int]) -> Iterator[Fact]:
    """Facts about states of parcels, state by state in the order of their numbers within each share of them."""
    for first in range(0, len(parcels), AT_ONCE):
        values = {"imports": as_array(imports), "parcels": as_array(parcels[first : first + AT_ONCE])}
        with connection_of(session).cursor(binary=True) as cursor:
            cursor.execute(_FACTS, values)
            yield from map(Fact._make, cursor.fetchall())


def counts(session: Session, imports: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Of each import how many pairs are known to share ground, and of how many nobody can tell; an import without any is left out."""
    found = session.execute(_COUNTS, {"imports": as_array(imports)})
    return {row.import_id: (row.pairs, row.unknown) for row in found}
