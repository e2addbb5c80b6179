"""Where a line of an extract is disputed; the case is run on the common page of cases.

In: a plot's number and a line.  Out: the form, and after it the page of the case.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from civic.core.doors.form import FormDep, see
from civic.core.http import SIGNED_IN, TownDep, allowed, page
from civic.core.once import MARK, keep_form, new_mark, opened_by_form
from civic.objections.service import FACTS, SERVICE, line_of, object_to
from gis.errors import Conflict, Invalid

router = APIRouter(include_in_schema=False)
Word = Annotated[str, Query(max_length=120)]


@router.get("/town/{body}/objections/new", dependencies=[allowed(SIGNED_IN)])
def new_page(request: Request, town: TownDep, number: Word = "", theme: Word = "") -> Response:
    """The form, with the line as it stands."""
    line = line_of(SERVICE.desk(town.session, town.body, now=town.now), number, theme)
    return page(
        request,
        "town/objections/new.html",
        town=town,
        line=line,
        facts=FACTS,
        form={MARK: new_mark()},
        refused=None,
    )


@router.post("/town/{body}/objections/new", dependencies=[allowed(SIGNED_IN)])
def file(request: Request, town: TownDep, form: FormDep) -> Response:
    """Open the case; what is refused stands above the form."""
    desk = SERVICE.desk(town.session, town.body, now=town.now)
    who = town.who()
    if first := opened_by_form(town.session, town.body, who.person.id, form):
        return see(f"{town.path}/cases/{first}")
    try:
        opened = object_to(desk, form, actor=who)
        keep_form(town.session, opened, who.person.id, form, now=town.now)
    except (Conflict, Invalid) as error:
        town.undo()
        line = line_of(desk, form.get("number", ""), form.get("theme", ""))
        return page(
            request,
            "town/objections/new.html",
            town=town,
            status=422,
            line=line,
            facts=FACTS,
            form=form,
            refused=error,
        )
    return see(f"{town.path}/cases/{opened.number}")
