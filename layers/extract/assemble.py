"""Know your land: the whole answer about a plot, theme by theme.

In: a session, a jurisdiction, a parcel or an area in metres, a point in both times, the folder of rasters.
Out: an `Extract`.  One statement finds everything, whatever the number of layers.
One broken theme never takes the rest down: it answers "no data" with the fault.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import psycopg
import rasterio.errors
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.quick import connection_of
from gis.errors import LandError
from gis.parcels.model import Parcel
from gis.place import Jurisdiction
from layers.entry import Measure
from layers.extract import reasons
from layers.extract.footing import Footing, footing
from layers.extract.judge import judge
from layers.extract.measure import Measured, Plot, measured, plot_of
from layers.extract.model import Extract, Subject, Terrain, ThemeAnswer, Words
from layers.extract.neighbours import neighbours
from layers.extract.questions import Around, Beside, MisplacedShape, around
from layers.extract.streets import MEASURED, NO_STREET, NO_STREET_DATA, frontages
from layers.extract.terrain import judge_raster, terrain
from layers.extract.theme import Theme
from layers.imports import StandingImport, standing

DRAWN_ACCURACY = 0.5
"""Metres within which a parcel counts as beside an area drawn by hand."""
BROKEN = (psycopg.Error, shapely.errors.GEOSException, MisplacedShape)
"""What data that cannot be read make of a question."""

Faults = dict[str, str]
"""Why a layer's data could not be read, by target."""


def extract_of_parcel(
    session: Session, place: Jurisdiction, parcel: Parcel, *, at: AsOf, rasters: Path
) -> Extract:
    """Everything recorded about a parcel."""
    recorded = float(parcel.recorded_area.square_metres) if parcel.recorded_area else None
    plot = plot_of(parcel.boundary, place.metric, measured=parcel.measured_area, recorded=recorded)
    subject = Subject(parcel=parcel, shape=parcel.boundary, measured_area=round(parcel.measured_area, 2))
    return _extract(session, place, plot, subject, at=at, rasters=rasters)


def extract_of_area(
    session: Session, place: Jurisdiction, shape: BaseGeometry, *, at: AsOf, rasters: Path
) -> Extract:
    """Everything recorded about an area in the jurisdiction's metres."""
    plot = plot_of(shape, place.metric)
    subject = Subject(parcel=None, shape=shape, measured_area=round(plot.measured, 2))
    return _extract(session, place, plot, subject, at=at, rasters=rasters)


def _extract(
    session: Session, place: Jurisdiction, plot: Plot, subject: Subject, *, at: AsOf, rasters: Path
) -> Extract:
    base = footing(place.catalogue, standing(session, place, known=at.known))
    accuracy = subject.parcel.accuracy if subject.parcel else DRAWN_ACCURACY
    beside, found, faults = _found(session, place, subject, plot, base, accuracy=accuracy, at=at)
    ground, ground_note = _terrain(plot, base.rasters, rasters)
    streets = [part for part in found if part.found.import_id in base.streets]
    along = frontages(plot, streets, base.streets, [other.boundary for other in beside])
    note = (MEASURED if along else NO_STREET) if base.streets else NO_STREET_DATA
    return Extract(
        jurisdiction=place,
        catalogue=base.catalogue.digest,
        at=at,
        subject=subject,
        groups=base.groups,
        themes=_themes(plot, base, found, faults, ground, ground_note, at=at),
        frontages=along,
        frontage_note=note,
        terrain=ground,
        terrain_note=ground_note,
        neighbours=neighbours(plot, beside, accuracy=accuracy),
        sources=base.sources(subject.parcel.import_id if subject.parcel else None),
    )


def _found(
    session: Session,
    place: Jurisdiction,
    subject: Subject,
    plot: Plot,
    base: Footing,
    *,
    accuracy: float,
    at: AsOf,
) -> tuple[tuple[Beside, ...], list[Measured], Faults]:
    """Parcels beside the plot; features near it, measured; faults where a layer's data could not be read."""
    own = subject.parcel.state if subject.parcel else None

    def ask(reaches: Mapping[int, float]) -> tuple[Around, list[Measured]]:
        with _undone_on_failure(session):
            lies = around(
                session,
                place,
                plot.shape,
                accuracy=accuracy,
                own=own,
                reaches=reaches,
                streets=base.streets,
                at=at,
            )
        return lies, measured(plot, lies.features, streets=base.streets)

    try:
        lies, parts = ask(base.reaches)
        return lies.parcels, parts, {}
    except BROKEN:
        if connection_of(session).closed:
            raise
        beside = ask({})[0].parcels
        parts, faults = _one_by_one(ask, base)
        return beside, parts, faults


def _undone_on_failure(session: Session) -> AbstractContextManager[object]:
    """A failed statement spoils its transaction: a savepoint inside one, nothing where each statement stands alone."""
    return nullcontext() if connection_of(session).autocommit else session.begin_nested()


def _one_by_one(
    ask: Callable[[Mapping[int, float]], tuple[Around, list[Measured]]], base: Footing
) -> tuple[list[Measured], Faults]:
    parts: list[Measured] = []
    faults: Faults = {}
    for each, reach in base.reaches.items():
        try:
            parts += ask({each: reach})[1]
        except BROKEN as error:
            faults[base.targets[each]] = _short(error)
    return parts, faults


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:120]


def _terrain(plot: Plot, rasters: Sequence[StandingImport], folder: Path) -> tuple[Terrain | None, Words]:
    try:
        return terrain(plot, rasters, folder=folder)
    except (LandError, rasterio.errors.RasterioError) as error:
        return None, reasons.broken(str(error)[:120])


def _themes(
    plot: Plot,
    base: Footing,
    found: Sequence[Measured],
    faults: Faults,
    ground: Terrain | None,
    ground_note: Words,
    *,
    at: AsOf,
) -> tuple[ThemeAnswer, ...]:
    by_target: dict[str, list[Measured]] = defaultdict(list)
    for part in found:
        by_target[base.targets[part.found.import_id]].append(part)
    is_settled = base.settles(plot, on=at.on)
    answers = []
    for theme in base.themes:
        if theme.layer.measure is Measure.RASTER:
            answers.append(judge_raster(theme.layer, theme.blank, ground, ground_note))
        elif fault := faults.get(theme.target):
            answers.append(replace(theme.blank, reason=reasons.broken(fault)))
        elif parts := by_target.get(theme.target):
            answers.append(_judged(plot, theme.with_parts(parts), at=at))
        else:
            answers.append(theme.settled if is_settled and theme.settled else _judged(plot, theme, at=at))
    return tuple(answers)


def _judged(plot: Plot, theme: Theme, *, at: AsOf) -> ThemeAnswer:
    try:
        return judge(plot, theme, on=at.on)
    except shapely.errors.GEOSException as error:
        return replace(theme.blank, reason=reasons.broken(_short(error)))
