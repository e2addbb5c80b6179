"""What a dimension prints is held against its points: a number typed over or beside it, a hidden one, a factor, another unit are findings."""

from collections.abc import Callable
from typing import Any

import pytest

from rules.plan_findings import is_harmless
from rules.plans.measure import measure
from rules.plans.problems import Fault, Problem
from tests.rules.plans.builders import a_drawing, dimension

HEIGHT = "BLK_1_HT_OF_BLDG"
FOOT, MILLIMETRE = 4, 4
Change = Callable[[Any], None]


def told(
    *, text: str = "<>", style: dict[str, Any] | None = None, own: dict[str, Any] | None = None
) -> list[Problem]:
    """What is said of a height whose points are 6.5 m apart."""

    def edited(document: Any, space: Any) -> None:
        made = dimension(space, HEIGHT, (-20, 0), (-20, 6.5))
        made.dxf.text = text
        for name, value in (style or {}).items():
            made.get_dim_style().dxf.set(name, value)
        if own:
            made.set_acad_dstyle(own)

    found = measure(a_drawing(height=None, also=edited))
    assert [each.metres for each in found.lengths] == [6.5]
    return [each for each in found.problems if each.fault is Fault.EDITED_TEXT]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<>",
        "<> m",
        "<>M.",
        "H = <>",
        "W1 <>",
        "<> WIDE ROAD",
        "\\A1;<>",
        "{\\fArial|b0|i0;<>} mts",
        "%%c<>",
        "<> m²",
    ],
)
def test_a_unit_or_a_name_beside_the_measurement_is_honest(text: str) -> None:
    assert told(text=text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<> 3.00", "they differ"),
        ("6.50 (<>)", "it happens to agree"),
        ("8 <>", "they differ"),
        ("<>\\X3.00", "they differ"),
        ("<> \\S1/2;", "they differ"),
        ("<> ½", "they differ"),
        ("%%051.00 <>", "they differ"),
        ("9.6", "they differ"),
        ("6.5", "it happens to agree"),
        ("as built", "they differ"),
    ],
)
def test_a_number_beside_or_instead_of_the_measurement_is_a_finding(text: str, said: str) -> None:
    (problem,) = told(text=text)
    assert "typed over" in problem.message
    assert "6.500 m apart" in problem.message
    assert said in problem.message
    assert problem.layer == HEIGHT
    assert problem.handles
    assert not is_harmless(problem)


@pytest.mark.parametrize("text", [" ", "  ", "{}", "\\~", "{\\fArial; }"])
def test_a_blank_that_hides_the_number_is_a_finding(text: str) -> None:
    (problem,) = told(text=text)
    assert problem.message.startswith("The number of a dimension is hidden")
    assert problem.layer == HEIGHT
    assert problem.handles


@pytest.mark.parametrize("where", ["style", "own"])
@pytest.mark.parametrize(
    ("factor", "number"),
    [
        (1.0, None),
        (1.0001, None),
        (1.0002, "6.501"),
        (1.2, "7.800"),
        (0.9, "5.850"),
        (1000.0, None),
        (100.0, None),
        (3.28084, "21.325"),
    ],
)
def test_a_factor_that_prints_another_length_is_a_finding(
    where: str, factor: float, number: str | None
) -> None:
    found = told(**{where: {"dimlfac": factor}})  # type: ignore[arg-type]
    assert [each.message.partition(",")[0] for each in found] == (
        [] if number is None else [f"A dimension prints {number}"]
    )
    assert all("DIMLFAC" in each.message and "6.500 m" in each.message for each in found)


def test_a_dimension_overrides_its_style() -> None:
    assert told(style={"dimlfac": 1.2}, own={"dimlfac": 1.0}) == []
    assert len(told(style={"dimlfac": 1.0}, own={"dimlfac": 1.2})) == 1


def test_a_negative_factor_counts_on_layouts_only() -> None:
    assert told(style={"dimlfac": -1.2}) == []


@pytest.mark.parametrize(
    ("post", "is_told"), [("<>m", False), ("m", False), ("H=<>", False), ("<> 3.0", True), (" ft", True)]
)
def test_words_that_the_style_puts_round_a_number_are_read_too(post: str, is_told: bool) -> None:
    # ezdxf writes no such words into a style, so they are put into the file.
    plain = a_drawing()
    styled = plain.replace(b"Standard\n 70\n0\n 40\n", b"Standard\n 70\n0\n  3\n%b\n 40\n" % post.encode())
    assert styled != plain
    assert (Fault.EDITED_TEXT in {each.fault for each in measure(styled).problems}) is is_told
    assert bool(told(own={"dimpost": post})) is is_told


