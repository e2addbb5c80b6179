"""One outline laid on another by turning and shifting it, never stretched and never mirrored: the best lies, best first.

In: two shapes in metres.  Out: `Fit`s, each a rigid `Move` with the root mean square distance between the outlines. Many starts
(matching sides, even turns) are improved by least squares on evenly spaced points of both outlines (iterative closest points,
point to line, Gauss-Newton). No chance is involved, and the time is bounded by fixed numbers of starts, points and rounds.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from gis.geometry import polygons_of

Points = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]

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


class Rim:
    """The outline of a shape about a centre, as straight sides that can be asked for their nearest point."""

    def __init__(self, shape: BaseGeometry, centre: Points) -> None:
        rings = shapely.get_rings(np.array([orient(part) for part in polygons_of(shape)]))
        corners, ring = shapely.get_coordinates(rings, return_index=True)
        vectors = np.diff(corners, axis=0)
        real = (ring[1:] == ring[:-1]) & (np.hypot(vectors[:, 0], vectors[:, 1]) > 0)
        self.starts: Points = (corners[:-1] - centre)[real]
        self.vectors: Points = vectors[real]
        self.lengths: Numbers = np.hypot(self.vectors[:, 0], self.vectors[:, 1])
        ends = self.starts + self.vectors
        self.tree = shapely.STRtree(shapely.linestrings(np.stack([self.starts, ends], axis=1)))
        self.size = float(np.ptp(self.starts, axis=0).max())

    def evenly(self, count: int) -> Points:
        """So many points, evenly spaced along the whole outline."""
        reached = np.cumsum(self.lengths)
        along = (np.arange(count) + 0.5) * (reached[-1] / count)
        which = np.minimum(np.searchsorted(reached, along), len(reached) - 1)
        share = (along - reached[which] + self.lengths[which]) / self.lengths[which]
        found: Points = self.starts[which] + self.vectors[which] * share[:, None]
        return found

    def nearest(self, points: Points) -> tuple[Points, Points]:
        """The nearest point of the outline to each point, and the unit normal of the side it lies on."""
        which = self.tree.query_nearest(shapely.points(points), all_matches=False)[1]
        start, vector, length = self.starts[which], self.vectors[which], self.lengths[which]
        share = np.clip(((points - start) * vector).sum(axis=1) / length**2, 0.0, 1.0)
        normals = np.column_stack([-vector[:, 1], vector[:, 0]]) / length[:, None]
        return start + vector * share[:, None], normals

    def distances(self, points: Points) -> Numbers:
        """Metres from each point to the outline."""
        found: Numbers = self.tree.query_nearest(
            shapely.points(points), all_matches=False, return_distance=True
        )[1]
        return found


def fits(plot: Polygon, ground: BaseGeometry) -> list[Fit]:
    """The distinct best lies of a plot on the ground, best first; both valid and with an area (see `placement`)."""
    drawn_centre = shapely.get_coordinates(plot.centroid)
    ground_centre = shapely.get_coordinates(ground.centroid)
    drawn, on_ground = Rim(plot, drawn_centre), Rim(ground, ground_centre)
    starts = _best_starts(_starts(drawn, ground, on_ground, ground_centre), drawn, on_ground)
    first = [_improved(start, drawn, on_ground, ROUNDS, COARSE) for start in starts]
    chosen = _distinct(first, drawn.size)[:LAST]
    hopeless = chosen[0].apart + HOPELESS * drawn.size
    last = [
        _improved(each.move, drawn, on_ground, LAST_ROUNDS, FINE) for each in chosen if each.apart <= hopeless
    ]
    return [
        Fit(each.move.between(drawn_centre, ground_centre), each.apart)
        for each in _distinct(last, drawn.size)
    ]


def _starts(drawn: Rim, ground: BaseGeometry, on_ground: Rim, centre: Points) -> list[Move]:
    """Long sides on long sides, about the centres and end on end, and even turns about the centre of each part."""
    ours, theirs = _long_sides(drawn), _long_sides(on_ground)
    between = _angles(on_ground)[theirs][None, :] - _angles(drawn)[ours][:, None]
    turns = [*(np.arange(EVEN_TURNS) * (2 * math.pi / EVEN_TURNS)), *between.ravel()]
    parts = sorted(polygons_of(ground), key=lambda part: -part.area)[:MOST_PARTS]
    centres = [np.zeros((1, 2))]
    if len(parts) > 1:
        centres += [shapely.get_coordinates(part.centroid) - centre for part in parts]
    starts = [Move(float(turn), *place[0]) for place in centres for turn in _unlike(turns)]
    for i, ours_at in enumerate(ours):
        for j, theirs_at in enumerate(theirs):
            lengths = drawn.lengths[ours_at], on_ground.lengths[theirs_at]
            if min(lengths) > 0.8 * max(lengths):
                starts.append(_side_on_side(drawn, ours_at, on_ground, theirs_at, float(between[i, j])))
    return starts


def _angles(rim: Rim) -> Numbers:
    found: Numbers = np.arctan2(rim.vectors[:, 1], rim.vectors[:, 0])
    return found


def _long_sides(rim: Rim) -> list[int]:
    return [int(each) for each in np.argsort(-rim.lengths, kind="stable")[:MOST_SIDES]]


def _unlike(turns: Iterable[float]) -> list[float]:
    """Turns without those within half a degree of another."""
    return sorted({round(math.degrees(turn) % 360 * 2) % 720: turn for turn in turns}.values())


def _side_on_side(drawn: Rim, ours: int, on_ground: Rim, theirs: int, turn: float) -> Move:
    middle = (drawn.starts[ours] + drawn.vectors[ours] / 2)[None, :]
    target = on_ground.starts[theirs] + on_ground.vectors[theirs] / 2
    away = target - Move(turn, 0.0, 0.0).forth(middle)[0]
    return Move(turn, float(away[0]), float(away[1]))


def _best_starts(starts: list[Move], drawn: Rim, on_ground: Rim) -> list[Move]:
    """The starts at which the outlines are nearest each other, all tried at once."""
    ours, theirs = drawn.evenly(FIRST), on_ground.evenly(FIRST)
    there = on_ground.distances(np.vstack([start.forth(ours) for start in starts]))
    here = drawn.distances(np.vstack([start.back(theirs) for start in starts]))
    apart = np.sqrt(((there**2 + here**2) / 2).reshape(len(starts), FIRST).mean(axis=1))
    tried = [Fit(start, float(each)) for start, each in zip(starts, apart, strict=True)]
    return [fit.move for fit in _distinct(tried, drawn.size, looser=4.0)[:KEPT]]


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


def _improved(move: Move, drawn: Rim, on_ground: Rim, rounds: int, count: int) -> Fit:
    """The move after so many rounds of least squares, or the best on the way."""
    ours, theirs = drawn.evenly(count), on_ground.evenly(count)
    best, idle = Fit(move, math.inf), 0
    for _ in range(rounds):
        apart, following = _round(move, drawn, on_ground, ours, theirs)
        idle = 0 if apart < best.apart * (1 - ENOUGH) else idle + 1
        if apart < best.apart:
            best = Fit(move, apart)
        if idle > 2 or apart < 1e-10 * drawn.size:
            break
        move = following
    return best


def _round(move: Move, drawn: Rim, on_ground: Rim, ours: Points, theirs: Points) -> tuple[float, Move]:
    """How far the outlines are apart under a move, and the move that least squares makes of it."""
    here = move.forth(ours)
    feet, normals = on_ground.nearest(here)
    ours_near, our_normals = drawn.nearest(move.back(theirs))
    there = move.forth(ours_near)
    turned = Move(move.turn, 0.0, 0.0).forth(our_normals)
    moved, target = np.vstack([here, there]), np.vstack([feet, theirs])
    gap = moved - target
    away = np.hypot(gap[:, 0], gap[:, 1])
    off = away > 1e-9
    along = np.vstack([normals, turned])
    along[off] = gap[off] / away[off, None]
    # What a turn about the drawing's own centre does to each point, per radian, in units of the plot's size.
    lever = (moved - (move.dx, move.dy)) / drawn.size
    turning = along[:, 1] * lever[:, 0] - along[:, 0] * lever[:, 1]
    step = np.linalg.lstsq(np.column_stack([along, turning]), -np.where(off, away, 0.0), rcond=1e-9)[0]
    turn = float(np.clip(step[2] / drawn.size, -0.2, 0.2))
    following = Move(move.turn + turn, move.dx + float(step[0]), move.dy + float(step[1]))
    return float(np.sqrt((away**2).mean())), following
