"""A demand is asked once, on a clause, paid whole, and cancelled by another person than raised it."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, enter, inside
from civic.core.events import listening
from civic.core.money.counter import take_cash
from civic.core.money.demands import demand, demand_at, demands_of, is_settled, raise_demand
from civic.core.money.ledger import balance, balances
from civic.core.money.model import (
    AlreadySettled,
    DemandCancelled,
    DemandLine,
    NoSuchMoney,
    Paid,
    PaymentUndone,
    SamePerson,
    WrongAmount,
    rupees,
)
from civic.core.money.receipts import receipt, receipts_of
from civic.core.money.refunds import refunds
from civic.core.money.tables import ReceiptRow
from civic.core.money.undoing import cancel_demand, cancel_receipt
from gis.errors import Conflict, Invalid
from tests.civic.money.books import FEE, NOON, VISIT, a_case, a_demand, a_person, must_add_up, statements


def sums(session: Session) -> dict[str, int]:
    """What is not nothing in the ledger."""
    must_add_up(session)
    return {each.account: each.amount for each in balances(session) if each.amount}


def test_a_demand_stands_in_the_ledger_by_head(town: Session, body: LocalBody) -> None:
    raised = a_demand(town, body, FEE, VISIT, replace(FEE, amount=1))
    assert raised.amount == 75_051
    assert raised.due == date(2026, 11, 30)
    assert [line.clause for line in raised.lines] == [FEE.clause, VISIT.clause, FEE.clause]
    assert sums(town) == {"demands": 75_051, "income.record_change": -50_001, "income.site_visit": -25_050}


@pytest.mark.parametrize("amount", [0, -1, 10**13 + 1])
def test_a_line_is_a_sum_above_nothing(town: Session, body: LocalBody, amount: int) -> None:
    with pytest.raises(WrongAmount):
        a_demand(town, body, replace(FEE, amount=amount))


def test_the_smallest_and_the_largest_line_are_taken(town: Session, body: LocalBody) -> None:
    assert a_demand(town, body, replace(FEE, amount=1), replace(VISIT, amount=10**13)).amount == 10**13 + 1


def test_a_line_without_a_clause_is_not_demanded(town: Session, body: LocalBody) -> None:
    with pytest.raises(Invalid, match="clause"):
        a_demand(town, body, replace(FEE, clause=" "))
    with pytest.raises(Invalid, match="at least one"):
        raise_demand(town, body, lines=(), now=NOON)


def test_the_pay_link_is_long_and_its_own(town: Session, body: LocalBody) -> None:
    tokens = {a_demand(town, body).token for _ in range(20)}
    assert len(tokens) == 20
    assert min(map(len, tokens)) >= 32
    with pytest.raises(NoSuchMoney):
        demand_at(town, next(iter(tokens))[:-1])


def test_a_demand_of_another_body_is_not_found_by_its_link(
    town: Session, body: LocalBody, other_body: LocalBody
) -> None:
    raised = a_demand(town, body)
    enter(town, other_body.code)
    with pytest.raises(NoSuchMoney):
        demand_at(town, raised.token)


def test_cash_settles_a_demand_and_the_service_is_told(town: Session, body: LocalBody) -> None:
    case_id = a_case(town, body)
    owed = a_demand(town, body, case_id=case_id)
    counter = a_person(town, body, "Counter")
    told: list[Paid] = []
    assert not is_settled(town, case_id)
    with listening(Paid, lambda _, event: told.append(event)):
        got = take_cash(town, body, owed.id, amount=75_050, by=counter, now=NOON)
    assert [(event.case_id, event.receipt.number) for event in told] == [(case_id, got.number)]
    assert told[0].demand.state == "paid"
    assert is_settled(town, case_id)
    assert sums(town) == {"cash": 75_050, "income.record_change": -50_000, "income.site_visit": -25_050}


@pytest.mark.parametrize("amount", [75_049, 75_051, 1, 0, -75_050])
def test_a_demand_is_paid_whole_or_not_at_all(town: Session, body: LocalBody, amount: int) -> None:
    owed = a_demand(town, body)
    with pytest.raises(WrongAmount, match="75050"):
        take_cash(town, body, owed.id, amount=amount, by=a_person(town, body), now=NOON)
    assert demand(town, owed.id).state == "open"


def test_cash_is_not_taken_twice(town: Session, body: LocalBody) -> None:
    owed, counter = a_demand(town, body), a_person(town, body)
    take_cash(town, body, owed.id, amount=owed.amount, by=counter, now=NOON)
    with pytest.raises(AlreadySettled):
        take_cash(town, body, owed.id, amount=owed.amount, by=counter, now=NOON)
    assert len(receipts_of(town, owed.id)) == 1


def test_what_a_listener_refuses_was_not_paid(service_engine: Engine, body: LocalBody) -> None:
    """The receipt, its number and its journal go with the transaction."""

    def refuse(_session: Session, _event: Paid) -> None:
        raise Conflict("not so")

    with inside(service_engine, body.code) as (session, _):
        owed, counter = a_demand(session, body), a_person(session, body)
        before = session.scalar(text("SELECT max(last) FROM receipt_serial")) or 0
    with pytest.raises(Conflict), listening(Paid, refuse), inside(service_engine, body.code) as (session, _):
        take_cash(session, body, owed.id, amount=owed.amount, by=counter, now=NOON)
    with inside(service_engine, body.code) as (session, _):
        assert demand(session, owed.id).state == "open"
        got = take_cash(session, body, owed.id, amount=owed.amount, by=counter, now=NOON)
        assert session.scalar(select(ReceiptRow.serial).where(ReceiptRow.id == got.id)) == before + 1


def test_an_open_demand_is_cancelled_without_a_trace_in_the_sums(town: Session, body: LocalBody) -> None:
    maker, checker = a_person(town, body, "Maker"), a_person(town, body, "Checker")
    owed = a_demand(town, body, raised_by=maker)
    told: list[DemandCancelled] = []
    with pytest.raises(SamePerson):
        cancel_demand(town, body, owed.id, reason="Raised twice.", by=maker, now=NOON)
    with pytest.raises(Invalid, match="reason"):
        cancel_demand(town, body, owed.id, reason=" ", by=checker, now=NOON)
    with listening(DemandCancelled, lambda _, event: told.append(event)):
        cancelled = cancel_demand(town, body, owed.id, reason="Raised twice.", by=checker, now=NOON)
    assert (cancelled.state, cancelled.closed_reason) == ("cancelled", "Raised twice.")
    assert len(told) == 1
    assert sums(town) == {}
    with pytest.raises(AlreadySettled):
        cancel_demand(town, body, owed.id, reason="Raised twice.", by=checker, now=NOON)


def test_a_paid_demand_that_is_cancelled_leaves_its_money_held_and_a_refund_asked(
    town: Session, body: LocalBody
) -> None:
    owed = a_demand(town, body)
    got = take_cash(town, body, owed.id, amount=owed.amount, by=a_person(town, body), now=NOON)
    checker = a_person(town, body, "Checker")
    cancel_demand(town, body, owed.id, reason="The application was withdrawn.", by=checker, now=NOON)
    assert receipt(town, got.id).held == 75_050
    assert sums(town) == {"cash": 75_050, "held_for_payers": -75_050}
    asked = refunds(town, state="asked")
    assert [(each.receipt_id, each.amount, each.asked_by) for each in asked] == [(got.id, 75_050, checker)]


def test_a_cash_receipt_is_cancelled_by_another_and_its_demand_opens_again(
    town: Session, body: LocalBody
) -> None:
    owed, counter, checker = a_demand(town, body), a_person(town, body), a_person(town, body, "Checker")
    got = take_cash(town, body, owed.id, amount=owed.amount, by=counter, now=NOON)
    told: list[PaymentUndone] = []
    with pytest.raises(SamePerson):
        cancel_receipt(town, body, got.id, reason="Typed for the wrong person.", by=counter, now=NOON)
    with pytest.raises(Invalid, match="reason"):
        cancel_receipt(town, body, got.id, reason="", by=checker, now=NOON)
    with listening(PaymentUndone, lambda _, event: told.append(event)):
        undone = cancel_receipt(town, body, got.id, reason="Wrong person.", by=checker, now=NOON)
    assert undone.cancelled == NOON
    assert told[0].demand.state == "open"
    assert sums(town)["demands"] == 75_050
    assert balance(town, "cash") == 0
    again = take_cash(town, body, owed.id, amount=owed.amount, by=counter, now=NOON)
    assert [each.number for each in receipts_of(town, owed.id)] == [got.number, again.number]
    with pytest.raises(AlreadySettled):
        cancel_receipt(town, body, got.id, reason="Again.", by=checker, now=NOON)


def test_the_demands_of_a_case_are_listed_in_order(town: Session, body: LocalBody) -> None:
    case_id = a_case(town, body)
    first, second = (a_demand(town, body, line, case_id=case_id) for line in (FEE, VISIT))
    assert [each.id for each in demands_of(town, case_id)] == [first.id, second.id]
    assert demands_of(town, case_id)[1].lines == (VISIT,)
    assert demands_of(town, 0) == []


@pytest.mark.parametrize(
    ("paise", "written"),
    [
        (0, "₹0.00"),
        (5, "₹0.05"),
        (99_999, "₹999.99"),
        (100_000, "₹1,000.00"),
        (12_345_678, "₹1,23,456.78"),
        (1_00_00_000_00, "₹1,00,00,000.00"),
        (-50, "−₹0.50"),
    ],
)
def test_rupees_are_grouped_in_lakh_and_crore(paise: int, written: str) -> None:
    assert rupees(paise) == written


def test_statements_are_constant_however_many_lines(town: Session, body: LocalBody) -> None:
    def asked(count: int) -> int:
        lines = tuple(
            DemandLine(head=f"head_{n}", title_en="x", title_ml="ക", amount=n, clause="c")
            for n in range(1, count + 1)
        )
        with statements(town) as seen:
            assert a_demand(town, body, *lines).amount == sum(range(1, count + 1))
        return len(seen)

    assert asked(1) == asked(40) <= 8
