"""Areas that people draw: GeoJSON polygons in degrees, checked before anything is asked of them.

In: a GeoJSON geometry (EPSG:4326, longitude first).  Out: a valid shapely polygon in a jurisdiction's metres, or `Invalid`
with what is wrong and what to do.
"""

from collections.abc import Sequence
from math import isfinite

from shapely import Polygon

from gis.crs import to_metric
from gis.errors import Invalid, TooLarge
from gis.geometry import fault

MOST_CORNERS = 10_000
WIDEST = 5_000.0
"""Metres: a wider area is a question for the planner's notebook, not for one extract."""
SMALLEST = 0.01
"""Square metres."""


def drawn_area(rings: Sequence[Sequence[Sequence[float]]], metric: int) -> Polygon:
    """A polygon from its GeoJSON coordinates (outer ring, then holes), in metres."""
    corners = sum(len(ring) for ring in rings)
    if corners > MOST_CORNERS:
        raise TooLarge(f"The area has {corners} corners; simplify it to at most {MOST_CORNERS}.")
    if not rings or any(len(ring) < 3 for ring in rings):
        raise Invalid(
            "An area needs at least three corners; give each ring as a list of [longitude, latitude].",
            code="bad-area",
        )
    for ring in rings:
        for corner in ring:
            _check_position(corner)
    drawn = Polygon(
        [(corner[0], corner[1]) for corner in rings[0]], [[(c[0], c[1]) for c in ring] for ring in rings[1:]]
    )
    area = to_metric(drawn, metric)
    if not area.is_valid:
        raise Invalid(
            f"The area's outline is not sound: {fault(area, metric)}. Draw it so that no line crosses or repeats another.",
            code="bad-area",
        )
    west, south, east, north = area.bounds
    if max(east - west, north - south) > WIDEST:
        raise TooLarge(f"The area is wider than {WIDEST:g} m; ask about a smaller one.")
    if area.area < SMALLEST:
        raise Invalid(
            "The corners enclose no area; draw at least three that do not lie on one line.", code="bad-area"
        )
    return area


def _check_position(corner: Sequence[float]) -> None:
    if len(corner) < 2 or not all(isfinite(value) for value in corner[:2]):
        raise Invalid(
            "A corner needs two numbers, longitude and latitude in degrees, such as [76.2144, 10.5276].",
            code="bad-position",
        )
    check_position(corner[0], corner[1])


def check_position(longitude: float, latitude: float) -> None:
    """Refuse a position that is not on the earth."""
    if not (isfinite(longitude) and isfinite(latitude) and abs(longitude) <= 180 and abs(latitude) <= 90):
        raise Invalid(
            f"{longitude:g}, {latitude:g} is not on the earth: give longitude (-180 to 180), then latitude (-90 to 90).",
            code="bad-position",
        )


def position(text: str) -> tuple[float, float]:
    """Longitude and latitude from `longitude,latitude`."""
    try:
        longitude, latitude = (float(part) for part in text.split(","))
    except ValueError as error:
        raise Invalid(
            f"“{text[:40]}” is not a position: write longitude,latitude such as 76.2144,10.5276.",
            code="bad-position",
        ) from error
    return longitude, latitude
