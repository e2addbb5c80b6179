"""Streets, fronts, greatest heights, rule 50, and everything about the ground that is not known."""

from decimal import Decimal
from typing import Any

import pytest
from shapely import MultiLineString, box

from gis.errors import Invalid
from gis.site import Ground, Holding, LocalBody, RoadKind, Site, Status
from rules.envelopes.model import Decider
from tests.rules.envelope_sites import a_road, a_site, an_overlay, carried, distances, overlays

CORNER = ((20, 0), (20, 30))


def a_corner(**other: Any) -> Site:
    """A plot with the road in the south, 7 m wide, and another in the east."""
    return a_site(
        roads=[a_road((0, 0), (20, 0)), a_road(*CORNER, **({"ref": "road:2", "name": "Side Lane"} | other))]
    )


def east(site: Site, height: str = "9") -> Decimal:
    """How far a building of a height stays from the road in the east, with the front in the south."""
    choice = carried(site, front="road:1").choice
    band = next(each for each in choice.bands if each.top >= Decimal(height))
    return distances(band)["side road:2"]


def rules(site: Site, **other: Any) -> set[str]:
    """What there are gaps about."""
    return {gap.rule for gap in carried(site, **other).gaps}


@pytest.mark.parametrize(
    ("other", "distance"),
    [
        ({"width": 5.999}, "2.000"),
        ({"width": 6.0}, "3.000"),
        ({"width": 4.0, "kind": RoadKind.MAIN}, "3.000"),
        ({"width": 4.0, "kind": RoadKind.NOTIFIED}, "3.000"),
        ({"width": 4.0, "kind": None}, "3.000"),
        ({"width": None, "kind": RoadKind.MAIN}, "3.000"),
        ({"width": None, "kind": RoadKind.UNNOTIFIED}, "3.000"),
    ],
)
def test_every_street_keeps_its_own_distance(other: dict[str, Any], distance: str) -> None:
    assert east(a_corner(**other)) == Decimal(distance)


@pytest.mark.parametrize(
    ("other", "low"),
    [
        ({"kind": RoadKind.CUL_DE_SAC, "length": 250.0}, "2.000"),
        ({"kind": RoadKind.CUL_DE_SAC, "length": 250.001}, "3.000"),
        ({"kind": RoadKind.CUL_DE_SAC, "length": None}, "3.000"),
        ({"kind": RoadKind.COLONY}, "2.000"),
        ({"kind": RoadKind.UNNOTIFIED, "length": 75.0, "plots_served": 6}, "1.500"),
        ({"kind": RoadKind.UNNOTIFIED, "length": 75.0, "plots_served": 5}, "3.000"),
        ({"kind": RoadKind.UNNOTIFIED, "length": 75.001, "plots_served": 6}, "3.000"),
        ({"kind": RoadKind.MAIN, "length": 75.0, "plots_served": 6}, "3.000"),
    ],
)
def test_lanes_are_nearer_for_buildings_up_to_eight_metres(other: dict[str, Any], low: str) -> None:
    site = a_corner(width=6.5, **other)
    assert east(site, "8") == Decimal(low)
    assert east(site, "8.001") == Decimal("3.000")


@pytest.mark.parametrize(("width", "low"), [(3.0, "2.000"), (3.001, "2.000")])
def test_a_pedestrian_lane_is_narrow(width: float, low: str) -> None:
    site = a_corner(width=width, kind=RoadKind.PEDESTRIAN)
    assert east(site, "8") == Decimal(low)
    assert east(site, "9") == Decimal("2.000")


def test_of_two_streets_the_wider_decides_the_height_along_the_narrower_too() -> None:
    narrow = a_corner(width=1.0)
    assert east(narrow, "9") == Decimal("2.000")
    alone = a_site(roads=[a_road(*CORNER, ref="road:2", width=1.0)])
    front = distances(carried(alone).choice.bands[-1])["front road:2"]
    assert front > Decimal("2.000")


def test_a_street_without_width_counts_with_the_widest_that_is_known() -> None:
    told, untold = (carried(a_corner(width=width), front="road:1").choice.bands for width in (5.0, None))
    at_21 = [next(each for each in bands if each.top >= 21) for bands in (told, untold)]
    assert distances(at_21[0])["side road:2"] == Decimal("3.000")  # the yard: the narrower does not limit
    assert distances(at_21[1])["side road:2"] >= Decimal("3.500")  # 21 m is twice 7 m and twice 3.5 m


def test_of_two_streets_the_better_front_is_chosen_and_both_are_reckoned() -> None:
    answer = carried(a_corner(width=5.0))
    assert [each.front for each in answer.candidates] == ["road:1", "road:2"]
    assert answer.choice == answer.candidates[0]
    assert carried(a_corner(width=5.0), front="road:2").choice == answer.candidates[1]
    assert answer.candidates[0].floor_area >= answer.candidates[1].floor_area


def test_where_streets_meet_the_splay_of_the_corner_is_told() -> None:
    assert "junction" in rules(a_corner())
    through = a_site(roads=[a_road((0, 0), (20, 0)), a_road((0, 30), (20, 30), ref="road:2")])
    assert "junction" not in rules(through)


