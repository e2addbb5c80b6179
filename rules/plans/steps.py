"""The steps of a flight of stairs, measured from the lines that are drawn across it.

In: the straight open lines of a flight's layer, in metres, and the outline of the flight.  Out: `Steps`: the lines in their order, the treads
between them, and why they could not be measured where they tell no treads.  Lines along the flight (an arrow, a handrail) are left out.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon

NEAR = 0.02
"""Metres that a line may end before or beyond the outline of its flight."""
SAME = 0.005
"""Metres within which two lines are one, drawn twice."""
ALIKE = 3.0
"""Degrees within which two lines run alike."""
SQUARE = 15.0
"""Degrees off the square within which a line runs along the flight."""
DOUBLE = 0.10
"""Metres below which two lines are no tread but a nosing, a mark or a slip.  The measure is ours, not the law's."""
EVEN = 1.5
"""Times the least tread beyond which a line may be missing."""
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A straight line that closes nothing, and its handle."""

    line: LineString
    handle: str


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The lines across one flight from one end to the other, in metres.

    `treads` lie between neighbouring lines, `ends` between the outermost lines and the ends of the outline, 0 where a line is drawn there.
    `turns` tells that they do not follow one another straight, so that no side of the outline is the flight's width.
    `rises` are the risers of the whole stair where a model shows heights, `is_climbed` whether none of them is missing.
    """

    lines: tuple[LineString, ...]
    handles: tuple[str, ...]
    treads: tuple[float, ...]
    ends: tuple[float, ...]
    why: str = ""
    turns: bool = False
    rises: tuple[float, ...] = ()
    is_climbed: bool = False

    @property
    def least_tread(self) -> tuple[float, float]:
        """The least tread if the ends of the outline are risers too, and if they are not."""
        drawn = min(self.treads)
        return min([drawn, *(each for each in self.ends if each > 0.0)]), drawn

    @property
    def risers(self) -> tuple[int, int] | None:
        """How many risers there are at least and at most; None where the treads are so uneven that a line may be missing."""
        if max(self.treads) > EVEN * min(self.treads):
            return None
        return len(self.lines), len(self.lines) + sum(1 for each in self.ends if each > 0.0)


def steps_in(outlines: Sequence[Polygon], lines: Sequence[OpenLine]) -> tuple[Steps | None, ...]:
    """The steps of every flight of a layer, each from the lines that lie within its outline."""
    if not lines:
        return (None,) * len(outlines)
    tree = shapely.STRtree([each.line for each in lines])
    within = [tree.query(each.buffer(NEAR), predicate="covers") for each in outlines]
    return tuple(
        steps_of(outline, [lines[at] for at in sorted(there.tolist())[:MOST_LINES]])
        for outline, there in zip(outlines, within, strict=True)
    )


def steps_of(outline: Polygon, lines: Sequence[OpenLine]) -> Steps | None:
    """The steps of a flight from the lines within its outline; None where no two cross it, with `why` where they tell no treads."""
    across = _across(outline, lines)
    groups: list[list[OpenLine]] = []
    for each in across:
        group = next((there for there in groups if _apart(there[0], each) <= ALIKE), None)
        if group is None:
            groups.append([each])
        else:
            group.append(each)
    groups.sort(key=len, reverse=True)
    if not groups or len(groups[0]) < 2:
        return None
    main = groups[0]
    if any(abs(_apart(main[0], other[0]) - 90.0) > SQUARE for other in groups[1:]):
        return _untold(across, "its lines turn, as steps of a winding stair do", turns=True)
    if len(groups) > 1 and len(groups[1]) == len(main):
        return _untold(across, "as many lines run along it as across")
    return _measured(outline, main)


def _across(outline: Polygon, lines: Sequence[OpenLine]) -> list[OpenLine]:
    """Lines that end on the edge of the outline at both ends."""
    there = np.array([each.line for each in lines], dtype=object)
    ends = shapely.points(shapely.get_coordinates(there))
    on_edge = (shapely.distance(outline.exterior, ends) <= NEAR).reshape(-1, 2).all(axis=1)
    long = shapely.length(there) > DOUBLE
    return [each for each, keep in zip(lines, on_edge & long, strict=True) if keep]


def _direction(line: LineString) -> tuple[float, float]:
    (x, y), (u, v) = line.coords[0][:2], line.coords[-1][:2]
    length = math.hypot(u - x, v - y)
    return (u - x) / length, (v - y) / length


def _apart(one: OpenLine, other: OpenLine) -> float:
    """Degrees between two lines, 0 to 90."""
    (a, b), (c, d) = _direction(one.line), _direction(other.line)
    return math.degrees(math.acos(min(1.0, abs(a * c + b * d))))


def _untold(lines: Sequence[OpenLine], why: str, *, turns: bool = False) -> Steps:
    return Steps(
        lines=tuple(each.line for each in lines),
        handles=tuple(each.handle for each in lines),
        treads=(),
        ends=(),
        why=why,
        turns=turns,
    )


def _measured(outline: Polygon, lines: Sequence[OpenLine]) -> Steps:
    """The treads square to the lines; lines drawn twice count once."""
    along = _direction(lines[0].line)
    normal = np.array((-along[1], along[0]))
    middles = np.array([each.line.interpolate(0.5, normalized=True).coords[0][:2] for each in lines])
    order = sorted(zip((middles @ normal).tolist(), lines, strict=True), key=lambda pair: pair[0])
    kept = [order[0]]
    kept += [here for before, here in itertools.pairwise(order) if here[0] - before[0] > SAME]
    at = [place for place, _ in kept]
    reach = shapely.get_coordinates(outline.exterior) @ normal
    ends = (at[0] - float(reach.min()), float(reach.max()) - at[-1])
    treads = tuple(after - before for before, after in itertools.pairwise(at))
    there = [each for _, each in kept]
    if not treads:
        return _untold(lines, "all its lines lie on one another")
    if min(treads) < DOUBLE:
        return _untold(there, f"two of its lines lie only {min(treads) * 1000:.0f} mm apart")
    return Steps(
        lines=tuple(each.line for each in there),
        handles=tuple(each.handle for each in there),
        treads=treads,
        ends=tuple(each if each > NEAR else 0.0 for each in ends),
    )
