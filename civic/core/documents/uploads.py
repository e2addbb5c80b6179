"""Uploads: a file that arrives in parts, is interrupted, and goes on where it stopped.

In: what a file will be (name, size, checksum), then its parts, each where the last one ended.  Out: when the last part is
there, a new version of a document; the file is in the store before the row is written, and what was left over is swept.

An upload is locked while a part is added, so that two browsers at once do not mix their parts.
"""

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.documents.announcing import Announced, check, check_room
from civic.core.documents.kinds import HEAD, media_type, own_name
from civic.core.documents.store import Store, new_place
from civic.core.documents.tables import DocumentRow, DocumentVersionRow, UploadPartRow, UploadRow
from civic.core.jobs import later
from gis.errors import Conflict, Invalid, NotFound, TooLarge

SCAN, CLEAR = "documents.scan", "documents.clear"
LONGEST_PART = 8_000_000
"""Bytes of one part."""
GOOD_FOR = timedelta(days=2)
"""How long after its last part an upload may go on."""


class WrongChecksum(Invalid):
    """What arrived is not what was sent."""

    code = "wrong-checksum"


class WrongOffset(Conflict):
    """A part does not begin where the last one ended."""

    code = "wrong-offset"

    def __init__(self, message: str, *, arrived: int) -> None:
        super().__init__(message)
        self.arrived = arrived


class NoSuchUpload(NotFound):
    """No upload has this identifier, it is over, or it is somebody else's."""

    code = "no-upload"


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file on its way."""

    id: str
    case_id: int
    document_id: int | None
    record: str
    title: str
    name: str
    size: int
    arrived: int
    ends: datetime


@dataclass(frozen=True, kw_only=True)
class Version:
    """Which version of which document."""

    document_id: int
    record: str
    seq: int


def begin_upload(
    session: Session, body: LocalBody, file: Announced, *, largest: int, now: datetime
) -> Upload:
    """Announce a file; what cannot be taken is refused before its first byte is sent."""
    check(file, largest)
    check_room(session, file)
    row = UploadRow(
        id=str(uuid.uuid4()),
        body=body.code,
        case_id=file.case_id,
        document_id=file.document_id,
        person_id=file.person_id,
        record=file.record,
        kind=file.kind,
        title=" ".join(file.title.split()),
        name=file.name[:500].replace("\x00", ""),
        size=file.size,
        sha256=file.sha256.lower() if file.sha256 else None,
        arrived=0,
        begun=now,
        ends=now + GOOD_FOR,
    )
    session.add(row)
    session.flush()
    return _of(row)


def upload_of(session: Session, upload_id: str, *, person_id: int, now: datetime) -> Upload:
    """A person's upload under way, and how much of it has arrived."""
    return _of(_open(session, upload_id, person_id=person_id, now=now, lock=False))


def add_part(
    session: Session, store: Store, upload_id: str, part: bytes, *, starts: int, person_id: int, now: datetime
) -> Upload:
    """Keep a part that begins where the last one ended; its file first, then its row."""
    row = _open(session, upload_id, person_id=person_id, now=now, lock=True)
    if starts != row.arrived:
        raise WrongOffset(
            f"{row.arrived} bytes of this file have arrived; go on from there, not from {starts}.",
            arrived=row.arrived,
        )
    if not part or len(part) > LONGEST_PART:
        raise TooLarge(f"A part has 1 to {LONGEST_PART} bytes.")
    if starts + len(part) > row.size:
        raise Invalid(
            f"More bytes came than the {row.size} that were announced; begin again with the file as it is now."
        )
    if starts == 0 and len(part) >= min(HEAD, row.size):  # what is known at once need not be sent to its end
        media_type(part[:HEAD], row.size, of=row.kind)
    place = new_place(row.body, f"parts/{row.id}")
    store.put(place, part)
    session.add(UploadPartRow(upload_id=row.id, starts=starts, body=row.body, size=len(part), place=place))
    row.arrived += len(part)
    row.ends = now + GOOD_FOR
    session.flush()
    return _of(row)


