"""Column stores of all places, kept fresh: what a process knows of them, and who builds the next one.

In: a database, a folder that all processes share, a day.  Out: the store of a place's parcels on that day, or None: then the
tile is PostGIS's to draw.  A place is looked at in the database at most every `FRESH` seconds; after a change of its parcels one
process lays the change over the store, or builds the next one, in the background while PostGIS draws.
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib import import_module
from math import inf
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import cast

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.quick import Reading, rows
from gis.db.sql import statement
from gis.jurisdictions import jurisdiction
from gis.place import Jurisdiction
from layers.catalogue import load
from tiles.drawing import Drawing
from tiles.kept import Kept
from tiles.once import Once
from tiles.store import Store, opened, shelf_of
from tiles.vector import PARCELS, TileAddress
from tiles.versions import Changes, changes_of

FRESH = 0.5
"""Seconds for which what was seen in the database holds."""
PATIENCE = 60.0
"""Seconds until a store that could not be built is tried again."""
WORTH = 1_000
"""Parcels from which a place is worth a store: below, PostGIS draws all of it in some 20 ms."""
LOG = logging.getLogger("bhumika")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a process knows of a place since it last looked."""

    place: Jurisdiction
    looked: float
    last: datetime
    """The last recording."""
    changes: Changes
    layers: frozenset[str]
    """The names that a tile may have."""
    is_worth: bool
    """Whether it has so many parcels that a store is worth its while."""
    store: Store | None = None
    coming: date | None = None
    """The day for which a store is being made."""

    def awaits(self, on: date, known: datetime | None) -> bool:
        """Whether a store that is being made will answer for a point in both times."""
        changed = self.changes.get(PARCELS)
        if changed is None or on != self.coming:
            return False
        return known is None or changed <= _utc(known) <= self.last

    def parcels(self, on: date, known: datetime | None) -> Store | None:
        """The store that answers for a point in both times."""
        if self.store is None or not self.store.standing.holds(on):
            return None
        if known is not None and not self.store.standing.known <= _utc(known) <= self.last:
            return None
        return self.store


