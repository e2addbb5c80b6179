"""Floor areas by occupancy, with their deductions; typical floors repeated where a word in the drawing says so.

In: the layers of one block.  Out: `FloorArea`s and `Floor`s in square metres. Occupancy comes from the colour of the outline
(`occupancy_colours.tsv`). A repeated floor keeps the word that repeats it, since nothing else shows that it is built.
"""

from collections.abc import Iterable, Sequence

import shapely

from rules.plans.colours import OCCUPANCY_COLOURS
from rules.plans.drawing import Block, Declared, Floor, FloorArea, Measured, Outline
from rules.plans.layered import Layered
from rules.plans.problems import Fault, Problems
from rules.plans.roles import Role, Work
from rules.plans.words import numbers_listed

TYPICAL = "TYPICAL_FLOOR_PLAN"
WRITE_THERE = f"Write {TYPICAL} on the layer of the floor that it repeats, such as BLK_1_FLR_1_BLT_UP_AREA or FLOOR_1, or draw every floor."
SLIVER = 0.01
"""Square metres: areas are compared at this."""
BY_LAYER = (0, 256)
MOST_OVERLAPS = 200


def floors_of(
    block: int, layers: Sequence[Layered], levels: dict[int, Measured], problems: Problems
) -> tuple[Floor, ...]:
    """The floors of a block from the lowest up, typical floors repeated."""
    numbers = sorted({each.name.floor for each in layers if each.name.floor is not None and _is_floor(each)})
    drawn = {number: _floor(block, number, layers, levels.get(number), problems) for number in numbers}
    for number, floor in list(drawn.items()):
        word = _typical(number, layers)
        for other in numbers_listed(word.text) if word else ():
            if other == number:
                continue
            if other in drawn:
                _note_drawn_too(other, word, problems)
                continue
            drawn[other] = _copied(floor, other, word)
    return tuple(drawn[number] for number in sorted(drawn))


def _is_floor(each: Layered) -> bool:
    roles = {Role.BUILT_UP, Role.CARPET, Role.UNIT, Role.MEZZANINE}
    return each.name.role in roles and (bool(each.found.outlines) or not each.found.is_complete)


def _floor(
    block: int, number: int, layers: Sequence[Layered], level: Measured | None, problems: Problems
) -> Floor:
    here = [each for each in layers if each.name.floor == number]

    def of(role: Role, deduction: Role | None = None) -> tuple[FloorArea, ...]:
        return areas_of(here, role, deduction, problems)

    areas = of(Role.BUILT_UP, Role.BUILT_UP_DEDUCTION)
    _note_overlaps(areas, problems)
    return Floor(
        block=block,
        number=number,
        copy_of=None,
        copied_by=None,
        areas=areas,
        carpet=of(Role.CARPET, Role.CARPET_DEDUCTION),
        units=of(Role.UNIT, Role.UNIT_DEDUCTION),
        mezzanines=of(Role.MEZZANINE, Role.MEZZANINE_DEDUCTION),
        level=level,
        uses=tuple(word for each in here if each.name.role is Role.USE for word in each.declared),
    )


def _typical(number: int, layers: Sequence[Layered]) -> Declared | None:
    words = (word for each in layers if each.name.floor == number for word in each.declared)
    return next((word for word in words if word.key == TYPICAL), None)


def _copied(floor: Floor, number: int, word: Declared | None) -> Floor:
    return Floor(
        block=floor.block,
        number=number,
        copy_of=floor.number,
        copied_by=word,
        areas=floor.areas,
        carpet=floor.carpet,
        units=floor.units,
        mezzanines=floor.mezzanines,
        level=None,
        uses=floor.uses,
    )


def note_typical(
    layers: Iterable[Layered], strays: Iterable[Declared], blocks: Iterable[Block], problems: Problems
) -> None:
    """A word for typical floors that repeats nothing: on no floor's own layer (`strays` lie on layers that mean nothing), or not a list."""
    drawn = {(each.block, each.number) for block in blocks for each in block.floors if each.copy_of is None}
    for each in layers:
        for word in (word for word in each.declared if word.key == TYPICAL):
            if (each.name.block, each.name.floor) not in drawn:
                note_unheard(word, problems)
            elif not numbers_listed(word.text):
                problems.add(
                    Fault.NOT_READ,
                    f"{TYPICAL}={word.text} is no list of floors; it was not taken.",
                    f"Write the numbers of the floors with commas between them, such as {TYPICAL}=1,2,3.",
                    layer=word.source.layer,
                    handles=word.source.handles,
                )
    for word in strays:
        if word.key == TYPICAL:
            note_unheard(word, problems)


def note_unheard(word: Declared, problems: Problems) -> None:
    """A word for typical floors that lies where it repeats none: also one of a model, or one said beside the drawing."""
    problems.add(
        Fault.NOT_READ,
        f"{TYPICAL}={word.text} is not written on the layer of a floor that is drawn; no floor was repeated.",
        WRITE_THERE,
        layer=word.source.layer,
        handles=word.source.handles,
    )


