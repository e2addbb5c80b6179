"""Documents as their readers see them: the full record for parties and officers, the published one for everyone.

In: a case or a document, and who reads.  Out: documents with the versions that this reader may open; one version to be
read.  What a reader may not see does not exist for that reader.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.case import case, may_see, roles_in
from civic.core.documents.store import Store
from civic.core.documents.tables import DocumentRow, DocumentVersionRow
from civic.core.people import Actor
from gis.errors import Gone, NotFound

FULL, PUBLISHED = "full", "published"
CLEAN, UNSCANNED, INFECTED = "clean", "unscanned", "infected"


class NoSuchDocument(NotFound):
    """No document has this number, or it is not this reader's to see."""

    code = "no-document"


class ShutAway(Gone):
    """The scanner found harmful software in a file: nobody opens it."""

    code = "document-infected"


@dataclass(frozen=True, kw_only=True)
class FileVersion:
    """One file of a document."""

    document_id: int
    record: str
    seq: int
    name: str
    media_type: str
    size: int
    sha256: str
    place: str
    added: datetime
    added_by: int | None
    scan: str

    @property
    def is_open(self) -> bool:
        """Whether it may be opened."""
        return self.scan != INFECTED


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document of a case, with the versions that its reader may see, newest first."""

    id: int
    case_id: int
    kind: str
    title: str
    made: datetime
    versions: tuple[FileVersion, ...]

    def newest(self, record: str) -> FileVersion | None:
        """The newest version of a record."""
        return next((each for each in self.versions if each.record == record), None)


def may_read_full(session: Session, case_id: int, actor: Actor | None) -> bool:
    """Whether somebody reads the full record of a case: whoever may see the case itself."""
    if actor is None:
        return False
    return may_see(session, case(session, case_id), roles_in(session, case_id, actor), actor.person.id)


def documents_of(session: Session, case_id: int, *, full: bool) -> list[Document]:
    """The documents of a case in the order in which they came; for others than its parties only what is published."""
    rows = session.scalars(select(DocumentRow).where(DocumentRow.case_id == case_id).order_by(DocumentRow.id))
    found = {row.id: _document(row) for row in rows}
    query = (
        select(DocumentVersionRow)
        .where(DocumentVersionRow.document_id.in_(found))
        .order_by(DocumentVersionRow.record, DocumentVersionRow.seq.desc())
    )
    if not full:
        query = query.where(DocumentVersionRow.record == PUBLISHED, DocumentVersionRow.scan != INFECTED)
    for row in session.scalars(query):
        known = found[row.document_id]
        found[row.document_id] = replace(known, versions=(*known.versions, _version(row)))
    return [each for each in found.values() if full or each.versions]


def document(session: Session, document_id: int, *, actor: Actor | None) -> Document:
    """A document, for whoever may see any of it."""
    row = session.get(DocumentRow, document_id)
    if row is not None:
        full = may_read_full(session, row.case_id, actor)
        for each in documents_of(session, row.case_id, full=full):
            if each.id == document_id:
                return each
    raise _hidden()


def version(session: Session, document_id: int, record: str, seq: int, *, actor: Actor | None) -> FileVersion:
    """One file for one reader; `ShutAway` where the scanner found something in it."""
    for each in document(session, document_id, actor=actor).versions:
        if (each.record, each.seq) == (record, seq):
            if not each.is_open:
                raise ShutAway(
                    "The scanner found harmful software in this file, so nobody can open it. Whoever sent it was told."
                )
            return each
    raise _hidden()


def read(store: Store, file: FileVersion) -> Iterator[bytes]:
    """The bytes of a file, a piece at a time."""
    return store.read([file.place])


def _hidden() -> NoSuchDocument:
    return NoSuchDocument(
        "There is no such document, or it is not yours to see. Sign in as a party of its case."
    )


def _document(row: DocumentRow) -> Document:
    return Document(
        id=row.id, case_id=row.case_id, kind=row.kind, title=row.title, made=row.made, versions=()
    )


def _version(row: DocumentVersionRow) -> FileVersion:
    return FileVersion(
        document_id=row.document_id,
        record=row.record,
        seq=row.seq,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        place=row.place,
        added=row.added,
        added_by=row.added_by,
        scan=row.scan,
    )
