"""Services that draw tiles, each in a process of its own and all on one processor, away from the one that asks: ours, and tipg.

In: a generated town, a folder of state, the environment with tipg.  Out: `Server` values, warm, and the lines to them.  Ours has a
fixed answer of any length beside its own addresses.
Run by `bench.tiles`: `python -m bench.tile_servers NAME URL STATE PORT`.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import uvicorn
from sqlalchemy import make_url
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from api.app import served_app
from api.settings import Settings
from bench.ground import CODE, Ground
from bench.served import Line
from bench.tile_rivals import address, backends, tipg
from gis.db.session import make_engine
from tiles.kept import Kept
from tiles.shelf import Shelf

OWN, POSTGIS, TIPG = "store", "ST_AsMVT", "tipg"
KEPT = "kept"
"""The service as it is; the other two keep no tile, so that each is drawn anew."""
FIXED = "/bench/"
NEVER = 2**31 - 1
KEPT_OPEN = 3600
"""Seconds that a line may be idle while others have their turn."""
PATIENCE = 900.0
"""Seconds until the store must be built."""
TRIES = 600
"""Tenths of a second until a server must take calls."""
ASKING, ANSWERING = 1, 0
"""Processors of who asks, and of all who answer."""


class Browser(Line):
    """A line that can unpack gzip, and ask for a part of a file."""

    def ask(self, paths: Sequence[str]) -> list[bytes]:
        """The bodies of all answers, packed."""
        lines = "".join(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n" for path in paths
        )
        self._socket.sendall(lines.encode("ascii"))
        return [self._answer() for _ in paths]

    def parts(self, path: str, parts: Sequence[str]) -> list[bytes]:
        """Parts of a file, each `first-last`."""
        lines = "".join(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nRange: bytes={each}\r\n\r\n" for each in parts
        )
        self._socket.sendall(lines.encode("ascii"))
        return [self._answer() for _ in parts]

    def _answer(self) -> bytes:
        status, length = self._answers.readline(), 0
        while (header := self._answers.readline()) != b"\r\n":
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        body = self._answers.read(length)
        if not status.startswith((b"HTTP/1.1 200", b"HTTP/1.1 206")):
            raise SystemExit(f"{status!r} {body[:200]!r}")
        return body


class FixedAnswer(BaseRoute):
    """So many bytes, whatever was asked: what the server itself takes."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Its own addresses alone."""
        return (Match.FULL if scope["path"].startswith(FIXED) else Match.NONE), {}

    async def handle(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer."""
        length = scope["path"].rpartition("/")[2]
        headers = [(b"content-length", length.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": _bytes(int(length))})


@lru_cache(maxsize=1024)
def _bytes(length: int) -> bytes:
    """So many bytes, made once."""
    return bytes(length)


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running service."""

    name: str
    line: Browser
    pids: tuple[int, ...]
    ready: float
    """Seconds from the first question until it answers in its own way."""


def stay(pids: Sequence[int], processor: int) -> None:
    """Keep all threads of some processes on one processor, where there are two."""
    if (os.cpu_count() or 1) == 1:
        return
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), {processor})


@contextmanager
def server(place: Ground, name: str, folder: Path, first: str) -> Iterator[Server]:
    """The service in a process of its own, warm."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bench.tile_servers", name, place.url, str(folder), str(port)]
    process = subprocess.Popen(command)
    try:
        line = _connected(port, process)
        started = time.monotonic()
        _wait(line, name, first, folder, started)
        ready = time.monotonic() - started
        pids = (process.pid, *backends(place.url, f"bench {name}"))
        stay(pids, ANSWERING)
        yield Server(name=name, line=line, pids=pids, ready=ready)
    finally:
        process.terminate()
        process.wait()


def _connected(port: int, process: "subprocess.Popen[bytes] | None" = None) -> Browser:
    """A line to a server that may still be starting."""
    for _ in range(TRIES):
        if process is not None and process.poll() is not None:
            break
        try:
            return Browser(port)
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise SystemExit("The service did not start.")


def _wait(line: Browser, name: str, first: str, folder: Path, started: float) -> None:
    """Until the store is at hand and compiled: an answer then takes no question to the database."""
    line.ask([first])
    while name in (OWN, KEPT):
        if time.monotonic() - started > PATIENCE:
            raise SystemExit("The store was not built.")
        before = time.perf_counter()
        line.ask([first])
        took = time.perf_counter() - before
        if any((folder / "tiles" / CODE).glob("*/standing.json")) and took < 0.01:
            return
        time.sleep(0.25)


@contextmanager
def running(place: Ground, folder: Path, rivals: Path | None, first: str) -> Iterator[list[Server]]:
    """All servers that are compared."""
    with ExitStack() as stack:
        found = [stack.enter_context(server(place, name, folder, first)) for name in (OWN, POSTGIS, KEPT)]
        if rivals is not None:
            port, process, working = stack.enter_context(tipg(place, rivals))
            line = _connected(port)
            line.ask([address(first)])
            pids = (process, *working())
            stay(pids, ANSWERING)
            found.append(Server(name=TIPG, line=line, pids=pids, ready=0.0))
        stay([os.getpid()], ASKING)
        yield found


def main() -> None:
    """Serve as the service is run, but that only one keeps tiles, and that for PostGIS no place is worth a store."""
    name, url, folder, port = sys.argv[1:]
    engine = make_engine(make_url(url).update_query_dict({"application_name": f"bench {name}"}), pool_size=1)
    app = served_app(Settings(state=Path(folder), database_url=url, port=int(port)), engine)
    app.ways = FixedAnswer(), *app.ways  # the shortest way that the service has
    if name == POSTGIS:
        app.state.shelf = Shelf(engine, Path(folder) / "tiles", worth=NEVER)
    if name != KEPT:
        app.state.shelf.kept = Kept(0)
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(port),
        log_level="warning",
        access_log=False,
        timeout_keep_alive=KEPT_OPEN,
    )


if __name__ == "__main__":
    main()
