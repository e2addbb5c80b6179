"""From a gateway's word to a receipt: orders, events kept raw before they are read, payments booked exactly once.

In: a gateway, its webhooks and answers.  Out: rows and receipts.  However often, late or out of order a payment is told of,
and whatever dies in between, the gateway's own number of it is unique here and is written in the same transaction as the
receipt: it is booked once.  What could not be booked stays waiting and is tried again.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.money.demands import demand
from civic.core.money.gateway import BadSignature, Gateway, Order, Payment
from civic.core.money.gateway_tables import GatewayEventRow, GatewayOrderRow, GatewayPaymentRow
from civic.core.money.model import RUPEES, AlreadySettled, Demand, Receipt
from civic.core.money.receipts import receipt, settle_or_hold
from civic.core.money.refunds import confirm_refund
from civic.core.money.tables import ReceiptRow

ORDER_LASTS = timedelta(hours=12)
"""How long an order is shown again to whoever opens the pay page."""
LONGEST_EVENT = 256_000
"""Bytes of a webhook."""
_BODY, _DEMAND = "body", "demand"
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('order', :demand))")


@dataclass(frozen=True, kw_only=True)
class Booked:
    """What became of a payment: `settled`, `held`, `repeated`, `foreign` money, `not_captured`, or `not_ours`."""

    outcome: str
    receipt: Receipt | None = None


def order_for(session: Session, gateway: Gateway, body: LocalBody, demand_id: int, *, now: datetime) -> Order:
    """The order by which a demand is paid now: a fresh one, or the last if nobody used it up.

    Its payer sees it only after this transaction was committed, so an order that is lost with it is never paid.
    """
    # Not the demand's own lock: cash must not wait for a gateway.
    session.execute(_ONE_AT_A_TIME, {"demand": demand_id})
    owed = _open(session, demand_id)
    last = session.scalars(
        select(GatewayOrderRow)
        .where(
            GatewayOrderRow.demand_id == demand_id,
            GatewayOrderRow.gateway == gateway.name,
            GatewayOrderRow.amount == owed.amount,
            GatewayOrderRow.made > now - ORDER_LASTS,
        )
        .order_by(GatewayOrderRow.id.desc())
        .limit(1)
    ).one_or_none()
    if last is not None:
        return Order(ref=last.order_ref, amount=last.amount, currency=last.currency)
    order = gateway.order(
        amount=owed.amount,
        currency=RUPEES,
        reference=f"D{demand_id}",
        notes={_BODY: body.code, _DEMAND: str(demand_id)},
    )
    _open(session, demand_id)  # it may have been paid at the counter meanwhile
    _keep_order(session, gateway, body, demand_id, order, now=now)
    return order


def keep_event(
    session: Session,
    gateway: Gateway,
    body: LocalBody,
    *,
    raw: bytes,
    signature: str,
    event_ref: str | None,
    now: datetime,
) -> int:
    """Keep a webhook byte for byte before anything is made of it; one that was kept already answers with its first row.

    The number of an event stands outside what is signed, so other bytes under a known number are kept beside it.
    """
    if len(raw) > LONGEST_EVENT or not gateway.is_webhook_genuine(raw, signature):
        raise BadSignature("This message was not signed by the payment gateway; nothing was done.")
    digest = hashlib.sha256(raw).hexdigest()
    for ref in ((event_ref or digest)[:200], digest):
        values = {"body": body.code, "gateway": gateway.name, "event_ref": ref, "raw": raw, "digest": digest}
        made = session.execute(
            upsert(GatewayEventRow)
            .values(**values, signature=signature, received=now)
            .on_conflict_do_nothing()
            .returning(GatewayEventRow.id)
        ).scalar_one_or_none()
        if made is not None:
            return made
        kept = session.execute(
            select(GatewayEventRow.id, GatewayEventRow.digest).where(
                GatewayEventRow.gateway == gateway.name, GatewayEventRow.event_ref == ref
            )
        ).one()
        if kept.digest == digest:
            return int(kept.id)
    return int(kept.id)


def waiting_events(session: Session) -> list[int]:
    """Events that are kept and not yet booked, oldest first."""
    query = select(GatewayEventRow.id).where(GatewayEventRow.booked.is_(None)).order_by(GatewayEventRow.id)
    return list(session.scalars(query))


def book_event(
    session: Session, gateway: Gateway, body: LocalBody, event_id: int, *, now: datetime
) -> Booked:
    """Book what a kept event tells; a second time it is only looked at."""
    query = select(GatewayEventRow).where(GatewayEventRow.id == event_id).with_for_update(key_share=True)
    row = session.scalars(query, execution_options={"populate_existing": True}).one()
    if row.booked is not None or row.raw is None:
        return Booked(outcome="repeated")
    told = gateway.told(row.raw)
    if told.payment is not None and told.kind in ("payment.captured", "order.paid"):
        booked = book_payment(session, gateway, body, told.payment, now=now)
    elif told.refund is not None and told.kind == "refund.processed":
        booked = Booked(outcome=confirm_refund(session, body, told.refund, now=now))
    else:
        booked = Booked(outcome="no_money")
    session.execute(
        update(GatewayEventRow)
        .where(GatewayEventRow.id == event_id)
        .values(booked=now, outcome=f"{told.kind[:60]}: {booked.outcome}")
    )
    return booked


def book_return(
    session: Session,
    gateway: Gateway,
    body: LocalBody,
    *,
    order_ref: str,
    payment_ref: str,
    signature: str,
    now: datetime,
) -> Booked:
    """Book the payment with which a payer comes back, on the gateway's word: sum and state are asked of it, not of the browser."""
    if not gateway.is_return_genuine(order_ref=order_ref, payment_ref=payment_ref, signature=signature):
        raise BadSignature(
            "This payment was not signed by the gateway. If money left your account, it will be booked."
        )
    for payment in gateway.payments_of(order_ref):
        if payment.ref == payment_ref:
            return book_payment(session, gateway, body, payment, now=now)
    return Booked(outcome="not_captured")


