"""What is meant, as its objector draws it: positions read off a map or a telephone, or a GeoJSON geometry.

In: a text of a form.  Out: a GeoJSON geometry (EPSG:4326) near its plot, and its drawing on the plot.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from civic.core.desk import Desk
from civic.core.outline import Sketch, sketch
from gis.asof import AsOf
from gis.crs import to_metric
from gis.errors import Invalid, TooLarge
from gis.jurisdictions import jurisdiction
from gis.parcels.queries import as_it_stood, parcel
from gis.recordings import last_recording

LARGEST = 100_000
"""Characters of a sketch."""
FARTHEST = 500.0
"""Metres from its plot that a sketch may lie."""
MARGIN = 10.0
"""Metres that are drawn around plot and sketch."""
STROKE = 0.7
"""Metres by which a line or a point is drawn wider than it is."""
_NO_SHAPE = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError)
"""What reading a text as a shape raises where it is none."""
_POSITION = re.compile(r"\s*(-?\d{1,3}(?:\.\d{1,15})?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d{1,15})?)\s*")
_NEITHER = (
    "Write one position on each line, latitude then longitude, such as 10.5276, 76.2144: one for a spot, two for a line,"
    " three or more for an area. A GeoJSON geometry in degrees is taken too."
)


def drawn_by(desk: Desk, number: str, text: str) -> dict[str, Any] | None:
    """The geometry that a text draws near a plot; None where nothing was drawn."""
    if not text.strip():
        return None
    if len(text) > LARGEST:
        raise TooLarge(f"The sketch has more than {LARGEST} characters; draw it simpler.")
    place = jurisdiction(desk.session, desk.body.jurisdiction)
    at = AsOf(on=desk.today, known=last_recording(desk.session, place.code))
    plot = parcel(desk.session, place, number, at=at).boundary
    for plain in _read(text):
        try:
            drawn = to_metric(plain, place.metric)
        except (Invalid, *_NO_SHAPE, shapely.errors.ShapelyError):  # perhaps the other order is meant
            continue
        if not drawn.is_empty and drawn.is_valid and drawn.distance(plot) <= FARTHEST:
            kept: dict[str, Any] = json.loads(shapely.to_geojson(plain))
            return kept  # the shape alone, of whatever stood beside it
    raise Invalid(f"The sketch must be a valid shape within {FARTHEST:g} m of the plot. {_NEITHER}")


def _read(text: str) -> Iterator[BaseGeometry]:
    """What a text may mean: a GeoJSON geometry, or positions, latitude first and then the other way round."""
    if text.lstrip().startswith("{"):
        try:
            yield shapely.force_2d(shape(json.loads(text)))
        except (*_NO_SHAPE, shapely.errors.ShapelyError) as error:
            raise Invalid("The sketch is not a GeoJSON geometry in degrees.") from error
        return
    matches = [_POSITION.fullmatch(line) for line in text.splitlines() if line.strip()]
    pairs = [(float(found[1]), float(found[2])) for found in matches if found]
    if len(pairs) != len(matches):
        raise Invalid(f"This is not a sketch. {_NEITHER}")
    yield _through([(longitude, latitude) for latitude, longitude in pairs])
    yield _through(pairs)


def _through(corners: list[tuple[float, float]]) -> BaseGeometry:
    if len(corners) == 1:
        return Point(corners[0])
    return LineString(corners) if len(corners) == 2 else Polygon(corners)


def drawing(desk: Desk, number: str, kept: Mapping[str, Any], *, at: AsOf) -> Sketch | None:
    """A kept sketch on its plot as that stood; None where the plot had not begun then."""
    place = jurisdiction(desk.session, desk.body.jurisdiction)
    stood = as_it_stood(desk.session, place, number, at=at)
    if stood is None:
        return None
    plot = stood.boundary
    meant = to_metric(shape(kept), place.metric)
    wide = meant if meant.area > 0 else meant.buffer(STROKE)
    frame = shapely.union_all([plot, wide]).buffer(MARGIN).envelope
    return sketch([(number, "own", plot), ("", "meant", wide)], frame)
