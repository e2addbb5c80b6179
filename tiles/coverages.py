"""Layers that cover the ground without gaps, simplified as one: what two zones share stays shared however far out the map is.

In: a session, a place, imports of a layer, a day, a zoom.  Out: ids and shapes (WKB, metres of the place) that meet a tile; None
where a layer is no coverage of areas, or too heavy for it, and each shape is to be simplified alone.  They are made when a layer is
imported, for all zooms at once, and kept in a file (`keep_in`) and in memory; of another day, or where the file is gone, they are
made at the first question.  Extracts and collections never see them.
"""

from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis.crs import to_geographic
from gis.db.quick import engine_of
from gis.db.sql import statement
from gis.place import Jurisdiction
from layers.catalogue import load
from tiles import coverage_files

TO_ZOOM = 14
"""The deepest zoom at which shapes are simplified together; from there on half a unit is 30 cm on the ground."""
MOST_CORNERS = 1_000_000
"""Of a layer that is simplified together: three seconds of processor time, once after an import."""
ROOM = 256_000_000
"""Bytes of shapes that are kept in memory; those asked for longest ago give way."""
_DAYS_KEPT = 4
_WIDER = 8
"""Parts into which an edge of an extent is cut before it is moved into degrees."""
Shapes = NDArray[np.object_]


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Shapes of a layer on a day: their ids, where they are, and how they look at each zoom."""

    ids: NDArray[np.int64]
    extents: shapely.STRtree
    """In degrees."""
    by_zoom: dict[int, Shapes]
    """WKB."""

    @property
    def size(self) -> int:
        """Bytes of its shapes."""
        return sum(len(each) for shapes in self.by_zoom.values() for each in shapes)

    def within(self, box: tuple[float, float, float, float], zoom: int) -> tuple[list[int], list[bytes]]:
        """Ids and shapes at a zoom that meet a box in degrees."""
        found = np.sort(self.extents.query(shapely.box(*box)))
        return self.ids[found].tolist(), self.by_zoom[zoom][found].tolist()


@dataclass(frozen=True, kw_only=True)
class _Stand:
    """A coverage, or that none can be made, and the days on which it is the same."""

    first: date
    until: date
    coverage: Coverage | None

    @property
    def size(self) -> int:
        """Bytes of its shapes."""
        return 0 if self.coverage is None else self.coverage.size


@dataclass(frozen=True, kw_only=True)
class _Layer:
    """What was made of some imports; one asker makes it, the others wait."""

    turn: Lock = field(default_factory=Lock)
    stands: deque[_Stand] = field(default_factory=lambda: deque(maxlen=_DAYS_KEPT))


_kept: WeakKeyDictionary[Engine, OrderedDict[tuple[object, ...], _Layer]] = WeakKeyDictionary()
_folders: WeakKeyDictionary[Engine, Path] = WeakKeyDictionary()
_lock = Lock()


def keep_in(engine: Engine, folder: Path) -> None:
    """Look for what is simplified of the places of a database in a folder, one below it for each place."""
    with _lock:
        _folders[engine] = folder


def simplify(
    session: Session,
    place: Jurisdiction,
    layers: Mapping[str, Sequence[int]],
    *,
    on: date,
    units: dict[int, float],
) -> None:
    """Simplify the coverages among some layers (by their imports) for a day, into files, and forget what an import has replaced."""
    folder, begun = _folders[engine_of(session)] / place.code, coverage_files.now()
    for layer, imports in layers.items():
        if is_coverage(place, layer):
            _made(session, place, imports, on=on, units=units, writes=True)
    coverage_files.forget_unused(folder, since=begun)


def is_coverage(place: Jurisdiction, layer: str) -> bool:
    """Whether the catalogue says that a layer's areas tile the ground."""
    return any(each.id == layer and each.full_coverage for each in load(place.catalogue).layers)


def coverage(
    session: Session, place: Jurisdiction, imports: Sequence[int], *, on: date, units: dict[int, float]
) -> Coverage | None:
    """The areas of some imports on a day, simplified together by half a unit; `units` are metres by zoom."""
    layer = _layer_of(session, (place.metric, tuple(imports)))
    with layer.turn:
        for stand in layer.stands:
            if stand.first <= on < stand.until:
                return stand.coverage
        made = _made(session, place, imports, on=on, units=units)
        layer.stands.append(made)
    _make_room(session)
    return made.coverage


def _layer_of(session: Session, key: tuple[object, ...]) -> _Layer:
    with _lock:
        kept = _kept.setdefault(engine_of(session), OrderedDict())
        found = kept.setdefault(key, _Layer())
        kept.move_to_end(key)
        return found


def _make_room(session: Session) -> None:
    """Forget layers asked for longest ago, until what is kept has room."""
    with _lock:
        kept = _kept[engine_of(session)]
        sizes = [sum(each.size for each in tuple(layer.stands)) for layer in kept.values()]
        while sum(sizes) > ROOM and len(sizes) > 1:
            kept.popitem(last=False)
            sizes.pop(0)


def _made(
    session: Session,
    place: Jurisdiction,
    imports: Sequence[int],
    *,
    on: date,
    units: dict[int, float],
    writes: bool = False,
) -> _Stand:
    """A coverage as its file has it, or made anew; only who imports writes files."""
    values = {"imports": list(imports), "on": on}
    row = session.execute(statement(__package__, "coverage_corners"), values).one()
    is_fit = row.are_areas and row.corners <= MOST_CORNERS
    first, until = row.first or date.min, row.until or date.max
    if not is_fit:
        return _Stand(first=first, until=until, coverage=None)
    folder = _folders.get(engine_of(session))
    path = folder and coverage_files.file_of(folder / place.code, tuple(imports), first, until, units)
    kept = coverage_files.read(path) if path else None
    if kept is None:
        kept = _simplified(session, values, units)
        if path and writes:
            coverage_files.write(path, *kept)
    return _Stand(first=first, until=until, coverage=_laid_out(*kept, place.metric))


def _simplified(
    session: Session, values: dict[str, object], units: dict[int, float]
) -> tuple[NDArray[np.int64], dict[int, Shapes]]:
    """The ids of the shapes that hold on a day, and how each looks at each zoom."""
    rows = session.execute(statement(__package__, "coverage_shapes"), values).all()
    shapes: Any = shapely.from_wkb([bytes(row.shape) for row in rows])
    by_zoom: dict[int, Shapes] = {}
    for zoom in sorted(units, reverse=True):  # each from the one before: what is shared there stays shared
        shapes = shapely.coverage_simplify(shapes, units[zoom] / 2) if len(rows) else shapes
        by_zoom[zoom] = np.array(shapely.to_wkb(shapes), dtype=object)
    return np.array([row.id for row in rows], np.int64), by_zoom


def _laid_out(ids: NDArray[np.int64], by_zoom: dict[int, Shapes], metric: int) -> Coverage:
    """A coverage with the places of its shapes as they look from the furthest."""
    shapes: Any = shapely.from_wkb(by_zoom[min(by_zoom)])
    extents = shapely.segmentize(shapely.envelope(shapes), _longest(shapes))
    in_degrees = [to_geographic(each, metric).envelope for each in extents]
    return Coverage(ids=ids, extents=shapely.STRtree(in_degrees), by_zoom=by_zoom)


def _longest(shapes: Shapes) -> float:
    """The length of a part of an extent's edge: short enough that its bend on another grid does not count."""
    sizes = shapely.bounds(shapes)
    widest = float(np.max(sizes[:, 2:] - sizes[:, :2])) if len(sizes) else 1.0
    return max(widest / _WIDER, 1.0)
