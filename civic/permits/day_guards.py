"""What holds a step of a permit on one day and not on another: limits of the law, a check that is not of today, who is known today.

In: a session inside a body, a case, the day there.  Out: the reason in a sentence, or None where nothing holds it.
"""

from datetime import date

from sqlalchemy.orm import Session

from civic.core.bodies import local_body
from civic.core.case import Case
from civic.permits.checking import newest_check
from civic.permits.following import check_in_time, comes_from_holder, permit_row
from civic.permits.limits import (
    OCCUPANCY,
    PLINTH_DEEMED,
    PLINTH_REMARKS,
    council_term,
    decision_term,
    first_day,
    term,
)
from civic.permits.model import UNDRAWN, Kind
from civic.permits.routing import why_not_fresh
from civic.permits.tables import PermitCaseRow, PermitRow
from civic.permits.town_words import why_unspoken
from gis.errors import Conflict


def _row(session: Session, standing: Case) -> PermitCaseRow:
    return session.get_one(PermitCaseRow, standing.id, populate_existing=True)


def in_time(session: Session, standing: Case, today: date) -> str | None:
    """An extension is filed while its permit holds, a renewal once it has ended: a draft does not stop that clock."""
    row = _row(session, standing)
    if row.of_permit is None:
        return None
    try:
        check_in_time(Kind(row.kind), permit_row(session, standing.body, row.of_permit), on=today)
    except Conflict as refused:
        return refused.message
    return None


def check_of_today(session: Session, standing: Case, today: date) -> str | None:
    """The newest check is of the newest file, today's book and today's land."""
    check = newest_check(session, standing.id)
    if Kind(_row(session, standing).kind) in UNDRAWN:
        return None
    if check is None:
        return "No drawing was checked yet."
    return why_not_fresh(session, local_body(session, standing.body), check, on=today)


def reasons_spoken(session: Session, standing: Case, today: date) -> str | None:
    """An officer has accepted every reason for which the town hall itself has an officer look at the case."""
    return why_unspoken(session, local_body(session, standing.body), standing, on=today)


def decision_late(session: Session, standing: Case, today: date) -> str | None:
    """The days for a decision have passed without one; a question that stands open is the applicant's own turn."""
    found = decision_term(session, standing)
    if found is None:
        return "The application has not been taken up yet."
    return None if found.is_over(today) else f"The office has until {found.last} to decide ({found.clause})."


def council_silent(session: Session, standing: Case, today: date) -> str | None:
    """The Council's days after the written reference have passed without a word."""
    found = council_term(session, standing)
    if found is None:
        return "It was not referred to the Council in writing."
    return None if found.is_over(today) else f"The Council has until {found.last} ({found.clause})."


def plinth_remarks_open(session: Session, standing: Case, today: date) -> str | None:
    """The days for remarks on the plinth have not passed."""
    reported = first_day(session, standing.id, ("report_plinth",)) or today
    found = term(local_body(session, standing.body), PLINTH_REMARKS, begins=reported)
    return f"Remarks could be made until {found.last} ({found.clause})." if found.is_over(today) else None


def plinth_deemed(session: Session, standing: Case, today: date) -> str | None:
    """The days after which the plinth is deemed in order have passed."""
    reported = first_day(session, standing.id, ("report_plinth",)) or today
    found = term(local_body(session, standing.body), PLINTH_DEEMED, begins=reported)
    return (
        None
        if found.is_over(today)
        else f"The plinth is deemed in order after {found.last} ({found.clause})."
    )


def occupancy_late(session: Session, standing: Case, today: date) -> str | None:
    """The days for the occupancy certificate have passed."""
    begins = first_day(session, standing.id, ("take_in", "check_again")) or today
    found = term(local_body(session, standing.body), OCCUPANCY, begins=begins)
    return None if found.is_over(today) else f"The office has until {found.last} ({found.clause})."


def holder_known(session: Session, standing: Case, today: date) -> str | None:
    """Time grants only to an owner of the permit that is followed: a stranger's report is an officer's to look at."""
    body, number = local_body(session, standing.body), _row(session, standing).of_permit
    permit = session.get(PermitRow, (standing.body, number)) if number else None
    if permit is None or comes_from_holder(session, body, standing.id, permit, on=today):
        return None
    return f"Nobody who reports is known as an owner of permit {number}; an officer looks at it."


DATED = {
    each.__name__: each
    for each in (
        in_time,
        check_of_today,
        reasons_spoken,
        decision_late,
        council_silent,
        plinth_remarks_open,
        plinth_deemed,
        occupancy_late,
        holder_known,
    )
}
