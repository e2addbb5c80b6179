"""Plots of the plan: rows along the roads, with flags, bends, fields and estates where Kerala has them.

In: blocks between roads.  Out: rings of plots in whole centimetres, and for each plot its block, its form, the side it
faces and the rectangle in which a house may stand.
"""

from dataclasses import dataclass
from enum import IntEnum
from random import Random

import numpy as np
import numpy.typing as npt

from layers.sample.blocks import CM, DRIVEN, Block, Box, Kind, Plan
from layers.sample.ground import Floats, Ints
from layers.sample.noding import Rings

Mask = npt.NDArray[np.bool_]


class Form(IntEnum):
    """How a plot lies to the roads and its neighbours."""

    ROW = 0
    CORNER = 1
    FLAG = 2
    BENT = 3
    """L-shaped."""
    RIVERSIDE = 4
    THROUGH = 5
    LANDLOCKED = 6
    FIELD = 7
    STRIP = 8


# Typical extent (m²) and narrowest frontage (m) by the kind of block.
TYPICAL: dict[Kind, tuple[float, float]] = {
    Kind.CENTRE: (185.0, 6.0),
    Kind.HOMES: (300.0, 8.5),
    Kind.RURAL: (480.0, 11.0),
    Kind.HILL: (2200.0, 24.0),
    Kind.SHORE: (170.0, 6.0),
    Kind.RIVERSIDE: (460.0, 11.0),
    Kind.ISLAND: (520.0, 12.0),
    Kind.BEACH: (3600.0, 60.0),
}
SPREAD = 0.34
FLAG_POLE = 300


@dataclass(frozen=True, kw_only=True)
class Plots:
    """All plots of a plan, in the order in which a surveyor walks the blocks."""

    rings: Rings
    block: Ints
    form: Ints
    facing: Ints
    """0 south, 1 west, 2 north, 3 east: where its front is."""
    room: Ints
    """Rectangle in the plan (west, south, east, north; cm) that the body of the plot fills."""

    def __len__(self) -> int:
        return len(self.rings)


