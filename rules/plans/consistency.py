"""Does the plan agree with itself: places, overlaps, and what is declared against what is measured.

In: plot, blocks and words.  Out: problems. A declared number is held against the measured one within its last written place.
"""

from collections.abc import Sequence

import shapely

from rules.plans.drawing import Block, Declared, Figure, Length, Measured, Plot, Source, Thing
from rules.plans.lengths import number_in
from rules.plans.problems import Fault, Problems
from rules.plans.roles import Role

SLIVER = 0.01
MILLIMETRE = 0.001
APART = 0.01
"""Metres between outlines of one building that stand apart."""
MOST_HANDLES = 20
MOST_PAIRS = 20_000
"""Pairs of blocks whose ground is compared; thousands of blocks drawn on one spot have millions."""
LOWEST_STOREY = 2.0
"""Metres of height for each floor above ground below which the height or the floors must be wrong; ours, not the law's."""
TREADS = {Role.STAIR_FLIGHT: "STAIR_TREAD_M", Role.FIRE_STAIR_FLIGHT: "FIRE_STAIR_TREAD_M"}
"""Words that declare what the lines across a flight show."""
YARD_DIMENSION = 2
"""Colour of the dimension in a yard that is meant as its least depth."""


def note_places(plot: Plot | None, blocks: Sequence[Block], problems: Problems) -> None:
    """Footprints outside the plot, and blocks that overlap at their lowest level."""
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
    _note_overlaps(blocks, problems)


def _note_overlaps(blocks: Sequence[Block], problems: Problems) -> None:
    lowest = [(block.number, level.footprint) for block in blocks for level in block.levels[:1]]
    if len(lowest) < 2:  # the index takes no empty list: a drawing without a building has none
        return
    shapes = [footprint.shape for _, footprint in lowest]
    meeting = shapely.STRtree(shapes).query(shapes, predicate="intersects").T.tolist()
    pairs = sorted((a, b) for a, b in meeting if a < b)
    for a, b in pairs[:MOST_PAIRS]:
        (one, first), (other, second) = lowest[a], lowest[b]
        both = float(first.shape.intersection(second.shape).area)
        if both > SLIVER:
            problems.add(
                Fault.OVERLAP,
                f"Blocks {one} and {other} overlap by {both:.3f} m².",
                "Draw the blocks side by side, or as one block.",
                layer=first.source.layer,
                handles=(*first.source.handles, *second.source.handles),
            )
    if len(pairs) > MOST_PAIRS:
        problems.add(
            Fault.OVERLAP,
            f"{len(pairs) - MOST_PAIRS} more pairs of blocks meet or overlap; so many are not compared one by one.",
            "Draw each block once, and the blocks side by side.",
        )


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
    if plot:
        _compare("The plot's area", plot.area, "m²", SLIVER, problems)
    for block in blocks:
        _compare(f"The height of block {block.number}", block.height, "m", MILLIMETRE, problems)
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
    for role, key in TREADS.items():
        word = next((each for each in declared if each.key == key), None)
        drawn = [
            each for each in things if each.role is role and each.steps is not None and each.steps.treads
        ]
        if word is None or not drawn:
            continue
        shortest = min(drawn, key=lambda each: each.steps.least_tread if each.steps else (0.0, 0.0))
        if shortest.steps is not None:
            source = Source(
                layer=shortest.outline.source.layer, handles=shortest.steps.handles[:MOST_HANDLES]
            )
            tread = Measured(value=shortest.steps.least_tread[1], how="between its lines", source=source)
            figure = Figure(measured=tread, declared=word)
            _compare(f"The least tread of the {role.value}", figure, "m", MILLIMETRE, problems)


def _compare(what: str, figure: Figure, unit: str, tolerance: float, problems: Problems) -> None:
    measured, declared = figure.measured, figure.declared
    if measured is None or declared is None or declared.number is None:
        return
    if abs(measured.value - declared.number) > tolerance + rounding(declared):
        problems.add(
            Fault.DIFFERENCE,
            f"{what} is declared as {declared.text} and measures {measured.value:.3f} {unit}.",
            "Correct the declaration or the drawing; the measured value is the one that is checked.",
            layer=declared.source.layer,
            handles=(*declared.source.handles, *measured.source.handles),
        )


def rounding(declared: Declared) -> float:
    """Half of the last place that was written."""
    number = number_in(declared.text)
    if number is None or declared.number is None:
        return 0.0
    written = declared.text.partition(".")[2]
    places = len(written) - len(written.lstrip("0123456789"))
    unit = declared.number / number if number else 1.0
    return float(0.5 * 10.0**-places * unit)


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
