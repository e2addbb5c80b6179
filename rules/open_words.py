"""What a person could say to an open finding: keys of words, the front, the group of an occupancy, the owner's other land.

In: a finding, the keys of words that its rule asked for, and the plan.  Out: names of answers as `rules.answers_document` takes them.
"""

import re
from collections.abc import Iterator, Sequence

from rules.findings import Finding, Outcome
from rules.proposal import Proposal

FRONT, HOLDING, GROUPS = "front", "holding", "groups."
GROUPS_RULE = "occupancy_groups"
_WORD = re.compile(r"(?<![A-Z0-9_])[A-Z][A-Z0-9_.]*(?![A-Z0-9_])")
_DECLARED = re.compile(r"^([A-Z][A-Z0-9_.]*) = ")
OTHER_LAND = ("same owner", "no other land")


def open_words(finding: Finding, asked: Sequence[str], plan: Proposal) -> tuple[str, ...]:
    """Answers that could settle a finding, those that it names itself before all that its rule asked for; none where it is settled."""
    is_open = finding.outcome is Outcome.UNKNOWN
    declared = tuple(_declared(finding))
    if not is_open and not (finding.outcome is Outcome.FAIL and declared):
        return ()
    text = f"{finding.reason or ''} {finding.remedy or ''}"
    named = {key.rstrip(".") for key in _WORD.findall(text)} if asked else set()
    told = tuple(key for key in asked if key in named) or (() if declared else tuple(asked))
    beside = _beside(finding, text, plan) if is_open else ()
    return tuple(dict.fromkeys((*declared, *told, *beside)))


def _declared(finding: Finding) -> Iterator[str]:
    """Keys of the declarations that the measure rests on."""
    if finding.measured is not None and finding.measured.is_declared:
        found = (_DECLARED.match(step) for step in finding.measured.steps)
        yield from (each[1] for each in found if each is not None)


def _beside(finding: Finding, text: str, plan: Proposal) -> Iterator[str]:
    if not plan.front.is_known and plan.drawing.plot is not None and "front" in text.lower():
        yield FRONT
    if finding.rule == GROUPS_RULE and "not one group" in text:
        yield f"{GROUPS}{finding.subject}"
    if any(each in text for each in OTHER_LAND):
        yield HOLDING
