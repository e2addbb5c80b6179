"""A place's parcels as columns on disk, which all processes map into memory: what compiled tiles are cut from.

In: a folder of `.npy` files, whole or not there at all, as `tiles.building` writes it.  Out: the `Store` that maps it: plots, and
the blocks that they are dissolved into.  What `tiles.patching` lays over it after an edit is a folder of the same kind.  Positions
are whole units of the world grid (2^32 a side in Web Mercator, some 9 mm at the equator, y from the north); shapes lie along a
Hilbert curve in runs with boxes, so that a tile reads few pages.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tiles.columns import Columns, Numbers, mapped

FORMAT = 3
"""Changes when the columns or the bytes of a tile mean something else."""
RUN = 128
"""Parcels with one box in common."""
PLOTS, BLOCKS = "plots", "blocks"
"""Folders of a store."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a store holds: the parcels as recorded by an instant (the last one that changed a parcel), the same on some days."""

    known: datetime
    first: date
    """The first day on which these parcels stood."""
    until: date
    """The day on which others will stand; `date.max` where none is known."""
    parcels: int
    newest: int
    """No state of a parcel read from end to end had a higher id."""
    base: str | None = None
    """The name of the store that this one is laid over."""

    @property
    def name(self) -> str:
        """A name that no other content has."""
        return f"{_stamp(self.known)}-{self.first:%Y%m%d}-{FORMAT}"

    def holds(self, on: date) -> bool:
        """Whether these are the parcels of a day."""
        return self.first <= on < self.until


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Columns, and for each of their shapes whether it stands no more; None where all stand."""

    columns: Columns
    gone: Numbers | None = None


@dataclass(frozen=True, kw_only=True)
class Store:
    """The plots of one standing, and the blocks that they make: sheets laid over each other."""

    standing: Standing
    plots: tuple[Sheet, ...]
    blocks: tuple[Sheet, ...]


def shelf_of(folder: Path, code: str) -> Path:
    """Where the stores of a place lie."""
    return folder / quote(code, safe="").replace(".", "%2E")


def opened(shelf: Path, *, known: datetime, on: date) -> Store | None:
    """The store of these parcels on a day, or None where nobody has built it."""
    for standing in standings(shelf, f"{_stamp(known)}-*-{FORMAT}"):
        if standing.holds(on):
            try:
                return _opened(shelf, standing)
            except FileNotFoundError:
                continue  # a newer one has just taken its place
    return None


def standings(shelf: Path, names: str) -> Iterator[Standing]:
    """What the folders with such names hold, those alone that are whole."""
    for folder in sorted(shelf.glob(names)):
        try:
            told = json.loads((folder / "standing.json").read_text("utf-8"))
            if told["sizes"] == _sizes(folder):
                yield _standing(told["standing"])
        except (FileNotFoundError, ValueError, KeyError):
            continue  # just removed, or spoilt when the machine stopped


def _stamp(instant: datetime) -> int:
    return int(instant.timestamp() * 1_000_000)


def _standing(stored: dict[str, Any]) -> Standing:
    return Standing(
        known=datetime.fromisoformat(stored["known"]),
        first=date.fromisoformat(stored["first"]),
        until=date.fromisoformat(stored["until"]),
        parcels=stored["parcels"],
        newest=stored["newest"],
        base=stored["base"],
    )


def _sizes(folder: Path) -> dict[str, int]:
    """The columns of a store with their lengths in bytes."""
    return {str(each.relative_to(folder)): each.stat().st_size for each in sorted(folder.rglob("*.npy"))}


def _opened(shelf: Path, standing: Standing) -> Store:
    return Store(
        standing=standing, plots=_sheets(shelf, standing, PLOTS), blocks=_sheets(shelf, standing, BLOCKS)
    )


def _sheets(shelf: Path, standing: Standing, kind: str) -> tuple[Sheet, ...]:
    """The columns of one kind, those of the store below first."""
    folder = shelf / standing.name
    own = Sheet(columns=Columns.opened(folder / kind))
    if standing.base is None:
        return (own,)
    gone = mapped(folder / f"gone_{kind}.npy")
    return (Sheet(columns=Columns.opened(shelf / standing.base / kind), gone=gone), own)


@contextmanager
def coming(shelf: Path, standing: Standing) -> Iterator[Path]:
    """A folder for the columns of a store, which takes its name when it is whole, and then the places of older ones."""
    fresh = shelf / f".{standing.name}-{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        yield fresh
        told = {"standing": asdict(standing), "sizes": _sizes(fresh)}
        (fresh / "standing.json").write_text(json.dumps(told, default=str), "utf-8")
        _remove(shelf / standing.name)
        fresh.rename(shelf / standing.name)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    for older in shelf.iterdir():
        if older.is_dir() and older.name not in (standing.name, standing.base):
            _remove(older)


def _remove(folder: Path) -> None:
    """Remove a folder; whoever is killed meanwhile leaves no half of it under its name."""
    if folder.is_dir():
        hidden = folder.with_name(f".gone-{os.getpid()}-{folder.name}")
        folder.rename(hidden)
        shutil.rmtree(hidden, ignore_errors=True)
