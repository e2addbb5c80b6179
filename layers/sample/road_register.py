"""What the invented road register tells of each road: its kind before the law, and of a lane its length and its plots.

In: the town and its streets.  Out: columns of the table of roads, named as `layers.frontages` reads them.  A lane without a
width on record has no entry at all, so that an unknown kind occurs too.
"""

import numpy as np
import shapely

from gis.site import RoadKind
from layers.sample.blocks import DRIVEN, Box, Class, Corridor
from layers.sample.sheets import Columns
from layers.sample.streets import Streets, fronts
from layers.sample.town import Town

_KINDS = {
    Class.NATIONAL: RoadKind.MAIN,
    Class.PUBLIC_WORKS: RoadKind.MAIN,
    Class.LOCAL: RoadKind.NOTIFIED,
    Class.FOOTPATH: RoadKind.PEDESTRIAN,
}
_SMALL = (Class.LANE, Class.FOOTPATH)


def road_register(town: Town, streets: Streets) -> Columns:
    """Kind, length in metres and number of plots for which it is the nearest road."""
    entered = [width is not None for width in streets.widths]
    is_small = [
        here and road.carries in _SMALL for here, road in zip(entered, streets.corridors, strict=True)
    ]
    served = _plots_served(town, streets)
    kinds = [_kind(road, town.plan.box) for road in streets.corridors]
    return {
        "road_kind": [kind.value if here else None for kind, here in zip(kinds, entered, strict=True)],
        "road_length": [
            round(length, 1) if small else None
            for length, small in zip(streets.lengths, is_small, strict=True)
        ],
        "plots_served": [plots if small else None for plots, small in zip(served, is_small, strict=True)],
    }


def _kind(road: Corridor, plan: Box) -> RoadKind:
    """A lane from which only one end leads on is a cul-de-sac; at the edge of the plan it leads on, out of the town."""
    box = road.box
    low = box.west == plan.west if road.along_u else box.south == plan.south
    high = box.east == plan.east if road.along_u else box.north == plan.north
    leads_on = [end in DRIVEN or out for end, out in zip(road.ends, (low, high), strict=True)]
    through = RoadKind.UNNOTIFIED if all(leads_on) else RoadKind.CUL_DE_SAC
    return _KINDS.get(road.carries, through)


def _plots_served(town: Town, streets: Streets) -> list[int]:
    """Plots whose front lies nearest to each road."""
    boxes = [road.box for road in streets.corridors]
    edges = np.array([(b.west, b.south, b.east, b.north) for b in boxes], dtype=np.float64)
    tree = shapely.STRtree(shapely.box(*edges.T))
    nearest = tree.query_nearest(shapely.points(fronts(town)), all_matches=False)[1]
    return [int(count) for count in np.bincount(nearest, minlength=len(boxes))]
