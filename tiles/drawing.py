"""Tiles that PostGIS draws for the service: one statement for a layer, on connections kept for nothing else.

In: an engine, a place, a tile address, layers, a point in both times.  Out: the tile's bytes; empty far from the place's metric
system.  Each statement is a transaction of its own and is planned for its own ground; it ends when its errand is given up.
"""

from functools import lru_cache

from sqlalchemy import Engine, QueuePool, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.crs import crs_of
from gis.db.quick import connection_of
from gis.db.session import make_engine
from gis.place import Jurisdiction
from tiles.once import Errand
from tiles.vector import TileAddress, layers_drawn

OPTIONS = "-c timezone=UTC -c jit=off -c plan_cache_mode=force_custom_plan"
"""A plan for any tile, which PostgreSQL turns to after some, reads the whole place: ten times as slow."""
FAR = 5.0
"""Degrees beyond the land for which a metric system is meant; much farther off positions have none in it."""


class Drawing:
    """Draws on connections of its own, which end together with the engine of the same database."""

    def __init__(self, engine: Engine) -> None:
        size = engine.pool.size() if isinstance(engine.pool, QueuePool) else 5
        self.engine = make_engine(
            engine.url,
            pool_size=size,
            pool_pre_ping=False,
            isolation_level="AUTOCOMMIT",
            connect_args={"options": OPTIONS},
        )
        event.listen(engine, "engine_disposed", lambda _: self.engine.dispose())

    def tile(
        self, place: Jurisdiction, address: TileAddress, *, layers: list[str], at: AsOf, errand: Errand
    ) -> bytes:
        """A tile; asked once more where the server has ended the connection meanwhile."""
        if not address.meets(*_reach(place.metric)):
            return b""
        try:
            return self._tile(place, address, layers, at, errand)
        except OperationalError as error:
            if not error.connection_invalidated:
                raise
            return self._tile(place, address, layers, at, errand)

    def _tile(
        self, place: Jurisdiction, address: TileAddress, layers: list[str], at: AsOf, errand: Errand
    ) -> bytes:
        with Session(self.engine) as session, errand.on(connection_of(session)):
            return layers_drawn(session, place, address, layers=layers, at=at)


@lru_cache(maxsize=64)
def _reach(metric: int) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees, beyond which nothing is drawn in a metric system (EPSG)."""
    use = crs_of(metric).area_of_use
    if use is None:
        return (-180, -90, 180, 90)
    return (use.west - FAR, use.south - FAR, use.east + FAR, use.north + FAR)
