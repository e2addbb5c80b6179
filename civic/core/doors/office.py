"""The office looks at itself: its people and postings, its calendar, its workflows drawn.

In: forms of the administrator.  Out: pages.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from civic.core.doors.form import Identifier, Text, see
from civic.core.drawn import drawn
from civic.core.http import ANYONE, TownDep, allowed, page
from civic.core.people import end_posting, introduce, person, person_reached_by, post, postings, reach
from civic.core.services import service_named
from civic.core.tables import HolidayRow
from civic.core.workflow import STAFF
from civic.core.working_days import working_days
from gis.errors import Invalid

router = APIRouter(include_in_schema=False)
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
    return page(request, "town/people.html", town=town, held=held, roles=POSTED)


@router.post("/town/{body}/people", dependencies=[allowed("admin")])
def new_posting(
    town: TownDep,
    name: Text,
    address: Text,
    role: Text,
    order_ref: Text,
    begins: Annotated[date, Form()],
    grade: Text = "",
) -> Response:
    """Post somebody to a role by an order."""
    if role not in POSTED:
        raise Invalid(f"“{role[:40]}” is no role of the office.")
    where = reach(address)
    who = person_reached_by(town.session, where) or introduce(
        town.session, town.body, name=name, address=where, language="ml", now=town.now
    )
    post(town.session, town.body, who.id, role=role, order_ref=order_ref, begins=begins, grade=grade or None)
    return see(f"{town.path}/people")


@router.post("/town/{body}/people/{posting}/end", dependencies=[allowed("admin")])
def end_of_posting(town: TownDep, posting: Identifier, ends: Annotated[date, Form()]) -> Response:
    """End a posting on a day."""
    end_posting(town.session, posting, on=ends)
    return see(f"{town.path}/people")


@router.get("/town/{body}/calendar", dependencies=[allowed(ANYONE)])
def calendar(request: Request, town: TownDep) -> Response:
    """The days without office, on which no clock runs."""
    rows = town.session.scalars(select(HolidayRow).order_by(HolidayRow.day)).all()
    days = working_days(town.body.rest_days, [row.day for row in rows])
    return page(request, "town/calendar.html", town=town, holidays=rows, rest=sorted(days.rest, key=str))


@router.post("/town/{body}/calendar", dependencies=[allowed("admin", "secretary")])
def new_holiday(town: TownDep, day: Annotated[date, Form()], name_en: Text, name_ml: Text) -> Response:
    """Add a day without office; clocks that run already keep the day they were told."""
    if not name_en.strip() or not name_ml.strip():
        raise Invalid("Name the holiday in both languages.")
    row = {"body": town.body.code, "day": day, "name_en": name_en.strip(), "name_ml": name_ml.strip()}
    town.session.execute(insert(HolidayRow).values(row).on_conflict_do_nothing())
    return see(f"{town.path}/calendar")


@router.post("/town/{body}/calendar/{day}/remove", dependencies=[allowed("admin", "secretary")])
def no_holiday(town: TownDep, day: date) -> Response:
    """Take a holiday that is still to come out of the calendar."""
    if day <= town.today:
        raise Invalid("A holiday that has been stays in the calendar: clocks were counted by it.")
    town.session.execute(delete(HolidayRow).where(HolidayRow.day == day))
    return see(f"{town.path}/calendar")
