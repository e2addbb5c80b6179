"""To the identity provider and back: how staff sign in where the office has one.

In: a browser that wants in, and the code that it brings back.  Out: the cookie of a signed-in browser, for somebody who is
posted here.
"""

from typing import Annotated, cast

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from civic.core.doors.entrance import keep_signed_in, machine_of, signed_in_anew
from civic.core.http import ANYONE, TownDep, TownRoute, allowed
from civic.core.oidc import NotVouchedFor, Provider
from civic.core.people import person_reached_by, reach, roles_on
from gis.errors import NotFound

router = APIRouter(route_class=TownRoute, include_in_schema=False)
COOKIE = "oidc-trip"


def _provider(request: Request) -> Provider:
    found = cast(Provider | None, request.app.state.oidc)
    if found is None:
        raise NotFound("This office has no identity provider; sign in with a code.", code="no-provider")
    return found


def _back(request: Request, path: str) -> str:
    return f"{request.app.state.front}{path}/sign-in/oidc/return"


@router.get("/town/{body}/sign-in/oidc", dependencies=[allowed(ANYONE)])
def go(request: Request, town: TownDep, next: Annotated[str, Query(max_length=500)] = "") -> Response:
    """Send the browser to the provider."""
    provider = _provider(request)
    address, trip = provider.go(_back(request, town.path), next=next, now=town.now)
    answer = RedirectResponse(address, status_code=303)
    answer.set_cookie(
        COOKIE,
        provider.pack(trip),
        max_age=600,
        path=f"{town.path}/sign-in/oidc",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


@router.get("/town/{body}/sign-in/oidc/return", dependencies=[allowed(ANYONE)])
def come_back(request: Request, town: TownDep) -> Response:
    """Sign in whom the provider vouches for and the local body has posted."""
    provider = _provider(request)
    trip = provider.unpack(request.cookies.get(COOKIE, ""), now=town.now)
    address = reach(provider.come_back(dict(request.query_params), trip, _back(request, town.path)))
    who = person_reached_by(town.session, address)
    if who is None or not roles_on(town.session, who.id, on=town.today):
        raise NotVouchedFor(
            f"{address} holds no posting here; ask the administrator, or sign in with a code."
        )
    made = signed_in_anew(request, town, who, way="oidc", browser=machine_of(request))
    answer = keep_signed_in(request, town, made, trip.next)
    answer.delete_cookie(COOKIE, path=f"{town.path}/sign-in/oidc")
    return answer
