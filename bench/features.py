"""Features as GeoJSON over HTTP: a page against the bare statement, the last pages against the first, all of them against a COPY.

In: a generated town.  Out: milliseconds of a page of a thousand (CPU of server and backend, and wall) beside those of its statement;
seconds of all parcels beside those of a bare COPY of the same text, and by how much the server grew; a missed bound ends with a fault.
Run: `python -m bench.features --parcels 1000000`.
"""

import argparse
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psycopg
import uvicorn
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from api.app import create_app
from api.settings import Settings
from bench.contenders import ON
from bench.cost import Contender, Cost, costs, repeated
from bench.ground import CODE, Ground, ground
from bench.served import Line
from gis.db.quick import connection_of
from gis.db.session import make_engine
from gis.jurisdictions import jurisdiction
from gis.recordings import last_recording
from layers.collections.features import statement_of
from layers.collections.parcels import parcels
from layers.collections.question import Days, Question
from layers.collections.systems import systems

PAGE = 1_000
BOUND = 1.5
LAST_PAGE = 1.2
SHARE = 0.6
GROWTH = 64.0
"""Megabytes by which the server may grow over an export, however large."""
KEPT_OPEN = 3600
ITEMS = f"/ogc/{CODE}/collections/parcels"
HTTP, BARE = "page over HTTP", "bare statement"


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running service."""

    port: int
    pid: int
    backends: tuple[int, ...]


@contextmanager
def server(place: Ground, folder: Path) -> Iterator[Server]:
    """The service in a process of its own, warm."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bench.features", "--serve", place.url, str(folder), str(port)]
    process = subprocess.Popen(command)
    try:
        while process.poll() is None:
            try:
                line = Line(port)
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        line.ask([f"{ITEMS}/items?limit=1"])
        yield Server(port=port, pid=process.pid, backends=_backends(place.url))
    finally:
        process.terminate()
        process.wait()


def _backends(url: str) -> tuple[int, ...]:
    engine = make_engine(url)
    with engine.connect() as connection:
        question = "SELECT pid FROM pg_stat_activity WHERE application_name = 'bench features' AND backend_type = 'client backend'"
        found = tuple(row.pid for row in connection.execute(text(question)))
    engine.dispose()
    return found


def serve(url: str, folder: Path, port: int) -> None:
    """The service as it is run."""
    engine = make_engine(make_url(url).update_query_dict({"application_name": "bench features"}), pool_size=1)
    app = create_app(Settings(state=folder, database_url=url, port=port), engine)
    uvicorn.run(
        app, host="127.0.0.1", port=port, log_level="warning", access_log=False, timeout_keep_alive=KEPT_OPEN
    )


def pages(place: Ground, first: int, wanted: int) -> list[str]:
    """Addresses of pages one after the other, from a page on."""
    numbers = [min(place.parcels, page * PAGE) for page in range(first, first + wanted)]
    return [f"{ITEMS}/items?limit={PAGE}&on={ON}&after={number}" for number in numbers]


def far(place: Ground) -> int:
    """Page 900; four fifths of the way in a smaller town, which may have somewhat fewer parcels than it was made for."""
    return 900 if place.parcels >= 1_000_000 else place.parcels // PAGE * 4 // 5


def statement(session: Session, after: int, limit: int | None) -> tuple[bytes, dict[str, object]]:
    """What PostgreSQL is asked for a page, or for everything."""
    place = jurisdiction(session, CODE)
    (plots,) = parcels(session, place, last_recording(session, CODE))
    days = Days(first=ON, last=ON)
    asked = Question(
        collection=plots, days=days, conditions=(), system=systems(place.metric)[0], after=after, limit=limit
    )
    return statement_of(asked)


def measured_pages(
    place: Ground, running: Server, wanted: int, rounds: int
) -> tuple[dict[str, Cost], dict[str, Cost]]:
    """What pages at the beginning and far in cost, over HTTP and as statements alone."""
    engine = make_engine(place.url)
    line = Line(running.port)
    with Session(engine) as session, session.begin():
        connection = connection_of(session)
        session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
        statements = {
            path: statement(session, int(path.rpartition("=")[2]), PAGE + 1)
            for first in (0, far(place))
            for path in pages(place, first, wanted)
        }

        def bare(path: str) -> object:
            with connection.cursor(binary=True) as cursor:
                return cursor.execute(*statements[path], prepare=False).fetchall()

        pids = (os.getpid(), session.scalar(text("SELECT pg_backend_pid()")))
        contenders = [
            Contender(
                name=HTTP,
                ask=lambda path, times: line.ask([path] * times),
                pids=(running.pid, *running.backends),
            ),
            Contender(name=BARE, ask=repeated(bare), pids=pids),
        ]
        paths = list(statements)
        found = (
            costs(contenders, paths[:wanted], rounds=rounds),
            costs(contenders, paths[wanted:], rounds=rounds),
        )
    engine.dispose()
    return found


