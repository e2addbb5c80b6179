"""The ground of a case: its plots among their neighbours, as a drawing and for the map.

In: a case and the numbers of its plots.  Out: `CaseGround`, as the plots stood when the case was opened; None where they were
corrected since, because the page links to what stands now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import mapping

from civic.core.case import Case
from civic.core.http import Town
from civic.core.outline import Sketch, sketch
from civic.core.working_days import day_there
from gis.asof import AsOf
from gis.crs import to_geographic
from gis.errors import Gone, NotFound
from gis.jurisdictions import jurisdiction
from gis.parcels.model import Parcel
from gis.parcels.queries import parcel, parcels_touching
from gis.recordings import last_recording

AROUND = 0.4
"""How much is drawn around the plots, as a part of their longer side."""
DECIMALS = 7
"""Of a degree: about a centimetre."""


@dataclass(frozen=True, kw_only=True)
class CaseGround:
    """The plots of a case: drawn among their neighbours, and as GeoJSON (EPSG:4326) for a map that has those itself."""

    sketch: Sketch
    plots: Mapping[str, Any]


def ground_of(town: Town, found: Case, numbers: Sequence[str]) -> CaseGround | None:
    """The ground of a case; None without plots."""
    place = jurisdiction(town.session, town.body.jurisdiction)
    at = AsOf(on=day_there(found.opened, town.body.time_zone), known=last_recording(town.session, place.code))
    try:
        own = [parcel(town.session, place, number, at=at) for number in numbers]
    except (NotFound, Gone):
        return None
    if not own:
        return None
    land = shapely.union_all([each.boundary for each in own])
    west, south, east, north = land.bounds
    around = land.buffer(max(east - west, north - south) * AROUND).envelope
    neighbours = [
        (each.number.whole, "neighbour", each.boundary)
        for each in parcels_touching(town.session, place, around, at=at)
        if each.number.whole not in numbers
    ]
    drawn = sketch([*neighbours, *((each.number.whole, "own", each.boundary) for each in own)], around)
    return CaseGround(sketch=drawn, plots=_on_the_map(own, place.metric)) if drawn else None


def _on_the_map(own: Sequence[Parcel], metric: int) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "properties": {"number": each.number.whole},
            "geometry": mapping(
                shapely.transform(to_geographic(each.boundary, metric), lambda xy: xy.round(DECIMALS))
            ),
        }
        for each in own
    ]
    return {"type": "FeatureCollection", "features": features}
