"""Tiles for the map.

In: tile addresses under /tiles.  Out: vector tiles; an address with a version may be kept for good.
"""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from api.dependencies import LandDep
from tiles.vector import TileAddress

router = APIRouter(prefix="/tiles", tags=["tiles"])

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
ASKED_AGAIN = "no-cache"


@router.get("/{code}/{z}/{x}/{y}.mvt")
def vector_tile(
    code: str,
    z: Annotated[int, Path()],
    x: Annotated[int, Path()],
    y: Annotated[int, Path()],
    land: LandDep,
    layers: str = "parcels",
    on: date | None = None,
    known: datetime | None = None,
    v: Annotated[
        str | None, Query(description="Version from the catalogue; with a date it makes the tile final.")
    ] = None,
) -> Response:
    """One vector tile with the layers named, separated by commas."""
    wanted = [name for name in layers.split(",") if name]
    content = land.tile(code, TileAddress(z=z, x=x, y=y), wanted, on=on, known=known)
    kept = KEPT_FOR_GOOD if v and on else ASKED_AGAIN
    return Response(content, media_type=MEDIA_TYPE, headers={"Cache-Control": kept})
