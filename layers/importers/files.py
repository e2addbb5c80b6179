"""Opening a file of any supported format, safely: found inside its folder, unpacked, looked at, then read in batches.

In: a folder, a file name from a mapping, limits.  Out: an open `Table`, or `Invalid`/`TooLarge`/`NotFound` naming
file, fault and remedy.
"""

import difflib
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gis.errors import Invalid, NotFound
from layers.importers.archives import LIMITS, Limits, check_size, unpack
from layers.importers.batches import Table
from layers.importers.csv_text import CsvTable
from layers.importers.formats import ENDINGS, KNOWN, Format, ending, format_of
from layers.importers.parquet import ParquetTable
from layers.importers.vector import VectorTable

_BESIDE_SHAPEFILE = (".shx", ".dbf", ".prj", ".cpg")


@dataclass(frozen=True, kw_only=True)
class Hints:
    """What a mapping says that the file itself may not: its letters, and where a CSV keeps its shapes."""

    encoding: str | None = None
    geometry: str | None = None
    longitude: str | None = None
    latitude: str | None = None


def file_in(folder: Path, file: str) -> Path:
    """The file or folder that a mapping names, which must lie in the folder given."""
    inside = PurePosixPath(file)
    if inside.is_absolute() or ".." in inside.parts or "\\" in file:
        raise Invalid(
            f"“{file}” leads out of the folder of the data. Name a file inside it, by its relative path."
        )
    path = folder / inside
    if not path.exists():
        there = sorted(each.name for each in path.parent.iterdir()) if path.parent.is_dir() else []
        near = difflib.get_close_matches(path.name, there, n=1)
        hint = f"Did you mean “{near[0]}”?" if near else f"There are: {', '.join(there[:10]) or 'no files'}."
        raise NotFound(f"There is no file “{file}” in the folder “{folder.name}”. {hint}")
    if not (path.is_file() or path.is_dir()):
        raise Invalid(f"“{file}” is not an ordinary file. Give a file, a folder with a Shapefile, or a .zip.")
    return path


def digest_of(path: Path, limits: Limits = LIMITS) -> str:
    """SHA-256 (hex) of a file; of a Shapefile or a folder, of its parts by name; too large ones are not even read."""
    if path.is_file() and path.suffix.lower() != ".shp":
        return _digest(path, limits)
    parts = "".join(f"{part.name}\0{_digest(part, limits)}\n" for part in _parts(path))
    return hashlib.sha256(parts.encode()).hexdigest()


def _digest(path: Path, limits: Limits) -> str:
    check_size(path, limits)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Invalid(f"{path.name} cannot be read ({error.strerror}). Check who may read it.") from error


def _parts(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(part for part in path.rglob("*") if part.is_file())
    suffixes = (".shp", *_BESIDE_SHAPEFILE)
    return sorted(
        part for part in path.parent.iterdir() if part.stem == path.stem and part.suffix.lower() in suffixes
    )


@contextmanager
def unpacked(
    folder: Path, file: str, table: str | None, limits: Limits = LIMITS
) -> Iterator[tuple[Path, Format]]:
    """The one map file that is meant, out of its archive or folder, and its format; an archive leaves nothing behind."""
    path = file_in(folder, file)
    if path.is_dir():
        yield _checked(_only_map(path, path, table), limits)
        return
    check_size(path, limits)
    if path.suffix.lower() != ".zip":
        yield _checked(path, limits)
        return
    with tempfile.TemporaryDirectory(prefix="bhumika-import-") as space:
        unpack(path, Path(space), limits)
        yield _checked(_only_map(Path(space), path, table), limits)


def _checked(path: Path, limits: Limits) -> tuple[Path, Format]:
    if not path.is_file():
        raise Invalid(
            f"{path.name} is not an ordinary file. Give a file, a folder with a Shapefile, or a .zip."
        )
    for part in _parts(path) if path.suffix.lower() == ".shp" else [path]:
        check_size(part, limits)
    return path, format_of(path)


def _only_map(space: Path, given: Path, table: str | None) -> Path:
    """The only map file in a folder; among several, the one with the table's name."""
    maps = sorted(
        part
        for part in space.rglob("*")
        if part.is_file() and ending(part) in ENDINGS and not _is_litter(part.relative_to(space))
    )
    named = [part for part in maps if table is not None and part.stem == table]
    chosen = named if len(maps) > 1 and named else maps
    if not chosen:
        raise Invalid(f"{given.name} holds no map file. It must hold one of: {KNOWN}.")
    if len(chosen) > 1:
        names = ", ".join(part.name for part in chosen[:10])
        raise Invalid(
            f"{given.name} holds several map files ({names}). Give `table` the name of one of them."
        )
    return chosen[0]


def _is_litter(part: Path) -> bool:
    """Whether it is what a Mac packs beside the files (`__MACOSX`, `._…`), or another hidden one."""
    return any(step == "__MACOSX" or step.startswith(".") for step in part.parts)


@contextmanager
def open_table(
    folder: Path, file: str, table: str | None, hints: Hints, limits: Limits = LIMITS
) -> Iterator[Table]:
    """A table of a file, open for reading in batches."""
    with unpacked(folder, file, table, limits) as (path, format):
        if format is Format.GEOTIFF:
            raise Invalid(f"{path.name} is a raster. In the mapping, give it `kind: raster`.")
        if format is Format.CSV:
            yield CsvTable.open(path, hints.encoding, hints.geometry, hints.longitude, hints.latitude, limits)
        elif format is Format.GEOPARQUET:
            yield ParquetTable.open(path)
        else:
            yield VectorTable.open(path, format, table, hints.encoding)


def check_fields(table: Table, file: str, wanted: Sequence[tuple[str, str]]) -> None:
    """Refuse a mapping that names a field which the table lacks; `wanted` are pairs of place in the mapping and field."""
    if wanted and not table.fields:
        raise Invalid(
            f"{file}, table {table.name}: it is empty, or its shapes carry no fields, but the mapping names some."
            " Get the file again from its source."
        )
    faults = []
    for place, field in wanted:
        if field in table.fields:
            continue
        lower = {each.lower(): each for each in table.fields}
        near = difflib.get_close_matches(field.lower(), lower, n=1, cutoff=0.5)
        hint = f"the nearest is “{lower[near[0]]}”" if near else f"it has {', '.join(table.fields)}"
        faults.append(f"`{place}` names the field “{field}”, which the table lacks; {hint}")
    if faults:
        raise Invalid(f"{file}, table {table.name}: {'; '.join(faults)}. Correct the mapping.")
