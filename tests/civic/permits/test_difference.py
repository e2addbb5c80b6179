"""A resubmission shows what changed: outlines, findings with where they lie, measures, fees, land and book, and nothing else."""

from datetime import date
from functools import cache
from typing import Any

import orjson
import pytest
from shapely.geometry import box, mapping, shape

from civic.permits.difference import APPEARED, MEASURE, OUTCOME, WENT, Difference, difference
from civic.permits.outlines import CAME, CHANGED, SAME, outline_changes
from civic.permits.outlines import WENT as TAKEN_AWAY
from gis.site import Site
from rules.checking import PlanCheck
from tests.civic.permits.low_risk import (
    Found,
    a_clear_site,
    a_low_risk_check,
    checked,
    found_of,
    with_finding,
)
from web.check_map import plan_features

EAST, NORTH = 76.3, 10.0
METRE_EAST, METRE_NORTH = 1 / 109_640.0, 1 / 110_604.0
"""Degrees of a metre at 10° north, to the centimetre over a plot."""


@cache
def a_check(set_back: float = 6.0, site: Site | None = None) -> PlanCheck:
    """The example house so many metres inside the boundary."""
    return checked(site or a_clear_site(), set_back=set_back)


def ground_of(asked: PlanCheck) -> dict[str, Any]:
    """Its features on the map."""
    ground: dict[str, Any] = orjson.loads(plan_features(asked))
    return ground


def between(before: PlanCheck, after: PlanCheck) -> Difference:
    """What changed from one check to another."""
    return difference(
        found_of(before), found_of(after), ground_before=ground_of(before), ground_after=ground_of(after)
    )


def a_ground(*outlines: tuple[str, tuple[float, float, float, float]]) -> dict[str, Any]:
    """Features by kind, as boxes in metres from a corner at 10° north."""

    def feature(kind: str, corners: tuple[float, float, float, float]) -> dict[str, Any]:
        west, south, east, north = corners
        there = box(
            EAST + west * METRE_EAST,
            NORTH + south * METRE_NORTH,
            EAST + east * METRE_EAST,
            NORTH + north * METRE_NORTH,
        )
        return {"type": "Feature", "geometry": mapping(there), "properties": {"kind": kind, "level": 0}}

    return {"features": [feature(*each) for each in (("plot", (0, 0, 40, 40)), *outlines)]}


HOUSE = ("level", (5.0, 5.0, 15.0, 17.0))


def test_the_same_drawing_by_the_same_rules_changes_nothing() -> None:
    found = between(a_check(), a_check())
    assert found.is_empty
    assert found.findings == ()
    assert found.outlines == ()
    assert found.drawing is found.book is found.day is None


def test_a_larger_house_shows_its_outlines_its_measures_and_what_they_cost() -> None:
    found = between(a_check(6.0), a_check(5.0))
    assert found.drawing is not None
    assert {each.kind for each in found.outlines or () if each.what == CHANGED} >= {"level"}
    (ground_floor, *_) = (each for each in found.outlines or () if each.kind == "level")
    assert ground_floor.area_before is not None
    assert ground_floor.area_after is not None
    assert ground_floor.area_after > ground_floor.area_before + 30
    assert 1.0 < (ground_floor.apart or 0) < 2**0.5
    assert "built_up_area" in {each.name for each in found.measures}
    assert "permit fee" in {each.name for each in found.fees}
    assert "parcel" not in {each.kind for each in found.outlines or ()}


def test_an_officer_sees_which_changed_part_brought_a_new_point() -> None:
    found = between(a_check(6.0), a_check(0.8))
    broken = [each for each in found.worse if each.outcome_after == "fail" and each.rule == "yards"]
    assert broken
    for each in broken:
        assert each.what == OUTCOME
        assert (each.outcome_before, each.is_better) == ("pass", False)
        assert each.measured_before != each.measured_after
        assert each.clause
        touched = [(found.outlines or ())[i] for i in each.outlines]
        assert {"level", "yard"} & {one.kind for one in touched}


def test_the_way_back_is_better() -> None:
    found = between(a_check(0.8), a_check(6.0))
    assert any(each.is_better and each.rule == "yards" for each in found.findings)
    assert not any(each.is_worse and each.rule == "yards" for each in found.findings)


def test_a_measure_that_changes_without_its_outcome_is_told_as_a_measure() -> None:
    found = between(a_check(6.0), a_check(5.5))
    told = {each.rule: each for each in found.findings if each.what == MEASURE}
    assert told["coverage"].measured_before != told["coverage"].measured_after
    assert told["coverage"].required_before == told["coverage"].required_after
    assert not told["coverage"].is_worse


@pytest.mark.parametrize(
    ("changes", "what", "is_worse"),
    [
        ({"outcome": "fail"}, OUTCOME, True),
        ({"outcome": "unknown"}, OUTCOME, True),
        ({"outcome": "not applicable"}, OUTCOME, False),
        ({"required": {"amount": "99", "unit": "m", "steps": []}}, MEASURE, False),
    ],
)
def test_one_finding_that_changed_is_the_only_one_told(
    changes: dict[str, Any], what: str, is_worse: bool
) -> None:
    before = a_low_risk_check()
    index = next(i for i, each in enumerate(before["findings"]) if each["outcome"] == "pass")
    (only,) = difference(before, with_finding(before, index, **changes)).findings
    assert (only.what, only.is_worse) == (what, is_worse)
    assert only.rule == before["findings"][index]["rule"]


