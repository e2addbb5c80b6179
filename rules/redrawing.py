"""A zone redrawn: a layer as it would be within a shape, laid over what is stored of a plot.

In: zones of a reform and a `Site`.  Out: another `Site`, the same but for the themes that the zones touch.  Within a shape the layer says what
the reform says, or nothing where it is lifted; outside it stays as it is stored.  What cannot be told apart is kept beside the new, so that a
redrawn plot may become unknown and never passes by guessing.  Shapes are metres of the site's own frame; areas are ground m².
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import shapely
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from shapely.geometry import shape as as_shape
from shapely.geometry.base import BaseGeometry

from gis.crs import to_metric
from gis.errors import Invalid
from gis.geometry import polygons_of
from gis.site import Origin, Overlay, Site, Status
from rules.zone_shape import Geometry, zone_shape

ORIGIN = "reform"
"""What stands where the import of a layer would be named."""
UNTOLD = "not told"
"""The label of ground of which there are no data beside a redrawn zone."""
THIN = 0.1
"""Metres: a strip of this mean width comes of rounding, and does not count."""
AROUND = 500.0
"""Metres around a plot within which a redrawn zone is carried along."""


class Zone(BaseModel):
    """A layer of the catalogue within a shape: what it says there from the reform's day on, or that it is lifted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    layer: str = Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")
    shape: dict[str, Any] | None = None
    """GeoJSON in degrees (EPSG:4326)."""
    file: str | None = Field(default=None, min_length=1, max_length=200)
    """In place of the shape: the name of a GeoJSON file, which the door reads."""
    label: str | None = Field(default=None, min_length=1, max_length=200)
    attributes: dict[str, str] = {}
    lifted: bool = False

    @field_validator("shape", mode="before")
    @classmethod
    def _drawn(cls, told: object) -> object:
        return None if told is None else dict(zone_shape(told))

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Zone":
        if (self.shape is None) == (self.file is None):
            raise ValueError("a zone has either a shape or a file")
        if self.lifted and (self.label or self.attributes):
            raise ValueError("a zone that is lifted has neither label nor attributes")
        if not self.lifted and not self.label:
            raise ValueError("a zone has a label, as the map would name it, or `lifted: true`")
        return self


@dataclass(frozen=True, kw_only=True)
class Area:
    """A zone on the ground of a place: its shape in metres of the grid."""

    layer: str
    label: str
    attributes: tuple[tuple[str, str], ...]
    is_lifted: bool
    shape: BaseGeometry
    title: str
    """Of the reform."""
    begins: date


def areas(zones: Sequence[Zone], metric: int, *, title: str, begins: date) -> tuple[Area, ...]:
    """The zones of a reform in metres of a place; `Invalid` for one that lies off its ground or whose file was not read."""
    found = []
    for number, zone in enumerate(zones, start=1):
        if zone.shape is None:
            raise Invalid(f"Zone {number}: the file {zone.file} was not given.", code="bad-reform")
        try:
            shape = to_metric(as_shape(zone.shape), metric)
        except Invalid as error:
            raise Invalid(
                f"Zone {number} lies off the ground of the place: {error.message} Are longitude and latitude the"
                " wrong way round?",
                code="bad-reform",
            ) from error
        shapely.prepare(shape)
        found.append(
            Area(
                layer=zone.layer,
                label=zone.label or "",
                attributes=tuple(zone.attributes.items()),
                is_lifted=zone.lifted,
                shape=shape,
                title=title,
                begins=begins,
            )
        )
    return tuple(found)


def redrawn(site: Site, drawn: Iterable[Area]) -> Site:
    """The plot with its themes as the zones would have them, one after the other; the very same where none touches it.

    `Invalid` where a zone names a layer that the catalogue of the place does not have.
    """
    for area in drawn:
        old = site.overlay(area.layer)
        if old is None:
            known = ", ".join(each.layer for each in site.overlays)
            raise Invalid(f"No layer “{area.layer}” is asked here; there are {known}.", code="bad-reform")
        ground = site.frame.to_grid(site.boundary)
        if not area.shape.intersects(ground):
            continue
        west, south, east, north = ground.bounds
        near = shapely.clip_by_rect(area.shape, west - AROUND, south - AROUND, east + AROUND, north + AROUND)
        new = _laid(site, old, area, site.frame.from_grid(_sound(near)))
        if new is not old:
            site = _with(site, new, area)
    return site


def _with(site: Site, overlay: Overlay, area: Area) -> Site:
    """The site with one theme in place of the old, and the reform among its origins."""
    overlays = tuple(overlay if each.layer == overlay.layer else each for each in site.overlays)
    origins = site.origins
    if ORIGIN in overlay.origins and all(each.id != ORIGIN for each in origins):
        told = Origin(
            id=ORIGIN, title=area.title, publisher=ORIGIN, date=area.begins, link=None, accuracy=0.0
        )
        origins = (*origins, told)
    return replace(site, overlays=overlays, origins=origins)


