"""A permit is revoked by the Secretary: who, when, why and under which clause are kept, and everybody whom it concerns is told.

In: a permit, a reason and a clause that are published, an actor.  Out: the permit holds no more; the history of its case, and of every case
that hangs on it, tells so in the same transaction, and with the history the messages to their parties and to the watchers of the plot.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from civic.core.desk import Desk
from civic.core.people import Actor
from civic.core.said import add_act
from civic.core.steps import locked
from civic.core.tables import CaseRow
from civic.permits.model import NoSuchPermit
from civic.permits.publishing import check_publishable
from civic.permits.tables import PermitCaseRow, PermitRow
from gis.errors import Conflict, Invalid, NotAllowed

REVOKED, OF_PERMIT_REVOKED = "permit_revoked", "of_permit_revoked"
SECRETARY = "secretary"
LONGEST, LONGEST_CLAUSE = 2000, 200


def revoke(desk: Desk, number: str, *, why: str, clause: str, actor: Actor) -> None:
    """Take a permit back with a reason and the clause that the Secretary names, both published; whoever holds it was heard before."""
    if SECRETARY not in actor.roles:
        raise NotAllowed("The Secretary revokes a permit.")
    reason, under = _words(why, clause)
    case_id = desk.session.scalar(select(PermitRow.case_id).where(PermitRow.number == number))
    if case_id is None:
        raise NoSuchPermit(f"There is no permit {number[:40]} here.")
    locked(desk, case_id)  # the case first, as every step does: nobody waits in a circle
    if (before := _revoked_on(desk.session, number)) is not None:
        raise Conflict(f"Permit {number} was revoked already, on {before}.", code="permit-revoked")
    for words in (reason, under):
        check_publishable(desk, case_id, words)
    kept = {"revoked": desk.today, "revoked_why": reason, "revoked_clause": under}
    desk.session.execute(
        update(PermitRow)
        .where(PermitRow.body == desk.body.code, PermitRow.number == number)
        .values(kept | {"revoked_by": actor.person.id})
    )
    told = {"permit": number, "clause": under, "on": desk.today.isoformat()}
    _tell(desk, case_id, REVOKED, told, reason, actor)
    for other in _hanging_on(desk.session, number):
        _tell(desk, other, OF_PERMIT_REVOKED, told, reason, actor)


def _words(why: str, clause: str) -> tuple[str, str]:
    reason, under = why.strip(), " ".join(clause.split())
    if not reason or len(reason) > LONGEST:
        raise Invalid(
            f"Give the reason in 1 to {LONGEST} characters; it is published.", code="reason-missing"
        )
    if not under or len(under) > LONGEST_CLAUSE:
        raise Invalid(
            f"Name the clause under which the permit is revoked, in 1 to {LONGEST_CLAUSE} characters; it is published.",
            code="clause-missing",
        )
    return reason, under


def _revoked_on(session: Session, number: str) -> date | None:
    query = select(PermitRow.revoked).where(PermitRow.number == number).with_for_update()
    return session.scalar(query)


def _tell(desk: Desk, case_id: int, act: str, told: Mapping[str, str], reason: str, actor: Actor) -> None:
    add_act(desk, case_id, act, role=SECRETARY, actor=actor, note=reason, told=told)


def _hanging_on(session: Session, number: str) -> list[int]:
    """The cases that follow a permit: those still open, and those that were granted, such as its transfer to a new holder."""
    granted = select(PermitRow.case_id).where(PermitRow.case_id == PermitCaseRow.case_id).exists()
    query = (
        select(PermitCaseRow.case_id)
        .join(CaseRow, CaseRow.id == PermitCaseRow.case_id)
        .where(PermitCaseRow.of_permit == number, or_(CaseRow.closed.is_(None), granted))
        .order_by(PermitCaseRow.case_id)
    )
    return list(session.scalars(query))
