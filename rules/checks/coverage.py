"""Chapter of coverage and floor space index: rule 27, Table 6.

In: a proposal, its site, the book of one day.  Out: findings.  Both go by the lesser of recorded and measured area of the plot (rule 2(1)(cg)) and
count what stands already with what is proposed (rule 3(1)(d)).
"""

from dataclasses import replace
from decimal import Decimal

from gis.site import Site
from rules.book import Book, Parameter, Value
from rules.findings import Comparison, Finding, Measured, Outcome, Required, at_most
from rules.measure import Unit
from rules.plans.roles import Role
from rules.proposal import Proposal
from rules.reckoning.mixed_coverage import sums
from rules.reckoning.occupancy import Use, is_park, joined, row_of, strictest
from rules.reckoning.plot_area import basis, by_lesser
from rules.reckoning.small_plots import exempt
from rules.reckoning.two_readings import at_hundredth
from rules.register import rule
from rules.takings import total

PERCENT = Parameter("coverage.percent")
IT_PARK = Parameter("coverage.it_park_percent")
WORSHIP = Parameter("coverage.worship_percent")
ZONE_PERCENT = Parameter("coverage.commercial_zone_percent")
COMMERCIAL = {"F"}
HUNDRED = Decimal(100)


@rule("coverage")
def coverage(plan: Proposal, site: Site, book: Book) -> Finding:
    """The ground covered by all buildings, of the plot, is at most the share of the most restrictive use."""
    exemption = exempt("coverage", plan, site, book)
    if exemption is not None:
        return exemption
    _, required = strictest(joined(plan, book), lambda use: Required.of(_row(use, book)), Comparison.AT_MOST)
    found = at_most(
        "coverage",
        required,
        covered_percent(plan, site),
        missing="The covered ground of every building could not be measured.",
        remedy="Cover less ground: make the footprint smaller or build on more floors.",
    )
    if found.outcome is Outcome.FAIL and plan.drawing.lengths_of(Role.SURRENDERED):
        reason = "Land was surrendered for a road, and Chapter X, which only advises, allows more."
        return replace(found, outcome=Outcome.UNKNOWN, reason=reason)
    if found.outcome is Outcome.FAIL and claims_commercial_zone(plan):
        return by_zone(found, Required.of(book.value(ZONE_PERCENT)))
    return by_lesser(_by_sums(found, plan, site, book), site)


def claims_commercial_zone(plan: Proposal) -> bool:
    """Whether commerce alone is declared to lie in a commercial zone, for which Table 6 has greater numbers of their own."""
    word = plan.word("PLOT_IN_COMMERCIAL_ZONE")
    is_commercial = all((use.code or "?")[0] in COMMERCIAL for each in plan.buildings for use in each.uses)
    return word is not None and word.is_yes is True and is_commercial


def by_zone(found: Finding, greatest: Required) -> Finding:
    """The finding by the greater number of a declared zone, which is unknown as long as only the drawing tells of the zone."""
    compared = at_most(found.rule, greatest, found.measured, missing="", remedy=found.remedy or "")
    if compared.outcome is Outcome.FAIL:
        return compared
    return replace(
        compared,
        outcome=Outcome.UNKNOWN,
        reason="The greater number holds only in a declared zone whose scheme sets none; that is only declared.",
        remedy="Have the town planner confirm the zone and what its scheme says.",
    )


def _by_sums(found: Finding, plan: Proposal, site: Site, book: Book) -> Finding:
    """Several uses that break the strictest share may keep the sums of rule 27; which of the two counts is open."""
    if found.outcome is not Outcome.FAIL or len(joined(plan, book)) == 1:
        return found
    reckoned = sums(plan, site, book, lambda use: _row(use, book))
    if reckoned.holds is False:
        return found
    broken = "The share of the most restrictive use (25(1)) is broken"
    reason = f"{broken}, but {reckoned.reason}: which of the two counts is open."
    if reckoned.holds is None:
        reason = f"{broken}, and whether the sums of rule 27 are kept is not known. {reckoned.reason}"
    return replace(found, outcome=Outcome.UNKNOWN, reason=reason)


def _row(use: Use, book: Book) -> Value:
    """The share of one use; worship and approved parks for information technology have their own."""
    if use.part == "D_worship":
        return book.value(WORSHIP)
    return book.value(IT_PARK) if is_park(use) else row_of(book, PERCENT, use)


def covered_percent(plan: Proposal, site: Site) -> Measured | None:
    """Covered ground of all buildings in % of the plot."""
    covered = total((each.covered for each in plan.buildings), Unit.SQUARE_METRE, "covered ground")
    if covered is None or site.area <= 0:
        return None
    area = Decimal(repr(site.area))
    percent = at_hundredth(covered) * HUNDRED / area
    return Measured(
        amount=percent,
        unit=Unit.PERCENT,
        steps=(*covered.steps, f"{covered.amount:.2f} m² of {area:.2f} m² = {percent:.2f} %"),
        sources=(*covered.sources, basis(site)),
        places=covered.places,
        is_declared=covered.is_declared,
    )
