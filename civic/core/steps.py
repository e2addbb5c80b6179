"""The only writers of cases: open, advance, note, answer, let time act.

In: a workflow, an actor or the clock, the version of the case that the actor saw.  Out: the case as it stands now; its
history and its event are written in the same transaction.  `Conflict` where somebody else acted meanwhile, where the step
is not to be taken from here, or where a guard holds it; `NotAllowed` where the actor may not.

A case is locked for the length of its step, so that two officers act one after the other and the second is told.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, insert, or_, select, update

from civic.core.case import Case, acting_in, case, roles_in, to_case
from civic.core.desk import Advanced, Desk, Opening, Overtaken, held
from civic.core.events import publish
from civic.core.people import Actor
from civic.core.tables import (
    NO_DAY,
    CaseEventRow,
    CaseTaskRow,
    SignInRow,
)
from civic.core.workflow import CLOCK, INSIDERS, LEDGER, READING, Step
from civic.core.working_days import day_there
from gis.db.sql import statement
from gis.db.straight import straight
from gis.errors import Conflict, Invalid, NotAllowed, NotFound

LONGEST_NOTE = 10_000
NOTE, UNDELIVERED = "note", "undelivered"
ANSWER = "answer:"
"""How the word that was asked beside the turn begins in the history; its kind follows."""
PAPER = "paper"
"""Under this name an answer keeps the letter from which somebody of the office recorded it."""
ENDED = "ended"
"""The answer of a task that nobody answered before its case ended."""


def open_case(
    desk: Desk, *, parcels: Sequence[str], actor: Actor, told: Mapping[str, Any], part: str = "applicant"
) -> Case:
    """A new case on some parcels, numbered without a gap: its number is gone with it if the transaction fails.

    The next case of the service waits for its number until then: a service asks whatever it can before it opens one.
    """
    flow, session, year = desk.flow, desk.session, desk.today.year
    state = flow.states[flow.begin]
    new = {
        "body": desk.body.code,
        "jurisdiction": desk.body.jurisdiction,
        "service": flow.service,
        "workflow": flow.edition,
        "year": year,
        "prefix": f"{flow.prefix}-{year}-",
        "state": flow.begin,
        "turn": state.turn,
        "due": desk.due(state.within) or NO_DAY,
        "now": desk.now,
        "person": actor.person.id,
        "sign_in": actor.sign_in_id,
        "part": part,
        "parcels": list(parcels),
        "told": json.dumps(dict(told)),
    }
    publish(session, Opening(body=desk.body, parcels=parcels, actor=actor, now=desk.now))
    opened = to_case(straight(session, statement(__package__, "opened"), new)[0])
    _publish(desk, opened, "open", None, actor=actor, note=None, told=told)
    return opened


def advance(
    desk: Desk,
    case_id: int,
    step_name: str,
    *,
    actor: Actor,
    version: int,
    note: str | None = None,
    told: Mapping[str, Any] | None = None,
    passkey: Mapping[str, str] | None = None,
) -> Case:
    """Take a step: check who, from where, in which version and under which guards; then state and history together."""
    standing = locked(desk, case_id)
    if has_moved_since(desk, standing, version):
        raise _overtaken(standing)
    step = _step(desk, standing, step_name)
    role = _role(desk, standing, step, actor)
    note = _note(step, note)
    check_apart(desk, standing.id, step.apart, actor)
    if step.passkey and not passkey:
        raise NotAllowed("This step is confirmed with a passkey.", code="passkey-missing")
    proven = {**(told or {}), **({"passkey": dict(passkey)} if passkey else {})}
    return _move(desk, standing, step_name, step, role=role, actor=actor, note=note, told=proven)


def has_moved_since(desk: Desk, standing: Case, version: int) -> bool:
    """Whether more than notes was written since a version: a note of the other side does not make a form stale."""
    if version == standing.version:
        return False
    later = select(CaseEventRow.seq).where(
        CaseEventRow.case_id == standing.id,
        CaseEventRow.seq > version,
        CaseEventRow.step.not_in((NOTE, UNDELIVERED)),
    )
    return version > standing.version or desk.session.scalar(later.limit(1)) is not None


def hold(desk: Desk, seen: Case) -> None:
    """Keep others from the case until the transaction ends; `Overtaken` where it has moved since it was seen."""
    if locked(desk, seen.id).version != seen.version:
        raise _overtaken(seen)


def advance_when_paid(desk: Desk, case_id: int, *, told: Mapping[str, Any]) -> Case | None:
    """Take the step that waits for the ledger; None where the case waits for none, or a guard holds it."""
    standing = locked(desk, case_id)
    for name, step in desk.flow.steps_from(standing.state).items():
        if LEDGER in step.by and not held(desk, standing, step):
            return _move(desk, standing, name, step, role=LEDGER, actor=None, note=None, told=told)
    return None


def let_time_act(desk: Desk, case_id: int) -> Case | None:
    """Take the step of the clock whose days have passed and whose guards allow it; None where there is none."""
    standing = locked(desk, case_id)
    entered = day_there(standing.since, desk.body.time_zone)
    for name, step in desk.flow.steps_from(standing.state).items():
        last = desk.due(step.after, since=entered) if CLOCK in step.by else None
        if last is not None and last < desk.today and not held(desk, standing, step):
            return _move(desk, standing, name, step, role=CLOCK, actor=None, note=None, told={})
    return None


def add_note(desk: Desk, case_id: int, note: str, *, actor: Actor, seen: str) -> None:
    """Write a note into the history; the case stays where it is."""
    standing = locked(desk, case_id)
    roles = acting_in(desk.session, case_id, actor) - set(READING)
    if not roles:
        raise NotAllowed("Only the parties of a case and the office write on it; an auditor reads.")
    if seen == "staff" and not roles & set(INSIDERS):
        raise NotAllowed("Words for the office only are the office's own; what you write, the parties read.")
    words = note.strip()
    if not words or len(words) > LONGEST_NOTE:
        raise Invalid(f"A note has between 1 and {LONGEST_NOTE} characters.")
    again(desk, standing, NOTE, role=min(roles), actor=actor, note=words, seen=seen, told={})


def answer_task(
    desk: Desk,
    task_id: int,
    answer: str,
    *,
    actor: Actor,
    told: Mapping[str, Any],
    note: str | None = None,
    role: str | None = None,
) -> Case:
    """Answer what was asked beside the turn: once, by somebody in its role, or for it by an officer in a role that the caller has checked."""
    task = desk.session.get(CaseTaskRow, task_id)
    if task is None:
        raise NotFound("There is no such task here.", code="no-case")
    standing = locked(desk, task.case_id)  # the case first, as every step does: nobody waits in a circle
    desk.session.refresh(task)
    if role is None and task.role not in roles_in(desk.session, standing.id, actor):
        raise NotAllowed(f"This is asked of the {task.role.replace('_', ' ')}.")
    if task.answered is not None:
        raise Overtaken(f"This was answered already, on {task.answered:%Y-%m-%d}.")
    known = {**task.told, **told}
    desk.session.execute(
        update(CaseTaskRow)
        .where(CaseTaskRow.id == task_id)
        .values(answered=desk.now, answered_by=actor.person.id, answer=answer, told=known)
    )
    desk.session.expire(task)
    return again(
        desk,
        standing,
        f"{ANSWER}{task.kind}",
        role=role or task.role,
        actor=actor,
        note=note,
        seen="parties",
        told={"answer": answer, **known},
    )


def may_take(desk: Desk, standing: Case, roles: frozenset[str]) -> dict[str, tuple[Step, str | None]]:
    """The steps that some roles can take from here, each with what holds it now."""
    return {
        name: (step, held(desk, standing, step))
        for name, step in desk.flow.steps_from(standing.state).items()
        if roles & set(step.by)
    }


def locked(desk: Desk, case_id: int) -> Case:
    """A case of the desk's own service, kept from others until the transaction ends."""
    found = case(desk.session, case_id, lock=True)
    if found.service != desk.flow.service:
        raise Invalid(f"Case {found.number} is not one of {desk.flow.title.en}.")
    return found


