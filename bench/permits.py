"""How long a permit takes from the last click, and what a month of a corporation's filings costs, part by part.

In: nothing but a machine: a private durable PostGIS of its own is made in a folder, and taken away unless `--state` names one.
Out: tables, Markdown.  Run: `python -m bench.permits` (the last click: `--waves 10 --at-once 20`), `python -m bench.permits --filings 5000`
(the month, played with officers).

(a) Twenty filings at once against the service as `serve` runs it; from the click that pays to the letter as PDF, everything over HTTP; even
waves (all click at the same moment), free ones, and even ones with every plot recorded anew just before the click, so that every drawing is
checked again first.  The bound is 10 s at the 99th percentile.  (b) see `bench.permits_month`.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from api.local_postgis import stop
from api.sample_town import BODY
from bench.permits_click import PARTS, Timed, served, waves
from bench.permits_month import month
from bench.permits_town import BenchTown, town
from civic.core.working_days import day_there
from gis.asof import AsOf
from gis.db.session import transaction
from gis.jurisdictions import jurisdiction
from gis.parcels.changes import NewParcel, correct
from gis.parcels.queries import parcel
from gis.recordings import last_recording

BOUND = 10.0
"""Seconds from the last click to the letter, at the 99th percentile."""
RECORDED = [each.name for each in fields(NewParcel)]
"""What a correction records of a plot."""
SAMPLE = 12_000
"""Plots of the town: so many that twenty of them are clear, since of two filings for one plot the second waits for an officer."""


def main() -> int:
    """Measure and print; 1 where the bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waves", type=int, default=10, help="waves of the last click, of each kind")
    parser.add_argument("--at-once", type=int, default=20)
    parser.add_argument("--filings", type=int, default=0, help="play a month of so many filings instead")
    parser.add_argument("--players", type=int, default=2, help="processes that play the month")
    parser.add_argument("--state", type=Path, help="a folder to keep, found again by the next run")
    chosen = parser.parse_args()
    with _state(chosen.state) as state:
        if chosen.filings:
            month(state, filings=chosen.filings, players=chosen.players)
            return 0
        there = town(state, parcels=SAMPLE, plots=3 * chosen.at_once)
        return _last_clicks(there, count=chosen.waves, at_once=chosen.at_once)


@contextmanager
def _state(kept: Path | None) -> Iterator[Path]:
    """A folder with a database, stopped at the end, and taken away where nobody named it."""
    state = kept or Path(tempfile.mkdtemp(prefix="bhumika-bench-"))
    state.mkdir(parents=True, exist_ok=True)
    state.chmod(0o755)
    try:
        yield state
    finally:
        stop(state)
        if kept is None:
            shutil.rmtree(state)


def _last_clicks(there: BenchTown, *, count: int, at_once: int) -> int:
    plots = [each for each in there.plots if each.is_clear]
    print(f"{len(plots)} plots that no theme of a consent touches; {count} waves of {at_once}", flush=True)
    if len(plots) < at_once:
        raise SystemExit("Too few: of two filings for one plot at once the second goes to an officer.")
    with served(there):
        waves(there, plots, count=1, at_once=at_once, is_even=False, told=lambda _: None)  # to warm
        even = _waves(there, "even waves", count, at_once, is_even=True)
        free = _waves(there, "free waves", count, at_once, is_even=False)
        again = _waves(
            there, "checked again", max(1, count // 4), at_once, is_even=True, before=_recorder(there)
        )
    print("\n| seconds | filings | p50 | p95 | p99 | worst |\n|---|---|---|---|---|---|")
    for name, found in (
        ("all click at once", even),
        ("each as soon as it can", free),
        ("checked again first", again),
    ):
        _row(name, [each.last_click for each in found])
    print("\n| seconds of a part, p50 (p99) | all click at once | each as soon as it can |\n|---|---|---|")
    for part in PARTS:
        sides = [_span([each.parts[part] for each in found]) for found in (even, free)]
        print(f"| {part} | {' | '.join(sides)} |")
    print(
        f"letters of {median(each.size for each in even) / 1000:.0f} kB; bound {BOUND:g} s at the 99th percentile"
    )
    return int(max(_high(even), _high(free)) > BOUND)


def _waves(
    there: BenchTown,
    title: str,
    count: int,
    at_once: int,
    *,
    is_even: bool,
    before: Callable[[], None] = lambda: None,
) -> list[Timed]:
    plots = [each for each in there.plots if each.is_clear]
    with bar() as shown:
        task = shown.add_task(title, total=count * at_once)
        return waves(
            there,
            plots,
            count=count,
            at_once=at_once,
            is_even=is_even,
            told=lambda _: shown.advance(task),
            before_click=before,
        )


def _recorder(there: BenchTown) -> Callable[[], None]:
    """Every plot recorded anew as it is, which makes each check before it old."""

    def anew() -> None:
        with transaction(there.owner) as session:
            place = jurisdiction(session, BODY.jurisdiction)
            at = AsOf(
                on=day_there(datetime.now(UTC), BODY.time_zone), known=last_recording(session, place.code)
            )
            for each in there.plots:
                was = parcel(session, place, each.number, at=at)
                same = NewParcel(**{name: getattr(was, name) for name in RECORDED})
                correct(session, place, each.number, to=same, on=at.on, instrument="bench")

    return anew


def bar() -> Progress:
    """A progress bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, TimeRemainingColumn(), console=Console(file=sys.stderr))


def _high(found: Sequence[Timed]) -> float:
    return _percentile([each.last_click for each in found], 99)


def _percentile(values: Sequence[float], which: int) -> float:
    return quantiles(values, n=100, method="inclusive")[which - 1] if len(values) > 1 else values[0]


def _row(name: str, values: Sequence[float]) -> None:
    told = " | ".join(f"{_percentile(values, each):.2f}" for each in (50, 95, 99))
    print(f"| {name} | {len(values)} | {told} | {max(values):.2f} |")


def _span(values: Sequence[float]) -> str:
    return f"{median(values):.2f} ({_percentile(values, 99):.2f})"


if __name__ == "__main__":
    sys.exit(main())
