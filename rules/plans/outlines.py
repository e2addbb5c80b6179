"""Closed outlines out of drawn lines: bulges and splines followed, small gaps closed, faults named by layer and handle.

In: `Piece`s of one layer and the metres per drawing unit.  Out: `Outline`s in metres and problems. Curves are followed within
`FLATNESS`, gaps up to `GAP` are closed and noted; what crosses itself, is open or has no area is not measured.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import Polygon

from rules.plans.curves import Path, path_of
from rules.plans.drawing import Outline, Source
from rules.plans.pieces import Piece
from rules.plans.problems import Fault, Problems

GAP = 0.001
"""Metres between the ends of an outline that count as drawn closed by mistake of the hand."""
SAME = 1e-6
LEAST_AREA = 0.0001


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a layer gave: outlines, and whether something on it could not be measured."""

    outlines: tuple[Outline, ...]
    is_complete: bool


def outlines_of(pieces: Sequence[Piece], metres: float, problems: Problems) -> Found:
    """The closed outlines of one layer, in the order drawn; open lines that meet end to end are joined."""
    paths: list[tuple[Piece, Path]] = []
    is_complete = True
    for piece in pieces:
        path = path_of(piece, metres, problems)
        if path is None:
            is_complete = False
        elif len(path.points):
            paths.append((piece, path))
    closed = [(path, (piece.handle,), piece) for piece, path in paths if is_closed(path)]
    open_ones = [(piece, path) for piece, path in paths if not is_closed(path)]
    joined, left = join(open_ones)
    for path, members in joined:
        _note_joined(path, members, problems)
        closed.append((path, tuple(each.handle for each in members), members[0]))
    if not closed or any(piece.entity.dxftype() != "LINE" for piece, _ in left):
        is_complete = not _note_open(left, problems) and is_complete
    outlines = [_outline(path, handles, piece, problems) for path, handles, piece in closed]
    kept = [each for each in outlines if each is not None]
    return Found(outlines=_once(kept, problems), is_complete=is_complete and len(kept) == len(outlines))


def is_closed(path: Path) -> bool:
    """Whether a path ends where it begins, within `GAP`."""
    return path.closed or (len(path.points) > 2 and math.dist(path.points[0], path.points[-1]) <= GAP)


def join(open_ones: Iterable[tuple[Piece, Path]]) -> tuple[list[tuple[Path, list[Piece]]], list[tuple[Piece, Path]]]:
    """Closed paths from open ones of one colour whose ends meet within `GAP`, and what is left open."""
    waiting = list(open_ones)
    joined: list[tuple[Path, list[Piece]]] = []
    left: list[tuple[Piece, Path]] = []
    while waiting:
        piece, path = waiting.pop(0)
        members, rest = [piece], list(waiting)
        while not is_closed(path):
            at = _continuing(path, piece, rest)
            if at is None:
                break
            member, following = rest.pop(at)
            path, members = path.followed_by(following, GAP), [*members, member]
        if is_closed(path) and len(members) > 1:
            joined.append((path, members))
            waiting = rest
        else:
            left.append((piece, waiting_path(piece, open_path=path, members=members, paths=waiting)))
    return joined, left
