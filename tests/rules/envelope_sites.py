"""Sites for envelopes: every builder has defaults for all, a test names only what matters.  Metres, the street to the south."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from shapely import LineString, MultiLineString, MultiPolygon, Polygon, box

from gis.site import Frame, Holding, LocalBody, Overlay, Road, RoadKind, Site, Status
from rules.book import Book
from rules.envelopes.model import Band, Envelope
from rules.envelopes.single import envelope
from rules.reading import library

TODAY = date(2026, 1, 1)
BEFORE_UNREAD, UNREAD = date(2025, 3, 18), date(2025, 3, 19)
LAST_UNREAD, AMENDED = date(2025, 10, 28), date(2025, 10, 29)
THREE = Decimal(3)


def a_book(on: date = TODAY, body: LocalBody = LocalBody.MUNICIPALITY) -> Book:
    """The law of a day for a kind of local body."""
    return library().on(on, body)


def a_road(*points: tuple[float, float], **other: Any) -> Road:
    """An un-notified road 7 m wide along a part of the boundary."""
    told: dict[str, Any] = {
        "ref": "road:1",
        "name": "Temple Road",
        "name_ml": None,
        "width": 7.0,
        "kind": RoadKind.UNNOTIFIED,
        "surface": None,
        "line": LineString(points),
        "frontage": MultiLineString([points]),
        "basis": "surface",
        "accuracy": 0.0,
        "origin": None,
    }
    return Road(**(told | other))


def an_overlay(layer: str, status: Status = Status.NOT_AFFECTED, **other: Any) -> Overlay:
    """One theme as the extract answered it."""
    told: dict[str, Any] = {
        "title": layer.replace("_", " "),
        "title_ml": layer,
        "reason": f"{layer}: {status}",
        "law": "an Act",
        "clause": None,
        "authority": None,
        "consult": None,
        "binds": True,
    }
    return Overlay(layer=layer, status=status, **(told | other))


CLEAR = tuple(
    an_overlay(layer)
    for layer in ("zoning", "planning_scheme", "security_zone", "airport_height", "crz_zone")
)
"""Themes asked for, all with data, none on the plot."""


def overlays(*other: Overlay) -> tuple[Overlay, ...]:
    """The clear themes with some of them replaced, or more of them."""
    named = {each.layer for each in other}
    return (*(each for each in CLEAR if each.layer not in named), *other)


def a_site(
    boundary: Polygon | MultiPolygon | None = None, roads: Sequence[Road] | None = None, **other: Any
) -> Site:
    """A plot of 20 m by 30 m with its front on a road along the south; all themes clear."""
    shape = box(0, 0, 20, 30) if boundary is None else boundary
    west, south, east, _ = shape.bounds
    told: dict[str, Any] = {
        "jurisdiction": "test",
        "number": "1/1",
        "on": TODAY,
        "known": datetime(2026, 1, 1, tzinfo=UTC),
        "frame": Frame(metric=0, east=0.0, north=0.0, scale=1.0),
        "measured_area": shape.area,
        "recorded_area": shape.area,
        "accuracy": 0.1,
        "land_type": None,
        "rule_book": "kerala",
        "body": LocalBody.MUNICIPALITY,
        "body_name": "Test town",
        "roads_note": "No street in the data runs along this plot.",
        "has_road_data": True,
        "overlays": CLEAR,
        "ground": None,
        "holding": Holding(),
    }
    streets = (a_road((west, south), (east, south)),) if roads is None else tuple(roads)
    return Site(boundary=shape, roads=streets, **(told | other))


def carried(site: Site | None = None, *, occupancy: str = "A1", **other: Any) -> Envelope:
    """The envelope of a site by the law of today with storeys of 3 m."""
    book = other.pop("book", None) or a_book()
    height = other.pop("storey_height", THREE)
    return envelope(site or a_site(), book, occupancy=occupancy, storey_height=height, **other)


def distances(band: Band) -> dict[str, Decimal]:
    """Set-backs of a band by position, with the street where there is one."""
    return {
        each.position.value + (f" {each.street}" if each.street else ""): each.distance
        for each in band.set_backs
    }
