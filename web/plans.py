"""The pages of plan checks: hand a drawing in for a plot, read what was found, take the files away.

In: requests.  Out: HTML and files; a check has an address of its own, so that it can be read again and sent on.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from math import radians
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse, StreamingResponse

from gis.errors import Invalid, LandError, NotFound
from rules.answers_sent import CAPACITIES, HOLDING, answers_of
from rules.axes import occupancies
from rules.progress import Progress
from web import asking
from web.answers import Answers, answers
from web.check_answers import title_of
from web.check_figures import amount, compared
from web.check_map import MEDIA_TYPE
from web.check_sentences import tidy, tidy_step
from web.check_view import check_view
from web.languages import Language, Wording
from web.mapping import map_settings
from web.pages import place_named
from web.plans_asked import KeptCheck, Plans, plans
from web.print.plan_check import check_pdf
from web.templating import Page, page_for, render

router = APIRouter(default_response_class=Response, include_in_schema=False)

AnswersDep = Annotated[Answers, Depends(answers)]
PlansDep = Annotated[Plans, Depends(plans)]
Text = Annotated[str | None, Query()]
LINES = "application/x-ndjson"
WIDE = ("zone", "admin")
"""Roles of layers that cover whole towns: drawn below a plan they would tell nothing but their colour."""


def _here(request: Request, land: Answers) -> Page:
    page = page_for(request)
    request.state.place = place_named(land.jurisdictions(), page.code or "")
    return replace(page, place=request.state.place)


@router.get("/{j}/check")
def hand_in(request: Request, land: AnswersDep, number: Text = None) -> Response:
    """The form: which plot, which drawing, which day."""
    return render(request, "check_form.html", _here(request, land), number=number or "")


@router.get("/{j}/starter.dxf")
def starter(request: Request, land: AnswersDep, desk: PlansDep, number: Text = None) -> Response:
    """A drawing to begin with, with the plot in it."""
    page = _here(request, land)
    if not number:
        raise Invalid("Say which plot to begin with: give its number.")
    return _file(desk.starter(page.code or "", number, set_back=None), "image/vnd.dxf", "plot.dxf")


@router.post("/{j}/check")
def check(
    request: Request,
    land: AnswersDep,
    desk: PlansDep,
    number: Annotated[str, Form()] = "",
    on: Annotated[str, Form()] = "",
    turn: Annotated[str, Form()] = "",
    drawing: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Check the drawing, then lead to what was found."""
    page = _here(request, land)
    if not number.strip():
        raise Invalid("Say which plot the plan is for: give its number.")
    content = drawing.file.read() if drawing is not None else b""
    asked = partial(desk.steps, page.code or "", number.strip(), content, on=asking.day(on), turn=_turn(turn))
    if LINES in request.headers.get("accept", ""):
        steps = asked()
        first = next(steps)  # what is wrong with the question itself is told as any error is
        return StreamingResponse(_lines(page, chain([first], steps)), media_type=LINES)
    *_, key = asked()
    return RedirectResponse(page.to(f"check/{key}"), status_code=303)


def _lines(page: Page, steps: Iterator[Progress | str]) -> Iterator[bytes]:
    """How far the check is, line by line, and where to go when it is done, or why it is not."""
    t = Wording(language=page.language)
    try:
        for said in steps:
            if isinstance(said, str):
                yield orjson.dumps({"location": page.to(f"check/{said}")}) + b"\n"
            else:
                words = t(f"check.progress.{said.step}", done=said.done, of=said.of)
                yield orjson.dumps({"share": said.share, "step": said.step, "words": words}) + b"\n"
    except LandError as error:
        known = f"error.code.{error.code}"
        own = t(known) if t.knows(known) and page.language is not Language.ENGLISH else ""
        wrong = {"error": own, "english": error.message} if own else {"error": error.message}
        yield orjson.dumps(wrong) + b"\n"


