"""Which part of a boundary is front, which rear, which side, and which lies along a street; for many plots at once.

In: plots and the frontages of their streets, in metres.  Out: `Sides`, one group of lines for each case, position and street; a case is a plot
with its front towards one of its streets.

A straight edge of the boundary belongs to every street that runs along half of it or more; of an edge with less, the part along the street
is the street's where it is longer than twice the accuracy of the road (a frontage found within an accuracy reaches that far around a corner).
Front is every part whose outward normal is within 45° of the front's direction, rear every part that points the other way, the rest is side.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

ON_LINE = 0.02
"""Metres within which a frontage lies on an edge of the boundary."""
SHORT = 0.01
"""Metres below which an edge has no direction of its own."""
MOST_OF_IT = 0.5
DIAGONAL = float(np.cos(np.pi / 4)) - 1e-9
FRONT, REAR, SIDE = 0, 1, 2


@dataclass(frozen=True, kw_only=True)
class Streets:
    """Streets along plots: the plot of each, its part of the boundary, and the accuracy of the road in metres."""

    plot: Ints
    line: Shapes
    accuracy: Floats

    def __len__(self) -> int:
        return len(self.plot)


@dataclass(frozen=True, kw_only=True)
class Sides:
    """Parts of boundaries by case, position (0 front, 1 rear, 2 side) and street (-1: none), in that order."""

    case: Ints
    position: Ints
    street: Ints
    line: Shapes


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Straight pieces of boundaries in the order of their rings."""

    plot: Ints
    ring: Ints
    start: Floats
    end: Floats
    street: Ints

    @property
    def length(self) -> Floats:
        """Metres of each piece."""
        found: Floats = np.hypot(*(self.end - self.start).T)
        return found

    @property
    def normal(self) -> Floats:
        """Unit vectors out of the plot, twice zero for what is too short to have one."""
        along, length = self.end - self.start, self.length
        square = np.column_stack([along[:, 1], -along[:, 0]])
        return np.where(length[:, None] > SHORT, square / np.maximum(length, SHORT)[:, None], 0.0)

    def taken(self, rows: Ints) -> "_Pieces":
        """Some of the pieces, in the order of the rows."""
        return _Pieces(self.plot[rows], self.ring[rows], self.start[rows], self.end[rows], self.street[rows])


def sides_of(plots: Shapes, streets: Streets) -> Sides:
    """The sides of every case; case i is the plot of street i with its front there."""
    pieces = _split(_edges(plots), streets)
    towards = _directions(pieces, len(streets))
    order = np.argsort(pieces.plot, kind="stable")
    counts = np.bincount(pieces.plot, minlength=len(plots))
    firsts = np.concatenate([[0], np.cumsum(counts)])[:-1]
    case = np.repeat(np.arange(len(streets)), counts[streets.plot])
    within = np.arange(len(case)) - np.repeat(
        np.cumsum(counts[streets.plot]) - counts[streets.plot], counts[streets.plot]
    )
    of_case = pieces.taken(order[firsts[streets.plot[case]] + within])
    along = np.einsum("ij,ij->i", of_case.normal, towards[case])
    position = np.where(along >= DIAGONAL, FRONT, np.where(along <= -DIAGONAL, REAR, SIDE))
    return _grouped(case, position, of_case, len(streets))


def _edges(plots: Shapes) -> _Pieces:
    """All edges, the ground to the left of each."""
    parts, plot_of_part = shapely.get_parts(plots, return_index=True)
    rings, part_of_ring = shapely.get_rings(
        shapely.orient_polygons(parts, exterior_cw=False), return_index=True
    )
    points, ring_of_point = shapely.get_coordinates(rings, return_index=True)
    first = np.flatnonzero(ring_of_point[1:] == ring_of_point[:-1])
    is_long = np.hypot(*(points[first + 1] - points[first]).T) > 0.0
    first = first[is_long]
    ring = ring_of_point[first]
    return _Pieces(
        plot_of_part[part_of_ring[ring]],
        ring,
        points[first],
        points[first + 1],
        np.full(len(first), -1, dtype=np.int64),
    )


