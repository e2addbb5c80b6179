"""Shapes drawn for one tile, compiled: cut, rounded to its units, and proved simple; arrays in, arrays out.

In: columns of `tiles.store`, positions in units of the world grid (2^32 a side, y from the north).  Out: drawing commands of the
Mapbox Vector Tile 2.1 and a state for each shape.  A shape whose rounded lines touch or cross anywhere but at the corners of
a ring is `DOUBTFUL`: `tiles.parcels` mends it.  Importing this module needs numba.
"""

import numpy as np

from tiles.encode import Numbers, compiled

UNITS = 4096
"""Units of a tile's side."""
RIM = 64
"""Units drawn around a tile, so that lines meet across tiles."""
GONE, DRAWN, DOUBTFUL = 0, 1, 2
"""States of a shape: outside, or smaller than a unit; drawn; to be mended."""
MOVE, LINE, CLOSE = 1, 2, 15
"""Command integers: what to do in the low three bits, how often above them; to close is done once."""


@compiled
def draw(
    chosen: Numbers,
    clip: Numbers,
    corner: Numbers,
    scale: float,
    boxes: Numbers,
    ring_starts: Numbers,
    point_starts: Numbers,
    is_outer: Numbers,
    points: Numbers,
) -> tuple[Numbers, Numbers, Numbers]:
    """Commands of all shapes in a row, where each shape's begin and end, and each shape's state."""
    commands = np.empty(chosen.size * 24 + 256, np.uint32)
    spans = np.zeros((chosen.size, 2), np.int64)
    states = np.zeros(chosen.size, np.uint8)
    room, rings_at_most = _room(chosen, ring_starts, point_starts)
    ring, spare = np.empty((room, 2), np.float64), np.empty((room, 2), np.float64)
    corners = np.empty((room, 2), np.int64)
    starts = np.zeros(rings_at_most + 1, np.int64)
    at = 0
    for each in range(chosen.size):
        place = chosen[each]
        first, last = ring_starts[place], ring_starts[place + 1]
        is_cut = not _is_within(boxes, place, clip)
        rings, is_sound = 0, True
        outer = -1
        for one in range(first, last):
            if not is_outer[one] and outer < 0:
                continue
            count = _loaded(points, point_starts[one], point_starts[one + 1], corner, scale, ring)
            count = _cut_ring(ring, count, spare) if is_cut else count
            starts[rings + 1] = _rounded_ring(ring, count, corners, starts[rings])
            turns = _direction(corners, starts[rings], starts[rings + 1])
            if is_outer[one]:
                outer = rings if turns else -1
            if turns:
                is_sound = is_sound and _lies_right(corners, starts, rings, outer, turns)
                rings += 1
        if rings and is_sound and _is_simple(corners, starts, rings):
            if at + 2 * starts[rings] + 3 * rings > commands.size:
                commands = _longer(commands, at, 2 * starts[rings] + 3 * rings)
            spans[each, 0] = at
            at = _commands(commands, at, corners, starts, rings)
            spans[each, 1] = at
            states[each] = DRAWN
        elif rings:
            states[each] = DOUBTFUL
    return commands[:at], spans, states


@compiled
def _direction(corners: Numbers, start: int, end: int) -> int:
    """1 for an outer ring, -1 for a hole (y from the north), 0 for one that fell together."""
    if end - start < 3:
        return 0
    area = _twice_area(corners, start, end)
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
def _is_within(boxes: Numbers, place: int, clip: Numbers) -> bool:
    return bool(
        np.int64(boxes[place, 0]) >= clip[0]
        and np.int64(boxes[place, 2]) <= clip[2]
        and np.int64(boxes[place, 1]) >= clip[1]
        and np.int64(boxes[place, 3]) <= clip[3]
    )


@compiled
def _room(chosen: Numbers, ring_starts: Numbers, point_starts: Numbers) -> tuple[int, int]:
    """Corners and rings that the largest shape needs while it is cut."""
    most, rings = 0, 0
    for place in chosen:
        first, last = ring_starts[place], ring_starts[place + 1]
        rings = max(rings, int(last - first))
        most = max(most, int(point_starts[last] - point_starts[first]))
    return 6 * most + 16, rings


@compiled
def _loaded(points: Numbers, first: int, last: int, corner: Numbers, scale: float, ring: Numbers) -> int:
    """Corners of a ring in tile units; how many."""
    for each in range(first, last):
        ring[each - first, 0] = (np.int64(points[each, 0]) - corner[0]) / scale
        ring[each - first, 1] = (np.int64(points[each, 1]) - corner[1]) / scale
    return int(last - first)


@compiled
def _longer(commands: Numbers, at: int, need: int) -> Numbers:
    longer = np.empty(2 * (at + need), np.uint32)
    longer[:at] = commands[:at]
    return longer


