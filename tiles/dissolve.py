"""Plots dissolved into blocks, for zooms at which a plot is a few units: what hangs together becomes one shape without holes.

In: plots as they stand in columns.  Out: a `Heap` of blocks on the grid, and for each plot the block that it went into.  Plots hang
together where they touch, which for most is seen from corners in common.  What would be larger than `MOST` plots, as land without
streets between, is divided along the Hilbert curve, so that an edit never dissolves a town anew.  Some thousands of plots are worked
on at a time.  Importing this module needs numba.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.columns import Columns, Heap, Numbers, gathered
from tiles.touching import hanging_together

MOST = 2_000
"""Plots of one block."""
AT_ONCE = 20_000
"""Plots worked on at a time."""
NEAR = 1.5
"""Units of the grid between plots that touch: rounding moves each by up to half a diagonal."""
FINE = 32.0
"""Half a tile unit at zoom 14, in units of the grid: corners that move a line by less are left out."""


@dataclass(frozen=True, kw_only=True)
class Plots:
    """Ids and rings of some plots; holes count as ground."""

    ids: Numbers
    ring_starts: Numbers
    is_outer: Numbers
    point_starts: Numbers
    points: Numbers

    @classmethod
    def of(cls, columns: Columns, places: Numbers | None = None) -> Self:
        """The plots at some places of columns, all of them unless told."""
        places = np.arange(len(columns.ids)) if places is None else places
        rings, ring_starts = gathered(columns.ring_starts, places)
        corners, point_starts = gathered(columns.point_starts, rings)
        return cls(
            ids=columns.ids[places],
            ring_starts=ring_starts,
            is_outer=columns.is_outer[rings],
            point_starts=point_starts,
            points=columns.points[corners],
        )

    def and_those(self, other: "Plots") -> "Plots":
        """These and others after them."""
        return Plots(
            ids=np.concatenate([self.ids, other.ids]),
            ring_starts=np.concatenate([self.ring_starts, other.ring_starts[1:] + self.ring_starts[-1]]),
            is_outer=np.concatenate([self.is_outer, other.is_outer]),
            point_starts=np.concatenate([self.point_starts, other.point_starts[1:] + self.point_starts[-1]]),
            points=np.concatenate([self.points, other.points]),
        )


def dissolved(plots: Plots) -> tuple[Heap, Numbers]:
    """Blocks, each with the lowest id of its plots and how many they are; and for each plot the id of its block."""
    group_of = np.empty(len(plots.ids), np.int64)
    pieces: list[NDArray[np.object_]] = []
    for places, starts in _runs(_first_reached(plots)):
        group_of[places] = np.repeat(len(pieces) + np.arange(len(starts) - 1), np.diff(starts))
        shells, owner = _shells(plots, places)
        ends = np.searchsorted(owner, starts)
        pieces += [_joined(shells[a:b]) for a, b in pairwise(ends)]
    if not pieces:
        return Heap(), group_of
    block = _neighbours_joined(pieces, np.bincount(group_of))
    return _heaped(pieces, block, block[group_of], plots.ids)


def _heaped(
    pieces: Sequence[NDArray[np.object_]], block: Numbers, block_of: Numbers, ids: Numbers
) -> tuple[Heap, Numbers]:
    """Blocks out of pieces, given the block of each piece and of each plot."""
    lowest, counts = np.full(len(pieces), np.iinfo(np.int64).max), np.bincount(block_of)
    np.minimum.at(lowest, block_of, ids)
    parts: dict[int, list[NDArray[np.object_]]] = {}
    for each, piece in zip(block.tolist(), pieces, strict=True):
        parts.setdefault(each, []).append(piece)
    shapes = np.array([_simple(of_one) for of_one in parts.values()])
    chosen, none = np.array(list(parts)), (None,) * len(parts)
    heap = Heap()
    heap.add(lowest[chosen].tolist(), counts[chosen].tolist(), (none, none, none), shapes, placed=_whole)
    return heap, lowest[block_of]


def _whole(points: Numbers) -> Numbers:
    return points.astype(np.uint32)


def _first_reached(plots: Plots) -> Numbers:
    """For each plot the first of those that hang together with it."""
    ring_of = np.repeat(np.arange(len(plots.is_outer)), np.diff(plots.point_starts))
    plot_of = np.repeat(np.arange(len(plots.ids)), np.diff(plots.ring_starts))[ring_of]
    corner = plots.points[:, 0].astype(np.uint64) << np.uint64(32) | plots.points[:, 1]
    order = np.argsort(corner, kind="stable")
    corner = corner[order]
    return hanging_together(plot_of[order], corner[1:] == corner[:-1], len(plots.ids))


def _runs(first: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """Places of plots, block after block, some thousands at a time; and where each block among them begins."""
    order = np.argsort(first, kind="stable")
    of_order = first[order]
    starts = np.flatnonzero(np.append(True, of_order[1:] != of_order[:-1])[: len(order)])
    lengths = np.diff(np.append(starts, len(order)))
    starts = np.concatenate(
        [np.arange(a, a + n, MOST) for a, n in zip(starts, lengths, strict=True)] or [starts]
    )
    at = 0
    while at < len(starts):
        end = int(np.searchsorted(starts, starts[at] + AT_ONCE))
        last = starts[end] if end < len(starts) else len(order)
        yield order[starts[at] : last], np.append(starts[at:end], last) - starts[at]
        at = end


def _shells(plots: Plots, places: Numbers) -> tuple[NDArray[np.object_], Numbers]:
    """Polygons of some plots without their holes, and of which of them each is part."""
    rings, starts = gathered(plots.ring_starts, places)
    owner = np.repeat(np.arange(len(places)), np.diff(starts))[plots.is_outer[rings]]
    corners, corner_starts = gathered(plots.point_starts, rings[plots.is_outer[rings]])
    ring_of = np.repeat(np.arange(len(owner)), np.diff(corner_starts))
    return shapely.polygons(
        shapely.linearrings(plots.points[corners].astype(np.float64), indices=ring_of)
    ), owner


def _joined(shells: NDArray[np.object_]) -> NDArray[np.object_]:
    """Polygons dissolved, without holes, on the grid."""
    try:
        joined = shapely.coverage_union_all(shells)
        is_sound = abs(joined.area - shapely.area(shells).sum()) < 1 and joined.is_valid
    except shapely.GEOSException:  # a corner of one lies on a line of the other, or they overlap
        is_sound = False
    return _filled(joined) if is_sound else united(shapely.make_valid(shells))


def united(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Shapes dissolved into polygons without holes, their corners in whole units."""
    parts = _filled(shapely.set_precision(shapely.union_all(shapes), 1))
    if len(parts) > 1:  # one may lie in what was the hole of another
        parts = _filled(shapely.set_precision(shapely.union_all(parts), 1))
    return parts


