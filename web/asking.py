"""What a person typed into an address or a form, understood or refused with the remedy.

In: query values as text.  Out: positions and rings in degrees (EPSG:4326, longitude first), dates, instants.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from gis.errors import Invalid, TooLarge
from web.answers import Position

CORNERS = 200
"""Most corners of an area in an address; a larger one goes to the programming interface as GeoJSON."""


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
            f"“{text[:40]}” is not a date. Write it as year-month-day, for example 2026-05-03."
        ) from error


def instant(text: str | None) -> datetime | None:
    """An instant, taken as UTC where it names no zone, or None where nothing was written."""
    if not text or not text.strip():
        return None
    try:
        known = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(
            f"“{text[:40]}” is not an instant. Write it as 2026-05-03T10:15:00Z, or as a date."
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
            f"“{text[:40]}” is not a position. Write longitude,latitude in degrees, for example 76.30,9.98."
        ) from error
    if not (math.isfinite(lon) and math.isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise Invalid(
            f"The position {text[:40]} is not on the earth: longitude runs from -180 to 180, latitude from -90 to 90."
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
        raise Invalid("An area needs at least three different corners. Draw it again on the map.")
    return tuple(corners)
