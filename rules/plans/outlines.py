"""Closed outlines out of drawn lines: bulges and splines followed, small gaps closed, faults named by layer and handle.

In: `Piece`s of one layer and the metres per drawing unit.  Out: `Outline`s in metres and problems. Curves are followed within
1 mm, gaps up to `GAP` are closed and noted; what crosses itself, is open or has no area is not measured.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon

from rules.plans.curves import Path, Points, path_of
from rules.plans.drawing import Outline, Source
from rules.plans.pieces import Piece
from rules.plans.problems import Fault, Problems
from rules.plans.steps import OpenLine

GAP = 0.001
"""Metres between the ends of an outline, or of two lines, that count as meeting."""
SAME = 1e-6
LEAST_AREA = 0.0001
MOST_JOINED = 150
"""Open lines on one layer beyond which no outline is pieced together from them."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a layer gave: outlines, whether everything drawn on it could be measured, and straight lines that close nothing."""

    outlines: tuple[Outline, ...]
    is_complete: bool
    lines: tuple[OpenLine, ...] = ()


@dataclass(frozen=True, slots=True)
class _Drawn:
    path: Path
    piece: Piece
    handles: tuple[str, ...]


def outlines_of(pieces: Sequence[Piece], metres: float, problems: Problems, *, strict: bool) -> Found:
    """The closed outlines of one layer, in the order drawn.

    On a `strict` layer only outlines belong: open lines that meet end to end are joined, others are problems. Elsewhere
    open lines close nothing; the straight ones are kept, since those across a flight of stairs are its steps.
    """
    closed: list[_Drawn] = []
    open_ones: list[_Drawn] = []
    is_complete = True
    for piece in pieces:
        path = path_of(piece, metres, problems)
        if path is None:
            is_complete = False
        elif len(path.points):
            (closed if _is_closed(path) else open_ones).append(_Drawn(path, piece, (piece.handle,)))
    if strict:
        joined, left = _joined(open_ones)
        closed += joined
        is_complete = is_complete and not left
        _note(joined, left, problems)
    outlines = [_outline(each, problems) for each in closed]
    kept = [each for each in outlines if each is not None]
    return Found(
        outlines=_once(kept, problems),
        is_complete=is_complete and len(kept) == len(outlines),
        lines=() if strict else tuple(_straight(open_ones)),
    )


def _straight(open_ones: Sequence[_Drawn]) -> Iterator[OpenLine]:
    for each in open_ones:
        points = each.path.points
        if len(points) == 2 and _gap(each.path) > GAP:
            yield OpenLine(LineString(points), each.piece.handle)


def _is_closed(path: Path) -> bool:
    return path.closed or (len(path.points) > 3 and _gap(path) <= GAP)


def _gap(path: Path) -> float:
    return math.dist(path.points[0], path.points[-1])


def _joined(open_ones: list[_Drawn]) -> tuple[list[_Drawn], list[_Drawn]]:
    """Closed paths pieced together from open ones of one colour, and what is left open."""
    if len(open_ones) > MOST_JOINED:
        return [], open_ones
    waiting, joined, left = list(open_ones), [], []
    while waiting:
        chain, rest = [waiting[0]], waiting[1:]
        path: Path | None = waiting[0].path
        while path is not None and not _is_closed(path) and rest:
            path = _continued(path, chain, rest)
        if path is not None and len(chain) > 1 and _is_closed(path):
            handles = tuple(handle for each in chain for handle in each.handles)
            joined.append(_Drawn(path, chain[0].piece, handles))
            waiting = rest
        else:
            left.append(waiting.pop(0))
    return joined, left


def _continued(path: Path, chain: list[_Drawn], rest: list[_Drawn]) -> Path | None:
    """The path with the next line that begins or ends where it ends; that line moves from `rest` to `chain`."""
    for at, other in enumerate(rest):
        if other.piece.colour != chain[0].piece.colour:
            continue
        for points, corners in (
            (other.path.points, other.path.corners),
            (other.path.points[::-1], other.path.corners[::-1]),
        ):
            if math.dist(path.points[-1], points[0]) <= GAP:
                chain.append(rest.pop(at))
                whole: Points = np.vstack([path.points, points[1:]])
                segments = (*path.segments[:-1], *([path.segments[-1] + 1] * len(points)))
                return Path(
                    whole,
                    segments,
                    np.vstack([path.corners, corners[1:]]),
                    False,
                    path.has_arcs or other.path.has_arcs,
                )
    return None


