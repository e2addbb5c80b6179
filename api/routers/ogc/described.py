"""How a place and its collections describe themselves to programs (OGC API Features, Parts 1 to 3, and Part 5 for schemas).

In: a place, its collections, their addresses.  Out: plain values for JSON.
"""

from collections.abc import Sequence
from dataclasses import asdict

from api.routers.ogc.asked import GEOJSON, HTML, JSON, SCHEMA, Addresses, Json
from gis.place import Jurisdiction
from layers.collections.model import Collection, Kind, Property, Shapes
from layers.collections.systems import CRS84, systems

OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_FEATURES = "http://www.opengis.net/spec/ogcapi-features"
_REL = "http://www.opengis.net/def/rel/ogc/1.0"
_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf"
CONFORMANCE = (
    *(f"{_FEATURES}-1/1.0/conf/{each}" for each in ("core", "oas30", "html", "geojson")),
    f"{_FEATURES}-2/1.0/conf/crs",
    *(
        f"{_FEATURES}-3/1.0/conf/{each}"
        for each in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"{_CQL2}/{each}"
        for each in ("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators")
    ),
    *(
        f"{_CQL2}/{each}"
        for each in ("case-insensitive-comparison", "basic-spatial-functions", "spatial-functions")
    ),
    f"{_CQL2}/temporal-functions",
    f"{_CQL2}/property-property",
    *(
        f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{each}"
        for each in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt")
    ),
)
_TYPES: dict[Kind, Json] = {
    Kind.TEXT: {"type": "string"},
    Kind.NUMBER: {"type": "number"},
    Kind.WHOLE: {"type": "integer"},
    Kind.TRUTH: {"type": "boolean"},
    Kind.DAY: {"type": "string", "format": "date"},
    Kind.INSTANT: {"type": "string", "format": "date-time"},
}
_GEOMETRIES = {
    Shapes.POLYGON: "geometry-polygon-or-multipolygon",
    Shapes.LINE: "geometry-linestring-or-multilinestring",
    Shapes.POINT: "geometry-point-or-multipoint",
    Shapes.ANY: "geometry-any",
}
DOWNLOADS = {
    "geojson": (GEOJSON, "GeoJSON"),
    "geojsonl": ("application/geo+json-seq", "GeoJSON, a feature a line"),
    "csv": ("text/csv", "CSV, shapes as well-known text"),
    "gpkg": ("application/geopackage+sqlite3", "GeoPackage"),
    "fgb": ("application/flatgeobuf", "FlatGeobuf"),
    "parquet": ("application/vnd.apache.parquet", "GeoParquet"),
}
"""Forms in which all features of a question can be taken home, with media type and name."""


def landing(place: Jurisdiction, to: Addresses) -> Json:
    """The first answer of a place's service."""
    kind = "Made-up land" if place.synthetic else "Plots and what lies on their ground"
    return {
        "title": f"Bhumika: {place.name_en}",
        "description": f"{kind}: {place.name_en} · {place.name_ml}",
        "attribution": "Each collection names its sources and their licences.",
        "links": [
            *to.here("", "This service"),
            to.link("/api", "service-desc", OPENAPI, "OpenAPI 3.0 description of this service"),
            to.link("/api", "service-doc", HTML, "The same, as a page", {"f": "html"}),
            to.link("/conformance", "conformance", JSON, "What of the standards this service keeps to"),
            to.link("/collections", "data", JSON, "The collections"),
            to.link("/tileMatrixSets", f"{_REL}/tiling-schemes", JSON, "The grids of the tiles"),
            to.link("/styles", f"{_REL}/styles", JSON, "How the map is drawn"),
            to.link(
                "/records", f"{_REL}/ogc-catalog", GEOJSON, "The catalogue: themes, laws, licences, lineage"
            ),
        ],
    }


def conformance(to: Addresses) -> Json:
    """The parts of the standards that this service keeps to."""
    return {"conformsTo": list(CONFORMANCE), "links": to.here("/conformance", "Conformance")}


def listed(collections: Sequence[Collection], place: Jurisdiction, to: Addresses, moment: Json) -> Json:
    """All collections of a place."""
    return {
        "links": to.here("/collections", "Collections", query=moment),
        "crs": [each.uri for each in systems(place.metric)],
        "collections": [described(each, to, moment) for each in collections],
    }


