"""What a check says: passed, failed, unknown or not applicable, with what was measured, required, and why.

In: a required amount with its sources (`Required`) and a measured one (`Measured`), or the reason why there is none.
Out: a frozen `Finding`.  Lengths are compared at 1 mm, areas at 0.01 m², as printed; everything else exactly.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from shapely.geometry.base import BaseGeometry

from gis.errors import Invalid
from rules.book import Citation, Force, Value
from rules.instruments import Mark
from rules.measure import Unit

TOLERANCE = {Unit.METRE: Decimal("0.001"), Unit.SQUARE_METRE: Decimal("0.01")}
"""To what amounts are rounded before they are compared: what is printed is what is judged."""


DRAWN = "the drawing"
"""Where a measure comes from if nothing else is told."""
MEND = "Draw or tell what is missing; where the book has no value, an officer judges by the text of the law."
"""How a gap is mended, whichever side it is on: the message says which."""


class Outcome(StrEnum):
    """The four answers of a check; unknown never passes, and only the law makes a rule not applicable."""

    PASS = "pass"  # noqa: S105 (a verdict, not a password)
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"


class Comparison(StrEnum):
    """Which way the law compares."""

    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, kw_only=True)
class Place:
    """What decided, on the ground and in the drawing: a wall, boundary or yard, with its CAD handles."""

    what: str
    shape: BaseGeometry | None = None
    handles: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Required:
    """What the law asks, how it adds up, and where each part stands; one advisory part makes the whole advisory."""

    amount: Decimal
    unit: Unit
    force: Force
    citations: tuple[Citation, ...]
    steps: tuple[str, ...]

    @classmethod
    def of(cls, value: Value) -> "Required":
        """A number of the book as it stands."""
        return cls(
            amount=value.number,
            unit=value.unit,
            force=value.force,
            citations=(value.citation,),
            steps=(value.told,),
        )

    @classmethod
    def derived(cls, amount: Decimal, unit: Unit, step: str, value: Value, *others: Value) -> "Required":
        """An amount reckoned from numbers of the book, the reckoning told in words."""
        values = (value, *others)
        return cls(
            amount=amount,
            unit=unit,
            force=_weakest(each.force for each in values),
            citations=tuple(each.citation for each in values),
            steps=(step,),
        )

    def changed(self, amount: Decimal, step: str, *values: Value) -> "Required":
        """Another amount derived from this one by numbers of the book, the step told in words."""
        return Required(
            amount=amount,
            unit=self.unit,
            force=_weakest([self.force, *(each.force for each in values)]),
            citations=(*self.citations, *(each.citation for each in values)),
            steps=(*self.steps, step),
        )


def _weakest(forces: Iterable[Force]) -> Force:
    return Force.ADVISORY if Force.ADVISORY in set(forces) else Force.BINDING


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What was found, how and from what; what the drawing only declares in words can fail a check but never pass it."""

    amount: Decimal
    unit: Unit
    steps: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    is_declared: bool = False

    def __post_init__(self) -> None:
        if not self.amount.is_finite():
            raise Invalid(f"A measure cannot be {self.amount}: check the drawing it was taken from.")


def measured(
    amount: float | Decimal,
    unit: Unit,
    *,
    steps: tuple[str, ...] = (),
    sources: tuple[str, ...] = (DRAWN,),
    places: tuple[Place, ...] = (),
    is_declared: bool = False,
) -> Measured:
    """A measure in metres, m² or another unit; `Invalid` if it is not a finite number."""
    if isinstance(amount, float) and not math.isfinite(amount):
        raise Invalid(f"A measure cannot be {amount}: check the drawing it was taken from.")
    exact = Decimal(repr(amount)) if isinstance(amount, float) else Decimal(amount)
    return Measured(
        amount=exact, unit=unit, steps=steps, sources=sources, places=places, is_declared=is_declared
    )


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one rule says of one thing in a plan; `holds` is the bare comparison, shown even where it cannot bind.

    `subject` tells several findings of a rule apart (“building 1, front yard, average”), and is empty where there is one.
    """

    rule: str
    subject: str
    outcome: Outcome
    force: Force | None
    comparison: Comparison | None
    measured: Measured | None
    required: Required | None
    holds: bool | None
    tolerance: Decimal | None
    reason: str | None
    remedy: str | None
    places: tuple[Place, ...] = ()
    """What decided, so that a page can zoom to it."""
    stated: tuple[Citation, ...] = ()
    """The clauses of a condition without a number."""

    @property
    def clause(self) -> str | None:
        """Where the rule stands: the first clause that was cited."""
        return str(self.citations[0]) if self.citations else None

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every clause that entered the answer."""
        return self.required.citations if self.required else self.stated

    @property
    def steps(self) -> tuple[str, ...]:
        """How both numbers came about, step by step."""
        found = self.measured.steps if self.measured else ()
        return (*(self.required.steps if self.required else ()), *found)


