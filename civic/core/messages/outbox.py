"""The outbox: what people are told, written with what it tells of, and what became of it.

In: a person or an address, a template, values for its blanks, in the transaction of the change.  Out: rows of the outbox and
the jobs that send them; for pages, what was said and whether it arrived.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, text
from sqlalchemy.orm import Session

from civic.core.jobs import put
from civic.core.messages.tables import MessageConsentRow, MessageRow, MessageTryRow
from civic.core.messages.wording import (
    OWN_WORDINGS,
    OwnWording,
    default_wording,
    filled,
    worded_as,
    wording,
)
from civic.core.people import NoSuchPerson
from civic.core.tables import PersonRow
from gis.db.straight import straight
from gis.errors import Invalid

SEND = "messages.send"
MOST = 100
"""Messages on a page, at most."""
HIDDEN = "•••"
"""What stands in the outbox in place of a secret that was sent."""


_SENDING = put(f"'{SEND}'", "'message ' || id", "jsonb_build_object('message', id)")
_TELL = text(
    "WITH told AS (INSERT INTO message"
    " (body, case_id, person_id, channel, address, template, language, subject, text, blanks, state, made)"
    " SELECT :body, :case, :person, way.channel, way.address, :template, :language, :subject, way.said,"
    " CAST(:blanks AS text[]), 'waiting', :now FROM unnest(CAST(:channels AS text[]), CAST(:addresses AS text[]),"
    " CAST(:texts AS text[])) WITH ORDINALITY AS way (channel, address, said, place) ORDER BY way.place RETURNING id)"
    f" SELECT id, {_SENDING} FROM told ORDER BY id"
)
"""Messages, each with the job that sends it."""


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who is told, and by which ways."""

    body: str
    person_id: int | None
    email: str | None
    phone: str | None
    language: str
    wants_whatsapp: bool = False
    own: Mapping[str, OwnWording] | None = None
    """The body's own wordings in the person's language, by template; None where they were not looked up."""
    case_number: str | None = None
    """The case whose party this is."""

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
    found = session.execute(_BY_ID, {"person": person_id}).one_or_none()
    if found is None:
        raise NoSuchPerson("This person is not known here.")
    to = to_recipient(found)
    return tell_recipient(session, to, case_id=case_id, template=template, values=values, now=now)


def parties_of(session: Session, case_id: int) -> list[Recipient]:
    """The parties of a case, each once."""
    found = straight(session, _BY_CASE, {"case": case_id})
    return [replace(to_recipient(who), case_number=who.case_number) for who in found]


RECIPIENTS = (
    "SELECT p.id, p.body, p.email, p.phone, p.language, EXISTS (SELECT FROM message_consent c WHERE c.person_id = p.id"
    f" AND c.channel = 'whatsapp' AND c.withdrawn IS NULL) AS wants_whatsapp, {OWN_WORDINGS} AS own"
)
"""The beginning of a statement that asks for people `p` as recipients."""
_BY_ID = text(f"{RECIPIENTS} FROM person p WHERE p.id = :person")
_BY_CASE = text(
    f"{RECIPIENTS}, c.number AS case_number FROM civic_case c JOIN person p ON p.id IN"
    " (SELECT person_id FROM case_party WHERE case_id = c.id) WHERE c.id = :case ORDER BY p.id"
)


def to_recipient(who: Row[Any]) -> Recipient:
    """Somebody as `RECIPIENTS` finds them."""
    return Recipient(
        body=who.body,
        person_id=who.id,
        email=who.email,
        phone=who.phone,
        language=who.language,
        wants_whatsapp=who.wants_whatsapp,
        own=who.own or {},
    )


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
    words = (
        wording(session, to.body, template, to.language)
        if to.own is None
        else worded_as(to.own.get(template), template, to.language)
    )
    worded = filled(words, values)
    if not to.ways:
        return []
    new = {
        "body": to.body,
        "case": case_id,
        "person": to.person_id,
        "channels": [channel for channel, _ in to.ways],
        "addresses": [address for _, address in to.ways],
        "texts": [worded.sms if channel == "sms" else worded.text for channel, _ in to.ways],
        "template": template,
        "language": to.language,
        "subject": worded.subject,
        "blanks": list(worded.blanks),
        "now": now,
    }
    return [int(row.id) for row in straight(session, _TELL, new)]


def messages_of(session: Session, case_id: int, *, person_id: int | None = None) -> list[Message]:
    """What was told about a case, oldest first; with a person, only what that person was told."""
    query = select(MessageRow).where(MessageRow.case_id == case_id).order_by(MessageRow.id)
    if person_id is not None:
        query = query.where(MessageRow.person_id == person_id)
    return _messages(session, query)


def undelivered(session: Session, case_id: int, *, person_id: int | None = None) -> list[Message]:
    """The messages about a case that did not arrive and were not sent again; with a person, only that person's."""
    query = select(MessageRow).where(MessageRow.case_id == case_id, MessageRow.state == "failed")
    if person_id is not None:
        query = query.where(MessageRow.person_id == person_id)
    return _messages(session, query.order_by(MessageRow.id))


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
