"""A building that stands against today's yards: the rule on yards judges it, and what the map cannot tell stays unknown."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import shapely
from shapely import MultiPolygon, Polygon
from shapely.affinity import rotate

from gis.errors import Invalid
from gis.site import LocalBody, Site
from rules.checks import RULES
from rules.findings import Outcome
from rules.footprints import Footprint
from rules.reading import library
from rules.standing import Standing, standing
from tests.rules.plan_builders import a_plan, a_site

DAY = date(2026, 1, 1)
BOOK = library().on(DAY, LocalBody.MUNICIPALITY)
HOUSE = (5.0, 4.0, 15.0, 16.0)
FAIL, PASS, UNKNOWN = Outcome.FAIL, Outcome.PASS, Outcome.UNKNOWN


def judged(shape: Any = HOUSE, *, site: Site | None = None, accuracy: float = 0.1, **other: Any) -> Standing:
    """A house of two storeys on the plot of the builders (20 m by 25 m, street in the south), mapped to 10 cm as the plot is."""
    ground = shape if isinstance(shape, Polygon | MultiPolygon) else shapely.box(*shape)
    footprint = Footprint(
        shape=ground,
        storeys=other.get("storeys", 2),
        occupancy=other.get("occupancy", "A1"),
        accuracy=accuracy,
        storey_height=other.get("storey_height", Decimal(3)),
    )
    return standing(footprint, site or a_site(), BOOK)


@pytest.mark.parametrize(
    ("south", "outcome"),
    [
        (3.25, PASS),  # 3 m on average are asked for in front; the map is good to 0.2 m
        (3.15, UNKNOWN),
        (2.85, UNKNOWN),
        (2.75, FAIL),
        (1.0, FAIL),
    ],
)
def test_what_lies_within_the_accuracy_of_the_map_is_unknown(south: float, outcome: Outcome) -> None:
    found = judged((5.0, south, 15.0, south + 12))
    assert found.outcome is outcome
    assert found.yard == "front, average"
    assert found.measured == pytest.approx(Decimal(repr(south)))
    assert found.short == max(Decimal(0), Decimal(3) - Decimal(repr(south)))
    assert ("within the accuracy" in found.reason) == (outcome is UNKNOWN)


@pytest.mark.parametrize("accuracy", [0.1, 0.5, 2.0])
def test_a_coarser_map_tells_less(accuracy: float) -> None:
    found = judged((5.0, 2.0, 15.0, 14.0), accuracy=accuracy)
    assert found.outcome is (FAIL if accuracy + 0.1 < 1.0 else UNKNOWN)


def test_a_footprint_is_judged_as_the_same_house_on_a_drawing() -> None:
    for south in (1.0, 2.5, 4.0):
        box = [5.0, south, 15.0, south + 12]
        plan = a_plan({"buildings": [{"footprint": box}]}, site=a_site())
        drawn = RULES.check_one("yards", plan, a_site(), BOOK)
        found = judged(tuple(box), site=replace(a_site(), accuracy=0.0), accuracy=0.0)
        assert (found.outcome is FAIL) == any(each.outcome is FAIL for each in drawn)
        assert (found.outcome is PASS) == all(each.outcome is PASS for each in drawn)


def test_a_narrow_side_may_stand_by_what_no_footprint_shows() -> None:
    small = judged((0.4, 5.0, 8.4, 12.0), storeys=1)  # a neighbour's consent would do
    assert small.outcome is UNKNOWN
    assert "no opening" in small.reason
    high = judged((0.4, 5.0, 16.0, 20.0), storeys=4)  # 12 m: too high to abut, and for a blank wall
    assert high.outcome is FAIL
    assert high.short == Decimal("1.100")
    assert high.clause


def test_a_wall_that_may_stand_where_a_blank_one_would_do_does_not_break_for_sure() -> None:
    nine_metres, there = (0.45, 4.0, 8.45, 23.0), replace(a_site(), accuracy=0.0)  # 0.5 m before a blank wall
    assert judged(nine_metres, storeys=3, accuracy=0.0, site=there).outcome is FAIL
    unsure = judged(nine_metres, storeys=3, accuracy=0.2, site=there)
    assert unsure.outcome is UNKNOWN
    assert "where exactly the walls stand" in unsure.reason


def test_where_the_upper_storeys_decide_the_row_nobody_can_tell() -> None:
    found = judged(
        (2.0, 4.0, 16.0, 17.0), occupancy="F", storeys=2, accuracy=0.0, site=replace(a_site(), accuracy=0.0)
    )
    assert found.outcome is PASS
    inner = judged(
        (5.0, 3.0 + 0.01, 15.0, 23.4),
        occupancy="H",
        storeys=2,
        accuracy=0.0,
        site=replace(a_site(), accuracy=0.0),
    )
    assert (
        inner.outcome is UNKNOWN
    )  # 204 m² on each storey: up to 300 m² other yards are asked for than above
    assert "upper storeys" in inner.reason


def test_a_building_that_may_be_too_large_for_its_row_does_not_keep_for_sure() -> None:
    house, there = (3.0, 3.2, 16.9, 17.5), replace(a_site(), accuracy=0.0)
    # 199 m²: shops above 200 m² need 3 m in front everywhere, smaller ones 1.8 m and 3 m on average
    assert judged(house, occupancy="F", storeys=1, accuracy=0.0, site=there).outcome is PASS
    askew = rotate(shapely.box(*house), 3)  # the front is 3.0 m on average and less at one corner
    assert judged(askew, occupancy="F", storeys=1, accuracy=0.0, site=there).outcome is PASS
    assert judged(askew, occupancy="F", storeys=1, accuracy=0.1, site=there).outcome is UNKNOWN


def test_without_storeys_a_wide_yard_is_unknown_and_a_narrow_one_breaks() -> None:
    assert judged(storeys=None).outcome is UNKNOWN
    assert judged((5.0, 1.0, 15.0, 13.0), storeys=None).outcome is FAIL


def test_a_high_building_needs_wider_yards() -> None:
    assert judged((5.0, 3.5, 15.0, 15.5), storeys=3).outcome is PASS
    assert judged((5.0, 3.5, 15.0, 15.5), storeys=5).outcome is FAIL
    assert judged((5.0, 3.5, 15.0, 15.5), storeys=3, storey_height=Decimal("4.5")).outcome is FAIL


def test_between_two_streets_only_what_holds_for_both_is_told() -> None:
    corner = a_site({"roads": [{"side": 1}, {"side": 2}]})
    assert judged((4.0, 4.0, 16.0, 16.0), site=corner).outcome is PASS
    assert judged((5.0, 1.0, 18.9, 13.0), site=corner).outcome is FAIL
    open_one = judged((5.0, 4.0, 18.4, 16.0), site=corner)
    assert open_one.outcome is UNKNOWN
    assert "2 streets" in open_one.reason


def test_without_a_street_the_front_is_unknown() -> None:
    found = judged(site=a_site({"roads": []}))
    assert found.outcome is UNKNOWN
    assert found.reason == "No street is mapped along this plot."


def test_over_the_boundary_nobody_can_tell_and_just_beyond_it_the_yard_breaks() -> None:
    over = judged((-2.0, 4.0, 10.0, 16.0))
    assert over.outcome is UNKNOWN
    assert "over the boundary" in over.reason
    assert judged((-0.1, 4.0, 16.0, 20.0), storeys=3).outcome is FAIL


def test_a_plot_with_a_hole_and_a_house_in_two_parts() -> None:
    hollow = replace(a_site(), boundary=shapely.box(0, 0, 20, 25) - shapely.box(8, 18, 9, 19))
    assert judged(site=hollow).outcome is UNKNOWN
    parts = MultiPolygon([shapely.box(5, 4, 15, 9), shapely.box(5, 11, 15, 16)])
    assert judged(parts).outcome is PASS
    near = MultiPolygon([shapely.box(5, 1, 15, 6), shapely.box(5, 11, 15, 16)])
    assert judged(near).outcome is FAIL


def test_a_house_that_stands_askew_is_told_where_every_length_of_its_wall_says_the_same() -> None:
    house = shapely.box(6, 7, 14, 17)
    assert judged(rotate(house, 6)).outcome is PASS
    assert judged(rotate(shapely.box(6, 1.4, 14, 11.4), 6)).outcome is FAIL


@pytest.mark.parametrize(
    "other", [{"storeys": 0}, {"storey_height": Decimal(0)}, {"storey_height": Decimal("NaN")}]
)
def test_what_cannot_be_is_refused(other: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="cannot be"):
        judged(**other)
    with pytest.raises(Invalid, match="accuracy"):
        judged(accuracy=float("nan"))
