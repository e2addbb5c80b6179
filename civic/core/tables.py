"""The town hall as the database holds it: local bodies, people and postings, cases and their history.

In: nothing.  Out: mapped rows.  Every row but that of a local body itself carries `body`; row-level security shows a
transaction only the rows of the body that it has entered (`civic.core.bodies`), and none before it has entered one.
What happened to a case is only added to: a trigger refuses to change or remove it.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import Base

_INSTANT = TIMESTAMP(timezone=True)
NO_DAY = date(9999, 12, 31)
"""The last day of what has no limit, in an order by limit."""


class LocalBodyRow(Base):
    """A local body with a town hall; its land is a jurisdiction's, which has no other."""

    __tablename__ = "local_body"
    __table_args__ = (
        UniqueConstraint("code", "jurisdiction"),
        UniqueConstraint("jurisdiction"),
        CheckConstraint("kind IN ('grama_panchayat', 'municipality', 'corporation', 'other')", name="kind"),
    )

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    name_en: Mapped[str] = mapped_column(Text)
    name_ml: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str] = mapped_column(Text)
    """IANA name; days of clocks and numbers of cases are days there."""
    rest_days: Mapped[str] = mapped_column(Text)
    """Days of the week without office, ISO numbers (1 = Monday) with commas; `6/2` is the second Saturday of a month."""
    synthetic: Mapped[bool]


class HolidayRow(Base):
    """A day without office."""

    __tablename__ = "holiday"

    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    name_en: Mapped[str] = mapped_column(Text)
    name_ml: Mapped[str] = mapped_column(Text)


