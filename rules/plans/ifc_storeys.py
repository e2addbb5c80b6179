"""What stands on each storey of a building: its outline seen from above, and what is open within it.

In: a `Building` of a model.  Out: `Standing` storeys from the lowest up, in metres. Slabs and walls are told to a storey by their heights, not by
the storey that the model files them under. A storey is what is roofed or enclosed: an open terrace is none.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from rules.plans.drawing import Source
from rules.plans.ifc_bodies import Body, source_of
from rules.plans.ifc_links import first_above, listed, told
from rules.plans.ifc_outlines import SLIVER, closed, polygons_of, together
from rules.plans.ifc_parts import Building, Storey
from rules.plans.problems import Fault, Problems

HEADROOM = 1.8
"""Metres that walls and roofs must rise above a floor to enclose or cover it; parapets are lower."""
OFF_LEVEL = 1.0
"""Metres that the top of a slab may lie off the level of its storey."""
UNROOFED = 3.0
"""Metres above its floor up to which walls of the topmost storey are looked at."""
HOLE = 0.05
"""Square metres below which a hole in a floor is none."""
MOST = 0.5
STAIRED = 0.2
"""Share of an opening that a stair or lift must take to be its floor."""
LEAST_FLOOR = 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Void:
    """A hole in a floor: an opening cut in a slab, or ground open to the sky."""

    shape: Polygon
    sources: tuple[Source, ...]
    is_open_to_sky: bool
    has_stair: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Standing:
    """One storey that stands; `top` is the level of the next one."""

    storey: Storey
    top: float | None
    slabs: tuple[Body, ...]
    walls: tuple[Body, ...]
    spaces: tuple[Body, ...]
    pieces: tuple[Polygon, ...]
    voids: tuple[Void, ...]
    is_complete: bool

    @property
    def level(self) -> float:
        """Metres of the model at which its floor lies: the top of its slabs, else the storey's own level."""
        tops = [slab.high for slab in self.slabs]
        return max(tops) if tops else self.storey.level

    @property
    def bodies(self) -> tuple[Body, ...]:
        """What its outline is made of, walls first."""
        return (*self.walls, *self.slabs, *self.spaces)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The storey, then the parts of its outline."""
        return (self.storey.source, *(body.source for body in self.bodies))


def standing(building: Building, ground: float, problems: Problems) -> tuple[Standing, ...]:
    """The storeys of a building that have a floor under a roof or within walls, from the lowest up.

    `ground` is the lowest level of the ground: what reaches out on it is a terrace, above it a balcony.
    """
    floors = _floors_by_storey(building)
    used = [each for each in building.storeys if _is_used(each, building, floors)]
    found: list[Standing] = []
    below: BaseGeometry = Polygon()
    for storey, above in itertools.zip_longest(used, used[1:]):
        under = below if storey.level >= ground + HEADROOM else Polygon()
        top = above.level if above else None
        made = _standing(building, storey, top, floors[id(storey)], under, problems)
        if made is not None:
            found.append(made)
            below = shapely.union_all(made.pieces)
    return tuple(found)


def _floors_by_storey(building: Building) -> dict[int, tuple[Body, ...]]:
    """Slabs by the storey whose level is nearest to their top; base slabs only where a storey has no other."""
    found: dict[int, list[Body]] = {id(storey): [] for storey in building.storeys}
    for slabs in (building.slabs, building.ground_slabs):
        had = {key for key, there in found.items() if there}
        for slab in slabs:
            near = min(building.storeys, key=lambda storey: abs(storey.level - slab.high), default=None)
            if near is None or abs(near.level - slab.high) > OFF_LEVEL:
                continue
            if slabs is building.slabs or id(near) not in had:
                found[id(near)].append(slab)
    return {key: tuple(there) for key, there in found.items()}


def _is_used(storey: Storey, building: Building, floors: dict[int, tuple[Body, ...]]) -> bool:
    """Whether anything stands on a storey: a slab, a space, or walls that the model files under it."""
    if floors[id(storey)] or _filed_under(storey, building.spaces):
        return True
    rivals = [each for each in building.storeys if floors[id(each)]]
    if any(abs(each.level - storey.level) < OFF_LEVEL for each in rivals):
        return False
    return any(wall.high - storey.level >= HEADROOM for wall in _filed_under(storey, building.walls))


def _filed_under(storey: Storey, bodies: Sequence[Body]) -> tuple[Body, ...]:
    return tuple(body for body in bodies if first_above(body.part, "IfcBuildingStorey") == storey.entity)


def _standing(
    building: Building,
    storey: Storey,
    top: float | None,
    slabs: tuple[Body, ...],
    below: BaseGeometry,
    problems: Problems,
) -> Standing | None:
    walls = tuple(wall for wall in building.walls if _stands(wall, storey.level, top))
    spaces = _filed_under(storey, building.spaces)
    own = {slab.mark for slab in slabs}
    overhead = tuple(
        body
        for body in (*building.slabs, *building.roofs)
        if body.high >= storey.level + HEADROOM and body.mark not in own
    )
    cover = together(overhead)
    ground = together((*slabs, *spaces))
    shape = _kept(ground, walls, together(spaces), cover, below)
    if not walls and not spaces and shape.area < LEAST_FLOOR:
        return None
    whole, apart = _in_one(shape, walls, ground if shape.is_empty else shape)
    pieces, voids = _opened(whole, slabs, ground, cover, building, storey)
    if not pieces:
        return None
    made = Standing(
        storey=storey,
        top=top,
        slabs=slabs,
        walls=tuple(wall for wall in walls if wall.mark not in apart),
        spaces=spaces,
        pieces=pieces,
        voids=voids,
        is_complete=bool(slabs) or not ground.is_empty or _encloses(whole),
    )
    _note(made, cover, apart, problems)
    return made


def _stands(wall: Body, level: float, top: float | None) -> bool:
    """Whether a wall rises through a storey: headroom high, or most of a lower storey."""
    end = level + UNROOFED if top is None else top
    return min(wall.high, end) - max(wall.low, level) >= min(HEADROOM, 0.9 * (end - level))


def _kept(
    ground: BaseGeometry,
    walls: Sequence[Body],
    spaces: BaseGeometry,
    cover: BaseGeometry,
    below: BaseGeometry,
) -> BaseGeometry:
    """The floor that is covered, enclosed or a space, and what of it reaches out beyond the storey below."""
    enclosed = shapely.union_all([Polygon(each.exterior) for each in polygons_of(closed(together(walls)))])
    kept = shapely.union_all([ground.intersection(shapely.union_all([cover, enclosed])), spaces])
    if below.is_empty:
        return kept
    beyond = polygons_of(ground.difference(kept).difference(below.buffer(0.01)))
    return shapely.union_all([kept, *(each for each in beyond if each.distance(kept) < 0.05)])


def _in_one(
    shape: BaseGeometry, walls: Sequence[Body], floor: BaseGeometry
) -> tuple[BaseGeometry, tuple[str, ...]]:
    """Floor and walls in one outline, without walls that stand apart from every floor; those are named."""
    whole = closed(shapely.union_all([shape, together(walls)]))
    if floor.is_empty:
        return whole, ()
    joined = shapely.union_all([each for each in polygons_of(whole) if each.intersects(floor)])
    return joined, tuple(wall.mark for wall in walls if not wall.footprint.intersects(joined))


def _encloses(whole: BaseGeometry) -> bool:
    """Whether walls without a floor between them go round a room."""
    return any(Polygon(each.exterior).area > 2.0 * each.area for each in polygons_of(whole))


def _opened(
    whole: BaseGeometry,
    slabs: Sequence[Body],
    ground: BaseGeometry,
    cover: BaseGeometry,
    building: Building,
    storey: Storey,
) -> tuple[tuple[Polygon, ...], tuple[Void, ...]]:
    """The outlines filled, and those holes that a slab has or that lie open to the sky; any other hole is floor that is not modelled."""
    pieces = tuple(Polygon(each.exterior) for each in polygons_of(whole))
    if ground.is_empty:
        return pieces, ()
    voids = []
    for piece in polygons_of(whole):
        for ring in piece.interiors:
            hole = Polygon(ring)
            if hole.area < HOLE:
                continue
            sky = hole.difference(cover).area > MOST * hole.area and not cover.is_empty
            cut = _slabs_round(hole, slabs)
            if sky or cut:
                voids.append(_void(hole, cut, building, storey, is_open_to_sky=sky))
    return pieces, tuple(voids)


def _slabs_round(hole: Polygon, slabs: Sequence[Body]) -> tuple[Body, ...]:
    """The slabs that lie round a hole: most of it is inside their outer edge, and not slab."""
    return tuple(
        slab
        for slab in slabs
        if any(
            hole.intersection(Polygon(each.exterior)).area > MOST * hole.area
            for each in polygons_of(slab.footprint)
        )
    )


def _void(
    hole: Polygon, cut: Sequence[Body], building: Building, storey: Storey, *, is_open_to_sky: bool
) -> Void:
    ways = [
        body
        for body in building.ways
        if body.footprint.intersects(hole) and body.low - 0.5 <= storey.level <= body.high + 0.5
    ]
    filled = together(ways).intersection(hole).area if ways else 0.0
    openings = [opening for slab in cut for opening in _openings(slab)]
    return Void(
        shape=hole,
        sources=(*openings, *(slab.source for slab in cut)) or (storey.source,),
        is_open_to_sky=is_open_to_sky,
        has_stair=bool(filled > STAIRED * hole.area),
    )


def _openings(slab: Body) -> list[Source]:
    """The openings cut in a slab, by class and GlobalId."""
    made = (told(link, "RelatedOpeningElement") for link in listed(slab.part, "HasOpenings"))
    return [source_of(each) for each in made if each is not None]


def _note(made: Standing, cover: BaseGeometry, apart: Sequence[str], problems: Problems) -> None:
    """What the model leaves out of a storey."""
    name = f"Storey “{made.storey.name}”" if made.storey.name else "A storey"
    floor = shapely.union_all(made.pieces)
    marks = made.storey.source.handles
    if not made.slabs:
        how = "which the walls enclose" if made.is_complete else "of the walls alone, which enclose nothing"
        problems.add(
            Fault.MISSING,
            f"{name} has no floor slab; its outline is that {how if not made.spaces else 'of its spaces and walls'}.",
            "Model the floor as an IfcSlab whose top lies at the level of the storey.",
            layer=made.storey.source.layer,
            handles=marks,
        )
    open_above = floor.difference(cover).area if floor.area else 0.0
    if open_above > max(SLIVER, MOST * floor.area):
        problems.add(
            Fault.MISSING,
            f"{name} has nothing above {open_above:.2f} m² of its {floor.area:.2f} m²; it was counted as a floor since it is enclosed.",
            "Model the roof as an IfcRoof or an IfcSlab of the type ROOF.",
            layer=made.storey.source.layer,
            handles=marks,
        )
    if apart:
        problems.add(
            Fault.MISSING,
            f"{len(apart)} wall(s) or column(s) of {name[:1].lower() + name[1:]} stand apart from every floor; they were not taken for building.",
            "If they belong to the building, model the floor between them; file compound walls under the site.",
            layer="IfcWall",
            handles=apart[:20],
        )
