"""How fast parcels come in, checks and all, against a baseline that checks nothing; and how much memory that takes.

In: a PostGIS server whose user may create databases (`BHUMIKA_BENCH_DATABASE_URL`, or the project's own cluster).
Out: a table on the terminal and, with `--json`, a file.  Both read the same FlatGeobuf file in one run.  The baseline
streams its columns into a table like `parcel` by the fastest path (Arrow batches by ADBC where it is installed, else
binary COPY by psycopg) and then builds every index and exclusion constraint that `parcel` has.
Memory is the peak resident set of the importing process.  Run: `python -m bench.import_parcels --parcels 1000000`.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import psycopg
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray
from sqlalchemy import make_url, text

from api.local_postgis import ensure
from gis.db.migrations import upgrade
from gis.db.session import make_engine, transaction
from gis.place import Jurisdiction
from layers.importers.mapping import ParcelsEntry, SourceEntry
from layers.importers.run import run_dataset

try:
    ADBC: Any = importlib.import_module("adbc_driver_postgresql.dbapi")
except ImportError:
    ADBC = None

LEAST_RATE = 0.4
MOST_MEMORY = 1.2
METRIC = 32643
PLACE = Jurisdiction(
    code="bench",
    name_en="Bench",
    name_ml="ബെഞ്ച്",
    metric=METRIC,
    catalogue="kerala",
    rule_book=None,
    synthetic=True,
)
SOURCE = SourceEntry(title="Grid", publisher="bench", licence="CC0 1.0", date=date(2026, 1, 1))
TEXTS = ("number", "district", "taluk", "village", "block", "survey", "subdivision", "ulpin", "land_type")
ENTRY = ParcelsEntry.model_validate(
    {
        "kind": "parcels",
        "file": "parcels.fgb",
        "accuracy": 0.1,
        "accuracy_basis": "invented",
        "valid_from": date(2020, 1, 1),
        "fields": {name: name for name in TEXTS} | {"recorded_area": "area", "recorded_unit": "unit"},
    }
)
FILLED = {
    "jurisdiction": f"TEXT DEFAULT '{PLACE.code}'",
    "srid": f"INTEGER DEFAULT {METRIC}",
    "measured_area": "DOUBLE PRECISION DEFAULT 1",
    "accuracy": "DOUBLE PRECISION DEFAULT 0.1",
    "change_id": "BIGINT DEFAULT 1",
    "import_id": "BIGINT DEFAULT 1",
    "valid": "DATERANGE DEFAULT '[2020-01-01,)'",
    "recorded": "TSTZRANGE DEFAULT '[2026-01-01,)'",
}


def write_parcels(path: Path, number: int) -> None:
    """A seeded grid of parcels with seven corners each, in the order of the spatial index of FlatGeobuf."""
    side = int(np.ceil(np.sqrt(number)))
    rng = np.random.default_rng(7)
    across, up = np.meshgrid(np.arange(side + 1), np.arange(side + 1))
    x = 640_000 + across * 20.0 + rng.uniform(-4, 4, across.shape)
    y = 1_150_000 + up * 20.0 + rng.uniform(-4, 4, across.shape)
    i, j = np.divmod(np.arange(number), side)
    a, b, c, d = (np.column_stack([x[k], y[k]]) for k in ((i, j), (i, j + 1), (i + 1, j + 1), (i + 1, j)))
    shapes = shapely.polygons(np.stack([a, (a + b) / 2, b, c, (c + d) / 2, d, a], axis=1))
    table = _columns(np.arange(number), shapes)
    pyogrio.write_arrow(
        table,
        path,
        driver="FlatGeobuf",
        geometry_name="geometry",
        geometry_type="Polygon",
        crs=f"EPSG:{METRIC}",
    )


def _columns(serial: NDArray[np.int64], shapes: NDArray[np.object_]) -> pa.Table:
    part = {
        "village": serial // 40_000 + 1,
        "block": serial // 4_000 + 1,
        "survey": serial // 40 + 1,
        "subdivision": serial % 40 + 1,
    }
    words = {name: values.astype(str) for name, values in part.items()}
    number = words["village"]
    for name in ("block", "survey", "subdivision"):
        number = np.char.add(np.char.add(number, "/"), words[name])
    same = np.full(len(serial), "Palakkad")
    columns = {
        "number": np.char.add("PKD/V", number),
        "district": same,
        "taluk": same,
        **words,
        "ulpin": np.char.zfill(serial.astype(str), 14),
        "area": np.char.mod("%.4f", shapely.area(shapes) / 10_000),
        "unit": np.full(len(serial), "hectare"),
        "land_type": np.where(serial % 3 == 0, "nilam", "purayidam"),
        "geometry": shapely.to_wkb(shapes, flavor="iso"),
    }
    return pa.table(
        {
            name: pa.array(values, pa.binary() if name == "geometry" else pa.string())
            for name, values in columns.items()
        }
    )


@contextmanager
def database(server: str) -> Iterator[str]:
    """A migrated database for one measurement."""
    name = f"bhumika_bench_{uuid4().hex[:8]}"
    admin = make_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    engine = make_engine(url)
    try:
        upgrade(engine)
        yield url
    finally:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


def import_once(url: str, folder: Path) -> None:
    """Our import, in a process of its own so that its memory can be told."""
    started = time.perf_counter()
    engine = make_engine(url)
    with transaction(engine) as session:
        report = run_dataset(session, PLACE, ENTRY, source=SOURCE, folder=folder, state=folder)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "peak_mb": _peak_mb(), "kept": report.kept}))


def _peak_mb() -> float:
    """Most memory that this process held; getrusage would hand on that of the process which started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024


