"""A plot that a tile's edge cuts into several parts, compiled: arrays in, arrays out.

In: the corners of one outer ring without holes, in units of a tile.  Out: the rings of its parts within the tile and its rim, rounded
to whole units.  Along each edge the ring's crossings are sorted; between the first and the second lies ground, between the third and
the fourth, and so on.  What is not so, as after a ring that touches itself, is left to GEOS.  Importing this module needs numba.
"""

import numpy as np

from tiles.encode import Numbers, compiled


@compiled
def parts(ring: Numbers, low: float, high: float) -> tuple[Numbers, Numbers, bool]:
    """Corners of the parts between two limits on both axes, where each part begins and ends, and whether they could be told."""
    corners, starts = ring, np.array([0, ring.shape[0]], np.int64)
    is_told = True
    for side in range(4):
        limit = low if side % 2 == 0 else high
        corners, starts, is_sound = _halved(corners, starts, side // 2, limit, -1 if side % 2 == 0 else 1)
        is_told = is_told and is_sound
    whole, starts = _rounded(corners, starts)
    return whole, starts, is_told


@compiled
def _halved(
    corners: Numbers, starts: Numbers, axis: int, limit: float, sign: int
) -> tuple[Numbers, Numbers, bool]:
    """The parts of rings on the near side of a line across an axis."""
    kept = np.empty((3 * corners.shape[0] + 4, 2), np.float64)
    ends = np.zeros(corners.shape[0] + starts.size + 1, np.int64)
    rings, is_sound = 0, True
    for each in range(starts.size - 1):
        ring = corners[starts[each] : starts[each + 1]]
        is_in = sign * (ring[:, axis] - limit) <= 0
        if is_in.all():
            kept[ends[rings] : ends[rings] + ring.shape[0]] = ring
            ends[rings + 1] = ends[rings] + ring.shape[0]
            rings += 1
        elif is_in.any():
            rings, is_whole = _traced(ring, is_in, axis, limit, kept, ends, rings)
            is_sound = is_sound and is_whole
    return kept[: ends[rings]].copy(), ends[: rings + 1].copy(), is_sound


@compiled
def _traced(
    ring: Numbers, is_in: Numbers, axis: int, limit: float, kept: Numbers, ends: Numbers, rings: int
) -> tuple[int, bool]:
    """Write the parts of a ring that a line crosses; how many rings there are then, and whether all is as it must be."""
    begins, lengths, across = _chains(ring, is_in, axis, limit)
    chains = begins.size
    order = np.argsort(across)
    rank = np.empty(across.size, np.int64)
    rank[order] = np.arange(across.size)
    is_done = np.zeros(chains, np.bool_)
    for first in range(chains):
        chain, at = first, ends[rings]
        while not is_done[chain]:
            is_done[chain] = True
            at = _written(ring, begins[chain], lengths[chain], across, chain, axis, limit, kept, at)
            chain = order[rank[chains + chain] ^ 1]
            if chain >= chains:
                return rings, False
        if at > ends[rings]:
            if chain != first:
                return rings, False
            rings += 1
            ends[rings] = at
    return rings, True


@compiled
def _chains(ring: Numbers, is_in: Numbers, axis: int, limit: float) -> tuple[Numbers, Numbers, Numbers]:
    """Runs of corners on the near side: first corners, lengths; and where along the line each comes in, then where each goes out."""
    count = ring.shape[0]
    chains = 0
    for each in range(count):
        chains += is_in[each] and not is_in[each - 1]
    begins, lengths, across = np.empty(chains, np.int64), np.zeros(chains, np.int64), np.empty(2 * chains)
    chain = -1
    for each in range(count):
        if is_in[each] and not is_in[each - 1]:
            chain += 1
            begins[chain] = each
            across[chain] = _crossing(ring, each - 1, each, axis, limit)
            last = each
            while is_in[(last + 1) % count]:
                last += 1
            lengths[chain] = last - each + 1
            across[chains + chain] = _crossing(ring, last % count, (last + 1) % count, axis, limit)
    return begins, lengths, across


@compiled
def _crossing(ring: Numbers, one: int, other: int, axis: int, limit: float) -> float:
    share = (limit - ring[one, axis]) / (ring[other, axis] - ring[one, axis])
    return float(ring[one, 1 - axis] + share * (ring[other, 1 - axis] - ring[one, 1 - axis]))


@compiled
def _written(
    ring: Numbers,
    begin: int,
    length: int,
    across: Numbers,
    chain: int,
    axis: int,
    limit: float,
    kept: Numbers,
    at: int,
) -> int:
    """Write a run of corners between its two crossings; where it ends."""
    kept[at, axis], kept[at, 1 - axis] = limit, across[chain]
    at += 1
    for each in range(length):
        kept[at] = ring[(begin + each) % ring.shape[0]]
        at += 1
    kept[at, axis], kept[at, 1 - axis] = limit, across[across.size // 2 + chain]
    return at + 1


@compiled
def _rounded(corners: Numbers, starts: Numbers) -> tuple[Numbers, Numbers]:
    """Rings in whole units, no corner twice in a row, those left out that fell together."""
    whole, ends = np.empty(corners.shape, np.int64), np.zeros(starts.size, np.int64)
    rings = 0
    for each in range(starts.size - 1):
        first = end = ends[rings]
        for corner in range(starts[each], starts[each + 1]):
            x, y = np.floor(corners[corner, 0] + 0.5), np.floor(corners[corner, 1] + 0.5)
            if end == first or whole[end - 1, 0] != x or whole[end - 1, 1] != y:
                whole[end, 0], whole[end, 1] = x, y
                end += 1
        while (
            end > first + 1 and whole[end - 1, 0] == whole[first, 0] and whole[end - 1, 1] == whole[first, 1]
        ):
            end -= 1
        if end - first >= 3 and _has_area(whole, first, end):
            rings += 1
            ends[rings] = end
    return whole[: ends[rings]].copy(), ends[: rings + 1].copy()


@compiled
def _has_area(whole: Numbers, first: int, end: int) -> bool:
    area = 0
    before = end - 1
    for each in range(first, end):
        area += whole[before, 0] * whole[each, 1] - whole[each, 0] * whole[before, 1]
        before = each
    return bool(area != 0)
