"""The catalogue of a place as records (after OGC API Records, Part 1): plots, permits and every theme, with its law, licence and lineage.

In: addresses under /ogc/{code}/records.  Out: GeoJSON, a feature for each theme of the catalogue; one that nothing was brought in for
is a record too, and says so: its silence is no statement about the land.
"""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.dependencies import LandDep, only_known_words
from api.documented import sent_as
from api.routers.ogc.asked import GEOJSON, Addresses, Asked, Json, addresses, asking, told
from api.routers.ogc.drawn import OnlyJson
from civic.permits import collection as permits
from gis.errors import NotFound
from layers.catalogue import load
from layers.collections.model import Collection
from layers.collections.parcels import DESCRIPTION, PARCELS, TITLE
from layers.entry import Layer
from layers.words import Words

router = APIRouter(prefix="/ogc", tags=["ogc"], dependencies=[Depends(only_known_words)])
RECORD = "http://www.opengis.net/spec/ogcapi-records-1/1.0/req/record-core"


@router.get("/{code}/records", response_class=Response, responses=sent_as(GEOJSON))
def records(
    code: str,
    request: Request,
    land: LandDep,
    q: Annotated[
        str | None, Query(max_length=100, description="A word of title or description, in either language.")
    ] = None,
    _f: OnlyJson = None,
) -> Response:
    """Every theme of the place's catalogue, the plots and the permits: what it means, by which law, from which source, under which licence."""
    with asking(land, code) as asked:
        to = addresses(request, code)
        found = [
            each
            for each in _all(asked, to)
            if q is None or q.casefold() in str(each["properties"]).casefold()
        ]
    links = [to.link("/records", "self", GEOJSON, "The catalogue", {"q": q})]
    content = {"type": "FeatureCollection", "features": found, "links": links}
    return told({**content, "numberMatched": len(found), "numberReturned": len(found)}, media=GEOJSON)


@router.get("/{code}/records/{record}", response_class=Response, responses=sent_as(GEOJSON))
def record(code: str, record: str, request: Request, land: LandDep, _f: OnlyJson = None) -> Response:
    """One of them."""
    with asking(land, code) as asked:
        for each in _all(asked, addresses(request, code)):
            if each["id"] == record:
                return told(each, media=GEOJSON)
        raise NotFound(f"The catalogue of {asked.place.name_en} has no record “{record[:40]}”.")


def _all(asked: Asked, to: Addresses) -> list[Json]:
    here = {each.id: each for each in asked.collections}
    catalogue = load(asked.place.catalogue)
    themes = {group.id: group.title for group in catalogue.groups}
    own = _record(PARCELS, TITLE, DESCRIPTION, here.get(PARCELS), to, {})
    issued = _record(permits.PERMITS, permits.TITLE, permits.DESCRIPTION, here.get(permits.PERMITS), to, {})
    return [
        own,
        issued,
        *(_of_layer(each, themes[each.theme], here.get(each.id), to) for each in catalogue.layers),
    ]


def _of_layer(layer: Layer, theme: Words, of: Collection | None, to: Addresses) -> Json:
    law = {
        "law": layer.law,
        "clause": layer.clause,
        "instrument": layer.instrument,
        "since": layer.since,
        "confidence": layer.confidence,
        "status": layer.status,
    }
    further: Json = {
        "themes": [{"concepts": [{"id": layer.theme, "title": theme.en}], "scheme": "theme"}],
        "contacts": [{"organization": layer.authority.en, "roles": ["custodian"]}],
        "law": law if layer.law else None,
        "accuracy": layer.accuracy,
    }
    return _record(layer.id, layer.title, layer.meaning, of, to, further)


def _record(
    name: str, title: Words, description: Words, of: Collection | None, to: Addresses, further: Json
) -> Json:
    """A record of OGC API Records; without data it has neither place nor time."""
    licences = sorted({each.licence for each in of.lineage}) if of else []
    properties: Json = {
        "type": "dataset",
        "title": title.en,
        "title_ml": title.ml,
        "description": description.en,
        "description_ml": description.ml,
        "language": {"code": "en"},
        "updated": of.changed.isoformat().replace("+00:00", "Z") if of else None,
        "license": "; ".join(licences) or None,
        "has_data": of is not None,
        "lineage": [asdict(each) for each in of.lineage] if of else [],
        **further,
    }
    return {
        "id": name,
        "type": "Feature",
        "conformsTo": [RECORD],
        "time": {"interval": [of.begins.isoformat() if of.begins else "..", ".."]} if of else None,
        "geometry": _box(of) if of else None,
        "properties": properties,
        "links": _links(name, title, of, to),
    }


def _links(name: str, title: Words, of: Collection | None, to: Addresses) -> list[Json]:
    own = [to.link(f"/records/{name}", "self", GEOJSON, title.en)]
    if of is not None:
        own.append(
            to.link(f"/collections/{name}", "collection", "application/json", "Its features and files")
        )
    return own


def _box(of: Collection) -> Json:
    west, south, east, north = of.bounds
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
