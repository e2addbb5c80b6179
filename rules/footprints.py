"""A footprint as the plan that would show it: what rules see of a building of which the map alone tells.

In: a footprint in its site's frame.  Out: a `Proposal` laid on the parcel, each storey as large as the footprint and as high as it is taken to be.
Nothing is judged here and no number of the law is used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import shapely
from shapely import MultiPolygon, Polygon

from gis.geometry import polygons_of
from gis.site import Site
from rules.plans.drawing import (
    Block,
    Declared,
    Drawing,
    Figure,
    Floor,
    FloorArea,
    Level,
    Measured,
    Outline,
    Plot,
    Reading,
    Source,
    Units,
)
from rules.plans.edges import edges_of
from rules.plans.hints import Choice
from rules.plans.placement import Placement
from rules.plans.roles import Work
from rules.proposal import Answers, Override, Proposal
from rules.proposing import propose

FOOTPRINT, BOUNDARY = Source(layer="footprint", handles=()), Source(layer="boundary", handles=())


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """A building from above, in metres of its site's frame; `storeys` is None where no source tells them.

    `occupancy` is a word of `axes.yaml`, `accuracy` in metres, `storey_height` what a storey is taken to be, in metres.
    """

    shape: Polygon | MultiPolygon
    storeys: int | None
    occupancy: str
    accuracy: float
    storey_height: Decimal


def proposed(footprint: Footprint, site: Site, *, front: Override | None = None) -> Proposal:
    """The plan that would show the building alone on its plot, every storey as large as the footprint."""
    boundary = _outline(site.boundary, BOUNDARY)
    drawing = Drawing(
        profile=None,
        reading=Reading(version="", was_recovered=False, entities=0, blocks=0, pieces=0),
        units=Units(header="metres", metres_per_unit=1.0, is_certain=True, reason="from the map"),
        plot=Plot(outline=boundary, sides=edges_of(boundary), area=Figure()),
        blocks=(block_of(footprint, footprint.storeys or 1),),
    )
    word = footprint.occupancy
    groups = {word: Override(choice=word, reason="as it was asked for")}
    return propose(drawing, site, Answers(front=front, groups=groups), _placement(site))


def _placement(site: Site) -> Placement:
    """A map lies where it lies."""
    return Placement(
        turn_radians=0.0,
        dx=0.0,
        dy=0.0,
        residuals=(),
        mean_residual=0.0,
        greatest_residual=0.0,
        area_drawn=float(site.boundary.area),
        area_parcel=float(site.boundary.area),
        difference=0.0,
        percent=0.0,
        limit=site.accuracy,
        matches=True,
        chosen_by=Choice.COORDINATES,
        alternatives=(),
        ambiguities=(),
        warnings=(),
    )


def block_of(footprint: Footprint, floors: int) -> Block:
    """The building with so many floors of the footprint's size, as high as all its storeys are taken to be."""
    parts = [_outline(each, FOOTPRINT) for each in polygons_of(footprint.shape)]
    levels = tuple(
        Level(
            block=1,
            number=0,
            is_basement=False,
            footprint=each,
            walls=edges_of(each),
            wall_distances=(),
            yards=(),
        )
        for each in parts
    )
    told = footprint.storeys
    assumed = None
    if told is not None:
        metres = float(told * footprint.storey_height)
        how = f"{told} storeys taken to be {footprint.storey_height} m high"
        assumed = Measured(value=metres, how=how, source=FOOTPRINT)
    return Block(
        number=1,
        levels=levels,
        covered=None,
        floors=tuple(_floor(number, parts, footprint) for number in range(floors)),
        height=Figure(measured=assumed),
        heights=() if assumed is None else (assumed,),
    )


def _floor(number: int, parts: Sequence[Outline], footprint: Footprint) -> Floor:
    """A floor as large as the footprint; where no source tells the storeys, a floor of which there may be more."""
    repeated = Declared(key="STOREYS", text="not told", number=None, source=FOOTPRINT)
    area = sum(each.area for each in parts)
    whole = FloorArea(
        occupancy=footprint.occupancy,
        colour=0,
        work=Work.PROPOSED,
        outlines=tuple(parts),
        deductions=(),
        area=area,
        difference=area,
        is_complete=True,
    )
    return Floor(
        block=1,
        number=number,
        copy_of=None,
        copied_by=repeated if footprint.storeys is None else None,
        areas=(whole,),
        carpet=(),
        units=(),
        mezzanines=(),
        level=None,
        uses=(),
    )


def _outline(shape: Polygon, source: Source) -> Outline:
    """An outline whose every edge is a drawn one, the inside on its left."""
    turned = shapely.orient_polygons(shape, exterior_cw=False)
    corners = tuple((float(x), float(y)) for x, y in turned.exterior.coords[:-1])
    return Outline(
        source=source,
        colour=0,
        shape=turned,
        corners=corners,
        segments=tuple(range(len(corners))),
        has_arcs=False,
    )
