"""Ground about which a layer cannot be silent: where the features lie that were refused.

In: the features of each batch that were wanted and did not go in.  Out: a coverage without their ground; an empty one where
a feature was refused of which nobody can say where it lies.  Otherwise a restriction with a wrong date would read as "not
affected" on its own ground.
"""

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from layers.importers.batches import Batch, Mask, Shapes
from layers.importers.position import Ground

_SPARED = "{} features were refused; on their ground, and near it, this layer answers “no data”."
_SPEECHLESS = (
    "{} features were refused of which nobody knows where they lie, so outside its features this layer answers “no data”."
    " Mend them, or leave them out with `where`."
)


@dataclass(kw_only=True)
class LostGround:
    """Where refused features lie, as far as they say it."""

    around: float
    """Metres by which such a feature may reach further than it is drawn: its accuracy and half its width."""
    placed: list[BaseGeometry] = field(default_factory=list)
    """Their ground in metres, grown."""
    unplaced: int = 0
    """Refused features without a place."""

    def add(self, batch: Batch, lost: Mask, ground: Ground) -> None:
        """Note these features of a batch."""
        shapes = batch.shapes[np.flatnonzero(lost)]
        known = _has_place(shapes, ground)
        self.unplaced += int((~known).sum())
        if known.any():
            drawn = ground.to_metric(shapely.force_2d(shapes[known]))
            exact = np.isin(shapely.get_type_id(drawn), (3, 6)) & shapely.is_valid(drawn)
            hulls = np.where(exact, drawn, shapely.convex_hull(drawn))
            self.placed += shapely.buffer(hulls, self.around).tolist()

    def left_of(self, coverage: BaseGeometry) -> BaseGeometry:
        """A coverage without this ground; nothing where the ground is not known."""
        if self.unplaced:
            return MultiPolygon()
        rest: BaseGeometry = shapely.difference(coverage, shapely.union_all(self.placed))
        return rest

    def remark(self) -> tuple[str, int] | None:
        """What the report says of it, with its number."""
        if self.unplaced:
            return _SPEECHLESS, self.unplaced
        return (_SPARED, len(self.placed)) if self.placed else None


def _has_place(shapes: Shapes, ground: Ground) -> Mask:
    """Whether shapes of a file say where they lie, on the ground of the jurisdiction's system."""
    known: Mask = np.isfinite(shapely.bounds(shapes)).reshape(-1, 4).all(axis=1)
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    known[owner[~np.isfinite(corners).all(axis=1)]] = False
    places = np.flatnonzero(known)
    for misplaced in ground.misplaced(shapes[places]).values():
        known[places[misplaced]] = False
    return known
