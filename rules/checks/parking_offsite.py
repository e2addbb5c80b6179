"""Chapter of parking: parking on another plot of the same owner (rule 29).

In: a proposal, its site, the book of one day.  Out: findings.  The other plot is not in the drawing: what is said of it is declared and confirmed.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from gis.site import Site
from rules.book import Book, Parameter
from rules.checks.parking import accessible_needed
from rules.findings import Comparison, Finding, Required, at_most, breaks, measured, not_applicable, unknown
from rules.measure import Unit
from rules.proposal import Proposal, Word
from rules.reckoning.occupancy import joined
from rules.reckoning.parked import OFFSITE, cars
from rules.reckoning.small_plots import exempt
from rules.reckoning.telling import Detail, details, stated
from rules.register import asked, rule

SHARE, DISTANCE = Parameter("parking.offsite_share"), Parameter("parking.offsite_distance")
STACKED = Parameter("parking.offsite_mechanical_share")
RULE = "parking_offsite"
REMEDY = "Provide more of the bays on the plot itself."


@rule("parking_offsite")
def parking_offsite(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """A part of the bays may lie on another plot of the owner, near enough and by registered agreement; not for dwellings."""
    exemption = exempt(RULE, plan, site, book)
    if exemption is not None:
        return [exemption]
    citation = book.entry(SHARE).citation
    word = plan.word(OFFSITE)
    if word is None or not word.number:
        return [
            not_applicable(RULE, f"{citation} is for parking off the plot, and none is declared ({OFFSITE}).")
        ]
    if {use.group for use in joined(plan, book)} == {"A1"}:
        return [breaks(RULE, "Group A1 may not park off the plot.", citation, remedy=REMEDY)]
    wanted = [
        Detail(
            key="OFFSITE_DISTANCE_M",
            what="motorable distance to the other plot",
            required=lambda: Required.of(book.value(DISTANCE)),
            comparison=Comparison.AT_MOST,
        ),
        Detail(
            key="OFFSITE_MECHANICAL_SHARE",
            what="mechanical part of the other plot",
            required=lambda: Required.of(book.value(STACKED)),
            comparison=Comparison.AT_MOST,
        ),
    ]
    agreed = "the same owner's plot, by registered agreement"
    return [
        *asked(RULE, partial(_share, plan, word, book), subject="share"),
        *details(RULE, plan, wanted),
        stated(RULE, plan, "OFFSITE_AGREEMENT", agreed, citation, subject="agreement"),
    ]


def _share(plan: Proposal, word: Word, book: Book) -> Finding:
    """Of the bays that are asked for, without the accessible ones, which stay on the plot."""
    share, wanted = Required.of(book.value(SHARE)), cars(plan, book).asked
    if wanted is None or word.number is None:
        return unknown(RULE, "No cars are counted for this plan.", remedy=REMEDY, subject="share")
    bays = wanted.most.amount - accessible_needed(wanted, book)
    if bays <= 0:
        return unknown(
            RULE, "All bays that are asked for are accessible ones.", remedy=REMEDY, subject="share"
        )
    found = measured(
        Decimal(repr(word.number)) / bays,
        Unit.SHARE,
        steps=(f"{word.key} = {word.text} of {bays} bays that are not accessible ones",),
        sources=(word.source,),
        is_declared=word.is_declared,
    )
    return at_most(RULE, share, found, missing="", remedy=REMEDY, subject="share")
