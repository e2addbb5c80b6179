"""The only writers of buildings: put up, alter, take down.

In: a building, a date, an instrument (permit, survey, claim).  Out: its new state, recorded at one instant.  No state is
changed: the old one is recorded anew as ending on the date.  A change that is refused leaves nothing behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from geoalchemy2.shape import from_shape
from shapely import MultiPolygon, Polygon
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.buildings.model import Building, NewBuilding
from gis.buildings.queries import building
from gis.buildings.tables import BuildingRow, BuildingStateRow
from gis.crs import to_geographic
from gis.errors import Conflict, Invalid
from gis.geometry import fault
from gis.parcels.ids import normal_number
from gis.parcels.queries import parcel
from gis.place import Jurisdiction
from gis.recordings import Recording, record


def put_up(session: Session, place: Jurisdiction, new: NewBuilding, *, on: date, instrument: str) -> Building:
    """Record a building that stands from a date."""
    with _open(session, place, instrument) as recording:
        row = BuildingRow(jurisdiction=place.code, recording_id=recording.id)
        session.add(row)
        session.flush()
        _begin(session, place, row.id, new, recording, on=on, until=None, instrument=instrument)
        return building(session, place, row.id, at=AsOf(on=on, known=recording.instant))


def alter(
    session: Session, place: Jurisdiction, identifier: int, *, to: NewBuilding, on: date, instrument: str
) -> Building:
    """Begin another state of a building, from a date and until the altered state would have ended."""
    with _open(session, place, instrument) as recording:
        at = AsOf(on=on, known=recording.instant)
        before = building(session, place, identifier, at=at)
        _end(session, before, recording, on=on, ended_by=instrument)
        _begin(
            session, place, identifier, to, recording, on=on, until=before.valid.ends, instrument=instrument
        )
        return building(session, place, identifier, at=at)


def take_down(session: Session, place: Jurisdiction, identifier: int, *, on: date, instrument: str) -> None:
    """End a building on a date; from its first day, it is believed never to have stood."""
    with _open(session, place, instrument) as recording:
        before = building(session, place, identifier, at=AsOf(on=on, known=recording.instant))
        if before.valid.ends is not None:
            raise Conflict(
                f"Building {identifier} changes on {before.valid.ends} already; correct that first."
            )
        _end(session, before, recording, on=on, ended_by=instrument)


@contextmanager
def _open(session: Session, place: Jurisdiction, instrument: str) -> Iterator[Recording]:
    if not instrument.strip():
        raise Invalid("Name the permit, survey or claim that the building rests on.")
    with session.begin_nested():
        yield record(session, place.code, what=f"building: {instrument}")


def _begin(
    session: Session,
    place: Jurisdiction,
    identifier: int,
    new: NewBuilding,
    recording: Recording,
    *,
    on: date,
    until: date | None,
    instrument: str,
) -> None:
    at = AsOf(on=on, known=recording.instant)
    session.execute(
        insert(BuildingStateRow).values(
            building_id=identifier,
            jurisdiction=place.code,
            srid=place.metric,
            numbers=_standing(session, place, new.numbers, at=at),
            door_number=new.door_number,
            storeys=_storeys(new.storeys),
            use=new.use,
            footprint=_checked(new.footprint, place),
            origin=new.origin,
            instrument=instrument,
            valid=Range(on, until),
            recorded=Range(recording.instant, None),
        )
    )


def _end(session: Session, before: Building, recording: Recording, *, on: date, ended_by: str) -> None:
    """Stop believing the state of a date; believe that it ends on that date."""
    believed = (
        select(BuildingStateRow.id)
        .where(
            BuildingStateRow.building_id == before.id,
            BuildingStateRow.valid.contains(on),
            func.upper_inf(BuildingStateRow.recorded),
        )
        .scalar_subquery()
    )
    closed = session.scalars(
        update(BuildingStateRow)
        .where(BuildingStateRow.id == believed)
        .values(recorded=Range(before.recorded.begins, recording.instant))
        .returning(BuildingStateRow.id)
        .execution_options(synchronize_session=False)
    ).one()
    if before.valid.begins < on:
        session.execute(
            _COPY_ENDING, {"id": closed, "on": on, "instant": recording.instant, "ended_by": ended_by}
        )


_COPY_ENDING = text(
    "INSERT INTO building_state (building_id, jurisdiction, srid, numbers, door_number, storeys, use, footprint, origin,"
    " instrument, ended_by, valid, recorded)"
    " SELECT building_id, jurisdiction, srid, numbers, door_number, storeys, use, footprint, origin,"
    " instrument, :ended_by, daterange(lower(valid), :on), tstzrange(:instant, NULL) FROM building_state WHERE id = :id"
)


def _standing(session: Session, place: Jurisdiction, numbers: tuple[str, ...], *, at: AsOf) -> list[str]:
    """The numbers, each of a parcel that stands on the date."""
    if not numbers:
        raise Invalid("A building stands on at least one parcel: give its number.")
    wanted = sorted({normal_number(number) for number in numbers})
    return [parcel(session, place, number, at=at).number.whole for number in wanted]


def _storeys(storeys: int | None) -> int | None:
    if storeys is not None and storeys < 1:
        raise Invalid(f"A building has at least one storey, not {storeys}.")
    return storeys


def _checked(footprint: Polygon | MultiPolygon | None, place: Jurisdiction) -> object:
    """The footprint for the table, or `Invalid` with its fault."""
    if footprint is None:
        return None
    if not isinstance(footprint, Polygon | MultiPolygon) or footprint.is_empty:
        raise Invalid("A footprint is a polygon; leave it out where it is not known.")
    if footprint.has_z:
        raise Invalid("A footprint is flat; leave the heights out.")
    if not footprint.is_valid:
        raise Invalid(f"The footprint: {fault(footprint, place.metric)}. Mend it and try again.")
    to_geographic(footprint, place.metric)  # refuses degrees called metres, and another place's metres
    return from_shape(footprint, srid=place.metric)
