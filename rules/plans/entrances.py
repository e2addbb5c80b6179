"""The main entrance, where a small-house drawing marks it.

In: `Piece`s on its layer and the metres per drawing unit.  Out: `Entrance`s: the point, the middle of the line, or the place of the
block that is drawn there.
"""

from collections.abc import Sequence

from ezdxf.math import Vec3
from shapely import LineString, Point

from rules.plans.curves import path_of
from rules.plans.drawing import Entrance, Source
from rules.plans.foreign import attribute
from rules.plans.names import Profile, meaning
from rules.plans.pieces import Piece
from rules.plans.problems import Problems
from rules.plans.roles import Role


def entrances_of(
    pieces: Sequence[Piece], profile: Profile, metres: float, problems: Problems
) -> tuple[Entrance, ...]:
    """Every mark of a main entrance, in the order of the drawing."""
    found = []
    for piece in pieces:
        name = meaning(piece.layer, profile)
        if name is None or name.role is not Role.ENTRANCE:
            continue
        place = _place(piece, metres, problems)
        if place is not None:
            source = Source(layer=piece.layer, handles=(piece.handle,))
            found.append(Entrance(block=name.block or 1, place=place, source=source))
    return tuple(found)


def _place(piece: Piece, metres: float, problems: Problems) -> Point | None:
    if piece.entity.dxftype() == "POINT":
        where = Vec3(attribute(piece.entity, "location", (0, 0, 0)))
        where = piece.placement.transform(where) if piece.placement else where
        return Point(where.x * metres, where.y * metres)
    path = path_of(piece, metres, problems)
    if path is None or len(path.points) < 2:
        return None
    return LineString(path.points).interpolate(0.5, normalized=True)
