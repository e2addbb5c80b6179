"""Letters of authorities: who records them by the local body's order, and the form on which one is recorded.

In: an order with its roles; a letter as a file, with what it says.  Out: pages; after recording, the page of the case.
"""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from pydantic import AfterValidator

from civic.core.case import AskedTask, Case, seen_by, tasks_of
from civic.core.documents.announcing import Announced
from civic.core.documents.records import version
from civic.core.documents.routes import room_of
from civic.core.documents.senders import check_sender
from civic.core.documents.sending import send_whole
from civic.core.doors.form import FormDep, Identifier, Text, plain, see
from civic.core.http import ANYONE, Town, TownDep, TownRoute, allowed, page
from civic.core.paper import (
    LETTER,
    RECORDERS,
    OnPaper,
    check_recordable,
    on_paper,
    paper_rules,
    record_answer,
    recordable,
    set_paper_rule,
)
from civic.core.people import person
from civic.core.privacy.looks import note_look
from civic.core.steps import LONGEST_NOTE
from gis.errors import Conflict, Invalid, LandError, NotAllowed, NotFound, TooLarge

router = APIRouter(route_class=TownRoute, include_in_schema=False)
REFUSALS = (Conflict, Invalid, NotAllowed, NotFound, TooLarge)
RECORD = allowed(*RECORDERS)


@router.get("/town/{body}/paper", dependencies=[allowed(ANYONE)])
def paper_page(request: Request, town: TownDep) -> Response:
    """Who records the letters of authorities here, by which order; and what held before."""
    return _rules(request, town)


@router.post("/town/{body}/paper", dependencies=[allowed("secretary")])
def order_paper(request: Request, town: TownDep, form: FormDep) -> Response:
    """Order who records from now on; nobody where no role is chosen."""
    try:
        set_paper_rule(
            town.session,
            town.body,
            roles=[each for each in RECORDERS if form.get(each) == "yes"],
            source=form.get("source", "")[:300],
            by=town.who().person.id,
            now=town.now,
        )
    except Invalid as error:
        town.undo()
        return _rules(request, town, form=form, refused=error)
    return see(f"{town.path}/paper")


@router.get("/town/{body}/cases/{number}/tasks/{task}/paper", dependencies=[RECORD])
def letter_page(request: Request, town: TownDep, number: str, task: Identifier) -> Response:
    """The form on which a letter is recorded."""
    return _letter(request, town, number, task)


@router.post("/town/{body}/cases/{number}/tasks/{task}/paper", dependencies=[RECORD])
def record_letter(
    request: Request,
    town: TownDep,
    number: str,
    task: Identifier,
    letter: Annotated[UploadFile | None, File()] = None,
    answer: Text = "",
    dated: Text = "",
    reference: Text = "",
    note: Annotated[str, Form(max_length=LONGEST_NOTE), AfterValidator(plain)] = "",
) -> Response:
    """Keep a letter among the papers of its case and record what it says; what is refused stands above the form."""
    found, _ = seen_by(town.session, number, town.who())
    form = {"answer": answer, "dated": dated, "reference": reference, "note": note}
    try:
        said = on_paper(answer=answer, words=note, dated=dated, reference=reference, today=town.today)
        _record(request, town, found, task, said, letter)
    except REFUSALS as error:
        town.undo()
        return _letter(request, town, number, task, form=form, refused=error)
    return see(f"{town.path}/cases/{number}")


def _record(
    request: Request, town: Town, found: Case, task: int, said: OnPaper, letter: UploadFile | None
) -> None:
    if letter is None or not letter.size:
        raise Invalid(
            "Add the letter itself, scanned or photographed: it is the evidence.", code="letter-missing"
        )
    me, desk = town.who(), town.desk(found.service)
    check_recordable(desk, found.id, task, actor=me)
    check_sender(town.session, found, "full", actor=me)
    announced = Announced(
        case_id=found.id,
        person_id=me.person.id,
        kind=LETTER,
        title=said.reference,
        name=letter.filename or "",
        size=letter.size,
    )
    kept = send_whole(town.session, town.body, room_of(request), announced, letter.file, now=town.now)
    file = version(town.session, kept.document_id, kept.record, kept.seq, actor=me)
    record_answer(desk, found.id, task, said, letter=file, actor=me)


def _letter(
    request: Request,
    town: Town,
    number: str,
    task: int,
    *,
    form: Mapping[str, str] | None = None,
    refused: LandError | None = None,
) -> Response:
    found, roles = seen_by(town.session, number, town.who())
    note_look(town.session, town.body, town.who(), found, now=town.now)
    asked = _asked(town, found, task)
    return page(
        request,
        "town/letter.html",
        town=town,
        status=200 if refused is None else 409 if isinstance(refused, Conflict) else 422,
        case=found,
        task=asked,
        flow=town.flow_of(found.service),
        may_record=asked.id in recordable(town.session, [asked], roles),
        rule=next(iter(paper_rules(town.session)), None),
        room=room_of(request),
        form=form or {},
        refused=refused,
    )


def _asked(town: Town, found: Case, task: int) -> AskedTask:
    asked = next((each for each in tasks_of(town.session, found.id) if each.id == task), None)
    if asked is None:
        raise NotFound("There is no such task in this case.", code="no-case")
    return asked


def _rules(
    request: Request, town: Town, *, form: Mapping[str, str] | None = None, refused: Invalid | None = None
) -> Response:
    rules = paper_rules(town.session)
    sees_names = bool(town.actor and town.actor.is_office)
    return page(
        request,
        "town/paper.html",
        town=town,
        status=200 if refused is None else 422,
        rules=rules,
        names={each.by: person(town.session, each.by).name for each in rules if each.by}
        if sees_names
        else {},
        recorders=RECORDERS,
        form=form or {},
        refused=refused,
    )
