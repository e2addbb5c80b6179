"""Features of a collection, page by page, and one by its number.

In: addresses under /ogc/{code}/collections.  Out: GeoJSON that leaves while PostgreSQL writes it.  A page goes on from the number
of its last feature, on the same day and as known at the same instant, so that nothing is missed or seen twice, whatever changes.
"""

from contextlib import ExitStack, closing
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from api.dependencies import LandDep, only_known_words
from api.documented import sent_as
from api.routers.ogc import pages
from api.routers.ogc.asked import (
    GEOJSON,
    HTML,
    Addresses,
    Asked,
    IsPage,
    Json,
    Known,
    On,
    addresses,
    asking,
    further_words,
    is_for_people,
)
from api.routers.ogc.fresh import copy_of, unchanged
from api.routers.ogc.streaming import packed_for, sent
from api.routers.ogc.wanted import LARGEST, ItemsIn, words_of
from layers.collections.features import feature, features
from layers.collections.model import Collection
from layers.collections.page import Rest, page
from layers.collections.question import DEFAULT, MOST, Days, Question
from layers.collections.systems import System, system_named

router = APIRouter(prefix="/ogc", tags=["ogc"])

OWN_WORDS = words_of(ItemsIn)
Number = Annotated[int, Path(ge=0, le=LARGEST, description="The number of the feature.")]


@router.get(
    "/{code}/collections/{collection}/items", response_class=Response, responses=sent_as(GEOJSON, HTML)
)
def items(
    code: str,
    collection: str,
    request: Request,
    land: LandDep,
    asks: Annotated[ItemsIn, Query()],
) -> Response:
    """Features: of a box, a time, of properties with given values (`?village=…`), of a CQL2 filter."""
    properties = further_words(request, OWN_WORDS)
    is_page = is_for_people(request, asks.f)
    with ExitStack() as stack:
        asked = stack.enter_context(asking(land, code, on=asks.on, known=asks.known))
        of = asked.collection(collection)
        size = min(asks.limit or (pages.SHOWN if is_page else DEFAULT), MOST)
        question = asks.question(asked, of, properties, after=asks.after, limit=size + 1)
        if is_page:
            shown = list(features(asked.session, question))
            return pages.features(request, asked, of, asks.moment(asked, of), shown, size)
        copy = copy_of(request, question, is_day_named=asks.on is not None)
        headers = _headers(question.system) | copy.headers
        if copy.is_held_by(request):
            return unchanged(headers)
        rest = _rest(request, addresses(request, code), asks, asked, of, size)
        found = stack.enter_context(closing(features(asked.session, question)))
        chunks = page(found, limit=size, rest=rest)
        held = stack.pop_all()
    return sent(request, chunks, held, asked.session, media=GEOJSON, headers=headers)


def _headers(system: System) -> dict[str, str]:
    return {
        "Content-Crs": f"<{system.uri}>",
        "Cache-Control": "no-cache",
        "Vary": "Accept, Accept-Encoding",
    }


def _rest(request: Request, to: Addresses, asks: ItemsIn, asked: Asked, of: Collection, size: int) -> Rest:
    """What stands after the features of a page: its links, and how many there were; how many there are where it is all."""
    given: Json = {**request.query_params, "limit": size}
    path = f"/collections/{of.id}/items"

    def rest(count: int, last: int | None) -> bytes:
        links = [
            to.link(path, "self", GEOJSON, "This page", given),
            to.link(path, "alternate", HTML, "This page for people", {**given, "f": "html"}),
            to.link(f"/collections/{of.id}", "collection", "application/json", of.title.en),
        ]
        if last is not None:
            onward = {**given, **asks.moment(asked, of), "after": last}
            links.append(to.link(path, "next", GEOJSON, "The next page", onward))
        content: Json = {"links": links, "numberReturned": count}
        if last is None and asks.after is None:
            content["numberMatched"] = count
        return orjson.dumps(content)[1:]

    return rest


@router.get(
    "/{code}/collections/{collection}/items/{feature_id}",
    dependencies=[Depends(only_known_words)],
    response_class=Response,
    responses=sent_as(GEOJSON, HTML),
)
def item(
    code: str,
    collection: str,
    feature_id: Number,
    request: Request,
    land: LandDep,
    is_page: IsPage,
    crs: str | None = None,
    on: On = None,
    known: Known = None,
) -> Response:
    """One feature by its number; one that holds no longer too, unless a day is given."""
    with asking(land, code, on=on, known=known) as asked:
        of = asked.collection(collection)
        days = Days(first=on, last=on) if on else Days(first=None, last=None)
        system = system_named(asked.place, crs, word="crs")
        question = Question(collection=of, days=days, conditions=(), system=system, after=None, limit=None)
        text = feature(asked.session, question, feature_id)
        if is_page:
            return pages.one(request, asked, of, text)
    copy = copy_of(request, question, is_day_named=on is not None or not of.tells_the_day)
    headers = _headers(system) | copy.headers
    if copy.is_held_by(request):
        return unchanged(headers)
    to, path = addresses(request, code), f"/collections/{of.id}"
    given: Json = dict(request.query_params)
    links = [
        to.link(f"{path}/items/{feature_id}", "self", GEOJSON, "This feature", given),
        to.link(
            f"{path}/items/{feature_id}", "alternate", HTML, "This feature for people", {**given, "f": "html"}
        ),
        to.link(path, "collection", "application/json", of.title.en),
    ]
    body = text[:-1] + b',"links":' + orjson.dumps(links) + b"}"
    return packed_for(request, body, media=GEOJSON, headers=headers)
