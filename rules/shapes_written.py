"""The shapes of findings as GeoJSON text: where they lie on the ground, and where they lie in the drawing; all of one check in one sweep.

In: shapes in the frame of the plan, how the plan was laid on its parcel, and the frame of the site.  Out: GeoJSON, in degrees (EPSG:4326) and in
metres of the drawing's own position.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import to_geographic
from gis.site import Frame
from rules.plans.placement import Placement

DEGREES, METRES = 7, 4
"""Decimals: about a centimetre, and a tenth of a millimetre."""
Shapes = np.ndarray[tuple[int], np.dtype[np.object_]]


@dataclass(frozen=True, kw_only=True)
class Written:
    """A shape in degrees, None where it lies nowhere on the ground, and in metres of the drawing."""

    geometry: orjson.Fragment | None
    drawn: orjson.Fragment | None


NOTHING = Written(geometry=None, drawn=None)


def written_shapes(
    shapes: Iterable[BaseGeometry], laid: Placement | None, frame: Frame, ground: BaseGeometry | None
) -> dict[int, Written]:
    """Each shape by its identity; on the ground are those that touch it, if the plan lies on its parcel at all. `Invalid` off the earth."""
    there = list({id(each): each for each in shapes if not each.is_empty}.values())
    if not there:
        return {}
    every: Shapes = np.array(there, dtype=object)
    if laid is None or not laid.matches:
        on_ground = np.zeros(len(every), dtype=bool)
        drawn = every
    else:
        on_ground = np.zeros(len(every), dtype=bool) if ground is None else shapely.intersects(ground, every)
        drawn = shapely.transform(every, laid.move.back)
    geometries = np.full(len(every), None, dtype=object)
    geometries[on_ground] = _in_degrees(every[on_ground], frame)
    return {
        id(shape): Written(geometry=geometry, drawn=text)
        for shape, geometry, text in zip(there, geometries, _fragments(drawn, METRES), strict=True)
    }


def in_degrees(shape: BaseGeometry, frame: Frame) -> orjson.Fragment | None:
    """A single shape of the site's frame in degrees; None where it is empty."""
    return None if shape.is_empty else _in_degrees(np.array([shape], dtype=object), frame)[0]


def _in_degrees(shapes: Shapes, frame: Frame) -> list[orjson.Fragment]:
    if not len(shapes):
        return []
    together = shapely.geometrycollections(shapes)
    parts = shapely.get_parts(to_geographic(frame.to_grid(together), frame.metric))
    return _fragments(parts, DEGREES)


def _fragments(shapes: Sequence[BaseGeometry] | Shapes, decimals: int) -> list[orjson.Fragment]:
    """GeoJSON with so many decimals."""
    rounded = shapely.transform(shapes, lambda points: np.round(points, decimals) + 0.0)
    return [orjson.Fragment(each) for each in shapely.to_geojson(rounded)]
