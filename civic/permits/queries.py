"""What the pages of a permit show: the application, its checks, signatures, bill, questions, words, limits, the permit itself.

In: a case and the desk at which it is looked at.  Out: one frozen value for the service's part of the case's page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.case import Case, parcels_of
from civic.core.desk import Desk
from civic.core.money.demands import demands_of
from civic.core.money.model import Demand
from civic.core.owners import people_owning
from civic.core.people import person
from civic.core.tables import CaseRow
from civic.core.workflow import Title
from civic.permits.asking import queries_of
from civic.permits.built import AsBuilt, as_built
from civic.permits.checking import Check, checks_of
from civic.permits.co_owners import owners_missing
from civic.permits.consents import OWNER, Signature, signatures
from civic.permits.deciding import Judged, judged
from civic.permits.fees import Bill, bill
from civic.permits.filing import Licence, licences
from civic.permits.following import PRICED, bill_of_following
from civic.permits.guards import FREE
from civic.permits.issuing import permit_of
from civic.permits.judgement import Route
from civic.permits.lettering import letters_of
from civic.permits.limits import (
    APPEAL,
    COUNCIL_LETTER,
    Term,
    council_term,
    decision_term,
    first_day,
    term_or_none,
)
from civic.permits.model import UNDRAWN, Kind
from civic.permits.routing import way_of, why_not_fresh
from civic.permits.same_plot import others_on_plot
from civic.permits.standing import titled
from civic.permits.subdivisions import divides
from civic.permits.tables import PermitAppealRow, PermitCaseRow, PermitQueryRow, PermitRow
from civic.permits.town_words import TownReason, town_reasons
from gis.errors import Conflict, Invalid
from rules.book import NotEncoded, NotInForce


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The limits of the law that run for a case."""

    decision: Term | None
    council: Term | None
    letter: Term | None
    appeal: Term | None


@dataclass(frozen=True, kw_only=True)
class PermitShown:
    """Everything of a permit's case that its page shows."""

    kind: Kind
    title: str
    number: str
    of_permit: str | None
    asked: Mapping[str, Any]
    route: str | None
    why: tuple[Mapping[str, Any], ...]
    licensee: str | None
    checks: tuple[Check, ...]
    stale: str | None
    way: Route | None
    """What would become of it today, as it is signed."""
    divides: bool
    """Whether it divides land, so that its drawing is a layout file."""
    points: tuple[Judged, ...]
    built: AsBuilt | None
    """The finished building beside what was permitted, of an occupancy case."""
    town_reasons: tuple[TownReason, ...]
    """Reasons of the town hall's own that need a word of an officer."""
    beside: tuple[str, ...]
    """Numbers of other permits in force and other open cases on the plot; numbers are for the office alone."""
    signatures: tuple[Signature, ...]
    owners_missing: tuple[str, ...]
    """Owners of the register who do not sign, for the office and for owners known as such; empty where no owner who signs is known."""
    owners_known: frozenset[int]
    """The people who are known as owners of the plot."""
    bill: Bill | None
    demands: tuple[Demand, ...]
    queries: tuple[PermitQueryRow, ...]
    licences: tuple[Licence, ...]
    permit: PermitRow | None
    letters: tuple[str, ...]
    appeals: tuple[str, ...]
    """Numbers of the appeals against what was decided here."""
    terms: Terms

    @property
    def check(self) -> Check | None:
        """The newest check."""
        return self.checks[0] if self.checks else None

    @property
    def is_drawn(self) -> bool:
        """Whether it has a drawing."""
        return self.kind not in UNDRAWN

    @property
    def open_queries(self) -> tuple[PermitQueryRow, ...]:
        """Questions without an answer."""
        return tuple(each for each in self.queries if each.answered is None)

    def title_of(self, rule: str) -> Title:
        """The title of a rule, in both languages."""
        english, malayalam = titled(rule)
        return Title(en=english, ml=malayalam)

    @property
    def signed(self) -> tuple[str, ...]:
        """Who has signed the newest drawing, as `part:person`."""
        return tuple(f"{each.part}:{each.person_id}" for each in self.signatures if each.is_given)


def shown(desk: Desk, standing: Case) -> PermitShown:
    """The permit's part of a case's page."""
    session = desk.session
    row = session.get_one(PermitCaseRow, standing.id, populate_existing=True)
    checks = tuple(checks_of(session, standing.id))
    check, kind, is_open = (checks[0] if checks else None), Kind(row.kind), standing.closed is None
    known = people_owning(session, desk.body, parcels_of(session, standing.id), now=desk.now)
    stale = why_not_fresh(session, desk.body, check, on=desk.today) if check and is_open else None
    return PermitShown(
        kind=kind,
        title=row.title,
        number=", ".join(parcels_of(session, standing.id)),
        of_permit=row.of_permit,
        asked=row.asked,
        route=row.route,
        why=tuple(row.why),
        licensee=person(session, row.licensee_id).name if row.licensee_id is not None else None,
        checks=checks,
        stale=stale,
        way=way_of(session, desk.body, check, kind=kind, on=desk.today) if check and is_open else None,
        divides=divides(session, standing.id),
        points=judged(session, check) if check else (),
        built=as_built(session, check) if check else None,
        town_reasons=town_reasons(session, desk.body, standing, on=desk.today),
        beside=others_on_plot(session, standing, on=desk.today) if is_open else (),
        signatures=signatures(session, standing.id),
        owners_missing=_missing(desk, standing, known) if is_open and kind not in UNDRAWN else (),
        owners_known=known,
        bill=_bill(desk, row, check),
        demands=tuple(demands_of(session, standing.id)),
        queries=tuple(queries_of(session, standing.id)),
        licences=tuple(licences(session, on=desk.today)) if is_open else (),
        permit=permit_of(session, standing.id),
        letters=tuple(letters_of(session, standing)),
        appeals=_appeals(session, standing.id),
        terms=_terms(desk, standing),
    )


def _bill(desk: Desk, row: PermitCaseRow, check: Check | None) -> Bill | None:
    """What it costs; None where nothing is to be paid, or it cannot be told yet."""
    kind = Kind(row.kind)
    if kind in PRICED:
        try:
            return bill_of_following(desk.session, desk.body, row, on=desk.today)
        except (Conflict, Invalid, NotEncoded, NotInForce):
            return None
    return None if check is None or kind in FREE else bill(desk.session, check)


def _missing(desk: Desk, standing: Case, known: frozenset[int]) -> tuple[str, ...]:
    signing = [each.person_id for each in signatures(desk.session, standing.id) if each.part == OWNER]
    if not known & set(signing):
        return ()
    return owners_missing(desk.session, desk.body, standing.id, signing, on=desk.today)


def _appeals(session: Session, case_id: int) -> tuple[str, ...]:
    query = select(CaseRow.number).join(PermitAppealRow, PermitAppealRow.case_id == CaseRow.id)
    return tuple(session.scalars(query.where(PermitAppealRow.of_case == case_id).order_by(CaseRow.id)))


def _terms(desk: Desk, standing: Case) -> Terms:
    try:
        decision, council = decision_term(desk.session, standing), council_term(desk.session, standing)
    except (Conflict, NotEncoded, NotInForce):
        decision = council = None
    referred: date | None = first_day(desk.session, standing.id, ("refer",))
    refused: date | None = first_day(desk.session, standing.id, ("refuse", "council_refuse"))
    return Terms(
        decision=decision,
        council=council,
        letter=term_or_none(desk.body, COUNCIL_LETTER, begins=referred),
        appeal=term_or_none(desk.body, APPEAL, begins=refused),
    )
