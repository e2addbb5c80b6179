"""Journals add up to zero, are complete, are never changed, and stay within their body: whoever writes them."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, enter
from civic.core.money.ledger import Booking, balance, balances, book, reverse
from gis.errors import Conflict, Invalid
from tests.civic.money.books import NOON, a_demand, must_add_up

HANDED = Booking(kind="handed_over", now=NOON, reason="test")
JOURNAL = text(
    "INSERT INTO journal (body, kind, lines, day, instant) VALUES (:body, 'handed_over', :lines, '2026-11-20', now())"
    " RETURNING id"
)
ENTRY = text(
    "INSERT INTO journal_entry (journal_id, line, body, account, amount)"
    " VALUES (:journal, :line, :body, :account, :amount)"
)


def written(session: Session, body: LocalBody, *amounts: int, lines: int | None = None) -> int:
    """A journal written past the ledger, straight into the tables."""
    said = len(amounts) if lines is None else lines
    journal = session.execute(JOURNAL, {"body": body.code, "lines": said}).scalar_one()
    for line, amount in enumerate(amounts, 1):
        values = {"journal": journal, "line": line, "body": body.code, "account": "cash", "amount": amount}
        session.execute(ENTRY, values)
    return int(journal)


@pytest.fixture
def accounts(town: Session, body: LocalBody) -> None:
    book(town, body, HANDED, {"cash": 100, "safe": -100})


@pytest.mark.usefixtures("accounts")
@pytest.mark.parametrize("amounts", [(100, -99), (100, 100), (5, -2, -2), (1, -2)])
def test_the_database_refuses_a_journal_that_does_not_add_up(
    town: Session, body: LocalBody, amounts: tuple[int, ...]
) -> None:
    written(town, body, *amounts)
    with pytest.raises(IntegrityError, match="add up to zero"):
        must_add_up(town)


@pytest.mark.usefixtures("accounts")
@pytest.mark.parametrize("amounts", [(100, -100), (5, -2, -3)])
def test_the_database_takes_one_that_does(town: Session, body: LocalBody, amounts: tuple[int, ...]) -> None:
    written(town, body, *amounts)
    must_add_up(town)


@pytest.mark.usefixtures("accounts")
@pytest.mark.parametrize(("amounts", "lines"), [((), 2), ((100,), 2), ((100, -100), 3)])
def test_a_journal_without_all_its_entries_is_refused(
    town: Session, body: LocalBody, amounts: tuple[int, ...], lines: int
) -> None:
    written(town, body, *amounts, lines=lines)
    with pytest.raises(IntegrityError, match="must be complete"):
        must_add_up(town)


@pytest.mark.usefixtures("accounts")
def test_a_journal_of_one_entry_is_refused(town: Session, body: LocalBody) -> None:
    with pytest.raises(IntegrityError, match="lines"):
        written(town, body, 0, lines=1)


@pytest.mark.usefixtures("accounts")
def test_no_entry_is_added_to_a_journal_later_even_if_it_adds_up(town: Session, body: LocalBody) -> None:
    journal = written(town, body, 100, -100)
    must_add_up(town)
    for line, amount in ((3, 7), (4, -7)):
        values = {"journal": journal, "line": line, "body": body.code, "account": "cash", "amount": amount}
        town.execute(ENTRY, values)
    with pytest.raises(IntegrityError, match="has 4 of 2 entries"):
        must_add_up(town)


def test_the_check_holds_when_the_transaction_ends_in_another_body(
    town: Session, body: LocalBody, other_body: LocalBody
) -> None:
    book(town, body, HANDED, {"cash": 100, "safe": -100})
    enter(town, other_body.code)
    must_add_up(town)
    assert town.scalar(text("SELECT entered_body()")) == other_body.code
    assert balance(town, "cash") == 0


@pytest.mark.parametrize("table", ["journal", "journal_entry", "demand_line"])
@pytest.mark.parametrize("change", ["UPDATE {} SET body = body", "DELETE FROM {}"])
def test_what_was_booked_is_not_changed(town: Session, body: LocalBody, table: str, change: str) -> None:
    a_demand(town, body)
    with pytest.raises(DBAPIError, match=r"permission denied|never changed"):
        town.execute(text(change.format(table)))


@pytest.mark.parametrize("entries", [{}, {"cash": 1}, {"cash": 0, "safe": 0}, {"cash": 2, "safe": -1}])
def test_the_ledger_says_so_before_the_database_does(
    town: Session, body: LocalBody, entries: dict[str, int]
) -> None:
    with pytest.raises(Invalid, match="add up to zero"):
        book(town, body, HANDED, entries)


def test_a_journal_is_reversed_by_its_opposite_and_once(town: Session, body: LocalBody) -> None:
    journal = book(town, body, HANDED, {"cash": -300, "safe": 290, "cash_differences": 10})
    assert balance(town, "safe") == 290
    reverse(town, body, journal, HANDED)
    must_add_up(town)
    assert {each.account: each.amount for each in balances(town)} == {
        "cash": 0,
        "safe": 0,
        "cash_differences": 0,
    }
    with pytest.raises(Conflict, match="reversed already"):
        reverse(town, body, journal, HANDED)


def test_the_balance_is_of_one_body(town: Session, body: LocalBody, other_body: LocalBody) -> None:
    book(town, body, HANDED, {"cash": 100, "safe": -100})
    enter(town, other_body.code)
    book(town, other_body, HANDED, {"cash": 7, "safe": -7})
    assert balance(town, "cash") == 7
