"""Layers as the database holds them: features of an import, pieces that make them quick to find, coverage, names.

In: nothing.  Out: mapped rows.  Features are never changed: a new import stands in for an old one, whose features stay.
Pieces are a search aid only: features cut to at most 64 vertices, each with the box within which a plot concerns it.
"""

from datetime import date
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, Range
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import SHAPE, Base


class FeatureRow(Base):
    """A feature of a layer as its import brought it."""

    __tablename__ = "layer_feature"
    __table_args__ = (
        ForeignKeyConstraint(["import_id", "srid"], ["dataset_import.id", "dataset_import.srid"]),
        CheckConstraint("ST_SRID(shape) = srid AND NOT ST_IsEmpty(shape)", name="shape"),
        CheckConstraint("width > 0", name="width"),
        CheckConstraint("NOT isempty(valid)", name="valid"),
        Index(None, "import_id", "position", unique=True),
        Index("layer_feature_shape_idx", "shape", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    import_id: Mapped[int] = mapped_column(BigInteger)
    srid: Mapped[int]
    position: Mapped[int]
    """Place in the file, from 1; with the import's file hash it names the feature for good."""
    ref: Mapped[str] = mapped_column(Text)
    label: Mapped[str | None] = mapped_column(Text)
    label_ml: Mapped[str | None] = mapped_column(Text)
    width: Mapped[float | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    shape: Mapped[WKBElement] = mapped_column(SHAPE)
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)


class PieceRow(Base):
    """A part of a feature of at most 64 vertices, and the box in which a plot has to be told of it."""

    __tablename__ = "layer_piece"
    __table_args__ = (
        ForeignKeyConstraint(["import_id", "srid"], ["dataset_import.id", "dataset_import.srid"]),
        CheckConstraint("ST_SRID(shape) = srid AND ST_SRID(reach) = srid", name="shape"),
        Index("layer_piece_reach_idx", "reach", postgresql_using="gist"),
        Index(None, "feature_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    import_id: Mapped[int] = mapped_column(BigInteger)
    feature_id: Mapped[int] = mapped_column(ForeignKey("layer_feature.id"))
    shape: Mapped[WKBElement] = mapped_column(SHAPE)
    reach: Mapped[WKBElement] = mapped_column(SHAPE)
    srid: Mapped[int] = mapped_column(Computed("st_srid(shape)", persisted=True))


class CoverageRow(Base):
    """Where an import is complete; outside it, silence means nothing."""

    __tablename__ = "layer_coverage"
    __table_args__ = (
        ForeignKeyConstraint(["import_id", "srid"], ["dataset_import.id", "dataset_import.srid"]),
        CheckConstraint("ST_SRID(shape) = srid", name="shape"),
    )

    import_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    srid: Mapped[int]
    digest: Mapped[str] = mapped_column(Text)
    """Hash of the shape: imports with the same coverage are looked at once."""
    shape: Mapped[WKBElement] = mapped_column(SHAPE)


class PlaceNameRow(Base):
    """A name or address and where it is."""

    __tablename__ = "place_name"
    __table_args__ = (
        ForeignKeyConstraint(["import_id", "srid"], ["dataset_import.id", "dataset_import.srid"]),
        CheckConstraint("ST_SRID(position) = srid", name="position"),
        Index(None, "import_id", "folded"),
        Index(
            "place_name_sound_key_idx",
            "sound_key",
            postgresql_using="gin",
            postgresql_ops={"sound_key": "gin_trgm_ops"},
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    import_id: Mapped[int] = mapped_column(BigInteger)
    srid: Mapped[int]
    kind: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    name_ml: Mapped[str | None] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text)
    sound_key: Mapped[str] = mapped_column(Text)
    parcel_number: Mapped[str | None] = mapped_column(Text)
    position: Mapped[WKBElement] = mapped_column(SHAPE)


class RasterRow(Base):
    """A raster of an import: where its cloud-optimised file lies in the state folder, and in what it is measured."""

    __tablename__ = "layer_raster"

    import_id: Mapped[int] = mapped_column(
        ForeignKey("dataset_import.id"), primary_key=True, autoincrement=False
    )
    path: Mapped[str] = mapped_column(Text)
    """File name, which is the hash of the content."""
    epsg: Mapped[int]
    unit: Mapped[str] = mapped_column(Text)
    datum: Mapped[str] = mapped_column(Text)


class KeyVersionRow(Base):
    """The version of `gis.names` by which the keys of all names were made: one row, or none before the first."""

    __tablename__ = "search_key_version"

    version: Mapped[str] = mapped_column(Text, primary_key=True)
