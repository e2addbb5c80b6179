"""What extracts and envelopes of many plots cost as a notebook asks them, beside the bare shape calls they need, and how much memory they take.

In: towns of `bench.ground`.  Out: for each town and question, asked some hundred plots at a time in a process of its own on one core: milliseconds of
processor a plot, of this process and of PostgreSQL; the time of the same calls of shapely alone, as they were made; the most memory of the process, when
it had loaded everything and asked one piece, and at the end.  1 where most plots cannot be told (of a town without local bodies nothing is reckoned), a plot
of the larger town costs more than 1.25 times one of the smaller, or its memory grows by more than a quarter after the first piece; numbers of all plots are in it.
Run: `python -m bench.many [--parcels 100000] [--beside 10000] [--blocks N] [--question envelopes]`.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

import pyarrow as pa
import shapely
from sqlalchemy import Engine, text

from api.answers import LandAnswers, today
from api.planner import carrying, extracting
from api.planner.tracts import Tracts
from api.planner.weighing import Use
from bench.ground import CODE, Ground, ground
from gis.db.session import make_engine

LINEAR = 1.25
SAID = {"extracts": "status", "envelopes": "floor_area"}
"""The column that is empty where a plot cannot be told."""
TICK = 100.0
BARE = {
    "extracts": ("intersects", "distance", "covered_by", "covers", "intersection", "difference", "buffer", "area", "length", "union_all"),
    "envelopes": ("buffer", "intersection", "difference"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a question about so many plots took."""

    plots: int
    rows: int
    untold: int
    here: float
    database: float
    bare: float
    begun: float
    most: float

    @property
    def whole(self) -> float:
        """Processor seconds in all."""
        return self.here + self.database


def asked(place: Ground, question: str, blocks: int | None) -> Cost:
    """The question about all plots of a town, or about so many pieces from all over it, nothing of the answer kept."""
    engine = make_engine(place.url, pool_size=1)
    land = LandAnswers(engine, rasters=place.state / "rasters")
    numbers = _numbers(land, blocks)
    known = Tracts(land, CODE, today()).stamp().known
    for _ in _batches(question, land, numbers[: extracting.AT_ONCE], known):
        begun = _megabytes()
    backends = _backends(engine)
    before, start, rows, untold = sum(map(_seconds, backends)), time.process_time(), 0, 0
    with _counted(BARE[question]) as bare:
        for batch in _batches(question, land, numbers, known):
            rows += batch.num_rows
            untold += batch.column(SAID[question]).null_count
    here = time.process_time() - start
    found = Cost(
        plots=len(numbers),
        rows=rows,
        untold=untold,
        here=here,
        database=sum(map(_seconds, backends)) - before,
        bare=bare[0],
        begun=begun,
        most=_megabytes(),
    )
    engine.dispose()
    return found


def _batches(question: str, land: LandAnswers, numbers: list[str], known: Any) -> Iterator[pa.RecordBatch]:
    if question == "extracts":
        return extracting.extracts(land, CODE, numbers, on=today(), known=known)
    return carrying.envelopes(land, CODE, numbers, day=today(), known=known, use=Use())


def _numbers(land: LandAnswers, blocks: int | None) -> list[str]:
    numbers = land.numbers(CODE, on=None)
    size = extracting.AT_ONCE
    pieces = [numbers[first : first + size] for first in range(0, len(numbers), size)]
    taken = pieces[:: max(1, len(pieces) // blocks)] if blocks else pieces
    return [number for some in taken for number in some]


@contextmanager
def _counted(names: tuple[str, ...]) -> Iterator[list[float]]:
    """While it lasts, the time of the bare calls is counted; a call within another is not counted twice."""
    spent, inside = [0.0], [0]

    def timed(bare: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            inside[0] += 1
            start = time.process_time()
            try:
                return bare(*given, **named)
            finally:
                inside[0] -= 1
                spent[0] += 0.0 if inside[0] else time.process_time() - start

        return call

    kept = {name: getattr(shapely, name) for name in names}
    for name, bare in kept.items():
        setattr(shapely, name, timed(bare))
    try:
        yield spent
    finally:
        for name, bare in kept.items():
            setattr(shapely, name, bare)


def _backends(engine: Engine) -> list[int]:
    """The servers of this process: those of its database that it began, which is alone there."""
    with engine.connect() as connection:
        told = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
        return [int(pid) for (pid,) in connection.execute(text(told))]


def _seconds(pid: int) -> float:
    """Processor seconds of a server so far."""
    said = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(said[11]) + int(said[12])) / TICK


def _megabytes() -> float:
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


def told(question: str, cost: Cost) -> None:
    """Print what it cost."""
    each = 1000.0 / cost.plots
    print(
        f"{question:<10} {cost.plots:>7} plots, {cost.rows} rows, {cost.untold} not told: here {cost.here * each:.3f}, database {cost.database * each:.3f},"
        f" in all {cost.whole * each:.3f} ms a plot; bare {cost.bare * each:.3f}, ratio {cost.whole / cost.bare:.2f};"
        f" memory {cost.begun:.0f} MB after a piece, at most {cost.most:.0f} MB"
    )


def _elsewhere(task: Callable[..., Any], *given: Any) -> Any:
    """What a task answers in a process of its own, whose memory begins with that of this one: a town is made apart from where it is measured."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(task, *given).result()


def main() -> int:
    """Print the table; 1 where a plot of the larger town costs more, or takes more memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--beside", type=int, default=10_000)
    parser.add_argument(
        "--blocks", type=int, help="of the larger town only so many pieces of 500 plots, from all over it"
    )
    parser.add_argument("--question", choices=list(BARE), help="only this one")
    chosen = parser.parse_args()
    is_missed = False
    for question in [chosen.question] if chosen.question else BARE:
        costs = []
        for parcels, blocks in ((chosen.beside, None), (chosen.parcels, chosen.blocks)):
            place = _elsewhere(ground, parcels)
            costs.append(_elsewhere(asked, place, question, blocks))
            told(question, costs[-1])
        small, large = costs
        growth, memory = (large.whole / large.plots) / (small.whole / small.plots), large.most / large.begun
        print(f"  a plot costs {growth:.2f} times as much, memory is {memory:.2f} times that after a piece")
        is_missed |= max(growth, memory) > LINEAR or any(2 * each.untold > each.rows for each in costs)
    return int(is_missed)


if __name__ == "__main__":
    sys.exit(main())
