"""kill -9 at every point of every step of a permit: before each statement, at each commit, after it, and before the answer.

In: nothing but a machine: a private durable PostGIS of its own is made and taken away.  Out: how often the server was killed in each step; an
assertion where anything was half done, lost, or done twice.  A permit goes its way twice over HTTP: on the licensee's certificate, and by an
officer's decision.  Run: `python -m bench.permits_faults` (`--stride 3` dies at every third point,
`--way officer` goes one of the two).
"""

import argparse
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from api.connecting import connect, connect_service, migrate
from api.local_postgis import stop
from api.settings import Settings
from civic.core.bodies import found_body, inside
from gis.db.session import transaction
from gis.jurisdictions import found
from tests.civic.conftest import LAND, a_body
from tests.civic.permits.drill import Drill, browsers, filing_of, mortal_server
from tests.civic.permits.matters import a_matter

WAYS = {"certified": Drill.way, "officer": Drill.officers_way}


def main() -> None:
    """Kill, and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--way", choices=sorted(WAYS), action="append")
    chosen = parser.parse_args()
    state = Path(tempfile.mkdtemp(prefix="bhumika-bench-"))
    state.chmod(0o755)
    try:
        drilled(state, chosen.stride, chosen.way or sorted(WAYS))
    finally:
        stop(state)
        shutil.rmtree(state)


def drilled(state: Path, stride: int, ways: Iterable[str]) -> None:
    """The ways that were asked for, dying at every so many-th point of each step, and the count of deaths."""
    settings = Settings(state=state)
    owner = connect(settings)
    migrate(owner)
    service, body = connect_service(settings), replace(a_body("drill"), jurisdiction=LAND.code)
    with transaction(owner) as session:
        found(session, LAND)
        found_body(session, body)
    with inside(service, body.code) as (session, here):
        matter = a_matter(session, here, state / "matter", now=datetime.now(UTC))
    killed: Counter[str] = Counter()

    def every(step: str) -> Iterable[int]:
        for point in count(1, stride):
            killed[step] += 1
            print(f"{step}: point {point}", flush=True)
            yield point

    with mortal_server(owner.url.render_as_string(hide_password=False), state) as port:
        people = browsers(service, matter, port)
        for way in (WAYS[each] for each in ways):
            drill = Drill(service, matter, filing_of(matter, people), people, every)
            way(drill)
    print("\n| step | lives |\n|---|---|")
    for step, lives in killed.items():
        print(f"| {step} | {lives} |")
    owner.dispose()
    service.dispose()


if __name__ == "__main__":
    main()
