"""The ground that many plots share with many areas, compiled: arrays in, arrays out.

In: rings of plots and of areas as columns of x and y (metres from one origin), shells counter-clockwise and holes clockwise, without
the closing corner; blocks of plots that lie together, and for each block the areas whose box it meets.  Out: pairs with their m².

The area of P ∩ R is exact for what GEOS calls valid.  Cutting a closed ring by a convex shape (Sutherland and Hodgman, 1974) leaves a
ring whose signed area is that of the part inside, whatever edges run back and forth along the cut; so the signed rings of R add up
to what lies in a convex P.  A P that is not convex is the signed sum of the triangles from the first corner of each of its rings.
Compiled functions call none of another module: numba keeps its results by the module's own date.  Importing this module needs numba.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., Any])
Numbers = NDArray[Any]


def compiled(function: F) -> F:
    """A function compiled at first use, kept beside the module, and run without Python's lock."""
    return cast(F, njit(cache=True, nogil=True)(function))


@compiled
def shared(
    plots: tuple[Numbers, Numbers, Numbers, Numbers, Numbers],
    is_convex: Numbers,
    order: Numbers,
    starts: Numbers,
    areas: tuple[Numbers, Numbers, Numbers, Numbers, Numbers],
    candidate_starts: Numbers,
    candidates: Numbers,
    least: float,
) -> tuple[Numbers, Numbers, Numbers]:
    """Plot, area and m² of every pair of these blocks that shares more than `least` m².

    Plots and areas are x, y, where each ring starts, where the rings of each shape start, and boxes (west, south, east, north).
    """
    who, whom, size = np.empty(4096, np.int64), np.empty(4096, np.int64), np.empty(4096, np.float64)
    found = 0
    for block in range(starts.size - 1):
        members = order[starts[block] : starts[block + 1]]
        window = _around(plots[4], members)
        for at in range(candidate_starts[block], candidate_starts[block + 1]):
            area = candidates[at]
            x, y, rings = _in_window(areas, area, window)
            if rings.size == 1:
                continue
            box = _box(x, y, 0, x.size)
            for plot in members:
                if not _meet(plots[4][plot], box):
                    continue
                ground = _ground(plots, plot, is_convex[plot], x, y, rings)
                if ground <= least:
                    continue
                if found == size.size:
                    who, whom, size = _longer(who), _longer(whom), _longer(size)
                who[found], whom[found], size[found] = plot, area, ground
                found += 1
    return who[:found].copy(), whom[:found].copy(), size[:found].copy()


@compiled
def convex(x: Numbers, y: Numbers, rings: Numbers, shapes: Numbers) -> Numbers:
    """Whether each shape is one ring that only turns left."""
    found = np.zeros(shapes.size - 1, np.bool_)
    for shape in range(shapes.size - 1):
        if shapes[shape + 1] - shapes[shape] != 1:
            continue
        first, last = rings[shapes[shape]], rings[shapes[shape] + 1]
        turns_left = last - first > 2
        for each in range(first, last):
            b = each + 1 if each + 1 < last else first
            c = b + 1 if b + 1 < last else first
            turns_left = turns_left and _turn(x[each], y[each], x[b], y[b], x[c], y[c]) >= 0.0
        found[shape] = turns_left
    return found


@compiled
def _turn(ax: float, ay: float, bx: float, by: float, cx: float, cy: float) -> float:
    return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)


@compiled
def _doubled(x: Numbers, y: Numbers, first: int, last: int) -> float:
    """Reckoned from the ring's first corner, so that nothing is lost far from the origin."""
    total = 0.0
    for each in range(first + 1, last - 1):
        total += _turn(x[first], y[first], x[each], y[each], x[each + 1], y[each + 1])
    return total


@compiled
def _longer(kept: Numbers) -> Numbers:
    grown = np.empty(2 * kept.size, kept.dtype)
    grown[: kept.size] = kept
    return grown


@compiled
def _around(boxes: Numbers, members: Numbers) -> Numbers:
    """The box around some plots."""
    window: Numbers = boxes[members[0]].copy()
    for each in members:
        window[0], window[1] = min(window[0], boxes[each, 0]), min(window[1], boxes[each, 1])
        window[2], window[3] = max(window[2], boxes[each, 2]), max(window[3], boxes[each, 3])
    return window


@compiled
def _box(x: Numbers, y: Numbers, first: int, last: int) -> Numbers:
    box = np.array([x[first], y[first], x[first], y[first]])
    for each in range(first + 1, last):
        box[0], box[1] = min(box[0], x[each]), min(box[1], y[each])
        box[2], box[3] = max(box[2], x[each]), max(box[3], y[each])
    return box


@compiled
def _meet(one: Numbers, other: Numbers) -> bool:
    return bool(one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1])


