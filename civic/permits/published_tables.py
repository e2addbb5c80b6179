"""What everyone may know of each permit, on the ground of its plots: written by the database alone, when a permit changes.

In: nothing.  Out: a mapped row.  It belongs to no local body's walls, for nothing is in it that a wall would keep; a change ends a
row and begins another, so that what was told at an instant can be told again.
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
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import Base

_INSTANT = TIMESTAMP(timezone=True)


class PublishedPermitRow(Base):
    """A permit of the public register as it was told from one instant to another."""

    __tablename__ = "published_permit"
    __table_args__ = (
        ForeignKeyConstraint(["jurisdiction", "srid"], ["jurisdiction.code", "jurisdiction.metric"]),
        CheckConstraint("ST_SRID(shape) = srid", name="srid"),
        CheckConstraint("ended > since", name="ended"),
        Index(
            "published_permit_stands_idx",
            "jurisdiction",
            "number",
            unique=True,
            postgresql_where=text("ended IS NULL"),
        ),
        Index(None, "jurisdiction", "feature"),
        Index(None, "jurisdiction", "since"),
        Index("published_permit_shape_idx", "shape", postgresql_using="gist"),
    )

    feature: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    """The number under which programs know the permit, whatever becomes of it."""
    jurisdiction: Mapped[str] = mapped_column(Text)
    srid: Mapped[int]
    local_body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    number: Mapped[str] = mapped_column(Text)
    plots: Mapped[str] = mapped_column(Text)
    """Numbers of its plots, with commas between."""
    kind: Mapped[str] = mapped_column(Text)
    route: Mapped[str] = mapped_column(Text)
    applied: Mapped[date]
    issued: Mapped[date]
    until: Mapped[date | None]
    revoked: Mapped[date | None]
    replaced: Mapped[date | None]
    replaced_by: Mapped[str | None] = mapped_column(Text)
    follows: Mapped[str | None] = mapped_column(Text)
    """The permit that it renews, extends, transfers or certifies."""
    since: Mapped[datetime] = mapped_column(_INSTANT, primary_key=True)
    ended: Mapped[datetime | None] = mapped_column(_INSTANT)
    shape: Mapped[WKBElement | None] = mapped_column(
        Geometry(geometry_type="MULTIPOLYGON", srid=-1, spatial_index=False)
    )
    """Its plots as they stood on the day of issue."""
