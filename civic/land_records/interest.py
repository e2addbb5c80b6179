"""Whether whoever applies has an interest in the plot: a recorded owner, or a paper that shows it.

In: a case.  Out: on what its interest rests, and the guard that holds a check and a decision until there is something.  What
a paper is worth the officers judge who read it.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.bodies import local_body
from civic.core.case import Case, parcels_of
from civic.core.documents.records import FULL, INFECTED
from civic.core.documents.tables import DocumentRow, DocumentVersionRow
from civic.core.owners import owns
from civic.land_records.tables import LandRecordRow

PAPERS = ("deed", "letter")
"""Kinds of papers that can show an interest: a deed in the applicant's name, a letter by which an owner lets them act."""
LACKING = (
    "The applicant is not known as an owner of the plot, and neither a deed nor a letter of its owner is among the papers"
    " of this case."
)


class Interest(StrEnum):
    """On what an applicant's interest rests."""

    OWNER = "owner"
    PAPER = "paper"
    LACKING = "lacking"


def interest(session: Session, standing: Case, *, on: date) -> Interest:
    """On what the interest of who opened a case rests on a day."""
    body = local_body(session, standing.body)
    if owns(session, body, standing.opened_by, _plots(session, standing), on=on):
        return Interest.OWNER
    paper = (
        select(DocumentRow.id)
        .join(DocumentVersionRow, DocumentVersionRow.document_id == DocumentRow.id)
        .where(
            DocumentRow.case_id == standing.id,
            DocumentRow.kind.in_(PAPERS),
            DocumentVersionRow.record == FULL,
            DocumentVersionRow.scan != INFECTED,
        )
    )
    return Interest.PAPER if session.scalar(paper.limit(1)) is not None else Interest.LACKING


def _plots(session: Session, standing: Case) -> Sequence[str]:
    """The plots of a case; once it has changed them those that it began, for the owners go with their land."""
    made = session.scalar(select(LandRecordRow.made).where(LandRecordRow.case_id == standing.id))
    return (made or {}).get("began") or parcels_of(session, standing.id)


def lacks_interest(session: Session, standing: Case, on: date) -> str | None:
    """The guard: why a step may not be taken on a day."""
    return LACKING if interest(session, standing, on=on) is Interest.LACKING else None
