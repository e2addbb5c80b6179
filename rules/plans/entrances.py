"""The main entrance, where a small-house drawing marks it, and the wall that it lies on.

In: `Piece`s on its layer, the metres per drawing unit and the blocks.  Out: `Entrance`s: the point, the middle of the line, or the place of
the block that is drawn there; and of each the way out through its wall, or why it tells none.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from ezdxf.math import Vec3
from shapely import LineString, Point

from rules.plans.curves import path_of
from rules.plans.drawing import Block, Entrance, Level, Source
from rules.plans.foreign import attribute
from rules.plans.names import Profile, meaning
from rules.plans.pieces import Piece
from rules.plans.problems import Fault, Problems
from rules.plans.roles import Role

OFF_THE_WALL = 0.5
"""Metres that an entrance may lie off its wall and still be believed; the measure is ours, not the law's."""
ALIKE = 0.01
"""Metres within which two walls are equally near."""
ONE_WAY = math.cos(math.radians(45.0))
"""Walls that turn by less face the same way."""


@dataclass(frozen=True, kw_only=True)
class Doorway:
    """The unit vector out of the house through the wall of an entrance, or None and why there is none."""

    outward: tuple[float, float] | None
    fault: str = ""


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


def note_entrances(entrances: Sequence[Entrance], blocks: Sequence[Block], problems: Problems) -> None:
    """Entrances that lie on no wall of their ground floor, or do not tell on which."""
    for entrance in entrances:
        fault = doorway_of(entrance, blocks).fault
        if fault:
            problems.add(
                Fault.ENTRANCE,
                f"{fault} It does not tell the front.",
                "Mark the main entrance on the outer face of a wall of the ground floor, away from its corners.",
                layer=entrance.source.layer,
                handles=entrance.source.handles,
            )


def doorway_of(entrance: Entrance, blocks: Sequence[Block]) -> Doorway:
    """The way out through the wall of its block's ground floor that an entrance lies on."""
    ground = _ground_floor(entrance.block, blocks)
    if not ground:
        fault = f"The main entrance belongs to building {entrance.block}, of which no ground floor is drawn."
        return Doorway(outward=None, fault=fault)
    starts, ends, outward = (np.vstack(each) for each in zip(*map(_walls, ground), strict=True))
    walls = shapely.linestrings(np.stack([starts, ends], axis=1))
    distances = shapely.distance(walls, entrance.place)
    nearest = float(distances.min())
    if nearest > OFF_THE_WALL:
        fault = (
            f"The main entrance lies {nearest:.3f} m from the nearest wall of the ground floor of building "
            f"{entrance.block} (more than {OFF_THE_WALL} m)."
        )
        return Doorway(outward=None, fault=fault)
    x, y = outward[int(distances.argmin())]
    near = outward[distances <= nearest + ALIKE]
    if float((near @ np.array([x, y])).min()) < ONE_WAY:
        fault = "The main entrance lies equally near to walls that face different ways."
        return Doorway(outward=None, fault=fault)
    return Doorway(outward=(float(x), float(y)))


def _ground_floor(number: int, blocks: Sequence[Block]) -> list[Level]:
    """The lowest outlines of a block above its basements."""
    above = [
        level for block in blocks if block.number == number for level in block.levels if not level.is_basement
    ]
    lowest = min((level.number or 0 for level in above), default=0)
    return [level for level in above if (level.number or 0) == lowest]


Points = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def _walls(level: Level) -> tuple[Points, Points, Points]:
    """Where every straight piece of the outline begins and ends, and the unit vector out of the house."""
    ring = level.footprint.shape.exterior
    points = shapely.get_coordinates(ring)
    along = np.diff(points, axis=0)
    length = np.hypot(along[:, 0], along[:, 1])
    kept = length > 0.0
    along = along[kept] / length[kept, None]
    outward = np.column_stack([along[:, 1], -along[:, 0]]) * (1.0 if ring.is_ccw else -1.0)
    return points[:-1][kept], points[1:][kept], outward