def book_payment(
    session: Session, gateway: Gateway, body: LocalBody, payment: Payment, *, now: datetime
) -> Booked:
    """Book a captured payment once: its demand is settled, or the money held for its payer."""
    if not payment.captured:
        return Booked(outcome="not_captured")
    order = _order_row(session, gateway, body, payment.order_ref, now=now)
    if order is None:
        return Booked(outcome="not_ours")
    is_ours = payment.currency == RUPEES
    payment_id = session.execute(
        upsert(GatewayPaymentRow)
        .values(
            body=body.code,
            gateway=gateway.name,
            payment_ref=payment.ref,
            order_id=order.id,
            amount=payment.amount,
            currency=payment.currency,
            seen=now,
        )
        .on_conflict_do_nothing()
        .returning(GatewayPaymentRow.id)
    ).scalar_one_or_none()
    if payment_id is None:
        return Booked(outcome="repeated", receipt=_receipt_of(session, gateway, payment.ref))
    if not is_ours:
        return Booked(outcome="foreign")
    made = settle_or_hold(
        session, body, order.demand_id, amount=payment.amount, payment_id=payment_id, now=now
    )
    return Booked(outcome="held" if made.held else "settled", receipt=made)


def orders_between(session: Session, gateway: Gateway, *, begin: datetime, end: datetime) -> list[str]:
    """The gateway's numbers of the orders that were made from one instant up to another, oldest first."""
    query = (
        select(GatewayOrderRow.order_ref)
        .where(
            GatewayOrderRow.gateway == gateway.name, GatewayOrderRow.made >= begin, GatewayOrderRow.made < end
        )
        .order_by(GatewayOrderRow.id)
    )
    return list(session.scalars(query))


def _open(session: Session, demand_id: int) -> Demand:
    owed = demand(session, demand_id)
    if owed.state != "open":
        raise AlreadySettled(
            "This demand is not open: it was paid or cancelled already. Nothing is to be paid."
        )
    return owed


def _order_row(
    session: Session, gateway: Gateway, body: LocalBody, order_ref: str, *, now: datetime
) -> GatewayOrderRow | None:
    """Our order of a number; one that was lost here is taken up again if the gateway says it is this body's."""
    if not order_ref:
        return None
    query = select(GatewayOrderRow).where(
        GatewayOrderRow.gateway == gateway.name, GatewayOrderRow.order_ref == order_ref
    )
    row = session.scalars(query).one_or_none()
    if row is not None:
        return row
    theirs = gateway.order_of(order_ref)
    number = theirs.notes.get(_DEMAND, "")
    if theirs.notes.get(_BODY) != body.code or not number.isdecimal():
        return None
    _keep_order(session, gateway, body, int(number), theirs, now=now)
    return session.scalars(query).one()


def _keep_order(
    session: Session, gateway: Gateway, body: LocalBody, demand_id: int, order: Order, *, now: datetime
) -> None:
    values = {
        "gateway": gateway.name,
        "order_ref": order.ref,
        "amount": order.amount,
        "currency": order.currency,
    }
    session.execute(insert(GatewayOrderRow).values(body=body.code, demand_id=demand_id, made=now, **values))


def _receipt_of(session: Session, gateway: Gateway, payment_ref: str) -> Receipt | None:
    query = (
        select(ReceiptRow.id)
        .join(GatewayPaymentRow, GatewayPaymentRow.id == ReceiptRow.payment_id)
        .where(GatewayPaymentRow.gateway == gateway.name, GatewayPaymentRow.payment_ref == payment_ref)
    )
    found = session.scalar(query)
    return receipt(session, found) if found is not None else None
