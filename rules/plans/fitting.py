"""One outline laid on another by turning and shifting it, never stretched and never mirrored: the best lies, best first.

In: two shapes in metres.  Out: `Fit`s, each a rigid `Move` with the root mean square distance between the outlines. Many starts
(matching sides, even turns) are improved by least squares on evenly spaced points of both outlines (iterative closest points,
point to line, Gauss-Newton), all of them at once. No chance is involved, and the time is bounded by fixed numbers of starts, points and rounds.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from gis.geometry import polygons_of
from rules.plans.rims import Numbers, Places, Points, Rim, Which

EVEN_TURNS = 36
"""Turns tried whatever the sides say, so that curved plots have a start within 5° too."""
MOST_SIDES = 16
"""The longest sides of each outline that are laid on each other."""
MOST_PARTS = 4
FIRST, COARSE, FINE = 40, 40, 180
"""Points of each outline in the three passes: choosing among starts, improving, and the last result."""
KEPT, LAST = 16, 10
"""Starts that are improved, and lies that are carried to the end."""
ROUNDS, LAST_ROUNDS = 5, 60
ENOUGH = 1e-3
"""Share by which a round must better the fit; after three that do not, it is as good as it gets."""
HOPELESS = 0.06
"""Share of the plot's size by which a lie may be worse than the best before it is given up."""
ALIKE_TURN = math.radians(1.0)
ALIKE_SHIFT = 0.02
"""Lies nearer to each other than this (shift as a share of the plot's size) are one."""


@dataclass(frozen=True, slots=True)
class Move:
    """A turn about the origin (radians, counter-clockwise), then a shift in metres; lengths and areas stay as they are."""

    turn: float
    dx: float
    dy: float

    def forth(self, points: Points) -> Points:
        """Points of the drawing where they lie on the ground."""
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        x, y = points[:, 0], points[:, 1]
        return np.column_stack([cos * x - sin * y + self.dx, sin * x + cos * y + self.dy])

    def back(self, points: Points) -> Points:
        """Points on the ground where they lie in the drawing."""
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        x, y = points[:, 0] - self.dx, points[:, 1] - self.dy
        return np.column_stack([cos * x + sin * y, -sin * x + cos * y])

    def between(self, drawn: Points, ground: Points) -> "Move":
        """This move, found about two centres, between the places themselves."""
        away = self.forth(-drawn) + ground
        return Move(within_half_turn(self.turn), float(away[0, 0]), float(away[0, 1]))


@dataclass(frozen=True, slots=True)
class Fit:
    """A lie of one outline on the other: the move and how far, root mean square, the outlines are apart in metres."""

    move: Move
    apart: float


def within_half_turn(turn: float) -> float:
    """The same turn between -π and π."""
    return math.remainder(turn, 2 * math.pi)


@dataclass(frozen=True, slots=True)
class _Moves:
    """Many moves at once, a row for each: what `Move` does to one, to the last bit."""

    turns: Numbers
    dx: Numbers
    dy: Numbers

    @classmethod
    def of(cls, moves: Sequence[Move]) -> "_Moves":
        """Moves that were listed one by one."""
        rows = np.array([(each.turn, each.dx, each.dy) for each in moves])
        return cls(rows[:, 0], rows[:, 1], rows[:, 2])

    def turned(self, there: Places) -> Places:
        """Directions of the drawing as they point on the ground."""
        cos, sin = self._cos_and_sin()
        return Places(cos * there.x - sin * there.y, sin * there.x + cos * there.y)

    def forth(self, places: Places) -> Places:
        """Places of the drawing on the ground."""
        turned = self.turned(places)
        return Places(turned.x + self.dx[:, None], turned.y + self.dy[:, None])

    def back(self, places: Places) -> Places:
        """Places on the ground in the drawing."""
        cos, sin = self._cos_and_sin()
        x, y = places.x - self.dx[:, None], places.y - self.dy[:, None]
        return Places(cos * x + sin * y, -sin * x + cos * y)

    def those(self, which: Which) -> "_Moves":
        """Some of them."""
        return _Moves(self.turns[which], self.dx[which], self.dy[which])

    def listed(self) -> list[Move]:
        """One by one."""
        rows = zip(self.turns.tolist(), self.dx.tolist(), self.dy.tolist(), strict=True)
        return [Move(turn, dx, dy) for turn, dx, dy in rows]

    def _cos_and_sin(self) -> tuple[Numbers, Numbers]:
        turns = self.turns.tolist()
        cos, sin = np.array([[math.cos(turn) for turn in turns], [math.sin(turn) for turn in turns]])
        return cos[:, None], sin[:, None]


