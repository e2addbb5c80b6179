"""Cases as values, and the questions about them: one case, its history, its tasks, inboxes.

In: a session inside a local body.  Out: frozen values; lists are ordered and paged by key, so that an inbox of a hundred
thousand cases costs what a small one costs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, text, tuple_, union_all
from sqlalchemy.orm import Session

from civic.core.answering import asked_of
from civic.core.people import Actor
from civic.core.tables import (
    NO_DAY,
    CaseEventRow,
    CaseParcelRow,
    CasePartyRow,
    CaseRow,
    CaseTaskRow,
    PersonRow,
)
from civic.core.workflow import CONSULTED, LICENSED, STAFF
from gis.errors import NotAllowed, NotFound

MOST = 100
"""Cases on a page of an inbox, at most."""


class NoSuchCase(NotFound):
    """No case has this number, or it is not this reader's to see."""

    code = "no-case"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One matter of one service, as it stands."""

    id: int
    body: str
    service: str
    workflow: str
    number: str
    state: str
    turn: str | None
    since: datetime
    due: date | None
    opened: datetime
    opened_by: int
    closed: datetime | None
    version: int


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One thing that happened to a case."""

    seq: int
    instant: datetime
    step: str
    state_before: str | None
    state_after: str
    role: str
    person_id: int | None
    name: str | None
    note: str | None
    seen_by: str
    told: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class AskedTask:
    """Something asked beside the turn, and its answer once there is one."""

    id: int
    kind: str
    role: str
    asked: datetime
    due: date | None
    answered: datetime | None
    answered_by: int | None
    answer: str | None
    told: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class InboxLine:
    """A case in a list, with its parcels."""

    case: Case
    parcels: tuple[str, ...]
    presses: date
    """The day by which it is listed: `NO_DAY` without a limit."""


class LicenceEnded(NotAllowed):
    """Who was the licensee of a case has no registration today."""

    code = "licence-ended"


_CASE = "SELECT id, body, service, workflow, number, state, turn, since, due, opened, opened_by, closed, version FROM civic_case"
_BY_ID = text(f"{_CASE} WHERE id = :id")
_LOCKED = text(
    f"{_CASE} WHERE id = :id FOR NO KEY UPDATE"
)  # whoever has written a paper of it, or a visit, goes on beside it
_NUMBERED = text(f"{_CASE} WHERE number = :number")


def case(session: Session, identifier: int, *, lock: bool = False) -> Case:
    """The case of an identifier; locked for others until the transaction ends where that is asked for."""
    return _found(session.execute(_LOCKED if lock else _BY_ID, {"id": identifier}).one_or_none())


def case_numbered(session: Session, number: str) -> Case:
    """The case of a number."""
    return _found(session.execute(_NUMBERED, {"number": number}).one_or_none())


def parcels_of(session: Session, case_id: int) -> tuple[str, ...]:
    """The parcel numbers of a case, in order."""
    query = (
        select(CaseParcelRow.number).where(CaseParcelRow.case_id == case_id).order_by(CaseParcelRow.number)
    )
    return tuple(session.scalars(query))


def parts_in(session: Session, case_id: int, person_id: int) -> frozenset[str]:
    """What a person is in a case: applicant, owner, licensee; empty for strangers."""
    query = select(CasePartyRow.part).where(
        CasePartyRow.case_id == case_id, CasePartyRow.person_id == person_id
    )
    return frozenset(session.scalars(query))


def roles_in(session: Session, case_id: int, actor: Actor) -> frozenset[str]:
    """In which roles somebody stands in a case: nobody is the office in a matter of their own."""
    return parts_in(session, case_id, actor.person.id) or actor.roles & set(STAFF)


def acting(roles: frozenset[str], actor: Actor) -> frozenset[str]:
    """Of the roles in which somebody stands in a case those in which they act today: a licensee's only while the licence holds."""
    return roles - (frozenset(LICENSED) - actor.roles)


def acting_in(session: Session, case_id: int, actor: Actor) -> frozenset[str]:
    """In which roles somebody acts in a case today; `LicenceEnded` where the licence that ended was all they had."""
    return still_acting(roles_in(session, case_id, actor), actor)


