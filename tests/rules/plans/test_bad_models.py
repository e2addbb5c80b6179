"""A bad model gets a message with GlobalId and remedy, and the rest of it is still measured; nothing makes the reader stop."""

import random
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gis.errors import Invalid, LandError, TooLarge
from rules.plans import ifc_bodies, ifc_reader
from rules.plans.drawing import Drawing
from rules.plans.files import measured_file
from rules.plans.problems import Fault
from tests.rules.plans.ifc_builders import Model, a_house_model, box

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "plans" / "ifc"
HOUSE = a_house_model()
HEAD = b"ISO-10303-21;\nHEADER;FILE_DESCRIPTION((''),'2;1');FILE_NAME('','',(''),(''),'','','');FILE_SCHEMA(('%s'));ENDSEC;\nDATA;\n"
TAIL = b"ENDSEC;\nEND-ISO-10303-21;\n"


def faults(drawing: Drawing) -> set[Fault]:
    return {each.fault for each in drawing.problems}


def a_file(*lines: str, schema: bytes = b"IFC4") -> bytes:
    return HEAD % schema + "\n".join(lines).encode() + TAIL


def number_of(kind: str, content: bytes = HOUSE) -> bytes:
    found = re.search(rb"(#\d+)=" + kind.upper().encode() + rb"\(", content)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (a_file("#1=IFCWALL();", schema=b"AP214"), "its schema is “AP214”"),
        (a_file("#1=IFCWALL();", schema=b"IFC5"), "its schema is “IFC5”"),
        (b"ISO-10303-21;\nHEADER;ENDSEC;DATA;\n" + TAIL, "does not say of which schema"),
        (a_file(), "holds no instance"),
        (b"ISO-10303-21;", "does not say of which schema"),
        (a_file("#1=IFCPERSON($,$,$,$,$,$,$,$);"), "neither a project nor anything built"),
        (a_file("#1=IFCWALL(" + "(" * 5_000 + ");"), "brackets"),
        (a_file("#1=IFCLOCALPLACEMENT(#1,#2);", "#2=IFCDIRECTION((0.,1.));"), "circle"),
        (a_file("#1=IFCLOCALPLACEMENT(#2,#3);", "#2=IFCLOCALPLACEMENT(#1,#3);"), "circle"),
        (a_file("#1=IFCWALL();", "#1=IFCWALL();"), "name several"),
    ],
)
def test_what_is_no_model_that_can_be_read_is_refused_with_what_to_send(content: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refusal:
        measured_file(content)
    assert "send that file" in refusal.value.message


def test_a_chain_of_placements_may_be_long_but_not_endless() -> None:
    def chain(links: int) -> bytes:
        lines = [f"#{n}=IFCLOCALPLACEMENT(#{n + 1},$);" for n in range(1, links)]
        return a_file(*lines, f"#{links}=IFCDIRECTION((0.,1.));")

    with pytest.raises(Invalid, match="neither a project"):
        measured_file(chain(ifc_reader.DEEPEST))
    with pytest.raises(Invalid, match="circle"):
        measured_file(chain(ifc_reader.DEEPEST + 1))


def test_a_model_of_200_mb_is_refused_at_once() -> None:
    content = b"ISO-10303-21;" + bytes(200 * 1024 * 1024)
    start = time.perf_counter()
    with pytest.raises(TooLarge, match="200 MB; at most 64 MB"):
        measured_file(content)
    assert time.perf_counter() - start < 1.0


@pytest.mark.parametrize(
    ("module", "limit", "enough"),
    [
        (ifc_reader, "MOST_BYTES", len(HOUSE)),
        (ifc_reader, "MOST_INSTANCES", HOUSE.count(b"=IFC")),
        (ifc_bodies, "MOST_PARTS", 12),
        (ifc_bodies, "MOST_TRIANGLES", 11 * 12 + 2),
    ],
)
def test_limits_hold_on_both_sides(
    module: Any, limit: str, enough: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, limit, enough)
    assert measured_file(HOUSE).problems == ()
    monkeypatch.setattr(module, limit, enough - 1)
    with pytest.raises(TooLarge):
        measured_file(HOUSE)


def test_a_truncated_model_is_measured_as_far_as_it_goes_and_says_so() -> None:
    drawing = measured_file(HOUSE[: int(len(HOUSE) * 0.8)])
    assert Fault.DAMAGED in faults(drawing)
    assert drawing.plot
    assert any("ends before its end" in each.message for each in drawing.problems)


def test_a_model_whose_last_line_alone_is_missing_is_measured_and_named() -> None:
    drawing = measured_file(HOUSE.replace(b"END-ISO-10303-21;", b""))
    assert faults(drawing) == {Fault.DAMAGED}
    assert drawing.blocks[0].floors[0].areas[0].area == 120.0


def test_a_reference_that_leads_nowhere_is_named_and_nothing_that_needs_it_counts_as_whole() -> None:
    placement = number_of("IfcExtrudedAreaSolid")
    lines = [line for line in HOUSE.split(b"\n") if not line.startswith(placement + b"=")]
    drawing = measured_file(b"\n".join(lines))
    lost = next(each for each in drawing.problems if "does not hold" in each.message)
    assert lost.handles == (placement.decode(),)
    assert [floor.is_complete for floor in drawing.blocks[0].floors] == [False, False]
    assert drawing.blocks[0].height.measured is None
    assert drawing.plot
    assert drawing.plot.outline.area == 500.0


def test_a_reference_to_the_wrong_kind_of_thing_does_not_stop_the_reader() -> None:
    # The geometry engine founders on this one: the site's surface with a point where a face belongs.
    face, point = number_of("IfcFace"), number_of("IfcCartesianPoint")
    drawing = measured_file(re.sub(rb"(IFCOPENSHELL\(\()" + face, rb"\1" + point, HOUSE))
    assert Fault.DAMAGED in faults(drawing)
    assert drawing.plot
    assert drawing.plot.outline.area == 500.0


def test_a_part_that_cannot_be_built_is_named_by_its_global_id() -> None:
    def flat(model: Model) -> None:
        wall = model.part("IfcWall", box(6, 6, 6, 6), 0.45, 3.3, on=model.storey(0.45))
        wall.Name = "without thickness"

    drawing = measured_file(a_house_model(also=flat))
    (problem,) = [each for each in drawing.problems if each.fault is Fault.NOT_READ]
    assert problem.layer == "IfcWall"
    assert len(problem.handles[0]) == 22
    assert not drawing.blocks[0].floors[0].is_complete


@pytest.mark.parametrize(
    ("limit", "enough", "said", "parts"),
    [("MOST_POINTS", 5, "points", 12), ("MOST_IN_ONE", 12, "triangles", 11)],
)
def test_a_part_too_finely_drawn_is_left_out_and_named(
    limit: str, enough: int, said: str, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A box has twelve triangles, and its outline comes back to the first of four corners, as that of the plot does.
    monkeypatch.setattr(ifc_bodies, limit, enough)
    assert measured_file(HOUSE).problems == ()
    monkeypatch.setattr(ifc_bodies, limit, enough - 1)
    left_out = [each for each in measured_file(HOUSE).problems if each.fault is Fault.NOT_READ]
    assert len(left_out) == parts
    assert all(said in each.message for each in left_out)


def test_a_plot_without_a_building_is_a_plot_and_a_problem() -> None:
    model = Model()
    model.draw(model.site, box(0, 0, 10, 20))
    drawing = measured_file(model.bytes())
    assert drawing.plot
    assert drawing.plot.outline.area == 200.0
    assert "has no storeys" in next(
        each.message for each in drawing.problems if each.fault is Fault.NO_OUTLINE
    )


def test_a_number_beyond_any_place_on_earth_is_no_place() -> None:
    broken = HOUSE.replace(b"(5.,4.)", b"(5.,4.E30)")
    assert broken != HOUSE
    drawing = measured_file(broken)
    assert drawing.plot
    assert not drawing.blocks or Fault.NOT_READ in faults(drawing)


MODELS = sorted(SHARED.glob("*.ifc")) if SHARED.is_dir() else []
SOURCES = [HOUSE, a_house_model(schema="IFC2X3", unit="millimetre", turned=30.0)]
NUMBER = re.compile(rb"-?\d+\.\d*(?:E-?\d+)?")
LINK = re.compile(rb"#\d+(?!\s*=)")
STRANGE = (b"1.E300", b"-1.E9", b"0.", b"$", b"'x'", b".T.", b"()", b"*", b"IFCLABEL('x')", b"NaN")


def mutated(source: bytes, seed: int) -> bytes:
    """A file with some of its links, numbers or bytes exchanged."""
    chance, content = random.Random(seed), bytearray(source)
    for _ in range(chance.choice((1, 2, 5, 20))):
        spans = [each.span() for each in chance.choice((LINK, NUMBER)).finditer(content)]
        way = chance.random()
        if spans and way < 0.4:
            (start, end), (first, last) = chance.choice(spans), chance.choice(spans)
            content[start:end] = content[first:last]
        elif spans and way < 0.7:
            start, end = chance.choice(spans)
            content[start:end] = chance.choice(STRANGE)
        else:
            start = chance.randrange(len(content))
            content[start : start + chance.randrange(40)] = bytes(
                chance.randrange(256) for _ in range(chance.randrange(20))
            )
    return bytes(content)


def measured_or_refused(content: bytes) -> Drawing | None:
    """What was measured, None where the file was refused with words; any other error is the test's failure."""
    try:
        return measured_file(content)
    except LandError as error:
        return None if error.message else pytest.fail("refused without a word")


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(which=st.integers(0, 1), seed=st.integers(0, 10_000))
def test_mutated_models_are_measured_or_refused(which: int, seed: int) -> None:
    drawing = measured_or_refused(mutated(SOURCES[which], seed))
    assert drawing is None or all(each.message and each.remedy for each in drawing.problems)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
@pytest.mark.parametrize("seed", range(6))
def test_mutated_public_models_are_measured_or_refused(path: Path, seed: int) -> None:
    start = time.perf_counter()
    measured_or_refused(mutated(path.read_bytes(), seed))
    assert time.perf_counter() - start < 60


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_public_models_cut_anywhere_are_measured_or_refused(path: Path) -> None:
    content = path.read_bytes()
    for share in (0.02, 0.3, 0.7, 0.95):
        drawing = measured_or_refused(content[: int(len(content) * share)])
        assert drawing is None or Fault.DAMAGED in faults(drawing)