def described(collection: Collection, to: Addresses, moment: Json) -> Json:
    """One collection: what it holds, where, in which systems, whose it is, and what can be asked of it."""
    path = f"/collections/{collection.id}"
    systems_here = systems(collection.place.metric)
    content: Json = {
        "id": collection.id,
        "title": collection.title.en,
        "title_ml": collection.title.ml,
        "description": collection.description.en,
        "description_ml": collection.description.ml,
        "attribution": "; ".join(
            dict.fromkeys(f"{each.title} ({each.licence})" for each in collection.lineage)
        ),
        "itemType": "feature",
        "extent": {
            "spatial": {"bbox": [list(collection.bounds)], "crs": CRS84},
            "temporal": {"interval": [[_begins(collection), None]]},
        },
        "crs": [each.uri for each in systems_here],
        "storageCrs": systems_here[-1].uri,
        "updated": collection.changed.isoformat().replace("+00:00", "Z"),
        "lineage": [asdict(each) for each in collection.lineage],
    }
    content["links"] = [
        *to.here(path, collection.title.en, query=moment),
        to.link(f"{path}/items", "items", GEOJSON, "Its features", moment),
        to.link(f"{path}/items", "items", HTML, "Its features, as a page", {**moment, "f": "html"}),
        to.link(f"{path}/queryables", f"{_REL}/queryables", SCHEMA, "What can be asked of it", moment),
        *(
            [to.link(f"{path}/tiles", f"{_REL}/tilesets-vector", JSON, "It as vector tiles", moment)]
            if collection.is_drawn
            else []
        ),
        to.link(f"/records/{collection.id}", "related", GEOJSON, "Its record in the catalogue"),
        to.link(f"{path}/schema", "describedby", SCHEMA, "What a feature has", moment),
        *(
            to.link(f"{path}/download", "enclosure", media, f"All of it as {name}", {**moment, "f": form})
            for form, (media, name) in DOWNLOADS.items()
        ),
        *({"href": each.link, "rel": "via", "title": each.title} for each in collection.lineage if each.link),
    ]
    return content


def _begins(collection: Collection) -> str | None:
    return f"{collection.begins}T00:00:00Z" if collection.begins else None


def queryables(collection: Collection, to: Addresses, moment: Json) -> Json:
    """JSON Schema of what filters may name (Part 3, clause 6)."""
    geometry: Json = {
        "title": "Shape",
        "format": _GEOMETRIES[collection.shapes],
        "x-ogc-role": "primary-geometry",
    }
    properties = {each.name: _property(each) for each in collection.properties}
    address = to.to(f"/collections/{collection.id}/queryables", moment)
    return {**_head(collection, address), "properties": {**properties, "geometry": geometry}}


def schema(collection: Collection, to: Addresses, moment: Json) -> Json:
    """JSON Schema of a feature as it is sent in GeoJSON."""
    own: Json = {
        "type": "object",
        "properties": {each.name: _sent(each) for each in collection.properties},
        "required": [each.name for each in collection.properties],
        "additionalProperties": False,
    }
    return {
        **_head(collection, to.to(f"/collections/{collection.id}/schema", moment)),
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "integer"},
            "geometry": {"$ref": "https://geojson.org/schema/Geometry.json"},
            "properties": own,
            "links": {"type": "array"},
        },
    }


def _head(collection: Collection, address: str) -> Json:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "type": "object",
        "title": collection.title.en,
        "description": collection.description.en,
        "additionalProperties": False,
    }


def _sent(known: Property) -> Json:
    """A property that may be null, as all may.

    GDAL (3.12) takes a type only where it stands alone, and asks by `datetime` for a property that it takes for a day, which is
    not what that word means here; so numbers stand alone, and days do not.
    """
    kind = _TYPES[known.kind]
    if known.kind in (Kind.DAY, Kind.INSTANT):
        kind = {**kind, "type": ["string", "null"]}
    return {**_property(known), **kind}


def _property(known: Property) -> Json:
    titles = (
        {"title": known.title.en, "description": known.title.ml} if known.title else {"title": known.name}
    )
    return {**titles, **_TYPES[known.kind]}
