"""The verdict of a list of findings: it passes only if every rule that applies passed.

In: findings.  Out: a frozen `Report` with the verdict and what stands against it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rules.findings import Finding, Outcome


class Verdict(StrEnum):
    """Whether the plan may be built as far as the book can tell."""

    PASS = "pass"  # noqa: S105 (a verdict, not a password)
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Report:
    """A verdict with its findings: the failed first, then the unknown, the passed and the not applicable."""

    verdict: Verdict
    findings: tuple[Finding, ...]

    def count(self, outcome: Outcome) -> int:
        """How many findings have this outcome."""
        return sum(1 for finding in self.findings if finding.outcome is outcome)


_ORDER = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)


def report(findings: Sequence[Finding]) -> Report:
    """The report of these findings; one failure fails, one unknown never passes, and nothing judged is unknown."""
    ordered = sorted(findings, key=lambda each: (_ORDER.index(each.outcome), each.rule, each.subject))
    return Report(verdict=verdict(findings), findings=tuple(ordered))


def verdict(findings: Sequence[Finding]) -> Verdict:
    """Fail before unknown before pass; without a single rule that passed the answer is unknown."""
    outcomes = {finding.outcome for finding in findings}
    if Outcome.FAIL in outcomes:
        return Verdict.FAIL
    if Outcome.UNKNOWN in outcomes or Outcome.PASS not in outcomes:
        return Verdict.UNKNOWN
    return Verdict.PASS
