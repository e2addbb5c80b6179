"""The service of a place and its collections, described (OGC API Features).

In: addresses under /ogc.  Out: JSON; every answer names where to go on from it.
"""

from datetime import datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.dependencies import LandDep, only_known_words
from api.documented import sent_as
from api.routers.ogc import pages
from api.routers.ogc.asked import HTML, JSON, SCHEMA, IsPage, Json, Known, addresses, asking, told
from api.routers.ogc.described import OPENAPI, conformance, described, landing, listed, queryables, schema
from api.routers.ogc.openapi import openapi

router = APIRouter(prefix="/ogc", tags=["ogc"], dependencies=[Depends(only_known_words)])


@router.get("/{code}", response_class=Response, responses=sent_as(JSON, HTML))
def landing_page(code: str, request: Request, land: LandDep, is_page: IsPage) -> Response:
    """Where a program begins: links to the collections, the standards kept, the description of the service."""
    with asking(land, code) as asked:
        if is_page:
            return pages.service(request, asked)
        return told(landing(asked.place, addresses(request, code)))


@router.get("/{code}/conformance", response_class=Response, responses=sent_as(JSON, HTML))
def standards(code: str, request: Request, land: LandDep, is_page: IsPage) -> Response:
    """Which parts of which standards are kept."""
    with asking(land, code) as asked:
        if is_page:
            return pages.standards(request, asked)
        return told(conformance(addresses(request, code)))


@router.get("/{code}/api", response_class=Response, responses=sent_as(OPENAPI, HTML))
def description(code: str, request: Request, land: LandDep, is_page: IsPage) -> Response:
    """The service in OpenAPI 3.0."""
    with asking(land, code) as asked:
        content = openapi(asked.place, asked.collections, addresses(request, code))
        return pages.words(request, asked, content) if is_page else told(content, media=OPENAPI)


@router.get("/{code}/collections", response_class=Response, responses=sent_as(JSON, HTML))
def collections(code: str, request: Request, land: LandDep, is_page: IsPage, known: Known = None) -> Response:
    """The plots and every layer that something was brought in for."""
    with asking(land, code, known=known) as asked:
        if is_page:
            return pages.collections(request, asked, _moment(known))
        return told(listed(asked.collections, asked.place, addresses(request, code), _moment(known)))


@router.get("/{code}/collections/{collection}", response_class=Response, responses=sent_as(JSON, HTML))
def one(
    code: str, collection: str, request: Request, land: LandDep, is_page: IsPage, known: Known = None
) -> Response:
    """One collection: extent, systems, sources with licence and date, links to its features."""
    with asking(land, code, known=known) as asked:
        of = asked.collection(collection)
        if is_page:
            return pages.collection(request, asked, of, _moment(known))
        return told(described(of, addresses(request, code), _moment(known)))


@router.get(
    "/{code}/collections/{collection}/queryables", response_class=Response, responses=sent_as(SCHEMA, HTML)
)
def what_can_be_asked(
    code: str, collection: str, request: Request, land: LandDep, is_page: IsPage, known: Known = None
) -> Response:
    """JSON Schema of the properties that filters may name."""
    with asking(land, code, known=known) as asked:
        of = asked.collection(collection)
        if is_page:
            return pages.properties(request, asked, of, _moment(known))
        content = queryables(of, addresses(request, code), _moment(known))
    return told(content, media=SCHEMA)


@router.get(
    "/{code}/collections/{collection}/schema", response_class=Response, responses=sent_as(SCHEMA, HTML)
)
def what_a_feature_has(
    code: str, collection: str, request: Request, land: LandDep, is_page: IsPage, known: Known = None
) -> Response:
    """JSON Schema of a feature's properties."""
    with asking(land, code, known=known) as asked:
        of = asked.collection(collection)
        if is_page:
            return pages.properties(request, asked, of, _moment(known))
        content = schema(of, addresses(request, code), _moment(known))
    return told(content, media=SCHEMA)


def _moment(known: datetime | None) -> Json:
    """The chosen instant, for the links."""
    return {} if known is None else {"known": known.isoformat()}
