"""Passkeys at the door: make one, sign in with one, remove one; the browser's script does the rest.

In: JSON that the browser's device made.  Out: JSON for the device, the cookie of a signed-in browser, redirects.
"""

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Body, Request, Response

from civic.core.case import seen_by
from civic.core.confirming import Act, ask_to_confirm
from civic.core.doors.entrance import browser_of, keep_signed_in, machine_of, sender_of, signed_in_anew
from civic.core.doors.form import Identifier, see
from civic.core.http import ANYONE, SIGNED_IN, TownDep, TownRoute, allowed
from civic.core.passkeys import Site, ask_to_make, ask_to_sign, keep_made, remove, signed
from civic.core.steps import may_take
from gis.errors import NotAllowed

router = APIRouter(route_class=TownRoute, include_in_schema=False)
Answer = Annotated[dict[str, Any], Body()]
Version = Annotated[int, Body(embed=True, ge=1, lt=2**31)]


def site_of(request: Request) -> Site:
    """Where the browser is: the public address where one is set, else the one that was asked."""
    public = urlsplit(request.app.state.public_url or str(request.base_url))
    return Site(host=public.hostname or "", origin=f"{public.scheme}://{public.netloc}")


def _json(text: str) -> Response:
    return Response(text, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.post("/town/{body}/me/passkeys/options", dependencies=[allowed(SIGNED_IN)])
def options_to_make(request: Request, town: TownDep) -> Response:
    """What the device needs to make a key."""
    who, sender = town.who().person, sender_of(request)
    return _json(ask_to_make(town.session, town.body, who, site_of(request), sender=sender, now=town.now))


@router.post("/town/{body}/me/passkeys", dependencies=[allowed(SIGNED_IN)])
def made(request: Request, town: TownDep, answer: Answer) -> Response:
    """Keep a key."""
    who = town.who().person
    name = browser_of(request).partition(" ")[0]
    keep_made(town.session, town.body, who, site_of(request), answer, name=name, now=town.now)
    return _json('{"kept": true}')


@router.post("/town/{body}/me/passkeys/{passkey}/remove", dependencies=[allowed(SIGNED_IN)])
def removed(town: TownDep, passkey: Identifier) -> Response:
    """Forget a key."""
    remove(town.session, passkey, town.who().person.id)
    return see(f"{town.path}/me")


@router.post("/town/{body}/cases/{number}/steps/{step}/passkey", dependencies=[allowed(SIGNED_IN)])
def options_to_confirm(request: Request, town: TownDep, number: str, step: str, version: Version) -> Response:
    """What the device needs to confirm a step of a case as it stands."""
    who = town.who()
    found, roles = seen_by(town.session, number, who)
    desk = town.desk(found.service)
    if step not in may_take(desk, found, roles) or not desk.flow.steps[step].passkey:
        raise NotAllowed("This is no step that you can confirm now; open the case again.")
    act = Act(body=town.body.code, number=found.number, step=step, version=version, person_id=who.person.id)
    sender = sender_of(request)
    return _json(ask_to_confirm(town.session, town.body, act, site_of(request), sender=sender, now=town.now))


@router.post("/town/{body}/sign-in/passkey/options", dependencies=[allowed(ANYONE)])
def options_to_sign(request: Request, town: TownDep) -> Response:
    """What the device needs to sign."""
    sender = sender_of(request)
    return _json(ask_to_sign(town.session, town.body, site_of(request), sender=sender, now=town.now))


@router.post("/town/{body}/sign-in/passkey", dependencies=[allowed(ANYONE)])
def sign_in(request: Request, town: TownDep, answer: Answer, next: str = "") -> Response:
    """Sign in whose key signed."""
    who = signed(town.session, site_of(request), answer, now=town.now)
    begun = signed_in_anew(request, town, who, way="passkey", browser=machine_of(request))
    return keep_signed_in(request, town, begun, next)
