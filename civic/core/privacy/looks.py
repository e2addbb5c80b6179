"""Who looked at a person's data, and being forgotten.

In: an officer's look at a case; a person's wish.  Out: rows that the person can read; a person without name and addresses.

What is part of a decision stays (rules of public records): the case, its history, what was written there.  It then tells of
“a person who was erased”.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case
from civic.core.messages.forgetting import forget_told
from civic.core.money.gateway_tables import GatewayEventRow
from civic.core.passkey_tables import PasskeyChallengeRow, PasskeyRow
from civic.core.people import Actor, postings
from civic.core.privacy.notice import notice
from civic.core.privacy.tables import PersonalLookRow
from civic.core.side_tables import KnownOwnerRow, SentFormRow
from civic.core.tables import CasePartyRow, CaseRow, PersonRow, SignInCodeRow, SignInRow
from gis.errors import Conflict

ERASED = "–"
"""What stands in place of the name of a person who was erased."""
MOST = 200
"""Looks on one page."""
OUTBOX, WATCHES, OWNERS = "outbox", "watches", "owners"
LISTS = (OUTBOX, WATCHES, OWNERS)
"""Pages that show many persons: messages that went out, wishes to watch a plot, persons known as owners."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look, as its subject reads it: the office is named by role and person."""

    id: int
    instant: datetime
    name: str
    roles: str
    page: str


def note_list(
    session: Session,
    body: LocalBody,
    reader: Actor | None,
    subjects: Iterable[int | None],
    page: str,
    *,
    now: datetime,
) -> None:
    """Write down that an officer opened a list (`LISTS`) that names persons and what they said or where they are reached."""
    if reader is None or not reader.is_staff:
        return
    rows = [
        _row(body, reader, each, page, now=now)
        for each in sorted({each for each in subjects if each is not None} - {reader.person.id})
    ]
    if rows:
        session.execute(insert(PersonalLookRow), rows)


def note_look(session: Session, body: LocalBody, reader: Actor, found: Case, *, now: datetime) -> None:
    """Write down that an officer opened the case of others; one's own is nobody's concern."""
    if not reader.is_staff:
        return
    parties = session.scalars(
        select(CasePartyRow.person_id).where(CasePartyRow.case_id == found.id).distinct()
    ).all()
    rows = [_row(body, reader, each, found.number, now=now) for each in parties if each != reader.person.id]
    if rows:
        session.execute(insert(PersonalLookRow), rows)


def _row(body: LocalBody, reader: Actor, subject: int, page: str, *, now: datetime) -> dict[str, object]:
    return {
        "body": body.code,
        "instant": now,
        "subject_id": subject,
        "reader_id": reader.person.id,
        "roles": ", ".join(sorted(reader.roles)),
        "page": page,
    }


def looks_at(session: Session, person_id: int, *, before: int | None = None) -> list[Look]:
    """Who looked at a person's data, newest first, at most `MOST` at once; `before` is the last one that was read."""
    query = (
        select(PersonalLookRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == PersonalLookRow.reader_id)
        .where(PersonalLookRow.subject_id == person_id)
        .order_by(PersonalLookRow.id.desc())
        .limit(MOST)
    )
    if before is not None:
        query = query.where(PersonalLookRow.id < before)
    return [
        Look(id=row.id, instant=row.instant, name=name, roles=row.roles, page=row.page)
        for row, name in session.execute(query)
    ]


def erase(session: Session, person_id: int, *, on: date, now: datetime) -> None:
    """Forget a person's name and addresses; `Conflict` while a case of theirs is open or they hold a posting."""
    row = session.get_one(PersonRow, person_id, with_for_update=True)
    still_open = session.scalar(
        select(func.count())
        .select_from(CaseRow)
        .join(CasePartyRow, CasePartyRow.case_id == CaseRow.id)
        .where(CasePartyRow.person_id == person_id, CaseRow.closed.is_(None))
    )
    if still_open:
        raise Conflict(
            f"You still have {still_open} open case(s); end or withdraw them first, since the office must be able to"
            " reach you.",
            code="still-open",
        )
    if any(each.ends is None or each.ends > on for each in postings(session, on=None, person_id=person_id)):
        raise Conflict("You hold a posting of the office; it must end first.", code="still-posted")
    reach = [each for each in (row.email, row.phone) if each]
    session.execute(delete(SignInCodeRow).where(SignInCodeRow.reach.in_(reach)))
    session.execute(delete(PasskeyRow).where(PasskeyRow.person_id == person_id))
    session.execute(
        update(SignInRow).where(SignInRow.person_id == person_id, SignInRow.ended.is_(None)).values(ended=now)
    )
    session.execute(
        update(KnownOwnerRow)
        .where(KnownOwnerRow.person_id == person_id, KnownOwnerRow.ended.is_(None))
        .values(ended=now)
    )
    forget_told(session, person_id, reach, now=now)
    row.name, row.email, row.phone, row.erased = ERASED, None, None, now
    session.flush()


def forget_old(session: Session, *, now: datetime) -> int:
    """Forget what has been kept for as long as the notice says; how many rows."""
    days = notice()["sign_in_code.reach"].kept.days or 1
    forms = notice()["sent_form.digest"].kept.days or 1
    payments = notice()["gateway_event.raw"].kept.days or 1
    done = [
        session.execute(delete(SignInCodeRow).where(SignInCodeRow.made < now - timedelta(days=days))),
        session.execute(delete(SentFormRow).where(SentFormRow.sent < now - timedelta(days=forms))),
        session.execute(delete(PasskeyChallengeRow).where(PasskeyChallengeRow.ends <= now)),
        session.execute(
            update(GatewayEventRow)
            .where(GatewayEventRow.raw.is_not(None), GatewayEventRow.booked < now - timedelta(days=payments))
            .values(raw=None)
        ),
    ]
    counts: list[int] = [each.rowcount for each in done]  # type: ignore[attr-defined]
    return sum(counts)
