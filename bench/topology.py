"""How long does the topology check take, and does its memory grow with the town?

In: sizes of generated towns (`bench.ground`).  Out: for each, squares, faults, seconds, CPU and peak memory of a process of
its own, printed as a table.  Run: `python -m bench.topology [10000 100000 1000000]`.
"""

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import date

from bench.ground import CODE, ground
from gis.asof import AsOf
from gis.db.session import make_engine, transaction
from gis.jurisdictions import jurisdiction
from gis.parcels.topology import FaultKind, check_topology
from gis.recordings import last_recording

SIZES = (10_000, 100_000, 1_000_000)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One town, checked once."""

    parcels: int
    squares: int
    faults: dict[str, int]
    seconds: float
    cpu_seconds: float
    peak_megabytes: float


def measure(url: str) -> Measured:
    """Check the town in this process."""
    squares = 0

    def told(_done: int, of: int) -> None:
        nonlocal squares
        squares = of

    engine = make_engine(url)
    with transaction(engine) as session:
        place = jurisdiction(session, CODE)
        at = AsOf(on=date(2026, 1, 1), known=last_recording(session, CODE))
        wall, cpu = time.perf_counter(), time.process_time()
        report = check_topology(session, place, at=at, progress=told)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    engine.dispose()
    return Measured(
        parcels=report.parcels,
        squares=squares,
        faults={str(kind): len(report.of(kind)) for kind in FaultKind},
        seconds=round(wall, 1),
        cpu_seconds=round(cpu, 1),
        peak_megabytes=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    )


def main() -> None:
    """Each size in a process of its own, so that peaks do not mix."""
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(asdict(measure(sys.argv[2]))))
        return
    for size in [int(size) for size in sys.argv[1:]] or SIZES:
        command = [sys.executable, "-m", "bench.topology", "--one", ground(size).url]
        print(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())


if __name__ == "__main__":
    main()
