"""Every night gateway, receipts, ledger and cases are compared; what was never told of is booked, what disagrees is named."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, inside
from civic.core.events import listening
from civic.core.money.counter import close_day, take_cash
from civic.core.money.demands import demand
from civic.core.money.ledger import Booking, balance, book
from civic.core.money.local_gateway.counter import Habits
from civic.core.money.local_gateway.server import LocalGateway
from civic.core.money.model import Demand, Paid, money_day
from civic.core.money.payments import order_for, waiting_events
from civic.core.money.razorpay import Razorpay
from civic.core.money.reconciliation import (
    SETTLES,
    STUCK,
    WINDOW,
    Mismatch,
    Reconciliation,
    fetch_missing,
    reconcile,
    reconciliations,
)
from civic.core.money.refunds import decide_refund, hand_out, refunds, send_refund
from civic.core.money.undoing import cancel_demand, cancel_receipt
from tests.civic.money.books import FEE, NOON, VISIT, a_case, a_demand, a_person, must_add_up, webhooks
from tests.civic.money.telling import heard

NIGHT = NOON + timedelta(hours=14)


@pytest.fixture
def order(town: Session, body: LocalBody, gateway: Razorpay) -> str:
    return order_for(town, gateway, body, a_demand(town, body).id, now=NOON).ref


def night(town: Session, body: LocalBody, gateway: Razorpay, **after: float) -> Reconciliation:
    must_add_up(town)
    return reconcile(town, gateway, body=body, now=NIGHT + timedelta(**after))


def kinds(result: Reconciliation) -> list[str]:
    return [mismatch.kind for mismatch in result.mismatches]


def test_a_body_that_took_no_money_has_nothing_to_explain(
    town: Session, body: LocalBody, gateway: Razorpay
) -> None:
    result = night(town, body, gateway)
    assert (result.orders, result.payments, result.mended, result.mismatches) == (0, 0, 0, ())


def test_a_payment_of_which_no_webhook_came_is_booked(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay, order: str
) -> None:
    trial.counter.pay(order, now=0.0)
    first, second = night(town, body, gateway), night(town, body, gateway, minutes=1)
    assert (first.mended, first.mismatches, second.mended, second.mismatches) == (1, (), 0, ())
    assert first.totals["gateway"] == 75_050
    assert reconciliations(town) == [second, first]


def test_a_day_with_everything_in_it_agrees(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay, order: str
) -> None:
    """Cash, a cancelled receipt, a closed day, a double payment refunded, a cancelled demand paid back in cash."""
    counter, officer = a_person(town, body, "C"), a_person(town, body, "O")
    for _ in range(2):
        trial.counter.pay(order, now=0.0)
    for hook in webhooks(trial):
        heard(town, gateway, body, hook)
    owed = [a_demand(town, body, FEE, case_id=a_case(town, body)) for _ in range(3)]
    got = [take_cash(town, body, each.id, amount=50_000, by=counter, now=NOON) for each in owed]
    cancel_receipt(town, body, got[0].id, reason="Wrong.", by=officer, now=NOON)
    cancel_demand(town, body, owed[1].id, reason="Withdrawn.", by=officer, now=NOON)
    for asked in refunds(town, state="asked"):
        decide_refund(town, body, asked.id, is_granted=True, by=a_person(town, body), now=NOON)
    for granted in refunds(town, state="granted"):
        if granted.means == "cash":
            hand_out(town, body, granted.id, by=counter, now=NOON)
        else:
            send_refund(town, gateway, body, granted.id, now=NOON)
    day = money_day(body, NOON)
    close = {"person_id": counter, "day": day, "checked_by": officer, "now": NIGHT}
    close_day(town, body, counted=49_900, note="A note was torn.", **close)  # type: ignore[arg-type]
    result = night(town, body, gateway)
    assert result.mismatches == ()
    assert result.totals == {
        "cash": 0,
        "cash_differences": 100,
        "demands": 50_000,
        "gateway": 75_050,
        "held_for_payers": 0,
        "income.record_change": -150_000,
        "income.site_visit": -25_050,
        "refunds_due": 0,
        "safe": 49_900,
    }


def test_what_the_gateway_does_not_know_is_named(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay, order: str
) -> None:
    payment = trial.counter.pay(order, now=0.0)["razorpay_payment_id"]
    night(town, body, gateway)
    trial.books._line.execute("DELETE FROM thing WHERE ref = ?", (payment,))
    assert night(town, body, gateway).mismatches == (
        Mismatch(kind="not_at_gateway", ref=payment, said=75_050),
    )


def test_a_sum_that_differs_at_the_gateway_is_named(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay, order: str
) -> None:
    payment = trial.counter.pay(order, now=0.0)["razorpay_payment_id"]
    night(town, body, gateway)
    trial.books._line.execute("UPDATE thing SET entity = replace(entity, '75050', '75051')")
    assert night(town, body, gateway).mismatches == (
        Mismatch(kind="amount_differs", ref=payment, said=75_050, expected=75_051),
    )


def test_money_that_went_back_at_the_gateway_alone_is_named(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay, order: str
) -> None:
    payment = trial.counter.pay(order, now=0.0)["razorpay_payment_id"]
    night(town, body, gateway)
    trial.books.refund(payment, {"amount": 50}, now=0.0)
    assert night(town, body, gateway).mismatches == (
        Mismatch(kind="gone_back", ref=payment, said=0, expected=50),
    )


def test_foreign_money_is_named_until_it_went_back(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay, order: str
) -> None:
    payment = trial.counter.pay(order, now=0.0, currency="USD")["razorpay_payment_id"]
    assert kinds(night(town, body, gateway)) == ["foreign_money"]
    trial.books.refund(payment, {}, now=0.0)
    assert kinds(night(town, body, gateway)) == []


def test_a_silent_gateway_is_named_and_the_other_books_are_compared(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay, order: str
) -> None:
    trial.counter.pay(order, now=0.0)
    night(town, body, gateway)
    case_id = a_case(town, body, closed=True)
    a_demand(town, body, FEE, case_id=case_id)
    trial.counter.habits = Habits(deaf=True)
    assert kinds(night(town, body, gateway)) == ["gateway_away", "demand_of_closed_case"]


def test_an_open_demand_of_a_closed_case_is_named(town: Session, body: LocalBody, gateway: Razorpay) -> None:
    a_demand(town, body, FEE, case_id=a_case(town, body, closed=True))
    a_demand(town, body, FEE, case_id=a_case(town, body))
    assert kinds(night(town, body, gateway)) == ["demand_of_closed_case"]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ({"gateway": 5, "cash": -5}, ["ledger_cash", "ledger_gateway"]),
        ({"held_for_payers": 5, "refunds_due": -5}, ["ledger_held_for_payers", "ledger_refunds_due"]),
        ({"demands": 5, "safe": -5}, ["ledger_demands", "ledger_safe"]),
    ],
)
def test_a_journal_that_no_receipt_explains_is_named(
    town: Session, body: LocalBody, gateway: Razorpay, entries: dict[str, int], expected: list[str]
) -> None:
    book(town, body, Booking(kind="handed_over", now=NOON), entries)
    assert kinds(night(town, body, gateway)) == expected


def test_a_granted_refund_that_is_not_paid_for_a_day_is_named(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay, order: str
) -> None:
    for _ in range(2):
        trial.counter.pay(order, now=0.0)
    night(town, body, gateway)
    asked = refunds(town, state="asked")[0]
    decide_refund(town, body, asked.id, is_granted=True, by=a_person(town, body), now=NOON)
    in_time = reconcile(town, gateway, body=body, now=NOON + STUCK)
    assert kinds(in_time) == []
    late = reconcile(town, gateway, body=body, now=NOON + STUCK + timedelta(seconds=1))
    assert kinds(late) == ["refund_stuck"]


def test_a_refused_refund_leaves_held_money_named(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay, order: str
) -> None:
    for _ in range(2):
        trial.counter.pay(order, now=0.0)
    night(town, body, gateway)
    asked = refunds(town, state="asked")[0]
    decide_refund(town, body, asked.id, is_granted=False, by=a_person(town, body), now=NOON)
    assert kinds(night(town, body, gateway)) == ["held_without_refund"]


def test_one_payment_that_cannot_be_booked_does_not_hold_up_the_others(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    orders = [order_for(town, gateway, body, a_demand(town, body).id, now=NOON).ref for _ in range(3)]
    for ref in orders:
        trial.counter.pay(ref, now=0.0)
    seen: list[int] = []

    def broken(_session: Session, event: Paid) -> None:
        seen.append(event.demand.id)
        if event.demand.id == seen[0]:
            raise KeyError("a mistake of a service")

    with listening(Paid, broken):
        result = night(town, body, gateway)
    assert result.mended == 2
    assert kinds(result) == ["unbooked"]
    assert result.mismatches[0].said == 75_050
    assert "KeyError" in result.mismatches[0].ref
    assert night(town, body, gateway).mended == 1
    assert balance(town, "gateway") == 3 * 75_050


def test_the_gateway_is_asked_about_the_last_days_only(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay, order: str
) -> None:
    trial.counter.pay(order, now=0.0)
    assert reconcile(town, gateway, body=body, now=NOON + WINDOW + timedelta(seconds=1)).orders == 0
    assert reconcile(town, gateway, body=body, now=NOON + WINDOW).mended == 1


def test_an_order_is_asked_about_soon_but_not_at_once(
    town: Session, body: LocalBody, trial: LocalGateway, gateway: Razorpay, order: str
) -> None:
    trial.counter.pay(order, now=0.0)
    assert fetch_missing(town, gateway, body=body, now=NOON + SETTLES) == 0
    just_after = NOON + SETTLES + timedelta(seconds=1)
    assert fetch_missing(town, gateway, body=body, now=just_after) == 1
    trial.counter.habits = Habits(deaf=True)
    assert fetch_missing(town, gateway, body=body, now=just_after) == 0


def test_a_gap_in_the_numbers_is_named(
    engine: Engine, town: Session, body: LocalBody, gateway: Razorpay
) -> None:
    owed: Demand = a_demand(town, body, VISIT)
    take_cash(town, body, owed.id, amount=owed.amount, by=a_person(town, body), now=NOON)
    town.execute(text("UPDATE receipt_serial SET last = last + 1"))
    assert kinds(night(town, body, gateway)) == ["receipt_gap"]
    assert demand(town, owed.id).state == "paid"
    assert engine


def test_an_event_that_waits_is_booked_by_night(
    service_engine: Engine, body: LocalBody, trial: LocalGateway, gateway: Razorpay
) -> None:
    from civic.core.money.payments import keep_event

    with inside(service_engine, body.code) as (session, _):
        ref = order_for(session, gateway, body, a_demand(session, body).id, now=NOON).ref
    trial.counter.pay(ref, now=0.0)
    with inside(service_engine, body.code) as (session, _):
        for name, raw, signature in webhooks(trial):
            keep_event(session, gateway, body, raw=raw, signature=signature, event_ref=name, now=NOON)
    with inside(service_engine, body.code) as (session, _):
        assert len(waiting_events(session)) == 3
        result = reconcile(session, gateway, body=body, now=NIGHT)
        assert (result.mended, result.mismatches, waiting_events(session)) == (0, (), [])
