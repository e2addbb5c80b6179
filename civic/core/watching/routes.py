"""The doors of watching: my watches, the wishes that an officer decides on, the link that ends one.

In: forms.  Out: pages.  The link only asks; ending takes a button, because mail programs open links by themselves.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request, Response

from civic.core.doors.form import see
from civic.core.http import ANYONE, SIGNED_IN, Town, TownDep, TownRoute, allowed, page
from civic.core.messages.routes import room_of
from civic.core.privacy.looks import WATCHES, note_list
from civic.core.watching.watches import (
    ask_to_watch,
    decide_watch,
    stop_watch,
    watch_of_link,
    watches_asked,
    watches_of,
)
from gis.errors import Conflict, Gone, Invalid, LandError, NotFound

router = APIRouter(route_class=TownRoute, include_in_schema=False)
DECIDERS = ("front_office", "verifier", "secretary")
WITHOUT_NUL = r"^[^\x00]*$"
Identifier = Annotated[int, Path(ge=1, lt=2**62)]


@router.get("/town/{body}/watch", dependencies=[allowed(SIGNED_IN)])
def own_watches(
    request: Request, town: TownDep, number: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    """The plots that I watch, and a form to watch another."""
    return _shown(request, town, number=number)


@router.post("/town/{body}/watch", dependencies=[allowed(SIGNED_IN)])
def new_watch(
    request: Request,
    town: TownDep,
    number: Annotated[str, Form(max_length=100, pattern=WITHOUT_NUL)] = "",
    reason: Annotated[str, Form(max_length=5000, pattern=WITHOUT_NUL)] = "",
) -> Response:
    """Ask to watch a plot."""
    tried = town.session.begin_nested()
    try:
        made = ask_to_watch(
            town.session,
            town.body,
            town.hall.services,
            person_id=town.who().person.id,
            number=number,
            reason=reason,
            now=town.now,
        )
        tried.commit()
    except (Invalid, Conflict, NotFound, Gone) as error:
        tried.rollback()
        return _shown(request, town, number=number, reason=reason, refused=error)
    if made.state == "watching":
        room_of(request).teller.answer_watch(town.session, town.body, made, now=town.now)
    return see(f"{town.path}/watch")


@router.post("/town/{body}/watch/{watch}/stop", dependencies=[allowed(SIGNED_IN)])
def stop_own(town: TownDep, watch: Identifier) -> Response:
    """End one of my watches."""
    mine = {each.id: each for each in watches_of(town.session, town.who().person.id)}
    if watch not in mine:
        raise NotFound("This is no watch of yours.", code="no-watch")
    stop_watch(town.session, mine[watch].stop, now=town.now)
    return see(f"{town.path}/watch")


@router.get("/town/{body}/watch/stop/{link}", dependencies=[allowed(ANYONE)])
def stop_page(request: Request, town: TownDep, link: Annotated[str, Path(max_length=100)]) -> Response:
    """Ask whether a watch shall end."""
    return page(request, "town/messages/stop.html", town=town, watch=watch_of_link(town.session, link))


@router.post("/town/{body}/watch/stop/{link}", dependencies=[allowed(ANYONE)])
def stop_by_link(request: Request, town: TownDep, link: Annotated[str, Path(max_length=100)]) -> Response:
    """End a watch."""
    ended = stop_watch(town.session, link, now=town.now)
    return page(request, "town/messages/stop.html", town=town, watch=ended)


@router.get("/town/{body}/watches", dependencies=[allowed(*DECIDERS, "auditor", "admin")])
def wishes(request: Request, town: TownDep) -> Response:
    """Wishes to watch a plot that wait for a decision."""
    asked = watches_asked(town.session)
    subjects = [each.person_id for each in asked]
    note_list(town.session, town.body, town.who(), subjects, WATCHES, now=town.now)
    return page(
        request,
        "town/messages/wishes.html",
        town=town,
        wishes=asked,
        may_decide=bool(town.roles & set(DECIDERS)),
    )


@router.post("/town/{body}/watches/{watch}", dependencies=[allowed(*DECIDERS)])
def decide(
    request: Request, town: TownDep, watch: Identifier, decision: Annotated[str, Form(max_length=10)]
) -> Response:
    """Decide on a wish; the person is told."""
    if decision not in ("grant", "refuse"):
        raise Invalid("A wish is granted or refused.")
    made = decide_watch(
        town.session, watch, grants=decision == "grant", by=town.who().person.id, now=town.now
    )
    room_of(request).teller.answer_watch(town.session, town.body, made, now=town.now)
    return see(f"{town.path}/watches")


def _shown(
    request: Request, town: Town, *, number: str = "", reason: str = "", refused: LandError | None = None
) -> Response:
    return page(
        request,
        "town/messages/watch.html",
        town=town,
        status=200 if refused is None else 409 if isinstance(refused, Conflict) else 422,
        watches=watches_of(town.session, town.who().person.id),
        number=number,
        reason=reason,
        refused=refused,
    )
