"""Every night: gateway, receipts, ledger and cases compared, what no webhook told of booked, what disagrees listed.

In: a gateway and an instant.  Out: a stored `Reconciliation`: counts, balances, and each mismatch by its kind with what is said
and what was expected, in paise; the page has a sentence and a remedy for every kind.  A payment that was taken and never
told of is not a mismatch but is booked, and counted as mended.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.money.gateway import Gateway, GatewayAway, Payment
from civic.core.money.gateway_tables import GatewayOrderRow, GatewayPaymentRow, ReconciliationRow
from civic.core.money.ledger import balances
from civic.core.money.model import RUPEES, Means, money_day
from civic.core.money.payments import book_event, book_payment, orders_between, waiting_events
from civic.core.money.tables import ReceiptRow, RefundRow
from gis.db.sql import statement

WINDOW = timedelta(days=8)
"""How far back the gateway is asked: longer than it sends a webhook, and over a week of holidays."""
STUCK = timedelta(days=1)
"""After which a granted refund that was not paid is a mismatch."""
SETTLES = timedelta(minutes=3)
"""How long a payer may still be on the gateway's page before it is asked what became of an order."""


GIVES_UP = 3
"""Answers that may fail to come in one run."""


@dataclass(frozen=True, kw_only=True)
class Mismatch:
    """Two books that contradict each other; sums in paise."""

    kind: str
    ref: str
    said: int = 0
    expected: int = 0


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """One comparison of all books."""

    id: int
    instant: datetime
    day: date
    orders: int
    payments: int
    mended: int
    totals: dict[str, int]
    mismatches: tuple[Mismatch, ...]


@dataclass(frozen=True, kw_only=True)
class _Fetched:
    """What the gateway says of some orders, and of which it said nothing."""

    payments: tuple[Payment, ...]
    silent: tuple[str, ...]


def reconcile(session: Session, gateway: Gateway | None, *, body: LocalBody, now: datetime) -> Reconciliation:
    """Compare all books of a body and keep the result; without a gateway, the others among each other."""
    if gateway is None:
        return _keep(session, body, 0, 0, 0, tuple(_among_books(session, now=now)), now=now)
    orders = orders_between(session, gateway, begin=now - WINDOW, end=now)
    # All calls come before the first lock: receipts must not wait for a gateway.
    fetched = _fetch(gateway, orders)
    faults = _book_waiting(session, gateway, body, now=now)
    mended, unbooked = _mend(session, gateway, body, fetched.payments, now=now)
    away = (Mismatch(kind="gateway_away", ref=ref) for ref in fetched.silent)
    mismatches = (
        *faults,
        *unbooked,
        *away,
        *_against_gateway(session, gateway, orders, fetched),
        *_among_books(session, now=now),
    )
    return _keep(session, body, len(orders), len(fetched.payments), mended, mismatches, now=now)


def fetch_missing(session: Session, gateway: Gateway, *, body: LocalBody, now: datetime) -> int:
    """Ask the gateway about the orders of the last day of which no payment is known, and book what was paid; how many."""
    orders = [
        ref
        for ref in orders_between(session, gateway, begin=now - timedelta(days=1), end=now - SETTLES)
        if not _has_payment(session, gateway, ref)
    ]
    mended, _ = _mend(session, gateway, body, _fetch(gateway, orders).payments, now=now)
    return mended


def book_waiting(session: Session, gateway: Gateway, *, body: LocalBody, now: datetime) -> int:
    """Try again to book every event that is kept and not booked; how many still wait."""
    return len(_book_waiting(session, gateway, body, now=now))


def reconciliations(session: Session, *, most: int = 60) -> list[Reconciliation]:
    """The last comparisons, newest first."""
    query = select(ReconciliationRow).order_by(ReconciliationRow.id.desc()).limit(most)
    return [_of(row) for row in session.scalars(query)]


def _fetch(gateway: Gateway, orders: Iterable[str]) -> _Fetched:
    """What the gateway says; one that was silent a few times is asked no more in this run."""
    payments: list[Payment] = []
    silent: list[str] = []
    for ref in orders:
        if len(silent) >= GIVES_UP:
            silent.append(ref)
            continue
        try:
            payments += [payment for payment in gateway.payments_of(ref) if payment.captured]
        except GatewayAway:
            silent.append(ref)
    return _Fetched(payments=tuple(payments), silent=tuple(silent))


def _book_waiting(session: Session, gateway: Gateway, body: LocalBody, *, now: datetime) -> list[Mismatch]:
    """Events that cannot be booked even now; each is tried by itself, so that one does not hold up the others."""
    faults = []
    for event_id in waiting_events(session):
        try:
            with session.begin_nested():
                book_event(session, gateway, body, event_id, now=now)
        except Exception as error:  # whatever a listener does wrong, the others' money is booked
            faults.append(Mismatch(kind="unbooked", ref=f"event {event_id}: {type(error).__name__}"))
    return faults


