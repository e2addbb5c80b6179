"""Shapes and words as flat arrays: heaped up in the order they come, then settled along a Hilbert curve.

In: polygons in Web Mercator, or on the grid already, with ids and attributes.  Out: `Columns`, saved to and opened from `.npy`
files.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from math import pi
from pathlib import Path
from typing import Any, Self

import numpy as np
import shapely
from numpy.typing import NDArray

GRID = 2.0**32
"""Units of the world's side: zoom 20 in tiles of 4096."""
AROUND = 2 * pi * 6_378_137.0
"""Metres around the equator in Web Mercator."""
CURVE = 24
"""Bits of a side of the Hilbert curve."""
STRETCH = 64
"""Runs with one box in common."""
Numbers = NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Parcels by place along the curve; `…_starts` are one longer than what they divide."""

    ids: Numbers
    boxes: Numbers
    """West, north, east, south of each parcel, in units of the grid."""
    runs: Numbers
    """The same of each run of parcels."""
    ring_starts: Numbers
    is_outer: Numbers
    """For each ring, whether a polygon begins with it; outer rings turn clockwise on the map, holes the other way."""
    point_starts: Numbers
    points: Numbers
    """Corners of the rings, the last not repeated."""
    sound: Numbers
    """For each parcel the units in which it can be drawn whole, none of its lines touching another, as far as is proved:
    bit `n` stands for units of `2 ** n` of the grid."""
    number_starts: Numbers
    numbers: Numbers
    """Each parcel's number, or of how many a block is made, as a value of a vector tile."""
    tags: Numbers
    """For each parcel and attribute the place of its word, -1 for none."""
    word_starts: Numbers
    words: Numbers

    @cached_property
    def stretches(self) -> Numbers:
        """Boxes of each stretch of runs; not stored, for a store that is opened has few of them."""
        return _runs(self.runs, STRETCH)

    def save(self, folder: Path) -> None:
        """Write every column into a new folder."""
        folder.mkdir()
        for each in fields(self):
            np.save(folder / f"{each.name}.npy", getattr(self, each.name))

    @classmethod
    def opened(cls, folder: Path) -> Self:
        """The columns of a folder, mapped; `FileNotFoundError` where one is missing."""
        return cls(**{each.name: mapped(folder / f"{each.name}.npy") for each in fields(cls)})


def mapped(file: Path) -> Numbers:
    """A saved array, mapped; `FileNotFoundError` where it is missing."""
    try:
        column: Numbers = np.load(file, mmap_mode="r").view(np.ndarray)
    except ValueError:  # nothing in it, which cannot be mapped
        column = np.load(file)
        column.setflags(write=False)
    return column


