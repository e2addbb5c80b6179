"""Features written as the bytes of a vector tile, and found by their boxes, compiled: arrays in, arrays out.

In: columns of `tiles.store` and the commands of `tiles.cutting`.  Out: the bytes of features and values (Mapbox Vector Tile 2.1).
Compiled functions call none of another module: numba keeps its results by the module's own date.  Importing this module needs
numba.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

POLYGON = 3
COLUMNS = 3
"""Attributes beside the number."""
F = TypeVar("F", bound=Callable[..., Any])
Numbers = NDArray[Any]


def compiled(function: F) -> F:
    """A function compiled at first use, kept beside the module, and run without Python's lock."""
    return cast(F, njit(cache=True, nogil=True)(function))


@compiled
def candidates(runs: Numbers, boxes: Numbers, run: int, clip: Numbers) -> Numbers:
    """Places of the shapes whose box meets a box (west, north, east, south)."""
    found = np.empty(boxes.shape[0], np.int64)
    count = 0
    for each in range(runs.shape[0]):
        if not _meets(runs, each, clip):
            continue
        for place in range(each * run, min((each + 1) * run, boxes.shape[0])):
            if _meets(boxes, place, clip):
                found[count] = place
                count += 1
    return found[:count].copy()


@compiled
def _meets(boxes: Numbers, place: int, clip: Numbers) -> bool:
    return bool(
        np.int64(boxes[place, 0]) <= clip[2]
        and np.int64(boxes[place, 2]) >= clip[0]
        and np.int64(boxes[place, 1]) <= clip[3]
        and np.int64(boxes[place, 3]) >= clip[1]
    )


@compiled
def write(
    chosen: Numbers,
    spans: Numbers,
    commands: Numbers,
    ids: Numbers,
    number_starts: Numbers,
    numbers: Numbers,
    tags: Numbers,
    word_starts: Numbers,
    words: Numbers,
    next_value: int,
) -> tuple[Numbers, Numbers, int]:
    """Bytes of the features that have commands, of their values, and the place of the next value after them.

    Keys are 0 for the number, then the columns of `tags`.
    """
    features = np.empty(5 * commands.size + 64 * chosen.size, np.uint8)
    values = np.empty(_length(chosen, number_starts, tags, word_starts), np.uint8)
    places = np.full(word_starts.size, -1, np.int64)
    pairs = np.empty(2 * (COLUMNS + 1), np.int64)
    at, end = 0, 0
    for each in range(chosen.size):
        if spans[each, 1] == spans[each, 0]:
            continue
        place = chosen[each]
        pairs[0], pairs[1], size = 0, next_value, 2
        end = _copied(numbers, number_starts[place], number_starts[place + 1], values, end)
        next_value += 1
        for column in range(COLUMNS):
            word = tags[place, column]
            if word < 0:
                continue
            if places[word] < 0:
                places[word] = next_value
                end = _copied(words, word_starts[word], word_starts[word + 1], values, end)
                next_value += 1
            pairs[size], pairs[size + 1] = column + 1, places[word]
            size += 2
        at = _feature(features, at, ids[place], pairs[:size], commands[spans[each, 0] : spans[each, 1]])
    return features[:at], values[:end], next_value


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
def _copied(source: Numbers, first: int, last: int, target: Numbers, at: int) -> int:
    for each in range(first, last):
        target[at] = source[each]
        at += 1
    return at


@compiled
def _feature(out: Numbers, at: int, number: int, pairs: Numbers, commands: Numbers) -> int:
    """Write one feature (field 2 of a layer); where it ends."""
    tagged, drawn = _size_of_all(pairs), _size_of_all(commands)
    size = 1 + _size(number) + 1 + _size(tagged) + tagged + 2 + 1 + _size(drawn) + drawn
    out[at] = 0x12
    at = _put(out, at + 1, size)
    out[at] = 0x08
    at = _put(out, at + 1, number)
    out[at] = 0x12
    at = _put_all(out, _put(out, at + 1, tagged), pairs)
    out[at], out[at + 1], out[at + 2] = 0x18, POLYGON, 0x22
    return _put_all(out, _put(out, at + 3, drawn), commands)


@compiled
def _size(value: int) -> int:
    """Bytes of a number in sevens of bits."""
    size = 1
    while value > 127:
        value >>= 7
        size += 1
    return size


@compiled
def _size_of_all(values: Numbers) -> int:
    total = 0
    for value in values:
        total += _size(int(value))
    return total


@compiled
def _put(out: Numbers, at: int, value: int) -> int:
    while value > 127:
        out[at] = value & 127 | 128
        value >>= 7
        at += 1
    out[at] = value
    return at + 1


@compiled
def _put_all(out: Numbers, at: int, values: Numbers) -> int:
    for value in values:
        at = _put(out, at, int(value))
    return at
