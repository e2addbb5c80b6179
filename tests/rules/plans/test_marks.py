"""What failed or is unknown comes back in the applicant's own drawing, marked where it is; all else stays as it was drawn."""

import io
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely
from ezdxf.document import Drawing as Document
from ezdxf.lldxf.encoding import decode_dxf_unicode
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry

from gis.errors import Invalid, LandError
from rules.findings import Finding, Outcome, Place, not_applicable, unknown
from rules.plans.drawing import Drawing
from rules.plans.marks import COLOURS, FAIL, LIST, STYLE, UNKNOWN, marked
from rules.plans.measure import measure
from rules.plans.placement import place
from rules.plans.problems import Problems
from rules.plans.reader import BINARY, read
from rules.plans.writer import NO_DATE, _header_values
from tests.rules.plans.builders import BESIDE, PLOT, a_document, a_drawing, as_bytes, outline

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "plans"
REAL = sorted(SHARED.rglob("*.dxf")) if SHARED.is_dir() else []
FRONT = LineString([(5, 4), (15, 4)])
"""The front wall of the house that the builders draw."""


def failed(
    rule: str, *shapes: BaseGeometry | None, handles: tuple[str, ...] = (), reason: str = "too near"
) -> Finding:
    places = tuple(Place(what="front wall", shape=shape, handles=handles) for shape in shapes)
    finding = unknown(rule, reason, remedy="Move the wall back.", places=places, subject="building 1")
    return replace(finding, outcome=Outcome.FAIL)


def opened(content: bytes) -> Document:
    """The document, read strictly, with an audit that finds no errors."""
    sheet = read(content, Problems())
    assert not sheet.was_recovered
    assert sheet.document.audit().errors == []
    return sheet.document


def on(document: Document, layer: str, kind: str) -> list[Any]:
    return [each for each in document.modelspace() if each.dxf.layer == layer and each.dxftype() == kind]


def texts(document: Document, *layers: str) -> list[str]:
    return [each.dxf.text for layer in layers for each in on(document, layer, "TEXT")]


def corners(line: Any) -> list[tuple[float, float]]:
    return [(x, y) for x, y in line.get_points("xy")]


def test_a_failed_wall_is_drawn_on_its_own_layer_with_its_number_and_a_list() -> None:
    document = opened(marked(a_drawing(), [failed("front-yard", FRONT)], None))
    (wall,) = on(document, FAIL, "LWPOLYLINE")
    assert corners(wall) == [(5, 4), (15, 4)]
    assert not wall.closed
    number, *listed = texts(document, FAIL)
    assert number == "1"
    assert listed[0] == "1. FAIL front-yard, building 1"
    assert "    too near" in listed
    assert "    Move the wall back." in listed
    assert texts(document, LIST) == ["BHUMIKA: 1 failed, 0 unknown"]
    assert {name: document.layers.get(name).color for name in COLOURS} == COLOURS
    assert {each.dxf.style for each in document.modelspace().query("TEXT")} == {STYLE}
    assert STYLE in document.styles


def test_failures_come_before_unknowns_and_what_passed_is_not_drawn() -> None:
    findings = [
        unknown("access", "No road is mapped.", places=(Place(what="plot", shape=Point(1, 1)),)),
        not_applicable("lift", "The law asks for none."),
        replace(unknown("height", "low enough"), outcome=Outcome.PASS),
        failed("rear-yard", LineString([(5, 16), (15, 16)])),
        failed("front-yard", FRONT),
    ]
    document = opened(marked(a_drawing(), findings, None))
    assert [line for line in texts(document, FAIL, UNKNOWN) if ". " in line[:3]] == [
        "1. FAIL front-yard, building 1",
        "2. FAIL rear-yard, building 1",
        "3. UNKNOWN access",
    ]
    assert len(on(document, FAIL, "LWPOLYLINE")) == 2
    assert len(on(document, UNKNOWN, "CIRCLE")) == 2
    assert not any("height" in line or "lift" in line for line in texts(document, FAIL, UNKNOWN, LIST))
    assert texts(document, LIST) == ["BHUMIKA: 2 failed, 1 unknown"]


