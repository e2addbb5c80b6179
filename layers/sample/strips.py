"""Strips, patches and lines that the layers of the sample are drawn with.

In: the town.  Out: shapes in the metric system that follow the bends of its ground.
"""

import numpy as np
from shapely import LineString, Polygon

from layers.sample.blocks import CM, Class, Corridor
from layers.sample.town import Town, metres


def corridors(town: Town, carries: Class) -> list[Corridor]:
    """All corridors of a class."""
    return [corridor for corridor in town.plan.corridors if corridor.carries is carries]


def centre(town: Town) -> tuple[float, float]:
    """Where the national highway meets the first PWD road, in the plan."""
    highway, road = corridors(town, Class.NATIONAL)[0].box, corridors(town, Class.PUBLIC_WORKS)[0].box
    return (highway.west + highway.east) / 2 / CM, (road.south + road.north) / 2 / CM


def strips(town: Town, carries: Class, reach: float) -> list[Polygon]:
    """Strips on both sides of the corridors of a class, out to a distance from their middle."""
    found = []
    for corridor in corridors(town, carries):
        west, south, east, north = metres(corridor.box)
        u, v = (west + east) / 2, (south + north) / 2
        box = (west, v - reach, east, v + reach) if corridor.along_u else (u - reach, south, u + reach, north)
        found.append(rectangle(town, *box))
    return found


def lines_beside(town: Town, carries: Class, off: float) -> list[LineString]:
    """Lines on both sides of the east-west corridors of a class, at a distance from their middle."""
    found = []
    for corridor in corridors(town, carries):
        if corridor.along_u:
            west, south, east, north = metres(corridor.box)
            v = (south + north) / 2
            found += [town.line([(west, v + side), (east, v + side)]) for side in (-off, off)]
    return found


def rectangle(town: Town, west: float, south: float, east: float, north: float) -> Polygon:
    """A rectangle of the plan on the map."""
    return town.area([(west, south), (east, south), (east, north), (west, north)])


def patch(town: Town, u: float, v: float, *, radius: float, phase: int, corners: int = 64) -> Polygon:
    """A rounded, uneven patch around a point of the plan."""
    turn = np.linspace(0.0, 2 * np.pi, corners, endpoint=False)
    reach = radius * (1 + 0.22 * np.sin(3 * turn + phase) + 0.1 * np.sin(7 * turn + 2 * phase))
    return town.area([(u + r * np.cos(t), v + r * np.sin(t)) for r, t in zip(reach, turn, strict=True)])


def middle_line(town: Town, carries: Class, low: float, high: float) -> LineString:
    """The middle of the first north-south corridor of a class, between two heights of the plan."""
    box = next(corridor.box for corridor in corridors(town, carries) if not corridor.along_u)
    u = (box.west + box.east) / 2 / CM
    return town.line([(u, low), (u, high)], step=15.0)
