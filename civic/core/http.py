"""The town hall's side of HTTP: who asks, in which body, and whether the route is for them.

In: a request under `/town/{body}/` or `/api/town/{body}/`.  Out: `Town`: a transaction inside the body, the signed-in actor,
the instant.  The transaction is committed before the answer leaves, and rolled back on any error.

A form that another site sends in a reader's name is refused: browsers say where a form comes from.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import wraps
from inspect import signature
from typing import Annotated, Any, Protocol, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, enter, enter_again, inside
from civic.core.desk import Desk
from civic.core.people import Actor
from civic.core.services import Services, service_kept, service_named
from civic.core.sign_in import actor as signed_in
from civic.core.workflow import PARTIES, STAFF, Workflow
from civic.core.working_days import day_there
from gis.errors import NotAllowed, SignInNeeded

ANYONE, SIGNED_IN, OFFICE = "anyone", "signed_in", "staff"
WHOSE = frozenset({ANYONE, SIGNED_IN, OFFICE, "demo", *PARTIES, *STAFF})
"""Whom a route can be for: the words that `allowed` takes."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
VISIT = "town visit"
"""Under this name a request carries its `Visit`."""


class Render(Protocol):
    """How a page is made; the composition root brings it."""

    def __call__(
        self, request: Request, template: str, *, town: "Town", status: int = 200, **values: object
    ) -> Response:
        """The page of a template."""
        ...


@dataclass(frozen=True, kw_only=True)
class TownHall:
    """What all requests share: the database in the service's role, the services, the print of pages."""

    engine: Engine
    services: Services
    render: Render


@dataclass(frozen=True, kw_only=True)
class Town:
    """One request inside a local body."""

    session: Session
    body: LocalBody
    actor: Actor | None
    now: datetime
    hall: TownHall

    @property
    def today(self) -> date:
        """The day in the body's own time zone."""
        return day_there(self.now, self.body.time_zone)

    @property
    def roles(self) -> frozenset[str]:
        """The roles of who asks; none for strangers."""
        return self.actor.roles if self.actor else frozenset()

    @property
    def path(self) -> str:
        """Where the body's pages are."""
        return f"/town/{self.body.code}"

    def there(self, instant: datetime) -> datetime:
        """An instant by the clock of the body."""
        return instant.astimezone(ZoneInfo(self.body.time_zone))

    def holds(self, *roles: str) -> bool:
        """Whether who asks has one of these roles today."""
        return bool(self.roles & set(roles))

    def keep(self) -> None:
        """Commit at once, in the thread that wrote: whoever waits for the same rows goes on while this answer is on its way.

        Nothing may be asked of the session after it: it is in no body any more.
        """
        self.session.commit()

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Work that takes time and asks nothing of the database, whose connection others have meanwhile; what was written is kept."""
        self.session.commit()
        try:
            yield
        finally:
            enter(self.session, self.body.code)

    def undo(self) -> None:
        """Undo everything that this request has done, before its page shows what was refused."""
        enter_again(self.session, self.body)

    def flow_of(self, service: str) -> Workflow:
        """The workflow of a service; an empty one of that name where the service is gone."""
        return service_kept(self.hall.services, service).flow

    def desk(self, service: str) -> Desk:
        """The desk of a service in this transaction."""
        return service_named(self.hall.services, service).desk(self.session, self.body, now=self.now)

    def who(self) -> Actor:
        """Who asks; `SignInNeeded` for strangers."""
        if self.actor is None:
            raise SignInNeeded("Sign in first; this is for those whom it concerns.")
        return self.actor


def cookie_of(body: str) -> str:
    """The name of the cookie that keeps a browser signed in."""
    return f"town-{body}"


def town_hall(request: Request) -> TownHall:
    """The town hall that `create_app` was built with."""
    return cast(TownHall, request.app.state.town)


@dataclass(kw_only=True)
class Visit:
    """A request before the door: what it takes to enter, and whom its route is for."""

    hall: TownHall
    code: str
    secret: str | None
    now: datetime
    whose: list[tuple[str, ...]] = field(default_factory=list)
    has_entered: bool = False

    @contextmanager
    def inside(self) -> Iterator[Town]:
        """The town hall for this request, once it is seen that its route is for whoever asks; committed at the end."""
        self.has_entered = True
        with inside(self.hall.engine, self.code) as (session, here):
            today = day_there(self.now, here.time_zone)
            who = signed_in(session, self.secret, today=today, now=self.now) if self.secret else None
            town = Town(session=session, body=here, actor=who, now=self.now, hall=self.hall)
            for each in self.whose:
                _refuse_others(town, each)
            yield town

    def show_in(self) -> None:
        """Enter and leave again: whoever may not come in is told that, and not what is wrong with the form."""
        with self.inside():
            pass


async def _visit(request: Request, body: str) -> Visit:
    if not isinstance(request.scope.get("route"), TownRoute):
        raise TypeError("A router whose routes enter a town hall is made with route_class=TownRoute.")
    if request.method not in SAFE:
        refuse_foreign_form(request)
    secret = request.cookies.get(cookie_of(body))
    found = Visit(hall=town_hall(request), code=body, secret=secret, now=datetime.now(UTC))
    request.scope[VISIT] = found
    return found


TownDep = Annotated[Town, Depends(_visit)]
"""The town hall, entered: `TownRoute` does so in the thread of the route's own work."""


