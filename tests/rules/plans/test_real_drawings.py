"""The public drawings beside the checkout are read, and measure what their manifest says."""

import csv
import re
from functools import cache
from pathlib import Path

import pytest

from gis.errors import Invalid
from rules.plans.drawing import Drawing, Yard
from rules.plans.measure import measure
from rules.plans.names import Profile
from rules.plans.problems import Fault
from rules.plans.roles import Role

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "plans"
MANIFEST = SHARED / "manifest.csv"
pytestmark = pytest.mark.skipif(not MANIFEST.is_file(), reason="the drawings are not beside this checkout")
DRAWINGS = sorted(SHARED.rglob("*.dxf")) if SHARED.is_dir() else []


@cache
def drawn(name: str) -> Drawing:
    return measure((SHARED / "kerala" / f"{name}.dxf").read_bytes())


def expected(name: str) -> str:
    with MANIFEST.open(encoding="utf-8", newline="") as lines:
        return next(row[-1] for row in csv.reader(lines) if row[0] == f"kerala/{name}.dxf")


def number(words: str, pattern: str) -> float:
    found = re.search(pattern + r" ([0-9.]+)", words)
    assert found, (pattern, words)
    return float(found[1].rstrip("."))


def yard(drawing: Drawing, role: Role) -> Yard:
    return next(each for each in drawing.blocks[0].levels[0].yards if each.role is role)


def total_area(drawing: Drawing) -> float:
    return sum(area.area for block in drawing.blocks for floor in block.floors for area in floor.areas)


MEASURED = ["house-on-lane-202m2", "apartments-17m", "flats-three-storeys", "shop-on-small-plot"]
DECLARED_GROUND = {"flats-three-storeys"}
"""Where the manifest divides by the declared area of the plot: its 61.8 % are of 263 m²."""


@pytest.mark.parametrize("name", MEASURED)
def test_plot_height_coverage_and_floor_space_are_those_of_the_manifest(name: str) -> None:
    words, drawing = expected(name), drawn(name)
    assert drawing.profile is Profile.KERALA
    assert drawing.units.is_certain
    assert drawing.plot
    area = drawing.plot.area
    assert area.measured
    assert area.declared
    assert area.measured.value == pytest.approx(number(words, "drawn"), abs=0.001)
    assert area.declared.number == pytest.approx(number(words, "declared"))
    height = drawing.blocks[0].height.measured
    assert height
    assert height.value == pytest.approx(number(words, "height"), abs=0.001)
    ground = area.declared.number if name in DECLARED_GROUND else area.measured.value
    assert ground
    assert total_area(drawing) / ground == pytest.approx(number(words, "FSI"), abs=0.0006)
    if "coverage" in words:
        covered = drawing.blocks[0].covered
        assert covered
        assert 100 * covered.area / ground == pytest.approx(number(words, "coverage"), abs=0.0051)


@pytest.mark.parametrize(
    ("name", "role", "least", "mean"),
    [
        ("house-on-lane-202m2", Role.FRONT_YARD, 3.248, 4.126),
        ("house-on-lane-202m2", Role.REAR_YARD, 2.659, 3.312),
        ("house-on-lane-202m2", Role.SIDE_YARD_1, 1.000, 1.000),
        ("house-on-lane-202m2", Role.SIDE_YARD_2, 1.204, 1.357),
        ("apartments-17m", Role.FRONT_YARD, 5.183, 8.145),
        ("apartments-17m", Role.REAR_YARD, 2.5, 6.311),
        ("apartments-17m", Role.SIDE_YARD_1, 2.5, None),
        ("apartments-17m", Role.SIDE_YARD_2, 5.0, None),
        ("flats-three-storeys", Role.FRONT_YARD, 2.809, 4.269),
        ("flats-three-storeys", Role.REAR_YARD, 2.002, 2.219),
        ("flats-three-storeys", Role.SIDE_YARD_1, 1.195, None),
        ("flats-three-storeys", Role.SIDE_YARD_2, 1.006, None),
        ("shop-on-small-plot", Role.FRONT_YARD, 2.0, 2.001),
        ("shop-on-small-plot", Role.REAR_YARD, 0.5, 0.5),
        ("shop-on-small-plot", Role.SIDE_YARD_1, 0.494, None),
        ("shop-on-small-plot", Role.SIDE_YARD_2, 0.6, None),
    ],
)
def test_yards_agree_with_the_manifest_within_a_millimetre(
    name: str, role: Role, least: float, mean: float | None
) -> None:
    there = yard(drawn(name), role)
    assert there.least == pytest.approx(least, abs=0.001)
    if mean is not None:
        assert there.mean_of_nearest == pytest.approx(mean, abs=0.001)


