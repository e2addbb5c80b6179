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


def noded(rings: Rings) -> Mesh:
    """All rings with each other's corners, and extra ones along their long sides."""
    here = _keys(rings.corners)
    there = _following(here, rings.starts)
    rows = np.unique(
        np.concatenate([here, _lattice(here, there), _swapped(_lattice(_swapped(here), _swapped(there)))])
    )
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
