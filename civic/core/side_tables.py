"""What stands beside people and cases: who is known as an owner of the register, who answers for an authority, who records what it
answered on paper, which forms were sent.

In: nothing.  Out: mapped rows, closed between local bodies.
"""

from datetime import datetime

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


class KnownOwnerRow(Base):
    """A person who is a party of the register of land, as an officer has seen on paper."""

    __tablename__ = "known_owner"
    __table_args__ = (
        ForeignKeyConstraint(["body", "person_id"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "known_by"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "ended_by"], ["person.body", "person.id"]),
        CheckConstraint("known_by <> person_id", name="own"),
        Index("known_owner_party_idx", "body", "party_id", postgresql_where=text("ended IS NULL")),
        Index(
            "known_owner_person_idx",
            "body",
            "person_id",
            "party_id",
            unique=True,
            postgresql_where=text("ended IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    person_id: Mapped[int] = mapped_column(BigInteger)
    party_id: Mapped[int] = mapped_column(BigInteger)
    """The party of the register; no key leads there, so that nothing but the town hall's own code finds an owner."""
    case_id: Mapped[int | None] = mapped_column(BigInteger)
    """The case in which the officer saw it; null where it came with the founding of a synthetic body."""
    known: Mapped[datetime] = mapped_column(_INSTANT)
    known_by: Mapped[int | None] = mapped_column(BigInteger)
    ended: Mapped[datetime | None] = mapped_column(_INSTANT)
    ended_by: Mapped[int | None] = mapped_column(BigInteger)


class AnswersForRow(Base):
    """A person who answers for an authority, from an instant on, by the word of an officer."""

    __tablename__ = "answers_for"
    __table_args__ = (
        ForeignKeyConstraint(["body", "person_id"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "by_id"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "ended_by"], ["person.body", "person.id"]),
        CheckConstraint("authority <> ''", name="authority"),
        CheckConstraint("by_id <> person_id", name="own"),
        Index(
            "answers_for_open_idx",
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
    """The English name under which a task of a case names it."""
    person_id: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[datetime] = mapped_column(_INSTANT)
    by_id: Mapped[int | None] = mapped_column(BigInteger)
    """Nobody where it came with the founding of a body."""
    ended: Mapped[datetime | None] = mapped_column(_INSTANT)
    ended_by: Mapped[int | None] = mapped_column(BigInteger)


class SentFormRow(Base):
    """A form by which somebody opened a case: the same form again shows that case."""

    __tablename__ = "sent_form"
    __table_args__ = (
        ForeignKeyConstraint(["body", "person_id"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        Index(None, "body", "sent"),
    )

    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    """Of the form's own mark and everything that was written in it."""
    case_id: Mapped[int] = mapped_column(BigInteger)
    sent: Mapped[datetime] = mapped_column(_INSTANT)


class PaperDeskRow(Base):
    """Who records the answers of authorities that came on paper, from an instant on, as the local body itself has ordered; only added to."""

    __tablename__ = "paper_desk"
    __table_args__ = (
        ForeignKeyConstraint(["body", "by_id"], ["person.body", "person.id"]),
        CheckConstraint("roles ~ '^(front_office|verifier|front_office,verifier)?$'", name="roles"),
        CheckConstraint("source <> ''", name="source"),
        Index(None, "body", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    roles: Mapped[str] = mapped_column(Text)
    """With commas; empty where nobody does any more."""
    source: Mapped[str] = mapped_column(Text)
    """The local body's own order, by number and day."""
    since: Mapped[datetime] = mapped_column(_INSTANT)
    by_id: Mapped[int | None] = mapped_column(BigInteger)
    """Nobody where it came with the founding of a synthetic body."""