def _note(joined: list[_Drawn], left: list[_Drawn], problems: Problems) -> None:
    for each in joined:
        problems.add(
            Fault.JOINED,
            f"An outline is drawn as {len(each.handles)} separate lines; they meet, and were joined.",
            "Join them into one closed polyline (PEDIT, Join).",
            layer=each.piece.layer,
            handles=each.handles,
        )
    for each in left:
        what = "single line" if each.piece.entity.dxftype() == "LINE" else "outline"
        problems.add(
            Fault.OPEN,
            f"An open {what} stands where a closed outline belongs: its ends are {_gap(each.path):.3f} m apart. It was not measured.",
            "Close it (PEDIT, Close), or move it to another layer.",
            layer=each.piece.layer,
            handles=each.handles,
        )


def _outline(drawn: _Drawn, problems: Problems) -> Outline | None:
    """A polygon of the path, or None and a problem."""
    layer, path = drawn.piece.layer, drawn.path
    gap = _gap(path)
    if not path.closed and gap > SAME:
        problems.add(
            Fault.CLOSED_GAP,
            f"The outline does not quite close ({gap * 1000:.3f} mm); it was closed.",
            "Close it (PEDIT, Close).",
            layer=layer,
            handles=drawn.handles,
        )
    points, segments = _distinct(path, GAP if not path.closed else SAME)
    shape = Polygon(points) if len(points) > 2 else Polygon()
    if shape.convex_hull.area < LEAST_AREA:
        problems.add(
            Fault.NO_AREA,
            "The outline encloses nothing; it was not measured.",
            "Delete it, or draw the outline that is meant.",
            layer=layer,
            handles=drawn.handles,
        )
        return None
    if not shape.is_valid:
        problems.add(
            Fault.SELF_CROSSING,
            f"The outline crosses or touches itself ({shapely.is_valid_reason(shape)}); it was not measured.",
            "Draw it so that no edge meets another except at its ends.",
            layer=layer,
            handles=drawn.handles,
        )
        return None
    corners = tuple((float(x), float(y)) for x, y in path.corners)
    return Outline(
        source=Source(layer=layer, handles=drawn.handles),
        colour=drawn.piece.colour,
        shape=shape,
        corners=corners,
        segments=segments,
        has_arcs=path.has_arcs,
    )


def _distinct(path: Path, end_gap: float) -> tuple[Points, tuple[int, ...]]:
    """The points without repetitions, and the drawn edge that each leads on to; the last does not repeat the first."""
    points = path.points
    if len(points) > 1 and math.dist(points[0], points[-1]) <= max(end_gap, SAME):
        points = points[:-1]
    steps = np.hypot(*np.diff(points, axis=0).T) if len(points) > 1 else np.empty(0)
    keep = np.concatenate([steps > SAME, [True]])
    return points[keep], tuple(int(each) for each in np.array(path.segments[: len(points)])[keep])


def _once(outlines: list[Outline], problems: Problems) -> tuple[Outline, ...]:
    """Outlines without their doubles: the same shape twice on one layer is a slip, and would count twice."""
    kept: dict[tuple[float, ...], list[Outline]] = {}
    for each in outlines:
        key = tuple(round(value, 2) for value in each.shape.bounds)
        twin = next((other for other in kept.get(key, []) if _is_same(each, other)), None)
        if twin is None:
            kept.setdefault(key, []).append(each)
            continue
        problems.add(
            Fault.DUPLICATE,
            "The same outline is drawn twice; it was counted once.",
            "Delete one of the two (OVERKILL finds them).",
            layer=each.source.layer,
            handles=(*twin.source.handles, *each.source.handles),
        )
    wanted = {id(each) for others in kept.values() for each in others}
    return tuple(each for each in outlines if id(each) in wanted)


def _is_same(one: Outline, other: Outline) -> bool:
    return bool(
        shapely.equals_exact(shapely.normalize(one.shape), shapely.normalize(other.shape), tolerance=GAP)
    )
