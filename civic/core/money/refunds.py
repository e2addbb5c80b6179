"""Refunds: money that is held for its payer goes back, asked by one person and granted by another.

In: a receipt that holds money, a reason, persons.  Out: refunds; granting is one journal, paying another.  A refund goes the
way the money came: cash from a counter's drawer, the rest through the gateway, which is asked with a key so that a refund
that was sent and not noted is not sent twice.
"""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.events import publish
from civic.core.money.counter import check_day_open, day_book
from civic.core.money.gateway import Gateway, RefundMade
from civic.core.money.gateway_tables import GatewayPaymentRow
from civic.core.money.ledger import CASH, GATEWAY, HELD, REFUNDS_DUE, Booking, book
from civic.core.money.model import Means, NoSuchMoney, Refund, Refunded, SamePerson, check_apart, money_day
from civic.core.money.receipts import locked_receipt
from civic.core.money.tables import ReceiptRow, RefundRow
from gis.errors import Conflict, Invalid


def refund(session: Session, refund_id: int) -> Refund:
    """The refund of an identifier."""
    row = session.get(RefundRow, refund_id, populate_existing=True)
    if row is None:
        raise NoSuchMoney("There is no such refund here.")
    return _of(row, session.get_one(ReceiptRow, row.receipt_id))


def refunds(session: Session, *, state: str, most: int = 200) -> list[Refund]:
    """Refunds in a state (`asked`, `granted`, `refused`, `paid`), oldest first."""
    query = (
        select(RefundRow, ReceiptRow)
        .join(ReceiptRow, ReceiptRow.id == RefundRow.receipt_id)
        .where(RefundRow.state == state)
        .order_by(RefundRow.id)
        .limit(most)
    )
    return [_of(row, receipt) for row, receipt in session.execute(query)]


def ask_refund(
    session: Session,
    body: LocalBody,
    receipt_id: int,
    *,
    reason: str,
    by: int,
    now: datetime,
    device: str = "",
) -> Refund:
    """Ask that what a receipt holds goes back."""
    if not reason.strip():
        raise Invalid("Write why the money goes back: the auditor reads it.", code="reason-missing")
    receipt = locked_receipt(session, receipt_id)
    waiting = select(RefundRow.id).where(
        RefundRow.receipt_id == receipt_id, RefundRow.state.in_(("asked", "granted"))
    )
    if not receipt.held:
        raise Conflict("This receipt holds no money for its payer: nothing can be refunded from it.")
    if session.scalar(waiting):
        raise Conflict("A refund of this receipt is on its way already.")
    values = {"receipt_id": receipt_id, "amount": receipt.held, "reason": reason, "state": "asked"}
    asked = {"body": body.code, "asked": now, "asked_by": by, "device": device or None}
    made = insert(RefundRow).values(**asked, **values).returning(RefundRow.id)
    return refund(session, session.execute(made).scalar_one())


def decide_refund(
    session: Session,
    body: LocalBody,
    refund_id: int,
    *,
    is_granted: bool,
    by: int,
    now: datetime,
    device: str = "",
) -> Refund:
    """Grant or refuse a refund, by another person at another machine than asked; a refused one leaves the money held."""
    row = _locked(session, refund_id)
    if row.state != "asked":
        raise Conflict("This refund is decided already.")
    check_apart(row.asked_by, row.device, by=by, device=device, what="A refund")
    state = "granted" if is_granted else "refused"
    session.execute(
        update(RefundRow).where(RefundRow.id == refund_id).values(state=state, decided=now, decided_by=by)
    )
    if is_granted:
        receipt = locked_receipt(session, row.receipt_id)
        held = receipt.held - row.amount
        session.execute(update(ReceiptRow).where(ReceiptRow.id == receipt.id).values(held=held))
        booking = _booking("refund_granted", row, by=by, now=now)
        book(session, body, booking, {HELD: row.amount, REFUNDS_DUE: -row.amount})
    return refund(session, refund_id)