def test_shapes_on_the_site_are_brought_back_into_the_drawing() -> None:
    parcel = rotate(box(0, 0, 20, 25), 110, origin=(400, -90))
    content = a_drawing()
    plot = measure(content).plot
    assert plot
    placement = place(plot.outline.shape, parcel, accuracy=0.1)
    findings = [failed("front-yard", placement.to_site(FRONT))]
    document = opened(marked(content, findings, placement))
    (wall,) = on(document, FAIL, "LWPOLYLINE")
    assert [each for corner in corners(wall) for each in corner] == pytest.approx([5, 4, 15, 4], abs=1e-6)
    assert any("corners agree within 0.000 m" in line for line in texts(document, LIST))
    assert any("least turn" in line for line in texts(document, LIST))


def test_a_plot_that_is_not_the_parcel_is_said_above_the_list() -> None:
    content = a_drawing()
    plot = measure(content).plot
    assert plot
    placement = place(plot.outline.shape, box(0, 0, 22, 28), accuracy=0.05)
    above = " ".join(texts(opened(marked(content, [], placement)), LIST))
    assert "does not look like the parcel" in " ".join(above.split())


@pytest.mark.parametrize(("units", "scale"), [(6, 1.0), (4, 1000.0), (1, 1 / 0.0254)])
def test_marks_are_in_the_unit_of_the_drawing(units: int, scale: float) -> None:
    document = opened(marked(a_drawing(units=units, scale=scale), [failed("front-yard", FRONT)], None))
    (wall,) = on(document, FAIL, "LWPOLYLINE")
    assert corners(wall)[1] == pytest.approx((15 * scale, 4 * scale))
    heights = [each.dxf.height for each in on(document, LIST, "TEXT")]
    assert heights == [pytest.approx(math.hypot(20, 25) / 60 * scale)]


def test_the_list_stands_to_the_right_of_everything_measured() -> None:
    document = opened(marked(a_drawing(), [failed("front-yard", FRONT)], None))
    listed = [
        *on(document, LIST, "TEXT"),
        *(each for each in on(document, FAIL, "TEXT") if each.dxf.text != "1"),
    ]
    # The second floor is drawn 80 m to the right of the plot and 15 m wide.
    assert all(each.dxf.insert.x > 2 * BESIDE + 15 for each in listed)
    rows = [each.dxf.insert.y for each in listed]
    assert rows == sorted(rows, reverse=True)
    assert len(set(rows)) == len(rows)


def test_something_drawn_far_away_does_not_take_the_list_with_it() -> None:
    def far(_: Document, space: Any) -> None:
        outline(space, "WELL", [(x + 5e6, y) for x, y in PLOT])

    document = opened(marked(a_drawing(also=far), [failed("front-yard", FRONT)], None))
    assert all(each.dxf.insert.x < 200 for each in on(document, LIST, "TEXT"))


def test_tags_of_one_place_stand_beside_each_other() -> None:
    document = opened(marked(a_drawing(), [failed("a", FRONT), failed("b", FRONT), failed("c", FRONT)], None))
    tags = {
        each.dxf.text: each.dxf.align_point.x
        for each in on(document, FAIL, "TEXT")
        if len(each.dxf.text) == 1
    }
    assert tags["1"] == pytest.approx(10)
    assert tags["1"] < tags["2"] < tags["3"]


def test_a_yard_with_a_hole_is_drawn_with_both_outlines() -> None:
    yard = box(0, 0, 10, 10).difference(box(4, 4, 6, 6))
    document = opened(marked(a_drawing(), [failed("yard", MultiPolygon([yard, box(12, 0, 14, 2)]))], None))
    lines = on(document, FAIL, "LWPOLYLINE")
    assert len(lines) == 3
    assert all(line.closed and len(line) == 4 for line in lines)


def test_a_place_that_is_only_a_handle_is_boxed() -> None:
    content = a_drawing()
    footprint = measure(content).blocks[0].levels[0].footprint
    document = opened(marked(content, [failed("coverage", None, handles=footprint.source.handles)], None))
    (around,) = on(document, FAIL, "LWPOLYLINE")
    drawn = Polygon(corners(around))
    assert drawn.contains(footprint.shape)
    assert drawn.area < 1.2 * footprint.shape.area
    assert any(f"handle {footprint.source.handles[0]}" in line for line in texts(document, FAIL))


