"""A drawing goes in and findings come out: laid on its parcel, judged by its day, the same bytes each time."""

import math
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from shapely.affinity import rotate, translate
from shapely.geometry import shape

from gis.crs import to_geographic
from gis.errors import Invalid
from gis.site import Site
from gis.site_document import site_to_json
from rules.answers_document import answers_from_json
from rules.catalogue import Status
from rules.check_document import SCHEMA, to_json, written
from rules.check_schema import check_schema
from rules.checking import PlanCheck, check
from rules.coverage import catalogue
from rules.findings import Outcome
from rules.plan_findings import ON_PARCEL, SOUND
from rules.plans.problems import Fault
from rules.plans.starter import starter
from rules.reading import library
from rules.report import Verdict
from tests.rules.plan_builders import a_site
from tests.rules.plans import builders

DAY = date(2026, 1, 1)
CORNERS = [[0, 0], [18, -4], [25, 14], [3, 20]]


def a_check(site: Site | None = None, *, on: date = DAY, content: bytes | None = None) -> PlanCheck:
    """The example house on a crooked plot."""
    there = site or a_site({}, plot=CORNERS)
    return check(content or starter(there, set_back=3.0), there, library(), on=on)


def outcome(asked: PlanCheck, rule: str) -> set[Outcome]:
    """What a rule says of it."""
    return {each.outcome for each in asked.report.findings if each.rule == rule}


def test_a_plan_is_laid_where_its_parcel_lies_however_it_was_drawn() -> None:
    site = a_site({}, plot=CORNERS)
    elsewhere = replace(site, boundary=translate(rotate(site.boundary, 140, origin=(0, 0)), 30, 12))
    asked = check(starter(site, set_back=3.0), elsewhere, library(), on=DAY)
    assert asked.proposal.is_placed
    assert asked.proposal.placement is not None
    assert math.degrees(asked.proposal.placement.turn_radians) % 360 == pytest.approx(140, abs=0.001)
    assert asked.proposal.plot is not None
    assert asked.proposal.plot.symmetric_difference(elsewhere.boundary).area < 0.01
    assert outcome(asked, ON_PARCEL) == {Outcome.PASS}


def test_a_plan_for_another_parcel_is_told_and_never_passes() -> None:
    asked = a_check(a_site({}, plot=[30, 60]), content=starter(a_site({}, plot=CORNERS), set_back=3.0))
    assert not asked.proposal.is_placed
    assert outcome(asked, ON_PARCEL) == {Outcome.UNKNOWN}
    assert asked.report.verdict is not Verdict.PASS


@pytest.mark.parametrize(
    ("units", "scale", "metres_per_unit", "meant"),
    [
        (6, 1 / 0.3048, 1.0, "feet"),  # feet under a header that says metres
        (2, 1.0, 0.3048, "metres"),  # metres under a header that says feet
        (6, 1 / 0.3048 * 1.02, 1.0, "feet"),
        (6, 1 / 0.3048 * 1.03, 1.0, None),
        (6, 2.0, 1.0, None),  # twice as wide is another plot, no other unit
    ],
)
def test_a_plot_that_has_the_size_of_its_parcel_only_in_another_unit_leaves_the_unit_in_doubt(
    units: int, scale: float, metres_per_unit: float, meant: str | None
) -> None:
    drawn = builders.a_drawing(units=units, scale=scale, info="RS_NO=1", height=9.0)
    asked = a_check(a_site({}), content=drawn)
    assert asked.drawing.units.metres_per_unit == metres_per_unit
    assert asked.drawing.units.is_certain is (meant is None)
    told = [each.message for each in asked.drawing.problems if each.fault is Fault.UNITS]
    assert [meant in each for each in told if meant and "in doubt" in each] == ([True] if meant else [])
    assert (asked.statement is None) is (meant is not None)
    judged = {each.outcome for each in asked.report.findings if each.rule == "coverage"}
    assert (judged == {Outcome.UNKNOWN}) is (meant is not None)
    settled = [e for e in asked.report.findings if e.outcome in (Outcome.PASS, Outcome.FAIL) and e.measured]
    assert (settled == []) is (meant is not None)


