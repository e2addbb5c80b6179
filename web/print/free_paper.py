"""Where on a sheet there is still room to write.

In: labels as boxes in mm.  Out: whether each has its room, which is then taken.
"""

from dataclasses import dataclass, field
from math import ceil, cos, floor, radians, sin

CELL = 1.0
"""Millimetres of a cell of paper that is written on or free."""


@dataclass(kw_only=True)
class FreePaper:
    """Which cells of the paper are written on."""

    width: float
    height: float
    taken: set[tuple[int, int]] = field(default_factory=set)

    def take(self, x: float, y: float, wide: float, high: float, turn: float = 0.0) -> bool:
        """Take the room of a label around a place, if all of it is free and on the paper."""
        along = (cos(radians(turn)), sin(radians(turn)))
        steps = max(1, ceil(wide / CELL))
        cells: set[tuple[int, int]] = set()
        for step in range(steps + 1):
            reach = (step / steps - 0.5) * wide
            cx, cy = x + reach * along[0], y + reach * along[1]
            if not (high / 2 <= cx <= self.width - high / 2 and high / 2 <= cy <= self.height - high / 2):
                return False
            rows = range(floor((cy - high / 2) / CELL), floor((cy + high / 2) / CELL) + 1)
            cells |= {(floor(cx / CELL), row) for row in rows}
        if cells & self.taken:
            return False
        self.taken |= cells
        return True
