"""What else stands on the plot of a case: permits in force and other open cases, which an officer weighs before a second one.

In: a case, a day.  Out: their numbers, for the office; a party is told only that there is something.
"""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from civic.core.case import Case, parcels_of
from civic.core.tables import CaseParcelRow, CaseRow
from civic.permits.model import DEPENDENT
from civic.permits.tables import PermitCaseRow, PermitRow


def others_on_plot(session: Session, standing: Case, *, on: date) -> tuple[str, ...]:
    """The other permits in force, then the other cases before the office, on the plots of a case; never the one it follows."""
    followed = session.get_one(PermitCaseRow, standing.id).of_permit
    there = select(CaseParcelRow.case_id).where(
        CaseParcelRow.number.in_(parcels_of(session, standing.id)), CaseParcelRow.case_id != standing.id
    )
    permits = select(PermitRow.number).where(
        PermitRow.case_id.in_(there),
        PermitRow.kind.not_in(DEPENDENT),
        PermitRow.revoked.is_(None),
        PermitRow.replaced.is_(None),
        or_(PermitRow.until.is_(None), PermitRow.until >= on),
        PermitRow.number != (followed or ""),
    )
    cases = (
        select(CaseRow.number)
        .join(PermitCaseRow, PermitCaseRow.case_id == CaseRow.id)
        .where(CaseRow.id.in_(there), CaseRow.closed.is_(None), CaseRow.state != "draft")
    )
    return (
        *session.scalars(permits.order_by(PermitRow.number)),
        *session.scalars(cases.order_by(CaseRow.number)),
    )
