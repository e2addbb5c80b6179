"""The pages “what may I build?”: the envelope of a plot for a use, from above, as a body, on the map and in numbers; and of a ward, plot by plot.

In: requests.  Out: HTML.
"""

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from gis.errors import Invalid
from rules.axes import occupancies
from web import asking
from web.answers import Answers, answers
from web.check_figures import rupees
from web.check_sentences import tidy, tidy_step
from web.envelope_sketch import as_body, from_above
from web.languages import Wording
from web.mapping import map_settings
from web.pages import place_named
from web.plans_asked import Plans, plans
from web.plot_envelope import STOREY, USE, body_of, body_of_ward, shown_of
from web.templating import page_for, render

router = APIRouter(default_response_class=Response, include_in_schema=False)
WARD_PAGE = 50
"""Plots of a ward on one page."""
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
    height, use = storey_height(storey), occupancy or USE
    envelope, site = desk.envelope(
        page.code or "", number, occupancy=use, storey_height=height, front=front or None, on=asking.day(on)
    )
    t = Wording(language=page.language)
    then = replace(page, moment=asking.Moment(on=site.on))
    shown = shown_of(envelope)
    has_ground = shown is not None and shown.ground.area > 0
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
        body=as_body(site, shown, float(height), title=title) if shown and has_ground else "",
        raised=body_of(envelope, site, height) if has_ground else None,
        tidy=tidy,
        tidy_step=tidy_step,
        rupees=rupees,
        settings=map_settings(then, land.catalogue(page.code or ""), t),
    )


@router.get("/{j}/build/ward")
def build_ward(
    request: Request,
    land: Annotated[Answers, Depends(answers)],
    desk: Annotated[Plans, Depends(plans)],
    ward: Text = None,
    occupancy: Text = None,
    storey: Text = None,
    start: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    on: Text = None,
) -> Response:
    """What every plot of a ward can carry, some on each page; all of them at once as files."""
    page = page_for(request)
    request.state.place = place_named(land.jurisdictions(), page.code or "")
    page = replace(page, place=request.state.place)
    height, use = storey_height(storey), occupancy or USE
    count, found = 0, []
    if ward:
        count, plots = desk.of_ward(
            page.code or "", ward, occupancy=use, storey_height=height, on=asking.day(on), start=start
        )
        found = list(islice(plots, WARD_PAGE))
    t, there = Wording(language=page.language), desk.wards(page.code or "")
    return render(
        request,
        "build_ward.html",
        page,
        wards=there,
        occupancies=occupancies(),
        ward_name=next((each for each in there if ward in (each.ref, each.name, each.name_ml)), None),
        asked={"ward": ward, "occupancy": use, "storey": str(height), "on": on},
        found=found,
        count=count,
        start=start,
        following=start + WARD_PAGE if start + WARD_PAGE < count else None,
        preceding=max(0, start - WARD_PAGE) if start else None,
        raised=body_of_ward(found, height),
        settings=map_settings(page, land.catalogue(page.code or ""), t),
    )


def storey_height(text: str | None) -> Decimal:
    """The height of a storey in metres, as written or the assumption of the page."""
    try:
        return Decimal(text.strip()) if text else STOREY
    except InvalidOperation as error:
        raise Invalid(f"“{(text or '')[:20]}” is no height in metres; write for example 3.0.") from error
