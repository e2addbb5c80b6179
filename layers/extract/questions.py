"""The one question that finds everything on and around a plot.

In: the number of a parcel, or a plot's shape in metres; the imports that stand; a point in both times.  Out: `Beside`,
parcels that meet the plot, and `Found`, features near enough to matter, with their parts on the plot.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.quick import Row, as_array, rows
from gis.errors import Invalid
from gis.parcels.ids import normal_number
from gis.parcels.model import Parcel, ParcelNumber, Recorded, Span
from gis.place import Jurisdiction
from gis.units import Area, AreaUnit

Shapes = NDArray[np.object_]

IMPORT, POSITION, REF, ID, LABEL, LABEL_ML, WIDTH, ATTRIBUTES, SINCE, UNTIL, SRID, SHAPE, INSTANT = range(13)
"""Columns of the statement; what follows describes the plot itself, where it is a parcel."""
PARCEL = 0
"""Stands for an import in rows of parcels."""
IN_ORDER = itemgetter(IMPORT, POSITION, REF, ID)
"""The plot, parcels by number, features by import and position, and their pieces always in one order."""


class Beside(NamedTuple):
    """A parcel that meets the plot."""

    number: str
    land_type: str | None
    boundary: BaseGeometry


class Found(NamedTuple):
    """A feature on or near a plot."""

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
    """What lies on the plot, piece by piece, the plot itself where a piece holds it; of streets, the pieces as they lie."""
    gap: float
    """Grid metres between the plot and the feature; 0 where they meet."""
    nearest: BaseGeometry
    """The piece to which they are measured."""


@dataclass(frozen=True, kw_only=True)
class Around:
    """Everything found on and around a plot: parcels by number, features by import and position."""

    parcels: tuple[Beside, ...]
    features: tuple[Found, ...]


@dataclass(frozen=True, kw_only=True)
class Answered:
    """The newest recording instant, the parcel of a number as known then, and what is around it."""

    last: datetime
    parcel: Parcel
    around: Around


class MisplacedShape(Invalid):
    """A shape in another metric system than its jurisdiction's."""


def around(
    session: Session,
    place: Jurisdiction,
    shape: BaseGeometry,
    *,
    accuracy: float,
    own: int | None,
    reaches: Mapping[int, float],
    streets: Collection[int],
    at: AsOf,
) -> Around:
    """Parcels within `accuracy` metres of a plot, but for the state `own`, and features of imports that are near enough.

    `reaches` holds, for each import that is asked, the metres within which its features matter, besides half their width.
    """
    west, south, east, north = shape.bounds
    box = {"west": west, "south": south, "east": east, "north": north, "own": own or 0, "accuracy": accuracy}
    found = _rows(session, place, reaches, {**box, "number": None, "on": at.on, "known": at.known})
    return _around(shape, accuracy, found, _shapes(found), reaches, streets)


def answered(
    session: Session,
    place: Jurisdiction,
    number: str,
    *,
    on: date,
    reaches: Mapping[int, float],
    streets: Collection[int],
) -> Answered | None:
    """The same for the parcel of a number as known now, and the parcel, in one round trip; None where there is none."""
    nowhere = {"west": 0.0, "south": 0.0, "east": 0.0, "north": 0.0, "own": 0, "accuracy": 0.0}
    values = {**nowhere, "number": normal_number(number), "on": on, "known": None}
    found = _rows(session, place, reaches, values)
    if not found or found[0][INSTANT] is None:
        return None
    shapes = _shapes(found)
    plot = shapes[0]
    parcel = _parcel(place, found[0], plot)
    return Answered(
        last=found[0][INSTANT].astimezone(UTC),
        parcel=parcel,
        around=_around(plot, parcel.accuracy, found[1:], shapes[1:], reaches, streets),
    )


def _rows(
    session: Session, place: Jurisdiction, reaches: Mapping[int, float], values: dict[str, Any]
) -> list[Row]:
    """Rows of the statement, in one order."""
    asked = {
        "jurisdiction": place.code,
        "srid": place.metric,
        "imports": as_array(reaches),
    }
    found = rows(session, __package__, "around", values | asked)
    strays = {row[SRID] for row in found} - {place.metric}
    if strays:
        raise MisplacedShape(f"A shape with SRID {min(strays)} stands among those of EPSG:{place.metric}.")
    return sorted(found, key=IN_ORDER)


def _shapes(found: Sequence[Row]) -> Shapes:
    return np.asarray(shapely.from_wkb([row[SHAPE] for row in found]), dtype=object)