def _filled(shape: shapely.Geometry) -> NDArray[np.object_]:
    """The polygons of a shape without their holes."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    areas = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    filled: NDArray[np.object_] = shapely.polygons(shapely.get_exterior_ring(areas))
    return filled


def _neighbours_joined(pieces: Sequence[NDArray[np.object_]], counts: Numbers) -> Numbers:
    """For each piece the first of those that it touches along a line without corners in common, and is not too large with."""
    parts = np.concatenate(pieces)
    piece_of = np.repeat(np.arange(len(pieces)), [len(each) for each in pieces])
    pairs = piece_of[shapely.STRtree(parts).query(parts, predicate="dwithin", distance=NEAR)]
    first, size = np.arange(len(pieces)), counts.copy()
    for one, other in np.unique(pairs[:, pairs[0] < pairs[1]], axis=1).T:
        low, high = sorted((_end(first, one), _end(first, other)))
        if low != high and size[low] + size[high] <= MOST:
            first[high] = low
            size[low] += size[high]
    return np.array([_end(first, each) for each in range(len(first))])


def _end(first: Numbers, piece: int) -> int:
    while first[piece] != piece:
        piece = first[piece]
    return piece


def _simple(pieces: Sequence[NDArray[np.object_]]) -> shapely.MultiPolygon:
    parts = np.concatenate(pieces)
    parts = united(parts) if len(parts) > 1 else parts
    return shapely.MultiPolygon(list(shapely.orient_polygons(shapely.simplify(parts, FINE))))
