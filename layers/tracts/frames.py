"""The frames of many plots: each plot's own origin and scale, and shapes moved into them, as `layers.site` moves those of one.

In: shapes in grid metres.  Out: shapes in metres of the plots' frames, to 0.1 mm; and back.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from gis.crs import areal_scales
from gis.site_document import DECIMALS
from layers.tracts.model import Floats, Ints, Shapes


@dataclass(frozen=True, kw_only=True)
class Frames:
    """Grid metres of each plot's origin, and how many make a metre on the ground."""

    east: Floats
    north: Floats
    scale: Floats

    def moved(self, shapes: Shapes, plot: Ints) -> Shapes:
        """Shapes of the grid in the frames of their plots; none is mended, so one that is so thin that rounding breaks it is not valid."""
        flat = shapely.force_2d(shapes)
        points, owner = shapely.get_coordinates(flat, return_index=True)
        of = plot[owner]
        origin = np.column_stack([self.east[of], self.north[of]])
        rounded = np.round((points - origin) / self.scale[of][:, None], DECIMALS) + 0.0
        found: Shapes = shapely.set_coordinates(flat, rounded)
        return found

    def to_grid(self, shapes: Shapes) -> Shapes:
        """A shape of each plot's frame in metres of the grid."""
        points, owner = shapely.get_coordinates(shapes, return_index=True)
        origin = np.column_stack([self.east, self.north])[owner]
        found: Shapes = shapely.set_coordinates(shapes.copy(), points * self.scale[owner][:, None] + origin)
        return found


def frames_of(boundaries: Shapes, metric: int) -> Frames:
    """The frames of plots: south-western corners down to whole metres, point scales at their middles."""
    bounds = shapely.bounds(boundaries).reshape(-1, 4)
    middle = shapely.centroid(boundaries)
    scales = areal_scales(metric, shapely.get_x(middle), shapely.get_y(middle))
    return Frames(east=np.floor(bounds[:, 0]), north=np.floor(bounds[:, 1]), scale=np.sqrt(scales))
