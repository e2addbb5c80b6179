"""The doors of messages: the outbox, a case's messages, one's own, the wordings.

In: forms.  Out: pages.  In a synthetic body everyone may look into the outbox: nothing in it is anybody's.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, cast

from fastapi import APIRouter, Form, Path, Query, Request, Response

from civic.core.case import seen_by
from civic.core.doors.form import see
from civic.core.http import OFFICE, SIGNED_IN, Town, TownDep, TownRoute, allowed, page
from civic.core.jobs import failed_jobs, try_again
from civic.core.messages.outbox import (
    HIDDEN,
    MOST,
    Message,
    messages_of,
    outbox,
    own_messages,
    set_whatsapp,
    tries_of,
    wants_whatsapp,
)
from civic.core.messages.room import MessageRoom
from civic.core.messages.sending import send_again
from civic.core.messages.wording import default_wording, forget_wording, keep_wording, names, wording
from civic.core.privacy.looks import OUTBOX, note_list, note_look
from civic.core.workflow import INSIDERS
from gis.errors import Conflict, Invalid, NotAllowed, NotFound, SignInNeeded

router = APIRouter(route_class=TownRoute)
Text = Annotated[str, Form(max_length=5000, pattern=r"^[^\x00]*$")]
Identifier = Annotated[int, Path(ge=1, lt=2**62)]


def room_of(request: Request) -> MessageRoom:
    """The message room that `create_app` was built with."""
    return cast(MessageRoom, request.app.state.messages)


@router.get("/town/{body}/outbox", dependencies=[allowed("demo", OFFICE)], include_in_schema=False)
def outbox_page(
    request: Request,
    town: TownDep,
    before: Annotated[int | None, Query(ge=1, lt=2**62)] = None,
    failed: bool = False,
) -> Response:
    """What the body has told people, and what became of it."""
    _need_sight(town)
    found = outbox(town.session, before=before, failed=failed)
    _note_readers(town, found)
    onward = f"{town.path}/outbox?before={found[-1].id}" if len(found) == MOST else None
    return page(
        request,
        "town/messages/outbox.html",
        town=town,
        messages=[_masked(town, each) for each in found],
        onward=f"{onward}&failed=1" if onward and failed else onward,
        failed=failed,
        channels=room_of(request).channels,
        may_send=_may_send(town),
    )


@router.get("/town/{body}/outbox/{message}", dependencies=[allowed("demo", OFFICE)], include_in_schema=False)
def message_page(request: Request, town: TownDep, message: Identifier) -> Response:
    """One message whole, with every try."""
    _need_sight(town)
    found = outbox(town.session, before=message + 1)[:1]
    if not found or found[0].id != message:
        raise NotFound("There is no such message here.")
    _note_readers(town, found)
    return page(
        request,
        "town/messages/message.html",
        town=town,
        message=_masked(town, found[0]),
        tries=tries_of(town.session, message),
        may_send=_may_send(town),
    )


@router.post(
    "/town/{body}/outbox/{message}/again",
    dependencies=[allowed("admin", "secretary", "front_office")],
    include_in_schema=False,
)
def again(town: TownDep, message: Identifier) -> Response:
    """Send a message again that failed or was never sent."""
    if not send_again(town.session, message):
        raise Conflict("Only what failed, or was never sent, can be sent again.")
    return see(f"{town.path}/outbox/{message}")


@router.get(
    "/town/{body}/cases/{number}/messages", dependencies=[allowed(SIGNED_IN)], include_in_schema=False
)
def messages_of_case(request: Request, town: TownDep, number: str) -> Response:
    """What was told about a case and whether it arrived; parties see what they were told themselves."""
    who = town.who()
    found, roles = seen_by(town.session, number, who)
    is_office = bool(roles & set(INSIDERS))  # not in a case of one's own, nor an office that is consulted
    if is_office:
        note_look(town.session, town.body, who, found, now=town.now)
    told = messages_of(town.session, found.id, person_id=None if is_office else who.person.id)
    return page(
        request,
        "town/messages/case.html",
        town=town,
        case=found,
        messages=[_masked(town, each) for each in told],
        is_staff=is_office,
    )


@router.get(
    "/town/{body}/jobs", dependencies=[allowed("admin", "secretary", "auditor")], include_in_schema=False
)
def jobs_page(request: Request, town: TownDep) -> Response:
    """What the worker could not do."""
    may_try = town.holds("admin", "secretary")
    return page(
        request, "town/messages/jobs.html", town=town, jobs=failed_jobs(town.session), may_try=may_try
    )


@router.post(
    "/town/{body}/jobs/{job}/again", dependencies=[allowed("admin", "secretary")], include_in_schema=False
)
def job_again(town: TownDep, job: Identifier) -> Response:
    """Have a failed job tried again."""
    if not try_again(town.session, job, now=town.now):
        raise Conflict("Only a job that failed can be tried again.")
    return see(f"{town.path}/jobs")


@router.get("/town/{body}/messages", dependencies=[allowed(SIGNED_IN)], include_in_schema=False)
def own_page(request: Request, town: TownDep) -> Response:
    """What I was told, and by which ways I want to be told."""
    who = town.who()
    return page(
        request,
        "town/messages/own.html",
        town=town,
        messages=[_masked(town, each) for each in own_messages(town.session, who.person.id)],
        wants=wants_whatsapp(town.session, who.person.id),
    )


@router.post("/town/{body}/messages/whatsapp", dependencies=[allowed(SIGNED_IN)], include_in_schema=False)
def whatsapp_wish(town: TownDep, wants: Annotated[str, Form(max_length=3)] = "no") -> Response:
    """Keep my word about WhatsApp."""
    set_whatsapp(town.session, town.body.code, town.who().person.id, wants=wants == "yes", now=town.now)
    return see(f"{town.path}/messages")


@router.get(
    "/town/{body}/wordings", dependencies=[allowed("admin", "secretary", "auditor")], include_in_schema=False
)
def wordings(request: Request, town: TownDep) -> Response:
    """Every message with its wording in both languages."""
    kept = [
        (wording(town.session, town.body.code, name, language), default_wording(name, language))
        for name in names()
        for language in ("en", "ml")
    ]
    return page(request, "town/messages/wordings.html", town=town, kept=kept)


@router.get(
    "/town/{body}/wordings/{name}/{language}",
    dependencies=[allowed("admin", "secretary", "auditor")],
    include_in_schema=False,
)
def wording_page(request: Request, town: TownDep, name: str, language: str) -> Response:
    """One wording, to be changed."""
    return _wording(request, town, name, language)


@router.post(
    "/town/{body}/wordings/{name}/{language}", dependencies=[allowed("admin")], include_in_schema=False
)
def new_wording(
    request: Request,
    town: TownDep,
    name: str,
    language: str,
    subject: Text = "",
    text: Text = "",
    sms: Text = "",
    sms_header: Text = "",
    sms_template: Text = "",
    whatsapp_template: Text = "",
    back: Text = "",
) -> Response:
    """Keep a wording of the body's own, or go back to the usual one."""
    own = replace(
        default_wording(name, _known(language)),
        subject=subject,
        text=text.replace("\r\n", "\n"),
        sms=sms,
        sms_header=sms_header.strip() or None,
        sms_template=sms_template.strip() or None,
        whatsapp_template=whatsapp_template.strip() or None,
    )
    if back:
        forget_wording(town.session, town.body.code, name, language)
        return see(f"{town.path}/wordings")
    try:
        keep_wording(town.session, town.body.code, own)
    except Invalid as error:
        return _wording(request, town, name, language, refused=error, written=own)
    return see(f"{town.path}/wordings")