def acting_parts(session: Session, case_id: int, actor: Actor) -> frozenset[str]:
    """As which party somebody acts in a case today, empty for strangers; `LicenceEnded` where the licence that ended was all they had."""
    return still_acting(parts_in(session, case_id, actor.person.id), actor)


def still_acting(roles: frozenset[str], actor: Actor) -> frozenset[str]:
    """Of the roles in which somebody stands in a case those in which they act today; `LicenceEnded` where the licence that ended was all."""
    left = acting(roles, actor)
    if roles and not left:
        raise LicenceEnded(
            "Your licence does not hold today, so you can read this case but do nothing in it."
            " The owner chooses another licensee on the page of the case; once your registration holds again, go on here."
        )
    return left


def _is_asked(session: Session, found: Case, roles: frozenset[str], person_id: int) -> bool:
    """Whether a case waits, or has waited, for the word of somebody in some roles."""
    asked = select(CaseTaskRow.id).where(
        CaseTaskRow.case_id == found.id, CaseTaskRow.role.in_(roles), asked_of(person_id)
    )
    return found.turn in roles or session.scalar(asked.limit(1)) is not None


def may_see(session: Session, found: Case, roles: frozenset[str], person_id: int) -> bool:
    """Whether somebody who stands in some roles in a case may see it: who is consulted only what they themselves are asked."""
    return bool(roles) and not (roles <= set(CONSULTED) and not _is_asked(session, found, roles, person_id))


def seen_by(session: Session, number: str, actor: Actor | None) -> tuple[Case, frozenset[str]]:
    """A case that an actor may see, and the roles in which; to all others it does not exist."""
    found = case_numbered(session, number)
    roles = roles_in(session, found.id, actor) if actor else frozenset()
    if actor is None or not may_see(session, found, roles, actor.person.id):
        raise _hidden()
    return found, roles


def history(session: Session, case_id: int, *, for_staff: bool) -> list[Happening]:
    """What happened to a case, oldest first; notes among officers are left out for others."""
    query = (
        select(CaseEventRow, PersonRow.name)
        .outerjoin(PersonRow, PersonRow.id == CaseEventRow.person_id)
        .where(CaseEventRow.case_id == case_id)
        .order_by(CaseEventRow.seq)
    )
    if not for_staff:
        query = query.where(CaseEventRow.seen_by != "staff")
    return [_happening(row, name) for row, name in session.execute(query)]


def tasks_of(session: Session, case_id: int) -> list[AskedTask]:
    """What was asked beside the case's turn, in order."""
    query = select(CaseTaskRow).where(CaseTaskRow.case_id == case_id).order_by(CaseTaskRow.id)
    return [_task(row) for row in session.scalars(query)]


def inbox(
    session: Session,
    roles: frozenset[str],
    *,
    person_id: int | None = None,
    after: tuple[date, int] | None = None,
    most: int = MOST,
) -> list[InboxLine]:
    """Open cases on the turn of some roles, or with an open task for them; the most pressing first.

    A case presses by the limit of the turn or of the task, whichever comes first.  `after` is that limit and the identifier of
    the last case of the page before.  Who is consulted is shown what they themselves are asked; nobody in particular, what is
    asked of whoever is posted.
    """
    ways = [_waiting(role, after, most) for role in sorted(roles)]
    ways += [_asked(role, after, most, person_id) for role in sorted(roles)]
    if not ways:
        return []
    pressing = union_all(*ways).subquery()
    first = (
        select(pressing.c.id, func.min(pressing.c.due).label("due"))
        .group_by(pressing.c.id)
        .order_by(func.min(pressing.c.due), pressing.c.id)
        .limit(most)
        .subquery()
    )
    query = (
        select(CaseRow, first.c.due).join(first, first.c.id == CaseRow.id).order_by(first.c.due, CaseRow.id)
    )
    found = [(to_case(row), due) for row, due in session.execute(query)]
    return _with_parcels(session, found)


def _waiting(role: str, after: tuple[date, int] | None, most: int) -> Select[Any]:
    """The most pressing open cases on a role's turn, read along the index."""
    query = (
        select(CaseRow.id, CaseRow.due)
        .where(CaseRow.closed.is_(None), CaseRow.turn == role)
        .order_by(CaseRow.due, CaseRow.id)
        .limit(most)
    )
    page = query.where(tuple_(CaseRow.due, CaseRow.id) > after) if after else query
    return select(page.subquery())


