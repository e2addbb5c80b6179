"""Blocks of a plan: their levels with walls and yards, floors, covered ground and heights.

In: the layers and the plot, in metres.  Out: `Block`s by number. In the small-house profile every floor's outline is drawn in its place
on the plot and is a level of its own; in Kerala's convention levels have footprints and floors are drawn beside the plan.
"""

from collections.abc import Sequence

from rules.plans.areas import areas_of, floors_of
from rules.plans.drawing import Block, Declared, Figure, Length, Level, Measured, Outline, Plot, Yard
from rules.plans.edges import distances_between, edges_of
from rules.plans.layered import Layered
from rules.plans.names import Profile
from rules.plans.problems import Fault, Problems
from rules.plans.roles import Role, Work
from rules.plans.yards import yard_of
from rules.progress import MEASURING, Watch, nobody

YARDS = {Role.FRONT_YARD, Role.REAR_YARD, Role.SIDE_YARD_1, Role.SIDE_YARD_2}
SAME_HEIGHT = 0.001
MOST_OUTLINES = 30
"""Outlines of one floor whose walls and yards are measured."""
MOST_YARDS = 20
"""Polygons of one yard that are measured; more is no yard any more."""


def blocks_of(
    layers: Sequence[Layered],
    plot: Plot | None,
    profile: Profile,
    problems: Problems,
    *,
    watch: Watch = nobody,
) -> tuple[Block, ...]:
    """Every block that any layer names, by number; each is told to the watch when it is measured."""
    by_number: dict[int, list[Layered]] = {}
    for each in layers:
        if each.name.block is not None:
            by_number.setdefault(each.name.block, []).append(each)
    found: list[Block] = []
    for number in sorted(by_number):
        watch(MEASURING, len(found), len(by_number))
        found.append(_block(number, by_number[number], plot, profile, problems))
    return tuple(found)


def _block(
    number: int, layers: Sequence[Layered], plot: Plot | None, profile: Profile, problems: Problems
) -> Block:
    heights = tuple(
        _measured(length) for each in layers if each.name.role is Role.HEIGHT for length in each.lengths
    )
    floors = floors_of(number, layers, _levels(layers), problems)
    covered = areas_of(layers, Role.COVERED_AREA, Role.COVERED_AREA_DEDUCTION, problems)
    return Block(
        number=number,
        levels=_levels_of(number, layers, plot, profile, problems),
        covered=next((each for each in covered if each.work is Work.PROPOSED), None),
        floors=floors,
        height=Figure(measured=_height(number, heights, problems), declared=_declared_height(layers)),
        heights=heights,
    )


def _measured(length: Length) -> Measured:
    return Measured(
        value=length.metres, how="between the definition points of the dimension", source=length.source
    )


def _levels(layers: Sequence[Layered]) -> dict[int, Measured]:
    """Measured levels and floor heights by floor: the first dimension on the layer."""
    found: dict[int, Measured] = {}
    for each in layers:
        if each.name.role in (Role.LEVEL, Role.FLOOR_HEIGHT) and each.name.floor is not None and each.lengths:
            found.setdefault(each.name.floor, _measured(each.lengths[0]))
    return found


def _height(number: int, heights: Sequence[Measured], problems: Problems) -> Measured | None:
    """The height, if the drawing shows one; several different ones are a problem, and the greatest stands."""
    if not heights:
        problems.add(
            Fault.MISSING,
            f"The height of block {number} is not drawn.",
            "Measure the height in the section with a dimension on the layer of the height of the building.",
        )
        return None
    highest = max(heights, key=lambda each: each.value)
    if highest.value - min(each.value for each in heights) > SAME_HEIGHT:
        problems.add(
            Fault.AMBIGUOUS,
            f"Block {number} has {len(heights)} heights, from {min(each.value for each in heights):.3f} to "
            f"{highest.value:.3f} m; the greatest was taken.",
            "Keep one dimension of the height.",
            layer=highest.source.layer,
            handles=[handle for each in heights for handle in each.source.handles],
        )
    return highest


def _declared_height(layers: Sequence[Layered]) -> Declared | None:
    words = (word for each in layers if each.name.role in YARDS for word in each.declared)
    return next((word for word in words if word.key.startswith("HEIGHT") and word.number is not None), None)


def _levels_of(
    number: int, layers: Sequence[Layered], plot: Plot | None, profile: Profile, problems: Problems
) -> tuple[Level, ...]:
    footprints: dict[tuple[bool, int | None], list[Layered]] = {}
    for each in layers:
        if each.name.role is Role.FOOTPRINT:
            footprints.setdefault((False, each.name.level), []).append(each)
        elif each.name.role is Role.BASEMENT_FOOTPRINT:
            footprints.setdefault((True, None), []).append(each)
        elif each.name.role is Role.BUILT_UP and profile is Profile.SMALL_HOUSE:
            below = each.name.floor is not None and each.name.floor < 0
            footprints.setdefault((below, each.name.floor), []).append(each)
    levels: list[Level] = []
    for (is_basement, level), there in sorted(
        footprints.items(), key=lambda item: (item[0][0], item[0][1] or 0)
    ):
        outlines = [outline for each in there for outline in each.found.outlines]
        outlines = (
            _only(number, outlines, problems)
            if profile is Profile.KERALA
            else _some(number, outlines, problems)
        )
        levels.extend(
            _level(number, level, is_basement, outline, layers, plot, problems) for outline in outlines
        )
    return tuple(levels)


def _only(number: int, outlines: list[Outline], problems: Problems) -> list[Outline]:
    """The one footprint of a level; of several the largest, and a problem."""
    if len(outlines) < 2:
        return outlines
    largest = max(outlines, key=lambda each: each.area)
    problems.add(
        Fault.AMBIGUOUS,
        f"Block {number} has {len(outlines)} footprints at one level; only the largest was measured.",
        "Give every building its own block number.",
        layer=largest.source.layer,
        handles=[handle for each in outlines for handle in each.source.handles],
    )
    return [largest]


def _some(number: int, outlines: list[Outline], problems: Problems) -> list[Outline]:
    """The outlines of one floor; of more than any building has, the largest."""
    if len(outlines) <= MOST_OUTLINES:
        return outlines
    largest = sorted(outlines, key=lambda each: -each.area)[:MOST_OUTLINES]
    problems.add(
        Fault.TOO_MANY,
        f"Building {number} has {len(outlines):,} outlines on one floor; walls and yards of the {MOST_OUTLINES} largest were measured.",
        "Draw one outline along the outer face of the walls, and one for each use.",
        layer=largest[0].source.layer,
        handles=largest[0].source.handles,
    )
    return largest


def _level(
    block: int,
    level: int | None,
    is_basement: bool,
    footprint: Outline,
    layers: Sequence[Layered],
    plot: Plot | None,
    problems: Problems,
) -> Level:
    walls = edges_of(footprint)
    yards: list[Yard] = []
    for each in layers if plot else ():
        is_here = each.name.role in YARDS and each.name.level == level
        if plot and is_here and (level is not None or is_basement):
            yards += [
                yard_of(each.name, outline, footprint, plot.outline, problems)
                for outline in each.found.outlines
            ]
    return Level(
        block=block,
        number=level,
        is_basement=is_basement,
        footprint=footprint,
        walls=walls,
        wall_distances=distances_between(walls, plot.sides) if plot else (),
        yards=tuple(sorted(yards, key=lambda yard: list(Role).index(yard.role))),
    )
