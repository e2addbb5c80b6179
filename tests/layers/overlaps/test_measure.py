"""Ground that plots share with areas, measured by the compiled kernel as by GEOS."""

import sys

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon
from shapely.affinity import rotate, translate

from gis.errors import Invalid
from layers.overlaps.geos import shared_by_geos
from layers.overlaps.kernel import convex
from layers.overlaps.measure import LEAST, Pairs, areas_ready, is_compiled, shared_ground
from layers.overlaps.rings import blocks_of, rings_of
from tests.builders import KERALA, a_box, on_the_ground

CLOSE = 1e-4
"""Square metres that the two may differ by."""


def shapes(*given: shapely.Geometry | None) -> np.ndarray:
    found = np.empty(len(given), dtype=object)
    found[:] = given
    return found


def measured(plots: np.ndarray, areas: np.ndarray) -> Pairs:
    return shared_ground(plots, areas_ready(areas), cores=2)


def as_table(pairs: Pairs) -> dict[tuple[int, int], float]:
    keys = zip(pairs.plots.tolist(), pairs.areas.tolist(), strict=True)
    return dict(zip(keys, pairs.size.tolist(), strict=True))


def only(plot: shapely.Geometry, area: shapely.Geometry) -> float:
    """What one plot shares with one area; 0 where there is no pair."""
    found = as_table(measured(shapes(plot), shapes(area)))
    return found.get((0, 0), 0.0)


@st.composite
def stars(draw: st.DrawFn, reach: float, corners: int) -> Polygon:
    """A field of any outline around a place within 60 m of the corner, often with a pond in it."""
    n = draw(st.integers(3, corners))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    turn = np.sort(rng.uniform(0, 2 * np.pi, n))
    far = reach * rng.uniform(0.2, 1.0, n)
    middle = rng.uniform(0, 60, 2)
    field = Polygon(np.column_stack([far * np.cos(turn), far * np.sin(turn)]) + middle)
    if not field.is_valid:
        field = field.convex_hull if field.convex_hull.geom_type == "Polygon" else Point(middle).buffer(3)
    if draw(st.booleans()):
        pond = field.representative_point().buffer(reach * 0.1, quad_segs=2)
        if field.contains(pond):
            field = field.difference(pond)
    return on_the_ground(field)


