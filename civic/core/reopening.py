"""A case that had ended is opened again: by an order from outside, which no step of a workflow foresees.

In: a closed case, the state in which it goes on, the words of the order.  Out: the case as it stands then; history and event are written
in the same transaction, as for every step.
"""

import json
from collections.abc import Mapping
from typing import Any

from civic.core.case import Case, to_case
from civic.core.desk import Advanced, Desk
from civic.core.events import publish
from civic.core.people import Actor
from civic.core.steps import locked
from civic.core.tables import NO_DAY
from gis.db.sql import statement
from gis.errors import Conflict


def reopen(
    desk: Desk,
    case_id: int,
    *,
    state: str,
    step: str,
    role: str,
    actor: Actor | None,
    note: str | None,
    told: Mapping[str, Any],
) -> Case:
    """Let a closed case go on in a state of its workflow; `Conflict` where it never ended."""
    standing, going_on = locked(desk, case_id), desk.flow.states[state]
    if standing.closed is None:
        raise Conflict(f"Case {standing.number} has not ended, so it is not opened again.")
    row = desk.session.execute(
        statement("civic.core", "moved"),
        {
            "case": standing.id,
            "now": desk.now,
            "state": state,
            "turn": going_on.turn,
            "since": desk.now,
            "due": desk.due(going_on.within) or NO_DAY,
            "closed": None,
            "step": step,
            "before": standing.state,
            "role": role,
            "person": actor.person.id if actor else None,
            "sign_in": actor.sign_in_id if actor else None,
            "note": note,
            "seen": "parties",
            "told": json.dumps(dict(told)),
        },
    ).one()
    moved = to_case(row)
    told_of = Advanced(
        body=desk.body,
        case=moved,
        step=step,
        state_before=standing.state,
        actor=actor,
        now=desk.now,
        note=note,
        told=dict(told),
    )
    publish(desk.session, told_of)
    return moved
