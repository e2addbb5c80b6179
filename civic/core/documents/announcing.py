"""What a sender says of a file before its first byte, and whether it can be taken.

In: name, size, checksum, title.  Out: nothing, or the reason why the file need not be sent at all.
"""

import re
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from civic.core.documents.tables import DocumentRow, UploadRow
from gis.errors import Conflict, Invalid, NotFound, TooLarge

MOST_OPEN = 20
"""Uploads that a person may have under way."""
MOST_DOCUMENTS = 300
"""Documents of a case."""
DIGEST = re.compile(r"[0-9a-f]{64}")
KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST_TITLE = 200


@dataclass(frozen=True, kw_only=True)
class Announced:
    """What a sender says of a file before its first byte."""

    case_id: int
    person_id: int
    kind: str
    title: str
    name: str
    size: int
    sha256: str | None = None
    record: str = "full"
    document_id: int | None = None
    """The document of which it becomes a version; a new one where None."""


def check(file: Announced, largest: int) -> None:
    """Refuse what cannot be taken; `largest` is in bytes."""
    title = " ".join(file.title.split())
    if not title or len(title) > LONGEST_TITLE:
        raise Invalid(f"Name the document in 1 to {LONGEST_TITLE} characters.", code="title-missing")
    if not KIND.fullmatch(file.kind):
        raise Invalid("The kind of a document is a word such as deed or site_plan.")
    if file.size < 1:
        raise Invalid("The file is empty; choose the document itself.", code="file-empty")
    if file.size > largest:
        raise TooLarge(
            f"The file has {file.size / 1e6:.1f} MB and at most {largest / 1e6:g} MB are taken. Scan it in grey at 200"
            " dots per inch, or send it in several documents."
        )
    if file.sha256 and not DIGEST.fullmatch(file.sha256.lower()):
        raise Invalid("A checksum is SHA-256 in 64 hexadecimal digits.", code="wrong-checksum")
    if file.record not in ("full", "published"):
        raise Invalid("A record is full or published.")
    if file.record == "published" and file.document_id is None:
        raise Invalid("Only a document that is there can be published; name it.")


def check_room(session: Session, file: Announced) -> None:
    """Refuse a file of a document that is not the case's, and more than a person or a case may have."""
    if file.document_id is not None:
        of_case = session.scalar(select(DocumentRow.case_id).where(DocumentRow.id == file.document_id))
        if of_case != file.case_id:
            raise NotFound("This case has no such document.", code="no-document")
    open_now = session.scalar(
        select(func.count()).select_from(UploadRow).where(UploadRow.person_id == file.person_id)
    )
    if (open_now or 0) >= MOST_OPEN:
        raise Conflict(
            f"{MOST_OPEN} uploads of yours are under way; finish one, or wait until one of them ends.",
            code="too-many-uploads",
        )
    there = session.scalar(
        select(func.count()).select_from(DocumentRow).where(DocumentRow.case_id == file.case_id)
    )
    if (there or 0) >= MOST_DOCUMENTS:
        raise Conflict(
            f"A case has at most {MOST_DOCUMENTS} documents; join some of them.", code="too-many-documents"
        )