def test_a_road_whose_frontage_is_empty_is_no_front() -> None:
    answer = carried(a_site(roads=[a_road((0, 0), (20, 0), frontage=MultiLineString())]))
    assert answer.choice is None
    assert "front" in {gap.rule for gap in answer.gaps}


def test_a_front_that_is_none_is_refused() -> None:
    with pytest.raises(Invalid, match="road:1, road:2"):
        carried(a_corner(), front="road:3")


def test_without_a_mapped_road_the_front_is_unknown_and_every_side_is_a_candidate() -> None:
    answer = carried(a_site(roads=[]))
    assert answer.choice is None
    assert not answer.is_certain
    assert {each.title for each in answer.candidates} == {
        "side 1 (south)",
        "side 2 (east)",
        "side 3 (north)",
        "side 4 (west)",
    }
    gap = next(each for each in answer.gaps if each.rule == "front")
    assert "No street" in gap.reason
    south = next(each for each in answer.candidates if each.front == "side 1")
    assert south.ground.bounds == (1.0, 3.0, 19.0, 28.5)


def test_a_person_may_name_the_side_of_the_access() -> None:
    answer = carried(a_site(roads=[]), front="side 2")
    assert answer.choice.front == "side 2"
    assert answer.choice.ground.bounds == (1.5, 1.0, 17.0, 29.0)
    assert "front" in {gap.rule for gap in answer.gaps}


def test_a_road_without_width_counts_with_none_for_height() -> None:
    site = a_site(roads=[a_road((0, 0), (20, 0), width=None)])
    assert {"height against the street", "distance to the street"} <= rules(site)
    bands = carried(site).choice.bands
    assert (bands[0].top, distances(bands[0])["front road:1"]) == (Decimal(6), Decimal("3.000"))
    assert distances(bands[1])["front road:1"] == Decimal("4.000")  # 8 m is twice 4 m


def test_a_road_without_kind_is_a_gap_only_where_it_matters() -> None:
    assert "distance to the street" in rules(a_site(roads=[a_road((0, 0), (20, 0), width=5.9, kind=None)]))
    assert rules(a_site(roads=[a_road((0, 0), (20, 0), width=6.0, kind=None)])) <= {"high-rise"}


def test_a_street_that_is_not_on_the_boundary_is_named() -> None:
    answer = carried(a_site(roads=[a_road((0, 0), (20, 0)), a_road((40, 0), (40, 30), ref="road:2")]))
    assert [each.front for each in answer.candidates] == ["road:1"]
    assert any("No part of the boundary" in gap.reason for gap in answer.gaps)


@pytest.mark.parametrize(
    ("status", "top", "gap"),
    [
        (Status.AFFECTED, Decimal(10), False),
        (Status.NOT_AFFECTED, Decimal(16), False),
        (Status.NEAR, Decimal(16), False),
        (Status.NO_DATA, Decimal(16), True),
    ],
)
def test_a_security_zone_ends_at_ten_metres(status: Status, top: Decimal, gap: bool) -> None:
    site = a_site(box(0, 0, 10, 20), overlays=overlays(an_overlay("security_zone", status)))
    answer = carried(site)
    assert answer.choice.bands[-1].top == (top if top == 10 else Decimal(13))
    assert ("security zone" in {each.rule for each in answer.gaps}) is gap
    assert answer.is_certain is (status is Status.NOT_AFFECTED)
    assert (answer.choice.carried[0].decider is Decider.GREATEST_HEIGHT) is (status is Status.AFFECTED)


@pytest.mark.parametrize(("storey", "storeys"), [("5", 2), ("5.001", 1)])
def test_the_security_zone_takes_exactly_ten_metres(storey: str, storeys: int) -> None:
    zone = overlays(an_overlay("security_zone", Status.AFFECTED))
    assert carried(a_site(overlays=zone), storey_height=Decimal(storey)).choice.storeys == storeys


def an_airport(highest: float | None, *attributes: tuple[str, str]) -> Site:
    """A plot under an airport's zoning map, its highest ground at a height above the sea."""
    ground = None
    if highest is not None:
        ground = Ground(
            lowest=highest - 2.0,
            highest=highest,
            slope_mean=1.0,
            slope_max=2.0,
            resolution=5.0,
            datum="mean sea level",
            origin="terrain",
        )
    surface = an_overlay("airport_height", Status.AFFECTED, attributes=attributes)
    return a_site(ground=ground, overlays=overlays(surface))


@pytest.mark.parametrize(("highest", "storeys"), [(111.0, 3), (111.001, 2), (117.5, 0), (130.0, 0)])
def test_an_airport_limits_the_top_above_the_highest_ground(highest: float, storeys: int) -> None:
    site = an_airport(highest, ("top_amsl_m", "120"), ("top_amsl_m", "130"))
    answer = carried(site)
    assert answer.choice.storeys == storeys
    assert "airport" not in {gap.rule for gap in answer.gaps}


