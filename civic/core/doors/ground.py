"""The ground of a case: its plots among their neighbours, as a drawing and for the map.

In: a case and the numbers of its plots.  Out: `CaseGround`, as the plots stood when the case was opened; where that day's record
knows a plot no more (it was divided or merged on that very day), as it last stood by then.
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
from gis.jurisdictions import jurisdiction
from gis.parcels.model import Parcel
from gis.parcels.queries import as_it_stood, parcels_touching
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
    own = [stood for number in numbers if (stood := as_it_stood(town.session, place, number, at=at))]
    if not own or len(own) < len(numbers):
        return None
    land = shapely.union_all([each.boundary for each in own])
    west, south, east, north = land.bounds
    around = land.buffer(max(east - west, north - south) * AROUND).envelope
    neighbours = [
        (each.number.whole, "neighbour", each.boundary)
        for each in parcels_touching(town.session, place, around, at=at)
        if each.number.whole not in numbers and not land.contains(each.boundary.representative_point())
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
