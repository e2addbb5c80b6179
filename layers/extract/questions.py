"""The one question that finds every feature which concerns a plot.

In: a plot's shape in metres, the imports that stand, a date.  Out: `Found` features with their parts on the plot.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis.db.sql import statement
from gis.place import Jurisdiction


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
    way: LineString
    """The shortest way from the plot (first point) to the feature."""


def touching(
    session: Session,
    place: Jurisdiction,
    shape: BaseGeometry,
    *,
    imports: list[int],
    streets: list[int],
    on: date,
) -> list[Found]:
    """Every feature of these imports within whose reach a plot lies, by import and position."""
    rows = session.execute(
        statement(__package__, "touching"),
        {"plot": shape.wkb, "srid": place.metric, "imports": imports, "streets": streets, "on": on},
    ).all()
    collected = shapely.from_wkb([row.parts and bytes(row.parts) for row in rows])
    ways = shapely.from_wkb([bytes(row.way) for row in rows])
    return [
        Found(
            import_id=row.import_id,
            position=row.position,
            ref=row.ref,
            label=row.label,
            label_ml=row.label_ml,
            width=row.width,
            attributes=row.attributes,
            since=row.since,
            until=row.until,
            parts=() if parts is None else tuple(shapely.get_parts(parts)),
            way=way,
        )
        for row, parts, way in zip(rows, collected, ways, strict=True)
    ]
