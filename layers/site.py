"""A plot as the rules see it: a `Site`, filled from the very answer that the extract of the plot gives.

In: a session, a jurisdiction, a parcel, a point in both times, the folder of rasters.  Out: a `Site`, its shapes in a frame
of true metres, to 0.1 mm.  What the extract does not know the site does not know either: no theme is dropped, none guessed.
Nothing of who holds the land is read.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import floor, sqrt
from pathlib import Path

import numpy as np
import orjson
import shapely
import shapely.errors
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.crs import areal_scale
from gis.parcels.model import Parcel
from gis.parcels.queries import parcel
from gis.place import Jurisdiction
from gis.site import Frame, Ground, LocalBody, Neighbour, Origin, Overlay, Site
from gis.site_document import DECIMALS
from layers.entry import Confidence
from layers.extract.assemble import Grounds, grounds_of_parcel
from layers.extract.measure import SEAM
from layers.extract.model import Attribute, Extract, Hit, Terrain, ThemeAnswer, varied
from layers.extract.questions import around
from layers.extract.streets import streets_along
from layers.frontages import Move, roads_of
from layers.imports import covers

LOCAL_BODY, BODY_KIND = "local_body", "lsg_type"
"""The theme that tells whose rules bind, and the attribute with the kind of the body, named as the Election Commission does."""
PRIVATE = re.compile(
    r"(?i)(^|[^a-z])(owners?|holders?|tenants?|pattadars?|thandaper|lessees?|lessors?)([^a-z]|$)"
)
"""Attributes of a source that may name who holds something: no rule asks for them, and a site is carried about as a file."""

Shapes = Mapping[str, BaseGeometry]


def site_of_number(session: Session, place: Jurisdiction, number: str, *, at: AsOf, rasters: Path) -> Site:
    """The parcel of a number as rules see it; `NotFound`, or `Gone` with its successors."""
    return site_of_parcel(session, place, parcel(session, place, number, at=at), at=at, rasters=rasters)


def site_of_parcel(session: Session, place: Jurisdiction, plot: Parcel, *, at: AsOf, rasters: Path) -> Site:
    """A parcel as rules see it: one extract, and the shapes around the plot of what it found."""
    grounds = grounds_of_parcel(session, place, plot, at=at, rasters=rasters)
    return site_of(grounds, _shapes_around(session, place, grounds))


def site_of(grounds: Grounds, near: Shapes) -> Site:
    """The site of an extract of a parcel; `near` holds, by theme, its features on and around the plot in grid metres."""
    extract = grounds.extract
    subject, place, base = _parcel_of(extract), extract.jurisdiction, grounds.base
    frame = frame_of(subject.boundary, place.metric)
    move = _mover(frame)
    recorded = subject.recorded_area
    body, body_name = local_body(extract)
    beside = [each.boundary for each in grounds.found.beside]
    streets = [part for part in grounds.found.parts if part.found.import_id in base.streets]
    along = streets_along(grounds.plot, streets, base.streets, beside)
    return Site(
        jurisdiction=place.code,
        number=subject.number.whole,
        on=extract.at.on,
        known=extract.at.known,
        frame=frame,
        boundary=move(subject.boundary),
        measured_area=extract.subject.measured_area,
        recorded_area=None if recorded is None else float(recorded.square_metres),
        accuracy=subject.accuracy,
        land_type=subject.land_type,
        rule_book=place.rule_book,
        body=body,
        body_name=body_name,
        roads=roads_of(along, base.streets, move=move),
        roads_note=extract.frontage_note.en,
        has_road_data=bool(along) or _tells_of_streets(grounds),
        neighbours=tuple(
            Neighbour(number=each.number, boundary=move(each.boundary)) for each in grounds.found.beside
        ),
        overlays=tuple(_overlay(theme, near, move) for theme in extract.themes),
        ground=ground_of(extract.terrain),
        origins=_origins(extract),
        synthetic=place.synthetic,
    )


def _parcel_of(extract: Extract) -> Parcel:
    subject = extract.subject.parcel
    if subject is None:
        raise TypeError("only a parcel of the register has a site")
    return subject


def frame_of(boundary: BaseGeometry, metric: int) -> Frame:
    """The frame of a plot: its south-western corner down to whole metres, and the point scale at its middle."""
    west, south, *_ = boundary.bounds
    middle = boundary.centroid
    scale = sqrt(areal_scale(metric, middle.x, middle.y))
    return Frame(metric=metric, east=float(floor(west)), north=float(floor(south)), scale=scale)


def _mover(frame: Frame) -> Move:
    """How a shape moves into the frame, to 0.1 mm."""

    def move(shape: BaseGeometry) -> BaseGeometry:
        moved = _rounded(frame.from_grid(shapely.force_2d(shape)))
        if moved.is_valid:
            return moved
        return _rounded(shapely.set_precision(shapely.make_valid(moved), 10.0**-DECIMALS))

    return move


def _rounded(shape: BaseGeometry) -> BaseGeometry:
    """Coordinates to 0.1 mm, without minus zero."""
    return shapely.transform(shape, lambda xy: np.round(xy, DECIMALS) + 0.0)


def local_body(extract: Extract) -> tuple[LocalBody | None, str | None]:
    """Whose rules bind on the plot, and its name; None where the layer does not tell, or tells of several."""
    return body_of(next((each for each in extract.themes if each.layer == LOCAL_BODY), None))


def body_of(theme: ThemeAnswer | None) -> tuple[LocalBody | None, str | None]:
    """The same from what the theme of local bodies answers."""
    if theme is None or not theme.hits:
        return None, None
    kinds = {_kind_of(hit.attributes) for hit in theme.hits}
    names = {hit.label for hit in theme.hits}
    return (
        kinds.pop() if len(kinds) == 1 else None,
        names.pop() if len(names) == 1 else None,
    )


def _kind_of(attributes: Sequence[Attribute]) -> LocalBody | None:
    said = next((str(each.value).lower() for each in attributes if each.name == BODY_KIND), "")
    return next((kind for kind in LocalBody if kind.value in said), None)


def _tells_of_streets(grounds: Grounds) -> bool:
    """Whether streets that are not there would be known: data that could be read, hold on the date and cover the plot."""
    base, faults = grounds.base, grounds.found.faults
    return any(
        base.targets[each.id] not in faults
        and each.begins <= grounds.extract.at.on
        and each.coverage is not None
        and covers(each.coverage, grounds.plot.shape)
        for each in base.streets.values()
    )


def _shapes_around(session: Session, place: Jurisdiction, grounds: Grounds) -> Shapes:
    """Of each theme, the features that concern the plot, as far around it as the law looks: the extract's own statement."""
    base, plot = grounds.base, grounds.plot
    wanted = _concerned(grounds)
    reaches = {each: base.reaches[each] for each, _ in wanted}
    if not reaches:
        return {}
    found = around(
        session,
        place,
        plot.shape,
        accuracy=0.0,
        own=_parcel_of(grounds.extract).state,
        reaches=reaches,
        streets=reaches,
        at=grounds.extract.at,
    )
    parts: dict[str, list[BaseGeometry]] = defaultdict(list)
    for each in found.features:
        box = plot.shape.buffer(reaches[each.import_id] + (each.width or 0.0) / 2).envelope
        for layer in wanted.get((each.import_id, each.position), ()):
            parts[layer] += [_clipped(part, box) for part in each.parts]
    joined = {layer: _joined(shapes) for layer, shapes in parts.items()}
    return {layer: shape for layer, shape in joined.items() if not shape.is_empty}


