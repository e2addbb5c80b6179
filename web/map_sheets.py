"""The map on paper: the address of its PDF.

In: a request that says around which place, at which scale, on which sheet, with which layers.  Out: a PDF.  The answer to what lies
there comes from `Sheets`, which the service implements.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Query, Request, Response
from shapely import Point, Polygon

from gis.crs import to_metric
from gis.errors import Invalid, Unavailable
from layers.sheet import GroundSheet
from web import asking
from web.answers import Answers, answers
from web.languages import Wording
from web.pages import place_named
from web.print.map_sheet import ground_under, map_pdf, sheet_frame
from web.print.map_sheet_paper import PAPERS, SCALES, Paper
from web.templating import page_for

router = APIRouter(default_response_class=Response, include_in_schema=False)

Text = Annotated[str | None, Query()]
USUAL_LAYERS = "parcels,road,watercourse,water_body"
STRENGTH = re.compile(r"([a-z][a-z0-9_-]*):(\d{1,3})")
WORDS = "map.sheet."
"""Of the print, among those of the pages."""


class Sheets(Protocol):
    """Who knows what lies under a sheet."""

    def sheet(
        self, code: str, box: Polygon, layers: Sequence[str], *, on: date | None, known: datetime | None
    ) -> GroundSheet:
        """What lies on a box of ground in the place's metric system; layers of values on a grid are passed over."""


async def sheets(request: Request) -> Sheets:
    """The sheets of ground that the application was built with."""
    found: Sheets | None = getattr(request.app.state, "sheets", None)
    if found is None:
        raise Unavailable("The pages are not connected to any land records. Start them with `bhumika up`.")
    return found


@router.get("/{j}/map.pdf")
def map_sheet(
    request: Request,
    land: Annotated[Answers, Depends(answers)],
    desk: Annotated[Sheets, Depends(sheets)],
    lat: Text = None,
    lon: Text = None,
    scale: Text = None,
    paper: Text = None,
    layers: str = USUAL_LAYERS,
    opacity: str = "",
    on: Text = None,
    known: Text = None,
) -> Response:
    """The map around a place, true to scale."""
    page = page_for(request)
    request.state.place = place_named(land.jurisdictions(), page.code or "")
    page = replace(page, place=request.state.place)
    moment = asking.moment(on, known)
    spot = asking.position(f"{lon or ''},{lat or ''}")
    asking.check_inside(page.place, [spot, spot, spot])
    metric = request.state.place.jurisdiction.metric
    middle = to_metric(Point(spot), metric)
    sheet = paper_named(paper)
    frame = sheet_frame(metric, middle.x, middle.y, sheet, scale_of(scale))
    found = desk.sheet(page.code or "", ground_under(frame), listed(layers), on=moment.on, known=moment.known)
    words = Wording(language=page.language).part(WORDS.removesuffix("."))
    pdf = map_pdf(found, frame, sheet, strengths=strengths(opacity), language=page.language.value, maps=words)
    named = {
        "Content-Disposition": f'inline; filename="{page.code}-map.pdf"',
        "Content-Language": page.language,
    }
    return Response(pdf, media_type="application/pdf", headers=named)


def scale_of(text: str | None) -> int:
    """The denominator of a scale; `Invalid` names those on offer."""
    if (text or "1000") not in {str(scale) for scale in SCALES}:
        known = ", ".join(f"{scale:,}" for scale in SCALES)
        raise Invalid(
            f"“{(text or '')[:20]}” is not a scale on offer. Choose one of: {known}.", code="bad-scale"
        )
    return int(text or "1000")


def paper_named(name: str | None) -> Paper:
    """The sheet of a name; `Invalid` names those there are."""
    if (name or "a4") not in PAPERS:
        raise Invalid(
            f"“{(name or '')[:20]}” is not a sheet. Choose one of: {', '.join(PAPERS)}.", code="bad-sheet"
        )
    return PAPERS[name or "a4"]


def listed(text: str) -> list[str]:
    """Names of layers between commas; `none` for a map without any."""
    return [name for name in text.split(",") if name and name != "none"]


def strengths(text: str) -> Mapping[str, float]:
    """`flood:40,zoning:60` as parts of one; what is not written so is refused."""
    found: dict[str, float] = {}
    for each in listed(text):
        pair = STRENGTH.fullmatch(each)
        if pair is None or int(pair[2]) > 100:
            raise Invalid(f"“{each[:40]}” is no layer with its strength in per cent, such as flood:40.")
        found[pair[1]] = int(pair[2]) / 100
    return found
