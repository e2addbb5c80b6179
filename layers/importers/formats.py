"""What a file is, by its content and not by its name, and whether it is whole.

In: a path.  Out: its `Format`, or `Invalid` naming the file, what it really is, and the remedy.
Files that a driver of GDAL reads are opened here once by fiona with that one driver allowed: what only another
driver would understand never gets any further.
"""

import gzip
import re
import sqlite3
import struct
import warnings
from collections.abc import Callable
from contextlib import closing
from enum import StrEnum
from pathlib import Path

import fiona

from gis.errors import Invalid


class Format(StrEnum):
    """The formats that can be brought in."""

    SHAPEFILE = "Shapefile"
    GEOPACKAGE = "GeoPackage"
    GEOJSON = "GeoJSON"
    FLATGEOBUF = "FlatGeobuf"
    GEOPARQUET = "GeoParquet"
    KML = "KML"
    CSV = "CSV"
    GEOTIFF = "GeoTIFF"


ENDINGS: dict[str, Format] = {
    ".shp": Format.SHAPEFILE,
    ".gpkg": Format.GEOPACKAGE,
    ".geojson": Format.GEOJSON,
    ".json": Format.GEOJSON,
    ".fgb": Format.FLATGEOBUF,
    ".parquet": Format.GEOPARQUET,
    ".geoparquet": Format.GEOPARQUET,
    ".kml": Format.KML,
    ".csv": Format.CSV,
    ".csv.gz": Format.CSV,
    ".tif": Format.GEOTIFF,
    ".tiff": Format.GEOTIFF,
}
KNOWN = "Shapefile (folder or .zip), GeoPackage, GeoJSON, FlatGeobuf, GeoParquet, KML, CSV (.csv or .csv.gz), GeoTIFF"
_DRIVERS = {
    Format.SHAPEFILE: ["ESRI Shapefile"],
    Format.GEOPACKAGE: ["GPKG"],
    Format.FLATGEOBUF: ["FlatGeobuf"],
    Format.KML: ["KML"],
}
_STRANGERS = [
    (re.compile(rb"%PDF-"), "a PDF document"),
    (re.compile(rb"PK\x03\x04|PK\x05\x06"), "a ZIP archive"),
    (re.compile(rb"\x1f\x8b"), "a gzip-compressed file"),
    (re.compile(rb"AC10\d\d"), "a DWG drawing"),
    (re.compile(rb"\s*0\r?\n\s*SECTION|AutoCAD Binary DXF|\s*999\r?\n"), "a DXF drawing"),
    (re.compile(rb"SQLite format 3\0"), "an SQLite database"),
    (re.compile(rb"\x00\x00\x27\x0a"), "a Shapefile"),
    (re.compile(rb"fgb"), "a FlatGeobuf file"),
    (re.compile(rb"PAR1"), "a Parquet file"),
    (re.compile(rb"II[*+]\0|MM\0[*+]"), "a TIFF image"),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8"), "a picture"),
    (re.compile(rb"\s*<!doctype html|\s*<html", re.IGNORECASE), "a web page"),
]


def ending(path: Path) -> str:
    """The ending that names the format, in lower case; `.csv.gz` counts as one."""
    name = path.name.lower()
    return ".csv.gz" if name.endswith(".csv.gz") else path.suffix.lower()


def format_of(path: Path) -> Format:
    """The format of a whole file, or `Invalid` if content and name disagree, or the end is missing."""
    expected = ENDINGS.get(ending(path))
    if expected is None:
        raise Invalid(f"{path.name}: files with this ending are not read. Give one of: {KNOWN}.")
    if path.stat().st_size == 0:
        raise Invalid(f"{path.name} is empty (0 bytes). Get the file again from its source.")
    head = _head(path)
    if not _LOOKS_RIGHT[expected](head):
        stranger = next((name for pattern, name in _STRANGERS if pattern.match(head)), "something else")
        raise Invalid(
            f"{path.name} is named like a {expected} file but is {stranger}. Export it as {expected}."
        )
    if check := _WHOLE.get(expected):
        check(path, head)
    _open_alone(path, expected)
    return expected


def _head(path: Path) -> bytes:
    """The first bytes, of a .gz of what is inside."""
    opener = gzip.open if ending(path) == ".csv.gz" else open
    try:
        with opener(path, "rb") as file:
            return bytes(file.read(4096))
    except (gzip.BadGzipFile, EOFError) as error:
        raise Invalid(
            f"{path.name} cannot be unpacked ({error}). Get the file again from its source."
        ) from error


