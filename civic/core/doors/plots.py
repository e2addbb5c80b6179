"""A person's own plots: those they are known as an owner of, those their cases are about, those they watch.

In: a request of somebody who is signed in.  Out: a page for them alone, which leads to each plot.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from civic.core.case import InboxLine, cases_of
from civic.core.http import SIGNED_IN, TownDep, TownRoute, allowed, page
from civic.core.owners import plots_owned
from civic.core.watching.watches import Watch, watches_of

router = APIRouter(route_class=TownRoute, include_in_schema=False)


@dataclass(frozen=True, kw_only=True)
class OwnPlot:
    """A plot that concerns a person: why it does, and their newest cases on it."""

    number: str
    is_owned: bool
    is_watched: bool
    cases: tuple[InboxLine, ...]


@router.get("/town/{body}/plots", dependencies=[allowed(SIGNED_IN)])
def my_plots(request: Request, town: TownDep) -> Response:
    """The plots that concern whoever reads, their own first."""
    me = town.who().person.id
    owned = plots_owned(town.session, town.body, me, on=town.today)
    lines, watched = cases_of(town.session, me), watches_of(town.session, me)
    return page(request, "town/plots.html", town=town, plots=own_plots(owned, lines, watched))


def own_plots(
    owned: Iterable[str], lines: Iterable[InboxLine], watched: Iterable[Watch]
) -> tuple[OwnPlot, ...]:
    """Plots with why they concern a person: the owned ones first, then by number."""
    cases: dict[str, list[InboxLine]] = {}
    for line in lines:
        for number in line.parcels:
            cases.setdefault(number, []).append(line)
    own = set(owned)
    seen = {each.number for each in watched if each.state == "watching"}
    return tuple(
        OwnPlot(
            number=number,
            is_owned=number in own,
            is_watched=number in seen,
            cases=tuple(cases.get(number, ())),
        )
        for number in sorted(own | seen | set(cases), key=lambda each: (each not in own, each))
    )
