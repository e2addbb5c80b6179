"""What was demanded or received in error: cancelled with a reason, by another person than made it.

In: a demand or a receipt, a reason, a person.  Out: the same, cancelled; one journal each, nothing erased.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.events import publish
from civic.core.money.counter import check_day_open
from civic.core.money.demands import by_head, close_demand, demand, locked_demand
from civic.core.money.ledger import HELD, Booking, book, reverse
from civic.core.money.model import (
    AlreadySettled,
    Demand,
    DemandCancelled,
    Means,
    PaymentUndone,
    Receipt,
    check_apart,
)
from civic.core.money.receipts import locked_receipt, to_receipt
from civic.core.money.tables import DemandRow, JournalRow, ReceiptRow, RefundRow
from gis.errors import Conflict, Invalid


def cancel_demand(
    session: Session,
    body: LocalBody,
    demand_id: int,
    *,
    reason: str,
    by: int | None,
    now: datetime,
    device: str = "",
) -> Demand:
    """Ask a demand no more, by another person than raised it; what was paid for it is held, with a refund asked.

    `by` is nobody where a step of the case cancels it.
    """
    row = locked_demand(session, demand_id)
    check_reason(reason)
    if row.state == "cancelled":
        raise AlreadySettled("This demand is cancelled already.")
    check_apart(row.raised_by, None, by=by, device=device, what="A demand")
    booking = Booking(kind="demand_cancelled", now=now, person_id=by, reason=reason, demand_id=demand_id)
    if row.state == "open":
        reverse(session, body, _journal(session, JournalRow.demand_id == demand_id, "demand"), booking)
    else:
        _release(session, body, row, reason=reason, by=by, device=device, now=now)
    close_demand(session, row, "cancelled", now=now, by=by, reason=reason)
    cancelled = demand(session, demand_id)
    publish(session, DemandCancelled(body=body, case_id=row.case_id, demand=cancelled, now=now))
    return cancelled


def cancel_receipt(
    session: Session,
    body: LocalBody,
    receipt_id: int,
    *,
    reason: str,
    by: int,
    now: datetime,
    device: str = "",
) -> Receipt:
    """Undo a receipt for cash while the counter's day is open, by another person than received it; its demand opens again.

    Money that came through a gateway was received whatever is written here, so such a receipt is not cancelled: its demand
    is, and the money is refunded.  `Conflict` for all else that cannot be.
    """
    row = _cancellable(session, body, receipt_id, reason=reason, by=by, device=device)
    if row.demand_id is None:
        raise Conflict("This receipt is for no demand; refund it instead.")
    owed = locked_demand(session, row.demand_id)
    if owed.state != "paid":
        raise Conflict("The demand of this receipt was cancelled since; refund the receipt instead.")
    made = _journal(session, JournalRow.receipt_id == receipt_id, "receipt")
    booking = Booking(
        kind="receipt_cancelled",
        now=now,
        person_id=by,
        reason=reason,
        demand_id=owed.id,
        receipt_id=receipt_id,
    )
    reverse(session, body, made, booking)
    session.execute(
        update(ReceiptRow)
        .where(ReceiptRow.id == receipt_id)
        .values(cancelled=now, cancelled_by=by, cancelled_reason=reason)
    )
    close_demand(session, owed, "open", now=None)
    cancelled = to_receipt(locked_receipt(session, receipt_id))
    event = PaymentUndone(
        body=body, case_id=owed.case_id, demand=demand(session, owed.id), receipt=cancelled, now=now
    )
    publish(session, event)
    return cancelled


def check_reason(reason: str) -> None:
    """Refuse what gives no reason."""
    if not reason.strip():
        raise Invalid("Write the reason: the office and the auditor read it.", code="reason-missing")


def _cancellable(
    session: Session, body: LocalBody, receipt_id: int, *, reason: str, by: int, device: str
) -> ReceiptRow:
    """The row of a receipt that may be undone; its demand is locked first, as everywhere."""
    check_reason(reason)
    demand_id = session.scalar(select(ReceiptRow.demand_id).where(ReceiptRow.id == receipt_id))
    if demand_id is not None:
        locked_demand(session, demand_id)
    row = locked_receipt(session, receipt_id)
    if row.means != Means.CASH:
        raise Conflict("This money came through the gateway; cancel its demand and refund it.")
    if row.cancelled is not None:
        raise AlreadySettled("This receipt is cancelled already.")
    check_apart(row.received_by, row.device, by=by, device=device, what="A receipt")
    check_day_open(session, body, person_id=row.received_by or by, day=row.day)
    return row


def _release(
    session: Session,
    body: LocalBody,
    row: DemandRow,
    *,
    reason: str,
    by: int | None,
    device: str,
    now: datetime,
) -> None:
    """A paid demand's money leaves the income, is held for the payer, and a refund is asked."""
    paid = select(ReceiptRow.id).where(ReceiptRow.demand_id == row.id, ReceiptRow.cancelled.is_(None))
    receipt = locked_receipt(session, session.scalars(paid).one())
    booking = Booking(
        kind="released", now=now, person_id=by, reason=reason, demand_id=row.id, receipt_id=receipt.id
    )
    book(session, body, booking, by_head(demand(session, row.id).lines) | {HELD: -row.amount})
    session.execute(update(ReceiptRow).where(ReceiptRow.id == receipt.id).values(held=receipt.amount))
    session.execute(
        insert(RefundRow).values(
            body=body.code,
            receipt_id=receipt.id,
            amount=receipt.amount,
            reason=reason,
            state="asked",
            asked=now,
            asked_by=by,
            device=device or None,
        )
    )


def _journal(session: Session, which: ColumnElement[bool], kind: str) -> int:
    query = select(JournalRow.id).where(which, JournalRow.kind == kind)
    return session.scalars(query).one()