def copied(place: Ground) -> tuple[float, int]:
    """Seconds and bytes of a bare COPY of the same text."""
    engine = make_engine(place.url)
    with Session(engine) as session, session.begin():
        query, values = statement(session, 0, None)
        connection = connection_of(session)
        with psycopg.ClientCursor(connection) as cursor:
            asked = cursor.mogrify(f"COPY ({query.decode()}) TO STDOUT", values)
            started = time.perf_counter()
            with cursor.copy(asked.encode()) as copy:
                size = sum(len(piece) for piece in copy)
            took = time.perf_counter() - started
    engine.dispose()
    return took, size


def exported(running: Server) -> tuple[float, int, float]:
    """Seconds, bytes, and megabytes by which the server grew, for everything as one document."""
    Path(f"/proc/{running.pid}/clear_refs").write_text("5")
    before = _peak(running.pid)
    started = time.perf_counter()
    with closing(http.client.HTTPConnection("127.0.0.1", running.port, timeout=600)) as client:
        client.request("GET", f"{ITEMS}/download?f=geojson&on={ON}")
        answer = client.getresponse()
        assert answer.status == 200
        size, end = 0, b""
        while piece := answer.read(1 << 20):
            size += len(piece)
            end = piece[-60:]
    took = time.perf_counter() - started
    assert end.endswith(b"}"), "the answer breaks off"
    return took, size, (_peak(running.pid) - before) / 1024


def _peak(pid: int) -> int:
    """The most memory that a process had at once, in kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def report_pages(first: dict[str, Cost], later: dict[str, Cost], page: int) -> bool:
    """Print what pages cost; whether a bound was missed."""
    cpu = median(a / b for a, b in zip(first[HTTP].cpu, first[BARE].cpu, strict=True))
    wall = median(a / b for a, b in zip(first[HTTP].wall, first[BARE].wall, strict=True))
    ratio = later[HTTP].middle / first[HTTP].middle
    for name, found in (("page 1", first), (f"page {page}", later)):
        for each in (HTTP, BARE):
            print(
                f"{name:>8}, {each:<15} CPU {found[each].middle:6.2f} ms, wall {found[each].wall_middle:6.2f} ms"
            )
    print(
        f"{PAGE} features: {cpu:.2f} times the bare statement's CPU, {wall:.2f} times its wall (bound {BOUND})"
    )
    print(f"page {page} costs {ratio:.2f} times page 1 (bound {LAST_PAGE})", flush=True)
    return cpu > BOUND or ratio > LAST_PAGE


def report_export(place: Ground, running: Server, rounds: int) -> bool:
    """Print what everything costs; whether a bound was missed."""
    exports, copies = [], []
    for _ in range(rounds):
        copies.append(copied(place))
        exports.append(exported(running))
    rate, bare = (max(size / took for took, size, *_ in each) / 1e6 for each in (exports, copies))
    growth = max(grew for *_, grew in exports)
    print(
        f"all {place.parcels} parcels, {exports[0][1] / 1e6:.0f} MB: {rate:.1f} MB/s, bare COPY {bare:.1f} MB/s:"
    )
    print(
        f"{rate / bare:.0%} of it (bound {SHARE:.0%}); the server grew by {growth:.1f} MB (bound {GROWTH:.0f})",
        flush=True,
    )
    return rate / bare < SHARE or growth > GROWTH


def main() -> None:
    """Measure, print, and fail where a bound is missed."""
    if sys.argv[1:2] == ["--serve"]:
        url, folder, port = sys.argv[2:]
        serve(url, Path(folder), int(port))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=1_000_000)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    place = ground(chosen.parcels)
    print(f"{place.parcels} parcels, {os.cpu_count()} cores")
    with TemporaryDirectory(prefix="bhumika-features-") as folder, server(place, Path(folder)) as running:
        missed = report_pages(*measured_pages(place, running, chosen.pages, chosen.rounds), far(place))
        missed |= report_export(place, running, min(chosen.rounds, 2))
    sys.exit(missed)


if __name__ == "__main__":
    main()
