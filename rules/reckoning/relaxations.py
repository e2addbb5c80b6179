"""A relaxation of an amount: what it comes down to, whether its conditions hold, and how a measure is judged under it.

In: what the law asks ordinarily, the relaxations that could be had, and a measure.  Out: `Finding`.  A relaxation whose conditions hold lowers
the amount; one whose conditions are not known keeps the answer open where only it would let the measure stand.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from rules.findings import TOLERANCE, Finding, Measured, Outcome, Required, at_least
from rules.proposal import Proposal


@dataclass(frozen=True, kw_only=True)
class Relaxation:
    """A smaller amount; `holds` is None where it is not known whether it may be had, and `why` says on what that hangs."""

    required: Required
    holds: bool | None
    why: str


def both(*conditions: bool | None) -> bool | None:
    """Whether all conditions hold: one that does not is enough for no, else one that is not known leaves it open."""
    if any(each is False for each in conditions):
        return False
    return None if any(each is None for each in conditions) else True


def is_within(found: Measured | None, limit: Decimal) -> bool | None:
    """Whether a measure stays within a limit of the same unit, at what is printed (1 mm, 0.01 m²); None where it is not measured.

    A declared measure can only show that it does not.
    """
    if found is None:
        return None
    step = TOLERANCE.get(found.unit)
    within = (found.amount if step is None else found.amount.quantize(step)) <= limit
    return None if within and found.is_declared else within


def said(plan: Proposal, *keys: str) -> bool | None:
    """What speaks for the applicant: yes only if a person confirmed it, no as soon as it is said, else None."""
    word = plan.word(*keys)
    if word is None or word.is_yes is None:
        return None
    if word.is_yes:
        return None if word.is_declared else True
    return False


def judged(
    rule: str,
    ordinary: Required,
    relaxations: Iterable[Relaxation],
    found: Measured | None,
    *,
    missing: str,
    remedy: Callable[[Required], str],
    subject: str = "",
    doubt: str | None = None,
) -> Finding:
    """At least the least amount that holds; `doubt` says why the law may ask for more than `ordinary`.

    `remedy` is worded from the amount that is asked in the end.  The relaxations are asked for only where the ordinary amount is not kept.
    """
    mend = remedy(ordinary)
    finding = at_least(rule, ordinary, found, missing=missing, remedy=mend, subject=subject)
    if finding.outcome is Outcome.PASS and doubt is not None:
        return replace(finding, outcome=Outcome.UNKNOWN, reason=doubt, remedy=mend)
    if found is None or finding.holds is not False:
        return finding
    hopes = list(relaxations)
    granted = [each.required for each in hopes if each.holds and each.required.amount < ordinary.amount]
    required = min(granted, key=lambda each: each.amount, default=ordinary)
    if granted:
        finding = at_least(rule, required, found, missing=missing, remedy=remedy(required), subject=subject)
    if finding.outcome is not Outcome.FAIL:
        return finding
    why = [each.why for each in hopes if each.holds is None and _would_do(rule, each.required, found)]
    if not why:
        return finding
    reason = f"Less than {required.amount} {required.unit}, which stands only {'; or '.join(why)}."
    return replace(finding, outcome=Outcome.UNKNOWN, reason=reason)


def _would_do(rule: str, required: Required, found: Measured) -> bool:
    return bool(at_least(rule, required, found, missing="", remedy="").holds)
