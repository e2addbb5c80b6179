"""Questions about parcels: session first, values out, never a commit.

In: a jurisdiction and what to look for (number, ULPIN, survey number, shape in its metric system), at a point in both times.
Out: parcels, ordered by number; `ParcelNotFound` or `ParcelGone` where there is none.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Date, DateTime, Row, Select, cast, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import AliasedClass

from gis.asof import AsOf
from gis.db.sql import statement
from gis.db.straight import straight
from gis.db.tables import RecordingRow
from gis.parcels.ids import normal_number, normal_ulpin
from gis.parcels.model import Lineage, Parcel, ParcelGone, ParcelNotFound, ParcelNumber, Recorded, Span
from gis.parcels.tables import ParcelChangeRow, ParcelLineageRow, ParcelRow
from gis.place import Jurisdiction
from gis.units import Area, AreaUnit

_COLUMNS = (
    ParcelRow.id,
    ParcelRow.jurisdiction,
    ParcelRow.number,
    ParcelRow.district,
    ParcelRow.taluk,
    ParcelRow.village,
    ParcelRow.block,
    ParcelRow.survey,
    ParcelRow.subdivision,
    ParcelRow.ulpin,
    ParcelRow.address,
    ParcelRow.land_type,
    ParcelRow.recorded_extent,
    ParcelRow.recorded_unit,
    ParcelRow.measured_area,
    ParcelRow.accuracy,
    ParcelRow.import_id,
    ParcelRow.valid,
    ParcelRow.recorded,
    ParcelChangeRow.kind,
    ParcelChangeRow.instrument,
    func.ST_AsBinary(ParcelRow.boundary).label("wkb"),
)


def _states(place: Jurisdiction) -> Select[tuple[object, ...]]:
    return select(*_COLUMNS).join(ParcelChangeRow).where(ParcelRow.jurisdiction == place.code)


def holding(
    at: AsOf, state: type[ParcelRow] | AliasedClass[ParcelRow] = ParcelRow
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The two conditions under which a state counts at a point in both times.

    By functions, not `@>`: a prepared statement would take the index behind the exclusion constraint for the best way
    to a few dozen rows, and read every state of the jurisdiction instead.
    """
    return (
        func.range_contains_elem(state.valid, cast(at.on, Date)),
        func.range_contains_elem(state.recorded, cast(at.known, DateTime(timezone=True))),
    )


def to_parcel(row: Row[tuple[object, ...]]) -> Parcel:
    """A row of `_states` as a value."""
    recorded_area = None
    if row.recorded_extent is not None:
        recorded_area = Area(value=row.recorded_extent, unit=AreaUnit(row.recorded_unit))
    return Parcel(
        state=row.id,
        jurisdiction=row.jurisdiction,
        number=ParcelNumber(
            whole=row.number,
            district=row.district,
            taluk=row.taluk,
            village=row.village,
            block=row.block,
            survey=row.survey,
            subdivision=row.subdivision,
        ),
        ulpin=row.ulpin,
        address=row.address,
        land_type=row.land_type,
        recorded_area=recorded_area,
        measured_area=row.measured_area,
        accuracy=row.accuracy,
        boundary=shapely.from_wkb(bytes(row.wkb)),
        valid=Span(begins=row.valid.lower, ends=row.valid.upper),
        recorded=Recorded(begins=row.recorded.lower, ends=row.recorded.upper),
        begun_by=row.kind,
        instrument=row.instrument,
        import_id=row.import_id,
    )


def _parcels(session: Session, query: Select[tuple[object, ...]]) -> list[Parcel]:
    return [to_parcel(row) for row in session.execute(query.order_by(ParcelRow.number, ParcelRow.id))]


def parcel(session: Session, place: Jurisdiction, number: str, *, at: AsOf) -> Parcel:
    """The parcel of this number; `ParcelGone` names the successors of one that ended before."""
    number = normal_number(number)
    asked = {"place": place.code, "number": number, "on": at.on, "known": at.known}
    if found := straight(session, statement(__package__, "one"), asked):
        return to_parcel(found[0])
    raise _absence(session, place, number, at=at)


