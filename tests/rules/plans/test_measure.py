"""What is drawn in the convention is measured, and what is only written is declared."""

import subprocess
import sys
from pathlib import Path

import pytest
from ezdxf.document import Drawing as Document
from ezdxf.layouts import Modelspace

from rules.plans.drawing import Drawing, Yard
from rules.plans.measure import measure
from rules.plans.names import Profile
from rules.plans.problems import Fault
from rules.plans.roles import Role, Work
from tests.rules.plans.builders import BESIDE, HOUSE, PLOT, YARDS, a_drawing, dimension, moved, outline, words

ROOT = Path(__file__).resolve().parents[3]


def faults(drawing: Drawing) -> list[Fault]:
    return [each.fault for each in drawing.problems]


def yard(drawing: Drawing, role: Role) -> Yard:
    return next(each for each in drawing.blocks[0].levels[0].yards if each.role is role)


def test_a_clean_house_has_no_problem_and_all_its_measures() -> None:
    drawing = measure(a_drawing())
    assert drawing.problems == ()
    assert drawing.plot
    assert drawing.plot.area.measured
    assert drawing.plot.area.measured.value == 500.0
    assert [side.length for side in drawing.plot.sides] == [20, 25, 20, 25]
    block = drawing.blocks[0]
    assert [(floor.number, floor.areas[0].occupancy, floor.areas[0].area) for floor in block.floors] == [
        (0, "A1", 120.0),
        (1, "A1", 120.0),
    ]
    assert block.covered
    assert block.covered.area == 120.0
    assert block.height.measured
    assert block.height.measured.value == 6.5


def test_every_wall_has_its_distance_to_every_side_of_the_plot() -> None:
    level = measure(a_drawing()).blocks[0].levels[0]
    table = {(each.start_number, each.end_number): each.metres for each in level.wall_distances}
    assert len(table) == 16
    # The bottom wall is wall 1, the bottom side of the plot side 1.
    assert (table[1, 1], table[2, 2], table[3, 3], table[4, 4]) == (4, 5, 9, 5)
    assert table[1, 3] == 21


@pytest.mark.parametrize(
    ("role", "depth"),
    [(Role.FRONT_YARD, 4), (Role.REAR_YARD, 9), (Role.SIDE_YARD_1, 5), (Role.SIDE_YARD_2, 5)],
)
def test_a_straight_yard_has_one_depth_in_every_figure(role: Role, depth: float) -> None:
    there = yard(measure(a_drawing()), role)
    assert there.average
    assert (there.least, there.mean_of_nearest, there.average.average) == pytest.approx((depth,) * 3)


def test_a_stepped_wall_is_averaged_over_the_walls_that_face_the_boundary() -> None:
    house = ((5, 4), (10, 4), (10, 6), (15, 6), (15, 16), (5, 16))
    front = ((5, 4), (5, 0), (15, 0), (15, 6), (10, 6), (10, 4))
    there = yard(measure(a_drawing(footprint=house, yards={"FRONT_YARD": front})), Role.FRONT_YARD)
    assert there.average
    assert (there.average.length, there.average.average) == pytest.approx((10.0, 5.0))
    assert there.least == pytest.approx(4.0)


def test_a_yard_that_reaches_round_the_corner_has_candidates_instead_of_an_average() -> None:
    front = ((5, 4), (0, 4), (0, 0), (20, 0), (20, 4), (15, 4))
    there = yard(measure(a_drawing(yards={"FRONT_YARD": front})), Role.FRONT_YARD)
    assert there.average is None
    assert {(each.basis, round(each.average, 3)) for each in there.candidates} >= {
        ("walls that face the boundary", 8.0),
        ("extent of the yard", 4.0),
    }


def test_a_curved_wall_has_candidates_instead_of_an_average() -> None:
    house = ((5, 4, 0.5), (15, 4), (15, 16), (5, 16))
    front = ((5, 4, 0.5), (15, 4), (15, 0), (5, 0))
    drawing = measure(a_drawing(footprint=house, yards={"FRONT_YARD": front}))
    there = yard(drawing, Role.FRONT_YARD)
    assert there.average is None
    assert len(there.candidates) >= 3
    assert drawing.blocks[0].levels[0].walls[0].is_curved
    assert len(drawing.blocks[0].levels[0].walls) == 4


def test_a_yard_that_does_not_touch_its_lines_is_named() -> None:
    loose = ((5, 3.98), (5, 0), (15, 0), (15, 4))
    assert faults(measure(a_drawing(yards={"FRONT_YARD": loose}))) == [Fault.OFF_THE_LINE]
    snapped = ((5, 3.995), (5, 0), (15, 0), (15, 4))
    assert faults(measure(a_drawing(yards={"FRONT_YARD": snapped}))) == []


