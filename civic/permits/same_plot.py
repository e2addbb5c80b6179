"""What else stands on the plot of a case: permits in force and other open cases, which an officer weighs before a second one.

In: a case, a day.  Out: their numbers, for the office; a party is told only that there is something.
"""

from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from civic.core.case import Case, parcels_of
from civic.core.tables import CaseParcelRow, CaseRow
from civic.permits.model import DEPENDENT
from civic.permits.tables import PermitCaseRow, PermitRow


def others_on_plot(session: Session, standing: Case, *, on: date) -> tuple[str, ...]:
    """The other permits in force, then the other cases before the office, on the plots of a case; never the one it follows."""
    cases = (
        select(CaseRow.number)
        .join(PermitCaseRow, PermitCaseRow.case_id == CaseRow.id)
        .where(
            CaseRow.id.in_(_cases_there(session, standing.id)),
            CaseRow.closed.is_(None),
            CaseRow.state != "draft",
        )
    )
    return (*permits_beside(session, standing.id, on=on), *session.scalars(cases.order_by(CaseRow.number)))


def permits_beside(session: Session, case_id: int, *, on: date) -> tuple[str, ...]:
    """The other permits in force on the plots of a case; never the one it follows."""
    followed = session.get_one(PermitCaseRow, case_id).of_permit
    permits = select(PermitRow.number).where(
        PermitRow.case_id.in_(_cases_there(session, case_id)),
        PermitRow.kind.not_in(DEPENDENT),
        PermitRow.revoked.is_(None),
        PermitRow.replaced.is_(None),
        or_(PermitRow.until.is_(None), PermitRow.until >= on),
        PermitRow.number != (followed or ""),
    )
    return tuple(session.scalars(permits.order_by(PermitRow.number)))


def one_at_a_time(session: Session, body: str, case_id: int) -> None:
    """Let one case on a plot go on its way at a time, until the transaction ends: who comes second sees the permit of the first."""
    for number in parcels_of(session, case_id):
        key = func.hashtextextended(f"way of a permit:{body}:{number}", 0)
        session.execute(select(func.pg_advisory_xact_lock(key)))


def _cases_there(session: Session, case_id: int) -> Select[Any]:
    return select(CaseParcelRow.case_id).where(
        CaseParcelRow.number.in_(parcels_of(session, case_id)), CaseParcelRow.case_id != case_id
    )
