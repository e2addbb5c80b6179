"""The drawing of a checked plan as a map shows it: plot, outlines, yards, and what decided each finding, by its outcome.

In: a `PlanCheck`, whose shapes lie in its site's frame.  Out: GeoJSON (RFC 7946) in degrees (EPSG:4326) to 7 decimals, empty where it is not
certain how the plan lies on its parcel: a map would then show it in a place where nobody drew it.  And of what was kept: `Ground`, which says
what lies below it or why there is none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
import shapely
from shapely import MultiLineString, MultiPoint, MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis.site import Site, Status
from rules.checking import PlanCheck
from rules.envelope_document import in_degrees
from rules.findings import Finding
from rules.ground_drawn import ground_drawn

MEDIA_TYPE = "application/geo+json"
Feature = dict[str, Any]
Found = dict[str, Any]
TOGETHER = (MultiPoint, MultiLineString, MultiPolygon)
"""Shapes of points, lines and areas, by dimension."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What the map of a check is drawn on: the catalogue's layers on the plot or near it (with their status), as they were on a day.

    `missing` says why the plan stands on no map: a key below `check.map`; None where it does.
    """

    layers: Mapping[str, str]
    on: date
    missing: str | None


def ground_of(found: Found, kept: bytes) -> Ground:
    """What lies below a kept drawing, from the check's document and its features."""
    laid = found["placement"]
    features = orjson.loads(kept) if kept else {"restrictions": {}, "features": []}
    missing = None
    if not laid["matches"]:
        missing = "not_laid"
    elif not laid["is_certain"]:
        missing = "uncertain"
    elif not features["features"]:
        missing = "not_kept"
    return Ground(
        layers=features["restrictions"], on=date.fromisoformat(found["site"]["on"]), missing=missing
    )


def plan_features(asked: PlanCheck) -> bytes:
    """Features by `kind`, lowest drawn first; those of kind `place` carry the number of their finding as the page counts it.

    `restrictions` tells which layers of the catalogue lie on the plot or near it, so that a map can draw their tiles below.
    """
    is_placed = asked.proposal.is_placed
    shown = {
        "type": "FeatureCollection",
        "synthetic": asked.site.synthetic,
        "restrictions": _restrictions(asked.site) if is_placed else {},
        "features": list(_features(asked)) if is_placed else [],
    }
    return orjson.dumps(shown) + b"\n"


def _restrictions(site: Site) -> Found:
    there = (Status.AFFECTED, Status.NEAR)
    return {each.layer: each.status for each in site.overlays if each.status in there}


def _features(asked: PlanCheck) -> Iterator[Feature]:
    """Whatever touches the ground that the sketch shows; what is drawn beside the plot is no part of the ground there."""
    ground = ground_drawn(asked)
    for each in _shapes(asked):
        if ground is not None and shapely.intersects(ground, each.shape):
            yield from _feature(asked, each)


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """A shape in the frame of the site with what is told of it."""

    shape: BaseGeometry
    told: dict[str, object]


def _shapes(asked: PlanCheck) -> Iterator[_Shape]:
    yield _shape("parcel", asked.site.boundary)
    yield from _drawn(asked)
    for number, finding in enumerate(asked.report.findings, 1):
        yield from _places(number, finding)


def _shape(kind: str, shape: BaseGeometry, **told: object) -> _Shape:
    return _Shape(shape=shape, told={"kind": kind} | told)


def _drawn(asked: PlanCheck) -> Iterator[_Shape]:
    plan = asked.proposal
    if plan.plot is not None:
        yield _shape("plot", plan.plot)
    if plan.drawing.plot is not None and plan.front.sides:
        sides = [side.line for side in plan.drawing.plot.sides if side.number in plan.front.sides]
        yield _shape("front", shapely.union_all(sides))
    for building in plan.buildings:
        levels = sorted(building.levels, key=lambda each: (not each.is_basement, each.number or 0))
        for level in levels:
            for yard in level.yards:
                yield _shape("yard", yard.outline.shape, level=level.number)
            kind = "basement" if level.is_basement else "level"
            yield _shape(kind, level.footprint.shape, building=building.number, level=level.number)
    for thing in plan.drawing.things:
        yield _shape("thing", thing.outline.shape, role=thing.role)
    for entrance in plan.drawing.entrances:
        yield _shape("entrance", entrance.place)


def _places(number: int, finding: Finding) -> Iterator[_Shape]:
    for place in finding.places:
        if place.shape is not None:
            yield _shape(
                "place",
                place.shape,
                number=number,
                outcome=finding.outcome,
                rule=finding.rule,
                subject=finding.subject,
                what=place.what,
            )


def _feature(asked: PlanCheck, each: _Shape) -> Iterator[Feature]:
    """The parts of a shape by their dimension, since maps draw no collections of unlike parts."""
    leaves = list(_leaves(each.shape))
    for dimension in sorted({int(shapely.get_dimensions(leaf)) for leaf in leaves}):
        alike = [leaf for leaf in leaves if shapely.get_dimensions(leaf) == dimension]
        geometry = in_degrees(TOGETHER[dimension](alike), asked.site.frame)
        if geometry is not None:
            yield {"type": "Feature", "properties": each.told, "geometry": geometry}


def _leaves(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    for part in shapely.get_parts(shape):
        if hasattr(part, "geoms"):
            yield from _leaves(part)
        elif not part.is_empty:
            yield part
