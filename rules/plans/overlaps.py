"""Blocks that take the same ground: told at every level at which their outlines overlap.

In: blocks with the outlines of their levels, in metres.  Out: problems with the level, both layers and both handles. Outlines of one block are
its own matter (see `buildings` and `areas`), and a basement below another block is no fault.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely

from rules.plans.drawing import Block, Level
from rules.plans.problems import Fault, Problems

SLIVER = 0.01
MOST_HANDLES = 20
MOST_PAIRS = 20_000
"""Pairs of outlines whose ground is compared; thousands of blocks drawn on one spot have millions."""

Pairs = np.ndarray[tuple[int, int], np.dtype[np.int64]]
"""Places of two levels in a list, one pair in each column."""
NONE: Pairs = np.empty((2, 0), dtype=np.int64)


def note_overlaps(blocks: Sequence[Block], problems: Problems) -> None:
    """Levels of different blocks that take the same ground: those that stand at one level, and the lowest above ground of each."""
    if len(blocks) < 2:
        return
    levels = [level for block in blocks for level in block.levels]
    pairs = np.unique(
        np.hstack([NONE, *(_meeting(levels, group) for group in _groups(blocks, levels))]), axis=1
    )
    _note_each(levels, pairs[:, :MOST_PAIRS], problems)
    more = pairs.shape[1] - MOST_PAIRS
    if more > 0:
        first = levels[pairs[0, MOST_PAIRS]].footprint.source
        problems.add(
            Fault.OVERLAP,
            f"{more} more pairs of blocks meet or overlap; so many are not compared one by one.",
            "Draw each block once, and the blocks side by side.",
            layer=first.layer,
            handles=first.handles[:MOST_HANDLES],
        )


def _groups(blocks: Sequence[Block], levels: Sequence[Level]) -> Iterator[list[int]]:
    """Levels, by their place in the list, that can stand in each other's way: above ground by number, the lowest, basements by number."""
    above: dict[int, dict[int, list[int]]] = {block.number: {} for block in blocks}
    below: dict[int | None, list[int]] = {}
    for place, level in enumerate(levels):
        if level.is_basement:
            below.setdefault(level.number, []).append(place)
        else:
            above[level.block].setdefault(level.number or 0, []).append(place)
    for number in sorted({number for drawn in above.values() for number in drawn}):
        yield [place for block in blocks for place in _standing_at(number, block, above[block.number])]
    if len({min(drawn) for drawn in above.values() if drawn}) > 1:
        yield [place for drawn in above.values() if drawn for place in drawn[min(drawn)]]
    yield from below.values()


def _standing_at(number: int, block: Block, drawn: dict[int, list[int]]) -> list[int]:
    """The outlines of a block at a level: a drawn one holds for the floors over it until the next is drawn."""
    if number in drawn:
        return drawn[number]
    has_floor = any(floor.number == number for floor in block.floors)
    here = max((each for each in drawn if each < number), default=None) if has_floor else None
    return [] if here is None else drawn[here]


def _meeting(levels: Sequence[Level], group: Sequence[int]) -> Pairs:
    """Pairs of outlines of different blocks in a group that share a point, the earlier one first."""
    if len({levels[place].block for place in group}) < 2:  # also: the index takes no empty list
        return NONE
    places = np.array(group)
    shapes = np.array([levels[place].footprint.shape for place in group], dtype=object)
    owners = np.array([levels[place].block for place in group])
    near = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    kept: Pairs = np.sort(places[near[:, owners[near[0]] < owners[near[1]]]], axis=0)
    return kept


def _note_each(levels: Sequence[Level], pairs: Pairs, problems: Problems) -> None:
    """Those of the pairs that share more than a sliver of ground."""
    if not pairs.shape[1]:
        return
    shapes = np.array([level.footprint.shape for level in levels], dtype=object)
    areas = shapely.area(shapely.intersection(shapes[pairs[0]], shapes[pairs[1]]))
    for i in np.flatnonzero(areas > SLIVER).tolist():
        _note(levels[pairs[0, i]], levels[pairs[1, i]], float(areas[i]), problems)


def _note(first: Level, second: Level, area: float, problems: Problems) -> None:
    at, other = _named(first), _named(second)
    where = at if at == other else f"{at} and {other}"
    one, two = first.footprint.source, second.footprint.source
    layers = f"layer {one.layer}" if one.layer == two.layer else f"layers {one.layer} and {two.layer}"
    problems.add(
        Fault.OVERLAP,
        f"Blocks {first.block} and {second.block} overlap by {area:.3f} m² ({where}; {layers}).",
        "Draw the blocks side by side, or as one block.",
        layer=one.layer,
        handles=(*one.handles[:MOST_HANDLES], *two.handles[:MOST_HANDLES]),
    )


def _named(level: Level) -> str:
    """A level as the messages call it; the number of a basement counts downwards."""
    if not level.is_basement:
        return f"level {level.number or 0}"
    return "basement" if level.number is None else f"basement {abs(level.number)}"
