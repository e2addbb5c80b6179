"""Wells, septic tanks and pits as drawn: which are new, and how far each lies from others, the plot's sides and its streets.

In: a proposal and its site.  Out: things and measures in metres.  The drawing convention's WASTE_DISPOSAL holds leach pits beside septic tanks.
"""

from collections.abc import Iterable, Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from gis.site import Site
from rules.findings import Measured, Place, measured
from rules.measure import Unit
from rules.plans.drawing import Edge, Source, Thing
from rules.plans.roles import Role
from rules.proposal import Proposal
from rules.proposing import REACH
from rules.reckoning.fronts import roads_along
from rules.takings import told

EXISTING = "existing"
TANKS = (Role.SEPTIC_TANK, Role.WASTE_DISPOSAL)


def wells_of(plan: Proposal) -> tuple[Thing, ...]:
    """Every well drawn, standing or new."""
    return plan.drawing.things_of(Role.WELL)


def tanks_of(plan: Proposal) -> tuple[Thing, ...]:
    """Every septic tank and pit drawn, standing or new."""
    return plan.drawing.things_of(*TANKS)


def is_new(thing: Thing) -> bool:
    """Whether a thing is not drawn in the colour of what stands already."""
    return thing.meaning != EXISTING


def street_sides(plan: Proposal, site: Site) -> dict[int, tuple[str, ...]] | None:
    """The sides of the drawn plot along streets, with the streets; None where the plan does not lie on its parcel."""
    if not plan.is_placed or plan.drawing.plot is None or not site.has_road_data:
        return None
    return roads_along(plan.drawing.plot.sides, site.roads, reach=REACH + site.accuracy)


def between(one: Thing, shape: BaseGeometry, other: Source, what: str) -> Measured:
    """The shortest line from a thing to something else, in metres."""
    line = shapely.shortest_line(one.outline.shape, shape)
    handles = (*one.outline.source.handles, *other.handles)
    return measured(
        float(line.length),
        Unit.METRE,
        steps=(f"{what}: {line.length:.3f} m along the shortest line",),
        sources=(told(one.outline.source), told(other)),
        places=(Place(what=what, shape=line, handles=handles),),
    )


def to_sides(thing: Thing, sides: Iterable[Edge], what: str) -> Measured | None:
    """The least distance of a thing to some sides of the plot; a thing that crosses them is 0 m away."""
    found = [between(thing, side.line, side.source, what) for side in sides]
    return min(found, key=lambda each: each.amount) if found else None


def to_things(thing: Thing, others: Sequence[Thing], what: str) -> Measured | None:
    """The least distance of a thing to others; None where there are none."""
    found = [
        between(thing, each.outline.shape, each.outline.source, what) for each in others if each is not thing
    ]
    return min(found, key=lambda each: each.amount) if found else None
