"""A building model is measured from its bodies; what its property sets say stays declared."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gis.errors import Invalid
from rules.plans.drawing import Drawing
from rules.plans.files import is_step, measured_file
from rules.plans.measure import measure
from rules.plans.names import Profile
from rules.plans.problems import Fault
from rules.plans.roles import Role
from tests.rules.plans.builders import HOUSE, a_drawing
from tests.rules.plans.ifc_builders import Model, a_house_model, box, ground_on

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared" / "plans" / "ifc"


def faults(drawing: Drawing) -> list[Fault]:
    return [each.fault for each in drawing.problems]


def areas(drawing: Drawing) -> list[tuple[int, float]]:
    return [
        (floor.number, round(area.area, 3))
        for block in drawing.blocks
        for floor in block.floors
        for area in floor.areas
    ]


def height(drawing: Drawing) -> float | None:
    measured = drawing.blocks[0].height.measured
    return None if measured is None else round(measured.value, 3)


def house(also: Callable[[Model], None] | None = None, **sizes: Any) -> Drawing:
    return measured_file(a_house_model(also=also, **sizes))


def named(model: Model, name: str) -> Any:
    return next(each for each in model.file.by_type("IfcRoot") if each.Name == name)


def test_a_box_of_a_house_has_no_problem_and_all_its_measures() -> None:
    drawing = house()
    assert drawing.problems == ()
    assert (drawing.profile, drawing.reading.version) == (Profile.IFC, "IFC4")
    assert drawing.plot
    assert drawing.plot.area.measured
    assert drawing.plot.area.measured.value == 500.0
    assert [side.length for side in drawing.plot.sides] == [20, 25, 20, 25]
    block = drawing.blocks[0]
    assert [(level.number, level.footprint.area) for level in block.levels] == [(0, 120.0), (1, 120.0)]
    assert areas(drawing) == [(0, 120.0), (1, 120.0)]
    assert height(drawing) == 6.75
    assert [floor.level.value for floor in block.floors if floor.level] == pytest.approx([0.45, 3.45])
    assert [round(each.metres, 3) for each in drawing.lengths_of(Role.PLINTH_HEIGHT)] == [0.45]


def test_the_walls_of_a_model_have_the_distances_of_the_same_house_drawn() -> None:
    modelled, drawn = house().blocks[0].levels[0], measure(a_drawing()).blocks[0].levels[0]
    assert {(each.start_number, each.end_number): each.metres for each in modelled.wall_distances} == {
        (each.start_number, each.end_number): each.metres for each in drawn.wall_distances
    }
    assert {wall.source.layer for wall in modelled.walls} == {"IfcWall"}
    assert len({wall.source.handles for wall in modelled.walls}) == 4


@pytest.mark.parametrize(
    ("schema", "unit"),
    [
        ("IFC4", "millimetre"),
        ("IFC4", "foot"),
        ("IFC2X3", "metre"),
        ("IFC2X3", "millimetre"),
        ("IFC4X3", "metre"),
    ],
)
def test_units_and_schemas_make_no_difference(schema: str, unit: str) -> None:
    drawing = house(schema=schema, unit=unit)
    assert drawing.problems == ()
    assert drawing.units.is_certain
    assert areas(drawing) == [(0, 120.0), (1, 120.0)]
    assert height(drawing) == 6.75
    distances = [each.metres for each in drawing.blocks[0].levels[0].wall_distances]
    assert min(distances) == pytest.approx(4.0, abs=1e-5)


def test_a_turned_and_shifted_site_keeps_every_measure() -> None:
    there, here = house(turned=37.0, at=(431_000.0, 1_105_000.0, 84.0)), house()
    assert areas(there) == areas(here)
    assert height(there) == height(here)
    assert there.plot
    assert there.plot.outline.area == pytest.approx(500.0, abs=1e-3)
    assert sorted(each.metres for each in there.blocks[0].levels[0].wall_distances) == pytest.approx(
        sorted(each.metres for each in here.blocks[0].levels[0].wall_distances), abs=1e-5
    )


def test_without_a_unit_the_measures_are_not_certain() -> None:
    drawing = house(unit=None)
    assert Fault.UNITS in faults(drawing)
    assert not drawing.units.is_certain


def test_a_house_drawn_in_millimetres_and_called_metres_is_in_doubt() -> None:
    big = tuple((x * 1000, y * 1000) for x, y in HOUSE)
    plot = box(0, 0, 20_000, 25_000)
    drawing = house(house=big, plot=plot, levels=(450.0, 3450.0), top=6750.0)
    assert not drawing.units.is_certain
    assert "500,000,000.00 m²" in next(each.message for each in drawing.problems if each.fault is Fault.UNITS)


def test_an_opening_in_a_slab_is_taken_off_the_floor_area_and_named() -> None:
    def shaft(model: Model) -> None:
        model.cut(named(model, "floor 3.45"), box(10, 6, 11, 7.5), 3, 4)

    drawing = house(shaft)
    assert areas(drawing) == [(0, 120.0), (1, 118.5)]
    (hole,) = drawing.blocks[0].floors[1].areas[0].deductions
    assert hole.source.layer == "IfcOpeningElement"
    assert drawing.blocks[0].levels[1].footprint.area == 120.0


def test_a_stair_stands_on_the_floor_that_its_opening_is_cut_from() -> None:
    def stair(model: Model) -> None:
        model.cut(named(model, "floor 3.45"), box(6, 6, 8, 9), 3, 4)
        model.part("IfcStair", box(6.1, 6.1, 7.9, 8.9), 0.45, 3.45, on=model.storey(0.45))

    drawing = house(stair)
    assert areas(drawing) == [(0, 120.0), (1, 120.0)]
    (thing,) = drawing.things_of(Role.STAIR)
    assert (thing.floor, thing.index, round(thing.length, 3), round(thing.breadth, 3)) == (0, (1,), 2.8, 1.8)


def test_ground_in_the_house_that_is_open_to_the_sky_is_no_floor() -> None:
    def courtyard(model: Model) -> None:
        for name in ("floor 0.45", "floor 3.45", "roof"):
            model.cut(named(model, name), box(8, 8, 11, 10), -1, 8)

    drawing = house(courtyard)
    assert [level.footprint.area for level in drawing.blocks[0].levels] == [114.0, 114.0]
    assert areas(drawing) == [(0, 114.0), (1, 114.0)]
    assert [round(each.breadth, 3) for each in drawing.things_of(Role.COURTYARD_INNER)] == [2.0, 2.0]


def test_a_storey_mostly_below_the_ground_is_a_basement() -> None:
    drawing = house(levels=(-2.55, 0.45, 3.45))
    assert areas(drawing) == [(-1, 120.0), (0, 120.0), (1, 120.0)]
    assert [(level.number, level.is_basement) for level in drawing.blocks[0].levels] == [
        (0, False),
        (1, False),
        (-1, True),
    ]
    assert height(drawing) == 6.75


@pytest.mark.parametrize(("level", "number"), [(-1.51, -1), (-1.49, 0)])
def test_half_of_its_height_below_the_ground_makes_a_basement(level: float, number: int) -> None:
    # Each storey is 3 m high: it is a basement where more than 1.5 m of it lie below the ground.
    floors = house(levels=(level, level + 3.0), top=level + 6.0).blocks[0].floors
    assert floors[0].number == number


def test_height_is_taken_from_the_average_of_lowest_and_highest_ground() -> None:
    # The ground falls 0.10 m per metre from the bottom of the plot: 1.0 m at y=4 to -0.2 m at y=16.
    drawing = house(ground=(1.4, 1.4, -1.1, -1.1))
    assert height(drawing) == pytest.approx(6.75 - 0.4)
    assert round(drawing.lengths_of(Role.PLINTH_HEIGHT)[0].metres, 3) == 0.65


def test_without_modelled_ground_the_height_is_only_declared() -> None:
    drawing = house(ground=None)
    said = drawing.blocks[0].height.declared
    assert drawing.blocks[0].height.measured is None
    assert said
    assert said.number == pytest.approx(6.75)
    assert faults(drawing) == [Fault.MISSING]
    assert "ground" in drawing.problems[0].message
    assert all(floor.level is None for floor in drawing.blocks[0].floors)


def test_the_level_that_a_building_tells_for_its_terrain_is_the_told_ground() -> None:
    def told(model: Model) -> None:
        model.building.ElevationOfRefHeight, model.building.ElevationOfTerrain = 50.0, 49.5

    said = house(told, ground=None).blocks[0].height.declared
    assert said
    assert said.number == pytest.approx(7.25)


def gable(model: Model) -> None:
    """Eaves at 6.3 m, half a metre outside the walls; ridge at 9.3 m."""
    roof = model.part("IfcRoof", HOUSE, 6, 7, on=model.storey(3.45))
    left, right, bottom, top = 4.5, 15.5, 3.5, 16.5
    points = [
        (left, bottom, 6.3),
        (right, bottom, 6.3),
        (right, top, 6.3),
        (left, top, 6.3),
        (left, 10.0, 9.3),
        (right, 10.0, 9.3),
    ]
    model.solid(roof, points, [(0, 1, 5, 4), (2, 3, 4, 5)])


def test_a_sloping_roof_counts_to_the_middle_between_eaves_and_ridge() -> None:
    drawing = house(gable, top=None)
    assert height(drawing) == 7.8
    assert "eaves and ridge" in drawing.blocks[0].heights[0].how


def test_eaves_are_an_overhang_and_no_footprint() -> None:
    drawing = house(gable, top=None)
    assert [level.footprint.area for level in drawing.blocks[0].levels] == [120.0, 120.0]
    assert sum(each.outline.area for each in drawing.things_of(Role.OVERHANG)) == pytest.approx(
        23.0, abs=0.01
    )


def test_parapets_are_left_out_of_the_height_and_make_no_storey() -> None:
    def parapet(model: Model) -> None:
        model.walls(HOUSE, 6.75, 7.95, on=model.storey(6.75))

    drawing = house(parapet)
    assert height(drawing) == 6.75
    assert len(drawing.blocks[0].floors) == 2


def test_an_open_terrace_with_a_cabin_is_a_storey_of_the_cabin_alone() -> None:
    def cabin(model: Model) -> None:
        terrace = model.storey(6.75)
        named(model, "roof").PredefinedType = "FLOOR"
        model.walls(box(6, 6, 9, 10), 6.75, 9.0, on=terrace)
        model.part("IfcSlab", box(6, 6, 9, 10), 9.0, 9.15, on=terrace, PredefinedType="ROOF")

    drawing = house(cabin)
    assert areas(drawing) == [(0, 120.0), (1, 120.0), (2, 12.0)]
    assert height(drawing) == 9.15


def test_a_roof_that_is_not_modelled_gives_no_height() -> None:
    drawing = house(top=None)
    assert height(drawing) is None
    assert drawing.blocks[0].height.declared is None
    assert areas(drawing) == [(0, 120.0), (1, 120.0)]
    assert {Fault.MISSING} == set(faults(drawing))


def test_a_balcony_is_part_of_its_storey_and_a_terrace_on_the_ground_is_not() -> None:
    def slabs(model: Model) -> None:
        model.part("IfcSlab", box(5, 2.5, 15, 4), 3.3, 3.45, on=model.storey(3.45), PredefinedType="FLOOR")
        model.part("IfcSlab", box(5, 16, 15, 18), 0.3, 0.45, on=model.storey(0.45), PredefinedType="FLOOR")

    drawing = house(slabs)
    assert areas(drawing) == [(0, 120.0), (1, 135.0)]


def test_walls_apart_from_every_floor_are_no_building() -> None:
    def compound(model: Model) -> None:
        model.part("IfcWall", box(0, 0, 20, 0.2), 0, 2.4, on=model.storey(0.45))

    drawing = house(compound)
    assert areas(drawing)[0] == (0, 120.0)
    assert len(drawing.blocks[0].levels) == 2
    assert "apart" in drawing.problems[0].message


def test_a_storey_without_a_slab_is_measured_along_its_walls_and_named() -> None:
    def lost(model: Model) -> None:
        model.file.remove(named(model, "floor 3.45"))

    drawing = house(lost)
    assert areas(drawing) == [(0, 120.0), (1, 120.0)]
    assert "has no floor slab" in drawing.problems[0].message


def test_a_use_is_read_where_it_is_called_one() -> None:
    def rooms(model: Model) -> None:
        inner = box(5.2, 4.2, 14.8, 15.8)
        for level, name, use in ((0.45, "A1", "F"), (3.45, "B1", None)):
            space = model.part("IfcSpace", inner, level, level + 2.8, on=model.storey(level), Name=name)
            space.ObjectType = use

    floors = house(rooms).blocks[0].floors
    # The second room is only called B1, as the first one is called A1: a name is no use.
    assert [[use.text for use in floor.uses] for floor in floors] == [["F"], []]
    assert [area.occupancy for floor in floors for area in floor.areas] == [None, None]


def test_two_uses_on_a_storey_divide_it_by_their_spaces_and_nothing_is_lost() -> None:
    def rooms(model: Model) -> None:
        for corners, use in ((box(5, 4, 15, 8), "USE=F"), (box(5, 8, 15, 15), "USE = A1")):
            model.part("IfcSpace", corners, 0.45, 3.3, on=model.storey(0.45), LongName=use)

    drawing = house(rooms)
    ground = drawing.blocks[0].floors[0]
    assert [(area.occupancy, round(area.area, 3)) for area in ground.areas] == [
        ("A1", 70),
        ("F", 40),
        (None, 10),
    ]
    assert Fault.COLOUR in faults(drawing)


def test_areas_in_property_sets_are_declared_and_a_difference_is_a_problem() -> None:
    def said(model: Model) -> None:
        space = model.part("IfcSpace", box(6, 6, 10, 10), 0.45, 3.3, on=model.storey(0.45))
        model.say(space, "Qto_SpaceBaseQuantities", GrossFloorArea=17.0)
        model.say(model.site, "Qto_SiteBaseQuantities", GrossArea=620.0)

    drawing = house(said)
    assert faults(drawing) == [Fault.DIFFERENCE, Fault.DIFFERENCE]
    assert drawing.plot
    assert drawing.plot.area.declared
    assert (drawing.plot.area.declared.number, drawing.plot.outline.area) == (620.0, 500.0)
    assert any("17.00 m² and measures 16.00" in each.message for each in drawing.problems)


def test_what_agrees_within_half_a_percent_is_no_difference() -> None:
    def said(model: Model) -> None:
        space = model.part("IfcSpace", box(6, 6, 10, 10), 0.45, 3.3, on=model.storey(0.45))
        model.say(space, "Qto_SpaceBaseQuantities", GrossFloorArea=16.09)

    assert faults(house(said)) == []


def test_words_of_the_plan_information_and_north_are_declared() -> None:
    def said(model: Model) -> None:
        model.say(model.building, "PLAN_INFO", CRZ="no", ROAD_WIDTH="6.0")
        model.context.TrueNorth = model.file.create_entity("IfcDirection", DirectionRatios=(0.5, 0.8660254))

    drawing = house(said)
    assert drawing.word("CRZ")
    assert drawing.word("CRZ").text == "NO"  # type: ignore[union-attr]
    turn = drawing.word("TURN_DEGREES")
    assert turn
    assert turn.number == pytest.approx(30.0, abs=1e-4)


def test_a_door_is_the_main_entrance_only_where_it_is_called_that() -> None:
    def doors(model: Model) -> None:
        for left, name in ((7, "back door"), (9, "Main entrance")):
            model.part("IfcDoor", box(left, 4, left + 1, 4.2), 0.45, 2.55, on=model.storey(0.45), Name=name)

    (entrance,) = house(doors).entrances
    assert (round(entrance.place.x, 3), round(entrance.place.y, 3)) == (9.5, 4.1)


def test_without_an_outline_of_the_plot_the_rest_is_measured() -> None:
    drawing = house(plot=None, ground=None)
    assert drawing.plot is None
    assert Fault.NO_PLOT in faults(drawing)
    assert areas(drawing) == [(0, 120.0), (1, 120.0)]


def test_without_a_footprint_the_plot_is_the_body_of_the_site() -> None:
    drawing = house(lambda model: ground_on(model, box(0, 0, 18, 25), (0, 0, 0, 0)), plot=None)
    assert drawing.plot
    assert drawing.plot.area.measured
    assert (drawing.plot.outline.area, "seen from above" in drawing.plot.area.measured.how) == (450.0, True)


def test_a_plot_may_be_drawn_as_an_annotation() -> None:
    def drawn(model: Model) -> None:
        note = model.make("IfcAnnotation", Name="Plot")
        note.ObjectPlacement = model.site.ObjectPlacement
        model.draw(note, box(0, 0, 19, 25), name="Annotation")

    drawing = house(drawn, plot=None, ground=None)
    assert drawing.plot
    assert drawing.plot.outline.area == 475.0


@pytest.mark.parametrize(("gap", "fault"), [(0.0009, Fault.CLOSED_GAP), (0.0021, Fault.OPEN)])
def test_a_plot_is_closed_up_to_a_millimetre(gap: float, fault: Fault) -> None:
    def gapped(model: Model) -> None:
        corners = ((0, 0), (20, 0), (20, 25), (0, 25), (0, gap))
        model.draw(model.site, corners, close=False)

    drawing = house(gapped, plot=None, ground=None)
    assert fault in faults(drawing)
    assert bool(drawing.plot) is (fault is Fault.CLOSED_GAP)


def test_two_buildings_are_two_blocks() -> None:
    def second(model: Model) -> None:
        model.add_building()
        storey = model.storey(0.3)
        shed = box(1, 19, 4, 23)
        model.part("IfcSlab", shed, 0.15, 0.3, on=storey, PredefinedType="FLOOR")
        model.walls(shed, 0.3, 2.7, on=storey)
        model.part("IfcSlab", shed, 2.7, 2.8, on=storey, PredefinedType="ROOF")

    drawing = house(second)
    assert drawing.problems == ()
    assert [(block.number, len(block.floors)) for block in drawing.blocks] == [(1, 2), (2, 1)]
    assert drawing.blocks[1].levels[0].footprint.area == 12.0
    measured = drawing.blocks[1].height.measured
    assert measured
    assert measured.value == pytest.approx(2.8)


def test_a_house_over_the_boundary_is_named() -> None:
    drawing = house(house=box(12, 4, 22, 16))
    assert Fault.OUTSIDE_PLOT in faults(drawing)


def test_the_kind_of_file_is_told_by_its_bytes() -> None:
    drawing, model = a_drawing(), a_house_model()
    assert (is_step(drawing), is_step(model)) == (False, True)
    assert measured_file(drawing).profile is Profile.KERALA
    assert measured_file(model).profile is Profile.IFC
    with pytest.raises(Invalid, match="an IFC or STEP model, not a DXF drawing"):
        measure(model)


def test_a_drawing_does_not_load_what_reads_models() -> None:
    script = (
        "import sys; from rules.checking import check; from rules.plans.files import measured_file; "
        "from tests.rules.plans.builders import a_drawing; measured_file(a_drawing()); "
        "sys.exit('ifcopenshell' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


def test_the_same_bytes_give_the_same_words_in_every_process(tmp_path: Path) -> None:
    path = tmp_path / "plan.ifc"
    path.write_bytes(a_house_model(also=gable, top=None))
    script = (
        "import sys, pathlib; from rules.plans.files import measured_file; "
        "sys.stdout.write(repr(measured_file(pathlib.Path(sys.argv[1]).read_bytes())))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", script, str(path)],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        for seed in ("1", "77")
    ]
    assert said[0].stdout == said[1].stdout
    assert "Drawing(" in said[0].stdout
    assert said[0].stderr == ""


@pytest.mark.skipif(not SHARED.is_dir(), reason="the models are not beside this checkout")
@pytest.mark.parametrize(
    ("name", "floors", "levels", "told_height"),
    [
        # Outer faces of the outer walls, read off their placements by hand: 8.2 m by 20.2 m twice, 8.2 m by 8.2 m, 4.0 m by 0.2 m.
        ("LargeBuilding", [(0, 2 * 8.2 * 20.2), (1, 8.2 * 20.2)], [0, 0, 1], None),
        ("TallBuilding", [(n, 8.2 * 8.2) for n in range(4)], [0, 1, 2, 3], 16.4),
        ("SimpleWall", [(0, 4.0 * 0.2)], [0], None),
    ],
)
def test_the_public_models_measure_what_their_walls_do(
    name: str, floors: list[tuple[int, float]], levels: list[int], told_height: float | None
) -> None:
    drawing = measured_file((SHARED / f"{name}.ifc").read_bytes())
    assert [number for number, _ in areas(drawing)] == [number for number, _ in floors]
    assert [area for _, area in areas(drawing)] == pytest.approx([area for _, area in floors], abs=0.001)
    block = drawing.blocks[0]
    assert [level.number for level in block.levels] == levels
    said = block.height.declared.number if block.height.declared else None
    assert said == (pytest.approx(told_height, abs=0.001) if told_height else None)
    # None of them models a plot or its ground, so nothing of that is measured.
    assert drawing.plot is None
    assert block.height.measured is None
    assert set(faults(drawing)) == {Fault.NO_PLOT, Fault.MISSING}
    assert all(each.remedy and (each.handles or each.fault is Fault.UNITS) for each in drawing.problems)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the models are not beside this checkout")
def test_a_wall_that_encloses_nothing_is_no_whole_floor() -> None:
    drawing = measured_file((SHARED / "SimpleWall.ifc").read_bytes())
    assert [floor.is_complete for floor in drawing.blocks[0].floors] == [False]