def test_a_handle_that_is_not_in_the_drawing_is_only_named() -> None:
    document = opened(marked(a_drawing(), [failed("coverage", None, handles=("FFFFF", "X/2"))], None))
    assert on(document, FAIL, "LWPOLYLINE") == []
    assert any("FFFFF" in line for line in texts(document, FAIL))


def lost_lines(before: bytes, after: bytes) -> list[bytes]:
    """Lines of the file that are not in the marked one in the same order; the next free handle may change."""
    old, new = ([line.strip() for line in each.splitlines()] for each in (before, after))
    seed = old.index(b"$HANDSEED") + 2 if b"$HANDSEED" in old else -1
    lines = iter(new)
    return [line for at, line in enumerate(old) if at != seed and line not in lines]


def same_measures(a: Drawing, b: Drawing) -> bool:
    return all(
        getattr(a, name) == getattr(b, name)
        for name in ("profile", "units", "plot", "blocks", "things", "lengths", "entrances", "declared")
    )


def test_everything_else_stays_as_it_was_and_measures_the_same() -> None:
    content = a_drawing()
    after = marked(content, [failed("front-yard", FRONT)], None)
    assert lost_lines(content, after) == []
    assert len(opened(after).modelspace()) - len(opened(content).modelspace()) == after.count(
        b"\nAcDbEntity"
    ) - content.count(b"\nAcDbEntity")
    assert same_measures(measure(content), measure(after))
    assert measure(content).problems == measure(after).problems


def test_marks_of_an_earlier_check_are_replaced() -> None:
    once = marked(a_drawing(), [failed("front-yard", FRONT), failed("rear-yard", FRONT)], None)
    twice = opened(marked(once, [failed("coverage", box(5, 4, 15, 16))], None))
    assert len(on(twice, FAIL, "LWPOLYLINE")) == 1
    assert texts(twice, LIST) == ["BHUMIKA: 1 failed, 0 unknown"]
    assert not any("front-yard" in line for line in texts(twice, FAIL))


def test_what_else_was_drawn_on_our_layers_goes_too_even_where_it_is_no_single_piece() -> None:
    def old_polyline(document: Document, space: Any) -> None:
        document.layers.add(FAIL)
        space.add_polyline2d([(0, 0), (5, 5)], dxfattribs={"layer": FAIL})

    document = opened(marked(a_drawing(also=old_polyline), [failed("front-yard", FRONT)], None))
    assert on(document, FAIL, "POLYLINE") == []
    assert len(on(document, FAIL, "LWPOLYLINE")) == 1


def test_layers_that_were_switched_off_are_seen_again() -> None:
    def hidden(document: Document, _: Any) -> None:
        document.layers.add(FAIL, color=5).off()

    layer = opened(marked(a_drawing(also=hidden), [failed("front-yard", FRONT)], None)).layers.get(FAIL)
    assert layer.is_on()
    assert layer.color == COLOURS[FAIL]


def test_without_anything_against_it_the_drawing_says_so() -> None:
    document = opened(marked(a_drawing(), [], None))
    assert texts(document, LIST) == ["BHUMIKA: 0 failed, 0 unknown"]


def test_the_same_input_gives_the_same_bytes() -> None:
    content, findings = a_drawing(), [failed("front-yard", FRONT)]
    assert marked(content, findings, None) == marked(content, findings, None)
    assert marked(content, [failed("front-yard", LineString([(5, 4), (15, 4.5)]))], None) != marked(
        content, findings, None
    )


def as_binary(document: Document) -> bytes:
    stream = io.BytesIO()
    document.write(stream, fmt="bin")
    return stream.getvalue()


def test_what_is_written_anew_has_a_version_of_its_content_and_the_dates_it_came_with() -> None:
    document, space = a_document()
    outline_of_lines(space)
    document.header["$TDCREATE"] = 2456000.25
    content = as_binary(document)
    first, again, other = (
        opened_header(marked(content, [failed("front-yard", wall)], None))
        for wall in (FRONT, FRONT, LineString([(5, 4), (15, 4.001)]))
    )
    assert first == again
    assert first["$VERSIONGUID"] != other["$VERSIONGUID"]
    assert first["$TDCREATE"] == other["$TDCREATE"] == "2456000.25"
    assert first["$FINGERPRINTGUID"] == document.header["$FINGERPRINTGUID"]


