"""A proposal made from a measured drawing, the site it belongs to, and what persons answered.

In: `Drawing` (already in the site's frame where it was laid on the parcel), `Placement` or None, `Site`, `Answers`.  Out: `Proposal`.
Nothing is judged here and no number of the law is used.
"""

from collections.abc import Sequence
from dataclasses import replace

import shapely

from gis.site import Site
from rules.findings import Measured, Place, measured
from rules.measure import Unit
from rules.plans.areas import TYPICAL, note_unheard
from rules.plans.drawing import Block, Declared, Drawing, Figure, Floor, FloorArea, Source, Thing
from rules.plans.placement import Placement
from rules.plans.problems import Problems
from rules.proposal import Answers, Building, FloorUse, Ground, Proposal
from rules.reckoning.fronts import front_of, roads_along
from rules.reckoning.open_spaces import open_spaces
from rules.reckoning.stair_cabins import is_cabin
from rules.takings import count, of_outline, told

REACH = 0.5
"""Metres that a drawn side may lie off the road's frontage, beside the accuracies of parcel and road."""


def propose(
    drawing: Drawing, site: Site, answers: Answers, placement: Placement | None = None, *, note: str = ""
) -> Proposal:
    """The proposal; without a placement nothing is known of the streets along the drawn plot."""
    drawing = _told_beside(_confirmed(drawing, answers), answers)
    is_placed = placement is not None and placement.matches and placement.is_certain
    along = (
        roads_along(drawing.plot.sides, site.roads, reach=REACH + site.accuracy)
        if is_placed and drawing.plot
        else {}
    )
    front = front_of(drawing, site if is_placed else None, answers, along)
    return Proposal(
        drawing=drawing,
        placement=placement,
        placement_note=note,
        answers=answers,
        buildings=tuple(building_of(block, drawing.things) for block in drawing.blocks),
        front=front,
        yards=open_spaces(drawing, front, along),
    )


def _confirmed(drawing: Drawing, answers: Answers) -> Drawing:
    """The drawing; floors that a word repeats count as drawn once a person confirmed that word."""
    if TYPICAL not in answers.confirmed:
        return drawing
    blocks = tuple(
        replace(block, floors=tuple(replace(floor, copied_by=None) for floor in block.floors))
        for block in drawing.blocks
    )
    return replace(drawing, blocks=blocks)


def _told_beside(drawing: Drawing, answers: Answers) -> Drawing:
    """The drawing; typical floors that are told beside it and that no floor of it repeats are a fault of the plan."""
    text = answers.words.get(TYPICAL, "").strip()
    written = {word.text for word in drawing.declared if word.key == TYPICAL}
    if not text or text.upper() in written:
        return drawing
    said = Problems()
    source = Source(layer="", handles=())
    note_unheard(Declared(key=TYPICAL, text=text, number=None, source=source), said)
    return replace(drawing, problems=(*drawing.problems, *said.listed()))


def building_of(block: Block, things: Sequence[Thing] = ()) -> Building:
    """A block of the drawing as a building."""
    above = [level.footprint.shape for level in block.levels if not level.is_basement]
    return Building(
        number=block.number,
        block=block,
        outline=_outline(above),
        levels=block.levels,
        height=_figure(block.height, "height of the building"),
        storeys=_storeys(block, things),
        basements=sum(1 for floor in block.floors if floor.number < 0),
        uses=tuple(use for floor in block.floors for use in _uses(floor)),
        covered=_covered(block, above),
    )


def _outline(shapes: list[shapely.Polygon]) -> Ground | None:
    together = shapely.union_all(shapes) if shapes else None
    return together if isinstance(together, shapely.Polygon | shapely.MultiPolygon) else None


def _figure(figure: Figure, what: str) -> Measured | None:
    """What was measured, else what was only declared."""
    if figure.measured is not None:
        return measured(
            figure.measured.value,
            Unit.METRE,
            steps=(f"{what}: {figure.measured.value:.3f} m, {figure.measured.how}",),
            sources=(told(figure.measured.source),),
            places=(Place(what=what, handles=figure.measured.source.handles),),
        )
    if figure.declared is not None and figure.declared.number is not None:
        return measured(
            figure.declared.number,
            Unit.METRE,
            steps=(f"{what}: {figure.declared.key}={figure.declared.text}",),
            sources=(told(figure.declared.source),),
            is_declared=True,
        )
    return None


def _storeys(block: Block, things: Sequence[Thing]) -> Measured | None:
    """Storeys above the basements, without a stair cabin; a typical floor that only a word repeats makes the count a declared one."""
    floors = [floor for floor in block.floors if floor.number >= 0 and not is_cabin(block, floor, things)]
    if not floors:
        return None
    places = [
        Place(what=f"floor {floor.number}", handles=floor.areas[0].outlines[0].source.handles)
        for floor in floors
        if floor.areas and floor.areas[0].outlines
    ]
    if len(places) < len(floors):
        return None
    return count("storeys", places, is_declared=any(floor.copied_by is not None for floor in floors))


def _uses(floor: Floor) -> list[FloorUse]:
    words = [each.text.split("=")[-1].strip() for each in floor.uses if each.key == "USE"]
    return [
        FloorUse(
            floor=floor.number,
            code=area.occupancy or (words[0] if len(words) == 1 and len(floor.areas) == 1 else None),
            work=area.work,
            built_up=_area(floor, area, sum(each.area for each in area.outlines), "built-up area"),
            floor_area=_area(floor, area, area.area, "floor area"),
        )
        for area in floor.areas
    ]


def _area(floor: Floor, area: FloorArea, metres: float, what: str) -> Measured | None:
    if not area.is_complete:
        return None
    handles = tuple(handle for each in area.outlines for handle in each.source.handles)
    told_by = "by a word in the drawing" if floor.copied_by else "as a person confirmed"
    repeated = "" if floor.copy_of is None else f", repeated from floor {floor.copy_of} {told_by}"
    return measured(
        metres,
        Unit.SQUARE_METRE,
        steps=(f"{what} of floor {floor.number}: {metres:.2f} m²{repeated}",),
        sources=tuple(told(each.source) for each in area.outlines),
        places=(Place(what=f"{what} of floor {floor.number}", handles=handles),),
        is_declared=floor.copied_by is not None,
    )


def _covered(block: Block, above: list[shapely.Polygon]) -> Measured | None:
    """Covered ground: as drawn, or all that stands above ground seen from above, whichever is more."""
    seen = [level.footprint for level in block.levels if not level.is_basement]
    together = shapely.union_all(above) if above else None
    drawn = block.covered if block.covered is not None and block.covered.is_complete else None
    if together is None or (drawn is not None and drawn.area >= float(together.area)):
        if drawn is None:
            return None
        outlines = drawn.outlines
        return measured(
            drawn.area,
            Unit.SQUARE_METRE,
            steps=(f"covered area of building {block.number}: {drawn.area:.2f} m², as drawn",),
            sources=tuple(told(each.source) for each in outlines),
            places=tuple(
                Place(what="covered area", shape=each.shape, handles=each.source.handles) for each in outlines
            ),
        )
    if len(seen) == 1:
        return of_outline(seen[0], f"covered area of building {block.number}, its footprint")
    return measured(
        float(together.area),
        Unit.SQUARE_METRE,
        steps=(
            f"covered area of building {block.number}: {together.area:.2f} m², all levels seen from above",
        ),
        sources=tuple(told(each.source) for each in seen),
        places=(
            Place(
                what="covered area",
                shape=together,
                handles=tuple(handle for each in seen for handle in each.source.handles),
            ),
        ),
    )
