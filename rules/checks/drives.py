"""Chapter of access: a drive through a building (rule 28).

In: a proposal, its site, the book of one day.  Out: findings.  No layer of the drawing convention shows such a drive; the headroom is a word of
the applicant (`ACCESS_HEADROOM_M`), its width another (`DRIVE_THROUGH_WIDTH_M`), and NA under either says that there is none.
"""

from collections.abc import Sequence
from functools import partial

from gis.site import Site
from rules.book import Book, Parameter
from rules.findings import Finding, Required, at_least, not_applicable, unknown
from rules.measure import Unit
from rules.proposal import Proposal, Word
from rules.reckoning.access import demands
from rules.reckoning.dwellings import is_house
from rules.register import asked, rule
from rules.takings import of_word

HEADROOM = Parameter("access.drive_through_headroom")
EXTRA = Parameter("access.drive_through_extra")
NONE = {"NA", "NO", "NIL", "NONE"}
REMEDY = "Declare ACCESS_HEADROOM_M and DRIVE_THROUGH_WIDTH_M, or NA where no drive leads through a building."


@rule("drive_through")
def drive_through(plan: Proposal, site: Site, book: Book) -> Finding | Sequence[Finding]:
    """A drive through a building has its headroom, and more than the width of the access; houses are exempt."""
    if is_house(plan):
        citation = book.value(EXTRA).citation
        return not_applicable("drive_through", f"Single and dual houses are exempt ({citation}).")
    word = plan.word("ACCESS_HEADROOM_M")
    if word is None:
        return unknown(
            "drive_through", "Whether a drive leads through a building is not told.", remedy=REMEDY
        )
    if word.text.strip().upper() in NONE:
        return _none(word, book)
    found: list[Finding] = []
    for subject, judge in (("headroom", _headroom), ("width", _width)):
        found += asked("drive_through", partial(judge, plan, site, book), subject=subject)
    return found


def _none(word: Word, book: Book) -> Finding:
    if word.is_declared:
        return unknown(
            "drive_through",
            f"That no drive leads through a building is only declared ({word.source}).",
            remedy="Have a person confirm it.",
        )
    book.value(HEADROOM)  # what was not read of the day leaves it open
    why = "No drive leads through a building, and rule 28 asks for one only there."
    return not_applicable("drive_through", why)


def _headroom(plan: Proposal, _: Site, book: Book) -> Finding:
    return at_least(
        "drive_through",
        Required.of(book.value(HEADROOM)),
        of_word(plan.word("ACCESS_HEADROOM_M"), Unit.METRE),
        missing="The declared headroom is no number.",
        remedy="Raise the floor above the drive.",
        subject="headroom",
    )


def _width(plan: Proposal, site: Site, book: Book) -> Finding:
    extra = book.value(EXTRA)
    base = max((each.required for each in demands(plan, site, book)), key=lambda each: each.amount)
    total = base.amount + extra.number
    required = base.changed(total, f"and {extra} more through a building: {total} m, {extra.citation}", extra)
    return at_least(
        "drive_through",
        required,
        of_word(plan.word("DRIVE_THROUGH_WIDTH_M"), Unit.METRE),
        missing="The width of the drive through the building is not told.",
        remedy=REMEDY,
        subject="width",
    )