@compiled
def _cut_ring(ring: Numbers, count: int, spare: Numbers) -> int:
    """Cut the first corners of `ring` to the tile with its rim, in place (Sutherland and Hodgman); how many remain.

    Both arrays need room for six times the corners: a cut along one side adds at most half of them.
    """
    count = _cut_side(ring, count, spare, 0, -RIM, -1)
    count = _cut_side(spare, count, ring, 0, UNITS + RIM, 1)
    count = _cut_side(ring, count, spare, 1, -RIM, -1)
    return _cut_side(spare, count, ring, 1, UNITS + RIM, 1)


@compiled
def _cut_side(ring: Numbers, count: int, kept: Numbers, axis: int, limit: int, sign: int) -> int:
    """Corners on the near side of a line across an axis, and where the ring crosses it."""
    size = 0
    before = count - 1
    for corner in range(count):
        is_in = sign * (ring[corner, axis] - limit) <= 0
        if is_in != (sign * (ring[before, axis] - limit) <= 0):
            share = (limit - ring[before, axis]) / (ring[corner, axis] - ring[before, axis])
            across = ring[before, 1 - axis]
            kept[size, axis] = limit
            kept[size, 1 - axis] = across + share * (ring[corner, 1 - axis] - across)
            size += 1
        if is_in:
            kept[size, 0] = ring[corner, 0]
            kept[size, 1] = ring[corner, 1]
            size += 1
        before = corner
    return size


@compiled
def _rounded_ring(ring: Numbers, count: int, corners: Numbers, start: int) -> int:
    """Write the ring's corners in whole units from `start`, none twice in a row; where they end."""
    end = start
    for each in range(count):
        x = np.int64(np.floor(ring[each, 0] + 0.5))
        y = np.int64(np.floor(ring[each, 1] + 0.5))
        if end > start and corners[end - 1, 0] == x and corners[end - 1, 1] == y:
            continue
        corners[end, 0] = x
        corners[end, 1] = y
        end += 1
    while (
        end > start + 1
        and corners[end - 1, 0] == corners[start, 0]
        and corners[end - 1, 1] == corners[start, 1]
    ):
        end -= 1
    return end


@compiled
def _twice_area(corners: Numbers, start: int, end: int) -> int:
    """Twice the area of a ring, positive for an outer one (y from the north)."""
    area = 0
    before = end - 1
    for each in range(start, end):
        area += corners[before, 0] * corners[each, 1] - corners[each, 0] * corners[before, 1]
        before = each
    return int(area)


@compiled
def _is_simple(corners: Numbers, starts: Numbers, rings: int) -> bool:
    """Whether no two lines of a shape's rings touch, but neighbours in a ring at their common corner."""
    for ring in range(rings):
        for a in range(starts[ring], starts[ring + 1]):
            b = a + 1 if a + 1 < starts[ring + 1] else starts[ring]
            for other in range(ring, rings):
                first = a + 1 if other == ring else starts[other]
                if not _keeps_off(corners, a, b, first, starts[other], starts[other + 1]):
                    return False
    return True


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
    ahead = (corners[b, 0] - corners[a, 0]) * (corners[c, 0] - corners[b, 0]) + (
        corners[b, 1] - corners[a, 1]
    ) * (corners[c, 1] - corners[b, 1])
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
            run = (x - corners[each, 0]) * (bottom - top) - (corners[before, 0] - corners[each, 0]) * (
                y - top
            )
            if (run < 0) == (bottom > top):
                is_in = not is_in
        before = each
    return is_in


@compiled
def _commands(commands: Numbers, at: int, corners: Numbers, starts: Numbers, rings: int) -> int:
    """Write the commands that draw some rings; where they end."""
    x, y = np.int64(0), np.int64(0)
    for ring in range(rings):
        for each in range(starts[ring], starts[ring + 1]):
            if each == starts[ring]:
                commands[at] = 1 << 3 | MOVE
                at += 1
            elif each == starts[ring] + 1:
                commands[at] = (starts[ring + 1] - each) << 3 | LINE
                at += 1
            east, south = corners[each, 0] - x, corners[each, 1] - y
            commands[at] = np.uint32((east << 1) ^ (east >> 63))
            commands[at + 1] = np.uint32((south << 1) ^ (south >> 63))
            at += 2
            x, y = corners[each, 0], corners[each, 1]
        commands[at] = CLOSE
        at += 1
    return at


@compiled
def are_sound(corners: Numbers, starts: Numbers) -> bool:
    """Whether all of some rings turn as outer ones and none touches itself or another."""
    for ring in range(starts.size - 1):
        if _direction(corners, starts[ring], starts[ring + 1]) <= 0:
            return False
    return _is_simple(corners, starts, starts.size - 1)


@compiled
def commands_of(corners: Numbers, starts: Numbers) -> Numbers:
    """The commands that draw rings given by their corners in tile units, `starts` one longer than there are rings."""
    commands = np.empty(2 * corners.shape[0] + 3 * starts.size, np.uint32)
    return commands[: _commands(commands, 0, corners, starts, starts.size - 1)]