def test_every_rule_of_the_catalogue_that_can_be_told_answers() -> None:
    told = {each.rule for each in a_check().report.findings}
    wanted = {
        each.id for each in catalogue() if each.status is not Status.NEEDS_A_HUMAN and each.function is None
    }
    assert wanted - told == set()


def test_a_rule_that_is_not_checked_yet_is_open() -> None:
    for each in catalogue():
        if each.status is Status.NOT_YET:
            assert outcome(a_check(), each.id) == {Outcome.UNKNOWN}


def test_an_edited_dimension_is_a_finding_with_its_handle() -> None:
    document, space = builders.a_document()
    builders.outline(space, "PLOT", builders.PLOT)
    builders.outline(space, "FLOOR_0", builders.HOUSE, colour=builders.A1)
    builders.dimension(space, "HEIGHT", (0, 0), (0, 6), text="4.50")
    asked = a_check(a_site({}, plot=[20, 25]), content=builders.as_bytes(document))
    (finding,) = [each for each in asked.report.findings if each.rule == SOUND]
    assert finding.outcome is Outcome.UNKNOWN
    assert "4.50" in (finding.reason or "")
    assert finding.places[0].handles


def test_a_town_without_a_rule_book_is_told_so() -> None:
    with pytest.raises(Invalid, match="No building rules"):
        a_check(a_site({"rule_book": None}, plot=CORNERS))


def test_where_nobody_knows_whose_rules_bind_everything_is_open() -> None:
    asked = a_check(a_site({"body": None}, plot=CORNERS))
    judged = {each.outcome for each in asked.report.findings if each.rule not in (ON_PARCEL, SOUND)}
    assert judged == {Outcome.UNKNOWN}


@pytest.mark.parametrize(
    ("on", "is_encoded"),
    [
        (date(2025, 3, 18), True),
        (date(2025, 3, 19), False),
        (date(2025, 10, 28), False),
        (date(2025, 10, 29), True),
    ],
)
def test_a_plan_is_judged_by_the_day_of_its_permit(on: date, is_encoded: bool) -> None:
    assert outcome(a_check(on=on), "coverage") == {Outcome.PASS if is_encoded else Outcome.UNKNOWN}


def told_words(words: str, content: bytes) -> PlanCheck:
    """A check with words beside the drawing."""
    site = a_site({}, plot=[20, 25])
    told = answers_from_json(f'{{"words":{{{words}}}}}'.encode())
    return check(content, site, library(), on=DAY, told=told)


def test_typical_floors_told_beside_the_drawing_are_no_floors_and_leave_it_open() -> None:
    plain, told = (
        told_words(words, builders.a_drawing()) for words in ("", '"TYPICAL_FLOOR_PLAN":"1,2,3,4"')
    )
    assert outcome(plain, SOUND) == {Outcome.PASS}
    (finding,) = [each for each in told.report.findings if each.rule == SOUND]
    assert finding.outcome is Outcome.UNKNOWN
    assert "TYPICAL_FLOOR_PLAN=1,2,3,4" in (finding.reason or "")


@pytest.mark.parametrize(("scale", "is_certain"), [(1.0, True), (1000.0, False)])
def test_nothing_drawn_is_judged_where_the_unit_is_in_doubt(scale: float, is_certain: bool) -> None:
    content = builders.a_drawing(scale=scale, units=0, info="" if scale > 1 else builders.INFO)
    asked = a_check(a_site({}, plot=[20, 25]), content=content)
    assert asked.drawing.units.is_certain is is_certain
    assert (asked.statement is not None) is is_certain
    found = {rule: outcome(asked, rule) for rule in ("coverage", "fsi", "roads")}
    told = [each for each in asked.report.findings if "unit of the drawing" in (each.reason or "")]
    if is_certain:
        assert found["coverage"] == found["fsi"] == {Outcome.PASS}
    else:
        assert set.union(*found.values()) == {Outcome.UNKNOWN}
        assert told
        assert all(each.measured is None for each in told)


