"""Something asked beside the turn that no workflow can name beforehand, and how long the office waits for a party's answer.

In: a case that is being moved, a role, a limit.  Out: a task; the step that asks it writes the history, and whoever answers does so by
`civic.core.steps.answer_task`.  For a case that waits for a party: whether its time to answer is over.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.case import Case
from civic.core.desk import Desk
from civic.core.tables import NO_DAY, CaseTaskRow
from civic.core.workflow import PARTIES, Limit


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


def time_to_answer(_session: Session, standing: Case, on: date) -> str | None:
    """The guard of a step by which the office goes on without the answer of a party: why it may not be taken on a day."""
    if standing.turn not in PARTIES or standing.due is None or standing.due < on:
        return None
    return f"Whoever was asked may answer until {standing.due}."
