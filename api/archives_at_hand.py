"""Files of tiles that an office has laid into its state, a part at a time: what a map reads of a PMTiles archive, as from a static host.

In: `GET /tiles/archives/{name}.pmtiles` with one plain range of bytes.  Out: that part, and the headers that a file has anyhow.  Every
other wording is left to the route in `api.routers.tiles`, which gives whole files, reads conditions and refuses what is not there.
A file that is replaced is opened anew, at most
`FRESH` later; what was read just now is kept until then.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from starlette.responses import FileResponse
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

BEFORE = "/tiles/archives/"
NAME = re.compile(r"[^/\x00]+\.pmtiles")
LONGEST_NAME = 200
"""Bytes; a folder takes 255."""
RANGE = re.compile(rb"bytes=([0-9]{1,15})-([0-9]{1,15})")
CONDITIONS = {b"if-range", b"if-match", b"if-none-match", b"if-modified-since", b"if-unmodified-since"}
"""Headers that are for the route."""
MEDIA_TYPE = "application/vnd.pmtiles"
LONGEST = 1_000_000
"""Bytes of a part that is read at once, while other questions wait: a tile, or a directory of tiles."""
OPEN = 32
"""Files that are kept open."""
ROOM = 32_000_000
"""Bytes of all parts that are kept, in each process."""
FRESH = 0.5
"""Seconds for which what was seen in the folder holds: until then parts come from the file that was opened."""
Version = tuple[int, int, int]
RawHeaders = tuple[tuple[bytes, bytes], ...]


def archive_in(folder: Path, name: str) -> Path | None:
    """The archive of a name in a folder; None where there is none, or the name is none of an archive."""
    if NAME.fullmatch(name) is None or len(name.encode()) > LONGEST_NAME:
        return None
    file = folder / name
    return file if file.is_file() else None


def whole(file: Path) -> FileResponse:
    """An archive as a file is sent.  Its reader keeps no part without asking: parts of two archives make none."""
    return FileResponse(
        file, stat_result=file.stat(), media_type=MEDIA_TYPE, headers={"Cache-Control": "no-cache"}
    )


@dataclass(kw_only=True)
class Opened:
    """An archive that is read from, the state in which it was opened, and when it was last seen to be in it."""

    path: Path
    version: Version
    descriptor: int
    size: int
    headers: RawHeaders
    seen: float


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of an archive as it is sent."""

    opened: Opened
    headers: list[tuple[bytes, bytes]]
    body: bytes


class ArchivesAtHand(BaseRoute):
    """Takes plain ranges, and leaves all else to the routes behind it."""

    def __init__(self) -> None:
        self._opened: dict[str, Opened] = {}
        self._parts: dict[tuple[str, bytes], Part] = {}
        self._taken = 0

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Full where a part is asked for that the archive has."""
        path: str = scope["path"]
        if not path.startswith(BEFORE) or scope["query_string"] or scope.get("root_path"):
            return Match.NONE, {}
        given = dict(scope["headers"])
        asked = given.get(b"range")
        if asked is None or not CONDITIONS.isdisjoint(given):
            return Match.NONE, {}
        opened = self._archive(scope["app"].state.archives, path[len(BEFORE) :])
        if opened is None:
            return Match.NONE, {}
        part = self._parts.get((path, asked))
        if part is None or part.opened is not opened:
            part = _part(opened, asked)
            if part is None:
                return Match.NONE, {}
            self._keep((path, asked), part)
        return Match.FULL, {"path_params": {"part": part}}

    async def handle(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer."""
        part: Part = scope["path_params"]["part"]
        await send({"type": "http.response.start", "status": 206, "headers": part.headers})
        await send({"type": "http.response.body", "body": part.body})

    def _keep(self, asked: tuple[str, bytes], part: Part) -> None:
        """Keep a part as it is sent, the town's middle being asked for again and again; all give way when they have no room."""
        self._taken += len(part.body)
        if self._taken > ROOM:
            self._parts.clear()
            self._taken = len(part.body)
        self._parts[asked] = part

    def _archive(self, folder: Path, name: str) -> Opened | None:
        """The archive of a name as it was seen just now; None where it lies there no more."""
        held = self._opened.get(name)
        if held is not None:
            if monotonic() - held.seen < FRESH:
                return held
            if _is_as_it_was(held):
                held.seen = monotonic()
                return held
            os.close(self._opened.pop(name).descriptor)
        file = archive_in(folder, name)
        if file is None:
            return None
        while len(self._opened) >= OPEN:
            os.close(self._opened.pop(next(iter(self._opened))).descriptor)
        self._opened[name] = _opened(file)
        return self._opened[name]


def _is_as_it_was(held: Opened) -> bool:
    try:
        return _version(held.path.stat()) == held.version
    except OSError:
        return False  # removed, or another takes its place just now


def _opened(file: Path) -> Opened:
    descriptor = os.open(file, os.O_RDONLY)
    found = os.fstat(descriptor)
    return Opened(
        path=file,
        version=_version(found),
        descriptor=descriptor,
        size=found.st_size,
        headers=tuple(each for each in whole(file).raw_headers if each[0] != b"content-length"),
        seen=monotonic(),
    )


def _version(found: os.stat_result) -> Version:
    return found.st_ino, found.st_mtime_ns, found.st_size


def _part(opened: Opened, asked: bytes) -> Part | None:
    """What a plain range names; None for any other, and beyond the end.

    It is read within the event loop: most parts lie in the memory of the machine, and a disk has the others in a millisecond.
    """
    found = RANGE.fullmatch(asked)
    if found is None:
        return None
    first, last = int(found[1]), int(found[2])
    if not first <= last < first + LONGEST or first >= opened.size:
        return None
    body = os.pread(opened.descriptor, last - first + 1, first)
    place = b"bytes %d-%d/%d" % (first, first + len(body) - 1, opened.size)
    headers = [*opened.headers, (b"content-length", b"%d" % len(body)), (b"content-range", place)]
    return Part(opened=opened, headers=headers, body=body)
