"""Know your land: the whole answer about a plot, theme by theme.

In: a session, a jurisdiction, a parcel or an area in metres, a point in both times, the folder of rasters.
Out: an `Extract`.  One statement finds everything, whatever the number of layers.
One broken theme never takes the rest down: it answers "no data" with the fault.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import rasterio.errors
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.quick import connection_of
from gis.errors import LandError
from gis.parcels.model import Parcel
from gis.place import Jurisdiction
from layers.extract import reasons
from layers.extract.finding import BROKEN, Findings, accuracy_of, findings, short, taken, undone_on_failure
from layers.extract.footing import Footing, footing, heard_of, newest
from layers.extract.judge import judge
from layers.extract.measure import Measured, Plot, plot_of
from layers.extract.model import Extract, Subject, Terrain, ThemeAnswer, Words
from layers.extract.neighbours import neighbours
from layers.extract.questions import Answered, answered
from layers.extract.streets import MEASURED, NO_STREET, NO_STREET_DATA, frontages
from layers.extract.terrain import judge_raster, terrain
from layers.extract.theme import Theme
from layers.imports import StandingImport, standing


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """An extract with what it was judged from: the plot, what extracts rest on, what was found around."""

    extract: Extract
    plot: Plot
    base: Footing
    found: Findings


def extract_of_number(
    session: Session, place: Jurisdiction, number: str, *, on: date, rasters: Path
) -> Extract | None:
    """Everything recorded about the parcel of a number, as known now, in one round trip.

    None where no such parcel is found, or something cannot be read: whoever asks then goes step by step, and hears why.
    """
    base = newest(session, place)
    try:
        with undone_on_failure(session):
            found = answered(session, place, number, on=on, reaches=base.reaches, streets=base.streets)
    except BROKEN:
        if connection_of(session).closed:
            raise
        return None
    if found is None:
        return None
    at = AsOf(on=on, known=found.last)
    if found.last != base.known:
        heard_of(session, place, found.last)
        return extract_of_parcel(session, place, found.parcel, at=at, rasters=rasters)
    return _assembled(place, found, base, at=at, rasters=rasters)


def _assembled(place: Jurisdiction, found: Answered, base: Footing, *, at: AsOf, rasters: Path) -> Extract:
    subject, plot = _parcel(place, found.parcel)
    return _extract(place, subject, plot, base, taken(found.around, plot, base), at=at, rasters=rasters)


def extract_of_parcel(
    session: Session, place: Jurisdiction, parcel: Parcel, *, at: AsOf, rasters: Path
) -> Extract:
    """Everything recorded about a parcel."""
    subject, plot = _parcel(place, parcel)
    return _asked(session, place, subject, plot, at=at, rasters=rasters)


def grounds_of_parcel(
    session: Session, place: Jurisdiction, parcel: Parcel, *, at: AsOf, rasters: Path
) -> Grounds:
    """The extract of a parcel, and what it was judged from."""
    subject, plot = _parcel(place, parcel)
    base = footing(place.catalogue, standing(session, place, known=at.known), known=at.known)
    found = findings(session, place, subject, plot, base, at=at)
    extract = _extract(place, subject, plot, base, found, at=at, rasters=rasters)
    return Grounds(extract=extract, plot=plot, base=base, found=found)


def _parcel(place: Jurisdiction, parcel: Parcel) -> tuple[Subject, Plot]:
    recorded = float(parcel.recorded_area.square_metres) if parcel.recorded_area else None
    plot = plot_of(parcel.boundary, place.metric, measured=parcel.measured_area, recorded=recorded)
    return Subject(parcel=parcel, shape=parcel.boundary, measured_area=round(parcel.measured_area, 2)), plot


def extract_of_area(
    session: Session, place: Jurisdiction, shape: BaseGeometry, *, at: AsOf, rasters: Path
) -> Extract:
    """Everything recorded about an area in the jurisdiction's metres."""
    plot = plot_of(shape, place.metric)
    subject = Subject(parcel=None, shape=shape, measured_area=round(plot.measured, 2))
    return _asked(session, place, subject, plot, at=at, rasters=rasters)


def _asked(
    session: Session, place: Jurisdiction, subject: Subject, plot: Plot, *, at: AsOf, rasters: Path
) -> Extract:
    base = footing(place.catalogue, standing(session, place, known=at.known), known=at.known)
    found = findings(session, place, subject, plot, base, at=at)
    return _extract(place, subject, plot, base, found, at=at, rasters=rasters)


def _extract(
    place: Jurisdiction,
    subject: Subject,
    plot: Plot,
    base: Footing,
    found: Findings,
    *,
    at: AsOf,
    rasters: Path,
) -> Extract:
    ground, ground_note = ground_under(plot, base.rasters, rasters)
    streets = [part for part in found.parts if part.found.import_id in base.streets]
    along = frontages(plot, streets, base.streets, [other.boundary for other in found.beside])
    note = (MEASURED if along else NO_STREET) if base.streets else NO_STREET_DATA
    return Extract(
        jurisdiction=place,
        catalogue=base.catalogue.digest,
        at=at,
        subject=subject,
        groups=base.groups,
        themes=themes_answered(plot, base, found, ground, ground_note, at=at),
        frontages=along,
        frontage_note=note,
        terrain=ground,
        terrain_note=ground_note,
        neighbours=neighbours(plot, found.beside, accuracy=accuracy_of(subject)),
        sources=base.sources(subject.parcel.import_id if subject.parcel else None),
    )


def ground_under(plot: Plot, rasters: Sequence[StandingImport], folder: Path) -> tuple[Terrain | None, Words]:
    """Height and slope of a plot, and what is to be said of them, be it that a raster cannot be read."""
    try:
        return terrain(plot, rasters, folder=folder)
    except (LandError, rasterio.errors.RasterioError) as error:
        return None, reasons.broken(str(error)[:120])


def themes_answered(
    plot: Plot, base: Footing, found: Findings, ground: Terrain | None, ground_note: Words, *, at: AsOf
) -> tuple[ThemeAnswer, ...]:
    """What each theme answers about a plot of which everything near was found."""
    by_target: dict[str, list[Measured]] = defaultdict(list)
    for part in found.parts:
        by_target[base.targets[part.found.import_id]].append(part)
    is_settled = base.settles(plot, on=at.on)
    answers = []
    for theme in base.themes:
        if theme.is_raster:
            answers.append(judge_raster(theme.layer, theme.blank, ground, ground_note))
        elif fault := found.faults.get(theme.target):
            answers.append(replace(theme.blank, reason=reasons.broken(fault)))
        elif parts := by_target.get(theme.target):
            answers.append(_judged(plot, theme.with_parts(parts), at=at))
        else:
            settled = theme.settled if is_settled else theme.settled_around(plot, on=at.on)
            answers.append(settled or _judged(plot, theme, at=at))
    return tuple(answers)


def _judged(plot: Plot, theme: Theme, *, at: AsOf) -> ThemeAnswer:
    try:
        return judge(plot, theme, on=at.on)
    except shapely.errors.GEOSException as error:
        return replace(theme.blank, reason=reasons.broken(short(error)))
