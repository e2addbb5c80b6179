"""The private PostGIS: one for a folder, never root's, whole after any death.

These tests start servers of their own under a temporary folder, whatever database the other tests use.
"""

import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, create_engine, make_url, text

from api import postgres_cluster
from api.local_postgis import EXTENSIONS, NAME, ensure, stop
from api.postgis_settings import GB, MB, Machine, settings_for
from gis.errors import Unavailable

pytestmark = pytest.mark.skipif(
    not list(postgres_cluster.SHARED.glob("*/extension/postgis.control")),
    reason="PostgreSQL with PostGIS is not installed here",
)
ROOT = Path(__file__).parents[2]
IS_ROOT = os.geteuid() == 0


@pytest.fixture
def empty() -> Iterator[Path]:
    """A state folder that the database's account can reach, which pytest's own is not for root."""
    yield from _open_folder()


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A state folder whose cluster was made and stopped, to be copied."""
    for folder in _open_folder():
        ensure(folder, durable=False)
        stop(folder)
        yield folder


@pytest.fixture
def state(made: Path, empty: Path) -> Path:
    """A state folder with a cluster that does not run."""
    _copy(made, empty)
    return empty


@pytest.fixture(scope="module")
def shared(made: Path) -> Iterator[Path]:
    """A state folder whose cluster runs, for tests that leave it running."""
    for folder in _open_folder():
        _copy(made, folder)
        ensure(folder, durable=False)
        yield folder


def _copy(state: Path, into: Path) -> None:
    subprocess.run(["cp", "-a", f"{state}/postgis", into], check=True)


def _open_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="bhumika-test-"))
    folder.chmod(0o755)
    yield folder
    for name in ("main", "other"):
        _kill_all(folder, name)
    shutil.rmtree(folder)


def _data(state: Path, name: str = "main") -> Path:
    return state.resolve() / "postgis" / name / "data"


def _processes(state: Path, name: str = "main") -> list[int]:
    """Every process that works in the cluster's folder: the server and its sessions."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve() == _data(state, name):
                found.append(int(process.name))
        except OSError:  # ended meanwhile, or not ours to see
            continue
    return found


def _kill_all(state: Path, name: str = "main") -> None:
    for pid in _processes(state, name):
        with suppress(ProcessLookupError):  # a session ends by itself when its server does
            os.kill(pid, signal.SIGKILL)
    while _processes(state, name):
        time.sleep(0.01)


def _ask(url: str, question: str) -> object:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            result = connection.execute(text(question))
            return result.scalar() if result.returns_rows else None
    finally:
        engine.dispose()


def _postmaster(state: Path) -> int:
    return int((_data(state) / "postmaster.pid").read_text().split()[0])


def _ensure_elsewhere(state: Path) -> subprocess.Popen[str]:
    """Another program that asks for the same cluster at the same time."""
    code = (
        "import sys, pathlib; from api.local_postgis import ensure; print(ensure(pathlib.Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", code, str(state)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)


def test_the_database_has_what_parcels_need(shared: Path) -> None:
    url = ensure(shared)
    have = _ask(url, "SELECT string_agg(extname, ' ' ORDER BY extname) FROM pg_extension")
    assert set(EXTENSIONS) <= set(str(have).split())
    assert _ask(url, "SELECT ST_Area(ST_MakeEnvelope(0, 0, 2, 3))") == 6
    assert (
        _ask(url, "SELECT lower('ÀÉ') || pg_encoding_to_char(encoding) FROM pg_database LIMIT 1") == "àéUTF8"
    )


def test_the_application_is_no_superuser_but_may_make_databases_for_tests(shared: Path) -> None:
    url = ensure(shared)
    assert _ask(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    name = f"town_{secrets.token_hex(4)}"
    with psycopg.connect(
        make_url(url).set(drivername="postgresql").render_as_string(), autocommit=True
    ) as session:
        session.execute(f"CREATE DATABASE {name}")
        there = make_url(url).set(database=name).render_as_string()
        assert _ask(there, "SELECT ST_AsText(ST_Point(1, 2))") == "POINT(1 2)"
        session.execute(f"DROP DATABASE {name}")


def test_asking_again_restarts_nothing(shared: Path) -> None:
    first, url = _postmaster(shared), ensure(shared)
    assert ensure(shared) == url
    assert _postmaster(shared) == first


def test_the_server_is_never_roots_and_listens_on_no_port(shared: Path) -> None:
    owners = set()
    for pid in _processes(shared):
        with suppress(FileNotFoundError):  # a worker of the server that ended meanwhile
            owners.add(Path(f"/proc/{pid}").stat().st_uid)
    assert owners
    assert 0 not in owners
    assert _ask(ensure(shared), "SHOW listen_addresses") == ""


def test_only_the_owner_reaches_the_socket(shared: Path) -> None:
    socket = Path(str(make_url(ensure(shared)).query["host"]))
    for folder in (socket, socket.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid == Path(f"/proc/{_postmaster(shared)}").stat().st_uid
    if IS_ROOT:
        nobody = pwd.getpwnam("nobody")
        entered = subprocess.run(
            ["ls", str(socket)], user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[], capture_output=True
        )
        assert entered.returncode != 0


def test_two_clusters_live_side_by_side(shared: Path) -> None:
    other = ensure(shared, name="other", durable=False)
    _ask(other, "CREATE TABLE only_there (parcel text)")
    assert _ask(ensure(shared), "SELECT to_regclass('only_there')") is None
    assert stop(shared, name="other")


def test_everything_is_kept_when_all_is_killed(state: Path) -> None:
    url = ensure(state)
    _ask(url, "CREATE TABLE parcel AS SELECT '12/3' AS number")
    _kill_all(state)
    assert (_data(state) / "postmaster.pid").exists()
    began = time.monotonic()
    assert _ask(ensure(state), "SELECT number FROM parcel") == "12/3"
    assert time.monotonic() - began < 30
    assert _ask(url, "SHOW fsync") == "on"


def test_a_server_killed_while_a_session_works_comes_back(state: Path) -> None:
    """The session counts on without its server for a while, and PostgreSQL starts no second one beside it."""
    url = ensure(state, durable=False)
    session = psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string())
    session.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 15000000)")
    time.sleep(0.3)
    os.kill(_postmaster(state), signal.SIGKILL)
    try:
        time.sleep(0.1)
        assert _processes(state), "the session should outlive its server for this test to mean anything"
        assert _ask(ensure(state, durable=False), "SELECT 1") == 1
    finally:
        session.close()


