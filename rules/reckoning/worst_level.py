"""Findings of the same yard on several levels as one: the worst level decides, the others are told in the steps.

In: the findings of one building, and for each subject its level and the yard it is about.  Out: one finding per yard and measure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rules.findings import Finding, Outcome
from rules.measure import Unit
from rules.proposal import Building, OpenSpace

WORST = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True, kw_only=True)
class AtLevel:
    """Which level a finding is about, in words, and the subject that it shares with the other levels."""

    level: str
    subject: str


def levels_of(building: Building, spaces: Sequence[OpenSpace], measures: Sequence[str]) -> dict[str, AtLevel]:
    """For every subject of a building its level, and the subject without it; without measures a yard is its own subject."""
    yards = {
        _subject(space.title, measure): AtLevel(
            level=_name(space), subject=_subject(space.named(None), measure)
        )
        for space in spaces
        for measure in ("", *measures)
    }
    beside = {
        elsewhere_of(building, level.number): AtLevel(
            level=f"level {level.number or 0}", subject=elsewhere_of(building, None)
        )
        for level in building.levels
        if not level.is_basement
    }
    return yards | beside


def _subject(title: str, measure: str) -> str:
    return f"{title}, {measure}" if measure else title


def _name(space: OpenSpace) -> str:
    if not space.is_basement:
        return f"level {space.level or 0}"
    return f"basement {-space.level}" if space.level and space.level < -1 else "basement"


def elsewhere_of(building: Building, number: int | None) -> str:
    """The subject of the sides of the plot that bound no yard."""
    return f"{building.title}{f', level {number}' if number else ''}, elsewhere"


def worst_of(found: Sequence[Finding], at: Mapping[str, AtLevel]) -> list[Finding]:
    """One finding for each yard and measure, in the order in which they come; what stands in no level is left alone."""
    groups: dict[str, list[Finding]] = {}
    for each in found:
        there = at.get(each.subject)
        groups.setdefault(there.subject if there else each.subject, []).append(each)
    return [group[0] if len(group) == 1 else _joined(subject, group, at) for subject, group in groups.items()]


def _joined(subject: str, group: Sequence[Finding], at: Mapping[str, AtLevel]) -> Finding:
    """The finding of the worst level, with what every level says and the places of all that share its answer."""
    worst = min(group, key=_rank)
    told = tuple(_told(each, at[each.subject]) for each in group)
    shared = [each for each in group if each is not worst and each.outcome is worst.outcome]
    places = (*worst.places, *(place for each in shared for place in each.places))
    if worst.measured is None:
        reason = " ".join(filter(None, [worst.reason, f"By level: {'; '.join(told)}."]))
        return replace(worst, subject=subject, reason=reason, places=places)
    measured = replace(worst.measured, steps=(*worst.measured.steps, *told), places=places)
    return replace(worst, subject=subject, measured=measured, places=places)


def _rank(finding: Finding) -> tuple[int, Decimal]:
    over = (
        finding.measured.amount - finding.required.amount
        if finding.measured is not None and finding.required is not None
        else Decimal(0)
    )
    return WORST.index(finding.outcome), over


def _told(finding: Finding, at: AtLevel) -> str:
    if finding.measured is None and finding.required is None:
        return f"{at.level}: {finding.outcome.value}"
    found = finding.measured
    places = 3 if found is not None and found.unit is Unit.METRE else 2
    amount = "not measured" if found is None else f"{found.amount:.{places}f} {found.unit}"
    of = f" of {finding.required.amount} {finding.required.unit}" if finding.required else ""
    return f"{at.level}: {amount}{of}, {finding.outcome.value}"
