"""Something asked beside the turn that no workflow can name beforehand: whom a case's own findings call for.

In: a case that is being moved, a role, a limit.  Out: a task; the step that asks it writes the history, and whoever answers does so by
`civic.core.steps.answer_task`.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from civic.core.desk import Desk
from civic.core.tables import NO_DAY, CaseTaskRow
from civic.core.workflow import Limit


def ask_task(
    desk: Desk, case_id: int, *, kind: str, role: str, within: Limit | None, told: Mapping[str, Any]
) -> bool:
    """Ask something beside the turn, as a part of a step that writes the history; False where it is asked already and open."""
    asked = select(CaseTaskRow.id).where(
        CaseTaskRow.case_id == case_id, CaseTaskRow.kind == kind, CaseTaskRow.answered.is_(None)
    )
    if desk.session.scalar(asked.limit(1)) is not None:
        return False
    row = CaseTaskRow(
        body=desk.body.code,
        case_id=case_id,
        kind=kind,
        role=role,
        asked=desk.now,
        due=desk.due(within) or NO_DAY,
        told=dict(told),
    )
    desk.session.add(row)
    desk.session.flush()
    return True