def _parcel(place: Jurisdiction, row: Row, boundary: Polygon | MultiPolygon) -> Parcel:
    district, taluk, village, block, survey, subdivision, ulpin, address, *rest = row[INSTANT + 1 :]
    extent, unit, measured_area, accuracy, import_id, recorded, replaced, kind, instrument = rest
    return Parcel(
        state=row[ID],
        jurisdiction=place.code,
        number=ParcelNumber(
            whole=row[REF],
            district=district,
            taluk=taluk,
            village=village,
            block=block,
            survey=survey,
            subdivision=subdivision,
        ),
        ulpin=ulpin,
        address=address,
        land_type=row[LABEL],
        recorded_area=None if extent is None else Area(value=extent, unit=AreaUnit(unit)),
        measured_area=measured_area,
        accuracy=accuracy,
        boundary=boundary,
        valid=Span(begins=row[SINCE], ends=row[UNTIL]),
        recorded=Recorded(begins=recorded, ends=replaced),
        begun_by=kind,
        instrument=instrument,
        import_id=import_id,
    )


def _around(
    plot: BaseGeometry,
    accuracy: float,
    found: Sequence[Row],
    shapes: Shapes,
    reaches: Mapping[int, float],
    streets: Collection[int],
) -> Around:
    shapely.prepare(plot)
    parcels = sum(row[IMPORT] == PARCEL for row in found)
    return Around(
        parcels=_beside(plot, accuracy, found[:parcels], shapes[:parcels]),
        features=features_near(plot, found[parcels:], shapes[parcels:], reaches, streets),
    )


def _beside(plot: BaseGeometry, accuracy: float, found: Sequence[Row], shapes: Shapes) -> tuple[Beside, ...]:
    return tuple(
        Beside(number=row[REF], land_type=row[LABEL], boundary=boundary)
        for row, boundary, meets in zip(found, shapes, shapely.dwithin(plot, shapes, accuracy), strict=True)
        if meets
    )


def features_near(
    plot: BaseGeometry,
    found: Sequence[Row],
    shapes: Shapes,
    reaches: Mapping[int, float],
    streets: Collection[int],
) -> tuple[Found, ...]:
    """The pieces of some rows, in order, that are near enough to a plot, by feature and cut to it; grid metres."""
    gaps = np.where(shapely.intersects(plot, shapes), 0.0, np.inf)
    gaps[gaps > 0] = shapely.distance(plot, shapes[gaps > 0])
    near = [
        (row, index)
        for index, (row, gap) in enumerate(zip(found, gaps.tolist(), strict=True))
        if gap <= reaches[row[IMPORT]] + (row[WIDTH] or 0.0) / 2 or _is_of_unknown_width(row, streets)
    ]
    parts = _parts(
        plot, shapes, [index for row, index in near if gaps[index] == 0 and row[IMPORT] not in streets]
    )
    parts |= {index: shapes[index] for row, index in near if row[IMPORT] in streets}
    return tuple(
        _feature([index for _, index in pieces], found, shapes, gaps, parts)
        for _, pieces in groupby(near, key=lambda each: each[0][:ID])
    )


def _is_of_unknown_width(row: Row, streets: Collection[int]) -> bool:
    """Of streets, every one that was found may be the nearest."""
    return row[WIDTH] is None and row[IMPORT] in streets


def _parts(plot: BaseGeometry, shapes: Shapes, on_plot: Sequence[int]) -> dict[int, BaseGeometry]:
    """What of pieces lies on the plot: the plot itself where a piece holds all of it, else the two overlaid."""
    pieces = shapes[on_plot]
    parts = np.full(len(pieces), plot, dtype=object)
    partly = ~shapely.covered_by(plot, pieces)
    parts[partly] = shapely.intersection(pieces[partly], plot)
    return dict(zip(on_plot, parts, strict=True))


def _feature(
    pieces: Sequence[int],
    found: Sequence[Row],
    shapes: Shapes,
    gaps: NDArray[np.float64],
    parts: Mapping[int, BaseGeometry],
) -> Found:
    gap, nearest = min(((float(gaps[piece]), piece) for piece in pieces), key=itemgetter(0))
    on_plot = tuple(parts[piece] for piece in pieces if piece in parts)
    return found_of(found[pieces[0]], parts=on_plot, gap=gap, nearest=shapes[nearest])


def found_of(row: Row, *, parts: tuple[BaseGeometry, ...], gap: float, nearest: BaseGeometry) -> Found:
    """The feature of a row, with what of its pieces lies on the plot, and the nearest of them."""
    return Found(
        import_id=row[IMPORT],
        position=row[POSITION],
        ref=row[REF],
        label=row[LABEL],
        label_ml=row[LABEL_ML],
        width=row[WIDTH],
        attributes=orjson.loads(row[ATTRIBUTES]),
        since=row[SINCE],
        until=row[UNTIL],
        parts=parts,
        gap=gap,
        nearest=nearest,
    )
