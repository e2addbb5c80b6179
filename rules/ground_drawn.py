"""The ground that a checked plan shows: plot, parcel and buildings with a margin.  Floors and details are drawn beside it on the same sheet.

In: a `PlanCheck`.  Out: a box in the frame of its plan, metres.
"""

import shapely
from shapely.geometry.base import BaseGeometry

from rules.checking import PlanCheck

AROUND = 0.12
"""Ground shown around the plot on each side, as part of its extent."""
LEAST_AROUND = 3.0
"""Metres."""


def extent_of(asked: PlanCheck) -> BaseGeometry | None:
    """Plot, parcel (where it is certain how the plan lies on it) and buildings seen from above; None where none is drawn."""
    plan, site = asked.proposal, asked.site
    parts = [shape for shape in (plan.plot, site.boundary if plan.is_placed else None) if shape is not None]
    parts += [building.outline for building in plan.buildings if building.outline is not None]
    return shapely.union_all(parts) if parts else None


def ground_drawn(asked: PlanCheck) -> BaseGeometry | None:
    """The ground around it; what does not touch it is drawn beside the plot and lies nowhere on the ground."""
    extent = extent_of(asked)
    return None if extent is None else with_margin(extent)


def with_margin(extent: BaseGeometry) -> BaseGeometry:
    """The box of a shape with ground around it."""
    west, south, east, north = extent.bounds
    margin = max(AROUND * max(east - west, north - south), LEAST_AROUND)
    return shapely.box(west - margin, south - margin, east + margin, north + margin)
