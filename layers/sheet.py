"""What lies under a sheet of paper: the parcels and the features of some layers that meet a box of ground.

In: a session, a place, a box in its metric system, names of layers, a point in both times.  Out: a `GroundSheet` of shapes as they
are recorded, not cut to the box; `TooLarge` where there are more than a sheet can show.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.errors import NotFound, TooLarge
from gis.parcels.queries import holding
from gis.parcels.tables import ParcelRow
from gis.place import Jurisdiction
from layers.catalogue import load
from layers.entry import Layer, Measure
from layers.imports import StandingImport, standing
from layers.tables import FeatureRow

PARCELS = "parcels"
MOST_SHAPES = 30_000
"""Parcels, or features of all layers, that a sheet holds."""


@dataclass(frozen=True, kw_only=True)
class DrawnShape:
    """A parcel with its number, or a feature with its name in either language; in the place's metric system."""

    label: str | None
    label_ml: str | None
    shape: BaseGeometry


@dataclass(frozen=True, kw_only=True)
class DrawnTheme:
    """A layer, or the parcels (no entry), with what of it meets the sheet and the imports that it came by."""

    entry: Layer | None
    shapes: tuple[DrawnShape, ...]
    imports: tuple[StandingImport, ...]


@dataclass(frozen=True, kw_only=True)
class GroundSheet:
    """A box of ground in a place at a point in both times, and what was asked for on it, in the order of the question."""

    place: Jurisdiction
    at: AsOf
    box: Polygon
    themes: tuple[DrawnTheme, ...]


def ground_sheet(
    session: Session, place: Jurisdiction, box: Polygon, *, layers: Sequence[str], at: AsOf
) -> GroundSheet:
    """The parcels, where `parcels` is asked for, and each named layer; `NotFound` for a layer that the place does not have."""
    imports = standing(session, place, known=at.known)
    entries = {each.id: each for each in load(place.catalogue).layers if each.measure is not Measure.RASTER}
    unknown = [name for name in layers if name != PARCELS and name not in entries]
    if unknown:
        raise NotFound(
            f"There is no layer “{unknown[0][:40]}” here; /api/{place.code}/catalogue lists them, and {PARCELS} is one."
        )
    themes = []
    for name in dict.fromkeys(layers):
        own = tuple(each for each in imports if each.target == name)
        if name == PARCELS:
            shapes = _parcels(session, place, box, at=at)
        else:
            shapes = _features(session, place.metric, box, own, at=at)
        themes.append(DrawnTheme(entry=entries.get(name), shapes=shapes, imports=own))
    return GroundSheet(place=place, at=at, box=box, themes=tuple(themes))


def _parcels(session: Session, place: Jurisdiction, box: Polygon, *, at: AsOf) -> tuple[DrawnShape, ...]:
    area = func.ST_GeomFromWKB(box.wkb, place.metric)
    query = (
        select(ParcelRow.number, func.ST_AsBinary(ParcelRow.boundary))
        .where(ParcelRow.jurisdiction == place.code, ParcelRow.boundary.op("&&")(area), *holding(at))
        .order_by(ParcelRow.number, ParcelRow.id)
        .limit(MOST_SHAPES + 1)
    )
    found = [
        DrawnShape(label=number, label_ml=None, shape=shapely.from_wkb(bytes(wkb)))
        for number, wkb in session.execute(query)
    ]
    return _few_enough(found)


def _features(
    session: Session, metric: int, box: Polygon, imports: Sequence[StandingImport], *, at: AsOf
) -> tuple[DrawnShape, ...]:
    area = func.ST_GeomFromWKB(box.wkb, metric)
    query = (
        select(FeatureRow.label, FeatureRow.label_ml, func.ST_AsBinary(FeatureRow.shape))
        .where(FeatureRow.import_id.in_([each.id for each in imports]), FeatureRow.shape.op("&&")(area))
        .where(FeatureRow.valid.contains(at.on))
        .order_by(FeatureRow.import_id, FeatureRow.position)
        .limit(MOST_SHAPES + 1)
    )
    found = [
        DrawnShape(label=label, label_ml=label_ml, shape=shapely.from_wkb(bytes(wkb)))
        for label, label_ml, wkb in session.execute(query)
    ]
    return _few_enough(found)


def _few_enough(found: list[DrawnShape]) -> tuple[DrawnShape, ...]:
    if len(found) > MOST_SHAPES:
        raise TooLarge(
            f"More than {MOST_SHAPES:,} shapes of one layer lie under this sheet; choose a larger scale, or fewer layers."
        )
    return tuple(found)
