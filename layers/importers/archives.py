"""Archives: taken apart only after their list of contents was found harmless, and counted while reading.

In: a .zip file and limits.  Out: its files in a folder of our own, or `Invalid`/`TooLarge` naming archive, entry and
remedy; nothing is written outside that folder, and nothing stays of an archive that was refused.
"""

import lzma
import shutil
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Protocol

from gis.errors import Invalid, TooLarge, Unavailable

_ARCHIVES = (".zip", ".kmz", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz", ".gz")
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much a file may hold before it is refused (bytes, unless said otherwise)."""

    file: int = 4 << 30
    """Largest file, packed or not."""
    unpacked: int = 4 << 30
    """Largest content of an archive."""
    entries: int = 2_000
    """Files in an archive."""
    ratio: int = 200
    """Unpacked for packed bytes; ordinary map files reach 20, bombs 1 000 and more."""
    harmless: int = 64 << 20
    """Below this the ratio does not matter."""
    cells: int = 4_000_000_000
    """Cells of a raster."""


LIMITS = Limits()


def megabytes(size: int) -> str:
    """A size for people."""
    return f"{size / 1e6:,.1f} MB".replace(",", " ")


def check_size(path: Path, limits: Limits) -> None:
    """Refuse a file over the limit before a byte of it is read."""
    size = path.stat().st_size
    if size > limits.file:
        raise TooLarge(
            f"{path.name} has {megabytes(size)}, more than the {megabytes(limits.file)} that are read at once."
            " Cut it into smaller files, for example one per village, and give each its own entry."
        )


def unpack(path: Path, into: Path, limits: Limits) -> None:
    """Take a .zip apart into an empty folder."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check_list(path, entries, limits)
            total = 0
            for entry in entries:
                total += _unpack_entry(path, archive, entry, into, limits, limits.unpacked - total)
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        NotImplementedError,
        OSError,
        RuntimeError,
    ) as error:
        raise Invalid(
            f"{path.name} cannot be unpacked: {error}. It is damaged or cut off; get it again from its source."
        ) from error


def _check_list(path: Path, entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Everything that can be seen without unpacking."""
    if not entries:
        raise Invalid(f"{path.name} is an empty archive. Put the map file into it, or give the file itself.")
    if len(entries) > limits.entries:
        raise TooLarge(
            f"{path.name} holds {len(entries)} files, more than {limits.entries}. Pack only the map file."
        )
    for entry in entries:
        _check_entry(path, entry)
    seen: set[str] = set()
    for entry in entries:
        if entry.filename.lower() in seen:
            raise Invalid(f"{path.name} holds “{entry.filename}” twice. Pack it again.")
        seen.add(entry.filename.lower())
    packed, unpacked = sum(e.compress_size for e in entries), sum(e.file_size for e in entries)
    if unpacked > limits.unpacked:
        raise TooLarge(
            f"{path.name} would unpack to {megabytes(unpacked)}, more than {megabytes(limits.unpacked)}."
            " Cut the data into smaller files."
        )
    if unpacked > limits.harmless and unpacked > limits.ratio * max(packed, 1):
        raise _bomb(path, f"{megabytes(packed)} would unpack to {megabytes(unpacked)}")


def _bomb(path: Path, detail: str) -> TooLarge:
    return TooLarge(
        f"{path.name} looks like a zip bomb: {detail}. Unpack it yourself, look at it, and give the file."
    )


def _check_entry(path: Path, entry: zipfile.ZipInfo) -> None:
    """Refuse names that climb out, links, locked entries, and archives inside."""
    name = entry.filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or ".." in parts or parts[0] == "/" or PureWindowsPath(name).drive or "\0" in name:
        raise Invalid(
            f"{path.name}: the entry “{name}” leads out of the archive. Pack it again without such paths."
        )
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Invalid(f"{path.name}: the entry “{name}” is a link, not a file. Pack the file itself.")
    if entry.flag_bits & 0x1:
        raise Invalid(f"{path.name}: the entry “{name}” is encrypted. Pack it again without a password.")
    lower = name.lower()
    if lower.endswith(_ARCHIVES) and not lower.endswith(".csv.gz"):
        raise Invalid(
            f"{path.name}: the entry “{name}” is an archive inside the archive. Unpack it and give that one."
        )


def _unpack_entry(
    path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, into: Path, limits: Limits, room: int
) -> int:
    """Write one entry and return its true size; the list of contents may lie."""
    target = into.joinpath(*PurePosixPath(entry.filename.replace("\\", "/")).parts)
    if not target.resolve().is_relative_to(into.resolve()):
        raise Invalid(f"{path.name}: the entry “{entry.filename}” leads out of the archive. Pack it again.")
    if shutil.disk_usage(into).free < entry.file_size + limits.harmless:
        raise Unavailable(
            f"There is no room on the disk to unpack {path.name} ({megabytes(entry.file_size)}). Make room and try again."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as source, target.open("xb") as out:
        return _copy(path, source, out, min(room, entry.file_size), limits, entry)


def _copy(
    path: Path, source: IO[bytes], out: IO[bytes], most: int, limits: Limits, entry: zipfile.ZipInfo
) -> int:
    written = 0
    while chunk := source.read(_CHUNK):
        written += len(chunk)
        if written > most or (
            written > limits.harmless and written > limits.ratio * max(entry.compress_size, 1)
        ):
            raise _bomb(path, f"“{entry.filename}” goes on after the {megabytes(most)} it states")
        out.write(chunk)
    return written


class Stream(Protocol):
    """What can be read from and closed."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        ...

    def close(self) -> None:
        """Done."""
        ...


class Counted:
    """A stream that is refused once more comes out of it than allowed (a gzip stream does not say its size)."""

    def __init__(self, stream: Stream, path: Path, limits: Limits) -> None:
        self._stream, self._path, self._limits = stream, path, limits
        self._count = 0
        self._most = min(limits.unpacked, max(limits.harmless, limits.ratio * path.stat().st_size))
        self.closed = False

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, or `TooLarge`."""
        chunk = self._stream.read(size)
        self._count += len(chunk)
        if self._count > self._most:
            raise _bomb(self._path, f"it goes on after {megabytes(self._most)}")
        return chunk

    def readable(self) -> bool:
        """Yes."""
        return True

    def close(self) -> None:
        """Close the stream below."""
        self.closed = True
        self._stream.close()
