"""How far a building keeps from an electric line: rule 22, Table 2, by voltage since October 2025, by class before.

In: the voltage of a line, the book of one day.  Out: `Range` values.  Where the edge between low or medium and high voltage lies was not read, so
up to the greatest voltage of the classes the older table has two readings.
"""

from decimal import ROUND_CEILING, Decimal

from rules.book import Book, NotInForce, Parameter
from rules.findings import Required
from rules.reckoning.two_readings import Range

BY_VOLTAGE = Parameter("site.line_horizontal")
BASE = Parameter("site.line_base")
GROWTH = Parameter("site.line_growth")
ABOVE = Parameter("site.line_growth_above")
CLASS_HORIZONTAL = Parameter("site.line_horizontal_by_class")
CLASS_VERTICAL = Parameter("site.line_vertical_by_class")
OLD_BASE = Parameter("site.line_extra_high")
OLD_GROWTH = Parameter("site.line_extra_high_growth")
OLD_STEP = Parameter("site.line_extra_high_step")
LOW, HIGH = "low_or_medium", "high_to_33kv"
OPEN = "Where low or medium voltage ends and high voltage begins was not read in the law."


def horizontal(volts: Decimal | None, book: Book) -> Range:
    """Least horizontal distance in metres; without a voltage from the least to nothing more is known than the least line's."""
    try:
        low, high = book.value(CLASS_HORIZONTAL, LOW), book.value(CLASS_HORIZONTAL, HIGH)
    except NotInForce:
        return _by_voltage(volts, book)
    if volts is not None and volts > book.value(OLD_STEP).number:
        return Range.one(_extra_high(volts, book, "horizontal"))
    return Range(most=Required.of(high), least=Required.of(low), why=_why(volts))


def vertical(volts: Decimal | None, book: Book) -> Range:
    """Least vertical distance in metres; `NotInForce` since the column was dropped."""
    low, high = book.value(CLASS_VERTICAL, LOW), book.value(CLASS_VERTICAL, HIGH)
    if volts is not None and volts > book.value(OLD_STEP).number:
        return Range.one(_extra_high(volts, book, "vertical"))
    return Range(most=Required.of(high), least=Required.of(low), why=_why(volts))


def _why(volts: Decimal | None) -> str:
    return OPEN if volts is not None else "The voltage of the line is not told, so more may be asked."


def _by_voltage(volts: Decimal | None, book: Book) -> Range:
    if volts is None:
        least = Required.of(book.value(BY_VOLTAGE, Decimal(1)))
        return Range(most=Required.of(book.value(BASE)), least=least, why=_why(None))
    above, step = book.value(ABOVE, "above"), book.value(ABOVE, "step")
    if volts <= above.number:
        return Range.one(Required.of(book.value(BY_VOLTAGE, volts)))
    base, growth = book.value(BASE), book.value(GROWTH)
    steps = ((volts - above.number) / step.number).to_integral_value(ROUND_CEILING)
    amount = base.number + growth.number * steps
    told = f"{base} + {steps} × {growth} for {volts} V = {amount} m, {base.citation}"
    return Range.one(Required.derived(amount, base.unit, told, base, growth, above, step))


def _extra_high(volts: Decimal, book: Book, which: str) -> Required:
    base, growth, step = book.value(OLD_BASE, which), book.value(OLD_GROWTH), book.value(OLD_STEP)
    steps = ((volts - step.number) / step.number).to_integral_value(ROUND_CEILING)
    amount = base.number + growth.number * steps
    told = f"{base} + {steps} × {growth} for {volts} V = {amount} m, {base.citation}"
    return Required.derived(amount, base.unit, told, base, growth, step)
