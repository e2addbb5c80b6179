"""Every room measured: what keeps the law for the rooms that have their dimension tells nothing of those that have none.

In: findings, and how many things of a kind are drawn and measured, place by place.  Out: the findings, none of which passes for what is not measured.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from rules.findings import Finding, Outcome


def unless_unmeasured(
    found: Sequence[Finding], drawn: Iterable[Hashable], measured: Iterable[Hashable], what: str
) -> list[Finding]:
    """The findings; a pass is unknown where a place (a floor, a building) has more things drawn than it has dimensions."""
    there, known = list(drawn), list(measured)
    if None not in known and all(known.count(each) >= there.count(each) for each in set(there)):
        return list(found)
    if None in known and len(known) >= len(there):
        return list(found)
    why = f"Only {len(known)} of {len(there)} have their dimension drawn: {what}."
    remedy = f"Draw the dimension of each: {what}."
    return [
        replace(each, outcome=Outcome.UNKNOWN, reason=why, remedy=remedy)
        if each.outcome is Outcome.PASS
        else each
        for each in found
    ]
