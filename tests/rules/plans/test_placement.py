"""A drawn plot is laid on its parcel: the right way round, with what is left over at every corner, or a clear no."""

import math
import time
from collections.abc import Sequence
from dataclasses import FrozenInstanceError
from enum import Enum
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box
from shapely.affinity import rotate, scale, translate
from shapely.geometry.base import BaseGeometry

from gis.errors import Invalid, TooLarge
from gis.site import Frame
from rules.plans.corners import CornerResidual, Whose, corners_of
from rules.plans.drawing import Drawing
from rules.plans.fitting import Move, within_half_turn
from rules.plans.hints import Choice, Road
from rules.plans.likeness import is_this_parcel
from rules.plans.measure import measure, measured
from rules.plans.moved import carried, moved
from rules.plans.placement import DRAWN, Placement, place
from rules.plans.problems import Problems
from rules.plans.reader import read
from tests.rules.plans.builders import BESIDE, a_drawing, a_small_house

KERALA = Path(__file__).resolve().parents[3].parent / "shared" / "plans" / "kerala"
PLOT = Polygon([(0, 0), (14, 1), (15.5, 13), (1, 15)])
RECTANGLE = box(0, 0, 20, 30)
FRAME = Frame(metric=0, east=700_000.0, north=1_100_000.0, scale=0.9998)
ONE_CENTIMETRE = 0.01


def turned(shape: Polygon, degrees: float, dx: float = 0.0, dy: float = 0.0) -> Polygon:
    return translate(rotate(shape, degrees, origin=(0, 0)), dx, dy)


def off(placement: Placement, drawn: BaseGeometry, ground: BaseGeometry) -> float:
    """Metres that the farthest vertex of a laid plot lies from where it belongs."""
    there = shapely.get_coordinates(placement.to_site(drawn))
    return float(np.hypot(*(there - shapely.get_coordinates(ground)).T).max())


@st.composite
def plots(draw: st.DrawFn) -> Polygon:
    """Plots of three to ten corners around a point, convex or not, nowhere thinner than a few metres."""
    count = draw(st.integers(3, 10))
    reaches = draw(st.lists(st.floats(6, 30), min_size=count, max_size=count))
    shifts = draw(st.lists(st.floats(-0.3, 0.3), min_size=count, max_size=count))
    angles = [(i + shift) * 2 * math.pi / count for i, shift in enumerate(shifts)]
    return Polygon([(r * math.cos(a), r * math.sin(a)) for r, a in zip(reaches, angles, strict=True)])


moves = st.tuples(st.floats(-180, 180), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
bounded = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@bounded
@given(plot=plots(), move=moves, start=st.integers(0, 9), backwards=st.booleans())
def test_any_turn_and_shift_of_a_plot_is_found_back_within_a_millimetre(
    plot: Polygon, move: tuple[float, float, float], start: int, backwards: bool
) -> None:
    drawn = turned(plot, *move)
    ring = np.roll(shapely.get_coordinates(plot)[:-1], start, axis=0)
    parcel = Polygon(ring[::-1] if backwards else ring)
    placement = place(drawn, parcel, accuracy=0.0)
    assert placement.matches
    assert placement.greatest_residual < 0.001
    # Not by the symmetric difference: GEOS takes it wrongly of outlines that nearly coincide.
    assert shapely.hausdorff_distance(placement.to_site(drawn).exterior, parcel.exterior) < 0.001
    if placement.chosen_by is Choice.ONLY:
        assert off(placement, drawn, plot) < 0.001
        assert within_half_turn(placement.turn_radians + math.radians(move[0])) == pytest.approx(0, abs=1e-5)


@bounded
@given(
    plot=plots(),
    shifts=st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=10, max_size=10),
    size=st.floats(0.02, 0.4),
)
def test_corners_surveyed_wrongly_leave_residuals_of_that_size(
    plot: Polygon, shifts: list[tuple[float, float]], size: float
) -> None:
    corners = shapely.get_coordinates(plot)[:-1]
    parcel = Polygon(corners + size * np.array(shifts[: len(corners)]))
    placement = place(turned(plot, 77, 300, -40), parcel, accuracy=1.0)
    # The best lie is at least as good as the one that was surveyed: no corner is farther off than all errors together.
    assert placement.mean_residual <= 2 * math.sqrt(2) * size + 1e-6
    best = min(rigid_misfit(corners, shapely.get_coordinates(parcel)[:-1]), size)
    assert placement.greatest_residual >= 0.3 * best
    if (
        placement.chosen_by is Choice.ONLY
    ):  # a plot that is nearly regular may fit better turned, with one corner far off
        assert placement.greatest_residual <= 4 * math.sqrt(2) * size + 1e-6