def at_least(
    rule: str, required: Required, found: Measured | None, *, missing: str, remedy: str, subject: str = ""
) -> Finding:
    """The measure must reach the amount; without a measure the answer is unknown, for the reason in `missing`."""
    return _compared(rule, subject, Comparison.AT_LEAST, required, found, missing, remedy)


def at_most(
    rule: str, required: Required, found: Measured | None, *, missing: str, remedy: str, subject: str = ""
) -> Finding:
    """The measure must not exceed the amount; without a measure the answer is unknown, for the reason in `missing`."""
    return _compared(rule, subject, Comparison.AT_MOST, required, found, missing, remedy)


def unknown(
    rule: str, reason: str, *, remedy: str | None = None, subject: str = "", places: tuple[Place, ...] = ()
) -> Finding:
    """We cannot tell, and say why."""
    return _without_numbers(rule, subject, Outcome.UNKNOWN, reason, remedy, places)


def not_applicable(rule: str, reason: str, *, subject: str = "") -> Finding:
    """The law asks nothing here, and says so or leaves it out."""
    return _without_numbers(rule, subject, Outcome.NOT_APPLICABLE, reason, None, ())


def holds(
    rule: str, reason: str, *citations: Citation, subject: str = "", places: tuple[Place, ...] = ()
) -> Finding:
    """A condition without a number is met, as read in the text that is cited."""
    return _stated(rule, subject, Outcome.PASS, reason, None, citations, places)


def breaks(
    rule: str,
    reason: str,
    *citations: Citation,
    remedy: str,
    subject: str = "",
    places: tuple[Place, ...] = (),
) -> Finding:
    """A condition without a number is not met, as read in the text that is cited."""
    return _stated(rule, subject, Outcome.FAIL, reason, remedy, citations, places)


def _stated(
    rule: str,
    subject: str,
    outcome: Outcome,
    reason: str,
    remedy: str | None,
    citations: tuple[Citation, ...],
    places: tuple[Place, ...],
) -> Finding:
    if not citations:
        raise Invalid(f"{rule}: what binds must cite its text.")
    if any(each.mark is not Mark.READ for each in citations):
        advice = "The text was not read itself, so it only advises."
        why, mend = f"{reason} {advice}", remedy or MEND
        return _without_numbers(rule, subject, Outcome.UNKNOWN, why, mend, places, Force.ADVISORY, citations)
    return _without_numbers(rule, subject, outcome, reason, remedy, places, Force.BINDING, citations)


def _without_numbers(
    rule: str,
    subject: str,
    outcome: Outcome,
    reason: str,
    remedy: str | None,
    places: tuple[Place, ...],
    force: Force | None = None,
    stated: tuple[Citation, ...] = (),
) -> Finding:
    return Finding(
        rule=rule,
        subject=subject,
        outcome=outcome,
        force=force,
        comparison=None,
        measured=None,
        required=None,
        holds=None,
        tolerance=None,
        reason=reason,
        remedy=remedy,
        places=places,
        stated=stated,
    )


def _compared(
    rule: str,
    subject: str,
    comparison: Comparison,
    required: Required,
    found: Measured | None,
    missing: str,
    remedy: str,
) -> Finding:
    if found is not None and found.unit is not required.unit:
        raise Invalid(f"{rule}: {found.unit} was measured where the law speaks of {required.unit}.")
    holds = None if found is None else _holds(comparison, required, found)
    outcome, reason = _judged(required, found, holds, missing)
    return Finding(
        rule=rule,
        subject=subject,
        outcome=outcome,
        force=required.force,
        comparison=comparison,
        measured=found,
        required=required,
        holds=holds,
        tolerance=TOLERANCE.get(required.unit),
        reason=reason,
        remedy=None if outcome is Outcome.PASS else remedy,
        places=found.places if found else (),
    )


def _holds(comparison: Comparison, required: Required, found: Measured) -> bool:
    step = TOLERANCE.get(required.unit)
    rounded: Callable[[Decimal], Decimal] = (
        (lambda amount: amount)
        if step is None
        else (lambda amount: amount.quantize(step, rounding=ROUND_HALF_EVEN))
    )
    law, plan = rounded(required.amount), rounded(found.amount)
    return plan >= law if comparison is Comparison.AT_LEAST else plan <= law


def _judged(
    required: Required, found: Measured | None, holds: bool | None, missing: str
) -> tuple[Outcome, str | None]:
    if found is None or holds is None:
        return Outcome.UNKNOWN, missing
    if required.force is Force.ADVISORY:
        return Outcome.UNKNOWN, "The number was not read in the law's own text, so it only advises."
    if not holds:
        return Outcome.FAIL, None
    if found.is_declared:
        return Outcome.UNKNOWN, "The drawing only declares this; a person has to confirm it."
    return Outcome.PASS, None
