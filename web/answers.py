"""What the pages ask: a small protocol that `api` fulfils with a session, and tests with made-up land.

In: a jurisdiction's code and what a person asked for.  Out: plain values; errors are the family of `gis.errors`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from fastapi import Request
from shapely.geometry.base import BaseGeometry

from gis.errors import Unavailable
from gis.jurisdictions import Jurisdiction
from layers.extract.model import Extract, Group, Words

Position = tuple[float, float]
"""Longitude and latitude in degrees (EPSG:4326)."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """A box in degrees (EPSG:4326)."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, kw_only=True)
class Place:
    """A jurisdiction and where it lies; no bounds before its parcels are imported."""

    jurisdiction: Jurisdiction
    bounds: Bounds | None


def kerala_first(places: Sequence[Place]) -> list[Place]:
    """The places in the order in which they are offered: those under Kerala's catalogue, then the others, by code."""
    return sorted(
        places, key=lambda place: (place.jurisdiction.catalogue != "kerala", place.jurisdiction.code)
    )


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """Something a search found: a parcel, place, address, ULPIN or position."""

    kind: str
    title_en: str
    title_ml: str | None
    number: str | None
    """Of the parcel that is meant, where the search knows it."""
    lon: float
    lat: float
    score: float


@dataclass(frozen=True, kw_only=True)
class MapLayer:
    """A layer as map and legend draw it."""

    id: str
    group: str
    title: Words
    meaning: Words
    fill: str
    line: str
    symbol: str
    """polygon, line or point."""
    role: str
    has_data: bool
    shown: bool
    """Whether the map shows it before a person chooses."""


@dataclass(frozen=True, kw_only=True)
class CatalogueView:
    """The layers of a jurisdiction in the order of the answer, and the versions of their data for tile addresses."""

    groups: tuple[Group, ...]
    layers: tuple[MapLayer, ...]
    version: str
    """Of the place: its last recording."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Of the plots and of each layer: the last recording that changed something of it."""
    credits: tuple[str, ...] = ()
    """Publisher and licence of what the map shows, in English."""
    rasters: tuple[str, ...] = ()
    """What of the ground is recorded on a grid, by the names of raster tiles."""
    days: tuple[date, ...] = ()
    """Days on which something of the record began or changed, in order, today the last."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Something beside a plot that its sketch shows, in the jurisdiction's metric system."""

    kind: str
    """parcel or street."""
    label: str | None
    shape: BaseGeometry


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of two dates of a comparison: the extract, or why there was none."""

    on: date
    extract: Extract | None
    message: str | None = None
    successors: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The same plot on two dates, the earlier first."""

    number: str
    before: Side
    after: Side


class Answers(Protocol):
    """Questions of the pages; `on` and `known` are None where a person did not choose, and the door then says today."""

    def jurisdictions(self) -> Sequence[Place]:
        """Every place that can be asked about, by code."""
        ...

    def extract(
        self,
        code: str,
        *,
        number: str | None = None,
        ulpin: str | None = None,
        on: date | None,
        known: datetime | None,
    ) -> Extract:
        """The extract of a parcel; `NotFound`, or `Gone` with its successors."""
        ...

    def area_extract(
        self, code: str, ring: Sequence[Position], *, on: date | None, known: datetime | None
    ) -> Extract:
        """The extract of an area drawn by hand, given by its corners; `Invalid` where they enclose none."""
        ...

    def parcels_at(
        self, code: str, lon: float, lat: float, *, on: date | None, known: datetime | None
    ) -> Sequence[str]:
        """Numbers of the parcels that hold a position: none, one, or several where records overlap."""
        ...

    def surroundings(self, extract: Extract, *, reach: float) -> Sequence[Drawn]:
        """Parcels and streets within some metres of the extract's plot, itself not included."""
        ...

    def search(
        self, code: str, text: str, *, on: date | None, known: datetime | None
    ) -> Sequence[SearchResult]:
        """What a person may have meant, best first."""
        ...

    def compare(self, code: str, *, number: str, on: date, on2: date, known: datetime | None) -> Pair:
        """The same number on two dates."""
        ...

    def catalogue(self, code: str) -> CatalogueView:
        """What the map can show."""
        ...

    def pdf(self, extract: Extract, lang: str) -> bytes:
        """The printed extract."""
        ...


async def answers(request: Request) -> Answers:
    """The answers that the application was built with."""
    found: Answers | None = getattr(request.app.state, "answers", None)
    if found is None:
        raise Unavailable("The pages are not connected to any land records. Start them with `bhumika up`.")
    return found
