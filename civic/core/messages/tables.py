"""Messages as the database holds them: the outbox, every try, the wording of a body, consents, and watches over plots.

In: nothing.  Out: mapped rows.  Tries are only added to.
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
from sqlalchemy import (
    text as statement,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import Base

_INSTANT = TIMESTAMP(timezone=True)


class MessageRow(Base):
    """One message to one address by one channel, written with what it tells."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("body", "id"),
        ForeignKeyConstraint(["body", "case_id"], ["civic_case.body", "civic_case.id"]),
        ForeignKeyConstraint(["body", "person_id"], ["person.body", "person.id"]),
        CheckConstraint("channel IN ('email', 'sms', 'whatsapp')", name="channel"),
        CheckConstraint("language IN ('en', 'ml')", name="language"),
        CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'delivered', 'failed', 'unsent')", name="state"
        ),
        CheckConstraint("tries >= 0", name="tries"),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failure"),
        Index(None, "body", "case_id"),
        Index(None, "body", "made", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    case_id: Mapped[int | None] = mapped_column(BigInteger)
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    channel: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    """Where it goes: an e-mail address or a telephone number."""
    template: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    blanks: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """What was put into the template's blanks, in the order of the wording: an approved template is sent with these."""
    state: Mapped[str] = mapped_column(Text)
    """`unsent`: it would have been sent, but this instance sends nothing by the channel."""
    made: Mapped[datetime] = mapped_column(_INSTANT)
    tries: Mapped[int] = mapped_column(server_default=statement("0"))
    sent: Mapped[datetime | None] = mapped_column(_INSTANT)
    reference: Mapped[str | None] = mapped_column(Text)
    """What the carrier calls it."""
    failure: Mapped[str | None] = mapped_column(Text)


class MessageTryRow(Base):
    """One try to send a message, and what came of it."""

    __tablename__ = "message_try"
    __table_args__ = (
        ForeignKeyConstraint(["body", "message_id"], ["message.body", "message.id"]),
        CheckConstraint(
            "outcome IN ('sent', 'postponed', 'refused', 'unsent', 'delivered', 'undelivered')",
            name="outcome",
        ),
    )

    message_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    instant: Mapped[datetime] = mapped_column(_INSTANT)
    outcome: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    """What the carrier said."""


class MessageTemplateRow(Base):
    """A local body's own wording of a message, and how the carriers know it."""

    __tablename__ = "message_template"
    __table_args__ = (CheckConstraint("language IN ('en', 'ml')", name="language"),)

    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    language: Mapped[str] = mapped_column(Text, primary_key=True)
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    sms: Mapped[str] = mapped_column(Text)
    sms_header: Mapped[str | None] = mapped_column(Text)
    """Sender's header as registered for DLT, such as KLPKDM."""
    sms_template: Mapped[str | None] = mapped_column(Text)
    """Identifier of the registered template."""
    whatsapp_template: Mapped[str | None] = mapped_column(Text)
    """Name of the approved template."""


class MessageConsentRow(Base):
    """A person's word that messages may come by WhatsApp."""

    __tablename__ = "message_consent"
    __table_args__ = (
        ForeignKeyConstraint(["body", "person_id"], ["person.body", "person.id"]),
        CheckConstraint("channel IN ('whatsapp')", name="channel"),
    )

    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    given: Mapped[datetime] = mapped_column(_INSTANT)
    withdrawn: Mapped[datetime | None] = mapped_column(_INSTANT)


class PlotWatchRow(Base):
    """A person's wish to be told of everything on a plot and its neighbours."""

    __tablename__ = "plot_watch"
    __table_args__ = (
        UniqueConstraint("stop"),
        ForeignKeyConstraint(["body", "person_id"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "decided_by"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "jurisdiction"], ["local_body.code", "local_body.jurisdiction"]),
        CheckConstraint("ground IN ('party', 'declared')", name="ground"),
        CheckConstraint("state IN ('asked', 'watching', 'refused', 'stopped')", name="state"),
        CheckConstraint("ground <> 'declared' OR reason <> ''", name="reason"),
        Index(
            "plot_watch_person_idx",
            "body",
            "person_id",
            "number",
            unique=True,
            postgresql_where=statement("state IN ('asked', 'watching')"),
        ),
        Index("plot_watch_number_idx", "body", "number", postgresql_where=statement("state = 'watching'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    person_id: Mapped[int] = mapped_column(BigInteger)
    jurisdiction: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    ground: Mapped[str] = mapped_column(Text)
    """`party`: a party of a case on the plot; `declared`: as the person says, checked by staff."""
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    asked: Mapped[datetime] = mapped_column(_INSTANT)
    decided: Mapped[datetime | None] = mapped_column(_INSTANT)
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    stop: Mapped[str] = mapped_column(Text)
    """The secret of the link that ends it; it can do nothing else."""
    known: Mapped[datetime | None] = mapped_column(_INSTANT)
    """The last recording of the place that was looked at for it; None until it is watched."""
    looked: Mapped[date | None]
    """The last day that was looked at for it: what begins or ends with a later one is news."""
