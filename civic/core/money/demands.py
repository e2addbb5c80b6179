"""Demands: what a person is to pay, on which clause, by when; raised once, then paid whole or cancelled.

In: lines in paise.  Out: demands; raising one is one journal.  A demand is locked while it is settled or cancelled, so that
of two at once the second is told.  Part payments are not taken: whoever pays pays all of it, and a sum that differs is held
for its payer.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.events import publish
from civic.core.money.ledger import DEMANDS, INCOME, Booking, journal
from civic.core.money.model import (
    LARGEST,
    Demand,
    DemandLine,
    DemandRaised,
    NoSuchMoney,
    WrongAmount,
)
from civic.core.money.tables import DemandLineRow, DemandRow
from civic.core.tables import CaseRow
from gis.db.sql import statement
from gis.db.straight import straight
from gis.errors import Invalid

_FRESH = {"populate_existing": True}
SECRET = 24
"""Random bytes of a pay link: 192 bits, which nobody guesses."""


def raise_demand(
    session: Session,
    body: LocalBody,
    *,
    lines: Sequence[DemandLine],
    now: datetime,
    case_id: int | None = None,
    due: date | None = None,
    raised_by: int | None = None,
) -> Demand:
    """Demand the sum of some lines, each a whole number of paise above nothing."""
    _check(lines)
    total = sum(line.amount for line in lines)
    token = secrets.token_urlsafe(SECRET)
    owed = {DEMANDS: total} | {account: -amount for account, amount in by_head(lines).items()}
    new = journal(body, Booking(kind="demand", now=now, person_id=raised_by), owed) | {
        "case": case_id,
        "token": token,
        "amount": total,
        "due": due,
        "heads": [line.head for line in lines],
        "titles_en": [line.title_en for line in lines],
        "titles_ml": [line.title_ml for line in lines],
        "asked": [line.amount for line in lines],
        "clauses": [line.clause for line in lines],
    }
    made = straight(session, statement(__package__, "raised"), new)[0]
    raised = Demand(
        id=made.id,
        case_id=case_id,
        token=token,
        amount=total,
        state="open",
        due=due,
        raised=now,
        raised_by=raised_by,
        closed=None,
        closed_reason=None,
        lines=tuple(lines),
    )
    publish(session, DemandRaised(body=body, demand=raised, parties=frozenset(made.parties), now=now))
    return raised


def demand(session: Session, identifier: int) -> Demand:
    """The demand of an identifier."""
    return _found(session, DemandRow.id == identifier)


def demand_at(session: Session, token: str) -> Demand:
    """The demand of a pay link."""
    return _found(session, DemandRow.token == token)


def demands_of(session: Session, case_id: int) -> list[Demand]:
    """The demands of a case, oldest first."""
    query = select(DemandRow).where(DemandRow.case_id == case_id).order_by(DemandRow.id)
    rows = session.scalars(query, execution_options=_FRESH).all()
    lines = _lines(session, [row.id for row in rows])
    return [_of(row, lines[row.id]) for row in rows]


def open_demands(session: Session, *, most: int = 200) -> list[Demand]:
    """Open demands, those due first."""
    query = (
        select(DemandRow)
        .where(DemandRow.state == "open")
        .order_by(DemandRow.due.nulls_last(), DemandRow.id)
        .limit(most)
    )
    rows = session.scalars(query, execution_options=_FRESH).all()
    lines = _lines(session, [row.id for row in rows])
    return [_of(row, lines[row.id]) for row in rows]


def cases_of_demands(session: Session, demands: Sequence[Demand]) -> Mapping[int, str]:
    """The numbers of the cases that some demands belong to, by the case."""
    whose = {each.case_id for each in demands if each.case_id is not None}
    found = session.execute(select(CaseRow.id, CaseRow.number).where(CaseRow.id.in_(whose)))
    return {row.id: row.number for row in found}


def is_settled(session: Session, case_id: int) -> bool:
    """Whether a case has a paid demand and none that is open."""
    states = set(session.scalars(select(DemandRow.state).where(DemandRow.case_id == case_id)))
    return "paid" in states and "open" not in states


def locked_demand(session: Session, demand_id: int) -> DemandRow:
    """The demand's row as it stands now, locked until the transaction ends.

    Its case is locked before it, as by whoever moves the case and then touches its demands: nobody waits in a circle.
    """
    its_case = (
        select(CaseRow.id).join(DemandRow, DemandRow.case_id == CaseRow.id).where(DemandRow.id == demand_id)
    )
    session.execute(its_case.with_for_update(key_share=True, of=CaseRow))
    query = select(DemandRow).where(DemandRow.id == demand_id).with_for_update(key_share=True)
    row = session.scalars(query, execution_options=_FRESH).one_or_none()
    if row is None:
        raise _unknown()
    return row


def demand_of(session: Session, row: DemandRow) -> Demand:
    """The demand that a locked row holds."""
    return _of(row, _lines(session, [row.id])[row.id])


def close_demand(
    session: Session,
    row: DemandRow,
    state: str,
    *,
    now: datetime | None,
    by: int | None = None,
    reason: str | None = None,
) -> None:
    """Write a locked demand's new state; only settling, cancelling and undoing do so."""
    session.execute(
        update(DemandRow)
        .where(DemandRow.id == row.id)
        .values(state=state, closed=now, closed_by=by, closed_reason=reason)
    )


def _check(lines: Sequence[DemandLine]) -> None:
    if not lines:
        raise Invalid("A demand needs at least one line.", code="wrong-amount")
    for line in lines:
        if not (0 < line.amount <= LARGEST) or isinstance(line.amount, bool):
            raise WrongAmount(f"“{line.title_en}” must be a whole number of paise above nothing.")
        if not line.clause.strip():
            raise Invalid(f"“{line.title_en}” names no clause that it rests on.", code="no-clause")


def by_head(lines: Sequence[DemandLine]) -> dict[str, int]:
    """What each account of income has in some lines, in paise."""
    sums: dict[str, int] = {}
    for line in lines:
        account = INCOME + line.head
        sums[account] = sums.get(account, 0) + line.amount
    return sums


def _unknown() -> NoSuchMoney:
    return NoSuchMoney(
        "Nothing is to be paid under this address. Take the whole link or scan the code again."
    )


def _found(session: Session, which: ColumnElement[bool]) -> Demand:
    row = session.scalars(select(DemandRow).where(which), execution_options=_FRESH).one_or_none()
    if row is None:
        raise _unknown()
    return demand_of(session, row)


def _lines(session: Session, demand_ids: Sequence[int]) -> dict[int, tuple[DemandLine, ...]]:
    query = (
        select(DemandLineRow)
        .where(DemandLineRow.demand_id.in_(demand_ids))
        .order_by(DemandLineRow.demand_id, DemandLineRow.line)
    )
    found: dict[int, tuple[DemandLine, ...]] = {}
    for row in session.scalars(query):
        line = DemandLine(
            head=row.head, title_en=row.title_en, title_ml=row.title_ml, amount=row.amount, clause=row.clause
        )
        found[row.demand_id] = (*found.get(row.demand_id, ()), line)
    return found


def _of(row: DemandRow, lines: tuple[DemandLine, ...]) -> Demand:
    return Demand(
        id=row.id,
        case_id=row.case_id,
        token=row.token,
        amount=row.amount,
        state=row.state,
        due=row.due,
        raised=row.raised,
        raised_by=row.raised_by,
        closed=row.closed,
        closed_reason=row.closed_reason,
        lines=lines,
    )
