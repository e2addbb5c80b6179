"""The letters of a matter, made from what is kept: a permit's own, its revocation, a refusal.

In: the number of a permit or a case, the front address of the instance.  Out: a `Letter`, complete in itself.  What was overruled, and what
was signed, is told as it was kept when it was decided; nothing is judged again.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case, case, history, parcels_of
from civic.core.people import person
from civic.core.tables import CasePartyRow
from civic.core.working_days import day_there
from civic.permits.checking import Check, check_numbered, drawn_of, newest_check
from civic.permits.consents import OWNER, consents_of
from civic.permits.deciding import REFUSED, overrides_on, words_on
from civic.permits.following import permit_row
from civic.permits.letters import (
    Ended,
    Letter,
    LetterKind,
    Point,
    Signed,
    fees_in,
    grounds_of,
    points_in,
    standings_in,
)
from civic.permits.limits import book_of
from civic.permits.model import Kind
from civic.permits.tables import PermitCaseRow, PermitCheckRow, PermitRow
from civic.permits.terms import ending
from gis.errors import Conflict

REFUSALS = frozenset({"refuse", "council_refuse"})
OF_PERMITS_YEARS = frozenset({Kind.NEW, Kind.ADDITION, Kind.CHANGE_OF_USE})
"""Kinds whose end is that of the rule on validity, whose clause is then told."""


def permit_letter_of(session: Session, body: LocalBody, number: str, *, front: str) -> Letter:
    """The letter of a permit as it was issued; `NoSuchPermit` where there is none."""
    row = permit_row(session, body.code, number)
    standing = case(session, row.case_id)
    check = _check_of(session, row)
    kind = LetterKind.OCCUPANCY if row.kind == Kind.OCCUPANCY else LetterKind.PERMIT
    return replace(
        _begun(session, body, standing, check, kind=kind),
        route=row.route,
        number=row.number,
        dated=row.issued,
        instant=standing.closed or _midnight(row.issued),
        validity=_validity(body, row) if kind is LetterKind.PERMIT else None,
        address=f"{front}/town/{body.code}/register/{row.number}",
        conditions=points_in(row.terms, "conditions"),
        fees=fees_in(row.terms),
        measured=standings_in(row.terms, "measured"),
        declared=standings_in(row.terms, "declared"),
        accepted=points_in(row.terms, "accepted"),
        overrides=points_in(row.terms, "overrides"),
        signatures=_signatures(session, standing.id, check),
    )


def revocation_letter_of(session: Session, body: LocalBody, number: str, *, front: str) -> Letter:
    """The letter by which a permit was taken back; `Conflict` where it was not."""
    row = permit_row(session, body.code, number)
    if row.revoked is None:
        raise Conflict(f"Permit {number} was not revoked, so there is no such letter.")
    standing = case(session, row.case_id)
    check = _check_of(session, row)
    return replace(
        _begun(session, body, standing, check, kind=LetterKind.REVOCATION),
        number=row.number,
        dated=row.revoked,
        instant=_midnight(row.revoked),
        address=f"{front}/town/{body.code}/register/{row.number}",
        reason=row.revoked_why or "",
    )


def refusal_letter_of(session: Session, body: LocalBody, case_id: int, *, front: str) -> Letter:
    """The letter of a refusal with every ground by its clause; `Conflict` where the matter was not refused."""
    standing = case(session, case_id)
    decided = [each for each in history(session, case_id, for_staff=False) if each.step in REFUSALS]
    if standing.state != "refused" or standing.closed is None:
        raise Conflict("This matter was not refused, so there is no such letter.")
    check = newest_check(session, case_id)
    return replace(
        _begun(session, body, standing, check, kind=LetterKind.REFUSAL),
        dated=day_there(standing.closed, body.time_zone),
        instant=standing.closed,
        address=f"{front}/town/{body.code}/cases/{standing.number}",
        reason=(decided[-1].note or "") if decided else "",
        grounds=() if check is None else _grounds(session, check),
    )


def _begun(
    session: Session, body: LocalBody, standing: Case, check: Check | None, *, kind: LetterKind
) -> Letter:
    """What every letter of a matter says."""
    matter = session.get_one(PermitCaseRow, standing.id, populate_existing=True)
    licensee = person(session, matter.licensee_id).name if matter.licensee_id is not None else ""
    has_drawing = check is not None and kind is not LetterKind.REVOCATION
    return Letter(
        kind=kind,
        kind_of_permit=matter.kind,
        route="officer",
        number=standing.number,
        case_number=standing.number,
        of_permit=matter.of_permit,
        title=matter.title,
        body_en=body.name_en,
        body_ml=body.name_ml,
        plot=", ".join(parcels_of(session, standing.id)),
        owners=_owners(session, standing.id),
        licensee=licensee,
        dated=day_there(standing.since, body.time_zone),
        instant=standing.since,
        validity=None,
        synthetic=body.synthetic,
        address="",
        drawing_digest=check.sha256 if check else "",
        check_digest=check.found["digest"] if check else "",
        checked_on=check.on if check else None,
        book_digest=(check.book_digest or "") if check else "",
        svg=drawn_of(session, check.id).svg if check and has_drawing else "",
    )


def _check_of(session: Session, row: PermitRow) -> Check | None:
    """The check that a permit rests on."""
    if row.check_id is None:
        return None
    return check_numbered(session, row.case_id, session.get_one(PermitCheckRow, row.check_id).seq)


def _owners(session: Session, case_id: int) -> tuple[str, ...]:
    query = (
        select(CasePartyRow.person_id)
        .where(CasePartyRow.case_id == case_id, CasePartyRow.part == OWNER)
        .order_by(CasePartyRow.person_id)
    )
    return tuple(person(session, each).name for each in session.scalars(query))


def _signatures(session: Session, case_id: int, check: Check | None) -> tuple[Signed, ...]:
    """Who signed the very drawing that was decided on, and did not take it back."""
    if check is None:
        return ()
    return tuple(
        Signed(name=person(session, row.person_id).name, part=row.part, given=row.given)
        for row in consents_of(session, case_id)
        if row.sha256 == check.sha256 and row.withdrawn is None
    )


def _validity(body: LocalBody, row: PermitRow) -> Ended | None:
    """Until when, and by which clause where it is the rule on validity; nothing for what does not end."""
    if row.until is None:
        return Ended(until=None) if row.kind in OF_PERMITS_YEARS else None
    end = ending(row.issued, book_of(body, on=row.issued)) if row.kind in OF_PERMITS_YEARS else None
    is_of_the_rule = end is not None and end.day == row.until
    return Ended(until=row.until, clause=end.clause if end and is_of_the_rule else "")


def _grounds(session: Session, check: Check) -> tuple[Point, ...]:
    refused = {which: row.reason for which, row in words_on(session, check).items() if row.stance == REFUSED}
    return grounds_of(check.found, refused, overruled=frozenset(overrides_on(session, check)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
