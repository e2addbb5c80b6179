"""Shapes as columns of their rings, in an order and in blocks that lie together.

In: polygons and multipolygons in metres (shapely), one origin for all.  Out: `Rings`: shells counter-clockwise, holes clockwise,
without closing corners, and which shapes are broken; the blocks of plots for the join by boxes.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.errors import Invalid

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
Shapes = NDArray[np.object_]

POLYGON, MULTIPOLYGON = 3, 6
"""As shapely numbers them."""
TOGETHER = 64
"""Plots in a block."""
ROOMY = 10.0
"""Times the usual side beyond which a plot is a block of its own: a river's would make the box of its block too wide."""
CELLS = 65_535


@dataclass(frozen=True, kw_only=True, eq=False)
class Rings:
    """Shapes as columns; those that are broken have no rings."""

    x: Numbers
    y: Numbers
    rings: Places
    """Where each ring starts, and where the last one ends."""
    shapes: Places
    """The first ring of each shape, and one after the last."""
    boxes: Numbers
    """West, south, east, north of each shape, metres from the origin; of broken ones too."""
    broken: NDArray[np.bool_]
    """Shapes that GEOS does not call valid: what they cover is not known."""

    def __len__(self) -> int:
        return len(self.broken)

    @property
    def columns(self) -> tuple[Numbers, Numbers, Places, Places, Numbers]:
        """As the kernel takes them."""
        return self.x, self.y, self.rings, self.shapes, self.boxes


def check_areas(shapes: Shapes, what: str) -> None:
    """Refuse what covers no ground: missing shapes, lines and points."""
    kinds = shapely.get_type_id(shapes)
    strays = np.flatnonzero((kinds != POLYGON) & (kinds != MULTIPOLYGON))
    if len(strays):
        named = ", ".join(str(each) for each in strays[:5])
        raise Invalid(
            f"The {what} have {len(strays)} shapes that are no areas (rows {named}); leave them out, or buffer them first."
        )


def rings_of(shapes: Shapes, origin: tuple[float, float]) -> Rings:
    """Areas as columns; an empty one has no ring and a box that meets nothing."""
    broken = ~shapely.is_valid(shapes)
    sound = np.where(broken, shapely.MultiPolygon(), shapes)
    parts, part_of = shapely.get_parts(sound, return_index=True)
    bounds, ring_of = shapely.get_rings(parts, return_index=True)
    corners, corner_of = shapely.get_coordinates(bounds, return_index=True)
    is_kept = np.diff(corner_of, append=-1) == 0  # all but the corner that closes each ring
    corners, corner_of = corners[is_kept], corner_of[is_kept]
    is_hole = np.diff(ring_of, prepend=-1) == 0
    starts = np.searchsorted(corner_of, np.arange(len(bounds) + 1))
    x, y = _turned(corners[:, 0] - origin[0], corners[:, 1] - origin[1], starts, corner_of, is_hole)
    boxes = shapely.bounds(shapes) - np.array([*origin, *origin])
    return Rings(
        x=x,
        y=y,
        rings=starts,
        shapes=np.searchsorted(part_of[ring_of], np.arange(len(shapes) + 1)),
        boxes=boxes,
        broken=broken,
    )


def _turned(
    x: Numbers, y: Numbers, starts: Places, ring: Places, is_hole: NDArray[np.bool_]
) -> tuple[Numbers, Numbers]:
    """Corners with every shell counter-clockwise and every hole clockwise."""
    first, end, places = starts[:-1][ring], starts[1:][ring], np.arange(len(x))
    after = np.where(places + 1 == end, first, places + 1)
    west, south = x - x[first], y - y[first]
    twice = np.bincount(ring, west * south[after] - west[after] * south, minlength=len(is_hole))
    is_wrong = (twice > 0) == is_hole
    order = np.where(is_wrong[ring], first + end - 1 - places, places)
    return np.ascontiguousarray(x[order]), np.ascontiguousarray(y[order])


def blocks_of(boxes: Numbers) -> tuple[Places, Places]:
    """Plots in an order that keeps together what lies together, and where in it each block starts; those without ground left out."""
    there = np.flatnonzero(np.isfinite(boxes).all(axis=1))
    if not len(there):
        return there, np.zeros(1, np.int64)
    west, south, east, north = boxes[there].T
    side = np.maximum(east - west, north - south)
    is_roomy = side > ROOMY * np.median(side)
    order = np.lexsort((_morton((west + east) / 2, (south + north) / 2), is_roomy))
    small = int((~is_roomy).sum())
    starts = np.concatenate([np.arange(0, small, TOGETHER), np.arange(small, len(there) + 1)])
    return there[order], np.unique(starts)


def _morton(x: Numbers, y: Numbers) -> NDArray[np.uint64]:
    """Places along a curve that winds through all cells of a grid (Morton, 1966)."""
    reach = max(float(np.ptp(x)), float(np.ptp(y)), 1.0)
    spread = []
    for axis in (x, y):
        cells = ((axis - axis.min()) / reach * CELLS).astype(np.uint64)
        for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
            cells = (cells | (cells << np.uint64(shift))) & np.uint64(mask)
        spread.append(cells)
    found: NDArray[np.uint64] = spread[0] | (spread[1] << np.uint64(1))
    return found
