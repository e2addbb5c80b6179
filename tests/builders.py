"""Land for tests: every builder has defaults for all, a test names only what matters.

In: a session where something is to be recorded.  Out: jurisdictions, boundaries, parcels as the platform's own values.
Positions are metres east and north of a corner on Kerala's ground, so that a test reads as a sketch map.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from shapely import MultiPolygon, Polygon, box
from shapely.affinity import translate
from sqlalchemy import insert
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.tables import RecordingRow
from gis.jurisdictions import found
from gis.parcels.changes import NewParcel, _Change
from gis.parcels.model import Parcel, ParcelNumber
from gis.parcels.queries import parcel
from gis.parcels.tables import ParcelChangeRow, ParcelRow
from gis.place import Jurisdiction
from gis.recordings import Recording, last_recording, record
from gis.units import area

T = TypeVar("T")
UTM_43N = 32643
KERALA = (656_000.0, 1_178_000.0)
"""A corner near Palakkad, in metres of UTM zone 43 N."""
LONG_AGO = date(1990, 1, 1)


def a_place(session: Session, code: str = "test", *, metric: int = UTM_43N, **other: Any) -> Jurisdiction:
    """A jurisdiction, founded; another code makes another one."""
    described: dict[str, Any] = {
        "name_en": f"Test town {code}",
        "name_ml": f"പരീക്ഷണ നഗരം {code}",
        "catalogue": "kerala",
        "rule_book": None,
        "synthetic": True,
    }
    return found(session, Jurisdiction(code=code, metric=metric, **{**described, **other}))


def a_box(x: float = 0, y: float = 0, width: float = 20, depth: float = 30) -> Polygon:
    """A rectangle whose south-west corner lies x metres east and y metres north of the test corner."""
    return box(KERALA[0] + x, KERALA[1] + y, KERALA[0] + x + width, KERALA[1] + y + depth)


def on_the_ground(sketch: Polygon) -> Polygon:
    """A polygon sketched around (0, 0), moved to the test corner."""
    return translate(sketch, *KERALA)


def a_number(whole: str) -> ParcelNumber:
    """A number with its parts, read as block/survey-subdivision."""
    block, _, rest = whole.rpartition("/")
    survey, _, subdivision = rest.partition("-")
    return ParcelNumber(
        whole=whole,
        district="Palakkad",
        taluk="Palakkad",
        village="Test village",
        block=block or None,
        survey=survey,
        subdivision=subdivision or None,
    )


def a_new_parcel(
    number: str = "12/104",
    *,
    x: float = 0,
    y: float = 0,
    width: float = 20,
    depth: float = 30,
    boundary: Polygon | MultiPolygon | None = None,
    **other: Any,
) -> NewParcel:
    """A parcel to be recorded: a rectangle unless a boundary is given, with an accuracy of 0.1 m."""
    described: dict[str, Any] = {
        "accuracy": 0.1,
        "recorded_area": area("15", "cent"),
        "land_type": "purayidam",
        "address": f"House on {number}",
    }
    land = boundary if boundary is not None else a_box(x, y, width, depth)
    return NewParcel(number=a_number(number), boundary=land, **{**described, **other})


def a_recording(session: Session, place: Jurisdiction, instant: datetime | None = None) -> Recording:
    """A recording now, or at a past instant earlier than none before it."""
    if instant is None:
        return record(session, place.code, what="test")
    row = RecordingRow(jurisdiction=place.code, instant=instant, what="test")
    session.add(row)
    session.flush()
    return Recording(id=row.id, instant=instant.astimezone(UTC))


def register(
    session: Session,
    place: Jurisdiction,
    parcels: Sequence[NewParcel],
    *,
    on: date = LONG_AGO,
    until: date | None = None,
    known: datetime | None = None,
) -> AsOf:
    """Parcels as an import would bring them: valid from a date, recorded now or at a past instant, which is given back."""
    recording = a_recording(session, place, known)
    row = ParcelChangeRow(
        jurisdiction=place.code,
        recording_id=recording.id,
        kind="import",
        on_date=on,
        instrument="first survey",
    )
    session.add(row)
    session.flush()
    change = _Change(session=session, place=place, id=row.id, on=on, recording=recording)
    if rows := [change.row(new, until=until) for new in parcels]:
        session.execute(insert(ParcelRow), rows)
    return change.at


def a_parcel(
    session: Session,
    place: Jurisdiction,
    number: str = "12/104",
    *,
    on: date = LONG_AGO,
    until: date | None = None,
    known: datetime | None = None,
    **other: Any,
) -> Parcel:
    """One parcel, registered."""
    at = register(session, place, [a_new_parcel(number, **other)], on=on, until=until, known=known)
    return parcel(session, place, number, at=at)


def now(session: Session, place: Jurisdiction, on: date = date(2026, 1, 1)) -> AsOf:
    """A date, as known after everything recorded so far."""
    return AsOf(on=on, known=last_recording(session, place.code))


def halves(
    of: Polygon, numbers: tuple[str, str] = ("12/104-1", "12/104-2"), **other: Any
) -> tuple[NewParcel, NewParcel]:
    """Two parcels that share a rectangle along its middle."""
    west, south, east, north = of.bounds
    middle = (west + east) / 2
    first = a_new_parcel(numbers[0], boundary=box(west, south, middle, north), **other)
    return first, replace(
        first, number=a_number(numbers[1]), boundary=box(middle, south, east, north), address=None
    )


def in_a_thread(does: Callable[..., T], *words: Any, **named: Any) -> T:
    """Run something in a thread of its own, as what begins an event loop must where a browser's runs already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(does, *words, **named).result()
