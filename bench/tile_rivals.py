"""tipg beside us: a tile server over the same database, from its package, in an environment of its own.

In: a generated town, the folder of that environment (`bench/rivals/requirements.lock`).  Out: a running server and the way to ask it
for a tile.  It gets a table with what our tiles hold and nothing else, its shapes indexed and in the metric system in which the
register has them, one connection, our rim, and no limit of features that a tile could reach.
"""

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import make_url, text

from bench.ground import CODE, Ground
from gis.db.session import make_engine

TABLE = (
    "CREATE SCHEMA rival",
    "CREATE TABLE rival.parcels AS SELECT id, number, survey, subdivision, land_type,"
    " boundary::geometry(Geometry, {metric}) AS geom FROM parcel"
    " WHERE upper_inf(valid) AND upper_inf(recorded)",
    "ALTER TABLE rival.parcels ADD PRIMARY KEY (id)",
    "CREATE INDEX ON rival.parcels USING gist (geom)",
    "ANALYZE rival.parcels",
)
NAME = "bench tipg"


def prepare(url: str) -> None:
    """Lay its table beside ours, once."""
    engine = make_engine(url)
    with engine.begin() as connection:
        if connection.scalar(text("SELECT to_regclass('rival.parcels')")) is None:
            metric = connection.scalar(
                text("SELECT metric FROM jurisdiction WHERE code = :code"), {"code": CODE}
            )
            for statement in TABLE:
                connection.execute(text(statement.format(metric=metric)))
    engine.dispose()


def address(path: str) -> str:
    """The address of the same tile there."""
    z, x, y = path.removesuffix(".mvt").split("/")[-3:]
    return f"/collections/rival.parcels/tiles/WebMercatorQuad/{z}/{x}/{y}"


@contextmanager
def tipg(place: Ground, environment: Path) -> Iterator[tuple[int, int, Callable[[], list[int]]]]:
    """Its port, its process, and a look at the processes of PostgreSQL that work for it."""
    prepare(place.url)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [
        str(environment / "bin" / "uvicorn"),
        "tipg.main:app",
        "--port",
        str(port),
        "--log-level",
        "error",
    ]
    command += ["--no-access-log", "--timeout-keep-alive", "3600"]
    process = subprocess.Popen(command, env=_settings(place.url), cwd=environment)
    try:
        yield port, process.pid, lambda: backends(place.url, NAME)
    finally:
        process.terminate()
        process.wait()


def _settings(url: str) -> dict[str, str]:
    at = make_url(url)
    query = dict(at.query)
    host, port = query.get("host", at.host), query.get("port", at.port or 5432)
    who = f"{at.username}:{at.password}" if at.password else at.username
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"postgresql://{who}@{quote(str(host), safe='')}:{port}/{at.database}?application_name={quote(NAME)}",
        "DB_MIN_CONN_SIZE": "1",
        "DB_MAX_CONN_SIZE": "1",
        "TIPG_DB_SCHEMAS": '["rival"]',
        "TIPG_CATALOG_TTL": "36000",
        "TIPG_TILE_BUFFER": "64",
        "TIPG_MAX_FEATURES_PER_TILE": "1000000",
    }


def backends(url: str, name: str) -> list[int]:
    """Processes of PostgreSQL that serve an application of that name."""
    engine = make_engine(url)
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT pid FROM pg_stat_activity WHERE application_name = :name AND backend_type = 'client backend'"
            ),
            {"name": name},
        )
        pids = [row.pid for row in found]
    engine.dispose()
    return pids
