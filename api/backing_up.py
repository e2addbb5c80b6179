"""Backup and restore: the database, the documents, the rasters, and the list of keys that are kept elsewhere.

In: a running service's settings and an empty folder.  Out: the folder, whose `manifest.json` is written last: without it a
backup is not one.  Restoring goes into an empty place only.  Whatever speaks against it is found before anything is written: a backup
that is not whole or of a newer version, settings that held a secret and are missing here, documents, rasters or tables that are there
already.  Every table's count is checked after.  No secret is in a backup: the manifest lists the settings that held one, for whoever keeps them.

The database is dumped first and the files are copied after it: a document's file lies there before its row does, so every row
of the dump finds its file.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from api.postgres_programs import Way, way_to
from api.settings import Settings
from civic.core.documents.store import CHUNK, Store
from gis.db import migrations
from gis.db.session import make_engine
from gis.errors import Conflict, Invalid

FORM = "bhumika-backup-1"
DUMP, DOCUMENTS, RASTERS, MANIFEST = "database.dump", "documents", "rasters", "manifest.json"
SECRET = ("key", "secret", "token", "password", "smtp", "database_url", "verify")
"""Parts of the names of settings that hold a secret."""
OF_THE_BUCKET = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SSE_CUSTOMER_KEY_BASE64")
"""Names of the environment that open a bucket of documents; a session's token, which ends within hours, is nothing to keep."""
OWN = frozenset({"BHUMIKA_DATABASE_URL", "BHUMIKA_BACKUP_DATABASE_URL"})
"""Settings with a secret that say where this machine's own database is."""
_TABLES = text(
    "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind = 'r' AND n.nspname IN ('public', 'jobs') AND c.relname <> 'spatial_ref_sys' ORDER BY 1"
)
Said = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a backup holds."""

    revision: str
    rows: int
    files: int
    bytes: int


def back_up(settings: Settings, documents: Store, folder: Path, *, said: Said) -> Kept:
    """Write a backup into an empty folder."""
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(f"{folder} is not empty; a backup begins in a new folder.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    way = way_to(settings)
    said("the database")
    revision, counts = _dump(way, folder / DUMP)
    said("the documents")
    for place in _places(documents):
        _write(folder / DOCUMENTS / place, documents.read([place]))
    said("the rasters")
    if settings.rasters.is_dir():
        shutil.copytree(settings.rasters, folder / RASTERS)
    files = {str(path.relative_to(folder)): _digest(path) for path in _files(folder)}
    manifest = {
        "form": FORM,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": revision,
        "tables": counts,
        "files": files,
        "keys": keys_of(settings),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    return _kept(folder, manifest)


def restore(
    settings: Settings, documents: Store, folder: Path, *, said: Said, without_keys: bool = False
) -> Kept:
    """Bring a backup into an empty place; nothing is begun with a backup that is not whole, or where something stands already.

    `without_keys` goes on although settings that held a secret are missing here.
    """
    manifest = _manifest(folder)
    _check_revision(manifest["revision"])
    if not without_keys:
        check_keys(manifest.get("keys", ()), settings)
    said("checking the files")
    _check_files(folder, manifest["files"])
    _check_places(settings, documents, manifest["files"])
    way = way_to(settings)
    engine = make_engine(way.url)
    try:
        _check_database(engine)
        said("documents and rasters")
        root = folder / DOCUMENTS
        for path in sorted(root.rglob("*")) if root.is_dir() else ():
            if path.is_file():
                documents.put(str(path.relative_to(root)), path.read_bytes())
        if (folder / RASTERS).is_dir():
            shutil.copytree(folder / RASTERS, settings.rasters, dirs_exist_ok=True)
        said("the database")  # last and whole or not at all: what was broken off can be begun again
        arguments = ["--single-transaction", "--no-comments", f"--dbname={way.url.database}"]
        way.run("pg_restore", *arguments, str(folder / DUMP))
        _check_counts(engine, manifest["tables"])
    finally:
        engine.dispose()
    return _kept(folder, manifest)


def keys_of(settings: Settings) -> list[str]:
    """The names of the settings that hold a secret here, with those that open the bucket where documents lie in one: what must be kept
    elsewhere for a restored service to work.
    """
    held = settings.model_dump()
    names = [
        f"BHUMIKA_{name.upper()}"
        for name, value in held.items()
        if value and any(part in name for part in SECRET)
    ]
    return sorted(names + [name for name in OF_THE_BUCKET if settings.documents and os.environ.get(name)])


def check_keys(names: Sequence[str], settings: Settings) -> None:
    """Refuse where a setting that held a secret is missing; where the database lies is this machine's own, and so is a folder of
    documents, which needs no key.
    """
    needless = OWN if settings.documents else OWN.union(OF_THE_BUCKET)
    missing = sorted(set(names) - set(keys_of(settings)) - needless)
    if missing:
        raise Conflict(
            f"These settings held a secret where the backup was made, and are missing here: {', '.join(missing)}. Set them first,"
            " or restore with --without-keys and set them before it serves."
        )


def _check_places(settings: Settings, documents: Store, files: Mapping[str, str]) -> None:
    """Refuse where documents or rasters stand already that are not the backup's own: those are of a restore that was broken off."""
    strange = [
        f"{DOCUMENTS}/{place}"
        for place in _places(documents)
        if f"{DOCUMENTS}/{place}" not in files
        or hashlib.sha256(b"".join(documents.read([place]))).hexdigest() != files[f"{DOCUMENTS}/{place}"]
    ]
    there = _files(settings.rasters) if settings.rasters.is_dir() else []
    named = {f"{RASTERS}/{path.relative_to(settings.rasters)}": path for path in there}
    strange += [name for name, path in named.items() if name not in files or _digest(path) != files[name]]
    if strange:
        raise Conflict(
            f"The place is not empty: {len(strange)} file(s) there are not of this backup, such as {strange[0]}."
            " Restore into a new one: another BHUMIKA_STATE, another store of documents."
        )


