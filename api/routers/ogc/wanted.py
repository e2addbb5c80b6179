"""What an address asks of a collection, in the words of OGC API Features.

In: the words of a request.  Out: `WantedIn`, and the question that it makes of a collection.
"""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.answers import KERALA_TIME, today
from api.routers.ogc.asked import Asked, Json
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

LARGEST = 2**63 - 1
"""The largest number that a feature can have."""
Text = str | None


class WantedIn(BaseModel):
    """The words of an address that asks for features, as they were written.

    They stand in one model on the route, not in a dependency: wherever one dependency of an application is replaced, FastAPI
    (0.165) takes the parameters of every other apart anew with each request, which costs more than the rest of the answer.
    """

    model_config = ConfigDict(frozen=True)

    bbox: Text = Field(
        None, description="A box that features meet: west,south,east,north, or as `bbox-crs` orders its axes."
    )
    bbox_crs: Text = Field(None, alias="bbox-crs", description="The system of the box.")
    time: Text = Field(
        None, alias="datetime", description="A day or an interval (`2020-01-01/..`) on which features hold."
    )
    crs: Text = Field(None, description="The system to answer in.")
    filter: Text = Field(None, description="A filter in CQL2.")
    filter_lang: Text = Field(
        None, alias="filter-lang", description="cql2-text (as taken unless given) or cql2-json."
    )
    filter_crs: Text = Field(None, alias="filter-crs", description="The system of the filter's shapes.")
    on: date | None = Field(None, description="Date of validity; today in Kerala unless given.")
    known: datetime | None = Field(None, description="Instant of knowledge; the last recording unless given.")

    def days(self, asked: Asked) -> Days:
        """The days on which features shall hold: one, or those of `datetime`."""
        if self.time is None:
            return Days(first=asked.at.on, last=asked.at.on)
        if self.on is not None:
            raise Invalid("“on” and “datetime” both say when; leave one of them out.", code="bad-date")
        return days_in(self.time, today=today(), clock=KERALA_TIME)

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

    def moment(self, asked: Asked, of: Collection) -> Json:
        """The point in both times, for addresses that go on from here: the same features, whatever is recorded meanwhile."""
        on = None if self.time else asked.at.on.isoformat()
        return {"on": on, "known": asked.moment_of(of).isoformat().replace("+00:00", "Z")}


class ItemsIn(WantedIn):
    """The words of a page."""

    limit: int | None = Field(
        None, ge=1, description=f"Features of a page: {DEFAULT} unless given, {MOST} at most."
    )
    after: int | None = Field(None, ge=0, le=LARGEST, description="The number after which a page goes on.")
    f: Literal["json", "html"] | None = Field(
        None, description="Form of the answer; else by the Accept header."
    )
    lang: Text = Field(None, description="Language of a page: en or ml.")


class DownloadIn(WantedIn):
    """The words of a file."""

    f: Literal["geojson", "geojsonl", "csv", "gpkg", "fgb", "parquet"] = Field(
        description="Form of the file."
    )


def words_of(words: type[WantedIn]) -> frozenset[str]:
    """The words that an address takes beside the properties of its collection."""
    return frozenset(field.alias or name for name, field in words.model_fields.items())
