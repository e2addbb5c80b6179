"""Other authorities: whom the findings call for, all asked at once on one clock, and whose word is missing.

In: a case with its newest check.  Out: tasks of the role `agency`, one for each authority, and what is still missing or
objected.  An authority whose word only a silence of the book calls for is asked unless an officer accepted the finding.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from civic.core.asking import ask_task
from civic.core.case import AskedTask, Case, tasks_of
from civic.core.desk import Desk
from civic.core.workflow import Limit
from civic.permits.checking import Check, newest_check
from civic.permits.consultations import Consultation, consultations_of
from civic.permits.deciding import ACCEPTED, CONDITION, overrides_on, words_on
from civic.permits.limits import REPLY, book_of
from rules.book import NotEncoded, NotInForce

AGREES, OBJECTS = "agrees", "objects"
AGENCY = "agency"


def wanted(session: Session, check: Check) -> tuple[Consultation, ...]:
    """Whom to ask: everyone certain, and of the others those whose finding no officer has accepted."""
    words, overrides = words_on(session, check), overrides_on(session, check)

    def is_accepted(each: Consultation) -> bool:
        which = (each.rule, each.subject or "")
        stance = words[which].stance if which in words else None
        return which in overrides or (not each.is_certain and stance in (ACCEPTED, CONDITION))

    return tuple(each for each in consultations_of(check.found) if not is_accepted(each))


def ask_others(desk: Desk, standing: Case) -> Mapping[str, Any]:
    """Ask every authority at once; one that has agreed already is not asked again.  What history keeps."""
    check = newest_check(desk.session, standing.id)
    if check is None:
        return {}
    reply = reply_limit(desk)
    agreed = {each.kind for each in tasks_of(desk.session, standing.id) if each.answer == AGREES}
    asked: dict[str, list[str]] = {}
    for each in wanted(desk.session, check):
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


def missing_consents(session: Session, case_id: int) -> str | None:
    """Whose consent is missing or refused; None where all that the findings call for is there."""
    check = newest_check(session, case_id)
    if check is None:
        return None
    newest: dict[str, AskedTask] = {each.kind: each for each in tasks_of(session, case_id)}
    lacking = []
    for each in wanted(session, check):
        task = newest.get(_kind(each))
        said = None if task is None else task.answer
        if said != AGREES:
            lacking.append(f"{each.authority.en} ({_said(task, said)})")
    return f"Consent is missing: {', '.join(dict.fromkeys(lacking))}." if lacking else None


def _said(task: AskedTask | None, answer: str | None) -> str:
    if task is None:
        return "not asked yet"
    if answer == OBJECTS:
        return "objects"
    until = f", until {task.due}" if task.due else ""
    return f"asked on {task.asked:%Y-%m-%d}{until}, no answer"


def _kind(each: Consultation) -> str:
    return f"{each.rule}.{each.subject.replace(' ', '_')}" if each.subject else each.rule
