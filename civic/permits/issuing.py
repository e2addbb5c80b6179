"""A permit is issued: once for a case, numbered without a gap, in the transaction of the step that grants it.

In: a case that has just come to its end, the way it came.  Out: the permit with its terms: conditions, fees, overrides, what was
measured and what declared, each with rule and clause.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.desk import Advanced, Desk
from civic.core.events import publish
from civic.core.said import add_act
from civic.core.tables import CaseEventRow
from civic.permits.built import tolerated_standings
from civic.permits.checking import Check, newest_check
from civic.permits.consents import declared_in
from civic.permits.deciding import ACCEPTED, CONDITION, judged
from civic.permits.declared import declarables
from civic.permits.fees import bill
from civic.permits.following import PRICED, bill_of_following, permit_row, until_after
from civic.permits.judgement import route_of
from civic.permits.limits import COUNCIL_LETTER, book_of, first_day, term_or_none
from civic.permits.model import Issued, Kind
from civic.permits.tables import PermitCaseRow, PermitRow
from civic.permits.town_words import TOWN_HALL, headed, words_of_town
from rules.book import NotEncoded, NotInForce
from rules.reckoning.permit_years import validity, well_until

PREFIX, SERIAL = "P", "permits.issued"
ROUTES = {
    "certify": "self_certified",
    "approve": "officer",
    "council_approve": "officer",
    "deem": "deemed",
    "plinth_in_order": "officer",
    "plinth_silent": "deemed",
    "occupancy_silent": "deemed",
}
"""By which step a permit comes, and what that makes of it."""
CHANGES = {
    Kind.EXTENSION: "permit_prolonged",
    Kind.RENEWAL: "permit_prolonged",
    Kind.TRANSFER: "permit_transferred",
    Kind.REVISION: "permit_replaced",
}
"""What the history of a permit's own case calls it that one of a kind follows and changes it."""
ENDLESS = frozenset({Kind.PLINTH, Kind.OCCUPANCY, Kind.TRANSFER})

_NEXT = text(
    "INSERT INTO case_serial (body, service, year, last) VALUES (:body, :service, :year, 1)"
    " ON CONFLICT (body, service, year) DO UPDATE SET last = case_serial.last + 1 RETURNING last"
)


def issue(session: Session, moved: Advanced, *, on: date) -> PermitRow:
    """Write the permit of a case that was granted on a day; the database refuses a second one."""
    case = session.get_one(PermitCaseRow, moved.case.id, populate_existing=True)
    check = newest_check(session, moved.case.id)
    kind = Kind(case.kind)
    until = _until(session, moved.body, case, on=on)
    terms = terms_of(session, moved.body, case, check, on=on) | _commencement(session, moved)
    # The number comes after what takes time: the next permit of the year waits for this one from here on.
    serial = session.scalar(_NEXT, {"body": moved.body.code, "service": SERIAL, "year": on.year})
    row = PermitRow(
        body=moved.body.code,
        number=f"{PREFIX}-{on.year}-{serial:05d}",
        year=on.year,
        serial=serial,
        case_id=moved.case.id,
        kind=kind,
        route=ROUTES[moved.step],
        issued=on,
        until=until,
        check_id=check.id if check else None,
        terms=terms,
        revoked=None,
        revoked_why=None,
    )
    session.add(row)
    session.flush()
    if kind in (Kind.EXTENSION, Kind.RENEWAL):
        _prolong(session, moved.body, case.of_permit or "", row.until)
    if kind is Kind.REVISION:
        _replace(session, moved.body, case.of_permit or "", row.number, on=on)
    told = Issued(
        body=moved.body, case=moved.case, number=row.number, kind=kind, route=row.route, on=on, now=moved.now
    )
    publish(session, told)
    return row


def tell_followed(desk: Desk, moved: Advanced, by: PermitRow) -> None:
    """Write into the case of the permit that is followed what became of it, so that its parties hear it; others are left alone."""
    case = desk.session.get_one(PermitCaseRow, by.case_id)
    act = CHANGES.get(Kind(by.kind))
    if act is None or case.of_permit is None:
        return
    followed = permit_row(desk.session, desk.body.code, case.of_permit)
    told = {"permit": followed.number, "by": by.number, "about": {"en": "Now by", "ml": "ഇനി ഇതു പ്രകാരം"}}
    step = desk.session.get_one(CaseEventRow, (moved.case.id, moved.case.version))
    add_act(desk, followed.case_id, act, role=step.role, actor=moved.actor, note=by.number, told=told)