def hand_out(session: Session, body: LocalBody, refund_id: int, *, by: int, now: datetime) -> Refund:
    """Pay a granted refund in cash from a counter's drawer, by another person than granted it."""
    day = money_day(body, now)
    check_day_open(session, body, person_id=by, day=day)
    row = _granted(session, refund_id, Means.CASH)
    if by == row.decided_by:
        raise SamePerson("Who granted a refund does not pay it out: ask the counter to do so.")
    if day_book(session, body, person_id=by, day=day).expected < row.amount:
        raise Conflict("There is not so much cash in this drawer today.")
    return _pay(session, body, row, CASH, by=by, ref=None, now=now)


def send_refund(
    session: Session, gateway: Gateway, body: LocalBody, refund_id: int, *, now: datetime
) -> Refund:
    """Pay a granted refund through the gateway; the key makes a second asking the same refund."""
    row = _granted(session, refund_id, Means.GATEWAY)
    payment = _payment(session, row)
    made = gateway.refund(payment.payment_ref, amount=row.amount, key=f"{body.code}/{row.id}")
    return _pay(session, body, row, GATEWAY, by=None, ref=made.ref, now=now)


def confirm_refund(session: Session, body: LocalBody, made: RefundMade, *, now: datetime) -> str:
    """Book a refund that the gateway tells of, if it is one of ours and not yet booked; what became of it."""
    code, _, number = made.notes.get("refund", "").rpartition("/")
    if code != body.code or not number.isdecimal():
        return "not_ours"
    row = _locked(session, int(number))
    if row.state != "granted":
        return "repeated"
    if made.failed or made.amount != row.amount:
        return "differs"
    _pay(session, body, row, GATEWAY, by=None, ref=made.ref, now=now)
    return "refunded"


def _pay(
    session: Session,
    body: LocalBody,
    row: RefundRow,
    account: str,
    *,
    by: int | None,
    ref: str | None,
    now: datetime,
) -> Refund:
    session.execute(
        update(RefundRow)
        .where(RefundRow.id == row.id)
        .values(state="paid", paid=now, paid_by=by, refund_ref=ref)
    )
    booking = _booking("refund_paid", row, by=by, now=now)
    book(session, body, booking, {REFUNDS_DUE: row.amount, account: -row.amount})
    paid = refund(session, row.id)
    publish(session, Refunded(body=body, refund=paid, now=now))
    return paid


def _booking(kind: str, row: RefundRow, *, by: int | None, now: datetime) -> Booking:
    return Booking(
        kind=kind, now=now, person_id=by, reason=row.reason, receipt_id=row.receipt_id, refund_id=row.id
    )


def _granted(session: Session, refund_id: int, means: Means) -> RefundRow:
    row = _locked(session, refund_id)
    if row.state != "granted":
        raise Conflict("This refund is not granted, or it is paid already.")
    if session.get_one(ReceiptRow, row.receipt_id).means != means:
        raise Conflict("Money goes back the way it came: this refund is paid in the other way.")
    return row


def _locked(session: Session, refund_id: int) -> RefundRow:
    query = select(RefundRow).where(RefundRow.id == refund_id).with_for_update(key_share=True)
    row = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if row is None:
        raise NoSuchMoney("There is no such refund here.")
    return row


def _payment(session: Session, row: RefundRow) -> GatewayPaymentRow:
    payment_id = session.get_one(ReceiptRow, row.receipt_id).payment_id
    return session.get_one(GatewayPaymentRow, payment_id)


def _of(row: RefundRow, receipt: ReceiptRow) -> Refund:
    return Refund(
        id=row.id,
        receipt_id=row.receipt_id,
        receipt_number=receipt.number,
        means=Means(receipt.means),
        amount=row.amount,
        reason=row.reason,
        state=row.state,
        asked=row.asked,
        asked_by=row.asked_by,
        decided_by=row.decided_by,
        paid=row.paid,
    )