def finish(session: Session, store: Store, upload_id: str, *, person_id: int, now: datetime) -> Version:
    """Make an upload that is whole a version of a document, and have it scanned; its parts are cleared away after."""
    row = _open(session, upload_id, person_id=person_id, now=now, lock=True)
    if row.arrived < row.size:
        raise WrongOffset(
            f"{row.arrived} of {row.size} bytes have arrived; send the rest.", arrived=row.arrived
        )
    places = list(
        session.scalars(
            select(UploadPartRow.place)
            .where(UploadPartRow.upload_id == row.id)
            .order_by(UploadPartRow.starts)
        )
    )
    head, digest = _read_through(store.read(places))
    if row.sha256 and digest != row.sha256:
        raise WrongChecksum(
            "What arrived is not what you sent: the checksum differs. Send the file again from its beginning."
        )
    kind = media_type(head, row.size, of=row.kind)
    place = new_place(row.body, "documents")
    store.join(places, place)
    made = _add_version(session, row, kind=kind, digest=digest, place=place, now=now)
    _drop(session, row.id)
    later(session, SCAN, document=made.document_id, record=made.record, seq=made.seq)
    return made


def _read_through(chunks: Iterator[bytes]) -> tuple[bytes, str]:
    """The first bytes of a file, and its SHA-256."""
    head, digest = b"", hashlib.sha256()
    for chunk in chunks:
        head = head if len(head) >= HEAD else (head + chunk)[:HEAD]
        digest.update(chunk)
    return head, digest.hexdigest()


def _add_version(
    session: Session, row: UploadRow, *, kind: str, digest: str, place: str, now: datetime
) -> Version:
    document_id = row.document_id or _new_document(session, row, now)
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"document:{document_id}", 0))))
    last = session.scalar(
        select(func.coalesce(func.max(DocumentVersionRow.seq), 0)).where(
            DocumentVersionRow.document_id == document_id, DocumentVersionRow.record == row.record
        )
    )
    made = Version(document_id=document_id, record=row.record, seq=(last or 0) + 1)
    session.add(
        DocumentVersionRow(
            document_id=document_id,
            record=row.record,
            seq=made.seq,
            body=row.body,
            name=own_name(row.name, kind),
            media_type=kind,
            size=row.size,
            sha256=digest,
            place=place,
            added=now,
            added_by=row.person_id,
            scan="unscanned",
        )
    )
    session.flush()
    return made


def _new_document(session: Session, row: UploadRow, now: datetime) -> int:
    made = DocumentRow(
        body=row.body, case_id=row.case_id, kind=row.kind, title=row.title, made=now, made_by=row.person_id
    )
    session.add(made)
    session.flush()
    return made.id


def give_up(session: Session, upload_id: str, *, person_id: int, now: datetime) -> None:
    """End an upload; its parts are cleared away."""
    _drop(session, _open(session, upload_id, person_id=person_id, now=now, lock=True).id)


def end_old(session: Session, *, now: datetime) -> int:
    """End the uploads that nobody went on with in time; how many there were."""
    old = session.scalars(select(UploadRow.id).where(UploadRow.ends <= now).order_by(UploadRow.id)).all()
    for upload_id in old:
        _drop(session, upload_id)
    return len(old)


def _drop(session: Session, upload_id: str) -> None:
    """Forget an upload and its parts; their files are swept once the rows are gone for good."""
    session.execute(delete(UploadRow).where(UploadRow.id == upload_id))
    later(session, CLEAR, upload=upload_id)


def _open(session: Session, upload_id: str, *, person_id: int, now: datetime, lock: bool) -> UploadRow:
    try:
        known = str(uuid.UUID(upload_id))
    except ValueError:
        known = None
    query = select(UploadRow).where(UploadRow.id == known, UploadRow.person_id == person_id)
    if lock:
        query = query.with_for_update()
    row = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if row is None or row.ends <= now:
        raise NoSuchUpload("There is no such upload of yours under way; begin again.")
    return row


def _of(row: UploadRow) -> Upload:
    return Upload(
        id=row.id,
        case_id=row.case_id,
        document_id=row.document_id,
        record=row.record,
        title=row.title,
        name=row.name,
        size=row.size,
        arrived=row.arrived,
        ends=row.ends,
    )
