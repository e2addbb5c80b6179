"""How each point of a permit stands: measured by the check, declared and signed, or left to the finished building.

In: findings of a check document and entries of the declared list.  Out: frozen values of text alone, as a permit keeps and prints them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from civic.permits.declared import Declarable
from rules.check_document import titles, titles_ml

Found = Mapping[str, Any]
MEASURED, DECLARED = "measured", "declared"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One point: its rule and clause, what was measured and required (with unit, empty where no number decides), or the words signed."""

    basis: str
    rule: str
    subject: str
    clause: str
    title: str
    title_ml: str
    measured: str = ""
    required: str = ""
    comparison: str = ""
    words: str = ""
    words_ml: str = ""


@lru_cache(maxsize=512)
def titled(rule: str) -> tuple[str, str]:
    """The title of a rule in English and Malayalam; the English one where there is no other."""
    title = titles()[rule][0] if rule in titles() else rule
    return title, titles_ml().get(rule, title)


def amount(side: Found | None) -> str:
    """A number with its unit; empty where there is none."""
    return "" if side is None else f"{side['amount']} {side['unit']}"


def measured_finding(finding: Found) -> Standing:
    """A finding that passed by what was drawn, mapped or registered."""
    return _of(finding, MEASURED)


def declared_finding(finding: Found, entry: Declarable) -> Standing:
    """An open finding that stands on the words signed."""
    return _of(finding, DECLARED, entry)


def declared_rule(entry: Declarable) -> Standing:
    """A rule without a finding that stands on the words signed."""
    title, title_ml = titled(entry.rule)
    return Standing(
        basis=DECLARED,
        rule=entry.rule,
        subject="",
        clause=entry.clause,
        title=title,
        title_ml=title_ml,
        words=entry.words.en,
        words_ml=entry.words.ml,
    )


def standings(found: Found, signed: Mapping[tuple[str, str], Declarable]) -> Iterator[Standing]:
    """What stands declared of a check, by rule and part: each open finding, or the rule itself where it has none."""
    told = set()
    for finding in found["findings"]:
        point = finding["rule"], finding["subject"]
        if finding["outcome"] == "unknown" and point in signed:
            told.add(point)
            yield declared_finding(finding, signed[point])
    yield from (declared_rule(entry) for point, entry in signed.items() if point not in told)


def _of(finding: Found, basis: str, entry: Declarable | None = None) -> Standing:
    title, title_ml = titled(finding["rule"])
    return Standing(
        basis=basis,
        rule=finding["rule"],
        subject=finding["subject"],
        clause=finding["clause"] or "",
        title=title,
        title_ml=title_ml,
        measured=amount(finding["measured"]),
        required=amount(finding["required"]),
        comparison=finding["comparison"] or "",
        words=entry.words.en if entry else "",
        words_ml=entry.words.ml if entry else "",
    )
