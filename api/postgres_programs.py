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
from gis.errors import Invalid, Unavailable

VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "options": "PGOPTIONS",
    "application_name": "PGAPPNAME",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "client_encoding": "PGCLIENTENCODING",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "load_balance_hosts": "PGLOADBALANCEHOSTS",
    "require_auth": "PGREQUIREAUTH",
    "channel_binding": "PGCHANNELBINDING",
    "requirepeer": "PGREQUIREPEER",
    "sslmode": "PGSSLMODE",
    "sslnegotiation": "PGSSLNEGOTIATION",
    "sslcompression": "PGSSLCOMPRESSION",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslcertmode": "PGSSLCERTMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcrl": "PGSSLCRL",
    "sslcrldir": "PGSSLCRLDIR",
    "sslsni": "PGSSLSNI",
    "ssl_min_protocol_version": "PGSSLMINPROTOCOLVERSION",
    "ssl_max_protocol_version": "PGSSLMAXPROTOCOLVERSION",
    "gssencmode": "PGGSSENCMODE",
    "gssdelegation": "PGGSSDELEGATION",
    "gsslib": "PGGSSLIB",
    "krbsrvname": "PGKRBSRVNAME",
}
"""Parameters of an address, by their variables (PostgreSQL 17, section 34.15)."""
WITHOUT_MEANING = frozenset(
    {"keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"}
)
"""Parameters that only say how soon a dead line is noticed; there are no variables for them."""


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
        """The address as libpq's own names: no password stands among the words of a command, and nothing of it is lost."""
        given = {
            "PGHOST": self.url.host,
            "PGPORT": str(self.url.port) if self.url.port else None,
            "PGUSER": self.url.username,
            "PGPASSWORD": self.url.password,
            "PGDATABASE": self.url.database,
        }
        plain = {name: value for name, value in given.items() if value}
        asked = {
            _variable(name): value if isinstance(value, str) else ",".join(value)
            for name, value in self.url.query.items()
            if name not in WITHOUT_MEANING
        }
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", **plain, **asked}


def _variable(parameter: str) -> str:
    """The variable by which libpq's programs take a parameter of an address."""
    if parameter not in VARIABLES:
        raise Invalid(
            f"The database's address asks for “{parameter[:60]}”, which cannot be handed to pg_dump and pg_restore."
            " Set BHUMIKA_BACKUP_DATABASE_URL without it."
        )
    return VARIABLES[parameter]


def way_to(settings: Settings) -> Way:
    """The way to the database of the settings."""
    if settings.database_url is None:
        url = make_url(ensure(settings.state)).set(username="postgres", database=NAME)
        cluster = cluster_in(settings.state.resolve() / "postgis" / "main", durable=True)
        return Way(url=url, programs=cluster.programs)
    return Way(url=make_url(settings.backup_database_url or settings.database_url), programs=None)
