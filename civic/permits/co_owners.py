"""Who of the register's owners of a plot does not sign: an owner of a part speaks for that part alone.

In: a case with the people who sign as its owners, a day.  Out: names of the register, for the office and for those who are owners themselves.
Who is which owner is an officer's word (`civic.core.owners`), never the name that somebody gives.
"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import parcels_of
from civic.core.owners import recorded_owners
from civic.core.side_tables import KnownOwnerRow


def owners_missing(
    session: Session, body: LocalBody, case_id: int, signing: Collection[int], *, on: date
) -> tuple[str, ...]:
    """The owners of a case's plots in the register for whom none of those who sign is known, by name; each once."""
    query = select(KnownOwnerRow.party_id).where(
        KnownOwnerRow.person_id.in_(signing), KnownOwnerRow.ended.is_(None)
    )
    spoken_for = set(session.scalars(query))
    held = recorded_owners(session, body, parcels_of(session, case_id), on=on)
    return tuple(dict.fromkeys(each.name for each in held if each.party_id not in spoken_for))