def _wording(request: Request, town: Town, name: str, language: str, **more: object) -> Response:
    return page(
        request,
        "town/messages/wording.html",
        town=town,
        status=422 if more else 200,
        usual=default_wording(name, _known(language)),
        kept=more.get("written") or wording(town.session, town.body.code, name, language),
        refused=more.get("refused"),
    )


def _known(language: str) -> str:
    if language not in ("en", "ml"):
        raise NotFound("Messages are written in English (en) and Malayalam (ml).")
    return language


def _need_sight(town: Town) -> None:
    """The outbox of a real body is the office's."""
    if town.body.synthetic:
        return
    if town.actor is None:
        raise SignInNeeded("Sign in first; the outbox is for the office.")
    if not town.actor.is_office:
        raise NotAllowed("The outbox is for the office; your own messages are on their own page.")


def _note_readers(town: Town, found: Iterable[Message]) -> None:
    """Write down for those to whom messages went that an officer read them."""
    subjects = [each.person_id for each in found]
    note_list(town.session, town.body, town.actor, subjects, OUTBOX, now=town.now)


def _may_send(town: Town) -> bool:
    return bool(town.roles & {"admin", "secretary", "front_office"})


def _masked(town: Town, message: Message) -> Message:
    """A message without what only its reader should see; a synthetic body has no such secret."""
    if message.is_secret and not town.body.synthetic:
        return replace(message, subject=HIDDEN, text=HIDDEN)
    return message
