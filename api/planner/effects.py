"""What a change of the law means for a plot.

In: what the plot can carry before and after.  Out: an `Effect`.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Effect(StrEnum):
    """What a reform means for a plot."""

    GAINS = "gains"
    LOSES = "loses"
    SAME = "same"
    UNBUILDABLE = "becomes unbuildable"
    BUILDABLE = "becomes buildable"
    UNKNOWN = "cannot be told"


@dataclass(frozen=True, kw_only=True)
class Carries:
    """What a plot can carry by one law: m² of ground and of floor, storeys, what decides; None what is not known."""

    ground: Decimal | None
    floor_area: Decimal | None
    storeys: int | None
    decider: str | None


NOT_KNOWN = "What the plot can carry is not known by one of the two."
NOTHING = Carries(ground=None, floor_area=None, storeys=None, decider=None)


def effect_of(before: Carries, after: Carries) -> Effect:
    """What the change of floor area, and where it is alike of the ground, means for a plot."""
    if before.floor_area is None or after.floor_area is None:
        return Effect.UNKNOWN
    if before.floor_area > 0 and after.floor_area == 0:
        return Effect.UNBUILDABLE
    if before.floor_area == 0 and after.floor_area > 0:
        return Effect.BUILDABLE
    old, new = (before.floor_area, before.ground or 0), (after.floor_area, after.ground or 0)
    if old == new:
        return Effect.SAME
    return Effect.GAINS if new > old else Effect.LOSES
