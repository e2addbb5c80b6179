"""Shapes in order: in metres, flat, closed, valid and of the right kind; or refused, with the reason.

In: a batch as a reader gives it, the ground it must lie on, the kind wanted.  Out: the shapes that stay, by their place in
the batch; everything that was mended or refused stands in the tally.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.geometry import ground_area
from layers.importers.batches import Batch, Mask, Shapes
from layers.importers.position import REMEDY, Ground
from layers.importers.report import Kind, Tally

Refs = Callable[[NDArray[np.int64]], list[tuple[int | None, str]]]
"""From places in a batch to position and name, for the report."""


class Wanted(StrEnum):
    """What the shapes of a dataset have to be."""

    AREAS = "polygons"
    LINES = "lines"
    POINTS = "points"
    ANY = "points, lines or polygons"


_SIMPLE = {Wanted.AREAS: (3,), Wanted.LINES: (1,), Wanted.POINTS: (0,), Wanted.ANY: (0, 1, 3)}
_MULTI = {Wanted.AREAS: (6,), Wanted.LINES: (5,), Wanted.POINTS: (4,), Wanted.ANY: (4, 5, 6)}
_NAMES = ["a point", "a line", "a ring", "a polygon", "points", "lines", "polygons", "a mixed collection"]
LEAST_AREA = 0.01
LEAST_LENGTH = 0.001
"""Square metres and metres below which a shape is nothing: the limits at which areas and lengths are compared."""


@dataclass(frozen=True, kw_only=True)
class Tidied:
    """Shapes in order, with their places in the batch."""

    places: NDArray[np.int64]
    shapes: Shapes


def tidy(batch: Batch, alive: Mask, ground: Ground, wanted: Wanted, tally: Tally, refs: Refs) -> Tidied:
    """The shapes of a batch that can go in; `alive` are the features still wanted (it is changed in place)."""
    desk = _Desk(batch=batch, alive=alive, wanted=wanted, tally=tally, refs=refs, shapes=batch.shapes.copy())
    desk.refuse_missing()
    desk.refuse_unfinished()
    desk.flatten()
    desk.pick_parts()
    desk.place(ground)
    desk.mend(ground.metric)
    desk.refuse_nothing()
    places = np.flatnonzero(alive)
    return Tidied(places=places, shapes=_unwrapped(desk.shapes[places], wanted))


@dataclass(kw_only=True)
class _Desk:
    """A batch under work."""

    batch: Batch
    alive: Mask
    wanted: Wanted
    tally: Tally
    refs: Refs
    shapes: Shapes

    def note(
        self, kind: Kind, found: Mask, reason: str, remedy: str, details: Sequence[str] | None = None
    ) -> None:
        """Note what happened to the features found; refused ones go no further."""
        places = np.flatnonzero(found)
        if len(places) == 0:
            return
        self.tally.add(kind, self.refs(places), reason, remedy, details)
        if kind is Kind.REFUSED:
            self.alive &= ~found

    def refuse(self, found: Mask, reason: str, remedy: str, details: Sequence[str] | None = None) -> None:
        """Refuse the features found."""
        self.note(Kind.REFUSED, found & self.alive, reason, remedy, details)

    def refuse_missing(self) -> None:
        """No shape at all, an empty one, or one that cannot be read."""
        self.refuse(
            self.batch.unreadable, "its shape cannot be read", "Export the file again, or redraw the feature."
        )
        self.refuse(
            self.batch.curved, "its shape has arcs", "Export it with straight segments in place of curves."
        )
        missing = shapely.is_missing(self.shapes)
        self.refuse(missing, "it has no shape", "Draw the feature, or delete its row.")
        self.refuse(
            shapely.is_empty(self.shapes), "its shape is empty", "Draw the feature, or delete its row."
        )
        self.note(
            Kind.MENDED,
            self.batch.closed & self.alive,
            "a ring was not closed; it was closed",
            "Close the ring at its source.",
        )

    def refuse_unfinished(self) -> None:
        """Coordinates that are no numbers."""
        places = np.flatnonzero(self.alive)
        points, owner = shapely.get_coordinates(self.shapes[places], return_index=True)
        finite = np.isfinite(points).all(axis=1)
        if not finite.all():
            bad = np.zeros(len(self.alive), dtype=bool)
            bad[places[np.unique(owner[~finite])]] = True
            self.refuse(
                bad, "a coordinate is not a number (NaN or infinite)", "Correct the vertex at its source."
            )

    def flatten(self) -> None:
        """Heights and measures are dropped; one remark says so for all."""
        raised = (shapely.has_z(self.shapes) | shapely.has_m(self.shapes)) & self.alive
        if raised.any():
            self.shapes[raised] = shapely.force_2d(self.shapes[raised])
            self.tally.remark("{} features are 3-D; their heights were left out.", int(raised.sum()))

    def pick_parts(self) -> None:
        """Shapes of the wrong kind are refused; of a mixed collection the right parts stay."""
        kinds = shapely.get_type_id(self.shapes)
        right = np.isin(kinds, _SIMPLE[self.wanted] + _MULTI[self.wanted])
        for place in np.flatnonzero((kinds == 7) & self.alive):
            picked = parts_of(self.shapes[place], self.wanted)
            if picked is not None:
                self.shapes[place], right[place] = picked, True
                self._note_one(place, f"of a mixed collection only its {self.wanted} were kept")
        for kind in np.unique(kinds[self.alive & ~right]):
            name = _NAMES[kind] if 0 <= kind < len(_NAMES) else "a curve"
            wrong = self.alive & ~right & (kinds == kind)
            self.refuse(
                wrong,
                f"it is {name}, but {self.wanted} are wanted",
                "Export the right table, or correct `kind` and `holds`.",
            )

    def _note_one(self, place: np.integer[Any], reason: str, detail: str = "") -> None:
        found = np.zeros(len(self.alive), dtype=bool)
        found[place] = True
        self.note(Kind.MENDED, found, reason, "Correct the feature at its source.", [detail])

    def place(self, ground: Ground) -> None:
        """Into metres; what lies off the ground is refused."""
        places = np.flatnonzero(self.alive)
        for reason, found in ground.misplaced(self.shapes[places]).items():
            self._refuse_places(places[found], reason)
        places = np.flatnonzero(self.alive)
        moved = ground.to_metric(self.shapes[places])
        self.shapes[places] = moved
        lost = ~np.isfinite(shapely.bounds(moved)).reshape(-1, 4).all(axis=1)
        self._refuse_places(
            places[lost], "it lies outside the ground of the jurisdiction's coordinate system"
        )

    def _refuse_places(self, places: NDArray[np.int64], reason: str) -> None:
        found = np.zeros(len(self.alive), dtype=bool)
        found[places] = True
        boxes = shapely.bounds(self.batch.shapes[places]).reshape(-1, 4)
        self.refuse(found, reason, REMEDY, [f"at {box[0]:.7g}, {box[1]:.7g}" for box in boxes])

    def mend(self, metric: int) -> None:
        """Polygons that cross themselves are made valid, without losing a part of the right kind."""
        if self.wanted is not Wanted.AREAS:
            return
        places = np.flatnonzero(self.alive)
        for place in places[~shapely.is_valid(self.shapes[places])]:
            shape = self.shapes[place]
            mended = parts_of(
                shapely.make_valid(shape, method="structure", keep_collapsed=False), self.wanted
            )
            why = shapely.is_valid_reason(shape).split("[")[0].strip().lower()
            if mended is None or not shapely.is_valid(mended):
                found = np.zeros(len(self.alive), dtype=bool)
                found[place] = True
                self.refuse(
                    found, f"{why}; nothing of an area is left when it is mended", "Redraw the feature."
                )
                continue
            self.shapes[place] = mended
            self._note_one(
                place, f"{why}; it was made valid", f"area now {ground_area(mended, metric):.2f} m²"
            )

    def refuse_nothing(self) -> None:
        """Shapes without extent."""
        places = np.flatnonzero(self.alive)
        small = np.zeros(len(self.alive), dtype=bool)
        if self.wanted is Wanted.AREAS:
            small[places] = shapely.area(self.shapes[places]) < LEAST_AREA
            self.refuse(small, f"it has no area ({LEAST_AREA} m² is the least)", "Redraw it, or delete it.")
        if self.wanted is Wanted.LINES:
            small[places] = shapely.length(self.shapes[places]) < LEAST_LENGTH
            self.refuse(small, "it has no length (1 mm is the least)", "Redraw it, or delete it.")


def parts_of(shape: shapely.Geometry, wanted: Wanted) -> shapely.Geometry | None:
    """The parts of the wanted kind, out of collections of collections too; None where there is none."""
    parts = np.array([shape], dtype=object)
    while (shapely.get_type_id(parts) >= 4).any():
        parts = shapely.get_parts(parts)
    parts = parts[np.isin(shapely.get_type_id(parts), _SIMPLE[wanted]) & ~shapely.is_empty(parts)]
    if len(parts) == 0:
        return None
    if len(parts) == 1:
        return parts[0]
    if wanted is Wanted.ANY:
        return shapely.geometrycollections(parts)
    return _GATHER[wanted](parts)


_GATHER = {
    Wanted.AREAS: shapely.multipolygons,
    Wanted.LINES: shapely.multilinestrings,
    Wanted.POINTS: shapely.multipoints,
}


def _unwrapped(shapes: Shapes, wanted: Wanted) -> Shapes:
    """Collections of one are that one."""
    single = np.isin(shapely.get_type_id(shapes), _MULTI[wanted]) & (shapely.get_num_geometries(shapes) == 1)
    if single.any():
        shapes[single] = shapely.get_geometry(shapes[single], 0)
    return shapes
