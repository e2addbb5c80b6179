"""The permits of a place as a collection: what the public register tells of each, on the ground of its plots.

In: a session of anyone, in no local body; a jurisdiction, an instant.  Out: one collection, or none before the first permit.  It is
read from `published_permit`, which holds nothing else; a permit is there from its day of issue on, whatever became of it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Lock
from typing import cast
from urllib.parse import quote
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Date, Engine, Table, Text, case, func, literal, or_, select
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session

from civic.core.tables import LocalBodyRow
from civic.permits.open_data import LICENCES
from civic.permits.published_tables import PublishedPermitRow
from civic.permits.register import ENDED, IN_FORCE, REPLACED, REVOKED
from gis.db.quick import engine_of
from gis.place import Jurisdiction
from layers.collections.model import LAST_DAY, Collection, Kind, Lineage, Property, Shapes
from layers.collections.systems import in_degrees
from layers.words import Words

PERMITS = "permits"
TITLE = Words(en="Building permits", ml="കെട്ടിട പെർമിറ്റുകൾ")
DESCRIPTION = Words(
    en="Permits and certificates of the public register: number, plots, kind, way, days and state. Nothing of a person is in it.",
    ml="പൊതു രജിസ്റ്ററിലെ പെർമിറ്റുകളും സാക്ഷ്യപത്രങ്ങളും: നമ്പർ, പ്ലോട്ടുകൾ, തരം, വഴി, ദിവസങ്ങൾ, നില. വ്യക്തിവിവരങ്ങൾ ഇല്ല.",
)
TABLE = cast(Table, PublishedPermitRow.__table__)
KERALA_TODAY = as_type(func.timezone("Asia/Kolkata", func.now()), Date)
_KEPT = 32


@dataclass(frozen=True, kw_only=True)
class _Extent:
    """Where the permits of a place lie, and from which day."""

    begins: date
    largest: int
    box: tuple[float, float, float, float]
    """Metres."""
    has_unplaced: bool


_collections: WeakKeyDictionary[Engine, dict[tuple[str, datetime], Collection]] = WeakKeyDictionary()
_lock = Lock()


def last_published(
    session: Session, place: Jurisdiction, *, known: datetime | None = None
) -> datetime | None:
    """When anything was last told of a permit of a place, by an instant; None before the first."""
    query = select(func.max(TABLE.c.since)).where(TABLE.c.jurisdiction == place.code)
    found = session.scalar(query if known is None else query.where(TABLE.c.since <= known))
    return None if found is None else found.astimezone(UTC)


def permits(session: Session, place: Jurisdiction, known: datetime | None) -> tuple[Collection, ...]:
    """The permits of a place as told at an instant, now where none is given; nothing where none was issued yet."""
    changed = last_published(session, place, known=known)
    if changed is None:
        return ()
    key = place.code, changed
    with _lock:
        kept = _collections.setdefault(engine_of(session), {})
        found = kept.get(key)
    if found is None:
        found = _collection(session, place, changed)
        with _lock:
            kept[key] = found
            while len(kept) > _KEPT:
                del kept[next(iter(kept))]
    return (found,)


def _collection(session: Session, place: Jurisdiction, changed: datetime) -> Collection:
    rows = _rows(place, changed)
    extent = _extent(session, rows)
    return Collection(
        id=PERMITS,
        place=place,
        title=TITLE,
        description=DESCRIPTION,
        shapes=Shapes.POLYGON,
        properties=PROPERTIES,
        table=TABLE,
        rows=rows,
        key=TABLE.c.feature,
        shape=TABLE.c.shape,
        valid=func.daterange(TABLE.c.issued, None),
        bounds=in_degrees(extent.box, place.metric),
        largest=extent.largest,
        begins=extent.begins,
        changed=changed,
        lineage=_lineage(session, place, changed),
        tells_the_day=True,
        is_drawn=False,
        has_unplaced=extent.has_unplaced,
    )


def _rows(place: Jurisdiction, known: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        TABLE.c.jurisdiction == place.code,
        TABLE.c.since <= known,
        or_(TABLE.c.ended.is_(None), TABLE.c.ended > known),
    )


def _extent(session: Session, rows: tuple[ColumnElement[bool], ...]) -> _Extent:
    extent = func.ST_Extent(TABLE.c.shape)
    row = session.execute(
        select(
            func.min(TABLE.c.issued),
            func.coalesce(func.max(func.ST_MemSize(TABLE.c.shape)), 0),
            *(
                func.coalesce(each(extent), 0)
                for each in (func.ST_XMin, func.ST_YMin, func.ST_XMax, func.ST_YMax)
            ),
            func.bool_or(TABLE.c.shape.is_(None)),
        ).where(*rows)
    ).one()
    return _Extent(begins=row[0], largest=row[1], box=tuple(row[2:6]), has_unplaced=row[6])


def _lineage(session: Session, place: Jurisdiction, changed: datetime) -> tuple[Lineage, ...]:
    """The register that it is told from, under the licence that its local body has set, or has not."""
    bodies = select(LocalBodyRow.name_en, LocalBodyRow.synthetic).where(
        LocalBodyRow.jurisdiction == place.code
    )
    return tuple(
        Lineage(
            title=f"Public register of permits, {name}",
            publisher=name,
            licence=LICENCES[synthetic][0],
            link=LICENCES[synthetic][2] or None,
            date=changed.date(),
            imported=changed,
            accuracy=None,
            sha256=None,
        )
        for name, synthetic in session.execute(bodies.order_by(LocalBodyRow.code))
    )


def _state() -> ColumnElement[str]:
    """How a permit stands on the last of the days asked about, as `register.state_on` says it."""
    day = func.coalesce(LAST_DAY, KERALA_TODAY)
    return case(
        (TABLE.c.revoked <= day, literal(REVOKED, Text)),
        (TABLE.c.replaced <= day, literal(REPLACED, Text)),
        (TABLE.c.until < day, literal(ENDED, Text)),
        else_=literal(IN_FORCE, Text),
    )


def _page() -> ColumnElement[str]:
    """The address of its page, below that of the service; strokes of a number stay strokes."""
    number: ColumnElement[str] = as_type(TABLE.c.number, Text)
    for sign in "%#? ":
        number = func.replace(number, sign, quote(sign))
    return (
        literal("/town/", Text).concat(TABLE.c.local_body).concat(literal("/register/", Text)).concat(number)
    )


def _own(
    name: str, en: str, ml: str, kind: Kind = Kind.TEXT, read: ColumnElement[str] | None = None
) -> Property:
    return Property(
        name=name, kind=kind, title=Words(en=en, ml=ml), read=TABLE.c[name] if read is None else read
    )


PROPERTIES = (
    _own("number", "Number of the permit", "പെർമിറ്റ് നമ്പർ"),
    _own("plots", "Numbers of its plots", "പ്ലോട്ടുകളുടെ നമ്പറുകൾ"),
    _own("kind", "What was permitted", "എന്തിനുള്ള അനുമതി"),
    _own("route", "How it was decided", "തീരുമാനിച്ച രീതി"),
    _own("state", "How it stands on the day asked about", "ചോദിച്ച ദിവസത്തെ നില", read=_state()),
    _own("applied", "Day of the application", "അപേക്ഷിച്ച ദിവസം", Kind.DAY),
    _own("issued", "Day of issue", "നൽകിയ ദിവസം", Kind.DAY),
    _own("until", "Its last day", "അവസാന ദിവസം", Kind.DAY),
    _own("revoked", "Day on which it was revoked", "റദ്ദാക്കിയ ദിവസം", Kind.DAY),
    _own(
        "replaced", "Day on which a revised permit took its place", "പുതുക്കിയ പെർമിറ്റ് പകരം വന്ന ദിവസം", Kind.DAY
    ),
    _own("replaced_by", "The permit that holds in its place", "പകരമുള്ള പെർമിറ്റ്"),
    _own("follows", "The permit that it follows", "ഇത് ഏത് പെർമിറ്റിനെ തുടർന്ന്"),
    _own("local_body", "Local body", "തദ്ദേശസ്ഥാപനം"),
    _own("page", "Its page in the register", "രജിസ്റ്ററിലെ പേജ്", read=_page()),
)
