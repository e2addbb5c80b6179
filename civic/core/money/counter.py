"""Cash at the counter: taken for a demand, counted at the end of the day, the day closed by two persons.

In: a demand or a counted sum in paise, and who acts.  Out: receipts and closed day books.  A closed day takes no more cash of
its counter; taking and closing wait for each other.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.money.ledger import CASH, DIFFERENCES, SAFE, Booking, book
from civic.core.money.model import DayClosed, Means, Receipt, SamePerson, WrongAmount, money_day
from civic.core.money.receipts import settle, to_receipt
from civic.core.money.tables import DayBookRow, ReceiptRow, RefundRow
from gis.errors import Invalid

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 6))")
_SHARE = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:key, 6))")


@dataclass(frozen=True, kw_only=True)
class DayBook:
    """A counter's day: its receipts, cash paid out, what must be in the drawer; once closed, what was counted."""

    person_id: int
    day: date
    receipts: tuple[Receipt, ...]
    paid_out: int
    expected: int
    counted: int | None
    note: str | None
    closed: datetime | None
    checked_by: int | None


def take_cash(
    session: Session,
    body: LocalBody,
    demand_id: int,
    *,
    amount: int,
    by: int,
    now: datetime,
    device: str = "",
) -> Receipt:
    """Take the whole sum of a demand in cash at a machine; `DayClosed` once the counter's day is closed."""
    check_day_open(session, body, person_id=by, day=money_day(body, now))
    return settle(
        session,
        body,
        demand_id,
        amount=amount,
        means=Means.CASH,
        received_by=by,
        device=device,
        now=now,
    )


def check_day_open(session: Session, body: LocalBody, *, person_id: int, day: date) -> None:
    """Refuse where a counter's day is closed, and keep it open until this transaction ends."""
    session.execute(_SHARE, {"key": _key(body, person_id, day)})
    if session.get(DayBookRow, (body.code, person_id, day), populate_existing=True):
        raise DayClosed(f"The day {day} of this counter is closed. Cash is booked on the next day.")


def day_book(session: Session, body: LocalBody, *, person_id: int, day: date) -> DayBook:
    """A counter's day as it stands."""
    query = (
        select(ReceiptRow)
        .where(ReceiptRow.day == day, ReceiptRow.received_by == person_id)
        .order_by(ReceiptRow.id)
    )
    receipts = tuple(to_receipt(row) for row in session.scalars(query))
    taken = sum(receipt.amount for receipt in receipts if receipt.cancelled is None)
    paid_out = _paid_out(session, body, person_id, day)
    kept = session.get(DayBookRow, (body.code, person_id, day), populate_existing=True)
    return DayBook(
        person_id=person_id,
        day=day,
        receipts=receipts,
        paid_out=paid_out,
        expected=kept.expected if kept else taken - paid_out,
        counted=kept.counted if kept else None,
        note=kept.note if kept else None,
        closed=kept.closed if kept else None,
        checked_by=kept.checked_by if kept else None,
    )


def close_day(
    session: Session,
    body: LocalBody,
    *,
    person_id: int,
    day: date,
    counted: int,
    checked_by: int,
    note: str | None,
    now: datetime,
) -> DayBook:
    """Close a counter's day with what was counted in paise, before another person; a difference needs a note.

    The counted cash goes to the safe in one journal; a difference is booked as such, never hidden.
    """
    session.execute(_LOCK, {"key": _key(body, person_id, day)})
    if checked_by == person_id:
        raise SamePerson("The counter's own person does not check the count: ask a colleague to do so.")
    if counted < 0:
        raise WrongAmount("What was counted is a whole number of paise, not below nothing.")
    if session.get(DayBookRow, (body.code, person_id, day), populate_existing=True):
        raise DayClosed(f"The day {day} of this counter is closed already.")
    expected = day_book(session, body, person_id=person_id, day=day).expected
    if counted != expected and not (note or "").strip():
        raise Invalid(
            "What was counted differs from the receipts: write a note that says why.", code="reason-missing"
        )
    session.execute(
        insert(DayBookRow).values(
            body=body.code,
            person_id=person_id,
            day=day,
            expected=expected,
            counted=counted,
            note=note,
            closed=now,
            checked_by=checked_by,
        )
    )
    entries = {CASH: -expected, SAFE: counted, DIFFERENCES: expected - counted}
    moved = {account: amount for account, amount in entries.items() if amount}
    if moved:
        book(session, body, Booking(kind="handed_over", now=now, person_id=person_id, reason=note), moved)
    return day_book(session, body, person_id=person_id, day=day)


def _paid_out(session: Session, body: LocalBody, person_id: int, day: date) -> int:
    """Cash refunds that the person handed out on a day, in paise."""
    there = func.date(func.timezone(body.time_zone, RefundRow.paid))
    query = (
        select(func.coalesce(func.sum(RefundRow.amount), 0))
        .join(ReceiptRow, ReceiptRow.id == RefundRow.receipt_id)
        .where(RefundRow.paid_by == person_id, there == day, ReceiptRow.means == Means.CASH)
    )
    return int(session.scalar(query) or 0)


def _key(body: LocalBody, person_id: int, day: date) -> str:
    return f"{body.code}/{person_id}/{day}"
