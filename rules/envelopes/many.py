"""What each of many plots can carry, reckoned together: the numbers of `rules.envelopes.single`, from arrays.

In: `Plots` and `Frontages` in metres and the book's `Terms`.  Out: `Envelopes`, arrays over the plots: the best front, footprint, floor
area, storeys and what decided.  Plots are taken some thousand at a time, so memory does not grow with their number beyond the answer itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import shapely

from gis.site import Road
from rules.envelopes.search import Cases, Found, level_at, relieved, search
from rules.envelopes.shapes import Along, Yards, chosen, left_over, set_backs
from rules.envelopes.sides import FRONT, Flags, Floats, Ints, Shapes, Streets, sides_of
from rules.envelopes.terms import Terms, check_storey, street_distances

CHUNK = 2_000
"""Plots reckoned at once."""
SAME_WIDTH = 0.001


@dataclass(frozen=True, kw_only=True)
class Plots:
    """Plots: polygons in ground metres, m² that coverage and floor space index go by, greatest height (inf: none), rule 50 known to hold."""

    shape: Shapes
    area: Floats
    ceiling: Floats
    is_relieved: Flags

    def __len__(self) -> int:
        return len(self.shape)


@dataclass(frozen=True, kw_only=True)
class Frontages:
    """Streets along plots: index of the plot, part of its boundary, accuracy and width in metres (nan: not told), Table 3 for low and high buildings."""

    plot: Ints
    line: Shapes
    accuracy: Floats
    width: Floats
    near: Floats
    far: Floats

    def __len__(self) -> int:
        return len(self.plot)


@dataclass(frozen=True, kw_only=True)
class Envelopes:
    """By plot (and tier of floor space index): `front` is the index of the best frontage, nan what is not known.

    `front` is -1 where no front is known or the boundary is broken, and nothing is known then.  `row` is the index into `Terms.rows`, `decider` into `rules.envelopes.search.CODES`; `shape` is the ground that the yards leave, only where
    it was asked for.
    """

    front: Ints
    footprint: Floats
    footprint_decider: Ints
    floor: Floats
    storeys: Ints
    storey: Floats
    row: Ints
    decider: Ints
    shape: Shapes | None


def frontages_of(roads: Sequence[tuple[int, Road]], terms: Terms) -> Frontages:
    """The frontages of roads, each with the index of its plot."""
    table = [
        street_distances(terms.lanes, road)[:2] if terms.lanes else (Decimal(0), Decimal(0))
        for _, road in roads
    ]
    lines = np.empty(len(roads), dtype=object)
    lines[:] = [road.frontage for _, road in roads]
    return Frontages(
        plot=np.array([plot for plot, _ in roads], dtype=np.int64),
        line=lines,
        accuracy=np.array([road.accuracy for _, road in roads], dtype=float),
        width=np.array([np.nan if road.width is None else road.width for _, road in roads], dtype=float),
        near=np.array([float(near) for near, _ in table]),
        far=np.array([float(far) for _, far in table]),
    )


def envelopes(
    plots: Plots,
    frontages: Frontages,
    terms: Terms,
    *,
    storey_height: Decimal,
    with_shapes: bool = False,
    chunk: int = CHUNK,
) -> Envelopes:
    """The best envelope of every plot, in their order, whatever the size of a chunk; `Invalid` for a storey height that is not above 0."""
    check_storey(storey_height)
    parts = [
        _best(part, some, rows, terms, storey_height, with_shapes)
        for part, some, rows in _chunks(plots, frontages, chunk)
    ]
    return _joined(parts, max(1, len(terms.tiers)), with_shapes)


def _chunks(plots: Plots, frontages: Frontages, chunk: int) -> Iterator[tuple[Plots, Frontages, Ints]]:
    is_sound = shapely.is_valid(plots.shape) & ~shapely.is_empty(plots.shape)
    order = np.argsort(frontages.plot, kind="stable")
    order = order[is_sound[frontages.plot[order]]]
    ends = np.searchsorted(frontages.plot[order], np.arange(0, len(plots) + chunk, chunk))
    for turn, first in enumerate(range(0, len(plots), chunk)):
        here = slice(first, first + chunk)
        rows = order[ends[turn] : ends[turn + 1]]
        part = Plots(
            shape=plots.shape[here],
            area=plots.area[here],
            ceiling=plots.ceiling[here],
            is_relieved=plots.is_relieved[here],
        )
        some = Frontages(
            plot=frontages.plot[rows] - first,
            line=frontages.line[rows],
            accuracy=frontages.accuracy[rows],
            width=frontages.width[rows],
            near=frontages.near[rows],
            far=frontages.far[rows],
        )
        yield part, some, rows


def cases_of(plots: Plots, frontages: Frontages, terms: Terms) -> tuple[Cases, Flags]:
    """A case for each frontage, and which of them have a front on the boundary at all."""
    sides = sides_of(
        plots.shape, Streets(plot=frontages.plot, line=frontages.line, accuracy=frontages.accuracy)
    )
    has_front = np.zeros(len(frontages), dtype=bool)
    has_front[sides.case[sides.position == FRONT]] = True
    ceiling = plots.ceiling if terms.ceiling is None else np.minimum(plots.ceiling, float(terms.ceiling))
    cases = Cases(
        shape=plots.shape[frontages.plot],
        area=plots.area[frontages.plot],
        ceiling=ceiling[frontages.plot],
        is_relieved=plots.is_relieved[frontages.plot],
        sides=sides,
        along=Along(near=frontages.near, far=frontages.far, width=_counting(frontages, len(plots))),
    )
    return cases, has_front


def _counting(frontages: Frontages, plots: int) -> Floats:
    """The width that counts for height: of several streets the widest counts along itself, a narrower one does not limit (rule 24).

    A street without a width may be the widest: it counts with the widest that is known, and with none where none is.
    """
    is_told = ~np.isnan(frontages.width)
    widest = np.zeros(plots)
    np.maximum.at(widest, frontages.plot[is_told], frontages.width[is_told])
    own = widest[frontages.plot]
    counts = ~is_told | (frontages.width >= own - SAME_WIDTH)
    return np.where(counts, own, np.inf)


def preferred(found: Found, has_front: Flags, plot: Ints, terms: Terms) -> Ints:
    """Cases in the order in which they are preferred: by plot, floor area without and with a fee, footprint, and the order of the streets."""
    floors = list(-np.round(found.floor[::-1], 2)) if knows_floors(terms) else []
    order = np.lexsort((np.arange(len(plot)), -np.round(found.ground, 2), *floors, plot))
    preferred_cases: Ints = order[has_front[order]]
    return preferred_cases


def knows_floors(terms: Terms) -> bool:
    """Whether the book holds every rule that a floor area rests on."""
    return terms.coverage is not None and bool(terms.tiers) and terms.has_heights


def _best(
    plots: Plots,
    frontages: Frontages,
    rows: Ints,
    terms: Terms,
    storey_height: Decimal,
    with_shapes: bool,
) -> Envelopes:
    tiers, n = max(1, len(terms.tiers)), len(plots)
    found, order, cases = Found.nothing(tiers, 0), np.zeros(0, dtype=np.int64), None
    if len(frontages) and terms.rows:
        cases, has_front = cases_of(plots, frontages, terms)
        found = search(cases, terms, storey_height)
        order = preferred(found, has_front, frontages.plot, terms)
    plot, first = np.unique(frontages.plot[order], return_index=True)
    best = order[first]
    front = np.full(n, -1, dtype=np.int64)
    front[plot] = rows[best]
    empty = Found.nothing(tiers, n)
    for name in ("floor", "storeys", "storey", "row", "decider"):
        getattr(empty, name)[:, plot] = getattr(found, name)[:, best]
    for name in ("ground", "ground_decider"):
        getattr(empty, name)[plot] = getattr(found, name)[best]
    is_open = (front < 0) | (not knows_floors(terms))
    empty.floor[:, is_open] = empty.storey[:, is_open] = np.nan
    empty.storeys[:, is_open], empty.row[:, is_open] = 0, -1
    empty.ground[(front < 0) | (terms.coverage is None)] = np.nan
    shape = _shapes(cases, found, plot, best, n, terms, storey_height) if with_shapes else None
    return Envelopes(
        front=front,
        footprint=empty.ground,
        footprint_decider=empty.ground_decider,
        floor=empty.floor,
        storeys=empty.storeys,
        storey=empty.storey,
        row=empty.row,
        decider=empty.decider,
        shape=shape,
    )


def row_of(found: Found, cases: Cases, case: int, terms: Terms) -> int:
    """The row of Table 4 that the shapes follow: of the largest building without a fee, else of the largest footprint, else the plot's first."""
    for number in (int(found.row[0, case]), int(found.ground_row[case])):
        if number >= 0:
            return number
    area = float(cases.area[case])
    fits = [row.plot_upto is None or area <= float(row.plot_upto) for row in terms.rows]
    return fits.index(True)


