"""A place whose parcels are stored for tiles, and tiles of its ground, for tests.

In: an engine on a migrated database.  Out: the place; tile addresses over positions in metres.
"""

from datetime import date
from math import asinh, pi, radians, tan

from shapely import Point
from sqlalchemy import Engine

from gis.crs import to_geographic
from gis.db.session import transaction
from gis.place import Jurisdiction
from tests.builders import KERALA, a_new_parcel, a_place, register
from tiles.vector import TileAddress

TODAY = date(2026, 1, 1)
SIDE = 5
"""Plots in a row, and rows."""


def settle(engine: Engine, code: str = "test-town") -> Jurisdiction:
    """A place of 25 plots of 20 by 30 metres, numbers 12/1 to 12/25."""
    with transaction(engine) as session:
        place = a_place(session, code)
        plots = [
            a_new_parcel(f"12/{1 + row * SIDE + each}", x=20 * each, y=30 * row)
            for row in range(SIDE)
            for each in range(SIDE)
        ]
        register(session, place, plots)
    return place


def tile_over(zoom: int, x: float = 50, y: float = 75, metric: int = 32643) -> TileAddress:
    """The tile over a position in metres from the test corner."""
    point = to_geographic(Point(KERALA[0] + x, KERALA[1] + y), metric)
    count = 2**zoom
    down = (1 - asinh(tan(radians(point.y))) / pi) / 2
    return TileAddress(z=zoom, x=int((point.x + 180) / 360 * count), y=int(down * count))
