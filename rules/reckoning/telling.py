"""What no layer of the drawing convention shows: sizes and facts that only a word can tell, and a person confirm.

In: a proposal and what the law asks.  Out: findings.  A declared number may fail a check; it passes only once it was confirmed.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rules.book import Citation, NotEncoded, NotInForce
from rules.findings import (
    MEND,
    Comparison,
    Finding,
    Measured,
    Place,
    Required,
    at_least,
    at_most,
    breaks,
    holds,
    unknown,
)
from rules.findings import measured as measured_of
from rules.measure import Unit
from rules.plans.drawing import Declared
from rules.plans.names import meaning
from rules.plans.roles import Role
from rules.proposal import Proposal
from rules.takings import of_word, told

ON_THE_GROUND = "have a person confirm it"
_SLOPE = re.compile(r"1\s*(?:IN|:|/)\s*(\d+(?:\.\d+)?)")


@dataclass(frozen=True, kw_only=True)
class Detail:
    """One size that only a word tells: its key, what it is, and what the law asks of it."""

    key: str
    what: str
    required: Callable[[], Required]
    comparison: Comparison = Comparison.AT_LEAST


def details(
    rule: str, plan: Proposal, wanted: Iterable[Detail], *, subject: str = "what no layer shows"
) -> tuple[Finding, ...]:
    """A finding for each size that was told, and one unknown that names those nobody told."""
    found: list[Finding] = []
    untold: list[str] = []
    keys: list[str] = []
    for each in wanted:
        try:
            required = each.required()
        except NotInForce:
            continue
        except NotEncoded as gap:
            found.append(unknown(rule, gap.message, remedy=MEND, subject=each.what))
            continue
        word = of_word(plan.word(each.key), required.unit)
        if word is None:
            untold.append(f"{each.what} ({each.comparison.value} {required.amount} {required.unit})")
            keys.append(f"{each.key}=…")
        else:
            compare = at_least if each.comparison is Comparison.AT_LEAST else at_most
            remedy = f"Change the {each.what}, or {ON_THE_GROUND}."
            found.append(compare(rule, required, word, missing="", remedy=remedy, subject=each.what))
    if untold:
        reason = f"No layer of the drawing convention shows: {', '.join(untold)}."
        remedy = f"Declare {', '.join(keys)} with the application, and {ON_THE_GROUND}."
        found.append(unknown(rule, reason, remedy=remedy, subject=subject))
    return tuple(found)


def stated(rule: str, plan: Proposal, key: str, what: str, *citations: Citation, subject: str) -> Finding:
    """A fact that only a word tells: confirmed it holds, denied it breaks, declared or not said it is unknown."""
    word = plan.word(key)
    remedy = f"Provide it, declare {key}=YES with the application, and {ON_THE_GROUND}."
    if word is not None and word.is_yes is False:
        spots = (Place(what=key, handles=word.handles),) if word.handles else ()
        told = f"{what}: {key}={word.text}, {word.source}."
        return breaks(rule, told, *citations, remedy=remedy, subject=subject, places=spots)
    if word is None or word.is_yes is None:
        return unknown(
            rule, f"{what}: no layer of the drawing convention shows it.", remedy=remedy, subject=subject
        )
    if word.is_declared:
        return unknown(rule, f"{what}: the drawing only declares it.", remedy=remedy, subject=subject)
    return holds(rule, f"{what}: {key}={word.text}, {word.source}.", *citations, subject=subject)


def said_yes(plan: Proposal, key: str) -> bool | None:
    """Whether a word is a confirmed yes; None where it is only declared, or nothing was said."""
    word = plan.word(key)
    if word is None or (word.is_yes and word.is_declared):
        return None
    return word.is_yes


def words_on(plan: Proposal, role: Role, key: str) -> tuple[Declared, ...]:
    """What is declared under a key on the layers of one kind of thing."""
    profile = plan.drawing.profile
    if profile is None:
        return ()
    found = []
    for each in plan.drawing.declared:
        name = meaning(each.source.layer, profile) if each.key == key else None
        if name is not None and name.role is role:
            found.append(each)
    return tuple(found)


def slope(plan: Proposal, said: Declared) -> Measured | None:
    """A declared slope such as 1IN12, as the run for one of rise."""
    read = _SLOPE.search(said.text)
    if read is None:
        return None
    return measured_of(
        Decimal(read[1]),
        Unit.RUN,
        steps=(f"{said.key} = {said.text}",),
        sources=(f"declared on {told(said.source)}",),
        places=(Place(what="slope", handles=said.source.handles),),
        is_declared=said.key not in plan.answers.confirmed,
    )


def slopes(rule: str, plan: Proposal, role: Role, required: Required, *, subject: str) -> Sequence[Finding]:
    """A finding for each slope declared on the layers of one kind of ramp, or one unknown."""
    words = words_on(plan, role, "SLOPE")
    remedy = f"Make the ramp longer; write SLOPE=1IN{required.amount} on its layer and {ON_THE_GROUND}."
    missing = "The slope of the ramp is not written on its layer as 1IN…."
    found: list[Measured | None] = [slope(plan, each) for each in words]
    return [
        at_least(rule, required, each, missing=missing, remedy=remedy, subject=subject)
        for each in found or [None]
    ]
