"""The worker catches up with the gateway, sends refunds, compares the books; killed and called again it does so once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from civic.core.bodies import LocalBody, inside
from civic.core.jobs import Every, Work
from civic.core.money.cashier import CATCH_UP, COMPARE, Cashier
from civic.core.money.demands import demand
from civic.core.money.desk import MoneyDesk
from civic.core.money.local_gateway.counter import Habits
from civic.core.money.local_gateway.server import LocalGateway
from civic.core.money.model import Demand
from civic.core.money.payments import keep_event, order_for, waiting_events
from civic.core.money.razorpay import Razorpay
from civic.core.money.reconciliation import reconciliations
from civic.core.money.refunds import decide_refund, refund, refunds
from tests.civic.money.books import NOON, a_demand, a_person, webhooks

SOON = NOON + timedelta(minutes=10)


@pytest.fixture
def cashier(trial: LocalGateway) -> Cashier:
    desk = MoneyDesk(
        real=None, trial=lambda: trial, front="https://land.example.org", print_receipt=lambda _s, _l: b""
    )
    return Cashier(desk=desk)


@pytest.fixture
def work(service_engine: Engine, body: LocalBody) -> Callable[[str], Work]:
    numbers = iter(range(1_000_000, 2_000_000))

    def made(kind: str) -> Work:
        return Work(engine=service_engine, job=next(numbers), kind=kind, body=body.code, values={}, now=SOON)

    return made


def ordered(engine: Engine, body: LocalBody, gateway: Razorpay) -> tuple[Demand, str]:
    with inside(engine, body.code) as (session, _):
        owed = a_demand(session, body)
        return owed, order_for(session, gateway, body, owed.id, now=NOON).ref


def test_what_it_does_and_how_often(cashier: Cashier) -> None:
    assert {each.kind: each.every for each in cashier.repeated} == {
        CATCH_UP: Every.MINUTE,
        COMPARE: Every.NIGHT,
    }
    assert set(cashier.doers) == {CATCH_UP, COMPARE}


def test_it_books_events_that_wait_and_orders_that_nobody_told_of(
    service_engine: Engine,
    body: LocalBody,
    trial: LocalGateway,
    gateway: Razorpay,
    cashier: Cashier,
    work: Callable[[str], Work],
) -> None:
    told, order = ordered(service_engine, body, gateway)
    untold, silent = ordered(service_engine, body, gateway)
    trial.counter.pay(order, now=0.0)
    hooks = webhooks(trial)
    trial.counter.pay(silent, now=0.0)
    with inside(service_engine, body.code) as (session, _):
        for ref, raw, signature in hooks:
            keep_event(session, gateway, body, raw=raw, signature=signature, event_ref=ref, now=NOON)
    for _ in range(2):
        cashier.doers[CATCH_UP](work(CATCH_UP))
    with inside(service_engine, body.code) as (session, _):
        assert [demand(session, each.id).state for each in (told, untold)] == ["paid", "paid"]
        assert waiting_events(session) == []


def test_it_sends_granted_refunds_when_the_gateway_answers(
    service_engine: Engine,
    body: LocalBody,
    trial: LocalGateway,
    gateway: Razorpay,
    cashier: Cashier,
    work: Callable[[str], Work],
) -> None:
    _, order = ordered(service_engine, body, gateway)
    for _ in range(2):
        trial.counter.pay(order, now=0.0)
    cashier.doers[CATCH_UP](work(CATCH_UP))
    with inside(service_engine, body.code) as (session, _):
        asked = refunds(session, state="asked")[0].id
        decide_refund(session, body, asked, is_granted=True, by=a_person(session, body), now=NOON)
    trial.counter.habits = Habits(deaf=True)
    cashier.doers[CATCH_UP](work(CATCH_UP))
    with inside(service_engine, body.code) as (session, _):
        assert refund(session, asked).state == "granted"
    trial.counter.habits = Habits()
    for _ in range(2):
        cashier.doers[CATCH_UP](work(CATCH_UP))
    with inside(service_engine, body.code) as (session, _):
        assert refund(session, asked).state == "paid"
    assert sum(payment.refunded for payment in gateway.payments_of(order)) == 75_050


def test_the_night_is_compared_once_for_one_job(
    service_engine: Engine, body: LocalBody, cashier: Cashier, work: Callable[[str], Work]
) -> None:
    tonight = work(COMPARE)
    for _ in range(2):
        cashier.doers[COMPARE](tonight)
    with inside(service_engine, body.code) as (session, _):
        assert len(reconciliations(session)) == 1
