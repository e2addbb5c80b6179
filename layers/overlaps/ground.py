"""Shared ground in ground metres, as the extract of a plot measures it.

In: pairs with grid m², states of parcels, areas.  Out: ground m²: by the one scale of a plot, or, where a plot is too wide for one,
as `gis.geometry` measures the shape.
"""

import numpy as np
import shapely

from gis.geometry import ground_areas
from layers.extract.measure import ONE_SCALE
from layers.overlaps.measure import Pairs
from layers.overlaps.rings import Numbers, Shapes


def on_the_ground(pairs: Pairs, plots: Shapes, measured: Numbers, areas: Shapes, metric: int) -> Numbers:
    """Ground m² of each pair; `measured` are the ground m² of whole plots.  NaN stays NaN."""
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = shapely.area(plots) / measured
    found: Numbers = pairs.size / scale[pairs.plots]
    west, south, east, north = shapely.bounds(plots).T
    is_wide = (np.maximum(east - west, north - south) > ONE_SCALE)[pairs.plots]
    wide = np.flatnonzero(is_wide & np.isfinite(pairs.size))
    if len(wide):
        common = shapely.intersection(plots[pairs.plots[wide]], areas[pairs.areas[wide]])
        found[wide] = ground_areas(common, metric)
    return found
