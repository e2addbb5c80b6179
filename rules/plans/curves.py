"""One drawn line into points: bulges, circles, ellipses and splines followed within a stated distance.

In: a `Piece` and the metres per drawing unit.  Out: a `Path` in metres of the plane (z is dropped: stray heights are common),
or None where the entity cannot be followed, which is a problem with its layer and handle.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from ezdxf.entities.arc import Arc
from ezdxf.entities.circle import Circle
from ezdxf.entities.dxfentity import DXFEntity
from ezdxf.entities.ellipse import Ellipse
from ezdxf.entities.line import Line
from ezdxf.entities.lwpolyline import LWPolyline
from ezdxf.entities.polyline import Polyline
from ezdxf.entities.spline import Spline
from ezdxf.math import Matrix44, Vec3

from rules.plans.foreign import DAMAGE
from rules.plans.pieces import Piece
from rules.plans.problems import Fault, Problems

FLATNESS = 0.00025
"""Metres that a chord may stand off its curve: a quarter of the stated tolerance of 1 mm."""
MOST_POINTS = 20_000
STRAIGHT = 1e-9
"""Bulges below this are straight: an edge of a kilometre would bow by less than a micrometre."""
BEYOND = 1e15
"""Drawing units from the origin beyond which no number is reckoned with at all."""
FARTHEST = 1e8
"""Metres from the origin beyond which a coordinate is a mistake and its last millimetre is lost."""
Points = np.ndarray[tuple[int, int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Path:
    """Points in metres; `segments[i]` is the drawn edge that leads on from point i, `corners` the drawn vertices."""

    points: Points
    segments: tuple[int, ...]
    corners: Points
    closed: bool
    has_arcs: bool


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Points in the entity's own coordinates."""

    points: list[tuple[float, ...]]
    segments: list[int]
    corners: list[int]
    closed: bool
    has_arcs: bool


class _Unfit(Exception):
    """The entity has no line that can be followed."""


def path_of(piece: Piece, metres: float, problems: Problems) -> Path | None:
    """The line of an entity; empty for texts, hatches and other things that are no line, None if it cannot be followed."""
    follow = FOLLOWERS.get(piece.entity.dxftype())
    if follow is None:
        return Path(np.empty((0, 2)), (), np.empty((0, 2)), False, False)
    try:
        step = FLATNESS / metres / _scale(piece.placement)
        return _in_plane(follow(piece.entity, step), piece.placement, metres)
    except (_Unfit, *DAMAGE) as error:
        problems.add(
            Fault.NOT_READ,
            f"A {piece.entity.dxftype()} cannot be followed ({error or type(error).__name__}); it was not measured.",
            "Draw it again as a closed polyline.",
            layer=piece.layer,
            handles=[piece.handle],
        )
        return None


def _scale(placement: Matrix44 | None) -> float:
    """The largest stretch of a placement."""
    if placement is None:
        return 1.0
    stretched: float = max(
        placement.transform_direction(axis).magnitude for axis in (Vec3(1, 0, 0), Vec3(0, 1, 0))
    )
    if not stretched > 0:
        raise _Unfit("its block is scaled to nothing")
    return stretched


def _in_plane(drawn: _Drawn, placement: Matrix44 | None, metres: float) -> Path:
    if len(drawn.points) > MOST_POINTS:
        raise _Unfit(f"more than {MOST_POINTS:,} points")
    points = np.array([(*point[:2], *(point[2:3] or (0.0,))) for point in drawn.points], dtype=np.float64)
    if not (np.abs(points) < BEYOND).all():
        raise _Unfit("coordinates that are no number or off the earth")
    if placement is not None:
        points = np.array([tuple(each) for each in placement.transform_vertices(Vec3(p) for p in points)])
    points = points.reshape(-1, 3)[:, :2] * metres
    if not np.isfinite(points).all() or (len(points) and np.abs(points).max() > FARTHEST):
        raise _Unfit("coordinates that are no number or off the earth")
    return Path(points, tuple(drawn.segments), points[drawn.corners], drawn.closed, drawn.has_arcs)


