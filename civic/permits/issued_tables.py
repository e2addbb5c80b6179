"""What was issued and what followed: the permit itself, visits with their photographs, audits afterwards, appeals.

In: nothing.  Out: mapped rows, closed between local bodies.  A visit and its photographs are only added to.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import Base

_INSTANT = TIMESTAMP(timezone=True)
KINDS = (
    "kind IN ('new', 'addition', 'change_of_use', 'demolition', 'layout', 'well', 'compound_wall', 'renewal',"
    " 'extension', 'transfer', 'revision', 'regularisation', 'plinth', 'occupancy')"
)

CHECKED = (
    "CASE WHEN route = 'earlier' OR kind IN ('renewal', 'extension', 'transfer', 'plinth') THEN check_id IS NULL"
    " ELSE check_id IS NOT NULL END"
)
"""What is drawn was checked here; an earlier permit, and what brings no drawing, was not."""


class PermitRow(Base):
    """A permit or certificate that was issued: once for a case, numbered without a gap in its year.

    Triggers of the database see at the end of a transaction that a case is granted if and only if its permit stands.
    """

    __tablename__ = "permit"
    __table_args__ = (
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(
            ["body", "case_id", "check_id"],
            ["permit_check.body", "permit_check.case_id", "permit_check.id"],
        ),
        UniqueConstraint("body", "case_id"),
        UniqueConstraint("body", "year", "serial"),
        CheckConstraint(KINDS, name="kind"),
        CheckConstraint("route IN ('self_certified', 'officer', 'deemed', 'earlier')", name="route"),
        CheckConstraint(
            "(serial IS NULL) = (route = 'earlier') AND (year IS NULL) = (serial IS NULL)", name="serial"
        ),
        CheckConstraint(CHECKED, name="check_id"),
        CheckConstraint("(revoked IS NULL) = (revoked_why IS NULL)", name="revoked"),
        ForeignKeyConstraint(["body", "revoked_by"], ["person.body", "person.id"]),
        CheckConstraint(
            "revoked IS NOT NULL OR (revoked_clause IS NULL AND revoked_by IS NULL)", name="revoked_how"
        ),
        ForeignKeyConstraint(["body", "replaced_by"], ["permit.body", "permit.number"]),
        CheckConstraint("(replaced IS NULL) = (replaced_by IS NULL)", name="replaced"),
        Index(None, "body", "issued"),
    )

    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"), primary_key=True)
    number: Mapped[str] = mapped_column(Text, primary_key=True)
    """As printed; an earlier permit keeps the number that it was given."""
    year: Mapped[int | None]
    serial: Mapped[int | None]
    case_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    route: Mapped[str] = mapped_column(Text)
    issued: Mapped[date]
    until: Mapped[date | None]
    """The last day on which it is valid; null for what does not end."""
    check_id: Mapped[int | None] = mapped_column(BigInteger)
    """A check of this very case."""
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Conditions, fees, findings measured and declared, each with rule and clause."""
    revoked: Mapped[date | None]
    revoked_why: Mapped[str | None] = mapped_column(Text)
    revoked_clause: Mapped[str | None] = mapped_column(Text)
    """The clause that the Secretary named; null of what was revoked before it was asked for."""
    revoked_by: Mapped[int | None] = mapped_column(BigInteger)
    replaced: Mapped[date | None]
    replaced_by: Mapped[str | None] = mapped_column(Text)
    """The revised permit that holds in its place from that day on."""


class PermitVisitRow(Base):
    """A visit to the plot as the telephone that was there tells it; its identifier is made there, so that it comes once."""

    __tablename__ = "permit_visit"
    __table_args__ = (
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "by_id"], ["person.body", "person.id"]),
        UniqueConstraint("body", "id"),
        CheckConstraint("ended >= begun", name="ended"),
        CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest"),
        Index(None, "body", "case_id"),
    )

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    case_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    """At which stage: site, plinth, completion, audit."""
    begun: Mapped[datetime] = mapped_column(_INSTANT)
    ended: Mapped[datetime] = mapped_column(_INSTANT)
    received: Mapped[datetime] = mapped_column(_INSTANT)
    by_id: Mapped[int] = mapped_column(BigInteger)
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The checklist as it was answered."""
    words: Mapped[str] = mapped_column(Text)
    place: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Where the telephone stood: position, accuracy, distance to the plot, verdict."""
    photos: Mapped[list[Any]] = mapped_column(JSONB)
    """The photographs that belong to it, as it announced them: it is whole once all of them are rows."""
    digest: Mapped[str] = mapped_column(Text)
    """Of all that was sent: the same visit sent twice is one."""


class PermitPhotoRow(Base):
    """A photograph of a visit: where it was taken, and how far from the plot that is."""

    __tablename__ = "permit_photo"
    __table_args__ = (
        ForeignKeyConstraint(["body", "visit_id"], ["permit_visit.body", "permit_visit.id"]),
        ForeignKeyConstraint(["body", "document_id"], ["document.body", "document.id"]),
        CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name="place"),
        CheckConstraint("accuracy_m >= 0 AND distance_m >= 0", name="metres"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        Index(None, "body", "sha256"),
    )

    visit_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    """Of the file as the camera made it."""
    document_id: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    taken: Mapped[datetime | None] = mapped_column(_INSTANT)
    longitude: Mapped[float | None] = mapped_column(Float)
    latitude: Mapped[float | None] = mapped_column(Float)
    accuracy_m: Mapped[float | None] = mapped_column(Float)
    distance_m: Mapped[float | None] = mapped_column(Float)
    verdict: Mapped[str] = mapped_column(Text)
    inside: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """What the file itself says of its place and time."""


class PermitDrawRow(Base):
    """The draw of a day: the self-certified permits among which it draws, and the seed that follows from them."""

    __tablename__ = "permit_draw"
    __table_args__ = (
        CheckConstraint("seed ~ '^[0-9a-f]{64}$'", name="seed"),
        CheckConstraint("taken >= 0", name="taken"),
    )

    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    """On which the permits were issued."""
    method: Mapped[str] = mapped_column(Text)
    pool: Mapped[list[Any]] = mapped_column(JSONB)
    """Each permit of the day in order, with what it was issued on."""
    seed: Mapped[str] = mapped_column(Text)
    taken: Mapped[int]
    """How many are drawn."""
    published: Mapped[datetime] = mapped_column(_INSTANT)


class PermitAuditRow(Base):
    """A self-certified permit that was drawn to be looked at afterwards, why, and what was found."""

    __tablename__ = "permit_audit"
    __table_args__ = (
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "number"], ["permit.body", "permit.number"]),
        ForeignKeyConstraint(["body", "done_by"], ["person.body", "person.id"]),
        UniqueConstraint("body", "number", "drawn", "why"),
        CheckConstraint("why IN ('random', 'risk')", name="why"),
        CheckConstraint("(outcome IS NULL) = (done IS NULL)", name="done"),
        Index("permit_audit_open_idx", "body", "drawn", "id", postgresql_where=text("outcome IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    number: Mapped[str] = mapped_column(Text)
    case_id: Mapped[int] = mapped_column(BigInteger)
    drawn: Mapped[date]
    why: Mapped[str] = mapped_column(Text)
    seed: Mapped[str] = mapped_column(Text)
    """What the draw was made with, so that it can be made again."""
    reasons: Mapped[list[Any]] = mapped_column(JSONB)
    outcome: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str | None] = mapped_column(Text)
    done: Mapped[datetime | None] = mapped_column(_INSTANT)
    done_by: Mapped[int | None] = mapped_column(BigInteger)


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
