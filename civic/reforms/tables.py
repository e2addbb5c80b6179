"""What is kept of a study of a reform: what was asked, how far it is, and what was found, with the editions that it rests on.

In: nothing.  Out: mapped rows, closed between local bodies.  What was found is written once, with the word that it is done.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    Numeric,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import Base

_INSTANT = TIMESTAMP(timezone=True)


class ReformStudyRow(Base):
    """One study: of which reform, for which plots and which use, by whom, and what came of it."""

    __tablename__ = "reform_study"
    __table_args__ = (
        ForeignKeyConstraint(["body", "asked_by"], ["person.body", "person.id"]),
        UniqueConstraint("body", "id"),
        UniqueConstraint("key"),
        CheckConstraint("key ~ '^[A-Za-z0-9_-]{22}$'", name="key"),
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="state"),
        CheckConstraint("storey > 0 AND steps_done >= 0 AND steps >= 0", name="numbers"),
        CheckConstraint("(found IS NULL) = (state <> 'done')", name="found"),
        CheckConstraint("(ended IS NULL) = (state IN ('waiting', 'running'))", name="ended"),
        Index(None, "body", "asked"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    key: Mapped[str] = mapped_column(Text)
    """Chance: who has it may read the study."""
    title_en: Mapped[str] = mapped_column(Text)
    title_ml: Mapped[str] = mapped_column(Text)
    begins: Mapped[date]
    """The first day of the reform."""
    text: Mapped[str] = mapped_column(Text)
    """The reform as it was written."""
    reform: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The reform as it was read, the shapes of its files within it."""
    ward: Mapped[str | None] = mapped_column(Text)
    occupancy: Mapped[str] = mapped_column(Text)
    storey: Mapped[Decimal] = mapped_column(Numeric)
    """Metres of a storey."""
    with_permits: Mapped[bool]
    is_open: Mapped[bool]
    """Whether everybody finds it in the list; else only who has its address."""
    asked: Mapped[datetime] = mapped_column(_INSTANT)
    asked_by: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text)
    steps: Mapped[int | None]
    """Steps of the work in all: plots, then permits; null until it has begun."""
    steps_done: Mapped[int]
    ended: Mapped[datetime | None] = mapped_column(_INSTANT)
    why: Mapped[str | None] = mapped_column(Text)
    """Why it failed."""
    book_digest: Mapped[str | None] = mapped_column(Text)
    """Of the rule book on which the study rests."""
    known: Mapped[datetime | None] = mapped_column(_INSTANT)
    """The newest recording of the land that it knew."""
    sources: Mapped[list[Any] | None] = mapped_column(JSONB)
    """The imports of layers that stood then: name, title, day."""
    found: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """Counts and sums of the report."""


class ReformFileRow(Base):
    """A file of a finished study: every plot with its shape as GeoParquet, every permit as JSON."""

    __tablename__ = "reform_file"
    __table_args__ = (
        ForeignKeyConstraint(["body", "study_id"], ["reform_study.body", "reform_study.id"]),
        CheckConstraint("form IN ('plots', 'permits')", name="form"),
    )

    study_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    form: Mapped[str] = mapped_column(Text, primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    content: Mapped[bytes] = mapped_column(LargeBinary)
