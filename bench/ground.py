"""Ground to measure on: a generated town in a database of its own, brought in by the ordinary import.

In: how many parcels; a PostGIS whose user may create databases (`BHUMIKA_BENCH_DATABASE_URL`, or the project's own
cluster `bench`).  Out: a `Ground`, made once and found again by the next run.  One restriction polygon is drawn for every
fifty parcels (20 000 for a million), in thirty layers: towns differ in size, not in what lies on a plot.
Run: `python -m bench.ground --parcels 1000000 [--fresh]`.
"""

import argparse
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from api.importing import progress_bars
from api.local_postgis import ensure
from gis.db.migrations import upgrade
from gis.db.session import make_engine, transaction
from gis.recordings import record
from layers.importers.run import run_mapping
from layers.sample import generate

CODE = "kl-sample"
PARCELS_A_POLYGON = 50
COMPLETE = "ground for benchmarks is complete"
FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A town to measure on."""

    parcels: int
    url: str
    state: Path
    """Where its rasters lie, under `rasters`."""


def server() -> str:
    """Address of the PostGIS for benchmarks."""
    return os.environ.get("BHUMIKA_BENCH_DATABASE_URL") or ensure(_state(), name="bench", durable=False)


def _state() -> Path:
    return Path(os.environ.get("BHUMIKA_STATE", ".bhumika"))


def ground(parcels: int, *, fresh: bool = False) -> Ground:
    """A town of about that many parcels; made in some minutes where it is not there yet."""
    name = f"bhumika_ground_{parcels}"
    address = server()
    url = make_url(address).set(database=name).render_as_string(hide_password=False)
    place = Ground(parcels=parcels, url=url, state=_state() / "bench" / name)
    engine = make_engine(url)
    if fresh or not _is_complete(engine):
        _make_database(address, name)
        _fill(engine, place)
    engine.dispose()
    return place


def _is_complete(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            question = text("SELECT 1 FROM recording WHERE what = :what")
            return connection.scalar(question, {"what": COMPLETE}) is not None
    except (OperationalError, ProgrammingError):
        return False


def _make_database(address: str, name: str) -> None:
    admin = make_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    admin.dispose()


def _fill(engine: Engine, place: Ground) -> None:
    """Generate, import, and lay the tables of the baselines beside."""
    upgrade(engine)
    with tempfile.TemporaryDirectory(prefix="bhumika-ground-") as name, progress_bars(Console()) as bars:
        folder = Path(name)
        restrictions = place.parcels // PARCELS_A_POLYGON
        generate(folder, parcels=place.parcels, restrictions=restrictions, progress=bars.moved)
        run_mapping(engine, folder / "mapping.yaml", folder, state=place.state, progress=bars.imported)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text((FOLDER / "baseline_tables.sql").read_text(encoding="utf-8")))
        connection.execute(text("VACUUM (ANALYZE)"))
    with transaction(engine) as session:
        record(session, CODE, what=COMPLETE)


def main() -> None:
    """Make one and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=1_000_000)
    parser.add_argument("--fresh", action="store_true", help="make it anew")
    chosen = parser.parse_args()
    print(ground(chosen.parcels, fresh=chosen.fresh).url)


if __name__ == "__main__":
    main()
