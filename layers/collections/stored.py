"""The stored layers of a place as collections: every layer of its catalogue that shapes were brought in for.

In: a session, a jurisdiction, an instant of knowledge.  Out: collections in the order of the catalogue.  An import never changes,
so what lies in it is looked up once: its attributes, each with the kind of its values, and where its features are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Lock
from typing import Any, cast
from weakref import WeakKeyDictionary

import shapely
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Double,
    Engine,
    Table,
    Text,
    case,
    func,
    literal,
    select,
)
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from gis.db.quick import engine_of
from gis.db.sql import statement
from gis.db.tables import ImportRow
from gis.place import Jurisdiction
from layers.catalogue import load
from layers.collections.lineage import lineage_of
from layers.collections.model import Collection, Kind, Property, Shapes
from layers.collections.systems import in_degrees
from layers.entry import Layer, Measure
from layers.imports import StandingImport, standing
from layers.personal import is_personal
from layers.tables import FeatureRow
from layers.words import Words

TABLE = cast(Table, FeatureRow.__table__)
RESERVED = {"id", "fid", "ogc_fid", "geometry", "geom"}
"""Names that files keep for themselves; letters count alike in capitals, for databases do not tell them apart."""
_KINDS = {"number": Kind.NUMBER, "boolean": Kind.TRUTH}


@dataclass(frozen=True, kw_only=True)
class _Content:
    """What lies in one import."""

    first: int
    last: int
    begins: date | None
    largest: int
    box: tuple[float, float, float, float]
    """Metres."""
    dimensions: tuple[int, ...]
    """0 where there are points, 1 lines, 2 areas."""
    attributes: tuple[tuple[str, str], ...]
    """Names with the JSON types of their values."""


_contents: WeakKeyDictionary[Engine, dict[int, _Content | None]] = WeakKeyDictionary()
_lock = Lock()


def stored_layers(session: Session, place: Jurisdiction, known: datetime) -> tuple[Collection, ...]:
    """Every layer of shapes that something was brought in for."""
    imports = standing(session, place, known=known)
    changes = _changes(session, place, known=known)
    found = []
    for entry in load(place.catalogue).layers:
        of_it = [each for each in imports if each.target == entry.id]
        if of_it and entry.measure is not Measure.RASTER:
            collection = _collection(session, place, entry, of_it, changed=changes[entry.id])
            if collection is not None:
                found.append(collection)
    return tuple(found)


def _changes(session: Session, place: Jurisdiction, *, known: datetime) -> dict[str, datetime]:
    """When each layer changed last up to an instant; an import that was taken back is a change too."""
    begun, ended = func.lower(ImportRow.recorded), func.upper(ImportRow.recorded)
    last = func.max(func.greatest(begun, case((ended <= known, ended))))
    of_place = (ImportRow.jurisdiction == place.code, begun <= known)
    rows = session.execute(select(ImportRow.target, last).where(*of_place).group_by(ImportRow.target))
    return {target: changed.astimezone(UTC) for target, changed in rows}


def _collection(
    session: Session,
    place: Jurisdiction,
    entry: Layer,
    imports: Sequence[StandingImport],
    *,
    changed: datetime,
) -> Collection | None:
    contents = [each for each in (_content(session, standing.id) for standing in imports) if each]
    if not contents:
        return None
    days = [each.begins for each in contents]
    west, south, east, north = shapely.union_all([shapely.box(*each.box) for each in contents]).bounds
    return Collection(
        id=entry.id,
        place=place,
        title=entry.title,
        description=entry.meaning,
        shapes=_shapes({each for content in contents for each in content.dimensions}),
        properties=_properties(contents),
        table=TABLE,
        rows=(
            TABLE.c.import_id == func.any(as_type([each.id for each in imports], ARRAY(BigInteger))),
            TABLE.c.id.between(min(each.first for each in contents), max(each.last for each in contents)),
        ),
        key=TABLE.c.id,
        shape=TABLE.c.shape,
        valid=TABLE.c.valid,
        bounds=in_degrees((west, south, east, north), place.metric),
        largest=max(each.largest for each in contents),
        begins=None if None in days else min(day for day in days if day),
        changed=changed,
        lineage=lineage_of(imports),
        colours=(entry.colour.fill, entry.colour.line),
    )


def _shapes(dimensions: set[int]) -> Shapes:
    kinds = (Shapes.POINT, Shapes.LINE, Shapes.POLYGON)
    return kinds[dimensions.pop()] if len(dimensions) == 1 else Shapes.ANY


def _content(session: Session, import_id: int) -> _Content | None:
    """What lies in an import, or None where it is empty."""
    engine = engine_of(session)
    with _lock:
        kept = _contents.setdefault(engine, {})
    if import_id not in kept:
        row = session.execute(statement(__package__, "content"), {"import": import_id}).one()
        attributes = tuple((name, kind) for name, kind in row.attributes or ())
        kept[import_id] = row.first and _Content(
            first=row.first,
            last=row.last,
            begins=row.begins,
            largest=row.largest,
            box=(row.west, row.south, row.east, row.north),
            dimensions=tuple(row.dimensions),
            attributes=attributes,
        )
    return kept[import_id]


def _properties(contents: Sequence[_Content]) -> tuple[Property, ...]:
    """What every feature has, then the attributes of its source, without those that are about people."""
    kinds: dict[str, set[str]] = {}
    for content in contents:
        for name, kind in content.attributes:
            kinds.setdefault(name, set()).add(kind)
    taken = {each.name for each in OWN} | RESERVED
    given = []
    for name in sorted(kinds):
        if not is_personal(name):
            outside = f"{name}_of_source" if name.lower() in taken else name
            taken.add(outside.lower())
            given.append(_attribute(name, outside, kinds[name]))
    return (*OWN, *given)


def _attribute(name: str, outside: str, kinds: set[str]) -> Property:
    """An attribute of the source; its values are compared as text where they are not all of one kind."""
    (only,) = kinds if len(kinds) == 1 else ("string",)
    kind = _KINDS.get(only, Kind.TEXT)
    return Property(name=outside, kind=kind, title=None, read=_value(name, only, kind))


def _value(name: str, only: str, kind: Kind) -> ColumnElement[Any]:
    """The value of an attribute; that of another layer may be of another kind, so the kind is asked before it is read."""
    as_text = TABLE.c.attributes.op("->>", return_type=Text())(literal(name))
    if kind is Kind.TEXT:
        return as_text
    of_kind = func.jsonb_typeof(TABLE.c.attributes.op("->")(literal(name))) == only
    return case((of_kind, as_type(as_text, Double if kind is Kind.NUMBER else Boolean)))


def _own(name: str, kind: Kind, en: str, ml: str, read: ColumnElement[Any]) -> Property:
    return Property(name=name, kind=kind, title=Words(en=en, ml=ml), read=read)


OWN = (
    _own("ref", Kind.TEXT, "Reference of the feature in its source", "ഉറവിടത്തിലെ നമ്പർ", TABLE.c.ref),
    _own("label", Kind.TEXT, "Name in English", "ഇംഗ്ലീഷിലുള്ള പേര്", TABLE.c.label),
    _own("label_ml", Kind.TEXT, "Name in Malayalam", "മലയാളത്തിലുള്ള പേര്", TABLE.c.label_ml),
    _own("width", Kind.NUMBER, "Width, m", "വീതി, m", TABLE.c.width),
    _own(
        "valid_from",
        Kind.DAY,
        "First day on which this holds",
        "ഇത് ബാധകമായ ആദ്യ ദിവസം",
        func.lower(TABLE.c.valid),
    ),
    _own(
        "valid_to",
        Kind.DAY,
        "Day from which it no longer holds",
        "ഇത് ബാധകമല്ലാതായ ദിവസം",
        func.upper(TABLE.c.valid),
    ),
)
