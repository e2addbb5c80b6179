"""What a reform simulated for a whole town costs, beside the bare buffers and intersections it needs.

In: a town of `bench.ground`.  Out: a table of processor seconds, of this process and of PostgreSQL: plots and streets read, sides and envelopes before
and after, in all; then the same calls of `shapely.buffer`, `intersection` and `difference` alone, as they were made (the bound is 6 times their
time), and the cost of a plot beside that in a smaller town.
Run: `python -m bench.simulate [--parcels 100000] [--beside 10000] [--blocks N] [--sittings FILE] [--occupancy A1]`.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
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

    def add(self, other: "Cost") -> None:
        """Count others with them."""
        for name in ("reading", "database", "weighing", "telling", "wall", "alone"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.megabytes = max(self.megabytes, other.megabytes)
        self.tally.add(other.tally)
        for name in BARE:
            self.bare[name] += other.bare[name]

    @property
    def whole(self) -> float:
        """All of it."""
        return self.reading + self.database + self.weighing + self.telling

    @property
    def plots(self) -> int:
        """Plots that were told together."""
        return self.tally.plots


@dataclass(frozen=True, kw_only=True)
class Sittings:
    """A file with what each thousand plots cost, so that a run on a machine that is not free goes on where it ended."""

    path: Path | None
    about: str

    def done(self) -> dict[int, Cost]:
        """The thousands that were reckoned, by their place in the town."""
        if self.path is None or not self.path.exists():
            return {}
        lines = [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]
        return {each["turn"]: _read(each["cost"]) for each in lines if each["about"] == self.about}

    def keep(self, turn: int, cost: Cost) -> None:
        """Write one more down."""
        if self.path is not None:
            with self.path.open("a", encoding="utf-8") as file:
                print(json.dumps({"about": self.about, "turn": turn, "cost": _written(cost)}), file=file)


def _written(cost: Cost) -> dict[str, Any]:
    tally = vars(cost.tally) | {"effects": dict(cost.tally.effects)}
    return vars(cost) | {"tally": tally}


def _read(told: dict[str, Any]) -> Cost:
    return Cost(**told | {"tally": Tally(**told["tally"] | {"effects": Counter(told["tally"]["effects"])})})


def simulated(place: Ground, occupancy: str, blocks: int | None, *, kept: Path | None = None) -> Cost:
    """The reform on every plot of a town, or on so many thousands of them from all over it."""
    engine = make_engine(place.url, pool_size=1)
    land = LandAnswers(engine, rasters=place.state / "rasters")
    bench = _Bench(engine, land, Use(occupancy=occupancy))
    sittings = Sittings(path=kept, about=f"{place.parcels} {occupancy}")
    done, whole = sittings.done(), Cost()
    pieces = list(enumerate(in_pieces(land.numbers(CODE, on=None), AT_ONCE)))
    chosen = pieces[:: max(1, len(pieces) // blocks)] if blocks else pieces
    for turn, some in sorted(
        chosen, key=lambda each: f"{each[0]:020b}"[::-1]
    ):  # any beginning is from all over
        if turn not in done:
            done[turn] = bench.reckoned(some)
            sittings.keep(turn, done[turn])
        whole.add(done[turn])
    engine.dispose()
    return whole


class _Bench:
    """Where thousands of plots are reckoned, and what each costs is counted."""

    def __init__(self, engine: Engine, land: LandAnswers, use: Use) -> None:
        self._meant, self._use = reform(REFORM), use
        self._laws = library(), reformed(library(), self._meant)
        self._tracts = Tracts(land, CODE, self._meant.begins)
        self._tracts.stamp()
        self._backend = _backend(engine)

    def reckoned(self, some: Sequence[str]) -> Cost:
        """What some plots cost."""
        cost, start, before = Cost(), time.perf_counter(), _seconds(self._backend)
        with Counted(cost):
            begin = time.process_time()
            read = self._tracts.read(some)
            then = time.process_time()
            assert read.tract is not None
            weighed = weigh(read.tract, self._meant.begins, self._use, self._laws)
            later = time.process_time()
            cost.tally.add(tallied(table(read.tract, weighed)))
        cost.alone, cost.reading = len(read.left), then - begin
        cost.weighing, cost.telling = later - then, time.process_time() - later
        cost.wall, cost.database = time.perf_counter() - start, _seconds(self._backend) - before
        cost.megabytes = getrusage(RUSAGE_SELF).ru_maxrss / 1024
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
    parser.add_argument(
        "--sittings",
        type=Path,
        help="a file with what was reckoned: a run that was given up goes on where it ended",
    )
    asked = parser.parse_args()
    small = simulated(ground(asked.beside), asked.occupancy, None) if asked.beside else None
    if small:
        told(small)
    cost = simulated(ground(asked.parcels), asked.occupancy, asked.blocks, kept=asked.sittings)
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
