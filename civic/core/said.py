"""What is written into a case's history without anybody taking a step: that something is late, that a message did not arrive, an act.

In: a desk, a case.  Out: the case in its next version, in the state in which it was.
"""

from collections.abc import Mapping
from typing import Any

from civic.core.case import AskedTask, Case
from civic.core.desk import Desk
from civic.core.people import Actor
from civic.core.steps import UNDELIVERED, again, locked
from civic.core.workflow import CLOCK


def add_escalation(
    desk: Desk, case_id: int, *, role: str, step: str, version: int, task: AskedTask | None = None
) -> Case | None:
    """Write that a turn, or a task, has run out and who is told; both stay where they are.  None where the case moved meanwhile."""
    standing = locked(desk, case_id)
    if standing.version != version:
        return None
    told: dict[str, Any] = {"role": role, "due": str(task.due if task else standing.due)}
    if task:
        told |= {"task": task.id, "kind": task.kind}
    return again(desk, standing, step, role=CLOCK, actor=None, note=None, seen="parties", told=told)


def add_undelivered(desk: Desk, case_id: int, *, told: Mapping[str, Any]) -> Case:
    """Write that a message about the case did not arrive; the turn stays where it is."""
    standing = locked(desk, case_id)
    return again(desk, standing, UNDELIVERED, role=CLOCK, actor=None, note=None, seen="parties", told=told)


def add_act(
    desk: Desk,
    case_id: int,
    name: str,
    *,
    role: str,
    actor: Actor | None,
    note: str | None,
    told: Mapping[str, Any],
) -> Case:
    """Write what was done to a case beside its steps, as its workflow names it; whoever listens tells the parties and the watchers."""
    if name not in desk.flow.acts:
        raise KeyError(f"The workflow of {desk.flow.service} has no act {name}.")
    standing = locked(desk, case_id)
    return again(desk, standing, name, role=role, actor=actor, note=note, seen="parties", told=told)