@compiled
def _in_window(
    areas: tuple[Numbers, Numbers, Numbers, Numbers, Numbers], area: int, window: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """The rings of an area cut to a box: x, y, where each starts; what lies outside is left out."""
    all_x, all_y, ring_starts, shape_starts, _ = areas
    first, last = shape_starts[area], shape_starts[area + 1]
    room = 64
    x, y = np.empty(room), np.empty(room)
    starts = np.zeros(last - first + 1, np.int64)
    rings, at = 0, 0
    for ring in range(first, last):
        cut_x, cut_y = _cut_to_box(
            all_x[ring_starts[ring] : ring_starts[ring + 1]],
            all_y[ring_starts[ring] : ring_starts[ring + 1]],
            window,
        )
        if cut_x.size < 3:
            continue
        while at + cut_x.size > x.size:
            x, y = _longer(x), _longer(y)
        x[at : at + cut_x.size] = cut_x
        y[at : at + cut_x.size] = cut_y
        at += cut_x.size
        rings += 1
        starts[rings] = at
    return x[:at], y[:at], starts[: rings + 1]


@compiled
def _cut_to_box(x: Numbers, y: Numbers, box: Numbers) -> tuple[Numbers, Numbers]:
    """A ring cut to a box, or as it is where the box holds it."""
    own = _box(x, y, 0, x.size)
    if not _meet(own, box):
        return x[:0], y[:0]
    for side in range(4):
        if (side < 2 and own[side] < box[side]) or (side > 1 and own[side] > box[side]):
            room = 2 * x.size + 4
            cut_x, cut_y = np.empty(room), np.empty(room)
            kept = _behind_side(x, y, x.size, side, box[side], cut_x, cut_y)
            x, y = cut_x[:kept], cut_y[:kept]
    return x, y


@compiled
def _behind_side(
    x: Numbers, y: Numbers, corners: int, side: int, edge: float, out_x: Numbers, out_y: Numbers
) -> int:
    """Corners of a ring within one side of a box (west, south, east, north)."""
    kept = 0
    if corners == 0:
        return kept
    sign = 1.0 if side < 2 else -1.0
    ax, ay = x[corners - 1], y[corners - 1]
    a = sign * ((ax if side % 2 == 0 else ay) - edge)
    for each in range(corners):
        bx, by = x[each], y[each]
        b = sign * ((bx if side % 2 == 0 else by) - edge)
        if (a < 0.0) != (b < 0.0):
            part = a / (a - b)
            out_x[kept] = edge if side % 2 == 0 else ax + part * (bx - ax)
            out_y[kept] = ay + part * (by - ay) if side % 2 == 0 else edge
            kept += 1
        if b >= 0.0:
            out_x[kept], out_y[kept] = bx, by
            kept += 1
        ax, ay, a = bx, by, b
    return kept


@compiled
def _ground(
    plots: tuple[Numbers, Numbers, Numbers, Numbers, Numbers],
    plot: int,
    is_convex: bool,
    x: Numbers,
    y: Numbers,
    rings: Numbers,
) -> float:
    """Square metres that a plot shares with the rings of an area."""
    total = 0.0
    for ring in range(rings.size - 1):
        cut_x, cut_y = _cut_to_box(
            x[rings[ring] : rings[ring + 1]], y[rings[ring] : rings[ring + 1]], plots[4][plot]
        )
        if cut_x.size < 3:
            continue
        if is_convex:
            first, last = plots[2][plots[3][plot]], plots[2][plots[3][plot] + 1]
            total += _within(cut_x, cut_y, plots[0][first:last], plots[1][first:last])
        else:
            total += _within_fans(plots, plot, cut_x, cut_y)
    return total


@compiled
def _within_fans(
    plots: tuple[Numbers, Numbers, Numbers, Numbers, Numbers], plot: int, x: Numbers, y: Numbers
) -> float:
    """Signed m² of a ring within the signed triangles that make up a plot."""
    px, py, ring_starts, shape_starts, _ = plots
    total = 0.0
    tx, ty = np.empty(3), np.empty(3)
    for ring in range(shape_starts[plot], shape_starts[plot + 1]):
        first, last = ring_starts[ring], ring_starts[ring + 1]
        tx[0], ty[0] = px[first], py[first]
        for each in range(first + 1, last - 1):
            turn = _turn(px[first], py[first], px[each], py[each], px[each + 1], py[each + 1])
            if turn == 0.0:
                continue
            second = 1 if turn > 0.0 else 2
            tx[second], ty[second] = px[each], py[each]
            tx[3 - second], ty[3 - second] = px[each + 1], py[each + 1]
            part = _within(x, y, tx, ty)
            total += part if turn > 0.0 else -part
    return total


@compiled
def _within(x: Numbers, y: Numbers, px: Numbers, py: Numbers) -> float:
    """Signed m² of a ring within a convex shape whose corners run counter-clockwise."""
    room = 4 * (x.size + 4)
    from_x, from_y, to_x, to_y = np.empty(room), np.empty(room), np.empty(room), np.empty(room)
    corners = x.size
    from_x[:corners], from_y[:corners] = x, y
    for each in range(px.size):
        after = each + 1 if each + 1 < px.size else 0
        if 2 * corners + 4 > room:
            room *= 2
            from_x, from_y, to_x, to_y = (
                _longer(from_x),
                _longer(from_y),
                np.empty(room),
                np.empty(room),
            )
        corners = _left_of(from_x, from_y, corners, px[each], py[each], px[after], py[after], to_x, to_y)
        if corners < 3:
            return 0.0
        from_x, from_y, to_x, to_y = to_x, to_y, from_x, from_y
    return 0.5 * _doubled(from_x, from_y, 0, corners)


@compiled
def _left_of(
    x: Numbers,
    y: Numbers,
    corners: int,
    ax: float,
    ay: float,
    bx: float,
    by: float,
    out_x: Numbers,
    out_y: Numbers,
) -> int:
    """Corners of a ring on the left of the line from a to b, with those where it crosses."""
    kept = 0
    last_x, last_y = x[corners - 1], y[corners - 1]
    last = _turn(ax, ay, bx, by, last_x, last_y)
    for each in range(corners):
        here = _turn(ax, ay, bx, by, x[each], y[each])
        if (last < 0.0) != (here < 0.0):
            part = last / (last - here)
            out_x[kept] = last_x + part * (x[each] - last_x)
            out_y[kept] = last_y + part * (y[each] - last_y)
            kept += 1
        if here >= 0.0:
            out_x[kept], out_y[kept] = x[each], y[each]
            kept += 1
        last_x, last_y, last = x[each], y[each], here
    return kept
