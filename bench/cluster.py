"""A simulation from files on Dask workers, one and two, beside the same without Dask: equal tables, seconds, overhead.

In: a town of `bench.ground`, written as GeoParquet once; the database is idle then.  Out: a table of wall and processor seconds for no Dask at all,
one worker and two (each one process with one thread), how much quicker two are than one (the bound is 1.4), and what Dask adds.
Run: `python -m bench.cluster [--parcels 100000] [--files 8]`.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas
import pandas as pd
import psutil
from distributed import Client, LocalCluster

from api.answers import LandAnswers
from api.planner.cluster import simulate_there
from api.planner.land_files import Asked, Tally, export, law_of, simulate_here
from api.planner.weighing import Use
from bench.ground import CODE, ground
from bench.simulate import REFORM
from gis.db.session import make_engine
from layers.tracts.files import parts
from rules.reform import reform

BOUND, LEAST = 1.4, 60.0


@dataclass(frozen=True, kw_only=True)
class Run:
    """One way to simulate the files."""

    name: str
    wall: float
    processor: float
    busiest: float
    """Processor seconds of the process that had most to do: what the clock would say where each has a core of its own."""
    tally: Tally
    output: Path


def land_of(parcels: int, folder: Path, most: int) -> list[Path]:
    """The files of a town, no more than so many."""
    place = ground(parcels)
    engine = make_engine(place.url)
    land = LandAnswers(engine, rasters=place.state / "rasters")
    if not folder.exists():
        for _ in export(land, CODE, folder, on=None, cores=1):
            pass
    engine.dispose()
    return parts(folder)[:most]


def run(name: str, output: Path, tallies: Callable[[Path], Iterator[Tally]]) -> Run:
    """Simulate the files one way; the processor time is that of this process and all it began."""
    start, before, whole = time.perf_counter(), _processors(), Tally()
    for each in tallies(output):
        whole.add(each)
    wall, after = time.perf_counter() - start, _processors()
    spent = [seconds - before.get(pid, 0.0) for pid, seconds in after.items()]
    return Run(
        name=name,
        wall=wall,
        processor=sum(spent),
        busiest=max(spent),
        tally=whole,
        output=output,
    )


def _processors() -> dict[int, float]:
    """Seconds of this process and of each that it began and that still runs."""
    own = psutil.Process()
    return {each.pid: sum(each.cpu_times()[:2]) for each in (own, *own.children(recursive=True))}


def on_dask(workers: int, paths: Sequence[Path], asked: Asked, output: Path) -> Run:
    """The same on so many workers of one thread; the workers are warm when the clock starts."""
    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
        ) as local,
        Client(local) as client,
    ):
        client.run(_warm, asked)
        return run(
            f"{workers} Dask worker{'s' * (workers > 1)}",
            output,
            lambda folder: simulate_there(client, paths, asked, folder),
        )


def _warm(asked: Asked) -> int:
    law_of(asked.change)
    return os.getpid()


def tables(folder: Path) -> pd.DataFrame:
    """All rows that a run wrote, in one order."""
    found = pd.concat([geopandas.read_parquet(path) for path in sorted(folder.glob("*/*.parquet"))])
    return found.sort_values("number", ignore_index=True)


def main() -> int:
    """Print the table; 1 where the bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--files", type=int, default=8, help="of 5 000 plots")
    parser.add_argument("--land", type=Path, help="folder of the files, kept; else one that is thrown away")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bhumika-cluster-") as name:
        folder = Path(name)
        paths = land_of(asked.parcels, asked.land or folder / "land", asked.files)
        meant = Asked(change=reform(REFORM), use=Use())
        _warm(meant)
        alone = run("no Dask", folder / "0", lambda out: simulate_here(paths, meant, out, cores=1))
        one = on_dask(1, paths, meant, folder / "1")
        two = on_dask(2, paths, meant, folder / "2")
        for each in (one, two):
            pd.testing.assert_frame_equal(tables(alone.output), tables(each.output))
    for each in (alone, one, two):
        print(
            f"{each.name:<16} {each.tally.plots} plots, wall {each.wall:7.1f} s, processor {each.processor:7.1f} s,"
            f" busiest {each.busiest:7.1f} s"
        )
    gain = one.wall / two.wall
    print(f"tables equal; two workers {gain:.2f} times as quick as one by the clock (bound {BOUND}),")
    print(f"{one.busiest / two.busiest:.2f} times by the busiest process")
    print(
        f"Dask over none: wall {one.wall / alone.wall:.2f}, processor {one.processor / alone.processor:.2f}"
    )
    print(f"load of the machine {os.getloadavg()[0]:.1f}; work of {alone.processor:.0f} s (at least {LEAST})")
    return int(gain < BOUND or alone.processor < LEAST)


if __name__ == "__main__":
    sys.exit(main())
