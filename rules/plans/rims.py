"""The outline of a shape as straight sides that can be asked for their nearest point, for thousands of places at once.

In: a shape in metres and a place to count from; places as their x and their y, arrays of any form.  Out: the same form, metres from that place.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from gis.geometry import polygons_of

Points = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Numbers = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Which = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

MOST_COMPARED = 60
"""Sides of an outline up to which every place is compared with every side; more are looked up in a tree."""
AS_NEAR = 1e-9
"""Share by which two sides may differ in their distance and still be one as near as the other."""


@dataclass(frozen=True, slots=True)
class Places:
    """Places, or directions, by their coordinates in metres."""

    x: Numbers
    y: Numbers

    def less(self, other: "Places") -> "Places":
        """From the other places to these."""
        return Places(self.x - other.x, self.y - other.y)

    def beside(self, other: "Places") -> "Places":
        """Both, one row of theirs behind one row of these."""
        return Places(np.concatenate([self.x, other.x], axis=1), np.concatenate([self.y, other.y], axis=1))


class Rim:
    """The outline of a shape about a centre: where each side starts, the way along it, and its length; `size` is its greatest extent."""

    def __init__(self, shape: BaseGeometry, centre: Points) -> None:
        rings = shapely.get_rings(np.array([orient(part) for part in polygons_of(shape)]))
        corners, ring = shapely.get_coordinates(rings, return_index=True)
        vectors = np.diff(corners, axis=0)
        real = (ring[1:] == ring[:-1]) & (np.hypot(vectors[:, 0], vectors[:, 1]) > 0)
        self.starts: Points = (corners[:-1] - centre)[real]
        self.vectors: Points = vectors[real]
        self.lengths: Numbers = np.hypot(self.vectors[:, 0], self.vectors[:, 1])
        self.size = float(np.ptp(self.starts, axis=0).max())
        self._squares = self.lengths**2
        self._normals = Places(-self.vectors[:, 1] / self.lengths, self.vectors[:, 0] / self.lengths)
        self._tree: shapely.STRtree | None = None

    def evenly(self, count: int) -> Places:
        """So many places, evenly spaced along the whole outline."""
        reached = np.cumsum(self.lengths)
        along = (np.arange(count) + 0.5) * (reached[-1] / count)
        which = np.minimum(np.searchsorted(reached, along), len(reached) - 1)
        share = (along - reached[which] + self.lengths[which]) / self.lengths[which]
        found = self.starts[which] + self.vectors[which] * share[:, None]
        return Places(found[:, 0].copy(), found[:, 1].copy())

    def nearest(self, places: Places) -> tuple[Places, Places]:
        """The nearest place of the outline to each place, and the unit normal of the side it lies on."""
        which = self._nearest_sides(places.x.ravel(), places.y.ravel()).reshape(places.x.shape)
        start_x, start_y = self.starts[:, 0][which], self.starts[:, 1][which]
        along_x, along_y = self.vectors[:, 0][which], self.vectors[:, 1][which]
        reached = (places.x - start_x) * along_x + (places.y - start_y) * along_y
        share = np.clip(reached / self._squares[which], 0.0, 1.0)
        normals = Places(self._normals.x[which], self._normals.y[which])
        return Places(start_x + along_x * share, start_y + along_y * share), normals

    def distances(self, places: Places) -> Numbers:
        """Metres from each place to the outline."""
        away = places.less(self.nearest(places)[0])
        return np.hypot(away.x, away.y)

    def _nearest_sides(self, x: Numbers, y: Numbers) -> Which:
        """The side nearest to each place; which of several that are as near as each other, the tree decides in either case."""
        if len(self.starts) > MOST_COMPARED:
            return self._looked_up(x, y)
        from_x, from_y = x[:, None] - self.starts[:, 0], y[:, None] - self.starts[:, 1]
        share = (from_x * self.vectors[:, 0] + from_y * self.vectors[:, 1]) / self._squares
        np.clip(share, 0.0, 1.0, out=share)
        from_x -= share * self.vectors[:, 0]
        from_y -= share * self.vectors[:, 1]
        apart = from_x * from_x + from_y * from_y
        which: Which = apart.argmin(axis=1)
        most = np.take_along_axis(apart, which[:, None], axis=1) * (1 + AS_NEAR) + (AS_NEAR * self.size) ** 2
        open_ones = np.flatnonzero(np.count_nonzero(apart <= most, axis=1) > 1)
        if len(open_ones):
            which[open_ones] = self._looked_up(x[open_ones], y[open_ones])
        return which

    def _looked_up(self, x: Numbers, y: Numbers) -> Which:
        if self._tree is None:
            ends = np.stack([self.starts, self.starts + self.vectors], axis=1)
            self._tree = shapely.STRtree(shapely.linestrings(ends))
        found: Which = self._tree.query_nearest(shapely.points(x, y), all_matches=False)[1]
        return found
