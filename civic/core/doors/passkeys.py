"""Passkeys at the door: make one, sign in with one, remove one; the browser's script does the rest.

In: JSON that the browser's device made.  Out: JSON for the device, the cookie of a signed-in browser, redirects.
"""

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Body, Request, Response

from civic.core.doors.entrance import browser_of, keep_signed_in, machine_of
from civic.core.doors.form import Identifier, see
from civic.core.http import ANYONE, SIGNED_IN, TownDep, allowed
from civic.core.passkeys import Site, ask_to_make, ask_to_sign, keep_made, remove, signed
from civic.core.sign_in import begin

router = APIRouter(include_in_schema=False)
Answer = Annotated[dict[str, Any], Body()]


def _site(request: Request) -> Site:
    """Where the browser is: the public address where one is set, else the one that was asked."""
    public = urlsplit(request.app.state.public_url or str(request.base_url))
    return Site(host=public.hostname or "", origin=f"{public.scheme}://{public.netloc}")


def _json(text: str) -> Response:
    return Response(text, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.post("/town/{body}/me/passkeys/options", dependencies=[allowed(SIGNED_IN)])
def options_to_make(request: Request, town: TownDep) -> Response:
    """What the device needs to make a key."""
    return _json(ask_to_make(town.session, town.body, town.who().person, _site(request), now=town.now))


@router.post("/town/{body}/me/passkeys", dependencies=[allowed(SIGNED_IN)])
def made(request: Request, town: TownDep, answer: Answer) -> Response:
    """Keep a key."""
    who = town.who().person
    name = browser_of(request).partition(" ")[0]
    keep_made(town.session, town.body, who, _site(request), answer, name=name, now=town.now)
    return _json('{"kept": true}')


@router.post("/town/{body}/me/passkeys/{passkey}/remove", dependencies=[allowed(SIGNED_IN)])
def removed(town: TownDep, passkey: Identifier) -> Response:
    """Forget a key."""
    remove(town.session, passkey, town.who().person.id)
    return see(f"{town.path}/me")


@router.post("/town/{body}/sign-in/passkey/options", dependencies=[allowed(ANYONE)])
def options_to_sign(request: Request, town: TownDep) -> Response:
    """What the device needs to sign."""
    return _json(ask_to_sign(town.session, town.body, _site(request), now=town.now))


@router.post("/town/{body}/sign-in/passkey", dependencies=[allowed(ANYONE)])
def sign_in(request: Request, town: TownDep, answer: Answer, next: str = "") -> Response:
    """Sign in whose key signed."""
    who = signed(town.session, _site(request), answer, now=town.now)
    begun = begin(
        town.session,
        town.body,
        who,
        way="passkey",
        browser=machine_of(request),
        today=town.today,
        now=town.now,
    )
    return keep_signed_in(request, town, begun, next)