def opened_header(content: bytes) -> dict[str, str]:
    """Dates and identifiers as they are written: ezdxf replaces some of them while it reads."""
    return _header_values(content)


AGAIN = """
import hashlib, sys
from rules.findings import unknown
from rules.plans.marks import marked
content = open(sys.argv[1], 'rb').read()
print(hashlib.sha256(marked(content, [unknown('a', 'b')], None)).hexdigest())
"""


def test_another_machine_with_another_order_of_its_sets_writes_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "plan.dxf"
    path.write_bytes(a_drawing())
    digests = {
        subprocess.run(
            [sys.executable, "-c", AGAIN, str(path)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[3])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def header_lines(content: bytes, name: str) -> str:
    return content.decode("utf-8").partition(name)[2].split("\n")[2].strip()


def test_the_dates_are_those_of_the_file_that_came_in() -> None:
    content = a_drawing()
    after = marked(content, [], None)
    assert header_lines(after, "$TDCREATE") == header_lines(content, "$TDCREATE")
    assert header_lines(after, "$TDUPDATE") == header_lines(content, "$TDUPDATE")


def test_a_file_without_dates_gets_a_fixed_one() -> None:
    bare = (
        b"0\nSECTION\n2\nENTITIES\n0\nLINE\n8\nPLOT\n10\n0.0\n20\n0.0\n11\n5.0\n21\n5.0\n0\nENDSEC\n0\nEOF\n"
    )
    after = marked(bare, [], None)
    assert header_lines(after, "$TDCREATE") == str(NO_DATE)
    assert marked(bare, [], None) == after


@pytest.mark.parametrize("version", ["R12", "R2000", "R2004", "R2007", "R2018"])
def test_every_version_of_dxf_takes_marks_and_words_in_malayalam(version: str) -> None:
    document, space = a_document(version=version)
    outline_of_lines(space)
    content = document.encode(text_of(document))
    after = marked(content, [failed("front-yard", FRONT, reason="മുറ്റം ≥ 3 m²")], None)
    again = opened(after)
    assert again.dxfversion == document.dxfversion
    # Before 2007 a letter that the code page lacks is written as a code, which CAD programs show as the letter.
    assert "    മുറ്റം ≥ 3 m²" in [decode_dxf_unicode(line) for line in texts(again, FAIL)]
    assert len(on(again, FAIL, "LINE" if version == "R12" else "LWPOLYLINE")) == 1


def outline_of_lines(space: Any) -> None:
    for start, end in zip(PLOT, (*PLOT[1:], PLOT[0]), strict=True):
        space.add_line(start, end, dxfattribs={"layer": "PLOT_BOUNDARY"})


def text_of(document: Document) -> str:
    stream = io.StringIO()
    document.write(stream)
    return stream.getvalue()


def test_a_binary_file_stays_binary_and_line_ends_stay_as_they_were() -> None:
    document, space = a_document()
    outline_of_lines(space)
    content = as_binary(document)
    after = marked(content, [failed("front-yard", FRONT)], None)
    assert after.startswith(BINARY)
    assert after == marked(content, [failed("front-yard", FRONT)], None)
    assert len(on(opened(after), FAIL, "LWPOLYLINE")) == 1
    windows = as_bytes(document).replace(b"\n", b"\r\n")
    after = marked(windows, [failed("front-yard", FRONT)], None)
    assert after.count(b"\n") == after.count(b"\r\n")
    assert len(on(opened(after), FAIL, "LWPOLYLINE")) == 1


def test_codes_of_cad_in_a_reason_stay_words() -> None:
    reason = "100%%c of ^J the \\U+0041 plot\nand more"
    document = opened(marked(a_drawing(), [failed("front-yard", FRONT, reason=reason)], None))
    (line,) = [each for each in texts(document, FAIL) if "100" in each]
    assert "%%" not in line
    assert line.endswith("plot and more")


def test_long_reasons_are_broken_into_lines() -> None:
    document = opened(marked(a_drawing(), [failed("front-yard", FRONT, reason="word " * 100)], None))
    assert max(len(line) for line in texts(document, FAIL)) <= 90


def test_a_damaged_file_is_written_as_mended_with_a_note() -> None:
    content = a_drawing().replace(b"AcDbPolyline", b"AcDbNothing")
    content = content[: content.rindex(b"ENDSEC")]
    assert read(content, Problems()).was_recovered
    after = marked(content, [failed("front-yard", FRONT)], None)
    document = opened(after)
    assert any("written as mended" in line for line in texts(document, LIST))
    assert after == marked(content, [failed("front-yard", FRONT)], None)


def test_what_is_no_drawing_is_refused_as_when_it_is_measured() -> None:
    with pytest.raises(Invalid, match="PDF"):
        marked(b"%PDF-1.7 ...", [], None)


SHAPES = st.sampled_from(
    [
        None,
        Polygon(),
        Point(1, 2),
        Point(1, 2, 3),
        LineString([(0, 0), (0, 0)]),
        LineString([(0, 0), (1, 1), (2, 0), (0, 0)]),
        Polygon([(0, 0, 5), (1, 0, 5), (1, 1, 5)]),
        Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]),
        GeometryCollection(
            [Point(0, 0), LineString([(0, 0), (3, 3)]), GeometryCollection([box(0, 0, 1, 1)])]
        ),
        shapely.MultiPoint([(0, 0), (5, 5)]),
        LineString([(0, 0), (math.inf, 1)]),
        LineString([(0, 0), (1e300, 1)]),
    ]
)


