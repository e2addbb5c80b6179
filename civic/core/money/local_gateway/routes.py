"""The trial gateway's pages under the town hall's own address: a demonstration needs no second one.

In: a payer's clicks, in a synthetic body only.  Out: pages of the gateway, and the way back.
"""

import time
from collections.abc import Mapping
from typing import Annotated, cast

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from civic.core.doors.form import FormDep, see
from civic.core.http import Town, TownDep, TownRoute, allowed
from civic.core.money.desk import MoneyDesk
from civic.core.money.local_gateway import pages
from civic.core.money.local_gateway.books import Refused
from civic.core.money.local_gateway.counter import GatewayCounter, Habits
from gis.errors import NotFound

router = APIRouter(route_class=TownRoute, include_in_schema=False)
HABITS: Mapping[str, Habits] = {
    "usual": Habits(),
    "late": Habits(delay=60),
    "twice": Habits(repeats=2),
    "turned": Habits(turned=True, delay=2),
    "lost": Habits(loses=True),
}


@router.get("/town/{body}/trial-gateway", dependencies=[allowed("demo")])
def overview(request: Request, town: TownDep) -> Response:
    """What the trial gateway holds, and how its webhooks behave."""
    shown = _at(town)
    switches = "".join(
        pages.form(f"{town.path}/trial-gateway/habits", {"habit": name}, name, quiet=True) for name in HABITS
    )
    html = pages.overview_page(_counter(request, town), shown=shown)
    return HTMLResponse(html.replace("</h1>", f"</h1>{switches}", 1))


@router.post("/town/{body}/trial-gateway/habits", dependencies=[allowed("demo")])
def behave(request: Request, town: TownDep, habit: Annotated[str, Form(max_length=20)]) -> Response:
    """Let webhooks come as usual, late, twice, turned round or never."""
    if habit not in HABITS:
        raise NotFound("The trial gateway has no such habit.")
    _counter(request, town).habits = HABITS[habit]
    return see(f"{town.path}/trial-gateway")


@router.get("/town/{body}/trial-gateway/checkout", dependencies=[allowed("demo")])
def checkout(request: Request, town: TownDep) -> Response:
    """Where a payer decides what happens."""
    try:
        fields = dict(request.query_params)
        return HTMLResponse(pages.checkout_page(_counter(request, town), fields, shown=_at(town)))
    except Refused as error:
        raise NotFound(f"The trial gateway says: {error}") from error


@router.post("/town/{body}/trial-gateway/pay", dependencies=[allowed("demo")])
def paid(request: Request, town: TownDep, form: FormDep) -> Response:
    """What the payer decided is done; only this body's own pages are gone back to."""
    back = form.get("callback_url", "")
    if not back.startswith(f"{town.path}/pay/"):
        raise NotFound("The trial gateway goes back to pay pages of this body only.")
    try:
        html = pages.paid_page(_counter(request, town), form, now=time.time(), shown=_at(town))
    except Refused as error:
        raise NotFound(f"The trial gateway says: {error}") from error
    return HTMLResponse(html)


def _counter(request: Request, town: Town) -> GatewayCounter:
    if not town.body.synthetic:
        raise NotFound("There is no trial gateway here; it is for made-up bodies.")
    return cast(MoneyDesk, request.app.state.money).trial().counter


def _at(town: Town) -> pages.Shown:
    return pages.Shown(pay_at=f"{town.path}/trial-gateway/pay", stylesheet="/static/app.css")
