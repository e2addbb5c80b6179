"""The parcels of a place as a collection: every state, its number, its place and its areas; never who holds it.

In: a session, a jurisdiction, an instant of knowledge.  Out: one collection, or none before the first parcel.  Addresses stay
out: the name of a house may be that of its people, and a collection can be taken home whole.
"""

from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import cast
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, DateTime, Engine, Numeric, Table, func, select
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session

from gis.db.quick import engine_of
from gis.db.tables import RecordingRow
from gis.parcels.tables import ParcelChangeRow, ParcelRow
from gis.place import Jurisdiction
from layers.collections.lineage import lineage_of
from layers.collections.model import Collection, Kind, Property, Shapes
from layers.collections.systems import in_degrees
from layers.imports import standing
from layers.words import Words

PARCELS = "parcels"
TITLE = Words(en="Plots", ml="പ്ലോട്ടുകൾ")
DESCRIPTION = Words(
    en="Plots of the register with their survey numbers and areas, as they stood on a day. Who holds them is not told.",
    ml="രജിസ്റ്ററിലെ പ്ലോട്ടുകൾ: സർവേ നമ്പർ, വിസ്തീർണ്ണം, ഓരോ ദിവസത്തെയും സ്ഥിതി. ഉടമസ്ഥത പറയുന്നില്ല.",
)


@dataclass(frozen=True, kw_only=True)
class _Span:
    """The states of a place: between which numbers they lie, where, and from which day."""

    first: int
    last: int
    begins: date | None
    largest: int
    """Bytes of the largest boundary."""
    box: tuple[float, float, float, float]
    """Metres."""


_spans: WeakKeyDictionary[Engine, dict[str, _Span]] = WeakKeyDictionary()
_lock = Lock()


def _span(session: Session, place: Jurisdiction) -> _Span | None:
    """Where the states of a place are; states are only ever added, in order, so only new ones are looked at."""
    engine = engine_of(session)
    with _lock:
        seen = _spans.setdefault(engine, {}).get(place.code)
    extent = func.ST_Extent(ParcelRow.boundary)
    row = session.execute(
        select(
            func.min(ParcelRow.id),
            func.max(ParcelRow.id),
            func.min(func.lower(ParcelRow.valid)),
            func.max(func.ST_MemSize(ParcelRow.boundary)),
            func.ST_XMin(extent),
            func.ST_YMin(extent),
            func.ST_XMax(extent),
            func.ST_YMax(extent),
        ).where(ParcelRow.jurisdiction == place.code, ParcelRow.id > (seen.last if seen else 0))
    ).one()
    if row[0] is None:
        return seen
    new = _Span(first=row[0], last=row[1], begins=row[2], largest=row[3], box=tuple(row[4:]))
    span = new if seen is None else _joined(seen, new)
    with _lock:
        _spans[engine][place.code] = span
    return span


def _joined(one: _Span, other: _Span) -> _Span:
    a, b = one.box, other.box
    days = [day for day in (one.begins, other.begins) if day is not None]
    return _Span(
        first=min(one.first, other.first),
        last=max(one.last, other.last),
        begins=min(days) if len(days) == 2 else None,
        largest=max(one.largest, other.largest),
        box=(min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])),
    )


def parcels(session: Session, place: Jurisdiction, known: datetime) -> tuple[Collection, ...]:
    """The plots of a place, or nothing where none was ever brought in."""
    span = _span(session, place)
    if span is None:
        return ()
    changed = session.scalar(
        select(func.max(RecordingRow.instant))
        .join(ParcelChangeRow, ParcelChangeRow.recording_id == RecordingRow.id)
        .where(RecordingRow.jurisdiction == place.code, RecordingRow.instant <= known)
    )
    brought_in = [each for each in standing(session, place, known=known) if each.target == PARCELS]
    return (
        Collection(
            id=PARCELS,
            place=place,
            title=TITLE,
            description=DESCRIPTION,
            shapes=Shapes.POLYGON,
            properties=PROPERTIES,
            table=cast(Table, ParcelRow.__table__),
            rows=_rows(place, span, known),
            key=ParcelRow.__table__.c.id,
            shape=ParcelRow.__table__.c.boundary,
            valid=ParcelRow.__table__.c.valid,
            bounds=in_degrees(span.box, place.metric),
            largest=span.largest,
            begins=span.begins,
            changed=changed or known,
            lineage=lineage_of(brought_in),
        ),
    )


def _rows(place: Jurisdiction, span: _Span, known: datetime) -> tuple[ColumnElement[bool], ...]:
    """The states of a place as known: by a function, for the reason that `gis.parcels.queries.holding` tells."""
    instant = as_type(known, DateTime(timezone=True))
    return (
        ParcelRow.jurisdiction == place.code,
        ParcelRow.id.between(span.first, span.last),
        func.range_contains_elem(ParcelRow.recorded, instant),
    )


def _text(name: str, en: str, ml: str) -> Property:
    return Property(name=name, kind=Kind.TEXT, title=Words(en=en, ml=ml), read=ParcelRow.__table__.c[name])


def _number(name: str, en: str, ml: str) -> Property:
    return Property(name=name, kind=Kind.NUMBER, title=Words(en=en, ml=ml), read=ParcelRow.__table__.c[name])


PROPERTIES = (
    _text("number", "Number of the plot", "പ്ലോട്ടിന്റെ നമ്പർ"),
    _text("district", "District", "ജില്ല"),
    _text("taluk", "Taluk", "താലൂക്ക്"),
    _text("village", "Village", "വില്ലേജ്"),
    _text("block", "Block", "ബ്ലോക്ക്"),
    _text("survey", "Survey number", "സർവേ നമ്പർ"),
    _text("subdivision", "Subdivision of the survey number", "സബ് ഡിവിഷൻ"),
    _text("ulpin", "ULPIN, the number of the land in all India", "യു.എൽ.പി.ഐ.എൻ., രാജ്യവ്യാപക ഭൂമി നമ്പർ"),
    _text("land_type", "Type of land in the register", "രജിസ്റ്ററിലെ ഭൂമിയുടെ തരം"),
    _number("recorded_extent", "Extent as the register states it", "രജിസ്റ്ററിൽ പറയുന്ന വിസ്തീർണ്ണം"),
    _text("recorded_unit", "Unit of the recorded extent", "വിസ്തീർണ്ണത്തിന്റെ ഏകകം"),
    Property(
        name="measured_area",
        kind=Kind.NUMBER,
        title=Words(en="Area within the boundary, m²", ml="അതിരിനുള്ളിലെ വിസ്തീർണ്ണം, m²"),
        read=ParcelRow.__table__.c.measured_area,
        written=func.round(as_type(ParcelRow.__table__.c.measured_area, Numeric), 2),
    ),
    _number("accuracy", "Accuracy of the boundary, m", "അതിരിന്റെ കൃത്യത, m"),
    Property(
        name="valid_from",
        kind=Kind.DAY,
        title=Words(en="First day on which this holds", ml="ഇത് ബാധകമായ ആദ്യ ദിവസം"),
        read=func.lower(ParcelRow.__table__.c.valid),
    ),
    Property(
        name="valid_to",
        kind=Kind.DAY,
        title=Words(en="Day from which it no longer holds", ml="ഇത് ബാധകമല്ലാതായ ദിവസം"),
        read=func.upper(ParcelRow.__table__.c.valid),
    ),
)