def _mend(
    session: Session, gateway: Gateway, body: LocalBody, payments: Iterable[Payment], *, now: datetime
) -> tuple[int, list[Mismatch]]:
    mended, faults = 0, []
    for payment in payments:
        try:
            with session.begin_nested():
                booked = book_payment(session, gateway, body, payment, now=now)
            mended += booked.outcome in ("settled", "held")
        except Exception as error:  # as above
            ref = f"{payment.ref}: {type(error).__name__}"
            faults.append(Mismatch(kind="unbooked", ref=ref, said=payment.amount))
    return mended, faults


def _against_gateway(
    session: Session, gateway: Gateway, orders: list[str], fetched: _Fetched
) -> Iterable[Mismatch]:
    """Payments of the window, as booked here and as the gateway has them now."""
    theirs = {payment.ref: payment for payment in fetched.payments}
    for row, order_ref, returned in _payments_here(session, gateway, orders):
        payment = theirs.get(row.payment_ref)
        if order_ref in fetched.silent:
            continue
        if payment is None:
            yield Mismatch(kind="not_at_gateway", ref=row.payment_ref, said=row.amount)
        elif (payment.amount, payment.currency) != (row.amount, row.currency):
            yield Mismatch(
                kind="amount_differs", ref=row.payment_ref, said=row.amount, expected=payment.amount
            )
        elif row.currency != RUPEES and payment.refunded < payment.amount:
            yield Mismatch(kind="foreign_money", ref=row.payment_ref, said=row.amount)
        elif row.currency == RUPEES and payment.refunded != returned:
            yield Mismatch(kind="gone_back", ref=row.payment_ref, said=returned, expected=payment.refunded)


def _payments_here(
    session: Session, gateway: Gateway, orders: list[str]
) -> list[tuple[GatewayPaymentRow, str, int]]:
    """The payments of some orders, with what of each was refunded here."""
    returned = (
        select(ReceiptRow.payment_id, func.sum(RefundRow.amount).label("amount"))
        .join(RefundRow, RefundRow.receipt_id == ReceiptRow.id)
        .where(RefundRow.state == "paid", ReceiptRow.means == Means.GATEWAY)
        .group_by(ReceiptRow.payment_id)
        .subquery()
    )
    query = (
        select(GatewayPaymentRow, GatewayOrderRow.order_ref, func.coalesce(returned.c.amount, 0))
        .join(GatewayOrderRow, GatewayOrderRow.id == GatewayPaymentRow.order_id)
        .outerjoin(returned, returned.c.payment_id == GatewayPaymentRow.id)
        .where(GatewayOrderRow.gateway == gateway.name, GatewayOrderRow.order_ref.in_(orders))
        .order_by(GatewayPaymentRow.id)
    )
    return [(row, ref, int(amount)) for row, ref, amount in session.execute(query)]


def _among_books(session: Session, *, now: datetime) -> Iterable[Mismatch]:
    """Receipts, refunds, demands, cases and ledger against each other."""
    found = session.execute(statement("civic.core.money", "reconciliation"), {"stuck": now - STUCK})
    for row in found:
        yield Mismatch(kind=row.kind, ref=row.ref, said=row.said, expected=row.expected)


def _has_payment(session: Session, gateway: Gateway, order_ref: str) -> bool:
    query = (
        select(GatewayPaymentRow.id)
        .join(GatewayOrderRow, GatewayOrderRow.id == GatewayPaymentRow.order_id)
        .where(GatewayOrderRow.gateway == gateway.name, GatewayOrderRow.order_ref == order_ref)
    )
    return session.scalar(query.limit(1)) is not None


def _keep(
    session: Session,
    body: LocalBody,
    orders: int,
    payments: int,
    mended: int,
    mismatches: tuple[Mismatch, ...],
    *,
    now: datetime,
) -> Reconciliation:
    made = (
        insert(ReconciliationRow)
        .values(
            body=body.code,
            instant=now,
            day=money_day(body, now),
            orders=orders,
            payments=payments,
            mended=mended,
            totals={each.account: each.amount for each in balances(session)},
            mismatches=[asdict(each) for each in mismatches],
        )
        .returning(ReconciliationRow)
    )
    return _of(session.execute(made).scalar_one())


def _of(row: ReconciliationRow) -> Reconciliation:
    return Reconciliation(
        id=row.id,
        instant=row.instant,
        day=row.day,
        orders=row.orders,
        payments=row.payments,
        mended=row.mended,
        totals=row.totals,
        mismatches=tuple(Mismatch(**each) for each in row.mismatches),
    )
