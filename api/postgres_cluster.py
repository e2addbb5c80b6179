"""A PostgreSQL cluster on disk and its server: made whole, run by the right account, back after any death.

In: a folder, the account, settings.  Out: a running server and the folder of its socket.

Root never runs the server: the account `postgres` does, or whoever owns the cluster already.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

from api.postgis_settings import settings_for, this_machine
from gis.errors import Unavailable

PORT = 5432  # names the socket file; nothing listens on a port, so it meets no other server's
PROGRAMS = Path("/usr/lib/postgresql")  # <version>/bin
SHARED = Path("/usr/share/postgresql")  # <version>/extension
LONGEST_SOCKET = 107  # bytes of a unix socket's path on Linux
PATIENCE = 300  # seconds: replaying the log after a crash in the middle of a large import takes a while


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """One cluster: its folder, the account that owns it, the programs of its version."""

    folder: Path
    uid: int
    gid: int
    programs: Path
    durable: bool

    @property
    def data(self) -> Path:
        """What PostgreSQL calls the data directory."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.folder / "server.log"


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server, as its lock file tells."""

    pid: int
    sockets: Path
    ready: bool


def cluster_in(folder: Path, *, durable: bool) -> Cluster:
    """The cluster of a folder; an absent folder is made, empty, closed to others and owned by the account."""
    uid, gid = _account(folder)
    if not folder.exists():
        folder.mkdir(mode=0o700)
        os.chown(folder, uid, gid)
    version = folder / "data" / "PG_VERSION"
    made_by = version.read_text().strip() if version.exists() else None
    return Cluster(folder=folder, uid=uid, gid=gid, programs=_programs(made_by), durable=durable)


def create(cluster: Cluster) -> None:
    """Makes it under another name first, so that one cut short is never taken for whole."""
    _require_way_in(cluster)
    for left in cluster.folder.glob("new-*"):
        shutil.rmtree(left, ignore_errors=True)
    fresh = cluster.folder / f"new-{secrets.token_hex(4)}"
    locale = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=und")
    access = ("--username=postgres", "--auth-local=trust", "--auth-host=reject")
    care = ("--data-checksums",) if cluster.durable else ("--no-sync",)
    done = _run(cluster, "initdb", f"--pgdata={fresh.name}", *locale, *access, *care)
    if done.returncode:
        raise Unavailable(f"The local database could not be made in {cluster.folder}: {done.stderr.strip()}")
    with (fresh / "postgresql.conf").open("a") as settings:
        settings.write("include_if_exists = 'bhumika.conf'  # rewritten at each start; ALTER SYSTEM wins\n")
        settings.flush()
        os.fsync(settings.fileno())
    fresh.rename(cluster.data)


def running(cluster: Cluster) -> Server | None:
    """The server, once it is ready; None when none runs."""
    deadline = time.monotonic() + PATIENCE
    while (server := _server(cluster)) and not server.ready:  # starting or stopping, its caller killed
        if time.monotonic() > deadline:
            raise Unavailable(f"The local database is neither up nor down. Look into {cluster.log}.")
        time.sleep(0.05)
    if server and not (server.sockets / f".s.PGSQL.{PORT}").exists():  # its folder was moved, or /run swept
        halt(cluster)
        return None
    return server


def start(cluster: Cluster) -> Server:
    """Starts the server; raises Unavailable with its last words when it will not."""
    _write_settings(cluster, _socket_folder(cluster))
    if cluster.log.exists() and cluster.log.stat().st_size > 10_000_000:
        cluster.log.rename(cluster.log.with_suffix(".log.old"))
    wait = ("--wait", f"--timeout={PATIENCE}", "--silent")
    for pause in (0.3, 0.7, 1, 2, 4, 8, 0):
        _drop_foreign_lock(cluster)
        begin = cluster.log.stat().st_size if cluster.log.exists() else 0
        _run(cluster, "pg_ctl", "start", "--pgdata=data", f"--log={cluster.log.name}", *wait)
        if server := running(cluster):
            return server
        words = (
            cluster.log.read_bytes()[begin:].decode(errors="replace").strip() if cluster.log.exists() else ""
        )
        if "pre-existing shared memory block" not in words:
            break
        time.sleep(pause)  # sessions of a server that was killed notice it within moments
    raise Unavailable(f"The local database did not start. It said: {words[-2000:]} (all in {cluster.log})")


def halt(cluster: Cluster) -> None:
    """Stops the server; open transactions are rolled back."""
    wait = ("--mode=fast", "--wait", f"--timeout={PATIENCE}", "--silent")
    done = _run(cluster, "pg_ctl", "stop", "--pgdata=data", *wait)
    if done.returncode and _server(cluster):
        raise Unavailable(f"The local database did not stop: {done.stderr.strip()} Look into {cluster.log}.")


def not_yours(place: Path) -> Unavailable:
    """The state of one user cannot serve another."""
    return Unavailable(
        f"{place} belongs to another user. Start as that user, or set BHUMIKA_STATE to a folder of your own."
    )


def _account(folder: Path) -> tuple[int, int]:
    """Ourselves; for root the owner of the folder, and for a new one the account `postgres`."""
    owner = folder.stat() if folder.exists() else None
    if os.geteuid() != 0:
        if owner and owner.st_uid != os.geteuid():
            raise not_yours(folder)
        return os.geteuid(), os.getegid()
    if owner and owner.st_uid != 0:
        return owner.st_uid, owner.st_gid
    try:
        postgres = pwd.getpwnam("postgres")
    except KeyError:
        raise _no_postgis() from None
    if owner:  # made by root, but killed before it was handed over
        os.chown(folder, postgres.pw_uid, postgres.pw_gid)
    return postgres.pw_uid, postgres.pw_gid


def _programs(made_by: str | None) -> Path:
    """Folder of the programs: of the version that made the cluster, else the newest that has PostGIS."""
    found = {
        control.parts[-3]: PROGRAMS / control.parts[-3] / "bin"
        for control in SHARED.glob("*/extension/postgis.control")
        if (PROGRAMS / control.parts[-3] / "bin" / "initdb").exists()
    }
    if not found and (initdb := shutil.which("initdb")):
        return (
            Path(initdb).resolve().parent
        )  # not Debian: one version, and the server itself refuses another's
    if not found:
        raise _no_postgis()
    if made_by is None:
        return found[max(found, key=int)]
    if made_by not in found:
        have = ", ".join(sorted(found, key=int))
        raise Unavailable(
            f"The local database was made by PostgreSQL {made_by}; this machine has {have} with PostGIS. "
            f"Install postgresql-{made_by} and postgresql-{made_by}-postgis-3 again, or carry the data over "
            "as deploy/README.md tells under “Upgrade”."
        )
    return found[made_by]


def _run(cluster: Cluster, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A program of the server under the server's account, without our environment (PGDATA, PGPORT, …).

    It stands in the cluster's folder and is given names only: pg_ctl hands a path to a shell as it is.
    """
    root = os.geteuid() == 0
    return subprocess.run(  # noqa: S603 (names and options above, never a stranger's words)
        [cluster.programs / program, *arguments],
        user=cluster.uid if root else None,
        group=cluster.gid if root else None,
        extra_groups=[] if root else None,
        cwd=cluster.folder,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _require_way_in(cluster: Cluster) -> None:
    if os.geteuid() != 0:
        return
    if _run(cluster, "/usr/bin/test", "-x", str(cluster.folder)).returncode:
        cluster.folder.rmdir()
        raise Unavailable(
            f"The database never runs as root, and its account cannot reach {cluster.folder}: a folder above "
            "it is closed to others. Set BHUMIKA_STATE to one that is open, for example /var/lib/bhumika."
        )


def is_alive(data: Path) -> bool:
    """Whether the server of a data folder lives."""
    return _named(data) is not None


def _server(cluster: Cluster) -> Server | None:
    """The server that the lock file names, if that process is indeed the server of this folder."""
    named = _named(cluster.data)
    if named is None:
        return None
    pid, lines = named
    ready = len(lines) > 7 and lines[7].strip() == "ready"
    return Server(pid=pid, sockets=Path(lines[4]) if ready else cluster.folder, ready=ready)


def _named(data: Path) -> tuple[int, list[str]] | None:
    """The living server that a lock file names, and the file's lines."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError, IndexError):
        return None
    if Path(os.fsdecode(command[0])).name != "postgres" or not _works_in(pid, Path(lines[1]), data):
        return None
    return pid, lines


def _works_in(pid: int, said: Path, data: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").samefile(data)  # true of a folder moved under it, false of a copy
    except FileNotFoundError:  # it ended, or its folder is gone
        return False
    except PermissionError:  # root in a container without the right to look
        return said == data


def _drop_foreign_lock(cluster: Cluster) -> None:
    """Removes a lock whose process number another program has now: PostgreSQL would take it for a server.

    A lock of a dead process stays: PostgreSQL clears it itself, after making sure that no session is left.
    """
    lock = cluster.data / "postmaster.pid"
    if not lock.exists() or _server(cluster):
        return
    number = lock.read_text().partition("\n")[0].strip()
    if not number.isdigit() or Path("/proc", number).exists():
        lock.unlink()


def _write_settings(cluster: Cluster, sockets: Path) -> None:
    settings = settings_for(this_machine(cluster.folder), durable=cluster.durable)
    settings |= {"unix_socket_directories": str(sockets), "port": str(PORT)}
    quoted = {name: value.replace("'", "''") for name, value in sorted(settings.items())}
    fresh = cluster.data / "bhumika.conf.new"
    fresh.write_text("".join(f"{name} = '{value}'\n" for name, value in quoted.items()))
    os.chown(fresh, cluster.uid, cluster.gid)
    fresh.replace(cluster.data / "bhumika.conf")


def _socket_folder(cluster: Cluster) -> Path:
    """A folder closed to others: beside the data, or a short one where that path cannot hold a socket."""
    folder = cluster.folder / "socket"
    # A comma parts two folders for the server, and two hosts for the client; a quotation mark is no better.
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET or set(',"') & set(str(folder)):
        run = Path("/run") if os.geteuid() == 0 else Path("/run/user", str(os.geteuid()))
        short = run if os.access(run, os.W_OK) else Path("/tmp")  # noqa: S108 (checked below)
        folder = short / f"bhumika-{cluster.uid}-{zlib.crc32(os.fsencode(cluster.folder)):08x}"
    if not os.path.lexists(folder):
        folder.mkdir(mode=0o700)
        os.chown(folder, cluster.uid, cluster.gid)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != cluster.uid or found.st_mode & 0o077:
        raise Unavailable(f"{folder} is not safe for the database's socket: remove it and start again.")
    # Left by a killed server; PostgreSQL would respect the lock if another program has its number now.
    for left in folder.glob(f".s.PGSQL.{PORT}*"):
        left.unlink()
    return folder


def _no_postgis() -> Unavailable:
    return Unavailable(
        "PostgreSQL with PostGIS is not on this machine. Install it (Debian 12: apt-get install "
        "--no-install-recommends postgresql-15 postgresql-15-postgis-3), or set BHUMIKA_DATABASE_URL to "
        "a PostGIS that runs elsewhere: postgresql+psycopg://user:password@host/database."
    )
