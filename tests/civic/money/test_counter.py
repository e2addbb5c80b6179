"""A counter's day: cash in, cash back, counted before another person, then closed for good."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, inside
from civic.core.money.counter import DayBook, close_day, day_book, take_cash
from civic.core.money.ledger import balance
from civic.core.money.model import DayClosed, Refund, SameMachine, SamePerson, WrongAmount
from civic.core.money.refunds import ask_refund, decide_refund, hand_out, refunds
from civic.core.money.undoing import cancel_demand, cancel_receipt
from gis.errors import Conflict, Invalid
from tests.civic.money.books import FEE, NOON, VISIT, a_demand, a_person, must_add_up

TODAY = date(2026, 11, 20)


@pytest.fixture
def counter(town: Session, body: LocalBody) -> int:
    return a_person(town, body, "Counter")


@pytest.fixture
def colleague(town: Session, body: LocalBody) -> int:
    return a_person(town, body, "Colleague")


def closed(
    town: Session, body: LocalBody, counter: int, colleague: int, counted: int, note: str | None = None
) -> DayBook:
    return close_day(
        town,
        body,
        person_id=counter,
        day=TODAY,
        counted=counted,
        checked_by=colleague,
        note=note,
        now=NOON + timedelta(hours=5),
    )


def paid(town: Session, body: LocalBody, counter: int, *lines: object) -> int:
    owed = a_demand(town, body, *lines)  # type: ignore[arg-type]
    return take_cash(town, body, owed.id, amount=owed.amount, by=counter, now=NOON).id


def test_the_day_book_lists_receipts_and_what_the_drawer_must_hold(
    town: Session, body: LocalBody, counter: int, colleague: int
) -> None:
    paid(town, body, counter, FEE)
    wrong = paid(town, body, counter, VISIT)
    paid(town, body, colleague, VISIT)
    cancel_receipt(town, body, wrong, reason="Wrong person.", by=colleague, now=NOON)
    book = day_book(town, body, person_id=counter, day=TODAY)
    assert [receipt.cancelled is None for receipt in book.receipts] == [True, False]
    assert (book.expected, book.closed) == (50_000, None)
    assert day_book(town, body, person_id=counter, day=date(2026, 11, 19)).receipts == ()


def test_a_counted_day_goes_to_the_safe(town: Session, body: LocalBody, counter: int, colleague: int) -> None:
    paid(town, body, counter, FEE)
    book = closed(town, body, counter, colleague, 50_000)
    must_add_up(town)
    assert (book.counted, book.checked_by) == (50_000, colleague)
    assert (balance(town, "cash"), balance(town, "safe"), balance(town, "cash_differences")) == (0, 50_000, 0)


@pytest.mark.parametrize(("counted", "difference"), [(49_990, 10), (50_010, -10)])
def test_a_difference_needs_a_note_and_is_booked(
    town: Session, body: LocalBody, counter: int, colleague: int, counted: int, difference: int
) -> None:
    paid(town, body, counter, FEE)
    with pytest.raises(Invalid, match="note"):
        closed(town, body, counter, colleague, counted)
    closed(town, body, counter, colleague, counted, "A coin of ten paise.")
    must_add_up(town)
    assert balance(town, "cash_differences") == difference
    assert balance(town, "cash") == 0


def test_a_day_without_money_is_closed_without_a_journal(
    town: Session, body: LocalBody, counter: int, colleague: int
) -> None:
    assert closed(town, body, counter, colleague, 0).expected == 0
    assert balance(town, "safe") == 0


def test_the_count_is_checked_by_another(town: Session, body: LocalBody, counter: int) -> None:
    with pytest.raises(SamePerson):
        closed(town, body, counter, counter, 0)
    with pytest.raises(WrongAmount):
        closed(town, body, counter, 0, -1)


def test_a_closed_day_takes_no_cash_and_undoes_none(
    town: Session, body: LocalBody, counter: int, colleague: int
) -> None:
    before = paid(town, body, counter, FEE)
    closed(town, body, counter, colleague, 50_000)
    owed = a_demand(town, body)
    with pytest.raises(DayClosed):
        take_cash(town, body, owed.id, amount=owed.amount, by=counter, now=NOON)
    with pytest.raises(DayClosed):
        cancel_receipt(town, body, before, reason="Late.", by=colleague, now=NOON)
    with pytest.raises(DayClosed):
        closed(town, body, counter, colleague, 50_000)
    take_cash(town, body, owed.id, amount=owed.amount, by=counter, now=NOON + timedelta(hours=12))


def test_midnight_is_the_bodys_own(town: Session, body: LocalBody, counter: int) -> None:
    """18:29:59 UTC is the last second of the day in Kerala."""
    last = NOON.replace(hour=18, minute=29, second=59)
    for now in (last, last + timedelta(seconds=1)):
        owed = a_demand(town, body, FEE)
        take_cash(town, body, owed.id, amount=owed.amount, by=counter, now=now)
    days = [day_book(town, body, person_id=counter, day=TODAY + timedelta(days=n)) for n in (0, 1)]
    assert [len(book.receipts) for book in days] == [1, 1]


def granted(town: Session, body: LocalBody, counter: int, colleague: int) -> Refund:
    """A refund of a cash fee that is granted."""
    owed = a_demand(town, body, FEE)
    take_cash(town, body, owed.id, amount=owed.amount, by=counter, now=NOON)
    cancel_demand(town, body, owed.id, reason="Withdrawn.", by=counter, now=NOON)
    asked = refunds(town, state="asked")[0]
    return decide_refund(town, body, asked.id, is_granted=True, by=colleague, now=NOON)


def test_a_refund_is_asked_granted_and_paid_by_different_persons(
    town: Session, body: LocalBody, counter: int, colleague: int
) -> None:
    refund = granted(town, body, counter, colleague)
    assert balance(town, "refunds_due") == -50_000
    with pytest.raises(SamePerson):
        hand_out(town, body, refund.id, by=colleague, now=NOON)
    assert hand_out(town, body, refund.id, by=counter, now=NOON).state == "paid"
    must_add_up(town)
    assert {name: balance(town, name) for name in ("cash", "held_for_payers", "refunds_due")} == {
        "cash": 0,
        "held_for_payers": 0,
        "refunds_due": 0,
    }
    assert day_book(town, body, person_id=counter, day=TODAY).expected == 0
    with pytest.raises(Conflict):
        hand_out(town, body, refund.id, by=counter, now=NOON)


def test_who_asks_does_not_grant(town: Session, body: LocalBody, counter: int, colleague: int) -> None:
    owed = a_demand(town, body, FEE)
    got = take_cash(town, body, owed.id, amount=owed.amount, by=counter, now=NOON)
    with pytest.raises(Conflict, match="holds no money"):
        ask_refund(town, body, got.id, reason="Please.", by=counter, now=NOON)
    cancel_demand(town, body, owed.id, reason="Withdrawn.", by=colleague, now=NOON)
    asked = refunds(town, state="asked")[0]
    with pytest.raises(SamePerson):
        decide_refund(town, body, asked.id, is_granted=True, by=colleague, now=NOON)
    assert decide_refund(town, body, asked.id, is_granted=False, by=counter, now=NOON).state == "refused"
    assert balance(town, "held_for_payers") == -50_000
    again = ask_refund(town, body, got.id, reason="The appeal was allowed.", by=counter, now=NOON)
    with pytest.raises(Conflict, match="on its way"):
        ask_refund(town, body, got.id, reason="Again.", by=counter, now=NOON)
    decide_refund(town, body, again.id, is_granted=True, by=colleague, now=NOON)
    with pytest.raises(Conflict, match="decided"):
        decide_refund(town, body, again.id, is_granted=True, by=colleague, now=NOON)


def test_what_is_confirmed_at_the_machine_where_it_was_made_is_refused(
    town: Session, body: LocalBody, counter: int, colleague: int
) -> None:
    """Three roles at one machine within five minutes is how insiders passed what nobody checked."""
    owed = a_demand(town, body, FEE)
    got = take_cash(town, body, owed.id, amount=owed.amount, by=counter, now=NOON, device="one")
    with pytest.raises(SameMachine):
        cancel_receipt(town, body, got.id, reason="Wrong.", by=colleague, now=NOON, device="one")
    cancel_demand(town, body, owed.id, reason="Withdrawn.", by=colleague, now=NOON, device="one")
    asked = refunds(town, state="asked")[0]
    with pytest.raises(SameMachine):
        decide_refund(town, body, asked.id, is_granted=True, by=counter, now=NOON, device="one")
    assert decide_refund(town, body, asked.id, is_granted=True, by=counter, now=NOON, device="two")


def test_no_more_is_handed_out_than_the_drawer_holds(
    town: Session, body: LocalBody, counter: int, colleague: int
) -> None:
    refund = granted(town, body, counter, colleague)
    other = a_person(town, body, "Other")
    with pytest.raises(Conflict, match="drawer"):
        hand_out(town, body, refund.id, by=other, now=NOON)


def test_cash_that_is_taken_while_the_day_is_closed_waits_and_is_refused(
    service_engine: Engine, body: LocalBody
) -> None:
    """The close holds the day: who comes after finds it closed, and the count stays right."""
    from concurrent.futures import ThreadPoolExecutor
    from time import sleep

    with inside(service_engine, body.code) as (session, _):
        counter, colleague = a_person(session, body, "C"), a_person(session, body, "D")
        owed = a_demand(session, body, FEE)

    def late() -> None:
        with inside(service_engine, body.code) as (session, _):
            take_cash(session, body, owed.id, amount=owed.amount, by=counter, now=NOON)

    with ThreadPoolExecutor(1) as pool:
        with inside(service_engine, body.code) as (session, _):
            closed(session, body, counter, colleague, 0)
            waiting = pool.submit(late)
            sleep(0.3)
            assert not waiting.done()
        with pytest.raises(DayClosed):
            waiting.result(timeout=10)
