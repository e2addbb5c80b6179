"""A made-up town for tests of pages: streets, and plots in rows along them.

In: nothing.  Out: parcels and streets in metres of UTM zone 43 N, somewhere on Kerala's ground.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from shapely import Polygon, box
from shapely.affinity import rotate, translate
from shapely.geometry.base import BaseGeometry

from gis.crs import to_geographic, to_metric
from gis.geometry import ground_area
from gis.jurisdictions import Jurisdiction
from gis.parcels.model import Parcel, ParcelNumber, Recorded, Span
from gis.units import area

METRIC = 32643
CORNER = (636_000.0, 1_104_000.0)
TURN = 11
"""Degrees by which the town's grid is turned."""
KNOWN = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
ROWS, COLUMNS = 6, 12
WIDE, DEEP = 18.0, 27.0
PLACE = Jurisdiction(
    code="kl-sample",
    name_en="Maathrukapuram",
    name_ml="മാതൃകാപുരം",
    metric=METRIC,
    catalogue="kerala",
    rule_book="kmbr",
    synthetic=True,
)


@dataclass(frozen=True, kw_only=True)
class Street:
    """A street's surface."""

    label: str
    label_ml: str
    width: float | None
    shape: BaseGeometry


def placed(shape: BaseGeometry) -> BaseGeometry:
    """A shape sketched in metres from the town's corner, put on the ground."""
    return translate(rotate(shape, TURN, origin=(0, 0)), *CORNER)


def _outline(row: int, column: int) -> Polygon:
    west = column * WIDE + (8.0 if column >= COLUMNS // 2 else 0.0)
    south = row * DEEP + (row // 2) * 6.0
    outline = box(west, south, west + WIDE, south + DEEP)
    if (row, column) == (1, 4):
        return outline.difference(box(west + 11, south + 15, west + WIDE, south + DEEP))
    if (row, column) == (1, 5):
        return outline.union(box(west - 7, south + 15, west, south + DEEP))
    return outline


def number_of(row: int, column: int) -> str:
    """Block / survey number - subdivision."""
    return f"12/{101 + row * 4 + column // 3}-{column % 3 + 1}"


def _parcel(row: int, column: int) -> Parcel:
    boundary = placed(_outline(row, column))
    measured = ground_area(boundary, METRIC)
    number = number_of(row, column)
    block, rest = number.split("/")
    survey, subdivision = rest.split("-")
    return Parcel(
        state=row * COLUMNS + column + 1,
        jurisdiction=PLACE.code,
        number=ParcelNumber(
            whole=number,
            district="Synthetic District",
            taluk="Maathruka Taluk",
            village="Maathrukapuram",
            block=block,
            survey=survey,
            subdivision=subdivision,
        ),
        ulpin=f"KL{row:02d}{column:02d}SYNTH{row * COLUMNS + column:03d}",
        address=None if column % 4 else f"House {row * 20 + column + 1}, Temple Road",
        land_type="nilam" if row >= 4 else "purayidam",
        recorded_area=None if (row, column) == (0, 7) else area(f"{measured / 100 * 1.012:.2f}", "are"),
        measured_area=measured,
        accuracy=0.1,
        boundary=boundary,
        valid=Span(begins=date(2012, 4, 1), ends=None),
        recorded=Recorded(begins=datetime(2026, 11, 1, tzinfo=UTC), ends=None),
        begun_by="import",
        instrument="Synthetic resurvey",
        import_id=1,
    )


PARCELS = {
    parcel.number.whole: parcel
    for parcel in (_parcel(row, column) for row in range(ROWS) for column in range(COLUMNS))
}
LONG = COLUMNS * WIDE + 8.0
STREETS = (
    Street(
        label="Temple Road",
        label_ml="ക്ഷേത്രം റോഡ്",
        width=6.0,
        shape=placed(box(-10, 2 * DEEP, LONG + 10, 2 * DEEP + 6)),
    ),
    Street(
        label="School Lane",
        label_ml="സ്കൂൾ ലെയിൻ",
        width=None,
        shape=placed(box(-10, 4 * DEEP + 6, LONG + 10, 4 * DEEP + 12)),
    ),
    Street(
        label="Market Road",
        label_ml="ചന്ത റോഡ്",
        width=8.0,
        shape=placed(box(COLUMNS // 2 * WIDE, -10, COLUMNS // 2 * WIDE + 8, ROWS * DEEP + 22)),
    ),
)
MAIN = number_of(1, 4)
"""The L-shaped plot that tests ask about."""


def parcels_on(shape: BaseGeometry) -> list[Parcel]:
    """Parcels that share ground with a shape, by number."""
    found = [parcel for parcel in PARCELS.values() if parcel.boundary.intersection(shape).area > 0.01]
    return sorted(found, key=lambda parcel: parcel.number.whole)


def degrees(shape: BaseGeometry) -> BaseGeometry:
    """A shape of the town in degrees."""
    return to_geographic(shape, METRIC)


def metres(shape: BaseGeometry) -> BaseGeometry:
    """A shape in degrees, in the town's metres."""
    return to_metric(shape, METRIC)
