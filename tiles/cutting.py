"""Shapes drawn for one tile, compiled: cut, rounded to its units, and proved simple; arrays in, arrays out.

In: columns of `tiles.store`, positions in units of the world grid (2^32 a side, y from the north).  Out: corners in units of the
tile and a state for each shape.  A shape whose rounded lines touch or cross anywhere but at the corners of
a ring is `DOUBTFUL`: `tiles.parcels` mends it.  Importing this module needs numba.
"""

from typing import Any

import numpy as np

from tiles.encode import Box, Numbers, compiled

Corner = tuple[Any, Any]
"""West and north of a tile, whole units of the grid."""
UNITS = 4096
"""Units of a tile's side."""
RIM = 64
"""Units drawn around a tile, so that lines meet across tiles."""
GONE, DRAWN, DOUBTFUL = 0, 1, 2
"""States of a shape: outside, or smaller than a unit; drawn; to be mended."""
SPARE = 16
"""Room for corners that a cut adds beside those that grow with the shape."""
UNIT_SIZES = 9
"""Sizes that a unit may have: 1, 2, 4, … of the grid, down from zoom 20 to zoom 12."""


@compiled
def draw(
    chosen: Numbers,
    clip: Box,
    corner: Corner,
    finer: int,
    boxes: Numbers,
    ring_starts: Numbers,
    point_starts: Numbers,
    is_outer: Numbers,
    points: Numbers,
    sound: Numbers,
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Corners of all shapes in a row, where each ring begins and the last one ends, each shape's rings, and each shape's state.

    A unit of the tile is `2 ** finer` of the grid.
    """
    largest, most_rings, most = _room(chosen, ring_starts, point_starts)
    corners = np.empty((2 * most + 6 * largest + SPARE, 2), np.int64)
    starts = np.zeros(most_rings + 1, np.int64)
    spans = np.zeros((chosen.size, 2), np.int64)
    states = np.zeros(chosen.size, np.uint8)
    both = np.empty((2, 6 * largest + SPARE, 2), np.float64)
    rings = 0
    for each in range(chosen.size):
        place = chosen[each]
        first, last = ring_starts[place], ring_starts[place + 1]
        is_whole = _is_within(boxes, place, clip)
        before = rings
        if is_whole and sound[place] >> finer & 1:
            rings = _whole(points, point_starts, first, last, corner, finer, corners, starts, rings)
            states[each] = DRAWN
            spans[each, 0], spans[each, 1] = before, rings
            continue
        need = 6 * (point_starts[last] - point_starts[first]) + SPARE
        if starts[rings] + need + most > corners.shape[0]:
            longer = np.empty((2 * (starts[rings] + need + most), 2), np.int64)
            longer[: starts[rings]] = corners[: starts[rings]]
            corners = longer
        is_sound, outer = True, -1
        for one in range(first, last):
            if not is_outer[one] and outer < 0:
                continue
            count = _loaded(points, point_starts[one], point_starts[one + 1], corner, finer, both)
            cut, count = _cut_ring(both, count, boxes, place, clip)
            starts[rings + 1] = _rounded_ring(both, cut, count, corners, starts[rings])
            turns = _direction(corners, starts[rings], starts[rings + 1])
            if is_outer[one]:
                outer = rings if turns else -1
            if turns:
                is_sound = is_sound and _lies_right(corners, starts, rings, outer, turns)
                rings += 1
        is_sound = is_sound and _is_simple(corners, starts, before, rings)
        if rings == before + 1 and not is_sound:
            is_sound = _is_simple_without_spikes(corners, starts, before)
        if is_sound:
            states[each] = DRAWN if rings > before else GONE
        else:
            states[each] = DOUBTFUL
            rings = before
        spans[each, 0], spans[each, 1] = before, rings
    return corners[: starts[rings]], starts[: rings + 1], spans, states


@compiled
def _direction(corners: Numbers, start: int, end: int) -> int:
    """1 for an outer ring, -1 for a hole (y from the north), 0 for one that fell together."""
    area, before = 0, end - 1
    for each in range(start, end):
        area += corners[before, 0] * corners[each, 1] - corners[each, 0] * corners[before, 1]
        before = each
    return 1 if area > 0 else -1 if area < 0 else 0


@compiled
def _lies_right(corners: Numbers, starts: Numbers, ring: int, outer: int, turns: int) -> bool:
    """Whether an outer ring still turns as one, and a hole as a hole within its outer ring."""
    if ring == outer:
        return turns > 0
    first = starts[ring]
    return turns < 0 and _holds(
        corners, starts[outer], starts[outer + 1], corners[first, 0], corners[first, 1]
    )


@compiled
def _is_within(boxes: Numbers, place: int, clip: Box) -> bool:
    return bool(
        np.int64(boxes[place, 0]) >= clip[0]
        and np.int64(boxes[place, 2]) <= clip[2]
        and np.int64(boxes[place, 1]) >= clip[1]
        and np.int64(boxes[place, 3]) <= clip[3]
    )


@compiled
def _room(chosen: Numbers, ring_starts: Numbers, point_starts: Numbers) -> tuple[int, int, int]:
    """Corners of the largest shape, and rings and corners of all."""
    largest, rings, corners = 0, 0, 0
    for place in chosen:
        first, last = ring_starts[place], ring_starts[place + 1]
        own = int(point_starts[last] - point_starts[first])
        largest = max(largest, own)
        rings += int(last - first)
        corners += own
    return largest, rings, corners


@compiled
def _loaded(points: Numbers, first: int, last: int, corner: Corner, finer: int, both: Numbers) -> int:
    """Corners of a ring in tile units; how many."""
    share = 1.0 / (1 << finer)
    for each in range(first, last):
        both[0, each - first, 0] = (np.int64(points[each, 0]) - corner[0]) * share
        both[0, each - first, 1] = (np.int64(points[each, 1]) - corner[1]) * share
    return int(last - first)


@compiled
def _whole(
    points: Numbers,
    point_starts: Numbers,
    first: int,
    last: int,
    corner: Corner,
    finer: int,
    corners: Numbers,
    starts: Numbers,
    rings: int,
) -> int:
    """Write all rings of a shape in whole units behind those that are there; how many there are then."""
    half = 1 << finer >> 1
    west, north = corner[0] - half, corner[1] - half
    end = starts[rings]
    for ring in range(first, last):
        start = end
        for each in range(point_starts[ring], point_starts[ring + 1]):
            x, y = (np.int64(points[each, 0]) - west) >> finer, (np.int64(points[each, 1]) - north) >> finer
            if end > start and corners[end - 1, 0] == x and corners[end - 1, 1] == y:
                continue
            corners[end, 0] = x
            corners[end, 1] = y
            end += 1
        end = _opened(corners, start, end)
        rings += 1
        starts[rings] = end
    return rings


@compiled
def _opened(corners: Numbers, start: int, end: int) -> int:
    """The end of a ring without the corners that repeat its first."""
    while (
        end > start + 1
        and corners[end - 1, 0] == corners[start, 0]
        and corners[end - 1, 1] == corners[start, 1]
    ):
        end -= 1
    return end


@compiled
def _cut_ring(both: Numbers, count: int, boxes: Numbers, place: int, clip: Box) -> tuple[int, int]:
    """The ring in the first row cut to the tile with its rim: in which row then, how many corners (Sutherland and Hodgman).

    Both need room for six times the corners: a cut along one side adds at most half of them.  Sides beyond the shape's box cut nothing.
    """
    row = 0
    if boxes[place, 0] < clip[0]:
        count, row = _cut_side(both, row, count, 0, -RIM, -1), 1 - row
    if boxes[place, 2] > clip[2]:
        count, row = _cut_side(both, row, count, 0, UNITS + RIM, 1), 1 - row
    if boxes[place, 1] < clip[1]:
        count, row = _cut_side(both, row, count, 1, -RIM, -1), 1 - row
    if boxes[place, 3] > clip[3]:
        count, row = _cut_side(both, row, count, 1, UNITS + RIM, 1), 1 - row
    return row, count


@compiled
def _cut_side(both: Numbers, row: int, count: int, axis: int, limit: int, sign: int) -> int:
    """Corners on the near side of a line across an axis, and where the ring crosses it, written into the other row."""
    size, other = 0, 1 - row
    along, across = both[row, count - 1, axis], both[row, count - 1, 1 - axis]
    was_in = sign * (along - limit) <= 0
    for corner in range(count):
        next_along, next_across = both[row, corner, axis], both[row, corner, 1 - axis]
        is_in = sign * (next_along - limit) <= 0
        if is_in != was_in:
            share = (limit - along) / (next_along - along)
            both[other, size, axis] = limit
            both[other, size, 1 - axis] = across + share * (next_across - across)
            size += 1
        if is_in:
            both[other, size, axis] = next_along
            both[other, size, 1 - axis] = next_across
            size += 1
        along, across, was_in = next_along, next_across, is_in
    return size


@compiled
def _rounded_ring(both: Numbers, row: int, count: int, corners: Numbers, start: int) -> int:
    """Write the ring's corners in whole units from `start`, none twice in a row; where they end."""
    end = start
    for each in range(count):
        x = np.int64(np.floor(both[row, each, 0] + 0.5))
        y = np.int64(np.floor(both[row, each, 1] + 0.5))
        if end > start and corners[end - 1, 0] == x and corners[end - 1, 1] == y:
            continue
        corners[end, 0] = x
        corners[end, 1] = y
        end += 1
    return _opened(corners, start, end)


@compiled
def _is_simple(corners: Numbers, starts: Numbers, first_ring: int, rings: int) -> bool:
    """Whether no two lines of a shape's rings touch, but neighbours in a ring at their common corner."""
    if rings == first_ring + 1 and _is_convex(corners, starts[first_ring], starts[rings]):
        return True
    for ring in range(first_ring, rings):
        for a in range(starts[ring], starts[ring + 1]):
            b = a + 1 if a + 1 < starts[ring + 1] else starts[ring]
            for other in range(ring, rings):
                first = a + 1 if other == ring else starts[other]
                if not _keeps_off(corners, a, b, first, starts[other], starts[other + 1]):
                    return False
    return True


@compiled
def _is_convex(corners: Numbers, start: int, end: int) -> bool:
    """Whether a ring turns one way only, as outer rings do, and around but once: none of its lines touches another then."""
    here, sides = end - 1, 0
    east, south = corners[here, 0] - corners[here - 1, 0], corners[here, 1] - corners[here - 1, 1]
    for after in range(start, end):
        to_east, to_south = corners[after, 0] - corners[here, 0], corners[after, 1] - corners[here, 1]
        turn = east * to_south - south * to_east
        if turn < 0 or (turn == 0 and east * to_east + south * to_south <= 0):
            return False
        sides += (east > 0 or (east == 0 and south > 0)) != (to_east > 0 or (to_east == 0 and to_south > 0))
        here, east, south = after, to_east, to_south
    return bool(sides == 2)


@compiled
def _is_simple_without_spikes(corners: Numbers, starts: Numbers, ring: int) -> bool:
    """Leave out of a ring each corner at which it turns back on itself; whether it is an outer one and simple then.

    Such corners come from rounding where a ring runs along the tile's rim; no ground lies in them.
    """
    start, size = starts[ring], starts[ring + 1] - starts[ring]
    at, since = 0, 0
    while since < size and size >= 3:
        before, here, after = start + (at - 1) % size, start + at, start + (at + 1) % size
        is_twice = corners[here, 0] == corners[after, 0] and corners[here, 1] == corners[after, 1]
        if is_twice or _folds_back(corners, before, here, after):
            for each in range(here, start + size - 1):
                corners[each, 0], corners[each, 1] = corners[each + 1, 0], corners[each + 1, 1]
            size -= 1
            at, since = (at - 1) % size, 0
        else:
            at, since = (at + 1) % size, since + 1
    starts[ring + 1] = start + size
    return _direction(corners, start, start + size) > 0 and _is_simple(corners, starts, ring, ring + 1)


@compiled
def _keeps_off(corners: Numbers, a: int, b: int, first: int, start: int, end: int) -> bool:
    """Whether a line touches none of a ring's lines from the corner `first` on."""
    for c in range(first, end):
        d = c + 1 if c + 1 < end else start
        if b == c:
            if _folds_back(corners, a, b, d):
                return False
        elif d == a:
            if _folds_back(corners, c, a, b):
                return False
        elif _touch(corners, a, b, c, d):
            return False
    return True


@compiled
def _turn(corners: Numbers, a: int, b: int, c: int) -> int:
    """Positive, zero or negative as three corners turn one way, run straight, or turn the other."""
    east = (corners[b, 0] - corners[a, 0]) * (corners[c, 1] - corners[a, 1])
    south = (corners[b, 1] - corners[a, 1]) * (corners[c, 0] - corners[a, 0])
    return int(east - south)


@compiled
def _folds_back(corners: Numbers, a: int, b: int, c: int) -> bool:
    """Whether the line from b to c lies on the one from a to b."""
    east, south = corners[b, 0] - corners[a, 0], corners[b, 1] - corners[a, 1]
    ahead = east * (corners[c, 0] - corners[b, 0]) + south * (corners[c, 1] - corners[b, 1])
    return bool(ahead < 0 and _turn(corners, a, b, c) == 0)


@compiled
def _touch(corners: Numbers, a: int, b: int, c: int, d: int) -> bool:
    """Whether two lines have a point in common: their boxes meet and each has the other's ends not on one side."""
    for axis in range(2):
        if max(corners[a, axis], corners[b, axis]) < min(corners[c, axis], corners[d, axis]):
            return False
        if max(corners[c, axis], corners[d, axis]) < min(corners[a, axis], corners[b, axis]):
            return False
    one, two = _turn(corners, a, b, c), _turn(corners, a, b, d)
    if (one > 0 and two > 0) or (one < 0 and two < 0):
        return False
    three, four = _turn(corners, c, d, a), _turn(corners, c, d, b)
    return not ((three > 0 and four > 0) or (three < 0 and four < 0))


@compiled
def _holds(corners: Numbers, start: int, end: int, x: int, y: int) -> bool:
    """Whether a ring goes around a point that is not on it."""
    is_in = False
    before = end - 1
    for each in range(start, end):
        top, bottom = corners[each, 1], corners[before, 1]
        if (top > y) != (bottom > y):
            here = corners[each, 0]
            run = (x - here) * (bottom - top) - (corners[before, 0] - here) * (y - top)
            if (run < 0) == (bottom > top):
                is_in = not is_in
        before = each
    return is_in


@compiled
def are_sound(corners: Numbers, starts: Numbers) -> bool:
    """Whether all of some rings turn as outer ones and none touches itself or another."""
    for ring in range(starts.size - 1):
        if _direction(corners, starts[ring], starts[ring + 1]) <= 0:
            return False
    return _is_simple(corners, starts, 0, starts.size - 1)


@compiled
def soundness(
    boxes: Numbers, ring_starts: Numbers, point_starts: Numbers, is_outer: Numbers, points: Numbers
) -> Numbers:
    """For each shape the units in which it can be drawn whole without being mended: bit `n` stands for `2 ** n` of the grid."""
    sound = np.zeros(boxes.shape[0], np.uint16)
    largest, _, _ = _room(np.arange(boxes.shape[0]), ring_starts, point_starts)
    corners, starts = np.empty((largest, 2), np.int64), np.zeros(largest + 1, np.int64)
    for place in range(boxes.shape[0]):
        first, last = ring_starts[place], ring_starts[place + 1]
        for finer in range(UNIT_SIZES):
            west, north = np.int64(boxes[place, 0]), np.int64(boxes[place, 1])
            corner = (west >> finer << finer, north >> finer << finer)
            rings = _whole(points, point_starts, first, last, corner, finer, corners, starts, 0)
            if _keep_their_sides(corners, starts, first, last, is_outer) and _is_simple(
                corners, starts, 0, rings
            ):
                sound[place] |= 1 << finer
    return sound


@compiled
def _keep_their_sides(corners: Numbers, starts: Numbers, first: int, last: int, is_outer: Numbers) -> bool:
    """Whether every ring of a shape has an area, turns as it should, and every hole lies in the ring before it."""
    outer = 0
    for ring in range(last - first):
        outer = ring if is_outer[first + ring] else outer
        turns = _direction(corners, starts[ring], starts[ring + 1])
        if not turns or not _lies_right(corners, starts, ring, outer, turns):
            return False
    return True
