"""Who looked at whose data: rows are only added, and only their subject and the auditor read them.

In: nothing.  Out: a mapped row.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Identity, Index, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from gis.db.session import Base


class PersonalLookRow(Base):
    """An officer opened a page that shows a person's data."""

    __tablename__ = "personal_look"
    __table_args__ = (
        ForeignKeyConstraint(["body", "subject_id"], ["person.body", "person.id"]),
        ForeignKeyConstraint(["body", "reader_id"], ["person.body", "person.id"]),
        Index(None, "body", "subject_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body: Mapped[str] = mapped_column(ForeignKey("local_body.code"))
    instant: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    reader_id: Mapped[int] = mapped_column(BigInteger)
    roles: Mapped[str] = mapped_column(Text)
    """The roles that the reader held at the time, with commas."""
    page: Mapped[str] = mapped_column(Text)
    """What was opened: the number of a case, or a list of persons (`civic.core.privacy.looks.LISTS`)."""