@st.composite
def towns(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Some plots and some areas over them, single fields and fields of several parts."""
    plots = draw(st.lists(stars(25.0, 9), min_size=1, max_size=12))
    areas = draw(st.lists(stars(60.0, 40), min_size=1, max_size=8))
    several = shapely.unary_union(draw(st.lists(stars(12.0, 6), min_size=2, max_size=4)))
    return shapes(*plots, several), shapes(*areas, several)


@settings(max_examples=40, deadline=None)
@given(towns())
def test_every_pair_of_a_town_is_as_large_as_geos_finds_it(
    town: tuple[np.ndarray, np.ndarray],
) -> None:
    plots, areas = town
    found = as_table(measured(plots, areas))
    plot, area, size = shared_by_geos(plots, areas, 0.0)
    expected = dict(zip(zip(plot.tolist(), area.tolist(), strict=True), size.tolist(), strict=True))
    for pair in found.keys() | expected.keys():
        assert abs(found.get(pair, 0.0) - expected.get(pair, 0.0)) <= 2 * CLOSE
    assert {pair for pair, size in expected.items() if size > 2 * LEAST} <= found.keys()
    assert found.keys() <= {pair for pair, size in expected.items() if size > LEAST / 2}


def test_a_plot_that_only_touches_shares_nothing() -> None:
    assert only(a_box(0, 0), a_box(20, 0)) == 0.0
    assert only(a_box(0, 0), a_box(20, 30)) == 0.0
    assert only(a_box(0, 0), a_box(500, 0)) == 0.0


@pytest.mark.parametrize(("depth", "is_ground"), [(0.000_8, False), (0.001_2, True)])
def test_less_than_a_square_centimetre_cannot_be_told_from_a_touch(depth: float, is_ground: bool) -> None:
    found = measured(shapes(a_box(0, 0)), shapes(a_box(20 - depth, 0, 5, 0.1)))
    assert (len(found) == 1) is is_ground


def test_a_plot_inside_an_area_shares_all_of_itself() -> None:
    assert only(a_box(0, 0), a_box(-100, -100, 500, 500)) == pytest.approx(600.0, abs=1e-9)
    assert only(a_box(-100, -100, 500, 500), a_box(0, 0)) == pytest.approx(600.0, abs=1e-9)


def test_holes_count_on_both_sides() -> None:
    ring = a_box(0, 0, 30, 30).difference(a_box(10, 10, 10, 10))
    assert only(ring, a_box(5, 5, 20, 20)) == pytest.approx(400 - 100)
    assert only(a_box(5, 5, 20, 20), ring) == pytest.approx(400 - 100)
    assert only(a_box(11, 11, 8, 8), ring) == 0.0
    assert only(ring, ring) == pytest.approx(800.0)


def test_an_island_in_the_hole_of_an_area_counts() -> None:
    lake = a_box(0, 0, 30, 30).difference(a_box(5, 5, 20, 20))
    area = MultiPolygon([lake, a_box(10, 10, 5, 5)])
    assert only(a_box(8, 8, 10, 10), area) == pytest.approx(25.0)


def test_which_way_round_a_ring_was_drawn_does_not_matter() -> None:
    plot, area = rotate(a_box(0, 0), 17), rotate(a_box(5, 5, 40, 10), 60)
    there = only(plot, area)
    assert there > 1.0
    assert only(plot.reverse(), area.reverse()) == pytest.approx(there, abs=1e-9)
    assert only(plot.reverse(), area) == pytest.approx(there, abs=1e-9)


def test_a_plot_that_bends_is_measured_to_the_square_centimetre() -> None:
    spiral = on_the_ground(
        Polygon(
            [
                (0, 0),
                (30, 0),
                (30, 30),
                (5, 30),
                (5, 10),
                (15, 10),
                (15, 20),
                (10, 20),
                (10, 25),
                (25, 25),
                (25, 5),
                (0, 5),
            ]
        )
    )
    for turn in range(0, 180, 15):
        area = rotate(a_box(2, 8, 40, 7), turn)
        assert only(spiral, area) == pytest.approx(spiral.intersection(area).area, abs=CLOSE)
        assert only(area, spiral) == pytest.approx(spiral.intersection(area).area, abs=CLOSE)


def test_nothing_is_lost_far_away_from_the_corner_of_the_map() -> None:
    near = measured(shapes(a_box(0, 0)), shapes(rotate(a_box(3, 3, 30, 10), 33)))
    shift = 40_000.0
    plots = shapes(a_box(0, 0), translate(a_box(0, 0), shift, shift))
    areas = shapes(rotate(a_box(3, 3, 30, 10), 33), translate(rotate(a_box(3, 3, 30, 10), 33), shift, shift))
    np.testing.assert_allclose(measured(plots, areas).size, [near.size[0]] * 2, atol=1e-7)


def test_what_is_broken_is_not_known_and_never_nothing() -> None:
    bow = on_the_ground(Polygon([(0, 0), (20, 20), (20, 0), (0, 20)]))
    found = as_table(measured(shapes(bow, a_box(0, 0), a_box(900, 0)), shapes(a_box(5, 5), bow)))
    assert set(found) == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert [pair for pair, size in found.items() if np.isnan(size)] == [(0, 0), (0, 1), (1, 1)]
    assert found[1, 0] == pytest.approx(15 * 25)


@pytest.mark.parametrize(
    "stray", [Point(KERALA), a_box().exterior, None, shapely.GeometryCollection([a_box()])]
)
def test_what_covers_no_ground_is_refused_by_its_row(stray: shapely.Geometry | None) -> None:
    with pytest.raises(Invalid, match=r"areas have 1 shapes that are no areas \(rows 1\)"):
        areas_ready(shapes(a_box(), stray))
    with pytest.raises(Invalid, match="plots have 1 shapes"):
        measured(shapes(stray), shapes(a_box()))


def test_nothing_and_nobody_share_nothing() -> None:
    assert len(measured(shapes(), shapes(a_box()))) == 0
    assert len(measured(shapes(a_box()), shapes())) == 0
    assert len(measured(shapes(Polygon(), a_box()), shapes(a_box(), MultiPolygon()))) == 1


def test_without_the_compiler_geos_measures_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    plots = shapes(*(a_box(15 * x, 22 * y) for x in range(6) for y in range(6)))
    bow = on_the_ground(Polygon([(0, 0), (20, 20), (20, 0), (0, 20)]))
    areas = shapes(bow, rotate(a_box(10, 10, 60, 30), 20), a_box(0, 0, 200, 3))
    with_it = as_table(measured(plots, areas))
    assert is_compiled()
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "layers.overlaps.kernel")
    assert not is_compiled()
    without = as_table(measured(plots, areas))
    assert with_it.keys() == without.keys()
    np.testing.assert_allclose([with_it[pair] for pair in without], list(without.values()), atol=CLOSE)


def test_only_what_turns_left_all_the_way_is_convex() -> None:
    bent = on_the_ground(Polygon([(0, 0), (20, 0), (20, 20), (10, 19.9), (0, 20)]))
    straight = on_the_ground(Polygon([(0, 0), (20, 0), (20, 20), (10, 20), (0, 20)]))
    several = MultiPolygon([a_box(), a_box(50)])
    holed = a_box(0, 0, 30, 30).difference(a_box(10, 10, 10, 10))
    rings = rings_of(shapes(bent, straight, several, holed, a_box().reverse()), KERALA)
    assert convex(rings.x, rings.y, rings.rings, rings.shapes).tolist() == [False, True, False, False, True]


def test_a_plot_as_long_as_a_river_widens_no_block_of_others() -> None:
    boxes = rings_of(shapes(*(a_box(25 * x) for x in range(200)), a_box(0, 50, 9_000, 40)), KERALA).boxes
    order, starts = blocks_of(boxes)
    assert sorted(order.tolist()) == list(range(201))
    assert order[starts[-2] : starts[-1]].tolist() == [200]
    assert max(np.diff(starts)) <= 64
