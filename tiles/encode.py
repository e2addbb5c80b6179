"""Features written as the bytes of a vector tile, and found by their boxes, compiled: arrays in, arrays out.

In: columns of `tiles.store` and the corners of `tiles.cutting`.  Out: the bytes of features and values (Mapbox Vector Tile 2.1).
Compiled functions call none of another module: numba keeps its results by the module's own date.  Importing this module needs
numba.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

POLYGON = 3
MOVE, LINE, CLOSE = 1, 2, 15
"""Command integers: what to do in the low three bits, how often above them; to close is done once."""
LONGEST = 6
"""Bytes that a corner takes at most, and a ring beside its corners."""
COLUMNS = 3
"""Attributes beside the number."""
HEAD = 80
"""Bytes of a feature at most beside its commands: its length, its id, its attributes."""
SHORT = 20
"""Corners up to which the commands of a feature most likely take fewer than 128 bytes, and the feature too."""
F = TypeVar("F", bound=Callable[..., Any])
Numbers = NDArray[Any]
Box = tuple[int, int, int, int]
"""West, north, east, south, in units of the grid."""


def compiled(function: F) -> F:
    """A function compiled at first use, kept beside the module, and run without Python's lock."""
    return cast(F, njit(cache=True, nogil=True)(function))


@compiled
def candidates(
    stretches: Numbers, runs: Numbers, boxes: Numbers, sizes: tuple[int, int], clip: Box
) -> Numbers:
    """Places of the shapes whose box meets a box (west, north, east, south); `sizes` says how many runs a stretch has, and how
    many shapes a run."""
    of_runs, of_shapes = sizes
    near = np.empty(runs.shape[0], np.int64)
    reached = 0
    for stretch in range(stretches.shape[0]):
        if _meets(stretches, stretch, clip):
            for each in range(stretch * of_runs, min((stretch + 1) * of_runs, runs.shape[0])):
                if _meets(runs, each, clip):
                    near[reached] = each
                    reached += 1
    found = np.empty(reached * of_shapes, np.int64)
    count = 0
    for each in near[:reached]:
        for place in range(each * of_shapes, min((each + 1) * of_shapes, boxes.shape[0])):
            if _meets(boxes, place, clip):
                found[count] = place
                count += 1
    return found[:count]


@compiled
def _meets(boxes: Numbers, place: int, clip: Box) -> bool:
    return bool(
        np.int64(boxes[place, 0]) <= clip[2]
        and np.int64(boxes[place, 2]) >= clip[0]
        and np.int64(boxes[place, 1]) <= clip[3]
        and np.int64(boxes[place, 3]) >= clip[1]
    )


@compiled
def write(
    chosen: Numbers,
    corners: Numbers,
    starts: Numbers,
    spans: Numbers,
    ids: Numbers,
    number_starts: Numbers,
    numbers: Numbers,
    tags: Numbers,
    word_starts: Numbers,
    words: Numbers,
    next_value: int,
) -> tuple[Numbers, Numbers, int]:
    """Bytes of the features that have rings, of their values, and the place of the next value after them.

    Keys are 0 for the number, then the columns of `tags`.
    """
    features = np.empty(LONGEST * (corners.shape[0] + starts.size) + HEAD * chosen.size, np.uint8)
    values = np.empty(_length(chosen, number_starts, tags, word_starts), np.uint8)
    places = np.zeros(word_starts.size, np.int64)
    at, end = 0, 0
    for each in range(chosen.size):
        first, last = spans[each, 0], spans[each, 1]
        if last == first:
            continue
        place = chosen[each]
        before = at
        size = 2 if starts[last] - starts[first] > SHORT else 1
        at = before + 1 + size
        features[at] = 0x08
        at = _put(features, at + 1, ids[place])
        features[at] = 0x12
        tagged = at + 1
        features[tagged + 1] = 0
        at = _put(features, tagged + 2, next_value)
        end = _copied(numbers, number_starts[place], number_starts[place + 1], values, end)
        next_value += 1
        for column in range(COLUMNS):
            word = tags[place, column]
            if word < 0:
                continue
            if not places[word]:
                places[word] = next_value + 1
                end = _copied(words, word_starts[word], word_starts[word + 1], values, end)
                next_value += 1
            features[at] = column + 1
            at = _put(features, at + 1, places[word] - 1)
        features[tagged] = at - tagged - 1
        features[at], features[at + 1], features[at + 2] = 0x18, POLYGON, 0x22
        drawn = _commands(features, at + 3 + size, corners, starts, first, last)
        at = _measured(features, at + 3, size, drawn)
        features[before] = 0x12
        at = _measured(features, before + 1, size, at)
    return features[:at], values[:end], next_value


@compiled
def _measured(out: Numbers, at: int, size: int, end: int) -> int:
    """Write before some bytes how many they are; they end at `end` and stand `size` bytes behind, moved where that is not the room
    that the number takes.  Where they end then."""
    length = end - at - size
    need = _size(length)
    if need > size:
        for each in range(length - 1, -1, -1):
            out[at + need + each] = out[at + size + each]
    elif need < size:
        for each in range(length):
            out[at + need + each] = out[at + size + each]
    _put(out, at, length)
    return at + need + length


@compiled
def _length(chosen: Numbers, number_starts: Numbers, tags: Numbers, word_starts: Numbers) -> int:
    """Bytes that the values need at most."""
    total = 0
    for place in chosen:
        total += int(number_starts[place + 1] - number_starts[place])
        for column in range(COLUMNS):
            word = tags[place, column]
            if word >= 0:
                total += int(word_starts[word + 1] - word_starts[word])
    return total


@compiled
def _commands(commands: Numbers, at: int, corners: Numbers, starts: Numbers, first: int, last: int) -> int:
    """Write the commands that draw some rings; where they end."""
    x, y = np.int64(0), np.int64(0)
    for ring in range(first, last):
        start, end = starts[ring], starts[ring + 1]
        for each in range(start, end):
            if each == start:
                commands[at] = 1 << 3 | MOVE
                at += 1
            elif each == start + 1:
                at = _put(commands, at, (end - each) << 3 | LINE)
            east, south = corners[each, 0] - x, corners[each, 1] - y
            at = _put_short(commands, at, (east << 1) ^ (east >> 63))
            at = _put_short(commands, at, (south << 1) ^ (south >> 63))
            x, y = corners[each, 0], corners[each, 1]
        commands[at] = CLOSE
        at += 1
    return at


@compiled
def _put_short(out: Numbers, at: int, value: int) -> int:
    """The same as `_put`, without a branch for what stays below 2^14, as all steps within a tile and its rim do: whether it takes
    one byte or two is anybody's guess, a processor's too."""
    if value >= 1 << 14:
        return _put(out, at, value)
    is_long = np.int64(value > 127)
    out[at] = value & 127 | is_long << 7
    out[at + 1] = value >> 7
    return int(at + 1 + is_long)


@compiled
def _copied(source: Numbers, first: int, last: int, target: Numbers, at: int) -> int:
    for each in range(first, last):
        target[at] = source[each]
        at += 1
    return at


@compiled
def _size(value: int) -> int:
    """Bytes of a number in sevens of bits."""
    size = 1
    while value > 127:
        value >>= 7
        size += 1
    return size


@compiled
def _put(out: Numbers, at: int, value: int) -> int:
    while value > 127:
        out[at] = value & 127 | 128
        value >>= 7
        at += 1
    out[at] = value
    return at + 1
