"""Forgetting: what messages said and where they went is kept for half a year, and not at all for who was erased.

In: a person, or the instant of a nightly round.  Out: rows that still tell that a message was sent, by which way and whether
it arrived, but neither to whom nor what it said.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.jobs import Doer, Every, Repeated, Work, whole
from civic.core.messages.tables import MessageConsentRow, MessageRow, PlotWatchRow
from civic.core.messages.wording import secret_names

KEPT = timedelta(days=180)
"""How long it can be seen what a message said."""
SECRET_KEPT = timedelta(days=1)
"""The same for what only its reader should see, where nothing sends it."""
GONE = "–"
FORGET = "messages.forget"


def forget_told(session: Session, person_id: int, reach: Iterable[str], *, now: datetime) -> None:
    """Take a person out of the outbox, with the codes that went to their addresses before anybody was known there; end their watches
    with their reasons, and their word about WhatsApp; what waits is not sent.
    """
    to_nobody_known = MessageRow.person_id.is_(None) & MessageRow.address.in_(list(reach))
    _blank(session, (MessageRow.person_id == person_id) | to_nobody_known)
    session.execute(
        update(PlotWatchRow)
        .where(PlotWatchRow.person_id == person_id)
        .where(PlotWatchRow.state.in_(("asked", "watching")))
        .values(state="stopped", decided=now)
    )
    session.execute(
        update(PlotWatchRow)
        .where(PlotWatchRow.person_id == person_id, PlotWatchRow.reason != "")
        .values(reason=GONE)
    )
    session.execute(
        update(MessageConsentRow)
        .where(MessageConsentRow.person_id == person_id, MessageConsentRow.withdrawn.is_(None))
        .values(withdrawn=now)
    )


def forget_old(session: Session, _body: LocalBody, work: Work) -> None:
    """Forget what messages of half a year ago said, and codes of yesterday that nothing sent."""
    _blank(session, MessageRow.made < work.now - KEPT)
    secret = MessageRow.template.in_(secret_names())
    _blank(session, secret & (MessageRow.made < work.now - SECRET_KEPT))


def _blank(session: Session, whose: ColumnElement[bool]) -> None:
    waiting = MessageRow.state.in_(("waiting", "sending"))
    session.execute(update(MessageRow).where(whose, waiting).values(state="unsent"))
    session.execute(
        update(MessageRow)
        .where(whose, MessageRow.address != GONE)
        .values(address=GONE, subject=GONE, text=GONE, blanks=[])
    )


DOERS: dict[str, Doer] = {FORGET: whole(forget_old)}
REPEATED = (Repeated(kind=FORGET, every=Every.NIGHT),)