class _Book:
    """Collects plots while the blocks are walked."""

    def __init__(self) -> None:
        self.corners: list[Ints] = []
        self.lengths: list[Ints] = []
        self.block: list[Ints] = []
        self.form: list[Ints] = []
        self.facing: list[Ints] = []
        self.room: list[Ints] = []

    def add(self, corners: Ints, *, block: int, form: Ints, facing: int, room: Ints) -> None:
        """Plots of an equal number of corners, (n, k, 2), with their forms and rooms."""
        n, k, _ = corners.shape
        self.corners.append(corners.reshape(-1, 2))
        self.lengths.append(np.full(n, k))
        self.block.append(np.full(n, block))
        self.form.append(form)
        self.facing.append(np.full(n, facing))
        self.room.append(room)

    def plots(self) -> Plots:
        """Everything added, as flat arrays."""
        lengths = np.concatenate(self.lengths)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        return Plots(
            rings=Rings(corners=np.concatenate(self.corners), starts=starts),
            block=np.concatenate(self.block),
            form=np.concatenate(self.form),
            facing=np.concatenate(self.facing),
            room=np.concatenate(self.room),
        )


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of plots: along it runs s, from its front to its back t, both in centimetres."""

    box: Box
    facing: int
    low_end: bool
    high_end: bool
    """Whether a road runs past the ends."""
    backed: bool = False
    """Whether another row lies behind."""

    @property
    def length(self) -> int:
        """Side of the row along its street, in the units of the plan."""
        return self.box.wide if self.facing in (0, 2) else self.box.deep

    @property
    def depth(self) -> int:
        """Side of the row away from its street, in the units of the plan."""
        return self.box.deep if self.facing in (0, 2) else self.box.wide

    def placed(self, s: Ints, t: Ints) -> Ints:
        """Points of the row in the plan."""
        box = self.box
        if self.facing == 0:
            return np.stack([box.west + s, box.south + t], axis=-1)
        if self.facing == 2:
            return np.stack([box.west + s, box.north - t], axis=-1)
        if self.facing == 1:
            return np.stack([box.west + t, box.south + s], axis=-1)
        return np.stack([box.east - t, box.south + s], axis=-1)


def plots_of(plan: Plan, *, seed: int) -> Plots:
    """All blocks of the plan cut into plots."""
    book, rng, random = _Book(), np.random.default_rng([seed, 2]), Random(seed + 3)
    for number, block in enumerate(plan.blocks):
        if block.kind is Kind.PADDY:
            _fields(book, number, block, random)
            continue
        for row, form in _rows(block, random):
            _cut_row(book, number, block.kind, row, form, rng)
    return book.plots()


def _rows(block: Block, random: Random) -> list[tuple[_Row, Form]]:
    """One or two rows of plots, each with its front on a road where there is one."""
    sides, box = block.sides, block.box
    roads = [side in DRIVEN for side in (sides.south, sides.west, sides.north, sides.east)]
    along_u = box.wide >= box.deep
    if block.kind in (Kind.RIVERSIDE, Kind.ISLAND, Kind.BEACH):
        front = 0 if roads[0] and along_u else 2 if along_u else 3 if roads[3] else 1
        form = Form.STRIP if block.kind is Kind.BEACH else Form.RIVERSIDE
        return [(_Row(box, front, False, False), form)]
    low, high = (0, 2) if along_u else (1, 3)
    if not (roads[low] or roads[high]):
        along_u = not along_u
        low, high = (0, 2) if along_u else (1, 3)
    ends = (roads[1], roads[3]) if along_u else (roads[0], roads[2])
    short = box.deep if along_u else box.wide
    if roads[low] and roads[high] and (short < 3_600 or (short < 4_600 and random.random() < 0.3)):
        return [(_Row(box, low, *ends), Form.THROUGH)]
    if not (roads[low] and roads[high]):
        return [(_Row(box, low if roads[low] else high, *ends), Form.ROW)]
    at = (box.south if along_u else box.west) + round(short * random.uniform(0.42, 0.58) / 50) * 50
    first, _, second = box.cut(across_u=not along_u, at=at)
    return [(_Row(first, low, *ends, True), Form.ROW), (_Row(second, high, *ends, True), Form.ROW)]


def _cuts(row: _Row, kind: Kind, rng: np.random.Generator) -> Ints:
    """Where the plots of a row begin and end."""
    typical, narrowest = TYPICAL[kind]
    wanted = typical * float(np.exp(rng.normal(0.0, 0.28))) / (row.depth / CM)
    frontage = min(max(wanted, narrowest, row.depth / CM / 2.7), 60.0 if kind is not Kind.BEACH else 120.0)
    n = max(1, round(row.length / CM / frontage))
    widths = np.exp(rng.normal(0.0, SPREAD, n))
    cuts = np.concatenate([[0.0], np.cumsum(widths) / widths.sum()]) * row.length
    snapped = np.round(cuts / 200).astype(np.int64) * 200
    snapped[-1] = row.length
    keep = np.concatenate([[True], np.diff(snapped) >= 400])
    keep[-1] = True
    kept = snapped[keep]
    if len(kept) > 2 and kept[-1] - kept[-2] < 400:
        kept = np.delete(kept, -2)
    return np.asarray(kept)


def _cut_row(book: _Book, number: int, kind: Kind, row: _Row, form: Form, rng: np.random.Generator) -> None:
    cuts = _cuts(row, kind, rng)
    n = len(cuts) - 1
    forms = np.full(n, int(form))
    if form is Form.ROW:
        forms[0] = Form.CORNER if row.low_end else forms[0]
        forms[-1] = Form.CORNER if row.high_end else forms[-1]
    chance = rng.random(n)
    flag, shut, bent = _special(row, np.diff(cuts), forms, chance)
    pair = bent | np.concatenate([[False], bent[:-1]])
    plain, low = ~(flag | shut | pair), flag & (chance < 0.05)
    place = _Placing(book, number, row, cuts)
    place.plain(np.flatnonzero(plain), forms[plain])
    place.flags(np.flatnonzero(flag & ~low), from_low=False)
    place.flags(np.flatnonzero(low), from_low=True)
    place.shut(np.flatnonzero(shut))
    place.bent(np.flatnonzero(bent))


def _special(row: _Row, widths: Ints, forms: Ints, chance: Floats) -> tuple[Mask, Mask, Mask]:
    """Which plots of a row are split into front and flag, which into front and landlocked, which bend into the next."""
    ordinary = forms == int(Form.ROW)
    likely = min(0.85, max(0.08, (row.depth - 2_400) / 2_800))
    flag = ordinary & (widths >= 1_150) & (row.depth >= 2_600) & (chance < likely)
    shut = ordinary & row.backed & (widths >= 700) & (row.depth >= 2_500) & ~flag & (chance > 0.986)
    shut[[0, -1]] = False  # a lane may end beside a row
    whole = ordinary & ~flag & ~shut & (widths >= 900)
    bent = np.zeros(len(widths), dtype=bool)
    for i in np.flatnonzero(whole[:-1] & whole[1:] & (chance[:-1] > 0.86) & (chance[:-1] < 0.96)):
        bent[i] = i == 0 or not bent[i - 1]
    return flag, shut, bent


class _Placing:
    """Puts the plots of one row into the book."""

    def __init__(self, book: _Book, number: int, row: _Row, cuts: Ints) -> None:
        self.book, self.number, self.row, self.cuts = book, number, row, cuts

    def _add(self, path: list[tuple[Ints, Ints]], forms: Ints, room: tuple[Ints, Ints, Ints, Ints]) -> None:
        """Plots by the (s, t) of their corners, and the part (s, s, t, t) that a house may fill."""
        s, t = np.array([point[0] for point in path]).T, np.array([point[1] for point in path]).T
        a, b = self.row.placed(room[0], room[2]), self.row.placed(room[1], room[3])
        rooms = np.concatenate([np.minimum(a, b), np.maximum(a, b)], axis=-1)
        corners = self.row.placed(s, t)
        self.book.add(corners, block=self.number, form=forms, facing=self.row.facing, room=rooms)

    def _frame(self, which: Ints, share: float) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Low and high side of plots, their front, a depth part-way back, and their back."""
        h = round(self.row.depth * share / 100) * 100
        zero = np.zeros(len(which), dtype=np.int64)
        return self.cuts[which], self.cuts[which + 1], zero, zero + h, zero + self.row.depth

    def plain(self, which: Ints, forms: Ints) -> None:
        """Rectangles over the whole depth."""
        if len(which):
            a, b, o, _, d = self._frame(which, 0.5)
            self._add([(a, o), (b, o), (b, d), (a, d)], forms, (a, b, o, d))

    def flags(self, which: Ints, *, from_low: bool) -> None:
        """A front plot, and one behind it with its own strip to the road."""
        if not len(which):
            return
        a, b, o, h, d = self._frame(which, 0.48)
        front, flag = (np.full(len(which), int(form)) for form in (Form.ROW, Form.FLAG))
        # The far side of the strip gets a corner where the strip ends, or bent ground could press it shut.
        if from_low:
            p = a + FLAG_POLE
            self._add([(p, o), (b, o), (b, h), (p, h)], front, (p, b, o, h))
            self._add([(a, o), (p, o), (p, h), (b, h), (b, d), (a, d), (a, h)], flag, (a, b, h, d))
        else:
            p = b - FLAG_POLE
            self._add([(a, o), (p, o), (p, h), (a, h)], front, (a, p, o, h))
            self._add([(p, o), (b, o), (b, h), (b, d), (a, d), (a, h), (p, h)], flag, (a, b, h, d))

    def shut(self, which: Ints) -> None:
        """A front plot, and one behind it without a way out."""
        if len(which):
            a, b, o, h, d = self._frame(which, 0.5)
            self._add([(a, o), (b, o), (b, h), (a, h)], np.full(len(which), int(Form.ROW)), (a, b, o, h))
            self._add(
                [(a, h), (b, h), (b, d), (a, d)], np.full(len(which), int(Form.LANDLOCKED)), (a, b, h, d)
            )

    def bent(self, which: Ints) -> None:
        """Two plots whose common side steps over by some metres half-way back."""
        if len(which):
            a, b, o, h, d = self._frame(which, 0.55)
            c = self.cuts[which + 2]
            over = b + np.round((c - b) * 0.4 / 100).astype(np.int64) * 100
            form = np.full(len(which), int(Form.BENT))
            self._add([(a, o), (b, o), (b, h), (over, h), (over, d), (a, d)], form, (a, b, o, d))
            self._add([(b, o), (c, o), (c, d), (over, d), (over, h), (b, h)], form, (b, c, o, h))


def _fields(book: _Book, number: int, block: Block, random: Random) -> None:
    """Paddy fields: bunds only, no ways; boxes halved until they are of a field's size."""
    stack, boxes = [block.box], []
    while stack:
        box = stack.pop()
        if box.wide * box.deep / CM**2 < random.uniform(900, 3200) or max(box.wide, box.deep) < 3_000:
            boxes.append(
                [(box.west, box.south), (box.east, box.south), (box.east, box.north), (box.west, box.north)]
            )
            continue
        across_u = box.wide > box.deep
        start, span = (box.west, box.wide) if across_u else (box.south, box.deep)
        low, _, high = box.cut(
            across_u=across_u, at=start + round(span * random.uniform(0.4, 0.6) / 200) * 200
        )
        stack += [high, low]
    corners = np.array(boxes, dtype=np.int64)
    rooms = np.concatenate([corners[:, 0], corners[:, 2]], axis=-1)
    book.add(corners, block=number, form=np.full(len(boxes), int(Form.FIELD)), facing=0, room=rooms)
