"""How much ground plots share with areas: every pair of a town, on all cores.

In: plots and areas in metres of one system (shapely).  Out: `Pairs` with grid m².  A compiled kernel measures; without numba GEOS does,
to the same 1e-4 m².  What is broken has pairs without a size wherever boxes meet: not known, which is not nothing.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise
from math import floor
from types import ModuleType

import numpy as np
import shapely

from layers.overlaps.geos import shared_by_geos
from layers.overlaps.rings import Numbers, Places, Rings, Shapes, blocks_of, check_areas, rings_of

LEAST = 1e-4
"""Square metres: so much two ways of measuring may differ, so what is less cannot be told from a touch."""
TURNS = 8
"""Shares of the work for each core, so that one with much to do holds up no other for long."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """What plots share with areas, by plot and area; both are places in what was asked about."""

    plots: Places
    areas: Places
    size: Numbers
    """Grid m²; NaN where plot or area is broken."""

    def __len__(self) -> int:
        return len(self.size)


@dataclass(frozen=True, kw_only=True, eq=False)
class Areas:
    """Areas made ready once, for any number of plots."""

    shapes: Shapes
    rings: Rings
    tree: shapely.STRtree
    """By their boxes, metres from the origin."""
    origin: tuple[float, float]


def areas_ready(shapes: Shapes) -> Areas:
    """Areas to measure plots against; `Invalid` for lines and points."""
    check_areas(shapes, "areas")
    corner = shapely.total_bounds(shapes)[:2] if len(shapes) else np.zeros(2)
    west, south = np.nan_to_num(corner).tolist()
    origin = float(floor(west)), float(floor(south))
    rings = rings_of(shapes, origin)
    return Areas(shapes=shapes, rings=rings, tree=shapely.STRtree(_boxes(rings.boxes)), origin=origin)


def shared_ground(plots: Shapes, areas: Areas, *, cores: int | None = None) -> Pairs:
    """Every pair of plot and area that shares more than `LEAST` m² of the grid; `cores` is all of them unless said."""
    check_areas(plots, "plots")
    own = rings_of(plots, areas.origin)
    plot, area, size = _measured(plots, own, areas, cores or usable_cores())
    doubtful = _doubtful(own, areas)
    plot = np.concatenate([plot, doubtful[0]])
    area = np.concatenate([area, doubtful[1]])
    size = np.concatenate([size, np.full(len(doubtful[0]), np.nan)])
    order = np.lexsort((area, plot))
    return Pairs(plots=plot[order], areas=area[order], size=size[order])


def is_compiled() -> bool:
    """Whether the compiled kernel measures here; without numba GEOS does."""
    return _kernel() is not None


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _measured(plots: Shapes, own: Rings, areas: Areas, cores: int) -> tuple[Places, Places, Numbers]:
    kernel = _kernel()
    if kernel is not None:
        return _by_kernel(kernel, own, areas, cores)
    sound, others = np.flatnonzero(~own.broken), np.flatnonzero(~areas.rings.broken)
    plot, area, size = shared_by_geos(plots[sound], areas.shapes[others], LEAST)
    return sound[plot], others[area], size


def _kernel() -> ModuleType | None:
    try:
        return import_module("layers.overlaps.kernel")
    except ImportError:
        return None


def _by_kernel(kernel: ModuleType, own: Rings, areas: Areas, cores: int) -> tuple[Places, Places, Numbers]:
    order, starts = blocks_of(own.boxes)
    if len(starts) < 2:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    candidate_starts, candidates = _candidates(own.boxes[order], starts, areas)
    is_convex = kernel.convex(own.x, own.y, own.rings, own.shapes)
    cuts = np.unique(np.linspace(0, len(starts) - 1, cores * TURNS + 1).astype(np.int64))

    def share(first: int, last: int) -> tuple[Places, Places, Numbers]:
        blocks, chosen = starts[first : last + 1], candidate_starts[first : last + 1]
        found: tuple[Places, Places, Numbers] = kernel.shared(
            own.columns, is_convex, order, blocks, areas.rings.columns, chosen, candidates, LEAST
        )
        return found

    with ThreadPoolExecutor(cores) as pool:
        found = list(pool.map(share, *zip(*pairwise(cuts.tolist()), strict=True)))
    plot, area, size = zip(*found, strict=True)
    return np.concatenate(plot), np.concatenate(area), np.concatenate(size)


def _candidates(boxes: Numbers, starts: Places, areas: Areas) -> tuple[Places, Places]:
    """For each block of plots, whose boxes stand in order, the areas that its box meets: where they start, and they."""
    low = np.minimum.reduceat(boxes[:, :2], starts[:-1])
    high = np.maximum.reduceat(boxes[:, 2:], starts[:-1])
    block, area = areas.tree.query(_boxes(np.hstack([low, high])))
    order = np.lexsort((area, block))
    return np.searchsorted(block[order], np.arange(len(starts))), area[order]


def _doubtful(own: Rings, areas: Areas) -> tuple[Places, Places]:
    """Pairs of which one is broken and whose boxes meet."""
    broken = np.flatnonzero(own.broken)
    plot, area = areas.tree.query(_boxes(own.boxes[broken]))
    found = [(broken[plot], area)]
    others = np.flatnonzero(areas.rings.broken)
    if len(others):
        sound = np.flatnonzero(~own.broken)
        plot, other = shapely.STRtree(_boxes(areas.rings.boxes[others])).query(_boxes(own.boxes[sound]))
        found.append((sound[plot], others[other]))
    return np.concatenate([each[0] for each in found]), np.concatenate([each[1] for each in found])


def _boxes(bounds: Numbers) -> Shapes:
    """Boxes as shapes; none for a shape without ground."""
    boxes = np.full(len(bounds), None, dtype=object)
    there = np.isfinite(bounds).all(axis=1)
    boxes[there] = shapely.box(*bounds[there].T)
    return boxes
