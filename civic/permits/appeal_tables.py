"""Who stands outside the town hall and has a word in a permit: the authorities that are asked, the Tribunal that hears an appeal.

In: nothing.  Out: mapped rows, closed between local bodies.
"""

from datetime import date, datetime

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


class PermitAgencyRow(Base):
    """A person who answers for an authority, from an instant on, by the word of an officer."""

    __tablename__ = "permit_agency"
    __table_args__ = (
        ForeignKeyConstraint(["body", "person_id"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "by_id"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "ended_by"], ["person.body", "person.id"]),
        CheckConstraint("authority <> ''", name="authority"),
        CheckConstraint("by_id <> person_id", name="own"),
        Index(
            "permit_agency_open_idx",
            "body",
            "authority",
            "person_id",
            unique=True,
            postgresql_where=text("ended IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    authority: Mapped[str] = mapped_column(Text)
    """The English name under which `consultations.yaml` lists it."""
    person_id: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[datetime] = mapped_column(_INSTANT)
    by_id: Mapped[int | None] = mapped_column(BigInteger)
    """Nobody where it came with the founding of a body."""
    ended: Mapped[datetime | None] = mapped_column(_INSTANT)
    ended_by: Mapped[int | None] = mapped_column(BigInteger)


class PermitAppealRow(Base):
    """An appeal to the Tribunal: against which decision, when it was lodged, what was ordered."""

    __tablename__ = "permit_appeal"
    __table_args__ = (
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "of_case"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "of_permit"], ["permit.body", "permit.number"]),
        CheckConstraint("against IN ('refusal', 'revocation')", name="against"),
        CheckConstraint("reference <> ''", name="reference"),
        CheckConstraint("lodged >= decided_on", name="lodged"),
        CheckConstraint("(ordered IS NULL) = (order_ref IS NULL)", name="ordered"),
        Index(None, "body", "of_case"),
    )

    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    of_case: Mapped[int] = mapped_column(BigInteger)
    """The case whose decision is appealed against."""
    against: Mapped[str] = mapped_column(Text)
    of_permit: Mapped[str | None] = mapped_column(Text)
    """The permit that was revoked."""
    decided_on: Mapped[date]
    """The day of that decision, from which the days of an appeal run."""
    lodged: Mapped[date]
    reference: Mapped[str] = mapped_column(Text)
    """Its number at the Tribunal."""
    ordered: Mapped[date | None]
    order_ref: Mapped[str | None] = mapped_column(Text)
    """Number of the Tribunal's order."""