def _split(edges: _Pieces, streets: Streets) -> _Pieces:
    """Edges cut where a frontage ends, each piece with its street."""
    edge, street, shared, low, high = _overlaps(edges, streets)
    length = edges.length[edge]
    is_whole = shared >= MOST_OF_IT * length
    best = np.lexsort((street, -shared, edge))
    whole = best[is_whole[best]]
    owner = edges.street.copy()
    first = np.unique(edge[whole], return_index=True)[1]
    owner[edge[whole[first]]] = street[whole[first]]
    reaches = ~is_whole & (shared > np.maximum(2.0 * streets.accuracy[street], ON_LINE))
    reaches |= _only(street, shared, np.unique(street[is_whole | reaches]))
    is_part = reaches & (owner[edge] < 0)
    owned = _Pieces(edges.plot, edges.ring, edges.start, edges.end, owner)
    others = np.concatenate([np.delete(whole, first), np.flatnonzero(reaches & ~is_part)])
    return _joined(_cut(owned, edge, street, low, high, is_part), edges.taken(edge[others]), street[others])


def _joined(pieces: _Pieces, again: _Pieces, street: Ints) -> _Pieces:
    """Edges along several streets (a cut corner at a junction) once for each of them."""
    return _Pieces(
        np.concatenate([pieces.plot, again.plot]),
        np.concatenate([pieces.ring, again.ring]),
        np.concatenate([pieces.start, again.start]),
        np.concatenate([pieces.end, again.end]),
        np.concatenate([pieces.street, street]),
    )


def _only(street: Ints, shared: Floats, told: Ints) -> Flags:
    """Of a street that has no piece otherwise, its longest."""
    found = np.zeros(len(street), dtype=bool)
    order = np.lexsort((np.arange(len(street)), -shared, street))
    first = order[np.unique(street[order], return_index=True)[1]]
    found[first] = ~np.isin(street[first], told) & (shared[first] > ON_LINE)
    return found


def _overlaps(edges: _Pieces, streets: Streets) -> tuple[Ints, Ints, Floats, Floats, Floats]:
    """Edge, street, metres shared, and from where to where along the edge (0 to 1), for all that share some."""
    lines, street_of_line = shapely.get_parts(streets.line, return_index=True)
    points, line_of_point = shapely.get_coordinates(lines, return_index=True)
    first = np.flatnonzero(line_of_point[1:] == line_of_point[:-1])
    a, b, street = points[first], points[first + 1], street_of_line[line_of_point[first]]
    order = np.argsort(edges.plot, kind="stable")
    counts = np.bincount(edges.plot, minlength=int(streets.plot.max(initial=0)) + 1)
    starts = np.concatenate([[0], np.cumsum(counts)])
    plot = streets.plot[street]
    span = counts[plot]
    segment = np.repeat(np.arange(len(street)), span)
    within = np.arange(len(segment)) - np.repeat(np.cumsum(span) - span, span)
    edge = order[starts[plot[segment]] + within]
    unit = edges.normal[edge] @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    length = edges.length[edge]
    from_start = [each[segment] - edges.start[edge] for each in (a, b)]
    at = [np.einsum("ij,ij->i", each, unit) for each in from_start]
    aside = [unit[:, 0] * each[:, 1] - unit[:, 1] * each[:, 0] for each in from_start]
    low, high = np.clip(np.minimum(*at), 0.0, length), np.clip(np.maximum(*at), 0.0, length)
    run = at[1] - at[0]
    slope = (aside[1] - aside[0]) / np.where(np.abs(run) > SHORT, run, 1.0)
    away = np.maximum(*(np.abs(aside[0] + slope * (end - at[0])) for end in (low, high)))
    is_on = (np.abs(run) > SHORT) & (away <= ON_LINE) & (high - low > 0.0)
    return _summed(edge[is_on], street[segment[is_on]], low[is_on], high[is_on])


def _summed(edge: Ints, street: Ints, low: Floats, high: Floats) -> tuple[Ints, Ints, Floats, Floats, Floats]:
    """One row for each edge and street."""
    if not len(edge):
        return edge, street, low, low, high
    order = np.lexsort((street, edge))
    edge, street, low, high = edge[order], street[order], low[order], high[order]
    first = np.flatnonzero(np.concatenate([[True], (np.diff(edge) != 0) | (np.diff(street) != 0)]))
    least, most = np.minimum.reduceat(low, first), np.maximum.reduceat(high, first)
    shared = np.minimum(np.add.reduceat(high - low, first), most - least)
    return edge[first], street[first], shared, least, most


