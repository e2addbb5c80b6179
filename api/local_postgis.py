"""A PostGIS of our own: a private cluster under the state folder, reached through a unix socket only.

In: the state folder and the cluster's name.  Out: the address of its database, for SQLAlchemy.

The socket lies in a folder that only its owner may enter, which is why it needs no password. Three roles:
`postgres` made the cluster and is used here only; `bhumika` owns the database, migrates and imports, may create
others (tests do) and is no superuser; `bhumika_service` serves and works, `bhumika_planner` only reads, and neither owns anything.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL

from api.postgres_cluster import PORT, Server, cluster_in, create, halt, is_alive, not_yours, running, start
from gis.errors import Unavailable

EXTENSIONS = ("postgis", "btree_gist", "pg_trgm", "unaccent")
NAME = "bhumika"  # of the role and of the database
SERVICE, PLANNER = "bhumika_service", "bhumika_planner"


def ensure(state: Path, *, name: str = "main", durable: bool = True) -> str:
    """Address of the database, after making and starting what is missing; milliseconds when it already runs.

    Not durable: faster, for tests; a crash of the machine may lose it; decided when the server starts.
    Raises Unavailable with the remedy.
    """
    with _alone(state, name):
        cluster = cluster_in(_folder(state, name), durable=durable)
        if not cluster.data.exists():
            create(cluster)
        server = running(cluster) or start(cluster)
        _furnish(server)
    query = {"host": str(server.sockets), "port": str(PORT)}
    return URL.create("postgresql+psycopg", username=NAME, database=NAME, query=query).render_as_string()


def is_up(state: Path, *, name: str = "main") -> bool:
    """Whether the server of a cluster runs, or is on its way up or down; nothing is started and nobody waited for."""
    return is_alive(_folder(state, name) / "data")


def stop(state: Path, *, name: str = "main", if_unused: bool = False) -> bool:
    """Whether the server is down now; `if_unused` leaves it up while another program is connected."""
    if not (_folder(state, name) / "data").exists():
        return True
    with _alone(state, name):
        cluster = cluster_in(_folder(state, name), durable=True)
        server = running(cluster)
        if server and if_unused and _visitors(server):
            return False
        if server:
            halt(cluster)
        return True


def _folder(state: Path, name: str) -> Path:
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,30}", name):
        raise ValueError(f"Not a name for a cluster: {name}")
    return state.resolve() / "postgis" / name


@contextmanager
def _alone(state: Path, name: str) -> Iterator[None]:
    """One caller at a time for a cluster; the others wait."""
    folder = _folder(state, name)
    try:
        for place in (folder.parent.parent, folder.parent):
            if not place.exists():
                place.mkdir(parents=True, exist_ok=True)
                place.chmod(0o755)  # whatever the umask: the database's account must get through
        lock = os.open(folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o644)
    except PermissionError as error:
        raise not_yours(state) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _furnish(server: Server) -> None:
    """Role, database and extensions, what is missing of them.

    The extensions go into the template first: so the database is whole from its first moment, and every
    database that the role creates has them, though an ordinary role may not add them.
    """
    name = sql.Identifier(NAME)
    with _superuser(server, "postgres") as session:
        exists = session.execute("SELECT FROM pg_database WHERE datname = %s", (NAME,)).rowcount
        missing = [role for role in (SERVICE, PLANNER) if not _can_log_in(session, role)]
    if exists and not missing and not _missing_extensions(server, NAME):
        return
    _add_extensions(server, "template1")
    with _superuser(server, "postgres") as session:
        if not session.execute("SELECT FROM pg_roles WHERE rolname = %s", (NAME,)).rowcount:
            session.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB IN ROLE pg_monitor").format(name))
        for role in missing:
            _make_guest(session, role)
        if not exists:
            session.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))
    _add_extensions(server, NAME)


def _can_log_in(session: psycopg.Connection, role: str) -> bool:
    return bool(session.execute("SELECT FROM pg_roles WHERE rolname = %s AND rolcanlogin", (role,)).rowcount)


def _make_guest(session: psycopg.Connection, role: str) -> None:
    """A role that owns nothing; the owner is its member, so that tests can act as it."""
    guest, owner = sql.Identifier(role), sql.Identifier(NAME)
    if session.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).rowcount:
        session.execute(sql.SQL("ALTER ROLE {} LOGIN").format(guest))
    else:
        session.execute(sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS").format(guest))
    session.execute(sql.SQL("GRANT {} TO {}").format(guest, owner))


def _missing_extensions(server: Server, database: str) -> list[str]:
    with _superuser(server, database) as session:
        present = {row[0] for row in session.execute("SELECT extname FROM pg_extension")}
    return [extension for extension in EXTENSIONS if extension not in present]


def _add_extensions(server: Server, database: str) -> None:
    missing = _missing_extensions(server, database)
    with _superuser(server, database) as session:
        for extension in missing:
            session.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(extension)))


@contextmanager
def _superuser(server: Server, database: str) -> Iterator[psycopg.Connection]:
    try:
        session = psycopg.connect(
            host=str(server.sockets), port=PORT, user="postgres", dbname=database, autocommit=True
        )
    except psycopg.OperationalError as error:
        raise Unavailable(f"The local database runs but does not answer: {error}") from error
    with session:
        yield session


def _visitors(server: Server) -> int:
    """How many other programs are connected."""
    others = "SELECT FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    with _superuser(server, "postgres") as session:
        return session.execute(others).rowcount