def _concerned(grounds: Grounds) -> dict[tuple[int, int], list[str]]:
    """Features that a theme names as on or near the plot, by import and position; themes that tile the ground are left out."""
    base = grounds.base
    tiling = {layer.id for layer in base.catalogue.layers if layer.full_coverage}
    names = {each.id: each.name for each in base.imports}
    places = defaultdict(list)
    for part in grounds.found.parts:
        found = part.found
        places[f"{names[found.import_id]}:{found.position}"].append((found.import_id, found.position))
    concerned: dict[tuple[int, int], list[str]] = defaultdict(list)
    for theme in grounds.extract.themes:
        for hit in () if theme.layer in tiling else (*theme.hits, *theme.left_out):
            for place in places[hit.feature]:
                concerned[place].append(theme.layer)
    return concerned


def _clipped(shape: BaseGeometry, box: BaseGeometry) -> BaseGeometry:
    try:
        return shapely.intersection(shape, box)
    except shapely.errors.GEOSException:
        return shape


def _joined(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    try:
        joined = shapely.union_all(shapes)
    except shapely.errors.GEOSException:
        return shapely.GeometryCollection(shapes)
    if shapely.get_dimensions(joined) == 1:
        return shapely.line_merge(joined)
    return shapely.simplify(joined, SEAM)


def _overlay(theme: ThemeAnswer, near: Shapes, move: Move) -> Overlay:
    parts = [hit.shape for hit in _largest_first(theme) if hit.shape is not None]
    return varied(
        overlay_of(theme),
        {
            "shape": move(_joined(parts)) if parts else None,
            "near_shape": move(near[theme.layer]) if theme.layer in near else None,
        },
    )


def overlay_of(theme: ThemeAnswer) -> Overlay:
    """A theme as rules see it, without its shapes: status, words and law, amounts, what its features say, the largest part first."""
    hits, law = _largest_first(theme), theme.law
    return Overlay(
        layer=theme.layer,
        title=theme.title.en,
        title_ml=theme.title.ml,
        status=theme.status,
        reason=theme.reason.en,
        law=law.text.en if law.text else None,
        clause=law.clause,
        authority=law.authority.en,
        consult=law.consult.en if law.consult else None,
        binds=law.confidence == Confidence.READ and law.in_force,
        area=theme.area,
        share=theme.share_of_measured,
        distance=theme.distance,
        labels=tuple(dict.fromkeys(hit.label for hit in hits if hit.label)),
        attributes=tuple(dict.fromkeys(said for hit in hits for said in said_of(hit.attributes))),
        origins=theme.sources,
    )


def _largest_first(theme: ThemeAnswer) -> Sequence[Hit]:
    return sorted(theme.hits or theme.left_out, key=_size, reverse=True)


def _size(hit: Hit) -> tuple[float, float]:
    """The part on the plot, then nearness."""
    return hit.area or hit.length or float(hit.count or 0), -(hit.distance or 0.0)


def said_of(attributes: Sequence[Attribute]) -> list[tuple[str, str]]:
    """Attributes as text, but for those that may name a holder; JSON where they are no text."""
    return [
        (each.name, each.value if isinstance(each.value, str) else orjson.dumps(each.value).decode())
        for each in attributes
        if each.value is not None and not PRIVATE.search(each.name)
    ]


def ground_of(terrain: Terrain | None) -> Ground | None:
    """Height and slope under a plot as rules see them; None where nothing tells them."""
    if terrain is None:
        return None
    return Ground(
        lowest=terrain.lowest,
        highest=terrain.highest,
        slope_mean=terrain.slope_mean,
        slope_max=terrain.slope_max,
        resolution=terrain.resolution,
        datum=terrain.datum,
        origin=terrain.source,
    )


def _origins(extract: Extract) -> tuple[Origin, ...]:
    return tuple(
        Origin(
            id=each.id,
            title=each.title,
            publisher=each.publisher,
            date=each.date,
            link=each.link,
            accuracy=each.accuracy,
        )
        for each in extract.sources
    )
