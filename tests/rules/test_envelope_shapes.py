"""Corner, flag, L-shaped, three-sided, curved and divided plots: which side is which, and what ground is left."""

import itertools
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPolygon, Polygon, box
from shapely.affinity import rotate

from rules.envelopes.model import Position
from rules.envelopes.shapes import left_over
from rules.envelopes.sides import FRONT, Sides, Streets, sides_of
from tests.rules.envelope_sites import a_road, a_site, carried, distances

BENT = Polygon([(0, 0), (20, 0), (20, 15), (10, 15), (10, 30), (0, 30)])
FLAG = Polygon([(0, 0), (4, 0), (4, 20), (24, 20), (24, 40), (0, 40)])


def sides(plot: Polygon | MultiPolygon, *fronts: LineString, accuracy: float = 0.0) -> Sides:
    """The sides of a plot by the streets along it."""
    return sides_of(
        np.array([plot], dtype=object),
        Streets(
            plot=np.zeros(len(fronts), dtype=np.int64),
            line=np.array(fronts, dtype=object),
            accuracy=np.full(len(fronts), accuracy),
        ),
    )


def lengths(found: Sides, case: int = 0) -> dict[tuple[str, int], float]:
    """Metres of boundary by position and street."""
    names = ("front", "rear", "side")
    return {
        (names[position], int(street)): round(float(line.length), 3)
        for each, position, street, line in zip(
            found.case, found.position, found.street, found.line, strict=True
        )
        if each == case
    }


def test_a_rectangle_has_a_front_a_rear_and_two_sides() -> None:
    found = sides(box(0, 0, 20, 30), LineString([(0, 0), (20, 0)]))
    assert lengths(found) == {("front", 0): 20.0, ("rear", -1): 20.0, ("side", -1): 60.0}


@pytest.mark.parametrize("angle", [0.0, 17.0, 44.0, 45.0, 90.0, 133.3, 200.0, 315.0])
def test_the_sides_turn_with_the_plot(angle: float) -> None:
    plot, street = (rotate(each, angle, origin=(0, 0)) for each in (BENT, LineString([(0, 0), (20, 0)])))
    found = lengths(sides(plot, street))
    assert found == {("front", 0): 20.0, ("rear", -1): 20.0, ("side", -1): 60.0}


def test_a_corner_plot_keeps_a_case_for_each_street() -> None:
    found = sides(box(0, 0, 20, 30), LineString([(0, 0), (20, 0)]), LineString([(20, 0), (20, 30)]))
    assert lengths(found) == {("front", 0): 20.0, ("rear", -1): 20.0, ("side", -1): 30.0, ("side", 1): 30.0}
    assert lengths(found, 1) == {
        ("front", 1): 30.0,
        ("rear", -1): 30.0,
        ("side", -1): 20.0,
        ("side", 0): 20.0,
    }


def test_a_plot_between_two_streets_has_one_in_the_rear() -> None:
    found = sides(box(0, 0, 20, 30), LineString([(0, 0), (20, 0)]), LineString([(0, 30), (20, 30)]))
    assert lengths(found) == {("front", 0): 20.0, ("rear", 1): 20.0, ("side", -1): 60.0}


@pytest.mark.parametrize(
    ("accuracy", "beside"), [(2.0, {("side", -1): 60.0}), (0.5, {("side", -1): 56.0, ("side", 0): 4.0})]
)
def test_a_frontage_that_turns_the_corner_within_the_accuracy_is_no_front(
    accuracy: float, beside: dict[tuple[str, int], float]
) -> None:
    around = LineString([(0, 2), (0, 0), (20, 0), (20, 2)])
    found = lengths(sides(box(0, 0, 20, 30), around, accuracy=accuracy))
    assert {key: found[key] for key in found if key[0] == "side"} == beside


@pytest.mark.parametrize(("end", "along"), [(9.9, 9.9), (10.0, 20.0), (12.0, 20.0)])
def test_a_street_along_half_of_a_side_is_along_all_of_it(end: float, along: float) -> None:
    found = lengths(sides(box(0, 0, 20, 30), LineString([(0, 0), (end, 0)])))
    assert found["front", 0] == along
    assert found.get(("front", -1), 0.0) == round(20.0 - along, 3)


def test_a_cut_corner_lies_along_both_streets() -> None:
    plot = Polygon([(0, 0), (17, 0), (20, 3), (20, 30), (0, 30)])
    south, east = LineString([(0, 0), (17, 0), (20, 3)]), LineString([(17, 0), (20, 3), (20, 30)])
    found = sides(plot, south, east)
    cut = round(math.hypot(3, 3), 3)
    total = lengths(found)
    assert total["front", 0] == round(17 + cut, 3)
    assert total["side", 1] + total.get(("front", 1), 0.0) == pytest.approx(27 + cut)


def test_an_l_shaped_plot_has_two_rears() -> None:
    choice = carried(a_site(BENT)).choice
    # 18 m by 10.5 m in front (3 m to 13.5 m), 8 m by 15 m behind it, less the tip of 0.5 m by 3 m at the inner corner
    assert choice.bands[0].area == Decimal("307.50")
    expected = Polygon(
        [(1, 3), (19, 3), (19, 13.5), (8.5, 13.5), (8.5, 16.5), (9, 16.5), (9, 28.5), (1, 28.5)]
    )
    assert choice.ground.symmetric_difference(expected).area == pytest.approx(0.0, abs=1e-9)


def test_a_flag_plot_keeps_the_front_yard_behind_its_neighbour_too() -> None:
    street = a_road((0, 0), (4, 0))
    band = carried(a_site(FLAG, [street])).choice.bands[0]
    assert distances(band) == {
        "front": Decimal("3.000"),
        "front road:1": Decimal("3.000"),
        "rear": Decimal("1.500"),
        "side": Decimal("1.000"),
    }
    body = band.shape.intersection(box(4, 20, 24, 40))
    assert body.bounds == pytest.approx((4.0, 23.0, 23.0, 38.5))


