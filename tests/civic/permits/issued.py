"""Permits for tests, as they stand once issued: each with private words that must not leave the case.

In: a session inside a body, what a test names.  Out: the number of a permit.
"""

from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.town import SERVICES
from civic.core.bodies import LocalBody
from civic.core.documents.tables import DocumentRow, DocumentVersionRow
from civic.core.people import Actor
from civic.core.steps import open_case
from civic.permits.model import UNDRAWN
from civic.permits.tables import PermitCaseRow, PermitCheckRow, PermitRow
from tests.civic.builders import NOW, an_actor

PRIVATE = ("Zzyzx", "Privatha", "9876543210")
"""Marks of persons, written into everything that a permit keeps of them."""
TODAY, LATER = NOW.date(), date(2031, 11, 17)
STATES = {"deemed": "deemed", "earlier": "recorded"}
"""In which state a case ends by the way on which its permit came; permitted by the others."""
_COUNT = count(1)
POINT = {
    "rule": "yards",
    "subject": "front",
    "clause": "26(4) Table 4",
    "title": "Yards",
    "title_ml": "തുറസ്സായ സ്ഥലം",
}


def terms(**other: Any) -> dict[str, Any]:
    """What a permit says beside its number, with the applicant's own words among it."""
    return {
        "title": "House of Zzyzx Privatha",
        "asked": {"new_holder": "Privatha", "words": "call 9876543210"},
        "drawing": "d" * 64,
        "book": {"digest": "b" * 64},
        "conditions": [POINT | {"words": "Plant a tree."}],
        "accepted": [POINT | {"words": "As Mr Privatha told me."}],
        "overrides": [POINT | {"words": "The street was surveyed at 3.2 m."}],
        "declared": [POINT | {"words": "No deeper than 1.5 m.", "words_ml": "1.5 മീറ്ററിൽ കൂടില്ല."}],
        "measured": [POINT | {"measured": "2.1 m", "required": "2 m", "comparison": ">="}],
        **other,
    }


def a_permit(
    session: Session,
    body: LocalBody,
    plot: str = "12/104",
    *,
    number: str | None = None,
    issued: date = TODAY,
    until: date | None = LATER,
    kind: str = "new",
    route: str = "self_certified",
    of_permit: str | None = None,
    found: dict[str, Any] | None = None,
    licensee: Actor | None = None,
    revoked: tuple[date, str] | None = None,
    **other: Any,
) -> str:
    """A permit on a plot, with its case."""
    desk = SERVICES["permits"].desk(session, body, now=NOW)
    case = open_case(desk, parcels=[plot], actor=an_actor(session, body), told={})
    session.add(
        PermitCaseRow(
            case_id=case.id,
            body=body.code,
            kind=kind,
            of_permit=of_permit,
            licensee_id=licensee.person.id if licensee else None,
            title="House of Zzyzx Privatha",
            asked={"words": "call 9876543210"},
            route=route if route in ("self_certified", "officer") else None,
            why=[],
        )
    )
    session.execute(
        text("UPDATE civic_case SET state = :state, turn = NULL, closed = :now WHERE id = :id"),
        {"state": STATES.get(route, "permitted"), "now": NOW, "id": case.id},
    )
    is_drawn = route != "earlier" and kind not in set(UNDRAWN)
    serial = None if route == "earlier" else next(_COUNT)
    named = number or f"P-{issued.year}-{serial:05d}"
    session.add(
        PermitRow(
            body=body.code,
            number=named,
            year=None if serial is None else issued.year,
            serial=serial,
            case_id=case.id,
            kind=kind,
            route=route,
            issued=issued,
            until=until,
            check_id=_a_check(session, body, case.id, found or {}) if is_drawn else None,
            terms=terms(**other),
            revoked=revoked[0] if revoked else None,
            revoked_why=revoked[1] if revoked else None,
        )
    )
    session.flush()
    return named


def _a_check(session: Session, body: LocalBody, case_id: int, found: dict[str, Any]) -> int:
    document = DocumentRow(
        body=body.code, case_id=case_id, kind="plan", title="Plan of Privatha", made=NOW, made_by=None
    )
    session.add(document)
    session.flush()
    file = {
        "document_id": document.id,
        "seq": 1,
        "body": body.code,
        "size": 1,
        "sha256": "d" * 64,
        "added": NOW,
        "added_by": None,
        "scan": "clean",
        "scanned": NOW,
        "found": None,
    }
    for record, name, media_type in (
        ("full", "privatha.dxf", "image/vnd.dxf"),
        ("published", "Privatha.pdf", "application/pdf"),
    ):
        place = f"{body.code}/documents/{case_id}/{record}"
        session.add(DocumentVersionRow(record=record, name=name, media_type=media_type, place=place, **file))
    session.flush()
    row = PermitCheckRow(
        body=body.code,
        case_id=case_id,
        seq=1,
        document_id=document.id,
        record="full",
        document_seq=1,
        sha256="d" * 64,
        answers={"declared_by": {"x": "Zzyzx Privatha"}},
        made=NOW,
        made_by=None,
        on=NOW.date(),
        known=NOW,
        book_digest=None,
        verdict="pass",
        found=found,
        svg="<svg/>",
        ground=None,
    )
    session.add(row)
    session.flush()
    return row.id
