"""Sides and walls, and the shortest lines between drawn things.

In: `Outline`s in metres.  Out: their drawn `Edge`s, and `Distance`s in the plane, each with the line that shows it.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from rules.plans.drawing import Distance, Edge, Outline, Source

MOST_PAIRS = 20_000
"""Pairs of wall and side; beyond it, only the nearest side of each wall is kept."""
MOST_SIDES = 60
"""Sides of a plot to which a well or a road is measured one by one; beyond it, only to the nearest."""


def edges_of(outline: Outline) -> tuple[Edge, ...]:
    """The drawn edges of an outline in the order drawn; an arc is one edge."""
    points = shapely.get_coordinates(outline.shape.exterior)
    numbers = np.array(outline.segments)
    breaks = np.flatnonzero(np.diff(numbers)) + 1
    edges: list[Edge] = []
    for start, stop in zip([0, *breaks], [*breaks, len(numbers)], strict=True):
        edges.append(
            Edge(
                number=len(edges) + 1,
                line=LineString(points[start : stop + 1]),
                is_curved=bool(stop - start > 1),
                source=outline.source,
            )
        )
    return tuple(edges)


def distances_between(starts: Sequence[Edge], ends: Sequence[Edge]) -> tuple[Distance, ...]:
    """The shortest line from every edge to every other one, in metres of the plane."""
    if not starts or not ends:
        return ()
    a = np.array([each.line for each in starts], dtype=object)
    b = np.array([each.line for each in ends], dtype=object)
    if len(a) * len(b) > MOST_PAIRS:
        nearest = shapely.STRtree(b).nearest(a)
        pairs = np.column_stack([np.arange(len(a)), nearest])
    else:
        pairs = np.column_stack([np.repeat(np.arange(len(a)), len(b)), np.tile(np.arange(len(b)), len(a))])
    lines = shapely.shortest_line(a[pairs[:, 0]], b[pairs[:, 1]])
    lengths = shapely.length(lines)
    return tuple(
        Distance(
            metres=float(length),
            line=line,
            start=starts[i].source,
            end=ends[j].source,
            start_number=starts[i].number,
            end_number=ends[j].number,
        )
        for (i, j), line, length in zip(pairs, lines, lengths, strict=True)
    )


def to_sides(shape: BaseGeometry, sides: Sequence[Edge], of: Source) -> list[Distance]:
    """The shortest line from a shape to every side, or to the nearest where there are many."""
    near = list(sides)
    if len(near) > MOST_SIDES:
        near = [near[int(shapely.STRtree([each.line for each in near]).nearest(shape))]]
    return [distance(shape, side.line, of=of, to=side.source, number=side.number) for side in near]


def distance(
    start: BaseGeometry, end: BaseGeometry, *, of: Source, to: Source, number: int | None = None
) -> Distance:
    """The shortest line between two shapes, 0 where they meet; `number` is the side reached."""
    line = shapely.shortest_line(start, end)
    return Distance(metres=float(line.length), line=line, start=of, end=to, end_number=number)
