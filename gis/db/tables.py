"""Tables that everything else stands on: jurisdictions, recordings, imports.

In: nothing.  Out: mapped rows.  A jurisdiction fixes the metric system (EPSG) of every shape below it: each row with a
shape carries `srid`, which a foreign key ties to the jurisdiction and a check ties to the shape.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import Base


class JurisdictionRow(Base):
    """A place with its own land law, and the metric system of its geometry."""

    __tablename__ = "jurisdiction"
    __table_args__ = (UniqueConstraint("code", "metric"),)

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name_en: Mapped[str] = mapped_column(Text)
    name_ml: Mapped[str] = mapped_column(Text)
    metric: Mapped[int]
    catalogue: Mapped[str] = mapped_column(Text)
    rule_book: Mapped[str | None] = mapped_column(Text)
    synthetic: Mapped[bool]


class RecordingRow(Base):
    """An instant at which something was recorded; within a jurisdiction instants only grow."""

    __tablename__ = "recording"
    __table_args__ = (UniqueConstraint("jurisdiction", "instant"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    instant: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    what: Mapped[str] = mapped_column(Text)


class ImportRow(Base):
    """One table of one file brought in at one recording: its source, its report, and while it stood."""

    __tablename__ = "dataset_import"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction", "srid"], ["jurisdiction.code", "jurisdiction.metric"]),
        UniqueConstraint("id", "srid"),
        ExcludeConstraint(
            ("jurisdiction", "="),
            ("target", "="),
            ("series", "="),
            ("recorded", "&&"),
            name="dataset_import_one_version",
            using="gist",
        ),
        CheckConstraint("NOT isempty(recorded)", name="recorded"),
        CheckConstraint("accuracy > 0", name="accuracy"),
        Index(None, "recording_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Text)
    srid: Mapped[int]
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))
    target: Mapped[str] = mapped_column(Text)
    """`parcels`, `places`, or the identifier of a catalogue layer."""
    series: Mapped[str] = mapped_column(Text)
    """File and table; a later import of the same series takes this one's place."""
    file: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    source: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Title, publisher, licence, link, date."""
    source_date: Mapped[date]
    holds: Mapped[str | None] = mapped_column(Text)
    """What shapes are of the real thing: polygon, boundary, centre_line or point."""
    accuracy: Mapped[float]
    """Positional accuracy in metres."""
    accuracy_basis: Mapped[str] = mapped_column(Text)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)
    recorded: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
