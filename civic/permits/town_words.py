"""The officer's word on each reason for which the town hall itself sends a case to an officer: title, licence, whose permit it is.

In: a case on a day, an officer's words.  Out: rows that are only added to, of the case and not of a check; which reasons have no
word yet, which are refused.  The newest word on a reason holds.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case
from civic.core.desk import Desk
from civic.core.people import Actor
from civic.permits.consents import OWNER
from civic.permits.deciding import ACCEPTED, REFUSED, Said, keep_word
from civic.permits.model import Kind
from civic.permits.routing import (
    BUILT_AREA,
    BUILT_UNTOLD,
    CO_OWNER,
    LICENCE_ENDED,
    NOT_HOLDER,
    OTHER_PERMIT,
    OWNER_UNKNOWN,
    of_the_town,
)
from civic.permits.tables import PermitCaseRow, PermitConsentRow, PermitWordRow
from gis.errors import Invalid, NotFound
from layers.extract.model import Words

TOWN_HALL = "town_hall"
STANCES = (ACCEPTED, REFUSED)
TITLES = {
    OWNER_UNKNOWN: Words(
        en="nobody who signs is known as an owner",
        ml="ഒപ്പിടുന്ന ആരും ഉടമയായി അറിയപ്പെടുന്നില്ല",
    ),
    CO_OWNER: Words(
        en="not every owner of the plot signs",
        ml="പ്ലോട്ടിന്റെ എല്ലാ ഉടമകളും ഒപ്പിടുന്നില്ല",
    ),
    LICENCE_ENDED: Words(
        en="the licence of the licensee has ended",
        ml="ലൈസൻസിയുടെ ലൈസൻസിന്റെ കാലാവധി കഴിഞ്ഞു",
    ),
    NOT_HOLDER: Words(
        en="nobody who applies is known as an owner of the permit that is followed",
        ml="അപേക്ഷിക്കുന്ന ആരും ആധാരമായ പെർമിറ്റിന്റെ ഉടമയായി അറിയപ്പെടുന്നില്ല",
    ),
    OTHER_PERMIT: Words(
        en="another permit is in force on the plot",
        ml="പ്ലോട്ടിൽ മറ്റൊരു പെർമിറ്റ് പ്രാബല്യത്തിലുണ്ട്",
    ),
    BUILT_AREA: Words(
        en="the area was built otherwise by more than the rule on deviation lets go without a revised permit",
        ml="പുതുക്കിയ പെർമിറ്റില്ലാതെ അനുവദനീയമായതിലും കൂടുതൽ വിസ്തീർണ്ണവ്യത്യാസത്തോടെ നിർമ്മിച്ചു",
    ),
    BUILT_UNTOLD: Words(
        en="the finished building cannot be held against what was permitted",
        ml="പൂർത്തിയായ കെട്ടിടം അനുവദിച്ചതുമായി ഒത്തുനോക്കാനാവുന്നില്ല",
    ),
}
"""Every reason that needs a word, as letters and sentences of what holds a step name it."""


def headed(code: str) -> Words:
    """A reason as it stands by itself at the head of a point."""
    title = TITLES[code]
    return Words(en=title.en[:1].upper() + title.en[1:], ml=title.ml)


@dataclass(frozen=True, kw_only=True)
class TownReason:
    """A reason by its code, with the newest word on it."""

    code: str
    stance: str | None
    reason: str | None

    @property
    def title(self) -> Words:
        """The reason as letters name it."""
        return TITLES[self.code]


def town_reasons(session: Session, body: LocalBody, standing: Case, *, on: date) -> tuple[TownReason, ...]:
    """The reasons that sent a case to an officer, and those that stand today while it is open; each with its word."""
    row = session.get_one(PermitCaseRow, standing.id, populate_existing=True)
    codes = {each["code"] for each in row.why}
    if standing.closed is None:
        codes |= {each.code for each in of_the_town(session, body, standing.id, kind=Kind(row.kind), on=on)}
    words = words_of_town(session, standing.id)
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
    about = TOWN_HALL, _subject(code, _licensees_before(desk.session, standing.id))
    said = Said(case_id=standing.id, check_seq=None, about=about, stance=stance)
    keep_word(desk, said, reason, before=words_of_town(desk.session, standing.id).get(code), actor=actor)


def why_unspoken(session: Session, body: LocalBody, standing: Case, *, on: date) -> str | None:
    """Which reasons have no word of an officer yet, or one that refuses; None where all are accepted."""
    found = town_reasons(session, body, standing, on=on)
    still = [each.title.en for each in found if each.stance is None]
    if still:
        return f"No word yet on: {', '.join(still)}."
    refused = [each.title.en for each in found if each.stance == REFUSED]
    return f"An officer has refused it: {', '.join(refused)}." if refused else None


def is_refused(session: Session, case_id: int) -> bool:
    """Whether an officer's newest word on a reason of the town hall refuses it."""
    return any(row.stance == REFUSED for row in words_of_town(session, case_id).values())


def words_of_town(session: Session, case_id: int) -> dict[str, PermitWordRow]:
    """The newest word on each reason by its code; a word on a licence is on that of the licensee of today alone."""
    query = select(PermitWordRow).where(PermitWordRow.case_id == case_id, PermitWordRow.rule == TOWN_HALL)
    newest = {row.subject or "": row for row in session.scalars(query.order_by(PermitWordRow.id))}
    before = _licensees_before(session, case_id)
    return {code: newest[which] for code in TITLES if (which := _subject(code, before)) in newest}


def _subject(code: str, licensees_before: int) -> str:
    """How a word names its reason: one on a licence is of its licensee, and ends with the next."""
    is_changed = code == LICENCE_ENDED and licensees_before
    return f"{code}.{licensees_before}" if is_changed else code


def _licensees_before(session: Session, case_id: int) -> int:
    """How often the licensee was changed: each change is a consent of the owner under no drawing."""
    query = select(func.count()).where(
        PermitConsentRow.case_id == case_id,
        PermitConsentRow.check_seq.is_(None),
        PermitConsentRow.part == OWNER,
    )
    return session.scalar(query) or 0