def arc_points(
    start: tuple[float, float], end: tuple[float, float], bulge: float, step: float
) -> list[tuple[float, float]]:
    """Points between two vertices on the arc of a bulge (tangent of a quarter of its angle), chords within `step`."""
    if not math.isfinite(bulge) or abs(bulge) > 1e6:
        raise _Unfit(f"a bulge of {bulge}")
    chord = math.dist(start, end)
    if chord == 0.0 or abs(bulge) < STRAIGHT:
        return []
    angle = 4.0 * math.atan(bulge)
    radius = chord / 2.0 / abs(math.sin(angle / 2.0))
    count = _parts(abs(angle), radius, step)
    apothem = (1.0 - bulge * bulge) / (4.0 * bulge)
    centre = (
        (start[0] + end[0]) / 2.0 - (end[1] - start[1]) * apothem,
        (start[1] + end[1]) / 2.0 + (end[0] - start[0]) * apothem,
    )
    first = math.atan2(start[1] - centre[1], start[0] - centre[0])
    return [
        (
            centre[0] + radius * math.cos(first + angle * k / count),
            centre[1] + radius * math.sin(first + angle * k / count),
        )
        for k in range(1, count)
    ]


def _parts(angle: float, radius: float, step: float) -> int:
    """How many chords follow an arc within `step`."""
    widest = 2.0 * math.acos(max(1.0 - step / radius, -1.0)) if radius > step else math.pi
    return max(2, min(math.ceil(angle / max(widest, 1e-4)), 4_000))


def _bulged(vertices: list[tuple[float, float, float]], closed: bool, step: float) -> _Drawn:
    """A polyline whose vertices carry bulges, without vertices that repeat."""
    points: list[tuple[float, ...]] = []
    segments: list[int] = []
    corners: list[int] = []
    has_arcs = False
    if not all(abs(value) < BEYOND for vertex in vertices for value in vertex):
        raise _Unfit("coordinates that are no number or off the earth")
    for number, (x, y, bulge) in enumerate(vertices):
        following = vertices[(number + 1) % len(vertices)]
        corners.append(len(points))
        points.append((x, y))
        segments.append(number)
        if bulge and (closed or number + 1 < len(vertices)):
            has_arcs = True
            between = arc_points((x, y), (following[0], following[1]), bulge, step)
            points.extend(between)
            segments.extend([number] * len(between))
        if len(points) > MOST_POINTS:
            raise _Unfit(f"more than {MOST_POINTS:,} points")
    return _Drawn(points, segments, corners, closed, has_arcs)


def _lwpolyline(entity: DXFEntity, step: float) -> _Drawn:
    assert isinstance(entity, LWPolyline)
    drawn = _bulged(
        [(float(x), float(y), float(b)) for x, y, b in entity.get_points("xyb")], bool(entity.closed), step
    )
    return _to_world(entity, drawn)


def _polyline(entity: DXFEntity, step: float) -> _Drawn:
    assert isinstance(entity, Polyline)
    if entity.is_2d_polyline:
        vertices = [
            (v.dxf.location.x, v.dxf.location.y, float(v.dxf.get("bulge", 0.0)))
            for v in entity.vertices
            if not v.dxf.flags & 16
        ]
        return _to_world(entity, _bulged(vertices, bool(entity.is_closed), step))
    if entity.is_3d_polyline:
        places = [(p.x, p.y, 0.0) for p in entity.points()]
        return _bulged(places, bool(entity.is_closed), step)
    raise _Unfit("a mesh is no outline")


def _to_world(entity: DXFEntity, drawn: _Drawn) -> _Drawn:
    """From the entity's own plane; mirrored entities have theirs upside down."""
    extrusion = Vec3(entity.dxf.get("extrusion", (0, 0, 1)))
    if extrusion.isclose((0, 0, 1)):
        return drawn
    if extrusion.is_null:
        raise _Unfit("its plane has no direction")
    ocs = entity.ocs()  # type: ignore[attr-defined]
    points = [tuple(each) for each in ocs.points_to_wcs(Vec3(p) for p in drawn.points)]
    return _Drawn(points, drawn.segments, drawn.corners, drawn.closed, drawn.has_arcs)


