"""Parcels as the database holds them: one row per state, and the changes that tie states together.

In: nothing.  Out: mapped rows.  A state is never updated or deleted: a database trigger lets only the upper end of
`recorded` move, once, from open to an instant.  LADM: `parcel` is LA_BAUnit with its LA_SpatialUnit, `parcel_change`
is LA_Source with the versions it begins.
"""

from datetime import date, datetime
from decimal import Decimal

from geoalchemy2 import WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import SHAPE, Base


class ParcelChangeRow(Base):
    """Why states ended and began: import, divide, merge, correct or resurvey, on a date, by an instrument."""

    __tablename__ = "parcel_change"
    __table_args__ = (
        CheckConstraint("kind IN ('import', 'divide', 'merge', 'correct', 'resurvey')", name="kind"),
        Index(None, "recording_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))
    kind: Mapped[str] = mapped_column(Text)
    on_date: Mapped[date]
    instrument: Mapped[str] = mapped_column(Text)
    """The deed, order or survey that the change rests on."""


class ParcelLineageRow(Base):
    """Which number came of which, by which change."""

    __tablename__ = "parcel_lineage"
    __table_args__ = (
        PrimaryKeyConstraint("change_id", "predecessor", "successor"),
        Index(None, "jurisdiction", "predecessor"),
        Index(None, "jurisdiction", "successor"),
    )

    change_id: Mapped[int] = mapped_column(ForeignKey("parcel_change.id"))
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    predecessor: Mapped[str] = mapped_column(Text)
    successor: Mapped[str] = mapped_column(Text)


class ParcelRow(Base):
    """One state of one parcel: what is true from a date, as recorded at an instant."""

    __tablename__ = "parcel"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction", "srid"], ["jurisdiction.code", "jurisdiction.metric"]),
        CheckConstraint("ST_SRID(boundary) = srid", name="srid"),
        CheckConstraint(
            "NOT ST_IsEmpty(boundary) AND measured_area > 0 AND measured_area < 'Infinity'", name="area"
        ),
        CheckConstraint("accuracy > 0 AND accuracy < 'Infinity'", name="accuracy"),
        CheckConstraint("(recorded_extent IS NULL) = (recorded_unit IS NULL)", name="recorded_unit"),
        CheckConstraint(
            "lower_inc(valid) AND lower_inc(recorded) AND NOT upper_inc(recorded)", name="ranges"
        ),
        ExcludeConstraint(
            (text("hashtextextended(jurisdiction || ' ' || number, 0)"), "="),
            ("jurisdiction", "="),
            ("number", "="),
            ("valid", "&&"),
            ("recorded", "&&"),
            name="parcel_one_state",
            using="gist",
        ),
        Index("parcel_boundary_idx", "boundary", postgresql_using="gist"),
        Index(None, "jurisdiction", "number"),
        Index(None, "jurisdiction", "ulpin", postgresql_where="ulpin IS NOT NULL"),
        Index(None, "jurisdiction", "survey"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Text)
    srid: Mapped[int]
    number: Mapped[str] = mapped_column(Text)
    """The whole number as printed; the key of everything, unique in its jurisdiction at each point of both times."""
    district: Mapped[str | None] = mapped_column(Text)
    taluk: Mapped[str | None] = mapped_column(Text)
    village: Mapped[str | None] = mapped_column(Text)
    block: Mapped[str | None] = mapped_column(Text)
    survey: Mapped[str | None] = mapped_column(Text)
    subdivision: Mapped[str | None] = mapped_column(Text)
    ulpin: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    land_type: Mapped[str | None] = mapped_column(Text)
    recorded_extent: Mapped[Decimal | None] = mapped_column(Numeric)
    """Extent as the register states it, in `recorded_unit`."""
    recorded_unit: Mapped[str | None] = mapped_column(Text)
    measured_area: Mapped[float]
    """Ground m² of `boundary`: grid area divided by the areal scale at the parcel."""
    accuracy: Mapped[float]
    """Positional accuracy of `boundary` in metres."""
    boundary: Mapped[WKBElement] = mapped_column(SHAPE)
    change_id: Mapped[int] = mapped_column(ForeignKey("parcel_change.id"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("dataset_import.id"))
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    recorded: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
