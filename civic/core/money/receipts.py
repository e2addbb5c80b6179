"""Receipts: every rupee that comes in gets one, numbered without a gap in its body and financial year.

In: money that was received, and the demand it is for.  Out: receipts; each is one journal, and a demand that is paid is
told of as `Settled`, and once its receipt is numbered as `Paid`, in the same transaction.  Money that no open demand takes is held for its payer, with a refund asked.
"""

import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, insert, select, text
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.events import publish
from civic.core.money.demands import SECRET, close_demand, demand_of, locked_demand
from civic.core.money.ledger import CASH, DEMANDS, GATEWAY, HELD, Booking, book
from civic.core.money.model import (
    AlreadySettled,
    HeldForPayer,
    Means,
    NoSuchMoney,
    Paid,
    Receipt,
    Settled,
    WrongAmount,
    financial_year,
    money_day,
    receipt_number,
)
from civic.core.money.tables import DemandRow, ReceiptRow, RefundRow
from gis.errors import Conflict

_FRESH = {"populate_existing": True}
_NEXT_SERIAL = text(
    "INSERT INTO receipt_serial (body, year, last) VALUES (:body, :year, 1)"
    " ON CONFLICT (body, year) DO UPDATE SET last = receipt_serial.last + 1 RETURNING last"
)
_INTO = {Means.CASH: CASH, Means.GATEWAY: GATEWAY}


def settle(
    session: Session,
    body: LocalBody,
    demand_id: int,
    *,
    amount: int,
    means: Means,
    now: datetime,
    received_by: int | None = None,
    device: str = "",
    payment_id: int | None = None,
) -> Receipt:
    """Take the whole sum of an open demand, in paise: `Settled` told, then a receipt, a journal, and `Paid` told, in this transaction.

    `AlreadySettled` where it is open no more, `WrongAmount` where the sum is another; then nothing was written.
    """
    row = locked_demand(session, demand_id)
    if row.state != "open":
        raise AlreadySettled(
            "This demand is not open: it was paid or cancelled already. Take no money for it."
        )
    if amount != row.amount:
        raise WrongAmount(f"This demand is paid whole: {row.amount} paise, not {amount}.")
    close_demand(session, row, "paid", now=now)
    paid = demand_of(session, row)
    publish(session, Settled(body=body, case_id=paid.case_id, demand=paid, now=now))
    receipt = _receive(
        session,
        body,
        demand_id=demand_id,
        amount=amount,
        held=0,
        means=means,
        now=now,
        received_by=received_by,
        device=device,
        payment_id=payment_id,
    )
    publish(session, Paid(body=body, case_id=paid.case_id, demand=paid, receipt=receipt, now=now))
    return receipt


def settle_or_hold(
    session: Session, body: LocalBody, demand_id: int | None, *, amount: int, payment_id: int, now: datetime
) -> Receipt:
    """Book money that a gateway has taken, whatever became of its demand or case meanwhile: it is settled, or held."""
    row = locked_demand(session, demand_id) if demand_id is not None else None
    reason = _why(row)
    if row is not None and row.state == "open" and row.amount == amount:
        try:
            with session.begin_nested():
                return settle(
                    session, body, row.id, amount=amount, means=Means.GATEWAY, payment_id=payment_id, now=now
                )
        except Conflict as error:
            reason = f"The service could not take it: {error.message}"
    receipt = _receive(
        session,
        body,
        demand_id=None,
        amount=amount,
        held=amount,
        means=Means.GATEWAY,
        now=now,
        received_by=None,
        device="",
        payment_id=payment_id,
    )
    session.execute(
        insert(RefundRow).values(
            body=body.code,
            receipt_id=receipt.id,
            amount=amount,
            reason=reason,
            state="asked",
            asked=now,
            asked_by=None,
        )
    )
    publish(session, HeldForPayer(body=body, demand_id=demand_id, receipt=receipt, now=now))
    return receipt


def receipt(session: Session, identifier: int) -> Receipt:
    """The receipt of an identifier."""
    return _found(session, ReceiptRow.id == identifier)


def receipt_at(session: Session, token: str) -> Receipt:
    """The receipt of a link."""
    return _found(session, ReceiptRow.token == token)


def receipt_numbered(session: Session, number: str) -> Receipt:
    """The receipt of a number."""
    return _found(session, ReceiptRow.number == number)


def receipts_of(session: Session, demand_id: int) -> list[Receipt]:
    """The receipts of a demand, cancelled ones too, oldest first."""
    query = select(ReceiptRow).where(ReceiptRow.demand_id == demand_id).order_by(ReceiptRow.id)
    return [to_receipt(row) for row in session.scalars(query, execution_options=_FRESH)]


def locked_receipt(session: Session, receipt_id: int) -> ReceiptRow:
    """The receipt's row as it stands now, locked until the transaction ends."""
    query = select(ReceiptRow).where(ReceiptRow.id == receipt_id).with_for_update(key_share=True)
    row = session.scalars(query, execution_options=_FRESH).one_or_none()
    if row is None:
        raise _unknown()
    return row


def to_receipt(row: ReceiptRow) -> Receipt:
    """The receipt that a row holds."""
    return Receipt(
        id=row.id,
        token=row.token,
        number=row.number,
        demand_id=row.demand_id,
        means=Means(row.means),
        amount=row.amount,
        held=row.held,
        payment_id=row.payment_id,
        received_by=row.received_by,
        day=row.day,
        instant=row.instant,
        cancelled=row.cancelled,
        cancelled_reason=row.cancelled_reason,
    )


def _receive(
    session: Session,
    body: LocalBody,
    *,
    demand_id: int | None,
    amount: int,
    held: int,
    means: Means,
    now: datetime,
    received_by: int | None,
    device: str,
    payment_id: int | None,
) -> Receipt:
    """The receipt and its journal; the number is taken here, so receipts of a body queue for the rest of the transaction, which is short."""
    day = money_day(body, now)
    year = financial_year(day)
    serial = session.execute(_NEXT_SERIAL, {"body": body.code, "year": year}).scalar_one()
    row = ReceiptRow(
        body=body.code,
        token=secrets.token_urlsafe(SECRET),
        year=year,
        serial=serial,
        number=receipt_number(year, serial),
        demand_id=demand_id,
        means=means,
        amount=amount,
        held=held,
        payment_id=payment_id,
        received_by=received_by,
        device=device or None,
        day=day,
        instant=now,
    )
    session.add(row)
    session.flush()
    entries = {_INTO[means]: amount, (HELD if held else DEMANDS): -amount}
    booking = Booking(kind="receipt", now=now, person_id=received_by, demand_id=demand_id, receipt_id=row.id)
    book(session, body, booking, entries)
    return to_receipt(row)


def _why(row: DemandRow | None) -> str:
    if row is None:
        return "Paid for no demand."
    if row.state == "paid":
        return "Paid a second time."
    if row.state == "cancelled":
        return "Paid after the demand was cancelled."
    return "Another sum than was demanded."


def _unknown() -> NoSuchMoney:
    return NoSuchMoney("There is no receipt under this address. Take the whole link or scan the code again.")


def _found(session: Session, which: ColumnElement[bool]) -> Receipt:
    row = session.scalars(select(ReceiptRow).where(which), execution_options=_FRESH).one_or_none()
    if row is None:
        raise _unknown()
    return to_receipt(row)
