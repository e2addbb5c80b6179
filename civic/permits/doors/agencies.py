"""Where the Secretary says who answers for each authority.

In: an authority, a person posted as an agency.  Out: the page of all authorities.
"""

from fastapi import APIRouter, Request, Response

from civic.core.doors.form import FormDep, Identifier, see
from civic.core.http import Town, TownDep, TownRoute, allowed, page
from civic.core.people import people_in
from civic.permits.agencies import AGENCY, answering, end_answering, name_answering
from civic.permits.doors.common import REFUSALS, Refusal, status_of
from civic.permits.service import SERVICE
from gis.errors import Invalid

router = APIRouter(route_class=TownRoute, include_in_schema=False)
WHO = allowed("secretary", "admin")


@router.get("/town/{body}/permits/authorities", dependencies=[WHO])
def authorities_page(request: Request, town: TownDep) -> Response:
    """Every authority that a plan can call for, with who answers for it."""
    return _shown(request, town, refused=None)


@router.post("/town/{body}/permits/authorities", dependencies=[WHO])
def name_one(request: Request, town: TownDep, form: FormDep) -> Response:
    """Name somebody who answers for an authority from now on."""
    desk, who = SERVICE.desk(town.session, town.body, now=town.now), town.who()
    chosen = form.get("person", "")
    try:
        if not (chosen.isascii() and chosen.isdigit()) or len(chosen) > 18:
            raise Invalid("Choose a person.", code="field-missing")
        name_answering(desk, authority=form.get("authority", ""), person_id=int(chosen), actor=who)
    except REFUSALS as error:
        town.undo()
        return _shown(request, town, refused=error)
    return see(f"{town.path}/permits/authorities")


@router.post("/town/{body}/permits/authorities/{named}/end", dependencies=[WHO])
def end_one(town: TownDep, named: Identifier) -> Response:
    """Let somebody answer for an authority no more."""
    desk = SERVICE.desk(town.session, town.body, now=town.now)
    end_answering(desk, named, actor=town.who())
    return see(f"{town.path}/permits/authorities")


def _shown(request: Request, town: Town, *, refused: Refusal | None) -> Response:
    return page(
        request,
        "town/permits/authorities.html",
        town=town,
        status=status_of(refused),
        answering=answering(town.session),
        people=people_in(town.session, AGENCY, on=town.today),
        refused=refused,
    )
