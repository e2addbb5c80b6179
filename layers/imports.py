"""Which imports answer for which layer at an instant, and where each is complete.

In: a session, a jurisdiction, an instant.  Out: `Standing` imports with their sources and coverage shapes (metric).
What was recorded never changes, so the answer for a past instant is kept in memory.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from gis.db.quick import engine_of
from gis.db.tables import ImportRow, RecordingRow
from gis.place import Jurisdiction
from layers.tables import CoverageRow, RasterRow


@dataclass(frozen=True, kw_only=True)
class RasterFile:
    """Where a raster's file lies and in what it is measured."""

    path: str
    epsg: int
    unit: str
    datum: str


@dataclass(frozen=True, kw_only=True)
class StandingImport:
    """An import that stood at an instant: its source and where it is complete."""

    id: int
    target: str
    series: str
    file: str
    sha256: str
    source: dict[str, Any]
    source_date: date
    holds: str | None
    accuracy: float
    accuracy_basis: str
    imported: datetime
    coverage: BaseGeometry | None
    coverage_digest: str | None
    raster: RasterFile | None

    @property
    def begins(self) -> date:
        """The day from which the data hold; before it they say nothing."""
        return (
            date.fromisoformat(self.source["valid_from"]) if "valid_from" in self.source else self.source_date
        )

    @property
    def name(self) -> str:
        """A name that does not change: target and content."""
        return f"{self.target}-{self.sha256[:12]}"


Standing = tuple[StandingImport, ...]
_KEPT = 64
_standing: WeakKeyDictionary[Engine, OrderedDict[tuple[str, datetime], Standing]] = WeakKeyDictionary()
_lock = Lock()
_turn = Lock()
"""Coverages are prepared and shared by every thread; GEOS keeps notes in a prepared shape while it answers, so one asks at a time."""


def covers(coverage: Any, shape: Any) -> Any:
    """`shapely.covers` for coverages of imports, whichever thread asks."""
    with _turn:
        return shapely.covers(coverage, shape)


def standing(session: Session, place: Jurisdiction, *, known: datetime) -> Standing:
    """Imports of a jurisdiction that stood at an instant, by target and series."""
    key = place.code, known
    with _lock:
        kept = _standing.setdefault(engine_of(session), OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    answer = _read(session, place, known=known)
    with _lock:
        kept[key] = answer
        while len(kept) > _KEPT:
            kept.popitem(last=False)
    return answer


def _read(session: Session, place: Jurisdiction, *, known: datetime) -> Standing:
    query = (
        select(
            ImportRow,
            RecordingRow.instant,
            func.ST_AsBinary(CoverageRow.shape).label("coverage"),
            CoverageRow.digest,
            RasterRow,
        )
        .join(RecordingRow, RecordingRow.id == ImportRow.recording_id)
        .outerjoin(CoverageRow, CoverageRow.import_id == ImportRow.id)
        .outerjoin(RasterRow, RasterRow.import_id == ImportRow.id)
        .where(ImportRow.jurisdiction == place.code, ImportRow.recorded.contains(known))
        .order_by(ImportRow.target, ImportRow.series)
    )
    shapes: dict[str, BaseGeometry] = {}
    found = []
    for row, instant, coverage, digest, raster in session.execute(query):
        if coverage is not None and digest not in shapes:
            shapes[digest] = shapely.from_wkb(bytes(coverage))
            shapely.prepare(shapes[digest])
        found.append(
            StandingImport(
                id=row.id,
                target=row.target,
                series=row.series,
                file=row.file,
                sha256=row.sha256,
                source=row.source,
                source_date=row.source_date,
                holds=row.holds,
                accuracy=row.accuracy,
                accuracy_basis=row.accuracy_basis,
                imported=instant.astimezone(UTC),
                coverage=shapes.get(digest) if digest else None,
                coverage_digest=digest,
                raster=_raster(raster),
            )
        )
    return tuple(found)


def _raster(row: RasterRow | None) -> RasterFile | None:
    if row is None:
        return None
    return RasterFile(path=row.path, epsg=row.epsg, unit=row.unit, datum=row.datum)
