"""The ground that parcels share with features, as the database keeps it.

In: nothing.  Out: mapped rows.  They can all be made anew from parcels and features; nothing but `layers.overlaps.refresh` writes them.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import Base


class MeasuredRow(Base):
    """How far an import has been measured; without a row nothing is known of it, and no fact missing means anything."""

    __tablename__ = "overlap_measured"
    __table_args__ = (CheckConstraint("features >= 0", name="features"),)

    import_id: Mapped[int] = mapped_column(
        ForeignKey("dataset_import.id"), primary_key=True, autoincrement=False
    )
    parcels_to: Mapped[int] = mapped_column(BigInteger)
    """Every state of a parcel of the jurisdiction up to this number has been measured that was believed while the import stood."""
    known: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    """The recording up to which that was everything."""
    ways: Mapped[int]
    """The way of measuring; facts of another way are made anew."""
    features: Mapped[int] = mapped_column(BigInteger)


class OverlapRow(Base):
    """Ground m² that a state of a parcel shares with a feature; none where one of the two cannot be measured."""

    __tablename__ = "parcel_overlap"
    __table_args__ = (CheckConstraint("area > 0 AND area < 'Infinity'", name="area"),)

    import_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    parcel_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    feature_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    area: Mapped[float | None]
