"""Shapes of the sample: meshes as polygons on the map, and the faults that are planted between neighbours.

In: a mesh, the map positions of its corners, a share of faulty sides.  Out: shapely polygons in the metric system.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from layers.sample.blocks import Box
from layers.sample.ground import Floats, Ground, Ints
from layers.sample.noding import Mesh, noded, rings_of

Polygons = npt.NDArray[np.object_]


@dataclass(frozen=True, kw_only=True)
class Faults:
    """Sides where a plot was drawn without looking at its neighbour."""

    plot: Ints
    neighbour: Ints
    shift: Floats
    """Metres outwards: above 0 an overlap, below a gap."""


@dataclass(frozen=True, kw_only=True)
class Sides:
    """Sides that two plots share: where each begins in the mesh, and the plots on both sides."""

    at: Ints
    plot: Ints
    neighbour: Ints


def shared_sides(mesh: Mesh) -> Sides:
    """Every side between two plots, once, as walked by the one that comes first."""
    following = mesh.next_nodes()
    low, high = np.minimum(mesh.nodes, following), np.maximum(mesh.nodes, following)
    keys = low * np.int64(len(mesh.corners)) + high
    order = np.argsort(keys, kind="stable")
    twins = np.flatnonzero(np.diff(keys[order]) == 0)
    first, second = order[twins], order[twins + 1]
    owner = np.repeat(np.arange(len(mesh.starts) - 1), np.diff(mesh.starts))
    walk = np.argsort(first, kind="stable")
    return Sides(at=first[walk], plot=owner[first][walk], neighbour=owner[second][walk])


def polygons_of(
    mesh: Mesh, positions: Floats, faults: Faults | None = None, at: Ints | None = None
) -> Polygons:
    """One polygon per ring, counter-clockwise; at faulty sides two more corners, shifted out or in."""
    points, starts = positions[mesh.nodes], mesh.starts
    if faults is not None and at is not None and len(at):
        points, starts = _with_faults(mesh, positions, faults, at)
    ends = starts[1:]
    closed = np.insert(np.arange(len(points)), ends, starts[:-1])
    offsets = starts + np.arange(len(starts))
    shapes = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, points[closed], (offsets, np.arange(len(offsets)))
    )
    return np.asarray(shapely.orient_polygons(shapes))


def faults_among(
    sides: Sides, mesh: Mesh, positions: Floats, *, share: float, seed: int
) -> tuple[Faults, Ints]:
    """A share of the shared sides of 5 m or more, each with a gap or an overlap of 0.05 to 1 m, and where they begin."""
    rng = np.random.default_rng([seed, 4])
    lengths = np.hypot(*(positions[mesh.next_nodes()[sides.at]] - positions[mesh.nodes[sides.at]]).T)
    chosen = np.flatnonzero((rng.random(len(lengths)) < share) & (lengths >= 5.0))
    size = np.exp(rng.uniform(np.log(0.05), np.log(1.0), len(chosen)))
    shift = np.where(rng.random(len(chosen)) < 0.5, size, -size)
    faults = Faults(plot=sides.plot[chosen], neighbour=sides.neighbour[chosen], shift=shift)
    return faults, sides.at[chosen]


def _with_faults(mesh: Mesh, positions: Floats, faults: Faults, at: Ints) -> tuple[Floats, Ints]:
    a, b = positions[mesh.nodes[at]], positions[mesh.next_nodes()[at]]
    along = b - a
    length = np.hypot(along[:, 0], along[:, 1])
    outwards = _turning(mesh, positions)[faults.plot][:, None] * np.column_stack([along[:, 1], -along[:, 0]])
    moved = outwards / length[:, None] * faults.shift[:, None]
    near, far = np.round(a + 0.15 * along + moved, 3), np.round(a + 0.85 * along + moved, 3)
    points = np.insert(
        positions[mesh.nodes], np.repeat(at + 1, 2), np.stack([near, far], 1).reshape(-1, 2), axis=0
    )
    counts = np.diff(mesh.starts) + 2 * np.bincount(faults.plot, minlength=len(mesh.starts) - 1)
    return points, np.concatenate([[0], np.cumsum(counts)])


def _turning(mesh: Mesh, positions: Floats) -> Floats:
    """1 for rings that run counter-clockwise, -1 for the others."""
    points = positions[mesh.nodes] - positions[mesh.nodes[0]]
    following = positions[mesh.next_nodes()] - positions[mesh.nodes[0]]
    cross = points[:, 0] * following[:, 1] - points[:, 1] * following[:, 0]
    return np.sign(np.add.reduceat(cross, mesh.starts[:-1]))


def boxes_on_map(boxes: list[Box], ground: Ground) -> Polygons:
    """Boxes of the plan bent onto the ground; together they tile as the boxes do."""
    corners = [
        np.array([(b.west, b.south), (b.east, b.south), (b.east, b.north), (b.west, b.north)], dtype=np.int64)
        for b in boxes
    ]
    mesh = noded(rings_of(corners))
    return polygons_of(mesh, mesh.on_map(ground))
