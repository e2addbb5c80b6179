"""A town is backed up and comes back on an empty machine, whole; a backup that is not whole is refused."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.app import create_app
from api.backing_up import OF_THE_BUCKET, Kept, back_up, check_keys, keys_of, restore
from api.connecting import connect, connect_service, migrate
from api.local_postgis import stop
from api.sample_town import BODY, found_sample_town
from api.settings import Settings
from civic.core.bodies import inside
from civic.core.documents.store import Store, folder_store
from gis.db.session import transaction
from gis.errors import Conflict, Invalid, Unavailable
from tests.builders import a_parcel, a_place

PLACE = "kl-sample/documents/a-deed"


def documents_of(settings: Settings) -> Store:
    return folder_store(settings.state / "documents")


def silent(_part: str) -> None:
    """Nobody listens."""


def a_state() -> Path:
    """A state folder that the database's account can reach, which pytest's own is not for root."""
    folder = Path(tempfile.mkdtemp(prefix="bhumika-backup-"))
    folder.chmod(0o755)
    return folder


def emptied(state: Path) -> None:
    """Stop the machine and take it away."""
    stop(state)
    shutil.rmtree(state)


@pytest.fixture(scope="module")
def machine() -> Iterator[Settings]:
    """A machine with a town hall that has worked."""
    settings = Settings(state=a_state())
    engine = connect(settings)
    migrate(engine)
    with transaction(engine) as session:
        place = a_place(session, BODY.jurisdiction, rule_book="kmbr")
        for column in range(8):
            a_parcel(session, place, f"1/{column + 1}", x=column * 20, land_type="purayidam")
    found_sample_town(engine, now=datetime.now(UTC))
    engine.dispose()
    documents_of(settings).put(PLACE, b"a deed" * 1000)
    settings.rasters.mkdir()
    (settings.rasters / "hill.tif").write_bytes(b"heights")
    yield settings
    emptied(settings.state)


@pytest.fixture(scope="module")
def kept(machine: Settings, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Kept]:
    folder = tmp_path_factory.mktemp("backups") / "first"
    return folder, back_up(machine, documents_of(machine), folder, said=silent)


def test_a_backup_is_restored_on_an_empty_machine_and_serves(kept: tuple[Path, Kept]) -> None:
    folder, written = kept
    settings = Settings(state=a_state())
    try:
        back = restore(settings, documents_of(settings), folder, said=silent)
        assert (back.rows, back.files, back.revision) == (written.rows, written.files, written.revision)
        assert b"".join(documents_of(settings).read([PLACE])) == b"a deed" * 1000
        assert (settings.rasters / "hill.tif").read_bytes() == b"heights"
        engine = connect_service(settings)
        with inside(engine, BODY.code) as (session, _):
            assert session.scalar(text("SELECT count(*) FROM civic_case")) == 6
        door = TestClient(create_app(settings, engine))
        assert door.get(f"/town/{BODY.code}/sign-in").status_code == 200
        engine.dispose()
        (settings.rasters / "hill.tif").unlink()
        with pytest.raises(Conflict, match="database is not empty"):
            restore(settings, documents_of(settings), folder, said=silent)
        assert not (settings.rasters / "hill.tif").exists(), "refused before anything was written"
    finally:
        emptied(settings.state)


def test_a_damaged_backup_changes_nothing(kept: tuple[Path, Kept], tmp_path: Path) -> None:
    folder, _ = kept
    spoiled = tmp_path / "spoiled"
    shutil.copytree(folder, spoiled)
    (spoiled / "documents" / PLACE).write_bytes(b"another deed")
    settings = Settings(state=tmp_path / "state")
    with pytest.raises(Invalid, match="a-deed"):
        restore(settings, documents_of(settings), spoiled, said=silent)
    assert not settings.state.exists()


def test_a_backup_that_was_interrupted_is_none(kept: tuple[Path, Kept], tmp_path: Path) -> None:
    folder, _ = kept
    cut = tmp_path / "cut"
    shutil.copytree(folder, cut)
    (cut / "manifest.json").unlink()
    with pytest.raises(Invalid, match="no whole backup"):
        restore(Settings(state=tmp_path / "state"), documents_of(Settings(state=tmp_path)), cut, said=silent)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("revision", "9999", "newer version"),
        ("files", {"../outside": "00"}, "does not name"),
        ("form", "another", "knows"),
        ("keys", ["BHUMIKA_SMTP", "BHUMIKA_DATABASE_URL"], r"missing here: BHUMIKA_SMTP\. Set"),
    ],
)
def test_a_manifest_that_is_not_its_folders_is_refused_before_anything(
    kept: tuple[Path, Kept], tmp_path: Path, name: str, value: object, told: str
) -> None:
    other = tmp_path / "other"
    shutil.copytree(kept[0], other)
    manifest = json.loads((other / "manifest.json").read_text())
    (other / "manifest.json").write_text(json.dumps(manifest | {name: value}))
    settings = Settings(state=tmp_path / "state")
    with pytest.raises((Invalid, Conflict), match=told):
        restore(settings, documents_of(settings), other, said=silent)
    assert not settings.state.exists()


@pytest.mark.parametrize("name", [f"documents/{PLACE}", "documents/kl-sample/another", "rasters/hill.tif"])
def test_what_stands_there_already_is_not_written_over(
    kept: tuple[Path, Kept], tmp_path: Path, name: str
) -> None:
    settings = Settings(state=tmp_path / "state")
    there = settings.state / name
    there.parent.mkdir(parents=True)
    there.write_bytes(b"of another town")
    with pytest.raises(Conflict, match=f"not empty: 1 .* such as {name}"):
        restore(settings, documents_of(settings), kept[0], said=silent)
    assert [path for path in settings.state.rglob("*") if path.is_file()] == [there]
    assert there.read_bytes() == b"of another town"


def test_a_restore_goes_on_without_keys_where_that_is_said(kept: tuple[Path, Kept], tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(kept[0], other)
    manifest = json.loads((other / "manifest.json").read_text()) | {"keys": ["BHUMIKA_SMTP"], "files": {}}
    (other / "manifest.json").write_text(json.dumps(manifest))
    settings = Settings(state=tmp_path / "state")
    with pytest.raises(Invalid, match="does not name"):  # past the keys, to the next check
        restore(settings, documents_of(settings), other, said=silent, without_keys=True)
    with pytest.raises(Conflict, match="missing here"):
        restore(settings, documents_of(settings), other, said=silent)


@pytest.mark.parametrize("name", ["documents/slipped-in", "rasters/manifest.json"])
def test_a_file_that_the_manifest_does_not_name_is_refused(
    kept: tuple[Path, Kept], tmp_path: Path, name: str
) -> None:
    other = tmp_path / "other"
    shutil.copytree(kept[0], other)
    (other / name).write_text("slipped in")
    settings = Settings(state=tmp_path / "state")
    with pytest.raises(Invalid, match="does not name"):
        restore(settings, documents_of(settings), other, said=silent)


def test_a_restore_that_breaks_off_can_be_begun_again(kept: tuple[Path, Kept], tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(kept[0], other)
    dump = (other / "database.dump").read_bytes()
    (other / "database.dump").write_bytes(dump[: len(dump) * 3 // 4])
    manifest = json.loads((other / "manifest.json").read_text())
    manifest["files"]["database.dump"] = hashlib.sha256(dump[: len(dump) * 3 // 4]).hexdigest()
    (other / "manifest.json").write_text(json.dumps(manifest))
    settings = Settings(state=a_state())
    try:
        with pytest.raises(Unavailable):
            restore(settings, documents_of(settings), other, said=silent)
        back = restore(settings, documents_of(settings), kept[0], said=silent)
        assert back.rows == kept[1].rows
    finally:
        emptied(settings.state)


def test_a_backup_begins_in_a_new_folder(machine: Settings, kept: tuple[Path, Kept]) -> None:
    with pytest.raises(Conflict, match="not empty"):
        back_up(machine, documents_of(machine), kept[0], said=silent)


def test_no_secret_is_in_a_backup_but_its_name_is(kept: tuple[Path, Kept]) -> None:
    settings = Settings(sms_key="s3cret-of-sms", whatsapp_token="s3cret-of-wa", smtp="smtp://u:s3cret@h:25")
    assert keys_of(settings) == ["BHUMIKA_SMS_KEY", "BHUMIKA_SMTP", "BHUMIKA_WHATSAPP_TOKEN"]
    assert "s3cret" not in json.dumps(keys_of(settings))
    manifest = json.loads((kept[0] / "manifest.json").read_text())
    assert manifest["keys"] == []
    assert set(manifest["files"]) == {"database.dump", f"documents/{PLACE}", "rasters/hill.tif"}


def test_the_keys_of_a_bucket_are_named_and_their_lack_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OF_THE_BUCKET:
        monkeypatch.delenv(name, raising=False)
    in_a_bucket, names = Settings(documents="s3://a/b"), ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    assert keys_of(in_a_bucket) == []
    with pytest.raises(Conflict, match="are missing here: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"):
        check_keys(names, in_a_bucket)
    check_keys(names, Settings())  # a folder needs no key
    for name in names:
        monkeypatch.setenv(name, "s3cret")
    assert keys_of(in_a_bucket) == names
    assert keys_of(Settings()) == []
    check_keys(names, in_a_bucket)