def rigid_misfit(a: np.ndarray, b: np.ndarray) -> float:
    """Least possible root mean square distance between two sets of corners under rigid moves."""
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    cross = (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()
    dot = (a * b).sum()
    return float(math.sqrt(max(((a**2).sum() + (b**2).sum() - 2 * math.hypot(cross, dot)) / len(a), 0.0)))


@settings(bounded, max_examples=30)
@given(plot=plots(), move=moves)
def test_a_parcel_two_percent_larger_is_reported(plot: Polygon, move: tuple[float, float, float]) -> None:
    drawn, parcel = turned(plot, *move), scale(plot, 1.02, 1.02, origin=(0, 0))
    placement = place(drawn, parcel, accuracy=0.0)
    assert placement.percent == pytest.approx(100 * (1 / 1.02**2 - 1), abs=0.001)
    assert placement.difference == pytest.approx(plot.area - parcel.area, abs=0.01)
    assert placement.greatest_residual > 0.05
    assert placement.matches is (
        placement.greatest_residual <= 2 * DRAWN
        and placement.mean_residual <= DRAWN
        and abs(placement.difference) <= parcel.length * DRAWN / 2
    )


def test_a_plot_of_another_scale_says_so_with_sizes_and_the_worst_corner() -> None:
    placement = place(turned(PLOT, 30, 500, 500), scale(PLOT, 1.02, 1.02), accuracy=ONE_CENTIMETRE)
    assert not placement.matches
    (unlike, scaled) = placement.warnings
    assert f"{PLOT.area:.2f} m²" in unlike
    assert f"{PLOT.area * 1.0404:.2f} m²" in unlike
    assert "3.9% less" in unlike
    worst = placement.worst
    assert f"{worst.metres:.3f} m" in unlike
    assert f"x {worst.in_drawing[0]:.3f}, y {worst.in_drawing[1]:.3f}" in unlike
    assert "0.9804 of its size" in scaled


def test_within_the_accuracy_of_the_parcel_the_same_plot_matches() -> None:
    drawn, parcel = turned(PLOT, 30, 500, 500), scale(PLOT, 1.02, 1.02)
    assert place(drawn, parcel, accuracy=0.5).matches
    assert place(drawn, parcel, accuracy=0.5).warnings == ()


@pytest.mark.parametrize(("shift", "matches"), [(0.095, True), (0.105, False)])
def test_the_area_may_differ_by_half_of_what_a_shift_by_the_limit_makes(shift: float, matches: bool) -> None:
    square = box(0, 0, 100, 100)
    limit = 0.2
    # Moving every side outwards by a distance changes the area by the outline's length times that distance.
    grown = square.buffer(shift, join_style="mitre")
    placement = place(grown, square, accuracy=limit - DRAWN)
    assert placement.limit == pytest.approx(limit)
    assert placement.matches is matches


def corner(metres: float) -> CornerResidual:
    return CornerResidual(
        whose=Whose.DRAWING,
        number=1,
        in_drawing=(0, 0),
        on_site=(0, 0),
        other=(metres, 0),
        metres=metres,
        is_corner=True,
    )


@pytest.mark.parametrize(
    ("metres", "matches"),
    [
        ((0.1, 0.1, 0.1, 0.1), True),
        ((0.1, 0.1, 0.1, 0.101), False),  # more than the limit on average
        ((0.2, 0.0, 0.0, 0.0), True),
        ((0.201, 0.0, 0.0, 0.0), False),  # more than twice the limit at one corner
    ],
)
def test_corners_may_be_off_by_the_limit_on_average_and_by_twice_the_limit(
    metres: tuple[float, ...], matches: bool
) -> None:
    assert is_this_parcel([corner(each) for each in metres], PLOT, PLOT, 0.1) is matches


@pytest.mark.parametrize(("out", "matches"), [(0.28, True), (0.30, False)])
def test_a_plot_with_one_corner_too_far_out_is_another_plot(out: float, matches: bool) -> None:
    bent = Polygon([(0, 0), (100, 0), (100, 100 + out), (0, 100)])
    placement = place(bent, box(0, 0, 100, 100), accuracy=0.05)
    assert (placement.mean_residual <= placement.limit) is matches
    assert placement.matches is matches


def test_a_moved_corner_is_the_worst_one_and_is_named_by_its_place() -> None:
    parcel = Polygon([(0, 0), (14, 1), (16.5, 13.8), (1, 15)])
    placement = place(translate(PLOT, 100, 100), parcel, accuracy=0.05)
    assert placement.worst.number == 3
    assert placement.worst.in_drawing == pytest.approx((115.5, 113))
    assert placement.worst.other == pytest.approx((16.5, 13.8))
    assert placement.worst.metres > 0.5


def test_a_corner_cannot_hide_by_sliding_along_a_side() -> None:
    parcel = Polygon([(0, 0), (20, 0), (20, 10), (12, 10), (12, 16), (0, 16)])
    drawn = Polygon([(0, 0), (20, 0), (20, 10), (12.6, 10), (12.6, 16), (0, 16)])
    placement = place(drawn, parcel, accuracy=0.05)
    assert placement.greatest_residual > 0.4
    assert all(each.is_corner for each in placement.residuals)


def test_a_corner_of_the_parcel_that_was_not_drawn_is_named_too() -> None:
    parcel = Polygon([(0, 0), (20, 0), (20, 9), (25, 9), (25, 12), (20, 12), (20, 31), (0, 30)])
    drawn = Polygon([(0, 0), (20, 0), (20, 31), (0, 30)])
    placement = place(drawn, parcel, accuracy=0.05)
    assert not placement.matches
    assert placement.worst.whose is Whose.PARCEL
    assert placement.worst.on_site[0] == 25
    assert "corner" in placement.warnings[0]


def test_extra_vertices_on_straight_sides_and_another_start_change_nothing() -> None:
    dense = shapely.segmentize(PLOT, 0.37)
    ring = np.roll(shapely.get_coordinates(dense)[:-1], 17, axis=0)[::-1]
    drawn = turned(Polygon(ring), -63, 2000, -9000)
    placement = place(drawn, PLOT, accuracy=0.0)
    assert placement.chosen_by is Choice.ONLY
    assert placement.greatest_residual < 0.001
    assert len(placement.residuals) == 4


def test_a_curved_side_is_laid_where_it_belongs() -> None:
    bay = Point(20, 12).buffer(6, quad_segs=90)
    parcel = Polygon([(0, 0), (20, 0), (20, 25), (2, 22)]).union(bay)
    coarse = parcel.simplify(0.03)
    drawn = turned(parcel, 141, -50, 70)
    placement = place(drawn, coarse, accuracy=0.02)
    assert placement.matches
    assert off(placement, drawn, parcel) < 0.05


def test_a_rectangle_fits_two_ways_and_the_least_turn_is_taken_and_said() -> None:
    placement = place(turned(RECTANGLE, 10, 5, 5), RECTANGLE, accuracy=0.1)
    assert placement.matches
    assert placement.chosen_by is Choice.LEAST_TURN
    assert not placement.is_certain
    assert math.degrees(placement.turn_radians) == pytest.approx(-10)
    (other,) = placement.alternatives
    assert abs(within_half_turn(other.turn_radians - placement.turn_radians)) == pytest.approx(math.pi)
    (said,) = placement.ambiguities
    assert "170.0°" in said
    assert "-10.0°" in said
    assert "least turn" in said


def test_a_square_fits_four_ways() -> None:
    placement = place(turned(box(0, 0, 20, 20), 10), box(0, 0, 20, 20), accuracy=0.1)
    assert len(placement.alternatives) == 3
    assert math.degrees(placement.turn_radians) == pytest.approx(-10)


@pytest.mark.parametrize(("depth", "ways"), [(20.3, 4), (22.0, 2)])
def test_a_near_square_is_ambiguous_only_within_the_accuracy(depth: float, ways: int) -> None:
    plot = box(0, 0, 20, depth)
    placement = place(plot, plot, accuracy=0.3)
    assert len(placement.alternatives) + 1 == ways


def test_the_better_fit_wins_over_the_lesser_turn_where_they_differ_by_more_than_drawing_does() -> None:
    parcel = box(0, 0, 20, 20.5)
    placement = place(turned(parcel, 80), parcel, accuracy=0.5)
    assert abs(within_half_turn(placement.turn_radians + math.radians(80))) < 0.001
    assert len(placement.alternatives) == 3
    # The turn by 10° would be the least, but leaves 25 cm on two sides.
    assert any(abs(math.degrees(each.turn_radians) - 10) < 1 for each in placement.alternatives)


def road(drawn: Sequence[tuple[float, float]], streets: Sequence[tuple[float, float]]) -> Road:
    return Road(drawn=LineString(drawn), streets=LineString(streets))


@pytest.mark.parametrize(("side", "degrees"), [(((0, 0), (20, 0)), 0.0), (((0, 30), (20, 30)), 180.0)])
def test_the_drawn_road_tells_which_way_a_rectangle_lies(
    side: tuple[tuple[float, float], tuple[float, float]], degrees: float
) -> None:
    placement = place(RECTANGLE, RECTANGLE, accuracy=0.1, road=road(side, ((0, 0), (20, 0))))
    assert placement.chosen_by is Choice.ROAD
    assert placement.is_certain
    assert abs(math.degrees(placement.turn_radians)) == pytest.approx(degrees)
    assert len(placement.alternatives) == 1


def test_a_road_drawn_as_ground_beside_the_plot_tells_it_as_well() -> None:
    beyond = Road(drawn=box(-3, 30, 25, 36), streets=LineString([(0, 0), (20, 0)]))
    placement = place(RECTANGLE, RECTANGLE, accuracy=0.1, road=beyond)
    assert abs(math.degrees(placement.turn_radians)) == pytest.approx(180)


def test_a_corner_plot_whose_roads_fit_both_ways_stays_ambiguous() -> None:
    both = Road(
        drawn=shapely.union_all([LineString([(0, 0), (20, 0)]), LineString([(0, 30), (20, 30)])]),
        streets=shapely.union_all([LineString([(0, 0), (20, 0)]), LineString([(0, 30), (20, 30)])]),
    )
    placement = place(RECTANGLE, RECTANGLE, accuracy=0.1, road=both)
    assert placement.chosen_by is Choice.LEAST_TURN
    assert placement.ambiguities


def test_a_road_that_is_not_mapped_is_no_hint() -> None:
    with pytest.raises(Invalid, match="both drawn and mapped"):
        Road(drawn=LineString([(0, 0), (1, 0)]), streets=LineString())


def test_a_declared_turn_settles_it_and_takes_an_alternative() -> None:
    first = place(RECTANGLE, RECTANGLE, accuracy=0.1)
    other = place(RECTANGLE, RECTANGLE, accuracy=0.1, turn=first.alternatives[0].turn_radians)
    assert other.chosen_by is Choice.DECLARED_TURN
    assert abs(within_half_turn(other.turn_radians - first.turn_radians)) == pytest.approx(math.pi)


def test_a_round_plot_turns_freely_and_says_so() -> None:
    pond = Point(0, 0).buffer(12, quad_segs=60)
    placement = place(translate(pond, 40, 40), pond, accuracy=0.1)
    assert placement.matches
    assert not placement.is_certain
    assert "almost any turn" in placement.ambiguities[0]


def test_a_drawing_in_grid_coordinates_is_recognised_and_brought_to_ground_metres() -> None:
    drawn = FRAME.to_grid(RECTANGLE)
    placement = place(drawn, RECTANGLE, accuracy=0.0, frame=FRAME)
    assert placement.chosen_by is Choice.COORDINATES
    assert placement.grid_scale == FRAME.scale
    assert placement.turn_radians == pytest.approx(0, abs=1e-9)
    assert placement.greatest_residual < 1e-6
    assert placement.area_drawn == pytest.approx(600, abs=1e-6)
    assert off(placement, drawn, RECTANGLE) < 0.005
    assert any("100 m in it are 100.020 m" in each for each in placement.warnings)


def test_coordinates_that_miss_the_parcel_by_a_metre_are_told() -> None:
    drawn = FRAME.to_grid(translate(RECTANGLE, 1.0, 0))
    placement = place(drawn, RECTANGLE, accuracy=0.1, frame=FRAME)
    assert placement.matches
    assert any("1.00 m from where it fits" in each for each in placement.warnings)


def test_a_drawing_that_lies_elsewhere_is_not_taken_for_one_in_grid_coordinates() -> None:
    placement = place(RECTANGLE, RECTANGLE, accuracy=0.1, frame=FRAME)
    assert placement.grid_scale is None
    assert placement.chosen_by is Choice.LEAST_TURN


def test_a_mirrored_drawing_is_no_match_and_is_called_mirrored() -> None:
    plot = Polygon([(0, 0), (30, 0), (30, 8), (12, 9), (10, 20), (0, 22)])
    placement = place(scale(plot, -1, 1), plot, accuracy=0.1)
    assert not placement.matches
    assert any("mirror image" in each for each in placement.warnings)


def test_another_plot_is_not_this_parcel() -> None:
    placement = place(box(0, 0, 8, 40), box(0, 0, 20, 16), accuracy=0.5)
    assert placement.difference == pytest.approx(0, abs=1e-9)
    assert not placement.matches


def test_a_parcel_of_two_parts_is_laid_and_told() -> None:
    parts = MultiPolygon([PLOT, translate(PLOT, 40, 0)])
    placement = place(PLOT, parts, accuracy=0.1)
    assert not placement.matches
    assert any("2 separate parts" in each for each in placement.warnings)


def test_a_parcel_known_only_roughly_proves_little() -> None:
    placement = place(PLOT, PLOT, accuracy=3.0)
    assert placement.matches
    assert any("says little" in each for each in placement.warnings)


CROSSED = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])


