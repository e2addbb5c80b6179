"""What the parties do: hand the drawing in, sign it, change the licensee, answer questions.

In: forms, a drawing.  Out: pages; after a form the page of the case.
"""

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from civic.core.doors.cases import refused_page
from civic.core.doors.form import FormDep, Identifier, see
from civic.core.http import SIGNED_IN, Town, TownDep, TownRoute, allowed, page
from civic.permits.asking import answer
from civic.permits.beside import answers_to, check_with, keep_with, said_before
from civic.permits.consents import PARTS, to_sign
from civic.permits.doors.common import (
    REFUSALS,
    Number,
    Refusal,
    Seq,
    language_of,
    matter,
    room_of,
    status_of,
)
from civic.permits.doors.papers import check_shown
from civic.permits.drawings import HandedIn, check_drawing, hand_in
from civic.permits.filing import change_licensee
from civic.permits.joining import join_owner, leave_owner
from civic.permits.queries import shown
from civic.permits.signing import answered, sign_and_go_on
from gis.errors import Conflict, Invalid, NotAllowed

router = APIRouter(route_class=TownRoute, include_in_schema=False)
Words = Annotated[str, Form(max_length=20_000)]
SIGNED_NAME = "declare-"
"""How the field of a sentence that the licensee declares begins."""


@router.get("/town/{body}/permits/{number}/drawing", dependencies=[allowed(SIGNED_IN)])
def drawing_page(request: Request, town: TownDep, number: Number) -> Response:
    """Where a drawing is handed in, with every check so far."""
    return _drawing(request, town, number, refused=None)


