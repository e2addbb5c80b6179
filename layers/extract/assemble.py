"""Know your land: the whole answer about a plot, theme by theme.

In: a session, a jurisdiction, a parcel or an area in metres, a point in both times, the folder of rasters.
Out: an `Extract`.  Two statements find everything, whatever the number of layers: one for features, one for neighbours.
One broken theme never takes the rest down: it answers "no data" with the fault.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import rasterio.errors
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.errors import LandError
from gis.parcels.model import Parcel
from gis.parcels.queries import parcels_touching
from gis.place import Jurisdiction
from layers.catalogue import Catalogue
from layers.catalogue import load as load_catalogue
from layers.entry import Layer, Measure, Role
from layers.extract import reasons
from layers.extract.judge import Theme, blank, judge
from layers.extract.measure import Measured, Plot, measured, plot_of
from layers.extract.model import Extract, Group, Source, Subject, Terrain, ThemeAnswer, Words
from layers.extract.neighbours import neighbours
from layers.extract.questions import Found, touching
from layers.extract.streets import MEASURED, NO_STREET, NO_STREET_DATA, frontages
from layers.extract.terrain import judge_raster, terrain
from layers.imports import Standing, StandingImport, standing

DRAWN_ACCURACY = 0.5
"""Metres within which a parcel counts as beside an area drawn by hand."""


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
    catalogue = load_catalogue(place.catalogue)
    imports = standing(session, place, known=at.known)
    around = _around(session, place, subject, at=at)
    found, faults = _found(session, place, plot, catalogue, imports, at=at)
    ground, ground_note = _terrain(plot, _of(catalogue, imports, Role.TERRAIN), rasters)
    themes = _themes(plot, catalogue, imports, found, faults, ground, ground_note, at=at)
    street_imports = _of(catalogue, imports, Role.ROAD)
    street_ids = {each.id for each in street_imports}
    streets = [part for part in found if part.found.import_id in street_ids]
    along = frontages(plot, streets, street_imports, [other.boundary for other in around])
    accuracy = subject.parcel.accuracy if subject.parcel else DRAWN_ACCURACY
    note = (MEASURED if along else NO_STREET) if street_imports else NO_STREET_DATA
    return Extract(
        jurisdiction=place,
        catalogue=catalogue.digest,
        at=at,
        subject=subject,
        groups=tuple(Group(id=g.id, title=Words(en=g.title.en, ml=g.title.ml)) for g in catalogue.groups),
        themes=themes,
        frontages=along,
        frontage_note=note,
        terrain=ground,
        terrain_note=ground_note,
        neighbours=neighbours(plot, around, accuracy=accuracy),
        sources=_sources(catalogue, imports, subject),
    )


def _of(catalogue: Catalogue, imports: Standing, role: Role) -> list[StandingImport]:
    targets = {layer.id for layer in catalogue.with_role(role)}
    return [each for each in imports if each.target in targets]


def _around(session: Session, place: Jurisdiction, subject: Subject, *, at: AsOf) -> list[Parcel]:
    """Parcels that meet the plot, itself left out."""
    accuracy = subject.parcel.accuracy if subject.parcel else DRAWN_ACCURACY
    near = parcels_touching(session, place, subject.shape.buffer(accuracy, join_style="mitre"), at=at)
    return [other for other in near if subject.parcel is None or other.state != subject.parcel.state]


def _found(
    session: Session, place: Jurisdiction, plot: Plot, catalogue: Catalogue, imports: Standing, *, at: AsOf
) -> tuple[list[Measured], dict[str, str]]:
    """Features near the plot, measured; faults by target where a layer's data could not be read."""
    streets = [each.id for each in _of(catalogue, imports, Role.ROAD)]
    shaped = [each for each in imports if each.raster is None and each.target not in ("parcels", "places")]

    def ask(some: Sequence[StandingImport]) -> list[Measured]:
        with session.begin_nested():
            features = touching(
                session, place, plot.shape, imports=[each.id for each in some], streets=streets, on=at.on
            )
        return [_measured(plot, each, streets) for each in features]

    try:
        return ask(shaped), {}
    except (DBAPIError, shapely.errors.GEOSException):
        return _found_one_by_one(ask, shaped)


def _found_one_by_one(
    ask: Callable[[Sequence[StandingImport]], list[Measured]], shaped: Sequence[StandingImport]
) -> tuple[list[Measured], dict[str, str]]:
    found: list[Measured] = []
    faults: dict[str, str] = {}
    for each in shaped:
        try:
            found += ask([each])
        except (DBAPIError, shapely.errors.GEOSException) as error:
            faults[each.target] = _short(error)
    return found, faults


def _measured(plot: Plot, found: Found, streets: Sequence[int]) -> Measured:
    """A feature on the plot; of streets only the nearness is measured here, frontage is found from their shapes."""
    if found.import_id in streets:
        part = measured(plot, replace(found, parts=()))
        return replace(part, found=found)
    return measured(plot, found)


def _short(error: Exception) -> str:
    return str(getattr(error, "orig", error)).splitlines()[0][:120]


def _terrain(plot: Plot, rasters: Sequence[StandingImport], folder: Path) -> tuple[Terrain | None, Words]:
    try:
        return terrain(plot, rasters, folder=folder)
    except (LandError, rasterio.errors.RasterioError) as error:
        return None, reasons.broken(str(error)[:120])


def _themes(
    plot: Plot,
    catalogue: Catalogue,
    imports: Standing,
    found: Sequence[Measured],
    faults: dict[str, str],
    ground: Terrain | None,
    ground_note: Words,
    *,
    at: AsOf,
) -> tuple[ThemeAnswer, ...]:
    answers = []
    for layer in catalogue.layers:
        if not layer.shows and layer.role is not Role.ADMIN:
            continue
        theme = _theme(layer, imports, found)
        if layer.measure is Measure.RASTER:
            answers.append(judge_raster(layer, blank(theme), ground, ground_note))
        elif fault := faults.get(layer.source_layer or layer.id):
            answers.append(replace(blank(theme), reason=reasons.broken(fault)))
        else:
            answers.append(_judged(plot, theme, at=at))
    return tuple(answers)


def _judged(plot: Plot, theme: Theme, *, at: AsOf) -> ThemeAnswer:
    try:
        return judge(plot, theme, on=at.on)
    except shapely.errors.GEOSException as error:
        return replace(blank(theme), reason=reasons.broken(_short(error)))


def _theme(layer: Layer, imports: Standing, found: Sequence[Measured]) -> Theme:
    target = layer.source_layer or layer.id
    own = tuple(each for each in imports if each.target == target)
    ids = {each.id for each in own}
    return Theme(layer=layer, imports=own, parts=tuple(part for part in found if part.found.import_id in ids))


def _sources(catalogue: Catalogue, imports: Standing, subject: Subject) -> tuple[Source, ...]:
    targets = {layer.id for layer in catalogue.layers}
    own = subject.parcel.import_id if subject.parcel else None
    return tuple(_source(each) for each in imports if each.target in targets or each.id == own)


def _source(each: StandingImport) -> Source:
    return Source(
        id=each.name,
        title=each.source["title"],
        publisher=each.source["publisher"],
        licence=each.source["licence"],
        link=each.source.get("link"),
        date=each.source_date,
        file=each.series,
        sha256=each.sha256,
        imported=each.imported,
        accuracy=each.accuracy,
        accuracy_basis=each.accuracy_basis,
        holds=each.holds,
    )
