"""Where an appeal to the Tribunal is told of; it is run on the common page of cases.

In: the number of a permit's case.  Out: the form, and after it the page of the appeal.
"""

from fastapi import APIRouter, Request, Response

from civic.core.doors.form import FormDep, see
from civic.core.http import SIGNED_IN, Town, TownDep, TownRoute, allowed, page
from civic.core.once import MARK, keep_form, new_mark, opened_by_form
from civic.permits.appeals.lodging import appeal_before_tribunal, decision_of, lodge
from civic.permits.appeals.service import SERVICE
from civic.permits.doors.common import REFUSALS, Number, Refusal, matter, status_of

router = APIRouter(route_class=TownRoute, include_in_schema=False)


@router.get("/town/{body}/permits/{number}/appeal", dependencies=[allowed(SIGNED_IN)])
def appeal_page(request: Request, town: TownDep, number: Number) -> Response:
    """The form: number and day of the appeal at the Tribunal."""
    return _form(request, town, number, {MARK: new_mark()}, refused=None)


@router.post("/town/{body}/permits/{number}/appeal", dependencies=[allowed(SIGNED_IN)])
def tell_of_appeal(request: Request, town: TownDep, number: Number, form: FormDep) -> Response:
    """Record the appeal, or show the one that this very form recorded."""
    _, standing, _ = matter(town, number)
    desk, who = SERVICE.desk(town.session, town.body, now=town.now), town.who()
    if first := opened_by_form(town.session, town.body, who.person.id, form):
        return see(f"{town.path}/cases/{first}")
    try:
        opened = lodge(desk, standing, form, actor=who)
        keep_form(town.session, opened, who.person.id, form, now=town.now)
    except REFUSALS as error:
        town.undo()
        return _form(request, town, number, dict(form), refused=error)
    return see(f"{town.path}/cases/{opened.number}")


def _form(
    request: Request, town: Town, number: str, form: dict[str, str], *, refused: Refusal | None
) -> Response:
    _, standing, roles = matter(town, number)
    return page(
        request,
        "town/permits/appeal.html",
        town=town,
        status=status_of(refused),
        case=standing,
        roles=roles,
        decision=decision_of(town.session, town.body, standing),
        waiting=appeal_before_tribunal(town.session, standing.id),
        form=form,
        refused=refused,
    )
