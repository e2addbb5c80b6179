"""What time does to cases by itself: steps of the clock, and word to whoever a late turn or a late task escalates to.

In: the services, a session inside a local body, the instant.  Out: cases moved, and an `Escalated` for each turn and each task
that ran out on the day before; a task that goes on unanswered, and parties whose turn it stays, are told of it again and again.  Called every night, and twice in a night
changes nothing.  A case that stands in a state which
its workflow no longer has is left alone and named in the log.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import and_, exists, or_, select, true
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import AskedTask, Case, case, tasks_of
from civic.core.events import publish
from civic.core.said import add_escalation
from civic.core.services import Services
from civic.core.steps import let_time_act
from civic.core.tables import CaseEventRow, CaseRow, CaseTaskRow
from civic.core.workflow import PARTIES
from civic.core.working_days import day_there

LOG = logging.getLogger("bhumika")
ESCALATED = "escalate"
TASK_ESCALATED = "escalate_task"
LONGEST = timedelta(days=3660)
"""How long ago a limit may have passed and still be told."""
AGAIN = timedelta(days=14)
"""After which a task that is still not answered is told of again, and a party reminded again: silence is never forgotten."""


@dataclass(frozen=True, kw_only=True)
class Escalated:
    """A turn or a task has run out: the role that is told; a party's where the parties are reminded of a turn of their own."""

    body: LocalBody
    case: Case
    role: str
    now: datetime
    task: AskedTask | None = None

    @property
    def is_the_offices(self) -> bool:
        """Whether it is an office that is late, and not a party that has not done its own part."""
        return self.task is not None or self.case.turn not in PARTIES


def run_clocks(session: Session, body: LocalBody, services: Services, *, now: datetime) -> int:
    """Let time act on every open case that it concerns; how many moved or escalated."""
    today = day_there(now, body.time_zone)
    for number, service, state in stranded(session, services):
        LOG.warning(
            "Case %s of %s stands in %s/%s, which no workflow has; no clock acts on it.",
            number,
            body.code,
            service,
            state,
        )
    moved = 0
    for case_id in _timed(session, services):
        moved += _alone(session, partial(_act, session, body, services, case_id, now))
    for case_id in _late_turns(session, services, today, now):
        moved += _alone(session, partial(_escalate, session, body, services, case_id, now))
    for case_id, task_id in _late_tasks(session, today, now):
        moved += _alone(session, partial(_escalate, session, body, services, case_id, now, task_id))
    return moved


def stranded(session: Session, services: Services) -> list[tuple[str, str, str]]:
    """Open cases in a state that their workflow no longer has: number, service, state, in order of number."""
    known = [
        and_(CaseRow.service == service.name, CaseRow.state.in_(service.flow.states))
        for service in services.values()
    ]
    query = select(CaseRow.number, CaseRow.service, CaseRow.state).where(CaseRow.closed.is_(None))
    if known:
        query = query.where(~or_(*known))
    return [
        (number, service, state) for number, service, state in session.execute(query.order_by(CaseRow.id))
    ]


def _timed(session: Session, services: Services) -> list[int]:
    """Open cases in a state that has a step of the clock."""
    timed = [
        and_(CaseRow.service == service.name, CaseRow.state.in_(states))
        for service in services.values()
        if (states := {each for step in service.flow.steps.values() if step.after for each in step.from_})
    ]
    if not timed:
        return []
    query = select(CaseRow.id).where(CaseRow.closed.is_(None), or_(*timed)).order_by(CaseRow.id)
    return list(session.scalars(query))


def _late_turns(session: Session, services: Services, today: date, now: datetime) -> list[int]:
    """Open cases whose turn has run out and was not told of yet; or long ago, where it is parties who are reminded."""
    once = and_(
        *(
            ~and_(CaseRow.service == service.name, CaseRow.state.in_(states))
            for service in services.values()
            if (states := service.flow.reminded())
        ),
        true(),
    )
    told = exists().where(
        CaseEventRow.case_id == CaseRow.id,
        CaseEventRow.step == ESCALATED,
        CaseEventRow.instant >= CaseRow.since,
        or_(once, CaseEventRow.instant > now - AGAIN),
    )
    query = select(CaseRow.id).where(
        CaseRow.closed.is_(None), CaseRow.due < today, CaseRow.due > today - LONGEST, ~told
    )
    return list(session.scalars(query.order_by(CaseRow.id)))


def _late_tasks(session: Session, today: date, now: datetime) -> list[tuple[int, int]]:
    """Open tasks whose last day has passed and that were not told of yet, or long ago: case and task."""
    told = exists().where(
        CaseEventRow.case_id == CaseTaskRow.case_id,
        CaseEventRow.step == TASK_ESCALATED,
        CaseEventRow.told["task"].as_integer() == CaseTaskRow.id,
        CaseEventRow.instant > now - AGAIN,
    )
    query = select(CaseTaskRow.case_id, CaseTaskRow.id).where(
        CaseTaskRow.answered.is_(None), CaseTaskRow.due < today, CaseTaskRow.due > today - LONGEST, ~told
    )
    return [(case_id, task_id) for case_id, task_id in session.execute(query.order_by(CaseTaskRow.id))]


def _alone(session: Session, does: Callable[[], bool]) -> bool:
    """Do one case's part of the night; one that fails is undone and told, and the others go on."""
    point = session.begin_nested()
    try:
        done = does()
    except Exception:
        point.rollback()
        LOG.exception("The clock could not act on a case; the others go on.")
        return False
    point.commit()
    return done


def _act(session: Session, body: LocalBody, services: Services, case_id: int, now: datetime) -> bool:
    standing = case(session, case_id)
    desk = services[standing.service].desk(session, body, now=now)
    return let_time_act(desk, case_id) is not None


def _escalate(
    session: Session,
    body: LocalBody,
    services: Services,
    case_id: int,
    now: datetime,
    task_id: int | None = None,
) -> bool:
    standing = case(session, case_id)
    service = services.get(standing.service)
    late = next((each for each in tasks_of(session, case_id) if each.id == task_id), None)
    role = service.flow.escalation(standing.state, late.kind if late else None) if service else None
    if service is None or role is None or standing.state not in service.flow.states:
        return False
    desk = service.desk(session, body, now=now)
    step = TASK_ESCALATED if late else ESCALATED
    moved = add_escalation(desk, case_id, role=role, step=step, version=standing.version, task=late)
    if moved is None:
        return False
    publish(session, Escalated(body=body, case=moved, role=role, now=now, task=late))
    return True
