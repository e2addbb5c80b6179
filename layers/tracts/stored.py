"""What the database holds of many plots: their states, the pieces of features in whose reach they lie, the parcels beside them.

In: a session, a jurisdiction, numbers or states, a point in both times.  Out: rows as the extract's own question has them, and `Near`.
A shape in another metric system than its jurisdiction's is a `MisplacedShape`, as it is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.quick import Row, as_array, rows
from gis.place import Jurisdiction
from layers.extract.questions import ID, IN_ORDER, SHAPE, SRID, MisplacedShape
from layers.tracts.model import Floats, Ints, Shapes

MOST_KEPT = 60_000
"""Pieces that are kept for the next plots: neighbours ask for the same."""
NUMBER, STATE, PLOT_SRID, BOUNDARY, MEASURED, EXTENT, UNIT, ACCURACY = range(8)
"""Columns of a plot."""


@dataclass(frozen=True, kw_only=True)
class Near:
    """Pieces of features in the order of an extract, and pairs of a plot with a piece in whose reach it lies, by plot and piece."""

    rows: Sequence[Row]
    shapes: Shapes
    plot: Ints
    piece: Ints

    def of_imports(self, wanted: Mapping[int, Any]) -> "Near":
        """The pairs whose piece came with one of some imports."""
        is_wanted = np.array([row[0] in wanted for row in self.rows], dtype=bool)
        kept = is_wanted[self.piece] if len(self.rows) else np.zeros(0, dtype=bool)
        return Near(rows=self.rows, shapes=self.shapes, plot=self.plot[kept], piece=self.piece[kept])


def plots(session: Session, place: Jurisdiction, numbers: Sequence[str], *, at: AsOf) -> dict[str, Row]:
    """The states of parcels by their number, which must be in normal form; those that are not there are left out."""
    asked = {"jurisdiction": place.code, "numbers": list(numbers), "on": at.on, "known": at.known}
    found = rows(session, __package__, "plots", asked)
    _check(place, (row[PLOT_SRID] for row in found))
    return {row[NUMBER]: row for row in found}


def beside(
    session: Session, place: Jurisdiction, states: Sequence[int], accuracy: Floats, own: Shapes, *, at: AsOf
) -> tuple[Ints, Shapes]:
    """The parcels beside plots: the index of the plot, and the boundary, which lies within the plot's accuracy of it."""
    index = _places(states)
    asked = {"states": as_array(list(index)), "on": at.on, "known": at.known}
    found = rows(session, __package__, "beside", asked)
    _check(place, (row[1] for row in found))
    plot = np.array([each for row in found for each in index[row[0]]], dtype=np.int64)
    read = np.asarray([*shapely.from_wkb([row[2] for row in found]), None], dtype=object)[:-1]
    shapes = np.repeat(read, [len(index[row[0]]) for row in found])
    meets = shapely.dwithin(own[plot], shapes, accuracy[plot])
    return plot[meets], shapes[meets]


class Pieces:
    """The pieces of features that hold on a day, those that were asked for kept in memory, within bounds."""

    def __init__(self, place: Jurisdiction, *, at: AsOf) -> None:
        self._place, self._at = place, at
        self._kept: dict[int, tuple[Row, Any]] = {}

    def near(self, session: Session, states: Sequence[int], imports: Sequence[int]) -> Near:
        """The pieces of some imports in whose reach parcels lie, by the index of their states."""
        index = _places(states)
        asked = {"states": as_array(list(index)), "imports": as_array(imports)}
        pairs = np.array(rows(session, __package__, "near", asked), dtype=np.int64).reshape(-1, 2)
        self._fetch(session, np.unique(pairs[:, 1]).tolist())
        there = [self._kept[each] for each in np.unique(pairs[:, 1]).tolist() if each in self._kept]
        there.sort(key=lambda each: IN_ORDER(each[0]))
        place = {row[ID]: place for place, (row, _) in enumerate(there)}
        known = [
            (own, place[piece]) for state, piece in pairs.tolist() if piece in place for own in index[state]
        ]
        plot, piece = np.array(sorted(known), dtype=np.int64).reshape(-1, 2).T
        shapes = np.empty(len(there), dtype=object)
        shapes[:] = [shape for _, shape in there]
        return Near(rows=[row for row, _ in there], shapes=shapes, plot=plot, piece=piece)

    def _fetch(self, session: Session, wanted: Sequence[int]) -> None:
        if len(self._kept) > MOST_KEPT:
            self._kept.clear()
        missing = [each for each in wanted if each not in self._kept]
        if not missing:
            return
        found = rows(session, __package__, "pieces", {"pieces": as_array(missing), "on": self._at.on})
        _check(self._place, (row[SRID] for row in found))
        shapes = shapely.from_wkb([row[SHAPE] for row in found])
        self._kept |= {row[ID]: (row, shape) for row, shape in zip(found, shapes, strict=True)}


def _places(states: Sequence[int]) -> dict[int, list[int]]:
    """Where each state stands among those asked for: a plot may be asked for more than once."""
    found: dict[int, list[int]] = {}
    for place, state in enumerate(states):
        found.setdefault(state, []).append(place)
    return found


def _check(place: Jurisdiction, srids: Any) -> None:
    strays = set(srids) - {place.metric}
    if strays:
        raise MisplacedShape(f"A shape with SRID {min(strays)} stands among those of EPSG:{place.metric}.")
