"""Where a change of a plot's record is applied for; its case is run on the common page of cases.

In: a plot's number, a form.  Out: pages; after applying, the page of the case.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from civic.core.doors.form import FormDep, Text, see
from civic.core.http import ANYONE, SIGNED_IN, TownDep, TownRoute, allowed, page
from civic.core.once import MARK, keep_form, new_mark, opened_by_form
from civic.land_records.model import Kind, wanted_of
from civic.land_records.service import SERVICE, apply, fees, set_fee
from gis.errors import Conflict, Gone, Invalid, NotFound
from gis.jurisdictions import jurisdiction
from gis.units import AreaUnit

router = APIRouter(route_class=TownRoute, include_in_schema=False)


@router.get("/town/{body}/land-records/new", dependencies=[allowed(SIGNED_IN)])
def new_page(
    request: Request,
    town: TownDep,
    number: Annotated[str, Query(max_length=120)] = "",
    kind: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """The form; which fields it has depends on what is to be changed."""
    return _form(request, town, {"number": number, "kind": kind, MARK: new_mark()}, refused=None)


@router.post("/town/{body}/land-records/new", dependencies=[allowed(SIGNED_IN)])
def apply_for(request: Request, town: TownDep, form: FormDep) -> Response:
    """Open the case; what is refused stands above the form with everything that was written."""
    desk = SERVICE.desk(town.session, town.body, now=town.now)
    who = town.who()
    if first := opened_by_form(town.session, town.body, who.person.id, form):
        return see(f"{town.path}/cases/{first}")
    try:
        opened = apply(desk, wanted_of(form), actor=who)
        keep_form(town.session, opened, who.person.id, form, now=town.now)
    except (Conflict, Invalid, NotFound, Gone) as error:
        town.undo()
        return _form(request, town, dict(form), refused=error)
    town.keep()
    return see(f"{town.path}/cases/{opened.number}")


@router.get("/town/{body}/land-records/fees", dependencies=[allowed(ANYONE)])
def fees_page(request: Request, town: TownDep) -> Response:
    """What each change costs, from when, and where that is written."""
    return page(
        request,
        "town/land_records/fees.html",
        town=town,
        fees=fees(town.session),
        kinds=[str(each) for each in Kind],
    )


@router.post("/town/{body}/land-records/fees", dependencies=[allowed("admin", "secretary")])
def new_fee(
    town: TownDep,
    kind: Annotated[Kind, Form()],
    rupees: Annotated[Decimal, Form(gt=0, lt=10**8, decimal_places=2)],
    begins: Annotated[date, Form()],
    source: Text,
) -> Response:
    """Set a fee from a day on."""
    desk = SERVICE.desk(town.session, town.body, now=town.now)
    set_fee(desk, kind, paise=int(rupees * 100), begins=begins, source=source)
    return see(f"{town.path}/land-records/fees")


def _form(
    request: Request,
    town: TownDep,
    form: dict[str, str],
    *,
    refused: Conflict | Invalid | NotFound | Gone | None,
) -> Response:
    chosen = form.get("kind", "")
    place = jurisdiction(town.session, town.body.jurisdiction)
    return page(
        request,
        "town/land_records/new.html",
        town=town,
        status=422 if refused else 200,
        form=form,
        kind=chosen if chosen in set(Kind) else None,
        kinds=[str(each) for each in Kind],
        units=[str(each) for each in AreaUnit],
        place=place,
        refused=refused,
    )
