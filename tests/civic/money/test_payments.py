"""A payment through a gateway is booked once, whatever is repeated, forged, tampered with, late or lost."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from time import sleep

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, enter, inside
from civic.core.events import listening
from civic.core.money.counter import take_cash
from civic.core.money.demands import demand
from civic.core.money.gateway import BadSignature, GatewayAway
from civic.core.money.gateway_tables import GatewayEventRow, GatewayOrderRow, GatewayPaymentRow
from civic.core.money.ledger import balance
from civic.core.money.local_gateway.counter import Habits
from civic.core.money.local_gateway.server import LocalGateway
from civic.core.money.model import AlreadySettled, Demand, HeldForPayer, Paid
from civic.core.money.payments import (
    LONGEST_EVENT,
    ORDER_LASTS,
    Booked,
    book_event,
    book_return,
    keep_event,
    order_for,
    waiting_events,
)
from civic.core.money.razorpay import Razorpay, signed
from civic.core.money.receipts import receipt
from civic.core.money.refunds import decide_refund, refunds, send_refund
from civic.core.money.tables import ReceiptRow
from civic.core.money.undoing import cancel_demand, cancel_receipt
from civic.core.privacy.looks import forget_old
from gis.errors import Conflict
from tests.civic.money.books import FEE, NOON, VISIT, a_case, a_demand, a_person, must_add_up, webhooks

Hook = tuple[str, bytes, str]


def heard(session: Session, gateway: Razorpay, body: LocalBody, hook: Hook) -> Booked:
    """A webhook kept and booked."""
    ref, raw, signature = hook
    kept = keep_event(session, gateway, body, raw=raw, signature=signature, event_ref=ref, now=NOON)
    return book_event(session, gateway, body, kept, now=NOON)


def ordered(session: Session, gateway: Razorpay, body: LocalBody, *lines: object) -> tuple[Demand, str]:
    owed = a_demand(session, body, *lines)  # type: ignore[arg-type]
    return owed, order_for(session, gateway, body, owed.id, now=NOON).ref


def test_a_webhook_settles_a_demand(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    owed, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    told: list[Paid] = []
    with listening(Paid, lambda _, event: told.append(event)):
        outcomes = [heard(town, gateway, body, hook).outcome for hook in webhooks(trial)]
    assert outcomes == ["no_money", "settled", "repeated"]
    assert [event.demand.id for event in told] == [owed.id]
    must_add_up(town)
    assert (balance(town, "gateway"), balance(town, "demands")) == (75_050, 0)
    assert waiting_events(town) == []


def test_webhooks_in_any_order_and_number_book_once(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    _, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0, succeeds=False)
    trial.counter.pay(order, now=1.0)
    hooks = webhooks(trial)
    for hook in [*reversed(hooks), *hooks, *hooks]:
        heard(town, gateway, body, hook)
    assert town.scalar(select(func.count()).select_from(ReceiptRow)) == 1
    assert town.scalar(select(func.count()).select_from(GatewayEventRow)) == len(hooks) == 4
    assert balance(town, "gateway") == 75_050


def test_the_payers_return_and_the_webhook_book_once(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    _, order = ordered(town, gateway, body)
    back = trial.counter.pay(order, now=0.0)
    came = {
        "order_ref": order,
        "payment_ref": back["razorpay_payment_id"],
        "signature": back["razorpay_signature"],
    }
    first = book_return(town, gateway, body, **came, now=NOON)
    again = book_return(town, gateway, body, **came, now=NOON)
    assert (first.outcome, again.outcome) == ("settled", "repeated")
    assert first.receipt == again.receipt
    assert [heard(town, gateway, body, hook).outcome for hook in webhooks(trial)] == [
        "no_money",
        "repeated",
        "repeated",
    ]


def test_a_failed_payment_books_nothing(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    owed, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0, succeeds=False)
    assert [heard(town, gateway, body, hook).outcome for hook in webhooks(trial)] == ["no_money"]
    payment = gateway.payments_of(order)[0]
    signature = signed(f"{order}|{payment.ref}".encode(), trial.secrets.secret)
    came = book_return(
        town, gateway, body, order_ref=order, payment_ref=payment.ref, signature=signature, now=NOON
    )
    assert came.outcome == "not_captured"
    assert demand(town, owed.id).state == "open"


def test_a_forged_webhook_is_not_kept(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    _, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    ref, raw, signature = webhooks(trial)[1]
    forged = [
        (raw, "0" * 64),
        (raw, signed(raw, trial.secrets.secret)),
        (raw.replace(b"75050", b"99999"), signature),
        (raw.replace(b"INR", b"USD"), signature),
        (raw + b" " * LONGEST_EVENT, signed(raw + b" " * LONGEST_EVENT, trial.secrets.webhook_secret)),
    ]
    for altered, claimed in forged:
        assert (altered, claimed) != (raw, signature)
        with pytest.raises(BadSignature):
            keep_event(town, gateway, body, raw=altered, signature=claimed, event_ref=ref, now=NOON)
    assert town.scalar(select(func.count()).select_from(GatewayEventRow)) == 0


def test_a_forged_return_books_nothing(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    _, cheap = ordered(town, gateway, body, VISIT)
    owed, dear = ordered(town, gateway, body)
    back = trial.counter.pay(cheap, now=0.0)
    with pytest.raises(BadSignature):
        book_return(
            town,
            gateway,
            body,
            order_ref=dear,
            payment_ref=back["razorpay_payment_id"],
            signature=back["razorpay_signature"],
            now=NOON,
        )
    assert demand(town, owed.id).state == "open"


def test_the_payment_of_one_order_settles_its_own_demand_only(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    """Whatever page the payer came back to: the gateway's order decides."""
    small, cheap = ordered(town, gateway, body, VISIT)
    large, _ = ordered(town, gateway, body)
    trial.counter.pay(cheap, now=0.0)
    for hook in webhooks(trial):
        heard(town, gateway, body, hook)
    assert (demand(town, small.id).state, demand(town, large.id).state) == ("paid", "open")


