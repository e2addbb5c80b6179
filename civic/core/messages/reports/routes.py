"""The doors of carriers' reports: what became of messages that went by SMS or WhatsApp.

In: reports under a secret that only the carrier and this instance know.  Out: the message's state, and where it did not arrive
a line in its case's history; what is told twice, late, or of somebody else's message changes nothing.
"""

import hmac
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import PlainTextResponse

from civic.core.bodies import NoSuchBody, inside
from civic.core.http import town_hall
from civic.core.messages import sms, whatsapp
from civic.core.messages.carriers import Report, whose
from civic.core.messages.routes import room_of
from civic.core.messages.sending import arrived
from gis.errors import NotAllowed

router = APIRouter()


async def _raw(request: Request) -> bytes:
    return await request.body()


RawDep = Annotated[bytes, Depends(_raw)]


@router.get("/api/messages/whatsapp", include_in_schema=False)
def is_ours(
    request: Request,
    mode: Annotated[str, Query(alias="hub.mode", max_length=50)] = "",
    token: Annotated[str, Query(alias="hub.verify_token", max_length=500)] = "",
    challenge: Annotated[str, Query(alias="hub.challenge", max_length=500)] = "",
) -> Response:
    """Meta asks once whether this address is ours; the answer is its own challenge."""
    kept = room_of(request).whatsapp_verify
    if not kept or mode != "subscribe" or not hmac.compare_digest(kept.encode(), token.encode()):
        raise NotAllowed("This is not the word by which reports are ordered here.", code="bad-signature")
    return PlainTextResponse(challenge)


@router.post("/api/messages/whatsapp", include_in_schema=False)
def by_whatsapp(request: Request, raw: RawDep) -> Response:
    """What became of messages, as Meta reports it under its signature."""
    secret = _ordered(room_of(request).whatsapp_secret)
    told = whatsapp.report(raw, request.headers.get("x-hub-signature-256", ""), secret)
    return _keep(request, told, channel="whatsapp")


@router.post("/api/messages/sms", include_in_schema=False)
def by_sms(request: Request, raw: RawDep) -> Response:
    """What became of messages, as the provider of SMS reports it under its signature or with the secret itself."""
    secret = _ordered(room_of(request).sms_secret)
    signature = request.headers.get("x-signature-256", "")
    told = sms.report(raw, signature, request.headers.get("authorization", ""), secret)
    return _keep(request, told, channel="sms")


def _ordered(secret: str) -> str:
    """The secret under which reports were ordered."""
    if not secret:
        raise NotAllowed("No reports are ordered here.", code="bad-signature")
    return secret


def _keep(request: Request, told: Iterable[Report], *, channel: str) -> Response:
    hall, now = town_hall(request), datetime.now(UTC)
    for each in told:
        named = whose(each.reference)
        if named is None:
            continue  # a message of somebody else's who uses the same number
        code, number = named
        try:
            with inside(hall.engine, code) as (session, body):
                arrived(
                    session,
                    body,
                    number,
                    channel=channel,
                    is_delivered=each.is_delivered,
                    answer=each.answer,
                    now=now,
                )
        except NoSuchBody:
            continue
    return Response(status_code=200)
