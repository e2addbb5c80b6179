"""Features as PostgreSQL writes them: one text of GeoJSON each, in the order of their numbers, as many as are asked for.

In: a session and a question.  Out: numbers and texts, read while the database writes them, so that a million take no more room
than a thousand; or one feature.  A question that takes too long is ended with `TooLarge`.
"""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import Any, cast

import psycopg
from psycopg.types.string import ByteaBinaryLoader
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    Text,
    bindparam,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.orm import Session

from gis.db.quick import connection_of
from gis.errors import NotFound, TooLarge
from layers.collections.model import LAST_DAY, Collection, Property
from layers.collections.question import Question, during
from layers.collections.systems import System

Feature = tuple[int, bytes]
"""The number of a feature, and its GeoJSON."""
Statement = tuple[bytes, dict[str, Any]]
"""A statement as the driver takes it: its text, and its values by name."""
AT_ONCE = 100
"""Features that are taken from the database at a time."""
SMALL = 8_000_000
"""Bytes of shapes as stored, up to which an answer is taken at once; as text they are some three times as many."""
PATIENCE = 60
"""Seconds that a question of a page may take."""
MOST_PAIRS = 40
"""Pairs of one `json_build_object`: PostgreSQL takes a hundred operands at most."""
_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]
_TEXT = 25
"""The number of PostgreSQL's type `text`."""


def features(session: Session, question: Question, *, patience: int | None = PATIENCE) -> Generator[Feature]:
    """The features of a question as GeoJSON, in the order of their numbers; to be closed before the session is."""
    rows = read(session, statement_of(question), patience=patience, at_once=_is_small(question))
    with closing(rows):
        yield from rows


def _is_small(question: Question) -> bool:
    """Whether the answer cannot be large: it is then taken at once, which costs less than row by row."""
    return question.limit is not None and question.limit * question.collection.largest <= SMALL


def statement_of(question: Question) -> Statement:
    """The statement that writes the features of a question; put together once where only its values differ."""
    values = _values(question)
    further = question.after is not None, question.limit is not None
    if not question.conditions:
        text, constants = _plain(question.collection, question.system, *further)
        return text, constants | values
    query = _query(question.collection, question.system, *further).where(*question.conditions)
    text, constants = compiled(query)
    return text, constants | values


@lru_cache(maxsize=256)
def _plain(collection: Collection, system: System, has_after: bool, has_limit: bool) -> Statement:
    return compiled(_query(collection, system, has_after, has_limit))


def _query(
    collection: Collection, system: System, has_after: bool, has_limit: bool
) -> Select[*tuple[Any, ...]]:
    query = select(collection.key, as_geojson(collection, system)).where(*collection.rows, _holds(collection))
    if has_after:
        query = query.where(collection.key > bindparam("after", type_=BigInteger))
    query = query.order_by(collection.key)
    return query.limit(bindparam("limit", type_=BigInteger)) if has_limit else query


def _holds(collection: Collection) -> ColumnElement[bool]:
    days = func.daterange(bindparam("first_day", type_=Date), LAST_DAY, "[]")
    return func.range_overlaps(collection.valid, days)


def _values(question: Question) -> dict[str, Any]:
    values = {
        "first_day": question.days.first,
        "last_day": question.days.last,
        "after": question.after,
        "limit": question.limit,
    }
    return {
        name: value for name, value in values.items() if value is not None or name not in ("after", "limit")
    }


def feature(session: Session, question: Question, number: int) -> bytes:
    """One feature as GeoJSON; `NotFound` where the collection has none of that number on these days."""
    collection = question.collection
    query = select(collection.key, as_geojson(collection, question.system))
    alone = about(question, query.where(*asked_of(question), collection.key == number))
    found = list(read(session, alone, patience=PATIENCE))
    if found:
        return bytes(found[0][1])
    raise NotFound(
        f"“{collection.title.en}” of {collection.place.name_en} has no feature {number} on these days, or none as known then."
    )


def asked_of(question: Question) -> tuple[ColumnElement[bool], ...]:
    """The conditions of a question, one by one."""
    collection = question.collection
    further = () if question.after is None else (collection.key > question.after,)
    return (*collection.rows, *further, during(collection, question.days), *question.conditions)