def _check_database(engine: Engine) -> None:
    with engine.connect() as connection:
        tables = connection.scalars(_TABLES).all()
    if tables:
        raise Conflict(
            f"The database is not empty: it has {len(tables)} table(s), such as {tables[0]}."
            " Restore into a new one: another BHUMIKA_STATE, or an empty database."
        )


def _dump(way: Way, to: Path) -> tuple[str, dict[str, int]]:
    """Dump one moment of the database, and count its rows in the same moment."""
    engine = make_engine(way.url)
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            moment = connection.scalar(text("SELECT pg_export_snapshot()"))
            revision = MigrationContext.configure(connection).get_current_revision()
            counts = _counts(connection.scalars(_TABLES).all(), connection)
            way.run("pg_dump", "--format=custom", f"--snapshot={moment}", f"--file={to}")
    finally:
        engine.dispose()
    return str(revision), counts


def _counts(tables: Any, connection: Any) -> dict[str, int]:
    return {
        name: connection.scalar(
            text("SELECT count(*) FROM " + ".".join(f'"{part}"' for part in name.split(".")))
        )
        for name in tables
    }


def _check_counts(engine: Engine, counts: dict[str, int]) -> None:
    with engine.connect() as connection:
        found = _counts(connection.scalars(_TABLES).all(), connection)
    wrong = sorted(name for name in counts.keys() | found.keys() if counts.get(name) != found.get(name))
    if wrong:
        raise Conflict(
            f"After restoring, these tables do not have the rows of the backup: {', '.join(wrong)}."
        )


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Invalid(
            f"{folder} is no whole backup: its {MANIFEST} cannot be read, which is written last."
        ) from error
    parts = manifest if isinstance(manifest, dict) else {}
    if parts.get("form") != FORM or not {"revision", "tables", "files"} <= parts.keys():
        raise Invalid(f"{folder} is not a backup that this version knows ({FORM}).")
    return manifest


def _check_revision(revision: str) -> None:
    """Refuse the backup of a newer version: this one could bring its rows back, but not serve them."""
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    if revision not in {each.revision for each in scripts.walk_revisions()}:
        raise Conflict(
            f"The backup is of a newer version of the service (schema {revision}); update it first."
        )


def _check_files(folder: Path, files: dict[str, str]) -> None:
    there = {str(path.relative_to(folder)) for path in _files(folder)}
    lost = sorted(files.keys() - there)
    spoiled = sorted(name for name in files.keys() & there if _digest(folder / name) != files[name])
    if strange := sorted(there - files.keys()):
        raise Invalid(f"The backup holds what its manifest does not name: {', '.join(strange[:10])}.")
    if lost or spoiled:
        raise Invalid(f"The backup is damaged: {', '.join((lost + spoiled)[:10])}. Use another one.")


def _kept(folder: Path, manifest: dict[str, Any]) -> Kept:
    return Kept(
        revision=manifest["revision"],
        rows=sum(manifest["tables"].values()),
        files=len(manifest["files"]),
        bytes=sum(path.stat().st_size for path in _files(folder)),
    )


def _places(documents: Store) -> Iterator[str]:
    for some in documents.kept(""):
        for each in some:
            yield each.place


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)


def _write(path: Path, chunks: Iterator[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
