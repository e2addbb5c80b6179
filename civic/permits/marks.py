"""What a list of cases tells of a permit beside number and state: of what kind it is, and of what class of risk its newest drawing.

In: cases of a list.  Out: keys of the pages' words by case, in the order in which they are read.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from civic.permits.tables import PermitCaseRow, PermitCheckRow

UNTOLD = "open"
"""How a class is named that the book does not tell of a drawing."""


def marks_of(session: Session, case_ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    """Kind and class of risk of each permit among some cases; a case without a drawing has no class."""
    kinds = select(PermitCaseRow.case_id, PermitCaseRow.kind).where(PermitCaseRow.case_id.in_(case_ids))
    risks = _risks(session, case_ids)
    return {
        case_id: (f"permits.kind.{kind}", *([f"permits.risk.{risks[case_id]}"] if case_id in risks else ()))
        for case_id, kind in session.execute(kinds)
    }


def _risks(session: Session, case_ids: Sequence[int]) -> dict[int, str]:
    """The class of the newest check of each case that has one."""
    level = PermitCheckRow.found["statement"]["risk"]["level"].as_string()
    newest = (
        select(PermitCheckRow.case_id, func.max(PermitCheckRow.seq).label("seq"))
        .where(PermitCheckRow.case_id.in_(case_ids))
        .group_by(PermitCheckRow.case_id)
        .subquery()
    )
    same = (PermitCheckRow.case_id == newest.c.case_id) & (PermitCheckRow.seq == newest.c.seq)
    found = session.execute(select(PermitCheckRow.case_id, level).join(newest, same))
    return {case_id: told or UNTOLD for case_id, told in found}
