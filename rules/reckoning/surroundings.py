"""The plot round a level of a building as its yards are looked for: what several yards of one plan ask is worked out once.

In: the drawn plot, its sides, the streets along them, and a level, all in one frame.  Out: `Ground` for the plan, `Lie` for each level.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from rules.plans.drawing import Edge, Level, Yard
from rules.reckoning.fronts import Vector, normals
from rules.reckoning.nearest import AGREE, Walls, together, walls_of

BESIDE = 0.03
"""Metres beside a side within which the boundary of a drawn yard lies on it."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The plot with its sides, and the streets along them by the number of the side."""

    plot: Polygon
    sides: Sequence[Edge]
    along: Mapping[int, tuple[str, ...]]
    _near: dict[tuple[int, ...], BaseGeometry] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )

    @cached_property
    def square(self) -> dict[int, Vector]:
        """The outward normals of the sides, by number."""
        return normals(self.plot, self.sides)

    @cached_property
    def wider(self) -> BaseGeometry:
        """The plot and a millimetre round it."""
        return self.plot.buffer(AGREE)

    def near(self, sides: Sequence[Edge]) -> BaseGeometry:
        """The ground on and beside some sides."""
        key = tuple(side.number for side in sides)
        if key not in self._near:
            strips = [shapely.buffer(side.line, BESIDE, cap_style="flat") for side in sides]
            self._near[key] = shapely.union_all(strips)
        return self._near[key]


@dataclass(frozen=True, kw_only=True)
class Lie:
    """A level of a building on its plot."""

    level: Level
    ground: Ground

    @cached_property
    def outward(self) -> dict[int, Vector]:
        """The outward normals of the walls, by number."""
        return normals(self.level.footprint.shape, self.level.walls)

    @cached_property
    def walls(self) -> Walls:
        """Every straight piece of the outline."""
        return walls_of(self.level.footprint.shape)

    @cached_property
    def is_within(self) -> bool:
        """Whether the footprint keeps to the plot, to a millimetre."""
        return bool(self.ground.wider.covers(self.level.footprint.shape))

    def facing(self, sides: Sequence[Edge]) -> list[Yard]:
        """The drawn yards of the level with most of their boundary on these sides."""
        return [yard for yard in self.level.yards if self._is_on(yard, sides)]

    def _is_on(self, yard: Yard, sides: Sequence[Edge]) -> bool:
        lines = together(yard.boundary_line)
        if lines.is_empty:
            return False
        on = shapely.intersection(lines, self.ground.near(sides))
        return bool(shapely.length(on) > shapely.length(lines) / 2)

    def is_mostly_of(self, yard: Yard, side: Edge) -> bool:
        """Whether most of this side is boundary of a drawn yard."""
        lines = together(yard.boundary_line)
        on = shapely.intersection(lines, self.ground.near([side]))
        return bool(shapely.length(on) > side.length / 2)
