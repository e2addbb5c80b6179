"""What holds a step of a permit: a missing signature, fee, consent or word, a finding that fails, a check that is not of today.

In: a session inside a body, a case, for some the day.  Out: the reason in a sentence, or None where nothing holds it.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.bodies import local_body
from civic.core.case import Case
from civic.core.money.demands import demands_of, is_settled
from civic.permits.checking import newest_check
from civic.permits.consents import why_unsigned
from civic.permits.deciding import failing, ground_of_refusal, unspoken
from civic.permits.fees import bill
from civic.permits.following import check_in_time, comes_from_holder, permit_row, why_not_followed
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
from civic.permits.others import missing_consents
from civic.permits.routing import CERTIFIED, OFFICER, why_not_fresh
from civic.permits.subdivisions import why_not_judged
from civic.permits.tables import PermitCaseRow, PermitQueryRow, PermitRow
from civic.permits.town_words import is_refused, why_unspoken
from civic.permits.visits import visited
from gis.errors import Conflict

FREE = frozenset({Kind.PLINTH})
"""Kinds that cost nothing by the book, whatever is drawn."""


def _row(session: Session, standing: Case) -> PermitCaseRow:
    return session.get_one(PermitCaseRow, standing.id, populate_existing=True)


def _kind(session: Session, standing: Case) -> Kind:
    return Kind(_row(session, standing).kind)


def drawing_fits(session: Session, standing: Case) -> str | None:
    """A drawing was checked, and it lies on the plot."""
    if _kind(session, standing) in UNDRAWN:
        return "What is applied for here needs no drawing."
    check = newest_check(session, standing.id)
    if check is None:
        return "No drawing was handed in and checked yet."
    if unjudged := why_not_judged(session, standing.id):
        return unjudged
    if not check.fits:
        return f"The drawn plot is not this plot: {check.found['placement']['note']}"
    return None


def has_licensee(session: Session, standing: Case) -> str | None:
    """Somebody draws and answers for the drawing."""
    return None if _row(session, standing).licensee_id is not None else "No licensee is chosen yet."


def with_drawing(session: Session, standing: Case) -> str | None:
    """What is applied for has a drawing."""
    return "This kind of case has no drawing." if _kind(session, standing) in UNDRAWN else None


def without_drawing(session: Session, standing: Case) -> str | None:
    """What is applied for needs no drawing, and is not a plinth."""
    kind = _kind(session, standing)
    return None if kind in UNDRAWN and kind is not Kind.PLINTH else "This kind of case goes another way."


def is_plinth(session: Session, standing: Case) -> str | None:
    """A plinth is reported."""
    return None if _kind(session, standing) is Kind.PLINTH else "This case is about no plinth."


def is_occupancy(session: Session, standing: Case) -> str | None:
    """An occupancy certificate is applied for."""
    return None if _kind(session, standing) is Kind.OCCUPANCY else "This case is about no occupancy."


def guards_against(session: Session, standing: Case) -> frozenset[str]:
    """The guards that hold a case whatever happens, since its kind goes another way."""
    of_kind = (with_drawing, without_drawing, is_plinth, is_occupancy)
    never = {each.__name__ for each in of_kind if each(session, standing)}
    is_undrawn = _kind(session, standing) in UNDRAWN
    return frozenset(never | {drawing_fits.__name__} if is_undrawn else never)


def of_permit_stands(session: Session, standing: Case) -> str | None:
    """The permit that the case follows was neither revoked nor replaced; nothing is asked of a case that follows none."""
    number = _row(session, standing).of_permit
    if number is None:
        return None
    row = session.get_one(PermitRow, (standing.body, number), populate_existing=True)
    refused = why_not_followed(row, kind=Kind.PLINTH, on=row.issued)
    return None if refused is None else str(refused)


def brought_in(session: Session, standing: Case) -> str | None:
    """An earlier permit was recorded with the case, by its import."""
    found = select(PermitRow.number).where(PermitRow.case_id == standing.id)
    return None if session.scalar(found) else "Earlier permits are recorded by their import."


def consents_given(session: Session, standing: Case) -> str | None:
    """Owner and licensee have signed the newest drawing."""
    return None if _kind(session, standing) in UNDRAWN else why_unsigned(session, standing.id)


def fees_told(session: Session, standing: Case) -> str | None:
    """Every fee is told by the book or was set by an officer."""
    check = newest_check(session, standing.id)
    if check is None or _kind(session, standing) in FREE:
        return None
    still = bill(session, check).open
    return f"Not told yet: {', '.join(each.title for each in still)}." if still else None


def fee_paid(session: Session, standing: Case) -> str | None:
    """What was demanded is paid; where nothing is to be paid, nothing is missing."""
    if is_settled(session, standing.id):
        return None
    if demands_of(session, standing.id):
        return "The fee is not paid."
    check = newest_check(session, standing.id)
    is_free = _kind(session, standing) in FREE or (
        check is not None and (owed := bill(session, check)).is_told and owed.paise == 0
    )
    return None if is_free else "The fee is not paid."


def not_paid(session: Session, standing: Case) -> str | None:
    """Nothing was paid: what was paid for does not lapse."""
    return "The fee is paid." if is_settled(session, standing.id) else None


def self_certified(session: Session, standing: Case) -> str | None:
    """The law lets the licensee's certificate take the place of a decision."""
    return None if _row(session, standing).route == CERTIFIED else "An officer decides on this."


