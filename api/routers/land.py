"""Know your land for programs: places, search, parcels, extracts, comparison.

In: addresses under /api.  Out: JSON; errors as problem+json.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from api.dependencies import LandDep, only_known_words
from api.documented import sent_as
from gis.errors import Invalid
from gis.geojson import position
from gis.site_schema import site_schema
from layers.extract.document import dumps, to_geojson, to_json
from layers.extract.model import Extract
from layers.extract.schema import extract_schema
from web.answers import Bounds, CatalogueView, Place, SearchResult
from web.asking import check_inside
from web.differences import differences

router = APIRouter(prefix="/api", tags=["land"], dependencies=[Depends(only_known_words)])

On = Annotated[date | None, Query(description="Date of validity; today in Kerala unless given.")]
Known = Annotated[
    datetime | None, Query(description="Instant of knowledge; the last recording unless given.")
]
Format = Annotated[Literal["json", "geojson", "pdf"], Query(description="Form of the answer.")]
Language = Annotated[Literal["en", "ml"], Query(description="Language of the PDF.")]
MEDIA = {"json": "application/json", "geojson": "application/geo+json", "pdf": "application/pdf"}


class PlaceOut(BaseModel):
    """A jurisdiction that can be asked about."""

    code: str
    name_en: str
    name_ml: str
    metric: int
    rule_book: str | None
    synthetic: bool
    bounds: tuple[float, float, float, float] | None


class SearchOut(BaseModel):
    """What a search found."""

    results: list[SearchResult]


class AreaIn(BaseModel):
    """A drawn area: a GeoJSON Polygon in degrees, longitude first."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["Polygon"]
    coordinates: list[list[list[float]]]


class AreaQuestion(BaseModel):
    """A question about a drawn area."""

    model_config = ConfigDict(extra="forbid")

    area: AreaIn
    on: date | None = None
    known: datetime | None = None


@router.get("/jurisdictions")
def places(land: LandDep) -> list[PlaceOut]:
    """Every place that can be asked about."""
    return [
        PlaceOut(
            code=each.jurisdiction.code,
            name_en=each.jurisdiction.name_en,
            name_ml=each.jurisdiction.name_ml,
            metric=each.jurisdiction.metric,
            rule_book=each.jurisdiction.rule_book,
            synthetic=each.jurisdiction.synthetic,
            bounds=_box(each.bounds),
        )
        for each in land.jurisdictions()
    ]


@router.get("/schema/extract.json")
def schema() -> dict[str, Any]:
    """The JSON Schema of an extract."""
    return extract_schema()


@router.get("/schema/site.json")
def schema_of_site() -> dict[str, Any]:
    """The JSON Schema of a plot as the building rules see it, written by `bhumika extract --site`."""
    return site_schema()


@router.get("/{code}/catalogue")
def catalogue(code: str, land: LandDep) -> CatalogueView:
    """The layers of a place, their groups and colours, and which have data."""
    return land.catalogue(code)


@router.get("/{code}/search")
def search(code: str, q: str, land: LandDep, on: On = None, known: Known = None) -> SearchOut:
    """Find a plot by number, ULPIN, coordinates, address or place name in either script."""
    return SearchOut(results=list(land.search(code, q, on=on, known=known)))


@router.get("/{code}/parcels")
def parcels_at(code: str, at: str, land: LandDep, on: On = None, known: Known = None) -> list[str]:
    """Numbers of the parcels at a position, `at=longitude,latitude`."""
    longitude, latitude = position(at)
    return list(land.parcels_at(code, longitude, latitude, on=on, known=known))


@router.get("/{code}/extract", response_class=Response, responses=sent_as(*MEDIA.values()))
def extract(
    code: str,
    land: LandDep,
    number: str | None = None,
    ulpin: str | None = None,
    at: Annotated[str | None, Query(description="longitude,latitude in degrees")] = None,
    on: On = None,
    known: Known = None,
    format: Format = "json",
    lang: Language = "en",
) -> Response:
    """Everything recorded about a plot, by number, ULPIN or position."""
    if sum(given is not None for given in (number, ulpin, at)) > 1:
        raise Invalid("Ask by number, by ULPIN or by position, not by several at once.")
    if at is not None:
        number = land.number_at(code, *position(at), on=on, known=known)
    found = land.extract(code, number=number, ulpin=ulpin, on=on, known=known)
    return _in_form(land, found, format, lang)


@router.post("/{code}/extract", response_class=Response, responses=sent_as(*MEDIA.values()))
def extract_of_area(
    code: str, question: AreaQuestion, land: LandDep, format: Format = "json", lang: Language = "en"
) -> Response:
    """Everything recorded about a drawn area. Nothing is stored."""
    rings = question.area.coordinates
    if rings and all(len(corner) > 1 for corner in rings[0]):
        check_inside(_named(land, code), rings[0])
    found = land.polygon_extract(code, question.area.coordinates, on=question.on, known=question.known)
    return _in_form(land, found, format, lang)


@router.get("/{code}/compare")
def compare(code: str, number: str, on: date, on2: date, land: LandDep, known: Known = None) -> Response:
    """What differs for a plot between two dates."""
    pair = land.compare(code, number=number, on=on, on2=on2, known=known)
    sides = [
        {
            "on": side.on,
            "there": side.extract is not None,
            "message": side.message,
            "successors": side.successors,
        }
        for side in (pair.before, pair.after)
    ]
    content = {"number": pair.number, "sides": sides, "differences": differences(pair)}
    return Response(dumps(content, land.metric(code)), media_type=MEDIA["json"])


def _named(land: LandDep, code: str) -> Place | None:
    """The place of a code, with where its records lie; an unknown code is refused by the question itself."""
    return next((each for each in land.jurisdictions() if each.jurisdiction.code == code), None)


def _box(bounds: Bounds | None) -> tuple[float, float, float, float] | None:
    return None if bounds is None else (bounds.west, bounds.south, bounds.east, bounds.north)


def _in_form(land: LandDep, found: Extract, form: str, language: str) -> Response:
    if form == "pdf":
        return Response(land.pdf(found, language), media_type=MEDIA["pdf"])
    return Response(to_geojson(found) if form == "geojson" else to_json(found), media_type=MEDIA[form])
