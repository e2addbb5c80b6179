"""The doors of documents: a case's papers on a page, sent by a form; downloads; uploads in parts for programs.

In: files and parts of files.  Out: pages, files as attachments, and for programs how much has arrived.  The form works
without JavaScript; where there is some, the same file goes up in parts and goes on after a broken line.
"""

from itertools import chain
from typing import Annotated, cast
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Form, Header, Path, Request, Response, UploadFile
from fastapi.responses import JSONResponse, StreamingResponse

from civic.core.case import Case, NoSuchCase, acting, case, case_numbered, roles_in, seen_by
from civic.core.documents import records, uploads
from civic.core.documents.announcing import Announced
from civic.core.documents.records import Document, documents_of, may_read_full
from civic.core.documents.room import DocumentRoom
from civic.core.documents.senders import check_open, check_sender
from civic.core.documents.sending import send_whole
from civic.core.documents.shapes import WITHOUT_NUL, AnnouncedIn, DocumentOut, FileOut, UploadOut
from civic.core.documents.uploads import Upload, Version
from civic.core.doors.form import see
from civic.core.http import ANYONE, SIGNED_IN, Town, TownDep, TownRoute, allowed, page
from civic.core.privacy.looks import note_look
from civic.core.workflow import INSIDERS, READING
from gis.errors import Conflict, Invalid, LandError, NotFound, TooLarge

router = APIRouter(route_class=TownRoute)
KINDS = ("deed", "tax_receipt", "sketch", "site_plan", "photo", "identity", "letter", "other")
"""Kinds of papers that the form offers; a service may use others."""
Number = Annotated[str, Path(max_length=60)]
Identifier = Annotated[int, Path(ge=1, lt=2**62)]
Words = Annotated[str, Form(max_length=300, pattern=WITHOUT_NUL)]


def room_of(request: Request) -> DocumentRoom:
    """The document room that `create_app` was built with."""
    return cast(DocumentRoom, request.app.state.documents)


@router.get("/town/{body}/cases/{number}/documents", dependencies=[allowed(ANYONE)], include_in_schema=False)
def documents_page(request: Request, town: TownDep, number: Number) -> Response:
    """The papers of a case: all of them for its parties and the office, the published ones for everyone."""
    return _shown(request, town, number)


@router.post(
    "/town/{body}/cases/{number}/documents", dependencies=[allowed(SIGNED_IN)], include_in_schema=False
)
def send_document(
    request: Request,
    town: TownDep,
    number: Number,
    file: Annotated[UploadFile, File()],
    title: Words = "",
    kind: Words = "other",
    record: Words = records.FULL,
    document: Words = "",
) -> Response:
    """Send a whole file by a form; what is refused stands on the page."""
    found = _writable(town, number, record)
    tried = town.session.begin_nested()
    try:
        of = _document_named(town, document)
        announced = Announced(
            case_id=found.id,
            person_id=town.who().person.id,
            kind=of.kind if of else kind,
            title=of.title if of else title,
            name=file.filename or "",
            size=file.size or 0,
            record=record,
            document_id=of.id if of else None,
        )
        send_whole(town.session, town.body, room_of(request), announced, file.file, now=town.now)
        tried.commit()
    except (Invalid, Conflict, NotFound) as error:
        tried.rollback()
        return _shown(request, town, number, refused=error, title=title, kind=kind)
    return see(f"{town.path}/cases/{number}/documents")


def _document_named(town: Town, document: str) -> Document | None:
    if not document:
        return None
    if not document.isdecimal() or len(document) > 18:
        raise Invalid("A document has a number.")
    return records.document(town.session, int(document), actor=town.actor)


@router.get(
    "/town/{body}/documents/{document}/{record}/{seq}",
    dependencies=[allowed(ANYONE)],
    include_in_schema=False,
)
def download(
    request: Request,
    town: TownDep,
    document: Identifier,
    record: str,
    seq: Annotated[int, Path(ge=1, lt=2**31)],
) -> Response:
    """One file, to be kept and never shown inside a page."""
    file = records.version(town.session, document, record, seq, actor=town.actor)
    if record == records.FULL:
        of = records.document(town.session, document, actor=town.actor)
        note_look(town.session, town.body, town.who(), case(town.session, of.case_id), now=town.now)
    pieces = records.read(room_of(request).store, file)
    first = next(pieces, b"")  # a file that is missing is told before the answer begins
    plain = file.name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    return StreamingResponse(
        chain([first], pieces),
        media_type=file.media_type,
        headers={
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name)}",
            "Content-Length": str(file.size),
            "ETag": f'"{file.sha256}"',
            "Cache-Control": "no-cache" if record == records.PUBLISHED else "private, no-store",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Document-Scan": file.scan,
        },
    )


@router.get("/api/town/{body}/cases/{number}/documents", dependencies=[allowed(ANYONE)])
def list_documents(town: TownDep, number: Number) -> list[DocumentOut]:
    """The documents of a case that the reader may open."""
    return [_out(town, each) for each in _readable(town, number)[1]]


@router.post("/api/town/{body}/cases/{number}/uploads", dependencies=[allowed(SIGNED_IN)], status_code=201)
def announce(
    request: Request, response: Response, town: TownDep, number: Number, file: AnnouncedIn
) -> UploadOut:
    """Announce a file; its parts are sent to the address that is answered."""
    found = _writable(town, number, file.record)
    announced = Announced(
        case_id=found.id,
        person_id=town.who().person.id,
        kind=file.kind,
        title=file.title,
        name=file.name,
        size=file.size,
        sha256=file.sha256,
        record=file.record,
        document_id=file.document,
    )
    begun = uploads.begin_upload(
        town.session, town.body, announced, largest=room_of(request).largest, now=town.now
    )
    response.headers["Location"] = f"/api{town.path}/uploads/{begun.id}"
    return _progress(response, begun)