def _absence(session: Session, place: Jurisdiction, number: str, *, at: AsOf) -> ParcelNotFound | ParcelGone:
    """Why there is no such parcel: never heard of, not begun yet, or gone and into what."""
    states = history(session, place, number, known=at.known)
    ended = [state.valid.ends for state in states if state.valid.ends and state.valid.ends <= at.on]
    successors = living_successors(session, place, number, at=at)
    if states and not ended:
        begins = min(state.valid.begins for state in states)
        return ParcelNotFound(
            f"Parcel {number} does not exist yet on {at.on}: it begins on {begins}. Ask for that day or a later one."
        )
    if not states and not successors:
        return ParcelNotFound(
            f"No parcel in {place.name_en} has the number {number}. Check it against the tax receipt, or search by place."
        )
    why = f"ended on {max(ended)}" if ended else "was recorded and then replaced from its first day"
    into = f"Its land is now in {', '.join(successors)}." if successors else "No successor is recorded."
    return ParcelGone(f"Parcel {number} {why}. {into}", successors=successors)


def first_day(session: Session, place: Jurisdiction, *, known: datetime) -> date | None:
    """The day on which the earliest parcel begins, as known at an instant; None where there is no parcel."""
    query = select(func.min(func.lower(ParcelRow.valid))).where(
        ParcelRow.jurisdiction == place.code,
        func.range_contains_elem(ParcelRow.recorded, cast(known, DateTime(timezone=True))),
    )
    begins: date | None = session.scalar(query)
    return begins


def living_successors(session: Session, place: Jurisdiction, number: str, *, at: AsOf) -> list[str]:
    """Numbers that hold the land of an ended number at this time, followed through every change."""
    question = {"jurisdiction": place.code, "number": normal_number(number), "on": at.on, "known": at.known}
    return list(session.scalars(statement(__package__, "living_successors"), question))


def forebears(session: Session, place: Jurisdiction, number: str, *, at: AsOf) -> list[str]:
    """Numbers that the land of a number had before this time, followed back through every change."""
    question = {"jurisdiction": place.code, "number": normal_number(number), "on": at.on, "known": at.known}
    return list(session.scalars(statement(__package__, "forebears"), question))


def lifetime(session: Session, place: Jurisdiction, number: str, *, at: AsOf) -> Span:
    """The days around a date on which a number means the same land, or what a change left of it under that number."""
    states = history(session, place, number, known=at.known)
    current = parcel(session, place, number, at=at).valid
    begins, ends = current.begins, current.ends
    for state in reversed(states):
        if state.valid.ends == begins and _lives_on(session, place, number, begins, known=at.known):
            begins = state.valid.begins
    for state in states:
        if state.valid.begins == ends and _lives_on(session, place, number, ends, known=at.known):
            ends = state.valid.ends
    return Span(begins=begins, ends=ends)


def _lives_on(session: Session, place: Jurisdiction, number: str, on: date, *, known: datetime) -> bool:
    """Whether a number that stood until a day and from that day means the same land: nothing ended it, or it came back."""
    number = normal_number(number)
    steps = lineage(session, place, [number], known=known)
    is_ended = any(step.on == on and number in step.predecessors for step in steps)
    return not is_ended or number in living_successors(session, place, number, at=AsOf(on=on, known=known))


def parcel_by_ulpin(session: Session, place: Jurisdiction, ulpin: str, *, at: AsOf) -> Parcel:
    """The parcel with this ULPIN; `ParcelGone` names the successors of one that ended before."""
    ulpin = normal_ulpin(ulpin)
    query = _states(place).where(ParcelRow.ulpin == ulpin, ParcelRow.recorded.contains(at.known))
    states = _parcels(session, query)
    standing = [state for state in states if state.valid.holds(at.on)]
    if standing:
        return standing[0]
    ended = [state for state in states if state.valid.ends and state.valid.ends <= at.on]
    if not ended:
        raise ParcelNotFound(
            f"No parcel in {place.name_en} has the ULPIN {ulpin} on {at.on}."
            " Check it on the document, or ask by number."
        )
    last = max(ended, key=lambda state: state.valid.begins)
    successors = _land_of(session, place, last.number.whole, at=at)
    raise ParcelGone(
        f"The ULPIN {ulpin} was that of parcel {last.number.whole} until {last.valid.ends}."
        f" Its land is now in {', '.join(successors) or 'no recorded parcel'}.",
        successors=successors,
    )


def _land_of(session: Session, place: Jurisdiction, number: str, *, at: AsOf) -> list[str]:
    """The number itself where it stands, otherwise its living successors."""
    standing = _parcels(session, _states(place).where(ParcelRow.number == number, *holding(at)))
    return [number] if standing else living_successors(session, place, number, at=at)


def parcels_of_survey(
    session: Session,
    place: Jurisdiction,
    survey: str,
    *,
    block: str | None,
    subdivision: str | None,
    at: AsOf,
) -> list[Parcel]:
    """Parcels of a survey number, in every village unless the block or subdivision narrows it; at most 200."""
    query = _states(place).where(ParcelRow.survey == survey, *holding(at)).limit(200)
    if block is not None:
        query = query.where(ParcelRow.block == block)
    if subdivision is not None:
        query = query.where(ParcelRow.subdivision == subdivision)
    return _parcels(session, query)