def _laid(site: Site, old: Overlay, area: Area, zone: BaseGeometry) -> Overlay:
    """A theme with a zone laid over it; the same where only a strip of the zone lies on the plot."""
    on_plot = _counted(shapely.intersection(zone, site.boundary))
    if on_plot is None:
        return old
    is_whole = _counted(shapely.difference(site.boundary, zone)) is None
    rest = None if is_whole or old.shape is None else _counted(shapely.difference(old.shape, zone))
    is_left = old.status is Status.AFFECTED and not is_whole and (old.shape is None or rest is not None)
    near = None if old.near_shape is None else _some(shapely.difference(old.near_shape, zone))
    if area.is_lifted:
        return _lifted(site, old, area, rest=rest, near=near, is_left=is_left, is_whole=is_whole)
    labels, attributes = _said(old, area, on_plot, rest, is_left=is_left, is_whole=is_whole)
    whole = shapely.union_all([each for each in (rest, on_plot) if each is not None])
    return replace(
        old,
        status=Status.AFFECTED,
        reason=f"The reform draws “{area.label}” on {_share(site, on_plot):g} % of the plot.",
        area=round(whole.area, 2),
        share=_share(site, whole),
        distance=0.0,
        labels=labels,
        attributes=attributes,
        shape=whole,
        near_shape=shapely.union_all([each for each in (near, zone) if each is not None]),
        origins=(*(old.origins if is_left else ()), ORIGIN),
    )


def _said(
    old: Overlay,
    area: Area,
    on_plot: BaseGeometry,
    rest: BaseGeometry | None,
    *,
    is_left: bool,
    is_whole: bool,
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Labels, the larger part first, and attributes; neither tells of the plot where there are no data of the rest of it.

    Of several old labels nobody can say which the shape has left over: all are kept, and rules that ask for one thing of all stay open.
    """
    if old.status is Status.NO_DATA and not is_whole:
        return (UNTOLD,), ()
    if not is_left:
        return (area.label,), area.attributes
    is_larger = rest is None or on_plot.area >= rest.area
    labels = (area.label, *old.labels) if is_larger else (*old.labels, area.label)
    return tuple(dict.fromkeys(labels)), (*area.attributes, *old.attributes)


def _lifted(
    site: Site,
    old: Overlay,
    area: Area,
    *,
    rest: BaseGeometry | None,
    near: BaseGeometry | None,
    is_left: bool,
    is_whole: bool,
) -> Overlay:
    """A theme that holds no more within a zone; what there are no data of stays unknown outside it, what is near stays near."""
    if is_left:
        size = rest.area if rest is not None else None
        return replace(
            old,
            reason=f"The reform lifts it on a part of the plot: {area.title}.",
            area=old.area if size is None else round(size, 2),
            share=old.share if rest is None else _share(site, rest),
            shape=old.shape if rest is None else rest,
            near_shape=near,
            origins=(*old.origins, ORIGIN),
        )
    if old.status is Status.NO_DATA and not is_whole:
        return old
    if old.status is Status.NEAR and near is not None:
        return replace(old, near_shape=near, origins=(*old.origins, ORIGIN))
    return replace(
        old,
        status=Status.NOT_AFFECTED,
        reason=f"The reform lifts it here: {area.title}.",
        area=None,
        share=None,
        distance=None,
        labels=(),
        attributes=(),
        shape=None,
        near_shape=None,
        origins=(ORIGIN,),
    )


def _share(site: Site, part: BaseGeometry) -> float:
    """Percent of the plot, to the tenth."""
    return round(100.0 * float(part.area) / float(site.boundary.area), 1)


def _sound(shape: BaseGeometry) -> BaseGeometry:
    return shape if shape.is_valid else shapely.make_valid(shape)


def _counted(shape: BaseGeometry) -> BaseGeometry | None:
    """The polygons of a shape that are no mere strips; None where nothing is left."""
    parts = [each for each in polygons_of(shape) if each.area > 0 and 2.0 * each.area >= THIN * each.length]
    return shapely.union_all(parts) if parts else None


def _some(shape: BaseGeometry) -> BaseGeometry | None:
    return None if shape.is_empty else shape


def touched(grounds: Sequence[BaseGeometry], drawn: Sequence[Area]) -> Iterator[int]:
    """Which of many plots (grid metres) any zone touches, by their places in the list; in order."""
    if not grounds or not drawn:
        return
    tree = shapely.STRtree(grounds)
    found = {int(each) for area in drawn for each in tree.query(area.shape, predicate="intersects")}
    yield from sorted(found)


__all__ = ["Area", "Geometry", "Zone", "areas", "redrawn", "touched"]
