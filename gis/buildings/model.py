"""A building as the rest of the platform sees it: one dated state of an object on the ground.  It names no party.

In: values read by `queries`, or to be recorded by `changes`.  Out: frozen dataclasses; footprints in the jurisdiction's
metric system, `footprint_area` in ground m².
"""

from dataclasses import dataclass
from enum import StrEnum

from shapely import MultiPolygon, Polygon

from gis.errors import Gone, NotFound
from gis.parcels.model import Recorded, Span


class BuildingNotFound(NotFound):
    """No building has this identifier in the place."""


class BuildingGone(Gone):
    """The building was taken down."""


class Origin(StrEnum):
    """How a building came into the record."""

    PERMIT = "permit"
    SURVEY = "survey"
    CLAIM = "claim"
    """Somebody says so; nobody has looked."""


@dataclass(frozen=True, kw_only=True)
class NewBuilding:
    """What is to be recorded of a building; what is not known is None."""

    numbers: tuple[str, ...]
    origin: Origin
    door_number: str | None = None
    storeys: int | None = None
    use: str | None = None
    footprint: Polygon | MultiPolygon | None = None


@dataclass(frozen=True, kw_only=True)
class Building:
    """One state of a building."""

    id: int
    jurisdiction: str
    numbers: tuple[str, ...]
    """The parcels it stands on, as numbered when the state was recorded."""
    door_number: str | None
    storeys: int | None
    use: str | None
    footprint: Polygon | MultiPolygon | None
    footprint_area: float | None
    origin: Origin
    instrument: str
    ended_by: str | None
    valid: Span
    recorded: Recorded