def _utc(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def drawn(store: Store, address: TileAddress) -> bytes:
    """The layer `parcels` of a tile, drawn from a store."""
    return cast(bytes, import_module("tiles.parcels").parcel_tile(store, address))


class Shelf:
    """The stores in a folder."""

    def __init__(self, engine: Engine, folder: Path, *, worth: int = WORTH) -> None:
        self._engine = engine
        self._folder = folder
        self._worth = worth
        self._seen: dict[str, Seen] = {}
        self._ready: dict[str, Store] = {}
        self._looking = Lock()
        self._builders: dict[str, Thread] = {}
        self._failed: dict[str, float] = {}
        self._reading = Reading(engine)
        self.drawing = Drawing(engine)
        """For what no store holds."""
        self.once: Once[bytes] = Once()
        """For what is drawn in threads."""
        self.kept = Kept()

    def seen(self, code: str, *, since: datetime | None = None) -> Seen | None:
        """What is known of a place without asking anybody; None where that is too old, or older than an instant."""
        seen = self._seen.get(code)
        if seen is None or monotonic() - seen.looked > FRESH or (since is not None and since > seen.last):
            return None
        return seen

    def look(self, code: str, *, on: date, since: datetime | None = None) -> Seen | None:
        """What is known of a place, after a look into the database where that is due; None before the first recording.

        `on` is today: a store that is missing is built for it.  Raises `NotFound` for an unknown place.
        """
        with self._looking:
            seen = self.seen(code, since=since)
            if seen is None:
                looked = monotonic()
                found = self._found(code)
                if found is None:
                    return None
                seen = self._seen[code] = self._stocked(replace(found, looked=looked), on)
            return seen

    def met(self, code: str) -> Seen | None:
        """What was seen of a place, however long ago."""
        return self._seen.get(code)

    def _found(self, code: str) -> Seen | None:
        """A place as it is now: as it was where nothing has been recorded since, for a reader who sees an instant sees everything
        recorded before it."""
        before = self._seen.get(code)
        if before is not None:
            values = {"jurisdiction": code}
            [[last]] = self._reading.answer(
                lambda session: rows(session, __package__, "last_recorded", values)
            )
            if last == before.last:
                return before
        with Session(self._engine) as session, session.begin():
            return _read(session, code, worth=self._worth)

    def _stocked(self, seen: Seen, on: date) -> Seen:
        """The place with its store, or the day for which one is being made."""
        changed = seen.changes.get(PARCELS)
        if changed is None or not seen.is_worth:
            return replace(seen, store=None, coming=None)
        store = self._store(seen.place, AsOf(on=on, known=changed))
        is_coming = store is None and not self._has_failed(seen.place.code)
        return replace(seen, store=store, coming=on if is_coming else None)

    def _store(self, place: Jurisdiction, at: AsOf) -> Store | None:
        """The store of these parcels, or None while it is made ready."""
        ready = self._ready.get(place.code)
        if ready and ready.standing.known == at.known and ready.standing.holds(at.on):
            return ready
        builder = self._builders.get(place.code)
        is_busy = builder is not None and builder.is_alive()
        if not is_busy and not self._has_failed(place.code):
            name = f"tiles of {place.code}"
            self._builders[place.code] = Thread(
                target=self._ready_up, args=(place, at), name=name, daemon=True
            )
            self._builders[place.code].start()
        return None

    def _has_failed(self, code: str) -> bool:
        """Whether a store could not be made just now."""
        return monotonic() - self._failed.get(code, -inf) < PATIENCE

    def _ready_up(self, place: Jurisdiction, at: AsOf) -> None:
        """Open a store, made before if need be, and draw from it once, so that no request waits for the compiler."""
        shelf = shelf_of(self._folder, place.code)
        try:
            parcels = import_module("tiles.parcels")
            store = opened(shelf, known=at.known, on=at.on)
            if store is None and self._make(place, shelf, at):
                store = opened(shelf, known=at.known, on=at.on)
            if store is not None:
                parcels.warm_up(store)
                self._ready[place.code] = store
        except ImportError:
            self._failed[place.code] = inf
            LOG.warning("numba is not installed; PostGIS draws the tiles of parcels, which takes longer.")
        except Exception:
            self._failed[place.code] = monotonic()
            LOG.exception("The parcels of %s could not be stored for tiles; PostGIS draws them.", place.code)

    def _make(self, place: Jurisdiction, shelf: Path, at: AsOf) -> bool:
        """Whether a store was made here, by a patch if that will do; another process may be at it."""
        patch, build = import_module("tiles.patching").patch, import_module("tiles.building").build
        shelf.mkdir(parents=True, exist_ok=True)
        with alone(shelf) as is_alone:
            if is_alone and opened(shelf, known=at.known, on=at.on) is None:
                with Session(self._engine) as session, session.begin():
                    if patch(session, place, shelf, at=at) is None:
                        build(session, place, shelf, at=at)
        return is_alone

    def finish(self) -> None:
        """Wait until what is being made ready is."""
        for builder in list(self._builders.values()):
            builder.join()


def _read(session: Session, code: str, *, worth: int) -> Seen | None:
    """A place as it is recorded; None before the first recording."""
    place = jurisdiction(session, code)
    values = {"jurisdiction": code, "worth": worth}
    last, is_worth = session.execute(statement(__package__, "parcels_there"), values).one()
    if last is None:
        return None
    layers = frozenset(layer.id for layer in load(place.catalogue).layers) | {PARCELS}
    changes = changes_of(session, place, known=last)
    return Seen(place=place, looked=-inf, last=last, changes=changes, layers=layers, is_worth=is_worth)


@contextmanager
def alone(shelf: Path) -> Iterator[bool]:
    """Whether no other process builds on this shelf; none can until the end."""
    with (shelf / "build.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
