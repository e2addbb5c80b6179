"""Money that comes by many ways at the same moment is booked once, and nobody waits in a circle for it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import sleep

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, inside
from civic.core.events import listening
from civic.core.money.counter import take_cash
from civic.core.money.gateway_tables import GatewayEventRow
from civic.core.money.ledger import balance
from civic.core.money.local_gateway.server import LocalGateway
from civic.core.money.model import AlreadySettled, Demand, Paid
from civic.core.money.payments import (
    book_event,
    keep_event,
    order_for,
    waiting_events,
)
from civic.core.money.razorpay import Razorpay
from civic.core.money.receipts import receipt
from civic.core.money.tables import ReceiptRow
from civic.core.money.undoing import cancel_demand
from tests.civic.money.books import FEE, NOON, a_case, a_demand, a_person, must_add_up, webhooks
from tests.civic.money.telling import Hook, heard, ordered


def test_many_webhooks_at_once_book_once(
    service_engine: Engine, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    with inside(service_engine, body.code) as (session, _):
        orders = [ordered(session, gateway, body)[1] for _ in range(3)]
    for order in orders:
        trial.counter.pay(order, now=0.0)
    hooks = [hook for hook in webhooks(trial) for _ in range(4)]

    def hear(hook: Hook) -> str:
        ref, raw, signature = hook
        with inside(service_engine, body.code) as (session, _):
            kept = keep_event(session, gateway, body, raw=raw, signature=signature, event_ref=ref, now=NOON)
        with inside(service_engine, body.code) as (session, _):
            return book_event(session, gateway, body, kept, now=NOON).outcome

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(hear, hooks))
    assert outcomes.count("settled") == 3
    assert set(outcomes) == {"settled", "repeated", "no_money"}
    with inside(service_engine, body.code) as (session, _):
        assert sorted(session.scalars(select(ReceiptRow.serial))) == [1, 2, 3]
        assert balance(session, "gateway") == 3 * 75_050
        assert session.scalar(select(func.count()).select_from(GatewayEventRow)) == 9
        assert waiting_events(session) == []


def test_cash_and_gateway_at_the_same_moment_settle_once_and_lose_nothing(
    service_engine: Engine, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    for _ in range(5):
        with inside(service_engine, body.code) as (session, _):
            owed, order = ordered(session, gateway, body, FEE)
            counter = a_person(session, body)
        trial.counter.pay(order, now=0.0)
        hook = webhooks(trial)[-2]

        def cash(owed: Demand = owed, counter: int = counter) -> str:
            try:
                with inside(service_engine, body.code) as (session, _):
                    take_cash(session, body, owed.id, amount=owed.amount, by=counter, now=NOON)
                    return "settled"
            except AlreadySettled:
                return "refused"

        def online(hook: Hook = hook) -> str:
            with inside(service_engine, body.code) as (session, _):
                return heard(session, gateway, body, hook).outcome

        with ThreadPoolExecutor(2) as pool:
            outcomes = {one.result() for one in (pool.submit(cash), pool.submit(online))}
        assert outcomes in ({"settled", "held"}, {"refused", "settled"})
    with inside(service_engine, body.code) as (session, _):
        must_add_up(session)
        taken = balance(session, "gateway") + balance(session, "cash")
        assert taken + balance(session, "held_for_payers") == 5 * 50_000
        held = session.scalars(select(ReceiptRow).where(ReceiptRow.held > 0)).all()
        assert all(receipt(session, row.id).demand_id is None for row in held)


def test_a_case_that_ends_while_its_fee_is_paid_waits_in_no_circle(
    service_engine: Engine, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    """Whoever moves a case then touches its demand; whoever pays a demand then moves its case."""
    with inside(service_engine, body.code) as (session, _):
        case_id = a_case(session, body)
        owed = a_demand(session, body, case_id=case_id)
        order = order_for(session, gateway, body, owed.id, now=NOON).ref
    trial.counter.pay(order, now=0.0)
    hook = webhooks(trial)[1]
    lock = text("SELECT id FROM civic_case WHERE id = :case FOR UPDATE")

    def goes_on(session: Session, event: Paid) -> None:
        session.execute(lock, {"case": event.case_id})

    def pay() -> str:
        with inside(service_engine, body.code) as (session, _):
            return heard(session, gateway, body, hook).outcome

    with listening(Paid, goes_on), ThreadPoolExecutor(1) as pool:
        with inside(service_engine, body.code) as (session, _):
            session.execute(lock, {"case": case_id})
            paying = pool.submit(pay)
            for _ in range(100):
                if session.scalar(text("SELECT true FROM pg_locks WHERE NOT granted LIMIT 1")):
                    break
                sleep(0.05)
            cancel_demand(session, body, owed.id, reason="Withdrawn.", by=None, now=NOON)
        assert paying.result(timeout=10) == "held"


def test_cash_does_not_wait_for_the_gateway(
    service_engine: Engine, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    with inside(service_engine, body.code) as (session, _):
        owed, counter = a_demand(session, body), a_person(session, body)
    with inside(service_engine, body.code) as (session, _):
        order_for(session, gateway, body, owed.id, now=NOON)  # not yet committed
        with inside(service_engine, body.code) as (other, _):
            take_cash(other, body, owed.id, amount=owed.amount, by=counter, now=NOON)


def test_another_gateways_numbers_are_its_own(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    owed, order = ordered(town, gateway, body)
    other = replace(gateway, name="second")
    assert order_for(town, other, body, owed.id, now=NOON).ref != order
