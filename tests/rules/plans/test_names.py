"""Layers mean what the tables of the convention say, in every spelling that was seen."""

import csv
import re
from pathlib import Path

import pytest

from rules.plans.colours import COLOUR_MEANINGS, OCCUPANCY_COLOURS
from rules.plans.layers import KERALA, SMALL_HOUSE
from rules.plans.measure import measure
from rules.plans.names import Profile, meaning, profile_of
from rules.plans.problems import Fault
from rules.plans.roles import Role, Work
from tests.rules.plans.builders import a_small_house, outline

FACTS = Path(__file__).resolve().parents[3].parent / "shared" / "facts" / "edcr"
beside = pytest.mark.skipif(
    not FACTS.is_dir(), reason="the tables of the convention are not beside this checkout"
)


@pytest.mark.parametrize(
    ("layer", "role", "block", "floor", "level", "index"),
    [
        ("BLK_1_FLR_-1_BLT_UP_AREA", Role.BUILT_UP, 1, -1, None, ()),
        ("BLK_2_LVL_0_SIDE_SETBACK1", Role.SIDE_YARD_1, 2, None, 0, ()),
        ("BLK_2_LVL_1_SIDE_YARD_2", Role.SIDE_YARD_2, 2, None, 1, ()),
        ("B_1_HT_OF_BLDG", Role.HEIGHT, 1, None, None, ()),
        (" blk_1_flr_0_stair_2_flight_3 ", Role.STAIR_FLIGHT, 1, 0, None, (2, 3)),
        ("BLK_1_COVERGAE_DEDUCT", Role.COVERED_AREA_DEDUCTION, 1, None, None, ()),
        ("DIST_BETWEEN_BLK_1_BLK_12", Role.BLOCK_DISTANCE, None, None, None, (1, 12)),
    ],
)
def test_a_layer_says_what_lies_on_it(
    layer: str, role: Role, block: int | None, floor: int | None, level: int | None, index: tuple[int, ...]
) -> None:
    name = meaning(layer, Profile.KERALA)
    assert name
    assert (name.role, name.block, name.floor, name.level, name.index) == (role, block, floor, level, index)


@pytest.mark.parametrize(
    ("layer", "role", "work"),
    [
        ("BLK_1_FLR_0_BLT_UP_AREA_EXISTING", Role.BUILT_UP, Work.EXISTING),
        ("BLK_1_FLR_0_BLT_UP_AREA_TBR", Role.BUILT_UP, Work.TO_BE_REGULARISED),
        ("BLK_1_FLR_0_BLT_UP_AREA_DEDUCT_EXISTING", Role.BUILT_UP_DEDUCTION, Work.EXISTING),
    ],
)
def test_existing_work_and_deductions_are_told_from_the_end_of_the_name(
    layer: str, role: Role, work: Work
) -> None:
    name = meaning(layer, Profile.KERALA)
    assert name
    assert (name.role, name.work) == (role, work)


@pytest.mark.parametrize("layer", ["A-WALL", "BLK_1_FLR_0_BUILTUP", "XPLOT_BOUNDARY", "PLOT_BOUNDARY_2", ""])
def test_other_layers_say_nothing(layer: str) -> None:
    assert meaning(layer, Profile.KERALA) is None


def test_the_profile_is_told_by_the_layers_and_the_convention_comes_first() -> None:
    assert profile_of(frozenset({"0", "PLOT_BOUNDARY"})) is Profile.KERALA
    assert profile_of(frozenset({"Plot", "FLOOR_0"})) is Profile.SMALL_HOUSE
    assert profile_of(frozenset({"PLOT", "BLK_1_LVL_0_BLDG_FOOT_PRINT"})) is Profile.KERALA
    assert profile_of(frozenset({"0", "WALLS", "WELL"})) is None


def test_no_name_has_two_roles() -> None:
    for table in (KERALA, SMALL_HOUSE):
        names = [name for entry in table for name in entry.names]
        assert len(names) == len(set(names))


