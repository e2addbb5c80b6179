"""A bad drawing gets a message with layer, handle and remedy, and the rest of the plan is still measured."""

import random
import time
import tracemalloc
from pathlib import Path

import ezdxf
import pytest
from ezdxf.document import Drawing as Document
from ezdxf.layouts import Modelspace
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gis.errors import Invalid, TooLarge
from rules.plans import reader
from rules.plans.drawing import Drawing
from rules.plans.measure import measure
from rules.plans.pieces import DEEPEST
from rules.plans.problems import Fault, Problem
from rules.plans.roles import Role
from tests.rules.plans.builders import (
    HOUSE,
    INFO,
    PLOT,
    a_document,
    a_drawing,
    as_bytes,
    dimension,
    outline,
    words,
)

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "plans"
WELL = ((10, 20), (12, 20), (12, 22), (10, 22))


def only(drawing: Drawing) -> Problem:
    (problem,) = drawing.problems
    assert problem.remedy
    return problem


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"AC1027\x00\x00\x00" + b"\x05" * 500, "DWG"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"PK\x03\x04" + b"\x00" * 100, "ZIP"),
        (b"\x00\x01\x02" * 4000, "no sections"),
        (b"Dear Sir, please find attached", "no sections"),
        (b"AutoCAD Binary DXF\r\n\x1a\x00" + b"\xff" * 300, "binary DXF cannot be read"),
    ],
)
def test_what_is_no_drawing_is_refused_with_what_it_is_and_what_to_send(content: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refusal:
        measure(content)
    assert "export it again" in refusal.value.message or "send that file" in refusal.value.message


def test_a_file_of_200_mb_is_refused_at_once() -> None:
    content = bytes(200 * 1024 * 1024)
    start = time.perf_counter()
    with pytest.raises(TooLarge, match="200 MB; at most 64 MB"):
        measure(content)
    assert time.perf_counter() - start < 1.0


def test_limits_on_size_lines_and_entities_hold_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    content = a_drawing()
    entities = len(reader.ENTITY.findall(content))
    for name, enough in (
        ("MOST_BYTES", len(content)),
        ("MOST_LINES", content.count(b"\n")),
        ("MOST_ENTITIES", entities),
    ):
        with monkeypatch.context() as limit:
            limit.setattr(reader, name, enough)
            reader.refuse_what_is_no_drawing(content)
            limit.setattr(reader, name, enough - 1)
            with pytest.raises(TooLarge):
                reader.refuse_what_is_no_drawing(content)


def test_a_binary_drawing_measures_as_its_text_twin(tmp_path: Path) -> None:
    document = ezdxf.new("R2010", units=6)
    outline(document.modelspace(), "PLOT_BOUNDARY", PLOT)
    outline(document.modelspace(), "BLK_1_LVL_0_BLDG_FOOT_PRINT", HOUSE)
    document.saveas(tmp_path / "plan.dxf", fmt="bin")
    binary = measure((tmp_path / "plan.dxf").read_bytes())
    assert binary.plot == measure(as_bytes(document)).plot
    assert binary.plot


@pytest.mark.parametrize(("gap", "fault"), [(0.0009, Fault.CLOSED_GAP), (0.0011, Fault.OPEN)])
def test_gaps_are_closed_up_to_a_millimetre(gap: float, fault: Fault) -> None:
    def gapped(_document: Document, space: Modelspace) -> None:
        outline(space, "WELL", [*WELL, (10, 20 + gap)], close=False)

    drawing = measure(a_drawing(also=gapped))
    problem = only(drawing)
    assert (problem.fault, problem.layer) == (fault, "WELL")
    assert len(problem.handles) == 1
    assert bool(drawing.things_of(Role.WELL)) is (fault is Fault.CLOSED_GAP)


def test_an_area_with_an_open_outline_is_not_complete() -> None:
    def opened(_document: Document, space: Modelspace) -> None:
        outline(space, "BLK_1_FLR_0_BLT_UP_AREA", ((100, 0), (110, 0), (110, 5)), close=False, colour=25)

    floors = measure(a_drawing(also=opened)).blocks[0].floors
    assert [floor.is_complete for floor in floors] == [False, True]


def test_a_plot_of_separate_lines_is_joined_and_named() -> None:
    def lines(_document: Document, space: Modelspace) -> None:
        for start, end in zip(PLOT, (*PLOT[1:], PLOT[0]), strict=True):
            space.add_line(start, end, dxfattribs={"layer": "PLOT_BOUNDARY"})

    drawing = measure(a_drawing(plot=None, also=lines))
    problem = only(drawing)
    assert (problem.fault, len(problem.handles)) == (Fault.JOINED, 4)
    assert drawing.plot
    assert drawing.plot.outline.area == 500.0
    assert len(drawing.plot.sides) == 4


def test_an_outline_that_crosses_itself_is_named_with_the_place() -> None:
    def bow(_document: Document, space: Modelspace) -> None:
        outline(space, "WELL", ((10, 20), (12, 22), (12, 20), (10, 22)))

    problem = only(measure(a_drawing(also=bow)))
    assert problem.fault is Fault.SELF_CROSSING
    assert "11 21" in problem.message


def test_a_doubled_outline_counts_once() -> None:
    def twice(_document: Document, space: Modelspace) -> None:
        outline(
            space, "BLK_1_FLR_0_BLT_UP_AREA", [(x + 40, y) for x, y in (*HOUSE[2:], *HOUSE[:2])], colour=25
        )

    drawing = measure(a_drawing(also=twice))
    problem = only(drawing)
    assert (problem.fault, len(problem.handles)) == (Fault.DUPLICATE, 2)
    assert drawing.blocks[0].floors[0].areas[0].area == 120.0


def test_text_where_the_plot_belongs_is_named() -> None:
    def text(_document: Document, space: Modelspace) -> None:
        words(space, "PLOT_BOUNDARY", "PLOT 20 x 25")

    faults = {each.fault: each for each in measure(a_drawing(plot=None, also=text)).problems}
    assert faults[Fault.TEXT_FOR_OUTLINE].layer == "PLOT_BOUNDARY"
    assert faults[Fault.TEXT_FOR_OUTLINE].handles
    assert Fault.NO_PLOT in faults


def test_bulges_and_splines_are_followed_within_a_millimetre() -> None:
    def round_things(_document: Document, space: Modelspace) -> None:
        outline(space, "WELL", ((10, 20, 1.0), (12, 20, 1.0)))
        space.add_circle((16, 20), 1.0, dxfattribs={"layer": "SEPTIC_TANK"})
        space.add_ellipse((16, 10), major_axis=(2, 0), ratio=0.5, dxfattribs={"layer": "SEPTIC_TANK"})
        spline = space.add_spline(dxfattribs={"layer": "SEPTIC_TANK"})
        spline.set_closed([(0, 10, 0), (2, 10, 0), (2, 12, 0), (0, 12, 0)])

    drawing = measure(a_drawing(also=round_things))
    areas = [each.outline.area for each in drawing.things_of(Role.WELL, Role.SEPTIC_TANK)]
    assert areas[:3] == pytest.approx([3.14159, 3.14159, 6.28319], abs=0.003)
    assert 2.0 < areas[3] < 4.0
    assert drawing.problems == ()


def test_a_mirrored_polyline_lies_where_it_is_seen() -> None:
    def mirrored(_document: Document, space: Modelspace) -> None:
        made = outline(space, "WELL", [(-x, y) for x, y in WELL])
        made.dxf.extrusion = (0, 0, -1)

    (well,) = measure(a_drawing(also=mirrored)).things_of(Role.WELL)
    assert well.outline.shape.bounds == pytest.approx((10, 20, 12, 22))


def test_blocks_are_opened_turned_and_scaled() -> None:
    def in_block(document: Document, space: Modelspace) -> None:
        inner = document.blocks.new("TANK")
        outline(inner, "0", ((0, 0), (1, 0), (1, 2), (0, 2)))
        space.add_blockref(
            "TANK", (10, 20), dxfattribs={"layer": "WELL", "rotation": 90, "xscale": 2, "yscale": 2}
        )

    drawing = measure(a_drawing(also=in_block))
    (well,) = drawing.things_of(Role.WELL)
    assert well.outline.shape.bounds == pytest.approx((6, 20, 10, 22))
    assert "/" in well.outline.source.handles[0]
    assert drawing.problems == ()


@pytest.mark.parametrize(("depth", "is_read"), [(DEEPEST, True), (DEEPEST + 1, False), (50, False)])
def test_blocks_are_opened_to_a_stated_depth_and_deeper_ones_are_named(depth: int, is_read: bool) -> None:
    def nested(document: Document, space: Modelspace) -> None:
        innermost = document.blocks.new("B0")
        outline(innermost, "WELL", WELL)
        for level in range(1, depth):
            document.blocks.new(f"B{level}").add_blockref(f"B{level - 1}", (0, 0))
        space.add_blockref(f"B{depth - 1}", (0, 0), dxfattribs={"layer": "SITE"})

    drawing = measure(a_drawing(also=nested))
    assert bool(drawing.things_of(Role.WELL)) is is_read
    if not is_read:
        problem = only(drawing)
        assert (problem.fault, problem.layer) == (Fault.NESTED, "SITE")
        assert len(problem.handles) == 1


def test_blocks_that_multiply_stop_at_a_stated_number() -> None:
    def bomb(document: Document, space: Modelspace) -> None:
        outline(document.blocks.new("B0"), "WELL", WELL)
        for level in range(1, 12):
            block = document.blocks.new(f"B{level}")
            for _ in range(10):
                block.add_blockref(f"B{level - 1}", (0, 0))
        space.add_blockref("B11", (0, 0))

    start = time.perf_counter()
    drawing = measure(a_drawing(also=bomb))
    assert time.perf_counter() - start < 60
    assert Fault.TOO_MANY in {each.fault for each in drawing.problems}
    assert drawing.plot


def test_a_block_that_holds_itself_ends() -> None:
    def circular(document: Document, space: Modelspace) -> None:
        block = document.blocks.new("ROUND")
        outline(block, "WELL", WELL)
        block.add_blockref("ROUND", (1, 0))
        space.add_blockref("ROUND", (0, 0))

    faults = {each.fault for each in measure(a_drawing(also=circular)).problems}
    assert Fault.NESTED in faults


def test_an_external_reference_is_named() -> None:
    def xref(document: Document, space: Modelspace) -> None:
        document.add_xref_def("site.dwg", "SITE")
        space.add_blockref("SITE", (0, 0), dxfattribs={"layer": "REFERENCE"})

    problem = only(measure(a_drawing(also=xref)))
    assert (problem.fault, problem.layer) == (Fault.EXTERNAL, "REFERENCE")
    assert "SITE" in problem.message


@pytest.mark.parametrize(
    ("header", "scale", "metres"),
    [
        (4, 1000.0, 0.001),
        (6, 1000.0, 0.001),
        (6, 39.3700787, 0.0254),
        (1, 39.3700787, 0.0254),
        (0, 1.0, 1.0),
        (4, 1.0, 1.0),
    ],
)
def test_inches_or_millimetres_for_metres_are_found_and_converted(
    header: int, scale: float, metres: float
) -> None:
    drawing = measure(a_drawing(units=header, scale=scale))
    assert drawing.units.metres_per_unit == metres
    assert drawing.units.is_certain
    assert only(drawing).fault is Fault.UNITS
    assert drawing.plot
    assert drawing.plot.area.measured
    assert drawing.plot.area.measured.value == pytest.approx(500.0, abs=0.01)
    assert drawing.blocks[0].height.measured
    assert drawing.blocks[0].height.measured.value == pytest.approx(6.5, abs=0.001)


@pytest.mark.parametrize("scale", [1000.0, 39.3700787, 0.001])
def test_without_a_declared_area_sizes_that_fit_several_units_or_none_leave_doubt(scale: float) -> None:
    drawing = measure(a_drawing(units=6, scale=scale, info="RS_NO=1"))
    assert not drawing.units.is_certain
    (told,) = [each for each in drawing.problems if each.fault is Fault.UNITS]
    assert drawing.plot
    assert (told.layer, told.handles) == ("PLOT_BOUNDARY", drawing.plot.outline.source.handles)


def test_without_a_declared_area_the_only_believable_unit_is_taken() -> None:
    drawing = measure(a_drawing(units=0, info="RS_NO=1", plot=((0, 0), (200, 0), (200, 250), (0, 250))))
    assert (drawing.units.metres_per_unit, drawing.units.is_certain) == (1.0, True)


def test_dimensions_that_are_no_length_are_named() -> None:
    def angle(_document: Document, space: Modelspace) -> None:
        made = space.add_angular_dim_2l(
            base=(0, 5), line1=((0, 0), (1, 0)), line2=((0, 0), (0, 1)), dxfattribs={"layer": "DIST_WELL"}
        )
        made.render()

    problems = measure(a_drawing(also=angle)).problems
    assert [each.fault for each in problems] == [Fault.NO_LENGTH, Fault.NOT_A_LENGTH] or [
        each.fault for each in problems
    ] == [Fault.NOT_A_LENGTH, Fault.NO_LENGTH]


def test_a_dimension_without_its_picture_still_has_its_points() -> None:
    def bare(document: Document, space: Modelspace) -> None:
        made = dimension(space, "BLK_1_HT_OF_BLDG", (-20, 0), (-20, 8.25))
        document.blocks.delete_block(made.dxf.geometry, safe=False)
        del made.dxf.geometry

    drawing = measure(a_drawing(height=None, also=bare))
    assert drawing.blocks[0].height.measured
    assert drawing.blocks[0].height.measured.value == pytest.approx(8.25)


def test_layers_that_only_look_like_the_convention_are_named() -> None:
    def misspelt(_document: Document, space: Modelspace) -> None:
        outline(space, "BLK_1_FLR_2_BUILTUP_AREA", WELL)

    problem = only(measure(a_drawing(also=misspelt)))
    assert (problem.fault, problem.layer) == (Fault.UNKNOWN_LAYER, "BLK_1_FLR_2_BUILTUP_AREA")


def test_a_drawing_in_no_convention_says_so() -> None:
    document, space = a_document()
    outline(space, "A-WALL", HOUSE)
    drawing = measure(as_bytes(document))
    assert drawing.profile is None
    assert only(drawing).fault is Fault.PROFILE


def test_contradicting_words_are_named_and_the_first_stands() -> None:
    drawing = measure(a_drawing(info=INFO + "\\PPLOT_AREA_M2=600"))
    problem = only(drawing)
    assert problem.fault is Fault.CONTRADICTION
    word = drawing.word("PLOT_AREA_M2")
    assert word
    assert word.number == 500.0


def test_an_outline_with_a_broken_number_is_left_out_and_its_floor_is_not_complete() -> None:
    lines = a_drawing().split(b"\n")
    at = next(
        i
        for i, line in enumerate(lines)
        if line == b"BLK_1_FLR_1_BLT_UP_AREA" and lines[i - 1].strip() == b"8"
    )
    number = next(i for i in range(at, at + 40) if lines[i].strip() == b"10")
    lines[number + 1] = b"forty"
    drawing = measure(b"\n".join(lines))
    (left_out,) = [each for each in drawing.problems if each.fault is Fault.NOT_READ]
    assert left_out.layer == "BLK_1_FLR_1_BLT_UP_AREA"
    assert len(left_out.handles) == 1
    assert [floor.number for floor in drawing.blocks[0].floors] == [0, 1]
    assert drawing.blocks[0].floors[0].is_complete
    assert not drawing.blocks[0].floors[1].is_complete
    assert drawing.plot
    assert drawing.plot.area.measured
    assert drawing.plot.area.measured.value == 500.0


def test_a_broken_header_does_not_stop_the_plan() -> None:
    drawing = measure(a_drawing().replace(b"$CLAYER", b"CLAYER", 1))
    assert drawing.plot
    assert drawing.units.header == "metre"
    assert Fault.DAMAGED in {each.fault for each in drawing.problems}


def test_a_truncated_file_is_mended_or_refused_never_a_crash() -> None:
    content = a_drawing()
    for share in (0.2, 0.5, 0.8, 0.95, 0.99):
        survives(content[: int(len(content) * share)])


SMALL = a_drawing()
FOUND = (Phase.explicit, Phase.generate)
"""No shrinking: the file that fails is small enough."""


def survives(content: bytes) -> None:
    """Measured or refused in our own words, within seconds."""
    start = time.perf_counter()
    try:
        said: object = measure(content)
    except Invalid as refusal:
        said = refusal.message
    assert said
    assert time.perf_counter() - start < 30.0


@settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=FOUND
)
@given(st.binary(max_size=400))
def test_any_bytes_are_survived(content: bytes) -> None:
    survives(content)
    survives(b"0\nSECTION\n2\nENTITIES\n" + content)


@settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=FOUND
)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(SMALL.splitlines()) - 1),
            st.sampled_from([b"0", b"-1", b"1e309", b"nan", b"", b"LINE", b"10"]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_a_drawing_with_changed_lines_is_survived(changes: list[tuple[int, bytes]]) -> None:
    lines = SMALL.splitlines()
    for at, value in changes:
        lines[at] = value
    survives(b"\n".join(lines))


@settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=FOUND
)
@given(
    st.lists(st.tuples(st.floats(), st.floats(), st.floats()), min_size=0, max_size=8),
    st.booleans(),
    st.sampled_from(
        ["PLOT_BOUNDARY", "BLK_1_LVL_0_BLDG_FOOT_PRINT", "BLK_1_LVL_0_FRONT_YARD", "NOTIFIED_ROAD", "WELL"]
    ),
)
def test_any_polyline_is_survived(corners: list[tuple[float, float, float]], close: bool, layer: str) -> None:
    def odd(_document: Document, space: Modelspace) -> None:
        outline(space, layer, corners, close=close)

    survives(a_drawing(also=odd))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the drawings are not beside this checkout")
@pytest.mark.parametrize("name", ["mezzanine", "vehicle-ramp"])
def test_mutated_real_drawings_are_survived(name: str) -> None:
    content = (SHARED / "kerala" / f"{name}.dxf").read_bytes()
    chance = random.Random(name)
    for _ in range(8):
        mutated = bytearray(content)
        for _ in range(chance.choice([1, 20, 400])):
            at = chance.randrange(len(mutated))
            mutated[at] = chance.randrange(256)
        if chance.random() < 0.4:
            at = chance.randrange(len(mutated))
            del mutated[at : at + chance.randrange(5_000)]
        survives(bytes(mutated))


def test_memory_stays_within_a_stated_multiple_of_the_file() -> None:
    def many(_document: Document, space: Modelspace) -> None:
        for number in range(4_000):
            space.add_line((number, 0), (number, 1), dxfattribs={"layer": "FURNITURE"})

    content = a_drawing(also=many)
    tracemalloc.start()
    measure(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * len(content)