def test_a_straight_side_yard_has_the_law_s_average_with_its_length() -> None:
    there = yard(drawn("house-on-lane-202m2"), Role.SIDE_YARD_1)
    assert there.average
    assert (there.average.length, there.average.average) == pytest.approx((8.1, 1.0), abs=0.001)


def test_the_curved_front_of_the_apartments_has_candidates_and_no_average() -> None:
    there = yard(drawn("apartments-17m"), Role.FRONT_YARD)
    assert there.average is None
    assert len(there.candidates) > 2
    assert there.mean_of_nearest
    # The trap of the scrutiny program: area over a width drawn in the wrong colour gave 66 m.
    assert max(each.average for each in there.candidates) < 20


def test_stray_heights_of_dimension_points_do_not_lengthen_them() -> None:
    lengths = drawn("flats-three-storeys").lengths_of(Role.ROAD_CENTRE_DISTANCE)
    assert [round(each.metres, 3) for each in lengths] == [8.060]


def test_edited_texts_of_the_mezzanine_are_named_by_handle() -> None:
    drawing = drawn("mezzanine")
    edited = {
        handle for each in drawing.problems if each.fault is Fault.EDITED_TEXT for handle in each.handles
    }
    assert {"37F", "381", "382"} <= edited
    heights = {each.source.handles[0]: each.metres for each in drawing.lengths}
    assert heights["37F"] == pytest.approx(2.4, abs=0.001)


def test_the_area_is_shown_measured_and_declared_and_the_difference_is_a_problem() -> None:
    drawing = drawn("flats-three-storeys")
    (difference,) = [each for each in drawing.problems if each.fault is Fault.DIFFERENCE]
    assert difference.layer == "PLAN_INFO"
    assert "263.00" in difference.message
    assert "306.482" in difference.message


def test_pictures_that_are_only_referred_to_are_named() -> None:
    outside = [each.handles for each in drawn("vehicle-ramp").problems if each.fault is Fault.EXTERNAL]
    assert outside == [("7E5",), ("7E8",), ("87D",)]


def test_the_template_of_layers_has_no_certain_unit() -> None:
    drawing = drawn("layer-template")
    assert not drawing.units.is_certain
    assert any(each.fault is Fault.UNITS for each in drawing.problems)


def test_what_ezdxf_cannot_read_is_left_out_by_layer_and_handle_and_the_rest_is_read() -> None:
    drawing = measure((SHARED / "generic" / "blocks.dxf").read_bytes())
    left_out = [each for each in drawing.problems if each.fault is Fault.NOT_READ]
    assert "3AC" in {handle for each in left_out for handle in each.handles}
    assert {each.layer for each in left_out} >= {"FG-Border", "FG-Note"}
    assert drawing.reading.blocks > 300


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_every_drawing_is_read_and_says_what_it_could_not_measure(path: Path) -> None:
    drawing = measure(path.read_bytes())
    assert drawing.plot or drawing.problems
    assert all(each.message and each.remedy for each in drawing.problems)


@pytest.mark.parametrize("path", sorted(SHARED.rglob("*.ifc")), ids=lambda path: path.stem)
def test_a_building_model_is_not_taken_for_a_drawing(path: Path) -> None:
    with pytest.raises(Invalid, match="IFC"):
        measure(path.read_bytes())


@pytest.mark.parametrize(
    ("name", "treads", "risers"),
    [("mezzanine", [0.299, 0.300], 9), ("vehicle-ramp", [0.302] * 4, 10)],
)
def test_lines_across_the_flights_of_real_stairs_are_their_steps(
    name: str, treads: list[float], risers: int
) -> None:
    steps = [each.steps for each in drawn(name).things_of(Role.STAIR_FLIGHT)]
    assert [round(each.least_tread[0], 3) for each in steps if each] == treads
    assert {each.risers for each in steps if each} == {(risers, risers)}
