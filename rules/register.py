"""The register of checks: each rule is one function under one name, and all are asked in the same order.

In: a plan, a site and the book of one day.  Out: findings.  A gap of the book makes a rule unknown, only the law's own
silence makes it not applicable; anything else that goes wrong is a bug and is not caught.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from rules.book import Book, NotEncoded, NotInForce
from rules.findings import Finding, not_applicable, unknown

PlanT = TypeVar("PlanT")
SiteT = TypeVar("SiteT")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Rule(Generic[PlanT, SiteT]):
    """One rule: its name, its title and the function that judges it."""

    id: str
    title: str
    check: Callable[[PlanT, SiteT, Book], Finding]


class Register(Generic[PlanT, SiteT]):
    """The rules in the order in which they were entered; a name stands once."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule[PlanT, SiteT]] = {}

    def rule(
        self, rule_id: str, title: str
    ) -> Callable[[Callable[[PlanT, SiteT, Book], Finding]], Callable[[PlanT, SiteT, Book], Finding]]:
        """Enter a check under a name; `ValueError` for a name that is taken or badly written."""
        if not _NAME.fullmatch(rule_id):
            raise ValueError(f"“{rule_id}” is not a name such as front-yard")
        if rule_id in self._rules:
            raise ValueError(f"there is a rule “{rule_id}” already")

        def enter(
            check: Callable[[PlanT, SiteT, Book], Finding],
        ) -> Callable[[PlanT, SiteT, Book], Finding]:
            self._rules[rule_id] = Rule(id=rule_id, title=title, check=check)
            return check

        return enter

    @property
    def rules(self) -> tuple[Rule[PlanT, SiteT], ...]:
        """All rules, by name."""
        return tuple(rule for _, rule in sorted(self._rules.items()))

    def check_all(self, plan: PlanT, site: SiteT, book: Book) -> tuple[Finding, ...]:
        """What every rule says of the plan, by name of the rule."""
        return tuple(self._asked(rule, plan, site, book) for rule in self.rules)

    def _asked(self, rule: Rule[PlanT, SiteT], plan: PlanT, site: SiteT, book: Book) -> Finding:
        try:
            finding = rule.check(plan, site, book)
        except NotInForce as silence:
            return not_applicable(rule.id, silence.message)
        except NotEncoded as gap:
            return unknown(rule.id, gap.message)
        if finding.rule != rule.id:
            raise ValueError(f"the rule “{rule.id}” answered in the name of “{finding.rule}”")
        return finding


def titles(rules: Iterable[Rule[PlanT, SiteT]]) -> dict[str, str]:
    """The title of each rule, by name."""
    return {rule.id: rule.title for rule in rules}
