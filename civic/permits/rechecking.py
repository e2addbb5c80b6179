"""A drawing checked again because the day has changed its book or its land: by a job after payment, or by an officer's hand.

In: a job of the queue, or a case on an officer's desk.  Out: a newer check of the same drawing; a paid case goes on its way once.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

from sqlalchemy import Engine, or_, select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case, case, parcels_of
from civic.core.desk import Desk
from civic.core.jobs import Doer, Every, Repeated, Work, later, whole
from civic.core.people import Actor
from civic.core.steps import add_note, hold
from civic.core.tables import CaseRow
from civic.core.working_days import day_there
from civic.permits.checking import newest_check
from civic.permits.drawings import Apart, answers_of, bytes_of, keep_again, plan_of
from civic.permits.model import CheckMissing, Kind
from civic.permits.room import PermitRoom
from civic.permits.routing import RECHECK, kind_of, settle, why_not_fresh
from civic.permits.service import SERVICE
from civic.permits.tables import PermitCaseRow
from gis.errors import Conflict, NotAllowed

WAITING = "permits.look_at_waiting"
OCCUPANCY_STATES = ("verifying", "consulting", "deciding")
"""States from which an occupancy can be deemed certified."""
OFFICERS = frozenset({"verifier", "approver", "secretary"})


@dataclass(frozen=True, kw_only=True)
class Rechecker:
    """Checks paid drawings again."""

    room: Callable[[Engine], PermitRoom]

    @property
    def doers(self) -> dict[str, Doer]:
        """What a worker can do with it."""
        return {RECHECK: self.do, WAITING: whole(look_at_waiting)}

    @property
    def repeated(self) -> tuple[Repeated, ...]:
        """What it does every night."""
        return (Repeated(kind=WAITING, every=Every.NIGHT),)

    def do(self, work: Work) -> None:
        """Check the drawing of a paid case by today's book and land, then send the case on its way; once in effect."""
        case_id, room = work.number("case"), self.room(work.engine)
        with work.inside() as (session, body):
            if not _waits(session, case(session, case_id)):
                return
            check = newest_check(session, case_id)
            if check is None:
                raise CheckMissing("A paid case has lost its check.")
            file, answers = plan_of(session, case_id), answers_of(check)
            (number,) = parcels_of(session, case_id)
        checked = room.checker.check(
            jurisdiction=body.jurisdiction,
            number=number,
            content=bytes_of(room, file),
            answers=answers,
            on=day_there(work.now, body.time_zone),
        )
        with work.inside() as (session, body):
            standing = case(session, case_id, lock=True)
            if not _waits(session, standing):
                return
            desk = SERVICE.desk(session, body, now=work.now)
            told = keep_again(desk, standing, checked, file, made_by=None)
            if standing.state == "rechecking":
                settle(desk, standing, told=told)


def look_at_waiting(session: Session, body: LocalBody, work: Work) -> None:
    """Have the drawings checked again on which time itself may decide, where the day has changed book or land."""
    today = day_there(work.now, body.time_zone)
    query = (
        select(CaseRow.id)
        .join(PermitCaseRow, PermitCaseRow.case_id == CaseRow.id)
        .where(
            or_(
                CaseRow.state == "council",
                (PermitCaseRow.kind == Kind.OCCUPANCY) & CaseRow.state.in_(OCCUPANCY_STATES),
            )
        )
        .order_by(CaseRow.id)
    )
    for case_id in session.scalars(query).all():
        check = newest_check(session, case_id)
        if check is not None and why_not_fresh(session, body, check, on=today) is not None:
            later(session, RECHECK, turn=f"permit {case_id}", case=case_id)


def _waits(session: Session, standing: Case) -> bool:
    """Whether money or time waits for another check."""
    if standing.state in ("rechecking", "council"):
        return True
    return standing.state in OCCUPANCY_STATES and kind_of(session, standing.id) is Kind.OCCUPANCY


def check_by_hand(
    room: PermitRoom, desk: Desk, standing: Case, *, actor: Actor, apart: Apart = nullcontext
) -> None:
    """Check the drawing of an open case again, by an officer; the history tells what the day has changed."""
    if not actor.roles & OFFICERS:
        raise NotAllowed("An officer has a drawing checked again.")
    check = newest_check(desk.session, standing.id)
    if standing.closed is not None or check is None:
        raise Conflict("There is nothing to check again.", code="no-check-yet")
    file = plan_of(desk.session, standing.id)
    (number,) = parcels_of(desk.session, standing.id)
    with apart():
        checked = room.checker.check(
            jurisdiction=desk.body.jurisdiction,
            number=number,
            content=bytes_of(room, file),
            answers=answers_of(check),
            on=desk.today,
        )
    hold(desk, standing)
    told = keep_again(desk, standing, checked, file, made_by=actor.person.id)
    changed = [f"{each['rule']}: {each['before']} → {each['after']}" for each in told["changed"]]
    words = f"Checked again (check {told['check']}): {'; '.join(changed) or 'nothing has changed'}."
    add_note(desk, standing.id, words[:10_000], actor=actor, seen="parties")
