"""The register of checks: each rule is one function under the name that the catalogue gives it, and all are asked in one order.

In: a plan, a site and the book of one day.  Out: findings, one or several for a rule.  A gap of the book makes a rule unknown, only
the law's own silence makes it not applicable; anything else that goes wrong is a bug and is not caught.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gis.site import Site
from rules.book import Book, NotEncoded, NotInForce
from rules.findings import MEND, Finding, not_applicable, unknown
from rules.proposal import Proposal
from rules.reckoning.plot_area import unless_lesser
from rules.reckoning.repeated_floors import unless_more

Check = Callable[[Proposal, Site, Book], Finding | Sequence[Finding]]
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule: its name in the catalogue and the function that judges it."""

    id: str
    check: Check


class Register:
    """The rules in the order of their names; a name stands once."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}

    def rule(self, rule_id: str) -> Callable[[Check], Check]:
        """Enter a check under a name of the catalogue; `ValueError` for a name that is taken or badly written."""
        if not _NAME.fullmatch(rule_id):
            raise ValueError(f"“{rule_id}” is not a name such as front_yard")
        if rule_id in self._rules:
            raise ValueError(f"there is a rule “{rule_id}” already")

        def enter(check: Check) -> Check:
            self._rules[rule_id] = Rule(id=rule_id, check=check)
            return check

        return enter

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, by name."""
        return tuple(rule for _, rule in sorted(self._rules.items()))

    def check_all(self, plan: Proposal, site: Site, book: Book) -> tuple[Finding, ...]:
        """What every rule says of the plan, by name of the rule, in the order in which it says it."""
        return tuple(finding for rule in self.rules for finding in self.check_one(rule.id, plan, site, book))

    def check_one(self, rule_id: str, plan: Proposal, site: Site, book: Book) -> tuple[Finding, ...]:
        """What one rule says; at least one finding."""
        rule = self._rules[rule_id]

        def ask(of: Proposal, where: Site = site) -> tuple[Finding, ...]:
            return asked(rule_id, lambda: rule.check(of, where, book))

        answer = unless_more(plan, ask(plan), ask)
        answer = unless_lesser(rule_id, site, book, answer, lambda less: ask(replace(plan), less))
        for finding in answer:
            if finding.rule != rule_id:
                raise ValueError(f"the rule “{rule_id}” answered in the name of “{finding.rule}”")
        if not answer:
            raise ValueError(f"the rule “{rule_id}” gave no answer")
        return answer


def asked(
    rule_id: str, judge: Callable[[], Finding | Sequence[Finding]], *, subject: str = ""
) -> tuple[Finding, ...]:
    """The findings of a judgement; a gap or silence of the book is the finding of its subject."""
    try:
        answer = judge()
    except NotInForce as silence:
        return (not_applicable(rule_id, silence.message, subject=subject),)
    except NotEncoded as gap:
        return (unknown(rule_id, gap.message, remedy=MEND, subject=subject),)
    return (answer,) if isinstance(answer, Finding) else tuple(answer)


RULES = Register()
rule = RULES.rule