def test_findings_that_appear_or_go_are_told() -> None:
    before = a_low_risk_check()
    after = before | {"findings": before["findings"][1:]}
    (gone,) = difference(before, after).findings
    (come,) = difference(after, before).findings
    assert (gone.what, come.what) == (WENT, APPEARED)
    assert (gone.outcome_after, come.outcome_before) == ("", "")
    twice = before | {"findings": [*before["findings"], before["findings"][0]]}
    assert [each.what for each in difference(before, twice).findings] == [APPEARED]


def test_land_that_was_recorded_anew_is_told_by_theme_and_source() -> None:
    found = difference(found_of(a_check()), found_of(a_check(site=a_clear_site(railway="near"))))
    assert [(each.name, each.before, each.after) for each in found.themes] == [
        ("railway", "not_affected", "near")
    ]
    assert {each.rule for each in found.worse} == {"noc_railway"}
    before, after = a_low_risk_check(), a_low_risk_check()
    source = {"id": "railway-2", "title": "Railway land", "publisher": "x", "date": "2026-02-02"}
    after["site"]["sources"].append(source)
    assert [(each.name, each.before, each.after) for each in difference(before, after).sources] == [
        ("railway-2", "", "2026-02-02")
    ]


def test_another_day_of_the_same_rules_is_told_and_changes_nothing() -> None:
    later = found_of(checked(a_clear_site(), on=date(2026, 1, 2)))
    found = difference(a_low_risk_check(), later)
    assert (found.day is not None, found.book is not None, found.is_empty) == (True, True, True)


def test_a_day_before_the_amendment_shows_what_the_rules_changed() -> None:
    found = difference(found_of(checked(a_clear_site(), on=date(2025, 10, 28))), a_low_risk_check())
    assert found.drawing is None
    assert not found.is_empty
    assert found.risk is not None
    assert (found.risk.before, found.risk.after) == ("open", "low")


def test_answers_beside_the_drawing_are_told() -> None:
    after = found_of(checked(a_clear_site(), answers=b'{"words": {"PERMEABLE_PERCENT": "60"}}'))
    assert difference(a_low_risk_check(), after).answers_changed


def test_without_its_place_on_the_map_no_outline_is_compared() -> None:
    ground = ground_of(a_check())
    nowhere: tuple[dict[str, Any] | None, ...] = (None, {"features": []})
    for empty in nowhere:
        assert (
            difference(
                a_low_risk_check(), a_low_risk_check(), ground_before=empty, ground_after=ground
            ).outlines
            is None
        )
        assert outline_changes(ground, empty) is None


@pytest.mark.parametrize(
    ("moved", "is_same"), [(0.0, True), (SAME - 0.01, True), (SAME + 0.01, False), (1.0, False)]
)
def test_an_outline_is_the_same_within_5_cm(moved: float, is_same: bool) -> None:
    west, south, east, north = HOUSE[1]
    after = a_ground(("level", (west + moved, south, east + moved, north)))
    found = outline_changes(a_ground(HOUSE), after)
    assert found is not None
    assert [each.what for each in found] == ([] if is_same else [CHANGED])
    if not is_same:
        assert found[0].apart == pytest.approx(moved, abs=0.003)
        assert found[0].area_before == pytest.approx(120, abs=0.2)


def test_outlines_come_and_go() -> None:
    shed = ("thing", (20.0, 20.0, 23.0, 24.0))
    with_it, without = a_ground(HOUSE, shed), a_ground(HOUSE)
    (come,) = outline_changes(without, with_it) or ()
    (gone,) = outline_changes(with_it, without) or ()
    assert (come.what, come.kind, come.area_after) == (CAME, "thing", pytest.approx(12, abs=0.05))
    assert (gone.what, gone.area_before, gone.area_after) == (TAKEN_AWAY, pytest.approx(12, abs=0.05), None)
    assert shape(gone.geometry).area > 0


def test_a_house_that_was_put_elsewhere_is_one_taken_away_and_another_put_there() -> None:
    found = outline_changes(a_ground(HOUSE), a_ground(("level", (25.0, 25.0, 35.0, 37.0)))) or ()
    assert sorted(each.what for each in found) == [CAME, TAKEN_AWAY]


def test_of_two_houses_only_the_one_that_was_redrawn_is_told() -> None:
    other = ("level", (25.0, 5.0, 35.0, 17.0))
    longer = ("level", (25.0, 5.0, 35.0, 19.0))
    (only,) = outline_changes(a_ground(HOUSE, other), a_ground(longer, HOUSE)) or ()
    assert (only.what, only.area_after) == (CHANGED, pytest.approx(140, abs=0.3))


def test_one_bay_moved_among_hundreds_is_found() -> None:
    bays = [
        ("thing", (50 + 2.6 * (i % 20), 50 + 5.2 * (i // 20), 52.5 + 2.6 * (i % 20), 55 + 5.2 * (i // 20)))
        for i in range(400)
    ]
    moved = [*bays[:200], ("thing", (0.0, 80.0, 2.5, 85.0)), *bays[201:]]
    found = outline_changes(a_ground(*bays), a_ground(*moved)) or ()
    assert sorted(each.what for each in found) == [CAME, TAKEN_AWAY]


def test_a_check_kept_before_themes_were_told_is_compared_all_the_same() -> None:
    before: Found = a_low_risk_check()
    del before["site"]["themes"]
    found = difference(before, a_low_risk_check())
    assert {each.before for each in found.themes} == {""}
