"""Questions about parties and rights: session first, values out, never a commit.  Private by default.

In: a jurisdiction and a parcel number or a party, at a point in both times.  Out: rights, ordered by kind, party and begin.
A right belongs to the land that its number meant: a number used again for other land does not inherit it.
"""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from gis.asof import AsOf
from gis.parcels.ids import normal_number
from gis.parcels.model import ParcelGone, ParcelNotFound, Recorded, Span
from gis.parcels.queries import lifetime
from gis.parties.model import Instrument, Party, PartyKind, PartyNotFound, Right, RightKind, Source
from gis.parties.tables import InstrumentRow, ParcelRightRow, PartyNameRow, PartyRow
from gis.place import Jurisdiction

_BEGUN = aliased(InstrumentRow)
_ENDED = aliased(InstrumentRow)
_COLUMNS: tuple[Any, ...] = (
    ParcelRightRow.id,
    ParcelRightRow.jurisdiction,
    ParcelRightRow.number,
    ParcelRightRow.kind,
    ParcelRightRow.party_id,
    ParcelRightRow.numerator,
    ParcelRightRow.denominator,
    ParcelRightRow.source,
    ParcelRightRow.terms,
    ParcelRightRow.valid,
    ParcelRightRow.recorded,
    PartyRow.kind.label("party_kind"),
    PartyNameRow.name,
    PartyNameRow.valid.label("named"),
    _BEGUN.title.label("begun_title"),
    _BEGUN.dated.label("begun_dated"),
    _ENDED.title.label("ended_title"),
    _ENDED.dated.label("ended_dated"),
)


def party(session: Session, place: Jurisdiction, identifier: int, *, at: AsOf) -> Party:
    """A party under its name of the day."""
    row = session.execute(
        select(PartyRow.id, PartyRow.jurisdiction, PartyRow.kind, PartyNameRow.name, PartyNameRow.valid)
        .join(PartyNameRow, PartyNameRow.party_id == PartyRow.id)
        .where(
            PartyRow.id == identifier,
            PartyRow.jurisdiction == place.code,
            PartyNameRow.valid.contains(at.on),
            PartyNameRow.recorded.contains(at.known),
        )
    ).one_or_none()
    if row is None:
        raise PartyNotFound(
            f"No party has the identifier {identifier} in {place.name_en} on {at.on}; record it first."
        )
    return Party(
        id=row.id,
        jurisdiction=row.jurisdiction,
        kind=PartyKind(row.kind),
        name=row.name,
        named=Span(begins=row.valid.lower, ends=row.valid.upper),
    )


def rights_on(
    session: Session, place: Jurisdiction, number: str, *, at: AsOf, kind: RightKind | None = None
) -> list[Right]:
    """Rights on a standing parcel; an empty list means that nothing is recorded, not that nobody holds it."""
    number = normal_number(number)
    life = lifetime(session, place, number, at=at)
    query = _rights(known=at.known, on=at.on).where(
        ParcelRightRow.jurisdiction == place.code,
        ParcelRightRow.number == number,
        ParcelRightRow.valid.contains(at.on),
        func.lower(ParcelRightRow.valid) >= life.begins,
    )
    if kind is not None:
        query = query.where(ParcelRightRow.kind == kind)
    return [_right(row) for row in session.execute(query)]


def owners(session: Session, place: Jurisdiction, number: str, *, at: AsOf) -> list[Right]:
    """The shares of a parcel's owners: they add up to 1, or none is recorded."""
    return rights_on(session, place, number, at=at, kind=RightKind.OWNERSHIP)


def rights_of(session: Session, place: Jurisdiction, identifier: int, *, at: AsOf) -> list[Right]:
    """What a party holds on parcels that stand."""
    query = _rights(known=at.known, on=at.on).where(
        ParcelRightRow.party_id == party(session, place, identifier, at=at).id,
        ParcelRightRow.jurisdiction == place.code,
        ParcelRightRow.valid.contains(at.on),
    )
    found = [_right(row) for row in session.execute(query)]
    return [right for right in found if _is_of_this_life(session, place, right, at=at)]


def _is_of_this_life(session: Session, place: Jurisdiction, right: Right, *, at: AsOf) -> bool:
    try:
        return right.valid.begins >= lifetime(session, place, right.number, at=at).begins
    except (ParcelGone, ParcelNotFound):  # the parcel is gone: what was held on it is history
        return False


def title_history(session: Session, place: Jurisdiction, number: str, *, known: datetime) -> list[Right]:
    """Every right ever believed at an instant to have been held under a number, oldest first."""
    query = _rights(known=known, on=None).where(
        ParcelRightRow.jurisdiction == place.code, ParcelRightRow.number == normal_number(number)
    )
    rows = [_right(row) for row in session.execute(query)]
    return sorted(rows, key=lambda right: (right.valid.begins, right.kind, right.party.id))


def _rights(*, known: datetime, on: date | None) -> Select[tuple[object, ...]]:
    """Rights believed at an instant, each with its party's name on a day, or on the right's first day."""
    day = func.lower(ParcelRightRow.valid) if on is None else on
    return (
        select(*_COLUMNS)
        .join(PartyRow, PartyRow.id == ParcelRightRow.party_id)
        .join(PartyNameRow, PartyNameRow.party_id == PartyRow.id)
        .join(_BEGUN, _BEGUN.id == ParcelRightRow.begun_by)
        .outerjoin(_ENDED, _ENDED.id == ParcelRightRow.ended_by)
        .where(
            ParcelRightRow.recorded.contains(known),
            PartyNameRow.recorded.contains(known),
            PartyNameRow.valid.contains(day),
        )
        .order_by(
            ParcelRightRow.number,
            ParcelRightRow.kind,
            ParcelRightRow.party_id,
            func.lower(ParcelRightRow.valid),
            ParcelRightRow.id,
        )
    )


def _right(row: Row[tuple[object, ...]]) -> Right:
    return Right(
        id=row.id,
        jurisdiction=row.jurisdiction,
        number=row.number,
        kind=RightKind(row.kind),
        party=Party(
            id=row.party_id,
            jurisdiction=row.jurisdiction,
            kind=PartyKind(row.party_kind),
            name=row.name,
            named=Span(begins=row.named.lower, ends=row.named.upper),
        ),
        part=Fraction(row.numerator, row.denominator),
        source=Source(row.source),
        terms=row.terms,
        begun_by=Instrument(title=row.begun_title, dated=row.begun_dated),
        ended_by=Instrument(title=row.ended_title, dated=row.ended_dated) if row.ended_title else None,
        valid=Span(begins=row.valid.lower, ends=row.valid.upper),
        recorded=Recorded(begins=row.recorded.lower, ends=row.recorded.upper),
    )
