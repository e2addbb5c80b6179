"""What holds a step of a permit: a missing signature, fee, consent or word, a finding that fails.

In: a session inside a body, a case (what hangs on the day: `civic.permits.day_guards`).  Out: the reason in a sentence, or None where nothing holds it.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.case import Case
from civic.core.money.demands import demands_of, is_settled
from civic.permits.checking import newest_check
from civic.permits.consents import why_unsigned
from civic.permits.deciding import failing, ground_of_refusal, unspoken
from civic.permits.fees import bill
from civic.permits.following import PRICED, why_not_followed, why_untold
from civic.permits.model import UNDRAWN, Kind
from civic.permits.others import missing_consents
from civic.permits.routing import CERTIFIED, OFFICER
from civic.permits.subdivisions import why_not_judged
from civic.permits.tables import PermitCaseRow, PermitQueryRow, PermitRow
from civic.permits.town_words import is_refused
from civic.permits.visits import visited

FREE = frozenset({Kind.PLINTH})
"""Kinds that cost nothing by the book, whatever is drawn."""
NOT_THIS_PLOT = "The drawn plot is not this plot:"


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
    return _why_not_laid(session, standing)


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


def is_no_occupancy(session: Session, standing: Case) -> str | None:
    """What is asked for is a permit, on which rule 14 lets the Council decide; a certificate of occupancy has rule 20."""
    if _kind(session, standing) is not Kind.OCCUPANCY:
        return None
    return (
        "Rule 14 is about permits; a certificate that does not come in its days is deemed given by rule 20."
    )


def guards_against(session: Session, standing: Case) -> frozenset[str]:
    """The guards that hold a case whatever happens, since its kind goes another way."""
    of_kind = (with_drawing, without_drawing, is_plinth, is_occupancy, is_no_occupancy)
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
    row, check = _row(session, standing), newest_check(session, standing.id)
    if Kind(row.kind) in PRICED:
        return why_untold(session, row)
    if check is None or Kind(row.kind) in FREE:
        return None
    still = bill(session, check).open
    return f"Not told yet: {', '.join(each.title for each in still)}." if still else None


def fee_untold(session: Session, standing: Case) -> str | None:
    """A fee is open, which an officer sets before anything is paid."""
    return None if fees_told(session, standing) else "The fee is told already."


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
    """The newest check judged this very plot and work, and no finding of it fails without a published override."""
    if unjudged := why_not_judged(session, standing.id) or _why_not_laid(session, standing):
        return unjudged
    found = failing(session, standing.id)
    how = "A finding is overruled only with a reason that is published."
    return f"Fails: {', '.join(found)}. {how}" if found else None


def _why_not_laid(session: Session, standing: Case) -> str | None:
    """Why the newest check says nothing of this plot: a drawing that lies on another is never permitted on anybody's word."""
    check = newest_check(session, standing.id)
    return None if check is None or check.fits else f"{NOT_THIS_PLOT} {check.found['placement']['note']}"


def findings_spoken(session: Session, standing: Case) -> str | None:
    """An officer, or the licensee's declaration, has said something of every open finding."""
    still = unspoken(session, standing.id)
    return f"No word yet on: {', '.join(still)}." if still else None


def refusal_grounded(session: Session, standing: Case) -> str | None:
    """A refusal names what it rests on: a failing finding, a word of refusal, a drawing of another plot, a permit that stands no more."""
    if _kind(session, standing) in UNDRAWN:
        return None
    is_grounded = (
        ground_of_refusal(session, standing.id)
        or is_refused(session, standing.id)
        or _why_not_laid(session, standing) is not None
        or of_permit_stands(session, standing) is not None
    )
    return None if is_grounded else "Say of at least one finding why it is refused."


def consents_of_others(session: Session, standing: Case) -> str | None:
    """Every authority that the findings call for has agreed."""
    return None if _kind(session, standing) in UNDRAWN else missing_consents(session, standing.id)


def no_consent_missing(session: Session, standing: Case) -> str | None:
    """The same where time decides and no officer has said anything: there the licensee's signed words count as they do for a permit at once."""
    return missing_consents(session, standing.id, in_silence=True)


GUARDS = {
    each.__name__: each
    for each in (
        drawing_fits,
        has_licensee,
        with_drawing,
        without_drawing,
        is_plinth,
        is_occupancy,
        is_no_occupancy,
        of_permit_stands,
        brought_in,
        consents_given,
        fees_told,
        fee_untold,
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
        no_consent_missing,
        visited,
    )
} | {"ground_of_refusal": refusal_grounded}
