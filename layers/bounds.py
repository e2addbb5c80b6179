"""Where a jurisdiction's records lie.

In: a session, a jurisdiction, an instant.  Out: a box in degrees (EPSG:4326), or None before anything is recorded.
"""

from datetime import datetime

import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.crs import to_geographic
from gis.place import Jurisdiction
from layers.imports import standing

_EXTENT = text(
    "SELECT ST_AsBinary(ST_Extent(box)::geometry) FROM ("
    " SELECT ST_Extent(boundary)::geometry AS box FROM parcel WHERE jurisdiction = :j AND recorded @> CAST(:known AS timestamptz)"
    " UNION ALL SELECT ST_Extent(position)::geometry FROM place_name WHERE import_id = ANY(:imports)"
    " UNION ALL SELECT ST_Extent(shape)::geometry FROM layer_feature WHERE import_id = ANY(:imports) AND NOT EXISTS"
    "   (SELECT FROM parcel WHERE jurisdiction = :j)) AS boxes"
)
_kept: dict[tuple[str, str, datetime], tuple[float, float, float, float] | None] = {}


def bounds(
    session: Session, place: Jurisdiction, *, known: datetime
) -> tuple[float, float, float, float] | None:
    """West, south, east, north of parcels and names; of features where there are no parcels."""
    key = (str(session.get_bind().engine.url), place.code, known)
    if key not in _kept:
        imports = [each.id for each in standing(session, place, known=known)]
        wkb = session.scalar(_EXTENT, {"j": place.code, "known": known, "imports": imports})
        _kept[key] = None if wkb is None else _degrees(bytes(wkb), place.metric)
        while len(_kept) > 64:
            _kept.pop(next(iter(_kept)))
    return _kept[key]


def _degrees(wkb: bytes, metric: int) -> tuple[float, float, float, float]:
    west, south, east, north = to_geographic(shapely.from_wkb(wkb), metric).bounds
    return (west, south, east, north)
