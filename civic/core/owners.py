"""Which of a town hall's people are owners of its land's register, as officers have seen on paper.

In: people, plots, an officer's word that a person is a party of the register.  Out: whether somebody owns plots, and who is
to be told of what is asked about them.  A name proves nothing: whoever signs in writes their own.  The register's names are
read here for the office alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.people import Person, person
from civic.core.side_tables import KnownOwnerRow
from civic.core.tables import CaseRow
from civic.core.working_days import day_there
from gis.asof import AsOf
from gis.errors import Conflict, Gone, Invalid, NotAllowed, NotFound
from gis.jurisdictions import jurisdiction
from gis.parcels.queries import lifetime
from gis.parties.changes import transfer
from gis.parties.model import WHOLE, Instrument, PartyKind, PartyNotFound, RightKind, Share, Source
from gis.parties.people import introduce
from gis.parties.queries import owners, rights_of
from gis.recordings import last_recording


@dataclass(frozen=True, kw_only=True)
class RecordedOwner:
    """An owner in the register, for the office."""

    party_id: int
    name: str
    part: Fraction
    number: str


@dataclass(frozen=True, kw_only=True)
class KnownOwner:
    """A person who is known as a party of the register: since when, by whose word, in which case."""

    id: int
    person: Person
    party_id: int
    known: datetime
    by: str | None
    case_number: str | None


def recorded_owners(
    session: Session, body: LocalBody, numbers: Iterable[str], *, on: date
) -> list[RecordedOwner]:
    """The owners of some plots on a day, plot by plot; none where none is recorded or the plot has gone."""
    place = jurisdiction(session, body.jurisdiction)
    at = AsOf(on=on, known=last_recording(session, place.code))
    found: list[RecordedOwner] = []
    for number in numbers:
        try:
            held = owners(session, place, number, at=at)
        except (Gone, NotFound):
            continue
        found += [
            RecordedOwner(party_id=each.party.id, name=each.party.name, part=each.part, number=number)
            for each in held
        ]
    return found


def owns(session: Session, body: LocalBody, person_id: int, numbers: Iterable[str], *, on: date) -> bool:
    """Whether a person is known as an owner, or one of the owners, of each of some plots on a day."""
    asked, parties = set(numbers), _parties(session, person_id)
    if not parties or not asked:
        return False
    held = recorded_owners(session, body, asked, on=on)
    return {each.number for each in held if each.party_id in parties} == asked


def _parties(session: Session, person_id: int) -> set[int]:
    """The parties of the register that a person is known to be."""
    known = select(KnownOwnerRow.party_id).where(
        KnownOwnerRow.person_id == person_id, KnownOwnerRow.ended.is_(None)
    )
    return set(session.scalars(known))


def plots_owned(session: Session, body: LocalBody, person_id: int, *, on: date) -> tuple[str, ...]:
    """The plots that a person is known as an owner, or one of the owners, of on a day: for themselves to see, by number."""
    found = {
        number
        for party in _parties(session, person_id)
        for number in plots_of_party(session, body, party, on=on)
    }
    return tuple(sorted(found))


def plots_of_party(session: Session, body: LocalBody, party_id: int, *, on: date) -> tuple[str, ...]:
    """The plots that a party of the register owns, or owns a part of, on a day, by number."""
    place = jurisdiction(session, body.jurisdiction)
    at = AsOf(on=on, known=last_recording(session, place.code))
    try:
        held = rights_of(session, place, party_id, at=at)
    except PartyNotFound:  # a name that begins later
        return ()
    return tuple(sorted(each.number for each in held if each.kind is RightKind.OWNERSHIP))


def people_owning(
    session: Session, body: LocalBody, numbers: Iterable[str], *, now: datetime
) -> frozenset[int]:
    """The people who are known as an owner of any of some plots."""
    known = select(KnownOwnerRow.id).where(KnownOwnerRow.ended.is_(None))
    if session.scalar(known.limit(1)) is None:  # the register is not asked where nobody is known
        return frozenset()
    held = recorded_owners(session, body, numbers, on=day_there(now, body.time_zone))
    query = select(KnownOwnerRow.person_id).where(
        KnownOwnerRow.ended.is_(None), KnownOwnerRow.party_id.in_({each.party_id for each in held})
    )
    return frozenset(session.scalars(query))


def know_owner(
    session: Session,
    body: LocalBody,
    person_id: int,
    party_id: int,
    *,
    by: int | None,
    case_id: int | None,
    now: datetime,
) -> None:
    """Keep an officer's word that a person is a party of the register; again changes nothing."""
    if by == person_id:
        raise NotAllowed("Nobody says of themselves that they are an owner; leave it to a colleague.")
    row = {
        "body": body.code,
        "person_id": person_id,
        "party_id": party_id,
        "case_id": case_id,
        "known": now,
        "known_by": by,
    }
    session.execute(insert(KnownOwnerRow).values(row).on_conflict_do_nothing())


def know_no_more(session: Session, known_id: int, *, by: int, now: datetime) -> None:
    """Take such a word back, once."""
    row = session.get(KnownOwnerRow, known_id, with_for_update=True)
    if row is None:
        raise NotFound("Nobody is known as an owner under this number.")
    if row.ended is not None:
        raise Conflict("This word was taken back already.")
    row.ended, row.ended_by = now, by
    session.flush()


def known_owners(session: Session, *, person_id: int | None = None) -> list[KnownOwner]:
    """Who is known as an owner, or what one person is known as, oldest first; the register's names are not among it."""
    query = (
        select(KnownOwnerRow, CaseRow.number)
        .outerjoin(CaseRow, CaseRow.id == KnownOwnerRow.case_id)
        .where(KnownOwnerRow.ended.is_(None))
        .order_by(KnownOwnerRow.id)
    )
    if person_id is not None:
        query = query.where(KnownOwnerRow.person_id == person_id)
    return [
        KnownOwner(
            id=row.id,
            person=person(session, row.person_id),
            party_id=row.party_id,
            known=row.known,
            by=person(session, row.known_by).name if row.known_by is not None else None,
            case_number=number,
        )
        for row, number in session.execute(query)
    ]


def make_up_owner(
    session: Session, body: LocalBody, who: Person, numbers: Iterable[str], *, now: datetime
) -> None:
    """Record somebody made up as the only owner of plots of a synthetic body since they began, and know them as such."""
    if not body.synthetic:
        raise Invalid("Owners are made up in a synthetic local body only.")
    place = jurisdiction(session, body.jurisdiction)
    at = AsOf(on=day_there(now, body.time_zone), known=last_recording(session, place.code))
    begins = {number: lifetime(session, place, number, at=at).begins for number in numbers}
    if not begins:
        return
    holder = introduce(session, place, kind=PartyKind.PERSON, name=who.name, on=min(begins.values()))
    whole = [Share(party=holder.id, part=WHOLE)]
    for number, on in begins.items():
        deed = Instrument(title="A made-up deed", dated=on)
        transfer(session, place, number, to=whole, on=on, instrument=deed, source=Source.DECLARED)
    know_owner(session, body, who.id, holder.id, by=None, case_id=None, now=now)
