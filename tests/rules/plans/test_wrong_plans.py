"""A plan that contradicts itself is told so, by layer and handle, and never passes in silence."""

import time
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from ezdxf.document import Drawing as Document
from ezdxf.layouts import Modelspace

from rules.checking import PlanCheck, check
from rules.findings import Outcome
from rules.plan_findings import SOUND, on_parcel
from rules.plans.drawing import Drawing
from rules.plans.layered import MOST_OUTLINES
from rules.plans.measure import measure
from rules.plans.names import Profile, is_misspelt
from rules.plans.problems import MOST_EQUAL, Fault, Problem, Problems
from rules.plans.things import MOST_WATERS
from rules.plans.units import METRES, units_of
from rules.reading import library
from rules.report import Verdict
from tests.rules.plan_builders import a_plan, a_site
from tests.rules.plans.builders import (
    HOUSE,
    PLOT,
    a_document,
    a_small_house,
    as_bytes,
    dimension,
    outline,
    words,
)

DAY = date(2026, 1, 1)
SHED = ((16, 20), (19, 20), (19, 23), (16, 23))


def judged(content: bytes, roads: list[dict[str, object]] | None = None) -> PlanCheck:
    """The plan on a plot of 20 m by 25 m with one street in the south."""
    return check(content, a_site({"roads": roads or [{}]}), library(), on=DAY)


def soundness(asked: PlanCheck) -> set[Outcome]:
    """Whether the drawing was found whole."""
    return {each.outcome for each in asked.report.findings if each.rule == SOUND}


def reasons(asked: PlanCheck) -> str:
    """All that the findings say for reason."""
    return " ".join(each.reason or "" for each in asked.report.findings)


def of(drawing: Drawing, fault: Fault) -> list[Problem]:
    """The problems of one kind."""
    return [each for each in drawing.problems if each.fault is fault]


def a_house(entrance: tuple[float, float] | None = (10, 4), *, height: float = 6.9, **floors: Any) -> bytes:
    """A small house; floors are layers with corners, by name."""
    document, space = a_document()
    outline(space, "PLOT", PLOT)
    for name, corners in (floors or {"FLOOR_0": HOUSE, "FLOOR_1": HOUSE}).items():
        outline(space, name, corners, colour=25)
    dimension(space, "HEIGHT", (32, 0), (32, height))
    words(space, "PLAN_INFO", "TURN_DEGREES=0", at=(-5, -5))
    if entrance:
        space.add_point(entrance, dxfattribs={"layer": "ENTRANCE"})
    return as_bytes(document)


@pytest.mark.parametrize(
    ("entrance", "said"),
    [
        ((10, 4), None),
        ((10, 3.51), None),
        ((10, 3.49), "0.510 m from the nearest wall"),
        ((10, -80), "84.000 m from the nearest wall"),
        ((10, 10), "5.000 m from the nearest wall"),
        ((5, 4), "walls that face different ways"),
        ((5.02, 4), None),
    ],
)
def test_an_entrance_is_believed_on_a_wall_of_the_ground_floor_only(
    entrance: tuple[float, float], said: str | None
) -> None:
    asked = judged(a_house(entrance))
    found = of(asked.drawing, Fault.ENTRANCE)
    if said is None:
        assert found == []
        assert asked.proposal.front.sides == (1,)
        return
    (problem,) = found
    assert said in problem.message
    assert problem.layer == "ENTRANCE"
    assert len(problem.handles) == 1
    assert not asked.proposal.front.is_known
    assert said in asked.proposal.front.basis
    assert asked.proposal.front.candidates == ((1,),)
    assert soundness(asked) == {Outcome.UNKNOWN}


def test_the_front_is_the_side_that_the_wall_of_the_entrance_faces_though_another_is_nearer() -> None:
    # The door lies in the south wall, 1 m from the side in the west and 4 m from the side in the south.
    plan = a_plan({"entrances": [[1.0, 4]], "buildings": [{"footprint": [0.5, 4, 15, 16]}]})
    assert plan.front.sides == (1,)
    assert a_plan({"entrances": [[0.5, 5]], "buildings": [{"footprint": [0.5, 4, 15, 16]}]}).front.sides == (
        4,
    )


def test_an_entrance_of_a_building_that_is_not_drawn_tells_no_front() -> None:
    def also(_: Document, space: Modelspace) -> None:
        space.add_point((10, 4), dxfattribs={"layer": "BUILDING_2_ENTRANCE"})

    asked = judged(a_small_house(also=also))
    (problem,) = of(asked.drawing, Fault.ENTRANCE)
    assert "building 2" in problem.message
    assert not asked.proposal.front.is_known


