"""The pages' addresses: unpack, ask, shape.

In: requests.  Out: HTML, redirects and printed extracts; every address that changes nothing is a GET.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from gis.crs import to_geographic
from gis.errors import Invalid, NotFound
from layers.extract.model import Extract
from web import asking
from web.answers import Answers, Place, Position, answers, kerala_first
from web.differences import differences
from web.languages import Wording
from web.mapping import BaseMap, Begun, archive_page, base_map, begun, map_settings, raster_rows
from web.plans_asked import Plans, plans
from web.plot_envelope import Carrying, carrying
from web.plot_halls import HallOfPlot, HallsDep
from web.plot_view import plot_view
from web.print.map_sheet_paper import PAPERS, SCALES
from web.sketch import sketch
from web.sketch_frame import reach_of
from web.templating import Page, address, page_for, render

router = APIRouter(default_response_class=Response, include_in_schema=False)

AnswersDep = Annotated[Answers, Depends(answers)]
Text = Annotated[str | None, Query()]


def _here(request: Request, land: Answers, on: str | None = None, known: str | None = None) -> Page:
    """The page in the place that its address names."""
    page = page_for(request)
    request.state.place = place_named(land.jurisdictions(), page.code or "")
    request.state.moment = asking.moment(on, known)
    return replace(page, place=request.state.place, moment=request.state.moment)


def place_named(places: Sequence[Place], code: str) -> Place:
    """The place of a code; `NotFound` names those there are."""
    for place in places:
        if place.jurisdiction.code == code:
            return place
    known = ", ".join(place.jurisdiction.code for place in places) or "none yet"
    raise NotFound(f"There is no place “{code[:40]}” here. Known: {known}.", code="no-place")


@router.get("/")
def home(request: Request, land: AnswersDep) -> Response:
    """What this is, and where to begin."""
    return render(request, "home.html", page_for(request), places=kerala_first(land.jurisdictions()))


@router.get("/search")
def search_anywhere(place: Text = None, q: Text = None) -> Response:
    """From the first page's form to the chosen place's search."""
    return RedirectResponse(address(f"/{place}/search", {"q": q}) if place else "/", status_code=303)


@router.get("/{j}")
def place(request: Request, land: AnswersDep) -> Response:
    """A place begins with its map."""
    return RedirectResponse(_here(request, land).to("map"), status_code=307)


@router.get("/{j}/map")
def map_page(
    request: Request,
    land: AnswersDep,
    base: Annotated[BaseMap | None, Depends(base_map)],
    check_begun: Annotated[Begun, Depends(begun)],
    on: Text = None,
    known: Text = None,
) -> Response:
    """The map; its state stands in the address and is read by the browser.  A moment of which nothing is known has none."""
    page, t = _here(request, land, on, known), Wording(language=page_for(request).language)
    check_begun(page.code or "", page.moment.on, page.moment.known)
    catalogue = land.catalogue(page.code or "")
    return render(
        request,
        "map.html",
        page,
        catalogue=catalogue,
        rasters=raster_rows(catalogue, t),
        settings=map_settings(page, catalogue, t, base),
        scales=SCALES,
        papers=tuple(PAPERS),
        base=base,
        archive=archive_page(request, page.code or ""),
    )


@router.get("/{j}/search")
def search(
    request: Request, land: AnswersDep, q: Text = None, on: Text = None, known: Text = None
) -> Response:
    """What a person may have meant."""
    page = _here(request, land, on, known)
    text = (q or "").strip()
    moment = page.moment
    found = land.search(page.code or "", text, on=moment.on, known=moment.known) if text else ()
    return render(request, "results.html", page, text=text, results=found)


@router.get("/{j}/plot")
def plot(
    request: Request,
    land: AnswersDep,
    desk: Annotated[Plans, Depends(plans)],
    town: HallsDep,
    number: Text = None,
    ulpin: Text = None,
    at: Text = None,
    on: Text = None,
    known: Text = None,
) -> Response:
    """Everything recorded about a plot, by number or ULPIN; a position leads on to its plot."""
    page = _here(request, land, on, known)
    if at:
        return _at(request, land, page, asking.position(at))
    extract = _extract(land, page, number=number, ulpin=ulpin)
    parcel = extract.subject.parcel
    halls = town(request, page.code or "", parcel.number.whole) if parcel else ()
    answer = _shown(request, land, page, extract, carries=carrying(desk, extract), halls=halls)
    if any(hall.name for hall in halls):
        answer.headers["Cache-Control"] = "no-store"  # it shows the reader's own cases
    return answer


@router.get("/{j}/plot/summary")
def plot_summary(
    request: Request,
    land: AnswersDep,
    number: Text = None,
    at: Text = None,
    on: Text = None,
    known: Text = None,
) -> Response:
    """The short answer that the map shows beside itself."""
    page = _here(request, land, on, known)
    if at:
        numbers = _numbers_at(land, page, asking.position(at))
        if len(numbers) != 1:
            return render(request, "parts/choices.html", page, numbers=numbers, at=at)
        number = numbers[0]
    extract = _extract(land, page, number=number)
    return _summary(request, page, extract)


@router.get("/{j}/area")
def area(
    request: Request, land: AnswersDep, corners: Text = None, on: Text = None, known: Text = None
) -> Response:
    """What lies on an area drawn by hand."""
    page = _here(request, land, on, known)
    return _shown(request, land, page, _area_extract(land, page, corners), corners=corners)


@router.get("/{j}/area/summary")
def area_summary(
    request: Request, land: AnswersDep, corners: Text = None, on: Text = None, known: Text = None
) -> Response:
    """The short answer for a drawn area."""
    page = _here(request, land, on, known)
    return _summary(request, page, _area_extract(land, page, corners), corners=corners)


@router.get("/{j}/plot.pdf")
def plot_pdf(
    request: Request,
    land: AnswersDep,
    number: Text = None,
    ulpin: Text = None,
    on: Text = None,
    known: Text = None,
) -> Response:
    """The printed extract of a plot."""
    page = _here(request, land, on, known)
    extract = _extract(land, page, number=number, ulpin=ulpin)
    return _printed(land.pdf(extract, page.language), f"{page.code}-{number or ulpin}")


@router.get("/{j}/area.pdf")
def area_pdf(
    request: Request, land: AnswersDep, corners: Text = None, on: Text = None, known: Text = None
) -> Response:
    """The printed extract of a drawn area."""
    page = _here(request, land, on, known)
    return _printed(land.pdf(_area_extract(land, page, corners), page.language), f"{page.code}-area")


@router.get("/{j}/compare")
def compare(
    request: Request,
    land: AnswersDep,
    number: Text = None,
    on: Text = None,
    on2: Text = None,
    known: Text = None,
) -> Response:
    """The same plot on two dates."""
    page = _here(request, land, None, known)
    first, second = asking.day(on), asking.day(on2)
    if not number or first is None or second is None:
        raise Invalid("A comparison needs a plot number and two dates: …/compare?number=…&on=…&on2=….")
    early, late = sorted((first, second))
    pair = land.compare(page.code or "", number=number, on=early, on2=late, known=page.moment.known)
    return render(request, "compare.html", page, pair=pair, differences=differences(pair))


def _extract(land: Answers, page: Page, *, number: str | None = None, ulpin: str | None = None) -> Extract:
    if not (number or ulpin):
        raise Invalid("Say which plot: give its number, its ULPIN or a position.")
    moment = page.moment
    return land.extract(page.code or "", number=number, ulpin=ulpin, on=moment.on, known=moment.known)


def _area_extract(land: Answers, page: Page, corners: str | None) -> Extract:
    ring = asking.ring(corners or "")
    asking.check_inside(page.place, ring)
    return land.area_extract(page.code or "", ring, on=page.moment.on, known=page.moment.known)


def _numbers_at(land: Answers, page: Page, position: Position) -> Sequence[str]:
    moment = page.moment
    return land.parcels_at(page.code or "", *position, on=moment.on, known=moment.known)


def _at(request: Request, land: Answers, page: Page, position: Position) -> Response:
    numbers = _numbers_at(land, page, position)
    if len(numbers) == 1:
        return RedirectResponse(page.to("plot", number=numbers[0]), status_code=303)
    return render(
        request, "chooser.html", page, status=200 if numbers else 404, numbers=numbers, position=position
    )


def _shown(
    request: Request,
    land: Answers,
    page: Page,
    extract: Extract,
    *,
    corners: str | None = None,
    carries: Carrying | None = None,
    halls: Sequence[HallOfPlot] = (),
) -> Response:
    reach, t = reach_of(extract.subject.shape), Wording(language=page.language)
    is_raised = carries is not None and carries.body is not None
    return render(
        request,
        "plot.html",
        page,
        view=plot_view(extract),
        sketch=sketch(extract, land.surroundings(extract, reach=reach)),
        centre=_centre(extract),
        corners=corners,
        carries=carries,
        halls=halls,
        settings=map_settings(page, land.catalogue(page.code or ""), t) if is_raised else None,
        pinned=asking.Moment(on=extract.at.on, known=extract.at.known).query,
    )


def _summary(request: Request, page: Page, extract: Extract, *, corners: str | None = None) -> Response:
    return render(
        request,
        "parts/summary.html",
        page,
        view=plot_view(extract),
        centre=_centre(extract),
        corners=corners,
    )


def _centre(extract: Extract) -> Position:
    """A position on the plot in degrees, for the map."""
    spot = to_geographic(extract.subject.shape.representative_point(), extract.jurisdiction.metric)
    return round(spot.x, 6), round(spot.y, 6)


def _printed(pdf: bytes, name: str) -> Response:
    safe = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in name)
    disposition = f'inline; filename="{safe}.pdf"'
    return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": disposition})
