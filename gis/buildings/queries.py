"""Questions about buildings: session first, values out, never a commit.

In: a jurisdiction and a building or a parcel number, at a point in both times.  Out: buildings in the order of their
identifiers; `BuildingNotFound` or `BuildingGone` where there is none.
"""

from datetime import datetime
from typing import Any

import shapely
from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.buildings.model import Building, BuildingGone, BuildingNotFound, Origin
from gis.buildings.tables import BuildingStateRow
from gis.geometry import ground_area
from gis.parcels.model import Recorded, Span
from gis.parcels.queries import forebears, parcel
from gis.place import Jurisdiction

_COLUMNS: tuple[Any, ...] = (
    BuildingStateRow.building_id,
    BuildingStateRow.jurisdiction,
    BuildingStateRow.srid,
    BuildingStateRow.numbers,
    BuildingStateRow.door_number,
    BuildingStateRow.storeys,
    BuildingStateRow.use,
    BuildingStateRow.origin,
    BuildingStateRow.instrument,
    BuildingStateRow.ended_by,
    BuildingStateRow.valid,
    BuildingStateRow.recorded,
    func.ST_AsBinary(BuildingStateRow.footprint).label("wkb"),
)


def building(session: Session, place: Jurisdiction, identifier: int, *, at: AsOf) -> Building:
    """The building with this identifier; `BuildingGone` for one that was taken down before."""
    states = building_history(session, place, identifier, known=at.known)
    if not states:
        raise BuildingNotFound(f"No building in {place.name_en} has the identifier {identifier}.")
    for state in states:
        if state.valid.holds(at.on):
            return state
    if at.on < states[0].valid.begins:
        raise BuildingNotFound(
            f"Building {identifier} does not stand yet on {at.on}: it begins on {states[0].valid.begins}."
        )
    last = [state for state in states if state.valid.begins <= at.on][-1]
    raise BuildingGone(f"Building {identifier} ended on {last.valid.ends}: {last.ended_by}.")


def building_history(
    session: Session, place: Jurisdiction, identifier: int, *, known: datetime
) -> list[Building]:
    """Every state of a building as believed at an instant, oldest first."""
    query = _states(place).where(
        BuildingStateRow.building_id == identifier, BuildingStateRow.recorded.contains(known)
    )
    return [_building(row) for row in session.execute(query.order_by(func.lower(BuildingStateRow.valid)))]


def buildings_on(session: Session, place: Jurisdiction, number: str, *, at: AsOf) -> list[Building]:
    """Buildings on a standing parcel: those recorded under its number, and of those recorded under a number that its land
    had before, the ones whose footprint shares ground with it or whose footprint is not known.
    """
    land = parcel(session, place, number, at=at)
    ground = func.ST_SetSRID(func.ST_GeomFromWKB(land.boundary.wkb), place.metric)
    shares_ground = func.ST_Relate(BuildingStateRow.footprint, ground, "T********")
    earlier = forebears(session, place, land.number.whole, at=at)
    query = _states(place).where(
        BuildingStateRow.valid.contains(at.on),
        BuildingStateRow.recorded.contains(at.known),
        or_(
            BuildingStateRow.numbers.contains([land.number.whole]),
            and_(
                BuildingStateRow.numbers.overlap(earlier),
                or_(BuildingStateRow.footprint.is_(None), _meets(ground) & shares_ground),
            ),
        ),
    )
    rows = session.execute(query.order_by(BuildingStateRow.building_id))
    return [_building(row) for row in rows]


def _meets(ground: Any) -> ColumnElement[bool]:
    """Served by the index; `ST_Relate` alone is not."""
    return BuildingStateRow.footprint.op("&&", is_comparison=True)(ground)


def _states(place: Jurisdiction) -> Select[Any]:
    return select(*_COLUMNS).where(BuildingStateRow.jurisdiction == place.code)


def _building(row: Row[Any]) -> Building:
    footprint = None if row.wkb is None else shapely.from_wkb(bytes(row.wkb))
    return Building(
        id=row.building_id,
        jurisdiction=row.jurisdiction,
        numbers=tuple(row.numbers),
        door_number=row.door_number,
        storeys=row.storeys,
        use=row.use,
        footprint=footprint,
        footprint_area=None if footprint is None else ground_area(footprint, row.srid),
        origin=Origin(row.origin),
        instrument=row.instrument,
        ended_by=row.ended_by,
        valid=Span(begins=row.valid.lower, ends=row.valid.upper),
        recorded=Recorded(begins=row.recorded.lower, ends=row.recorded.upper),
    )
