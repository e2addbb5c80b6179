"""A building model measured: bytes of an IFC file in, the same frozen `Drawing` out as for a DXF, with every problem named by GlobalId.

In: the bytes of one file.  Out: measures in metres and square metres in the model's own position, taken from bodies; what stands in property sets is only
declared. Raises `Invalid` or `TooLarge` only where nothing at all can be read (see `ifc_reader`, `ifc_bodies`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from rules.plans.areas import note_typical
from rules.plans.consistency import note_differences, note_places
from rules.plans.drawing import Block, Drawing, Entrance, Figure, Length, Measured, Plot, Reading, Thing
from rules.plans.edges import edges_of
from rules.plans.ifc_bodies import Body, Workshop, source_of
from rules.plans.ifc_floors import floors_of, levels_of, numbered
from rules.plans.ifc_heights import height_of, told_ground
from rules.plans.ifc_links import all_of
from rules.plans.ifc_parts import Building, buildings_in, level_of
from rules.plans.ifc_reader import read_model
from rules.plans.ifc_rooms import room_heights
from rules.plans.ifc_site import Drawn, ground_along, plot_of, terrain_of
from rules.plans.ifc_storeys import standing
from rules.plans.ifc_things import entrances_of, plinth_of, stairs_of, things_of
from rules.plans.ifc_types import without_wrong_links
from rules.plans.ifc_units import area_unit, believed, units_of
from rules.plans.ifc_words import HEIGHTS, PLOT_AREA, areas_of, plan_words, quantity
from rules.plans.names import Profile
from rules.plans.problems import Fault, Problems
from rules.progress import MEASURING, Watch, nobody


@dataclass(frozen=True, kw_only=True)
class _Built:
    """What one building of a model gives to the drawing."""

    block: Block
    things: tuple[Thing, ...]
    lengths: tuple[Length, ...]
    entrances: tuple[Entrance, ...]
    areas: tuple[Figure, ...]


def measure_ifc(content: bytes, *, watch: Watch = nobody) -> Drawing:
    """The plan in an IFC file, measured; the same bytes give the same value."""
    problems = Problems()
    model = read_model(content, problems)
    workshop = Workshop(problems, has_gaps=without_wrong_links(model, problems))
    units = units_of(model, problems)
    terrain = terrain_of(model, workshop)
    plot = _plot(model, plot_of(model, workshop, terrain, problems))
    buildings = buildings_in(model, workshop, units.metres_per_unit)
    built: list[_Built] = []
    for building in buildings:
        watch(MEASURING, len(built), len(buildings))
        built.append(_built(building, model, plot, terrain, workshop, units.metres_per_unit, problems))
    blocks = tuple(each.block for each in built)
    lengths = tuple(length for each in built for length in each.lengths)
    note_places(plot, blocks, problems)
    note_differences(plot, blocks, lengths, problems)
    declared = plan_words(model)
    note_typical((), declared, (), problems)
    return Drawing(
        profile=Profile.IFC,
        reading=Reading(
            version=str(model.schema),
            was_recovered=any(each.fault is Fault.DAMAGED for each in problems.listed()),
            entities=len(all_of(model, "IfcProduct")),
            blocks=len(all_of(model, "IfcBuildingStorey")),
            pieces=workshop.parts,
        ),
        units=believed(units, plot, blocks, problems),
        plot=plot,
        blocks=blocks,
        things=tuple(thing for each in built for thing in each.things),
        lengths=lengths,
        entrances=tuple(entrance for each in built for entrance in each.entrances),
        declared=declared,
        figures=tuple(area for each in built for area in each.areas),
        problems=problems.listed(),
    )


def _plot(model: Any, drawn: Drawn | None) -> Plot | None:
    """The plot with its sides, and what a property set says of its area."""
    if drawn is None:
        return None
    outline = drawn.outline
    said = next(
        (
            found
            for site in all_of(model, "IfcSite")
            if (found := quantity(site, PLOT_AREA, area_unit(model))) is not None
        ),
        None,
    )
    area = Measured(value=outline.area, how=drawn.how, source=outline.source)
    return Plot(outline=outline, sides=edges_of(outline), area=Figure(measured=area, declared=said))


def _built(
    building: Building,
    model: Any,
    plot: Plot | None,
    terrain: Sequence[Body],
    workshop: Workshop,
    metres: float,
    problems: Problems,
) -> _Built:
    site = next(iter(all_of(model, "IfcSite")), None)
    level = told_ground(building, level_of(site, metres) if site is not None else None, metres)
    storeys = standing(building, min((body.low for body in terrain), default=level), problems)
    if not storeys:
        _note_nothing(building, problems)
    whole = shapely.union_all([piece for each in storeys for piece in each.pieces])
    ground = ground_along(whole, terrain)
    floors = numbered(storeys, ground.lowest if ground else level)
    height, heights = height_of(building, storeys, ground, level, problems)
    if workshop.has_gaps:
        height, heights = Figure(), ()
    said = quantity(building.entity, HEIGHTS, metres)
    stairs = stairs_of(building, floors)
    block = Block(
        number=building.number,
        levels=levels_of(building.number, floors, plot),
        covered=None,
        floors=floors_of(building, floors, ground, problems, is_whole=not workshop.has_gaps),
        height=Figure(measured=height.measured, declared=said if height.measured else height.declared),
        heights=heights,
    )
    return _Built(
        block=block,
        things=(*(thing for stair in stairs for thing in stair.things), *things_of(building, floors)),
        lengths=(
            *plinth_of(building, floors, ground),
            *(length for stair in stairs for length in stair.lengths),
            *room_heights(building, floors, problems),
        ),
        entrances=entrances_of(building, floors, workshop),
        areas=areas_of(building.spaces, area_unit(model), problems),
    )


def _note_nothing(building: Building, problems: Problems) -> None:
    why = "has no storeys" if not building.storeys else "has no floor with walls or a roof on any storey"
    problems.add(
        Fault.NO_OUTLINE,
        f"Building {building.number} of the model {why}; nothing of it could be measured.",
        "File slabs and walls under IfcBuildingStorey, with the level of each storey.",
        layer=building.source.layer,
        handles=source_of(building.entity).handles,
    )
