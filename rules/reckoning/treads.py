"""Treads and risers of a stair as the lines across its flights show them.

In: a stair as drawn, the height of its storey, and what the law asks.  Out: findings, measured; where it is open whether the ends of a flight's
outline are risers too, the answer is unknown unless both readings agree.  A riser by a height that is only declared is a declared one.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from rules.findings import Finding, Measured, Outcome, Place, Required, at_least, at_most, unknown
from rules.findings import measured as measured_of
from rules.measure import Unit
from rules.plans.drawing import Thing
from rules.plans.steps import Steps
from rules.reckoning.stairways import Stairway
from rules.takings import told

FLATTEN = "Make the treads deeper, and draw a line for every riser of the flight on its layer."
LOWER = "Make more risers, or the storey lower, and draw a line for every riser of the flight on its layer."
LINES = (
    "Draw one straight line for every riser across the flight, from side to side, on the layer of the flight."
)
LOWER_EACH = "Make more risers, each as high as the other, or the storey lower."
NOT_CLIMBED = "The model does not show every riser of the stair: it leads to no floor, or a landing between its flights is missing."
MODEL_ALL = "Model the landings as slabs of the stair, and let its flights reach from floor to floor."
ENDS = "Whether the ends of the flight's outline are risers is not drawn, and it decides."


def tread(rule_id: str, stair: Stairway, required: Required) -> list[Finding]:
    """The least tread of a stair; nothing where no flight has lines across it."""
    subject = f"{stair.title}, tread"
    drawn = [(each, each.steps) for each in stair.flights if each.steps is not None]
    told_ones = [(each, steps) for each, steps in drawn if steps.treads]
    if not drawn:
        return []
    if not told_ones:
        return [_untold(rule_id, drawn, subject)]
    thing, steps = min(told_ones, key=lambda pair: pair[1].least_tread)
    low, high = (_between(thing, steps, metres) for metres in steps.least_tread)
    finding = at_least(rule_id, required, low, missing="", remedy=FLATTEN, subject=subject)
    if finding.holds and len(told_ones) < len(stair.flights):
        return [_untold(rule_id, drawn, subject, of=len(stair.flights), read=len(told_ones))]
    return [_either(finding, at_least(rule_id, required, high, missing="", remedy=FLATTEN, subject=subject))]


def riser(rule_id: str, stair: Stairway, height: Measured | None, required: Required) -> list[Finding]:
    """The riser of a stair, its storey's height by the risers drawn, or each as a model shows it; nothing where neither is told."""
    if rises_shown(stair):
        return [_shown(rule_id, stair, required)]
    counts = risers(stair)
    if counts is None or height is None:
        return []
    subject = f"{stair.title}, riser"
    high, low = (_riser(stair, height, each) for each in counts)
    finding = at_most(rule_id, required, high, missing="", remedy=LOWER, subject=subject)
    return [_either(finding, at_most(rule_id, required, low, missing="", remedy=LOWER, subject=subject))]


def flight_risers(rule_id: str, stair: Stairway, required: Required) -> list[Finding]:
    """How many risers the longest flight of a stair has; nothing where not every flight tells its own."""
    if risers(stair) is None:
        return []
    subject = f"{stair.title}, number of risers in a flight"
    counted = [(each, each.steps.risers) for each in stair.flights if each.steps and each.steps.risers]
    thing, (few, many) = max(counted, key=lambda pair: pair[1][1])
    most, least = (
        Measured(
            amount=Decimal(each),
            unit=Unit.COUNT,
            steps=(f"{each} risers drawn across the flight",),
            sources=(told(thing.outline.source),),
            places=_places(thing),
        )
        for each in (many, few)
    )
    remedy = "Divide the flight by a landing, and draw a line for every riser."
    finding = at_most(rule_id, required, most, missing="", remedy=remedy, subject=subject)
    return [_either(finding, at_most(rule_id, required, least, missing="", remedy=remedy, subject=subject))]


def risers(stair: Stairway) -> tuple[int, int] | None:
    """Risers of all flights together, at least and at most; None where one flight does not tell its own."""
    found = [each.steps.risers if each.steps and each.steps.treads else None for each in stair.flights]
    known = [each for each in found if each is not None]
    if not found or len(known) < len(found):
        return None
    return sum(few for few, _ in known), sum(many for _, many in known)


def _either(finding: Finding, other: Finding) -> Finding:
    """The finding by the stricter reading; unknown where the other one would hold."""
    if finding.outcome is Outcome.FAIL and other.holds:
        return replace(finding, outcome=Outcome.UNKNOWN, reason=ENDS)
    return finding


def _untold(
    rule_id: str, drawn: Sequence[tuple[Thing, Steps]], subject: str, *, of: int = 0, read: int = 0
) -> Finding:
    why = next((steps.why for _, steps in drawn if steps.why), "")
    reason = (
        f"The steps of a flight cannot be measured: {why}."
        if why
        else f"Only {read} of {of} flights show lines for their steps."
    )
    places = tuple(place for each, _ in drawn for place in _places(each))
    return unknown(rule_id, reason, remedy=LINES, subject=subject, places=places)


def _between(thing: Thing, steps: Steps, metres: float) -> Measured:
    return measured_of(
        metres,
        Unit.METRE,
        steps=(f"least of {len(steps.treads)} treads between the lines of a flight: {metres:.3f} m",),
        sources=(told(thing.outline.source),),
        places=_places(thing),
    )


def rises_shown(stair: Stairway) -> tuple[float, ...]:
    """The risers of a stair in metres as a model shows them; empty where a flight shows none."""
    found = [each.steps.rises if each.steps else () for each in stair.flights]
    return found[0] if found and all(found) else ()


def is_climbed(stair: Stairway) -> bool:
    """Whether a model shows every riser of a stair."""
    return bool(rises_shown(stair)) and all(each.steps and each.steps.is_climbed for each in stair.flights)


def _shown(rule_id: str, stair: Stairway, required: Required) -> Finding:
    """The greatest riser of a model's stair; where some are not shown, only a fail is certain."""
    rises = rises_shown(stair)
    found = measured_of(
        max(rises),
        Unit.METRE,
        steps=(f"greatest of {len(rises)} risers from tread to tread, landing or floor: {max(rises):.3f} m",),
        sources=tuple(told(each.outline.source) for each in stair.flights),
        places=tuple(place for each in stair.flights for place in _places(each)),
    )
    finding = at_most(
        rule_id, required, found, missing="", remedy=LOWER_EACH, subject=f"{stair.title}, riser"
    )
    if finding.holds and not is_climbed(stair):
        return replace(finding, outcome=Outcome.UNKNOWN, reason=NOT_CLIMBED, remedy=MODEL_ALL)
    return finding


def _riser(stair: Stairway, height: Measured, count: int) -> Measured:
    metres = height.amount / count
    return replace(
        height,
        amount=metres,
        steps=(*height.steps, f"{height.amount:.3f} m by {count} risers drawn: {metres:.3f} m"),
        places=tuple(place for each in stair.flights for place in _places(each)),
    )


def _places(thing: Thing) -> tuple[Place, ...]:
    handles = thing.steps.handles if thing.steps else ()
    return (
        Place(
            what="flight",
            shape=thing.outline.shape,
            handles=(*thing.outline.source.handles, *handles),
        ),
    )
