"""Buildings as the database holds them: one row per state, never updated, only followed.

In: nothing.  Out: mapped rows.  A footprint is in the metric system of its row's jurisdiction; the database checks.
"""

from datetime import date, datetime

from geoalchemy2 import Geometry, WKBElement
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
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import Base

FOOTPRINT = Geometry(geometry_type="GEOMETRY", srid=-1, spatial_index=False)
"""A shape that may be unknown: GeoAlchemy notes on a type whether its columns may be null, so it is not shared."""


class BuildingRow(Base):
    """A building, whatever becomes of it."""

    __tablename__ = "building"
    __table_args__ = (UniqueConstraint("id", "jurisdiction"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))


class BuildingStateRow(Base):
    """One state of one building: where it stands, what it is, from when, and how we know."""

    __tablename__ = "building_state"
    __table_args__ = (
        ForeignKeyConstraint(["building_id", "jurisdiction"], ["building.id", "building.jurisdiction"]),
        ForeignKeyConstraint(["jurisdiction", "srid"], ["jurisdiction.code", "jurisdiction.metric"]),
        CheckConstraint("ST_SRID(footprint) = srid AND NOT ST_IsEmpty(footprint)", name="footprint"),
        CheckConstraint("cardinality(numbers) > 0 AND array_position(numbers, NULL) IS NULL", name="numbers"),
        CheckConstraint("storeys > 0", name="storeys"),
        CheckConstraint("origin IN ('permit', 'survey', 'claim')", name="origin"),
        CheckConstraint(
            "lower_inc(valid) AND lower_inc(recorded) AND NOT upper_inc(recorded)", name="ranges"
        ),
        ExcludeConstraint(
            ("building_id", "="),
            ("valid", "&&"),
            ("recorded", "&&"),
            name="building_state_one_state",
            using="gist",
        ),
        Index("building_state_footprint_idx", "footprint", postgresql_using="gist"),
        Index("building_state_numbers_idx", "numbers", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    building_id: Mapped[int] = mapped_column(BigInteger)
    jurisdiction: Mapped[str] = mapped_column(Text)
    srid: Mapped[int]
    numbers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    door_number: Mapped[str | None] = mapped_column(Text)
    storeys: Mapped[int | None]
    use: Mapped[str | None] = mapped_column(Text)
    footprint: Mapped[WKBElement | None] = mapped_column(FOOTPRINT)
    origin: Mapped[str] = mapped_column(Text)
    instrument: Mapped[str] = mapped_column(Text)
    """The permit, survey or claim it rests on."""
    ended_by: Mapped[str | None] = mapped_column(Text)
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    recorded: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
