"""Yards drawn between a footprint and the plot's boundary: the scrutiny program's figures and the law's average.

In: the outlines of yard, footprint and plot, in metres.  Out: `Yard`. `least` and `mean_of_nearest` follow the public scrutiny
code (corners within 3 cm of a line lie on it, arcs as chords, a sample every centimetre). The law's average is the area of the yard
over the length of the building line that faces the boundary; where that length is ambiguous it is None, with the candidates.
"""

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString

from rules.plans.curves import Points
from rules.plans.drawing import AverageDepth, Outline, Yard
from rules.plans.names import LayerName
from rules.plans.problems import Fault, Problems

NEAR = 0.03
"""Metres within which a corner of a yard is taken to lie on the footprint or the boundary."""
PROPER = 0.01
"""Metres within which it should lie, by the convention."""
STEP = 0.01
MOST_SAMPLES = 20_000
CELLS = 100_000
"""Distances reckoned at once, so that memory stays bounded."""
MOST_CORNERS = 2_000
"""Points of a yard, footprint or plot beyond which a yard is not measured."""
AGREE = 0.001
"""Metres within which averages over different lengths are one average."""
FACING = math.cos(math.radians(45.0))
STRAIGHT_SINE, STRAIGHT_COSINE = math.sin(math.radians(1.0)), math.cos(math.radians(1.0))
SQUARE = math.sin(math.radians(10.0))
WRAPPED = math.cos(math.radians(30.0))


@dataclass(frozen=True, slots=True)
class _Sides:
    """The edges of a yard on the footprint and on the boundary: starts and ends of each."""

    building: tuple[Points, Points]
    boundary: tuple[Points, Points]


def yard_of(name: LayerName, outline: Outline, footprint: Outline, plot: Outline, problems: Problems) -> Yard:
    """A yard with both figures; what cannot be told is None."""
    if max(len(each.shape.exterior.coords) for each in (outline, footprint, plot)) > MOST_CORNERS:
        return _too_fine(name, outline, problems)
    chords = _sides(
        np.array(outline.corners), np.array(footprint.corners), np.array(plot.corners), midway=False
    )
    least, mean = _nearest(chords)
    exact = _sides(_ring(outline), _ring(footprint), _ring(plot), midway=True)
    candidates = _candidates(outline, exact)
    averages = [each.average for each in candidates]
    is_known = bool(candidates) and max(averages) - min(averages) <= AGREE
    _note_off_line(outline, footprint, plot, problems)
    return Yard(
        role=name.role,
        block=name.block or 0,
        level=name.level,
        outline=outline,
        least=least,
        mean_of_nearest=mean,
        average=candidates[0] if is_known else None,
        candidates=candidates,
        building_line=_lines(exact.building),
        boundary_line=_lines(exact.boundary),
    )


def _too_fine(name: LayerName, outline: Outline, problems: Problems) -> Yard:
    problems.add(
        Fault.TOO_MANY,
        f"The yard, the footprint or the plot has more than {MOST_CORNERS:,} corners; the yard was not measured.",
        "Draw the outlines with as few corners as they have in truth.",
        layer=outline.source.layer,
        handles=outline.source.handles,
    )
    return Yard(
        role=name.role,
        block=name.block or 0,
        level=name.level,
        outline=outline,
        least=None,
        mean_of_nearest=None,
        average=None,
        candidates=(),
        building_line=(),
        boundary_line=(),
    )


def _ring(outline: Outline) -> Points:
    points: Points = shapely.get_coordinates(outline.shape.exterior)[:-1]
    return points


def _sides(yard: Points, footprint: Points, plot: Points, *, midway: bool) -> _Sides:
    """Edges of the yard with both ends (and, if asked, the middle) on the footprint, else on the boundary."""
    starts, ends = yard, np.roll(yard, -1, axis=0)
    real = np.hypot(*(ends - starts).T) > 1e-9
    lie = []
    for ring in (footprint, plot):
        a, b = ring, np.roll(ring, -1, axis=0)
        on = to_segments(yard, a, b) <= NEAR
        both = on & np.roll(on, -1)
        lie.append(both & (to_segments((starts + ends) / 2.0, a, b) <= NEAR) if midway else both)
    on_building = lie[0] & real
    on_boundary = lie[1] & real & ~on_building
    return _Sides((starts[on_building], ends[on_building]), (starts[on_boundary], ends[on_boundary]))


