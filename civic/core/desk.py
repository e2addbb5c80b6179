"""The desk at which a step is taken: whose body, whose workflow, which guards, which instant.

In: a transaction inside a local body.  Out: the last day of a limit, what holds a step, and the words for a refusal; the
steps themselves are in `civic.core.steps`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case
from civic.core.people import Actor
from civic.core.tables import CaseTaskRow, HolidayRow
from civic.core.workflow import TASKS_ANSWERED, Limit, Step, Workflow
from civic.core.working_days import WorkingDays, day_there, working_days
from gis.errors import Conflict

Guard = Callable[[Session, Case], str | None]
"""Why a step may not be taken yet; None where it may."""


class Overtaken(Conflict):
    """Somebody else acted on the case first."""

    code = "case-moved"


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A case is about to be opened: whoever must ask something about it asks now, before its number is locked for others."""

    body: LocalBody
    parcels: Sequence[str]
    actor: Actor
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Advanced:
    """A case was opened or moved: what every listener is told."""

    body: LocalBody
    case: Case
    step: str
    state_before: str | None
    actor: Actor | None
    now: datetime
    note: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where steps are taken: a transaction inside a body, a service's workflow and guards, the instant."""

    session: Session
    body: LocalBody
    flow: Workflow
    guards: Mapping[str, Guard]
    now: datetime

    @property
    def today(self) -> date:
        """The day in the body's own time zone."""
        return day_there(self.now, self.body.time_zone)

    def calendar(self) -> WorkingDays:
        """The body's working days."""
        holidays = self.session.scalars(
            select(HolidayRow.day).where(HolidayRow.day >= self.today - timedelta(days=400))
        )
        return working_days(self.body.rest_days, list(holidays))

    def due(self, limit: Limit | None, *, since: date | None = None) -> date | None:
        """The last day of a limit that begins today."""
        begin = since or self.today
        if limit is None:
            return None
        if limit.days is not None:
            return begin + timedelta(days=limit.days)
        return self.calendar().after(begin, limit.working_days or 0)


def held(desk: Desk, standing: Case, step: Step) -> str | None:
    """What holds a step; None where nothing does."""
    for name in step.guards:
        reason = (
            _open_tasks(desk, standing)
            if name == TASKS_ANSWERED
            else desk.guards[name](desk.session, standing)
        )
        if reason:
            return reason
    return None


def _open_tasks(desk: Desk, standing: Case) -> str | None:
    asked = desk.session.execute(
        select(CaseTaskRow.kind, CaseTaskRow.told)
        .where(CaseTaskRow.case_id == standing.id, CaseTaskRow.answered.is_(None))
        .order_by(CaseTaskRow.id)
    ).all()
    names = [_asked(desk, kind, told) for kind, told in asked]
    return f"Still open: {', '.join(names)}." if names else None


def _asked(desk: Desk, kind: str, told: Mapping[str, Any]) -> str:
    """What was asked, or of which authority."""
    if kind in desk.flow.tasks:
        return desk.flow.tasks[kind].title.en
    authority = told.get("authority")
    return str(authority["en"]) if isinstance(authority, Mapping) else kind
