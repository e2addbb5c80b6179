"""Of whom a task is asked that names its authority: a class of posting says nothing of whose word somebody has.

In: a person.  Out: a condition for queries of tasks, and the tasks of a case that are this person's to answer.
"""

from sqlalchemy import ColumnElement, exists, not_, or_, select
from sqlalchemy.orm import Session

from civic.core.side_tables import AnswersForRow
from civic.core.tables import CaseTaskRow


def asked_of(person_id: int | None) -> ColumnElement[bool]:
    """Whether a task is asked of a person: of those named for its authority, or of everyone posted while nobody is named."""
    named = (
        exists()
        .where(
            AnswersForRow.ended.is_(None),
            AnswersForRow.authority == CaseTaskRow.told["authority"]["en"].astext,
        )
        .correlate(CaseTaskRow)
    )
    return or_(not_(named), named.where(AnswersForRow.person_id == person_id))


def to_answer(session: Session, case_id: int, roles: frozenset[str], person_id: int) -> frozenset[int]:
    """The open tasks of a case that somebody who stands in some roles in it answers."""
    query = select(CaseTaskRow.id).where(
        CaseTaskRow.case_id == case_id,
        CaseTaskRow.answered.is_(None),
        CaseTaskRow.role.in_(roles),
        asked_of(person_id),
    )
    return frozenset(session.scalars(query))