def _note_drawn_too(number: int, word: Declared | None, problems: Problems) -> None:
    if word is not None:
        problems.add(
            Fault.CONTRADICTION,
            f"{word.key}={word.text} repeats floor {number}, which is drawn as well; the drawn floor was measured.",
            "Take the number out of the list, or delete the drawn floor.",
            layer=word.source.layer,
            handles=word.source.handles,
        )


def areas_of(
    layers: Iterable[Layered], role: Role, deduction: Role | None, problems: Problems
) -> tuple[FloorArea, ...]:
    """Areas by kind of work and colour; deductions go to the area of their colour, or to the only one there is."""
    there = list(layers)
    found = []
    for work in Work:
        outlines = _on(there, role, work)
        taken_off = _on(there, deduction, work) if deduction else ()
        complete = all(
            each.found.is_complete
            for each in there
            if each.name.role in (role, deduction) and each.name.work is work
        )
        colours = list(dict.fromkeys(each.colour for each in outlines))
        stray = [each for each in taken_off if each.colour not in colours and len(colours) != 1]
        _note_stray(stray, problems)
        for colour in colours:
            own = tuple(each for each in outlines if each.colour == colour)
            less = tuple(each for each in taken_off if each.colour == colour or len(colours) == 1)
            found.append(_area(colour, work, own, less, complete and not stray, problems))
            if role is Role.BUILT_UP and colour not in OCCUPANCY_COLOURS and not _is_told_by_words(there):
                _note_colour(own, colour, problems)
    return tuple(found)


def _is_told_by_words(layers: Iterable[Layered]) -> bool:
    return any(word.key == "USE" for each in layers if each.name.role is Role.USE for word in each.declared)


def _on(layers: Iterable[Layered], role: Role, work: Work) -> tuple[Outline, ...]:
    return tuple(
        outline
        for each in layers
        if each.name.role is role and each.name.work is work
        for outline in each.found.outlines
    )


def _area(
    colour: int,
    work: Work,
    own: tuple[Outline, ...],
    less: tuple[Outline, ...],
    complete: bool,
    problems: Problems,
) -> FloorArea:
    whole = shapely.union_all([each.shape for each in own]) if len(own) > 1 else own[0].shape
    hole = shapely.union_all([each.shape for each in less]) if less else None
    area = float(whole.difference(hole).area) if hole is not None else float(whole.area)
    difference = sum(each.area for each in own) - sum(each.area for each in less)
    if abs(area - difference) > SLIVER:
        problems.add(
            Fault.DEDUCTION,
            f"Outlines or deductions overlap, or a deduction lies outside its area: the sums give {difference:.3f} m², "
            f"the ground inside and not deducted is {area:.3f} m².",
            "Draw outlines that do not overlap, and deductions inside them.",
            layer=own[0].source.layer,
            handles=[handle for each in (*own, *less) for handle in each.source.handles],
        )
    return FloorArea(
        occupancy=OCCUPANCY_COLOURS.get(colour),
        colour=colour,
        work=work,
        outlines=own,
        deductions=less,
        area=area,
        difference=difference,
        is_complete=complete,
    )


def _note_stray(stray: Sequence[Outline], problems: Problems) -> None:
    for each in stray:
        problems.add(
            Fault.DEDUCTION,
            f"A deduction of colour {each.colour} belongs to no area of that colour; it was not deducted.",
            "Give it the colour of the area it is taken from.",
            layer=each.source.layer,
            handles=each.source.handles,
        )


def _note_colour(outlines: Sequence[Outline], colour: int, problems: Problems) -> None:
    problems.add(
        Fault.COLOUR,
        f"The colour {'by layer' if colour in BY_LAYER else colour} of a floor area is that of no occupancy.",
        "Give the outline the colour of its occupancy group, on the entity itself.",
        layer=outlines[0].source.layer,
        handles=[handle for each in outlines for handle in each.source.handles],
    )


def _note_overlaps(areas: Sequence[FloorArea], problems: Problems) -> None:
    """Areas of different occupancies on one floor may not cover the same ground."""
    drawn = [outline for each in areas for outline in each.outlines if each.work is Work.PROPOSED]
    if len({each.colour for each in drawn}) < 2:
        return
    shapes = [each.shape for each in drawn]
    for at, beside in shapely.STRtree(shapes).query(shapes, predicate="intersects").T[:MOST_OVERLAPS]:
        one, other = drawn[at], drawn[beside]
        if at < beside and one.colour != other.colour:
            both = float(one.shape.intersection(other.shape).area)
            if both > SLIVER:
                problems.add(
                    Fault.OVERLAP,
                    f"Two occupancies cover the same {both:.3f} m² of a floor; both were counted.",
                    "Draw the outlines side by side.",
                    layer=one.source.layer,
                    handles=(*one.source.handles, *other.source.handles),
                )
