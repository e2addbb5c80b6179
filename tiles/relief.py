"""The lie of the land: how steep, to which side, in what light, from heights on a grid of cells measured in ground metres.

In: heights (m), rows from the north, NaN where unknown; where the cells lie.  Out: rise eastward and northward (m per m) by Horn's
method (Horn 1981, Proc. IEEE 69(1)), and from these slope, aspect and shade.  A cell at the rim or beside an unknown one has none.
"""

from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray

from gis.crs import GEOID, crs_of, ground_distance

Cells = NDArray[np.float64]

FLAT = 0.5
"""Degrees of slope up to which ground falls to no side in particular."""
LIGHT_FROM, LIGHT_ABOVE = 315.0, 45.0
"""Degrees clockwise from north, and above the horizon, from which hills are lit."""


def cell_sizes(epsg: int, grid: Affine, rows: int, columns: int) -> tuple[Cells, Cells]:
    """Ground metres of a cell eastward and northward, for each row: in degrees a cell narrows towards the poles."""
    middle = grid.c + grid.a * columns / 2
    if not crs_of(epsg).is_geographic:
        level = grid.f + grid.e * rows / 2
        across = ground_distance(epsg, (middle - grid.a / 2, level), (middle + grid.a / 2, level))
        along = ground_distance(epsg, (middle, level + grid.e / 2), (middle, level - grid.e / 2))
        return np.full(rows, across), np.full(rows, along)
    x, y = np.full(rows, middle), grid.f + grid.e * (np.arange(rows) + 0.5)
    return _between(x - grid.a / 2, y, x + grid.a / 2, y), _between(x, y + grid.e / 2, x, y - grid.e / 2)


def _between(*ends: Any) -> Cells:
    """Geodesic metres between places in degrees."""
    return np.asarray(GEOID.inv(*ends)[2], dtype=np.float64)


def rises(heights: Cells, across: Cells, along: Cells) -> Cells:
    """Rise eastward, then northward, of each cell, in metres for each metre; `across` and `along` as `cell_sizes` tells them."""
    found = np.full((2, *heights.shape), np.nan)
    if min(heights.shape) < 3:
        return found
    a, b, c = heights[:-2, :-2], heights[:-2, 1:-1], heights[:-2, 2:]
    d, own, f = heights[1:-1, :-2], heights[1:-1, 1:-1], heights[1:-1, 2:]
    g, h, i = heights[2:, :-2], heights[2:, 1:-1], heights[2:, 2:]
    unknown = np.where(np.isnan(own), np.nan, 0.0)
    east = ((c + 2 * f + i) - (a + 2 * d + g)) / (8 * across[1:-1, None])
    north = ((a + 2 * b + c) - (g + 2 * h + i)) / (8 * along[1:-1, None])
    found[0, 1:-1, 1:-1] = east + unknown
    found[1, 1:-1, 1:-1] = north + unknown
    return found


def slope(rise: Cells) -> Cells:
    """Steepness in degrees, 0 to 90."""
    return np.asarray(np.degrees(np.arctan(np.hypot(rise[0], rise[1]))), dtype=np.float64)


def aspect(rise: Cells) -> Cells:
    """The side to which the ground falls, in degrees clockwise from the grid's north; NaN where it is flat."""
    towards = np.degrees(np.arctan2(-rise[0], -rise[1])) % 360
    return np.asarray(np.where(slope(rise) > FLAT, towards, np.nan), dtype=np.float64)


def shade(rise: Cells) -> Cells:
    """Light on the ground, 0 (none) to 1, from a sun in the north-west, as maps are lit."""
    bearing, above = np.radians(LIGHT_FROM), np.radians(LIGHT_ABOVE)
    east, north, up = np.sin(bearing) * np.cos(above), np.cos(bearing) * np.cos(above), np.sin(above)
    steep = np.sqrt(1 + rise[0] ** 2 + rise[1] ** 2)
    return np.asarray(np.clip((up - rise[0] * east - rise[1] * north) / steep, 0, 1), dtype=np.float64)
