"""Stair cabins: a highest floor that holds nothing but the stairs and lifts drawn on it, which is no storey.

In: a building's floors and the things drawn.  Out: yes or no.  Where no stair is drawn on the highest floor it counts as a storey.
"""

from collections.abc import Sequence

from rules.plans.drawing import Block, Floor, Thing
from rules.plans.roles import Role

IN_A_CABIN = frozenset({Role.STAIR, Role.FIRE_STAIR, Role.LIFT, Role.ACCESSIBLE_LIFT})
SLACK = 1.1
"""By how much a stair cabin may be larger than the stairs and lifts drawn in it: its walls."""


def is_cabin(block: Block, floor: Floor, things: Sequence[Thing]) -> bool:
    """Whether a floor is the highest of its building and no larger than the stairs and lifts drawn on it, walls included."""
    numbers = [each.number for each in block.floors]
    if floor.number != max(numbers) or len(numbers) == 1 or not floor.is_complete:
        return False
    inside = sum(
        each.outline.area
        for each in things
        if each.role in IN_A_CABIN and each.block == block.number and each.floor == floor.number
    )
    return inside > 0 and sum(each.area for each in floor.areas) <= SLACK * inside
