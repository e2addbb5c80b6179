"""The only writers of parties: introduce, rename.

In: a kind, a name, a date.  Out: the party under its name of that day.  A name is never updated: another one follows it.
"""

from datetime import date

from sqlalchemy import func, insert, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.errors import Invalid
from gis.parties.model import Party, PartyKind
from gis.parties.queries import party
from gis.parties.tables import PartyNameRow, PartyRow
from gis.place import Jurisdiction
from gis.recordings import Recording, record


def introduce(session: Session, place: Jurisdiction, *, kind: PartyKind, name: str, on: date) -> Party:
    """Record a party, known by a name from a date."""
    with session.begin_nested():
        recording = record(session, place.code, what="a party")
        row = PartyRow(jurisdiction=place.code, kind=kind, recording_id=recording.id)
        session.add(row)
        session.flush()
        session.execute(insert(PartyNameRow).values(_name(row.id, name, recording, begins=on, ends=None)))
        return party(session, place, row.id, at=AsOf(on=on, known=recording.instant))


def rename(session: Session, place: Jurisdiction, identifier: int, *, name: str, on: date) -> Party:
    """Record that a party has another name from a date, until the name of that day would have ended."""
    with session.begin_nested():
        recording = record(session, place.code, what="a party")
        at = AsOf(on=on, known=recording.instant)
        old = party(session, place, identifier, at=at)
        session.execute(
            update(PartyNameRow)
            .where(
                PartyNameRow.party_id == identifier,
                PartyNameRow.valid.contains(on),
                func.upper_inf(PartyNameRow.recorded),
            )
            .values(recorded=func.tstzrange(func.lower(PartyNameRow.recorded), recording.instant))
            .execution_options(synchronize_session=False)
        )
        rows = [_name(identifier, name, recording, begins=on, ends=old.named.ends)]
        if old.named.begins < on:
            rows.append(_name(identifier, old.name, recording, begins=old.named.begins, ends=on))
        session.execute(insert(PartyNameRow), rows)
        return party(session, place, identifier, at=at)


def _name(
    identifier: int, name: str, recording: Recording, *, begins: date, ends: date | None
) -> dict[str, object]:
    plain = " ".join(name.split())
    if not plain:
        raise Invalid("A party needs a name.")
    return {
        "party_id": identifier,
        "name": plain,
        "valid": Range(begins, ends),
        "recorded": Range(recording.instant, None),
    }