def _cut(edges: _Pieces, edge: Ints, street: Ints, low: Floats, high: Floats, is_part: Flags) -> _Pieces:
    """The edges that a street leaves midway, in their pieces; few, so one by one."""
    cuts: dict[int, list[int]] = {}
    for row in np.flatnonzero(is_part):
        cuts.setdefault(int(edge[row]), []).append(int(row))
    if not cuts:
        return edges
    times = np.ones(len(edges.plot), dtype=np.int64)
    ends: dict[int, list[float]] = {}
    for each, rows in cuts.items():
        length = float(edges.length[each])
        ends[each] = sorted({0.0, length, *low[rows].tolist(), *high[rows].tolist()})
        times[each] = len(ends[each]) - 1
    pieces = edges.taken(np.repeat(np.arange(len(edges.plot)), times))
    firsts = np.cumsum(times) - times
    for each, rows in cuts.items():
        start, unit = edges.start[each], (edges.end[each] - edges.start[each]) / edges.length[each]
        for place, (begin, end) in enumerate(itertools.pairwise(ends[each])):
            at, middle = firsts[each] + place, (begin + end) / 2.0
            pieces.start[at] = start + unit * begin
            pieces.end[at] = edges.end[each] if end == ends[each][-1] else start + unit * end
            owners = [int(street[row]) for row in rows if low[row] <= middle <= high[row]]
            pieces.street[at] = min(owners, default=-1)
    return pieces


def _directions(pieces: _Pieces, streets: int) -> Floats:
    """Where each street lies, seen from its plot: the mean of the outward normals along it, weighted by length.

    Of a street that bends around the plot so far that the mean says little, the normal of its longest piece.
    """
    rows = np.flatnonzero(pieces.street >= 0)
    street, length = pieces.street[rows], pieces.length[rows]
    pull = pieces.normal[rows] * length[:, None]
    total = np.column_stack([np.bincount(street, pull[:, i], streets) for i in (0, 1)])
    size, along = np.hypot(*total.T), np.bincount(street, length, streets)
    is_clear = size >= DIAGONAL * along
    found = total / np.where(size > 0.0, size, 1.0)[:, None]
    order = np.lexsort((rows, -length, street))
    first = np.unique(street[order], return_index=True)[1]
    longest = np.zeros((streets, 2))
    longest[street[order][first]] = pieces.normal[rows[order[first]]]
    return np.where(is_clear[:, None], found, longest)


def _grouped(case: Ints, position: Ints, pieces: _Pieces, streets: int) -> Sides:
    """Pieces of a case, position and street as one line, joined where they meet."""
    if not len(case):
        none = np.zeros(0, dtype=np.int64)
        return Sides(case=none, position=none, street=none, line=np.zeros(0, dtype=object))
    key = (case * 3 + position) * (streets + 1) + pieces.street + 1
    is_apart = (pieces.start[1:] != pieces.end[:-1]).any(axis=1)
    is_new = np.concatenate([[True], (np.diff(key) != 0) | is_apart])
    run = np.cumsum(is_new) - 1
    last = np.flatnonzero(np.concatenate([is_new[1:], [True]]))
    at = np.arange(len(key)) + run
    points = np.empty((len(key) + len(last), 2))
    points[at], points[at[last] + 1] = pieces.start, pieces.end[last]
    owner = np.empty(len(points), dtype=np.int64)
    owner[at], owner[at[last] + 1] = run, run[last]
    runs, of_run = shapely.linestrings(points, indices=owner), key[is_new]
    order = np.argsort(of_run, kind="stable")
    keys, group, counts = np.unique(of_run[order], return_inverse=True, return_counts=True)
    lines = shapely.multilinestrings(runs[order], indices=group)
    lines[counts > 1] = shapely.line_merge(lines[counts > 1])
    return Sides(
        case=keys // (streets + 1) // 3,
        position=keys // (streets + 1) % 3,
        street=keys % (streets + 1) - 1,
        line=lines,
    )