def _overtaken(standing: Case) -> Overtaken:
    return Overtaken(
        f"Case {standing.number} has moved on since you opened it; look at what happened, then decide again."
    )


def _step(desk: Desk, standing: Case, name: str) -> Step:
    step = desk.flow.steps_from(standing.state).get(name)
    if step is None:
        ways = ", ".join(desk.flow.steps_from(standing.state)) or "nothing: it is closed"
        raise Conflict(f"“{name[:40]}” cannot be done to case {standing.number} now. What can: {ways}.")
    return step


def _role(desk: Desk, standing: Case, step: Step, actor: Actor) -> str:
    """The role in which the actor takes the step: a party takes none of the office's in the same case, nor a licensee's unlicensed."""
    roles = acting_in(desk.session, standing.id, actor)
    role = next((role for role in step.by if role in roles), None)
    if role is None:
        raise NotAllowed(f"This step is for: {', '.join(each.replace('_', ' ') for each in step.by)}.")
    return role


def _note(step: Step, note: str | None) -> str | None:
    words = (note or "").strip() or None
    if step.note == "required" and not words:
        raise Invalid("This step needs its reason in words.", code="reason-missing")
    if words and len(words) > LONGEST_NOTE:
        raise Invalid(f"A note has at most {LONGEST_NOTE} characters.")
    return None if step.note == "none" else words


