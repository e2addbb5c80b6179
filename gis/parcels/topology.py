"""Do neighbours fit?  Overlaps, gaps and slivers between the parcels of a place, at a point in both times.

In: a session, a place, a time, perhaps a box in the place's metres.  Out: a `TopologyReport` that prints for people and has
values for programs; nothing is mended and nothing written.  The place is read square by square, so that memory grows with
the number of faults and not of parcels.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import Any

import numpy as np
import shapely
from shapely import Point, Polygon, STRtree
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.crs import areal_scale, to_geographic
from gis.db.sql import statement
from gis.geometry import ground_area, inscribed_width
from gis.parcels.neighbours import (
    LEAST_AREA,
    LEAST_WIDTH,
    MARGIN,
    NARROWEST_STREET,
    Found,
    Window,
    enclosed_gaps,
    grown,
    land_of,
    open_strips,
    overlaps,
    thin_parcels,
    window_of,
)
from gis.parcels.queries import holding
from gis.parcels.tables import ParcelRow
from gis.place import Jurisdiction

SIDE = 1_000.0
"""Metres of a square."""
MOST_PARCELS = 4_000
"""Parcels of one square; a square with more is quartered."""
EVERYWHERE = 1e9
"""Metres; a box that no jurisdiction leaves."""

Progress = Callable[[int, int], None]


class FaultKind(StrEnum):
    """What can be wrong between neighbours."""

    OVERLAP = "overlap"
    GAP = "gap"
    SLIVER = "sliver"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A place where parcels do not fit: ground m² and metres; `where` in degrees; `shape` in the place's metres.

    `width` is the diameter of the largest circle inside, `accuracy` that of the least accurate parcel concerned.
    """

    kind: FaultKind
    numbers: tuple[str, ...]
    area: float
    width: float
    accuracy: float
    enclosed: bool
    where: Point
    shape: BaseGeometry

    def __str__(self) -> str:
        """One line for a person."""
        between = " and ".join(self.numbers) if len(self.numbers) < 3 else ", ".join(self.numbers)
        return (
            f"{self.kind} of {self.area:.2f} m², {self.width:.3f} m wide (accuracy {self.accuracy:g} m), {between},"
            f" at {self.where.y:.6f} N {self.where.x:.6f} E"
        )


@dataclass(frozen=True, kw_only=True)
class TopologyReport:
    """All faults of a place, the widest first within each kind."""

    jurisdiction: str
    metric: int
    at: AsOf
    parcels: int
    faults: tuple[Fault, ...]

    def of(self, kind: FaultKind) -> list[Fault]:
        """The faults of one kind."""
        return [fault for fault in self.faults if fault.kind == kind]

    def __str__(self) -> str:
        """The report for a person; where there was no parcel it does not read as if all were well."""
        if not self.parcels:
            return (
                f"Nothing was checked: no parcel of {self.jurisdiction} holds on {self.at.on}, as known at"
                f" {self.at.known:%Y-%m-%d %H:%M:%S} UTC."
            )
        counts = ", ".join(
            f"{len(self.of(kind))} {kind}{'s' * (len(self.of(kind)) != 1)}" for kind in FaultKind
        )
        head = (
            f"{self.parcels} parcels of {self.jurisdiction} on {self.at.on}, as known at {self.at.known:%Y-%m-%d %H:%M:%S} UTC:"
            f" {counts}."
        )
        return "\n".join([head, *(f"  {fault}" for fault in self.faults)])

    def values(self) -> dict[str, Any]:
        """The report for a program: plain values, shapes as GeoJSON in degrees with 7 decimals."""
        return {
            "jurisdiction": self.jurisdiction,
            "on": self.at.on.isoformat(),
            "known": self.at.known.isoformat(),
            "parcels": self.parcels,
            "faults": [_values(fault, self.metric) for fault in self.faults],
        }


def _values(fault: Fault, metric: int) -> dict[str, Any]:
    degrees = shapely.transform(to_geographic(fault.shape, metric), lambda points: np.round(points, 7))
    return {
        "kind": str(fault.kind),
        "numbers": list(fault.numbers),
        "area": round(fault.area, 2),
        "width": round(fault.width, 3),
        "accuracy": fault.accuracy,
        "enclosed": fault.enclosed,
        "where": [round(fault.where.x, 7), round(fault.where.y, 7)],
        "geometry": json.loads(shapely.to_geojson(degrees)),
    }


def check_topology(
    session: Session,
    place: Jurisdiction,
    *,
    at: AsOf,
    box: Polygon | None = None,
    progress: Progress | None = None,
) -> TopologyReport:
    """Overlaps, gaps and slivers between parcels; with a box (in the place's metres), those that touch it.

    What counts, in ground metres, `accuracy` being that of the least accurate parcel concerned:

    * **overlap**: land two parcels claim, wider than the accuracy.  Thinner, it is a *sliver*: the boundary may be one.
    * **sliver**: such a thin overlap, or a parcel no wider than its accuracy.
    * **gap**: land in no parcel, between at least two, narrower than 3 x accuracy (rounded up to a decimetre) but at least
      1.2 m, and at most 3 m however inaccurate the parcels; or enclosed, no longer than 100 m, and smaller than half the
      median parcel around it.  1.2 m and 3 m are the least access and the least motorable width of rule 28 of Kerala's
      building rules: below the one no way could be meant, from the other on a street may be.  Wider strips, and larger
      enclosed pieces, are ways, yards and waters that the cadastre leaves out.

    Nothing below a millimetre or 0.01 m² is a fault.  `progress` is told squares done and squares in all.
    """
    squares = _squares(session, place, at=at, box=box)
    found: dict[tuple[FaultKind, tuple[str, ...], bytes], Fault] = {}
    strips: list[Found] = []
    for done, square in enumerate(squares, start=1):
        window = _window(session, place, square, at=at)
        land = land_of(window)
        holes = enclosed_gaps(window, land)
        found.update(_whole_faults(window, land, holes, place.metric))
        strips.extend(open_strips(window, shapely.union_all([land, *(hole.shape for hole in holes)])))
        if progress is not None:
            progress(done, len(squares))
    faults = [*found.values(), *_joined(strips, place.metric)]
    return TopologyReport(
        jurisdiction=place.code,
        metric=place.metric,
        at=at,
        parcels=_count(session, place, at=at, box=box),
        faults=tuple(sorted((f for f in faults if box is None or f.shape.intersects(box)), key=_order)),
    )


