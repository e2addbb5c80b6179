"""Corners that meet: every corner that lies on another's side becomes a corner of both.

In: rings of whole-centimetre corners whose sides run along the axes.  Out: the same rings with all corners in them, as
indices into one list of corners, so that neighbours share their boundary to the last digit wherever it is bent to.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layers.sample.ground import Floats, Ground, Ints

OFFSET = 1 << 24
SHIFT = 32
LATTICE = 2_500
"""Centimetres between the extra corners of long sides, so that they can follow the ground's bends."""
LONG = 4_000


@dataclass(frozen=True, kw_only=True)
class Rings:
    """Rings as runs of one flat array: corners (n, 2) in centimetres, and where each ring begins (and the end)."""

    corners: Ints
    starts: Ints

    def __len__(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """Noded rings: indices into `corners`, ring by ring, unclosed."""

    corners: Ints
    nodes: Ints
    starts: Ints

    def on_map(self, ground: Ground) -> Floats:
        """All corners on the map, to the millimetre."""
        return np.round(ground.on_map(self.corners / 100.0), 3)

    def next_nodes(self) -> Ints:
        """For each entry of `nodes`, the node that follows it in its ring."""
        following = np.empty_like(self.nodes)
        following[:-1] = self.nodes[1:]
        following[self.starts[1:] - 1] = self.nodes[self.starts[:-1]]
        return following


def rings_of(polygons: list[Ints]) -> Rings:
    """Rings from one array of corners each."""
    lengths = np.array([len(polygon) for polygon in polygons], dtype=np.int64)
    return Rings(
        corners=np.concatenate(polygons).astype(np.int64), starts=np.concatenate([[0], np.cumsum(lengths)])
    )


def _keys(corners: Ints) -> Ints:
    return ((corners[:, 1] + OFFSET) << SHIFT) | (corners[:, 0] + OFFSET)


def _swapped(keys: Ints) -> Ints:
    return ((keys & ((1 << SHIFT) - 1)) << SHIFT) | (keys >> SHIFT)


def noded(rings: Rings, *, paths: Ints | None = None) -> Mesh:
    """All rings with each other's corners, and extra ones along their long sides.

    `paths` are narrow strips between rings (west, south, east, north): a corner on one side of a strip is also made on
    the other, so that both sides bend alike and the strip stays open.
    """
    here = _keys(rings.corners)
    there = _following(here, rings.starts)
    lattice = [_lattice(here, there), _swapped(_lattice(_swapped(here), _swapped(there)))]
    rows = np.unique(np.concatenate([here, *lattice]))
    if paths is not None and len(paths):
        rows = np.unique(np.concatenate([rows, *_facing(rows, paths)]))
    columns_order = np.argsort(_swapped(rows), kind="stable")
    columns = _swapped(rows)[columns_order]
    upright = (here & ((1 << SHIFT) - 1)) == (there & ((1 << SHIFT) - 1))
    nodes, counts = _filled(here, there, upright, rows, columns, columns_order)
    ends = np.concatenate([[0], np.cumsum(counts)])
    corners = np.column_stack([(rows & ((1 << SHIFT) - 1)) - OFFSET, (rows >> SHIFT) - OFFSET])
    return Mesh(corners=corners, nodes=nodes, starts=ends[rings.starts])


def _following(keys: Ints, starts: Ints) -> Ints:
    following = np.empty_like(keys)
    following[:-1] = keys[1:]
    following[starts[1:] - 1] = keys[starts[:-1]]
    return following


def _lattice(here: Ints, there: Ints) -> Ints:
    """Keys of the lattice corners on long level sides."""
    level = ((here >> SHIFT) == (there >> SHIFT)) & (np.abs(there - here) > LONG)
    low, high = np.minimum(here, there)[level], np.maximum(here, there)[level]
    row = low >> SHIFT
    base = (low & ((1 << SHIFT) - 1)) - OFFSET
    first = -(-(base + 1) // LATTICE) * LATTICE
    last = ((high & ((1 << SHIFT) - 1)) - OFFSET - 1) // LATTICE * LATTICE
    counts = np.maximum((last - first) // LATTICE + 1, 0)
    steps = within(counts)
    return (np.repeat(row, counts) << SHIFT) | (np.repeat(first, counts) + steps * LATTICE + OFFSET)


def _facing(rows: Ints, paths: Ints) -> list[Ints]:
    """Keys of the corners that face those on the other long side of narrow strips."""
    level = (paths[:, 2] - paths[:, 0]) >= (paths[:, 3] - paths[:, 1])
    columns = np.sort(_swapped(rows))
    upright = paths[~level][:, [1, 0, 3, 2]]
    return [
        *(_across(rows, paths[level], *sides) for sides in ((1, 3), (3, 1))),
        *(_swapped(_across(columns, upright, *sides)) for sides in ((1, 3), (3, 1))),
    ]


def _across(rows: Ints, strips: Ints, side: int, other: int) -> Ints:
    """Keys on the other side of level strips for the corners along one side."""
    row, target = strips[:, side] + OFFSET, strips[:, other] + OFFSET
    first = np.searchsorted(rows, (row << SHIFT) | (strips[:, 0] + OFFSET))
    last = np.searchsorted(rows, (row << SHIFT) | (strips[:, 2] + OFFSET), side="right")
    counts = last - first
    found = rows[np.repeat(first, counts) + within(counts)]
    return np.asarray((np.repeat(target, counts) << SHIFT) | (found & ((1 << SHIFT) - 1)))


def within(counts: Ints) -> Ints:
    """0, 1, ... for each run of the given lengths."""
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)


def _filled(
    here: Ints, there: Ints, upright: npt.NDArray[np.bool_], rows: Ints, columns: Ints, order: Ints
) -> tuple[Ints, Ints]:
    """Node indices along every side, its own first corner included, and how many each side has."""
    a, b = np.where(upright, _swapped(here), here), np.where(upright, _swapped(there), there)
    low, high = np.minimum(a, b), np.maximum(a, b)
    first = np.where(upright, np.searchsorted(columns, low), np.searchsorted(rows, low))
    last = np.where(upright, np.searchsorted(columns, high), np.searchsorted(rows, high))
    counts = last - first
    steps = within(counts)
    forward = np.repeat(a < b, counts)
    at = np.where(forward, np.repeat(first, counts) + steps, np.repeat(last, counts) - steps)
    return np.where(np.repeat(upright, counts), order[at], at), counts
