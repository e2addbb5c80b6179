"""Sending: one message, one try, and what came of it.

In: a job that names a message, and the carriers of this instance.  Out: the message is with its carrier, or waits for the
next try, or has finally failed; each try is on record.

The message is marked before it leaves and again after.  A worker that dies in between leaves the mark, and the job is done
again: such a message may arrive twice, with one reference, but none is lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.events import publish
from civic.core.jobs import Doer, Work, later
from civic.core.messages.carriers import Carrier, Letter, Postponed, Refused, Registered, Taken
from civic.core.messages.forgetting import GONE
from civic.core.messages.outbox import HIDDEN, SEND, wants_whatsapp
from civic.core.messages.tables import MessageRow, MessageTryRow
from civic.core.messages.wording import wording

PAUSES = (1, 5, 15, 60, 180, 360, 720)
"""Minutes before the second try, the third, …; after the last one a message has finally failed: in a day."""
WHATSAPP = "whatsapp"
UNWANTED = "its reader wants no WhatsApp any more"
OVER = frozenset({"sent", "delivered", "failed", "unsent"})


@dataclass(frozen=True, kw_only=True)
class Undelivered:
    """A message that will not arrive: what every listener is told."""

    body: LocalBody
    message_id: int
    case_id: int | None
    person_id: int | None
    channel: str
    failure: str
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Senders:
    """The carriers of this instance, by channel; what a channel lacks is not sent, and says so."""

    carriers: Mapping[str, Carrier] = field(default_factory=dict)

    @property
    def doers(self) -> dict[str, Doer]:
        """What a worker can do with them."""
        return {SEND: self.send}

    def send(self, work: Work) -> None:
        """Try once to send a message; one that is over stays as it is."""
        number = work.number("message")
        with work.inside() as (session, body):
            row = _taken_up(session, number)
            if row is None or _is_unwanted(session, body, row, now=work.now):
                return
            letter = _letter(session, body, row, now=work.now)
            channel = row.channel
        came = self._try(channel, letter)
        with work.inside() as (session, body):
            _record(session, body, number, came, now=work.now)

    def _try(self, channel: str, letter: Letter) -> "Taken | Postponed | Refused | None":
        carrier = self.carriers.get(channel)
        if carrier is None:
            return None
        try:
            return carrier.send(letter)
        except (Postponed, Refused) as error:
            return error


def _taken_up(session: Session, number: int) -> MessageRow | None:
    """The message, marked as being sent; None where nothing is to be done."""
    row = session.scalars(select(MessageRow).where(MessageRow.id == number).with_for_update()).one_or_none()
    if row is None or row.state in OVER:
        return None
    row.state = "sending"
    row.tries += 1
    return row


def _is_unwanted(session: Session, body: LocalBody, row: MessageRow, *, now: datetime) -> bool:
    """Whether its reader has taken back the word for WhatsApp since it was written: then it has failed, and its case says so."""
    if row.channel != WHATSAPP or row.person_id is None or wants_whatsapp(session, row.person_id):
        return False
    _note(session, row, "refused", UNWANTED, now=now)
    _fail(session, body, row, UNWANTED, now=now)
    return True


def _letter(session: Session, body: LocalBody, row: MessageRow, *, now: datetime) -> Letter:
    words = wording(session, body.code, row.template, row.language)
    return Letter(
        address=row.address,
        subject=row.subject,
        text=row.text,
        language=row.language,
        blanks=tuple(row.blanks),
        reference=f"{body.code}.{row.id}",
        registered=Registered(
            sms_header=words.sms_header,
            sms_template=words.sms_template,
            whatsapp_template=words.whatsapp_template,
        ),
        now=now,
    )


def _record(
    session: Session,
    body: LocalBody,
    number: int,
    came: Taken | Postponed | Refused | None,
    *,
    now: datetime,
) -> None:
    row = session.scalars(select(MessageRow).where(MessageRow.id == number).with_for_update()).one()
    if isinstance(came, Taken):
        row.reference = came.reference
        if row.state == "sending":  # a report of its arrival may have been faster
            row.state, row.sent = "sent", now
        _hide(session, body, row)
        _note(session, row, "sent", came.answer, now=now)
    elif came is None:
        row.state = "unsent"
        _note(session, row, "unsent", f"nothing is sent by {row.channel} from here", now=now)
    elif isinstance(came, Postponed) and row.tries <= len(PAUSES):
        row.state = "waiting"
        at = now + timedelta(minutes=PAUSES[row.tries - 1])
        later(session, SEND, at=at, turn=f"message {row.id}", message=row.id)
        _note(session, row, "postponed", str(came), now=now)
    else:
        _note(session, row, "postponed" if isinstance(came, Postponed) else "refused", str(came), now=now)
        _fail(session, body, row, str(came), now=now)


def _fail(session: Session, body: LocalBody, row: MessageRow, why: str, *, now: datetime) -> None:
    row.state, row.failure = "failed", why.replace(row.address, "…")[:500] or "no reason was given"
    _hide(session, body, row)
    session.flush()
    publish(
        session,
        Undelivered(
            body=body,
            message_id=row.id,
            case_id=row.case_id,
            person_id=row.person_id,
            channel=row.channel,
            failure=row.failure,
            now=now,
        ),
    )


def _hide(session: Session, body: LocalBody, row: MessageRow) -> None:
    """Take a secret out of the outbox once it has left."""
    if wording(session, body.code, row.template, row.language).is_secret:
        row.subject, row.text, row.blanks = HIDDEN, HIDDEN, []


def _note(session: Session, row: MessageRow, outcome: str, answer: str, *, now: datetime) -> None:
    session.flush()
    last = session.scalar(
        select(func.coalesce(func.max(MessageTryRow.seq), 0)).where(MessageTryRow.message_id == row.id)
    )
    session.add(
        MessageTryRow(
            message_id=row.id,
            seq=(last or 0) + 1,
            body=row.body,
            instant=now,
            outcome=outcome,
            answer=answer.replace(row.address, "…")[:500],  # tries are kept; to whom is not
        )
    )
    session.flush()


def arrived(
    session: Session,
    body: LocalBody,
    number: int,
    *,
    channel: str,
    is_delivered: bool,
    answer: str,
    now: datetime,
) -> bool:
    """Record a carrier's report of a message, and whether it told anything new; repeated and late ones change nothing.

    A carrier knows what it carried: of a message that went by another channel it tells nothing.
    """
    row = session.scalars(select(MessageRow).where(MessageRow.id == number).with_for_update()).one_or_none()
    if row is None or row.channel != channel or row.state not in {"sending", "sent"}:
        return False
    _note(session, row, "delivered" if is_delivered else "undelivered", answer, now=now)
    if is_delivered:
        row.state = "delivered"
        row.sent = row.sent or now
        session.flush()
    else:
        _fail(session, body, row, answer, now=now)
    return True


def send_again(session: Session, number: int) -> bool:
    """Put a message that failed, or was never sent, back into the queue; whether it was one."""
    row = session.scalars(select(MessageRow).where(MessageRow.id == number).with_for_update()).one_or_none()
    if row is None or row.state not in {"failed", "unsent"} or row.text in (HIDDEN, GONE):
        return False
    row.state, row.failure, row.tries = "waiting", None, 0
    session.flush()
    later(session, SEND, turn=f"message {row.id}", message=row.id)
    return True
