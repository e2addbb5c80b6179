"""Chapter of coverage: what a plot may carry of which land was surrendered for a road (Chapter X): coverage, floor area, parking.

In: a proposal, its site, the book of one day.  Out: findings.  Chapter X was not read in its own text, so every comparison only advises.  The area that
was given is in no layer and no register; it is declared.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from gis.site import Site
from rules.book import Book, NotEncoded, Parameter
from rules.checks.coverage import covered_percent
from rules.findings import Comparison, Finding, Required, at_least, at_most, not_applicable, unknown
from rules.measure import Unit
from rules.plans.roles import Role
from rules.proposal import Proposal
from rules.reckoning.floor_space import tiers
from rules.reckoning.occupancy import joined, strictest
from rules.reckoning.parked import bays_drawn, cars
from rules.register import asked, rule
from rules.takings import floor_area, of_word

PERCENT = Parameter("coverage.surrendered_percent")
FACTOR = Parameter("coverage.surrendered_factor")
PARKING = Parameter("coverage.surrendered_parking_percent")
GIVEN = "SURRENDERED_AREA_M2"
RULE = "land_surrendered"
HUNDRED = Decimal(100)
ASK = "Ask the Secretary how Chapter X is applied to the land that was surrendered."


@rule(RULE)
def land_surrendered(plan: Proposal, site: Site, book: Book) -> Finding | Sequence[Finding]:
    """Where land was given for a road Chapter X allows more coverage and floor area and fewer cars."""
    citation = book.entry(PERCENT).citation
    if not plan.drawing.lengths_of(Role.SURRENDERED):
        return not_applicable(
            RULE,
            f"No land surrendered for a road is claimed, and Chapter X only relaxes Table 6 for it ({citation}).",
        )
    asks = {"coverage": _coverage, "floor area": _floor_area, "parking": _parking}
    return [
        finding
        for subject, judge in asks.items()
        for finding in asked(RULE, partial(judge, plan, site, book), subject=subject)
    ]


def _coverage(plan: Proposal, site: Site, book: Book) -> Finding:
    _, required = strictest(
        joined(plan, book), lambda use: Required.of(book.value(PERCENT, use.group)), Comparison.AT_MOST
    )
    return at_most(
        RULE,
        required,
        covered_percent(plan, site),
        missing="The covered ground of every building could not be measured.",
        remedy=ASK,
        subject="coverage",
    )


def _floor_area(plan: Proposal, site: Site, book: Book) -> Finding:
    """The free index on the plot and its multiple on what was given, up to the index with the fee on the plot."""
    subject, factor = "floor area", book.value(FACTOR)
    given = of_word(plan.word(GIVEN), Unit.SQUARE_METRE)
    if given is None:
        reason = f"How much land was surrendered is not told; {factor} times the free index is counted on it."
        remedy = f"Declare {GIVEN}=… with the application. {ASK}"
        return unknown(RULE, reason, remedy=remedy, subject=subject)
    columns = tiers(plan, book)
    if len(columns) < 2:
        raise NotEncoded("Chapter X ends at the index with the fee, and Table 6 has none for this use.")
    free, cap = columns[0].required, columns[1].required
    ground = Decimal(repr(site.area))
    reckoned = free.amount * (ground + factor.number * given.amount)
    step = f"{free.amount} × ({ground:.2f} + {factor.number} × {given.amount:.2f}) = {reckoned:.2f} m², at most {cap.amount} × {ground:.2f}"
    required = Required(
        amount=min(reckoned, cap.amount * ground),
        unit=Unit.SQUARE_METRE,
        force=factor.force,
        citations=(factor.citation, *free.citations),
        steps=(*given.steps, step),
    )
    missing = "The floor area of every floor could not be measured."
    return at_most(RULE, required, floor_area(plan), missing=missing, remedy=ASK, subject=subject)


def _parking(plan: Proposal, _: Site, book: Book) -> Finding:
    """A share of the cars of Tables 9 and 10 must remain; whether a part of one counts is not told, so it is compared as it is."""
    subject, share = "parking", book.value(PARKING)
    wanted = cars(plan, book)
    if wanted.asked is None:
        return not_applicable(RULE, " ".join(wanted.silent), subject=subject)
    whole = wanted.asked.most
    amount = whole.amount * share.number / HUNDRED
    required = whole.changed(
        amount, f"{share} of {whole.amount} cars = {amount:.2f} ({share.citation})", share
    )
    missing = "No bay for a car is drawn."
    return at_least(RULE, required, bays_drawn(plan), missing=missing, remedy=ASK, subject=subject)
