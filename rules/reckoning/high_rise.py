"""Whether a plan is a high-rise building (rule 80): by its height, or by its floors without basements.

In: a proposal, the book of one day.  Out: `HighRise`.  A height that the drawing only declares can make a building
high-rise, never show that it is none.  Typical floors that a word repeats only add to the floors that are drawn, so that a count with them that stays
within the limit shows that a building of measured height is none.
"""

from dataclasses import dataclass

from gis.site import Site
from rules.book import Book, Citation, Parameter
from rules.findings import Required
from rules.proposal import Proposal, once
from rules.takings import height, storeys

FROM_HEIGHT = Parameter("definitions.high_rise_height")
OVER_FLOORS = Parameter("definitions.high_rise_floors")


@dataclass(frozen=True, kw_only=True)
class HighRise:
    """Whether the plan is high-rise; None where it cannot be told."""

    holds: bool | None
    reason: str
    citations: tuple[Citation, ...]


def high_rise(plan: Proposal, _: Site, book: Book) -> HighRise:
    """The highest building decides; `NotEncoded` where the book has no number for the day or the body."""
    return once(plan, ("high-rise", book.on, book.body), lambda: _told(plan, book))


def _told(plan: Proposal, book: Book) -> HighRise:
    tall, many = Required.of(book.value(FROM_HEIGHT)), Required.of(book.value(OVER_FLOORS))
    high, floors = height(plan), storeys(plan)
    cited = (*tall.citations, *many.citations)
    if high is not None and round(high.amount, 3) >= tall.amount:
        return HighRise(
            holds=True, reason=f"{high.amount:.2f} m high, from {tall.steps[0]}.", citations=cited
        )
    if floors is not None and floors.amount > many.amount:
        return HighRise(holds=True, reason=f"{floors.amount} floors, over {many.steps[0]}.", citations=cited)
    if high is None or floors is None:
        return HighRise(
            holds=None, reason="The height or the number of floors is not drawn.", citations=cited
        )
    if high.is_declared:
        return HighRise(holds=None, reason="The height is only declared.", citations=cited)
    counted = f"{floors.amount} floors{', typical ones by word,' if floors.is_declared else ''}"
    return HighRise(
        holds=False,
        reason=f"{high.amount:.2f} m and {counted} are under {tall.amount} m and not over {many.amount} floors.",
        citations=cited,
    )