@pytest.mark.parametrize(
    "layer", ["FLOOR_O", "floor_o", "FLOOR 1", "BUILDING2_FLOOR_0", "PLOT_1", "WELLS", "SEPTICTANK"]
)
def test_a_misspelt_layer_with_an_outline_is_named_and_the_plan_is_not_sound(layer: str) -> None:
    def also(_: Document, space: Modelspace) -> None:
        outline(space, layer, ((5, 4), (15.9, 4), (15.9, 22.9), (5, 22.9)))

    asked = judged(a_small_house(also=also))
    (problem,) = of(asked.drawing, Fault.UNKNOWN_LAYER)
    assert problem.layer == layer
    assert problem.handles
    assert "206.01 m²" in problem.message
    assert soundness(asked) == {Outcome.UNKNOWN}


def test_a_misspelt_layer_without_area_is_named_and_harmless() -> None:
    def also(_: Document, space: Modelspace) -> None:
        space.add_line((0, 0), (3, 3), dxfattribs={"layer": "FLOOR_O"})

    asked = judged(a_small_house(also=also))
    assert [each.layer for each in of(asked.drawing, Fault.UNKNOWN_LAYER)] == ["FLOOR_O"]
    assert soundness(asked) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("layer", "is_one"), [("FLOOR_O", True), ("FLOOR_0", False), ("TREES", False), ("0", False)]
)
def test_only_names_that_begin_like_ours_are_taken_for_misspelt(layer: str, is_one: bool) -> None:
    assert is_misspelt(layer, Profile.SMALL_HOUSE) is is_one


def test_two_bodies_of_one_building_are_a_problem_and_their_findings_have_names_of_their_own() -> None:
    def also(_: Document, space: Modelspace) -> None:
        outline(space, "FLOOR_0", SHED)

    asked = judged(a_small_house(also=also))
    (problem,) = of(asked.drawing, Fault.BODIES)
    assert "BUILDING_2_FLOOR_0" in problem.remedy
    assert len(problem.handles) == 2
    assert soundness(asked) == {Outcome.UNKNOWN}
    assert asked.report.verdict is not Verdict.PASS
    names = [each.title for each in asked.proposal.yards]
    assert len(names) == len(set(names))
    yards = Counter((each.rule, each.subject) for each in asked.report.findings if "body" in each.subject)
    assert yards
    assert set(yards.values()) == {1}


@pytest.mark.parametrize(
    "floors",
    [
        {
            "FLOOR_0": ((5, 4), (10, 4), (10, 16), (5, 16)),
            "FLOOR_0_EXISTING": ((10, 4), (15, 4), (15, 16), (10, 16)),
        },
        {
            "FLOOR_0": ((5, 4), (8, 4), (8, 16), (5, 16)),
            "FLOOR_0_EXISTING": ((12, 4), (15, 4), (15, 16), (12, 16)),
            "FLOOR_1": HOUSE,
        },
    ],
)
def test_outlines_that_touch_or_that_a_floor_above_joins_are_one_body(floors: dict[str, Any]) -> None:
    assert of(measure(a_house((6, 4), **floors)), Fault.BODIES) == []


@pytest.mark.parametrize(("height", "is_told"), [(4.0, False), (3.99, True)])
def test_a_height_that_cannot_hold_its_floors_is_told_with_both_numbers(height: float, is_told: bool) -> None:
    asked = judged(a_house(height=height))
    found = of(asked.drawing, Fault.LOW_STOREYS)
    assert bool(found) is is_told
    assert soundness(asked) == {Outcome.UNKNOWN if is_told else Outcome.PASS}
    for each in found:
        assert "3.990 m high and has 2 floors" in each.message
        assert "1.995 m each" in each.message
        assert "not of the law" in each.message
        assert each.handles


@pytest.mark.parametrize(
    ("floors", "missing"),
    [
        (("FLOOR_0", "FLOOR_1", "FLOOR_2"), []),
        (("FLOOR_0", "FLOOR_2"), ["floor 1"]),
        (("FLOOR_1",), ["floor 0"]),
        (("FLOOR_0", "FLOOR_-1"), []),
        (("FLOOR_0", "FLOOR_-2"), ["floor -1"]),
    ],
)
def test_a_floor_with_none_below_is_told(floors: tuple[str, ...], missing: list[str]) -> None:
    asked = judged(a_house(height=12, **dict.fromkeys(floors, HOUSE)))
    found = of(asked.drawing, Fault.NO_FLOOR_BELOW)
    assert len(found) == len(missing)
    assert all(f"not {name} " in each.message for name, each in zip(missing, found, strict=True))
    assert all(each.handles and each.layer for each in found)
    if missing:
        assert soundness(asked) == {Outcome.UNKNOWN}


