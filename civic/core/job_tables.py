"""What is kept of jobs beside their queue: which are done, and which round of a repeated one was begun.

In: nothing.  Out: mapped rows.  The queue itself lies in the schema `jobs` and belongs to its library; it names bodies and
identifiers, never a person.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import Base

_INSTANT = TIMESTAMP(timezone=True)


class JobDoneRow(Base):
    """A job whose effect is in the database: written with it, so that no second run repeats it."""

    __tablename__ = "job_done"
    __table_args__ = (Index(None, "body", "done"),)

    job_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    kind: Mapped[str] = mapped_column(Text)
    done: Mapped[datetime] = mapped_column(_INSTANT)


class JobRoundRow(Base):
    """One round of a job that is done every minute, hour or night: whichever worker writes it first begins it."""

    __tablename__ = "job_round"

    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    due: Mapped[datetime] = mapped_column(_INSTANT, primary_key=True)