class PersonRow(Base):
    """Someone the local body deals with: who applies, and who decides."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("body", "id"),
        UniqueConstraint("body", "email"),
        UniqueConstraint("body", "phone"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("language IN ('en', 'ml')", name="language"),
        CheckConstraint("email IS NOT NULL OR phone IS NOT NULL OR erased IS NOT NULL", name="reach"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(_INSTANT)
    erased: Mapped[datetime | None] = mapped_column(_INSTANT)


class PostingRow(Base):
    """A role that a person holds in a local body, from a day, by an order; its rights end with it."""

    __tablename__ = "posting"
    __table_args__ = (
        ForeignKeyConstraint(["body", "person_id"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "posted_by"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "ended_by"], ["person.body", "person.id"]),
        CheckConstraint("posted_by <> person_id", name="own"),
        CheckConstraint(
            "role IN ('licensee', 'front_office', 'verifier', 'field_inspector', 'approver', 'secretary',"
            " 'agency', 'auditor', 'counter', 'admin')",
            name="role",
        ),
        CheckConstraint("ends IS NULL OR ends >= begins", name="days"),
        CheckConstraint("order_ref <> ''", name="order_ref"),
        CheckConstraint(
            "licence IS NULL OR (role = 'licensee' AND licence IN ('architect', 'engineer', 'designer', 'supervisor'))",
            name="licence",
        ),
        Index(None, "body", "person_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    person_id: Mapped[int] = mapped_column(BigInteger)
    role: Mapped[str] = mapped_column(Text)
    licence: Mapped[str | None] = mapped_column(Text)
    """What a licensee is; unknown where it was posted before it was asked by itself and could not be read."""
    grade: Mapped[str | None] = mapped_column(Text)
    """Class of a licensee, or name of an agency."""
    order_ref: Mapped[str] = mapped_column(Text)
    begins: Mapped[date]
    ends: Mapped[date | None]
    """First day without it."""
    posted_by: Mapped[int | None] = mapped_column(BigInteger)
    """Whoever posted; nobody of the body where the posting came with its founding."""
    ended_by: Mapped[int | None] = mapped_column(BigInteger)


class SignInCodeRow(Base):
    """A one-time code that was sent; kept as a hash, good for a few minutes and a few tries."""

    __tablename__ = "sign_in_code"
    __table_args__ = (
        CheckConstraint("tries >= 0", name="tries"),
        Index(None, "body", "reach"),
        Index(None, "body", "made"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    reach: Mapped[str] = mapped_column(Text)
    """The e-mail address or telephone number it was sent to."""
    sender: Mapped[str] = mapped_column(Text)
    """Whoever asked for it: a short digest of the network address."""
    digest: Mapped[str] = mapped_column(Text)
    made: Mapped[datetime] = mapped_column(_INSTANT)
    ends: Mapped[datetime] = mapped_column(_INSTANT)
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    used: Mapped[datetime | None] = mapped_column(_INSTANT)


class SignInRow(Base):
    """A signed-in browser; its secret is kept as a hash."""

    __tablename__ = "sign_in"
    __table_args__ = (
        ForeignKeyConstraint(["body", "person_id"], ["person.body", "person.id"]),
        UniqueConstraint("body", "id"),
        CheckConstraint("way IN ('code', 'oidc', 'passkey', 'demo')", name="way"),
        Index(None, "body", "person_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    digest: Mapped[str] = mapped_column(Text, unique=True)
    person_id: Mapped[int] = mapped_column(BigInteger)
    way: Mapped[str] = mapped_column(Text)
    device: Mapped[str] = mapped_column(Text)
    """What the browser calls itself, as a short digest: maker and checker sit at different machines."""
    begun: Mapped[datetime] = mapped_column(_INSTANT)
    ends: Mapped[datetime] = mapped_column(_INSTANT)
    ended: Mapped[datetime | None] = mapped_column(_INSTANT)


class CaseSerialRow(Base):
    """The last serial number of a service in a year; taken in the case's own transaction, so that none is skipped."""

    __tablename__ = "case_serial"

    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"), primary_key=True)
    service: Mapped[str] = mapped_column(Text, primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class CaseRow(Base):
    """A case: one matter of one service, on some parcels, in one state, on somebody's turn."""

    __tablename__ = "civic_case"
    __table_args__ = (
        UniqueConstraint("body", "id"),
        UniqueConstraint("body", "number"),
        UniqueConstraint("body", "service", "year", "serial"),
        ForeignKeyConstraint(["body", "opened_by"], ["person.body", "person.id"]),
        CheckConstraint("serial > 0", name="serial"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("(closed IS NULL) = (turn IS NOT NULL)", name="turn"),
        Index(None, "body", "opened"),
        Index("civic_case_inbox_idx", "body", "turn", "due", "id", postgresql_where=text("closed IS NULL")),
        Index("civic_case_closed_idx", "body", "closed", postgresql_where=text("closed IS NOT NULL")),
        Index(None, "body", "opened_by"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    service: Mapped[str] = mapped_column(Text)
    workflow: Mapped[str] = mapped_column(Text)
    """The edition of the workflow under which the case was opened."""
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    turn: Mapped[str | None] = mapped_column(Text)
    """The role that must act next; nobody's once the case is closed."""
    since: Mapped[datetime] = mapped_column(_INSTANT)
    due: Mapped[date]
    """The last day of the turn; `NO_DAY` where it has no limit, so that an inbox is read along one index."""
    opened: Mapped[datetime] = mapped_column(_INSTANT)
    opened_by: Mapped[int] = mapped_column(BigInteger)
    closed: Mapped[datetime | None] = mapped_column(_INSTANT)
    version: Mapped[int]
    """Grows with every step: who acts on an older one is told so."""


class CaseParcelRow(Base):
    """A parcel that a case points at."""

    __tablename__ = "case_parcel"
    __table_args__ = (
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "jurisdiction"], ["local_body.code", "local_body.jurisdiction"]),
        Index(None, "body", "number"),
    )

    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    number: Mapped[str] = mapped_column(Text, primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(Text)


class CasePartyRow(Base):
    """A person's part in a case."""

    __tablename__ = "case_party"
    __table_args__ = (
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "person_id"], ["person.body", "person.id"]),
        CheckConstraint("part IN ('applicant', 'owner', 'licensee', 'neighbour')", name="part"),
        Index(None, "body", "person_id"),
    )

    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    part: Mapped[str] = mapped_column(Text, primary_key=True)


class CaseEventRow(Base):
    """One thing that happened to a case: written with the change it tells of, never changed after."""

    __tablename__ = "case_event"
    __table_args__ = (
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "person_id"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "sign_in_id"], ["sign_in.body", "sign_in.id"]),
        CheckConstraint("seen_by IN ('everyone', 'parties', 'staff')", name="seen_by"),
        Index(None, "body", "instant"),
    )

    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    instant: Mapped[datetime] = mapped_column(_INSTANT)
    step: Mapped[str] = mapped_column(Text)
    state_before: Mapped[str | None] = mapped_column(Text)
    state_after: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    """The role in which the person acted; `clock` where time itself did."""
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    sign_in_id: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str | None] = mapped_column(Text)
    seen_by: Mapped[str] = mapped_column(Text)
    told: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """What the step carried, as the service keeps it."""


class CaseTaskRow(Base):
    """Something asked beside the case's own turn: a consultation, a visit; all run at the same time."""

    __tablename__ = "case_task"
    __table_args__ = (
        UniqueConstraint("body", "id"),
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "answered_by"], ["person.body", "person.id"]),
        CheckConstraint("(answered IS NULL) = (answer IS NULL)", name="answer"),
        Index(None, "body", "case_id"),
        Index(
            "case_task_open_idx", "body", "role", "due", "case_id", postgresql_where=text("answered IS NULL")
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    case_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    asked: Mapped[datetime] = mapped_column(_INSTANT)
    due: Mapped[date]
    """The last day for an answer, or `NO_DAY`."""
    answered: Mapped[datetime | None] = mapped_column(_INSTANT)
    answered_by: Mapped[int | None] = mapped_column(BigInteger)
    answer: Mapped[str | None] = mapped_column(Text)
    told: Mapped[dict[str, Any]] = mapped_column(JSONB)
