"""What a service of the town hall brings: its workflow, its guards, what its steps take and do, its part of the page.

In: the service's own folder.  Out: a `Service`, by which the core runs its cases without knowing it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case
from civic.core.desk import Desk, Guard
from civic.core.people import Actor
from civic.core.workflow import Workflow, workflow
from gis.errors import NotFound

Take = Callable[[Desk, Case, Actor, Mapping[str, str]], Mapping[str, Any]]
"""What a step does beyond moving the case: reads its form, changes the land or the ledger, and says what history keeps."""
Shown = Callable[[Desk, Case], object]
"""What the service's part of the case's page shows."""


def _nothing(_desk: Desk, _case: Case) -> object:
    return None


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service: its name is its workflow's."""

    flow: Workflow
    guards: Mapping[str, Guard] = field(default_factory=dict)
    takes: Mapping[str, Take] = field(default_factory=dict)
    shown: Shown = _nothing
    part: str | None = None
    """The template of its part of a case's page."""
    begins_at: str | None = None
    """Its page to begin a case, below the body's address; a parcel's number is added to it."""

    @property
    def name(self) -> str:
        """The name by which cases know it."""
        return self.flow.service

    def desk(self, session: Session, body: LocalBody, *, now: datetime) -> Desk:
        """Where its steps are taken."""
        return Desk(session=session, body=body, flow=self.flow, guards=self.guards, now=now)


Services = Mapping[str, Service]


def service_named(services: Services, name: str) -> Service:
    """The service of a name."""
    if name not in services:
        raise NotFound(f"There is no service “{name[:40]}” here.", code="no-service")
    return services[name]


def read_workflow(package: str, guards: Mapping[str, Guard]) -> Workflow:
    """The `workflow.yaml` in a service's folder, checked against the guards that the service keeps."""
    text = files(package).joinpath("workflow.yaml").read_text(encoding="utf-8")
    return workflow(text, guards=frozenset(guards))
