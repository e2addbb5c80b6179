"""Parcel tiles over HTTP, packed: drawn from the column store, by ST_AsMVT at the same address of the same service, and by tipg.

In: a generated town; the environment with tipg, if it is to be compared.  Out: for each zoom CPU (server and its backend of
PostgreSQL) and wall of a tile that nobody has kept, how many times the others cost of ours, and what the same server takes for a
fixed answer of that size, and for a tile that it has kept; stored layers beside the bare statement; the largest tile of every zoom.
A missed bound ends with a fault.
Run: `python -m bench.tiles --parcels 1000000 --rivals FOLDER`.
"""

import argparse
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import uvicorn
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from api.app import served_app
from api.settings import Settings
from bench.contenders import ON
from bench.cost import Contender, costs, repeated
from bench.ground import CODE, Ground, ground
from bench.served import Line
from bench.tile_rivals import address, backends, tipg
from gis.asof import AsOf
from gis.db.session import make_engine
from gis.jurisdictions import jurisdiction
from gis.recordings import last_recording
from tiles.kept import Kept
from tiles.packing import packed
from tiles.shelf import Shelf, drawn
from tiles.store import opened, shelf_of, standings
from tiles.vector import PARCELS, PARCELS_FROM_ZOOM, TileAddress, tile

BOUND, TIPG_BOUND = 10.0, 20.0
SHARE = 0.9
"""Of the bare statement's throughput, that stored layers must reach."""
KEPT_SHARE = 0.8
"""Of the throughput of a fixed answer of the same size, that a tile must reach which the service has kept."""
LARGEST = 500_000
"""Bytes of a packed tile."""
ZOOMS = (15, 16, 17)
OWN, POSTGIS, BARE, FIXED, TIPG = "store", "ST_AsMVT", "bare statement", "fixed answer", "tipg"
KEPT = "kept"
"""The service as it is; the other two keep no tile, so that each is drawn anew."""
STORED, STORED_ZOOM = "zoning,flood,road", 14
NEVER = 2**31 - 1
KEPT_OPEN = 3600
"""Seconds that a line may be idle while others have their turn."""
PATIENCE = 900.0
"""Seconds until the store must be built."""
MIDDLES = (
    "SELECT ST_X(place), ST_Y(place) FROM (SELECT ST_Transform(ST_PointOnSurface(boundary), 3857) AS place FROM parcel"
    " WHERE upper_inf(valid) AND upper_inf(recorded) ORDER BY md5(number) LIMIT 2000) AS chosen"
)
AROUND = 40_075_016.685578488


class Browser(Line):
    """A line that can unpack gzip."""

    def ask(self, paths: Sequence[str]) -> list[bytes]:
        """The bodies of all answers, packed."""
        lines = "".join(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n" for path in paths
        )
        self._socket.sendall(lines.encode("ascii"))
        return [self._answer() for _ in paths]


