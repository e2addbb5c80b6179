"""Photographs for tests: small pictures whose own metadata say where and when they were taken.

In: degrees, an instant.  Out: the bytes of a JPEG as a telephone makes it.
"""

import io
from datetime import datetime

from PIL import ExifTags, Image


def _parts(degrees: float) -> tuple[float, float, float]:
    minutes = abs(degrees) % 1 * 60
    return float(int(abs(degrees))), float(int(minutes)), round(minutes % 1 * 60, 6)


def a_photo(
    mark: int = 0,
    *,
    at: tuple[float, float] | None = None,
    taken: datetime | None = None,
    accuracy: float | None = None,
    size: tuple[int, int] = (64, 48),
    orientation: int | None = None,
) -> bytes:
    """A JPEG of one colour; `at` is longitude and latitude, `taken` an instant that its receiver wrote."""
    picture = Image.new("RGB", size, (mark % 256, 90, 60))
    exif = picture.getexif()
    exif[ExifTags.Base.Make] = "Telephone of Zzyzx Privatha"
    if orientation is not None:
        exif[ExifTags.Base.Orientation] = orientation
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    if at is not None:
        place[ExifTags.GPS.GPSLongitude], place[ExifTags.GPS.GPSLatitude] = _parts(at[0]), _parts(at[1])
        place[ExifTags.GPS.GPSLongitudeRef] = "E" if at[0] >= 0 else "W"
        place[ExifTags.GPS.GPSLatitudeRef] = "N" if at[1] >= 0 else "S"
    if accuracy is not None:
        place[ExifTags.GPS.GPSHPositioningError] = accuracy
    if taken is not None:
        place[ExifTags.GPS.GPSDateStamp] = f"{taken:%Y:%m:%d}"
        place[ExifTags.GPS.GPSTimeStamp] = (float(taken.hour), float(taken.minute), float(taken.second))
    made = io.BytesIO()
    picture.save(made, "JPEG", exif=exif, comment=f"photograph {mark}")
    return made.getvalue()
