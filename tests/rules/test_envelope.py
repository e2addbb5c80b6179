"""What a plot carries, worked by hand on rectangles: yards, growth, street, coverage, index, bands, and the day of the law."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from shapely import box

from gis.errors import Invalid
from gis.site import LocalBody, Site
from rules.book import Force
from rules.envelopes.model import Decider
from rules.reading import library
from tests.rules.envelope_sites import (
    AMENDED,
    BEFORE_UNREAD,
    LAST_UNREAD,
    UNREAD,
    a_book,
    a_road,
    a_site,
    carried,
    distances,
)

SMALL = box(0, 0, 10, 20)
"""200 m²: the yards of a house leave 8 m by 15.5 m."""


def floor_of(plot: Site, **other: Any) -> tuple[Decimal | None, int | None]:
    """Floor area without a fee, and storeys."""
    choice = carried(plot, **other).choice
    return choice.floor_area, choice.storeys


def test_the_ground_of_a_rectangle_is_what_the_yards_leave() -> None:
    choice = carried().choice
    assert distances(choice.bands[0]) == {
        "front road:1": Decimal("3.000"),
        "rear": Decimal("1.500"),
        "side": Decimal("1.000"),
    }
    assert choice.ground.bounds == (1.0, 3.0, 19.0, 28.5)
    assert choice.bands[0].area == Decimal("459.00")
    assert (choice.bands[0].bottom, choice.bands[0].top) == (Decimal(0), Decimal(10))


def test_an_ordinary_house_plot_is_certain_and_cites_its_clauses() -> None:
    answer = carried(a_site(SMALL))
    assert answer.is_certain
    assert answer.force is Force.BINDING
    assert {"26(4) Table 4", "26(6)", "27 Table 6", "23 Table 3", "24"} <= {
        each.clause for each in answer.citations
    }
    assert any("3 m high" in note for note in answer.notes)


@pytest.mark.parametrize(
    ("storey", "floor", "storeys"),
    [
        ("10", "124.00", 1),  # 8 x 15.5, no growth at exactly 10 m
        ("10.001", "101.50", 1),  # grown once: 7 x 14.5
        ("6.5", "203.00", 2),  # 13 m: grown once
        ("6.501", "162.00", 2),  # over 13 m: grown twice, 6 x 13.5
    ],
)
def test_yards_grow_by_half_a_metre_for_each_part_of_three_above_ten(
    storey: str, floor: str, storeys: int
) -> None:
    assert floor_of(a_site(SMALL), storey_height=Decimal(storey)) == (Decimal(floor), storeys)


def test_the_most_floor_area_is_not_the_most_storeys() -> None:
    # 3 storeys: 3 x 124 = 372; 4: 4 x 101.5 = 406; 5: 5 x 81 = 405; 6: 6 x 62.5 = 375
    choice = carried(a_site(SMALL)).choice
    assert (choice.floor_area, choice.storeys) == (Decimal("406.00"), 4)
    assert choice.carried[0].footprint == Decimal("101.50")
    assert choice.carried[0].decider is Decider.GROWTH


def test_growth_stops_where_the_minimum_reaches_sixteen() -> None:
    plot = a_site(box(0, 0, 200, 200))
    bands = carried(plot, occupancy="G2", storey_height=Decimal(76)).choice.bands

    def at(height: str, side: str) -> Decimal:
        return distances(next(band for band in bands if band.top >= Decimal(height)))[side]

    assert (at("73", "rear"), at("73.1", "rear"), at("76.1", "rear")) == (
        Decimal("15.500"),
        Decimal("16.000"),
        Decimal("16.000"),
    )
    assert (at("85", "side"), at("85.1", "side"), at("200", "side")) == (
        Decimal("15.500"),
        Decimal("16.000"),
        Decimal("16.000"),
    )


@pytest.mark.parametrize(("width", "front"), [(2.0, "3.000"), (1.999, "3.001"), (1.5, "3.500")])
def test_height_is_twice_the_street_and_twice_the_yard(width: float, front: str) -> None:
    plot = a_site(roads=[a_road((0, 0), (20, 0), width=width)])
    bands = carried(plot, storey_height=Decimal(10)).choice.bands
    at_ten = next(band for band in bands if band.top == Decimal(10))
    assert distances(at_ten)["front road:1"] == Decimal(front)
    assert (Decider.STREET_HEIGHT in {each.decider for each in at_ten.set_backs}) is (width < 2.0)


def test_behind_its_reach_the_street_does_not_limit_the_height() -> None:
    plot = a_site(box(0, 0, 100, 100), [a_road((0, 0), (100, 0), width=1.0)])
    for band in carried(plot, storey_height=Decimal(10)).choice.bands:
        steps = min(29, max(0, -int(-(band.top - 10) // 3)))  # 29 steps bring 1.8 m to 16 m
        yard = Decimal("3.0") + Decimal("0.5") * steps
        need = (band.top - 2) / 2
        assert distances(band)["front road:1"] == max(yard, min(need, yard + 9)).quantize(Decimal("0.001"))


@pytest.mark.parametrize(
    ("recorded", "footprint", "decider"),
    [(190.7, "123.96", Decider.COVERAGE), (190.8, "124.00", Decider.YARDS), (None, "124.00", Decider.YARDS)],
)
def test_coverage_goes_by_the_lesser_area(recorded: float | None, footprint: str, decider: Decider) -> None:
    choice = carried(a_site(SMALL, recorded_area=recorded)).choice
    assert (choice.footprint, choice.footprint_decider) == (Decimal(footprint), decider)


@pytest.mark.parametrize(
    ("area", "floor", "storeys", "decider"),
    [
        (626.66, "1879.98", 5, Decider.FSI),  # five storeys of 376 m² at 15 m reach it
        (626.68, "1880.04", 6, Decider.FSI),  # five no longer do
    ],
)
def test_the_fewest_storeys_that_reach_the_index(
    area: float, floor: str, storeys: int, decider: Decider
) -> None:
    first = carried(a_site(measured_area=area, recorded_area=area)).choice.carried[0]
    assert (first.floor_area, first.storeys, first.decider) == (Decimal(floor), storeys, decider)
    assert first.index == Decimal(3)


def test_above_the_free_index_the_fee_is_named() -> None:
    free, paid = carried().choice.carried
    assert (free.floor_area, free.fee, free.excess) == (Decimal("1800.00"), None, Decimal(0))
    assert (paid.index, paid.floor_area, paid.storeys) == (Decimal(4), Decimal("2132.00"), 8)
    assert (paid.fee, paid.excess) == (500_000, Decimal("332.00"))


@pytest.mark.parametrize(
    ("plot", "occupancy", "floor", "row", "decider"),
    [
        (box(0, 0, 12, 20), "H", "300.00", "H, up to 300 m²", Decider.BUILT_UP_AREA),
        (box(0, 0, 20, 30), "H", "1512.00", "H, over 300 m²", Decider.GROWTH),
        (box(0, 0, 20, 30), "G1", "1000.00", "G1, over 200 m²", Decider.BUILT_UP_AREA),
        (box(0, 0, 10, 20), "G1", "200.00", "G1, up to 200 m²", Decider.BUILT_UP_AREA),
    ],
)
def test_a_building_keeps_the_yards_of_its_own_band(
    plot: object, occupancy: str, floor: str, row: str, decider: Decider
) -> None:
    first = carried(a_site(plot), occupancy=occupancy).choice.carried[0]
    assert first.row == row
    assert first.decider is decider
    if occupancy != "H" or decider is Decider.BUILT_UP_AREA:
        assert first.floor_area == Decimal(floor)
    else:
        assert first.floor_area > 300


def test_a_use_that_needs_more_than_the_plot_gives_is_told_so() -> None:
    answer = carried(a_site(box(0, 0, 8, 12)), occupancy="C")
    assert answer.choice.carried[0].floor_area == 0
    assert answer.choice.carried[0].decider is Decider.BUILT_UP_AREA
    assert any("another group" in step for step in answer.choice.steps)


def test_a_tiny_plot_carries_nothing() -> None:
    choice = carried(a_site(box(0, 0, 2, 3))).choice
    assert choice.ground.is_empty
    assert (choice.footprint, choice.floor_area, choice.storeys) == (Decimal(0), Decimal(0), 0)
    assert choice.footprint_decider is Decider.NOTHING_LEFT


@pytest.mark.parametrize(
    ("on", "has_ground", "has_storeys"),
    [
        (BEFORE_UNREAD, True, False),
        (UNREAD, False, False),
        (LAST_UNREAD, False, False),
        (AMENDED, True, True),
    ],
)
def test_the_law_of_the_day_decides_what_is_known(on: date, has_ground: bool, has_storeys: bool) -> None:
    answer = carried(a_site(SMALL), book=a_book(on))
    assert (answer.choice is not None) is has_ground
    assert bool(answer.choice and answer.choice.carried) is has_storeys
    assert answer.is_certain is has_storeys
    gaps = {gap.rule for gap in answer.gaps}
    assert ("yards" in gaps) is not has_ground
    assert ("yards above 10 m" in gaps) is not has_storeys


def test_before_the_amendment_one_figure_held_for_each_yard() -> None:
    band = carried(a_site(), occupancy="C", book=a_book(BEFORE_UNREAD)).choice.bands[0]
    assert distances(band) == {
        "front road:1": Decimal("5.000"),
        "rear": Decimal("2.000"),
        "side": Decimal("2.000"),
    }
    assert band.top is None


def test_a_panchayat_is_only_advised_and_no_municipal_number_fills_in() -> None:
    answer = carried(a_site(body=LocalBody.PANCHAYAT), book=a_book(body=LocalBody.PANCHAYAT))
    assert answer.force is Force.ADVISORY
    assert not answer.is_certain
    assert (answer.choice.footprint, answer.choice.floor_area) == (None, None)
    assert {"coverage", "floor space index", "distance to the street"} <= {gap.rule for gap in answer.gaps}


def test_beyond_the_last_day_that_was_read_newer_law_may_hold() -> None:
    last = library().read_to
    assert "day" not in {gap.rule for gap in carried(book=a_book(last)).gaps}
    assert "day" in {gap.rule for gap in carried(book=a_book(last + timedelta(days=1))).gaps}


def test_a_group_with_parts_asks_which_part() -> None:
    answer = carried(occupancy="B")
    gap = next(each for each in answer.gaps if each.rule == "coverage")
    assert "B_other and B_school" in gap.reason
    assert answer.choice.footprint is None
    assert carried(occupancy="B_school").choice.footprint == Decimal("240.00")


def test_more_than_five_floors_are_high_rise_and_not_certain() -> None:
    five = carried(a_site(SMALL, measured_area=120.0, recorded_area=120.0)).choice
    assert five.storeys <= 5
    tall = carried(occupancy="C")
    assert tall.choice.storeys > 5
    assert "high-rise" in {gap.rule for gap in tall.gaps}
    assert not tall.is_certain


@pytest.mark.parametrize("height", [Decimal(0), Decimal(-3), Decimal("NaN"), Decimal("Infinity")])
def test_a_storey_has_a_height(height: Decimal) -> None:
    with pytest.raises(Invalid):
        carried(storey_height=height)


def test_an_occupancy_that_nobody_knows_is_refused() -> None:
    with pytest.raises(Invalid, match="no occupancy"):
        carried(occupancy="Z9")


def test_the_book_of_another_body_is_refused() -> None:
    with pytest.raises(Invalid, match="do not hold"):
        carried(a_site(body=LocalBody.PANCHAYAT))


def test_a_place_without_rules_in_the_book_is_refused() -> None:
    with pytest.raises(Invalid, match="No building rules"):
        carried(a_site(rule_book=None))


@pytest.mark.parametrize(("storey", "told"), [("3", False), ("8", True)])
def test_a_height_that_rests_on_the_reach_of_the_street_is_not_certain(storey: str, told: bool) -> None:
    plot = a_site(box(0, 0, 100, 100), [a_road((0, 0), (100, 0), width=1.0)], measured_area=1500.0)
    answer = carried(plot, storey_height=Decimal(storey))
    assert answer.choice.storeys > 0
    assert any("building line" in gap.effect for gap in answer.gaps) is told


def test_two_askings_give_the_same_answer() -> None:
    assert repr(carried()) == repr(carried())
