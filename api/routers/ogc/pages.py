"""Every resource under /ogc as a page for people, in the look of the site and in both languages.

In: what a door has asked.  Out: HTML.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
from fastapi import Request
from fastapi.responses import Response

from api.routers.ogc.asked import Addresses, Asked, Json, addresses
from api.routers.ogc.described import CONFORMANCE, DOWNLOADS
from layers.collections.model import Collection
from layers.collections.systems import systems
from layers.words import Words
from web.answers import Place
from web.asking import Moment
from web.templating import page_for, render

SHOWN = 50
"""Features of a page for people, unless another number is asked for."""


def shown(request: Request, asked: Asked, template: str, *, moment: Json, **values: Any) -> Response:
    """A page about a place."""
    place = asked.place
    page = replace(
        page_for(request),
        code=place.code,
        place=Place(jurisdiction=place, bounds=None),
        moment=Moment(on=None, known=None),
    )
    name = Words.model_construct(en=place.name_en, ml=place.name_ml)
    answer = render(
        request,
        f"ogc/{template}.html",
        page,
        to=addresses(request, place.code),
        name=name,
        moment=moment,
        **values,
    )
    answer.headers["Vary"] = "Accept, Accept-Language, Cookie"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def service(request: Request, asked: Asked) -> Response:
    """Where people begin."""
    return shown(request, asked, "service", moment={})


def standards(request: Request, asked: Asked) -> Response:
    """The standards kept."""
    return shown(request, asked, "conformance", moment={}, standards=CONFORMANCE)


def words(request: Request, asked: Asked, content: Json) -> Response:
    """The words that addresses take, and the addresses."""
    components: Json = content["components"]  # type: ignore[assignment]
    known: dict[str, Json] = components["parameters"]  # type: ignore[assignment]
    return shown(
        request,
        asked,
        "words",
        moment={},
        words=list(known.values()),
        paths=list(content["paths"]),  # type: ignore[call-overload]
    )


def collections(request: Request, asked: Asked, moment: Json) -> Response:
    """All collections."""
    return shown(request, asked, "collections", moment=moment, collections=asked.collections)


def collection(request: Request, asked: Asked, of: Collection, moment: Json) -> Response:
    """One collection, its sources, its downloads."""
    return shown(
        request,
        asked,
        "collection",
        moment=moment,
        of=of,
        downloads=DOWNLOADS,
        systems=systems(asked.place.metric),
    )


def properties(request: Request, asked: Asked, of: Collection, moment: Json) -> Response:
    """What a feature has and filters may name."""
    return shown(request, asked, "properties", moment=moment, of=of)


def features(
    request: Request,
    asked: Asked,
    of: Collection,
    moment: Json,
    found: Sequence[tuple[int, bytes]],
    size: int,
) -> Response:
    """Features in a table; one more than fits says that there is a next page."""
    rows = [orjson.loads(text) for _, text in found[:size]]
    onward = None
    if len(found) > size:
        given: Json = {**request.query_params, **moment, "limit": size, "after": rows[-1]["id"], "f": "html"}
        onward = _items(addresses(request, asked.place.code), of, given)
    return shown(request, asked, "items", moment=moment, of=of, found=rows, onward=onward)


def _items(to: Addresses, of: Collection, given: Json) -> str:
    return to.to(f"/collections/{of.id}/items", given)


def one(request: Request, asked: Asked, of: Collection, text: bytes) -> Response:
    """One feature."""
    return shown(request, asked, "feature", moment={}, of=of, feature=orjson.loads(text))