@pytest.mark.parametrize(
    ("name", "said"),
    [("millimetre", "millimetres"), ("centimetre", "centimetres"), ("inch", "inches"), ("foot", "feet")],
)
def test_units_are_written_as_people_write_them(name: str, said: str) -> None:
    for code in (6, {"inch": 1, "foot": 2, "millimetre": 4, "centimetre": 5}[name]):
        problems = Problems()
        units_of(code, 500.0 / METRES[name] ** 2, [], 500.0, problems)
        (problem,) = problems.listed()
        assert f"in {said}" in problem.message


@pytest.mark.parametrize("number", [MOST_EQUAL, MOST_EQUAL + 1, 5_000])
def test_equal_problems_of_one_layer_are_folded_into_one_that_counts_them(number: int) -> None:
    problems = Problems()
    for i in range(number):
        problems.add(Fault.OPEN, f"Open by {i} mm.", "Close it.", layer="FLOOR_0", handles=[f"{i:05}"])
    problems.add(Fault.OPEN, "Open.", "Close it.", layer="FLOOR_1", handles=["A"])
    problems.add(Fault.OVERLAP, "Overlap.", "Move it.", layer="FLOOR_0", handles=["B"])
    found = problems.listed()
    ground = [each for each in found if each.layer == "FLOOR_0" and each.fault is Fault.OPEN]
    assert [each.handles for each in ground[:MOST_EQUAL]] == [(f"{i:05}",) for i in range(MOST_EQUAL)]
    assert [each.layer for each in found[len(ground) :]] == ["FLOOR_1", "FLOOR_0"]
    if number == MOST_EQUAL:
        assert len(ground) == MOST_EQUAL
        return
    assert len(ground) == MOST_EQUAL + 1
    assert f"{number - MOST_EQUAL:,} more of this kind" in ground[-1].message
    assert ground[-1].handles[0] == f"{MOST_EQUAL:05}"


@pytest.mark.parametrize(
    ("layer", "number", "kept", "is_told"),
    [
        ("WELL", MOST_WATERS, MOST_WATERS, False),
        ("WELL", MOST_WATERS + 1, MOST_WATERS, True),
        ("PARKING", MOST_OUTLINES, MOST_OUTLINES, False),
        ("PARKING", MOST_OUTLINES + 1, MOST_OUTLINES, True),
        ("WELL", 20_000, MOST_WATERS, True),
    ],
)
def test_a_layer_holds_no_more_than_a_plan_has(layer: str, number: int, kept: int, is_told: bool) -> None:
    def also(_: Document, space: Modelspace) -> None:
        for i in range(number):
            at = (1 + i % 100 * 0.1, 1 + i // 100 * 0.1)
            space.add_circle(at, 0.04, dxfattribs={"layer": layer})

    content = a_small_house(also=also)
    start = time.process_time()
    asked = judged(content)
    assert time.process_time() - start < 40
    assert len(asked.drawing.things) == kept
    assert bool(of(asked.drawing, Fault.TOO_MANY)) is is_told
    assert soundness(asked) == {Outcome.UNKNOWN if is_told else Outcome.PASS}


def test_a_block_that_contains_itself_is_named() -> None:
    def also(document: Document, space: Modelspace) -> None:
        block = document.blocks.new("WELLS")
        block.add_circle((2, 20), 0.5, dxfattribs={"layer": "WELL"})
        block.add_blockref("wells", (0.1, 0.1))
        space.add_blockref("WELLS", (0, 0))

    drawing = measure(a_small_house(also=also))
    (problem,) = of(drawing, Fault.NESTED)
    assert "contains itself" in problem.message
    assert "wells" in problem.message.lower()
    assert problem.handles
    assert len(drawing.things) == 1


def test_words_are_right_for_one_tank_and_for_a_floor_without_a_use() -> None:
    def also(_: Document, space: Modelspace) -> None:
        space.add_circle((2, 20), 0.8, dxfattribs={"layer": "SEPTIC_TANK"})

    said = reasons(judged(a_small_house(also=also)))
    assert "1 tank or pit is drawn." in said
    assert "“”" not in said
    without = [
        each.reason or ""
        for each in judged(a_small_house(use="USE=")).report.findings
        if each.rule == "occupancy_groups"
    ]
    assert without
    assert all("“”" not in each for each in without)


def test_no_percentage_is_a_negative_nothing() -> None:
    asked = judged(a_house())
    laid = asked.proposal.placement
    assert laid is not None
    less = replace(laid, percent=-0.001)
    said = on_parcel(replace(asked.proposal, placement=less), asked.site).reason
    assert said is not None
    assert "(+0.00 %)" in said