def numbers(session: Session, place: Jurisdiction, *, at: AsOf) -> list[str]:
    """The number of every parcel, in order."""
    query = select(ParcelRow.number).where(ParcelRow.jurisdiction == place.code, *holding(at))
    return list(session.scalars(query.order_by(ParcelRow.number)))


def numbers_after(
    session: Session, place: Jurisdiction, number: str, most: int, *, at: AsOf
) -> Sequence[str]:
    """The numbers of so many parcels that follow a number in order, for who goes through a whole place without holding it."""
    query = select(ParcelRow.number).where(
        ParcelRow.jurisdiction == place.code, ParcelRow.number > number, *holding(at)
    )
    return session.scalars(query.order_by(ParcelRow.number).limit(most)).all()


def count_of(session: Session, place: Jurisdiction, *, at: AsOf) -> int:
    """How many parcels there are."""
    query = select(func.count()).select_from(ParcelRow)
    return session.scalar(query.where(ParcelRow.jurisdiction == place.code, *holding(at))) or 0


def parcels_touching(session: Session, place: Jurisdiction, shape: BaseGeometry, *, at: AsOf) -> list[Parcel]:
    """Parcels that share ground or boundary with a shape in metres."""
    # Not ST_GeomFromWKB(wkb, metric): GeoAlchemy writes that number into the text of a statement that is then cached.
    area = func.ST_SetSRID(func.ST_GeomFromWKB(shape.wkb), place.metric)
    return _parcels(session, _states(place).where(func.ST_Intersects(ParcelRow.boundary, area), *holding(at)))


def history(session: Session, place: Jurisdiction, number: str, *, known: datetime) -> list[Parcel]:
    """Every state of a number as believed at an instant, oldest first."""
    query = _states(place).where(
        ParcelRow.number == normal_number(number), ParcelRow.recorded.contains(known)
    )
    rows = session.execute(query.order_by(func.lower(ParcelRow.valid)))
    return [to_parcel(row) for row in rows]


def beliefs(session: Session, place: Jurisdiction, number: str) -> list[Parcel]:
    """Every state of a number ever recorded, withdrawn ones too, in order of recording and validity."""
    query = _states(place).where(ParcelRow.number == normal_number(number))
    rows = session.execute(
        query.order_by(func.lower(ParcelRow.recorded), func.lower(ParcelRow.valid), ParcelRow.id)
    )
    return [to_parcel(row) for row in rows]


def as_it_stood(session: Session, place: Jurisdiction, number: str, *, at: AsOf) -> Parcel | None:
    """A parcel on a day; one that had ended by then as it last stood, even if it was replaced from its first day."""
    try:
        return parcel(session, place, number, at=at)
    except ParcelNotFound:
        return None
    except ParcelGone:
        states = [*beliefs(session, place, number), *history(session, place, number, known=at.known)]
        begun = [each for each in states if each.valid.begins <= at.on]
        return begun[-1] if begun else None


def lineage(
    session: Session, place: Jurisdiction, numbers: Iterable[str], *, known: datetime
) -> list[Lineage]:
    """The changes that these numbers came of or went into, oldest first."""
    wanted = [normal_number(number) for number in numbers]
    touched = select(ParcelLineageRow.change_id).where(
        ParcelLineageRow.jurisdiction == place.code,
        or_(ParcelLineageRow.predecessor.in_(wanted), ParcelLineageRow.successor.in_(wanted)),
    )
    query = (
        select(
            ParcelChangeRow.kind,
            ParcelChangeRow.on_date,
            ParcelChangeRow.instrument,
            func.array_agg(ParcelLineageRow.predecessor.distinct()).label("predecessors"),
            func.array_agg(ParcelLineageRow.successor.distinct()).label("successors"),
        )
        .join(ParcelLineageRow)
        .join(RecordingRow, RecordingRow.id == ParcelChangeRow.recording_id)
        .where(ParcelChangeRow.id.in_(touched), RecordingRow.instant <= known)
        .group_by(ParcelChangeRow.id)
        .order_by(ParcelChangeRow.on_date, ParcelChangeRow.id)
    )
    return [
        Lineage(
            kind=row.kind,
            on=row.on_date,
            instrument=row.instrument,
            predecessors=tuple(sorted(row.predecessors)),
            successors=tuple(sorted(row.successors)),
        )
        for row in session.execute(query)
    ]