@beside
def test_occupancy_colours_are_those_of_the_table() -> None:
    with (FACTS / "occupancy_colours.tsv").open(encoding="utf-8") as lines:
        table = {int(row["colour"]): row["code"] for row in csv.DictReader(lines, delimiter="\t")}
    assert table == OCCUPANCY_COLOURS


@beside
def test_colours_of_distances_are_those_of_the_table() -> None:
    with (FACTS / "subfeature_colours.tsv").open(encoding="utf-8") as lines:
        table = {
            int(row["colour"])
            for row in csv.DictReader(lines, delimiter="\t")
            if row["feature"] == "Distance"
        }
    assert set(COLOUR_MEANINGS[Role.WELL_DISTANCE]) == table


@beside
def test_every_name_of_ours_is_in_the_tables_or_was_seen() -> None:
    known = (FACTS / "layer_table.tsv").read_text() + (FACTS / "observed_layers.csv").read_text()
    known += (FACTS.parent / "edcr.md").read_text()
    words = set(re.findall(r"[A-Z]{3,}", known))
    unknown = {
        word
        for entry in KERALA
        for name in entry.names
        for word in re.findall(r"[A-Z]{3,}", re.sub(r"\{\w+\}", "", name))
        if word not in words
    }
    assert unknown == set()


@beside
def test_the_layers_a_check_rests_on_were_all_recognised_where_they_were_seen() -> None:
    with (FACTS / "observed_layers.csv").open(encoding="utf-8") as lines:
        seen = [row["layer_pattern"] for row in csv.DictReader(lines)]
    shapes = re.compile(
        r"(BLK_n_(FLR_k|LVL_m|BSMNT)_.*(AREA|YARD\w?|SETBACK\w?|PRINT|UNITFA)|.*PARKING(_SLOT)?|.*ROAD)$"
    )
    left_out = {"BUA TOTAL", "PARKING_PLAN"}
    missed = []
    for pattern in seen:
        layer = re.sub(r"_[nkmi](?=_|$)", "_1", pattern)
        if shapes.match(pattern) and pattern not in left_out and meaning(layer, Profile.KERALA) is None:
            missed.append(pattern)
    assert missed == []


def test_a_small_house_is_measured_floor_by_floor_in_its_place() -> None:
    upper = ((5, 6), (15, 6), (15, 16), (5, 16))
    drawing = measure(a_small_house(floors=(((5, 4), (15, 4), (15, 16), (5, 16)), upper)))
    assert drawing.profile is Profile.SMALL_HOUSE
    assert drawing.problems == ()
    (block,) = drawing.blocks
    assert [(level.number, level.footprint.area) for level in block.levels] == [(0, 120.0), (1, 100.0)]
    front = [
        next(each.metres for each in level.wall_distances if (each.start_number, each.end_number) == (1, 1))
        for level in block.levels
    ]
    assert front == [4.0, 6.0]
    assert [floor.level.value for floor in block.floors if floor.level] == pytest.approx([0.45, 3.45])
    assert [floor.uses[0].text for floor in block.floors] == ["A1", "A1"]
    assert [(each.place.x, each.place.y) for each in drawing.entrances] == [(10.0, 4.0)]


def test_a_small_house_that_leaves_its_plot_is_named() -> None:
    drawing = measure(a_small_house(floors=(((5, -1), (15, -1), (15, 16), (5, 16)),), levels=(0.45,)))
    assert [each.fault for each in drawing.problems] == [Fault.ENTRANCE, Fault.OUTSIDE_PLOT]
    assert "10.000 m²" in drawing.problems[1].message


def test_two_buildings_on_one_plot_are_told_by_number() -> None:
    def outhouse(_document: object, space: object) -> None:
        outline(space, "BUILDING_2_FLOOR_0", ((1, 20), (4, 20), (4, 23), (1, 23)))

    drawing = measure(a_small_house(also=outhouse))
    assert [block.number for block in drawing.blocks] == [1, 2]
    assert drawing.blocks[1].levels[0].footprint.area == 9.0
