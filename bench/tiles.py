"""Parcel tiles over HTTP, packed: drawn from the column store, and by ST_AsMVT at the same address of the same service.

In: a generated town.  Out: for each zoom CPU (server and its backend of PostgreSQL) and wall of a tile that nobody has kept, and
how many times PostGIS costs of ours; a ratio under the bound ends with a fault.
Run: `python -m bench.tiles --parcels 100000`.
"""

import argparse
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from api.app import create_app
from api.settings import Settings
from bench.contenders import ON
from bench.cost import Contender, Cost, costs, repeated
from bench.ground import CODE, Ground, ground
from bench.served import Line
from gis.asof import AsOf
from gis.db.session import make_engine
from gis.jurisdictions import jurisdiction
from gis.recordings import last_recording
from tiles.shelf import Shelf
from tiles.vector import PARCELS, TileAddress, tile

BOUND = 10.0
ZOOMS = (15, 16, 17)
OWN, POSTGIS, BARE = "store", "ST_AsMVT", "bare statement"
NEVER = 2**31 - 1
KEPT_OPEN = 3600
"""Seconds that a line may be idle while others have their turn."""
PATIENCE = 300.0
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
        yield Server(name=name, line=line, pids=(process.pid, *_backends(place.url, name)), ready=ready)
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
    while name == OWN:
        if time.monotonic() - started > PATIENCE:
            raise SystemExit("The store was not built.")
        before = time.perf_counter()
        line.ask([first])
        took = time.perf_counter() - before
        if any((folder / "tiles" / CODE).glob("*/standing.json")) and took < 0.01:
            return
        time.sleep(0.25)


def _backends(url: str, name: str) -> list[int]:
    engine = make_engine(url)
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT pid FROM pg_stat_activity WHERE application_name = :name AND backend_type = 'client backend'"
            ),
            {"name": f"bench {name}"},
        )
        pids = [row.pid for row in found]
    engine.dispose()
    return pids


def serve(name: str, url: str, folder: Path, port: int) -> None:
    """The service as it is run; for PostGIS no place is worth a store."""
    engine = make_engine(make_url(url).update_query_dict({"application_name": f"bench {name}"}), pool_size=1)
    app = create_app(Settings(state=folder, database_url=url, port=port), engine)
    if name == POSTGIS:
        app.state.shelf = Shelf(engine, folder / "tiles", worth=NEVER)
    uvicorn.run(
        app, host="127.0.0.1", port=port, log_level="warning", access_log=False, timeout_keep_alive=KEPT_OPEN
    )


def measured(place: Ground, wanted: int, rounds: int) -> Iterator[tuple[int, int, int, dict[str, Cost]]]:
    """For each zoom: how many tiles, their greatest size packed, what each way costs."""
    engine = make_engine(place.url)
    with TemporaryDirectory(prefix="bhumika-tiles-") as folder, Session(engine) as session:
        first = tiles(place.url, 17, 1)[0]
        bare = _bare(session)
        with (
            server(place, OWN, Path(folder), first) as own,
            server(place, POSTGIS, Path(folder), first) as postgis,
        ):
            print(
                f"store of {place.parcels} parcels built, opened and compiled in {own.ready:.1f} s",
                flush=True,
            )
            for zoom in ZOOMS:
                paths = tiles(place.url, zoom, wanted)
                sizes = sorted(len(own.line.ask([path])[0]) for path in paths)
                contenders = [
                    Contender(name=each.name, ask=_asked(each.line), pids=each.pids)
                    for each in (own, postgis)
                ]
                yield zoom, len(paths), sizes[-1], costs([*contenders, bare], paths, rounds=rounds)
    engine.dispose()


def _asked(line: Browser) -> Callable[[str, int], object]:
    return lambda path, times: line.ask([path] * times)


def _bare(session: Session) -> Contender:
    """The statement alone, neither packed nor sent."""
    place = jurisdiction(session, CODE)
    at = AsOf(on=ON, known=last_recording(session, CODE))

    def ask(path: str) -> bytes:
        z, x, y = (int(part) for part in path.removesuffix(".mvt").split("/")[-3:])
        return tile(session, place, TileAddress(z=z, x=x, y=y), layers=[PARCELS], at=at)

    pids = (os.getpid(), session.scalar(text("SELECT pg_backend_pid()")))
    return Contender(name=BARE, ask=repeated(ask), pids=pids)


def main() -> None:
    """Measure, print, and fail where the bound is missed."""
    if sys.argv[1:2] == ["--serve"]:
        name, url, folder, port = sys.argv[2:]
        serve(name, url, Path(folder), int(port))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--tiles", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=1)
    chosen = parser.parse_args()
    missed = False
    print(f"{chosen.parcels} parcels, {os.cpu_count()} cores; milliseconds a tile, mean CPU (wall)")
    for zoom, count, largest, found in measured(ground(chosen.parcels), chosen.tiles, chosen.rounds):
        own, postgis = found[OWN], found[POSTGIS]
        cpu, wall = sum(postgis.cpu) / sum(own.cpu), sum(postgis.wall) / sum(own.wall)
        missed = missed or cpu < BOUND or wall < BOUND
        print(
            f"zoom {zoom}, {count} tiles, largest {largest / 1000:.0f} kB packed:"
            f" {OWN} {sum(own.cpu) / count:.2f} ({sum(own.wall) / count:.2f}),"
            f" {POSTGIS} {sum(postgis.cpu) / count:.2f} ({sum(postgis.wall) / count:.2f}):"
            f" {cpu:.1f} times the CPU, {wall:.1f} times the wall (bound {BOUND:.0f});"
            f" {BARE} {sum(found[BARE].cpu) / count:.2f}: {sum(found[BARE].cpu) / sum(own.cpu):.1f} times",
            flush=True,
        )
    sys.exit(missed)


if __name__ == "__main__":
    main()