def _asked(role: str, after: tuple[date, int] | None, most: int, person_id: int | None) -> Select[Any]:
    """The most pressing cases with a task open for a role, read along the index."""
    query = (
        select(CaseTaskRow.case_id.label("id"), CaseTaskRow.due)
        .where(CaseTaskRow.answered.is_(None), CaseTaskRow.role == role)
        .order_by(CaseTaskRow.due, CaseTaskRow.case_id)
        .limit(most)
    )
    own = query.where(asked_of(person_id)) if role in CONSULTED else query
    page = own.where(tuple_(CaseTaskRow.due, CaseTaskRow.case_id) > after) if after else own
    return select(page.subquery())


def cases_of(
    session: Session, person_id: int, *, before: int | None = None, most: int = MOST
) -> list[InboxLine]:
    """A person's own cases, newest first; `before` is the last case of the page before."""
    query = select(CaseRow).where(CaseRow.id.in_(_own(person_id))).order_by(CaseRow.id.desc()).limit(most)
    return _lines(session, query.where(CaseRow.id < before) if before is not None else query)


def cases_on(
    session: Session, numbers: Collection[str], *, person_id: int | None = None, most: int = MOST
) -> list[InboxLine]:
    """The cases that point at a parcel of some numbers, newest first; with a person, only those that the person has a part in."""
    here = select(CaseParcelRow.case_id).where(CaseParcelRow.number.in_(numbers))
    query = select(CaseRow).where(CaseRow.id.in_(here)).order_by(CaseRow.id.desc()).limit(most)
    return _lines(session, query.where(CaseRow.id.in_(_own(person_id))) if person_id is not None else query)


def _own(person_id: int) -> Select[Any]:
    return select(CasePartyRow.case_id).where(CasePartyRow.person_id == person_id)


def _lines(session: Session, query: Select[Any]) -> list[InboxLine]:
    return _with_parcels(session, [(to_case(row), row.due) for row in session.scalars(query)])


def _with_parcels(session: Session, found: Sequence[tuple[Case, date]]) -> list[InboxLine]:
    numbers: dict[int, list[str]] = {each.id: [] for each, _ in found}
    parcels = (
        select(CaseParcelRow.case_id, CaseParcelRow.number)
        .where(CaseParcelRow.case_id.in_(numbers))
        .order_by(CaseParcelRow.number)
    )
    for case_id, number in session.execute(parcels):
        numbers[case_id].append(number)
    return [InboxLine(case=each, parcels=tuple(numbers[each.id]), presses=due) for each, due in found]


def _hidden() -> NoSuchCase:
    return NoSuchCase("There is no such case here, or it is not yours to see. Sign in as one of its parties.")


def _found(row: Row[Any] | None) -> Case:
    if row is None:
        raise _hidden()
    return to_case(row)


def to_case(row: CaseRow | Row[*tuple[Any, ...]]) -> Case:
    """A row of a case as a value."""
    return Case(
        id=row.id,
        body=row.body,
        service=row.service,
        workflow=row.workflow,
        number=row.number,
        state=row.state,
        turn=row.turn,
        since=row.since,
        due=None if row.due == NO_DAY else row.due,
        opened=row.opened,
        opened_by=row.opened_by,
        closed=row.closed,
        version=row.version,
    )


def _happening(row: CaseEventRow, name: str | None) -> Happening:
    return Happening(
        seq=row.seq,
        instant=row.instant,
        step=row.step,
        state_before=row.state_before,
        state_after=row.state_after,
        role=row.role,
        person_id=row.person_id,
        name=name,
        note=row.note,
        seen_by=row.seen_by,
        told=row.told,
    )


def _task(row: CaseTaskRow) -> AskedTask:
    return AskedTask(
        id=row.id,
        kind=row.kind,
        role=row.role,
        asked=row.asked,
        due=None if row.due == NO_DAY else row.due,
        answered=row.answered,
        answered_by=row.answered_by,
        answer=row.answer,
        told=row.told,
    )