def test_the_text_of_a_dimension_is_never_believed() -> None:
    def edited(_document: object, space: object) -> None:
        dimension(space, "BLK_1_HT_OF_BLDG", (-20, 0), (-20, 9.9), text="9.6")

    drawing = measure(a_drawing(height=None, also=edited))
    assert drawing.blocks[0].height.measured
    assert drawing.blocks[0].height.measured.value == pytest.approx(9.9)
    (problem,) = drawing.problems
    assert problem.fault is Fault.EDITED_TEXT
    assert problem.layer == "BLK_1_HT_OF_BLDG"
    assert "9.6" in problem.message
    assert "9.900" in problem.message


def test_a_linear_dimension_measures_along_its_direction_only() -> None:
    def slanting(_document: object, space: object) -> None:
        dimension(space, "BLK_1_HT_OF_BLDG", (-20, 0, 101), (-17, 7.2, 0), angle=90)

    drawing = measure(a_drawing(height=None, also=slanting))
    assert drawing.blocks[0].height.measured
    assert drawing.blocks[0].height.measured.value == pytest.approx(7.2)


def test_two_heights_are_named_and_the_greater_stands() -> None:
    def another(_document: object, space: object) -> None:
        dimension(space, "BLK_1_HT_OF_BLDG", (-25, 0), (-25, 7.5))

    drawing = measure(a_drawing(also=another))
    assert faults(drawing) == [Fault.AMBIGUOUS]
    assert drawing.blocks[0].height.measured
    assert drawing.blocks[0].height.measured.value == pytest.approx(7.5)


def test_deductions_and_typical_floors() -> None:
    def more(_document: object, space: object) -> None:
        outline(
            space,
            "BLK_1_FLR_1_BLT_UP_AREA_DEDUCT",
            moved(((6, 5), (8, 5), (8, 8), (6, 8)), 2 * BESIDE),
            colour=25,
        )
        words(space, "BLK_1_FLR_1_BLT_UP_AREA", "TYPICAL_FLOOR_PLAN=1,2,3")

    floors = measure(a_drawing(also=more)).blocks[0].floors
    assert [(each.number, each.copy_of, each.areas[0].area) for each in floors] == [
        (0, None, 120.0),
        (1, None, 114.0),
        (2, 1, 114.0),
        (3, 1, 114.0),
    ]
    assert floors[2].copied_by
    assert floors[2].copied_by.text == "1,2,3"


def typical(layer: str, text: str) -> Drawing:
    def more(_document: object, space: object) -> None:
        words(space, layer, f"TYPICAL_FLOOR_PLAN={text}", at=(90, 8))

    return measure(a_drawing(height=15, also=more))


@pytest.mark.parametrize(
    ("layer", "text", "floors", "fault"),
    [
        ("BLK_1_FLR_1_BLT_UP_AREA", "1,2,3", 4, None),
        ("BLK_1_FLR_1_BLT_UP_AREA", "1 TO 3", 2, Fault.NOT_READ),
        ("PLAN_INFO", "1,2,3", 2, Fault.NOT_READ),
        ("BLK_1_FLR_2_BLT_UP_AREA", "1,2,3", 2, Fault.NOT_READ),
        ("BLK_1_TYP_FLR", "1,2,3", 2, Fault.NOT_READ),
    ],
)
def test_typical_floors_are_repeated_or_it_is_said_that_they_are_not(
    layer: str, text: str, floors: int, fault: Fault | None
) -> None:
    drawing = typical(layer, text)
    assert len(drawing.blocks[0].floors) == floors
    told = [each for each in drawing.problems if "TYPICAL_FLOOR_PLAN" in each.message]
    assert [(each.fault, each.layer) for each in told] == ([(fault, layer)] if fault else [])
    assert all(each.handles for each in told)


def test_a_deduction_outside_its_area_is_named_and_takes_nothing_off() -> None:
    def outside(_document: object, space: object) -> None:
        outline(
            space,
            "BLK_1_FLR_0_BLT_UP_AREA_DEDUCT",
            ((100, 100), (102, 100), (102, 102), (100, 102)),
            colour=25,
        )

    drawing = measure(a_drawing(also=outside))
    area = drawing.blocks[0].floors[0].areas[0]
    assert (area.area, area.difference) == (120.0, 116.0)
    assert faults(drawing) == [Fault.DEDUCTION]


def test_existing_work_is_kept_apart_from_proposed() -> None:
    def existing(_document: object, space: object) -> None:
        outline(space, "BLK_1_FLR_0_BLT_UP_AREA_EXISTING", ((100, 0), (104, 0), (104, 5), (100, 5)), colour=8)

    areas = measure(a_drawing(also=existing)).blocks[0].floors[0].areas
    assert [(each.work, each.occupancy, each.area) for each in areas] == [
        (Work.PROPOSED, "A1", 120.0),
        (Work.EXISTING, "F", 20.0),
    ]


def test_a_colour_without_occupancy_is_named() -> None:
    drawing = measure(a_drawing(colour=256))
    assert faults(drawing) == [Fault.COLOUR, Fault.COLOUR]
    assert drawing.blocks[0].floors[0].areas[0].occupancy is None


