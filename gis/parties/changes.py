"""The only writers of rights: transfer, correct, grant, discharge.

In: a parcel number, parties, a date, an instrument, and how well it is known.  Out: the new states, recorded at one
instant; no state is changed, what ends is recorded anew as ended.  A change that is refused leaves nothing behind.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.errors import Conflict, Invalid
from gis.parcels.ids import normal_number
from gis.parcels.queries import parcel
from gis.parties.model import (
    WHOLE,
    Instrument,
    NewRight,
    Right,
    RightKind,
    RightNotFound,
    Share,
    SharesNotWhole,
    Source,
)
from gis.parties.queries import owners, party, rights_on
from gis.parties.tables import InstrumentRow, ParcelRightRow
from gis.place import Jurisdiction
from gis.recordings import Recording, record


def transfer(
    session: Session,
    place: Jurisdiction,
    number: str,
    *,
    to: Sequence[Share],
    on: date,
    instrument: Instrument,
    source: Source,
) -> list[Right]:
    """End the ownership of a parcel on a date and begin another, whose shares must add up to exactly 1."""
    with _open(session, place, number, on=on, instrument=instrument) as change:
        standing = change.believed(RightKind.OWNERSHIP)
        if later := [right.valid.lower for right in standing if right.valid.lower and right.valid.lower > on]:
            raise Conflict(
                f"The owners of {change.number} change on {min(later)} already; correct that first."
            )
        return change.replace_owners(standing, to, source=source, until=None)


def correct(
    session: Session,
    place: Jurisdiction,
    number: str,
    *,
    to: Sequence[Share],
    on: date,
    instrument: Instrument,
    source: Source,
) -> list[Right]:
    """Replace the ownership from a date, until the owners of that day change."""
    with _open(session, place, number, on=on, instrument=instrument) as change:
        standing = [right for right in change.believed(RightKind.OWNERSHIP) if on in right.valid]
        if not standing:
            raise Conflict(f"No owner of {change.number} is recorded on {on}; record a transfer instead.")
        ends = [right.valid.upper for right in standing if right.valid.upper is not None]
        return change.replace_owners(standing, to, source=source, until=min(ends, default=None))


def grant(
    session: Session,
    place: Jurisdiction,
    number: str,
    *,
    right: NewRight,
    on: date,
    until: date | None = None,
    instrument: Instrument,
    source: Source,
) -> Right:
    """Begin a right beside ownership on a parcel."""
    if right.kind is RightKind.OWNERSHIP:
        raise Invalid("Ownership is transferred as a whole, with all its shares; it is not granted.")
    if until is not None and until <= on:
        raise Invalid(f"A right that begins on {on} cannot end on {until}.")
    with _open(session, place, number, on=on, instrument=instrument) as change:
        identifier = change.begin(right.kind, right.party, right.part, source, terms=right.terms, until=until)
        return next(found for found in change.rights(right.kind) if found.id == identifier)


def discharge(
    session: Session, place: Jurisdiction, number: str, identifier: int, *, on: date, instrument: Instrument
) -> None:
    """End a right beside ownership on a date; from its first day, it is believed never to have been."""
    with _open(session, place, number, on=on, instrument=instrument) as change:
        found = [right for right in change.believed(None) if right.id == identifier and on in right.valid]
        if not found:
            raise RightNotFound(f"Parcel {change.number} has no right {identifier} on {on}.")
        if found[0].kind == RightKind.OWNERSHIP:
            raise Invalid("Ownership does not end: transfer it to those who hold it next.")
        change.end(found[0], until=None)


@dataclass(frozen=True, kw_only=True)
class _Change:
    """An open change to the rights on one parcel: one date, one instant, one instrument."""

    session: Session
    place: Jurisdiction
    number: str
    on: date
    recording: Recording
    instrument: int

    @property
    def at(self) -> AsOf:
        """The change's date, as known from its instant on."""
        return AsOf(on=self.on, known=self.recording.instant)

    def rights(self, kind: RightKind) -> list[Right]:
        """Rights of a kind on the change's date."""
        return rights_on(self.session, self.place, self.number, at=self.at, kind=kind)

    def believed(self, kind: RightKind | None) -> list[ParcelRightRow]:
        """States believed now that hold on the date or later, those of an earlier life of the number too."""
        query = select(ParcelRightRow).where(
            ParcelRightRow.jurisdiction == self.place.code,
            ParcelRightRow.number == self.number,
            ParcelRightRow.valid.overlaps(Range(self.on, None)),
            func.upper_inf(ParcelRightRow.recorded),
        )
        if kind is not None:
            query = query.where(ParcelRightRow.kind == kind)
        fresh = {"populate_existing": True}
        return list(self.session.scalars(query.order_by(ParcelRightRow.id).execution_options(**fresh)))

    def replace_owners(
        self,
        standing: Sequence[ParcelRightRow],
        to: Sequence[Share],
        *,
        source: Source,
        until: date | None,
    ) -> list[Right]:
        """End the shares that stand and begin others, up to a date."""
        _check_whole(self.number, to)
        known_well = {right.source for right in standing} & {Source.REGISTER, Source.VERIFIED}
        if source is Source.DECLARED and known_well:
            raise Conflict(
                f"The owners of {self.number} are known from {' and '.join(sorted(known_well))};"
                " a declaration does not take their place. Bring the instrument to be registered or verified."
            )
        for right in standing:
            self.end(right, until=until)
        for share in to:
            self.begin(RightKind.OWNERSHIP, share.party, share.part, source, until=until)
        return owners(self.session, self.place, self.number, at=self.at)

    def begin(
        self,
        kind: RightKind,
        holder: int,
        part: Fraction,
        source: Source,
        *,
        terms: str | None = None,
        until: date | None,
    ) -> int:
        """Believe from now on that a party holds a right from the change's date."""
        if not 0 < part <= 1:
            raise Invalid(f"A share of {part} cannot be held: give a fraction above 0 and up to 1.")
        row = ParcelRightRow(
            jurisdiction=self.place.code,
            number=self.number,
            kind=kind,
            party_id=party(self.session, self.place, holder, at=self.at).id,
            numerator=part.numerator,
            denominator=part.denominator,
            source=source,
            terms=terms,
            begun_by=self.instrument,
            valid=Range(self.on, until),
            recorded=Range(self.recording.instant, None),
        )
        self.session.add(row)
        self.session.flush()
        return row.id

    def end(self, right: ParcelRightRow, *, until: date | None) -> None:
        """Stop believing a state; believe what of it lies before the date, and from `until` on."""
        instant = self.recording.instant
        self.session.execute(
            update(ParcelRightRow)
            .where(ParcelRightRow.id == right.id)
            .values(recorded=Range(right.recorded.lower, instant))
            .execution_options(synchronize_session=False)
        )
        begins, ends = right.valid.lower, right.valid.upper
        copy = {"id": right.id, "instant": instant}
        if begins is not None and begins < self.on:
            self.session.execute(
                _COPY, {**copy, "begins": begins, "ends": self.on, "ended_by": self.instrument}
            )
        if until is not None and (ends is None or until < ends):
            self.session.execute(_COPY, {**copy, "begins": until, "ends": ends, "ended_by": right.ended_by})


