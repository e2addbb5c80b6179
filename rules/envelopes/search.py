"""The largest building on each of many plots: storey by storey, row by row of Table 4.

In: `Cases` (plots with their sides and streets) and the book's `Terms`.  Out: `Found`, arrays over the cases.

For each row of Table 4 the yards of that row are kept and the building is as large as they, coverage, floor space index and the row's own
band of built-up area let it be: a building that would outgrow its band is judged by the yards of the next.  Every square metre built is
counted as floor area, storeys are alike, and one building stands on the largest connected part.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from rules.envelopes.model import Decider
from rules.envelopes.shapes import Along, Level, Yards, chosen, left_over, pieces, set_backs
from rules.envelopes.sides import Flags, Floats, Ints, Shapes, Sides
from rules.envelopes.terms import Row, Terms

MOST_STOREYS = 100
HALF_STEP = 0.005
"""m²: half of what areas are compared at."""
CODES = (
    Decider.NOTHING_LEFT,
    Decider.YARDS,
    Decider.GROWTH,
    Decider.STREET_HEIGHT,
    Decider.COVERAGE,
    Decider.FSI,
    Decider.BUILT_UP_AREA,
    Decider.GREATEST_HEIGHT,
    Decider.NOT_SEARCHED,
)
"""What the codes of `Found` mean."""
CODE = {decider: code for code, decider in enumerate(CODES)}


@dataclass(frozen=True, kw_only=True)
class Cases:
    """Plots with their front towards one street: ground m², greatest height (inf: none) and whether rule 50 is known to hold."""

    shape: Shapes
    area: Floats
    ceiling: Floats
    is_relieved: Flags
    sides: Sides
    along: Along

    def __len__(self) -> int:
        return len(self.shape)


@dataclass(kw_only=True)
class Found:
    """By tier and case: floor area, storeys, m² of one storey, row of Table 4 (-1: none), what decided.  `ground` is by case alone.

    Where the book has a hole the rule is left out; `rules.envelopes.many` says which numbers then mean nothing.
    """

    floor: Floats
    storeys: Ints
    storey: Floats
    row: Ints
    decider: Ints
    ground: Floats
    ground_decider: Ints
    ground_row: Ints

    @classmethod
    def nothing(cls, tiers: int, cases: int) -> "Found":
        """No building found yet."""
        return cls(
            floor=np.zeros((tiers, cases)),
            storeys=np.zeros((tiers, cases), dtype=np.int64),
            storey=np.zeros((tiers, cases)),
            row=np.full((tiers, cases), -1, dtype=np.int64),
            decider=np.zeros((tiers, cases), dtype=np.int64),
            ground=np.zeros(cases),
            ground_decider=np.zeros(cases, dtype=np.int64),
            ground_row=np.full(cases, -1, dtype=np.int64),
        )

    def improve(self, other: "Found") -> None:
        """Take over what another found larger."""
        better = other.floor > self.floor + HALF_STEP
        for name in ("floor", "storeys", "storey", "row"):
            setattr(self, name, np.where(better, getattr(other, name), getattr(self, name)))
        open_still = (self.row < 0) & (other.row < 0)
        self.decider = np.where(better | open_still, other.decider, self.decider)
        self.ground_decider = np.where(
            (self.ground_row < 0) & (other.ground_row < 0), other.ground_decider, self.ground_decider
        )
        larger = other.ground > self.ground + HALF_STEP
        for name in ("ground", "ground_decider", "ground_row"):
            setattr(self, name, np.where(larger, getattr(other, name), getattr(self, name)))


def levels(terms: Terms, storey_height: Decimal) -> Iterator[Level]:
    """The tops of one storey, two, and so on; only the first where growth or street height is not known."""
    most = MOST_STOREYS if terms.has_heights else 1
    for storeys in range(1, most + 1):
        yield level_at(terms, storey_height * storeys)


def level_at(terms: Terms, height: Decimal) -> Level:
    """A height with what depends on it."""
    return Level(
        height=height,
        steps=0 if terms.growth is None else terms.growth.steps(height),
        is_low=terms.lanes is not None and height <= terms.lanes.height,
    )


def relieved(cases: Cases, terms: Terms, level: Level, storeys: int) -> Flags:
    """The cases that rule 50 frees from coverage, floor space index and the height against the street at this height."""
    small = terms.small
    if small is None or storeys > small.storeys or level.height > small.height:
        return np.zeros(len(cases), dtype=bool)
    return cases.is_relieved & (cases.area <= float(small.plot))


def search(cases: Cases, terms: Terms, storey_height: Decimal) -> Found:
    """The largest building of every case; rows of one set of yards are searched together."""
    best = Found.nothing(max(1, len(terms.tiers)), len(cases))
    groups: dict[tuple[object, ...], list[int]] = {}
    for number, row in enumerate(terms.rows):
        groups.setdefault((row.yards, row.minimums), []).append(number)
    for numbers in groups.values():
        best.improve(_Climb(cases, terms, numbers).climbed(storey_height))
    return best


class _Climb:
    """One set of yards, from the first storey up."""

    def __init__(self, cases: Cases, terms: Terms, numbers: list[int]) -> None:
        self.cases, self.terms = cases, terms
        self.rows = [(number, terms.rows[number]) for number in numbers]
        self.yards = Yards.of(terms.rows[numbers[0]], terms.growth)
        self.found = Found.nothing(max(1, len(terms.tiers)), len(cases))
        self.left = np.zeros(len(cases))
        self.before: Floats | None = None
        self.bite = np.zeros(len(cases), dtype=np.int64)
        fits = [self._fits(row) for _, row in self.rows]
        self.active = np.any(fits, axis=0)
        percent = np.inf if terms.coverage is None else float(terms.coverage) / 100.0
        self.coverage = cases.area * percent
        indices = [float(tier.index) for tier in terms.tiers] or [np.inf]
        self.limits = np.array(indices)[:, None] * cases.area
        tops = [np.where(fit, _most(row), 0.0) for fit, (_, row) in zip(fits, self.rows, strict=True)]
        self.top = np.max(tops, axis=0)
        self.is_short = np.zeros(len(cases), dtype=bool)

    def _fits(self, row: Row) -> Flags:
        return self.cases.area <= (np.inf if row.plot_upto is None else float(row.plot_upto))

    def climbed(self, storey_height: Decimal) -> Found:
        """Storey on storey until nothing is left, nothing more is allowed, or the building cannot grow."""
        for storeys, level in enumerate(levels(self.terms, storey_height), start=1):
            under = float(level.height) <= self.cases.ceiling + NOTHING
            self._stalled(self.active & ~under, storeys, CODE[Decider.GREATEST_HEIGHT])
            self.active &= under
            if not self.active.any():
                break
            self._stand(level, storeys)
            self._count(level, storeys)
        else:
            if self.terms.has_heights:
                self._stalled(self.active, storeys + 1, CODE[Decider.NOT_SEARCHED])
        none = self.is_short & (self.found.row < 0).all(axis=0)
        self.found.decider[:, none] = BAND
        self.found.ground_decider[none & (self.found.ground_row < 0)] = BAND
        return self.found

    def _stand(self, level: Level, storeys: int) -> None:
        """The ground left at this height, where it is not what was left below."""
        found = set_backs(
            self.cases.sides,
            self.cases.along,
            self.yards,
            level,
            rise=0.0 if self.terms.growth is None else float(self.terms.growth.rise),
            street=self.terms.street,
            relieved=relieved(self.cases, self.terms, level, storeys),
        )
        changed = np.ones(len(self.cases), dtype=bool)
        if self.before is not None:
            changed[:] = False
            changed[self.cases.sides.case[np.abs(found.distance - self.before) > NOTHING]] = True
        self.before = found.distance
        asked = changed & self.active
        if asked.any():
            sides, groups = chosen(self.cases.sides, asked)
            self.left[asked] = pieces(left_over(self.cases.shape[asked], sides, found.distance[groups]))
        bitten = np.zeros(len(self.cases), dtype=bool)
        bitten[self.cases.sides.case[found.decider == STREET_HEIGHT]] = True
        grown = Decider.GROWTH if level.steps else Decider.YARDS
        self.bite = np.where(bitten, CODE[Decider.STREET_HEIGHT], CODE[grown])

    def _count(self, level: Level, storeys: int) -> None:
        """What a building of so many storeys amounts to, in every row and tier."""
        is_free = relieved(self.cases, self.terms, level, storeys)
        coverage = np.where(is_free, np.inf, self.coverage)
        storey = np.where(self.active, np.minimum(self.left, coverage), 0.0)
        limits = np.where(is_free, np.inf, self.limits)
        before = self.found.storeys.copy()
        for number, row in self.rows:
            self._ground(number, row, storeys, storey, coverage < self.left)
            value = np.minimum(np.minimum(storeys * storey, _most(row)), limits)
            self.is_short |= (
                self._fits(row) & (value[0] > HALF_STEP) & (value[0] < float(row.least) - HALF_STEP)
            )
            better = (value >= float(row.least) - HALF_STEP) & (value > self.found.floor + HALF_STEP)
            better &= self._fits(row)
            by_index = value >= limits - HALF_STEP
            why = np.where(
                by_index, CODE[Decider.FSI], np.where(value >= _most(row) - HALF_STEP, BAND, self.bite)
            )
            self.found.floor = np.where(better, value, self.found.floor)
            self.found.storeys = np.where(better, storeys, self.found.storeys)
            self.found.storey = np.where(better, value / storeys, self.found.storey)
            self.found.row = np.where(better, number, self.found.row)
            self.found.decider = np.where(better, why, self.found.decider)
        self._stalled(self.active & (self.found.storeys == before).all(axis=0), storeys, None)
        full = self.found.floor[-1] >= np.minimum(self.top, self.limits[-1]) - HALF_STEP
        waits = self.cases.is_relieved & (storeys < (self.terms.small.storeys if self.terms.small else 0))
        self.active &= (self.left > HALF_STEP) & (~full | waits)

    def _ground(self, number: int, row: Row, storeys: int, storey: Floats, is_covered: Flags) -> None:
        """The largest footprint that some lawful number of storeys may have."""
        size = np.minimum(storey, _most(row) / storeys)
        is_lawful = storeys * size >= float(row.least) - HALF_STEP
        if not self.terms.has_heights:
            is_lawful = np.ones(len(self.cases), dtype=bool)
        better = is_lawful & (size > self.found.ground + HALF_STEP) & self._fits(row)
        why = np.where(size < storey - HALF_STEP, BAND, np.where(is_covered, CODE[Decider.COVERAGE], 1))
        self.found.ground = np.where(better, size, self.found.ground)
        self.found.ground_decider = np.where(better, why, self.found.ground_decider)
        self.found.ground_row = np.where(better, number, self.found.ground_row)

    def _stalled(self, which: Flags, storeys: int, code: int | None) -> None:
        """Where the storey below was the last that helped, this is why; what index or band decided stays."""
        free = ~np.isin(self.found.decider, (CODE[Decider.FSI], BAND))
        last = which & free & (self.found.storeys == storeys - 1)
        self.found.decider = np.where(last, self.bite if code is None else code, self.found.decider)


def _most(row: Row) -> float:
    return np.inf if row.most is None else float(row.most)


NOTHING = 1e-9
BAND = CODE[Decider.BUILT_UP_AREA]
STREET_HEIGHT = 3
"""The code of street height among the deciders of set-backs."""
