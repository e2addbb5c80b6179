"""Parties and rights as the database holds them: rows are never updated, only followed.

In: nothing.  Out: mapped rows.  The shares of owners add up to 1 at each point of both times: a deferred trigger of the
migration checks it when a transaction commits.
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
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import DATERANGE, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import Base

_RANGES = "lower_inc(valid) AND lower_inc(recorded) AND NOT upper_inc(recorded)"


class PartyRow(Base):
    """Someone who can hold rights; the name is dated and stands apart."""

    __tablename__ = "party"
    __table_args__ = (
        UniqueConstraint("id", "jurisdiction"),
        CheckConstraint("kind IN ('person', 'group', 'body', 'state')", name="kind"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    kind: Mapped[str] = mapped_column(Text)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))


class PartyNameRow(Base):
    """A name of a party, from a date."""

    __tablename__ = "party_name"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint(_RANGES, name="ranges"),
        ExcludeConstraint(
            ("party_id", "="),
            ("valid", "&&"),
            ("recorded", "&&"),
            name="party_name_one_at_a_time",
            using="gist",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    name: Mapped[str] = mapped_column(Text)
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    recorded: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)


class InstrumentRow(Base):
    """A deed, decree or order that begins or ends rights."""

    __tablename__ = "instrument"
    __table_args__ = (UniqueConstraint("id", "jurisdiction"), CheckConstraint("title <> ''", name="title"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"))
    title: Mapped[str] = mapped_column(Text)
    dated: Mapped[date]


class ParcelRightRow(Base):
    """One state of one right: who holds what part of what on which parcel, from when, and how we know."""

    __tablename__ = "parcel_right"
    __table_args__ = (
        ForeignKeyConstraint(["party_id", "jurisdiction"], ["party.id", "party.jurisdiction"]),
        ForeignKeyConstraint(["begun_by", "jurisdiction"], ["instrument.id", "instrument.jurisdiction"]),
        ForeignKeyConstraint(["ended_by", "jurisdiction"], ["instrument.id", "instrument.jurisdiction"]),
        CheckConstraint(
            "kind IN ('ownership', 'lease', 'tenancy', 'usufruct', 'easement', 'mortgage', 'charge')",
            name="kind",
        ),
        CheckConstraint("source IN ('declared', 'register', 'verified')", name="source"),
        CheckConstraint("0 < numerator AND numerator <= denominator", name="share"),
        CheckConstraint(_RANGES, name="ranges"),
        ExcludeConstraint(
            ("jurisdiction", "="),
            ("number", "="),
            ("party_id", "="),
            ("valid", "&&"),
            ("recorded", "&&"),
            name="parcel_right_one_share",
            using="gist",
            where="kind = 'ownership'",
        ),
        Index(None, "jurisdiction", "number"),
        Index(None, "party_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    party_id: Mapped[int] = mapped_column(BigInteger)
    numerator: Mapped[int] = mapped_column(BigInteger)
    denominator: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(Text)
    terms: Mapped[str | None] = mapped_column(Text)
    begun_by: Mapped[int] = mapped_column(BigInteger)
    ended_by: Mapped[int | None] = mapped_column(BigInteger)
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    recorded: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
