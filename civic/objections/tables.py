"""What an objection keeps beside its case.

In: nothing.  Out: mapped rows, closed between local bodies.
"""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import Base


class ObjectionRow(Base):
    """What is disputed, why, and what should stand instead."""

    __tablename__ = "objection"
    __table_args__ = (
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        CheckConstraint("why <> ''", name="why"),
        Index(None, "body", "number"),
    )

    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    number: Mapped[str] = mapped_column(Text)
    theme: Mapped[str] = mapped_column(Text)
    """The identifier of a theme of the catalogue, or a fact of the record: `area`, `boundary`, `land_type`, `number`."""
    title_en: Mapped[str] = mapped_column(Text)
    title_ml: Mapped[str] = mapped_column(Text)
    shown_en: Mapped[str] = mapped_column(Text)
    shown_ml: Mapped[str] = mapped_column(Text)
    """What the extract said on the day, in both languages."""
    why: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    sketch: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """GeoJSON geometry (WGS 84) of what is meant."""
