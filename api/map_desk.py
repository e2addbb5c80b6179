"""Who answers for the map on paper, and what base map the settings name.

In: the land's answers, settings.  Out: `GroundSheet` from one short transaction; `BaseMap` and the origin of its pictures.
"""

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urlsplit

from shapely import Polygon
from sqlalchemy.orm import Session

from api.answers import LandAnswers, as_of
from api.beginnings import check_begun
from api.settings import Settings
from gis.jurisdictions import jurisdiction
from layers.sheet import GroundSheet, ground_sheet
from tiles.ramps import Theme
from web.mapping import BaseMap

PICTURES = {*(theme.value for theme in Theme), "base"}
"""What the map shows beside shapes, and paper does not."""


class MapDesk:
    """Answers from the database."""

    def __init__(self, land: LandAnswers) -> None:
        self.land = land

    def sheet(
        self, code: str, box: Polygon, layers: Sequence[str], *, on: date | None, known: datetime | None
    ) -> GroundSheet:
        """What lies on a box of ground in the place's metric system; layers of values on a grid are passed over."""
        check_begun(self.land.engine, code, on)
        shapes = [name for name in layers if name not in PICTURES]
        with Session(self.land.engine) as session, session.begin():
            place = jurisdiction(session, code)
            return ground_sheet(
                session, place, box, layers=shapes, at=as_of(session, place, on=on, known=known)
            )


def base_of(settings: Settings) -> BaseMap | None:
    """The base map of the settings; None where they name none."""
    if settings.base_map is None:
        return None
    return BaseMap(
        tiles=settings.base_map, deepest=settings.base_map_deepest, credit=settings.base_map_credit
    )


def origin_of(settings: Settings) -> str | None:
    """Scheme and host of the base map's pictures, for the policy that keeps pages to their own host."""
    if settings.base_map is None:
        return None
    parts = urlsplit(settings.base_map)
    return f"{parts.scheme}://{parts.netloc}"