def for_officer(session: Session, standing: Case) -> str | None:
    """An officer decides."""
    return None if _row(session, standing).route == OFFICER else "This does not need an officer."


def way_open(session: Session, standing: Case) -> str | None:
    """The way is open until the drawing is checked again."""
    return None if _row(session, standing).route is None else "The way is told."


def queries_answered(session: Session, standing: Case) -> str | None:
    """No question of an officer stands open."""
    query = select(PermitQueryRow.words).where(
        PermitQueryRow.case_id == standing.id, PermitQueryRow.answered.is_(None)
    )
    still = session.scalars(query.order_by(PermitQueryRow.id)).all()
    return f"{len(still)} question(s) stand open: {still[0][:120]}" if still else None


def question_put(session: Session, standing: Case) -> str | None:
    """A question stands open: nothing is given back to the applicant without one."""
    return None if queries_answered(session, standing) else "Write the question first."


def nothing_fails(session: Session, standing: Case) -> str | None:
    """A division of land was judged as one, and no finding of the newest check fails without a published override."""
    if unjudged := why_not_judged(session, standing.id):
        return unjudged
    found = failing(session, standing.id)
    how = "A finding is overruled only with a reason that is published."
    return f"Fails: {', '.join(found)}. {how}" if found else None


def findings_spoken(session: Session, standing: Case) -> str | None:
    """An officer, or the licensee's declaration, has said something of every open finding."""
    still = unspoken(session, standing.id)
    return f"No word yet on: {', '.join(still)}." if still else None


def refusal_grounded(session: Session, standing: Case) -> str | None:
    """A refusal names what it rests on: a failing finding, a word of refusal, an authority's objection."""
    if _kind(session, standing) in UNDRAWN:
        return None
    is_grounded = ground_of_refusal(session, standing.id) or is_refused(session, standing.id)
    return None if is_grounded else "Say of at least one finding why it is refused."


def consents_of_others(session: Session, standing: Case) -> str | None:
    """Every authority that the findings call for has agreed."""
    return None if _kind(session, standing) in UNDRAWN else missing_consents(session, standing.id)


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
    if _kind(session, standing) in UNDRAWN:
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


GUARDS = {
    each.__name__: each
    for each in (
        drawing_fits,
        has_licensee,
        with_drawing,
        without_drawing,
        is_plinth,
        is_occupancy,
        of_permit_stands,
        brought_in,
        consents_given,
        fees_told,
        fee_paid,
        not_paid,
        self_certified,
        for_officer,
        way_open,
        queries_answered,
        question_put,
        nothing_fails,
        findings_spoken,
        consents_of_others,
        visited,
    )
} | {"ground_of_refusal": refusal_grounded}
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
