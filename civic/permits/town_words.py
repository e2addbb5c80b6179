"""The officer's word on each reason for which the town hall itself sends a case to an officer: title, licence, whose permit it is.

In: a case on a day, an officer's words.  Out: rows that are only added to, of the case and not of a check; which reasons have no
word yet, which are refused.  The newest word on a reason holds.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case
from civic.core.desk import Desk
from civic.core.people import Actor
from civic.permits.deciding import ACCEPTED, REFUSED, Said, keep_word
from civic.permits.model import Kind
from civic.permits.routing import LICENCE_ENDED, NOT_HOLDER, OWNER_UNKNOWN, of_the_town
from civic.permits.tables import PermitCaseRow, PermitWordRow
from gis.errors import Invalid, NotFound

TOWN_HALL = "town_hall"
STANCES = (ACCEPTED, REFUSED)
TITLES = {
    OWNER_UNKNOWN: "nobody who signs is known as an owner",
    LICENCE_ENDED: "the licence of the licensee has ended",
    NOT_HOLDER: "nobody who applies is known as an owner of the permit that is followed",
}
"""Every reason that needs a word, as a sentence of what holds a step names it."""


@dataclass(frozen=True, kw_only=True)
class TownReason:
    """A reason by its code, with the newest word on it."""

    code: str
    stance: str | None
    reason: str | None


def town_reasons(session: Session, body: LocalBody, standing: Case, *, on: date) -> tuple[TownReason, ...]:
    """The reasons that sent a case to an officer, and those that stand today while it is open; each with its word."""
    row = session.get_one(PermitCaseRow, standing.id, populate_existing=True)
    codes = {each["code"] for each in row.why}
    if standing.closed is None:
        codes |= {each.code for each in of_the_town(session, body, standing.id, kind=Kind(row.kind), on=on)}
    words = _words(session, standing.id)
    return tuple(
        TownReason(
            code=code,
            stance=words[code].stance if code in words else None,
            reason=words[code].reason if code in words else None,
        )
        for code in TITLES
        if code in codes
    )


def say_of_reason(desk: Desk, standing: Case, *, code: str, stance: str, reason: str, actor: Actor) -> None:
    """Say why a reason of the town hall is accepted or refused; the same again changes nothing."""
    if stance not in STANCES:
        raise Invalid("A reason of the town hall is accepted or refused.")
    if code not in {each.code for each in town_reasons(desk.session, desk.body, standing, on=desk.today)}:
        raise NotFound("This case has no such reason; look at it again.", code="no-finding")
    said = Said(case_id=standing.id, check_seq=None, about=(TOWN_HALL, code), stance=stance)
    keep_word(desk, said, reason, before=_words(desk.session, standing.id).get(code), actor=actor)


def why_unspoken(session: Session, body: LocalBody, standing: Case, *, on: date) -> str | None:
    """Which reasons have no word of an officer yet, or one that refuses; None where all are accepted."""
    found = town_reasons(session, body, standing, on=on)
    still = [TITLES[each.code] for each in found if each.stance is None]
    if still:
        return f"No word yet on: {', '.join(still)}."
    refused = [TITLES[each.code] for each in found if each.stance == REFUSED]
    return f"An officer has refused it: {', '.join(refused)}." if refused else None


def is_refused(session: Session, case_id: int) -> bool:
    """Whether an officer's newest word on a reason of the town hall refuses it."""
    return any(row.stance == REFUSED for row in _words(session, case_id).values())


def _words(session: Session, case_id: int) -> dict[str, PermitWordRow]:
    query = select(PermitWordRow).where(PermitWordRow.case_id == case_id, PermitWordRow.rule == TOWN_HALL)
    return {row.subject or "": row for row in session.scalars(query.order_by(PermitWordRow.id))}