@pytest.mark.parametrize(
    ("plot", "words"),
    [
        (Polygon(), "empty"),
        (CROSSED, "Self-intersection"),
        (box(0, 0, 100, 0.2), "sliver"),
        (box(0, 0, 0.9, 0.9), "sliver"),
        (Polygon([(0, 0), (1, 0), (2, 0)]), "sliver|clean"),
        (LineString([(0, 0), (9, 9)]), "LineString"),
        (box(0, 0, 1e12, 1e12), "no places on earth"),
        (Polygon([(0, 0), (math.inf, 5), (5, 5)]), "no places on earth"),
    ],
)
def test_shapes_that_are_no_plot_are_refused_in_words(plot: Polygon, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        place(plot, PLOT, accuracy=0.1)
    with pytest.raises(Invalid, match=words):
        place(PLOT, plot, accuracy=0.1)


@pytest.mark.parametrize("accuracy", [-0.1, math.nan, math.inf])
def test_an_accuracy_is_a_length(accuracy: float) -> None:
    with pytest.raises(Invalid, match="accuracy"):
        place(PLOT, PLOT, accuracy=accuracy)


def wavy(count: int) -> Polygon:
    """A plot along a river: so many vertices, none of them where a simpler outline would have it."""
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    reach = 30 + 6 * np.sin(3 * turn) + 2 * np.cos(7 * turn) + 0.05 * np.sin(501 * turn)
    return Polygon(np.column_stack([1.6 * reach * np.cos(turn), reach * np.sin(turn)]))


def test_two_thousand_vertices_are_laid_in_bounded_time() -> None:
    river = wavy(2_000)
    started = time.process_time()
    placement = place(turned(river, 123, 9, 9), river, accuracy=0.05)
    assert placement.matches
    assert placement.greatest_residual < 0.01
    assert len(placement.residuals) <= 400
    assert time.process_time() - started < 5


def test_too_many_vertices_are_refused_with_the_number() -> None:
    with pytest.raises(TooLarge, match="20,001"):
        place(wavy(20_000), PLOT, accuracy=0.05)


def test_two_runs_give_the_same_placement() -> None:
    drawn = turned(RECTANGLE, 33, 7, 7)
    parcel = Polygon([(0, 0), (20, 0.1), (20.1, 30), (0, 29.8)])
    assert place(drawn, parcel, accuracy=0.2) == place(drawn, parcel, accuracy=0.2)


def test_there_and_back_is_the_same_place_and_the_placement_is_frozen() -> None:
    far = translate(PLOT, -704_500, 61_980)
    placement = place(far, turned(PLOT, 20), accuracy=0.1)
    back = placement.to_drawing(placement.to_site(far))
    assert back.equals_exact(far, 1e-8)
    with pytest.raises(FrozenInstanceError):
        placement.dx = 1.0  # type: ignore[misc]


def test_the_first_vertex_of_a_ring_need_not_be_a_corner() -> None:
    assert corners_of(Polygon([(5, 0), (10, 0), (10, 10), (0, 10), (0, 0)])).numbers == (2, 3, 4, 5)


MOVE = Move(math.radians(33), 250.0, -80.0)


def test_a_whole_drawing_is_carried_and_keeps_its_numbers() -> None:
    drawing = measure(a_drawing())
    assert drawing.plot
    there = moved(drawing, place(drawing.plot.outline.shape, turned(RECT_25, 33, 250, -80), accuracy=0.1))
    assert there.plot
    assert there.plot.outline.shape.equals_exact(turned(RECT_25, 33, 250, -80), 1e-6, normalize=True)
    assert there.plot.area == drawing.plot.area
    assert there.plot.outline.corners[2] == pytest.approx(
        (20 * COS - 25 * SIN + 250, 20 * SIN + 25 * COS - 80)
    )
    yards = [
        (a, b)
        for x, y in zip(drawing.blocks, there.blocks, strict=True)
        for a, b in zip(x.levels, y.levels, strict=True)
    ]
    for before, after in yards:
        assert [each.least for each in before.yards] == [each.least for each in after.yards]
        assert [each.metres for each in before.wall_distances] == [
            each.metres for each in after.wall_distances
        ]
        for each in after.wall_distances:
            assert each.line.length == pytest.approx(each.metres, abs=1e-6)
    assert (there.units, there.reading, there.declared, there.problems) == (
        drawing.units,
        drawing.reading,
        drawing.declared,
        drawing.problems,
    )


RECT_25 = box(0, 0, 20, 25)
COS, SIN = math.cos(math.radians(33)), math.sin(math.radians(33))


def shapes_in(value: object) -> list[BaseGeometry]:
    """Every shape in a value, found without looking at its types."""
    if isinstance(value, BaseGeometry):
        return [value]
    if isinstance(value, Enum):
        return []
    if isinstance(value, tuple):
        return [shape for each in value for shape in shapes_in(each)]
    return (
        [shape for each in vars(value).values() for shape in shapes_in(each)]
        if hasattr(value, "__dict__")
        else []
    )


@pytest.mark.parametrize("content", [a_drawing(), a_small_house()], ids=["kerala", "small house"])
def test_every_shape_of_a_drawing_moves_and_comes_back(content: bytes) -> None:
    drawing = measure(content)
    there = carried(drawing, MOVE)
    pairs = list(zip(shapes_in(drawing), shapes_in(there), strict=True))
    assert len(pairs) > 20
    for before, after in pairs:
        expected = translate(rotate(before, 33, origin=(0, 0)), 250, -80)
        assert after.equals_exact(expected, 1e-6), before
    back = carried(there, Move(-MOVE.turn, *inverse()))
    for before, after in zip(shapes_in(drawing), shapes_in(back), strict=True):
        assert after.equals_exact(before, 1e-6)


def inverse() -> tuple[float, float]:
    place_of_origin = MOVE.back(np.zeros((1, 2)))[0]
    return float(place_of_origin[0]), float(place_of_origin[1])


def test_a_drawing_without_a_plot_is_carried_as_well() -> None:
    drawing = measure(a_drawing(plot=None, footprint=None, yards={}, floors=()))
    assert carried(drawing, MOVE).plot is None


def test_floors_drawn_beside_the_plot_go_with_it() -> None:
    drawing = measure(a_drawing())
    there = carried(drawing, Move(0.0, 7.0, 0.0))
    floor = there.blocks[0].floors[0].areas[0].outlines[0].shape
    assert floor.bounds[0] == pytest.approx(5 + BESIDE + 7)


REAL = sorted(KERALA.glob("*.dxf")) if KERALA.is_dir() else []
needs_drawings = pytest.mark.skipif(not REAL, reason="the drawings are not beside this checkout")


@needs_drawings
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_a_real_plot_is_laid_on_a_parcel_made_of_it(path: Path) -> None:
    plot = measure(path.read_bytes()).plot
    if plot is None:
        pytest.skip("no plot is drawn")
    drawn = plot.outline.shape
    parcel = rotate(translate(drawn, -drawn.centroid.x, -drawn.centroid.y), 200, origin=(0, 0))
    placement = place(drawn, parcel, accuracy=0.1)
    assert placement.matches
    assert placement.greatest_residual < 0.001


@needs_drawings
def test_carrying_real_drawings_takes_less_than_a_tenth_of_measuring_them() -> None:
    measuring, carrying = 0.0, 0.0
    for path in REAL:
        sheet = read(path.read_bytes(), Problems())
        started = time.process_time()
        drawing: Drawing = measured(sheet, Problems())
        measuring += time.process_time() - started
        # The least of three: a collection of garbage in between sweeps the documents too, which are not carried.
        carrying += min(seconds_to_carry(drawing) for _ in range(3))
    assert carrying < 0.1 * measuring


def seconds_to_carry(drawing: Drawing) -> float:
    started = time.process_time()
    carried(drawing, MOVE)
    return time.process_time() - started
