"""The page “what may I build?”: the envelope of a plot for a use, from above, as a body, on the map and in numbers.

In: requests.  Out: HTML.
"""

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from gis.errors import Invalid
from rules.axes import occupancies
from web import asking
from web.answers import Answers, answers
from web.envelope_sketch import as_body, from_above
from web.languages import Wording
from web.pages import place_named
from web.plans_asked import Plans, plans
from web.templating import page_for, render

router = APIRouter(default_response_class=Response, include_in_schema=False)
STOREY = "3.0"
"""Metres of a storey where the reader gives none: an assumption that the page prints."""

Text = Annotated[str | None, Query()]


@router.get("/{j}/build")
def build(
    request: Request,
    land: Annotated[Answers, Depends(answers)],
    desk: Annotated[Plans, Depends(plans)],
    number: Text = None,
    occupancy: Text = None,
    storey: Text = None,
    front: Text = None,
    on: Text = None,
) -> Response:
    """What a plot can carry."""
    page = page_for(request)
    request.state.place = place_named(land.jurisdictions(), page.code or "")
    page = replace(page, place=request.state.place)
    if not number:
        raise Invalid("Say which plot: give its number.")
    height, use = storey_height(storey), occupancy or "A1"
    envelope, site = desk.envelope(
        page.code or "", number, occupancy=use, storey_height=height, front=front or None, on=asking.day(on)
    )
    t = Wording(language=page.language)
    shown = envelope.choice or (envelope.candidates[0] if envelope.candidates else None)
    title = t("build.title", number=number)
    return render(
        request,
        "build.html",
        page,
        envelope=envelope,
        site=site,
        shown=shown,
        occupancies=occupancies(),
        asked={"number": number, "occupancy": use, "storey": str(height), "front": front, "on": on},
        above=from_above(site, shown, title=title) if shown else "",
        body=as_body(site, shown, float(height), title=title) if shown and shown.ground.area > 0 else "",
    )


def storey_height(text: str | None) -> Decimal:
    """The height of a storey in metres, as written or the assumption of the page."""
    try:
        return Decimal((text or STOREY).strip())
    except InvalidOperation as error:
        raise Invalid(f"“{(text or '')[:20]}” is no height in metres; write for example 3.0.") from error
