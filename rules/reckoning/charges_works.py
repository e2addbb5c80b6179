"""What a work other than a building costs, under the titles that the fees of a building have: a subdivision, a well, a compound wall.

In: the work, how much of it, the book of one day.  Out: application and permit `Fee`.  Only what stands in the schedules' own text is told: a
rate that merely advises, and a day or a body for which no rate was read, leave the fee open with the reason.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from rules.book import Book, Force
from rules.reckoning.charges import DOUBLE, application_fee_of_work, work_fee
from rules.reckoning.fees import Fee, FeeLine, untold

APPLICATION_FEE, PERMIT_FEE = "application fee", "permit fee"


def fees_of_work(
    work: str, quantity: Decimal | None, book: Book, *, missing: str = "", times: int = 1
) -> tuple[Fee, Fee]:
    """Application and permit fee of a work: `subdivision` (are), `wall` (m), `well` (`times` of them); no quantity leaves the permit fee open for the reason in `missing`."""
    application = _told(APPLICATION_FEE, application_fee_of_work(work, book).lines, work, book)
    if quantity is None:
        return application, Fee(title=PERMIT_FEE, lines=(untold(work, missing),))
    each = work_fee(work, quantity, book).lines
    return application, _told(PERMIT_FEE, tuple(chain.from_iterable([each] * times)), work, book)


def _told(title: str, lines: Sequence[FeeLine], work: str, book: Book) -> Fee:
    """The lines of a fee, none of which is billed on advice, nor billed as nothing because no rate was read."""
    if not lines:
        reason = f"The book has no {title} of this work ({work}) on {book.on}."
        return Fee(title=title, lines=(untold(work, reason),))
    return Fee(title=title, lines=tuple(_bound(each) for each in lines))


def _bound(line: FeeLine) -> FeeLine:
    if line.paise is None or line.force is Force.BINDING:
        return line
    reason = f"What was read of this rate only advises ({line.clause}): {line.step}."
    return replace(line, paise=None, reason=reason)


def doubled_mark(book: Book) -> str:
    """What the step of a line says whose work is regularised at the double fee; `NotEncoded` or `NotInForce` where the book has no such rule."""
    factor = book.value(DOUBLE)
    return f" × {factor.count} ({factor.citation})"