@pytest.mark.parametrize(("days", "is_beyond"), [(0, False), (1, True)])
def test_a_day_after_the_last_reading_of_the_law_is_told_with_the_answer(days: int, is_beyond: bool) -> None:
    book = document(a_check(on=library().read_to + timedelta(days=days)))["book"]
    assert (book["is_beyond_reading"], book["read_to"]) == (is_beyond, library().read_to.isoformat())


@pytest.mark.parametrize("is_word", [True, False])
def test_an_occupancy_that_a_word_tells_is_told_as_such(is_word: bool) -> None:
    document, space = builders.a_document()
    builders.outline(space, "PLOT", builders.PLOT)
    builders.outline(space, "FLOOR_0", builders.HOUSE, colour=250 if is_word else builders.A1)
    builders.words(space, "USE_0", "USE=A1", at=(8, 8))
    asked = a_check(a_site({}, plot=[20, 25]), content=builders.as_bytes(document))
    (finding,) = [each for each in asked.report.findings if each.rule == "occupancy_groups"]
    assert ("which a word tells (USE_0)" in (finding.reason or "")) is is_word


def document(asked: PlanCheck) -> dict[str, Any]:
    """The JSON of a check, read back."""
    found: dict[str, Any] = orjson.loads(to_json(asked))
    return found


def test_the_document_keeps_to_its_schema() -> None:
    for asked in (
        a_check(),
        a_check(a_site({"body": None}, plot=CORNERS)),
        a_check(a_site({}, plot=[30, 60]), content=starter(a_site({}, plot=CORNERS), set_back=3.0)),
    ):
        jsonschema.Draft202012Validator(check_schema()).validate(document(asked))
    broken = document(a_check()) | {"owner": "X"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(check_schema()).validate(broken)


def test_places_stand_in_the_drawing_and_on_the_earth() -> None:
    asked = a_check()
    places = [place for each in document(asked)["findings"] for place in each["places"] if place["drawn"]]
    assert places
    assert all(place["geometry"] for place in places)
    frame, near = asked.site.frame, asked.site.boundary.buffer(30)
    ground = to_geographic(frame.to_grid(near), frame.metric)
    assert all(ground.covers(shape(place["geometry"])) for place in places)


def test_a_plan_off_its_parcel_has_no_places_on_the_earth() -> None:
    asked = a_check(a_site({}, plot=[30, 60]), content=starter(a_site({}, plot=CORNERS), set_back=3.0))
    assert all(place["geometry"] is None for each in document(asked)["findings"] for place in each["places"])


def test_the_same_check_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    site = a_site({}, plot=CORNERS)
    (tmp_path / "site.json").write_bytes(site_to_json(site))
    (tmp_path / "plan.dxf").write_bytes(starter(site, set_back=3.0))
    script = (
        "import sys; from datetime import date; from pathlib import Path; from gis.site_document import site_from_json; "
        "from rules.checking import check; from rules.check_document import to_json; from rules.reading import library; "
        "f = Path(sys.argv[1]); site = site_from_json((f / 'site.json').read_bytes()); "
        "sys.stdout.buffer.write(to_json(check((f / 'plan.dxf').read_bytes(), site, library(), on=date(2026, 1, 1))))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)],
            capture_output=True,
            check=True,
            env={"PYTHONPATH": ".", "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert orjson.loads(runs[0])["schema"] == SCHEMA


@pytest.mark.parametrize(
    ("amount", "text"), [("65", "65"), ("6.5700", "6.57"), ("0", "0"), ("120.00004", "120"), ("1E+2", "100")]
)
def test_a_number_is_written_without_needless_noughts(amount: str, text: str) -> None:
    from decimal import Decimal

    assert written(Decimal(amount)) == text


def test_a_title_in_malayalam_is_malayalam_and_stands_in_the_document() -> None:
    found = orjson.loads(to_json(a_check()))
    own = {each.id: each.title_ml for each in catalogue()}
    for each in (*found["findings"], *found["for_a_person"]):
        if each["rule"] in own:
            assert each["title_ml"] == own[each["rule"]]
    for title in filter(None, own.values()):
        assert any("\u0d00" <= letter <= "\u0d7f" for letter in title)
    assert {
        each["title_ml"] is not None for each in found["findings"] if each["rule"] in (ON_PARCEL, SOUND)
    } == {True}
