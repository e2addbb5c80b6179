"""kill -9 in the middle of a payment: nothing is lost, nothing is doubled, and the books agree the next morning."""

import json
import random
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from time import sleep
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from civic.core.bodies import LocalBody, inside
from civic.core.money.gateway_tables import GatewayEventRow, GatewayPaymentRow
from civic.core.money.ledger import balance
from civic.core.money.local_gateway.server import LocalGateway
from civic.core.money.model import rupees
from civic.core.money.payments import order_for
from civic.core.money.razorpay import Razorpay
from civic.core.money.reconciliation import Reconciliation, book_waiting, reconcile
from civic.core.money.refunds import decide_refund, refund, refunds, send_refund
from civic.core.money.tables import ReceiptRow
from tests.civic.money.books import NOON, a_demand, a_person, webhooks
from tests.nursery import Born, born

LATER = NOON + timedelta(hours=12)


@contextmanager
def dying(engine: Engine, body: LocalBody, gateway: Razorpay, **told: Any) -> Iterator[Born]:
    """The process that is to be killed; killed at the end in any case."""
    url = engine.url.render_as_string(hide_password=False)
    given = {"url": url, "body": body.code, "gateway": asdict(gateway), "now": NOON.isoformat()} | told
    with born("tests.civic.money.dying", json.dumps(given)) as process:
        yield process


def until(process: Born, point: str) -> None:
    """Wait until the process has reached a point."""
    for line in process.stdout:
        if line.strip() == point:
            return
    pytest.fail(f"it ended before {point}")


def packed(hooks: list[tuple[str, bytes, str]]) -> list[tuple[str, str, str]]:
    return [(ref, b64encode(raw).decode(), signature) for ref, raw, signature in hooks]


def paid_orders(
    engine: Engine, body: LocalBody, trial: LocalGateway, gateway: Razorpay, count: int
) -> list[tuple[str, bytes, str]]:
    """So many demands, each paid at the gateway; the webhooks that say so."""
    with inside(engine, body.code) as (session, _):
        orders = [
            order_for(session, gateway, body, a_demand(session, body).id, now=NOON) for _ in range(count)
        ]
    for order in orders:
        trial.counter.pay(order.ref, now=0.0)
    return webhooks(trial)


def morning(engine: Engine, body: LocalBody, gateway: Razorpay) -> Reconciliation:
    """The next comparison of all books."""
    with inside(engine, body.code) as (session, _):
        return reconcile(session, gateway, body=body, now=LATER)


def booked_once(engine: Engine, body: LocalBody, count: int) -> None:
    """So many receipts, numbered from one, and so much money."""
    with inside(engine, body.code) as (session, _):
        assert sorted(session.scalars(select(ReceiptRow.serial))) == list(range(1, count + 1))
        assert session.scalar(select(func.count()).select_from(GatewayPaymentRow)) == count
        assert rupees(balance(session, "gateway")) == rupees(75_050 * count)
        assert balance(session, "demands") == 0
        assert balance(session, "held_for_payers") == 0


@pytest.mark.parametrize(
    ("point", "kept_events", "comes_again"),
    [
        ("keeping", 0, False),
        ("kept", 1, False),
        ("booking", 1, False),
        ("booking", 1, True),
        ("booked", 1, True),
    ],
)
def test_a_payment_survives_the_death_of_who_books_it(
    service_engine: Engine,
    body: LocalBody,
    trial: LocalGateway,
    gateway: Razorpay,
    point: str,
    kept_events: int,
    comes_again: bool,
) -> None:
    """Whether the gateway sends its webhook again or never does."""
    hooks = [hook for hook in paid_orders(service_engine, body, trial, gateway, 1) if b"captured" in hook[1]]
    hooks = [hook for hook in hooks if b'"event": "payment.captured"' in hook[1]]
    assert len(hooks) == 1
    with dying(service_engine, body, gateway, hooks=packed(hooks), dies_at=point) as process:
        until(process, point)
    with inside(service_engine, body.code) as (session, _):
        assert session.scalar(select(func.count()).select_from(GatewayEventRow)) == kept_events
    if comes_again:
        with dying(service_engine, body, gateway, hooks=packed(hooks), dies_at="never") as process:
            assert process.wait(timeout=30) == 0
    else:
        with inside(service_engine, body.code) as (session, _):
            assert book_waiting(session, gateway, body=body, now=NOON) == 0
    result = morning(service_engine, body, gateway)
    assert result.mismatches == ()
    assert result.mended == (1 if point == "keeping" and not comes_again else 0)
    booked_once(service_engine, body, 1)


def test_killed_again_and_again_at_any_moment_all_is_booked_once(
    service_engine: Engine, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    """Thirty webhooks of ten payments; whoever books them is killed after a few, then once more all are tried."""
    hooks = paid_orders(service_engine, body, trial, gateway, 10)
    luck = random.Random(7)
    luck.shuffle(hooks)
    deaths = 0
    while True:
        with dying(service_engine, body, gateway, hooks=packed(hooks), dies_at="never") as process:
            if deaths == 4:
                assert process.wait(timeout=60) == 0
                break
            until(process, luck.choice(["keeping", "kept", "booking", "booked"]))
            sleep(luck.random() * 0.05)
            deaths += 1
    assert deaths == 4
    assert morning(service_engine, body, gateway).mismatches == ()
    booked_once(service_engine, body, 10)


def test_a_refund_that_was_sent_and_not_noted_is_not_sent_twice(
    service_engine: Engine, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    hooks = paid_orders(service_engine, body, trial, gateway, 1)
    order = trial.books.orders()[0]["id"]
    trial.counter.pay(order, now=1.0)  # a second time
    with dying(service_engine, body, gateway, hooks=packed(webhooks(trial)), dies_at="never") as process:
        assert process.wait(timeout=30) == 0
    with inside(service_engine, body.code) as (session, _):
        asked = refunds(session, state="asked")[0].id
        decide_refund(session, body, asked, is_granted=True, by=a_person(session, body), now=NOON)
    with dying(service_engine, body, gateway, refund=asked, dies_at="sent") as process:
        until(process, "sent")
    with inside(service_engine, body.code) as (session, _):
        assert refund(session, asked).state == "granted"
        send_refund(session, gateway, body, asked, now=NOON)
    with inside(service_engine, body.code) as (session, _):
        assert refund(session, asked).state == "paid"
    assert sum(payment.refunded for payment in gateway.payments_of(order)) == 75_050
    assert morning(service_engine, body, gateway).mismatches == ()
    assert hooks
