"""The bodies of a model's parts, in metres in the model's own position: footprint seen from above, lowest and highest point.

In: products of an ifcopenshell model.  Out: `Body`s; a part whose geometry cannot be built is a problem with its GlobalId. Raises
`TooLarge` beyond the limits stated here. Curved faces stand off at most 1 mm.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from ifcopenshell import geom
from shapely.geometry.base import BaseGeometry

from gis.errors import TooLarge
from rules.plans.drawing import Source
from rules.plans.ifc_links import FOREIGN, is_a, kind_of, listed, mark_of, told
from rules.plans.problems import Fault, Problems

MOST_PARTS = 20_000
MOST_TRIANGLES = 2_000_000
MOST_OPENINGS = 400
"""Openings in one part that are cut out of it."""
MOST_IN_ONE = 20_000
"""Triangles of one part; the ground may have more."""
MOST_POINTS = 3_000
"""Points of one line in a part; the geometry engine compares each with each."""
FARTHEST = 10_000_000.0
"""Metres from the origin beyond which no place on earth lies in any grid."""
BESIDE = ("IfcSpace", "IfcSite", "IfcDoor", "IfcAnnotation", "IfcStair", "IfcRamp", "IfcTransportElement")
"""Parts without which outlines and heights are still whole."""
LINES = (
    "IfcPolyline",
    "IfcPolyLoop",
    "IfcIndexedPolyCurve",
    "IfcCompositeCurve",
    "IfcBSplineCurve",
    "IfcCartesianPointList2D",
)
GROUND = ("IfcSite", "IfcGeographicElement")
CUT = ("IfcSlab", "IfcRoof")
"""Parts whose openings matter to a plan; doors and windows leave the outline of a wall as it is, and cutting them takes most of the time."""
MICRON = 1e-6
STEEP = 1e-3
"""Share of its own area that a face must show from above, not to be taken for upright."""

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Body:
    """A part of the model with its triangles."""

    part: Any
    source: Source
    triangles: Floats

    @cached_property
    def footprint(self) -> BaseGeometry:
        """What it covers, seen from above."""
        return seen_from_above(self.triangles)

    @property
    def low(self) -> float:
        """Its lowest point."""
        return float(self.triangles[:, :, 2].min())

    @property
    def high(self) -> float:
        """Its highest point."""
        return float(self.triangles[:, :, 2].max())

    @property
    def mark(self) -> str:
        """Its GlobalId."""
        return self.source.handles[0]


def source_of(entity: Any) -> Source:
    """An instance as a source: its class for the layer, its GlobalId for the handle."""
    return Source(layer=kind_of(entity), handles=(mark_of(entity),))


def seen_from_above(triangles: Floats) -> BaseGeometry:
    """The union of triangles in the plane, on a grid of a micron."""
    flat = triangles[:, :, :2]
    across, along = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    area = np.abs(across[:, 0] * along[:, 1] - across[:, 1] * along[:, 0])
    shown = area > np.maximum(STEEP * _areas(triangles), MICRON)
    if not shown.any():
        return shapely.Polygon()
    rings = shapely.polygons(np.concatenate([flat[shown], flat[shown][:, :1]], axis=1))
    return shapely.union_all(rings, grid_size=MICRON)


def _areas(triangles: Floats) -> Floats:
    cross = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    found: Floats = np.sqrt(np.einsum("ij,ij->i", cross, cross))
    return found


class Workshop:
    """Builds bodies with ifcopenshell's geometry engine and counts what they cost."""

    def __init__(self, problems: Problems, *, has_gaps: bool = False) -> None:
        self._problems = problems
        self._whole, self._uncut, self._curves = (self._settings() for _ in range(3))
        self._uncut.set("disable-opening-subtractions", True)
        self._curves.set("dimensionality", 0)
        self.parts = 0
        self.triangles = 0
        self.has_gaps = has_gaps
        """Whether a part that outlines and heights are taken from is missing."""

    def _settings(self) -> Any:
        settings: Any = geom.settings()  # type: ignore[no-untyped-call]
        settings.set("use-world-coords", True)
        settings.set("no-normals", True)
        settings.set("apply-default-materials", False)
        return settings

    def bodies(self, parts: Iterable[Any]) -> tuple[Body, ...]:
        """The bodies of those parts that have one."""
        built = (self.body(part) for part in parts if told(part, "Representation") is not None)
        return tuple(body for body in built if body is not None)

    def body(self, part: Any) -> Body | None:
        """The body of a part; None and a problem where it cannot be built."""
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise TooLarge(
                f"More than {MOST_PARTS:,} parts of the model would have to be built; leave out what is not part of the plan."
            )
        if _is_too_long(part):
            self.leave_out(part, f"a line of it has more than {MOST_POINTS:,} points")
            return None
        openings = len(listed(part, "HasOpenings")) if is_a(part, *CUT) else 0
        if openings > MOST_OPENINGS:
            self._not_cut(part, openings)
        how = self._whole if 0 < openings <= MOST_OPENINGS else self._uncut
        try:
            shape: Any = geom.create_shape(how, part)
            triangles = _triangles(shape.geometry)
        except (RuntimeError, ValueError, TypeError, MemoryError) as error:
            self.leave_out(part, " ".join(str(error).split())[:120])
            return None
        self.triangles += len(triangles)
        if self.triangles > MOST_TRIANGLES:
            raise TooLarge(
                f"The parts of the model have more than {MOST_TRIANGLES:,} triangles; leave out furniture and what is finely rounded."
            )
        if len(triangles) > MOST_IN_ONE and not is_a(part, *GROUND):
            self.leave_out(part, f"it is so finely rounded that it has {len(triangles):,} triangles")
            return None
        if len(triangles) == 0 or not bool((np.abs(triangles) < FARTHEST).all()):
            self.leave_out(part, "")
            return None
        return Body(part=part, source=source_of(part), triangles=triangles)

    def curves(self, part: Any, representation: Any) -> tuple[Floats, ...]:
        """The edges of a representation of curves as pairs of points, in metres."""
        try:
            shape: Any = geom.create_shape(self._curves, part, representation)
            points = np.array(shape.geometry.verts, dtype=float).reshape(-1, 3)
            edges = np.array(shape.geometry.edges, dtype=np.int64).reshape(-1, 2)
        except (RuntimeError, ValueError, TypeError, MemoryError) as error:
            self.leave_out(part, " ".join(str(error).split())[:120])
            return ()
        lines = points[edges]
        return tuple(lines) if bool((np.abs(lines) < FARTHEST).all()) else ()

    def leave_out(self, part: Any, why: str) -> None:
        """Name a part that cannot be built or placed."""
        self.has_gaps |= not is_a(part, *BESIDE)
        said = f" ({why})" if why else ""
        self._problems.add(
            Fault.NOT_READ,
            f"The geometry of this {kind_of(part)} cannot be built{said}; it was not measured.",
            "Model it again, or give it a simple body, and export the model again.",
            layer=kind_of(part),
            handles=(mark_of(part),),
        )

    def _not_cut(self, part: Any, openings: int) -> None:
        self._problems.add(
            Fault.TOO_MANY,
            f"This {kind_of(part)} has {openings} openings; at most {MOST_OPENINGS} are cut out, so it was measured without them.",
            "Divide it into several parts.",
            layer=kind_of(part),
            handles=(mark_of(part),),
        )


def _is_too_long(part: Any) -> bool:
    """Whether a line that a part is made of has too many points."""
    try:
        needed = part.file.traverse(part.Representation)
    except FOREIGN:
        return False
    return any(
        len(listed(each, name)) > MOST_POINTS
        for each in needed
        if is_a(each, *LINES)
        for name in ("Points", "Polygon", "CoordList", "Segments", "ControlPointsList")
    )


def _triangles(geometry: Any) -> Floats:
    points = np.array(geometry.verts, dtype=float).reshape(-1, 3)
    faces = np.array(geometry.faces, dtype=np.int64).reshape(-1, 3)
    found: Floats = points[faces]
    return found if not len(found) or math.isfinite(float(found.sum())) else found[:0]
