"""Questions to the applicant: typed, pointing at a finding, on a clock, answered in words or with another drawing.

In: an officer's question, the applicant's answer.  Out: rows, and the case on the applicant's turn until all are answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.case import Case, acting_parts
from civic.core.desk import Desk
from civic.core.people import Actor
from civic.core.steps import advance, hold
from civic.permits.checking import newest_check
from civic.permits.deciding import point
from civic.permits.tables import PermitQueryRow
from gis.errors import Conflict, Invalid, NotAllowed, NotFound

KINDS = ("paper", "drawing", "finding", "title", "other")
"""What a question is about: a missing paper, the drawing, a finding, who owns the land, something else."""
LONGEST = 2000


@dataclass(frozen=True, kw_only=True)
class Question:
    """What an officer asks; `rule` and `subject` where it points at a finding."""

    kind: str
    words: str
    rule: str | None = None
    subject: str | None = None


def questions_from(form: Mapping[str, str]) -> Question:
    """A question from the fields of a form; a finding is chosen as `rule|subject`."""
    kind, words = form.get("query_kind", ""), form.get("query_words", "").strip()
    if kind not in KINDS:
        raise Invalid("Say what the question is about.", code="field-missing")
    if not words or len(words) > LONGEST:
        raise Invalid(f"Ask in 1 to {LONGEST} characters.", code="field-missing")
    rule, _, subject = form.get("query_finding", "").partition("|")
    if kind == "finding" and not rule:
        raise Invalid("Choose the finding that the question is about.", code="field-missing")
    return Question(kind=kind, words=words, rule=rule or None, subject=subject or None)


def ask(desk: Desk, standing: Case, question: Question, *, actor: Actor, version: int) -> Case:
    """Ask, and give the turn to the applicant with the clock of the workflow."""
    if question.rule is not None:
        _check_finding(desk.session, standing.id, question)
    due = desk.due(desk.flow.states["asked"].within) or desk.today + timedelta(days=365)
    hold(desk, standing)
    _keep(desk, standing.id, question, actor, due)
    told = {"kind": question.kind, "rule": question.rule, "subject": question.subject}
    return advance(desk, standing.id, "ask", actor=actor, version=version, note=question.words, told=told)


def answer(desk: Desk, standing: Case, query_id: int, words: str, *, actor: Actor) -> None:
    """Answer one question, once; the newest check is kept with it if it is newer than the question."""
    hold(desk, standing)
    if not acting_parts(desk.session, standing.id, actor):
        raise NotAllowed("The parties of a case answer its questions.", code="not-yours-to-sign")
    if standing.state != "asked":
        raise Conflict("Nothing is asked now.", code="nothing-asked")
    row = desk.session.get(PermitQueryRow, query_id, with_for_update=True)
    if row is None or row.case_id != standing.id:
        raise NotFound("There is no such question in this case.", code="no-query")
    if row.answered is not None:
        raise Conflict("This question was answered already.", code="answered-already")
    said = words.strip()
    if not said or len(said) > LONGEST:
        raise Invalid(f"Answer in 1 to {LONGEST} characters.", code="field-missing")
    check = newest_check(desk.session, standing.id)
    row.answered, row.answer = desk.now, said
    row.answered_check = check.seq if check is not None and check.made > row.asked else None
    desk.session.flush()


def queries_of(session: Session, case_id: int) -> list[PermitQueryRow]:
    """The questions of a case, oldest first."""
    query = select(PermitQueryRow).where(PermitQueryRow.case_id == case_id).order_by(PermitQueryRow.id)
    return list(session.scalars(query, execution_options={"populate_existing": True}))


def _check_finding(session: Session, case_id: int, question: Question) -> None:
    check = newest_check(session, case_id)
    known = set() if check is None else {point(each) for each in check.findings}
    if (question.rule, question.subject or "") not in known:
        raise NotFound("The newest check has no such finding; look at it again.", code="no-finding")


def _keep(desk: Desk, case_id: int, question: Question, actor: Actor, due: date) -> None:
    row = PermitQueryRow(
        body=desk.body.code,
        case_id=case_id,
        kind=question.kind,
        rule=question.rule,
        subject=question.subject,
        words=question.words,
        asked=desk.now,
        asked_by=actor.person.id,
        due=due,
        answered=None,
        answer=None,
        answered_check=None,
    )
    desk.session.add(row)
    desk.session.flush()
