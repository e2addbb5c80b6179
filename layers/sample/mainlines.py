"""The main lines of the town: coast, national highway, railway, PWD roads and rivers, and the cells between them.

In: how many plots are wanted, and a seed.  Out: the `Plan`, and the `Ground` that it is to be bent onto.
"""

from dataclasses import dataclass
from itertools import pairwise
from random import Random

from layers.sample.blocks import CM, WIDTHS, Box, Cell, Class, Corridor, Kind, Plan, Sides, Surveyor
from layers.sample.ground import Ground, River

ASPECT = 1.36
"""Width of the plan over its height."""
SMALL = 2_600.0
"""Metres up to which one main road and one river each way are enough."""


@dataclass(frozen=True, slots=True)
class Line:
    """A main line: where its corridor begins and ends, in centimetres of the plan."""

    low: int
    high: int
    carries: Class | None
    """None: the edge of the town."""

    @property
    def middle(self) -> int:
        """Middle of the corridor."""
        return (self.low + self.high) // 2


def _lines(span: float, wanted: list[tuple[float, Class]], random: Random) -> list[Line]:
    lines = [Line(0, 0, None)]
    for at, carries in sorted(wanted):
        width = round(random.uniform(*WIDTHS[carries]) * 10) * 10
        low = round(at * CM / 50) * 50
        lines.append(Line(low, low + width, carries))
    edge = round(span * CM / 50) * 50
    return [*lines, Line(edge, edge, None)]


def _columns(width: float, random: Random) -> list[Line]:
    if width < SMALL:
        return _lines(width, [(0.37 * width, Class.NATIONAL), (0.63 * width, Class.RAILWAY)], random)
    wanted = [(1_100.0, Class.NATIONAL), (2_150.0, Class.RAILWAY)]
    at = 2_150.0 + random.uniform(1_200, 1_600)
    while at < width - 700:
        wanted.append((at, Class.PUBLIC_WORKS))
        at += random.uniform(1_500, 2_300)
    return _lines(width, wanted, random)


def _rows(height: float, random: Random) -> list[Line]:
    if height < SMALL:
        return _lines(height, [(0.36 * height, Class.PUBLIC_WORKS), (0.70 * height, Class.RIVER)], random)
    wanted: list[tuple[float, Class]] = []
    at, turn = 900.0, 0
    while at < height - 700:
        wanted.append((at, Class.RIVER if turn % 4 == 1 else Class.PUBLIC_WORKS))
        at += random.uniform(1_300, 2_000)
        turn += 1
    return _lines(height, wanted, random)


def survey(parcels: int, *, gross: float, seed: int, aspect: float = ASPECT) -> tuple[Plan, Ground]:
    """A plan with about that many plots when each takes `gross` square metres of the town, roads and water included.

    `aspect` is its width over its height.
    """
    random = Random(seed)
    height = (parcels * gross / aspect) ** 0.5
    width = aspect * height
    columns, rows = _columns(width, random), _rows(height, random)
    surveyor = Surveyor(seed + 1)
    cells = _cells(columns, rows, height)
    corridors = _main_corridors(columns, rows)
    for number, cell in enumerate(cells):
        surveyor.lay_out(number, cell)
    rivers = tuple(
        River(middle=line.middle / CM, half=(line.high - line.low) / 2 / CM, phase=random.uniform(0, 6.28))
        for line in rows
        if line.carries is Class.RIVER
    )
    box = Box(0, 0, columns[-1].high, rows[-1].high)
    ground = Ground(width=box.east / CM, height=box.north / CM, rivers=rivers, seed=seed)
    return Plan(
        box=box, cells=cells, blocks=surveyor.blocks, corridors=corridors + surveyor.corridors
    ), ground


def _cells(columns: list[Line], rows: list[Line], height: float) -> list[Cell]:
    cells = []
    for south, north in pairwise(rows):
        for west, east in pairwise(columns):
            box = Box(west.high, south.high, east.low, north.low)
            whole = Box(west.middle, south.middle, east.middle, north.middle)
            sides = Sides(west.carries, south.carries, east.carries, north.carries)
            cells.append(Cell(box, sides, _kind(sides, box, height), whole))
    return cells


def _kind(sides: Sides, box: Box, height: float) -> Kind:
    if sides.west is None:
        return Kind.SHORE
    if sides.east is None and box.south < 0.25 * height * CM and box.deep < SMALL * CM:
        return Kind.HILL
    if Class.NATIONAL in (sides.west, sides.east) and Class.PUBLIC_WORKS in (sides.north, sides.south):
        return Kind.CENTRE if Class.RIVER not in (sides.north, sides.south) else Kind.HOMES
    if Class.NATIONAL in (sides.west, sides.east) or Class.RAILWAY in (sides.west, sides.east):
        return Kind.HOMES
    return Kind.RURAL if (box.west + box.south) // CM % 2 else Kind.HOMES


def _main_corridors(columns: list[Line], rows: list[Line]) -> list[Corridor]:
    """Rivers run whole; highways and railway are cut by rivers, PWD roads by all that runs north."""
    corridors = []
    bottom, top, right = 0, rows[-1].high, columns[-1].high
    rivers = [line for line in rows if line.carries is Class.RIVER]
    uprights = [line for line in columns if line.carries is not None]
    corridors += [Corridor(Box(0, r.low, right, r.high), Class.RIVER, True, -1) for r in rivers]
    stops = [(bottom, bottom), *((r.low, r.high) for r in rivers), (top, top)]
    for line in uprights:
        assert line.carries is not None
        corridors += [
            Corridor(Box(line.low, south[1], line.high, north[0]), line.carries, False, -1)
            for south, north in pairwise(stops)
        ]
    gates = [(0, 0), *((u.low, u.high) for u in uprights), (right, right)]
    for line in rows:
        if line.carries is Class.PUBLIC_WORKS:
            corridors += [
                Corridor(Box(west[1], line.low, east[0], line.high), Class.PUBLIC_WORKS, True, -1)
                for west, east in pairwise(gates)
            ]
    return corridors
