"""What Table 4 asks of the yards of a plan, cell by cell: the row of its uses, the small plots, the growth with height.

In: a proposal, its site, the book of one day.  Out: a `Row` of `Required` amounts by yard (front, rear, side) and measure.  Since 29 October 2025
each yard has an average and a minimum; before that one uniform depth, and Table 4A instead for plots of an odd shape.  Of several uses
the strictest counts in every cell (rule 25(1)).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, partial

from gis.site import Site
from rules.book import Book, NotEncoded, NotInForce, Parameter
from rules.findings import Comparison, Measured, Required
from rules.measure import Unit
from rules.proposal import Building, Proposal, once
from rules.reckoning.occupancy import Use, joined, strictest
from rules.table import ByWord
from rules.takings import total

OPEN_SPACE = Parameter("yards.open_space")
SMALL_OPEN_SPACE = Parameter("yards.open_space_small_plot")
SMALL_PLOT = Parameter("yards.small_plot_area")
SMALL_BUILT_UP = Parameter("yards.small_plot_built_up_area")
UNIFORM = Parameter("yards.uniform")
SMALL_UNIFORM = Parameter("yards.uniform_small_plot")
ODD_PLOT = Parameter("yards.odd_plot")
TABLE_HEIGHT = Parameter("yards.table_height")
ABOVE = Parameter("yards.over_10m_above")
STEP = Parameter("yards.over_10m_step")
RISE = Parameter("yards.over_10m_rise")
STOP = Parameter("yards.over_10m_stop")
RULE_50_PLOT = Parameter("small.plot_area")
SMALL_GROUPS = frozenset({"A1", "F"})
YARDS = ("front", "rear", "side")
MINIMUM, AVERAGE, UNIFORM_DEPTH = "minimum", "average", "uniform"
CENT, MILLIMETRE = Decimal("0.01"), Decimal("0.001")
BOUNDLESS = Decimal(10**9)
"""A built-up area beyond every band of the table."""

Cells = Mapping[tuple[str, str], Required]


@dataclass(frozen=True, kw_only=True)
class Row:
    """What is asked of each yard in each measure, and what else it could be: `others` are rows with the reason on which they hang, `odd` the rows of Table 4A.

    `is_first` tells that every use stands in the rows of small buildings, to which the proviso on blank walls is open; `doubt` says
    why a stricter row could hold.
    """

    cells: Cells
    is_first: bool
    others: tuple[tuple[str, Cells], ...] = ()
    odd: tuple[Cells, ...] = ()
    doubt: str | None = None

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Average and minimum, or the uniform depth of the law before 2025."""
        return (
            (UNIFORM_DEPTH,) if any(each == UNIFORM_DEPTH for _, each in self.cells) else (MINIMUM, AVERAGE)
        )


def row_of(plan: Proposal, site: Site, book: Book, building: Building) -> Row:
    """The row for one building of a plan; `NotEncoded` where the book of the day has none for its use."""
    found = joined(plan, book)
    if _is_uniform(book):
        return _uniform_row(found, site, book)
    row = once(plan, ("table 4", id(site), book.on, book.body), lambda: _row(found, site, book))
    if len(plan.buildings) == 1:
        return row
    alone = _row(joined(replace(plan, buildings=(building,)), book), site, book)
    if alone.cells == row.cells:
        return row
    why = "if Table 4 goes by the area of each building and not of all of them, which our reading leaves open"
    return replace(row, others=(*row.others, (why, alone.cells)))


def _is_uniform(book: Book) -> bool:
    try:
        book.entry(OPEN_SPACE)
    except NotEncoded:
        try:
            book.value(UNIFORM, "A1", Decimal(1), "front")
        except NotEncoded:
            book.entry(OPEN_SPACE)
        return True
    return False


def _row(found: tuple[Use, ...], site: Site, book: Book) -> Row:
    built_up = _built_up(found)
    small, doubt = _is_small(found, site, book, built_up)

    def cell(use: Use, yard: str, measure: str) -> Required:
        word = f"{yard}_{measure}"
        if small:
            return Required.of(book.value(SMALL_OPEN_SPACE, word))
        return _cell(OPEN_SPACE, use, book, word)

    cells = _strictest(found, cell, (MINIMUM, AVERAGE))
    first = {
        (yard, measure): book.value(OPEN_SPACE, "A1", Decimal(1), f"{yard}_{measure}").number
        for yard in YARDS
        for measure in (MINIMUM, AVERAGE)
    }
    is_first = small or all(cells[key].amount == first[key] for key in first)
    if any(use.built_up is not None and use.built_up.is_declared for use in found):
        doubt = doubt or _declared(found, cells, book, small=small)
    return Row(cells=cells, is_first=is_first, others=_white(found, book), doubt=doubt)


def _declared(found: tuple[Use, ...], cells: Cells, book: Book, *, small: bool) -> str | None:
    """Whether more built-up area than is declared would change the row."""

    def cell(use: Use, yard: str, measure: str) -> Required:
        word = f"{yard}_{measure}"
        if use.built_up is not None and use.built_up.is_declared:
            return Required.of(book.value(OPEN_SPACE, _key(use, OPEN_SPACE, book), BOUNDLESS, word))
        return _cell(OPEN_SPACE, use, book, word)

    most = _strictest(found, cell, (MINIMUM, AVERAGE))
    if not small and all(most[key].amount == cells[key].amount for key in cells):
        return None
    return "The built-up area, on which the row of Table 4 hangs, is partly only declared (typical floors)."


