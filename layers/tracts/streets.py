"""The streets along many plots, and the boundary along each: what `layers.extract.streets` and `layers.frontages` say of one plot.

In: plots in grid metres, the pieces of streets near them, the parcels beside them.  Out: `Fronts`, in the frames of the plots; and the plots
of which this cannot tell.  Which street is along which plot is found plot by plot; all shapes are overlaid together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import orjson
import shapely

from gis.db.quick import Row
from layers.extract.footing import Footing
from layers.extract.measure import Plot
from layers.extract.questions import ATTRIBUTES, ID, IMPORT, LABEL, REF, WIDTH
from layers.extract.streets import MILLIMETRE, QUARTER
from layers.frontages import AWAY, ground_of, told_of
from layers.tracts.frames import Frames
from layers.tracts.model import Flags, Floats, Fronts, Ints, Shapes, texts
from layers.tracts.stored import Near

MOST_KEPT = 30_000
"""Streets whose reach is kept for the next plots."""
Beside = Callable[[Sequence[int]], tuple[Ints, Shapes]]
"""The parcels beside some plots: which of them, and the boundary."""


@dataclass(frozen=True, slots=True)
class _Street:
    """A street that may run along a plot: places of its pieces that are close, and of all that were found."""

    plot: int
    ref: str
    source: int
    width: float | None
    reach: float
    close: tuple[int, ...]
    pieces: tuple[int, ...]
    way: int
    """The piece that no parcel may keep from the plot; -1 where that does not matter."""


@dataclass(frozen=True, slots=True)
class _Feature:
    """A feature of streets near a plot."""

    row: Row
    gap: float
    nearest: int
    pieces: tuple[int, ...]


class StreetsAlong:
    """Finds the streets along plots; what it works out of a street it keeps for the next plots."""

    def __init__(self, base: Footing) -> None:
        self._base = base
        self._reached: dict[tuple[Any, ...], Any] = {}
        self._grounds: dict[tuple[int, ...], Any] = {}
        self._told: dict[tuple[int, ...], Any] = {}

    def along(
        self, plots: Sequence[Plot], shapes: Shapes, frames: Frames, near: Near, beside: Beside
    ) -> tuple[Fronts, Flags]:
        """The streets along plots, of each the longest first; and which plots this cannot tell."""
        for kept in (self._reached, self._grounds, self._told):
            if len(kept) > MOST_KEPT:
                kept.clear()
        found = self._candidates(shapes, near)
        found = _unblocked(found, shapes, near, beside)
        line, length = self._lines(found, plots, shapes, near)
        accuracy = np.array([self._base.streets[each.source].accuracy for each in found])
        rows, metres = np.flatnonzero(length > accuracy), length.tolist()
        order = sorted(
            rows.tolist(), key=lambda row: (found[row].plot, -round(metres[row], 2), found[row].ref)
        )
        kept_streets = [found[row] for row in order]
        return self._fronts(kept_streets, line[order], accuracy[order], frames, near, len(plots))

    def _candidates(self, shapes: Shapes, near: Near) -> list[_Street]:
        gap = np.where(shapely.intersects(shapes[near.plot], near.shapes[near.piece]), 0.0, np.inf)
        apart = np.flatnonzero(gap > 0)
        gap[apart] = shapely.distance(shapes[near.plot[apart]], near.shapes[near.piece[apart]])
        reaches, streets = self._base.reaches, self._base.streets
        found: list[_Street] = []
        ends = np.searchsorted(near.plot, np.arange(len(shapes) + 1)).tolist()
        gaps, pieces, rows = gap.tolist(), near.piece.tolist(), near.rows
        for plot in range(len(shapes)):
            close = [
                (rows[piece], gaps[at], piece)
                for at, piece in enumerate(pieces[ends[plot] : ends[plot + 1]], start=ends[plot])
                if rows[piece][WIDTH] is None
                or gaps[at] <= reaches[rows[piece][IMPORT]] + rows[piece][WIDTH] / 2
            ]
            found += _streets(plot, close, streets)
        return found

    def _lines(
        self, found: Sequence[_Street], plots: Sequence[Plot], shapes: Shapes, near: Near
    ) -> tuple[Shapes, Floats]:
        """The boundary of each plot within reach of each street, and its ground metres."""
        keys = [(each.reach, *(near.rows[piece][ID] for piece in each.close)) for each in found]
        new = {key: each.close for key, each in zip(keys, found, strict=True) if key not in self._reached}
        lines = _array([_line(near.shapes[list(close)]) for close in new.values()])
        reach = np.array([key[0] for key in new])
        self._reached |= dict(zip(new, shapely.buffer(lines, reach, quad_segs=QUARTER), strict=True))
        owner = np.array([each.plot for each in found], dtype=np.int64)
        buffers = _array([self._reached[key] for key in keys])
        line = shapely.intersection(shapely.boundary(shapes)[owner], buffers)
        length = shapely.length(line)
        ground = [
            plots[plot].length(shape) if (scale := plots[plot].scale) is None else grid / sqrt(scale)
            for plot, shape, grid in zip(owner.tolist(), line, length.tolist(), strict=True)
        ]
        return line, np.array(ground, dtype=float)

    def _fronts(
        self,
        found: Sequence[_Street],
        line: Shapes,
        accuracy: Floats,
        frames: Frames,
        near: Near,
        plots: int,
    ) -> tuple[Fronts, Flags]:
        owner = np.array([each.plot for each in found], dtype=np.int64)
        moved = frames.moved(_facing(line, _array([self._ground(each, near) for each in found])), owner)
        told = [self._said(each, near) for each in found]
        is_odd = np.zeros(plots, dtype=bool)
        is_odd[owner[~shapely.is_valid(moved) | shapely.is_empty(moved) | shapely.is_missing(moved)]] = True
        fronts = Fronts(
            plot=owner,
            ref=texts([each.ref for each in found]),
            line=moved,
            accuracy=accuracy,
            width=_numbers([each.width for each in found]),
            kind=texts([kind for kind, _, _ in told]),
            length=_numbers([length for _, length, _ in told]),
            served=_numbers([served for _, _, served in told]),
        )
        return fronts, is_odd

    def _ground(self, street: _Street, near: Near) -> Any:
        key = tuple(near.rows[piece][ID] for piece in street.pieces)
        if key not in self._grounds:
            self._grounds[key] = ground_of(list(near.shapes[list(street.pieces)]))
        return self._grounds[key]

    def _said(self, street: _Street, near: Near) -> Any:
        key = tuple(near.rows[piece][ID] for piece in street.pieces)
        if key not in self._told:
            self._told[key] = told_of([orjson.loads(near.rows[piece][ATTRIBUTES]) for piece in street.pieces])
        return self._told[key]


def _streets(plot: int, close: Sequence[tuple[Row, float, int]], sources: Any) -> list[_Street]:
    """The streets of pieces near a plot, by name, width and import, and how far each reaches."""
    features: dict[tuple[Any, ...], list[tuple[Row, float, int]]] = {}
    for row, gap, piece in close:
        features.setdefault(row[:ID], []).append((row, gap, piece))
    named: dict[tuple[Any, ...], list[_Feature]] = {}
    for pieces in features.values():
        row, (gap, nearest) = (
            pieces[0][0],
            min(((gap, piece) for _, gap, piece in pieces), key=lambda each: each[0]),
        )
        feature = _Feature(row, gap, nearest, tuple(piece for _, _, piece in pieces))
        named.setdefault((row[LABEL] or row[REF], row[WIDTH], row[IMPORT]), []).append(feature)
    found = (_street(plot, members, sources[key[2]]) for key, members in named.items())
    return [each for each in found if each is not None]


def _street(plot: int, members: Sequence[_Feature], source: Any) -> _Street | None:
    width, way = members[0].row[WIDTH], -1
    if source.holds in ("polygon", "boundary"):
        reach = source.accuracy
    elif width is not None:
        reach = width / 2 + source.accuracy
    else:
        nearest = min(members, key=lambda each: each.gap)
        reach, way = nearest.gap + source.accuracy, nearest.nearest
    close = [each for each in members if each.gap <= reach]
    if not close:
        return None
    return _Street(
        plot,
        close[0].row[REF],
        source.id,
        width,
        reach,
        tuple(piece for each in close for piece in each.pieces),
        tuple(piece for each in members for piece in each.pieces),
        way,
    )


def _unblocked(found: Sequence[_Street], shapes: Shapes, near: Near, beside: Beside) -> list[_Street]:
    """The streets without those that another parcel keeps from the plot, where only nearness tells."""
    asked = [place for place, each in enumerate(found) if each.way >= 0]
    if not asked:
        return list(found)
    plots = sorted({found[place].plot for place in asked})
    owner, others = beside(plots)
    by_plot: dict[int, list[int]] = {}
    for at, plot in enumerate(owner.tolist()):
        by_plot.setdefault(plots[plot], []).append(at)
    of_street = [(place, at) for place in asked for at in by_plot.get(found[place].plot, ())]
    ways = shapely.shortest_line(
        shapes[[found[place].plot for place, _ in of_street]],
        near.shapes[[found[place].way for place, _ in of_street]],
    )
    lengths = shapely.length(shapely.intersection(ways, others[[at for _, at in of_street]]))
    blocked = {place for (place, _), length in zip(of_street, lengths, strict=True) if length > MILLIMETRE}
    return [each for place, each in enumerate(found) if place not in blocked]


def _facing(lines: Shapes, grounds: Shapes) -> Shapes:
    """The boundary along each street without what only turns the corner, as `layers.frontages` has it, for all at once."""
    runs, owner = shapely.get_parts(shapely.line_merge(lines), return_index=True)
    runs, owner = runs[(is_long := shapely.length(runs) > 0)], owner[is_long]
    corners, run = shapely.get_coordinates(runs, return_index=True)
    far = shapely.distance(shapely.points(corners), grounds[owner][run])
    edge = np.flatnonzero(run[1:] == run[:-1])
    is_along = np.abs(far[edge + 1] - far[edge]) <= AWAY * np.hypot(*(corners[edge + 1] - corners[edge]).T)
    stays, of_run = edge[is_along], run[edge[is_along]]
    first, last = np.full(len(runs), len(corners)), np.full(len(runs), -1)
    np.minimum.at(first, of_run, stays)
    np.maximum.at(last, of_run, stays + 1)
    is_whole = shapely.is_closed(runs) | (last < 0)
    place = np.arange(len(corners))
    kept = ~is_whole[run] & (place >= first[run]) & (place <= last[run])
    trimmed = runs.copy()
    cut = np.unique(run[kept])
    if len(cut):
        trimmed[cut] = shapely.linestrings(corners[kept], indices=np.searchsorted(cut, run[kept]))
    found = np.full(len(lines), shapely.MultiLineString(), dtype=object)
    there, index = np.unique(owner, return_inverse=True)
    if len(there):
        found[there] = shapely.multilinestrings(trimmed, indices=index)
    return found


def _line(parts: Shapes) -> Any:
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _array(shapes: Sequence[Any]) -> Shapes:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def _numbers(said: Sequence[float | None]) -> Floats:
    return np.array([np.nan if each is None else each for each in said], dtype=float)
