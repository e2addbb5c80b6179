"""The drawing of a checked plan on the map: each line where it lies on the ground, and no line where nobody knows."""

import re
from dataclasses import replace
from typing import Any

import orjson
import pytest
from shapely import Polygon, box
from shapely.affinity import translate
from shapely.geometry import shape

from gis.crs import to_metric
from rules.check_document import to_json
from rules.checking import PlanCheck, check
from rules.findings import Outcome, Place
from rules.plans.starter import starter
from rules.reading import library
from tests.rules.plan_builders import a_site
from tests.web.checked_plans import CORNERS, DAY, a_check, a_document, a_drawing, the_site
from web.check_map import ground_of, plan_features

RECTANGLE: list[list[float]] = [[0, 0], [20, 0], [20, 12], [0, 12]]
FINEST = 0.02
"""Metres: what seven decimals of a degree are worth on the ground."""


def drawn(asked: PlanCheck | None = None) -> dict[str, Any]:
    """The features of a check."""
    found: dict[str, Any] = orjson.loads(plan_features(asked or a_check()))
    return found


def of_kind(kind: str) -> list[dict[str, Any]]:
    """Features of one kind."""
    return [each for each in drawn()["features"] if each["properties"]["kind"] == kind]


def without_street(corners: list[list[float]]) -> PlanCheck:
    """An example house on a plot with no mapped street, in a drawing that does not tell how it is turned."""
    site = a_site({"roads": []}, plot=corners)
    content = starter(site, set_back=2.0).replace(b"TURN_DEGREES=", b"SAYS_NOTHING=")
    return check(content, site, library(), on=DAY)


def test_what_is_drawn_lies_where_it_was_placed() -> None:
    frame = the_site().frame
    levels = [level for building in a_check().proposal.buildings for level in building.levels]
    shown = [frame.from_grid(to_metric(shape(each["geometry"]), frame.metric)) for each in of_kind("level")]
    assert len(shown) == len(levels) > 0
    for level, found in zip(levels, shown, strict=True):
        assert found.hausdorff_distance(level.footprint.shape) < FINEST


def test_each_place_has_the_number_and_outcome_of_its_finding() -> None:
    findings = a_check().report.findings
    for each in of_kind("place"):
        told = each["properties"]
        finding = findings[told["number"] - 1]
        assert (told["rule"], told["outcome"]) == (finding.rule, finding.outcome)
    broken = {n for n, each in enumerate(findings, 1) if each.outcome is Outcome.FAIL and each.places}
    assert broken
    assert broken <= {each["properties"]["number"] for each in of_kind("place")}


def test_a_floor_that_is_drawn_beside_the_plot_lies_on_no_ground() -> None:
    def beside(shape: Polygon) -> Place:
        return Place(what="room", shape=shape)

    whole = a_check()
    first, *others = whole.report.findings
    room = box(400, 400, 404, 404)
    odd = replace(first, places=(beside(room), beside(translate(room, -400, -400))))
    asked = replace(whole, report=replace(whole.report, findings=(odd, *others)))
    shown = [each for each in drawn(asked)["features"] if each["properties"].get("number") == 1]
    assert len(shown) == 1
    places = orjson.loads(to_json(asked))["findings"][0]["places"]
    assert [each["geometry"] is None for each in places] == [True, False]
    assert all(each["drawn"] for each in places)


def test_every_place_of_the_sketch_is_on_the_map() -> None:
    in_sketch = {int(each) for each in re.findall(r'id="place-(\d+)"', a_drawing())}
    assert in_sketch == {each["properties"]["number"] for each in of_kind("place")}


def test_positions_have_seven_decimals_longitude_first() -> None:
    for each in drawn()["features"]:
        corners = orjson.dumps(each["geometry"]["coordinates"]).decode().replace("[", " ").replace("]", " ")
        numbers = [number for number in corners.replace(",", " ").split() if number]
        assert all(len(number.partition(".")[2]) <= 7 for number in numbers)
        assert float(numbers[0]) > float(numbers[1])


def test_a_plan_that_is_no_plan_of_this_parcel_stands_on_no_map() -> None:
    site = a_site({}, plot=[[0, 0], [40, 0], [40, 33], [5, 30]])
    other = check(starter(a_site({}, plot=CORNERS), set_back=1.0), site, library(), on=DAY)
    assert other.proposal.placement is None or not other.proposal.placement.matches
    assert drawn(other)["features"] == []
    assert drawn(other)["restrictions"] == {}


def test_a_plan_that_fits_in_several_ways_stands_on_no_map() -> None:
    turned = without_street(RECTANGLE)
    placement = turned.proposal.placement
    assert placement is not None
    assert placement.matches
    assert not placement.is_certain
    assert drawn(turned)["features"] == []


@pytest.mark.parametrize(
    ("laid", "kept", "missing"),
    [
        ({"matches": True, "is_certain": True}, None, None),
        ({"matches": True, "is_certain": False}, None, "uncertain"),
        ({"matches": False, "is_certain": False}, None, "not_laid"),
        ({"matches": True, "is_certain": True}, b"", "not_kept"),
    ],
)
def test_the_page_knows_why_there_is_no_map(
    laid: dict[str, bool], kept: bytes | None, missing: str | None
) -> None:
    found = a_document()
    found["placement"] |= laid
    assert ground_of(found, plan_features(a_check()) if kept is None else kept).missing == missing
