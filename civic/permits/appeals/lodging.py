"""How an appeal is recorded: against which decision, by whom, since when; what the Tribunal ordered.

In: the case of a refusal or of a revoked permit, a form of one of its parties.  Out: a case with its row; `Conflict` where nothing was decided
against anybody, or an appeal waits already.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case, acting_parts, case, parcels_of
from civic.core.desk import Desk
from civic.core.people import Actor
from civic.core.said import add_act
from civic.core.steps import open_case
from civic.core.tables import CaseRow
from civic.core.working_days import day_there
from civic.permits import service as permits
from civic.permits.consents import LICENSEE
from civic.permits.filing import APPLICANT
from civic.permits.issuing import permit_of
from civic.permits.limits import APPEAL, Term, term_or_none
from civic.permits.tables import PermitAppealRow
from gis.errors import Conflict, Invalid, NotAllowed

REFUSAL, REVOCATION = "refusal", "revocation"
LONGEST = 120


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A decision that can be appealed against: what it was, and on which day."""

    against: str
    on: date
    permit: str | None


@dataclass(frozen=True, kw_only=True)
class Appeal:
    """An appeal as its page shows it; `term` is how long one may be lodged, as the book recalls it."""

    row: PermitAppealRow
    of_case: str
    term: Term | None

    @property
    def is_late(self) -> bool:
        """Whether it was lodged after the days that the book recalls; the Tribunal alone says what follows from that."""
        return self.term is not None and self.term.is_over(self.row.lodged)


def decision_of(session: Session, body: LocalBody, standing: Case) -> Decision | None:
    """The decision of a permit's case that can be appealed against; None where there is none."""
    permit = permit_of(session, standing.id)
    if permit is not None and permit.revoked is not None:
        return Decision(against=REVOCATION, on=permit.revoked, permit=permit.number)
    if standing.state == "refused" and standing.closed is not None:
        return Decision(against=REFUSAL, on=day_there(standing.closed, body.time_zone), permit=None)
    return None


def lodge(desk: Desk, standing: Case, form: Mapping[str, str], *, actor: Actor) -> Case:
    """Record that a party has appealed to the Tribunal; the case stands before it from then on."""
    session = desk.session
    parts = acting_parts(session, standing.id, actor)
    if not parts:
        raise NotAllowed("A party of the case tells of its appeal.", code="not-yours-to-sign")
    decision = decision_of(session, desk.body, standing)
    if decision is None:
        raise Conflict(
            "Nothing was refused or revoked here that could be appealed against.", code="no-appeal"
        )
    if appeal_before_tribunal(session, standing.id) is not None:
        raise Conflict("An appeal against this decision is before the Tribunal already.", code="appeal-waits")
    lodged, reference = _day(form.get("lodged", "")), _reference(form.get("reference", ""))
    if not decision.on <= lodged <= desk.today:
        raise Invalid(
            f"An appeal is lodged after the decision of {decision.on} and not in the future; write the day on which it was.",
            code="bad-date",
        )
    opened = open_case(
        desk,
        parcels=parcels_of(session, standing.id),
        actor=actor,
        told={"against": decision.against},
        part=LICENSEE if parts == {LICENSEE} else APPLICANT,  # what a licensee begins ends with the licence
    )
    row = PermitAppealRow(
        case_id=opened.id,
        body=desk.body.code,
        of_case=standing.id,
        against=decision.against,
        of_permit=decision.permit,
        decided_on=decision.on,
        lodged=lodged,
        reference=reference,
        ordered=None,
        order_ref=None,
    )
    session.add(row)
    session.flush()
    add_act(
        permits.SERVICE.desk(session, desk.body, now=desk.now),
        standing.id,
        "appeal_lodged",
        role=min(parts),
        actor=actor,
        note=reference,
        told={"appeal": opened.number, "about": {"en": "At the Tribunal", "ml": "ട്രൈബ്യൂണലിൽ"}},
    )
    return opened


def appeal_before_tribunal(session: Session, of_case: int) -> str | None:
    """The number of the appeal against a case's decision that has no order yet."""
    query = (
        select(CaseRow.number)
        .join(PermitAppealRow, PermitAppealRow.case_id == CaseRow.id)
        .where(PermitAppealRow.of_case == of_case, CaseRow.closed.is_(None))
    )
    return session.scalar(query.order_by(CaseRow.id).limit(1))


def appeal_of(desk: Desk, standing: Case) -> Appeal:
    """What the page of an appeal shows."""
    row = desk.session.get_one(PermitAppealRow, standing.id, populate_existing=True)
    return Appeal(
        row=row,
        of_case=case(desk.session, row.of_case).number,
        term=term_or_none(desk.body, APPEAL, begins=row.decided_on),
    )


def keep_order(desk: Desk, standing: Case, form: Mapping[str, str]) -> Mapping[str, str]:
    """Keep the Tribunal's order: its number and its day; what history keeps of it."""
    row = desk.session.get_one(PermitAppealRow, standing.id, populate_existing=True)
    ordered, reference = _day(form.get("ordered", "")), _reference(form.get("order_ref", ""))
    if not row.lodged <= ordered <= desk.today:
        raise Invalid(
            "The order is of a day after the appeal and not in the future; write the day on it.",
            code="bad-date",
        )
    row.ordered, row.order_ref = ordered, reference
    desk.session.flush()
    return {"order": reference, "ordered": ordered.isoformat()}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(
            "This is not a date. Write year-month-day, for example 2026-05-03.", code="bad-date"
        ) from error


def _reference(text: str) -> str:
    words = " ".join(text.split())
    if not words or len(words) > LONGEST:
        raise Invalid("Write the number under which the Tribunal has it.", code="field-missing")
    return words