def _whole_faults(
    window: Window, land: BaseGeometry, holes: Sequence[Found], metric: int
) -> Iterator[tuple[tuple[FaultKind, tuple[str, ...], bytes], Fault]]:
    """Faults that the window sees whole; what two windows see has one key."""
    for overlap in overlaps(window, land):
        fault = _fault(FaultKind.OVERLAP, overlap, metric)
        if fault.width > LEAST_WIDTH:
            kind = FaultKind.OVERLAP if fault.width > fault.accuracy else FaultKind.SLIVER
            yield (FaultKind.OVERLAP, fault.numbers, b""), replace(fault, kind=kind)
    for parcel in thin_parcels(window):
        yield (FaultKind.SLIVER, parcel.numbers, b""), _fault(FaultKind.SLIVER, parcel, metric)
    for hole in holes:
        if window.owns(hole.shape) and _is_noticed(
            fault := _fault(FaultKind.GAP, hole, metric, enclosed=True)
        ):
            yield (FaultKind.GAP, fault.numbers, hole.shape.wkb), fault


def _joined(strips: Sequence[Found], metric: int) -> Iterator[Fault]:
    """Open gaps, joined across the squares they were found in; a notch within one parcel is none."""
    pieces = np.array([strip.shape for strip in strips], dtype=object)
    tree = STRtree(pieces)
    for part in shapely.get_parts(shapely.union_all(pieces)):
        own = [strips[i] for i in tree.query(part, predicate="intersects")]
        numbers = tuple(sorted({number for strip in own for number in strip.numbers}))
        gap = Found(numbers=numbers, accuracy=max(strip.accuracy for strip in own), shape=part)
        if len(numbers) > 1 and _is_noticed(fault := _fault(FaultKind.GAP, gap, metric)):
            yield fault


def _fault(kind: FaultKind, found: Found, metric: int, *, enclosed: bool = False) -> Fault:
    """What was found, measured on the ground."""
    inside = shapely.point_on_surface(found.shape)
    return Fault(
        kind=kind,
        numbers=found.numbers,
        area=ground_area(found.shape, metric),
        width=inscribed_width(found.shape) / areal_scale(metric, inside.x, inside.y) ** 0.5,
        accuracy=found.accuracy,
        enclosed=enclosed,
        where=to_geographic(inside, metric),
        shape=found.shape,
    )


def _is_noticed(fault: Fault) -> bool:
    return fault.width > LEAST_WIDTH and fault.area > LEAST_AREA


def _order(fault: Fault) -> tuple[int, float, tuple[str, ...], float]:
    return list(FaultKind).index(fault.kind), -round(fault.width, 3), fault.numbers, fault.where.x


def _question(place: Jurisdiction, at: AsOf, bounds: tuple[float, ...]) -> dict[str, Any]:
    west, south, east, north = bounds
    return {
        "jurisdiction": place.code,
        "srid": place.metric,
        "on": at.on,
        "known": at.known,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
    }


def _squares(session: Session, place: Jurisdiction, *, at: AsOf, box: Polygon | None) -> list[Polygon]:
    """The squares that hold parcels, near the box if there is one; crowded ones in quarters."""
    bounds = (-EVERYWHERE, -EVERYWHERE, EVERYWHERE, EVERYWHERE) if box is None else grown(box).bounds
    question = {**_question(place, at, bounds), "side": SIDE, "margin": NARROWEST_STREET}
    rows = session.execute(statement(__package__, "topology_squares"), question)
    squares = chain.from_iterable(_quarters(row.x * SIDE, row.y * SIDE, SIDE, row.parcels) for row in rows)
    return [square for square in squares if box is None or square.intersects(grown(box))]


def _quarters(x: float, y: float, side: float, parcels: float) -> Iterator[Polygon]:
    if parcels <= MOST_PARCELS or side < MARGIN:
        yield shapely.box(x, y, x + side, y + side)
        return
    half = side / 2
    for west in (x, x + half):
        for south in (y, y + half):
            yield from _quarters(west, south, half, parcels / 4)


def _window(session: Session, place: Jurisdiction, square: Polygon, *, at: AsOf) -> Window:
    question = _question(place, at, grown(square).bounds)
    rows = session.execute(statement(__package__, "topology"), question).all()
    centre = square.centroid
    return window_of(
        square,
        metre=areal_scale(place.metric, centre.x, centre.y) ** 0.5,
        numbers=[row.number for row in rows],
        accuracies=[row.accuracy for row in rows],
        boundaries=np.asarray(shapely.from_wkb([bytes(row.wkb) for row in rows]), dtype=object),
    )


def _count(session: Session, place: Jurisdiction, *, at: AsOf, box: Polygon | None) -> int:
    query = select(func.count()).where(ParcelRow.jurisdiction == place.code, *holding(at))
    if box is not None:
        area = func.ST_SetSRID(func.ST_GeomFromWKB(box.wkb), place.metric)
        query = query.where(func.ST_Intersects(ParcelRow.boundary, area))
    return session.scalar(query) or 0
