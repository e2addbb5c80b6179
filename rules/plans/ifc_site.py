"""The plot of a model and the ground on it.

In: the site of an ifcopenshell model.  Out: the plot's `Outline` in metres with how it was taken, and `Ground`, the level of the ground along an
outline. The plot is taken from what is drawn of it: the site's footprint, an annotation called a plot, or the site's body seen from above.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from rules.plans.drawing import Outline, Source
from rules.plans.ifc_bodies import MICRON, STEEP, Body, Floats, Workshop, source_of
from rules.plans.ifc_links import all_of, listed, told, words
from rules.plans.ifc_outlines import outline_of, polygons_of
from rules.plans.problems import Fault, Problems

FOOTPRINTS = ("FOOTPRINT", "ANNOTATION", "PLAN", "BOUNDARY")
PLOT_WORDS = ("PLOT", "PLOT_BOUNDARY", "PLOT BOUNDARY", "SITE BOUNDARY", "PROPERTY LINE", "PARCEL")
LEAST_PLOT = 1.0
MILLIMETRE = 0.001
STEP = 0.5
"""Metres between the points of an outline at which the ground is looked up."""
MOST_POINTS = 2_000
ENOUGH = 0.9
"""Share of those points that must lie on modelled ground."""
REMEDY = "Give the IfcSite a FootPrint representation: the boundary of the plot as one closed curve."


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """The plot as drawn in a model and how that was taken."""

    outline: Outline
    how: str


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The lowest and highest level of the modelled ground along a building, in metres of the model."""

    lowest: float
    highest: float
    source: Source

    @property
    def average(self) -> float:
        """Mean of the two, from which the height of a building is told (rule 2(1)(bf))."""
        return (self.lowest + self.highest) / 2.0


def plot_of(model: Any, workshop: Workshop, terrain: Sequence[Body], problems: Problems) -> Drawn | None:
    """The plot, or None and a problem where the model shows none; of several the largest."""
    sites = all_of(model, "IfcSite")
    found = [
        Drawn(outline=outline_of(shape, [source_of(site)]), how="inside the footprint of the site")
        for site in sites
        for shape in _rings(site, workshop, FOOTPRINTS, problems)
    ]
    found = found or [
        Drawn(outline=outline_of(shape, [source_of(each)]), how="inside the boundary drawn as an annotation")
        for each in all_of(model, "IfcAnnotation", "IfcVirtualElement")
        if _is_plot(each)
        for shape in _rings(each, workshop, None, problems)
    ]
    found = found or [
        Drawn(outline=outline_of(shape, [body.source]), how="the body of the site, seen from above")
        for body in terrain
        if body.part.is_a("IfcSite")
        for shape in polygons_of(body.footprint)
    ]
    found = [each for each in found if each.outline.area >= LEAST_PLOT]
    if not found:
        _note_none(sites, problems)
        return None
    return _largest(found, problems)


def _is_plot(entity: Any) -> bool:
    return any(words(entity, name).upper() in PLOT_WORDS for name in ("ObjectType", "Name"))


def _rings(
    entity: Any, workshop: Workshop, names: tuple[str, ...] | None, problems: Problems
) -> tuple[Polygon, ...]:
    """The ground inside the closed curves of those representations; rings within a ring are not taken out."""
    found: list[Polygon] = []
    for each in listed(told(entity, "Representation"), "Representations"):
        if names is not None and words(each, "RepresentationIdentifier").upper() not in names:
            continue
        lines = workshop.curves(entity, each)
        if lines:
            found += _closed_rings(np.array(lines)[:, :, :2], source_of(entity), problems)
    return tuple(found)


def _closed_rings(lines: Floats, source: Source, problems: Problems) -> tuple[Polygon, ...]:
    """The rings that lines close; a gap up to a millimetre is closed and noted, a wider one is a problem."""
    snapped = shapely.set_precision(shapely.linestrings(lines), MICRON)
    there = shapely.union_all(snapped[~shapely.is_empty(snapped)])
    faces = shapely.polygonize(list(shapely.get_parts(there)))
    rings = polygons_of(shapely.union_all(shapely.get_parts(faces)))
    if rings:
        return tuple(Polygon(shape.exterior) for shape in rings)
    path = shapely.get_coordinates(shapely.line_merge(there))
    gap = float(np.hypot(*(path[-1] - path[0]))) if len(path) > 3 else np.inf
    if gap <= MILLIMETRE and len(shapely.get_parts(shapely.line_merge(there))) == 1:
        problems.add(
            Fault.CLOSED_GAP,
            f"The outline of the plot was not quite closed; a gap of {gap * 1000:.1f} mm was closed.",
            "End the curve at the point where it begins.",
            layer=source.layer,
            handles=source.handles,
        )
        return polygons_of(shapely.make_valid(Polygon(path)))
    problems.add(
        Fault.OPEN,
        "The outline of the plot is open; it was not measured.",
        "Close the curve: end it at the point where it begins.",
        layer=source.layer,
        handles=source.handles,
    )
    return ()


