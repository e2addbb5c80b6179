"""The office looks at itself: its people and postings, its calendar, its workflows drawn.

In: forms of the administrator.  Out: pages.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from civic.core.doors.form import Identifier, Text, see
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
from gis.errors import Conflict, Invalid

router = APIRouter(route_class=TownRoute, include_in_schema=False)
POSTED = ("licensee", *STAFF)


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
        held=held,
        names=names,
        roles=POSTED,
        licences=LICENCES,
        known=known,
    )


@router.post("/town/{body}/people", dependencies=[allowed("admin")])
def new_posting(
    town: TownDep,
    name: Text,
    address: Text,
    role: Text,
    order_ref: Text,
    begins: Annotated[date, Form()],
    licence: Text = "",
    grade: Text = "",
) -> Response:
    """Post somebody to a role by an order; a licensee with what they are and of which class."""
    if role not in POSTED:
        raise Invalid(f"“{role[:40]}” is no role of the office.")
    if role == "licensee" and (licence not in LICENCES or not grade.strip()):
        raise Invalid("Say what the licensee is, and of which class, as the registration says.")
    if role != "licensee" and licence:
        raise Invalid("Only a licensee is an architect, an engineer, a designer or a supervisor here.")
    where = reach(address)
    who = person_reached_by(town.session, where) or introduce(
        town.session, town.body, name=name, address=where, language="ml", now=town.now
    )
    post(
        town.session,
        town.body,
        who.id,
        role=role,
        order_ref=order_ref,
        begins=begins,
        licence=licence or None,
        grade=grade.strip() or None,
        by=town.who().person.id,
    )
    return see(f"{town.path}/people")


@router.post("/town/{body}/people/{posting}/end", dependencies=[allowed("admin")])
def end_of_posting(town: TownDep, posting: Identifier, ends: Annotated[date, Form()]) -> Response:
    """End a posting on a day."""
    end_posting(town.session, posting, on=ends, by=town.who().person.id)
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
def new_holiday(
    request: Request,
    town: TownDep,
    day: Annotated[date, Form()],
    name_en: Text,
    name_ml: Text,
    sure: Text = "",
) -> Response:
    """Add a day without office; clocks that run already keep the day they were told, and who adds it is told so."""
    new = Holiday(day=day, name_en=name_en, name_ml=name_ml)
    try:
        add_holiday(town.session, town.body, new, today=town.today, is_sure=sure == "yes")
    except (Conflict, Invalid) as error:
        return _calendar(request, town, new=new, refused=error)
    return see(f"{town.path}/calendar")


def _calendar(
    request: Request,
    town: Town,
    *,
    new: Holiday | None = None,
    refused: Conflict | Invalid | None = None,
) -> Response:
    found = holidays(town.session)
    days = working_days(town.body.rest_days, [each.day for each in found])
    return page(
        request,
        "town/calendar.html",
        town=town,
        status=409 if isinstance(refused, Conflict) else 422 if refused else 200,
        holidays=found,
        rest=sorted(days.rest, key=str),
        new=new,
        refused=refused,
        asks_sure=isinstance(refused, ClocksRun),
    )


@router.post("/town/{body}/calendar/{day}/remove", dependencies=[allowed("admin", "secretary")])
def no_holiday(town: TownDep, day: date) -> Response:
    """Take a holiday that is still to come out of the calendar."""
    remove_holiday(town.session, day, today=town.today)
    return see(f"{town.path}/calendar")
