"""The wards of a place: what each is called, and which parcels lie in it.

In: a jurisdiction, a point in both times, a ward's name or reference.  Out: names, and parcels by number.  A parcel lies in the ward that holds a
point on its surface, so that no parcel is counted twice.
"""

from collections.abc import Sequence

import shapely
from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.errors import NotFound
from gis.parcels.model import Parcel
from gis.parcels.queries import parcels_touching
from gis.place import Jurisdiction
from layers.imports import standing
from layers.tables import FeatureRow

LAYER = "ward"


def ground_of_ward(session: Session, place: Jurisdiction, ward: str, *, at: AsOf) -> BaseGeometry:
    """The ground of a ward in metres; `NotFound` names the wards there are."""
    ground: BaseGeometry = shapely.union_all(_named(_wards(session, place, at=at), place, ward))
    shapely.prepare(ground)
    return ground


def parcels_of_ward(session: Session, place: Jurisdiction, ward: str, *, at: AsOf) -> list[Parcel]:
    """The parcels of a ward; `NotFound` names the wards there are."""
    ground = ground_of_ward(session, place, ward, at=at)
    return [
        each
        for each in parcels_touching(session, place, ground, at=at)
        if ground.intersects(each.boundary.representative_point())
    ]


def ward_shapes(session: Session, place: Jurisdiction, *, at: AsOf) -> list[tuple[str, BaseGeometry]]:
    """The wards of a place by reference, with their ground in metres."""
    return [(row.ref, to_shape(row.shape)) for row in _wards(session, place, at=at)]


def names_of_wards(session: Session, place: Jurisdiction, *, at: AsOf) -> list[tuple[str, str, str | None]]:
    """Reference, name and Malayalam name of every ward, by reference; the reference where it has no name."""
    there = {row.ref: (row.ref, row.label or row.ref, row.label_ml) for row in _wards(session, place, at=at)}
    return [there[ref] for ref in sorted(there)]


def _named(there: Sequence[FeatureRow], place: Jurisdiction, ward: str) -> list[BaseGeometry]:
    """The shapes of the ward of this name or reference; a part of a name will do where only one ward has it."""
    wanted = ward.strip().casefold()
    names = [{each.casefold() for each in (row.ref, row.label, row.label_ml) if each} for row in there]
    found = [row for row, own in zip(there, names, strict=True) if wanted in own]
    if not found and wanted:
        found = [row for row, own in zip(there, names, strict=True) if any(wanted in each for each in own)]
    if len({row.ref for row in found}) != 1:
        known = ", ".join(sorted({row.label or row.ref for row in found or there})[:40])
        several = "Several wards are called so" if found else "There is no such ward"
        raise NotFound(
            f"{several} in {place.name_en}: “{ward[:60]}”. Known: {known or 'none, no wards have been brought in'}.",
            code="no-ward",
        )
    return [to_shape(row.shape) for row in found]


def _wards(session: Session, place: Jurisdiction, *, at: AsOf) -> Sequence[FeatureRow]:
    imports = [each.id for each in standing(session, place, known=at.known) if each.target == LAYER]
    query = (
        select(FeatureRow)
        .where(FeatureRow.import_id.in_(imports), FeatureRow.valid.contains(at.on))
        .order_by(FeatureRow.import_id, FeatureRow.position)
    )
    return session.scalars(query).all()