def fits(plot: Polygon, ground: BaseGeometry) -> list[Fit]:
    """The distinct best lies of a plot on the ground, best first; both valid and with an area (see `placement`)."""
    drawn_centre = shapely.get_coordinates(plot.centroid)
    ground_centre = shapely.get_coordinates(ground.centroid)
    drawn, on_ground = Rim(plot, drawn_centre), Rim(ground, ground_centre)
    starts = _best_starts(_starts(drawn, ground, on_ground, ground_centre), drawn, on_ground)
    chosen = _distinct(_improved(starts, drawn, on_ground, ROUNDS, COARSE), drawn.size)[:LAST]
    hopeless = chosen[0].apart + HOPELESS * drawn.size
    hopeful = [each.move for each in chosen if each.apart <= hopeless]
    return [
        Fit(each.move.between(drawn_centre, ground_centre), each.apart)
        for each in _distinct(_improved(hopeful, drawn, on_ground, LAST_ROUNDS, FINE), drawn.size)
    ]


def _starts(drawn: Rim, ground: BaseGeometry, on_ground: Rim, centre: Points) -> list[Move]:
    """Long sides on long sides, about the centres and end on end, and even turns about the centre of each part."""
    ours, theirs = _long_sides(drawn), _long_sides(on_ground)
    between = _angles(on_ground)[theirs][None, :] - _angles(drawn)[ours][:, None]
    turns = [*(np.arange(EVEN_TURNS) * (2 * math.pi / EVEN_TURNS)).tolist(), *between.ravel().tolist()]
    parts = sorted(polygons_of(ground), key=lambda part: -part.area)[:MOST_PARTS]
    centres = [(0.0, 0.0)]
    if len(parts) > 1:
        away = shapely.get_coordinates([part.centroid for part in parts]) - centre
        centres += [(x, y) for x, y in away.tolist()]
    starts = [Move(turn, *place) for place in centres for turn in _unlike(turns)]
    lengths = drawn.lengths[ours][:, None], on_ground.lengths[theirs][None, :]
    i, j = np.nonzero(np.minimum(*lengths) > 0.8 * np.maximum(*lengths))
    return [*starts, *_side_on_side(drawn, ours[i], on_ground, theirs[j], between[i, j])]


def _angles(rim: Rim) -> Numbers:
    found: Numbers = np.arctan2(rim.vectors[:, 1], rim.vectors[:, 0])
    return found


def _long_sides(rim: Rim) -> Which:
    return np.argsort(-rim.lengths, kind="stable")[:MOST_SIDES]


def _side_on_side(drawn: Rim, ours: Which, on_ground: Rim, theirs: Which, turns: Numbers) -> list[Move]:
    """The moves that bring the middle of one side to the middle of another, and its direction too."""
    if not len(turns):
        return []
    middles = drawn.starts[ours] + drawn.vectors[ours] / 2
    targets = on_ground.starts[theirs] + on_ground.vectors[theirs] / 2
    there = _Moves(turns, turns, turns).turned(Places(middles[:, :1], middles[:, 1:]))
    return _Moves(turns, targets[:, 0] - there.x[:, 0], targets[:, 1] - there.y[:, 0]).listed()


def _unlike(turns: Iterable[float]) -> list[float]:
    """Turns without those within half a degree of another."""
    return sorted({round(math.degrees(turn) % 360 * 2) % 720: turn for turn in turns}.values())


