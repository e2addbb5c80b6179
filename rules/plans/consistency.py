"""Does the plan agree with itself: places, overlaps, and what is declared against what is measured.

In: plot, blocks and words.  Out: problems. A declared number is held against the measured one within its last written place.
"""

from collections.abc import Sequence

import shapely

from rules.plans.declarations import Compared, of_plan, of_treads
from rules.plans.drawing import Block, Declared, Length, Plot, Thing
from rules.plans.overlaps import note_overlaps
from rules.plans.problems import Fault, Problems
from rules.plans.roles import Role

SLIVER = 0.01
MILLIMETRE = 0.001
APART = 0.01
"""Metres between outlines of one building that stand apart."""
MOST_HANDLES = 20
LOWEST_STOREY = 2.0
"""Metres of height for each floor above ground below which the height or the floors must be wrong; ours, not the law's."""
YARD_DIMENSION = 2
"""Colour of the dimension in a yard that is meant as its least depth."""


def note_places(plot: Plot | None, blocks: Sequence[Block], problems: Problems) -> None:
    """Footprints outside the plot, and blocks that overlap at any level."""
    for block in blocks:
        for level in block.levels:
            outside = float(level.footprint.shape.difference(plot.outline.shape).area) if plot else 0.0
            if plot and outside > SLIVER:
                problems.add(
                    Fault.OUTSIDE_PLOT,
                    f"{outside:.3f} m² of the footprint of block {block.number} lie outside the plot.",
                    "Move the building or correct the plot boundary.",
                    layer=level.footprint.source.layer,
                    handles=(*level.footprint.source.handles, *plot.outline.source.handles),
                )
    note_overlaps(blocks, problems)


def note_storeys(blocks: Sequence[Block], problems: Problems) -> None:
    """Heights that cannot hold the floors above ground."""
    for block in blocks:
        floors, height = [floor for floor in block.floors if floor.number >= 0], block.height.measured
        if height is None or not floors or height.value >= LOWEST_STOREY * len(floors):
            continue
        several = f"{len(floors)} floors" if len(floors) > 1 else "1 floor"
        problems.add(
            Fault.LOW_STOREYS,
            f"Building {block.number} is {height.value:.3f} m high and has {several} above ground: {height.value / len(floors):.3f} m "
            f"each. Below {LOWEST_STOREY} m (a measure of ours, not of the law) the height or the floors are drawn wrongly.",
            "Measure the height from the ground to the top, and draw every floor on its own layer.",
            layer=height.source.layer,
            handles=height.source.handles,
        )


def note_bodies(blocks: Sequence[Block], problems: Problems) -> None:
    """In a small-house drawing: bodies of one building that nothing joins, and floors with none below."""
    for block in blocks:
        _note_bodies(block, problems)
        numbers = {floor.number for floor in block.floors}
        for floor in block.floors:
            below = floor.number - 1 if floor.number > 0 else floor.number + 1
            if floor.number != 0 and below not in numbers:
                where = "below" if floor.number > 0 else "above"
                outlines = [outline for area in floor.areas for outline in area.outlines]
                problems.add(
                    Fault.NO_FLOOR_BELOW,
                    f"Floor {floor.number} of building {block.number} is drawn, but not floor {below} {where} it.",
                    f"Draw floor {below} too, or correct the number in the name of the layer.",
                    layer=outlines[0].source.layer if outlines else "",
                    handles=[handle for each in outlines for handle in each.source.handles][:MOST_HANDLES],
                )


def _note_bodies(block: Block, problems: Problems) -> None:
    """Outlines above ground that stand apart on every floor: then they are buildings of their own."""
    there = [level.footprint for level in block.levels if not level.is_basement]
    grown = shapely.union_all([each.shape.buffer(APART / 2, join_style="mitre") for each in there])
    bodies = list(getattr(grown, "geoms", [grown])) if there else []
    if len(bodies) < 2:
        return
    first = [next(each for each in there if body.intersects(each.shape)) for body in bodies]
    sizes = ", ".join(f"{each.area:.2f}" for each in first[:MOST_HANDLES])
    problems.add(
        Fault.BODIES,
        f"Building {block.number} is drawn as {len(bodies)} bodies that stand apart ({sizes} m²); two bodies of one building "
        "stand at one level, so yards and distances between them cannot be judged.",
        f"Draw the others as buildings of their own (BUILDING_{block.number + 1}_FLOOR_0 and so on), or join the outlines.",
        layer=first[0].source.layer,
        handles=[handle for each in first[:MOST_HANDLES] for handle in each.source.handles],
    )


def note_differences(
    plot: Plot | None, blocks: Sequence[Block], lengths: Sequence[Length], problems: Problems
) -> None:
    """Where the drawing says one thing and shows another."""
    _note_different(of_plan(plot, blocks), problems)
    for block in blocks:
        for level in block.levels:
            for yard in level.yards:
                shown = [
                    each
                    for each in lengths
                    if each.colour == YARD_DIMENSION and each.source.layer == yard.outline.source.layer
                ]
                _compare_yard(yard.least, yard.role, shown, problems)


def note_treads(things: Sequence[Thing], declared: Sequence[Declared], problems: Problems) -> None:
    """Where the drawing declares other treads than the lines across its flights show."""
    _note_different(of_treads(things, declared), problems)


def _note_different(found: Sequence[Compared], problems: Problems) -> None:
    for each in found:
        if each.differs:
            problems.add(
                Fault.DIFFERENCE,
                f"{each.what} is declared as {each.declared.text} and measures {each.measured.value:.3f} {each.unit}.",
                "Correct the declaration or the drawing; the measured value is the one that is checked.",
                layer=each.declared.source.layer,
                handles=(*each.declared.source.handles, *each.measured.source.handles),
            )


def _compare_yard(least: float | None, role: Role, shown: Sequence[Length], problems: Problems) -> None:
    if least is None or not shown:
        return
    shortest = min(shown, key=lambda each: each.metres)
    if abs(shortest.metres - least) > MILLIMETRE:
        problems.add(
            Fault.DIFFERENCE,
            f"The dimension of the {role.value} is {shortest.metres:.3f} m long, its least depth is {least:.3f} m.",
            "Measure the yard where it is narrowest.",
            layer=shortest.source.layer,
            handles=shortest.source.handles,
        )
