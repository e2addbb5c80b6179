"""The letters of a case: the permit, the refusal, the certificate of occupancy, the revocation, as values ready for print.

In: a case that has ended.  Out: a `Letter` of `civic.permits.letters`, the same whenever it is asked; `NotFound` where there is none.
"""

from datetime import date, datetime
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case, history, parcels_of
from civic.core.people import person
from civic.core.tables import CasePartyRow
from civic.core.working_days import day_there
from civic.permits.built import tolerated_on
from civic.permits.checking import Check, check_numbered, drawn_of, newest_check
from civic.permits.consents import OWNER, consents_of
from civic.permits.deciding import REFUSED, overrides_on, words_on
from civic.permits.fees import bill
from civic.permits.issuing import permit_of
from civic.permits.letters import (
    Ended,
    Letter,
    LetterKind,
    Point,
    Signed,
    commencement_in,
    fees_in,
    grounds_of,
    points_in,
    standings_in,
)
from civic.permits.limits import book_of
from civic.permits.model import CERTIFIABLE, Kind
from civic.permits.tables import PermitCaseRow, PermitCheckRow, PermitRow
from civic.permits.terms import ending
from civic.permits.town_words import TOWN_HALL, headed, words_of_town
from gis.errors import NotFound

REFUSALS = ("refuse", "council_refuse", "remark")


def letters_of(session: Session, standing: Case) -> tuple[LetterKind, ...]:
    """The letters that there are of a case."""
    permit = permit_of(session, standing.id)
    if permit is not None and permit.route != "earlier":
        main = LetterKind.OCCUPANCY if permit.kind == Kind.OCCUPANCY else LetterKind.PERMIT
        return (main, LetterKind.REVOCATION) if permit.revoked is not None else (main,)
    return (LetterKind.REFUSAL,) if standing.state == "refused" else ()


def letter(session: Session, body: LocalBody, standing: Case, kind: str, *, front: str) -> Letter:
    """One letter of a case; `front` is the address under which anyone looks the permit up."""
    if kind not in letters_of(session, standing):
        raise NotFound("There is no such letter of this case.", code="no-letter")
    if kind == LetterKind.REFUSAL:
        return _refusal(session, body, standing, front=front)
    permit = permit_of(session, standing.id)
    if permit is None:
        raise NotFound("There is no such letter of this case.", code="no-letter")
    return _permit(session, body, standing, permit, LetterKind(kind), front=front)


def _permit(
    session: Session, body: LocalBody, standing: Case, permit: PermitRow, kind: LetterKind, *, front: str
) -> Letter:
    case = session.get_one(PermitCaseRow, standing.id)
    terms, is_taken_back = permit.terms, kind is LetterKind.REVOCATION
    row = session.get(PermitCheckRow, permit.check_id) if permit.check_id is not None else None
    check = check_numbered(session, standing.id, row.seq) if row is not None else None
    return Letter(
        kind=kind,
        kind_of_permit=permit.kind,
        route=permit.route,
        number=permit.number,
        case_number=standing.number,
        of_permit=case.of_permit,
        title=case.title,
        body_en=body.name_en,
        body_ml=body.name_ml,
        plot=", ".join(parcels_of(session, standing.id)),
        owners=_owners(session, standing.id),
        licensee=_licensee(session, case, check),
        dated=permit.revoked if is_taken_back and permit.revoked else permit.issued,
        instant=standing.closed or standing.since,
        validity=_validity(body, permit),
        time_zone=body.time_zone,
        synthetic=body.synthetic,
        address=f"{front}/town/{body.code}/register/{quote(permit.number)}",
        reason=(permit.revoked_why or "") if is_taken_back else "",
        clause=(permit.revoked_clause or "") if is_taken_back else "",
        begins_after=commencement_in(terms),
        conditions=points_in(terms, "conditions"),
        fees=fees_in(terms),
        measured=standings_in(terms, "measured"),
        declared=standings_in(terms, "declared"),
        accepted=points_in(terms, "accepted"),
        overrides=points_in(terms, "overrides"),
        tolerated=standings_in(terms, "tolerated"),
        signatures=_signatures(session, standing.id, check, until=standing.closed),
        drawing_digest=check.sha256 if check else "",
        check_digest=check.found["digest"] if check else "",
        checked_on=check.on if check else None,
        book_digest=(check.book_digest or "") if check else "",
        svg=drawn_of(session, check.id).svg if check else "",
    )


