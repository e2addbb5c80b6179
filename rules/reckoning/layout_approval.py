"""Who approves a layout, and how far a building keeps from a street inside it: rule 31.

In: a `Layout`, the book of one day.  Out: `Approver` and `Required`.  For homes the facts only advise; with exactly so many plots or so much land
as stands between two rows nobody is named.
"""

from dataclasses import dataclass
from decimal import Decimal

from rules.book import Book, Citation, Force, NotEncoded, Parameter
from rules.findings import Required
from rules.reckoning.layout import HECTARE, Kind, Layout

SECRETARY_OVER = Parameter("layout.secretary_plots")
PLANNER_OVER = Parameter("layout.planner_plots")
PLANNER_FROM = Parameter("layout.planner_from")
SHOPS_OVER = Parameter("layout.commercial_planner")
WORKS_OVER = Parameter("layout.industrial_planner")
BUILDING_LINE = Parameter("layout.commercial_building_line")
INTERNAL_YARD = Parameter("layout.internal_yard")


@dataclass(frozen=True, kw_only=True)
class Approver:
    """Who approves; None where the book does not say."""

    who: str | None
    reason: str
    force: Force
    citations: tuple[Citation, ...]


def approver(layout: Layout, book: Book) -> Approver:
    """By the number of plots and the area of the land."""
    plots = len(layout.plots)
    if layout.kind is not Kind.RESIDENTIAL:
        over = book.value(SHOPS_OVER if layout.kind is Kind.COMMERCIAL else WORKS_OVER)
        who = "the town planner" if plots > over.count else None
        return Approver(
            who=who,
            reason=f"{plots} plots, limit {over.count}.",
            force=over.force,
            citations=(over.citation,),
        )
    few, many, land = book.value(SECRETARY_OVER), book.value(PLANNER_OVER), book.value(PLANNER_FROM)
    hectares = Decimal(repr(layout.area)) / HECTARE
    reason = (
        f"{plots} plots on {hectares:.4f} ha; limits {few.count} and {many.count} plots, {land.number} ha."
    )
    who = None
    if plots > many.count or hectares > land.number:
        who = "the District Town Planner"
    elif plots > few.count and hectares < land.number:
        who = "the Secretary"
    elif plots < few.count and hectares < land.number:
        who = "nobody"
    return Approver(who=who, reason=reason, force=few.force, citations=(few.citation,))


def yard_to_street(layout: Layout, book: Book) -> Required:
    """Least distance to a street inside the layout, in metres; `NotEncoded` where the book gives none."""
    if layout.kind is Kind.COMMERCIAL:
        return Required.of(book.value(BUILDING_LINE))
    over = book.value(SECRETARY_OVER)
    if layout.kind is Kind.RESIDENTIAL and len(layout.plots) > over.count:
        return Required.of(book.value(INTERNAL_YARD))
    raise NotEncoded("The book gives no yard of its own to a street inside such a layout.")