def baseline_once(url: str, file: Path) -> dict[str, Any]:
    """The same rows and the same indexes, nothing checked; in the project's own table definition without its constraints."""
    address = _conninfo(url)
    with psycopg.connect(address, autocommit=True) as connection:
        indexes = _index_statements(connection)
        filled = ", ".join(f"{name} {kind}" for name, kind in FILLED.items())
        texts = ", ".join(f"{name} TEXT" for name in (*TEXTS, "recorded_extent", "recorded_unit"))
        connection.execute(
            "CREATE TABLE baseline (id BIGINT GENERATED ALWAYS AS IDENTITY,"
            f" {texts}, boundary geometry(Geometry, {METRIC}), {filled})"
        )
        started = time.perf_counter()
        path = _stream(address, connection, file)
        loaded = time.perf_counter() - started
        with connection.transaction():
            for statement in indexes:
                connection.execute(statement.encode())
        seconds = time.perf_counter() - started
        rows = connection.execute("SELECT count(*) FROM baseline").fetchone()
    return {"seconds": seconds, "load_seconds": loaded, "path": path, "rows": rows[0] if rows else 0}


def _conninfo(url: str) -> str:
    """The address as libpq has it."""
    plain = make_url(url)
    parts: dict[str, Any] = {"host": plain.host, "port": plain.port, "user": plain.username, **plain.query}
    parts |= {"dbname": plain.database, "password": plain.password}
    return psycopg.conninfo.make_conninfo("", **{name: value for name, value in parts.items() if value})


def _index_statements(connection: psycopg.Connection) -> list[str]:
    """Every index and exclusion constraint of `parcel`, for the baseline's table."""
    constraints = connection.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'parcel'::regclass AND contype IN ('p', 'u', 'x') ORDER BY conname"
    ).fetchall()
    names = {name for name, _ in constraints}
    plain = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'parcel' ORDER BY indexname"
    ).fetchall()
    made = [f"ALTER TABLE baseline ADD CONSTRAINT b_{name} {definition}" for name, definition in constraints]
    made += [
        definition.replace(f"INDEX {name} ON public.parcel", f"INDEX b_{name} ON public.baseline")
        for name, definition in plain
        if name not in names
    ]
    return made


