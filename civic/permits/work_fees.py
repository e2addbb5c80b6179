"""What a work other than a building costs by the book: a layout, a well, a compound wall, a regularisation; a demolition has no rate there.

In: the kind, a check document (`bhumika-check-1`), what the form said.  Out: fees in the shape in which a check document states those of a
building.  What drawing and form do not tell, and what no schedule names, stays open with the reason, for the office to set.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from civic.permits.model import WALL_LENGTH, Kind, wall_length
from gis.site import LocalBody
from rules.book import Book, NotEncoded, NotInForce
from rules.reading import library
from rules.reckoning.charges_works import APPLICATION_FEE, PERMIT_FEE, doubled_mark, fees_of_work
from rules.reckoning.fees import Fee
from rules.reckoning.layout import RULE

Told = dict[str, Any]
WELL = "well"
ONE = Decimal(1)
NOTHING_BUILT = "The drawing shows no building."
NO_RATE = "The schedules name no fee for a demolition; the office sets it by its clause."
NO_LAYOUT = "The drawing is no division of land, so its area is not known."
NO_WELL = "The drawing shows no new well."
NO_LENGTH = "The length of the wall was not told."
MORE = "The drawing proposes more than this work; the office sets the fee of it all by its clauses."
NOT_DOUBLED = (
    "What is to be regularised pays double, and the drawing shows work that is not marked as to be regularised; "
    "the office says what of it stands already."
)


def fees_of_other_work(kind: Kind, found: Mapping[str, Any], asked: Mapping[str, Any]) -> Sequence[Told]:
    """Application and permit fee of a work that is not charged as a building, and a regularisation with all its fees."""
    if kind is Kind.DEMOLITION or found["statement"] is None:
        return _open(NO_RATE)
    if kind is Kind.LAYOUT:
        is_layout = any(each["rule"] == RULE for each in found["findings"])
        return list(found["statement"]["fees"]) if is_layout else _open(NO_LAYOUT)
    book = library().on(date.fromisoformat(found["on"]), LocalBody(found["site"]["body"]))
    if kind is Kind.REGULARISATION:
        return _regularised(found, book)
    if kind is Kind.WELL:
        return _wells(found, book)
    return _wall(found, asked, book)


def _wells(found: Mapping[str, Any], book: Book) -> Sequence[Told]:
    """As many wells as are drawn as new, on a plot where nothing else is proposed."""
    drawn = [each for each in _permit_lines(found) if each["what"] == WELL]
    reason = MORE if _more(found) else NO_WELL
    fees = fees_of_work(
        "well", ONE if drawn and not _more(found) else None, book, missing=reason, times=len(drawn)
    )
    return [_told(each) for each in fees]


def _wall(found: Mapping[str, Any], asked: Mapping[str, Any], book: Book) -> Sequence[Told]:
    """The length that the form told, on a plot where nothing else is proposed."""
    length = wall_length(str(asked.get(WALL_LENGTH, "")))
    is_more = _more(found) or any(each["what"] == WELL for each in _permit_lines(found))
    reason = MORE if is_more else NO_LENGTH
    fees = fees_of_work("wall", None if is_more else length, book, missing=reason)
    return [_told(each) for each in fees]


def _regularised(found: Mapping[str, Any], book: Book) -> Sequence[Told]:
    """The fees of the building drawn, if every line of its permit fee is the double one."""
    fees = list(found["statement"]["fees"])
    try:
        mark = doubled_mark(book)
    except (NotEncoded, NotInForce) as gap:
        return [each if each["title"] != PERMIT_FEE else _untold(PERMIT_FEE, gap.message) for each in fees]
    told = [each for each in _permit_lines(found) if each["paise"] is not None]
    if all(mark in each["step"] or each["paise"] == 0 for each in told):
        return fees
    return [each if each["title"] != PERMIT_FEE else _untold(PERMIT_FEE, NOT_DOUBLED) for each in fees]


def _permit_lines(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The lines of the permit fee as the drawing's buildings and wells make them."""
    return [line for fee in found["statement"]["fees"] if fee["title"] == PERMIT_FEE for line in fee["lines"]]


def _more(found: Mapping[str, Any]) -> bool:
    """Whether a building is proposed, or it cannot be told that none is."""
    return any(
        line["what"] != WELL and line["paise"] != 0 and line["reason"] != NOTHING_BUILT
        for line in _permit_lines(found)
    )


def _open(reason: str) -> list[Told]:
    return [_untold(APPLICATION_FEE, reason), _untold(PERMIT_FEE, reason)]


def _untold(title: str, reason: str) -> Told:
    return {"title": title, "lines": [{"paise": None, "reason": reason}]}


def _told(fee: Fee) -> Told:
    """A fee as a check document states it."""
    lines = [
        {
            "what": each.what,
            "paise": each.paise,
            "step": each.step,
            "clause": each.clause,
            "reason": each.reason,
        }
        for each in fee.lines
    ]
    return {"title": fee.title, "lines": lines}