@settings(max_examples=25, deadline=None)
@given(shapes=st.lists(SHAPES, max_size=4), reason=st.text(max_size=60), rule=st.text(max_size=10))
def test_no_shape_and_no_words_break_the_drawing(
    shapes: list[BaseGeometry | None], reason: str, rule: str
) -> None:
    after = marked(SMALL, [failed(rule, *shapes, handles=("2F",), reason=reason)], None)
    opened(after)


def test_a_drawing_whose_inner_links_are_broken_is_refused_with_the_remedy() -> None:
    entry = b"\n  3\nACAD_MATERIAL\n"
    assert SMALL.count(entry) == 1
    with pytest.raises(Invalid, match="run AUDIT and PURGE"):
        marked(SMALL.replace(entry, b"\n8\nACAD_MATERIAL\n"), [failed("front-yard", FRONT)], None)


LINES = st.one_of(
    st.sampled_from(
        [
            b"0",
            b"8",
            b"SECTION",
            b"ENDSEC",
            b"ENDTAB",
            b"1e400",
            b"",
            b"-1",
            FAIL.encode(),
            b"FFFFFFFFFFFFFFFFFF",
        ]
    ),
    st.binary(max_size=8),
)


@settings(max_examples=25, deadline=None)
@given(changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), LINES), min_size=1, max_size=6))
def test_a_file_with_broken_lines_is_refused_in_words_or_comes_back_readable(
    changes: list[tuple[float, bytes]],
) -> None:
    lines = SMALL.split(b"\n")
    for where, line in changes:
        lines[int(where * len(lines))] = line
    try:
        after = marked(b"\n".join(lines), [failed("front-yard", FRONT)], None)
    except LandError:
        return
    measure(after)


SMALL = a_drawing(yards={}, floors=(), info="")


@pytest.mark.skipif(not REAL, reason="the drawings are not beside this checkout")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_drawings_take_marks_and_are_measured_as_before(path: Path) -> None:
    content = path.read_bytes()
    drawing = measure(content)
    shape = drawing.plot.outline.shape if drawing.plot else box(0, 0, 5, 5)
    findings = [failed("plot", shape)]
    after = marked(content, findings, None, drawing=drawing)
    assert after == marked(content, findings, None, drawing=drawing)
    document = opened(after)
    assert on(document, FAIL, "LWPOLYLINE") or on(document, FAIL, "LINE")
    assert same_measures(drawing, measure(after))
    if not drawing.reading.was_recovered and drawing.reading.version > "AC1009":
        assert lost_lines(content, after) == []