@pytest.mark.parametrize("amount", [75_049, 75_051, 100])
def test_another_sum_than_was_ordered_is_held_for_its_payer(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay, amount: int
) -> None:
    owed, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0, amount=amount)
    told: list[HeldForPayer] = []
    with listening(HeldForPayer, lambda _, event: told.append(event)):
        outcomes = [heard(town, gateway, body, hook).outcome for hook in webhooks(trial)]
    assert outcomes == ["no_money", "held", "repeated"]
    assert demand(town, owed.id).state == "open"
    assert told[0].receipt.held == amount
    assert (balance(town, "gateway"), balance(town, "held_for_payers")) == (amount, -amount)
    assert [(each.amount, each.asked_by) for each in refunds(town, state="asked")] == [(amount, None)]


def test_money_of_another_currency_is_noted_and_not_booked(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    owed, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0, currency="USD")
    outcomes = [heard(town, gateway, body, hook).outcome for hook in webhooks(trial)]
    assert outcomes == ["no_money", "foreign", "repeated"]
    assert demand(town, owed.id).state == "open"
    assert town.scalar(select(GatewayPaymentRow.currency)) == "USD"
    assert balance(town, "gateway") == 0


def test_a_second_payment_is_held_and_refunded_once(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    owed, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    trial.counter.pay(order, now=1.0)
    for hook in webhooks(trial):
        heard(town, gateway, body, hook)
    asked = refunds(town, state="asked")
    assert [each.reason for each in asked] == ["Paid a second time."]
    granted = decide_refund(town, body, asked[0].id, is_granted=True, by=a_person(town, body), now=NOON)
    paid = send_refund(town, gateway, body, granted.id, now=NOON)
    assert paid.state == "paid"
    with pytest.raises(Conflict):
        send_refund(town, gateway, body, granted.id, now=NOON)
    must_add_up(town)
    assert (balance(town, "gateway"), balance(town, "held_for_payers")) == (75_050, 0)
    assert sum(payment.refunded for payment in gateway.payments_of(order)) == 75_050
    assert [heard(town, gateway, body, hook).outcome for hook in webhooks(trial)[-1:]] == ["repeated"]
    assert demand(town, owed.id).state == "paid"


@pytest.mark.parametrize("how", ["cash", "cancelled"])
def test_a_late_payment_is_held(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay, how: str
) -> None:
    owed, order = ordered(town, gateway, body)
    officer = a_person(town, body)
    if how == "cash":
        take_cash(town, body, owed.id, amount=owed.amount, by=officer, now=NOON)
    else:
        cancel_demand(town, body, owed.id, reason="Withdrawn.", by=officer, now=NOON)
    trial.counter.pay(order, now=0.0)
    outcomes = [heard(town, gateway, body, hook).outcome for hook in webhooks(trial)]
    assert outcomes == ["no_money", "held", "repeated"]
    must_add_up(town)
    assert balance(town, "held_for_payers") == -75_050


def test_money_that_a_service_cannot_take_is_held(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    """The case was decided while the payer was at the gateway: the service refuses, the money is not lost."""
    owed, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)

    def too_late(_session: Session, _event: Paid) -> None:
        raise Conflict("the case is closed")

    with listening(Paid, too_late):
        outcomes = [heard(town, gateway, body, hook).outcome for hook in webhooks(trial)]
    assert outcomes == ["no_money", "held", "repeated"]
    must_add_up(town)
    assert demand(town, owed.id).state == "open"
    assert [each.reason for each in refunds(town, state="asked")] == [
        "The service could not take it: the case is closed"
    ]
    assert sorted(town.scalars(select(ReceiptRow.serial))) == [1]


def test_a_receipt_for_gateway_money_is_not_cancelled(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    _, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    got = [heard(town, gateway, body, hook) for hook in webhooks(trial)][1].receipt
    assert got is not None
    with pytest.raises(Conflict, match="gateway"):
        cancel_receipt(town, body, got.id, reason="Wrong.", by=a_person(town, body), now=NOON)


def test_an_order_is_shown_again_until_it_is_old(town: Session, body: LocalBody, gateway: Razorpay) -> None:
    owed, order = ordered(town, gateway, body)
    just, old = NOON + ORDER_LASTS - timedelta(seconds=1), NOON + ORDER_LASTS
    assert order_for(town, gateway, body, owed.id, now=just).ref == order
    assert order_for(town, gateway, body, owed.id, now=old).ref != order


def test_nothing_is_ordered_for_a_paid_demand(town: Session, body: LocalBody, gateway: Razorpay) -> None:
    owed = a_demand(town, body)
    take_cash(town, body, owed.id, amount=owed.amount, by=a_person(town, body), now=NOON)
    with pytest.raises(AlreadySettled):
        order_for(town, gateway, body, owed.id, now=NOON)


def test_an_order_that_was_lost_here_is_taken_up_from_the_gateway(
    service_engine: Engine, body: LocalBody, other_body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    """The transaction died after the gateway had opened the order."""
    with inside(service_engine, body.code) as (session, _):
        owed = a_demand(session, body)
    with inside(service_engine, body.code) as (session, _):
        order = order_for(session, gateway, body, owed.id, now=NOON).ref
        session.rollback()
    trial.counter.pay(order, now=0.0)
    with inside(service_engine, other_body.code) as (session, _):
        assert heard(session, gateway, other_body, webhooks(trial)[1]).outcome == "not_ours"
    with inside(service_engine, body.code) as (session, _):
        assert session.scalar(select(func.count()).select_from(GatewayOrderRow)) == 0
        assert heard(session, gateway, body, webhooks(trial)[1]).outcome == "settled"


def test_the_same_payment_is_not_booked_in_two_bodies(
    town: Session, body: LocalBody, other_body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    _, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    enter(town, other_body.code)
    assert heard(town, gateway, other_body, webhooks(trial)[1]).outcome == "not_ours"
    enter(town, body.code)
    assert heard(town, gateway, body, webhooks(trial)[1]).outcome == "settled"


def test_other_bytes_under_a_known_event_number_are_kept_too(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    """The number of an event stands in a header that nobody signs: it must not hide another event."""
    _, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    authorized, captured, _ = webhooks(trial)
    heard(town, gateway, body, authorized)
    assert heard(town, gateway, body, (authorized[0], *captured[1:])).outcome == "settled"
    assert heard(town, gateway, body, (authorized[0], *captured[1:])).outcome == "repeated"


def test_a_webhook_without_a_number_is_known_by_its_bytes(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    _, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    _, raw, signature = webhooks(trial)[1]
    kept = {
        keep_event(town, gateway, body, raw=raw, signature=signature, event_ref=None, now=NOON)
        for _ in range(3)
    }
    assert len(kept) == 1


def test_a_replayed_webhook_of_a_payment_under_a_new_number_books_nothing(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    _, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    ref, raw, signature = webhooks(trial)[1]
    outcomes = [
        heard(
            town,
            gateway,
            body,
            (
                f"{ref}-{n}",
                raw.replace(b"{", b"{" + b" " * n, 1),
                signed(raw.replace(b"{", b"{" + b" " * n, 1), trial.secrets.webhook_secret),
            ),
        ).outcome
        for n in range(3)
    ]
    assert outcomes == ["settled", "repeated", "repeated"]
    assert signature


def test_unknown_events_are_kept_and_left(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    raw = json.dumps({"event": "payment.dispute.created", "payload": {}}).encode()
    hook = ("evt_x", raw, signed(raw, trial.secrets.webhook_secret))
    assert heard(town, gateway, body, hook).outcome == "no_money"
    assert town.scalar(select(GatewayEventRow.outcome)) == "payment.dispute.created: no_money"


def test_an_event_that_cannot_be_booked_now_waits(
    service_engine: Engine, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    """The order is unknown here and the gateway is away when it is asked."""
    with inside(service_engine, body.code) as (session, _):
        owed = a_demand(session, body)
    with inside(service_engine, body.code) as (session, _):
        order = order_for(session, gateway, body, owed.id, now=NOON).ref
        session.rollback()
    trial.counter.pay(order, now=0.0)
    ref, raw, signature = webhooks(trial)[1]
    with inside(service_engine, body.code) as (session, _):
        kept = keep_event(session, gateway, body, raw=raw, signature=signature, event_ref=ref, now=NOON)
    trial.counter.habits = Habits(deaf=True)
    with pytest.raises(GatewayAway), inside(service_engine, body.code) as (session, _):
        book_event(session, gateway, body, kept, now=NOON)
    trial.counter.habits = Habits()
    with inside(service_engine, body.code) as (session, _):
        assert waiting_events(session) == [kept]
        assert book_event(session, gateway, body, kept, now=NOON).outcome == "settled"


def test_an_event_stays_as_it_came(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    _, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    ref, raw, signature = webhooks(trial)[0]
    heard(town, gateway, body, (ref, raw, signature))
    row = town.scalars(select(GatewayEventRow)).one()
    assert (bytes(row.raw), row.signature, row.event_ref) == (raw, signature, ref)
    for change, refusal in (
        ("signature = ''", "permission denied"),
        ("digest = ''", "permission denied"),
        ("raw = ''", "never changed"),
    ):
        with pytest.raises(DBAPIError, match=refusal), town.begin_nested():
            town.execute(text(f"UPDATE gateway_event SET {change}"))


@pytest.mark.parametrize(("days", "is_kept"), [(399, True), (400, True), (401, False)])
def test_what_a_gateway_told_is_forgotten_when_its_time_is_over(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay, days: int, is_kept: bool
) -> None:
    _, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    told = webhooks(trial)[0]
    heard(town, gateway, body, told)
    later = NOON + timedelta(days=days)
    forget_old(town, now=later)
    row = town.scalars(select(GatewayEventRow), execution_options={"populate_existing": True}).one()
    assert (row.raw is not None, row.digest) == (is_kept, hashlib.sha256(told[1]).hexdigest())
    assert heard(town, gateway, body, told).outcome == "repeated"  # it is known again without its words
    assert town.scalar(select(func.count()).select_from(GatewayEventRow)) == 1


def test_what_is_not_booked_yet_is_not_forgotten(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    _, order = ordered(town, gateway, body)
    trial.counter.pay(order, now=0.0)
    ref, raw, signature = webhooks(trial)[1]
    kept = keep_event(town, gateway, body, raw=raw, signature=signature, event_ref=ref, now=NOON)
    forget_old(town, now=NOON + timedelta(days=4000))
    assert waiting_events(town) == [kept]
    assert book_event(town, gateway, body, kept, now=NOON).outcome == "settled"
    with pytest.raises(DBAPIError, match="gateway_event_raw_check"), town.begin_nested():
        town.execute(text("UPDATE gateway_event SET booked = NULL, outcome = NULL, raw = NULL"))


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
