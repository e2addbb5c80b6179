"""The doors of field inspections: a page that works on a telephone without a line, and what it sends once there is one.

In: a visit as JSON or as a plain form with its photographs, which is the way without JavaScript.  Out: the page with checklist
and boundary, how much of a visit has arrived, the visits of a case.  Photographs go up as documents of the case do, in parts.
"""

import hashlib
import json
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated, cast

import shapely
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from starlette.datastructures import UploadFile

from civic.core.case import Case, seen_by
from civic.core.desk import Desk
from civic.core.documents import uploads
from civic.core.documents.announcing import Announced as File
from civic.core.documents.room import DocumentRoom
from civic.core.doors.form import MOST_FIELDS, plain, see
from civic.core.http import SIGNED_IN, Town, TownDep, TownRoute, allowed, page
from civic.core.privacy.looks import note_look
from civic.core.workflow import STAFF
from civic.permits.checklist import STAGES, checklist, stage_named, stage_of
from civic.permits.model import SERVICE_NAME
from civic.permits.tables import PermitCaseRow
from civic.permits.visit_keeping import attach, land_of, publish_photo, receive
from civic.permits.visit_said import Announced, visit_id
from civic.permits.visit_shapes import VisitIn, VisitOut, said_in
from civic.permits.visits import NoSuchVisit, visit, visits_of
from gis.crs import to_geographic
from gis.errors import Conflict, Invalid, LandError, NotAllowed, NotFound

pages = APIRouter(route_class=TownRoute, include_in_schema=False)
programs = APIRouter(route_class=TownRoute, tags=["permits"])
VISITORS = ("field_inspector", "verifier")
"""Who visits plots; an auditor reads what they saw."""
PUBLISHERS = ("verifier", "approver", "secretary")
MOST_FILES = 20
"""Photographs that one form brings."""
Number = Annotated[str, Path(max_length=60)]
Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
Word = Annotated[str, Query(max_length=20)]


@dataclass(frozen=True, kw_only=True)
class _Sent:
    fields: Mapping[str, str]
    photos: tuple[UploadFile, ...]


async def _sent(request: Request) -> AsyncIterator[_Sent]:
    """The fields and photographs of a form, kept until the answer is made."""
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS) as form:
        files = [each for each in form.getlist("photo") if isinstance(each, UploadFile) and each.size]
        fields = {name: plain(value) for name, value in form.items() if isinstance(value, str)}
        yield _Sent(fields=fields, photos=tuple(files))


@pages.get("/town/{body}/cases/{number}/visit", dependencies=[allowed(*VISITORS)])
def visit_page(request: Request, town: TownDep, number: Number, stage: Word = "") -> Response:
    """The page to take along: it keeps itself, the checklist and the plot's boundary on the telephone."""
    found = _visitable(town, number)
    note_look(town.session, town.body, town.who(), found, now=town.now)
    return _shown(request, town, found, stage)


@pages.post("/town/{body}/cases/{number}/visit", dependencies=[allowed(*VISITORS)])
def send_visit(
    request: Request, town: TownDep, number: Number, sent: Annotated[_Sent, Depends(_sent)]
) -> Response:
    """A visit told by the plain form, with its photographs; what is refused stands on the page with what was written."""
    found = _visitable(town, number)
    try:
        _take(request, town, found, sent)
    except (Invalid, Conflict, NotFound) as error:
        town.undo()
        return _shown(request, town, found, sent.fields.get("stage", ""), refused=error, form=sent.fields)
    return see(f"{town.path}/cases/{number}/visits")


@pages.get("/town/{body}/cases/{number}/visits", dependencies=[allowed(SIGNED_IN)])
def visits_page(request: Request, town: TownDep, number: Number) -> Response:
    """The visits of a case: what was seen, where each photograph was taken, what has not arrived."""
    found, roles = seen_by(town.session, number, town.who())
    note_look(town.session, town.body, town.who(), found, now=town.now)
    return page(
        request,
        "town/permits/visits.html",
        town=town,
        case=found,
        visits=visits_of(town.session, found.id),
        stages=checklist().stages,
        may_visit=bool(roles & set(VISITORS)),
        may_publish=bool(roles & set(PUBLISHERS)),
    )


@pages.post(
    "/town/{body}/cases/{number}/visits/{identifier}/photos/{sha256}/publish",
    dependencies=[allowed(*PUBLISHERS)],
)
def publish(request: Request, town: TownDep, number: Number, identifier: str, sha256: Digest) -> Response:
    """Publish a copy of a photograph without its metadata."""
    found, roles = seen_by(town.session, number, town.who())
    if not roles & set(PUBLISHERS):
        raise NotAllowed("The office publishes photographs, and nobody in a matter of their own.")
    room = _room(request)
    publish_photo(_desk(town, found), room, found, identifier, sha256, actor=town.who())
    return see(f"{town.path}/cases/{number}/visits#visit-{visit_id(identifier)}")


