"""Answers of authorities that come on paper: who records them by the local body's own order, and how one is recorded.

In: an order of the local body; an open task, what its letter says, the letter itself among the papers of the case.  Out: the rule as it
stands, the tasks that somebody may record, the task answered.  No fact sets who records an authority's paper: without the local body's own
order nobody does.  Whoever recorded a letter takes no step that must be another person's than earlier ones (`civic.core.steps.check_apart`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import AskedTask, Case, roles_in, tasks_of
from civic.core.desk import Desk, Overtaken
from civic.core.documents.records import FileVersion
from civic.core.people import Actor
from civic.core.side_tables import PaperDeskRow
from civic.core.steps import PAPER, answer_task, locked
from civic.core.workflow import CONSULTED
from gis.errors import Invalid, NotAllowed

RECORDERS = ("front_office", "verifier")
"""Roles that a local body may order to record: none of them decides a case."""
ANSWERS = ("agrees", "objects")
LONGEST = 120
LETTER = "letter"
"""The kind of document that it is kept as."""
DRAWINGS = frozenset({"image/vnd.dxf", "application/x-step", "application/json"})
"""Types that are no picture of a letter."""


@dataclass(frozen=True, kw_only=True)
class PaperRule:
    """Who records the paper of authorities, by which order of the local body, since when."""

    roles: tuple[str, ...]
    source: str
    since: datetime
    by: int | None


@dataclass(frozen=True, kw_only=True)
class OnPaper:
    """What a letter says: whether the authority agrees, its words, its day and its number."""

    answer: str
    words: str
    dated: date
    reference: str


def paper_rules(session: Session) -> list[PaperRule]:
    """Every order of the local body on it, the newest first; empty where it has given none."""
    rows = session.scalars(select(PaperDeskRow).order_by(PaperDeskRow.id.desc()))
    return [
        PaperRule(
            roles=tuple(filter(None, row.roles.split(","))), source=row.source, since=row.since, by=row.by_id
        )
        for row in rows
    ]


def set_paper_rule(
    session: Session, body: LocalBody, *, roles: Collection[str], source: str, by: int | None, now: datetime
) -> None:
    """Order who records from now on, by an order that is named; nobody where no role is."""
    astray = sorted(set(roles) - set(RECORDERS))
    if astray:
        raise Invalid(
            f"“{astray[0][:40]}” cannot be ordered to record letters; choose one of the list.", code="no-role"
        )
    words = " ".join(source.split())
    if not words:
        raise Invalid("Name the order of the local body: its number and date.", code="paper-order-missing")
    named = ",".join(each for each in RECORDERS if each in roles)
    session.add(PaperDeskRow(body=body.code, roles=named, source=words, since=now, by_id=by))
    session.flush()


def recordable(session: Session, tasks: Sequence[AskedTask], roles: frozenset[str]) -> frozenset[int]:
    """Of a case's tasks those whose answer on paper somebody may record who stands in some roles in it: none without an order."""
    asked = frozenset(each.id for each in tasks if each.answered is None and each.role in CONSULTED)
    return asked if asked and _role(session, roles) is not None else frozenset()


def on_paper(*, answer: str, words: str, dated: str, reference: str, today: date) -> OnPaper:
    """What a form tells of a letter; `Invalid` where something of it is missing or cannot be."""
    if answer not in ANSWERS:
        raise Invalid("Say whether the letter agrees or objects.", code="answer-missing")
    said = words.strip()
    if answer == "objects" and not said:
        raise Invalid("An objection needs its reason in words.", code="reason-missing")
    number = " ".join(reference.split())
    if not number or len(number) > LONGEST:
        raise Invalid("Write the number that stands on the letter.", code="field-missing")
    return OnPaper(answer=answer, words=said, dated=_day(dated, today), reference=number)


def check_recordable(desk: Desk, case_id: int, task_id: int, *, actor: Actor) -> str:
    """In which role somebody records the answer of a task; others are kept from the case until the transaction ends."""
    standing = locked(desk, case_id)
    asked = next((each for each in tasks_of(desk.session, case_id) if each.id == task_id), None)
    role = _role(desk.session, roles_in(desk.session, case_id, actor))
    if role is None or asked is None or asked.role not in CONSULTED:
        raise NotAllowed(
            "Letters of authorities are recorded by whom the local body has ordered to, where an authority was asked.",
            code="not-recorder",
        )
    if asked.answered is not None:
        raise Overtaken(f"Case {standing.number} has this answer already, since {asked.answered:%Y-%m-%d}.")
    return role


def record_answer(
    desk: Desk, case_id: int, task_id: int, said: OnPaper, *, letter: FileVersion, actor: Actor
) -> Case:
    """Record what an authority answered on paper: the task is answered, and history keeps who recorded which letter."""
    role = check_recordable(desk, case_id, task_id, actor=actor)
    if letter.media_type in DRAWINGS:
        raise Invalid(
            "A letter comes as a PDF or as a picture, not as a drawing; scan or photograph it.",
            code="letter-no-paper",
        )
    paper = {
        "reference": said.reference,
        "dated": said.dated.isoformat(),
        "document": letter.document_id,
        "seq": letter.seq,
        "sha256": letter.sha256,
        "role": role,
    }
    return answer_task(
        desk, task_id, said.answer, actor=actor, told={PAPER: paper}, note=said.words or None, role=role
    )


def _role(session: Session, roles: frozenset[str]) -> str | None:
    """In which of the roles in which somebody stands in a case they record letters; None where in none."""
    if not roles & set(RECORDERS):
        return None
    ordered = next(iter(paper_rules(session)), None)
    return next((each for each in (ordered.roles if ordered else ()) if each in roles), None)


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(
            "This is not a date. Write year-month-day, for example 2026-05-03.", code="bad-date"
        ) from error
    if day > today:
        raise Invalid(
            "The letter is of a day that is still to come; write the day that stands on it.", code="bad-date"
        )
    return day
