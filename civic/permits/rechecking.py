"""A drawing checked again because the day has changed its book or its land: by a job after payment, or by an officer's hand.

In: a job of the queue, or a case on an officer's desk.  Out: a newer check of the same drawing; a paid case goes on its way once.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from civic.core.case import Case, case, parcels_of
from civic.core.desk import Desk
from civic.core.jobs import Doer, Work
from civic.core.people import Actor
from civic.core.steps import add_note, hold
from civic.core.working_days import day_there
from civic.permits.checking import newest_check
from civic.permits.drawings import answers_of, bytes_of, keep_again, plan_of
from civic.permits.model import CheckMissing
from civic.permits.room import PermitRoom
from civic.permits.routing import RECHECK, settle
from civic.permits.service import SERVICE
from gis.errors import Conflict, NotAllowed

OFFICERS = frozenset({"verifier", "approver", "secretary"})


@dataclass(frozen=True, kw_only=True)
class Rechecker:
    """Checks paid drawings again."""

    room: Callable[[Engine], PermitRoom]

    @property
    def doers(self) -> dict[str, Doer]:
        """What a worker can do with it."""
        return {RECHECK: self.do}

    def do(self, work: Work) -> None:
        """Check the drawing of a paid case by today's book and land, then send the case on its way; once in effect."""
        case_id, room = work.number("case"), self.room(work.engine)
        with work.inside() as (session, body):
            if case(session, case_id).state != "rechecking":
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
            if standing.state == "rechecking":
                desk = SERVICE.desk(session, body, now=work.now)
                told = keep_again(desk, standing, checked, file, made_by=None)
                settle(desk, standing, told=told)


def check_by_hand(room: PermitRoom, desk: Desk, standing: Case, *, actor: Actor) -> None:
    """Check the drawing of an open case again, by an officer; the history tells what the day has changed."""
    if not actor.roles & OFFICERS:
        raise NotAllowed("An officer has a drawing checked again.")
    check = newest_check(desk.session, standing.id)
    if standing.closed is not None or check is None:
        raise Conflict("There is nothing to check again.", code="no-check-yet")
    file = plan_of(desk.session, standing.id)
    (number,) = parcels_of(desk.session, standing.id)
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
