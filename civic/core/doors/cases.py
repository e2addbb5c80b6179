"""Cases on a screen: one's own, the inbox of a role, one case with all that can be done to it.

In: case numbers, steps with their forms.  Out: pages; after a step the page of the case as it stands then.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import shapely
from fastapi import APIRouter, Query, Request, Response

from civic.core.case import Case, cases_of, history, inbox, parcels_of, seen_by, tasks_of
from civic.core.desk import Overtaken
from civic.core.doors.form import FormDep, Identifier, see
from civic.core.http import OFFICE, SIGNED_IN, Town, TownDep, allowed, page
from civic.core.outline import Sketch, sketch
from civic.core.privacy.looks import note_look
from civic.core.services import service_named
from civic.core.steps import add_note, advance, answer_task, has_moved_since, hold, may_take
from civic.core.workflow import STAFF
from civic.core.working_days import day_there
from gis.asof import AsOf
from gis.errors import Conflict, Gone, Invalid, NotAllowed, NotFound
from gis.jurisdictions import jurisdiction
from gis.parcels.queries import parcel, parcels_touching
from gis.recordings import last_recording

router = APIRouter(include_in_schema=False)
PAGE = 50


@router.get("/town/{body}/my", dependencies=[allowed(SIGNED_IN)])
def my_cases(request: Request, town: TownDep) -> Response:
    """The cases that a person has a part in."""
    lines = cases_of(town.session, town.who().person.id)
    return page(request, "town/my.html", town=town, lines=lines)


@router.get("/town/{body}/inbox", dependencies=[allowed(OFFICE)])
def inbox_page(
    request: Request,
    town: TownDep,
    after_due: Annotated[date | None, Query()] = None,
    after_case: Annotated[int | None, Query(ge=0, lt=2**62)] = None,
) -> Response:
    """What waits for the roles of who reads, the most pressing first."""
    after = (after_due, after_case) if after_due and after_case is not None else None
    lines = inbox(town.session, town.roles, after=after, most=PAGE)
    last = lines[-1] if len(lines) == PAGE else None
    onward = f"{town.path}/inbox?after_due={last.presses}&after_case={last.case.id}" if last else None
    return page(request, "town/inbox.html", town=town, lines=lines, onward=onward, is_first=after is None)


@router.get("/town/{body}/cases/{number}", dependencies=[allowed(SIGNED_IN)])
def case_page(request: Request, town: TownDep, number: str) -> Response:
    """One case: its plot, whose turn it is, what happened, and what the reader can do."""
    who = town.who()
    found, roles = seen_by(town.session, number, who)
    note_look(town.session, town.body, who, found, now=town.now)
    return _shown(request, town, found, roles)


@router.post("/town/{body}/cases/{number}/steps/{step}", dependencies=[allowed(SIGNED_IN)])
def take_step(request: Request, town: TownDep, number: str, step: str, form: FormDep) -> Response:
    """Take a step; what is refused stands on the case's page with everything that was written."""
    who = town.who()
    found, roles = seen_by(town.session, number, who)
    service = service_named(town.hall.services, found.service)
    desk = town.desk(found.service)
    tried = town.session.begin_nested()
    try:
        version = _version(form.get("version", ""))
        if has_moved_since(desk, found, version):
            raise Overtaken(
                f"Case {found.number} has moved on since you opened it; look at what happened, then decide again."
            )
        if step not in may_take(desk, found, roles):
            raise NotAllowed("This step is not yours to take now; the page shows what is.")
        take = service.takes.get(step)
        if take:
            hold(desk, found)
        told = take(desk, found, who, form) if take else {}
        advance(desk, found.id, step, actor=who, version=version, note=form.get("note"), told=told)
        tried.commit()
    except (Conflict, Invalid, NotAllowed, NotFound, Gone) as error:
        tried.rollback()
        fresh, roles = seen_by(town.session, number, who)
        return _shown(request, town, fresh, roles, refused=error, tried=step, form=form)
    return see(f"{town.path}/cases/{number}")


@router.post("/town/{body}/cases/{number}/notes", dependencies=[allowed(SIGNED_IN)])
def write_note(town: TownDep, number: str, form: FormDep) -> Response:
    """Write into the history: for the other side to read, or among officers."""
    who = town.who()
    found, roles = seen_by(town.session, number, who)
    seen = "staff" if roles & set(STAFF) and form.get("seen_by") == "staff" else "parties"
    add_note(town.desk(found.service), found.id, form.get("note", ""), actor=who, seen=seen)
    return see(f"{town.path}/cases/{number}#history")


@router.post("/town/{body}/cases/{number}/tasks/{task}", dependencies=[allowed(OFFICE)])
def answer(town: TownDep, number: str, task: Identifier, form: FormDep) -> Response:
    """Answer what was asked beside the turn."""
    who = town.who()
    found, _ = seen_by(town.session, number, who)
    asked = {each.id for each in tasks_of(town.session, found.id)}
    said = form.get("answer", "").strip()
    if task not in asked:
        raise Invalid("This task is not one of this case.")
    if said not in ("agrees", "objects"):
        raise Invalid("Say whether you agree or object.")
    if said == "objects" and not form.get("note", "").strip():
        raise Invalid("An objection needs its reason in words.", code="reason-missing")
    answer_task(
        town.desk(found.service), task, said, actor=who, told={}, note=form.get("note", "").strip() or None
    )
    return see(f"{town.path}/cases/{number}")


def _shown(
    request: Request,
    town: Town,
    found: Case,
    roles: frozenset[str],
    *,
    refused: Conflict | Invalid | NotAllowed | NotFound | Gone | None = None,
    tried: str | None = None,
    form: FormDep | None = None,
) -> Response:
    service = service_named(town.hall.services, found.service)
    desk = service.desk(town.session, town.body, now=town.now)
    is_staff = bool(roles & set(STAFF))
    numbers = parcels_of(town.session, found.id)
    return page(
        request,
        "town/case.html",
        town=town,
        status=409 if isinstance(refused, Conflict | Gone) else 422 if refused else 200,
        case=found,
        service=service,
        flow=service.flow,
        roles=roles,
        parcels=numbers,
        steps=may_take(desk, found, roles),
        tasks=tasks_of(town.session, found.id),
        history=history(town.session, found.id, for_staff=is_staff),
        sketch=_sketch(town, found, numbers),
        shown=service.shown(desk, found),
        is_staff=is_staff,
        late=found.due is not None and found.due < town.today,
        refused=refused,
        tried=tried,
        form=form or {},
    )


def _sketch(town: Town, found: Case, numbers: Sequence[str]) -> Sketch | None:
    """The case's plots among their neighbours, as they stood when it was opened."""
    place = jurisdiction(town.session, town.body.jurisdiction)
    at = AsOf(on=day_there(found.opened, town.body.time_zone), known=last_recording(town.session, place.code))
    try:
        own = [parcel(town.session, place, number, at=at) for number in numbers]
    except (NotFound, Gone):  # corrected since: the page links to what stands now
        return None
    if not own:
        return None
    land = shapely.union_all([each.boundary for each in own])
    west, south, east, north = land.bounds
    around = land.buffer(max(east - west, north - south) * 0.4).envelope
    neighbours = [
        (each.number.whole, "neighbour", each.boundary)
        for each in parcels_touching(town.session, place, around, at=at)
        if each.number.whole not in numbers
    ]
    return sketch([*neighbours, *((each.number.whole, "own", each.boundary) for each in own)], around)


def _version(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise Invalid("The form lacks the version of the case; open the case again.")
    return int(text)
