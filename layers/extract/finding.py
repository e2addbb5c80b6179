"""What is found of a plot, measured, and what could not be read: layer by layer where the one question for all fails.

In: a session, a jurisdiction, a plot or a parcel's number, what extracts rest on.  Out: `Findings`.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import psycopg
import shapely
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.quick import connection_of
from gis.place import Jurisdiction
from layers.extract.footing import Footing
from layers.extract.measure import Measured, Plot, measured
from layers.extract.model import Subject
from layers.extract.questions import Around, Beside, MisplacedShape, around

DRAWN_ACCURACY = 0.5
"""Metres within which a parcel counts as beside an area drawn by hand."""
BROKEN = (psycopg.Error, shapely.errors.GEOSException, MisplacedShape)
"""What data that cannot be read make of a question."""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Parcels beside a plot; features near it, measured; by target, why a layer's data could not be read."""

    beside: tuple[Beside, ...]
    parts: list[Measured]
    faults: dict[str, str]


def findings(
    session: Session, place: Jurisdiction, subject: Subject, plot: Plot, base: Footing, *, at: AsOf
) -> Findings:
    """Everything at once; where that fails, each layer for itself."""
    try:
        lies = _ask(session, place, subject, plot, base, base.reaches, at=at)
        return taken(lies, plot, base)
    except BROKEN:
        if connection_of(session).closed:
            raise
    return _one_by_one(session, place, subject, plot, base, at=at)


def taken(lies: Around, plot: Plot, base: Footing) -> Findings:
    """What was found, measured."""
    parts = measured(plot, lies.features, streets=base.streets)
    return Findings(beside=lies.parcels, parts=parts, faults={})


def accuracy_of(subject: Subject) -> float:
    """Metres to which a plot's boundary is known."""
    return subject.parcel.accuracy if subject.parcel else DRAWN_ACCURACY


def undone_on_failure(session: Session) -> AbstractContextManager[object]:
    """A failed statement spoils its transaction: a savepoint inside one, nothing where each statement stands alone."""
    return nullcontext() if connection_of(session).autocommit else session.begin_nested()


def _ask(
    session: Session,
    place: Jurisdiction,
    subject: Subject,
    plot: Plot,
    base: Footing,
    reaches: Mapping[int, float],
    *,
    at: AsOf,
) -> Around:
    with undone_on_failure(session):
        return around(
            session,
            place,
            plot.shape,
            accuracy=accuracy_of(subject),
            own=subject.parcel.state if subject.parcel else None,
            reaches=reaches,
            streets=base.streets,
            at=at,
        )


def _one_by_one(
    session: Session, place: Jurisdiction, subject: Subject, plot: Plot, base: Footing, *, at: AsOf
) -> Findings:
    beside = _ask(session, place, subject, plot, base, {}, at=at).parcels
    parts: list[Measured] = []
    faults: dict[str, str] = {}
    for each, reach in base.reaches.items():
        try:
            lies = _ask(session, place, subject, plot, base, {each: reach}, at=at)
            parts += taken(lies, plot, base).parts
        except BROKEN as error:
            faults[base.targets[each]] = short(error)
    return Findings(beside=beside, parts=parts, faults=faults)


def short(error: Exception) -> str:
    """The first line of a fault, for the reason of a theme."""
    return str(error).splitlines()[0][:120]
