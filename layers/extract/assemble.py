"""Know your land: the whole answer about a plot, theme by theme.

In: a session, a jurisdiction, a parcel or an area in metres, a point in both times, the folder of rasters.
Out: an `Extract`.  One statement finds everything, whatever the number of layers.
One broken theme never takes the rest down: it answers "no data" with the fault.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
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
    street_ids = {each.id for each in base.streets}
    streets = [part for part in found if part.found.import_id in street_ids]
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
    streets = [each.id for each in base.streets]
    own = subject.parcel.state if subject.parcel else None

    def ask(some: Sequence[StandingImport]) -> tuple[Around, list[Measured]]:
        imports = [each.id for each in some]
        with _undone_on_failure(session):
            lies = around(
                session,
                place,
                plot.shape,
                accuracy=accuracy,
                own=own,
                imports=imports,
                streets=streets,
                at=at,
            )
        return lies, measured(plot, lies.features, streets=streets)

    try:
        lies, parts = ask(base.asked)
        return lies.parcels, parts, {}
    except BROKEN:
        if connection_of(session).closed:
            raise
        beside = ask([])[0].parcels
        parts, faults = _one_by_one(ask, base.asked)
        return beside, parts, faults


def _undone_on_failure(session: Session) -> AbstractContextManager[object]:
    """A failed statement spoils its transaction: a savepoint inside one, nothing where each statement stands alone."""
    return nullcontext() if connection_of(session).autocommit else session.begin_nested()


def _one_by_one(
    ask: Callable[[Sequence[StandingImport]], tuple[Around, list[Measured]]],
    imports: Sequence[StandingImport],
) -> tuple[list[Measured], Faults]:
    parts: list[Measured] = []
    faults: Faults = {}
    for each in imports:
        try:
            parts += ask([each])[1]
        except BROKEN as error:
            faults[each.target] = _short(error)
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
    by_import: dict[int, list[Measured]] = defaultdict(list)
    for part in found:
        by_import[part.found.import_id].append(part)
    answers = []
    for theme in base.themes:
        parts = [part for each in theme.imports for part in by_import.get(each.id, ())]
        if theme.layer.measure is Measure.RASTER:
            answers.append(judge_raster(theme.layer, theme.blank, ground, ground_note))
        elif fault := faults.get(theme.target):
            answers.append(replace(theme.blank, reason=reasons.broken(fault)))
        else:
            answers.append(_judged(plot, theme.with_parts(parts) if parts else theme, at=at))
    return tuple(answers)


def _judged(plot: Plot, theme: Theme, *, at: AsOf) -> ThemeAnswer:
    try:
        return judge(plot, theme, on=at.on)
    except shapely.errors.GEOSException as error:
        return replace(theme.blank, reason=reasons.broken(_short(error)))
