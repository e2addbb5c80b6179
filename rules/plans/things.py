"""Everything else drawn as an outline: bays, roads, wells and pits, stairs, rooms; with size and the distances that matter.

In: the layers, the plot and the blocks, in metres.  Out: `Thing`s in the order of the drawing. Length and breadth are those of the
smallest rectangle around the outline; roads have their least breadth between cross-sections.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString, Polygon

from rules.plans.colours import COLOUR_MEANINGS
from rules.plans.drawing import Block, Distance, Outline, Plot, Thing
from rules.plans.edges import distance, to_sides
from rules.plans.layered import Layered
from rules.plans.problems import Fault, Problems
from rules.plans.roles import Role
from rules.plans.steps import Steps, steps_in

SHAPED = {
    *(Role.PLOT, Role.FOOTPRINT, Role.BASEMENT_FOOTPRINT, Role.COVERED_AREA, Role.COVERED_AREA_DEDUCTION),
    *(
        Role.FRONT_YARD,
        Role.REAR_YARD,
        Role.SIDE_YARD_1,
        Role.SIDE_YARD_2,
        Role.BUILT_UP,
        Role.BUILT_UP_DEDUCTION,
    ),
    *(
        Role.MEZZANINE,
        Role.MEZZANINE_DEDUCTION,
        Role.CARPET,
        Role.CARPET_DEDUCTION,
        Role.UNIT,
        Role.UNIT_DEDUCTION,
    ),
}
"""Roles that plot and blocks hold already."""
ROADS = {Role.ROAD_NOTIFIED, Role.ROAD_NOT_NOTIFIED, Role.CUL_DE_SAC, Role.LANE}
WATERS = {Role.WELL, Role.WASTE_DISPOSAL, Role.SEPTIC_TANK, Role.RAIN_WATER, Role.WASTE_TREATMENT}
FLIGHTS = {Role.STAIR_FLIGHT, Role.FIRE_STAIR_FLIGHT}
SECTIONS = 33
MOST_WATERS = 100
"""Wells, tanks and pits of a drawing, between which all distances are measured."""
MOST_HANDLES = 20
MOST_BLOCKS = 50
"""Buildings to which the distances of one thing are measured: the nearest ones."""


def things_of(
    layers: Sequence[Layered], plot: Plot | None, blocks: Sequence[Block], problems: Problems
) -> tuple[Thing, ...]:
    """Things with their sizes; roads, wells, tanks and pits with their distances to the plot, footprints and each other."""
    there = _believable(
        [
            (each, outline)
            for each in layers
            if each.name.role not in SHAPED
            for outline in each.found.outlines
        ],
        problems,
    )
    if not there:
        return ()
    sizes = _sizes([outline for _, outline in there])
    steps = _steps(layers)
    waters = [(each.name.role, outline) for each, outline in there if each.name.role in WATERS]
    return tuple(
        Thing(
            role=each.name.role,
            block=each.name.block,
            floor=each.name.floor,
            index=each.name.index,
            meaning=COLOUR_MEANINGS.get(each.name.role, {}).get(outline.colour),
            outline=outline,
            length=float(size[0]),
            breadth=float(size[1]),
            least_breadth=_least_breadth(outline.shape) if each.name.role in ROADS else None,
            steps=steps.get(id(outline)),
            distances=_distances(each.name.role, outline, plot, blocks, waters),
        )
        for (each, outline), size in zip(there, sizes, strict=True)
    )


def _believable(there: list[tuple[Layered, Outline]], problems: Problems) -> list[tuple[Layered, Outline]]:
    """Without the wells, tanks and pits beyond the first `MOST_WATERS`; every pair of them is measured and judged."""
    waters = [pair for pair in there if pair[0].name.role in WATERS]
    rest = waters[MOST_WATERS:]
    if not rest:
        return there
    problems.add(
        Fault.TOO_MANY,
        f"{len(waters):,} wells, tanks and pits are drawn; only the first {MOST_WATERS} were measured.",
        "Keep on their layers only what is a well, a tank or a pit.",
        layer=rest[0][0].name.layer,
        handles=[outline.source.handles[0] for _, outline in rest[:MOST_HANDLES]],
    )
    left_out = {id(outline) for _, outline in rest}
    return [pair for pair in there if id(pair[1]) not in left_out]


def _steps(layers: Sequence[Layered]) -> dict[int, Steps | None]:
    """The steps of every flight of a stair, by the identity of its outline."""
    found: dict[int, Steps | None] = {}
    for each in layers:
        if each.name.role in FLIGHTS and each.found.lines:
            outlines = each.found.outlines
            flights = steps_in([outline.shape for outline in outlines], each.found.lines)
            found |= {id(outline): steps for outline, steps in zip(outlines, flights, strict=True)}
    return found


def _sizes(outlines: Sequence[Outline]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Longer and shorter side of the smallest rectangle around each outline."""
    sizes = []
    for box in shapely.oriented_envelope(np.array([each.shape for each in outlines], dtype=object)):
        corners = shapely.get_coordinates(box)
        sides = np.hypot(*np.diff(corners, axis=0).T)[:2]
        sizes.append((sides.max(), sides.min()) if len(sides) == 2 else (0.0, 0.0))
    return np.array(sizes)


def _least_breadth(shape: Polygon) -> float:
    """The least breadth across a road's longer direction, over its middle four fifths."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(shape))
    sides = np.diff(corners[:4], axis=0)[:2]
    order = np.argsort(np.hypot(*sides.T))
    across, along = sides[order[0]], sides[order[1]]
    start = corners[0] if order[1] == 0 else corners[1]
    other = across if order[1] == 0 else -across
    shares = np.linspace(0.1, 0.9, SECTIONS)
    lines = [
        LineString([start + share * along - other * 2.0, start + share * along + other * 2.0])
        for share in shares
    ]
    return float(shapely.length(shapely.intersection(np.array(lines, dtype=object), shape)).min())


def _nearest(shape: Polygon, blocks: Sequence[Block]) -> list[Outline]:
    """The lowest footprints above ground of the `MOST_BLOCKS` buildings that are nearest, in the order of the buildings."""
    lowest = [next((e.footprint for e in block.levels if not e.is_basement), None) for block in blocks]
    there = [each for each in lowest if each is not None]
    if len(there) <= MOST_BLOCKS:
        return there
    metres = shapely.distance(shape, np.array([each.shape for each in there], dtype=object))
    return [there[at] for at in sorted(np.argsort(metres, kind="stable")[:MOST_BLOCKS].tolist())]


def _distances(
    role: Role,
    outline: Outline,
    plot: Plot | None,
    blocks: Sequence[Block],
    waters: Sequence[tuple[Role, Outline]],
) -> tuple[Distance, ...]:
    """To every side of the plot, to every lowest footprint, and between wells, tanks and pits."""
    if role not in WATERS | ROADS:
        return ()
    of, shape = outline.source, outline.shape
    found: list[Distance] = []
    if plot:
        found += to_sides(shape, plot.sides, of)
    found += [
        distance(shape, footprint.shape, of=of, to=footprint.source) for footprint in _nearest(shape, blocks)
    ]
    if role in WATERS:
        found += [
            distance(shape, other.shape, of=of, to=other.source)
            for _, other in waters
            if other is not outline
        ]
    return tuple(found)
