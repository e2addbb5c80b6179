"""The service of a place as OpenAPI 3.0 says it, collection by collection, with every word that may be asked.

In: a place, its collections, its addresses.  Out: an OpenAPI document as plain values; programs learn the sizes of pages from it.
"""

from collections.abc import Sequence

from api.routers.ogc.asked import GEOJSON, JSON, SCHEMA, Addresses, Json
from api.routers.ogc.described import DOWNLOADS
from gis.place import Jurisdiction
from layers.collections.model import Collection, Kind
from layers.collections.question import DEFAULT, LANGUAGES, MOST
from layers.collections.systems import systems

_TYPES = {
    Kind.NUMBER: {"type": "number"},
    Kind.WHOLE: {"type": "integer"},
    Kind.TRUTH: {"type": "boolean"},
    Kind.DAY: {"type": "string", "format": "date"},
    Kind.INSTANT: {"type": "string", "format": "date-time"},
}
_TEXT: Json = {"type": "string"}
_WRONG: Json = {"description": "Not understood: the answer says which word, and what was expected."}
_NOWHERE: Json = {
    "description": "There is no such place, collection or feature, or nothing is known of that time."
}


def openapi(place: Jurisdiction, collections: Sequence[Collection], to: Addresses) -> Json:
    """The description of the service of a place."""
    paths: Json = {
        "/": _path("landing", "Where to begin", [_ref("f")], JSON),
        "/conformance": _path("conformance", "The standards kept", [_ref("f")], JSON),
        "/api": _path(
            "description", "This description", [_ref("f")], "application/vnd.oai.openapi+json;version=3.0"
        ),
        "/collections": _path("collections", "The collections", [_ref("known"), _ref("f")], JSON),
    }
    for each in collections:
        paths |= _paths(each)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": f"Bhumika: {place.name_en}",
            "version": "1",
            "description": "Plots and layers as OGC API Features. Errors are application/problem+json.",
        },
        "servers": [{"url": to.to()}],
        "tags": [{"name": each.id, "description": each.title.en} for each in collections],
        "paths": paths,
        "components": {"parameters": _parameters(place)},
    }


def _paths(collection: Collection) -> Json:
    """The addresses of one collection."""
    base, tag = f"/collections/{collection.id}", collection.id
    asking = [
        _ref(name)
        for name in (
            "bbox",
            "bbox-crs",
            "datetime",
            "crs",
            "filter",
            "filter-lang",
            "filter-crs",
            "on",
            "known",
        )
    ]
    properties = [
        _query(each.name, _TYPES.get(each.kind, _TEXT), "Just this value.") for each in collection.properties
    ]
    form = _query("f", {"type": "string", "enum": list(DOWNLOADS)}, "Form of the file.", required=True)
    number = {
        "name": "featureId",
        "in": "path",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    }
    page = [_ref("limit"), _ref("after"), _ref("f")]
    some = [_ref("known"), _ref("f")]
    return {
        base: _path(f"{tag}.collection", collection.title.en, some, JSON, tag),
        f"{base}/queryables": _path(f"{tag}.queryables", "What filters may name", some, SCHEMA, tag),
        f"{base}/schema": _path(f"{tag}.schema", "What a feature has", some, SCHEMA, tag),
        f"{base}/items": _path(f"{tag}.items", "Features", [*asking, *page, *properties], GEOJSON, tag),
        f"{base}/items/{{featureId}}": _path(
            f"{tag}.item", "One feature", [number, _ref("crs"), _ref("on"), *some], GEOJSON, tag
        ),
        f"{base}/download": _path(
            f"{tag}.download",
            "All features as a file",
            [*asking, form, *properties],
            "application/octet-stream",
            tag,
        ),
    }


def _path(name: str, summary: str, parameters: Sequence[Json], media: str, tag: str | None = None) -> Json:
    content = {"description": summary, "content": {media: {"schema": {"type": "object"}}}}
    asked: Json = {
        "operationId": name,
        "summary": summary,
        "parameters": list(parameters),
        "responses": {"200": content, "400": _WRONG, "404": _NOWHERE},
    }
    return {"get": {**asked, "tags": [tag]} if tag else asked}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/parameters/{name}"}


def _query(name: str, schema: object, description: str, *, required: bool = False) -> Json:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": schema,
        "style": "form",
        "explode": False,
    }


def _parameters(place: Jurisdiction) -> Json:
    """The words that several addresses take."""
    known = [each.uri for each in systems(place.metric)]
    system = {"type": "string", "format": "uri", "enum": known, "default": known[0]}
    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    size = {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT}
    forms = {"type": "string", "enum": ["json", "html"]}
    each = [
        _query("bbox", box, "A box that features meet, in the order of its system's axes."),
        _query("bbox-crs", system, "The system of the box."),
        _query("datetime", _TEXT, "A day or an interval on which features hold."),
        _query("limit", size, "Features of a page."),
        _query("after", {"type": "integer", "minimum": 0}, "The number after which a page goes on."),
        _query("crs", system, "The system to answer in."),
        _query("filter", _TEXT, "A filter in CQL2."),
        _query("filter-lang", {"type": "string", "enum": list(LANGUAGES)}, "How the filter is written."),
        _query("filter-crs", system, "The system of the filter's shapes."),
        _query("on", {"type": "string", "format": "date"}, "Date of validity; today in Kerala unless given."),
        _query(
            "known",
            {"type": "string", "format": "date-time"},
            "Instant of knowledge; the last recording unless given.",
        ),
        _query("f", forms, "Form of the answer; else by the Accept header."),
    ]
    return {str(one["name"]): one for one in each}
