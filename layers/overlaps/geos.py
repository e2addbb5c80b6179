"""The same by GEOS: how pairs are measured where there is no compiler, and what the compiled kernel is held against.

In: plots and areas (shapely, valid).  Out: pairs with their grid m².
"""

import numpy as np
import shapely

from layers.overlaps.rings import Numbers, Places, Shapes

AT_ONCE = 20_000
"""Pairs overlaid at a time, so that memory does not grow with them."""


def shared_by_geos(plots: Shapes, areas: Shapes, least: float) -> tuple[Places, Places, Numbers]:
    """Plot, area and grid m² of every pair that shares more than `least` m²."""
    plot, area = shapely.STRtree(areas).query(plots, predicate="intersects")
    size = np.empty(len(plot))
    for first in range(0, len(plot), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        size[some] = shapely.area(shapely.intersection(plots[plot[some]], areas[area[some]]))
    is_ground = size > least
    return plot[is_ground], area[is_ground], size[is_ground]
