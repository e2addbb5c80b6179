"""The limits of the law on a day, from the rule book, and since when they run for a case.

In: a local body, a day, a case with its history.  Out: days, with the clause that sets them.  Where the book has no number
for the day nothing is guessed: `NotEncoded` or `NotInForce` tells why.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, local_body
from civic.core.case import Case
from civic.core.tables import CaseEventRow
from civic.core.working_days import day_there
from gis.errors import Conflict
from gis.site import LocalBody as Kind
from rules.book import Book, NotEncoded, NotInForce, Parameter
from rules.reading import library

DECISION = Parameter("process.decision")
COUNCIL = Parameter("process.council")
COUNCIL_LETTER = Parameter("process.council_letter")
PLINTH_REMARKS = Parameter("process.plinth_remarks")
PLINTH_DEEMED = Parameter("process.plinth_deemed")
OCCUPANCY = Parameter("process.occupancy_certificate")
REPLY = Parameter("noc.reply")
QUERY = Parameter("process.query")
APPEAL = Parameter("process.appeal")
BODIES = {
    "grama_panchayat": Kind.PANCHAYAT,
    "municipality": Kind.MUNICIPALITY,
    "corporation": Kind.CORPORATION,
}
TAKEN_UP = ("check_again", "take_in")
"""Steps by which a paid application reaches the office; the days of the law run from there."""


@dataclass(frozen=True, kw_only=True)
class Term:
    """A span of the law: from a day, its last day, and the clause."""

    begins: date
    last: date
    clause: str

    def is_over(self, on: date) -> bool:
        """Whether its last day has passed."""
        return on > self.last


def book_of(body: LocalBody, *, on: date) -> Book:
    """The edition that binds a local body on a day; `Conflict` where its kind is under no rules here."""
    kind = BODIES.get(body.kind)
    if kind is None:
        raise Conflict("No building rules are known for this kind of local body.", code="no-rules-here")
    return library().on(on, kind)


def term(body: LocalBody, parameter: Parameter, *, begins: date) -> Term:
    """A span that began on a day, as long as the book of that day says."""
    value = book_of(body, on=begins).value(parameter)
    return Term(begins=begins, last=begins + timedelta(days=value.count), clause=str(value.citation))


def term_or_none(body: LocalBody, parameter: Parameter, *, begins: date | None) -> Term | None:
    """The same for a page, which shows nothing where the book has no number."""
    if begins is None:
        return None
    try:
        return term(body, parameter, begins=begins)
    except (NotEncoded, NotInForce, Conflict):
        return None


def first_day(session: Session, case_id: int, steps: tuple[str, ...]) -> date | None:
    """The day in the body on which one of some steps was first taken."""
    query = (
        select(CaseEventRow.instant, CaseEventRow.body)
        .where(CaseEventRow.case_id == case_id, CaseEventRow.step.in_(steps))
        .order_by(CaseEventRow.seq)
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return day_there(row.instant, local_body(session, row.body).time_zone) if row else None


def decision_term(session: Session, standing: Case) -> Term | None:
    """Until when the office has to decide; None before the application was taken up."""
    begins = first_day(session, standing.id, TAKEN_UP)
    return None if begins is None else term(local_body(session, standing.body), DECISION, begins=begins)


def council_term(session: Session, standing: Case) -> Term | None:
    """Until when the Council has to decide; None where it was not referred in writing."""
    begins = first_day(session, standing.id, ("refer",))
    return None if begins is None else term(local_body(session, standing.body), COUNCIL, begins=begins)