def test_a_lock_whose_number_another_program_has_now_is_no_server(state: Path) -> None:
    """After a restart of the machine the number in the lock may be anyone's, even of the same account."""
    ensure(state, durable=False)
    account = _data(state).stat()
    _kill_all(state)
    lock = _data(state) / "postmaster.pid"
    lines = lock.read_text().splitlines(keepends=True)
    user, group = (account.st_uid, account.st_gid) if IS_ROOT else (None, None)
    with subprocess.Popen(["sleep", "60"], cwd="/", user=user, group=group) as stranger:
        lock.write_text(f"{stranger.pid}\n" + "".join(lines[1:]))
        socket_lock = state.resolve() / "postgis/main/socket/.s.PGSQL.5432.lock"
        socket_lock.write_text(f"{stranger.pid}\n" + "".join(lines[1:]))
        assert _ask(ensure(state, durable=False), "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_a_copy_of_a_running_state_is_a_cluster_of_its_own(shared: Path, state: Path) -> None:
    """Its lock names a server that lives, but that server works elsewhere."""
    url = ensure(shared)
    shutil.copy2(_data(shared) / "postmaster.pid", _data(state) / "postmaster.pid")
    there = ensure(state, durable=False)
    _ask(there, "CREATE TABLE only_in_the_copy ()")
    assert _ask(there, "SELECT to_regclass('only_in_the_copy')::text") == "only_in_the_copy"
    assert _ask(url, "SELECT to_regclass('only_in_the_copy')::text") is None


def test_a_state_that_is_moved_while_its_server_runs_is_still_one_cluster(made: Path, empty: Path) -> None:
    before, after = empty / "before", empty / "after"
    before.mkdir()
    _copy(made, before)
    _ask(ensure(before, durable=False), "CREATE TABLE parcel AS SELECT '7' AS number")
    before.rename(after)
    try:
        assert _ask(ensure(after, durable=False), "SELECT number FROM parcel") == "7"
        assert len([pid for pid in _processes(after) if _is_postmaster(pid)]) == 1
    finally:
        _kill_all(after)


def _is_postmaster(pid: int) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:  # a session that ended meanwhile
        return False
    return command.split(b"\0")[0].endswith(b"/postgres")


def test_a_set_up_killed_at_any_moment_leaves_nothing_half(empty: Path) -> None:
    for moment in (0.6, 1.2, 2.4):  # seconds: reading code, making the cluster, adding extensions
        run = _ensure_elsewhere(empty)
        time.sleep(moment)
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        _kill_all(empty)
    assert _ask(ensure(empty), "SELECT count(*) > 0 FROM spatial_ref_sys") is True
    assert not list((empty / "postgis" / "main").glob("new-*"))


def test_two_programs_that_start_at_once_meet_in_one_server(empty: Path) -> None:
    runs = [_ensure_elsewhere(empty) for _ in range(2)]
    addresses = {run.communicate(timeout=60)[0].strip() for run in runs}
    assert [run.returncode for run in runs] == [0, 0]
    assert len(addresses) == 1
    assert _ask(addresses.pop(), "SELECT 1") == 1


@pytest.mark.parametrize("folder", ["x" * 90, "a, b", 'it\'s the "new" $(town)', "ഭൂമിക " * 6])
def test_any_path_will_do(made: Path, empty: Path, folder: str) -> None:
    (empty / folder).mkdir()
    _copy(made, empty / folder)
    url = ensure(empty / folder, durable=False)
    try:
        socket = Path(str(make_url(url).query["host"]))
        assert len(os.fsencode(socket / ".s.PGSQL.5432")) <= 107
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        assert _ask(url, "SELECT 1") == 1
    finally:
        _kill_all(empty / folder)
        if not socket.is_relative_to(empty):
            shutil.rmtree(socket)


def test_stopping_spares_a_cluster_that_others_use(shared: Path) -> None:
    url = ensure(shared, name="other", durable=False)
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string()):
        assert not stop(shared, name="other", if_unused=True)
        assert _processes(shared, "other")
    assert stop(shared, name="other", if_unused=True)
    assert not _processes(shared, "other")
    assert stop(shared, name="other")  # nothing to stop is as good as stopped
    assert stop(shared, name="never-made")


