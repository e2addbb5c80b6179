"""Chapter of coverage: floor space index (rule 27, Table 6).

In: a proposal, its site, the book of one day.  Out: findings.  An index in a column with a fee is lawful and the finding says what the fee is
reckoned on (`rules.reckoning.charges:floor_space_fee`).
"""

from collections.abc import Sequence
from dataclasses import replace

from gis.site import Site
from rules.book import Book, Parameter
from rules.checks.coverage import by_zone, claims_commercial_zone
from rules.findings import (
    Finding,
    Outcome,
    Required,
    at_least,
    at_most,
)
from rules.plans.roles import Role
from rules.proposal import Proposal
from rules.reckoning.floor_space import Tier, index, tiers
from rules.reckoning.plot_area import by_lesser
from rules.reckoning.small_plots import exempt
from rules.reckoning.streets import widest
from rules.register import asked, rule

ZONE_FSI = Parameter("coverage.commercial_zone_fsi")
ZONE_WIDE_ABOVE = Parameter("coverage.commercial_zone_wide_above")
ZONE_ACCESS = Parameter("coverage.commercial_zone_access")
CLAIMS = ("PUBLIC_HOUSING", "LARGE_PROJECT")


@rule("fsi")
def fsi(plan: Proposal, site: Site, book: Book) -> Finding | Sequence[Finding]:
    """The floor space index is at most the greatest of Table 6; above its first column a fee is due."""
    exemption = exempt("fsi", plan, site, book)
    if exemption is not None:
        return exemption
    columns = tiers(plan, book)
    found = at_most(
        "fsi",
        columns[-1].required,
        index(plan, site, book),
        missing="The floor area of every floor could not be measured.",
        remedy="Build less floor area, or add land to the plot.",
    )
    if found.outcome is Outcome.FAIL and claims_commercial_zone(plan):
        return _by_zone(found, site, book)
    return claimed(by_lesser(_with_fee(found, columns), site), plan)


def claimed(found: Finding, plan: Proposal) -> Finding:
    """What claims a chapter that allows more does not fail by Table 6; whether the claim holds a person has to tell."""
    word = plan.word(*CLAIMS)
    is_claimed = bool(plan.drawing.lengths_of(Role.SURRENDERED)) or (word is not None and word.is_yes is True)
    if found.outcome is not Outcome.FAIL or not is_claimed:
        return found
    return replace(
        found,
        outcome=Outcome.UNKNOWN,
        reason="More than Table 6 is claimed (public housing, Chapter IX or Chapter X); whether it may be is not told.",
    )


def _with_fee(found: Finding, columns: Sequence[Tier]) -> Finding:
    """The finding, which says in what column of Table 6 the index lies."""
    if found.measured is None or found.outcome is not Outcome.PASS:
        return found
    amount = found.measured.amount
    column = next(each for each in columns if amount <= each.required.amount)
    if column is columns[0]:
        return found
    return replace(
        found,
        reason=f"Lawful {column.name}: the additional fee on the floor area above {columns[0].required.amount:.4g} times the plot.",
    )


def _by_zone(found: Finding, site: Site, book: Book) -> Sequence[Finding]:
    """In a declared commercial zone whose scheme sets no index: a greater one, with a wide access above a limit."""
    compared = by_zone(found, Required.of(book.value(ZONE_FSI)))
    if found.measured is None or found.measured.amount <= book.value(ZONE_WIDE_ABOVE).number:
        return [compared]
    subject = "access in the commercial zone"
    return [
        compared,
        *asked(
            "fsi",
            lambda: at_least(
                "fsi",
                Required.of(book.value(ZONE_ACCESS)),
                widest(site).width,
                missing=widest(site).reason,
                remedy="Keep to the index that the access allows.",
                subject=subject,
            ),
            subject=subject,
        ),
    ]
