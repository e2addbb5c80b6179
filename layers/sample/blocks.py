"""The plan of the town: main lines first, then roads that split the land into blocks.

In: the size of the plan in metres and a seed.  Out: blocks between roads and the corridors of the roads, all boxes in
whole centimetres whose sides run along the plan's axes; together they tile the plan.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

CM = 100


class Class(StrEnum):
    """What a corridor of the plan carries."""

    NATIONAL = "national highway"
    PUBLIC_WORKS = "PWD road"
    LOCAL = "local road"
    LANE = "lane"
    FOOTPATH = "footpath"
    RAILWAY = "railway"
    RIVER = "river"
    CANAL = "canal"


class Kind(StrEnum):
    """Character of a block: decides the size of its plots and what stands on them."""

    CENTRE = "centre"
    HOMES = "homes"
    RURAL = "rural"
    HILL = "hill"
    SHORE = "shore"
    BEACH = "beach"
    RIVERSIDE = "riverside"
    PADDY = "paddy"
    ISLAND = "island"


WIDTHS: dict[Class, tuple[float, float]] = {
    Class.NATIONAL: (45.0, 45.0),
    Class.PUBLIC_WORKS: (11.0, 13.0),
    Class.LOCAL: (6.0, 8.0),
    Class.LANE: (3.0, 5.0),
    Class.FOOTPATH: (1.5, 3.0),
    Class.RAILWAY: (28.0, 28.0),
    Class.RIVER: (58.0, 74.0),
    Class.CANAL: (9.0, 13.0),
}
DRIVEN = frozenset({Class.NATIONAL, Class.PUBLIC_WORKS, Class.LOCAL, Class.LANE, Class.FOOTPATH})
# Longest and deepest block before a road is cut through it, in metres.
LARGEST: dict[Kind, tuple[float, float]] = {
    Kind.CENTRE: (145.0, 74.0),
    Kind.HOMES: (205.0, 92.0),
    Kind.RURAL: (260.0, 124.0),
    Kind.HILL: (330.0, 170.0),
    Kind.SHORE: (135.0, 72.0),
}


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the plan in centimetres."""

    west: int
    south: int
    east: int
    north: int

    @property
    def wide(self) -> int:
        """Centimetres from west to east."""
        return self.east - self.west

    @property
    def deep(self) -> int:
        """Centimetres from south to north."""
        return self.north - self.south

    def cut(self, *, across_u: bool, at: int, width: int = 0) -> tuple["Box", "Box", "Box"]:
        """The box before a cut, the strip of the cut and the box after it."""
        if across_u:
            return (
                Box(self.west, self.south, at, self.north),
                Box(at, self.south, at + width, self.north),
                Box(at + width, self.south, self.east, self.north),
            )
        return (
            Box(self.west, self.south, self.east, at),
            Box(self.west, at, self.east, at + width),
            Box(self.west, at + width, self.east, self.north),
        )


@dataclass(frozen=True, slots=True)
class Sides:
    """What lies on each side of a box: the class of the corridor there, or None."""

    west: Class | None
    south: Class | None
    east: Class | None
    north: Class | None


@dataclass(frozen=True, slots=True)
class Block:
    """Land between roads, to be cut into plots."""

    box: Box
    sides: Sides
    kind: Kind
    cell: int


@dataclass(frozen=True, slots=True)
class Corridor:
    """A strip of the plan that a road, the railway or a river takes."""

    box: Box
    carries: Class
    along_u: bool
    cell: int
    ends: tuple[Class | None, Class | None] = (None, None)
    """What it runs into at its low and its high end."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Land between the main lines; one ward."""

    box: Box
    sides: Sides
    kind: Kind
    whole: Box
    """The cell out to the middle of the corridors around it."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The whole town before it is bent onto the ground."""

    box: Box
    cells: list[Cell]
    blocks: list[Block]
    corridors: list[Corridor]