@router.post("/town/{body}/permits/{number}/drawing", dependencies=[allowed(SIGNED_IN)])
def send_drawing(
    request: Request,
    town: TownDep,
    number: Number,
    drawing: Annotated[UploadFile | None, File()] = None,
    answers: Words = "",
    keeps_answers: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """Check a drawing, with what was said beside the one before it if that still holds; keep both, and show what was found."""
    desk, standing, _ = matter(town, number)
    said = answers.strip().encode()
    sent = HandedIn(
        name=(drawing.filename if drawing else None) or "plan.dxf",
        content=drawing.file.read() if drawing else b"",
        answers=said_before(desk, standing) if keeps_answers == "yes" and not said else said,
    )
    room = room_of(request)
    try:
        checked = check_drawing(room, desk, standing, sent, apart=town.apart)
        made = hand_in(room, desk, standing, sent, checked, actor=town.who())
    except REFUSALS as error:
        town.undo()
        return _drawing(request, town, number, refused=error)
    return see(f"{town.path}/permits/{number}/checks/{made.seq}")


@router.post("/town/{body}/permits/{number}/checks/{seq}/answers", dependencies=[allowed(SIGNED_IN)])
def answer_beside(request: Request, town: TownDep, number: Number, seq: Seq, form: FormDep) -> Response:
    """Check the same drawing with what a party says beside it, and show what was found."""
    desk, standing, _ = matter(town, number)
    room, who = room_of(request), town.who()
    try:
        told = answers_to(desk, standing, seq, form, actor=who)
        checked = check_with(room, desk, standing, told, apart=town.apart)
        made = keep_with(desk, standing, seq, told, checked, actor=who)
    except REFUSALS as error:
        town.undo()
        return check_shown(request, town, number, seq, refused=error)
    return see(f"{town.path}/permits/{number}/checks/{made.seq}")


@router.get("/town/{body}/permits/{number}/sign", dependencies=[allowed(SIGNED_IN)])
def sign_page(request: Request, town: TownDep, number: Number) -> Response:
    """The sentences that somebody signs, and the drawing below which they stand."""
    return _sign(request, town, number, refused=None)


@router.post("/town/{body}/permits/{number}/sign", dependencies=[allowed(SIGNED_IN)])
def sign_drawing(request: Request, town: TownDep, number: Number, form: FormDep) -> Response:
    """Sign the newest drawing; with the last signature the case goes on."""
    desk, standing, _ = matter(town, number)
    try:
        sign_and_go_on(
            desk,
            standing,
            actor=town.who(),
            part=form.get("part", ""),
            seq=_seq(form.get("seq", "")),
            declared={name.removeprefix(SIGNED_NAME) for name in form if name.startswith(SIGNED_NAME)},
            language=_read_in(form, town),
        )
    except REFUSALS as error:
        town.undo()
        return _sign(request, town, number, refused=error)
    return see(f"{town.path}/cases/{number}")


@router.post("/town/{body}/permits/{number}/licensee", dependencies=[allowed(SIGNED_IN)])
def choose_licensee(request: Request, town: TownDep, number: Number, form: FormDep) -> Response:
    """Another licensee from now on, by one consent of the owner."""
    desk, standing, _ = matter(town, number)
    chosen = form.get("licensee", "")
    try:
        if not (chosen.isascii() and chosen.isdigit()) or len(chosen) > 18:
            raise Invalid("Choose a licensee.", code="field-missing")
        change_licensee(desk, standing, licensee_id=int(chosen), actor=town.who(), language=language_of(town))
    except (Conflict, Invalid, NotAllowed) as error:
        return refused_page(request, town, number, error, form=form)
    return see(f"{town.path}/cases/{number}")


@router.post("/town/{body}/permits/{number}/owners", dependencies=[allowed(SIGNED_IN)])
def name_owner(request: Request, town: TownDep, number: Number, form: FormDep) -> Response:
    """Another owner signs too, or one who has not signed does so no more."""
    desk, standing, _ = matter(town, number)
    leaving = form.get("leaves", "")
    try:
        if leaving:
            if not (leaving.isascii() and leaving.isdigit()) or len(leaving) > 18:
                raise Invalid("Choose an owner.", code="field-missing")
            leave_owner(desk, standing, person_id=int(leaving), actor=town.who())
        else:
            said = {"name": form.get("owner_name", ""), "address": form.get("owner_address", "")}
            join_owner(desk, standing, actor=town.who(), **said)
    except (Conflict, Invalid, NotAllowed) as error:
        return refused_page(request, town, number, error, tried="owners", form=form)
    return see(f"{town.path}/cases/{number}")


@router.post("/town/{body}/permits/{number}/answers/{query}", dependencies=[allowed(SIGNED_IN)])
def answer_query(
    request: Request, town: TownDep, number: Number, query: Identifier, form: FormDep
) -> Response:
    """Answer a question; with the last answer, and the signatures under a new drawing, the case goes back to the office."""
    desk, standing, _ = matter(town, number)
    try:
        answer(desk, standing, query, form.get("answer", ""), actor=town.who())
        answered(desk, standing, actor=town.who())
    except (Conflict, Invalid, NotAllowed) as error:
        return refused_page(request, town, number, error, tried=f"answer-{query}", form=form)
    return see(f"{town.path}/cases/{number}")


def _drawing(request: Request, town: Town, number: str, *, refused: Refusal | None) -> Response:
    desk, standing, roles = matter(town, number)
    return page(
        request,
        "town/permits/drawing.html",
        town=town,
        status=status_of(refused),
        case=standing,
        roles=roles,
        shown=shown(desk, standing),
        refused=refused,
    )


def _sign(request: Request, town: Town, number: str, *, refused: Refusal | None) -> Response:
    desk, standing, roles = matter(town, number)
    told = shown(desk, standing)
    mine = [part for part in PARTS if part in roles]
    return page(
        request,
        "town/permits/sign.html",
        town=town,
        status=status_of(refused),
        case=standing,
        shown=told,
        parts={part: to_sign(town.session, standing, told.check, part) for part in mine}
        if told.check
        else {},
        signed_name=SIGNED_NAME,
        refused=refused,
    )


def _read_in(form: FormDep, town: Town) -> str:
    """The language of the page on which the sentences stood; else the one that the person reads."""
    said = form.get("language", "")
    return said if said in ("en", "ml") else language_of(town)


def _seq(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise Invalid("The form lacks the number of the check; open it again.")
    return int(text)
