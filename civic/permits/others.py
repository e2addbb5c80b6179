"""Other authorities: whom the findings call for, all asked at once on one clock, and whose word is missing.

In: a case with its newest check.  Out: tasks of the role `agency`, one for each authority, and what is still missing or
objected.  An authority whose word only a silence of the book calls for is asked unless an officer accepted the finding; where the office
is silent too, what the licensee declared stands for it as it does in a permit at once.  What was agreed to for a permit holds for its
certificate of occupancy.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from civic.core.asking import ask_task
from civic.core.case import AskedTask, Case, tasks_of
from civic.core.desk import Desk
from civic.core.workflow import Limit
from civic.permits.checking import Check, newest_check
from civic.permits.consents import declared_in
from civic.permits.consultations import Consultation, consultations_of
from civic.permits.deciding import ACCEPTED, CONDITION, Point, overrides_on, words_on
from civic.permits.declared import declarables
from civic.permits.judgement import route_of
from civic.permits.limits import REPLY, book_of
from civic.permits.model import Kind
from civic.permits.tables import PermitCaseRow, PermitRow
from rules.book import NotEncoded, NotInForce

AGREES, OBJECTS = "agrees", "objects"
AGENCY = "agency"
SETTLED = ("declared", "accepted", "conditions", "overrides")
"""What the terms of a permit say of findings that did not pass by themselves."""


def wanted(session: Session, check: Check, *, in_silence: bool = False) -> tuple[Consultation, ...]:
    """Whom to ask: everyone certain, and of the others those whose finding no officer has accepted; `in_silence` of the office, nor the licensee declared."""
    words, overrides = words_on(session, check), overrides_on(session, check)
    settled = _settled_before(session, check.case_id) | (_declared(session, check) if in_silence else set())

    def is_accepted(each: Consultation) -> bool:
        which = (each.rule, each.subject or "")
        stance = words[which].stance if which in words else None
        is_said = stance in (ACCEPTED, CONDITION) or which in settled
        return which in overrides or (not each.is_certain and is_said)

    return tuple(each for each in consultations_of(check.found) if not is_accepted(each))


def ask_others(desk: Desk, standing: Case, *, in_silence: bool = False) -> Mapping[str, Any]:
    """Ask every authority at once; one that has agreed already is not asked again.  What history keeps."""
    check = newest_check(desk.session, standing.id)
    if check is None:
        return {}
    reply = reply_limit(desk)
    agreed = {each.kind for each in _answers(desk.session, standing.id).values() if each.answer == AGREES}
    asked: dict[str, list[str]] = {}
    for each in wanted(desk.session, check, in_silence=in_silence):
        asked.setdefault(_kind(each), []).append(each.rule)
        if _kind(each) in agreed:
            continue
        told = {
            "authority": {"en": each.authority.en, "ml": each.authority.ml},
            "rule": each.rule,
            "clause": each.clause,
            "why": each.why,
            "check": check.seq,
        }
        ask_task(desk, standing.id, kind=_kind(each), role=AGENCY, within=reply, told=told)
    return {"asked": sorted(asked), "check": check.seq}


def reply_limit(desk: Desk) -> Limit | None:
    """The days that the book gives an authority; None where it is silent."""
    try:
        value = book_of(desk.body, on=desk.today).value(REPLY)
    except (NotEncoded, NotInForce):
        return None
    return Limit(days=value.count, source=str(value.citation))


def missing_consents(session: Session, case_id: int, *, in_silence: bool = False) -> str | None:
    """Whose consent is missing or refused; None where all that the findings call for is there.

    `in_silence` of the office what the licensee declared counts, unless an authority that was asked has objected.
    """
    check = newest_check(session, case_id)
    if check is None:
        return None
    newest = _answers(session, case_id)
    needed = wanted(session, check, in_silence=in_silence)
    lacking = []
    for each in wanted(session, check):
        task = newest.get(_kind(each))
        said = None if task is None else task.answer
        if said == OBJECTS or (said != AGREES and each in needed):
            lacking.append(f"{each.authority.en} ({_said(task, said)})")
    return f"Consent is missing: {', '.join(dict.fromkeys(lacking))}." if lacking else None


def _answers(session: Session, case_id: int) -> dict[str, AskedTask]:
    """What each authority was asked last, and its answer; for a certificate of occupancy what was agreed to for its permit stands before."""
    permit = _certified(session, case_id)
    before = tasks_of(session, permit.case_id) if permit is not None else ()
    agreed = {each.kind: each for each in before if each.answer == AGREES}
    return agreed | {each.kind: each for each in tasks_of(session, case_id)}


def _settled_before(session: Session, case_id: int) -> set[Point]:
    """For a certificate of occupancy, the findings that were settled when its permit was given."""
    permit = _certified(session, case_id)
    if permit is None:
        return set()
    return {
        (each["rule"], each["subject"] or "") for part in SETTLED for each in permit.terms.get(part) or ()
    }


def _certified(session: Session, case_id: int) -> PermitRow | None:
    """The permit whose finished building a case is about."""
    row = session.get_one(PermitCaseRow, case_id)
    is_finished = row.kind == Kind.OCCUPANCY and row.of_permit is not None
    return session.get(PermitRow, (row.body, row.of_permit)) if is_finished else None


def _declared(session: Session, check: Check) -> set[Point]:
    """What stands on the words that the licensee of today signed under this drawing."""
    way = route_of(check.found, declarables(), declared_in(session, check))
    return {(each.rule, each.subject or "") for each in way.declared}


def _said(task: AskedTask | None, answer: str | None) -> str:
    if task is None:
        return "not asked yet"
    if answer == OBJECTS:
        return "objects"
    until = f", until {task.due}" if task.due else ""
    return f"asked on {task.asked:%Y-%m-%d}{until}, no answer"


def _kind(each: Consultation) -> str:
    return f"{each.rule}.{each.subject.replace(' ', '_')}" if each.subject else each.rule
