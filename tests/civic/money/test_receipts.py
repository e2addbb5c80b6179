"""Receipts are numbered without a gap in their body and financial year, whoever pays at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, inside
from civic.core.money.counter import take_cash
from civic.core.money.demands import demand
from civic.core.money.model import AlreadySettled, Means, NoSuchMoney, financial_year
from civic.core.money.receipts import receipt, receipt_at, receipt_numbered, settle
from civic.core.money.tables import ReceiptRow
from gis.errors import LandError
from tests.civic.money.books import NOON, a_demand, a_person, statements


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 3, 31), 2025),
        (date(2026, 4, 1), 2026),
        (date(2026, 12, 31), 2026),
        (date(2027, 1, 1), 2026),
    ],
)
def test_the_financial_year_begins_on_the_first_of_april(day: date, year: int) -> None:
    assert financial_year(day) == year


def test_numbers_begin_at_one_in_each_financial_year_of_the_body(town: Session, body: LocalBody) -> None:
    """18:29 UTC on 31 March is 23:59 in Kerala; a minute later it is April there."""
    counter = a_person(town, body)
    at = [
        datetime(2031, 3, 31, 18, 28, tzinfo=UTC),
        datetime(2031, 3, 31, 18, 29, tzinfo=UTC),
        datetime(2031, 3, 31, 18, 30, tzinfo=UTC),
    ]
    numbers = [
        take_cash(
            town, body, (owed := a_demand(town, body)).id, amount=owed.amount, by=counter, now=now
        ).number
        for now in at
    ]
    assert numbers == ["R-2030-31-000001", "R-2030-31-000002", "R-2031-32-000001"]


def test_a_receipt_is_found_by_number_and_by_link(town: Session, body: LocalBody) -> None:
    owed = a_demand(town, body)
    got = take_cash(town, body, owed.id, amount=owed.amount, by=a_person(town, body), now=NOON)
    assert receipt_numbered(town, got.number) == receipt_at(town, got.token) == receipt(town, got.id) == got
    with pytest.raises(NoSuchMoney):
        receipt_at(town, got.number)


def test_of_many_who_pay_one_demand_at_once_one_pays(service_engine: Engine, body: LocalBody) -> None:
    with inside(service_engine, body.code) as (session, _):
        owed = a_demand(session, body)
        counters = [a_person(session, body, f"Counter{n}") for n in range(6)]

    def pay(counter: int) -> str:
        try:
            with inside(service_engine, body.code) as (session, _):
                return take_cash(session, body, owed.id, amount=owed.amount, by=counter, now=NOON).number
        except LandError as error:
            return error.code

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(pay, counters))
    assert outcomes.count(AlreadySettled.code) == 5
    with inside(service_engine, body.code) as (session, _):
        query = select(ReceiptRow.serial).where(ReceiptRow.demand_id == owed.id)
        assert len(session.scalars(query).all()) == 1


def test_receipts_made_at_once_have_numbers_without_gap(service_engine: Engine, body: LocalBody) -> None:
    with inside(service_engine, body.code) as (session, _):
        owed = [a_demand(session, body) for _ in range(12)]
        counter = a_person(session, body)

    def pay(number: int) -> None:
        with inside(service_engine, body.code) as (session, _):
            take_cash(session, body, owed[number].id, amount=owed[number].amount, by=counter, now=NOON)
            if number % 3 == 0:
                session.rollback()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(pay, range(12)))
    with inside(service_engine, body.code) as (session, _):
        assert sorted(session.scalars(select(ReceiptRow.serial))) == list(range(1, 9))


def test_a_receipt_costs_the_same_however_many_demands_stand_beside_it(
    town: Session, body: LocalBody
) -> None:
    """Case and demand are locked in a statement each, and what was locked is not asked for again."""
    clerk, costs = a_person(town, body), []
    for more in (0, 1, 6):
        owed = [a_demand(town, body) for _ in range(more + 1)][-1]  # of no case: no service listens
        with statements(town) as asked:
            settle(town, body, owed.id, amount=owed.amount, means=Means.CASH, now=NOON, received_by=clerk)
        assert demand(town, owed.id).state == "paid"
        costs.append(len(asked))
    assert costs == [7, 7, 7], asked  # lock twice, close, its lines, the number, the receipt, the journal