def _refusal(session: Session, body: LocalBody, standing: Case, *, front: str) -> Letter:
    case = session.get_one(PermitCaseRow, standing.id)
    check = newest_check(session, standing.id)
    told = [each for each in history(session, standing.id, for_staff=True) if each.step in REFUSALS]
    words = words_on(session, check) if check else {}
    refused = {which: row.reason for which, row in words.items() if row.stance == REFUSED}
    passed = (
        frozenset((*overrides_on(session, check), *tolerated_on(session, check))) if check else frozenset()
    )
    instant = told[-1].instant if told else standing.since
    return Letter(
        kind=LetterKind.REFUSAL,
        kind_of_permit=case.kind,
        route="officer",
        number=standing.number,
        case_number=standing.number,
        of_permit=case.of_permit,
        title=case.title,
        body_en=body.name_en,
        body_ml=body.name_ml,
        plot=", ".join(parcels_of(session, standing.id)),
        owners=_owners(session, standing.id),
        licensee=_licensee(session, case, check),
        dated=_day(body, instant),
        instant=instant,
        validity=None,
        time_zone=body.time_zone,
        synthetic=body.synthetic,
        address=f"{front}/town/{body.code}/cases/{standing.number}",
        reason=(told[-1].note or "") if told else "",
        fees=fees_in({"fees": [vars(each) for each in bill(session, check).lines]}) if check else (),
        grounds=(
            *_town_grounds(session, standing.id),
            *(grounds_of(check.found, refused, overruled=passed) if check else ()),
        ),
        signatures=_signatures(session, standing.id, check, until=standing.closed),
        drawing_digest=check.sha256 if check else "",
        check_digest=check.found["digest"] if check else "",
        checked_on=check.on if check else None,
        book_digest=(check.book_digest or "") if check else "",
        svg=drawn_of(session, check.id).svg if check else "",
    )


def _town_grounds(session: Session, case_id: int) -> tuple[Point, ...]:
    """The reasons of the town hall's own that an officer refused, in the officer's words."""
    return tuple(
        Point(
            rule=TOWN_HALL,
            subject="",
            clause="",
            title=headed(code).en,
            title_ml=headed(code).ml,
            words=word.reason,
        )
        for code, word in words_of_town(session, case_id).items()
        if word.stance == REFUSED
    )


def _day(body: LocalBody, instant: datetime) -> date:
    return day_there(instant, body.time_zone)


def _validity(body: LocalBody, permit: PermitRow) -> Ended | None:
    """Until when it holds; the clause stands beside it where the book of the day of issue names it."""
    if permit.until is None:
        return Ended(until=None) if permit.kind in CERTIFIABLE else None
    found = ending(permit.issued, book_of(body, on=permit.issued))
    return Ended(until=permit.until, clause=found.clause if found and found.day == permit.until else "")


def _owners(session: Session, case_id: int) -> tuple[str, ...]:
    query = (
        select(CasePartyRow.person_id)
        .where(CasePartyRow.case_id == case_id, CasePartyRow.part == OWNER)
        .order_by(CasePartyRow.person_id)
    )
    return tuple(person(session, each).name for each in session.scalars(query))


def _licensee(session: Session, case: PermitCaseRow, check: Check | None) -> str:
    """Who drew it: the licensee of the case."""
    return person(session, case.licensee_id).name if case.licensee_id is not None and check else ""


def _signatures(
    session: Session, case_id: int, check: Check | None, *, until: datetime | None
) -> tuple[Signed, ...]:
    """Who signed the very drawing of the letter, and still stood by it."""
    return tuple(
        Signed(name=person(session, row.person_id).name, part=row.part, given=row.given)
        for row in consents_of(session, case_id)
        if check is not None and row.sha256 == check.sha256 and _stood(row.withdrawn, until)
    )


def _stood(withdrawn: datetime | None, until: datetime | None) -> bool:
    """Whether a signature was not taken back before the case ended."""
    return withdrawn is None or (until is not None and withdrawn > until)
