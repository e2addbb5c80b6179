"""What follows a permit: its extension, renewal and transfer, by the years and fees of the book.

In: the permit that is followed, a day.  Out: the bill with its clauses, the day until which it then holds, or the reason why
this kind cannot follow: one that has ended is renewed, not extended.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import parcels_of
from civic.core.owners import owns
from civic.core.tables import CasePartyRow
from civic.permits.fees import (
    HEADS,
    PERMIT_FEE,
    Bill,
    BillLine,
    OpenFee,
    beyond,
    set_line,
    set_without_drawing,
)
from civic.permits.limits import book_of
from civic.permits.model import Kind, NoSuchPermit
from civic.permits.tables import PermitCaseRow, PermitRow
from gis.errors import Conflict, Invalid
from rules.book import Book
from rules.reckoning.fees import Fee
from rules.reckoning.permit_years import extension_fee, renewal_fee, transfer_fee, validity

TITLES = {
    Kind.EXTENSION: ("permit_extension", "പെർമിറ്റ് കാലാവധി നീട്ടുന്നതിനുള്ള ഫീസ്"),
    Kind.RENEWAL: ("permit_renewal", "പെർമിറ്റ് പുതുക്കുന്നതിനുള്ള ഫീസ്"),
    Kind.TRANSFER: ("permit_transfer", "പെർമിറ്റ് കൈമാറ്റ ഫീസ്"),
}
PRICED = frozenset(TITLES)
NAMED = {Kind.EXTENSION: "fee of extension", Kind.RENEWAL: "fee of renewal"}
"""How bills name in English a fee that an officer sets."""
OWNER, APPLICANT = "owner", "applicant"


def permit_row(session: Session, body: str, number: str) -> PermitRow:
    """A permit by its number; `NoSuchPermit` where there is none."""
    row = session.get(PermitRow, (body, number), populate_existing=True)
    if row is None:
        raise NoSuchPermit(f"There is no permit {number[:40]} here; write its number as it is printed.")
    return row


def why_not_followed(permit: PermitRow, *, kind: Kind, on: date) -> Conflict | None:
    """Why nothing of a kind can follow a permit on a day; None where it can."""
    number = permit.number
    if permit.revoked is not None:
        words = f"Permit {number} was revoked on {permit.revoked}; nothing can follow it."
        return Conflict(words, code="permit-revoked")
    if permit.replaced is not None:
        words = f"Permit {number} was replaced by permit {permit.replaced_by} on {permit.replaced}; name that one."
        return Conflict(words, code="permit-replaced")
    if kind is Kind.REVISION and permit.until is not None and on > permit.until:
        words = f"Permit {number} ended on {permit.until}; ask for its renewal before it is revised."
        return Conflict(words, code="permit-ended-unrevised")
    return None


def comes_from_holder(
    session: Session, body: LocalBody, case_id: int, permit: PermitRow, *, on: date
) -> bool:
    """Whether somebody who asks holds the permit that is followed: by its case, a transfer, or the register.

    Of a transfer the owner is the new holder, so there whoever applies is looked at too.
    """
    kind = session.get_one(PermitCaseRow, case_id).kind
    asking = _parties_of(session, case_id, OWNER, *((APPLICANT,) if kind == Kind.TRANSFER else ()))
    if asking & holders_of(session, permit):
        return True
    numbers = parcels_of(session, case_id)
    return any(owns(session, body, each, numbers, on=on) for each in asking)


def holders_of(session: Session, permit: PermitRow) -> set[int]:
    """The people who hold a permit: those who got it, or to whom it was transferred last."""
    moved = (
        select(PermitRow.case_id)
        .join(PermitCaseRow, PermitCaseRow.case_id == PermitRow.case_id)
        .where(
            PermitCaseRow.of_permit == permit.number,
            PermitRow.kind == Kind.TRANSFER,
            PermitRow.revoked.is_(None),
        )
        .order_by(PermitRow.issued.desc(), PermitRow.serial.desc())
    )
    last = session.scalar(moved.limit(1))
    return _parties_of(session, permit.case_id if last is None else last, OWNER)


def _parties_of(session: Session, case_id: int, *parts: str) -> set[int]:
    query = select(CasePartyRow.person_id).where(
        CasePartyRow.case_id == case_id, CasePartyRow.part.in_(parts)
    )
    return set(session.scalars(query))


def check_in_time(kind: Kind, permit: PermitRow, *, on: date) -> None:
    """Refuse an extension of what has ended and a renewal of what still holds, and say what to ask for instead."""
    if kind in (Kind.EXTENSION, Kind.RENEWAL) and permit.until is None:
        raise Conflict(
            f"No end is recorded for permit {permit.number}, so nothing extends it.", code="permit-endless"
        )
    if kind is Kind.EXTENSION and permit.until is not None and on > permit.until:
        raise Conflict(
            f"Permit {permit.number} ended on {permit.until}; it cannot be extended any more. Ask for its renewal.",
            code="permit-ended",
        )
    if kind is Kind.RENEWAL and permit.until is not None and on <= permit.until:
        raise Conflict(
            f"Permit {permit.number} still holds until {permit.until}; ask for its extension.",
            code="permit-holds",
        )


def until_after(permit: PermitRow, *, body: LocalBody, on: date) -> date:
    """Until when a permit holds once it is extended or renewed; a second time it is for the District Level Committee."""
    years = validity(permit.issued, book_of(body, on=on))
    if permit.until is not None and permit.until >= years.extended:
        raise Conflict(
            f"Permit {permit.number} was extended once already; a second extension is the District Level Committee's"
            f" to give ({years.citation}).",
            code="extended-already",
        )
    return years.extended


def bill_of_following(session: Session, body: LocalBody, row: PermitCaseRow, *, on: date) -> Bill:
    """What an extension, renewal or transfer costs on a day."""
    kind, permit = Kind(row.kind), permit_row(session, body.code, row.of_permit or "")
    head, title_ml = TITLES[kind]
    if is_fee_untold(permit, kind):
        return _bill_by_officer(session, row, kind, permit)
    fee = _fee(kind, permit, row.asked, book_of(body, on=on), on=on)
    lines = [
        BillLine(
            head=head,
            what=beyond(fee.title, each.what),
            title=fee.title,
            title_ml=title_ml,
            paise=each.paise,
            clause=each.clause or "",
            step=each.step,
        )
        for each in fee.lines
        if each.paise is not None
    ]
    still = [
        OpenFee(head=head, title=fee.title, title_ml=title_ml, reason=each.reason or "")
        for each in fee.lines
        if each.paise is None
    ]
    return Bill(lines=tuple(lines), open=tuple(still))


def is_fee_untold(permit: PermitRow, kind: Kind) -> bool:
    """Whether what a kind costs hangs on what was paid for the permit, and that is not recorded, as of permits brought in."""
    return kind in (Kind.EXTENSION, Kind.RENEWAL) and not _paid_for(permit)


def why_untold(session: Session, row: PermitCaseRow) -> str | None:
    """Why a fee of what follows a permit is open; None where the book tells it or an officer has set it."""
    kind, permit = Kind(row.kind), permit_row(session, row.body, row.of_permit or "")
    if not is_fee_untold(permit, kind):
        return None
    still = _bill_by_officer(session, row, kind, permit).open
    return f"Not told yet: {still[0].title}." if still else None


def _bill_by_officer(session: Session, row: PermitCaseRow, kind: Kind, permit: PermitRow) -> Bill:
    """The fee as an officer set it; open until then."""
    head, title_ml = TITLES[kind]
    chosen = set_without_drawing(session, row.case_id, head)
    if chosen is not None:
        return Bill(lines=(set_line(chosen, NAMED[kind], title_ml),), open=())
    reason = (
        f"What was paid for permit {permit.number} is not recorded; the office sets this fee by its clause."
    )
    return Bill(lines=(), open=(OpenFee(head=head, title=NAMED[kind], title_ml=title_ml, reason=reason),))


def _paid_for(permit: PermitRow) -> int:
    """Paise of permit fee that a permit says were paid for it."""
    head, _ = HEADS[PERMIT_FEE]
    return sum(each["paise"] for each in permit.terms.get("fees", ()) if each["head"] == head)


def year_of(issued: date, on: date) -> int:
    """In which year of a permit a day lies, from 1."""
    return on.year - issued.year + ((on.month, on.day) >= (issued.month, issued.day))


def transferred_on(asked: Mapping[str, Any], *, on: date) -> date:
    """The day of a transfer, as the form says it."""
    try:
        day = date.fromisoformat(asked.get("transferred", ""))
    except ValueError as error:
        raise Invalid("Say on which day the land was transferred.", code="field-missing") from error
    if day > on:
        raise Invalid("The transfer lies in the future; tell of it when it has happened.")
    return day


def _fee(kind: Kind, permit: PermitRow, asked: Mapping[str, Any], book: Book, *, on: date) -> Fee:
    if kind is Kind.TRANSFER:
        return transfer_fee((on - transferred_on(asked, on=on)).days, book)
    paid = _paid_for(permit)
    reckon = extension_fee if kind is Kind.EXTENSION else renewal_fee
    return reckon(paid, year_of(permit.issued, on), book)