def _best_starts(starts: list[Move], drawn: Rim, on_ground: Rim) -> list[Move]:
    """The starts at which the outlines are nearest each other, all tried at once."""
    moves = _Moves.of(starts)
    there = on_ground.distances(moves.forth(drawn.evenly(FIRST)))
    here = drawn.distances(moves.back(on_ground.evenly(FIRST)))
    apart = np.sqrt(((there**2 + here**2) / 2).mean(axis=1))
    tried = [Fit(start, each) for start, each in zip(starts, apart.tolist(), strict=True)]
    return [fit.move for fit in _distinct(tried, drawn.size, looser=4.0)]


def _distinct(found: list[Fit], size: float, *, looser: float = 1.0) -> list[Fit]:
    """Best first, without those that are nearly the same as a better one."""
    kept: list[Fit] = []
    for fit in sorted(found, key=lambda each: (round(each.apart, 9), abs(within_half_turn(each.move.turn)))):
        if not any(_alike(fit.move, other.move, size, looser) for other in kept):
            kept.append(fit)
        if len(kept) == KEPT:
            break
    return kept


def _alike(a: Move, b: Move, size: float, looser: float) -> bool:
    turned = abs(within_half_turn(a.turn - b.turn))
    return turned < ALIKE_TURN * looser and math.hypot(a.dx - b.dx, a.dy - b.dy) < ALIKE_SHIFT * size * looser


def _improved(moves: Sequence[Move], drawn: Rim, on_ground: Rim, rounds: int, count: int) -> list[Fit]:
    """Each move after so many rounds of least squares, or the best on its way."""
    ours, theirs = drawn.evenly(count), on_ground.evenly(count)
    best = list(moves)
    least, idle = np.full(len(moves), math.inf), np.zeros(len(moves), dtype=int)
    left, now = np.arange(len(moves)), _Moves.of(moves)
    for _ in range(rounds):
        apart, following = _round(now, drawn, on_ground, ours, theirs)
        idle[left] = np.where(apart < least[left] * (1 - ENOUGH), 0, idle[left] + 1)
        for i, move, better in zip(left, now.listed(), apart < least[left], strict=True):
            best[i] = move if better else best[i]
        least[left] = np.minimum(apart, least[left])
        going = (idle[left] <= 2) & (apart >= 1e-10 * drawn.size)
        left, now = left[going], following.those(np.flatnonzero(going))
        if not len(left):
            break
    return [Fit(move, apart) for move, apart in zip(best, least.tolist(), strict=True)]


def _round(moves: _Moves, drawn: Rim, on_ground: Rim, ours: Places, theirs: Places) -> tuple[Numbers, _Moves]:
    """How far the outlines are apart under each move, and the moves that least squares makes of them."""
    here = moves.forth(ours)
    feet, normals = on_ground.nearest(here)
    near, our_normals = drawn.nearest(moves.back(theirs))
    there = moves.forth(near)
    gap = here.less(feet).beside(there.less(theirs))
    away = np.hypot(gap.x, gap.y)
    off = away > 1e-9
    along = normals.beside(moves.turned(our_normals))
    np.divide(gap.x, away, out=along.x, where=off)
    np.divide(gap.y, away, out=along.y, where=off)
    # What a turn about the drawing's own centre does to each point, per radian, in units of the plot's size.
    moved = here.beside(there)
    lever_x, lever_y = (moved.x - moves.dx[:, None]) / drawn.size, (moved.y - moves.dy[:, None]) / drawn.size
    turning = along.y * lever_x - along.x * lever_y
    asked = np.stack([along.x, along.y, turning], axis=2)
    missing = -np.where(off, away, 0.0)
    step = np.array([np.linalg.lstsq(a, b, rcond=1e-9)[0] for a, b in zip(asked, missing, strict=True)])
    turns = np.clip(step[:, 2] / drawn.size, -0.2, 0.2)
    following = _Moves(moves.turns + turns, moves.dx + step[:, 0], moves.dy + step[:, 1])
    return np.sqrt((away**2).mean(axis=1)), following
