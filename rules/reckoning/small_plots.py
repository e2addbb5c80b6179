"""Whether a plan is a small building on a small plot, to which rule 50 leaves out coverage, index, access and parking.

In: a proposal, its site, the book of one day.  Out: whether rule 50 holds (None: unknown, with the reason), and the finding that says so.
Adjoining or split land of one owner loses rule 50; what nobody told of the owner's land leaves it unknown.
"""

from dataclasses import dataclass

from gis.site import Site
from rules.book import Book, NotEncoded, Parameter
from rules.findings import TOLERANCE, Finding, Measured, not_applicable, unknown
from rules.measure import Unit
from rules.proposal import Proposal
from rules.reckoning.claims import ROW, claimed
from rules.reckoning.occupancy import uses
from rules.takings import height, storeys

AREA = Parameter("small.plot_area")
HEIGHT = Parameter("small.plot_height")
STOREYS = Parameter("small.plot_storeys")
ROW_UNITS = Parameter("small.row_units")
GROUPS = {"A1", "F"}
KEPT_BY_ROWS = {"height_street"}
"""Rules that rule 50 leaves out and rule 51 does not."""


@dataclass(frozen=True, kw_only=True)
class Small:
    """Whether rule 50 holds; None where it cannot be told."""

    holds: bool | None
    reason: str


def small(plan: Proposal, site: Site, book: Book) -> Small:
    """Rule 50: group A1 or F, plot and building within its limits, no adjoining or split land of the same owner."""
    area, limit = site.area, book.value(AREA)
    if round(area, 2) > float(limit.exact):
        return Small(holds=False, reason=f"The plot has {area:.2f} m², more than {limit} ({limit.citation}).")
    groups = {use.group for use in uses(plan, book)}
    if groups - GROUPS:
        return Small(
            holds=False, reason=f"Rule 50 is for groups A1 and F, not for {', '.join(sorted(groups))}."
        )
    for what, found, most in (
        ("height", height(plan), book.value(HEIGHT)),
        ("number of storeys", storeys(plan), book.value(STOREYS)),
    ):
        if found is None:
            return Small(
                holds=None, reason=f"The {what} is not known, so it is unknown whether rule 50 holds."
            )
        if _rounded(found) > most.exact:
            return Small(
                holds=False, reason=f"The {what} is {found.amount:.2f}, more than {most} ({most.citation})."
            )
        if found.is_declared:
            return Small(
                holds=None, reason=f"The {what} is only declared, so it is unknown whether rule 50 holds."
            )
    return _holding(site)


def _rounded(found: Measured) -> float:
    step = TOLERANCE.get(found.unit)
    return float(found.amount.quantize(step) if step and found.unit is Unit.METRE else found.amount)


def _holding(site: Site) -> Small:
    if site.holding.owns_adjoining_land or site.holding.is_split:
        return Small(
            holds=False, reason="The owner's plot was split or adjoins other land of the same owner."
        )
    if site.holding.owns_adjoining_land is None or site.holding.is_split is None:
        return Small(
            holds=None,
            reason="Rule 50 does not hold where the plot was split or adjoins other land of the same owner, and nobody told whether it does.",
        )
    return Small(holds=True, reason="A small building on a small plot (rule 50).")


def exempt(rule_id: str, plan: Proposal, site: Site, book: Book) -> Finding | None:
    """The finding of a rule that rule 50 or 51 leaves out: not applicable, or unknown; None where the rule holds."""
    row = row_building(rule_id, plan, book)
    if row is not None:
        return row
    try:
        found = small(plan, site, book)
    except NotEncoded:
        if site.area > float(book.value(AREA).exact):
            return None
        raise
    if found.holds is None:
        return unknown(
            rule_id,
            found.reason,
            remedy="Have the register of holdings tell whose the land beside the plot is.",
        )
    if found.holds:
        return not_applicable(rule_id, f"Rule 50 leaves it out: {found.reason}")
    return None


def row_building(rule_id: str, plan: Proposal, book: Book) -> Finding | None:
    """The same of rule 51, for row buildings on a declared street; what they keep is a rule of its own."""
    is_row = False if rule_id in KEPT_BY_ROWS else claimed(plan, ROW)
    if is_row is False:
        return None
    citation = book.value(ROW_UNITS).citation
    if is_row:
        return not_applicable(
            rule_id, f"Rule 51 leaves it out for row buildings on a declared street ({citation})."
        )
    return unknown(
        rule_id,
        f"That it is a row building on a declared street is only declared; rule 51 would leave this out ({citation}).",
        remedy="Have the municipality confirm that it declared the street.",
    )