class TownRoute(APIRoute):
    """A route of the town hall: it is entered, guarded, answered and committed in one go, in one thread.

    Each change of thread costs, and waits for whatever else is running: between a row that others wait for and its commit there is none,
    and no connection is held while a form is read.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **told: Any) -> None:
        super().__init__(path, _in_one_go(endpoint), **told)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What is wrong with a form is told to those only whom the route is for."""
        answer = super().get_route_handler()

        async def answer_visitor(request: Request) -> Response:
            try:
                return await answer(request)
            except Exception:
                visit: Visit | None = request.scope.get(VISIT)
                if visit is not None and not visit.has_entered:
                    await run_in_threadpool(visit.show_in)
                raise

        return answer_visitor


def _in_one_go(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """An endpoint that enters the town hall by itself; any other as it is."""
    asked_for = signature(endpoint).parameters.get("town")
    if asked_for is None or asked_for.annotation != TownDep:
        return endpoint

    @wraps(endpoint)
    def work(*, town: Visit, **given: Any) -> Any:
        with town.inside() as entered:
            return endpoint(town=entered, **given)

    return work


def refuse_foreign_form(request: Request) -> None:
    """Refuse what a page of another host sends in a reader's name."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    foreign = site not in (None, "same-origin", "none") or (
        site is None and origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    )
    if foreign:
        raise NotAllowed("This form came from another site; open it here and send it again.", code="foreign")


def allowed(*whose: str) -> Any:
    """A route is for these: `anyone`, `signed_in`, `staff`, or roles; parties are looked up by the route's own case."""
    if not whose or not set(whose) <= WHOSE:
        raise ValueError(f"Nobody is called {whose}")

    async def check(visit: Annotated[Visit, Depends(_visit)]) -> None:
        visit.whose.append(whose)

    checked: Callable[..., Awaitable[None]] = check
    checked.__dict__["whose"] = frozenset(whose)
    return Depends(checked)


def _refuse_others(town: Town, whose: tuple[str, ...]) -> None:
    if ANYONE in whose or "demo" in whose:
        return
    who = town.who()
    is_party = bool(set(whose) & {SIGNED_IN, *PARTIES})
    if not (is_party or who.roles & set(whose) or (OFFICE in whose and who.is_staff)):
        named = ", ".join(each.replace("_", " ") for each in whose)
        raise NotAllowed(f"This is for: {named}. Your posting, if you had one, may have ended.")


def page(request: Request, template: str, *, town: Town, status: int = 200, **values: object) -> Response:
    """A page of the town hall."""
    return town.hall.render(request, template, town=town, status=status, **values)
