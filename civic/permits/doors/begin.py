"""Where a permit is asked for: from a plot's page, with everything known filled in.

In: a plot's number, a kind, who draws.  Out: the form, and after it the page of the draft.
"""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from civic.core.doors.form import FormDep, see
from civic.core.http import SIGNED_IN, Town, TownDep, TownRoute, allowed, page
from civic.core.once import MARK, keep_form, new_mark, opened_by_form
from civic.permits.consents import LICENSEE
from civic.permits.doors.common import REFUSALS, Refusal, status_of
from civic.permits.filing import begin, can_follow, known_of_followed, licences, permits_on
from civic.permits.model import FOLLOWING, UNDRAWN, Kind, asked_from
from civic.permits.service import SERVICE
from civic.permits.tables import PermitRow
from gis.parcels.ids import normal_number

router = APIRouter(route_class=TownRoute, include_in_schema=False)
Word = Annotated[str, Query(max_length=120)]


@router.get("/town/{body}/permits/new", dependencies=[allowed(SIGNED_IN)])
def new_page(
    request: Request, town: TownDep, number: Word = "", kind: Word = "", of_permit: Word = ""
) -> Response:
    """The form: first the plot and the kind, then the rest of it."""
    form = {"number": number, "kind": kind, "of_permit": of_permit, MARK: new_mark()}
    return _form(request, town, form, refused=None)


@router.post("/town/{body}/permits/new", dependencies=[allowed(SIGNED_IN)])
def open_draft(request: Request, town: TownDep, form: FormDep) -> Response:
    """Open a draft, or show the one that this very form opened; what is refused stands above the form as it was written."""
    desk, who = SERVICE.desk(town.session, town.body, now=town.now), town.who()
    if first := opened_by_form(town.session, town.body, who.person.id, form):
        return see(_onward(town, first, form))
    try:
        opened = begin(desk, asked_from(form), actor=who, form=form)
        keep_form(town.session, opened, who.person.id, form, now=town.now)
    except REFUSALS as error:
        town.undo()
        return _form(request, town, dict(form), refused=error)
    town.keep()
    return see(_onward(town, opened.number, form))


def _onward(town: Town, number: str, form: Mapping[str, str]) -> str:
    """Where a new draft goes on: with its drawing, if its kind has one."""
    is_drawn = Kind(form["kind"]) not in UNDRAWN
    return f"{town.path}/permits/{number}/drawing" if is_drawn else f"{town.path}/cases/{number}"


def _form(request: Request, town: Town, form: Mapping[str, str], *, refused: Refusal | None) -> Response:
    kind = form.get("kind", "")
    chosen = Kind(kind) if kind in set(Kind) else None
    plot = _plot(form.get("number", ""))
    permits = _to_follow(town, chosen, plot) if chosen and plot else []
    if chosen in FOLLOWING and "title" not in form:
        form = _filled_in(town, permits, form)
    return page(
        request,
        "town/permits/new.html",
        town=town,
        status=status_of(refused),
        form=form,
        kind=chosen,
        kinds=[each for each in Kind],
        following=FOLLOWING,
        undrawn=UNDRAWN,
        permits=permits,
        licences=licences(town.session, on=town.today),
        is_licensee=town.holds(LICENSEE),
        refused=refused,
    )


def _filled_in(town: Town, permits: list[PermitRow], form: Mapping[str, str]) -> Mapping[str, str]:
    """The form with what the permit that it follows tells its own party; the first on the plot, unless another is named."""
    named = form.get("of_permit") or (permits[0].number if permits else "")
    found = [each for each in permits if each.number == named]
    if not found:
        return form
    who = town.who().person.id
    return {**known_of_followed(town.session, found[0], who, on=town.today), **form, "of_permit": named}


def _to_follow(town: Town, kind: Kind, plot: str) -> list[PermitRow]:
    """The permits of a plot, those first that an application of this kind can follow today."""
    found = permits_on(town.session, plot)
    return sorted(found, key=lambda each: not can_follow(each, kind=kind, on=town.today))


def _plot(number: str) -> str | None:
    try:
        return normal_number(number) if number.strip() else None
    except REFUSALS:
        return None