@programs.put("/api/town/{body}/cases/{number}/visits/{identifier}", dependencies=[allowed(*VISITORS)])
def keep(town: TownDep, number: Number, identifier: str, told: VisitIn) -> VisitOut:
    """Keep a visit under the identifier that the telephone made; the same again changes nothing."""
    found = _visitable(town, number)
    if told.person not in (None, town.who().person.id):
        raise NotAllowed(
            "Another person is signed in than the one who was there. Sign in as that person; nothing is lost.",
            code="other-person",
        )
    kept = receive(_desk(town, found), found, told.said(identifier), actor=town.who())
    return VisitOut.of(kept)


@programs.get("/api/town/{body}/cases/{number}/visits/{identifier}", dependencies=[allowed(*VISITORS)])
def how_much(town: TownDep, number: Number, identifier: str) -> VisitOut:
    """How much of a visit has arrived."""
    found = _visitable(town, number)
    note_look(town.session, town.body, town.who(), found, now=town.now)
    return VisitOut.of(visit(town.session, found, identifier))


@programs.put(
    "/api/town/{body}/cases/{number}/visits/{identifier}/photos/{sha256}",
    dependencies=[allowed(*VISITORS)],
)
def take_photo(request: Request, town: TownDep, number: Number, identifier: str, sha256: Digest) -> VisitOut:
    """Take a photograph whose file was sent to the case's documents; again changes nothing."""
    found = _visitable(town, number)
    desk, store = _desk(town, found), _room(request).store
    return VisitOut.of(attach(desk, store, found, identifier, sha256, actor=town.who()))


def _room(request: Request) -> DocumentRoom:
    return cast(DocumentRoom, request.app.state.documents)


def _desk(town: Town, found: Case) -> Desk:
    return town.desk(found.service)


def _visitable(town: Town, number: str) -> Case:
    """A permit's case that who asks may visit: not one of one's own."""
    found, roles = seen_by(town.session, number, town.who())
    if found.service != SERVICE_NAME or not roles & set(VISITORS) & set(STAFF):
        raise NotAllowed("The office visits the plots of permits, and nobody in a matter of their own.")
    return found


def _take(request: Request, town: Town, found: Case, sent: _Sent) -> None:
    """A whole visit in one transaction; a form that is sent again is the same visit."""
    desk, room, me = _desk(town, found), _room(request), town.who()
    identifier = visit_id(sent.fields.get("visit", ""))
    stage = stage_named(sent.fields.get("stage", ""))
    files = {_digest(each): each for each in sent.photos}
    announced = tuple(Announced(sha256=each) for each in files)
    try:
        kept = visit(town.session, found, identifier)
    except NoSuchVisit:
        kept = receive(desk, found, said_in(sent.fields, stage, announced, now=town.now), actor=me)
    for place, (sha256, file) in enumerate(files.items(), start=1):
        if sha256 in kept.missing:
            _keep_file(town, room, found, file, sha256, title=f"{stage.title.en}: photograph {place}")
            attach(desk, room.store, found, identifier, sha256, actor=me)


def _digest(file: UploadFile) -> str:
    digest = hashlib.sha256()
    while chunk := file.file.read(1_000_000):
        digest.update(chunk)
    file.file.seek(0)
    return digest.hexdigest()


def _keep_file(
    town: Town, room: DocumentRoom, found: Case, file: UploadFile, sha256: str, *, title: str
) -> None:
    me = town.who().person.id
    told = File(
        case_id=found.id,
        person_id=me,
        kind="photo",
        title=title,
        name=file.filename or "photo.jpg",
        size=file.size or 0,
        sha256=sha256,
    )
    begun = uploads.begin_upload(town.session, town.body, told, largest=room.largest, now=town.now)
    arrived = 0
    while part := file.file.read(uploads.LONGEST_PART):
        uploads.add_part(town.session, room.store, begun.id, part, starts=arrived, person_id=me, now=town.now)
        arrived += len(part)
    uploads.finish(town.session, room.store, begun.id, person_id=me, now=town.now)


def _shown(
    request: Request,
    town: Town,
    found: Case,
    stage: str,
    *,
    refused: LandError | None = None,
    form: Mapping[str, str] | None = None,
) -> Response:
    asked = town.session.get(PermitCaseRow, found.id)
    name = stage if stage in STAGES else stage_of(asked.kind if asked else "")
    land = land_of(_desk(town, found), found)
    boundary = shapely.to_geojson(shapely.set_precision(to_geographic(land.shape, land.metric), 1e-7))
    return page(
        request,
        "town/permits/visit.html",
        town=town,
        status=409 if isinstance(refused, Conflict) else 422 if refused else 200,
        case=found,
        stage=name,
        stages=checklist().stages,
        edition=checklist().edition,
        boundary=json.loads(boundary),
        accuracy=land.accuracy,
        visit=(form or {}).get("visit") or str(uuid.uuid4()),
        begun=(form or {}).get("begun") or town.now.isoformat(),
        refused=refused,
        form=form or {},
        largest=_room(request).largest,
    )
