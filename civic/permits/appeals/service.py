"""The appeal as a service of the town hall: its steps, and what follows from the Tribunal's order.

In: forms at the doors.  Out: cases; an order that sets a decision aside acts on the permit's case in the same transaction.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from civic.core.bodies import local_body
from civic.core.case import Case, case
from civic.core.desk import Advanced, Desk
from civic.core.people import Actor
from civic.core.reopening import reopen
from civic.core.said import add_act
from civic.core.services import Service, read_workflow
from civic.core.steps import check_apart, locked
from civic.permits import service as permits
from civic.permits.appeals.lodging import REVOCATION, appeal_of, decision_of, keep_order
from civic.permits.tables import PermitAppealRow, PermitRow

SERVICE_NAME = "permit_appeals"
SET_ASIDE = "appeal_set_aside"
"""What the history of the permit's own case calls it."""
ACTS = {"set_aside": SET_ASIDE, "dismiss": "appeal_dismissed", "withdraw": "appeal_withdrawn"}
"""What becomes of an appeal by a step, as the history of the permit's own case calls it."""

REFUSED_BY = ("refuse", "remark")
"""The steps of the permit's case by which an officer refuses it; what the Secretary decides, only the Secretary can record the end of."""


def decision_stands(session: Session, standing: Case) -> str | None:
    """The decision that was appealed against still stands as it was."""
    row = session.get_one(PermitAppealRow, standing.id, populate_existing=True)
    body = local_body(session, standing.body)
    found = decision_of(session, body, case(session, row.of_case))
    is_same = found is not None and (found.against, found.on) == (row.against, row.decided_on)
    return None if is_same else "The decision that was appealed against does not stand any more."


def _order(desk: Desk, standing: Case, actor: Actor, form: Mapping[str, str]) -> Mapping[str, Any]:
    """Keep the order before the step that it calls for; whoever refused the case does not record what became of that."""
    of_case = desk.session.get_one(PermitAppealRow, standing.id).of_case
    check_apart(desk, of_case, REFUSED_BY, actor)
    return keep_order(desk, standing, form)


SERVICE = Service(
    flow=read_workflow("civic.permits.appeals", {"decision_stands"}),
    guards={"decision_stands": decision_stands},
    takes={"set_aside": _order, "dismiss": _order},
    shown=appeal_of,
    part="town/permits/appeal_part.html",
)


def when_advanced(session: Session, event: Advanced) -> None:
    """What follows from an order: a refused case is decided anew, a revoked permit stands again; else the permit's case is told the end."""
    if event.case.service != SERVICE_NAME or event.step not in ACTS:
        return
    row = session.get_one(PermitAppealRow, event.case.id, populate_existing=True)
    desk = permits.SERVICE.desk(session, event.body, now=event.now)
    told = _told(row, event)
    if event.step != "set_aside":
        _write(desk, row, event, told)
    elif row.against == REVOCATION:
        _stand_again(desk, row, event, told)
    else:
        reopen(
            desk,
            row.of_case,
            state="deciding",
            step=SET_ASIDE,
            role="secretary",
            actor=event.actor,
            note=event.note,
            told=told,
        )


def _stand_again(desk: Desk, row: PermitAppealRow, event: Advanced, told: Mapping[str, Any]) -> None:
    """Take a revocation back; the history of the permit's case tells of both, its parties hear of it."""
    locked(desk, row.of_case)  # the case before its permit, as every step does
    desk.session.execute(
        update(PermitRow)
        .where(PermitRow.body == row.body, PermitRow.number == row.of_permit)
        .values(revoked=None, revoked_why=None, revoked_clause=None, revoked_by=None)
    )
    _write(desk, row, event, told)


def _write(desk: Desk, row: PermitAppealRow, event: Advanced, told: Mapping[str, Any]) -> None:
    """Write into the case of the permit what became of the appeal; its parties hear it, whoever of them appealed."""
    role = "applicant" if event.step == "withdraw" else "secretary"
    act = ACTS[event.step]
    add_act(desk, row.of_case, act, role=role, actor=event.actor, note=event.note, told=told)


def _told(row: PermitAppealRow, event: Advanced) -> dict[str, Any]:
    told = {"appeal": event.case.number, "order": row.order_ref}
    if row.order_ref is None:
        return told
    about = {"en": f"Order {row.order_ref}", "ml": f"ഉത്തരവ് {row.order_ref}"}
    return told | {"about": about}
