"""What a finding says if floors that only a word repeats (typical floors) are more than the word tells: such a word never makes a check pass.

In: a proposal, its findings, and a way to ask again.  Out: the same findings, those that stand or leave a rule out only as long as there is no more
floor area than is said being unknown.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from rules.findings import Finding, Measured, Outcome
from rules.plans.areas import TYPICAL
from rules.proposal import Building, FloorUse, Proposal, once

MANY = Decimal(50)
"""Times that a repeated floor is counted once more; no number of the law, only far more than any word would leave out."""
GOOD = (Outcome.PASS, Outcome.NOT_APPLICABLE)
WHY = "This stands only if no more floors repeat than the drawing says in words."
DRAW = f"Draw every floor, or have {TYPICAL} confirmed."


def has_repeated(plan: Proposal) -> bool:
    """Whether a word, and no outline, shows one of the floors."""
    return any(floor.copied_by is not None for building in plan.buildings for floor in building.floors)


def unless_more(
    plan: Proposal, found: Sequence[Finding], ask: Callable[[Proposal], Sequence[Finding]]
) -> tuple[Finding, ...]:
    """The findings, asked again of a plan with more repeated floor area where there is any."""
    if not has_repeated(plan) or not any(each.outcome in GOOD for each in found):
        return tuple(found)
    plan.word(TYPICAL)  # a person may confirm it, so it is told as asked for
    more = ask(once(plan, "more floors", lambda: _with_more(plan)))
    return tuple(_robust(each, more) for each in found)


def _robust(finding: Finding, more: Sequence[Finding]) -> Finding:
    if finding.outcome not in GOOD:
        return finding
    same = [each for each in more if each.subject == finding.subject] or list(more)
    if any(each.outcome in GOOD for each in same):
        return finding
    why = f"{finding.reason} {WHY}" if finding.reason else WHY
    remedy = f"{finding.remedy} {DRAW}" if finding.remedy else DRAW
    return replace(finding, outcome=Outcome.UNKNOWN, reason=why, remedy=remedy)


def _with_more(plan: Proposal) -> Proposal:
    return replace(plan, buildings=tuple(_more_of(each) for each in plan.buildings))


def _more_of(building: Building) -> Building:
    repeated = {floor.number for floor in building.floors if floor.copied_by is not None}
    extra = tuple(_many(use) for use in building.uses if use.floor in repeated)
    return replace(building, uses=(*building.uses, *extra))


def _many(use: FloorUse) -> FloorUse:
    return replace(use, built_up=_times(use.built_up), floor_area=_times(use.floor_area))


def _times(area: Measured | None) -> Measured | None:
    return None if area is None else replace(area, amount=area.amount * MANY)
