"""Holders for tests of rights: parties, equal shares, a sale, a mortgage, all with defaults.

In: a session and a place with parcel 12/104.  Out: parties and rights, recorded.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.parties.changes import grant, transfer
from gis.parties.model import Instrument, NewRight, Party, PartyKind, Right, RightKind, Share, Source
from gis.parties.people import introduce
from gis.parties.queries import owners
from gis.place import Jurisdiction
from tests.builders import LONG_AGO, a_parcel, a_place, now

SOLD, DAY_BEFORE = date(2015, 3, 2), date(2015, 3, 1)
DEED = Instrument(title="sale deed 1432/2015", dated=date(2015, 2, 27))
REGISTER = Source.REGISTER


def a_town(session: Session) -> Jurisdiction:
    """A place with one parcel, 12/104, 40 m by 30 m."""
    town = a_place(session)
    a_parcel(session, town, width=40)
    return town


def a_party(session: Session, place: Jurisdiction, name: str = "Ammini", *, on: date = LONG_AGO) -> Party:
    return introduce(session, place, kind=PartyKind.PERSON, name=name, on=on)


def parties(session: Session, place: Jurisdiction, *names: str) -> list[Party]:
    return [a_party(session, place, name) for name in names]


def equal(holders: Sequence[Party]) -> list[Share]:
    return [Share(party=holder.id, part=Fraction(1, len(holders))) for holder in holders]


def sold(
    session: Session, place: Jurisdiction, to: Sequence[Share], *, on: date = SOLD, source: Source = REGISTER
) -> list[Right]:
    return transfer(session, place, "12/104", to=to, on=on, instrument=DEED, source=source)


def held(session: Session, place: Jurisdiction, on: date, number: str = "12/104") -> dict[str, Fraction]:
    return {
        right.party.name: right.part for right in owners(session, place, number, at=now(session, place, on))
    }


def settle(session: Session) -> None:
    """Let the checks that wait for the commit run now."""
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


def a_mortgage(session: Session, place: Jurisdiction, **other: object) -> Right:
    bank = introduce(session, place, kind=PartyKind.BODY, name="Service Co-operative Bank", on=LONG_AGO)
    right = NewRight(kind=RightKind.MORTGAGE, party=bank.id, terms="loan 88/2015")
    how = {"on": SOLD, "instrument": DEED, "source": REGISTER, **other}
    return grant(session, place, "12/104", right=right, **how)  # type: ignore[arg-type]
