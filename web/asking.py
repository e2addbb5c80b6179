"""What a person typed into an address or a form, understood or refused with the remedy.

In: query values as text.  Out: positions and rings in degrees (EPSG:4326, longitude first), dates, instants.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from gis.errors import Invalid, NotFound, TooLarge
from gis.geojson import check_position
from web.answers import Place, Position

CORNERS = 200
"""Most corners of an area in an address; a larger one goes to the programming interface as GeoJSON."""

AROUND = 0.05
"""Degrees (about 5 km) around a place's records in which a drawn area is still answered for: its layers reach that far."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """The point in both times that a person chose; None where they did not."""

    on: date | None = None
    known: datetime | None = None

    @property
    def is_chosen(self) -> bool:
        """Whether the answer is for another time than now."""
        return self.on is not None or self.known is not None

    @property
    def query(self) -> Mapping[str, str]:
        """As it stands in an address."""
        parts: dict[str, str] = {}
        if self.on is not None:
            parts["on"] = self.on.isoformat()
        if self.known is not None:
            parts["known"] = instant_text(self.known)
        return parts


def instant_text(known: datetime) -> str:
    """An instant in an address: ISO in UTC, to the microsecond where it has one."""
    return known.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def day(text: str | None) -> date | None:
    """A date, or None where nothing was written."""
    if not text or not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(
            f"“{text[:40]}” is not a date. Write it as year-month-day, for example 2026-05-03.",
            code="bad-date",
        ) from error


def instant(text: str | None) -> datetime | None:
    """An instant, taken as UTC where it names no zone, or None where nothing was written."""
    if not text or not text.strip():
        return None
    try:
        known = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(
            f"“{text[:40]}” is not an instant. Write it as 2026-05-03T10:15:00Z, or as a date.",
            code="bad-date",
        ) from error
    return known if known.tzinfo else known.replace(tzinfo=UTC)


def moment(on: str | None, known: str | None) -> Moment:
    """The chosen point in both times."""
    return Moment(on=day(on), known=instant(known))


def position(text: str) -> Position:
    """A longitude and latitude, comma between; refused off the earth."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as error:
        raise Invalid(
            f"“{text[:40]}” is not a position. Write longitude,latitude in degrees, for example 76.30,9.98.",
            code="bad-position",
        ) from error
    if not (math.isfinite(lon) and math.isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise Invalid(
            f"The position {text[:40]} is not on the earth: longitude runs from -180 to 180, latitude from -90 to 90.",
            code="bad-position",
        )
    return lon, lat


def ring(text: str) -> tuple[Position, ...]:
    """The corners of a drawn area, `lon,lat~lon,lat~…`, not closed."""
    parts = [part for part in text.split("~") if part]
    if len(parts) > CORNERS:
        raise TooLarge(
            f"The area has {len(parts)} corners; at most {CORNERS} fit into an address. "
            "Draw it with fewer corners, or send it to the programming interface as GeoJSON."
        )
    corners = [position(part) for part in parts]
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    if len(set(corners)) < 3:
        raise Invalid(
            "An area needs at least three different corners. Draw it again on the map.", code="bad-area"
        )
    return tuple(corners)


def check_inside(place: Place | None, ring: Sequence[Sequence[float]]) -> None:
    """Refuse an area that lies wholly away from a place's records: every theme would only say that nothing is known."""
    for corner in ring:
        check_position(corner[0], corner[1])
    if place is None or place.bounds is None or len(ring) < 3:
        return
    box = place.bounds
    longitudes, latitudes = ([corner[axis] for corner in ring] for axis in (0, 1))
    if (
        max(longitudes) < box.west - AROUND
        or min(longitudes) > box.east + AROUND
        or max(latitudes) < box.south - AROUND
        or min(latitudes) > box.north + AROUND
    ):
        raise NotFound(
            f"The area lies outside {place.jurisdiction.name_en}, whose records reach from longitude {box.west:.4f} to"
            f" {box.east:.4f} and latitude {box.south:.4f} to {box.north:.4f}. Draw it there, longitude first, or ask"
            " another place.",
            code="outside",
        )