def _white(found: tuple[Use, ...], book: Book) -> tuple[tuple[str, Cells], ...]:
    """The row that an industry would have if it were of the white category."""
    if len(found) != 1 or found[0].part != "G1":
        return ()
    white = (replace(found[0], part="G1_white"),)
    cells = _strictest(
        white,
        lambda use, yard, measure: _cell(OPEN_SPACE, use, book, f"{yard}_{measure}"),
        (MINIMUM, AVERAGE),
    )
    return (("if the industry is of the white category (name its group)", cells),)


def _uniform_row(found: tuple[Use, ...], site: Site, book: Book) -> Row:
    def uniform(use: Use, yard: str, _measure: str) -> Required:
        return _cell(UNIFORM, use, book, yard)

    def odd(use: Use, yard: str, measure: str) -> Required:
        return _cell(ODD_PLOT, use, book, f"{yard}_{measure}")

    def small_odd(_use: Use, yard: str, measure: str) -> Required:
        return Required.of(book.value(SMALL_OPEN_SPACE, f"{yard}_{measure}"))

    odd_rows = [_strictest(found, odd, (MINIMUM, AVERAGE))]
    others: tuple[tuple[str, Cells], ...] = ()
    if all(use.group in SMALL_GROUPS for use in found) and _area(site) <= book.value(RULE_50_PLOT).number:
        small = {(yard, UNIFORM_DEPTH): Required.of(book.value(SMALL_UNIFORM, yard)) for yard in YARDS}
        others = (("if the row of small plots held, whose conditions before 2025 were not read", small),)
        odd_rows.append(_strictest(found, small_odd, (MINIMUM, AVERAGE)))
    return Row(
        cells=_strictest(found, uniform, (UNIFORM_DEPTH,)),
        is_first=False,
        others=others,
        odd=tuple(odd_rows),
    )


def _strictest(
    found: tuple[Use, ...], cell: Callable[[Use, str, str], Required], measures: tuple[str, ...]
) -> Cells:
    cells: dict[tuple[str, str], Required] = {}
    for yard in YARDS:
        for measure in measures:
            try:
                asked = partial(_asked, cell, yard, measure)
                cells[yard, measure] = strictest(found, asked, Comparison.AT_LEAST)[1]
            except NotInForce:
                continue
    return cells


def _asked(cell: Callable[[Use, str, str], Required], yard: str, measure: str, use: Use) -> Required:
    return cell(use, yard, measure)


def _cell(parameter: Parameter, use: Use, book: Book, word: str) -> Required:
    if use.built_up is None:
        raise NotEncoded(
            f"The built-up area of {use.part} could not be measured, so its row of Table 4 is unknown. "
            "Draw every floor closed on its layer BLT_UP_AREA."
        )
    area = use.built_up.amount.quantize(CENT)
    return Required.of(book.value(parameter, _key(use, parameter, book), area, word))


def _key(use: Use, parameter: Parameter, book: Book) -> str:
    node = book.entry(parameter).node
    has_part = isinstance(node, ByWord) and any(word == use.part for word, _ in node.rows)
    return use.part if has_part else use.group


def _is_small(
    found: tuple[Use, ...], site: Site, book: Book, built_up: Measured | None
) -> tuple[bool, str | None]:
    """Whether row 2 holds: groups A1 and F, plot and built-up area within its limits, and why that is in doubt."""
    if any(use.group not in SMALL_GROUPS for use in found):
        return False, None
    try:
        plot, area = book.value(SMALL_PLOT).number, book.value(SMALL_BUILT_UP).number
    except NotEncoded:
        return False, None
    if built_up is None or _area(site) > plot:
        return False, None
    return built_up.amount.quantize(CENT) <= area, None


def _built_up(found: tuple[Use, ...]) -> Measured | None:
    return total((use.built_up for use in found), Unit.SQUARE_METRE, "built-up area")


def _area(site: Site) -> Decimal:
    return Decimal(repr(site.area)).quantize(CENT)


def grown(
    required: Required, minimum: Required, height: Measured | None, book: Book
) -> tuple[Required, str | None]:
    """The amount with its growth above 10 m (rule 26(6)), and why it may be more; every minimum and average grows alike."""
    if height is None:
        return (
            required,
            "The height of the building is not known, so the yard may have to be larger (rule 26(6)).",
        )
    metres = height.amount.quantize(MILLIMETRE)
    doubt = (
        "The height of the building, with which the yard grows, is only declared."
        if height.is_declared
        else None
    )
    try:
        above = book.value(ABOVE)
    except NotEncoded as gap:
        return required, _before(metres, book, gap) or doubt
    if metres <= above.number:
        return required, doubt
    step, rise, stop = book.value(STEP), book.value(RISE), book.value(STOP)
    steps = math.ceil((metres - above.number) / step.number)
    most = max(stop.number - minimum.amount, Decimal(0))
    more = min(rise.number * steps, most)
    told = f"{metres} m high: {rise.number} m x {steps} for each {step} or part above {above}"
    told += f", up to a minimum of {stop}" if more < rise.number * steps else ""
    amount = required.amount + more
    return required.changed(amount, f"{told} = {amount} m", above, step, rise, stop), doubt


def _before(metres: Decimal, book: Book, gap: NotEncoded) -> str | None:
    """Before 2025 the table is all that is asked up to its height; above it the growth was not read."""
    try:
        return None if metres <= book.value(TABLE_HEIGHT).number else gap.message
    except NotEncoded:
        return gap.message