def test_a_plot_with_three_sides_has_no_rear_and_keeps_the_larger_yard_all_round() -> None:
    band = carried(a_site(Polygon([(0, 0), (20, 0), (10, 30)]))).choice.bands[0]
    assert distances(band) == {"front road:1": Decimal("3.000"), "side": Decimal("1.500")}


def test_a_round_plot_is_told_apart_by_the_way_each_part_faces() -> None:
    circle = shapely.Point(0, 0).buffer(20.0, quad_segs=32)
    ring = shapely.get_coordinates(circle.exterior)
    south = ring[ring[:, 1] < -19.0]
    street = LineString(south[np.argsort(south[:, 0])])
    found = lengths(sides(circle, street))
    quarter = 2 * math.pi * 20 / 4
    assert found["rear", -1] == pytest.approx(quarter, rel=0.04)
    assert found["front", 0] + found["front", -1] == pytest.approx(quarter, rel=0.04)
    assert found["side", -1] == pytest.approx(2 * quarter, rel=0.04)


def test_a_plot_in_two_parts_carries_one_building_on_the_larger_piece() -> None:
    parts = MultiPolygon([box(0, 0, 20, 30), box(25, 0, 35, 20)])
    choice = carried(
        a_site(parts, [a_road((0, 0), (20, 0))], recorded_area=5000.0, measured_area=5000.0)
    ).choice
    first = choice.bands[0]
    assert len(first.shape.geoms) == 2
    assert first.piece == Decimal("459.00")
    assert first.area == Decimal("459.00") + Decimal("8") * (Decimal("20") - Decimal("4.5"))
    assert choice.footprint == Decimal("459.00")


def test_a_hole_keeps_its_own_yards() -> None:
    plot = Polygon(box(0, 0, 40, 40).exterior, [box(18, 18, 22, 22).exterior])
    ground = carried(a_site(plot)).choice.ground
    (hole,) = ground.interiors
    # seen from the plot, the hole's north edge faces south: a front; its south edge a rear
    assert Polygon(hole).bounds == pytest.approx((15.0, 16.5, 25.0, 25.0))
    assert ground.distance(LineString([(18, 22), (22, 22)])) == pytest.approx(3.0)
    assert ground.distance(LineString([(18, 18), (22, 18)])) == pytest.approx(1.5)


def test_every_part_of_a_building_keeps_its_distance() -> None:
    for plot in (BENT, FLAG):
        choice = carried(
            a_site(plot, [a_road((0, 0), (4, 0)) if plot is FLAG else a_road((0, 0), (20, 0))])
        ).choice
        found = sides(plot, LineString([(0, 0), (4 if plot is FLAG else 20, 0)]))
        names = (Position.FRONT, Position.REAR, Position.SIDE)
        for band in choice.bands:
            asked = {(each.position, each.street is not None): each.distance for each in band.set_backs}
            for position, street, line in zip(found.position, found.street, found.line, strict=True):
                if not band.shape.is_empty:
                    least = float(asked[names[position], street >= 0])
                    assert band.shape.distance(line) >= least - 1e-6


KITE = Polygon([(-9.14, 29.04), (-11.36, 16.36), (-22.58, -2.11), (15.63, -4.3), (7.4, -0.03)])
PART_OF_THE_EAST = LineString(
    [(14.288831097112338, -3.604156595950143), (12.016460298696988, -2.425174419858582)]
)


def kept_away() -> tuple[Polygon, Sides, np.ndarray]:
    """The ground of a plot whose front is two pieces of one line that keep 8 m, the rest keeping 4 m."""
    found = sides(KITE, PART_OF_THE_EAST)
    distance = np.where(found.position == FRONT, 8.0, 4.0)
    return left_over(np.array([KITE], dtype=object), found, distance)[0], found, distance


def test_two_pieces_of_one_line_are_both_kept_away_from() -> None:
    """Their strips meet exactly, and buffered together one of them would be lost."""
    ground, found, distance = kept_away()
    assert ground.area > 50.0
    assert (shapely.distance(ground, found.line) >= distance - 0.0005).all()


def test_a_difference_that_comes_out_wrong_is_noticed_and_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    right, *_ = kept_away()
    honest = shapely.difference

    def lost(one: Any, other: Any, grid_size: float | None = None) -> Any:
        return one if grid_size is None else honest(one, other, grid_size=grid_size)

    monkeypatch.setattr(shapely, "difference", lost)
    mended, found, distance = kept_away()
    assert (shapely.distance(mended, found.line) >= distance - 0.0005).all()
    assert mended.area == pytest.approx(right.area, rel=0.01)


def test_ground_that_is_lost_is_noticed_and_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    lone = sides(box(0, 0, 60, 60), LineString([(0, 0), (60, 0)]))
    distance = np.array([3.0, 1.5, 1.0])
    honest = shapely.difference

    def nothing(one: Any, other: Any, grid_size: float | None = None) -> Any:
        return np.full(len(one), Polygon()) if grid_size is None else honest(one, other, grid_size=grid_size)

    monkeypatch.setattr(shapely, "difference", nothing)
    left = left_over(np.array([box(0, 0, 60, 60)], dtype=object), lone, distance)
    assert left[0].area == pytest.approx(58.0 * 55.5)


def test_bands_shrink_as_they_rise() -> None:
    bands = carried(a_site(BENT)).choice.bands
    for lower, upper in itertools.pairwise(bands):
        assert upper.bottom == lower.top
        assert upper.shape.difference(lower.shape).area == pytest.approx(0.0, abs=1e-9)
