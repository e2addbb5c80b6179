"""The sketch is true: lengths on the ground, north where north is, a bar as long as it says."""

import math
import re
from itertools import pairwise

import pytest
from shapely import LineString, Point, box
from shapely.affinity import translate

from gis.crs import areal_scale, to_geographic, to_metric
from gis.geometry import ground_length
from tests.web import town
from tests.web.fake_extract import TODAY, extract_for
from tests.web.fakes import TownAnswers
from web.sketch import sketch
from web.sketch_frame import HEIGHT, WIDTH, reach_of, window_around

EXTRACT = TownAnswers().extract("kl-sample", number=town.MAIN, on=TODAY, known=None)
PLOT = EXTRACT.subject.shape
AROUND = TownAnswers().surroundings(EXTRACT, reach=reach_of(PLOT))
DRAWING = sketch(EXTRACT, AROUND)


def test_each_side_carries_its_length_on_the_ground() -> None:
    corners = list(PLOT.exterior.coords)
    sides = [LineString(pair) for pair in pairwise(corners)]
    expected = sorted(f"{ground_length(side, town.METRIC):.1f}" for side in sides)
    assert sorted(label.text for label in DRAWING.sides) == expected


def test_side_lengths_stand_outside_the_plot() -> None:
    window = window_around(PLOT)
    for label in DRAWING.sides:
        spot = Point(window.west + label.x / window.scale, window.north - label.y / window.scale)
        assert not PLOT.contains(spot)


def test_the_scale_bar_is_as_long_on_the_ground_as_it_says() -> None:
    window = window_around(PLOT)
    grid = DRAWING.bar / window.scale
    ground = grid / math.sqrt(areal_scale(town.METRIC, PLOT.centroid.x, PLOT.centroid.y))
    assert ground == pytest.approx(DRAWING.bar_metres, rel=0.002)


@pytest.mark.parametrize("east", [0, -200_000])
def test_north_points_along_the_meridian(east: float) -> None:
    plot = translate(PLOT, east, 0)
    spot = to_geographic(plot.centroid, town.METRIC)
    north = to_metric(Point(spot.x, spot.y + 0.01), town.METRIC)
    angle = math.degrees(math.atan2(north.x - plot.centroid.x, north.y - plot.centroid.y))
    drawn = sketch(extract_for(plot, None, on=TODAY, known=town.KNOWN), ())
    assert drawn.north == pytest.approx(angle, abs=0.01)
    assert (drawn.north < 0) is (east == 0), "true north lies west of the grid's, east of the zone's middle"


def test_the_whole_plot_lies_in_the_drawing() -> None:
    numbers = [float(text) for text in re.findall(r"-?\d+\.\d", DRAWING.plot)]
    assert min(numbers[::2]) > 0
    assert max(numbers[::2]) < WIDTH
    assert min(numbers[1::2]) > 0
    assert max(numbers[1::2]) < HEIGHT


def test_neighbours_and_streets_are_drawn_and_named() -> None:
    assert {stroke.kind for stroke in DRAWING.around} == {"parcel", "street"}
    assert {"12/106-1", "Temple Road"} <= {name.text for name in DRAWING.names}


def test_badges_do_not_hide_each_other() -> None:
    badges = [badge for mark in DRAWING.marks for badge in mark.badges]
    assert len(badges) > 3
    for index, badge in enumerate(badges):
        for other in badges[:index]:
            assert math.hypot(badge.x - other.x, badge.y - other.y) > 20


def test_zones_that_share_the_plot_are_outlined_and_lettered() -> None:
    zoning = next(mark for mark in DRAWING.marks if mark.layer == "zoning")
    assert [badge.text for badge in zoning.badges] == ["1a", "1b"]
    assert zoning.outline is not None
    assert zoning.hatch is None


def test_a_theme_over_the_whole_plot_is_not_hatched_over_the_rest() -> None:
    residential = town.number_of(0, 0)
    extract = TownAnswers().extract("kl-sample", number=residential, on=TODAY, known=None)
    zoning = next(mark for mark in sketch(extract, ()).marks if mark.layer == "zoning")
    assert (zoning.hatch, zoning.outline, zoning.badges) == (None, None, ())


def test_a_plot_of_many_corners_is_drawn_without_side_lengths() -> None:
    x, y = town.CORNER
    round_plot = Point(x, y).buffer(30)
    assert sketch(extract_for(round_plot, None, on=TODAY, known=town.KNOWN), ()).sides == ()
    square = box(x, y, x + 30, y + 30)
    assert len(sketch(extract_for(square, None, on=TODAY, known=town.KNOWN), ()).sides) == 4
