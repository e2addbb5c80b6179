"""What each of many plots can carry by several laws, from the same ground: the numbers of `rules.envelopes.single`, from arrays.

In: plots and their streets in metres, and for each `Law` what depends on it.  Out: a `Carried` for each law, over the plots.  The sides of
plots are found once; a law that asks what another asks is not reckoned again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import shapely

from rules.envelopes.choice import heights_of
from rules.envelopes.many import Frontages, Plots, cases_of, preferred, row_of
from rules.envelopes.search import Cases, Found, level_at, search
from rules.envelopes.shapes import Along, SetBacks, Yards, chosen, left_over, set_backs
from rules.envelopes.sides import Flags, Floats, Ints, Shapes
from rules.envelopes.terms import Terms

HUNDRED = 100.0
"""Hundredths in a square metre: areas are told to 0.01."""
TIE = 1e-6
"""Hundredths of a square metre within which a half is looked at in decimals."""


@dataclass(frozen=True, kw_only=True)
class Law:
    """What the book asks, the greatest height of each plot (inf: none) and Table 3 for low and high buildings along each street."""

    terms: Terms
    ceiling: Floats
    near: Floats
    far: Floats

    def asks_like(self, other: "Law") -> bool:
        """Whether no number differs, whatever clause it rests on."""
        own, its = (
            replace(each.terms, citations={}, gaps=(), force=self.terms.force) for each in (self, other)
        )
        return own == its and all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in ("ceiling", "near", "far")
        )


@dataclass(frozen=True, kw_only=True)
class Carried:
    """By plot: m² of ground and of floor to 0.01 (nan: not known), storeys and the index into `search.CODES` of what decides (-1)."""

    ground: Floats
    floor: Floats
    storeys: Ints
    decider: Ints

    @classmethod
    def unknown(cls, plots: int) -> "Carried":
        """Nothing is known of any plot."""
        nothing, none = np.full(plots, np.nan), np.full(plots, -1, dtype=np.int64)
        return cls(ground=nothing, floor=nothing.copy(), storeys=none, decider=none.copy())


def carried(
    shape: Shapes, area: Floats, frontages: Frontages, laws: Sequence[Law], storey_height: Decimal
) -> list[Carried]:
    """What valid plots can carry by each law, with the front that carries most; rule 50 is not known to free any of them."""
    if not len(frontages):
        return [Carried.unknown(len(shape)) for _ in laws]
    first = laws[0]
    plots = Plots(shape=shape, area=area, ceiling=first.ceiling, is_relieved=np.zeros(len(shape), dtype=bool))
    cases, has_front = cases_of(plots, frontages, first.terms)
    found: list[Carried] = []
    for turn, law in enumerate(laws):
        same = next((place for place, each in enumerate(laws[:turn]) if law.asks_like(each)), None)
        if same is not None:
            found.append(found[same])
        else:
            own = _under(law, cases, frontages)
            with np.errstate(
                invalid="ignore"
            ):  # set by a buffer in which a shape vanishes; what is left is measured
                told = _carried(own, has_front, frontages.plot, law.terms, storey_height, len(shape))
            found.append(told)
    return found


def _under(law: Law, cases: Cases, frontages: Frontages) -> Cases:
    """The same cases with the streets and the greatest heights of a law."""
    ceiling = law.ceiling
    if law.terms.ceiling is not None:
        ceiling = np.minimum(ceiling, float(law.terms.ceiling))
    along = Along(near=law.near, far=law.far, width=cases.along.width)
    return replace(cases, along=along, ceiling=ceiling[frontages.plot])


def _carried(
    cases: Cases, has_front: Flags, plot: Ints, terms: Terms, storey_height: Decimal, plots: int
) -> Carried:
    told = Carried.unknown(plots)
    if not terms.rows:
        return told
    found = search(cases, terms, storey_height)
    order = preferred(found, has_front, plot, terms)
    owner, first = np.unique(plot[order], return_index=True)
    best = order[first]
    knows_floors = terms.coverage is not None and terms.has_heights and bool(terms.tiers)
    told.ground[owner] = _grounds(cases, found, best, terms, storey_height, knows_floors)
    if knows_floors:
        told.floor[owner] = rounded(found.floor[0, best])
        told.storeys[owner] = found.storeys[0, best]
        told.decider[owner] = found.decider[0, best]
    return told


def _grounds(
    cases: Cases, found: Found, best: Ints, terms: Terms, storey_height: Decimal, knows_floors: bool
) -> Floats:
    """m² of the lowest band of each best case; 0 where no building may stand at any height."""
    storeys = _highest(found, best) if knows_floors else np.ones(len(best), dtype=np.int64)
    rows = _rows(found, cases, best, terms)
    grounds = np.zeros(len(best))
    for number, height, mine in _alike(rows, storeys, cases.ceiling[best], terms, storey_height):
        grounds[mine] = shapely.area(ground_at(cases, best[mine], number, height, terms))
    return rounded(grounds)


def ground_at(cases: Cases, mine: Ints, number: int, height: Decimal, terms: Terms) -> Shapes:
    """The ground that yards leave each of some cases, in their order, to buildings of a row of Table 4 that end at a height."""
    mask = np.zeros(len(cases), dtype=bool)
    mask[mine] = True
    sides, groups = chosen(cases.sides, mask)
    distance = set_backs_at(cases, number, height, terms).distance[groups]
    found: Shapes = np.empty(len(mine), dtype=object)
    found[np.argsort(mine)] = left_over(cases.shape[mask], sides, distance)
    return found


def set_backs_at(cases: Cases, number: int, height: Decimal, terms: Terms) -> SetBacks:
    """Metres and what decides, for every group of sides, of buildings of a row of Table 4 that end at a height."""
    return set_backs(
        cases.sides,
        cases.along,
        Yards.of(terms.rows[number], terms.growth),
        level_at(terms, height),
        rise=0.0 if terms.growth is None else float(terms.growth.rise),
        street=terms.street,
        relieved=np.zeros(len(cases), dtype=bool),
    )


def _highest(found: Found, best: Ints) -> Ints:
    """Storeys of the highest building among the tiers that add something, for each best case."""
    floor = rounded(found.floor[:, best])
    highest: Ints = found.storeys[0, best].copy()
    before = floor[0].copy()
    for tier in range(1, len(floor)):
        adds = floor[tier] > before
        highest = np.where(adds, np.maximum(highest, found.storeys[tier, best]), highest)
        before = np.where(adds, floor[tier], before)
    return highest


def _rows(found: Found, cases: Cases, best: Ints, terms: Terms) -> Ints:
    """The row of Table 4 that the bands of each best case follow."""
    free, ground = found.row[0, best], found.ground_row[best]
    rows = np.where(free >= 0, free, ground)
    for place in np.flatnonzero(rows < 0).tolist():
        rows[place] = row_of(found, cases, int(best[place]), terms)
    return rows


def _alike(
    rows: Ints, storeys: Ints, ceiling: Floats, terms: Terms, storey_height: Decimal
) -> Iterator[tuple[int, Decimal, Ints]]:
    """Best cases with one row of Table 4 and one lowest height that matters: row, height, which."""
    kinds, kind = np.unique(np.column_stack([rows, storeys, ceiling]), axis=0, return_inverse=True)
    together: dict[tuple[int, Decimal], list[int]] = {}
    for number, (row, highest, most) in enumerate(kinds.tolist()):
        heights = heights_of(terms, storey_height, storey_height * int(highest), most)
        if heights:
            together.setdefault((int(row), heights[0]), []).append(number)
    for (row, height), numbers in together.items():
        yield row, height, np.flatnonzero(np.isin(kind.ravel(), numbers))


def rounded(areas: Floats) -> Floats:
    """m² to 0.01, a half to the even one, as decimals have it."""
    scaled = areas * HUNDRED
    found: Floats = np.rint(scaled) / HUNDRED
    ties = np.argwhere(np.abs(np.abs(scaled - np.floor(scaled)) - 0.5) < TIE)
    for place in map(tuple, ties.tolist()):
        found[place] = float(Decimal(repr(float(areas[place]))).quantize(Decimal("0.01")))
    return found
