"""What the parties say beside a drawing that is there, in a plain form: answers to the open questions of its newest check.

In: the fields of the form.  Out: another check of the same file with these answers, which nobody has signed yet; who says it is the person
signed in, and a confirmation is never the applicant's own.
"""

from collections.abc import Mapping
from contextlib import nullcontext

import orjson

from civic.core.case import Case, acting_parts, parcels_of
from civic.core.desk import Desk
from civic.core.people import Actor
from civic.core.steps import add_note, hold
from civic.permits.checking import Check, Checked, keep_check, newest_check
from civic.permits.consents import LICENSEE
from civic.permits.deciding import carry_over
from civic.permits.drawings import Apart, answers_of, bytes_of, check_open, plan_of
from civic.permits.room import PermitRoom
from gis.errors import Conflict, NotAllowed
from rules.answers_document import answers_from_json
from rules.answers_sent import APPLICANT, CAPACITY, DESIGNER, NAME
from rules.answers_sent import answers_of as taken_up


def may_confirm(parts: frozenset[str]) -> bool:
    """Whether somebody with some parts in a case confirms what others declare: the licensee who does not apply."""
    return parts == {LICENSEE}


def answers_to(desk: Desk, standing: Case, seq: int, sent: Mapping[str, str], *, actor: Actor) -> bytes:
    """The answers of the newest check with what was sent taken up, as JSON; `Invalid` names what cannot be used."""
    check_open(desk.session, standing)
    parts = acting_parts(desk.session, standing.id, actor)
    if not parts:
        raise NotAllowed("The parties of a case answer for its drawing.", code="not-yours-to-sign")
    check = _newest(desk, standing, seq)
    capacity = DESIGNER if may_confirm(parts) else APPLICANT
    said = {**sent, NAME: actor.person.name, CAPACITY: capacity}
    told = taken_up(check.found, said)
    answers_from_json(told)
    return told


def check_with(
    room: PermitRoom, desk: Desk, standing: Case, told: bytes, *, apart: Apart = nullcontext
) -> Checked:
    """Check the case's drawing by today's book and land with some answers; nothing is kept yet."""
    file = plan_of(desk.session, standing.id)
    (number,) = parcels_of(desk.session, standing.id)
    with apart():
        return room.checker.check(
            jurisdiction=desk.body.jurisdiction,
            number=number,
            content=bytes_of(room, file),
            answers=told,
            on=desk.today,
        )


def keep_with(desk: Desk, standing: Case, seq: int, told: bytes, checked: Checked, *, actor: Actor) -> Check:
    """Keep a check of the same file with other answers, as one that nobody has signed."""
    hold(desk, standing)
    check_open(desk.session, standing)
    before = _newest(desk, standing, seq)
    made = keep_check(
        desk.session,
        desk.body,
        standing.id,
        checked,
        plan_of(desk.session, standing.id),
        answers=orjson.loads(told),
        made_by=actor.person.id,
        now=desk.now,
    )
    carry_over(desk, before, made)
    words = f"Answers beside drawing {made.document_seq} (check {made.seq}): {made.verdict}."
    add_note(desk, standing.id, words, actor=actor, seen="parties")
    return made


def said_before(desk: Desk, standing: Case) -> bytes:
    """What was said beside the newest drawing, for the next one to take over; empty where nothing was."""
    check = newest_check(desk.session, standing.id)
    return answers_of(check) if check else b""


def _newest(desk: Desk, standing: Case, seq: int) -> Check:
    check = newest_check(desk.session, standing.id)
    if check is None or check.seq != seq:
        raise Conflict(
            "Another drawing or other answers were handed in since; answer on the newest check.",
            code="not-newest-check",
        )
    return check
