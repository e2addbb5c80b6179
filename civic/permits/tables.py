"""What a building permit keeps beside its case: checks, consents, queries, words on findings, overrides, fees set.

In: nothing.  Out: mapped rows, closed between local bodies.  What was found, said or overruled is only added to:
a trigger refuses to change or remove it.  What was issued is mapped in `civic.permits.issued_tables`.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from civic.permits.issued_tables import (
    KINDS,
    PermitAppealRow,
    PermitAuditRow,
    PermitDrawRow,
    PermitPhotoRow,
    PermitRow,
    PermitVisitRow,
)
from gis.db.session import Base

__all__ = [
    "PermitAppealRow",
    "PermitAuditRow",
    "PermitCaseRow",
    "PermitCheckRow",
    "PermitConsentRow",
    "PermitDrawRow",
    "PermitFeeSetRow",
    "PermitOverrideRow",
    "PermitPhotoRow",
    "PermitQueryRow",
    "PermitRow",
    "PermitVisitRow",
    "PermitWordRow",
]

_INSTANT = TIMESTAMP(timezone=True)
_DIGEST = "~ '^[0-9a-f]{64}$'"


class PermitCaseRow(Base):
    """What a matter of a permit is about, who draws it, and on which way it was sent and why."""

    __tablename__ = "permit_case"
    __table_args__ = (
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "of_permit"], ["permit.body", "permit.number"]),
        ForeignKeyConstraint(["body", "licensee_id"], ["person.body", "person.id"]),
        CheckConstraint(KINDS, name="kind"),
        CheckConstraint("route IN ('self_certified', 'officer')", name="route"),
        CheckConstraint("title <> ''", name="title"),
        Index(None, "body", "of_permit"),
    )

    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    kind: Mapped[str] = mapped_column(Text)
    of_permit: Mapped[str | None] = mapped_column(Text)
    """The permit that a renewal, a plinth or an occupancy follows."""
    licensee_id: Mapped[int | None] = mapped_column(BigInteger)
    """Who draws and signs today; a former one stands in the history."""
    title: Mapped[str] = mapped_column(Text)
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """What the form said."""
    route: Mapped[str | None] = mapped_column(Text)
    why: Mapped[list[Any]] = mapped_column(JSONB)
    """The reasons of the route, each with rule, clause and words."""


class PermitCheckRow(Base):
    """One check of one drawing on the case's plot, kept whole."""

    __tablename__ = "permit_check"
    __table_args__ = (
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "document_id"], ["document.body", "document.id"]),
        ForeignKeyConstraint(
            ["document_id", "record", "document_seq"],
            ["document_version.document_id", "document_version.record", "document_version.seq"],
        ),
        ForeignKeyConstraint(["body", "made_by"], ["person.body", "person.id"]),
        UniqueConstraint("body", "case_id", "id"),
        UniqueConstraint("case_id", "seq"),
        CheckConstraint("seq > 0", name="seq"),
        CheckConstraint(f"sha256 {_DIGEST}", name="sha256"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    case_id: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int]
    document_id: Mapped[int] = mapped_column(BigInteger)
    record: Mapped[str] = mapped_column(Text)
    document_seq: Mapped[int]
    sha256: Mapped[str] = mapped_column(Text)
    """Of the drawing: what is signed and what is permitted is this file and no other."""
    answers: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What persons said beside the drawing, as `rules.answers_document` reads it."""
    made: Mapped[datetime] = mapped_column(_INSTANT)
    made_by: Mapped[int | None] = mapped_column(BigInteger)
    """Nobody where a job checked it again."""
    on: Mapped[date]
    """The day by whose book and land it was checked."""
    known: Mapped[datetime] = mapped_column(_INSTANT)
    """The newest recording of the land that the check knew."""
    book_digest: Mapped[str | None] = mapped_column(Text)
    """Of the edition of the rule book; null where the land has none."""
    verdict: Mapped[str] = mapped_column(Text)
    found: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The whole `bhumika-check-1` document, in its own order, so that its digest can be reckoned again."""
    svg: Mapped[str] = mapped_column(Text)
    ground: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """The plan laid on its plot: GeoJSON, EPSG:4326."""


