"""Tiles for the map.

In: tile addresses under /tiles.  Out: vector tiles; an address with a version may be kept for good.  A layer that the place's
catalogue does not have is `NotFound`: an empty tile would say that nothing of it lies there.  Parcels alone are drawn from the
column store within the event loop, some milliseconds a tile at most; everything else waits in a thread for PostGIS.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from api.answers import LandAnswers, today
from api.dependencies import LandDep, only_known_words
from gis.errors import Invalid, NotFound
from layers.catalogue import load
from tiles.packing import packed
from tiles.shelf import Seen, Shelf, drawn
from tiles.store import Store
from tiles.vector import PARCELS, PARCELS_FROM_ZOOM, TileAddress

router = APIRouter(prefix="/tiles", tags=["tiles"], dependencies=[Depends(only_known_words)])

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
ASKED_AGAIN = "no-cache"
DRAWN_TO_ZOOM = 20
"""The deepest zoom that the column store is fine enough for."""
WORTH_PACKING = 500
"""Bytes."""


async def _shelf(request: Request) -> Shelf:
    return cast(Shelf, request.app.state.shelf)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a tile is asked for."""

    code: str
    address: TileAddress
    layers: str
    on: date | None
    known: datetime | None
    v: str | None

    @property
    def since(self) -> datetime | None:
        """The recording that the version in the address stands for: whoever names it has seen it."""
        if not self.v or not self.v.isdecimal() or len(self.v) > 18:
            return None
        return datetime.fromtimestamp(int(self.v) / 1_000_000, UTC)

    def store(self, seen: Seen | None) -> Store | None:
        """The store that answers, if one does."""
        day = today()
        is_deep = PARCELS_FROM_ZOOM <= self.address.z <= DRAWN_TO_ZOOM
        if seen is None or not is_deep or (self.on or day) > day:
            return None
        return seen.parcels(self.on or day, self.known)


@router.get("/{code}/{z}/{x}/{y}.mvt")
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
        str | None, Query(description="Version from the catalogue; with a date it makes the tile final.")
    ] = None,
) -> Response:
    """One vector tile with the layers named, separated by commas."""
    asked = Asked(code=code, address=TileAddress(z=z, x=x, y=y), layers=layers, on=on, known=known, v=v)
    if layers == PARCELS:
        store = asked.store(shelf.seen(code, since=asked.since))
        if store is not None:
            return _of_store(request, store, asked)
    return await run_in_threadpool(_looked_up, request, land, shelf, asked)


def _of_store(request: Request, store: Store, asked: Asked) -> Response:
    """Parcels alone; nothing is drawn for who has them already."""
    tag = f'W/"{store.standing.name}"'
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"ETag": tag, **_kept(asked)})
    return _answer(request, asked, drawn(store, asked.address), {"ETag": tag})


def _looked_up(request: Request, land: LandAnswers, shelf: Shelf, asked: Asked) -> Response:
    """The tile after a look into the database."""
    wanted = _wanted(land, asked.code, asked.layers)
    if PARCELS in wanted and PARCELS_FROM_ZOOM <= asked.address.z <= DRAWN_TO_ZOOM:
        store = asked.store(shelf.look(asked.code, on=today(), since=asked.since))
        if store is not None:
            others = [layer for layer in wanted if layer != PARCELS]
            if not others:
                return _of_store(request, store, asked)
            content = drawn(store, asked.address) + _stored(land, shelf, asked, others)
            return _answer(request, asked, content)
    return _answer(request, asked, _stored(land, shelf, asked, wanted))


def _stored(land: LandAnswers, shelf: Shelf, asked: Asked, wanted: list[str]) -> bytes:
    """Layers as PostGIS draws them, once for all who wait for the same."""
    return shelf.once.answer(
        (asked, tuple(wanted)),
        lambda: land.tile(asked.code, asked.address, wanted, on=asked.on, known=asked.known),
    )


def _answer(request: Request, asked: Asked, content: bytes, also: dict[str, str] | None = None) -> Response:
    headers = {**_kept(asked), **(also or {})}
    if len(content) >= WORTH_PACKING and _takes_gzip(request.headers.get("accept-encoding", "")):
        content = packed(content)
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


def _kept(asked: Asked) -> dict[str, str]:
    kept = KEPT_FOR_GOOD if asked.v and asked.on else ASKED_AGAIN
    return {"Cache-Control": kept, "Vary": "Accept-Encoding"}


def _takes_gzip(accepted: str) -> bool:
    """Whether a list of encodings has gzip, and not with a weight of nought."""
    for each in accepted.lower().split(","):
        name, _, weight = each.replace(" ", "").partition(";")
        if name == "gzip":
            return weight.removeprefix("q=").strip("0.") != "" or not weight
    return False


def _wanted(land: LandAnswers, code: str, layers: str) -> list[str]:
    """The names asked for, all of them known."""
    wanted = [name for name in layers.split(",") if name]
    if not wanted:
        raise Invalid(f"Name at least one layer; /api/{code}/catalogue lists them, and {PARCELS} is one.")
    unknown = [name for name in wanted if name not in _layers(land, code)]
    if unknown:
        raise NotFound(
            f"There is no layer “{unknown[0][:40]}” here; /api/{code}/catalogue lists them, and {PARCELS} is one."
        )
    return wanted


@lru_cache(maxsize=64)
def _layers(land: LandAnswers, code: str) -> frozenset[str]:
    """Names that a tile of a place may have; a place keeps its catalogue for good, so they are looked up once."""
    for each in land.jurisdictions():
        if each.jurisdiction.code == code:
            return frozenset(layer.id for layer in load(each.jurisdiction.catalogue).layers) | {PARCELS}
    land.metric(code)  # refuses an unknown place, with the known ones
    return frozenset()