def test_a_well_has_its_distance_from_every_side_and_from_the_house() -> None:
    def well(_document: object, space: object) -> None:
        space.add_circle((10, 20), 0.75, dxfattribs={"layer": "WELL", "color": 2})  # type: ignore[attr-defined]
        outline(space, "WASTE_DISPOSAL", ((2, 20), (3, 20), (3, 21), (2, 21)), colour=2)

    drawing = measure(a_drawing(also=well))
    (found,) = drawing.things_of(Role.WELL)
    assert found.meaning == "proposed"
    distances = {(each.end.layer, each.end_number): each.metres for each in found.distances}
    assert distances["PLOT_BOUNDARY", 1] == pytest.approx(19.25, abs=0.001)
    assert distances["BLK_1_LVL_0_BLDG_FOOT_PRINT", None] == pytest.approx(3.25, abs=0.001)
    assert distances["WASTE_DISPOSAL", None] == pytest.approx(6.25, abs=0.001)


def test_a_turned_parking_bay_has_its_length_and_breadth() -> None:
    def bay(_document: object, space: object) -> None:
        outline(space, "PARKING_SLOT", ((1, 1), (5.4, 4.3), (3.78, 6.46), (-0.62, 3.16)))

    (found,) = measure(a_drawing(also=bay)).things_of(Role.PARKING_SLOT)
    assert (found.length, found.breadth) == pytest.approx((5.5, 2.7))


def test_a_road_that_narrows_has_its_least_breadth() -> None:
    def road(_document: object, space: object) -> None:
        outline(space, "NOTIFIED_ROAD", ((-10, 0), (30, 0), (30, -6), (-10, -8)), colour=1)

    (found,) = measure(a_drawing(also=road)).things_of(Role.ROAD_NOTIFIED)
    assert found.least_breadth == pytest.approx(6.2, abs=0.05)


def test_a_declared_area_that_differs_is_a_problem_within_its_last_place() -> None:
    assert faults(measure(a_drawing(info="PLOT_AREA_M2=500"))) == []
    assert faults(measure(a_drawing(info="PLOT_AREA_M2=500.4"))) == [Fault.DIFFERENCE]
    # 500 written without decimals may stand for 500.4.
    wider = ((0, 0), (20.016, 0), (20.016, 25), (0, 25))
    assert faults(measure(a_drawing(plot=wider, yards={}, info="PLOT_AREA_M2 = 500"))) == []


def test_footprints_outside_the_plot_and_blocks_that_overlap_are_named() -> None:
    def another(_document: object, space: object) -> None:
        outline(space, "BLK_2_LVL_0_BLDG_FOOT_PRINT", ((14, 10), (22, 10), (22, 14), (14, 14)))
        dimension(space, "BLK_2_HT_OF_BLDG", (-30, 0), (-30, 3))

    drawing = measure(a_drawing(also=another))
    assert sorted(faults(drawing)) == [Fault.OUTSIDE_PLOT, Fault.OVERLAP]
    assert {each.layer for each in drawing.problems} == {
        "BLK_1_LVL_0_BLDG_FOOT_PRINT",
        "BLK_2_LVL_0_BLDG_FOOT_PRINT",
    }


def test_without_a_plot_the_rest_is_measured() -> None:
    drawing = measure(a_drawing(plot=None))
    assert Fault.NO_PLOT in faults(drawing)
    assert drawing.plot is None
    assert drawing.blocks[0].floors[0].areas[0].area == 120.0


def test_the_same_bytes_give_the_same_words_in_every_process(tmp_path: Path) -> None:
    path = tmp_path / "plan.dxf"
    path.write_bytes(a_drawing(yards=YARDS, plot=PLOT, footprint=HOUSE))
    script = (
        "import sys, pathlib; from rules.plans.measure import measure; "
        "sys.stdout.write(repr(measure(pathlib.Path(sys.argv[1]).read_bytes())))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", script, str(path)],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "77")
    ]
    assert said[0] == said[1]
    assert "Drawing(" in said[0]
    assert measure(path.read_bytes()) == measure(path.read_bytes())
    assert measure(path.read_bytes()).profile is Profile.KERALA


def test_of_very_many_buildings_a_well_is_measured_to_the_nearest() -> None:
    def shops(_document: Document, space: Modelspace) -> None:
        for number in range(2, 63):
            west = 100.0 + 6.0 * number
            outline(
                space, f"BLK_{number}_LVL_0_BLDG_FOOT_PRINT", moved(((0, 0), (4, 0), (4, 4), (0, 4)), west)
            )
        outline(space, "WELL", moved(((0, 6), (1, 6), (1, 7), (0, 7)), 100.0 + 6.0 * 62))

    (well,) = measure(a_drawing(also=shops)).things_of(Role.WELL)
    nearest = min(
        (each for each in well.distances if "FOOT_PRINT" in each.end.layer), key=lambda each: each.metres
    )
    assert (nearest.end.layer, nearest.metres) == ("BLK_62_LVL_0_BLDG_FOOT_PRINT", 2.0)
