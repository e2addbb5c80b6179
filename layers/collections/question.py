"""What is asked of a collection: days, a box, properties, a filter, a system to answer in, a place to go on from.

In: words as they stand in an address.  Out: a `Question`, whose conditions are SQL with bound values; `Invalid` says which word
is wrong, and why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from math import isfinite, nan
from typing import Any

from sqlalchemy import ColumnElement, false, func

from gis.errors import Invalid, NotFound
from layers.collections.cql2 import day, instant
from layers.collections.cql2_json import read_json
from layers.collections.cql2_sql import bound, condition
from layers.collections.cql2_text import read_text
from layers.collections.model import Collection, Kind, Property
from layers.collections.systems import System, box_in, covers, on_the_ground, system_named

DEFAULT = 1_000
"""Features of a page where no other number is asked for."""
MOST = 10_000
"""Features of the largest page."""
LANGUAGES = ("cql2-text", "cql2-json")


@dataclass(frozen=True, kw_only=True)
class Days:
    """A stretch of days, both ends among them; None where an end is open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is wanted of a collection: features that hold on one of some days and meet every condition."""

    collection: Collection
    days: Days
    conditions: tuple[ColumnElement[bool], ...]
    system: System
    after: int | None
    limit: int | None


def days_in(text: str, *, today: date, clock: tzinfo) -> Days:
    """The days that `datetime` says: a day or instant, or an interval of them; what comes after today is not known.

    An instant lies in the day that it is by the clock of the land.
    """
    ends = text.split("/")
    if len(ends) == 1:
        ends = ends * 2
    if len(ends) != 2:
        raise Invalid(
            f"“{text[:60]}” is no time; write a day, or two with a slash between them.", code="bad-date"
        )
    first, last = (None if end in ("", "..") and text != end else _day(end, clock) for end in ends)
    if first and last and first > last:
        raise Invalid(
            f"The time {text[:60]} ends before it begins; write the earlier day first.", code="bad-date"
        )
    if first and first > today:
        raise Invalid(
            f"{first} lies in the future, and what will hold then is not known; ask for today or an earlier date."
        )
    return Days(first=first, last=min(last or today, today))


def _day(text: str, clock: tzinfo) -> date:
    """The day of a day or an instant as RFC 3339 writes them; GDAL ends a day with a T."""
    text = text.removesuffix("T")
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo is None else moment.astimezone(clock)).date()
    except (ValueError, OverflowError) as error:
        raise Invalid(
            f"“{text[:40]}” is no day that can be asked about; write it as year-month-day, from 0001-01-01 on.",
            code="bad-date",
        ) from error


def check_known(collection: Collection, days: Days) -> None:
    """`NotFound` for days before anything of a collection is known: an empty answer would say that nothing was there."""
    if collection.begins and days.last and days.last < collection.begins:
        raise NotFound(
            f"Of “{collection.title.en}” nothing is known before {collection.begins}; ask for that day or a later one."
        )


def during(collection: Collection, days: Days) -> ColumnElement[bool]:
    """Features that hold on one of some days."""
    return func.range_overlaps(collection.valid, func.daterange(days.first, days.last, "[]"))


def within(collection: Collection, bbox: str, uri: str | None) -> list[ColumnElement[bool]]:
    """Features that meet a box; no condition at all where the box holds everything there is."""
    system = system_named(collection.place, uri, word="bbox-crs")
    box = box_in(bbox, system)
    if covers(box, system, collection.bounds):
        return []
    area = on_the_ground(box, system, collection.place, collection.bounds)
    if area.is_empty:
        return [false()]
    return [func.ST_Intersects(collection.shape, bound(area, collection))]


def filtered(collection: Collection, text: str, lang: str | None, uri: str | None) -> ColumnElement[bool]:
    """Features that a CQL2 filter lets through."""
    system = system_named(collection.place, uri, word="filter-crs")
    if lang not in (None, *LANGUAGES):
        raise Invalid(
            f"“filter-lang” is “{lang[:40] if lang else ''}”; choose {' or '.join(LANGUAGES)}.",
            code="bad-filter",
        )
    is_json = lang == LANGUAGES[1] or (lang is None and text.lstrip().startswith("{"))
    return condition(read_json(text) if is_json else read_text(text), collection, system)


def equal(collection: Collection, words: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """Features whose properties have just these values; `Invalid` for a word that is no property."""
    found = []
    for name, text in words.items():
        known = collection.property_named(name)
        if known is None:
            listed = ", ".join(each.name for each in collection.properties)
            raise Invalid(
                f"This address does not know “{name[:40]}”. Beside its own words it takes the properties of"
                f" “{collection.id}”: {listed[:600]}."
            )
        found.append(known.read == _value(known, text))
    return found


def _value(known: Property, text: str) -> Any:
    """A value of a property as an address writes it."""
    if known.kind is Kind.DAY:
        return day(text)
    if known.kind is Kind.INSTANT:
        return instant(text)
    if known.kind is Kind.TRUTH and text in ("true", "false"):
        return text == "true"
    if known.kind is Kind.TEXT:
        return text
    try:
        number = float(text) if known.kind in (Kind.NUMBER, Kind.WHOLE) and "_" not in text else nan
    except ValueError:
        number = nan
    if not isfinite(number):
        raise Invalid(f"“{known.name}” is a {known.kind}, and “{text[:40]}” is none.")
    return number
