"""Storeys of a model as the levels and floors of a drawing.

In: `Standing` storeys of one building, the plot and the ground.  Out: `Level`s and `Floor`s with metres and square metres. The ground floor is the lowest
storey that is not a basement; a basement has its floor below the ground and most of its height too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely import Polygon

from rules.plans.drawing import Floor, FloorArea, Level, Measured, Outline, Plot
from rules.plans.edges import distances_between
from rules.plans.ifc_bodies import Body
from rules.plans.ifc_outlines import outline_of, polygons_of, together, walls_of
from rules.plans.ifc_parts import Building
from rules.plans.ifc_site import Ground
from rules.plans.ifc_storeys import UNROOFED, Standing
from rules.plans.ifc_words import use_of, uses_on
from rules.plans.problems import Fault, Problems
from rules.plans.roles import Work

BELOW = 0.01
MOST = 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Numbered:
    """A standing storey with its number: 0 on the ground, -1 the first basement."""

    number: int
    standing: Standing

    @property
    def is_basement(self) -> bool:
        """Whether it lies below the ground floor."""
        return self.number < 0


def numbered(floors: Sequence[Standing], ground: float) -> tuple[Numbered, ...]:
    """Storeys counted from the ground floor; `ground` is the lowest ground along the building."""
    basements = 0
    for floor in floors[:-1]:
        top = floor.top if floor.top is not None else floor.level + UNROOFED
        if not (floor.level < ground - BELOW and ground - floor.level > MOST * (top - floor.level)):
            break
        basements += 1
    return tuple(Numbered(number=i - basements, standing=floor) for i, floor in enumerate(floors))


def levels_of(building: int, floors: Sequence[Numbered], plot: Plot | None) -> tuple[Level, ...]:
    """Every piece of every storey as a level with its walls; what is open to the sky within it is left out."""
    levels = []
    for floor in sorted(floors, key=lambda each: (each.is_basement, each.number)):
        here = floor.standing
        for footprint in _outlines(here):
            walls = walls_of(footprint, here.bodies)
            levels.append(
                Level(
                    block=building,
                    number=floor.number,
                    is_basement=floor.is_basement,
                    footprint=footprint,
                    walls=walls,
                    wall_distances=distances_between(walls, plot.sides) if plot else (),
                    yards=(),
                )
            )
    return tuple(levels)


def _outlines(floor: Standing) -> tuple[Outline, ...]:
    """The outlines of a storey without the ground in it that is open to the sky."""
    open_ground = [void.shape for void in floor.voids if void.is_open_to_sky]
    return tuple(outline_of(_without(piece, open_ground), floor.sources) for piece in floor.pieces)


def _without(piece: Polygon, holes: Sequence[Polygon]) -> Polygon:
    left = polygons_of(piece.difference(shapely.union_all(list(holes)))) if holes else ()
    return left[0] if len(left) == 1 else piece


def floors_of(
    building: Building,
    floors: Sequence[Numbered],
    ground: Ground | None,
    problems: Problems,
    *,
    is_whole: bool,
) -> tuple[Floor, ...]:
    """Every storey as a floor with its area by use; `is_whole` is false where parts of the model could not be built."""
    return tuple(
        Floor(
            block=building.number,
            number=floor.number,
            copy_of=None,
            copied_by=None,
            areas=_areas(floor.standing, building, problems, is_whole=is_whole),
            carpet=(),
            units=(),
            mezzanines=(),
            level=_level(floor.standing, ground),
            uses=uses_on(floor.standing, building.entity),
        )
        for floor in floors
    )


def _level(floor: Standing, ground: Ground | None) -> Measured | None:
    if ground is None or not floor.slabs:
        return None
    return Measured(
        value=floor.level - ground.average,
        how="from the average of the ground along the building to the top of the floor slab",
        source=floor.storey.source,
    )


def _areas(
    floor: Standing, building: Building, problems: Problems, *, is_whole: bool
) -> tuple[FloorArea, ...]:
    """One area, or one for each use where spaces of a floor differ; what no space takes then has no use."""
    outlines, is_complete = _outlines(floor), floor.is_complete and is_whole
    taken_off = tuple(
        outline_of(void.shape, void.sources)
        for void in floor.voids
        if not void.has_stair and not void.is_open_to_sky
    )
    if len(uses_on(floor, building.entity)) < 2:
        return (_area(None, outlines, taken_off, is_complete=is_complete),)
    shares = _shares(floor, outlines)
    problems.add(
        Fault.COLOUR,
        "The spaces of a storey have several uses; walls and whatever no space takes belong to none of them.",
        "Let the spaces reach to the middle of the walls between them and to the outer face of the outer walls.",
        layer=floor.storey.source.layer,
        handles=floor.storey.source.handles,
    )
    return tuple(
        _area(use, own, _within(taken_off, own), is_complete=is_complete) for use, own in shares if own
    )


def _shares(floor: Standing, outlines: Sequence[Outline]) -> list[tuple[str | None, tuple[Outline, ...]]]:
    """Pieces of the floor by the use of the spaces on them, and the rest."""
    whole = shapely.union_all([each.shape for each in outlines])
    spaces: dict[str, list[Body]] = {}
    for space in floor.spaces:
        use = use_of(space.part)
        if use is not None:
            spaces.setdefault(use.text, []).append(space)
    found: list[tuple[str | None, tuple[Outline, ...]]] = []
    rest = whole
    for text, there in sorted(spaces.items()):
        own = together(there).intersection(rest)
        rest = rest.difference(own)
        sources = [space.source for space in there]
        found.append((text, tuple(outline_of(each, sources) for each in polygons_of(own))))
    found.append((None, tuple(outline_of(each, floor.sources) for each in polygons_of(rest))))
    return found


def _within(taken_off: Sequence[Outline], own: Sequence[Outline]) -> tuple[Outline, ...]:
    whole = shapely.union_all([each.shape for each in own])
    return tuple(each for each in taken_off if each.shape.intersection(whole).area > MOST * each.area)


def _area(
    use: str | None, own: tuple[Outline, ...], less: tuple[Outline, ...], *, is_complete: bool
) -> FloorArea:
    whole = shapely.union_all([each.shape for each in own])
    hole = shapely.union_all([each.shape for each in less])
    return FloorArea(
        occupancy=use,
        colour=0,
        work=Work.PROPOSED,
        outlines=own,
        deductions=less,
        area=float(whole.difference(hole).area),
        difference=sum(each.area for each in own) - sum(each.area for each in less),
        is_complete=is_complete,
    )