def _largest(found: Sequence[Drawn], problems: Problems) -> Drawn:
    largest = max(found, key=lambda each: each.outline.area)
    if len(found) > 1:
        problems.add(
            Fault.SEVERAL_PLOTS,
            f"The model shows {len(found)} outlines of a plot; the largest was taken.",
            "Keep one closed outline of the plot.",
            layer=largest.outline.source.layer,
            handles=dict.fromkeys(handle for each in found for handle in each.outline.source.handles),
        )
    return largest


def _note_none(sites: Sequence[Any], problems: Problems) -> None:
    why = "its site has no outline" if sites else "it has no site"
    problems.add(
        Fault.NO_PLOT,
        f"The model shows no plot: {why}; yards and distances to the boundary could not be measured.",
        REMEDY,
        layer="IfcSite",
        handles=[handle for site in sites[:20] for handle in source_of(site).handles],
    )


def terrain_of(model: Any, workshop: Workshop) -> tuple[Body, ...]:
    """Bodies that show the ground: those of the site, and terrain modelled on it."""
    terrain = [
        each
        for each in all_of(model, "IfcGeographicElement")
        if words(each, "PredefinedType").upper() in ("TERRAIN", "")
    ]
    bodied = [each for each in all_of(model, "IfcSite") if _has_body(each)]
    return workshop.bodies([*bodied, *terrain])


def _has_body(entity: Any) -> bool:
    """Whether a representation is more than curves."""
    names = [
        words(each, "RepresentationType").upper()
        for each in listed(told(entity, "Representation"), "Representations")
        if words(each, "RepresentationIdentifier").upper() not in FOOTPRINTS
    ]
    return any("CURVE" not in name and "ANNOTATION" not in name for name in names)


def ground_along(outline: BaseGeometry, terrain: Sequence[Body]) -> Ground | None:
    """The ground along an outline; None where it is not modelled along most of it."""
    points = _points_on(outline)
    if not len(points) or not terrain:
        return None
    levels = np.full(len(points), -np.inf)
    for body in terrain:
        np.maximum(levels, _levels(points, body.triangles), out=levels)
    there = levels[np.isfinite(levels)]
    if len(there) < ENOUGH * len(points):
        return None
    return Ground(lowest=float(there.min()), highest=float(there.max()), source=terrain[0].source)


def _points_on(outline: BaseGeometry) -> Floats:
    """Corners and evenly spaced points along the outer edges."""
    found = []
    for each in polygons_of(outline):
        ring = each.exterior
        count = int(min(MOST_POINTS, max(4.0, ring.length / STEP)))
        places = ring.interpolate(np.linspace(0.0, 1.0, count, endpoint=False), normalized=True)
        found += [shapely.get_coordinates(ring), shapely.get_coordinates(places)]
    return np.concatenate(found) if found else np.zeros((0, 2))


def _levels(points: Floats, triangles: Floats) -> Floats:
    """The highest level of triangles above each point, minus infinity where there is none."""
    levels = np.full(len(points), -np.inf)
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    flat = triangles[np.abs(normals[:, 2]) > STEEP * np.linalg.norm(normals, axis=1)]
    if not len(flat):
        return levels
    shapes = shapely.polygons(flat[:, :, :2])
    at, which = shapely.STRtree(shapes).query(shapely.points(points), predicate="dwithin", distance=1e-4)
    a, b, c = flat[which, 0], flat[which, 1] - flat[which, 0], flat[which, 2] - flat[which, 0]
    d = points[at] - a[:, :2]
    whole = b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0]
    s = (d[:, 0] * c[:, 1] - d[:, 1] * c[:, 0]) / whole
    t = (b[:, 0] * d[:, 1] - b[:, 1] * d[:, 0]) / whole
    np.maximum.at(levels, at, a[:, 2] + s * b[:, 2] + t * c[:, 2])
    return levels