def test_an_airport_that_tells_no_top_or_no_ground_is_a_gap() -> None:
    assert "airport" in rules(an_airport(100.0))
    assert "airport" in rules(an_airport(100.0, ("top_amsl_m", "high")))
    assert "airport" in rules(an_airport(None, ("top_amsl_m", "120")))
    assert "airport" in rules(a_site(overlays=()))


@pytest.mark.parametrize("layer", ["zoning", "planning_scheme"])
@pytest.mark.parametrize(
    ("status", "gap"), [(Status.AFFECTED, True), (Status.NO_DATA, True), (Status.NOT_AFFECTED, False)]
)
def test_a_plan_that_prevails_is_never_passed_over(layer: str, status: Status, gap: bool) -> None:
    site = a_site(box(0, 0, 10, 20), overlays=overlays(an_overlay(layer, status)))
    assert ("plan or scheme" in rules(site)) is gap
    assert carried(site).is_certain is not gap


@pytest.mark.parametrize("status", [Status.AFFECTED, Status.NEAR, Status.NO_DATA])
def test_restrictions_stand_beside_the_envelope(status: Status) -> None:
    theme = an_overlay("crz_zone", status, clause="para 5", consult="Coastal authority")
    answer = carried(a_site(box(0, 0, 10, 20), overlays=overlays(theme)))
    (condition,) = answer.conditions
    assert (condition.layer, condition.status, condition.clause) == ("crz_zone", status, "para 5")
    assert not answer.is_certain
    assert answer.choice.floor_area == Decimal("406.00")


def test_a_theme_without_law_or_authority_is_no_condition() -> None:
    ward = an_overlay("ward", Status.AFFECTED, law=None)
    assert carried(a_site(overlays=overlays(ward))).conditions == ()


def test_an_unknown_local_body_or_recorded_area_is_told() -> None:
    assert rules(a_site(box(0, 0, 10, 20), body=None)) == {"local body"}
    assert rules(a_site(box(0, 0, 10, 20), recorded_area=None)) == {"plot area"}
    assert rules(a_site(box(0, 0, 10, 20), body=LocalBody.MUNICIPALITY)) == set()


FREE = Holding(owns_adjoining_land=False, is_split=False)


@pytest.mark.parametrize(
    ("area", "holding", "footprint", "index"),
    [
        (125.0, FREE, "83.60", None),  # 8.8 m by 9.5 m, whatever the coverage
        (125.01, FREE, "64.00", "3"),  # the ordinary yards: 8 m by 8 m
        (125.0, Holding(owns_adjoining_land=True, is_split=False), "81.25", "3"),
        (125.0, Holding(owns_adjoining_land=False, is_split=True), "81.25", "3"),
        (125.0, Holding(owns_adjoining_land=False), "81.25", "3"),
        (125.0, Holding(), "81.25", "3"),
    ],
)
def test_rule_50_frees_small_plots_of_owners_without_adjoining_land(
    area: float, holding: Holding, footprint: str, index: str | None
) -> None:
    road = a_road((0, 0), (10, 0), width=5.0)
    site = a_site(box(0, 0, 10, 12.5), [road], measured_area=area, recorded_area=area, holding=holding)
    answer = carried(site)
    assert answer.choice.footprint == Decimal(footprint)
    assert answer.choice.carried[0].index == (None if index is None else Decimal(index))
    is_unknown = (
        area <= 125.0 and True not in (holding.owns_adjoining_land, holding.is_split) and holding != FREE
    )
    assert ("small plots" in {gap.rule for gap in answer.gaps}) is is_unknown


@pytest.mark.parametrize(
    ("storey", "floor", "storeys"),
    [
        ("3.333", "200.00", 3),  # 9.999 m: three floors, up to the 200 m² of the row
        ("3.334", "167.20", 2),  # three would be 10.002 m: two floors of 83.6 m²
        ("2.5", "224.00", 4),  # a fourth at 10 m by the ordinary rules, 4 m from the street: 4 x 56 m²
    ],
)
def test_rule_50_helps_up_to_three_storeys_and_ten_metres(storey: str, floor: str, storeys: int) -> None:
    road = a_road((0, 0), (10, 0), width=1.0)
    site = a_site(box(0, 0, 10, 12.5), [road], holding=FREE)
    first = carried(site, storey_height=Decimal(storey)).choice.carried[0]
    assert (first.floor_area, first.storeys) == (Decimal(floor), storeys)


@pytest.mark.parametrize(("area", "front"), [(125.0, "2.000"), (125.01, "3.000")])
@pytest.mark.parametrize("occupancy", ["A1", "F"])
def test_the_row_for_small_plots_ends_at_125_square_metres(area: float, front: str, occupancy: str) -> None:
    road = a_road((0, 0), (10, 0), width=5.0)
    site = a_site(box(0, 0, 10, 12.5), [road], measured_area=area, recorded_area=area)
    band = carried(site, occupancy=occupancy, storey_height=Decimal(4)).choice.bands[0]
    assert distances(band)["front road:1"] == Decimal(front)
