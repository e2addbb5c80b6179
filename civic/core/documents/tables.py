"""Documents as the database holds them: documents of a case, their versions, and uploads under way.

In: nothing.  Out: mapped rows.  A row tells of a file that is in the store already; the bytes themselves are never in here.
"""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import Base

_INSTANT = TIMESTAMP(timezone=True)
_DIGEST = "~ '^[0-9a-f]{64}$'"


class DocumentRow(Base):
    """A document of a case; what it contains is its versions'."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("body", "id"),
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "made_by"], ["person.body", "person.id"]),
        CheckConstraint("title <> ''", name="title"),
        Index(None, "body", "case_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    case_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    """What the service calls such a paper, for example `deed`."""
    title: Mapped[str] = mapped_column(Text)
    made: Mapped[datetime] = mapped_column(_INSTANT)
    made_by: Mapped[int | None] = mapped_column(BigInteger)


class DocumentVersionRow(Base):
    """One file of a document: a version of the full record, or of the published, redacted one."""

    __tablename__ = "document_version"
    __table_args__ = (
        ForeignKeyConstraint(["body", "document_id"], ["document.body", "document.id"]),
        ForeignKeyConstraint(["body", "added_by"], ["person.body", "person.id"]),
        UniqueConstraint("place"),
        CheckConstraint("record IN ('full', 'published')", name="record"),
        CheckConstraint("scan IN ('unscanned', 'clean', 'infected')", name="scan"),
        CheckConstraint("seq > 0", name="seq"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint(f"sha256 {_DIGEST}", name="sha256"),
        Index("document_version_unscanned_idx", "body", "added", postgresql_where=text("scan = 'unscanned'")),
    )

    document_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    record: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    name: Mapped[str] = mapped_column(Text)
    """The file's own name, without any path."""
    media_type: Mapped[str] = mapped_column(Text)
    """As the content says, whatever the name says."""
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    """Where the store keeps it."""
    added: Mapped[datetime] = mapped_column(_INSTANT)
    added_by: Mapped[int | None] = mapped_column(BigInteger)
    scan: Mapped[str] = mapped_column(Text)
    scanned: Mapped[datetime | None] = mapped_column(_INSTANT)
    found: Mapped[str | None] = mapped_column(Text)
    """What the scanner calls what it found."""


class UploadRow(Base):
    """A file that is on its way, part after part."""

    __tablename__ = "upload"
    __table_args__ = (
        UniqueConstraint("body", "id"),
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "document_id"], ["document.body", "document.id"]),
        ForeignKeyConstraint(["body", "person_id"], ["person.body", "person.id"]),
        CheckConstraint("record IN ('full', 'published')", name="record"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("arrived >= 0 AND arrived <= size", name="arrived"),
        CheckConstraint(f"sha256 {_DIGEST}", name="sha256"),
        Index(None, "body", "ends"),
    )

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    case_id: Mapped[int] = mapped_column(BigInteger)
    document_id: Mapped[int | None] = mapped_column(BigInteger)
    """The document of which it becomes a version; a new one where null."""
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    record: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(Text)
    """As the sender gives it, before the first byte."""
    arrived: Mapped[int] = mapped_column(BigInteger)
    begun: Mapped[datetime] = mapped_column(_INSTANT)
    ends: Mapped[datetime] = mapped_column(_INSTANT)


class UploadPartRow(Base):
    """A part that has arrived and lies in the store."""

    __tablename__ = "upload_part"
    __table_args__ = (
        ForeignKeyConstraint(["body", "upload_id"], ["upload.body", "upload.id"], ondelete="CASCADE"),
        UniqueConstraint("place"),
        CheckConstraint("size > 0", name="size"),
    )

    upload_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    starts: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    size: Mapped[int] = mapped_column(BigInteger)
    place: Mapped[str] = mapped_column(Text)
