"""What the register says of a number, in one statement: for the door through which most questions come.

In: a session, a jurisdiction, a number, a day and perhaps an instant.  Out: `Asked`.  Everything else that can be asked
of parcels stands in `queries`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import shapely
from sqlalchemy.orm import Session

from gis.db.quick import Row, rows
from gis.parcels.ids import normal_number
from gis.parcels.model import Parcel, ParcelNumber, Recorded, Span
from gis.place import Jurisdiction
from gis.units import Area, AreaUnit


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The newest recording instant (UTC) and the parcel as known then, or at the instant that was asked for."""

    last: datetime | None
    """None before anything was recorded."""
    parcel: Parcel | None
    """None where no parcel has the number at that time."""


def asked(session: Session, place: Jurisdiction, number: str, *, on: date, known: datetime | None) -> Asked:
    """The parcel of a number on a day, as `known` at an instant or, without one, at the newest recording."""
    values = {"jurisdiction": place.code, "number": normal_number(number), "on": on, "known": known}
    ((last, *state),) = rows(session, __package__, "asked", values)
    return Asked(
        last=None if last is None else last.astimezone(UTC),
        parcel=None if state[0] is None else _parcel(place, tuple(state)),
    )


def _parcel(place: Jurisdiction, state: Row) -> Parcel:
    """A state in the order of the statement's columns."""
    row, whole, district, taluk, village, block, survey, subdivision, *rest = state
    ulpin, address, land_type, extent, unit, measured_area, accuracy, import_id, *rest = rest
    begins, ends, recorded, replaced, kind, instrument, boundary = rest
    return Parcel(
        state=row,
        jurisdiction=place.code,
        number=ParcelNumber(
            whole=whole,
            district=district,
            taluk=taluk,
            village=village,
            block=block,
            survey=survey,
            subdivision=subdivision,
        ),
        ulpin=ulpin,
        address=address,
        land_type=land_type,
        recorded_area=None if extent is None else Area(value=extent, unit=AreaUnit(unit)),
        measured_area=measured_area,
        accuracy=accuracy,
        boundary=shapely.from_wkb(boundary),
        valid=Span(begins=begins, ends=ends),
        recorded=Recorded(begins=recorded, ends=replaced),
        begun_by=kind,
        instrument=instrument,
        import_id=import_id,
    )
