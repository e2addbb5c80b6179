"""What an address asks of a collection, in the words of OGC API Features.

In: the words of a request.  Out: `Wanted`, and the question that it makes of a collection.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import Query

from api.answers import today
from api.routers.ogc.asked import Asked, Json, Known, On
from gis.errors import Invalid
from layers.collections.model import Collection
from layers.collections.question import (
    DEFAULT,
    MOST,
    Days,
    Question,
    check_known,
    days_in,
    equal,
    filtered,
    within,
)
from layers.collections.systems import system_named

Text = str | None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The words of an address that asks for features, as they were written."""

    bbox: str | None
    bbox_crs: str | None
    time: str | None
    crs: str | None
    filter: str | None
    filter_lang: str | None
    filter_crs: str | None
    on: date | None
    known: datetime | None

    def days(self, asked: Asked) -> Days:
        """The days on which features shall hold: one, or those of `datetime`."""
        if self.time is None:
            return Days(first=asked.at.on, last=asked.at.on)
        if self.on is not None:
            raise Invalid("“on” and “datetime” both say when; leave one of them out.", code="bad-date")
        return days_in(self.time, today=today())

    def question(
        self,
        asked: Asked,
        collection: Collection,
        properties: dict[str, str],
        *,
        after: int | None,
        limit: int | None,
    ) -> Question:
        """What this asks of a collection."""
        days = self.days(asked)
        check_known(collection, days)
        conditions = equal(collection, properties)
        if self.bbox is not None:
            conditions += within(collection, self.bbox, self.bbox_crs)
        if self.filter is not None:
            conditions.append(filtered(collection, self.filter, self.filter_lang, self.filter_crs))
        system = system_named(collection.place, self.crs, word="crs")
        return Question(
            collection=collection,
            days=days,
            conditions=tuple(conditions),
            system=system,
            after=after,
            limit=limit,
        )

    def moment(self, asked: Asked) -> Json:
        """The point in both times, for addresses that go on from here: the same land, whatever is recorded meanwhile."""
        on = None if self.time else asked.at.on.isoformat()
        return {"on": on, "known": asked.at.known.isoformat().replace("+00:00", "Z")}


async def wanted(
    bbox: Annotated[
        Text,
        Query(
            description="A box that features meet: west,south,east,north, or as `bbox-crs` orders its axes."
        ),
    ] = None,
    bbox_crs: Annotated[Text, Query(alias="bbox-crs", description="The system of the box.")] = None,
    time: Annotated[
        Text,
        Query(alias="datetime", description="A day or an interval (`2020-01-01/..`) on which features hold."),
    ] = None,
    crs: Annotated[Text, Query(description="The system to answer in.")] = None,
    filter_: Annotated[Text, Query(alias="filter", description="A filter in CQL2.")] = None,
    filter_lang: Annotated[
        Text, Query(alias="filter-lang", description="cql2-text (as taken unless given) or cql2-json.")
    ] = None,
    filter_crs: Annotated[
        Text, Query(alias="filter-crs", description="The system of the filter's shapes.")
    ] = None,
    on: On = None,
    known: Known = None,
) -> Wanted:
    """The words of an address that asks for features."""
    return Wanted(
        bbox=bbox,
        bbox_crs=bbox_crs,
        time=time,
        crs=crs,
        filter=filter_,
        filter_lang=filter_lang,
        filter_crs=filter_crs,
        on=on,
        known=known,
    )


Limit = Annotated[
    int | None, Query(ge=1, description=f"Features of a page: {DEFAULT} unless given, {MOST} at most.")
]
LARGEST = 2**63 - 1
"""The largest number that a feature can have."""
After = Annotated[int | None, Query(ge=0, le=LARGEST, description="The number after which a page goes on.")]
__all__ = ["DEFAULT", "LARGEST", "MOST", "After", "Limit", "Wanted", "wanted"]
