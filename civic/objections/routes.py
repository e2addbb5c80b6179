"""Where a line of an extract is disputed; the case is run on the common page of cases.

In: a plot's number and a line.  Out: the form, or without a line all lines to choose from; after the form the page of the case.
"""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from civic.core.doors.form import FormDep, see
from civic.core.http import SIGNED_IN, TownDep, TownRoute, allowed, page
from civic.core.once import MARK, keep_form, new_mark, opened_by_form
from civic.objections.lines import line_of, lines_of
from civic.objections.service import SERVICE, object_to
from gis.errors import Conflict, Invalid

router = APIRouter(route_class=TownRoute, include_in_schema=False)
Word = Annotated[str, Query(max_length=120)]


@router.get("/town/{body}/objections/new", dependencies=[allowed(SIGNED_IN)])
def new_page(request: Request, town: TownDep, number: Word = "", theme: Word = "") -> Response:
    """The form, with the line as it stands; without a line all that can be disputed."""
    desk, rasters = SERVICE.desk(town.session, town.body, now=town.now), rasters_of(request)
    if not theme:
        lines = lines_of(desk, number, rasters=rasters)
        return page(request, "town/objections/lines.html", town=town, lines=lines)
    line = line_of(desk, number, theme, rasters=rasters)
    form = {MARK: new_mark()}
    return page(request, "town/objections/new.html", town=town, line=line, form=form, refused=None)


@router.post("/town/{body}/objections/new", dependencies=[allowed(SIGNED_IN)])
def file(request: Request, town: TownDep, form: FormDep) -> Response:
    """Open the case; what is refused stands above the form."""
    desk = SERVICE.desk(town.session, town.body, now=town.now)
    who = town.who()
    if first := opened_by_form(town.session, town.body, who.person.id, form):
        return see(f"{town.path}/cases/{first}")
    try:
        opened = object_to(desk, form, actor=who, rasters=rasters_of(request))
        keep_form(town.session, opened, who.person.id, form, now=town.now)
    except (Conflict, Invalid) as error:
        town.undo()
        line = line_of(desk, form.get("number", ""), form.get("theme", ""), rasters=rasters_of(request))
        return page(
            request,
            "town/objections/new.html",
            town=town,
            status=422,
            line=line,
            form=form,
            refused=error,
        )
    return see(f"{town.path}/cases/{opened.number}")


def rasters_of(request: Request) -> Path:
    """The folder of rasters that the application was built with; without it heights are not told."""
    return Path(getattr(request.app.state, "rasters", "no-rasters"))
