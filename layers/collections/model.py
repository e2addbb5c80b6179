"""A collection as other programs see it: its features, what may be asked of them, and whose they are.

In: nothing.  Out: frozen values; the SQL of a property or a shape is an expression over the collection's own table, so that
nothing but what is listed here can be asked for or given away.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Date, Engine, Table, bindparam
from sqlalchemy.orm import Session

from gis.db.quick import engine_of
from gis.errors import NotFound
from gis.place import Jurisdiction
from layers.words import Words

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees (EPSG:4326)."""
LAST_DAY = bindparam("last_day", type_=Date, required=False, value=None)
"""The last of the days that a question is about, null where no day is asked: what is read of a feature may depend on it."""


class Kind(StrEnum):
    """What a property's values are."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    TRUTH = "truth"
    DAY = "day"
    INSTANT = "instant"


class Shapes(StrEnum):
    """What the shapes of a collection are."""

    POLYGON = "polygon"
    LINE = "line"
    POINT = "point"
    ANY = "shape"


@dataclass(frozen=True, kw_only=True)
class Property:
    """A property of every feature: its name outside, its meaning, and the expression that reads it.

    Without a title it is an attribute of its source, which alone knows what it means.
    `read` gives values that can be compared; `written` the same for JSON, where that is quicker or rounder.
    """

    name: str
    kind: Kind
    title: Words | None
    read: ColumnElement[Any]
    written: ColumnElement[Any] | None = None

    @property
    def in_json(self) -> ColumnElement[Any]:
        """The expression whose value JSON is made of."""
        return self.read if self.written is None else self.written


@dataclass(frozen=True, kw_only=True)
class Lineage:
    """Where features come from: one import of one table, as it was read; or a register that is kept here."""

    title: str
    publisher: str | None
    licence: str
    link: str | None
    date: date
    imported: datetime
    accuracy: float | None
    """Metres; None where a register tells none."""
    sha256: str | None
    """Of the file read; None where a register was read."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Collection:
    """Features of one kind in one place, as known at one instant.

    `rows` are the conditions under which a row belongs to it at all; `key` orders it and is the number of a feature; `valid`
    is the range of days for which a feature holds; `begins` the day before which nothing is said, None where that is open.
    A collection is the same as itself only: an expression compared is another expression.
    """

    id: str
    place: Jurisdiction
    title: Words
    description: Words
    shapes: Shapes
    properties: tuple[Property, ...]
    table: Table
    rows: tuple[ColumnElement[bool], ...]
    key: ColumnElement[int]
    shape: ColumnElement[Any]
    valid: ColumnElement[Any]
    bounds: Box
    largest: int
    """Bytes of the largest shape."""
    begins: date | None
    changed: datetime
    """The last recording that changed what belongs to it, by the instant at which it is looked at."""
    lineage: tuple[Lineage, ...]
    colours: tuple[str, str] | None = None
    """Fill and line in the catalogue."""
    tells_the_day: bool = False
    """Whether a property depends on the day asked about (`LAST_DAY`)."""
    is_drawn: bool = True
    """Whether there are tiles of it."""
    has_unplaced: bool = False
    """Whether some features have no shape."""

    def property_named(self, name: str) -> Property | None:
        """The property of a name, or None."""
        return next((each for each in self.properties if each.name == name), None)


Source = Callable[[Session, Jurisdiction, datetime], Sequence[Collection]]
"""What a place has to share as known at an instant: parcels, layers, and whatever a door adds to them."""
LivingSource = Callable[[Session, Jurisdiction, datetime | None], Sequence[Collection]]
"""What changes without a recording of the land, such as permits: as known at an instant, now where None is given."""
_KEPT = 32
_collections: WeakKeyDictionary[Engine, OrderedDict[tuple[object, ...], tuple[Collection, ...]]] = (
    WeakKeyDictionary()
)
_lock = Lock()


def collections_of(
    session: Session, place: Jurisdiction, sources: Sequence[Source], *, known: datetime
) -> tuple[Collection, ...]:
    """Everything that is shared of a place, in the order of its sources; what was recorded never changes, so it is kept."""
    key = place.code, known, tuple(sources)
    with _lock:
        kept = _collections.setdefault(engine_of(session), OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    found = tuple(each for source in sources for each in source(session, place, known))
    with _lock:
        kept[key] = found
        while len(kept) > _KEPT:
            kept.popitem(last=False)
    return found


def collection_named(collections: Sequence[Collection], name: str) -> Collection:
    """The collection of this name; `NotFound` names those there are."""
    for each in collections:
        if each.id == name:
            return each
    known = ", ".join(each.id for each in collections) or "none yet"
    raise NotFound(
        f"There is no collection “{name[:40]}” here, or nothing was brought in for it. Known: {known}."
    )
