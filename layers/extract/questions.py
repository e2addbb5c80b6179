"""The one question that finds everything on and around a plot.

In: a plot's shape in metres, the imports that stand, a point in both times.  Out: `Beside`, parcels that meet the plot, and
`Found`, features within whose reach it lies, with their parts on the plot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.quick import rows
from gis.errors import Invalid
from gis.place import Jurisdiction

Shapes = NDArray[np.object_]


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A parcel that meets the plot."""

    number: str
    land_type: str | None
    boundary: BaseGeometry


@dataclass(frozen=True, kw_only=True)
class Found:
    """A feature within reach of a plot."""

    import_id: int
    position: int
    ref: str
    label: str | None
    label_ml: str | None
    width: float | None
    attributes: dict[str, Any]
    since: date
    until: date | None
    parts: tuple[BaseGeometry, ...]
    """What lies on the plot, piece by piece; of streets, the pieces as they lie."""
    way: LineString | None
    """The shortest way from the plot (first point) to the feature; None where it meets the plot, but for streets."""


@dataclass(frozen=True, kw_only=True)
class Around:
    """Everything found on and around a plot: parcels by number, features by import and position."""

    parcels: tuple[Beside, ...]
    features: tuple[Found, ...]


class MisplacedShape(Invalid):
    """A shape in another metric system than its jurisdiction's."""


def around(
    session: Session,
    place: Jurisdiction,
    shape: BaseGeometry,
    *,
    accuracy: float,
    own: int | None,
    imports: Sequence[int],
    streets: Sequence[int],
    at: AsOf,
) -> Around:
    """Parcels within `accuracy` metres of a plot, but for the state `own`, and features of imports in whose reach it lies."""
    edge = shape.buffer(accuracy, join_style="mitre")
    west, south, east, north = edge.bounds
    found = rows(
        session,
        __package__,
        "around",
        {
            "west": west,
            "south": south,
            "east": east,
            "north": north,
            "srid": place.metric,
            "jurisdiction": place.code,
            "own": own or 0,
            "on": at.on,
            "known": at.known,
            "imports": list(imports),
        },
    )
    found.sort(key=_order)
    shapes = _shapes(found, place)
    parcels = sum(row.import_id is None for row in found)
    return Around(
        parcels=_beside(edge, found[:parcels], shapes[:parcels]),
        features=_features(shape, found[parcels:], shapes[parcels:], streets),
    )


def _order(row: Any) -> tuple[int, int, str, int]:
    """Parcels first, by number; then features by import and position, and their pieces always in one order."""
    return row.import_id or 0, row.position or 0, row.ref, row.piece


def _shapes(found: Sequence[Any], place: Jurisdiction) -> Shapes:
    strays = {row.srid for row in found} - {place.metric}
    if strays:
        raise MisplacedShape(f"A shape with SRID {min(strays)} stands among those of EPSG:{place.metric}.")
    return np.asarray(shapely.from_wkb([row.wkb for row in found]), dtype=object)


def _beside(edge: BaseGeometry, found: Sequence[Any], shapes: Shapes) -> tuple[Beside, ...]:
    shapely.prepare(edge)
    return tuple(
        Beside(number=row.ref, land_type=row.label, boundary=boundary)
        for row, boundary, meets in zip(found, shapes, shapely.intersects(edge, shapes), strict=True)
        if meets
    )


def _features(
    plot: BaseGeometry, found: Sequence[Any], shapes: Shapes, streets: Sequence[int]
) -> tuple[Found, ...]:
    """Pieces by feature, cut to the plot."""
    shapely.prepare(plot)
    meets = shapely.intersects(plot, shapes)
    is_street = np.isin([row.import_id for row in found], streets)
    parts = shapes.copy()
    parts[~meets & ~is_street] = None
    parts[meets & ~is_street] = shapely.intersection(shapes[meets & ~is_street], plot)
    ways = np.full(len(shapes), None)
    ways[~meets | is_street] = shapely.shortest_line(plot, shapes[~meets | is_street])
    return tuple(
        _feature(found, parts, ways, [index for index, _ in pieces])
        for _, pieces in groupby(enumerate(found), key=lambda each: (each[1].import_id, each[1].position))
    )


def _feature(found: Sequence[Any], parts: Shapes, ways: Shapes, pieces: Sequence[int]) -> Found:
    row = found[pieces[0]]
    shortest = [ways[piece] for piece in pieces]
    return Found(
        import_id=row.import_id,
        position=row.position,
        ref=row.ref,
        label=row.label,
        label_ml=row.label_ml,
        width=row.width,
        attributes=row.attributes,
        since=row.since,
        until=row.until,
        parts=tuple(parts[piece] for piece in pieces if parts[piece] is not None),
        way=None if None in shortest else min(shortest, key=shapely.length),
    )