def read(
    session: Session,
    statement: Statement,
    *,
    patience: int | None,
    as_bytes: bool = True,
    at_once: bool = False,
) -> Generator[tuple[Any, ...]]:
    """Rows as they come; texts as bytes, unless they are wanted as texts.  Ending the iteration ends the statement."""
    connection = connection_of(session)
    asked, values = statement
    with _patient(patience), connection.cursor(binary=True) as cursor:
        # A plan for any box reads the whole place; and a slow question must not hold a connection for good.
        cursor.execute(
            "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('statement_timeout', %s, true)",
            (f"{patience or 0}s",),
        )
        if as_bytes:
            cursor.adapters.register_loader(_TEXT, ByteaBinaryLoader)
        if at_once:
            yield from cursor.execute(asked, values, prepare=False).fetchall()
            return
        rows = cursor.stream(asked, values, size=AT_ONCE)
        with closing(cast(Generator[tuple[Any, ...]], rows)):
            yield from rows


def about(question: Question, query: Select[*tuple[Any, ...]]) -> Statement:
    """A query as the driver takes it, with the last day that a question is about."""
    asked, values = compiled(query)
    return asked, values | {name: question.days.last for name in (LAST_DAY.key,) if name in values}


def compiled(query: Select[*tuple[Any, ...]]) -> Statement:
    """A query as the driver takes it: its text and its values by name."""
    made = query.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    return made.string.encode(), dict(made.params)


@contextmanager
def _patient(seconds: int | None) -> Iterator[None]:
    try:
        yield
    except psycopg.errors.QueryCanceled as error:
        raise TooLarge(
            f"This question takes longer than {seconds} seconds. Ask for a smaller box, or for fewer conditions at once."
        ) from error


def as_geojson(collection: Collection, system: System) -> ColumnElement[str]:
    """A feature of RFC 7946 as text; in another system than degrees its coordinates are that system's."""
    pieces = (
        literal_column('\'{"type":"Feature","id":\'', Text),
        as_type(collection.key, Text),
        literal_column("',\"geometry\":'", Text),
        shape_as_geojson(collection, system),
        literal_column("',\"properties\":'", Text),
        _object(collection.properties),
        literal_column("'}'", Text),
    )
    joined: ColumnElement[str] = pieces[0]
    for piece in pieces[1:]:
        joined = joined.concat(piece)
    return joined.label("feature")


def shape_as_geojson(collection: Collection, system: System) -> ColumnElement[Any]:
    """The shape of a feature as GeoJSON, outer rings counter-clockwise."""
    written = as_type(func.ST_AsGeoJSON(shape_in(collection, system), system.digits, 0), Text)
    return func.coalesce(written, literal_column("'null'", Text))


def shape_in(collection: Collection, system: System) -> ColumnElement[Any]:
    """The shape of a feature in a system, its axes in that system's order, outer rings counter-clockwise."""
    shape: ColumnElement[Any] = func.ST_ForcePolygonCCW(collection.shape)
    if system.epsg != collection.place.metric:
        shape = func.ST_Transform(shape, system.epsg)
    return func.ST_FlipCoordinates(shape) if system.is_flipped else shape


def _object(properties: tuple[Property, ...]) -> ColumnElement[Any]:
    """The properties as one JSON object; as several that are joined where they are too many for one."""
    parts = [properties[start : start + MOST_PAIRS] for start in range(0, len(properties), MOST_PAIRS)]
    objects = [
        as_type(
            func.json_build_object(*(part for each in some for part in (_key(each.name), each.in_json))), Text
        )
        for some in parts
    ]
    joined: ColumnElement[Any] = objects[0]
    for other in objects[1:]:
        joined = func.rtrim(joined, "}").concat(",").concat(func.ltrim(other, "{"))
    return joined


def _key(name: str) -> ColumnElement[str]:
    """A name as a constant of the statement where it is a plain word; else bound, for it is a source that named it."""
    is_plain = name.isascii() and name.isidentifier()
    return literal_column(f"'{name}'", Text) if is_plain else as_type(literal(name), Text)
