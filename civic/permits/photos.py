"""What a photograph says of itself, and a copy of it that says nothing but the picture.

In: the bytes of a picture.  Out: place and time as its Exif has them (CIPA DC-008), or a JPEG without any metadata.  Only the
header is read for the first; a picture of more than `MOST_PIXELS` is not unpacked for the second.
"""

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from civic.permits.nearness import Fix
from gis.errors import Invalid, TooLarge

FORMATS = ("JPEG", "MPO", "PNG", "WEBP")
"""What is opened; a telephone's HEIC is kept as it is and says nothing."""
MOST_PIXELS = 80_000_000
LONGEST_SIDE, QUALITY = 2560, 85
"""Pixels and JPEG quality of a copy for publishing."""
_UNREADABLE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    EOFError,
    struct.error,
)
"""What reading a harmed picture raises."""


@dataclass(frozen=True, kw_only=True)
class Inside:
    """Place and time out of a picture's own metadata; None where it has none."""

    fix: Fix | None = None
    taken: datetime | None = None


def inside(data: bytes, *, time_zone: str) -> Inside:
    """What a picture says of its place and time; a time without zone is one of the local body's clock."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            exif = picture.getexif()
            own = dict(exif.get_ifd(ExifTags.IFD.Exif))
            place = dict(exif.get_ifd(ExifTags.IFD.GPSInfo))
    except _UNREADABLE:
        return Inside()
    return Inside(fix=_fix(place), taken=_taken(own, place, time_zone))


def _fix(place: Mapping[int, Any]) -> Fix | None:
    try:
        longitude = _degrees(place[ExifTags.GPS.GPSLongitude], place[ExifTags.GPS.GPSLongitudeRef], "W")
        latitude = _degrees(place[ExifTags.GPS.GPSLatitude], place[ExifTags.GPS.GPSLatitudeRef], "S")
        error = place.get(ExifTags.GPS.GPSHPositioningError)
        accuracy = None if error is None else float(error)
    except _UNREADABLE:
        return None
    if not (abs(longitude) <= 180 and abs(latitude) <= 90) or (longitude, latitude) == (0.0, 0.0):
        return None  # 0, 0 is what a camera writes that knew none
    if accuracy is not None and not 0 <= accuracy < 1e6:
        accuracy = None
    return Fix(longitude=longitude, latitude=latitude, accuracy=accuracy)


def _degrees(parts: Any, side: str, negative: str) -> float:
    degrees, minutes, seconds = (float(each) for each in parts)
    whole = degrees + minutes / 60 + seconds / 3600
    return round(-whole if side == negative else whole, 8)


def _taken(own: Mapping[int, Any], place: Mapping[int, Any], time_zone: str) -> datetime | None:
    try:
        day = str(place[ExifTags.GPS.GPSDateStamp]).replace(":", "-")
        hour, minute, second = (int(float(each)) for each in place[ExifTags.GPS.GPSTimeStamp])
        return datetime.fromisoformat(day).replace(hour=hour, minute=minute, second=second, tzinfo=UTC)
    except _UNREADABLE:
        pass  # the receiver's own time is the better one, but many cameras have a clock only
    try:
        day, _, clock = str(own[ExifTags.Base.DateTimeOriginal]).partition(" ")
        offset = str(own.get(ExifTags.Base.OffsetTimeOriginal, "")).strip()
        written = datetime.fromisoformat(f"{day.replace(':', '-')}T{clock}{offset}")
        zone = written.tzinfo or ZoneInfo(time_zone)
        return written.replace(tzinfo=zone).astimezone(UTC)
    except _UNREADABLE:
        return None


def without_metadata(data: bytes) -> bytes:
    """The picture as a JPEG turned upright, at most `LONGEST_SIDE` long, with no metadata at all."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise TooLarge(f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels.")
            plain = ImageOps.exif_transpose(picture).convert("RGB")
    except TooLarge:
        raise
    except _UNREADABLE as error:
        raise Invalid(
            "No copy without metadata can be made of this file. Publish one that you made yourself, on the page of"
            " documents."
        ) from error
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    made = Image.new("RGB", plain.size)
    made.paste(plain)
    copy = io.BytesIO()
    made.save(copy, "JPEG", quality=QUALITY)
    return copy.getvalue()
