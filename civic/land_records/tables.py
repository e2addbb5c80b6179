"""What a change of a plot's record keeps beside its case, and what it costs.

In: nothing.  Out: mapped rows, closed between local bodies.
"""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import Base

_KINDS = "kind IN ('correct_name', 'correct_area', 'correct_land_type', 'divide', 'merge')"


class LandRecordRow(Base):
    """One application: what is wanted, what the visit measured, what was done."""

    __tablename__ = "land_record"
    __table_args__ = (
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        CheckConstraint(_KINDS, name="kind"),
    )

    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    kind: Mapped[str] = mapped_column(Text)
    wanted: Mapped[dict[str, Any]] = mapped_column(JSONB)
    measured: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """GeoJSON of the parcels to come (WGS 84), each with its number."""
    made: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """The numbers that the change ended and began."""


class LandRecordFeeRow(Base):
    """What a change costs from a day, and where that is written."""

    __tablename__ = "land_record_fee"
    __table_args__ = (
        CheckConstraint(_KINDS, name="kind"),
        CheckConstraint("paise > 0", name="paise"),
        CheckConstraint("source <> ''", name="source"),
    )

    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    begins: Mapped[date] = mapped_column(primary_key=True)
    paise: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(Text)