def _turn(text: str) -> float | None:
    """Degrees as written, in radians."""
    if not text.strip():
        return None
    try:
        return radians(float(text))
    except ValueError as error:
        raise Invalid(f"“{text[:20]}” is no number of degrees.") from error


@router.get("/{j}/check/{key}")
def found(request: Request, land: AnswersDep, desk: PlansDep, key: str) -> Response:
    """What was found."""
    page = _here(request, land)
    kept = desk.kept(page.code or "", key)
    t = Wording(language=page.language)
    view = check_view(kept, t)
    catalogue = land.catalogue(page.code or "")
    below = [
        layer
        for layer in catalogue.layers
        if layer.id in view.ground.layers and layer.has_data and layer.role not in WIDE
    ]
    then = replace(page, moment=asking.Moment(on=view.ground.on))
    return render(
        request,
        "check.html",
        page,
        view=view,
        below=below,
        settings=map_settings(then, catalogue, t),
        capacities=tuple(CAPACITIES),
        holding=HOLDING,
        occupancies=occupancies(),
        amount=amount,
        compared=compared,
        title_of=title_of,
        tidy=tidy,
        tidy_step=tidy_step,
    )


@router.get("/{j}/check/{key}/findings.json")
def document(request: Request, land: AnswersDep, desk: PlansDep, key: str) -> Response:
    """What was found, for programs."""
    return _file(_kept(request, land, desk, key).document, "application/json", "findings.json")


async def _sent(request: Request) -> dict[str, str]:
    """The fields of a form, whatever their names; the last of several with one name counts."""
    return {name: value for name, value in (await request.form()).multi_items() if isinstance(value, str)}


@router.post("/{j}/check/{key}/answers")
def answered(
    request: Request,
    land: AnswersDep,
    desk: PlansDep,
    key: str,
    sent: Annotated[dict[str, str], Depends(_sent)],
) -> Response:
    """Check the same drawing again with what persons said, then lead to what was found."""
    page = _here(request, land)
    told = answers_of(desk.kept(page.code or "", key).found, sent)
    found = desk.again(page.code or "", key, told, turn=_turn(sent.get("turn", "")))
    return RedirectResponse(page.to(f"check/{found}"), status_code=303)


@router.get("/{j}/check/{key}/plan.geojson")
def on_the_map(request: Request, land: AnswersDep, desk: PlansDep, key: str) -> Response:
    """The drawing on the ground, with what decided each finding."""
    content = _kept(request, land, desk, key).ground
    if not content:
        raise NotFound("No drawing on the ground is kept of this check; hand the drawing in again.")
    return _file(content, MEDIA_TYPE, "plan.geojson")


@router.get("/{j}/check/{key}/marked.dxf")
def marked(request: Request, land: AnswersDep, desk: PlansDep, key: str) -> Response:
    """The applicant's own drawing with what failed or is unknown marked in it."""
    content = _kept(request, land, desk, key).marked
    if not content:
        raise NotFound(
            "Marks are drawn into a DXF alone; this plan came as a model. Its findings name each part by its GlobalId."
        )
    return _file(content, "image/vnd.dxf", "marked.dxf")


@router.get("/{j}/check/{key}/findings.pdf")
def printed(request: Request, land: AnswersDep, desk: PlansDep, key: str) -> Response:
    """What was found, on paper, in the language of the page."""
    page = _here(request, land)
    kept = desk.kept(page.code or "", key)
    content = check_pdf(kept.found, kept.svg, language=page.language)
    named = {"Content-Disposition": 'inline; filename="findings.pdf"', "Content-Language": page.language}
    return Response(content, media_type="application/pdf", headers=named)


def _kept(request: Request, land: Answers, desk: Plans, key: str) -> KeptCheck:
    return desk.kept(_here(request, land).code or "", key)


def _file(content: bytes, media: str, name: str) -> Response:
    return Response(
        content, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
