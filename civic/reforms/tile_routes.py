"""The plots of a study as vector tiles: a reform that is thought of, on any map.

In: the address of a study and of a tile.  Out: a tile of one layer, `reform`; a study that is done never changes, and neither do its tiles.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from civic.core.http import ANYONE, TownDep, TownRoute, allowed
from civic.reforms.found import on_the_map
from civic.reforms.studies import PLOTS, file_of, followed_at
from tiles.unstored import features_in, unstored_tile
from tiles.vector import TileAddress

router = APIRouter(route_class=TownRoute, include_in_schema=False)
Key = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{22}$")]
LAYER = "reform"
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
FOR_A_DAY = {"Cache-Control": "private, max-age=86400, immutable"}


@router.get("/town/{body}/reforms/{key}/plots/{z}/{x}/{y}.mvt", dependencies=[allowed(ANYONE)])
def plots_tile(town: TownDep, key: Key, z: int, x: int, y: int) -> Response:
    """The plots of a study in one tile, with number, effect and change."""
    address = TileAddress(z=z, x=x, y=y)
    plots = on_the_map(file_of(town.session, followed_at(town.session, key), PLOTS))
    return Response(
        unstored_tile(address, LAYER, features_in(plots)), media_type=MEDIA_TYPE, headers=FOR_A_DAY
    )