def terms_of(
    session: Session, body: LocalBody, case: PermitCaseRow, check: Check | None, *, on: date
) -> dict[str, Any]:
    """What a permit says beside its number: plain values, as letters and the register print them."""
    of_town = _town_points(session, case.case_id)
    if check is None:
        owed = bill_of_following(session, body, case, on=on) if Kind(case.kind) in PRICED else None
        return {
            "title": case.title,
            "of_permit": case.of_permit,
            "asked": dict(case.asked),
            "fees": [asdict(each) for each in owed.lines] if owed else [],
            "conditions": [],
            "accepted": of_town,
        }
    signed = declared_in(session, check)
    way = route_of(check.found, declarables(), signed)
    points = judged(session, check)
    return {
        "title": case.title,
        "of_permit": case.of_permit,
        "asked": dict(case.asked),
        "drawing": check.sha256,
        "check": {"seq": check.seq, "on": check.on.isoformat(), "digest": check.found["digest"]},
        "book": check.found["book"],
        "fees": [asdict(each) for each in bill(session, check).lines],
        "conditions": [_point(each.finding, each.reason) for each in points if each.stance == CONDITION],
        "accepted": [
            *of_town,
            *(_point(each.finding, each.reason) for each in points if each.stance == ACCEPTED),
        ],
        "tolerated": [asdict(each) for each in tolerated_standings(session, check)],
        "overrides": [_point(each.finding, each.override) for each in points if each.is_overruled],
        "measured": [asdict(each) for each in way.measured],
        "declared": [asdict(each) for each in way.declared],
    }


def permit_of(session: Session, case_id: int) -> PermitRow | None:
    """The permit that a case ended in; None where it did not."""
    query = select(PermitRow).where(PermitRow.case_id == case_id)
    return session.scalars(query, execution_options={"populate_existing": True}).one_or_none()


def _point(finding: Mapping[str, Any], words: str | None) -> dict[str, Any]:
    return {
        "rule": finding["rule"],
        "subject": finding["subject"],
        "clause": finding["clause"],
        "title": finding["title"],
        "title_ml": finding["title_ml"],
        "words": words or "",
    }


def _commencement(session: Session, moved: Advanced) -> dict[str, Any]:
    """After which day the work may begin where time granted it: the days of rule 14, from the written reference."""
    referred = first_day(session, moved.case.id, ("refer",)) if moved.step == "deem" else None
    found = term_or_none(moved.body, COUNCIL_LETTER, begins=referred)
    return (
        {} if found is None else {"commencement": {"after": found.last.isoformat(), "clause": found.clause}}
    )


def _town_points(session: Session, case_id: int) -> list[dict[str, Any]]:
    """What officers said of the reasons of the town hall's own, as points without a clause."""
    return [
        {
            "rule": TOWN_HALL,
            "subject": "",
            "clause": "",
            "title": headed(code).en,
            "title_ml": headed(code).ml,
            "words": word.reason,
        }
        for code, word in words_of_town(session, case_id).items()
        if word.stance == ACCEPTED
    ]


def _until(session: Session, body: LocalBody, case: PermitCaseRow, *, on: date) -> date | None:
    """The last day on which it holds; None where it does not end, or the book has no years for the day."""
    kind = Kind(case.kind)
    if kind in ENDLESS:
        return None
    if kind in (Kind.EXTENSION, Kind.RENEWAL):
        return until_after(permit_row(session, body.code, case.of_permit or ""), body=body, on=on)
    if kind is Kind.REVISION:
        return permit_row(session, body.code, case.of_permit or "").until
    try:
        book = book_of(body, on=on)
        return well_until(on, book) if kind is Kind.WELL else validity(on, book).first
    except (NotEncoded, NotInForce):
        return None


def _prolong(session: Session, body: LocalBody, number: str, until: date | None) -> None:
    session.execute(
        update(PermitRow).where(PermitRow.body == body.code, PermitRow.number == number).values(until=until)
    )


def _replace(session: Session, body: LocalBody, number: str, by: str, *, on: date) -> None:
    """The revised permit holds from now on; the former one keeps its number and names it."""
    session.execute(
        update(PermitRow)
        .where(PermitRow.body == body.code, PermitRow.number == number)
        .values(replaced=on, replaced_by=by)
    )
