"""What the town halls have on a plot: the part of its page that depends on who looks.

In: a request for a plot's page.  Out: for each local body of the land: the reader's cases here (all of them for the office),
what can be begun, and which lines are disputed; those under a number that the land had before it was divided, merged or
renumbered say so.  Nobody who is not signed in sees a case.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from fastapi import Depends, Request

from civic.core.bodies import LocalBody
from civic.core.workflow import Title


@dataclass(frozen=True, kw_only=True)
class CaseOfPlot:
    """A case that points at the plot."""

    number: str
    title: Title
    state: Title
    opened: date
    is_open: bool
    """Whether the reader may open it: a known owner is told of the cases of others on their plot, and no more."""
    former: str | None = None
    """The earlier number of the land under which the case stands; None for today's."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """What can be begun about the plot."""

    title: Title
    href: str


@dataclass(frozen=True, kw_only=True)
class PermitOfPlot:
    """A permit of the public register on the plot."""

    number: str
    kind: str
    state: str
    issued: date
    former: str | None = None


@dataclass(frozen=True, kw_only=True)
class DisputeOfPlot:
    """An objection to a line: since when, and the day on which the office found it right."""

    number: str
    since: date
    upheld: date | None
    former: str | None = None


@dataclass(frozen=True, kw_only=True)
class HallOfPlot:
    """One town hall's part."""

    body: LocalBody
    path: str
    name: str | None
    """Who looks; None for strangers."""
    cases: tuple[CaseOfPlot, ...]
    starts: tuple[Start, ...]
    permits: tuple[PermitOfPlot, ...] = ()
    """For everyone: they are public."""
    disputes: dict[str, DisputeOfPlot] = field(default_factory=dict)
    """By line: the oldest objection that still stands."""


Halls = Callable[[Request, str, str], tuple[HallOfPlot, ...]]


def _none(_request: Request, _code: str, _number: str) -> tuple[HallOfPlot, ...]:
    return ()


async def halls(request: Request) -> Halls:
    """The town halls that the application was built with; without them a plot has none."""
    return getattr(request.app.state, "halls", _none)


HallsDep = Annotated[Halls, Depends(halls)]