@router.get("/api/town/{body}/uploads/{upload}", dependencies=[allowed(SIGNED_IN)])
@router.head("/api/town/{body}/uploads/{upload}", dependencies=[allowed(SIGNED_IN)], include_in_schema=False)
def how_far(response: Response, town: TownDep, upload: str) -> UploadOut:
    """How much of a file has arrived; the next part begins there."""
    who = town.who().person.id
    return _progress(response, uploads.upload_of(town.session, upload, person_id=who, now=town.now))


async def _bytes(request: Request) -> bytes:
    """The whole part; it is read before a transaction begins, so that a slow line keeps none open."""
    return await request.body()


@router.patch(
    "/api/town/{body}/uploads/{upload}",
    dependencies=[Depends(_bytes), allowed(SIGNED_IN)],
    response_model=UploadOut,
)
def add(
    request: Request,
    town: TownDep,
    upload: str,
    upload_offset: Annotated[int, Header(ge=0, lt=2**62)],
    part: Annotated[bytes, Depends(_bytes)],
) -> Response:
    """Add a part that begins at `Upload-Offset`; with the last one the file becomes a document."""
    room, me = room_of(request), town.who().person.id
    under_way = uploads.upload_of(town.session, upload, person_id=me, now=town.now)
    check_sender(town.session, case(town.session, under_way.case_id), under_way.record, actor=town.who())
    tried = town.session.begin_nested()
    try:
        far = uploads.add_part(
            town.session, room.store, upload, part, starts=upload_offset, person_id=me, now=town.now
        )
    except uploads.WrongOffset as error:
        tried.rollback()
        return _refused(error, 409, {"Upload-Offset": str(error.arrived)})
    tried.commit()
    made: Version | None = None
    if far.arrived == far.size:
        whole = town.session.begin_nested()
        try:
            made = uploads.finish(town.session, room.store, upload, person_id=me, now=town.now)
            whole.commit()
        except (Invalid, TooLarge) as error:  # what arrived is of no use: it is given up, not tried for ever
            whole.rollback()
            uploads.give_up(town.session, upload, person_id=me, now=town.now)
            return _refused(error, 422, {})
    told = UploadOut(
        id=far.id,
        size=far.size,
        arrived=far.arrived,
        document=made.document_id if made else None,
        version=made.seq if made else None,
    )
    return JSONResponse(told.model_dump(), headers={"Upload-Offset": str(far.arrived)})


@router.delete("/api/town/{body}/uploads/{upload}", dependencies=[allowed(SIGNED_IN)], status_code=204)
def abandon(town: TownDep, upload: str) -> None:
    """Give up an upload."""
    uploads.give_up(town.session, upload, person_id=town.who().person.id, now=town.now)


def _refused(error: LandError, status: int, headers: dict[str, str]) -> Response:
    """A refusal that keeps what was written; raised, it would take that back."""
    title = "Conflict" if status == 409 else "Not understood"
    told = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": error.code,
        "detail": error.message,
    }
    return JSONResponse(told, status_code=status, headers=headers, media_type="application/problem+json")


def _writable(town: Town, number: str, record: str) -> Case:
    """A case to which who asks may send a new paper of a record."""
    found, _ = seen_by(town.session, number, town.who())
    check_open(found, check_sender(town.session, found, record, actor=town.who()))
    return found


def _readable(town: Town, number: str) -> tuple[Case, list[Document], bool]:
    """A case's papers for who asks, and a line for its parties where an officer does; for strangers a case without published
    papers does not exist.
    """
    found = case_numbered(town.session, number)
    full = may_read_full(town.session, found.id, town.actor)
    seen = documents_of(town.session, found.id, full=full)
    if not full and not seen:
        raise NoSuchCase(
            "There is no such case here, or it is not yours to see. Sign in as one of its parties."
        )
    if town.actor and town.actor.is_staff:
        note_look(town.session, town.body, town.actor, found, now=town.now)
    return found, seen, full


def _shown(
    request: Request, town: Town, number: str, *, refused: LandError | None = None, **written: object
) -> Response:
    found, seen, full = _readable(town, number)
    roles = roles_in(town.session, found.id, town.actor) if town.actor else frozenset()
    acts = acting(roles, town.actor) if town.actor else roles
    is_staff = bool(roles & set(INSIDERS))
    status = 200 if refused is None else 409 if isinstance(refused, Conflict) else 422
    return page(
        request,
        "town/documents/list.html",
        town=town,
        status=status,
        case=found,
        documents=seen,
        full=full,
        is_staff=is_staff,
        may_send=full and bool(acts - set(READING)) and (is_staff or not found.closed),
        only_reads=bool(roles) and not acts,
        kinds=KINDS,
        room=room_of(request),
        refused=refused,
        written=written,
    )


def _progress(response: Response, far: Upload) -> UploadOut:
    response.headers["Upload-Offset"] = str(far.arrived)
    response.headers["Upload-Length"] = str(far.size)
    response.headers["Cache-Control"] = "no-store"
    return UploadOut(id=far.id, size=far.size, arrived=far.arrived)


def _out(town: Town, document: Document) -> DocumentOut:
    files = [
        FileOut(
            record=each.record,
            seq=each.seq,
            name=each.name,
            media_type=each.media_type,
            size=each.size,
            sha256=each.sha256,
            scan=each.scan,
            address=f"{town.path}/documents/{document.id}/{each.record}/{each.seq}",
        )
        for each in document.versions
    ]
    return DocumentOut(id=document.id, kind=document.kind, title=document.title, versions=files)
