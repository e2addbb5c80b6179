"""Where the law, as far as it was read, can mean two amounts: what keeps the stricter passes, what breaks the milder fails.

In: both amounts and a measure.  Out: one finding; between the two it is unknown, and says which question is open.
"""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from rules.book import Value
from rules.findings import TOLERANCE, Finding, Measured, Outcome, Required, at_least
from rules.measure import Unit


@dataclass(frozen=True, kw_only=True)
class Range:
    """The stricter and the milder reading of one requirement, and what tells them apart (None: they are one)."""

    most: Required
    least: Required
    why: str | None = None

    @classmethod
    def one(cls, required: Required) -> "Range":
        """A requirement that can be read in one way only."""
        return cls(most=required, least=required)


def whole(amount: Fraction, step: str, value: Value, *others: Value) -> Range:
    """A number of things where the law does not say whether a part of one counts: rounded up, and rounded down but one at least."""
    high = -(-amount.numerator // amount.denominator)
    low = min(high, max(1, amount.numerator // amount.denominator))
    told = f"{step} = {float(amount):.2f}"
    why = "Whether a part of one counts as one was not read in the law." if low < high else None
    return Range(
        most=Required.derived(Decimal(high), Unit.COUNT, f"{told}, rounded up: {high}", value, *others),
        least=Required.derived(Decimal(low), Unit.COUNT, f"{told}, rounded down: {low}", value, *others),
        why=why,
    )


def at_least_between(
    rule: str, asked: Range, found: Measured | None, *, missing: str, remedy: str, subject: str = ""
) -> Finding:
    """The measure must reach the stricter amount; where it only reaches the milder one the answer is unknown."""
    finding = at_least(rule, asked.most, found, missing=missing, remedy=remedy, subject=subject)
    if finding.outcome is not Outcome.FAIL or asked.why is None:
        return finding
    milder = at_least(rule, asked.least, found, missing=missing, remedy=remedy, subject=subject)
    if not milder.holds:
        return finding
    return replace(finding, outcome=Outcome.UNKNOWN, reason=asked.why)


def at_hundredth(area: Measured) -> Decimal:
    """An area as it is printed and judged, to 0.01 m²."""
    return area.amount.quantize(TOLERANCE[Unit.SQUARE_METRE], rounding=ROUND_HALF_EVEN)
