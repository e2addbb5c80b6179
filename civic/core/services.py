"""What a service of the town hall brings: its workflow, its guards, what its steps take and do, its part of the page.

In: the service's own folder.  Out: a `Service`, by which the core runs its cases without knowing it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from importlib.resources import files
from typing import Any

from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case
from civic.core.desk import Desk, Guard
from civic.core.people import Actor
from civic.core.steps import may_take
from civic.core.workflow import Step, Title, Workflow, workflow
from civic.core.working_days import day_there
from gis.errors import NotFound

Take = Callable[[Desk, Case, Actor, Mapping[str, str]], Mapping[str, Any]]
"""What a step does beyond moving the case: reads its form, changes the land or the ledger, and says what history keeps."""
DatedGuard = Callable[[Session, Case, date], str | None]
"""Why a step may not be taken on a day; None where it may."""
Shown = Callable[[Desk, Case], object]
"""What the service's part of the case's page shows."""
Marks = Callable[[Session, Sequence[int]], Mapping[int, tuple[str, ...]]]
"""What a list tells of each of some cases of the service beside number and state, as keys of the pages' words."""
Offered = Callable[[Desk, Case], Collection[str]]
"""The steps that a case can ever take, by what it is about; the others of its workflow are not shown, not even as held."""


def _nothing(_desk: Desk, _case: Case) -> object:
    return None


def _unmarked(_session: Session, _cases: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service: its name is its workflow's."""

    flow: Workflow
    guards: Mapping[str, Guard] = field(default_factory=dict)
    dated: Mapping[str, DatedGuard] = field(default_factory=dict)
    """Guards that look at the calendar: they are told the day in the body."""
    takes: Mapping[str, Take] = field(default_factory=dict)
    shown: Shown = _nothing
    marks: Marks = _unmarked
    part: str | None = None
    """The template of its part of a case's page."""
    offered: Offered | None = None
    begins_at: str | None = None
    """Its page to begin a case, below the body's address; a parcel's number is added to it."""

    @property
    def name(self) -> str:
        """The name by which cases know it."""
        return self.flow.service

    def steps_of(self, desk: Desk, case: Case, roles: frozenset[str]) -> dict[str, tuple[Step, str | None]]:
        """The steps that some roles are shown here, each with what holds it now."""
        found = may_take(desk, case, roles)
        if self.offered is None:
            return found
        ever = self.offered(desk, case)
        return {name: each for name, each in found.items() if name in ever}

    def desk(self, session: Session, body: LocalBody, *, now: datetime) -> Desk:
        """Where its steps are taken."""
        today = day_there(now, body.time_zone)
        dated = {name: partial(_on_a_day, guard, today) for name, guard in self.dated.items()}
        return Desk(session=session, body=body, flow=self.flow, guards={**self.guards, **dated}, now=now)


def _on_a_day(guard: DatedGuard, today: date, session: Session, case: Case) -> str | None:
    return guard(session, case, today)


Services = Mapping[str, Service]


def service_named(services: Services, name: str) -> Service:
    """The service of a name."""
    if name not in services:
        raise NotFound(f"There is no service “{name[:40]}” here.", code="no-service")
    return services[name]


def marked(services: Services, session: Session, cases: Iterable[Case]) -> dict[int, tuple[str, ...]]:
    """What the lists tell of some cases, each by its own service; one question for each service."""
    mine: dict[str, list[int]] = {}
    for each in cases:
        mine.setdefault(each.service, []).append(each.id)
    found: dict[int, tuple[str, ...]] = {}
    for name, case_ids in mine.items():
        found.update(service_kept(services, name).marks(session, case_ids))
    return found


def service_kept(services: Services, name: str) -> Service:
    """The service of a name, or an empty one where it is gone: cases of it can still be read, and nothing done to them."""
    if name in services:
        return services[name]
    title = Title(en=name, ml=name)
    gone = Workflow(service=name, prefix="X", edition="", title=title, begin="", states={}, steps={})
    return Service(flow=gone)


def read_workflow(package: str, guards: Iterable[str]) -> Workflow:
    """The `workflow.yaml` in a service's folder, checked against the guards that the service keeps."""
    text = files(package).joinpath("workflow.yaml").read_text(encoding="utf-8")
    return workflow(text, guards=frozenset(guards))
