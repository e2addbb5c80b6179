"""What time does to cases by itself: steps of the clock, and word to whoever a late turn escalates to.

In: the services, a session inside a local body, the instant.  Out: cases moved, and an `Escalated` for each turn that ran
out on the day before; called every night, and twice in a night changes nothing.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case, case
from civic.core.events import publish
from civic.core.services import Services
from civic.core.steps import add_escalation, let_time_act
from civic.core.tables import CaseEventRow, CaseRow
from civic.core.working_days import day_there

LOG = logging.getLogger("bhumika")
ESCALATED = "escalate"


@dataclass(frozen=True, kw_only=True)
class Escalated:
    """A turn has run out: the role that is told."""

    body: LocalBody
    case: Case
    role: str
    now: datetime


def run_clocks(session: Session, body: LocalBody, services: Services, *, now: datetime) -> int:
    """Let time act on every open case that it concerns; how many moved or escalated."""
    today = day_there(now, body.time_zone)
    timed = [
        and_(CaseRow.service == service.name, CaseRow.state.in_(states))
        for service in services.values()
        if (states := {each for step in service.flow.steps.values() if step.after for each in step.from_})
    ]
    waiting = select(CaseRow.id).where(CaseRow.closed.is_(None)).order_by(CaseRow.id)
    moved = 0
    for case_id in session.scalars(waiting.where(or_(*timed))).all() if timed else ():
        moved += _alone(session, partial(_act, session, body, services, case_id, now))
    told = exists().where(
        CaseEventRow.case_id == CaseRow.id,
        CaseEventRow.step == ESCALATED,
        CaseEventRow.instant >= CaseRow.since,
    )
    late = waiting.where(CaseRow.due < today, CaseRow.due > today - timedelta(days=3660), ~told)
    for case_id in session.scalars(late).all():
        moved += _alone(session, partial(_escalate, session, body, services, case_id, now))
    return moved


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


def _escalate(session: Session, body: LocalBody, services: Services, case_id: int, now: datetime) -> bool:
    standing = case(session, case_id)
    service = services[standing.service]
    role = service.flow.states[standing.state].escalates_to
    if role is None:
        return False
    desk = service.desk(session, body, now=now)
    moved = add_escalation(desk, case_id, role=role, step=ESCALATED, version=standing.version)
    if moved is None:
        return False
    publish(session, Escalated(body=body, case=moved, role=role, now=now))
    return True
