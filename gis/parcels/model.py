"""A parcel as the rest of the platform sees it: one dated state under a number.

In: values read by `queries`.  Out: frozen `Parcel`, `Lineage`.  Shapes are in the jurisdiction's metric system; areas
are ground m² (`measured_area`) or what the register says (`recorded`), never mixed.
"""

from dataclasses import dataclass
from datetime import date, datetime

from shapely import MultiPolygon, Polygon

from gis.errors import Gone, NotFound
from gis.units import Area


class ParcelNotFound(NotFound):
    """No parcel has this number."""

    code = "no-parcel"


class ParcelGone(Gone):
    """The parcel was divided, merged or renumbered; its successors are named."""


@dataclass(frozen=True, kw_only=True)
class ParcelNumber:
    """The number as printed, and its parts where the register keeps them apart."""

    whole: str
    district: str | None = None
    taluk: str | None = None
    village: str | None = None
    block: str | None = None
    survey: str | None = None
    subdivision: str | None = None


@dataclass(frozen=True, kw_only=True)
class Span:
    """Days from `begins` up to, not including, `ends`; open where `ends` is None."""

    begins: date
    ends: date | None

    def holds(self, on: date) -> bool:
        """Whether a day lies in it."""
        return self.begins <= on and (self.ends is None or on < self.ends)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """Instants from `begins` up to, not including, `ends`; still believed where `ends` is None."""

    begins: datetime
    ends: datetime | None


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One state of a parcel (LADM LA_BAUnit with its LA_SpatialUnit)."""

    state: int
    jurisdiction: str
    number: ParcelNumber
    ulpin: str | None
    address: str | None
    land_type: str | None
    recorded_area: Area | None
    measured_area: float
    accuracy: float
    boundary: Polygon | MultiPolygon
    valid: Span
    recorded: Recorded
    begun_by: str
    instrument: str
    import_id: int | None


@dataclass(frozen=True, kw_only=True)
class Lineage:
    """A step between numbers: which came of which, why and from when."""

    kind: str
    on: date
    instrument: str
    predecessors: tuple[str, ...]
    successors: tuple[str, ...]
