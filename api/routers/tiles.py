"""Tiles for the map.

In: addresses under /tiles.  Out: vector tiles, each with the tag of its layers' state; 304 to who has it already; and archives of tiles
that the office has laid into the service's state, parts of them too.  A layer that
the place's catalogue does not have is `NotFound`: an empty tile would say that nothing of it lies there.  Plain questions about what
has been looked at just now take the short way (`api.tiles_at_hand`) and do not come here.
"""

from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api import archives_at_hand as archives
from api.answers import LandAnswers, as_of, day_asked, today
from api.beginnings import check_begun
from api.dependencies import LandDep, only_known_words
from api.documented import sent_as
from api.tile_door import Door, looked_at
from api.tile_words import MEDIA_TYPE, Asked
from gis.errors import Invalid, NotFound
from gis.jurisdictions import jurisdiction
from layers.catalogue import load
from tiles.shelf import Seen, Shelf
from tiles.vector import PARCELS, TileAddress
from tiles.versions import changes_of

router = APIRouter(prefix="/tiles", tags=["tiles"], dependencies=[Depends(only_known_words)])


async def _shelf(request: Request) -> Shelf:
    return cast(Shelf, request.app.state.shelf)


@router.get(
    "/archives/{name}.pmtiles",
    response_class=Response,
    responses=sent_as(archives.MEDIA_TYPE) | {206: {"description": "The part that a range of bytes names"}},
)
def archive(request: Request, name: str) -> Response:
    """A file of tiles (PMTiles), whole, or the part that a range of bytes names."""
    file = archives.archive_in(request.app.state.archives, f"{name}.pmtiles")
    if file is None:
        raise NotFound(f"There is no archive “{name[:40]}.pmtiles” here; the office lays them down.")
    return archives.whole(file)


@router.get(
    "/{code}/{z}/{x}/{y}.mvt",
    response_class=Response,
    responses=sent_as(MEDIA_TYPE),
)
async def vector_tile(
    request: Request,
    code: str,
    z: Annotated[int, Path()],
    x: Annotated[int, Path()],
    y: Annotated[int, Path()],
    land: LandDep,
    shelf: Annotated[Shelf, Depends(_shelf)],
    layers: str = PARCELS,
    on: date | None = None,
    known: datetime | None = None,
    v: Annotated[
        str | None,
        Query(
            description="Version from TileJSON; with a date, and while it is the last, it makes the tile final."
        ),
    ] = None,
) -> Response:
    """One vector tile with the layers named, separated by commas."""
    names = tuple(dict.fromkeys(name for name in layers.split(",") if name))
    asked = Asked(code=code, address=TileAddress(z=z, x=x, y=y), layers=names, on=on, known=known, v=v)
    door = await run_in_threadpool(_opened, land, shelf, asked)
    status, headers, body = await door.answer(request.headers, request.receive)
    return Response(body, status_code=status, headers=headers)


def _opened(land: LandAnswers, shelf: Shelf, asked: Asked) -> Door:
    """The door to a tile, after a look at the place; refuses what is not there, and moments of which nothing is known."""
    _check(_layers(land, asked.code), asked)
    day_asked(asked.on)
    check_begun(land.engine, asked.code, asked.on or today())
    seen = looked_at(shelf.look(asked.code, on=today(), since=asked.version), asked)
    if asked.known is None:
        return Door(shelf=shelf, seen=seen, asked=asked, changes=seen.changes)
    return _at_an_instant(land, shelf, seen, asked)


def _at_an_instant(land: LandAnswers, shelf: Shelf, seen: Seen, asked: Asked) -> Door:
    with Session(land.engine) as session, session.begin():
        place = jurisdiction(session, asked.code)
        at = as_of(session, place, on=asked.on, known=asked.known)
        changes = changes_of(session, place, known=at.known)
        return Door(shelf=shelf, seen=seen, asked=asked, changes=changes, known=at.known)


def _check(there: frozenset[str], asked: Asked) -> None:
    """Refuse names that are no layers of the place."""
    if not asked.layers:
        raise Invalid(
            f"Name at least one layer; /api/{asked.code}/catalogue lists them, and {PARCELS} is one."
        )
    unknown = [name for name in asked.layers if name not in there]
    if unknown:
        raise NotFound(
            f"There is no layer “{unknown[0][:40]}” here; /api/{asked.code}/catalogue lists them, and {PARCELS} is one."
        )


@lru_cache(maxsize=64)
def _layers(land: LandAnswers, code: str) -> frozenset[str]:
    """Names that a tile of a place may have; a place keeps its catalogue for good, so they are looked up once."""
    for each in land.jurisdictions():
        if each.jurisdiction.code == code:
            return frozenset(layer.id for layer in load(each.jurisdiction.catalogue).layers) | {PARCELS}
    land.metric(code)  # refuses an unknown place, with the known ones
    return frozenset()
