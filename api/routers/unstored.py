"""Tiles of what is not stored: the findings of a checked plan, what a plot could carry, an area that somebody draws.

In: tile addresses under /tiles/{place}.  Out: vector tiles of one layer each, with the tag of their content; 304 to who has it.
"""

from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from api.dependencies import LandDep, only_known_words
from api.documented import sent_as
from api.routers.plans import DeskDep
from api.tile_words import ASKED_AGAIN, MEDIA_TYPE, has_tag, wrapped
from gis.crs import to_geographic
from gis.errors import NotFound
from gis.geojson import drawn_area
from gis.geometry import ground_area
from rules.envelope_document import to_geojson
from tiles.unstored import Loose, features_in, unstored_tile
from tiles.vector import TileAddress
from web.asking import ring
from web.check_map import ground_of

router = APIRouter(prefix="/tiles", tags=["tiles"], dependencies=[Depends(only_known_words)])
PLAN, ENVELOPE, DRAWN = "plan", "envelope", "drawn"
MISSING = {
    "not_laid": "the drawing does not fit its plot",
    "uncertain": "it is not certain how the drawing lies on its plot",
    "not_kept": "no drawing on the ground is kept of it",
}


async def address_of(
    z: Annotated[int, Path()], x: Annotated[int, Path()], y: Annotated[int, Path()]
) -> TileAddress:
    """The tile that is asked for."""
    return TileAddress(z=z, x=x, y=y)


AddressDep = Annotated[TileAddress, Depends(address_of)]


@router.get("/{code}/check/{key}/{z}/{x}/{y}.mvt", response_class=Response, responses=sent_as(MEDIA_TYPE))
def plan_tile(code: str, key: str, request: Request, address: AddressDep, desk: DeskDep) -> Response:
    """A checked plan on its plot, the place of each finding with its outcome, as layer `plan`; for as long as the check is kept."""
    kept = desk.kept(code, key)
    missing = ground_of(kept.found, kept.ground).missing
    if missing is not None:
        raise NotFound(f"This plan stands on no map: {MISSING[missing]}.")
    return answered(request, unstored_tile(address, PLAN, features_in(kept.ground)))


@router.get("/{code}/envelope/{z}/{x}/{y}.mvt", response_class=Response, responses=sent_as(MEDIA_TYPE))
def envelope_tile(
    code: str,
    request: Request,
    address: AddressDep,
    desk: DeskDep,
    number: str,
    occupancy: Annotated[str, Query(description="Group of rule 25, or part of one, such as A1.")],
    storey: Annotated[Decimal, Query(description="Metres of a storey: the asker's assumption.")],
    front: Annotated[str | None, Query(description="Reference of the street in front.")] = None,
    on: Annotated[date | None, Query(description="Day of the permit; today in Kerala unless given.")] = None,
) -> Response:
    """What a plot could carry, band by band with `bottom` and `top` in metres, as layer `envelope`."""
    found, site = desk.envelope(code, number, occupancy=occupancy, storey_height=storey, front=front, on=on)
    return answered(request, unstored_tile(address, ENVELOPE, features_in(to_geojson(found, site))))


@router.get("/{code}/drawn/{z}/{x}/{y}.mvt", response_class=Response, responses=sent_as(MEDIA_TYPE))
def drawn_tile(
    code: str,
    request: Request,
    address: AddressDep,
    land: LandDep,
    area: Annotated[str, Query(description="Corners, as on the map page: lon,lat~lon,lat~lon,lat.")],
) -> Response:
    """An area that somebody draws, with its `area` in m² on the ground, as layer `drawn`."""
    metric = land.metric(code)
    shape = drawn_area([list(ring(area))], metric)
    told = {"area": round(ground_area(shape, metric), 2)}
    drawn = Loose(shape=to_geographic(shape, metric), told=told)
    return answered(request, unstored_tile(address, DRAWN, [drawn]))


def answered(request: Request, content: bytes) -> Response:
    """A tile, sent only where it differs from what the client has."""
    headers = {
        "ETag": f'W/"{sha256(content).hexdigest()[:32]}"',
        "Cache-Control": ASKED_AGAIN,
        "Vary": "Accept-Encoding",
    }
    if has_tag(headers["ETag"], request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    body = wrapped(content, headers, accepted=request.headers.get("accept-encoding", ""))
    return Response(body, headers=headers)
