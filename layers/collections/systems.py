"""Coordinate systems by their address, in the order of axes that each has, and shapes on their way to a place's metres.

In: an address of a system as OGC writes it; shapes and boxes in it.  Out: `System`; shapes in metres, cut to where features can
lie, so that a box around the whole earth is a question like any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

import shapely
from shapely.geometry.base import BaseGeometry

from gis.crs import GEOGRAPHIC, crs_of, to_geographic, to_metric, transform
from gis.errors import Invalid
from gis.place import Jurisdiction
from layers.collections.model import Box

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
MARGIN = 0.01
"""Degrees around all features of a collection beyond which a question is cut off."""
STEP = 0.01
"""Degrees after which an edge gets a corner of its own: between two of them it strays some millimetres from the straight line
in metres, from there on tenfold steps stray a hundredfold."""


@dataclass(frozen=True, kw_only=True)
class System:
    """A coordinate system: its address, its EPSG code, and whether its northing or latitude comes first."""

    uri: str
    epsg: int
    is_flipped: bool

    @property
    def is_geographic(self) -> bool:
        """Whether it counts in degrees."""
        return self.epsg == GEOGRAPHIC

    @property
    def digits(self) -> int:
        """Decimals that are written: about a centimetre in degrees, a millimetre in metres."""
        return 7 if self.is_geographic else 3


@lru_cache(maxsize=16)
def systems(metric: int) -> tuple[System, ...]:
    """What a place's features can be asked in: degrees, longitude first; degrees, latitude first; the place's own metres."""
    return (
        System(uri=CRS84, epsg=GEOGRAPHIC, is_flipped=False),
        System(uri=f"{EPSG}{GEOGRAPHIC}", epsg=GEOGRAPHIC, is_flipped=_is_northing_first(GEOGRAPHIC)),
        System(uri=f"{EPSG}{metric}", epsg=metric, is_flipped=_is_northing_first(metric)),
    )


def _is_northing_first(epsg: int) -> bool:
    return bool(crs_of(epsg).axis_info[0].direction == "north")


def system_named(place: Jurisdiction, uri: str | None, *, word: str) -> System:
    """The system of an address, degrees with longitude first where none is given; `Invalid` lists those there are."""
    known = systems(place.metric)
    if uri is None:
        return known[0]
    for each in known:
        if uri.strip("[]<>") in (each.uri, each.uri.replace("http:", "https:", 1)):
            return each
    listed = ", ".join(each.uri for each in known)
    raise Invalid(
        f"“{word}” is “{uri[:80]}”, which is not served here; choose one of: {listed}.", code="bad-crs"
    )


def rectangle(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """The box between two corners; a line or a point where it has no area."""
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)


def box_in(text: str, system: System) -> BaseGeometry:
    """The box that `bbox` says, in the order of its system's axes; refused upside down or across the date line."""
    try:
        edges = [float(part) for part in text.split(",")]
    except ValueError:
        edges = []
    if len(edges) not in (4, 6) or not all(isfinite(each) for each in edges):
        raise _bad_box(f"“{text[:60]}” is no box; write four numbers: {_order(system)}")
    low, high = edges[:2], edges[len(edges) // 2 :][:2]
    east, north = (1, 0) if system.is_flipped else (0, 1)
    if low[east] > high[east]:
        raise _bad_box(
            f"“{text[:60]}” begins east of where it ends: it lies across the 180th meridian, where no place served here is, or"
            f" its corners are swapped; write {_order(system)}"
        )
    if low[north] > high[north]:
        raise _bad_box(
            f"“{text[:60]}” stands on its head, its south north of its north; write {_order(system)}"
        )
    if len(edges) == 6 and edges[2] > edges[5]:
        raise _bad_box(f"“{text[:60]}” stands on its head, its lowest height above its highest")
    box = rectangle(*low, *high)
    if system.is_geographic:
        _check_on_earth((low[east], low[north], high[east], high[north]))
    return box


def _order(system: System) -> str:
    return "south,west,north,east" if system.is_flipped else "west,south,east,north"


def _bad_box(what: str) -> Invalid:
    return Invalid(f"The box cannot be used: {what}.", code="bad-box")


def on_the_ground(shape: BaseGeometry, system: System, place: Jurisdiction, within: Box) -> BaseGeometry:
    """A shape in the place's metres, as far as features can meet it; empty where none can."""
    if not shape.is_empty and not all(isfinite(each) for each in shape.bounds):
        raise Invalid("A shape of the question has coordinates that are no numbers.", code="bad-position")
    if system.is_flipped:
        shape = shapely.transform(shape, lambda points: points[:, ::-1])
    if not system.is_geographic:
        return transform(shape, system.epsg, place.metric)
    west, south, east, north = shape.bounds if not shape.is_empty else (0.0, 0.0, 0.0, 0.0)
    _check_on_earth((west, south, east, north))
    room = shapely.box(within[0] - MARGIN, within[1] - MARGIN, within[2] + MARGIN, within[3] + MARGIN)
    if not room.covers(shape):
        shape = _alike(shapely.intersection(shape, room))
    return to_metric(shapely.segmentize(shape, STEP), place.metric)


def _check_on_earth(box: Box) -> None:
    """Refuse degrees that there are none of."""
    west, south, east, north = box
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise Invalid(
            "A shape of the question is not on the earth: degrees run from -180 to 180 and from -90 to 90. Check the order of"
            " its axes and its system.",
            code="bad-position",
        )


def _alike(shape: BaseGeometry) -> BaseGeometry:
    """The parts of the highest dimension: what only touches the rim of the room adds nothing, and PostGIS takes no mixtures."""
    if shape.geom_type != "GeometryCollection":
        return shape
    highest = shapely.get_dimensions(shape)
    return shapely.union_all([part for part in shape.geoms if shapely.get_dimensions(part) == highest])


def in_degrees(box: Box, metric: int) -> Box:
    """A box of metres as one of degrees that holds it and a metre more; its edges are bent there, so they are looked at along
    their length."""
    shape = shapely.box(box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1)
    bent = shapely.segmentize(shape, shape.length / 256)
    west, south, east, north = to_geographic(bent, metric).bounds
    return west, south, east, north


def covers(shape: BaseGeometry, system: System, within: Box) -> bool:
    """Whether a box in degrees holds everything a collection has, so that it asks for nothing."""
    if not system.is_geographic:
        return False
    box: Sequence[float] = shape.bounds
    if system.is_flipped:
        box = (box[1], box[0], box[3], box[2])
    return box[0] <= within[0] and box[1] <= within[1] and box[2] >= within[2] and box[3] >= within[3]