def _stream(address: str, connection: psycopg.Connection, file: Path) -> str:
    """The file's rows into the table, by the fastest path there is here; which one it was."""
    names = {"area": "recorded_extent", "unit": "recorded_unit", "wkb_geometry": "boundary"}
    pyogrio.set_gdal_config_options(
        {"OGR_FLATGEOBUF_STREAM_BASE_IMPL": None}
    )  # the faster reader, not the safer
    with pyogrio.open_arrow(file, batch_size=20_000, use_pyarrow=True) as (_, reader):
        columns = [names.get(name, name) for name in reader.schema.names]
        if ADBC is None:
            _copy(connection, reader, columns)
            return "psycopg COPY"
        schema = pa.schema(
            [pa.field(name, each.type) for name, each in zip(columns, reader.schema, strict=True)]
        )
        batches = (pa.record_batch(batch.columns, schema=schema) for batch in reader)
        uri = "postgresql:///?" + "&".join(
            f"{key}={value}" for key, value in psycopg.conninfo.conninfo_to_dict(address).items()
        )
        with ADBC.connect(uri) as other, other.cursor() as cursor:
            cursor.adbc_ingest("baseline", pa.RecordBatchReader.from_batches(schema, batches), mode="append")
            other.commit()
        return "ADBC ingest"


def _copy(connection: psycopg.Connection, reader: pa.RecordBatchReader, columns: list[str]) -> None:
    with connection.cursor().copy(
        f"COPY baseline ({', '.join(columns)}) FROM STDIN (FORMAT binary)".encode()
    ) as copy:
        copy.set_types(["bytea" if name == "boundary" else "text" for name in columns])
        for batch in reader:
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                copy.write_row(row)


def measure(server: str, number: int, folder: Path, *, with_baseline: bool) -> dict[str, Any]:
    """One size: our import and, beside it, the baseline."""
    folder.mkdir()
    file = folder / ENTRY.file
    write_parcels(file, number)
    found: dict[str, Any] = {"parcels": number, "file_mb": round(file.stat().st_size / 1e6, 1)}
    if with_baseline:
        with database(server) as url:
            found["baseline"] = baseline_once(url, file)
    with database(server) as url:
        command = [sys.executable, "-m", "bench.import_parcels", "--one", url, str(folder)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found["ours"] = json.loads(answer.splitlines()[-1])
    file.unlink()
    return found


def _server() -> str:
    if url := os.environ.get("BHUMIKA_BENCH_DATABASE_URL"):
        return url
    return ensure(Path(os.environ.get("BHUMIKA_STATE", ".bhumika")), name="bench", durable=False)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Import of parcels against a baseline that checks nothing.")
    parser.add_argument("--parcels", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Measure, print, and fail where the import is slower or larger than promised."""
    chosen = _arguments()
    if chosen.one:
        import_once(chosen.one[0], Path(chosen.one[1]))
        return
    server = _server()
    with tempfile.TemporaryDirectory(prefix="bhumika-bench-") as space:
        small = measure(server, max(chosen.parcels // 10, 1_000), Path(space) / "small", with_baseline=False)
        large = measure(server, chosen.parcels, Path(space) / "large", with_baseline=True)
    ours, base = large["ours"], large["baseline"]
    rate = base["seconds"] / ours["seconds"]
    memory = ours["peak_mb"] / small["ours"]["peak_mb"]
    print(f"{chosen.parcels} parcels, {large['file_mb']} MB")
    print(
        f"  baseline ({base['path']}): {base['seconds']:.1f} s, of which loading {base['load_seconds']:.1f} s"
    )
    print(
        f"  import with all checks: {ours['seconds']:.1f} s = {rate:.0%} of the baseline's rate (at least {LEAST_RATE:.0%})"
    )
    print(
        f"  peak memory {ours['peak_mb']:.0f} MB, {memory:.2f} times that of a tenth (at most {MOST_MEMORY})"
    )
    result = {"small": small, "large": large, "rate": rate, "memory": memory}
    if chosen.json:
        chosen.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    sys.exit(0 if rate >= LEAST_RATE and memory <= MOST_MEMORY else 1)


if __name__ == "__main__":
    main()
