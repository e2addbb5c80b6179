"""Streets of the sample: centre lines with names and widths, and the addresses of the plots along them.

In: the town.  Out: lines in the metric system with their class, name and width, and an address per plot.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely import LineString

from layers.sample.blocks import CM, DRIVEN, WIDTHS, Class, Corridor, Kind
from layers.sample.ground import Ints
from layers.sample.names import (
    HIGHWAY,
    PLACES,
    PWD_ROAD,
    WARD,
    Name,
    house_name,
    lane_name,
    numbered,
    road_name,
)
from layers.sample.register import Texts
from layers.sample.shapes import Polygons, boxes_on_map
from layers.sample.town import Town

NAMED = (Class.NATIONAL, Class.PUBLIC_WORKS, Class.LOCAL, Class.LANE)


@dataclass(frozen=True, kw_only=True)
class Streets:
    """All roads of the town, one entry per corridor of the plan."""

    corridors: list[Corridor]
    lines: Polygons
    surfaces: Polygons
    names: list[Name | None]
    widths: list[float | None]
    """Measured mean width of the road land in metres; None where the road register holds none."""
    lengths: list[float]
    """Metres between the roads that it joins."""


def streets_of(town: Town) -> Streets:
    """Roads with names; the width is what lies between the plots, and one lane in twelve has none on record."""
    corridors = [corridor for corridor in town.plan.corridors if corridor.carries in DRIVEN]
    lines = np.array([_centre_line(town, corridor) for corridor in corridors], dtype=object)
    surfaces = boxes_on_map([corridor.box for corridor in corridors], town.ground)
    inside = np.array([_span(corridor) for corridor in corridors]) / CM
    stretch = shapely.length(lines) / np.array([_reach(corridor) for corridor in corridors]) * CM
    lengths = inside * stretch
    widths = shapely.area(surfaces) / lengths
    missing = np.random.default_rng([town.seed, 6]).random(len(corridors)) < 0.08
    small = np.array([corridor.carries in (Class.LANE, Class.FOOTPATH) for corridor in corridors])
    return Streets(
        corridors=corridors,
        lines=lines,
        surfaces=surfaces,
        names=_names(corridors),
        widths=[
            None if none else round(float(width), 1)
            for width, none in zip(widths, missing & small, strict=True)
        ],
        lengths=lengths.tolist(),
    )


def _span(corridor: Corridor) -> int:
    return corridor.box.wide if corridor.along_u else corridor.box.deep


def _overhang(end: Class | None) -> int:
    """Centimetres from the edge of the road it runs into to its middle."""
    return 0 if end not in DRIVEN or end is None else round(sum(WIDTHS[end]) * CM / 4)


def _reach(corridor: Corridor) -> int:
    return _span(corridor) + sum(map(_overhang, corridor.ends))


def _centre_line(town: Town, corridor: Corridor) -> LineString:
    box, (low, high) = corridor.box, map(_overhang, corridor.ends)
    if corridor.along_u:
        v = (box.south + box.north) / 2 / CM
        return town.line([((box.west - low) / CM, v), ((box.east + high) / CM, v)], step=20.0)
    u = (box.west + box.east) / 2 / CM
    return town.line([(u, (box.south - low) / CM), (u, (box.north + high) / CM)], step=20.0)


def _names(corridors: list[Corridor]) -> list[Name | None]:
    names: list[Name | None] = []
    local = lane = 0
    for corridor in corridors:
        if corridor.carries is Class.NATIONAL:
            names.append(HIGHWAY)
        elif corridor.carries is Class.PUBLIC_WORKS:
            names.append(numbered(PLACES, corridor.box.south // 100_000) + PWD_ROAD)
        elif corridor.carries is Class.LOCAL:
            names.append(road_name(local))
            local += 1
        elif corridor.carries is Class.LANE:
            names.append(lane_name(lane))
            lane += 1
        else:
            names.append(None)
    return names


def ward_name(number: int) -> Name:
    """Name of a ward of the sample, by its position."""
    return numbered(PLACES, number)


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """House number, house name, road and ward per plot; built when asked for, since a big town has many."""

    ward: Ints
    house: Ints
    """Number of the house in its ward; 0 where none stands."""
    road: Ints
    """Index into `names`."""
    names: list[Name]
    town_name: Name

    @cached_property
    def english(self) -> Texts:
        """One line per plot; None where nobody lives."""
        return self._lines("en")

    @cached_property
    def malayalam(self) -> Texts:
        """The same in Malayalam."""
        return self._lines("ml")

    def _lines(self, script: str) -> Texts:
        roads = [getattr(name, script) for name in self.names]
        wards = [getattr(ward_name(i) + WARD, script) for i in range(int(self.ward.max()) + 1)]
        houses = [getattr(house_name(i), script) for i in range(120)]
        town = getattr(self.town_name, script)
        lines = np.full(len(self.ward), None, dtype=object)
        for i in np.flatnonzero(self.house):
            ward, house = int(self.ward[i]), int(self.house[i])
            home = houses[(house * 7 + ward) % 120]
            lines[i] = f"{ward + 1}/{house} {home}, {roads[self.road[i]]}, {wards[ward]}, {town}"
        return lines


def addresses_of(town: Town, streets: Streets, *, town_name: Name) -> Addresses:
    """An address for every plot that may be lived on, by the nearest named road to its front."""
    named = [i for i, corridor in enumerate(streets.corridors) if corridor.carries in NAMED]
    boxes = [streets.corridors[i].box for i in named]
    edges = np.array([(b.west, b.south, b.east, b.north) for b in boxes], dtype=np.float64)
    tree = shapely.STRtree(shapely.box(*edges.T))
    nearest = tree.query_nearest(shapely.points(fronts(town)), all_matches=False)[1]
    lived = np.isin(town.register.land_type, (0, 2))
    kinds = np.array([block.kind is not Kind.BEACH for block in town.plan.blocks])[town.plots.block]
    lived &= kinds
    ward = town.register.cell
    running = np.cumsum(lived)
    before = np.concatenate([[0], running])[np.searchsorted(ward, ward)]
    names = [name for i in named if (name := streets.names[i]) is not None]
    return Addresses(
        ward=ward, house=np.where(lived, running - before, 0), road=nearest, names=names, town_name=town_name
    )


def fronts(town: Town) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Middle of each plot's front, in centimetres of the plan."""
    room, facing = town.plots.room, town.plots.facing
    middle = (room[:, :2] + room[:, 2:]) / 2.0
    u = np.where(facing == 1, room[:, 0], np.where(facing == 3, room[:, 2], middle[:, 0]))
    v = np.where(facing == 0, room[:, 1], np.where(facing == 2, room[:, 3], middle[:, 1]))
    return np.column_stack([u, v])
