"""A payment through a gateway is booked once, whatever is repeated, forged, tampered with, late or lost."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.events import listening
from civic.core.money.counter import take_cash
from civic.core.money.demands import demand
from civic.core.money.gateway import BadSignature
from civic.core.money.gateway_tables import GatewayEventRow, GatewayPaymentRow
from civic.core.money.ledger import balance
from civic.core.money.local_gateway.server import LocalGateway
from civic.core.money.model import AlreadySettled, HeldForPayer, Paid
from civic.core.money.payments import (
    LONGEST_EVENT,
    ORDER_LASTS,
    book_return,
    keep_event,
    order_for,
    waiting_events,
)
from civic.core.money.razorpay import Razorpay, signed
from civic.core.money.refunds import decide_refund, refunds, send_refund
from civic.core.money.tables import ReceiptRow
from civic.core.money.undoing import cancel_demand, cancel_receipt
from gis.errors import Conflict
from tests.civic.money.books import NOON, VISIT, a_demand, a_person, must_add_up, webhooks
from tests.civic.money.telling import heard, ordered


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
