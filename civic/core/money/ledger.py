"""The ledger: journals that add up to zero, and what stands in an account.

In: entries in paise, debit positive.  Out: journals, balances.  A journal is never changed; what was wrong is reversed by
another one.  The database refuses one that does not add up (migration 0006), whoever writes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.money.model import money_day
from civic.core.money.tables import JournalEntryRow, JournalRow, LedgerAccountRow
from gis.db.sql import statement
from gis.errors import Conflict, Invalid, NotFound

CASH = "cash"
"""Notes and coins at the counters."""
SAFE = "safe"
"""Cash that was counted at the close of a counter's day."""
DIFFERENCES = "cash_differences"
"""What was counted beyond (credit) or below (debit) the receipts."""
GATEWAY = "gateway"
"""What the payment gateway holds for the body."""
DEMANDS = "demands"
"""What is demanded and not yet paid."""
HELD = "held_for_payers"
"""Money that came late, twice or for a demand that was cancelled."""
REFUNDS_DUE = "refunds_due"
"""Refunds that are granted and not yet paid."""
INCOME = "income."
"""Before the head of a demand's line."""

KINDS = {
    CASH: "asset",
    SAFE: "asset",
    GATEWAY: "asset",
    DEMANDS: "asset",
    HELD: "liability",
    REFUNDS_DUE: "liability",
    DIFFERENCES: "expense",
}


@dataclass(frozen=True, kw_only=True)
class Booking:
    """Why a journal is made, by whom, and of what."""

    kind: str
    now: datetime
    person_id: int | None = None
    reason: str | None = None
    demand_id: int | None = None
    receipt_id: int | None = None
    refund_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What stands in an account, in paise; credit is negative."""

    account: str
    kind: str
    amount: int


def book(session: Session, body: LocalBody, booking: Booking, entries: Mapping[str, int]) -> int:
    """Make a journal of entries by account in paise, debit positive; its number.

    `Invalid` where there are fewer than two entries, one is nothing, or they do not add up to zero.
    """
    return _write(session, journal(body, booking, entries))


def reverse(session: Session, body: LocalBody, journal_id: int, booking: Booking) -> int:
    """Undo a journal by its opposite; once only."""
    rows = session.execute(
        select(JournalEntryRow.account, JournalEntryRow.amount)
        .where(JournalEntryRow.journal_id == journal_id)
        .order_by(JournalEntryRow.line)
    ).all()
    if not rows:
        raise NotFound("There is no such journal here.")
    if session.scalar(select(JournalRow.id).where(JournalRow.reverses == journal_id)):
        raise Conflict("This journal is reversed already.")
    opposite = {row.account: -row.amount for row in rows}
    return _write(session, journal(body, booking, opposite) | {"reverses": journal_id})


def balance(session: Session, account: str) -> int:
    """What stands in an account, in paise; credit is negative."""
    total = select(func.coalesce(func.sum(JournalEntryRow.amount), 0)).where(
        JournalEntryRow.account == account
    )
    return int(session.scalar(total) or 0)


def balances(session: Session) -> list[Balance]:
    """All accounts with what stands in them, by code."""
    query = (
        select(
            LedgerAccountRow.code,
            LedgerAccountRow.kind,
            func.coalesce(func.sum(JournalEntryRow.amount), 0).label("amount"),
        )
        .outerjoin(
            JournalEntryRow,
            (JournalEntryRow.body == LedgerAccountRow.body)
            & (JournalEntryRow.account == LedgerAccountRow.code),
        )
        .group_by(LedgerAccountRow.code, LedgerAccountRow.kind)
        .order_by(LedgerAccountRow.code)
    )
    return [
        Balance(account=row.code, kind=row.kind, amount=int(row.amount)) for row in session.execute(query)
    ]


def journal(body: LocalBody, booking: Booking, entries: Mapping[str, int]) -> dict[str, Any]:
    """What a statement that makes a journal is given; `Invalid` as `book` says."""
    if len(entries) < 2 or 0 in entries.values() or sum(entries.values()) != 0:
        raise Invalid("A journal needs two entries or more that are not nothing and add up to zero.")
    return {
        "body": body.code,
        "kind": booking.kind,
        "day": money_day(body, booking.now),
        "now": booking.now,
        "person": booking.person_id,
        "reason": booking.reason,
        "reverses": None,
        "demand": booking.demand_id,
        "receipt": booking.receipt_id,
        "refund": booking.refund_id,
        "accounts": list(entries),
        "kinds": [KINDS.get(account, "income") for account in entries],
        "amounts": list(entries.values()),
    }


def _write(session: Session, made: Mapping[str, Any]) -> int:
    """One statement, however many entries."""
    return int(session.execute(statement(__package__, "booked"), made).scalar_one())