_COPY = text(
    "INSERT INTO parcel_right (jurisdiction, number, kind, party_id, numerator, denominator, source, terms, begun_by,"
    " ended_by, valid, recorded)"
    " SELECT jurisdiction, number, kind, party_id, numerator, denominator, source, terms, begun_by,"
    " :ended_by, daterange(CAST(:begins AS date), CAST(:ends AS date)), tstzrange(:instant, NULL)"
    " FROM parcel_right WHERE id = :id"
)


@contextmanager
def _open(
    session: Session, place: Jurisdiction, number: str, *, on: date, instrument: Instrument
) -> Iterator[_Change]:
    """A change to a parcel that stands on the date; made whole, or not at all."""
    title = " ".join(instrument.title.split())
    if not title:
        raise Invalid("Name the instrument that the right rests on: the deed, decree or order.")
    number = normal_number(number)
    with session.begin_nested():
        recording = record(session, place.code, what="rights on a parcel")
        parcel(session, place, number, at=AsOf(on=on, known=recording.instant))
        row = InstrumentRow(
            jurisdiction=place.code, recording_id=recording.id, title=title, dated=instrument.dated
        )
        session.add(row)
        session.flush()
        yield _Change(
            session=session, place=place, number=number, on=on, recording=recording, instrument=row.id
        )


def _check_whole(number: str, to: Sequence[Share]) -> None:
    """Refuse shares that do not add up to exactly 1, or a party named twice."""
    if len({share.party for share in to}) < len(to):
        raise Invalid(f"Someone is named twice among the owners of {number}; add their shares together.")
    held = sum((share.part for share in to), Fraction(0))
    if held != WHOLE:
        how = f"{WHOLE - held} is missing" if held < WHOLE else f"{held - WHOLE} too much"
        raise SharesNotWhole(f"The shares of the owners of {number} add up to {held}, not to 1: {how}.")
