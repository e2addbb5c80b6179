"""Numbers and times as a reader meets them.

In: ground values in m², m, % and degrees; dates and instants.  Out: text with a dot for decimals and commas between
thousands, as on the pages.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal

from gis.units import Area, AreaUnit, area
from web.print.words import UNBROKEN, Wording

_MINUS = "\u2212"
_SMALL = ((AreaUnit.SQUARE_METRE, 2), (AreaUnit.CENT, 2), (AreaUnit.ARE, 3))
_LARGE = ((AreaUnit.ACRE, 3), (AreaUnit.HECTARE, 4))
_LARGE_FROM = 2_000
"""Ground m² from which acre and hectare are told too."""


def number(value: float | Decimal, places: int, *, signed: bool = False) -> str:
    """A number with so many decimals, half to even on the digits as written; a plus is shown where signs matter."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not exact.is_finite():
        return "?"
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    sign = _MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{abs(rounded):,f}"


def extent(words: Wording, square_metres: float | Decimal) -> str:
    """An area in m², cent and are, a large one in acre and hectare too."""
    exact = square_metres if isinstance(square_metres, Decimal) else Decimal(f"{square_metres:.2f}")
    whole = area(abs(exact))
    units = _SMALL + _LARGE if whole.square_metres >= _LARGE_FROM else _SMALL
    parts = (
        number(whole.to(unit).value, places) + UNBROKEN + unit_word(words, unit) for unit, places in units
    )
    return " · ".join(parts)


def as_written(words: Wording, recorded: Area) -> str:
    """An area as its register has it, not rounded."""
    return f"{recorded.value:,f}{UNBROKEN}{unit_word(words, recorded.unit)}"


def unit_word(words: Wording, unit: AreaUnit) -> str:
    """The name of a unit of area."""
    return words.say(f"unit.{unit}")


def metres(words: Wording, value: float) -> str:
    """A length, in kilometres from 10 km on."""
    if abs(value) >= 10_000:
        return words.say("kilometres", km=number(value / 1000, 2))
    return words.say("metres", m=number(value, 2))


def plus_minus(words: Wording, value: float) -> str:
    """An accuracy in metres, without decimals that say nothing."""
    return words.say("plus_minus", m=f"{value:g}")


def percent(words: Wording, value: float) -> str:
    """A share to 0.1 %."""
    return words.say("percent", share=number(value, 1))


def day(words: Wording, on: date) -> str:
    """A date with the month in words."""
    months = words.say("months").split(",")
    return words.say("date", day=on.day, month=months[on.month - 1], year=on.year)


def instant(known: datetime) -> str:
    """A recording instant in UTC, exact enough to ask the same question again."""
    return f"{known.replace(tzinfo=None).isoformat(sep=' ')} UTC"


def span(words: Wording, begins: date, ends: date | None) -> str:
    """A time from a day up to an end that may be open, as a sentence."""
    return words.say("since", begins=day(words, begins)) if ends is None else period(words, begins, ends)


def period(words: Wording, begins: date, ends: date | None) -> str:
    """The day from which something holds, or the days between which it held."""
    first = day(words, begins)
    return first if ends is None else words.say("since_until", begins=first, ends=day(words, ends))


def instants(words: Wording, begins: datetime, ends: datetime | None) -> str:
    """A time in the record from an instant up to an end that may be open."""
    if ends is None:
        return words.say("since", begins=instant(begins))
    return words.say("since_until", begins=instant(begins), ends=instant(ends))