def test_a_cluster_of_another_version_is_refused_with_the_remedy(state: Path) -> None:
    ensure(state, durable=False)
    stop(state)
    (_data(state) / "PG_VERSION").write_text("14\n")
    with pytest.raises(Unavailable, match=r"made by PostgreSQL 14.*postgresql-14-postgis-3"):
        ensure(state)


def test_a_server_that_will_not_start_says_why(state: Path) -> None:
    ensure(state, durable=False)
    stop(state)
    with (_data(state) / "postgresql.conf").open("a") as configuration:
        configuration.write("work_mem = 'plenty'\n")
    with pytest.raises(Unavailable, match="work_mem"):
        ensure(state)


def test_without_postgis_the_message_names_the_packages(
    empty: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(postgres_cluster, "SHARED", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match=r"postgresql-15-postgis-3.*BHUMIKA_DATABASE_URL"):
        ensure(empty)


def test_settings_of_the_callers_shell_do_not_reach_the_cluster(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGUSER", "nobody")
    assert _ask(ensure(empty, durable=False), "SELECT current_user::text") == "bhumika"


@pytest.mark.skipif(not IS_ROOT, reason="only root starts the server as someone else")
def test_a_folder_closed_to_the_databases_account_is_refused_with_the_remedy(empty: Path) -> None:
    empty.chmod(0o700)
    with pytest.raises(Unavailable, match=r"never runs as root.*BHUMIKA_STATE"):
        ensure(empty)
    empty.chmod(0o755)
    assert _ask(ensure(empty, durable=False), "SELECT 1") == 1


@pytest.mark.skipif(not IS_ROOT, reason="only root can become another user")
def test_the_state_of_another_user_is_refused_with_the_remedy(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(Unavailable, match=r"belongs to another user.*BHUMIKA_STATE"):
        ensure(shared)


def test_a_name_cannot_climb_out_of_the_state_folder(empty: Path) -> None:
    with pytest.raises(ValueError, match="Not a name"):
        ensure(empty, name="../elsewhere")


def test_the_administrators_script_makes_the_same_database_on_another_server(
    shared: Path, empty: Path
) -> None:
    folder = empty / "postgis" / "main"
    folder.parent.mkdir()
    cluster = postgres_cluster.cluster_in(folder, durable=False)
    postgres_cluster.create(cluster)
    socket = postgres_cluster.start(cluster).sockets
    script = ["--no-psqlrc", "--variable", "password=secret", "--file", str(ROOT / "deploy/database.sql")]
    subprocess.run(
        ["psql", "--host", str(socket), "--username", "postgres", *script], check=True, capture_output=True
    )
    address = URL.create("postgresql+psycopg", username=NAME, database=NAME, query={"host": str(socket)})
    theirs, ours = address.render_as_string(), ensure(shared)
    question = "SELECT string_agg(extname, ' ' ORDER BY extname) FROM pg_extension"
    assert _ask(theirs, question) == _ask(ours, question)
    locale = (
        "SELECT concat(datlocprovider, daticulocale, datcollate) FROM pg_database WHERE datname = 'bhumika'"
    )
    assert _ask(theirs, locale) == _ask(ours, locale)
    assert _ask(theirs, "CREATE TABLE parcel (ground geometry(Polygon, 32643))") is None


@pytest.mark.parametrize(
    ("memory", "durable", "buffers"),
    [
        (512 * MB, True, "64MB"),
        (2 * GB, True, "256MB"),
        (24 * GB, True, "3072MB"),
        (32 * GB, True, "4096MB"),
        (64 * GB, True, "4096MB"),
        (24 * GB, False, "512MB"),
    ],
)
def test_the_server_takes_an_eighth_of_the_memory_within_bounds(
    memory: int, durable: bool, buffers: str
) -> None:
    settings = settings_for(Machine(memory=memory, cores=2, disk=100 * GB), durable=durable)
    assert settings["shared_buffers"] == buffers
    assert ("fsync" in settings) is not durable


@pytest.mark.parametrize(
    ("disk", "log"), [(1 * GB, "256MB"), (8 * GB, "512MB"), (64 * GB, "4096MB"), (GB * 999, "4096MB")]
)
def test_the_log_takes_a_sixteenth_of_the_free_disk_within_bounds(disk: int, log: str) -> None:
    assert settings_for(Machine(memory=2 * GB, cores=1, disk=disk), durable=True)["max_wal_size"] == log