class Surveyor:
    """Cuts cells into blocks; the order of its cuts, and so the plan, follows from the seed alone."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.blocks: list[Block] = []
        self.corridors: list[Corridor] = []

    def metres(self, low: float, high: float, step: int = 50) -> int:
        """A length drawn between two lengths in metres, in centimetres on a step."""
        return round(self.random.uniform(low, high) * CM / step) * step

    def width(self, carries: Class) -> int:
        """A width of a corridor in centimetres."""
        low, high = WIDTHS[carries]
        return self.metres(low, high, 10)

    def lay_out(self, number: int, cell: Cell) -> None:
        """All blocks and roads of a cell: beach and river margins first, then the rest by repeated cuts."""
        box, sides, kind = cell.box, cell.sides, cell.kind
        if sides.west is None and kind is Kind.SHORE:
            beach, road, box = box.cut(
                across_u=True, at=box.west + self.metres(34, 46), width=self.metres(5, 6)
            )
            self.blocks.append(Block(beach, Sides(None, None, Class.LOCAL, None), Kind.BEACH, number))
            self.corridors.append(Corridor(road, Class.LOCAL, False, number, (sides.south, sides.north)))
            sides = replace(sides, west=Class.LOCAL)
        for north in (False, True):
            if (sides.north if north else sides.south) is Class.RIVER:
                if kind is Kind.SHORE and not north and box.deep > 140 * CM:
                    box, sides = self._island(box, sides, number)
                else:
                    box, sides = self._river_margin(box, sides, kind, number, north=north)
        self._split(Block(box, sides, kind, number))

    def _river_margin(
        self, box: Box, sides: Sides, kind: Kind, cell: int, *, north: bool
    ) -> tuple[Box, Sides]:
        """Between river and lane: paddy fields, or one row of riverside plots."""
        wet = kind is Kind.SHORE or (kind is not Kind.CENTRE and self.random.random() < 0.66)
        paddy = wet and box.deep > 190 * CM
        deep = self.metres(80, 150) if paddy else self.metres(30, 42)
        lane = self.width(Class.LANE)
        margin_kind = Kind.PADDY if paddy else Kind.RIVERSIDE
        ends = (sides.west, sides.east)
        if north:
            rest, road, margin = box.cut(across_u=False, at=box.north - deep - lane, width=lane)
            self.blocks.append(Block(margin, replace(sides, south=Class.LANE), margin_kind, cell))
            sides = replace(sides, north=Class.LANE)
        else:
            margin, road, rest = box.cut(across_u=False, at=box.south + deep, width=lane)
            self.blocks.append(Block(margin, replace(sides, north=Class.LANE), margin_kind, cell))
            sides = replace(sides, south=Class.LANE)
        self.corridors.append(Corridor(road, Class.LANE, True, cell, ends))
        return rest, sides

    def _island(self, box: Box, sides: Sides, cell: int) -> tuple[Box, Sides]:
        """North of the river's mouth: an island behind a tidal canal, with a footpath of its own."""
        lane, path = self.width(Class.LANE), self.width(Class.FOOTPATH)
        margin, road, rest = box.cut(across_u=False, at=box.south + self.metres(56, 64), width=lane)
        self.corridors.append(Corridor(road, Class.LANE, True, cell, (sides.west, sides.east)))
        island, _, canal = margin.cut(across_u=False, at=margin.north - self.width(Class.CANAL))
        self.corridors.append(Corridor(canal, Class.CANAL, True, cell))
        for at_east in (False, True):
            width = self.width(Class.CANAL)
            low, high = (island.east - width, island.east) if at_east else (island.west, island.west + width)
            end = Box(low, island.south, high, island.north)
            self.corridors.append(Corridor(end, Class.CANAL, False, cell))
            island = replace(island, east=end.west) if at_east else replace(island, west=end.east)
        plots, walk, _ = island.cut(across_u=False, at=island.north - path, width=path)
        self.corridors.append(Corridor(walk, Class.FOOTPATH, True, cell))
        self.blocks.append(Block(plots, Sides(None, None, None, Class.FOOTPATH), Kind.ISLAND, cell))
        return rest, replace(sides, south=Class.LANE)

    def _split(self, block: Block) -> None:
        box = block.box
        along_u = box.wide >= box.deep
        long, short = (box.wide, box.deep) if along_u else (box.deep, box.wide)
        longest, deepest = LARGEST[block.kind]
        if self._stays_wet(block):
            self.blocks.append(replace(block, kind=Kind.PADDY))
            return
        if long > longest * CM:
            self._cut_across(block, across_u=along_u, span=long)
        elif short > deepest * CM:
            self._cut_along(block, along_u=along_u, long=long)
        else:
            self.blocks.append(block)

    def _stays_wet(self, block: Block) -> bool:
        """Whether a hollow among the houses was left as paddy field."""
        extent = block.box.wide * block.box.deep / CM**2
        inland = block.kind in (Kind.HOMES, Kind.RURAL) and 18_000 < extent < 70_000
        return inland and self.random.random() < 0.03

    def _cut_across(self, block: Block, *, across_u: bool, span: int) -> None:
        carries = Class.LOCAL if span > 260 * CM else self._small()
        self._cut(block, across_u=across_u, carries=carries, share=self.random.uniform(0.38, 0.62))

    def _cut_along(self, block: Block, *, along_u: bool, long: int) -> None:
        carries = self._small()
        ends = (block.sides.west, block.sides.east) if along_u else (block.sides.south, block.sides.north)
        is_open = [end in DRIVEN for end in ends]
        head = self.metres(24, 32)
        if any(is_open) and self.random.random() < 0.45 and long - head > 40 * CM:
            self._cul_de_sac(block, along_u=along_u, from_low=is_open[0], head=head, carries=carries)
        else:
            self._cut(block, across_u=not along_u, carries=carries, share=self.random.uniform(0.44, 0.56))

    def _cul_de_sac(self, block: Block, *, along_u: bool, from_low: bool, head: int, carries: Class) -> None:
        """A lane that ends before the far side of the block; the far end becomes a row without the lane."""
        box, sides = block.box, block.sides
        at = (
            ((box.east if along_u else box.north) - head)
            if from_low
            else ((box.west if along_u else box.south) + head)
        )
        low, _, high = box.cut(across_u=along_u, at=at)
        if along_u:
            low_sides, high_sides = replace(sides, east=None), replace(sides, west=None)
        else:
            low_sides, high_sides = replace(sides, north=None), replace(sides, south=None)
        low_block = Block(low, low_sides, block.kind, block.cell)
        high_block = Block(high, high_sides, block.kind, block.cell)
        body, end = (low_block, high_block) if from_low else (high_block, low_block)
        self._cut(body, across_u=not along_u, carries=carries, share=self.random.uniform(0.44, 0.56))
        self.blocks.append(end)

    def _cut(self, block: Block, *, across_u: bool, carries: Class, share: float) -> None:
        box, sides = block.box, block.sides
        width = self.width(carries)
        start, span = (box.west, box.wide) if across_u else (box.south, box.deep)
        at = round((start + share * (span - width)) / 50) * 50
        low, road, high = box.cut(across_u=across_u, at=at, width=width)
        ends = (sides.south, sides.north) if across_u else (sides.west, sides.east)
        self.corridors.append(Corridor(road, carries, not across_u, block.cell, ends))
        low_sides = replace(sides, east=carries) if across_u else replace(sides, north=carries)
        high_sides = replace(sides, west=carries) if across_u else replace(sides, south=carries)
        self._split(Block(low, low_sides, block.kind, block.cell))
        self._split(Block(high, high_sides, block.kind, block.cell))

    def _small(self) -> Class:
        return Class.LANE if self.random.random() < 0.72 else Class.FOOTPATH
