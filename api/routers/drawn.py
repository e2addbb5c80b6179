"""How the land is drawn, for programs that draw it themselves: TileJSON and a MapLibre style.

In: addresses under /tiles/{place}.  Out: JSON with absolute addresses of this host; every answer has an ETag, and is 304 to who
has it already.  A layer of which nothing was brought in is `NotFound`: a map without it would say that nothing of it lies there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api.answers import SHOWN_AT_FIRST, LandAnswers, as_of
from api.beginnings import check_begun
from api.dependencies import LandDep, only_known_words
from gis.asof import AsOf
from gis.errors import NotFound
from gis.jurisdictions import jurisdiction
from gis.place import Jurisdiction
from layers.bounds import bounds
from tiles.heights import box_of, models
from tiles.ramps import Theme
from tiles.raster import credited, deepest_tile, raster_address
from tiles.style import Relief, style
from tiles.tilejson import Box, DrawnLayer, chosen, drawn_layers, tilejson
from tiles.vector import PARCELS

router = APIRouter(tags=["tiles"], dependencies=[Depends(only_known_words)])

On = Annotated[date | None, Query(description="Date of validity; today in Kerala unless given.")]
Known = Annotated[
    datetime | None, Query(description="Instant of knowledge; the last recording unless given.")
]
Names = Annotated[
    Literal["en", "ml", "both"], Query(description="Language of names on the map; both: one above the other.")
]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A place at a point in both times, and a session to ask about it."""

    session: Session
    place: Jurisdiction
    at: AsOf


@contextmanager
def asking(land: LandAnswers, code: str, *, on: date | None, known: datetime | None) -> Iterator[Asked]:
    """One short transaction about a place; `NotFound` for a day before anything of it is known."""
    check_begun(land.engine, code, on)
    with Session(land.engine) as session, session.begin():
        place = jurisdiction(session, code)
        yield Asked(session=session, place=place, at=as_of(session, place, on=on, known=known))


@router.get("/tiles/{code}/tilejson.json")
def tilejson_of(
    code: str,
    request: Request,
    land: LandDep,
    layers: Annotated[str, Query(description="Names of layers, separated by commas.")] = PARCELS,
    on: On = None,
    known: Known = None,
) -> Response:
    """TileJSON 3.0.0 of vector tiles with these layers: attributes, zooms, bounds, licences, versioned address."""
    with asking(land, code, on=on, known=known) as asked:
        drawn = chosen(drawn_layers(asked.session, asked.place, at=asked.at), _named(layers), asked.place)
        content = tilejson(
            asked.place, drawn, bounds=_bounds(asked), root=root_of(request), moment=moment_of(on, known)
        )
    return answered(request, content)


@router.get("/tiles/{code}/style.json")
def style_of(
    code: str,
    request: Request,
    land: LandDep,
    layers: Annotated[
        str | None, Query(description="Names of layers, separated by commas; all of them unless given.")
    ] = None,
    names: Names = "both",
    on: On = None,
    known: Known = None,
) -> Response:
    """A MapLibre style of the place; without `layers` it holds all, and shows plots, roads and water at first."""
    with asking(land, code, on=on, known=known) as asked:
        drawn = drawn_layers(asked.session, asked.place, at=asked.at)
        if layers is not None:
            drawn = chosen(drawn, _named(layers), asked.place)
        raised = _relief(asked, land, root=root_of(request), moment=moment_of(on, known))
        content = style(
            asked.place,
            drawn,
            shown={each.id for each in drawn if layers is not None or _is_shown_at_first(each)},
            names=names,
            bounds=_bounds(asked),
            root=root_of(request),
            moment=moment_of(on, known),
            relief=raised if layers is None else None,
        )
    return answered(request, content)


def _relief(asked: Asked, land: LandAnswers, *, root: str, moment: dict[str, str]) -> Relief | None:
    """Heights for the style; none where their files are gone: a map without shade is still a map."""
    held = models(asked.session, asked.place, at=asked.at, folder=land.rasters)
    if not held or not all(each.path.is_file() for each in held):
        return None
    address = raster_address(asked.place, held, Theme.TERRAIN_RGB, ramp=None, root=root, moment=moment)
    return Relief(
        address=address, bounds=box_of(held), deepest=deepest_tile(held), attribution=credited(held)
    )


def answered(request: Request, content: object) -> Response:
    """JSON that is asked for again each time, and sent only where it differs from what the client has."""
    body = orjson.dumps(content)
    headers = {"ETag": f'"{sha256(body).hexdigest()[:32]}"', "Cache-Control": "no-cache"}
    if has_it(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def has_it(request: Request, tag: str) -> bool:
    """Whether the client says that it has the answer of this tag (RFC 9110, 13.1.2: weak comparison)."""
    given = request.headers.get("if-none-match", "")
    tags = {each.strip().removeprefix("W/") for each in given.split(",")}
    return tag in tags or "*" in tags


def _named(layers: str) -> list[str]:
    return [name for name in layers.split(",") if name]


def _is_shown_at_first(drawn: DrawnLayer) -> bool:
    return drawn.entry is None or drawn.entry.role in SHOWN_AT_FIRST


def _bounds(asked: Asked) -> Box:
    box = bounds(asked.session, asked.place, known=asked.at.known)
    if box is None:
        raise NotFound(
            f"Nothing that could be drawn has been brought in for {asked.place.name_en}; import it first."
        )
    return box


def root_of(request: Request) -> str:
    """The address of this service as the client knows it."""
    return str(request.base_url).rstrip("/")


def moment_of(on: date | None, known: datetime | None) -> dict[str, str]:
    """What was chosen of both times, for the addresses of tiles."""
    given = {"on": on, "known": known}
    return {word: value.isoformat() for word, value in given.items() if value is not None}
