"""The outbox: what people are told, written with what it tells of, and what became of it.

In: a person or an address, a template, values for its blanks, in the transaction of the change.  Out: rows of the outbox and
the jobs that send them; for pages, what was said and whether it arrived.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from civic.core.jobs import later
from civic.core.messages.tables import MessageConsentRow, MessageRow, MessageTryRow
from civic.core.messages.wording import default_wording, filled, wording
from civic.core.people import NoSuchPerson
from civic.core.tables import CasePartyRow, PersonRow
from gis.errors import Invalid

SEND = "messages.send"
MOST = 100
"""Messages on a page, at most."""
HIDDEN = "•••"
"""What stands in the outbox in place of a secret that was sent."""


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who is told, and by which ways."""

    body: str
    person_id: int | None
    email: str | None
    phone: str | None
    language: str
    wants_whatsapp: bool = False

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """Channels and addresses: every address that is known, a telephone by WhatsApp where that is wished."""
        found = [("email", self.email)] if self.email else []
        if self.phone:
            found.append(("whatsapp" if self.wants_whatsapp else "sms", self.phone))
        return tuple((channel, str(address)) for channel, address in found)


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message and how it fared."""

    id: int
    case_id: int | None
    person_id: int | None
    channel: str
    address: str
    template: str
    language: str
    subject: str
    text: str
    state: str
    made: datetime
    tries: int
    sent: datetime | None
    failure: str | None

    @property
    def is_secret(self) -> bool:
        """Whether it carries something that only its reader should see."""
        return default_wording(self.template, self.language).is_secret


@dataclass(frozen=True, kw_only=True)
class Try:
    """One try to send a message."""

    instant: datetime
    outcome: str
    answer: str


def tell(
    session: Session,
    *,
    case_id: int | None,
    person_id: int,
    template: str,
    values: Mapping[str, str],
    now: datetime,
) -> list[int]:
    """Tell a person something by every way that is known: the messages' identifiers; somebody erased is told nothing."""
    found = _recipients(session, PersonRow.id == person_id)
    if not found:
        raise NoSuchPerson("This person is not known here.")
    return tell_recipient(session, found[0], case_id=case_id, template=template, values=values, now=now)


def parties_of(session: Session, case_id: int) -> list[Recipient]:
    """The parties of a case, each once."""
    parties = select(CasePartyRow.person_id).where(CasePartyRow.case_id == case_id)
    return _recipients(session, PersonRow.id.in_(parties))


def _recipients(session: Session, whose: ColumnElement[bool]) -> list[Recipient]:
    query = (
        select(PersonRow, MessageConsentRow.given)
        .outerjoin(
            MessageConsentRow,
            (MessageConsentRow.person_id == PersonRow.id)
            & (MessageConsentRow.channel == "whatsapp")
            & MessageConsentRow.withdrawn.is_(None),
        )
        .where(whose)
        .order_by(PersonRow.id)
    )
    return [
        Recipient(
            body=who.body,
            person_id=who.id,
            email=who.email,
            phone=who.phone,
            language=who.language,
            wants_whatsapp=consent is not None,
        )
        for who, consent in session.execute(query)
    ]


def tell_address(
    session: Session,
    body: str,
    address: str,
    *,
    language: str,
    template: str,
    values: Mapping[str, str],
    now: datetime,
) -> list[int]:
    """Tell whoever is reached by an address, given as `people.reach` writes it, before it is known who that is."""
    is_email = "@" in address
    to = Recipient(
        body=body,
        person_id=None,
        email=address if is_email else None,
        phone=None if is_email else address,
        language=language,
    )
    return tell_recipient(session, to, case_id=None, template=template, values=values, now=now)


def tell_recipient(
    session: Session,
    to: Recipient,
    *,
    case_id: int | None,
    template: str,
    values: Mapping[str, str],
    now: datetime,
) -> list[int]:
    """Tell somebody whose addresses are known already."""
    worded = filled(wording(session, to.body, template, to.language), values)
    rows = [
        MessageRow(
            body=to.body,
            case_id=case_id,
            person_id=to.person_id,
            channel=channel,
            address=address,
            template=template,
            language=to.language,
            subject=worded.subject,
            text=worded.sms if channel == "sms" else worded.text,
            blanks=list(worded.blanks),
            state="waiting",
            made=now,
        )
        for channel, address in to.ways
    ]
    session.add_all(rows)
    session.flush()
    for row in rows:
        later(session, SEND, turn=f"message {row.id}", message=row.id)
    return [row.id for row in rows]


def messages_of(session: Session, case_id: int, *, person_id: int | None = None) -> list[Message]:
    """What was told about a case, oldest first; with a person, only what that person was told."""
    query = select(MessageRow).where(MessageRow.case_id == case_id).order_by(MessageRow.id)
    if person_id is not None:
        query = query.where(MessageRow.person_id == person_id)
    return _messages(session, query)


def own_messages(session: Session, person_id: int) -> list[Message]:
    """What a person was told, newest first."""
    query = select(MessageRow).where(MessageRow.person_id == person_id)
    return _messages(session, query.order_by(MessageRow.id.desc()).limit(MOST))


def outbox(session: Session, *, before: int | None = None, failed: bool = False) -> list[Message]:
    """A page of the body's outbox, newest first; `before` is the last message of the page before."""
    query = select(MessageRow).order_by(MessageRow.id.desc()).limit(MOST)
    if before is not None:
        query = query.where(MessageRow.id < before)
    if failed:
        query = query.where(MessageRow.state == "failed")
    return _messages(session, query)


def tries_of(session: Session, message_id: int) -> list[Try]:
    """Every try of a message, oldest first."""
    query = select(MessageTryRow).where(MessageTryRow.message_id == message_id).order_by(MessageTryRow.seq)
    return [
        Try(instant=row.instant, outcome=row.outcome, answer=row.answer) for row in session.scalars(query)
    ]


def wants_whatsapp(session: Session, person_id: int) -> bool:
    """Whether a person has said that messages may come by WhatsApp."""
    row = session.get(MessageConsentRow, (person_id, "whatsapp"))
    return row is not None and row.withdrawn is None


def set_whatsapp(session: Session, body: str, person_id: int, *, wants: bool, now: datetime) -> None:
    """Keep a person's word about WhatsApp, and since when."""
    who = session.get(PersonRow, person_id)
    if who is None:
        raise NoSuchPerson("This person is not known here.")
    if wants and not who.phone:
        raise Invalid("WhatsApp needs a telephone number; only an e-mail address is known of you.")
    row = session.get(MessageConsentRow, (person_id, "whatsapp"))
    if row is None and wants:
        session.add(MessageConsentRow(body=body, person_id=person_id, channel="whatsapp", given=now))
    elif row is not None and wants and row.withdrawn is not None:
        row.given, row.withdrawn = now, None
    elif row is not None and not wants and row.withdrawn is None:
        row.withdrawn = now
    session.flush()


def _messages(session: Session, query: Select[Any]) -> list[Message]:
    return [
        Message(
            id=row.id,
            case_id=row.case_id,
            person_id=row.person_id,
            channel=row.channel,
            address=row.address,
            template=row.template,
            language=row.language,
            subject=row.subject,
            text=row.text,
            state=row.state,
            made=row.made,
            tries=row.tries,
            sent=row.sent,
            failure=row.failure,
        )
        for row in session.scalars(query)
    ]
