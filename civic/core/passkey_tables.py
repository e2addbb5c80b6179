"""Passkeys as the database holds them: public halves, and challenges that wait for an answer.

In: nothing.  Out: mapped rows.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Identity, Index, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import Base

_INSTANT = TIMESTAMP(timezone=True)


class PasskeyRow(Base):
    """The public half of a key on somebody's device."""

    __tablename__ = "passkey"
    __table_args__ = (
        ForeignKeyConstraint(["body", "person_id"], ["person.body", "person.id"]),
        CheckConstraint("count >= 0", name="count"),
        Index(None, "body", "person_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    person_id: Mapped[int] = mapped_column(BigInteger)
    credential: Mapped[str] = mapped_column(Text, unique=True)
    public_key: Mapped[str] = mapped_column(Text)
    count: Mapped[int] = mapped_column(BigInteger)
    """How often the device says that it has signed."""
    name: Mapped[str] = mapped_column(Text)
    made: Mapped[datetime] = mapped_column(_INSTANT)
    used: Mapped[datetime | None] = mapped_column(_INSTANT)


class PasskeyChallengeRow(Base):
    """A challenge that was given out and waits to be signed, once."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (Index(None, "body", "ends"),)

    challenge: Mapped[str] = mapped_column(Text, primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    sender: Mapped[str] = mapped_column(Text)
    """Whoever asked for it: a short digest of the network address."""
    ends: Mapped[datetime] = mapped_column(_INSTANT)