def _circle(entity: DXFEntity, step: float) -> _Drawn:
    assert isinstance(entity, Circle)
    radius = abs(float(entity.dxf.radius))
    if not radius > 0:
        raise _Unfit("its radius is nothing")
    count = max(_parts(2 * math.pi, radius, step), 8)
    return _to_world(
        entity, _round(entity, [2 * math.pi * k / count for k in range(count)], radius, closed=True)
    )


def _arc(entity: DXFEntity, step: float) -> _Drawn:
    assert isinstance(entity, Arc)
    radius = abs(float(entity.dxf.radius))
    start, end = math.radians(entity.dxf.start_angle), math.radians(entity.dxf.end_angle)
    angle = (end - start) % (2 * math.pi) or 2 * math.pi
    count = _parts(angle, radius, step) if radius > 0 else 1
    return _to_world(
        entity, _round(entity, [start + angle * k / count for k in range(count + 1)], radius, closed=False)
    )


def _round(entity: Circle, angles: Iterable[float], radius: float, *, closed: bool) -> _Drawn:
    centre = Vec3(entity.dxf.center)
    points: list[tuple[float, ...]] = [
        (centre.x + radius * math.cos(each), centre.y + radius * math.sin(each)) for each in angles
    ]
    return _Drawn(points, [0] * len(points), [0, len(points) - 1], closed, True)


def _line(entity: DXFEntity, step: float) -> _Drawn:  # noqa: ARG001  the same shape as its siblings
    assert isinstance(entity, Line)
    start, end = Vec3(entity.dxf.start), Vec3(entity.dxf.end)
    return _Drawn([(start.x, start.y), (end.x, end.y)], [0, 1], [0, 1], False, False)


def _ellipse(entity: DXFEntity, step: float) -> _Drawn:
    assert isinstance(entity, Ellipse)
    major = Vec3(entity.dxf.major_axis).magnitude
    start, end = float(entity.dxf.start_param), float(entity.dxf.end_param)
    angle = (end - start) % (2 * math.pi) or 2 * math.pi
    whole = math.isclose(angle, 2 * math.pi, abs_tol=1e-6)
    count = max(_parts(angle, major, step), 8)
    parameters = [start + angle * k / count for k in range(count if whole else count + 1)]
    points = [(p.x, p.y) for p in entity.vertices(parameters)]
    return _Drawn(list(points), [0] * len(points), [0, len(points) - 1], whole, True)


def _spline(entity: DXFEntity, step: float) -> _Drawn:
    """Finer and finer, until the points between stand off no chord by more than `step`."""
    assert isinstance(entity, Spline)
    if max(len(entity.control_points), len(entity.fit_points)) > 2_000:
        raise _Unfit("a spline of more than 2,000 points")
    tool = entity.construction_tool()
    count = max(16, 4 * tool.count)
    while True:
        points = np.array([(p.x, p.y) for p in tool.approximate(2 * count)])
        middle = (points[:-2:2] + points[2::2]) / 2.0
        if count > 4_000 or np.hypot(*(points[1::2] - middle).T).max() <= step:
            break
        count *= 2
    closed = bool(entity.closed) or math.dist(points[0], points[-1]) <= step
    if closed and math.dist(points[0], points[-1]) <= step:
        points = points[:-1]
    return _Drawn(
        [(float(x), float(y)) for x, y in points], [0] * len(points), [0, len(points) - 1], closed, True
    )


FOLLOWERS: dict[str, Callable[[DXFEntity, float], _Drawn]] = {
    "LWPOLYLINE": _lwpolyline,
    "POLYLINE": _polyline,
    "CIRCLE": _circle,
    "ARC": _arc,
    "LINE": _line,
    "ELLIPSE": _ellipse,
    "SPLINE": _spline,
}
