"""The full extract against one hand-written statement that returns the same rows, on the same plots, in one run.

In: how many parcels the generated town has.  Out: a table of CPU and wall, median and p95, of ours and of the baseline; the
ratio with its bound.
CPU is that of the application and of its PostgreSQL backends, from `/proc`, in steps of a clock tick over all plots.
Run: `python -m bench.extract --parcels 10000 [--plots 300]`.
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median, quantiles

import psycopg
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url

from api.answers import LandAnswers
from bench.ground import CODE, Ground, ground
from gis.db.session import make_engine, transaction
from gis.jurisdictions import jurisdiction
from gis.recordings import last_recording
from layers.catalogue import load
from layers.entry import Role
from layers.extract.theme import AMPLE
from layers.imports import standing

ON = date(2026, 1, 1)
TICK = os.sysconf("SC_CLK_TCK")
STATEMENT = (Path(__file__).parent / "extract_baseline.sql").read_text(encoding="utf-8")
BOUND = 1.3


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one question costs: milliseconds of CPU on average, of wall at the median and the 95th percentile."""

    cpu: float
    middle: float
    high: float


def backends(url: str) -> float:
    """CPU seconds of the PostgreSQL processes that serve a database."""
    address = make_url(url)
    with psycopg.connect(
        address.set(drivername="postgresql").render_as_string(hide_password=False)
    ) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    return sum(_ticks(pid) for (pid,) in rows) / TICK


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def measured(url: str, ask: Callable[[str], object], numbers: list[str]) -> Cost:
    """The cost of a question, asked of every plot once to warm and once to measure."""
    for number in numbers:
        ask(number)
    walls = []
    before = time.process_time() + backends(url)
    for number in numbers:
        start = time.perf_counter()
        ask(number)
        walls.append((time.perf_counter() - start) * 1_000)
    cpu = (time.process_time() + backends(url) - before) / len(numbers) * 1_000
    return Cost(cpu=cpu, middle=median(walls), high=quantiles(walls, n=20)[-1])


def by_hand(place: Ground) -> Callable[[str], object]:
    """The baseline: one prepared statement on a connection of its own, its rows fetched in binary."""
    engine = make_engine(place.url)
    with transaction(engine) as session:
        where = jurisdiction(session, CODE)
        imports = standing(session, where, known=last_recording(session, CODE))
    engine.dispose()
    catalogue = load(where.catalogue)
    roads = {layer.id for layer in catalogue.with_role(Role.ROAD)}
    tiling = {layer.id for layer in catalogue.layers if layer.full_coverage}
    shaped = [each for each in imports if each.raster is None and each.target not in ("parcels", "places")]
    values = {
        "jurisdiction": CODE,
        "on": ON,
        "imports": [each.id for each in shaped],
        "streets": [each.id for each in shaped if each.target in roads],
        "tilings": [each.id for each in shaped if each.target in tiling],
        "street_accuracy": max(each.accuracy for each in shaped if each.target in roads),
        "ample": AMPLE,
    }
    address = make_url(place.url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(
        address, autocommit=True, options="-c jit=off -c plan_cache_mode=force_generic_plan"
    )
    cursor = connection.cursor(binary=True)

    def ask(number: str) -> object:
        return cursor.execute(STATEMENT, {**values, "number": number}, prepare=True).fetchall()

    return ask


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=10_000)
    parser.add_argument("--plots", type=int, default=300)
    chosen = parser.parse_args()
    place = ground(chosen.parcels)
    engine = make_engine(place.url)
    with engine.connect() as connection:
        numbers = [
            row[0]
            for row in connection.exec_driver_sql(
                "SELECT number FROM parcel WHERE upper_inf(valid) AND upper_inf(recorded)"
                " ORDER BY hashtext(number) LIMIT %(most)s",
                {"most": chosen.plots},
            )
        ]
    land = LandAnswers(engine, rasters=place.state / "rasters")
    costs = {
        "one statement by hand": measured(place.url, by_hand(place), numbers),
        "our extract": measured(
            place.url, lambda n: land.extract(CODE, number=n, on=ON, known=None), numbers
        ),
    }
    _print(costs, chosen.parcels, len(numbers))


def _print(costs: dict[str, Cost], parcels: int, plots: int) -> None:
    out = Console()
    table = Table(
        "question", "CPU ms", "wall p50 ms", "wall p95 ms", title=f"{plots} plots of {parcels} parcels"
    )
    for name, cost in costs.items():
        table.add_row(name, f"{cost.cpu:.2f}", f"{cost.middle:.2f}", f"{cost.high:.2f}")
    out.print(table)
    hand, ours = costs.values()
    out.print(
        f"extract : statement, CPU {ours.cpu / hand.cpu:.2f}, wall p50 {ours.middle / hand.middle:.2f} (bound {BOUND})"
    )


if __name__ == "__main__":
    main()
