"""A tract read from the database: what `layers.site` would say of each plot, of some thousand plots by a few statements.

In: a session, a jurisdiction, numbers of plots, a point in both times, the folder of rasters.  Out: a `Tract`, and the numbers that it leaves
to whoever asks one by one: numbers under which no plot stands, shapes that have to be mended or that nobody can read.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import orjson
import shapely
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.quick import Row, connection_of
from gis.errors import Invalid
from gis.parcels.ids import normal_number
from gis.place import Jurisdiction
from gis.units import Area, AreaUnit
from layers.collections.lineage import lineage_of
from layers.collections.model import Lineage
from layers.extract.finding import BROKEN, undone_on_failure
from layers.extract.footing import footing
from layers.extract.measure import plot_of
from layers.imports import standing
from layers.tracts.files import Stamp
from layers.tracts.frames import frames_of
from layers.tracts.model import Flags, Ints, Limits, Shapes, Tract, texts
from layers.tracts.stored import ACCURACY, BOUNDARY, EXTENT, MEASURED, STATE, UNIT, Pieces, beside, plots
from layers.tracts.streets import Beside, StreetsAlong
from layers.tracts.themes import Themes

MANY = 2_000
"""Plots that are read at once: memory does not grow beyond what they need."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """Plots read together: `tract` holds those of `places`, indices into the numbers asked for; `left` are the others."""

    tract: Tract | None
    places: Ints
    left: Ints


@dataclass(frozen=True, kw_only=True)
class _States:
    """The rows of plots with their boundaries, prepared, in grid metres."""

    rows: Sequence[Row]
    shapes: Shapes


class Reader:
    """Reads tracts of one place at one point in both times; what neighbouring tracts share is kept between them."""

    def __init__(
        self, session: Session, place: Jurisdiction, limits: Limits, *, at: AsOf, rasters: Path
    ) -> None:
        base = footing(place.catalogue, standing(session, place, known=at.known), known=at.known)
        self._place, self._at, self._base = place, at, base
        self._pieces = Pieces(place, at=at)
        self._streets = StreetsAlong(base)
        self._themes = Themes(base, limits, on=at.on, rasters=rasters)

    @property
    def stamp(self) -> Stamp:
        """What its tracts are of, and the imports they rest on."""
        place = self._place
        return Stamp(
            place=place.code,
            metric=place.metric,
            rule_book=place.rule_book,
            on=self._at.on,
            known=self._at.known,
            sources=tuple(sorted({each.name for each in self._base.imports})),
            synthetic=place.synthetic,
            lineage=tuple(orjson.loads(orjson.dumps([asdict(each) for each in self._lineage()]))),
        )

    def _lineage(self) -> Sequence[Lineage]:
        return lineage_of([each for each in self._base.imports if each.begins <= self._at.on])

    def read(self, session: Session, numbers: Sequence[str]) -> Read:
        """The plots of some numbers; where what lies around them cannot be read, all of them are left."""
        everything = np.arange(len(numbers))
        nothing = Read(tract=None, places=everything[:0], left=everything)
        try:
            with undone_on_failure(session):
                return self._read(session, numbers) or nothing
        except BROKEN:
            if connection_of(session).closed:
                raise
            return nothing

    def _read(self, session: Session, numbers: Sequence[str]) -> Read | None:
        normal = [normal_or_none(each) for each in numbers]
        found = plots(session, self._place, sorted({each for each in normal if each}), at=self._at)
        places = np.array([i for i, each in enumerate(normal) if each in found], dtype=np.int64)
        if not len(places):
            return None
        rows = [found[str(normal[place])] for place in places.tolist()]
        shapes = np.asarray([*shapely.from_wkb([row[BOUNDARY] for row in rows]), None], dtype=object)[:-1]
        sound = shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
        shapely.prepare(shapes)
        asked = np.flatnonzero(sound)
        states = _States(rows=[rows[i] for i in asked.tolist()], shapes=shapes[asked])
        tract, is_odd = self._tract(session, [numbers[places[i]] for i in asked.tolist()], states)
        told = places[asked[~is_odd]]
        left = np.setdiff1d(np.arange(len(numbers)), told)
        return Read(tract=tract.taken(np.flatnonzero(~is_odd)), places=told, left=left)

    def _tract(self, session: Session, numbers: Sequence[str], states: _States) -> tuple[Tract, Flags]:
        """The tract of sound states, and which of them it cannot tell."""
        place, shapes, ids = self._place, states.shapes, [row[STATE] for row in states.rows]
        plots = [
            plot_of(shape, place.metric, measured=row[MEASURED])
            for shape, row in zip(shapes, states.rows, strict=True)
        ]
        frames = frames_of(shapes, place.metric)
        boundary = frames.moved(shapes, np.arange(len(shapes)))
        imports = self._themes.imports | self._base.streets.keys()
        near = self._pieces.near(session, ids, sorted(imports & self._base.reaches.keys()))
        fronts, is_odd = self._streets.along(
            plots, shapes, frames, near.of_imports(self._base.streets), self._beside(session, states)
        )
        told = self._themes.told(plots, shapes, near)
        tract = Tract(
            place=place.code,
            metric=place.metric,
            rule_book=place.rule_book,
            number=texts(numbers),
            boundary=boundary,
            east=frames.east,
            north=frames.north,
            scale=frames.scale,
            measured=np.array([round(plot.measured, 2) for plot in plots], dtype=float),
            recorded=np.array([recorded_area(row[EXTENT], row[UNIT]) for row in states.rows], dtype=float),
            body=told.body,
            body_name=told.body_name,
            in_zone=told.in_zone,
            top=told.top,
            highest=told.highest,
            site=texts([None] * len(numbers)),
            said=texts([None] * len(numbers)),
            fronts=fronts,
        )
        return tract, is_odd | ~shapely.is_valid(boundary)

    def _beside(self, session: Session, states: _States) -> Beside:
        def asked(some: Sequence[int]) -> tuple[Ints, Shapes]:
            rows = [states.rows[i] for i in some]
            accuracy = np.array([row[ACCURACY] for row in rows], dtype=float)
            own = states.shapes[list(some)]
            return beside(session, self._place, [row[STATE] for row in rows], accuracy, own, at=self._at)

        return asked


def normal_or_none(number: str) -> str | None:
    """A number in normal form; None where no plot can have it."""
    with suppress(Invalid):
        return normal_number(number)
    return None


def recorded_area(extent: Decimal | None, unit: str) -> float:
    """Recorded m², as a site tells them; nan where the register has none."""
    return np.nan if extent is None else float(Area(value=extent, unit=AreaUnit(unit)).square_metres)