def _shapes(
    cases: Cases | None,
    found: Found,
    plot: Ints,
    best: Ints,
    n: int,
    terms: Terms,
    storey_height: Decimal,
) -> Shapes:
    """The ground that the yards leave to a building of one storey, for each plot's best case; None where there is no case."""
    shapes = np.full(n, None, dtype=object)
    if cases is None:
        return shapes
    follows = np.array([row_of(found, cases, int(case), terms) for case in best], dtype=np.int64)
    for number in np.unique(follows):
        mask = np.zeros(len(cases), dtype=bool)
        mask[best[follows == number]] = True
        level = level_at(terms, storey_height)
        distance = set_backs(
            cases.sides,
            cases.along,
            Yards.of(terms.rows[number], terms.growth),
            level,
            rise=0.0 if terms.growth is None else float(terms.growth.rise),
            street=terms.street,
            relieved=relieved(cases, terms, level, 1),
        ).distance
        sides, groups = chosen(cases.sides, mask)
        left = np.full(len(cases), None, dtype=object)
        left[mask] = left_over(cases.shape[mask], sides, distance[groups])
        rows = np.flatnonzero(follows == number)
        shapes[plot[rows]] = left[best[rows]]
    return shapes


def _joined(parts: Sequence[Envelopes], tiers: int, with_shapes: bool) -> Envelopes:
    if not parts:
        none, found = np.zeros(0, dtype=np.int64), Found.nothing(tiers, 0)
        return Envelopes(
            front=none,
            footprint=found.ground,
            footprint_decider=none,
            floor=found.floor,
            storeys=found.storeys,
            storey=found.storey,
            row=found.row,
            decider=found.decider,
            shape=np.zeros(0, dtype=object) if with_shapes else None,
        )
    shapes = [part.shape for part in parts if part.shape is not None]
    return Envelopes(
        front=np.concatenate([part.front for part in parts]),
        footprint=np.concatenate([part.footprint for part in parts]),
        footprint_decider=np.concatenate([part.footprint_decider for part in parts]),
        floor=np.concatenate([part.floor for part in parts], axis=1),
        storeys=np.concatenate([part.storeys for part in parts], axis=1),
        storey=np.concatenate([part.storey for part in parts], axis=1),
        row=np.concatenate([part.row for part in parts], axis=1),
        decider=np.concatenate([part.decider for part in parts], axis=1),
        shape=np.concatenate(shapes) if shapes else None,
    )