@pytest.mark.parametrize(
    ("text", "factor", "is_told"),
    [
        ("<> ft", 1.0, True),
        ("<> ft", 3.28084, False),
        ("<>'", 3.28084, False),
        ("<> mm", 1000.0, False),
        ("<> m", 1000.0, True),
        ("<> cm", 1.0, True),
    ],
)
def test_a_unit_beside_the_number_has_to_be_the_one_it_is_printed_in(
    text: str, factor: float, is_told: bool
) -> None:
    assert bool(told(text=text, own={"dimlfac": factor})) is is_told


@pytest.mark.parametrize(("factor", "is_told"), [(1.0, False), (0.001, False), (0.0012, True)])
def test_a_drawing_in_millimetres_may_print_metres(factor: float, is_told: bool) -> None:
    def edited(_document: Any, space: Any) -> None:
        dimension(space, HEIGHT, (-20_000, 0), (-20_000, 6500)).set_acad_dstyle({"dimlfac": factor})

    drawing = measure(a_drawing(height=None, units=MILLIMETRE, scale=1000.0, also=edited))
    assert [each.metres for each in drawing.lengths] == [6.5]
    assert (Fault.EDITED_TEXT in {each.fault for each in drawing.problems}) is is_told


def in_its_block(written: str, *, own: dict[str, Any] | None = None, text: str = "<>") -> list[str]:
    """What is told of a height of 6.537 m whose block shows another text than the program wrote."""

    def edited(document: Any, space: Any) -> None:
        made = dimension(space, HEIGHT, (-20, 0), (-20, 6.537))
        made.dxf.text = text
        made.set_acad_dstyle({"dimdec": 2, **(own or {})})
        for each in document.blocks.get(made.dxf.geometry).query("MTEXT"):
            each.text = written

    found = measure(a_drawing(height=None, also=edited))
    assert [each.metres for each in found.lengths] == [6.537]
    return [each.message for each in found.problems if each.fault is Fault.EDITED_TEXT]


@pytest.mark.parametrize(
    "written",
    ["6.54", "\\A1;6,54", "H = 6.54 m", "W1 6.54", "653.7", "6.537", "6.54 [21.45]", "", "as built"],
)
def test_a_block_that_shows_the_rounded_measure_is_honest(written: str) -> None:
    assert in_its_block(written) == []


@pytest.mark.parametrize(("written", "seen"), [("4.00", "4.000"), ("6.55", "6.550"), ("H = 6.53 m", "6.530")])
def test_another_number_in_the_dimensions_own_block_is_a_finding(written: str, seen: str) -> None:
    (message,) = in_its_block(written)
    assert message.startswith(
        f"A dimension prints {seen}, its points are 6.537 m apart (another number stands"
    )


@pytest.mark.parametrize(("places", "is_told"), [(0, False), (1, True)])
def test_the_block_is_read_to_the_places_that_the_style_prints(places: int, is_told: bool) -> None:
    assert bool(in_its_block("7", own={"dimdec": places})) is is_told


@pytest.mark.parametrize(
    ("rounding", "is_told"), [(0.0, False), (0.01, False), (0.05, True), (0.5, True), (5.0, True)]
)
def test_a_number_rounded_beyond_its_last_place_is_a_finding(rounding: float, is_told: bool) -> None:
    found = in_its_block("", own={"dimrnd": rounding})
    assert bool(found) is is_told
    assert all(f"DIMRND {rounding:g}" in each for each in found)


def test_a_dimension_without_its_block_is_honest() -> None:
    def lost(document: Any, space: Any) -> None:
        made = dimension(space, HEIGHT, (-20, 0), (-20, 6.5))
        document.blocks.delete_block(made.dxf.geometry, safe=False)

    drawing = measure(a_drawing(height=None, also=lost))
    assert [each.metres for each in drawing.lengths] == [6.5]
    assert Fault.EDITED_TEXT not in {each.fault for each in drawing.problems}


@pytest.mark.parametrize(("scale", "is_told"), [(1.0, False), (2.0, True), (0.001, False)])
def test_a_dimension_in_a_scaled_block_prints_another_length(scale: float, is_told: bool) -> None:
    # At a thousandth, the block is drawn in millimetres and prints them.
    def blocked(document: Any, space: Any) -> None:
        block = document.blocks.new("SECTION")
        dimension(block, HEIGHT, (0, 0), (0, 6.5 / scale))
        space.add_blockref(
            "SECTION", (-20, 0), dxfattribs={"xscale": scale, "yscale": scale, "zscale": scale}
        )

    drawing = measure(a_drawing(height=None, also=blocked))
    assert [round(each.metres, 6) for each in drawing.lengths] == [6.5]
    found = [each for each in drawing.problems if each.fault is Fault.EDITED_TEXT]
    assert ["block that is scaled" in each.message for each in found] == ([True] if is_told else [])
