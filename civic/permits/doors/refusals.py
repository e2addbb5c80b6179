"""The doors of the public list of refusals.

In: words of an address.  Out: a page and JSON that anyone may read; nothing of a person is in them.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from civic.core.http import ANYONE, TownDep, TownRoute, allowed, page
from civic.permits.refusals import PAGE, Refusal, refusals
from civic.permits.register_shapes import RefusalOut, RefusalsOut

router = APIRouter(route_class=TownRoute)
Before = Annotated[int | None, Query(ge=0, lt=2**62)]


@router.get("/town/{body}/refusals", dependencies=[allowed(ANYONE)], include_in_schema=False)
def refusals_page(request: Request, town: TownDep, before: Before = None) -> Response:
    """Refused applications with their clauses, the newest first."""
    found = refusals(town.session, town.body, before=before)
    return page(
        request,
        "town/permits/refusals.html",
        town=town,
        found=found,
        onward=_onward(f"{town.path}/refusals", found),
        is_first=before is None,
    )


@router.get("/api/town/{body}/refusals", dependencies=[allowed(ANYONE)], tags=["permits"])
def refusals_told(town: TownDep, before: Before = None) -> RefusalsOut:
    """Refused applications with their clauses, the newest first, twenty at a time."""
    found = refusals(town.session, town.body, before=before)
    return RefusalsOut(
        refusals=[RefusalOut.of(each) for each in found], next=_onward(f"/api{town.path}/refusals", found)
    )


def _onward(path: str, found: list[Refusal]) -> str | None:
    """The address of the next page; None on the last one."""
    return f"{path}?before={found[-1].id}" if len(found) == PAGE else None
