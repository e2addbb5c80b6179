"""One size of one thing against the law, as a finding of its own, so that a gap of the book for it hides nothing else.

In: the rule, a parameter with its keys, and a measure.  Out: findings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from rules.book import Book, Parameter
from rules.findings import Comparison, Finding, Measured, Required, at_least, at_most
from rules.register import asked
from rules.table import Key

AT_LEAST, AT_MOST = Comparison.AT_LEAST, Comparison.AT_MOST


@dataclass(frozen=True, kw_only=True)
class Sized:
    """What is compared: the parameter with its keys, the measure (None: missing, for the reason given), and the way to mend it."""

    subject: str
    parameter: Parameter
    keys: tuple[Key, ...] = ()
    found: Measured | None
    missing: str
    remedy: str
    comparison: Comparison = AT_LEAST


def sized(rule: str, book: Book, wanted: Sequence[Sized]) -> tuple[Finding, ...]:
    """A finding for each size, in the given order."""
    return tuple(
        finding
        for each in wanted
        for finding in asked(rule, partial(_one, rule, book, each), subject=each.subject)
    )


def _one(rule: str, book: Book, each: Sized) -> Finding:
    compare = at_least if each.comparison is AT_LEAST else at_most
    required = Required.of(book.value(each.parameter, *each.keys))
    return compare(rule, required, each.found, missing=each.missing, remedy=each.remedy, subject=each.subject)
