"""How fast a plot is answered: areas alone, the full extract, the whole HTTP answer, and as the town grows.

In: how many parcels the generated town has.  Out: one table of CPU (application and PostgreSQL together) and wall, median and
95th percentile, each question beside its baseline, asked in turn about the same plots in one run; then ratios with their
bounds.  Towns differ in size, not in what lies on a plot: one restriction polygon for fifty parcels, in thirty layers.
Run: `python -m bench.extract --parcels 1000000 [--plots 300] [--rounds 3] [--json FILE]`.
"""

import argparse
import gc
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import quote

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, text

from bench.contenders import (
    EXTRACT,
    LEAN,
    ON,
    Town,
    areas_by_hand,
    differences,
    extract_by_hand,
    our_areas,
    our_extract,
    town,
)
from bench.cost import Contender, Cost, costs, repeated
from bench.ground import CODE, Ground, ground
from bench.served import FIXED, Line
from gis.db.quick import Reading
from gis.db.session import make_engine
from layers.extract.document import to_json

SMALL = 10_000
BESIDE = " | "
"""Between the numbers of two plots that are asked about side by side."""
SERVER = "bench-served"
AREAS, BY_HAND = "areas alone", "areas alone, by hand"
FULL, FULL_BY_HAND, LEAN_BY_HAND = (
    "extract",
    "extract, by hand",
    "extract, by hand, figures of features alone",
)
HTTP, HTTP_FIXED = "HTTP extract", "HTTP fixed answer"


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """What was promised, and what was measured: of medians, and of 95th percentiles."""

    what: str
    middle: float
    high: float
    bound: float | None


def measured(ground: Ground, plots: int, rounds: int) -> tuple[dict[str, Cost], list[Ratio], list[str]]:
    """Everything about one town; costs, ratios, and where baseline and extract disagree."""
    engine = make_engine(ground.url)
    place = town(ground, Reading(engine))
    numbers = place.plots(plots)
    faults = [fault for number in numbers for fault in differences(place, number)]
    length = int(median(len(to_json(place.asked(our_extract(place))(number))) for number in numbers))
    with _server(ground, length) as (port, pid):
        contenders = [*_in_process(place), *_over_http(engine, port, pid, numbers[0])]
        found = costs(contenders, numbers, rounds=rounds)
    found |= _growth(place, plots, rounds) if ground.parcels > SMALL else {}
    engine.dispose()
    return found, _ratios(found, ground.parcels), faults


def _in_process(place: Town) -> list[Contender]:
    pids = (os.getpid(), place.backend())
    questions = {
        BY_HAND: areas_by_hand,
        AREAS: our_areas(place),
        FULL_BY_HAND: extract_by_hand(place, EXTRACT),
        FULL: our_extract(place),
        LEAN_BY_HAND: extract_by_hand(place, LEAN),
    }
    return [
        Contender(name=name, ask=repeated(place.asked(question)), pids=pids)
        for name, question in questions.items()
    ]


def _growth(place: Town, plots: int, rounds: int) -> dict[str, Cost]:
    """The extract in a small town and in this one, in turn."""
    engine = make_engine(ground(SMALL).url)
    small = town(ground(SMALL), Reading(engine))
    pairs = list(zip(small.plots(plots), place.plots(plots), strict=True))
    contenders = [_of_two(each, side) for side, each in enumerate((small, place))]
    found = costs(contenders, [BESIDE.join(pair) for pair in pairs], rounds=rounds)
    engine.dispose()
    return found


def _of_two(place: Town, side: int) -> Contender:
    ask = place.asked(our_extract(place))
    return Contender(
        name=_of(place.ground.parcels),
        ask=repeated(lambda pair: ask(pair.split(BESIDE)[side])),
        pids=(os.getpid(), place.backend()),
    )


def _of(parcels: int) -> str:
    return "extract, town of " + f"{parcels:,} parcels".replace(",", " ")


