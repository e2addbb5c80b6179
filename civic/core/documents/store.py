"""Where the bytes of documents lie: a folder of this machine, or a bucket.

In: places such as `kochi/documents/…` and bytes.  Out: the same bytes.  A file in the folder is on the disk, not only on its
way there, before its row is written.  Nobody outside chooses a place: places are made here, of a body's code and chance.
"""

import logging
import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from gis.errors import Invalid, Unavailable

LOG = logging.getLogger("bhumika")
CHUNK = 1_000_000
"""Bytes that are read at once."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A file of the store."""

    place: str
    since: datetime
    size: int


class StoreAway(Unavailable):
    """The store takes or gives nothing now: a full disk, an address that does not answer, a key that is refused."""

    code = "store-away"


@contextmanager
def _answering() -> Iterator[None]:
    """Whatever keeps the store from its work ends in one sentence; what it said itself stands in the log."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        LOG.warning("The store of documents failed: %s", " ".join(str(error).split())[:500])
        raise StoreAway(
            "The store of documents takes and gives no files now: its disk is full, it does not answer, or its key is refused."
            " Nothing was changed. Try again later; whoever runs the service finds the cause in its log.",
            retry_after=60,
        ) from error


@dataclass(frozen=True, kw_only=True)
class Store:
    """A folder or a bucket."""

    folder: Path | None = None
    """The folder; made when something is first kept or looked for."""
    bucket: ObjectStore | None = None

    @cached_property
    def objects(self) -> ObjectStore:
        """Through which the files are reached."""
        if self.bucket is not None:
            return self.bucket
        if self.folder is None:
            return MemoryStore()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        return LocalStore(self.folder, mkdir=True)

    def put(self, place: str, data: bytes) -> None:
        """Keep some bytes."""
        with _answering():
            obstore.put(self.objects, place, data)
            self._settle(place)

    def join(self, places: Sequence[str], place: str) -> None:
        """Keep the bytes of several places, one after another, as one file."""
        with _answering():
            with obstore.open_writer(self.objects, place) as whole:
                for chunk in self.read(places):
                    whole.write(chunk)
            self._settle(place)

    def read(self, places: Sequence[str]) -> Iterator[bytes]:
        """The bytes of several places, one after another."""
        for place in places:
            try:
                with _answering():
                    found = obstore.get(self.objects, place)
            except FileNotFoundError as error:
                raise Unavailable(
                    "The file of this document is not in the store. The office must bring it back from its backup.",
                    code="file-missing",
                ) from error
            with _answering():
                for chunk in found.stream(min_chunk_size=CHUNK):
                    yield bytes(chunk)

    def copy(self, place: str, to: str) -> None:
        """Keep the same bytes at another place too."""
        with _answering():
            obstore.copy(self.objects, place, to)
            self._settle(to)

    def remove(self, places: Iterable[str]) -> None:
        """Forget files; those that are gone already are no fault."""
        for place in places:
            with suppress(FileNotFoundError), _answering():
                obstore.delete(self.objects, place)

    def kept(self, under: str) -> Iterator[list[Kept]]:
        """Every file under a place, some hundreds at a time."""
        with _answering():
            for page in obstore.list(self.objects, under, chunk_size=500):
                yield [
                    Kept(place=each["path"], since=each["last_modified"], size=each["size"]) for each in page
                ]

    def _settle(self, place: str) -> None:
        """Have a file of the folder, and its name, written to the disk."""
        if self.folder is None:
            return
        file = self.folder / place
        for path in (file, file.parent):
            opened = os.open(path, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)


def folder_store(folder: Path) -> Store:
    """A store in a folder."""
    return Store(folder=folder)


def bucket_store(address: str) -> Store:
    """A store in a bucket such as s3://name/prefix; keys and region come from the usual AWS_… names of the environment."""
    if not address.startswith("s3://"):
        raise Invalid("BHUMIKA_DOCUMENTS is not the address of a bucket such as s3://name/prefix.")
    try:
        return Store(bucket=from_url(address))
    except (BaseError, ValueError) as error:
        raise Invalid(f"BHUMIKA_DOCUMENTS cannot be used: {error}") from error


def new_place(body: str, what: str) -> str:
    """A place that nothing has: `documents`, `parts` or `quarantine` of a body."""
    return f"{body}/{what}/{uuid.uuid4().hex}"
