"""The office looks at itself: its people and postings, its calendar, its workflows drawn.

In: forms of the administrator.  Out: pages.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from fastapi import APIRouter, Request, Response

from civic.core.doors.form import FormDep, Identifier, see
from civic.core.drawn import drawn
from civic.core.holidays import ClocksRun, Holiday, add_holiday, holidays, remove_holiday
from civic.core.http import ANYONE, Town, TownDep, TownRoute, allowed, page
from civic.core.owners import know_no_more, known_owners
from civic.core.people import (
    LICENCES,
    end_posting,
    introduce,
    person,
    person_reached_by,
    post,
    postings,
    reach,
)
from civic.core.privacy.looks import OWNERS, note_list
from civic.core.services import service_named
from civic.core.workflow import STAFF
from civic.core.working_days import working_days
from gis.errors import Conflict, Invalid, NotAllowed, NotFound

router = APIRouter(route_class=TownRoute, include_in_schema=False)
POSTED = ("licensee", *STAFF)
REFUSALS = (Conflict, Invalid, NotAllowed, NotFound)
"""What stands above a form that was refused."""
Refused = Conflict | Invalid | NotAllowed | NotFound
WRITTEN = ("name", "address", "role", "licence", "grade", "order_ref", "begins")
"""The fields of a posting."""
LONGEST = 300
"""Letters of a field."""


@router.get("/town/{body}/workflows", dependencies=[allowed(ANYONE)])
def workflows(request: Request, town: TownDep) -> Response:
    """Every service with its workflow."""
    return page(request, "town/workflows.html", town=town, services=town.hall.services)


@router.get("/town/{body}/workflows/{service}", dependencies=[allowed(ANYONE)])
def workflow_page(request: Request, town: TownDep, service: str) -> Response:
    """How a service runs: states, steps, whose turn, by when; drawn and as a table."""
    flow = service_named(town.hall.services, service).flow
    return page(request, "town/workflow.html", town=town, flow=flow, drawing=drawn(flow))


@router.get("/town/{body}/people", dependencies=[allowed("admin", "secretary", "auditor")])
def people_page(request: Request, town: TownDep) -> Response:
    """Who holds which role, by which order, from when."""
    return _people(request, town)


def _people(
    request: Request,
    town: Town,
    *,
    form: Mapping[str, str] | None = None,
    ending: int | None = None,
    refused: Refused | None = None,
) -> Response:
    """The page of people; what was refused stands where it was written: in the form below, or at the posting that should end."""
    held = [(each, person(town.session, each.person_id)) for each in postings(town.session, on=None)]
    makers = {each.posted_by for each, _ in held} | {each.ended_by for each, _ in held}
    names = {each: person(town.session, each).name for each in makers if each is not None}
    known = known_owners(town.session)
    subjects = [each.person.id for each in known]
    note_list(town.session, town.body, town.who(), subjects, OWNERS, now=town.now)
    return page(
        request,
        "town/people.html",
        town=town,
        status=_status(refused),
        held=held,
        names=names,
        roles=POSTED,
        licences=LICENCES,
        known=known,
        form=form or {},
        ending=ending,
        refused=refused,
    )


@router.post("/town/{body}/people", dependencies=[allowed("admin")])
def new_posting(request: Request, town: TownDep, form: FormDep) -> Response:
    """Post somebody to a role by an order; a licensee with what they are and of which class.  What is refused stands beside what was written."""
    try:
        _post(town, {name: form.get(name, "").strip() for name in WRITTEN})
    except REFUSALS as error:
        town.undo()
        return _people(request, town, form=form, refused=error)
    return see(f"{town.path}/people")


def _post(town: Town, form: Mapping[str, str]) -> None:
    role, licence, grade = form["role"], form["licence"], form["grade"]
    if role not in POSTED:
        raise Invalid(f"“{role[:40]}” is no role of the office; choose one of the list.", code="no-role")
    if role == "licensee" and (licence not in LICENCES or not grade):
        raise Invalid(
            "Say what the licensee is, and of which class, as the registration says.", code="licence-missing"
        )
    if role != "licensee" and licence:
        raise Invalid(
            "Only a licensee is an architect, an engineer, a designer or a supervisor here; leave it empty.",
            code="licence-astray",
        )
    _check_short(form, WRITTEN)
    begins, where = _day(form["begins"]), reach(form["address"])
    who = person_reached_by(town.session, where) or introduce(
        town.session, town.body, name=form["name"], address=where, language="ml", now=town.now
    )
    post(
        town.session,
        town.body,
        who.id,
        role=role,
        order_ref=form["order_ref"],
        begins=begins,
        licence=licence or None,
        grade=grade or None,
        by=town.who().person.id,
    )


def _check_short(form: Mapping[str, str], names: Sequence[str]) -> None:
    if any(len(form.get(name, "")) > LONGEST for name in names):
        raise Invalid(f"A field has at most {LONGEST} characters; shorten it.", code="field-too-long")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(
            "This is not a date. Write year-month-day, for example 2026-05-03.", code="bad-date"
        ) from error


@router.post("/town/{body}/people/{posting}/end", dependencies=[allowed("admin")])
def end_of_posting(request: Request, town: TownDep, posting: Identifier, form: FormDep) -> Response:
    """End a posting on a day from today on; what is refused stands at the posting, beside the day that was written."""
    try:
        on = _day(form.get("ends", ""))
        end_posting(town.session, posting, on=on, today=town.today, by=town.who().person.id)
    except REFUSALS as error:
        town.undo()
        return _people(request, town, form=form, ending=posting, refused=error)
    return see(f"{town.path}/people")


@router.post("/town/{body}/people/owners/{known}/end", dependencies=[allowed("secretary")])
def not_an_owner(town: TownDep, known: Identifier) -> Response:
    """Take back the word that a person is an owner of the register."""
    know_no_more(town.session, known, by=town.who().person.id, now=town.now)
    return see(f"{town.path}/people")


@router.get("/town/{body}/calendar", dependencies=[allowed(ANYONE)])
def calendar(request: Request, town: TownDep) -> Response:
    """The days without office, on which no clock runs."""
    return _calendar(request, town)


@router.post("/town/{body}/calendar", dependencies=[allowed("admin", "secretary")])
def new_holiday(request: Request, town: TownDep, form: FormDep) -> Response:
    """Add a day without office; clocks that run already keep the day they were told, and who adds it is told so."""
    try:
        _check_short(form, ("name_en", "name_ml"))
        new = Holiday(
            day=_day(form.get("day", "")), name_en=form.get("name_en", ""), name_ml=form.get("name_ml", "")
        )
        add_holiday(town.session, town.body, new, today=town.today, is_sure=form.get("sure") == "yes")
    except (Conflict, Invalid) as error:
        return _calendar(request, town, form=form, refused=error)
    return see(f"{town.path}/calendar")


def _calendar(
    request: Request,
    town: Town,
    *,
    form: Mapping[str, str] | None = None,
    refused: Conflict | Invalid | None = None,
) -> Response:
    found = holidays(town.session)
    days = working_days(town.body.rest_days, [each.day for each in found])
    return page(
        request,
        "town/calendar.html",
        town=town,
        status=_status(refused),
        holidays=found,
        rest=sorted(days.rest, key=str),
        form=form or {},
        refused=refused,
        asks_sure=isinstance(refused, ClocksRun),
    )


def _status(refused: Refused | None) -> int:
    if refused is None:
        return 200
    found = {Conflict: 409, NotAllowed: 403, NotFound: 404}
    return next((status for kind, status in found.items() if isinstance(refused, kind)), 422)


@router.post("/town/{body}/calendar/{day}/remove", dependencies=[allowed("admin", "secretary")])
def no_holiday(request: Request, town: TownDep, day: date) -> Response:
    """Take a holiday that is still to come out of the calendar."""
    try:
        remove_holiday(town.session, day, today=town.today)
    except Invalid as error:
        return _calendar(request, town, refused=error)
    return see(f"{town.path}/calendar")
