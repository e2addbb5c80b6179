"""Coming in: the town hall's first page, signing in and out.

In: an address, the code that was sent to it; in a synthetic body the choice of one of its made-up people.  Out: pages, and
the cookie of a signed-in browser.
"""

import re
import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from civic.core.case import cases_of
from civic.core.doors.form import Text, see
from civic.core.http import ANYONE, SIGNED_IN, Town, TownDep, TownRoute, allowed, cookie_of, page
from civic.core.people import Person, demo_citizens, introduce, people_in, person, person_reached_by, postings
from civic.core.sign_in import SignIn, TooManyTries, begin, check_code, end, new_code
from civic.core.workflow import STAFF
from gis.errors import Invalid, NotAllowed

router = APIRouter(route_class=TownRoute, include_in_schema=False)
Next = Annotated[str, Query(max_length=500)]
MACHINE = "town-machine"
"""The cookie by which a browser is told from others, whoever signs in with it."""


@router.get("/town/{body}", dependencies=[allowed(ANYONE)])
def first_page(request: Request, town: TownDep) -> Response:
    """What can be done here, and what waits for who reads it."""
    own = cases_of(town.session, town.actor.person.id, most=5) if town.actor else []
    return page(request, "town/home.html", town=town, own=own)


@router.get("/town/{body}/sign-in", dependencies=[allowed(ANYONE)])
def sign_in_page(request: Request, town: TownDep, next: Next = "") -> Response:
    """The form that asks where to send a code; for a synthetic body also its people."""
    return _sign_in(request, town, next)


def _sign_in(
    request: Request, town: Town, onward: str, *, refused: TooManyTries | Invalid | None = None
) -> Response:
    return page(
        request,
        "town/sign_in.html",
        town=town,
        status=429 if isinstance(refused, TooManyTries) else 422 if refused else 200,
        next=onward,
        people=_demo_people(town),
        has_oidc=request.app.state.oidc is not None,
        refused=refused,
    )


@router.post("/town/{body}/sign-in", dependencies=[allowed(ANYONE)])
def send_code(request: Request, town: TownDep, address: Text, next: Text = "") -> Response:
    """Send a code and ask for it."""
    language = "ml" if request.cookies.get("lang") == "ml" else "en"
    sender = sender_of(request)
    try:
        where, _ = new_code(town.session, town.body, address, sender=sender, language=language, now=town.now)
    except (TooManyTries, Invalid) as error:
        return _sign_in(request, town, next, refused=error)
    return page(request, "town/code.html", town=town, reach=where, next=next, wrong=None)


@router.post("/town/{body}/sign-in/code", dependencies=[allowed(ANYONE)])
def enter_code(
    request: Request, town: TownDep, address: Text, code: Text, name: Text = "", next: Text = ""
) -> Response:
    """Sign in with the code; a wrong one counts, and one that is right is kept for who must still say a name."""
    tried = town.session.begin_nested()
    where = check_code(town.session, address, code, now=town.now)
    if where is None:
        tried.commit()
        return page(request, "town/code.html", town=town, status=422, reach=address, next=next, wrong="code")
    who = person_reached_by(town.session, where)
    if who is None and not name.strip():
        tried.rollback()
        return page(request, "town/code.html", town=town, status=422, reach=address, next=next, wrong="name")
    tried.commit()
    language = "ml" if request.cookies.get("lang") == "ml" else "en"
    who = who or introduce(town.session, town.body, name=name, address=where, language=language, now=town.now)
    made = signed_in_anew(request, town, who, way="code", browser=machine_of(request))
    return keep_signed_in(request, town, made, next)


@router.post("/town/{body}/sign-in/demo", dependencies=[allowed("demo")])
def sign_in_demo(
    request: Request, town: TownDep, who: Annotated[int, Form(ge=0, lt=2**62)], next: Text = ""
) -> Response:
    """Become one of the made-up people of a synthetic body; any other body has no such door."""
    if not town.body.synthetic:
        raise NotAllowed("Only a synthetic local body has people to try; sign in with a code.")
    chosen = person(town.session, who)
    browser = f"{machine_of(request)} {who}"  # one machine plays them all
    made = signed_in_anew(request, town, chosen, way="demo", browser=browser)
    return keep_signed_in(request, town, made, next)


@router.post("/town/{body}/sign-out", dependencies=[allowed(SIGNED_IN)])
def sign_out(request: Request, town: TownDep) -> Response:
    """Sign this browser out."""
    end(town.session, request.cookies.get(cookie_of(town.body.code), ""), now=town.now)
    answer = see(town.path)
    answer.delete_cookie(cookie_of(town.body.code), path="/")
    return answer


def _demo_people(town: Town) -> list[tuple[str, int, str]]:
    """Role, identifier and name of the people who can be tried; empty but in a synthetic body."""
    if not town.body.synthetic:
        return []
    posted = {posting.person_id for posting in postings(town.session, on=town.today)}
    officers = [
        (role, each.id, each.name)
        for role in ("licensee", *STAFF)
        for each in people_in(town.session, role, on=town.today)
    ]
    citizens = [
        ("applicant", each.id, each.name) for each in demo_citizens(town.session) if each.id not in posted
    ]
    return citizens + officers


def keep_signed_in(request: Request, town: Town, made: SignIn, onward: str) -> Response:
    """Lead on, with the cookie of a signed-in browser; only to pages of the same body."""
    here = f"{town.path}/"
    answer = see(onward if onward.startswith(here) else town.path)
    answer.set_cookie(
        cookie_of(town.body.code),
        made.secret,
        expires=made.ends,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    answer.set_cookie(
        MACHINE,
        machine_of(request),
        max_age=400 * 24 * 3600,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


def signed_in_anew(request: Request, town: Town, who: Person, *, way: str, browser: str) -> SignIn:
    """Sign a browser in, and end the sign-in that it had before: nobody can go on with what its user has left."""
    if before := request.cookies.get(cookie_of(town.body.code)):
        end(town.session, before, now=town.now)
    return begin(town.session, town.body, who, way=way, browser=browser, today=town.today, now=town.now)


def sender_of(request: Request) -> str:
    """The network address that asks; behind a proxy the one that the proxy names, where the server trusts it."""
    return request.client.host if request.client else ""


def machine_of(request: Request) -> str:
    """The mark of the browser: a random one, since browsers of one office all call themselves the same."""
    kept = request.cookies.get(MACHINE, "")
    if re.fullmatch(r"[\w-]{20,64}", kept, re.ASCII):
        return kept
    if not hasattr(request.state, "machine"):
        request.state.machine = secrets.token_urlsafe(24)
    return str(request.state.machine)


def browser_of(request: Request) -> str:
    """What the browser calls itself."""
    return request.headers.get("user-agent", "")[:400]