class PermitConsentRow(Base):
    """The signature of an owner or licensee under a very drawing, or under a change of licensee."""

    __tablename__ = "permit_consent"
    __table_args__ = (
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["case_id", "check_seq"], ["permit_check.case_id", "permit_check.seq"]),
        ForeignKeyConstraint(["body", "person_id"], ["person.body", "person.id"]),
        CheckConstraint("part IN ('owner', 'licensee')", name="part"),
        CheckConstraint(f"sha256 {_DIGEST}", name="sha256"),
        CheckConstraint("words <> ''", name="words"),
        Index(None, "body", "case_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    case_id: Mapped[int] = mapped_column(BigInteger)
    check_seq: Mapped[int | None]
    """The check that lay before who signed; null for what is signed about no drawing."""
    sha256: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(BigInteger)
    part: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    """The exact sentences signed, one on each line."""
    declared: Mapped[list[str]] = mapped_column(JSONB)
    """Identifiers of the entries of the declared list among them."""
    given: Mapped[datetime] = mapped_column(_INSTANT)
    withdrawn: Mapped[datetime | None] = mapped_column(_INSTANT)


class PermitQueryRow(Base):
    """A question of an officer that points at a finding, with its clock and its answer."""

    __tablename__ = "permit_query"
    __table_args__ = (
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["case_id", "answered_check"], ["permit_check.case_id", "permit_check.seq"]),
        ForeignKeyConstraint(["body", "asked_by"], ["person.body", "person.id"]),
        CheckConstraint("words <> ''", name="words"),
        CheckConstraint("(answered IS NULL) = (answer IS NULL)", name="answer"),
        Index(None, "body", "case_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    case_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    rule: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    asked: Mapped[datetime] = mapped_column(_INSTANT)
    asked_by: Mapped[int] = mapped_column(BigInteger)
    due: Mapped[date]
    answered: Mapped[datetime | None] = mapped_column(_INSTANT)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_check: Mapped[int | None]
    """The check of the drawing that was handed in with the answer."""


class PermitWordRow(Base):
    """An officer's word on a finding that does not pass by itself, or on a reason of the town hall's own: accepted or refused."""

    __tablename__ = "permit_word"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "check_seq"], ["permit_check.case_id", "permit_check.seq"]),
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "by_id"], ["person.body", "person.id"]),
        CheckConstraint("stance IN ('accepted', 'condition', 'refused')", name="stance"),
        CheckConstraint("(check_seq IS NULL) = (rule = 'town_hall')", name="town"),
        CheckConstraint("reason <> ''", name="reason"),
        Index(None, "body", "case_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    case_id: Mapped[int] = mapped_column(BigInteger)
    check_seq: Mapped[int | None]
    """None for a reason of the town hall's own, which no drawing changes."""
    rule: Mapped[str] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    stance: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    """Why it is accepted or refused, or the condition itself; the newest word on a finding holds."""
    by_id: Mapped[int] = mapped_column(BigInteger)
    made: Mapped[datetime] = mapped_column(_INSTANT)


class PermitOverrideRow(Base):
    """A finding that an officer overruled, with the reason that is published."""

    __tablename__ = "permit_override"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "check_seq"], ["permit_check.case_id", "permit_check.seq"]),
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "by_id"], ["person.body", "person.id"]),
        CheckConstraint("reason <> ''", name="reason"),
        Index(None, "body", "case_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    case_id: Mapped[int] = mapped_column(BigInteger)
    check_seq: Mapped[int]
    rule: Mapped[str] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    outcome_before: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(BigInteger)
    made: Mapped[datetime] = mapped_column(_INSTANT)


class PermitFeeSetRow(Base):
    """A fee that drawing and book could not tell, as an officer set it; the newest for a head holds."""

    __tablename__ = "permit_fee_set"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "check_seq"], ["permit_check.case_id", "permit_check.seq"]),
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "by_id"], ["person.body", "person.id"]),
        CheckConstraint("paise >= 0", name="paise"),
        CheckConstraint("reason <> '' AND source <> ''", name="reason"),
        Index(None, "body", "case_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    case_id: Mapped[int] = mapped_column(BigInteger)
    check_seq: Mapped[int | None]
    """Of the very drawing; none where what is applied for brings no drawing."""
    head: Mapped[str] = mapped_column(Text)
    paise: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    """The clause, order or resolution that sets it."""
    by_id: Mapped[int] = mapped_column(BigInteger)
    made: Mapped[datetime] = mapped_column(_INSTANT)