@dataclass(kw_only=True)
class Heap:
    """Columns while they are read."""

    count: int = 0
    ids: list[Numbers] = field(default_factory=list)
    rings: list[Numbers] = field(default_factory=list)
    is_outer: list[Numbers] = field(default_factory=list)
    corners: list[Numbers] = field(default_factory=list)
    points: list[Numbers] = field(default_factory=list)
    numbers: list[bytes] = field(default_factory=list)
    tags: list[Numbers] = field(default_factory=list)
    words: dict[str, int] = field(default_factory=dict)

    def add(
        self,
        ids: Sequence[int],
        numbers: Sequence[str | int],
        attributes: Sequence[Sequence[str | None]],
        shapes: NDArray[np.object_],
        *,
        placed: "Callable[[Numbers], Numbers] | None" = None,
    ) -> None:
        """Heap up some parcels, each a polygon or several; `placed` says where on the grid their corners are."""
        parts, owner = shapely.get_parts(shapes, return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        points, ring = shapely.get_coordinates(rings, return_index=True)
        is_last = np.append(ring[1:] != ring[:-1], True)
        self.rings.append(np.bincount(owner[part], minlength=len(ids)))
        self.is_outer.append(np.append(True, part[1:] != part[:-1])[: len(part)])
        self.corners.append(np.bincount(ring[~is_last], minlength=len(rings)))
        self.points.append((placed or on_the_grid)(points[~is_last]))
        self.ids.append(np.asarray(ids, np.int64))
        self.numbers.extend(value(number) for number in numbers)
        self.tags.append(np.array([self._places(each) for each in attributes], np.int32).T)
        self.count += len(ids)

    def _places(self, attribute: Sequence[str | None]) -> list[int]:
        return [-1 if word is None else self.words.setdefault(word, len(self.words)) for word in attribute]


def on_the_grid(points: Numbers) -> Numbers:
    """Positions in metres of Web Mercator as units of the grid, y from the north."""
    share = np.column_stack([points[:, 0] / AROUND + 0.5, 0.5 - points[:, 1] / AROUND])
    grid: Numbers = np.clip(np.rint(share * GRID), 0, GRID - 1).astype(np.uint32)
    return grid


def value(word: str | int) -> bytes:
    """A word or a count as a value of a layer (field 4), a string (field 1) or an unsigned number (field 5) in it."""
    if isinstance(word, int):
        inner = b"\x28" + varint(word)
    else:
        raw = word.encode()
        inner = b"\x0a" + varint(len(raw)) + raw
    return b"\x22" + varint(len(inner)) + inner


def varint(number: int) -> bytes:
    """A number in sevens of bits, the lowest first."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def settled(heap: Heap, *, run: int) -> Columns:
    """The heap in its final order."""
    ring_starts, point_starts = starts_of(_joined(heap.rings)), starts_of(_joined(heap.corners))
    points = np.concatenate([*heap.points, np.empty((0, 2), np.uint32)])
    boxes = _boxes(points, point_starts[ring_starts])
    order = np.argsort(along_the_curve(boxes), kind="stable")
    rings, new_ring_starts = gathered(ring_starts, order)
    corners, new_point_starts = gathered(point_starts, rings)
    numbers, number_starts = gathered(
        starts_of(np.array([len(each) for each in heap.numbers], np.int64)), order
    )
    words = [value(word) for word in heap.words]
    boxes = boxes[order]
    return Columns(
        ids=_joined(heap.ids)[order],
        boxes=boxes,
        runs=_runs(boxes, run),
        ring_starts=new_ring_starts,
        is_outer=_joined(heap.is_outer).astype(np.bool_)[rings],
        point_starts=new_point_starts,
        points=points[corners],
        sound=np.zeros(len(order), np.uint16),
        number_starts=number_starts,
        numbers=np.frombuffer(b"".join(heap.numbers), np.uint8)[numbers],
        tags=np.concatenate([*heap.tags, np.empty((0, 3), np.int32)])[order],
        word_starts=starts_of(np.array([len(word) for word in words], np.int64)),
        words=np.frombuffer(b"".join(words), np.uint8),
    )


def _joined(pieces: list[Numbers]) -> Numbers:
    joined: Numbers = np.concatenate([*pieces, np.empty(0, np.int64)])
    return joined


def starts_of(counts: Numbers) -> Numbers:
    """Where each run begins, and the last one ends, from their lengths."""
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts


def gathered(starts: Numbers, order: Numbers) -> tuple[Numbers, Numbers]:
    """What lies between the starts, in another order: its old places, and the new starts."""
    counts = np.diff(starts)[order]
    fresh = starts_of(counts)
    return np.repeat(starts[order] - fresh[:-1], counts) + np.arange(fresh[-1]), fresh


def _boxes(points: Numbers, starts: Numbers) -> Numbers:
    """Boxes of runs of points, none of them empty."""
    if len(starts) == 1:
        return np.empty((0, 4), np.uint32)
    low, high = np.minimum.reduceat(points, starts[:-1]), np.maximum.reduceat(points, starts[:-1])
    return np.column_stack([low, high])


def _runs(boxes: Numbers, run: int) -> Numbers:
    firsts = np.arange(0, len(boxes), run)
    if not len(firsts):
        return boxes
    low, high = np.minimum.reduceat(boxes, firsts), np.maximum.reduceat(boxes, firsts)
    return np.column_stack([low[:, :2], high[:, 2:]])


def along_the_curve(boxes: Numbers) -> Numbers:
    """How far along a Hilbert curve over the world each box has its middle."""
    middle = (boxes[:, :2].astype(np.int64) + boxes[:, 2:]) // 2 >> 32 - CURVE
    x, y = middle[:, 0], middle[:, 1]
    far = np.zeros(len(boxes), np.int64)
    side = 1 << CURVE - 1
    while side:
        right, low = (x & side) > 0, (y & side) > 0
        far += side * side * ((3 * right) ^ low)
        x, y = np.where(~low & right, side - 1 - x, x), np.where(~low & right, side - 1 - y, y)
        x, y = np.where(low, x, y), np.where(low, y, x)
        side >>= 1
    return far
