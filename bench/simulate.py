"""What a reform simulated for a whole town costs, beside the bare buffers and intersections it needs.

In: a town of `bench.ground`.  Out: a table of processor seconds, of this process and of PostgreSQL: plots and streets read, sides and envelopes before
and after, in all; then the same calls of `shapely.buffer`, `intersection` and `difference` alone, as they were made (the bound is 6 times their
time), and the cost of a plot beside that in a smaller town.
Run: `python -m bench.simulate [--parcels 100000] [--beside 10000] [--blocks N] [--occupancy A1]`.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

import shapely
from sqlalchemy import Engine, text

from api.answers import LandAnswers
from api.planner.land_files import Tally, tallied
from api.planner.simulated_table import table
from api.planner.tracts import AT_ONCE, Tracts, in_pieces
from api.planner.weighing import Use, weigh
from bench.ground import CODE, Ground, ground
from gis.db.session import make_engine
from rules.reading import library
from rules.reform import reform, reformed

BOUND, LINEAR = 6.0, 1.25
BARE = ("buffer", "intersection", "difference")
REFORM = """
title: {en: A front yard of 2 m}
from: 2026-11-01
parameters:
  - {parameter: yards.open_space, where: {occupancy: A1, yard: front_average}, value: "2.0"}
"""
TICK = 100.0


@dataclass(kw_only=True)
class Cost:
    """Processor seconds by part, what became of the plots, the most memory."""

    reading: float = 0.0
    database: float = 0.0
    weighing: float = 0.0
    telling: float = 0.0
    wall: float = 0.0
    alone: int = 0
    megabytes: float = 0.0
    tally: Tally = field(default_factory=Tally)
    bare: dict[str, float] = field(default_factory=lambda: dict.fromkeys(BARE, 0.0))

    @property
    def whole(self) -> float:
        """All of it."""
        return self.reading + self.database + self.weighing + self.telling

    @property
    def plots(self) -> int:
        """Plots that were told together."""
        return self.tally.plots


def simulated(place: Ground, occupancy: str, blocks: int | None) -> Cost:
    """The reform on every plot of a town, or on so many thousands of them from all over it."""
    engine = make_engine(place.url, pool_size=1)
    land, cost = LandAnswers(engine, rasters=place.state / "rasters"), Cost()
    meant = reform(REFORM)
    laws, use = (library(), reformed(library(), meant)), Use(occupancy=occupancy)
    numbers, tracts = land.numbers(CODE, on=None), Tracts(land, CODE, meant.begins)
    tracts.stamp()
    start, backend = time.perf_counter(), _backend(engine)
    before = _seconds(backend)
    pieces = list(in_pieces(numbers, AT_ONCE))
    for some in pieces[:: max(1, len(pieces) // blocks)] if blocks else pieces:
        with Counted(cost):
            begin = time.process_time()
            read = tracts.read(some)
            then = time.process_time()
            assert read.tract is not None
            weighed = weigh(read.tract, meant.begins, use, laws)
            later = time.process_time()
            cost.tally.add(tallied(table(read.tract, weighed)))
        cost.alone += len(read.left)
        cost.reading += then - begin
        cost.weighing += later - then
        cost.telling += time.process_time() - later
    cost.wall, cost.database = time.perf_counter() - start, _seconds(backend) - before
    cost.megabytes = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    engine.dispose()
    return cost


class Counted:
    """While it lasts, the time of the bare calls is counted."""

    def __init__(self, cost: Cost) -> None:
        self._cost = cost
        self._kept: dict[str, Callable[..., Any]] = {}

    def __enter__(self) -> None:
        for name in BARE:
            self._kept[name] = getattr(shapely, name)
            setattr(shapely, name, self._timed(name, self._kept[name]))

    def _timed(self, name: str, bare: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            start = time.process_time()
            found = bare(*given, **named)
            self._cost.bare[name] += time.process_time() - start
            return found

        return timed

    def __exit__(self, *_: object) -> None:
        for name, bare in self._kept.items():
            setattr(shapely, name, bare)


def _backend(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT pg_backend_pid()")) or 0)


def _seconds(pid: int) -> float:
    """Processor seconds of a backend so far."""
    said = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(said[11]) + int(said[12])) / TICK


def told(cost: Cost) -> None:
    """Print what it cost."""
    print(f"{cost.plots} plots together, {cost.alone} one by one; {dict(cost.tally.effects)}")
    each = 1000.0 / max(cost.plots, 1)
    for name in ("reading", "database", "weighing", "telling", "whole"):
        print(f"  {name:<10} {getattr(cost, name):8.2f} s  {getattr(cost, name) * each:6.3f} ms a plot")
    bare = sum(cost.bare.values())
    parts = ", ".join(f"{name} {seconds:.2f}" for name, seconds in cost.bare.items())
    print(f"  bare calls {bare:8.2f} s  {bare * each:6.3f} ms a plot ({parts})")
    print(
        f"  ratio {cost.whole / bare:.2f} (bound {BOUND}); wall {cost.wall:.1f} s, at most {cost.megabytes:.0f} MB"
    )


def main() -> int:
    """Print the tables; 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--beside", type=int, default=10_000, help="a smaller town; 0: none")
    parser.add_argument("--occupancy", default="A1")
    parser.add_argument("--blocks", type=int, help="only so many thousands of plots, from all over the town")
    asked = parser.parse_args()
    small = simulated(ground(asked.beside), asked.occupancy, None) if asked.beside else None
    if small:
        told(small)
    cost = simulated(ground(asked.parcels), asked.occupancy, asked.blocks)
    told(cost)
    is_missed = cost.whole / sum(cost.bare.values()) > BOUND
    if small:
        growth = (cost.whole / cost.plots) / (small.whole / small.plots)
        print(
            f"a plot of {cost.plots} costs {growth:.2f} times one of {small.plots} (linear: at most {LINEAR})"
        )
        is_missed |= growth > LINEAR
    print(f"on {date.today()}")  # noqa: DTZ011
    return int(is_missed)


if __name__ == "__main__":
    sys.exit(main())
