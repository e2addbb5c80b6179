"""Cases on a screen: one's own, the inbox of a role, one case with all that can be done to it.

In: case numbers, steps with their forms.  Out: pages; after a step the page of the case as it stands then.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from civic.core.answering import to_answer
from civic.core.case import Case, acting, cases_of, history, inbox, parcels_of, seen_by, tasks_of
from civic.core.confirming import Act, confirmed
from civic.core.desk import Overtaken
from civic.core.documents.records import documents_of
from civic.core.doors.form import FormDep, Identifier, see
from civic.core.doors.ground import ground_of
from civic.core.doors.passkeys import site_of
from civic.core.holidays import holidays
from civic.core.http import OFFICE, SIGNED_IN, Town, TownDep, TownRoute, allowed, page
from civic.core.messages.outbox import undelivered
from civic.core.paper import recordable
from civic.core.pressing import pressing
from civic.core.privacy.looks import note_look
from civic.core.services import marked, service_kept, service_named
from civic.core.steps import add_note, advance, answer_task, has_moved_since, hold, may_take
from civic.core.workflow import INSIDERS, READING
from civic.core.working_days import working_days
from gis.errors import Conflict, Gone, Invalid, NotAllowed, NotFound

router = APIRouter(route_class=TownRoute, include_in_schema=False)
PAGE = 50
Refused = Conflict | Invalid | NotAllowed | NotFound | Gone
"""What stands on a case's page where it was refused."""


@router.get("/town/{body}/my", dependencies=[allowed(SIGNED_IN)])
def my_cases(
    request: Request, town: TownDep, before: Annotated[int | None, Query(ge=0, lt=2**62)] = None
) -> Response:
    """The cases that a person has a part in, newest first."""
    lines = cases_of(town.session, town.who().person.id, before=before, most=PAGE)
    onward = f"{town.path}/my?before={lines[-1].case.id}" if len(lines) == PAGE else None
    marks = marked(town.hall.services, town.session, [each.case for each in lines])
    return page(request, "town/my.html", town=town, lines=lines, marks=marks, onward=onward)


@router.get("/town/{body}/inbox", dependencies=[allowed(OFFICE)])
def inbox_page(
    request: Request,
    town: TownDep,
    after_due: Annotated[date | None, Query()] = None,
    after_case: Annotated[int | None, Query(ge=0, lt=2**62)] = None,
) -> Response:
    """What waits for the roles of who reads, the most pressing first."""
    after = (after_due, after_case) if after_due and after_case is not None else None
    me = town.who().person.id
    lines = inbox(town.session, town.roles, person_id=me, after=after, most=PAGE)
    last = lines[-1] if len(lines) == PAGE else None
    onward = f"{town.path}/inbox?after_due={last.presses}&after_case={last.case.id}" if last else None
    calendar = working_days(town.body.rest_days, [each.day for each in holidays(town.session)])
    return page(
        request,
        "town/inbox.html",
        town=town,
        lines=lines,
        marks=marked(town.hall.services, town.session, [each.case for each in lines]),
        pressing={each.case.id: pressing(each.presses, calendar, town.today) for each in lines},
        onward=onward,
        is_first=after is None,
    )


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
    try:
        version = _version(form.get("version", ""))
        if has_moved_since(desk, found, version):
            raise Overtaken(
                f"Case {found.number} has moved on since you opened it; look at what happened, then decide again."
            )
        if step not in may_take(desk, found, roles):
            raise NotAllowed("This step is not yours to take now; the page shows what is.")
        proof = (
            _confirmed(request, town, found, step, version, form)
            if service.flow.steps[step].passkey
            else None
        )
        take = service.takes.get(step)
        if take:
            hold(desk, found)
        told = take(desk, found, who, form) if take else {}
        note = form.get("note")
        advance(desk, found.id, step, actor=who, version=version, note=note, told=told, passkey=proof)
    except (Conflict, Invalid, NotAllowed, NotFound, Gone) as error:
        return refused_page(request, town, number, error, tried=step, form=form)
    town.keep()
    return see(f"{town.path}/cases/{number}")


@router.post("/town/{body}/cases/{number}/notes", dependencies=[allowed(SIGNED_IN)])
def write_note(town: TownDep, number: str, form: FormDep) -> Response:
    """Write into the history: for the other side to read, or among officers."""
    who = town.who()
    found, _ = seen_by(town.session, number, who)
    seen = "staff" if form.get("seen_by") == "staff" else "parties"
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


def refused_page(
    request: Request, town: Town, number: str, refused: Refused, *, tried: str | None = None, form: FormDep
) -> Response:
    """The page of a case as it stands, with the sentence of what was refused above it and what was written kept."""
    town.undo()
    fresh, roles = seen_by(town.session, number, town.who())
    return _shown(request, town, fresh, roles, refused=refused, tried=tried, form=form)


def _shown(
    request: Request,
    town: Town,
    found: Case,
    roles: frozenset[str],
    *,
    refused: Refused | None = None,
    tried: str | None = None,
    form: FormDep | None = None,
) -> Response:
    service = service_kept(town.hall.services, found.service)
    desk = service.desk(town.session, town.body, now=town.now)
    is_staff = bool(roles & set(INSIDERS))
    acts = acting(roles, town.who())
    numbers, tasks = parcels_of(town.session, found.id), tasks_of(town.session, found.id)
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
        steps={
            name: each for name, each in service.steps_of(desk, found, acts).items() if not each[0].own_page
        },
        tasks=tasks,
        mine=to_answer(town.session, found.id, roles, town.who().person.id),
        recordable=recordable(town.session, tasks, roles),
        papers=documents_of(town.session, found.id, full=True),
        history=history(town.session, found.id, for_staff=is_staff),
        ground=ground_of(town, found, numbers),
        shown=service.shown(desk, found),
        is_staff=is_staff,
        may_write=bool(acts - set(READING)),
        only_reads=bool(roles) and not acts,
        lost=undelivered(town.session, found.id, person_id=None if is_staff else town.who().person.id),
        late=found.due is not None and found.due < town.today,
        refused=refused,
        tried=tried,
        form=form or {},
    )


def _confirmed(
    request: Request, town: Town, found: Case, step: str, version: int, form: FormDep
) -> Mapping[str, str]:
    """What the officer's own passkey signed for this step."""
    act = Act(
        body=town.body.code, number=found.number, step=step, version=version, person_id=town.who().person.id
    )
    return confirmed(town.session, act, site_of(request), form.get("passkey", ""), now=town.now)


def _version(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise Invalid("The form lacks the version of the case; open the case again.")
    return int(text)