def check_apart(desk: Desk, case_id: int, steps: Sequence[str], actor: Actor) -> None:
    """Maker and checker are different persons at different machines: `NotAllowed` after one of some steps of a case.

    Whoever recorded what an authority answered on paper is a maker, too.
    """
    if not steps:
        return
    recorded = and_(CaseEventRow.step.startswith(ANSWER, autoescape=True), CaseEventRow.told.has_key(PAPER))
    made = desk.session.execute(
        select(CaseEventRow.person_id, CaseEventRow.sign_in_id, SignInRow.device)
        .outerjoin(SignInRow, SignInRow.id == CaseEventRow.sign_in_id)
        .where(CaseEventRow.case_id == case_id, or_(CaseEventRow.step.in_(steps), recorded))
    ).all()
    if any(row.person_id == actor.person.id for row in made):
        raise NotAllowed(
            "You took an earlier step of this case; another person must take this one.", code="same-person"
        )
    if any(row.sign_in_id is not None and row.sign_in_id == actor.sign_in_id for row in made) or any(
        row.device and row.device == actor.device for row in made
    ):
        raise NotAllowed(
            "An earlier step of this case was taken at this machine; this one must be taken at another.",
            code="same-machine",
        )


def _move(
    desk: Desk,
    standing: Case,
    name: str,
    step: Step,
    *,
    role: str,
    actor: Actor | None,
    note: str | None,
    told: Mapping[str, Any],
) -> Case:
    if reason := held(desk, standing, step):
        raise Conflict(reason, code="step-held")
    state = desk.flow.states[step.to]
    if state.outcome:
        _end_tasks(desk, standing.id)
    due = desk.due(state.within) or NO_DAY
    _ask_tasks(desk, standing.id, step.to, clock=due)
    now_stands = {
        "state": step.to,
        "turn": state.turn,
        "since": desk.now,
        "due": due,
        "closed": desk.now if state.outcome else None,
    }
    return _write(
        desk, standing, now_stands, name, role=role, actor=actor, note=note, seen=step.seen_by, told=told
    )


def _ask_tasks(desk: Desk, case_id: int, state: str, *, clock: date) -> None:
    """Ask what a state asks beside the turn, but for what was asked on an earlier visit and not answered yet.

    `clock` is the last day of the state's own turn: tasks without a limit of their own all run on it.
    """
    tasks = desk.flow.tasks_of(state)
    if not tasks:
        return
    still_open = set(
        desk.session.scalars(
            select(CaseTaskRow.kind).where(CaseTaskRow.case_id == case_id, CaseTaskRow.answered.is_(None))
        )
    )
    rows = [
        {
            "body": desk.body.code,
            "case_id": case_id,
            "kind": kind,
            "role": task.role,
            "asked": desk.now,
            "due": desk.due(task.within) or clock,
            "told": {},
        }
        for kind, task in tasks.items()
        if kind not in still_open
    ]
    if rows:
        desk.session.execute(insert(CaseTaskRow), rows)


def _end_tasks(desk: Desk, case_id: int) -> None:
    """Ask no more once the case has ended."""
    desk.session.execute(
        update(CaseTaskRow)
        .where(CaseTaskRow.case_id == case_id, CaseTaskRow.answered.is_(None))
        .values(answered=desk.now, answer=ENDED)
    )


def again(desk: Desk, standing: Case, step: str, **said: Any) -> Case:
    """The case in its next version, in the state in which it is."""
    same = {
        "state": standing.state,
        "turn": standing.turn,
        "since": standing.since,
        "due": standing.due or NO_DAY,
        "closed": standing.closed,
    }
    return _write(desk, standing, same, step, **said)


def _write(
    desk: Desk,
    standing: Case,
    stands: Mapping[str, Any],
    step: str,
    *,
    role: str,
    actor: Actor | None,
    note: str | None,
    seen: str,
    told: Mapping[str, Any],
) -> Case:
    """Write the next version of a locked case with its history, and tell the listeners."""
    said = {
        "case": standing.id,
        "now": desk.now,
        "step": step,
        "before": standing.state,
        "role": role,
        "person": actor.person.id if actor else None,
        "sign_in": actor.sign_in_id if actor else None,
        "note": note,
        "seen": seen,
        "told": json.dumps(dict(told)),
    }
    moved = to_case(straight(desk.session, statement(__package__, "moved"), {**stands, **said})[0])
    _publish(desk, moved, step, standing.state, actor=actor, note=note, told=told)
    return moved


def _publish(
    desk: Desk,
    moved: Case,
    step: str,
    before: str | None,
    *,
    actor: Actor | None,
    note: str | None,
    told: Mapping[str, Any],
) -> None:
    publish(
        desk.session,
        Advanced(
            body=desk.body,
            case=moved,
            step=step,
            state_before=before,
            actor=actor,
            now=desk.now,
            note=note,
            told=told,
        ),
    )
