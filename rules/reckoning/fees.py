"""A fee as it is told to the applicant: line by line, each with its clause, in whole paise.

In: amounts and numbers of the book.  Out: frozen `Fee` values.  A line whose rate the book does not know has no amount and says why, and then
the fee has no total.  The schedules do not say how a part of a paisa is rounded; it is rounded to the nearest, halves up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from rules.book import Citation, Force, NotEncoded, NotInForce, Value
from rules.measure import Unit, written

CENTIMETRES = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class FeeLine:
    """One line: `paise` is None where it cannot be told, and `reason` says why; `candidates` bound it where two readings are open."""

    what: str
    paise: int | None
    step: str
    citations: tuple[Citation, ...] = ()
    force: Force | None = None
    reason: str = ""
    candidates: tuple[int, ...] = ()

    @property
    def clause(self) -> str | None:
        """Where the rate stands."""
        return str(self.citations[0]) if self.citations else None


@dataclass(frozen=True, kw_only=True)
class Fee:
    """A fee with its lines, none of them left out; `is_declared` where an area behind it is only a word in the drawing."""

    title: str
    lines: tuple[FeeLine, ...]
    is_declared: bool = False

    @property
    def paise(self) -> int | None:
        """What is due: nothing without a line, None as soon as one line cannot be told."""
        amounts = [line.paise for line in self.lines]
        known = [each for each in amounts if each is not None]
        return sum(known) if len(known) == len(amounts) else None

    @property
    def force(self) -> Force:
        """Binding only if every rate was read in its own text."""
        forces = {line.force for line in self.lines}
        return Force.BINDING if forces == {Force.BINDING} else Force.ADVISORY


def by_area(what: str, rate: Value, area: Decimal, *, times: Value | None = None) -> FeeLine:
    """Square metres, to 0.01 m², at a rate per square metre; `times` multiplies it."""
    exact = area.quantize(CENTIMETRES)
    factor = times.count if times is not None else 1
    amount = _whole(rate.paise * exact * factor)
    more = f" × {factor} ({times.citation})" if times is not None else ""
    return FeeLine(
        what=what,
        paise=amount,
        step=f"{exact} m² × {rate}{more} = {rupees(amount)}",
        citations=_cited(rate, times),
        force=_force(rate, times),
    )


def per_unit(what: str, rate: Value, quantity: Decimal, unit: str) -> FeeLine:
    """A quantity at a rate per metre, are or other unit."""
    amount = _whole(rate.paise * quantity)
    return FeeLine(
        what=what,
        paise=amount,
        step=f"{quantity} {unit} × {rate} = {rupees(amount)}",
        citations=_cited(rate),
        force=rate.force,
    )


def flat(what: str, rate: Value) -> FeeLine:
    """A fixed amount."""
    return FeeLine(
        what=what, paise=rate.paise, step=f"{what}: {rate}", citations=_cited(rate), force=rate.force
    )


def percent_of(what: str, share: Value, paise: int) -> FeeLine:
    """A share of another fee, in percent."""
    amount = _whole(share.number * paise / 100)
    return FeeLine(
        what=what,
        paise=amount,
        step=f"{share} of {rupees(paise)} = {rupees(amount)}",
        citations=_cited(share),
        force=share.force,
    )


def untold(what: str, reason: str) -> FeeLine:
    """A line that is due, as far as we know, and of which nobody can say how much."""
    return FeeLine(what=what, paise=None, step="", reason=reason)


def lined(what: str, reckon: Callable[[], FeeLine | Sequence[FeeLine]]) -> tuple[FeeLine, ...]:
    """The lines of a reckoning; a gap of the book is a line without an amount, its silence no line at all."""
    try:
        found = reckon()
    except NotInForce:
        return ()
    except NotEncoded as gap:
        return (untold(what, gap.message),)
    return (found,) if isinstance(found, FeeLine) else tuple(found)


def rupees(paise: int) -> str:
    """An amount as people read it."""
    return written(paise, Unit.PAISE)


def _whole(paise: Decimal) -> int:
    return int(paise.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _cited(*values: Value | None) -> tuple[Citation, ...]:
    return tuple(each.citation for each in values if each is not None)


def _force(*values: Value | None) -> Force:
    advisory = any(each is not None and each.force is Force.ADVISORY for each in values)
    return Force.ADVISORY if advisory else Force.BINDING