class FixedAnswer(BaseRoute):
    """So many bytes, whatever was asked: what the server itself takes."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Its own addresses alone."""
        return (Match.FULL if scope["path"].startswith("/bench/") else Match.NONE), {}

    async def handle(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer."""
        length = scope["path"].rpartition("/")[2].encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        await send({"type": "http.response.body", "body": bytes(int(length))})


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running service."""

    name: str
    line: Browser
    pids: tuple[int, ...]
    ready: float
    """Seconds from the first question until it answers in its own way."""


def tiles(url: str, zoom: int, wanted: int) -> list[str]:
    """Addresses of different tiles over parcels all over the town."""
    engine = make_engine(url)
    with engine.connect() as connection:
        places = connection.execute(text(MIDDLES)).all()
    engine.dispose()
    side = AROUND / 2**zoom
    found = dict.fromkeys(
        f"/tiles/{CODE}/{zoom}/{int((x + AROUND / 2) / side)}/{int((AROUND / 2 - y) / side)}.mvt"
        for x, y in places
    )
    return list(found)[:wanted]


@contextmanager
def server(place: Ground, name: str, folder: Path, first: str) -> Iterator[Server]:
    """The service in a process of its own, warm."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bench.tiles", "--serve", name, place.url, str(folder), str(port)]
    process = subprocess.Popen(command)
    try:
        line = _connected(port, process)
        started = time.monotonic()
        _wait(line, name, first, folder, started)
        ready = time.monotonic() - started
        pids = (process.pid, *backends(place.url, f"bench {name}"))
        yield Server(name=name, line=line, pids=pids, ready=ready)
    finally:
        process.terminate()
        process.wait()


def _connected(port: int, process: "subprocess.Popen[bytes]") -> Browser:
    while process.poll() is None:
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


def serve(name: str, url: str, folder: Path, port: int) -> None:
    """The service as it is run, but that only one keeps tiles, and that for PostGIS no place is worth a store."""
    engine = make_engine(make_url(url).update_query_dict({"application_name": f"bench {name}"}), pool_size=1)
    app = served_app(Settings(state=folder, database_url=url, port=port), engine)
    app.router.routes.insert(0, FixedAnswer())
    if name == POSTGIS:
        app.state.shelf = Shelf(engine, folder / "tiles", worth=NEVER)
    if name != KEPT:
        app.state.shelf.kept = Kept(0)
    uvicorn.run(
        app, host="127.0.0.1", port=port, log_level="warning", access_log=False, timeout_keep_alive=KEPT_OPEN
    )


@contextmanager
def running(place: Ground, folder: Path, rivals: Path | None, first: str) -> Iterator[list[Server]]:
    """All servers that are compared."""
    with ExitStack() as stack:
        found = [stack.enter_context(server(place, name, folder, first)) for name in (OWN, POSTGIS, KEPT)]
        if rivals is not None:
            port, process, working = stack.enter_context(tipg(place, rivals))
            line = _patient(port)
            line.ask([address(first)])
            found.append(Server(name=TIPG, line=line, pids=(process, *working()), ready=0.0))
        yield found


def _patient(port: int) -> Browser:
    """A line to a server that is still starting."""
    for _ in range(600):
        try:
            return Browser(port)
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise SystemExit("tipg did not start.")


def compared(place: Ground, servers: Sequence[Server], zoom: int, wanted: int, rounds: int) -> bool:
    """Print what tiles of a zoom cost; whether a bound was missed."""
    own, paths = servers[0], tiles(place.url, zoom, wanted)
    sizes = {path: len(own.line.ask([path])[0]) for path in paths}
    contenders = [
        Contender(name=each.name, ask=_asked(each), pids=each.pids) for each in servers if each.name != KEPT
    ]
    contenders.append(Contender(name=FIXED, ask=_fixed(own, sizes), pids=own.pids))
    with _bare(place, [PARCELS]) as bare:
        found = costs([*contenders, bare], paths, rounds=rounds)
    ours, missed = found.pop(OWN), False
    told = [f"{OWN} {sum(ours.cpu) / len(paths):.2f} ({sum(ours.wall) / len(paths):.2f})"]
    for name, cost in found.items():
        cpu, wall = sum(cost.cpu) / sum(ours.cpu), sum(cost.wall) / sum(ours.wall)
        bound = {POSTGIS: BOUND, TIPG: TIPG_BOUND}.get(name, 0.0)
        missed = missed or min(cpu, wall) < bound
        told.append(
            f"{name} {sum(cost.cpu) / len(paths):.2f} ({sum(cost.wall) / len(paths):.2f}):"
            f" {cpu:.2f} times the CPU, {wall:.2f} times the wall"
            + (f" (bound {bound:.0f})" if bound else "")
        )
    print(
        f"zoom {zoom}, {len(paths)} tiles, largest {max(sizes.values()) / 1000:.0f} kB: {'; '.join(told)}",
        flush=True,
    )
    return missed


def stored(place: Ground, servers: Sequence[Server], wanted: int, rounds: int) -> bool:
    """Print what stored layers cost beside their bare statements; whether the bound was missed."""
    own, paths = servers[0], [f"{path}?layers={STORED}" for path in tiles(place.url, STORED_ZOOM, wanted)]
    own.line.ask(paths)  # so that its connection is open
    pids = (own.pids[0], *backends(place.url, f"bench {OWN}"))
    with _bare(place, STORED.split(",")) as bare:
        found = costs([Contender(name=OWN, ask=_asked(own), pids=pids), bare], paths, rounds=rounds)
    wall, cpu = (sum(getattr(found[BARE], kind)) / sum(getattr(found[OWN], kind)) for kind in ("wall", "cpu"))
    print(
        f"stored layers {STORED} at zoom {STORED_ZOOM}: {sum(found[OWN].wall) / len(paths):.2f} ms,"
        f" {BARE} {sum(found[BARE].wall) / len(paths):.2f}: {wall:.0%} of its throughput (bound {SHARE:.0%}), CPU {cpu:.0%}",
        flush=True,
    )
    return bool(min(wall, cpu) < SHARE)


def kept(place: Ground, servers: Sequence[Server], wanted: int, rounds: int) -> bool:
    """Print what tiles cost that the service has kept, beside fixed answers of their sizes; whether the bound was missed."""
    own = next(each for each in servers if each.name == KEPT)
    missed = False
    for zoom in ZOOMS:
        paths = tiles(place.url, zoom, wanted)
        sizes = {path: len(own.line.ask([path])[0]) for path in paths}
        asked = Contender(name=KEPT, ask=_asked(own), pids=own.pids)
        fixed = Contender(name=FIXED, ask=_fixed(own, sizes), pids=own.pids)
        found = costs([asked, fixed], paths, rounds=10 * rounds)
        wall, cpu = (
            sum(getattr(found[FIXED], kind)) / sum(getattr(found[KEPT], kind)) for kind in ("wall", "cpu")
        )
        missed = missed or min(wall, cpu) < KEPT_SHARE
        print(
            f"kept tiles at zoom {zoom}: CPU {sum(found[KEPT].cpu) / len(paths):.3f} ms, {FIXED}"
            f" {sum(found[FIXED].cpu) / len(paths):.3f}: {wall:.0%} of its throughput, CPU {cpu:.0%} (bound {KEPT_SHARE:.0%})",
            flush=True,
        )
    return missed


def _asked(server: Server) -> Callable[[str, int], object]:
    if server.name == TIPG:
        return lambda path, times: server.line.ask([address(path)] * times)
    return lambda path, times: server.line.ask([path] * times)


def _fixed(own: Server, sizes: Mapping[str, int]) -> Callable[[str, int], object]:
    return lambda path, times: own.line.ask([f"/bench/{sizes[path]}"] * times)


@contextmanager
def _bare(place: Ground, layers: list[str]) -> Iterator[Contender]:
    """The statement alone, neither packed nor sent."""
    engine = make_engine(place.url)
    with Session(engine) as session:
        here = jurisdiction(session, CODE)
        at = AsOf(on=ON, known=last_recording(session, CODE))

        def ask(path: str) -> bytes:
            z, x, y = (int(part) for part in path.partition("?")[0].removesuffix(".mvt").split("/")[-3:])
            return tile(session, here, TileAddress(z=z, x=x, y=y), layers=layers, at=at)

        backend = session.scalar(text("SELECT pg_backend_pid()"))
        yield Contender(name=BARE, ask=repeated(ask), pids=(os.getpid(), backend))
    engine.dispose()


def largest(folder: Path) -> bool:
    """Print the largest tile of every zoom of the store in a folder; whether one is too large."""
    shelf = shelf_of(folder / "tiles", CODE)
    standing = next(standings(shelf, "[!.]*"))
    store = opened(shelf, known=standing.known, on=ON)
    assert store is not None
    boxes = store.plots[0].columns.boxes.astype(np.int64)
    told, worst = [], 0
    for zoom in range(PARCELS_FROM_ZOOM, ZOOMS[-1] + 1):
        corners = np.concatenate([boxes[:, [x, y]] for x in (0, 2) for y in (1, 3)]) >> 32 - zoom
        found = [drawn(store, TileAddress(z=zoom, x=x, y=y)) for x, y in np.unique(corners, axis=0).tolist()]
        size = max(len(packed(each)) for each in found)
        told.append(f"{size / 1000:.0f} kB at {zoom}")
        worst = max(worst, size)
    print(f"largest tile of all, packed: {', '.join(told)} (bound {LARGEST / 1000:.0f})", flush=True)
    return worst > LARGEST


def main() -> None:
    """Measure, print, and fail where the bound is missed."""
    if sys.argv[1:2] == ["--serve"]:
        name, url, folder, port = sys.argv[2:]
        serve(name, url, Path(folder), int(port))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--tiles", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rivals", type=Path, help="environment from bench/rivals/requirements.lock")
    parser.add_argument(
        "--state", type=Path, help="folder whose store is used again, made where there is none"
    )
    chosen = parser.parse_args()
    place = ground(chosen.parcels)
    print(f"{chosen.parcels} parcels, {os.cpu_count()} cores; milliseconds a tile, mean CPU (wall)")
    with TemporaryDirectory(prefix="bhumika-tiles-") as name:
        state: Path = chosen.state or Path(name)
        first = tiles(place.url, 17, 1)[0]
        with running(place, state, chosen.rivals, first) as servers:
            print(f"store built, opened and compiled in {servers[0].ready:.1f} s", flush=True)
            missed = [compared(place, servers, zoom, chosen.tiles, chosen.rounds) for zoom in ZOOMS]
            missed.append(kept(place, servers, chosen.tiles, chosen.rounds))
            missed.append(stored(place, servers, chosen.tiles, chosen.rounds))
        missed.append(largest(state))
    sys.exit(any(missed))


if __name__ == "__main__":
    main()
