"""The floor space index of a plan and the indices that Table 6 allows it: without fee, with the fee, with the higher fee.

In: a proposal, its site, the book of one day.  Out: `Tier` values, least first, and the plan's own index.  With several uses each tier is the
mean of theirs, weighted by floor area (rule 27); groups G2, I and J have no part in such a mean, so beside them the strictest binds
(rule 25(1)).  A use without a higher tier keeps its own greatest index in the mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from gis.site import Site
from rules.book import Book, NotEncoded, NotInForce, Parameter, Value
from rules.findings import Measured, Required
from rules.measure import Unit
from rules.proposal import Proposal
from rules.reckoning.occupancy import Use, is_park, joined, row_of
from rules.reckoning.plot_area import basis
from rules.reckoning.two_readings import at_hundredth
from rules.takings import built_up_area, floor_area

FREE = Parameter("coverage.fsi")
WITH_FEE = Parameter("coverage.fsi_with_fee")
WITH_HIGHER_FEE = Parameter("coverage.fsi_with_higher_fee")
IT_PARK = Parameter("coverage.it_park_fsi")
AREA, BUILT_UP = Parameter("coverage.index_area"), "built_up_area"
UNMIXED = {"G2", "I", "J"}


@dataclass(frozen=True, kw_only=True)
class Tier:
    """One column of Table 6: the index up to which it reaches."""

    name: str
    required: Required


def tiers(plan: Proposal, book: Book) -> tuple[Tier, ...]:
    """The columns that the plan's uses have; `NotEncoded` where one of them has no row or no area."""
    found = joined(plan, book)
    own = [_ladder(use, book) for use in found]
    names = ("without fee", "with the fee", "with the higher fee")
    reached = max(len(each) for each in own)
    return tuple(
        Tier(name=names[step], required=_together(found, [each[min(step, len(each) - 1)] for each in own]))
        for step in range(reached)
    )


def _ladder(use: Use, book: Book) -> list[Value]:
    """The indices of one use, least first."""
    if is_park(use):
        return [book.value(IT_PARK)]
    found = [row_of(book, FREE, use)]
    for column in (WITH_FEE, WITH_HIGHER_FEE):
        try:
            found.append(row_of(book, column, use))
        except NotInForce:
            break
    return found


def _together(found: Sequence[Use], values: Sequence[Value]) -> Required:
    """The index of all uses: the only one, the strictest, or the mean by floor area."""
    if len(found) == 1:
        return Required.of(values[0])
    if {use.group for use in found} & UNMIXED:
        least = min(values, key=lambda each: each.number)
        return Required.derived(
            least.number,
            Unit.RATIO,
            f"{least}, the least of the uses (25(1)): groups G2, I and J are not averaged",
            *_first(least, values),
        )
    areas = [_area(use) for use in found]
    whole = sum(areas, Decimal(0))
    if whole <= 0:
        raise NotEncoded("The floor area of the uses is not known, so their indices cannot be weighted.")
    total = sum((value.number * area for value, area in zip(values, areas, strict=True)), Decimal(0))
    parts = " + ".join(f"{v.number} × {a:.2f}" for v, a in zip(values, areas, strict=True))
    step = f"({parts}) / {whole:.2f} = {total / whole:.4f}, weighted by floor area"
    return Required.derived(total / whole, Unit.RATIO, step, *_first(values[0], values))


def _first(value: Value, values: Sequence[Value]) -> tuple[Value, *tuple[Value, ...]]:
    return (value, *(each for each in values if each is not value))


def _area(use: Use) -> Decimal:
    if use.floor_area is None:
        raise NotEncoded(f"The floor area of {use.part} could not be measured.")
    return use.floor_area.amount


def index(plan: Proposal, site: Site, book: Book) -> Measured | None:
    """Floor area of all buildings (before October 2020 their built-up area) over the lesser area of the plot (rule 2(1)(cg))."""
    area = built_up_area(plan) if book.value(AREA).content == BUILT_UP else floor_area(plan)
    if area is None or site.area <= 0:
        return None
    ground = Decimal(repr(site.area))
    ratio = at_hundredth(area) / ground
    return Measured(
        amount=ratio,
        unit=Unit.RATIO,
        steps=(*area.steps, f"{area.amount:.2f} m² over {ground:.2f} m² = {ratio:.4f}"),
        sources=(*area.sources, basis(site)),
        places=area.places,
        is_declared=area.is_declared,
    )