def _is_text(head: bytes) -> bool:
    """Whether it begins like text; in UTF-16 every other byte may be 0."""
    if head.startswith(UTF_16):
        return True
    return b"\0" not in head and not any(pattern.match(head) for pattern, _ in _STRANGERS)


UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""The first bytes of a text in UTF-16."""


def _is_json(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


_LOOKS_RIGHT: dict[Format, Callable[[bytes], bool]] = {
    Format.SHAPEFILE: lambda head: head[:4] == b"\x00\x00\x27\x0a",
    Format.GEOPACKAGE: lambda head: head[:16] == b"SQLite format 3\0",
    Format.GEOJSON: _is_json,
    Format.FLATGEOBUF: lambda head: head[:3] == b"fgb",
    Format.GEOPARQUET: lambda head: head[:4] == b"PAR1",
    Format.KML: lambda head: b"<kml" in head or b":kml" in head,
    Format.CSV: _is_text,
    Format.GEOTIFF: lambda head: head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
}


def truncated(path: Path, detail: str) -> Invalid:
    """The error for a file whose end is missing."""
    return Invalid(
        f"{path.name} is not whole: {detail}. It was cut off on the way; get it again from its source."
    )


def _whole_shapefile(path: Path, head: bytes) -> None:
    """The header's length (in 16-bit words), the index and the attributes beside it."""
    if len(head) < 100:
        raise truncated(path, "its header is missing")
    stated, actual = struct.unpack(">i", head[24:28])[0] * 2, path.stat().st_size
    if actual < stated:
        raise truncated(path, f"{stated} bytes are stated, {actual} are there")
    for beside in (".shx", ".dbf"):
        if not any(path.with_suffix(each).is_file() for each in (beside, beside.upper())):
            raise Invalid(
                f"{path.name}: {path.stem}{beside} is missing beside it. A Shapefile needs .shp, .shx and .dbf."
            )
    _whole_dbf(next(path.with_suffix(each) for each in (".dbf", ".DBF") if path.with_suffix(each).is_file()))


def _whole_dbf(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(32)
    if len(head) < 32:
        raise truncated(path, "its header is missing")
    records, header, length = struct.unpack("<IHH", head[4:12])
    stated, actual = header + records * length, path.stat().st_size
    if actual < stated:
        raise truncated(path, f"{records} rows need {stated} bytes, {actual} are there")


def _whole_geopackage(path: Path, head: bytes) -> None:
    """The page count of the header, and SQLite's own view of the list of tables."""
    page = struct.unpack(">H", head[16:18])[0] if len(head) >= 100 else 0
    page = 65_536 if page == 1 else page
    pages = struct.unpack(">I", head[28:32])[0] if page else 0
    if page < 512 or path.stat().st_size < page * pages:
        raise truncated(
            path, f"{pages} pages of {page} bytes are stated, {path.stat().st_size} bytes are there"
        )
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            tables = database.execute(_CONTENTS).fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise Invalid(f"{path.name} cannot be read ({error}). Get the file again from its source.") from error
    if not tables:
        raise Invalid(f"{path.name} is an SQLite database but not a GeoPackage. Export it as GeoPackage.")


_CONTENTS = "SELECT count(*) FROM sqlite_master WHERE name = 'gpkg_contents'"


def _whole_parquet(path: Path, _: bytes) -> None:
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 4, 0))
        if file.read(4) != b"PAR1":
            raise truncated(path, "its footer is missing")


_WHOLE = {
    Format.SHAPEFILE: _whole_shapefile,
    Format.GEOPACKAGE: _whole_geopackage,
    Format.GEOPARQUET: _whole_parquet,
}


def _open_alone(path: Path, expected: Format) -> None:
    """Let only the expected driver have a look."""
    if expected not in _DRIVERS:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fiona.open(path, enabled_drivers=_DRIVERS[expected], allow_unsupported_drivers=True).close()
    except (fiona.errors.FionaError, OSError, ValueError) as error:
        said = str(error).replace(str(path), path.name)
        why = "it has no table that can be opened" if "<" in said else said
        raise Invalid(
            f"{path.name} cannot be read as {expected}: {why}. Get the file again, or export it anew."
        ) from error