def to_segments(points: Points, starts: Points, ends: Points) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Metres from each point to the nearest of the segments."""
    along = ends - starts
    squared = np.einsum("ij,ij->i", along, along)
    squared[squared == 0.0] = 1.0
    nearest = np.empty(len(points))
    rows = max(1, CELLS // max(len(starts), 1))
    for first in range(0, len(points), rows):
        away = points[first : first + rows, None, :] - starts
        share = np.clip(np.einsum("ijk,jk->ij", away, along) / squared, 0.0, 1.0)
        away -= share[:, :, None] * along
        nearest[first : first + rows] = np.hypot(away[:, :, 0], away[:, :, 1]).min(axis=1)
    return nearest


def _nearest(sides: _Sides) -> tuple[float | None, float | None]:
    """Least distance and mean over the footprint's samples of the distance to the boundary's edges."""
    starts, ends = sides.building
    if not len(starts) or not len(sides.boundary[0]):
        return None, None
    lengths = np.hypot(*(ends - starts).T)
    step = max(STEP, float(lengths.sum()) / MOST_SAMPLES)
    samples = np.concatenate(
        [
            start + np.linspace(0.0, 1.0, max(1, int(length / step)) + 1)[:, None] * (end - start)
            for start, end, length in zip(starts, ends, lengths, strict=True)
        ]
    )
    mean = float(to_segments(samples, *sides.boundary).mean())
    least = shapely.distance(
        shapely.MultiLineString(_lines(sides.building)), shapely.MultiLineString(_lines(sides.boundary))
    )
    return float(least), mean


def _lines(edges: tuple[Points, Points]) -> tuple[LineString, ...]:
    return tuple(LineString([start, end]) for start, end in zip(*edges, strict=True))


def _candidates(outline: Outline, sides: _Sides) -> tuple[AverageDepth, ...]:
    """Averages over every length that could be meant; the first is over the walls that face the boundary."""
    starts, ends = sides.building
    if not len(starts) or not len(sides.boundary[0]):
        return ()
    walls = ends - starts
    lengths = np.hypot(*walls.T)
    bounds = _facing_bounds(sides)
    axis, boundary = bounds.sum(axis=0), np.hypot(*bounds.T)
    # Along the ring of the yard the building line runs against the boundary; a wall that runs with it faces away.
    facing = -(walls @ axis) / lengths >= FACING * np.hypot(*axis)
    if not np.hypot(*axis) > AGREE or not facing.any():
        return _averaged(outline, {"whole building line": lengths.sum(), "boundary": boundary.sum()})
    longest = walls[facing][np.argmax(lengths[facing])]
    along = longest / np.hypot(*longest)
    extent = float(np.ptp(np.concatenate([starts[facing], ends[facing]]) @ along))
    reach = float(np.ptp(_ring(outline) @ along))
    found = {"walls that face the boundary": float(lengths[facing].sum()), "extent of those walls": extent}
    if reach - extent > 2.0 * NEAR:
        found["extent of the yard"] = reach
    if _is_oblique(walls @ along / lengths):
        found["whole building line"] = float(lengths.sum())
    turned = bounds @ axis < WRAPPED * np.hypot(*axis) * boundary
    if boundary[turned].sum() > 2.0 * NEAR:
        found["boundary"] = float(boundary.sum())
    return _averaged(outline, found)


def _facing_bounds(sides: _Sides) -> Points:
    """Edges of the boundary as vectors, without those that only close the yard beside a wall that stands on the boundary."""
    starts, ends = sides.boundary
    on_wall = np.minimum(*(to_segments(points, *sides.building) for points in (starts, ends))) <= NEAR
    walls = sides.building[1] - sides.building[0]
    longest = walls[np.argmax(np.hypot(*walls.T))]
    bounds: Points = ends - starts
    across = np.abs(bounds @ longest) <= SQUARE * np.hypot(*longest) * np.hypot(*bounds.T)
    facing: Points = bounds[~(on_wall & across)]
    return facing if len(facing) else bounds


def _is_oblique(cosines: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
    """Whether a wall is neither along nor square to the building line, by more than a degree: a curve or a corner."""
    turned = np.abs(cosines)
    return bool(((turned > STRAIGHT_SINE) & (turned < STRAIGHT_COSINE)).any())


def _averaged(outline: Outline, lengths: dict[str, float]) -> tuple[AverageDepth, ...]:
    return tuple(
        AverageDepth(basis=basis, length=float(length), average=outline.area / float(length))
        for basis, length in lengths.items()
        if length > AGREE
    )


def _note_off_line(outline: Outline, footprint: Outline, plot: Outline, problems: Problems) -> None:
    """Corners that lie neither on the footprint nor on the boundary, by the convention's centimetre."""
    corners = np.array(outline.corners)
    away = np.full(len(corners), np.inf)
    for ring in (_ring(footprint), _ring(plot)):
        np.minimum(away, to_segments(corners, ring, np.roll(ring, -1, axis=0)), out=away)
    if away.max() > PROPER:
        worst = corners[int(np.argmax(away))]
        problems.add(
            Fault.OFF_THE_LINE,
            f"{int((away > PROPER).sum())} corner(s) of the yard lie neither on the footprint nor on the plot boundary; "
            f"the farthest, at {worst[0]:.3f}, {worst[1]:.3f}, is {away.max():.3f} m off.",
            "Snap the corners of the yard to the footprint and the boundary.",
            layer=outline.source.layer,
            handles=outline.source.handles,
        )