@contextmanager
def _server(ground: Ground, length: int) -> Iterator[tuple[int, int]]:
    """The service in a process of its own, as it is run: its port, and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "bench.served", ground.url, str(ground.state), str(port), str(length)]
    server = subprocess.Popen(command, env=os.environ | {"PGAPPNAME": SERVER})
    try:
        _wait_for(port, server)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit("The server did not start.")


def _over_http(engine: Engine, port: int, pid: int, number: str) -> list[Contender]:
    """Requests over one connection, the next in line while one is answered, as for a server that has work to do."""
    line = Line(port)

    def asked(address: str, number: str) -> str:
        return f"{address}?number={quote(number)}&on={ON}"

    extract = f"/api/{CODE}/extract"
    line.ask([asked(extract, number)])
    pids = (pid, *_backends(engine))
    return [
        Contender(name=HTTP, ask=lambda plot, times: line.ask([asked(extract, plot)] * times), pids=pids),
        Contender(name=HTTP_FIXED, ask=lambda plot, times: line.ask([asked(FIXED, plot)] * times), pids=pids),
    ]


def _backends(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        question = text("SELECT pid FROM pg_stat_activity WHERE application_name = :name")
        return list(connection.scalars(question, {"name": SERVER}))


def _ratios(found: dict[str, Cost], parcels: int) -> list[Ratio]:
    pairs = [
        ("(a) areas alone : the fastest statement known", AREAS, BY_HAND, 1.3),
        ("(b) extract : one statement with the same rows", FULL, FULL_BY_HAND, 1.3),
        ("    extract : figures of features, streets, neighbours alone", FULL, LEAN_BY_HAND, None),
    ]
    ratios = [
        Ratio(
            what=what,
            middle=found[ours].middle / found[theirs].middle,
            high=found[ours].high / found[theirs].high,
            bound=bound,
        )
        for what, ours, theirs, bound in pairs
    ]
    allowed = found[FULL].middle + 2 * found[HTTP_FIXED].middle
    high = found[FULL].high + 2 * found[HTTP_FIXED].high
    what = "(c) whole HTTP answer : (b) + twice a fixed answer of that size"
    ratios.append(
        Ratio(what=what, middle=found[HTTP].middle / allowed, high=found[HTTP].high / high, bound=1.0)
    )
    if parcels > SMALL:
        large, small = found[_of(parcels)], found[_of(SMALL)]
        what = f"(d) extract : the same in a town of {SMALL:,} parcels".replace(",", " ")
        ratios.append(
            Ratio(what=what, middle=large.middle / small.middle, high=large.high / small.high, bound=1.5)
        )
    return ratios


def _print(found: dict[str, Cost], ratios: Sequence[Ratio], faults: Sequence[str], title: str) -> None:
    out = Console(width=120)
    table = Table(title=title)
    table.add_column("milliseconds")
    for name in ("CPU p50", "CPU p95", "wall p50", "wall p95"):
        table.add_column(name, justify="right")
    for name, cost in found.items():
        values = cost.middle, cost.high, cost.wall_middle, cost.wall_high
        table.add_row(name, *(f"{value:.2f}" for value in values))
    out.print(table)
    bounds = Table(title="CPU, ratio of medians and of 95th percentiles")
    for name in ("", "p50", "p95", "bound", ""):
        bounds.add_column(name)
    for each in ratios:
        verdict = "" if each.bound is None else "held" if each.middle <= each.bound else "missed"
        bound = "" if each.bound is None else f"{each.bound:.1f}"
        bounds.add_row(each.what, f"{each.middle:.2f}", f"{each.high:.2f}", bound, verdict)
    out.print(bounds)
    out.print(
        f"{len(faults)} figures differ between extract and statement" + "".join(f"\n{f}" for f in faults[:5])
    )


def main() -> None:
    """Measure, print, and fail where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=SMALL)
    parser.add_argument("--plots", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    gc.collect()
    gc.freeze()
    found, ratios, faults = measured(ground(chosen.parcels), chosen.plots, chosen.rounds)
    _print(
        found, ratios, faults, f"{chosen.plots} plots, best of {chosen.rounds} rounds, {os.cpu_count()} cores"
    )
    if chosen.json:
        content = {each.what.strip(): [each.middle, each.high, each.bound] for each in ratios}
        chosen.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    sys.exit(any(each.bound is not None and each.middle > each.bound for each in ratios))


if __name__ == "__main__":
    main()
