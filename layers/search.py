"""Finding a plot by whatever a person has: number, ULPIN, coordinates, address or place name in either script.

In: a session, a jurisdiction, the words typed, a point in both times.  Out: `SearchResult` values, best first.
Names match exactly when folded, else by the trigram similarity of their sound keys (`gis.names`, `pg_trgm`); where no
whole name is alike, by a word of them, so that a house or a lane is found of which an address is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import shapely
from shapely import Point
from sqlalchemy import ColumnElement, DateTime, TextClause, and_, cast, exists, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from gis.asof import AsOf
from gis.crs import GEOID, to_geographic, to_metric
from gis.errors import Invalid
from gis.names import address_parts, fold, sound_key
from gis.parcels.ids import LONGEST, normal_number
from gis.parcels.queries import holding, parcels_touching
from gis.parcels.tables import ParcelRow
from gis.place import Jurisdiction
from layers.imports import standing
from layers.written import NumberRead, numbers_read, positions

MOST = 10
LEAST_SIMILAR = 0.25
"""Trigram similarity below which a name is not offered: measured by bench/names.py, 0.25 finds 99.7 % within ten, 0.3 only 98 %."""
LEAST_SIMILAR_WORD = 0.6
"""The same for a word inside a longer name: every house and lane of the sample is found by its name alone, made-up words are not."""
NEAR = 1_000.0
"""Ground metres within which results of one kind and name are one place: a road comes in pieces, a name in two spellings."""
MOST_NAMESAKES = 200
"""Plots of one survey number among which the named village is looked for."""


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """A place that the words may mean; longitude and latitude in degrees."""

    kind: str
    title_en: str
    title_ml: str
    number: str | None
    longitude: float
    latitude: float
    score: float


def search(session: Session, place: Jurisdiction, words: str, *, at: AsOf) -> list[SearchResult]:
    """At most ten results: parcels whose number is meant, then names and addresses."""
    words = words.strip()
    if not words:
        raise Invalid(
            "Type a survey number, a ULPIN, a place name, an address, or coordinates such as 10.5276, 76.2144."
        )
    if len(words) > LONGEST:
        raise Invalid(f"That is longer than {LONGEST} letters; type a part of the name or number.")
    if found := _by_coordinates(session, place, words, at=at):
        return found
    numbers = _by_number(session, place, words, at=at)
    named = [each for part in _spellings(words) for each in _by_name(session, place, part, at=at)]
    best = sorted(named, key=lambda each: -each.score)
    if not numbers and not best:
        best = _by_word(session, place, words, at=at)
    return (numbers + _once(best))[:MOST]


def _spellings(words: str) -> list[str]:
    """The words as they stand, then the parts of an address that can name a place."""
    return [words, *(part for part in dict.fromkeys(address_parts(words)) if part != fold(words))]


def _by_coordinates(session: Session, place: Jurisdiction, words: str, *, at: AsOf) -> list[SearchResult]:
    """Latitude first as people write it; the other order where only that fits."""
    for longitude, latitude in positions(words):
        if abs(latitude) > 90 or abs(longitude) > 180:
            continue
        try:
            point = to_metric(Point(longitude, latitude), place.metric)
        except Invalid:
            continue
        if found := parcels_touching(session, place, point, at=at):
            return [
                _result(
                    place,
                    "parcel",
                    each.number.whole,
                    None,
                    each.number.whole,
                    each.boundary.representative_point(),
                )
                for each in found
            ]
    return []


def _by_number(session: Session, place: Jurisdiction, words: str, *, at: AsOf) -> list[SearchResult]:
    """Parcels whose number, survey number with subdivision, or ULPIN is what was typed, in the village that is named; after
    those that stand, those of which it was that before: the page of a gone one names the numbers that hold its land now."""
    for read in numbers_read(words):
        matching = _matching(place, read)
        found = _standing(session, place, read, matching, at=at)
        numbers = {each.number for each in found}
        found += [
            each for each in _earlier(session, place, read, matching, at=at) if each.number not in numbers
        ]
        if found:
            return found
    return []


def _matching(place: Jurisdiction, read: NumberRead) -> ColumnElement[bool]:
    """Whether a state of a parcel has what was typed as its number, its ULPIN, its survey number or that with subdivision."""
    number = normal_number(read.number)
    survey, _, subdivision = (
        number.rpartition("/")[2].partition("-") if "/" not in number else number.partition("/")
    )
    return and_(
        ParcelRow.jurisdiction == place.code,
        (ParcelRow.number == number)
        | (ParcelRow.ulpin == number)
        | (ParcelRow.survey == number)
        | ((ParcelRow.survey == survey) & (ParcelRow.subdivision == subdivision)),
    )


def _standing(
    session: Session, place: Jurisdiction, read: NumberRead, matching: ColumnElement[bool], *, at: AsOf
) -> list[SearchResult]:
    query = (
        select(ParcelRow.number, ParcelRow.address, ParcelRow.village, _INSIDE)
        .where(matching, *holding(at))
        .order_by((ParcelRow.number == normal_number(read.number)).desc(), ParcelRow.number)
        .limit(MOST if read.village is None else MOST_NAMESAKES)
    )
    return [
        _result(
            place,
            "parcel",
            row.number if row.address is None else f"{row.number}, {row.address}",
            None,
            row.number,
            shapely.from_wkb(bytes(row.point)),
        )
        for row in session.execute(query)
        if read.is_in(row.village)
    ]


def _earlier(
    session: Session, place: Jurisdiction, read: NumberRead, matching: ColumnElement[bool], *, at: AsOf
) -> list[SearchResult]:
    """Parcels of which it was the number or ULPIN until a day before: gone, or standing under another one."""
    now = aliased(ParcelRow)
    stands = exists().where(now.jurisdiction == place.code, now.number == ParcelRow.number, *holding(at, now))
    ends = func.upper(ParcelRow.valid)
    query = (
        select(ParcelRow.number, ParcelRow.village, _INSIDE, stands.label("stands"))
        .ext(distinct_on(ParcelRow.number))
        .where(matching, ends <= at.on, func.range_contains_elem(ParcelRow.recorded, _instant(at)))
        .order_by(ParcelRow.number, ends.desc())
        .limit(MOST if read.village is None else MOST_NAMESAKES)
    )
    return [
        _result(
            place,
            "parcel" if row.stands else "gone",
            row.number,
            None,
            row.number,
            shapely.from_wkb(bytes(row.point)),
        )
        for row in session.execute(query)
        if read.is_in(row.village)
    ]


def _instant(at: AsOf) -> ColumnElement[datetime]:
    return cast(at.known, DateTime(timezone=True))


_INSIDE = func.ST_AsBinary(func.ST_PointOnSurface(ParcelRow.boundary)).label("point")
_THRESHOLD = text(
    "SELECT set_config('pg_trgm.similarity_threshold', :least, true),"
    " set_config('pg_trgm.word_similarity_threshold', :least_word, true)"
)
_NAMES = text(
    "SELECT DISTINCT ON (score, length(folded), kind, name_en, name_ml, point) kind, name_en, name_ml, parcel_number, ST_AsBinary(position) AS point,"
    " score"
    " FROM place_name, LATERAL (SELECT CASE WHEN folded = :folded THEN 1.0"
    " ELSE round(similarity(sound_key, :key)::numeric, 3) END AS score) AS ranked"
    " WHERE import_id = ANY(:imports) AND (folded = :folded OR sound_key % :key)"
    " ORDER BY score DESC, length(folded), kind, name_en, name_ml, point LIMIT :most"
)
_WORDS = text(
    "SELECT DISTINCT ON (score, length(folded), kind, name_en, name_ml, point) kind, name_en, name_ml, parcel_number, ST_AsBinary(position) AS point,"
    " score"
    " FROM place_name, LATERAL (SELECT round(word_similarity(:key, sound_key)::numeric, 3) AS score) AS ranked"
    " WHERE import_id = ANY(:imports) AND :key <% sound_key"
    " ORDER BY score DESC, length(folded), kind, name_en, name_ml, point LIMIT :most"
)


def _by_name(session: Session, place: Jurisdiction, words: str, *, at: AsOf) -> list[SearchResult]:
    key = sound_key(words)
    return _named(session, place, _NAMES, {"folded": fold(words), "key": key}, at=at) if key else []


def _by_word(session: Session, place: Jurisdiction, words: str, *, at: AsOf) -> list[SearchResult]:
    """Names of which the words are a part.  The last word of a sound key stands for all of the name, so it is left out."""
    key = sound_key(words).rpartition(" ")[0]
    return _named(session, place, _WORDS, {"key": key}, at=at) if key else []


def _named(
    session: Session, place: Jurisdiction, query: TextClause, wanted: dict[str, str], *, at: AsOf
) -> list[SearchResult]:
    imports = [each.id for each in standing(session, place, known=at.known)]
    if not imports:
        return []
    session.execute(_THRESHOLD, {"least": str(LEAST_SIMILAR), "least_word": str(LEAST_SIMILAR_WORD)})
    rows = session.execute(query, wanted | {"imports": imports, "most": 2 * MOST})
    return [
        _result(
            place,
            row.kind,
            row.name_en or row.name_ml,
            row.name_ml,
            row.parcel_number,
            shapely.from_wkb(bytes(row.point)),
            score=round(float(row.score), 3),
        )
        for row in rows
    ]


def _once(found: Sequence[SearchResult]) -> list[SearchResult]:
    """Each place once, by its best spelling and the first of its pieces; places far apart that share a name stay apart."""
    kept: list[SearchResult] = []
    for each in found:
        if not any(_is_same(each, other) for other in kept):
            kept.append(each)
    return kept


def _is_same(one: SearchResult, other: SearchResult) -> bool:
    if (one.kind, one.number, fold(one.title_en), fold(one.title_ml)) != (
        other.kind,
        other.number,
        fold(other.title_en),
        fold(other.title_ml),
    ):
        return False
    apart = GEOID.inv(one.longitude, one.latitude, other.longitude, other.latitude)[2]
    return bool(apart <= NEAR)


def _result(
    place: Jurisdiction,
    kind: str,
    title_en: str,
    title_ml: str | None,
    number: str | None,
    point: Point,
    score: float = 1.0,
) -> SearchResult:
    where = to_geographic(point, place.metric)
    return SearchResult(
        kind=kind,
        title_en=title_en,
        title_ml=title_ml or title_en,
        number=number,
        longitude=round(where.x, 7),
        latitude=round(where.y, 7),
        score=score,
    )
