"""The programs that dump and restore a database, and the account by which they see every row.

In: settings.  Out: `Way`, with which `pg_dump`, `pg_restore` and questions reach the database.

Row-level security binds the owner too, so a dump is made by an account that it does not bind: the superuser of the private
cluster, or the account of `BHUMIKA_BACKUP_DATABASE_URL`.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url

from api.local_postgis import NAME, ensure
from api.postgres_cluster import cluster_in
from api.settings import Settings
from gis.errors import Unavailable


@dataclass(frozen=True, kw_only=True)
class Way:
    """How the database is reached, past its walls."""

    url: URL
    programs: Path | None

    def run(self, program: str, *arguments: str) -> None:
        """Run a program on the database; `Unavailable` with its last words where it fails."""
        found = shutil.which(program, path=str(self.programs) if self.programs else None)
        if found is None:
            raise Unavailable(
                f"{program} is not on this machine; install PostgreSQL's client programs, of the server's version."
            )
        done = subprocess.run(  # noqa: S603 (names and options of ours)
            [found, *arguments], env=self._environment(), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Unavailable(f"{program} did not finish: {done.stderr.strip()[-2000:]}")

    def _environment(self) -> dict[str, str]:
        """The address as libpq's own names: no password stands among the words of a command."""
        hosts = self.url.query.get("host")
        host = self.url.host or (hosts if isinstance(hosts, str) else None)
        port = self.url.port or self.url.query.get("port")
        given = {
            "PGHOST": host,
            "PGPORT": str(port) if port else None,
            "PGUSER": self.url.username,
            "PGPASSWORD": self.url.password,
            "PGDATABASE": self.url.database,
        }
        plain = {name: value for name, value in given.items() if value}
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", **plain}


def way_to(settings: Settings) -> Way:
    """The way to the database of the settings."""
    if settings.database_url is None:
        url = make_url(ensure(settings.state)).set(username="postgres", database=NAME)
        cluster = cluster_in(settings.state.resolve() / "postgis" / "main", durable=True)
        return Way(url=url, programs=cluster.programs)
    return Way(url=make_url(settings.backup_database_url or settings.database_url), programs=None)
