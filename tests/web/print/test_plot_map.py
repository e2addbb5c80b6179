"""The map: true to a round scale, with the lengths of the sides on the ground, corners, neighbours and a legend."""

import math
import re
from dataclasses import replace

import pytest
import shapely
from shapely import LineString, Point, Polygon

from gis.crs import areal_scale
from gis.geometry import ground_length
from layers.extract.model import Extract, Subject
from tests.web.print import plots
from tests.web.print.reading import whole
from web.print import extract_pdf, reach
from web.print.cards import in_order
from web.print.frame import HEIGHT_MOST, MARGIN, WIDTH, frame_for, ruler
from web.print.marks import Room, side_label
from web.print.outline import walks
from web.print.plot_map import plot_map
from web.print.scene import MOST_CORNERS, numbered, scene_of
from web.print.sheet import MapLabel, PlotMap
from web.print.words import wording

GROUND = areal_scale(plots.METRIC, *plots.CORNER) ** 0.5
"""Grid metres of a ground metre at the plot."""


def drawn(extract: Extract, surroundings: tuple[plots.Beside, ...] = ()) -> PlotMap:
    scene = scene_of(extract, numbered(in_order(extract)), surroundings)
    return plot_map(scene, wording("en"), "Plot")


def of_shape(shape: shapely.Geometry, **other: object) -> Extract:
    return plots.an_extract(
        subject=Subject(parcel=plots.a_parcel(shape), shape=shape, measured_area=1.0),
        **{"themes": (), **other},
    )


def rectangle(wide: float, high: float) -> Polygon:
    """A rectangle of so many metres on the ground."""
    return plots.on_the_ground(shapely.box(0, 0, wide * GROUND, high * GROUND))


FITS = (WIDTH - 2 * MARGIN) / 1000
"""Metres that fit across the sheet at 1:1."""


@pytest.mark.parametrize(
    ("wide", "scale"),
    [
        (1.0, 100),
        (FITS * 100 - 0.01, 100),
        (FITS * 100 + 0.01, 200),
        (FITS * 200 + 0.01, 250),
        (FITS * 250 - 0.01, 250),
        (FITS * 250 + 0.01, 500),
        (FITS * 500 + 0.01, 1000),
        (FITS * 1000 + 0.1, 2000),
        (FITS * 20_000 + 1, 25_000),
    ],
)
def test_the_scale_is_the_largest_round_one_at_which_the_plot_fits(wide: float, scale: int) -> None:
    assert frame_for(rectangle(wide, 0.4), plots.METRIC).denominator == scale


def test_a_high_plot_is_fitted_by_its_height() -> None:
    high = (HEIGHT_MOST - 2 * MARGIN) / 1000 * 500
    assert frame_for(rectangle(1, high - 0.01), plots.METRIC).denominator == 500
    assert frame_for(rectangle(1, high + 0.01), plots.METRIC).denominator == 1000


def test_a_metre_of_paper_is_the_scale_in_metres_of_ground() -> None:
    frame = frame_for(rectangle(20, 10), plots.METRIC)
    west, north, east, south = frame.on_paper(rectangle(20, 10)).bounds
    assert (east - west) * frame.denominator / 1000 == pytest.approx(20, abs=1e-3)
    assert (south - north) * frame.denominator / 1000 == pytest.approx(10, abs=1e-3)


@pytest.mark.parametrize("denominator", [100, 200, 250, 500, 1000, 2500, 5000, 20_000, 1_000_000])
def test_the_scale_bar_is_as_long_as_it_says(denominator: int) -> None:
    bar = ruler(denominator)
    length, unit = re.fullmatch(r"([\d.]+) (m|km)", bar.ticks[-1]).groups()  # type: ignore[union-attr]
    metres = float(length) * (1000 if unit == "km" else 1)
    assert bar.width == pytest.approx(metres * 1000 / denominator, abs=1e-3)
    assert 20 < bar.width <= 80
    assert bar.ticks[0] == "0"


def test_the_sides_of_a_plot_are_ground_metres_and_make_its_whole_boundary() -> None:
    shape = rectangle(20, 30)
    frame = frame_for(shape, plots.METRIC)
    (sides,) = walks(shape, frame, plots.METRIC)
    assert [round(side.length, 2) for side in sides] == [20.0, 30.0, 20.0, 30.0]
    assert [(side.start, side.end) for side in sides] == [(1, 2), (2, 3), (3, 4), (4, 1)]
    assert sum(side.length for side in sides) == pytest.approx(
        ground_length(shape.boundary, plots.METRIC), abs=1e-6
    )


def test_the_walk_is_clockwise_from_the_northernmost_corner_however_the_ring_was_written() -> None:
    for points in (list(plots.PLOT.exterior.coords)[:-1], list(plots.PLOT.exterior.coords)[-2::-1]):
        for turn in range(len(points)):
            shape = plots.on_the_ground(Polygon(points[turn:] + points[:turn]))
            (sides,) = walks(shape, frame_for(shape, plots.METRIC), plots.METRIC)
            first = sides[0].path.coords[0]
            assert first == pytest.approx((plots.CORNER[0] + 13.0, plots.CORNER[1] + 35.1))
            assert sides[0].path.coords[-1][0] > first[0]
            assert len(sides) == 7


@pytest.mark.parametrize(("bend", "corners"), [(0.04, 4), (0.06, 5)])
def test_a_bend_makes_a_corner_only_from_five_centimetres_on(bend: float, corners: int) -> None:
    shape = plots.on_the_ground(Polygon([(0, 0), (5, -bend), (10, 0), (10, 8), (0, 8)]))
    frame = frame_for(shape, plots.METRIC)
    assert frame.denominator == 100
    assert len(walks(shape, frame, plots.METRIC)[0]) == corners


def test_a_repeated_vertex_is_no_corner() -> None:
    shape = plots.on_the_ground(Polygon([(0, 0), (10, 0), (10, 0), (10, 8), (0, 8), (0, 8), (0, 4)]))
    assert len(walks(shape, frame_for(shape, plots.METRIC), plots.METRIC)[0]) == 4


def test_parts_and_openings_have_corners_of_their_own_numbers() -> None:
    picture = drawn(of_shape(plots.in_two_parts()))
    assert [[side.between for side in ring] for ring in picture.sides] == [
        ["1–2", "2–3", "3–4", "4–1"],
        ["5–6", "6–7", "7–8", "8–5"],
        ["9–10", "10–11", "11–12", "12–9"],
    ]
    assert {label.text for label in picture.labels if label.kind == "corner"} == {
        str(n) for n in range(1, 13)
    }


def star(corners: int) -> Polygon:
    """A polygon with so many sharp corners."""
    turns = [2 * math.pi * corner / corners for corner in range(corners)]
    points = [
        ((20 - 6 * (i % 2)) * math.cos(t), (20 - 6 * (i % 2)) * math.sin(t)) for i, t in enumerate(turns)
    ]
    return plots.on_the_ground(Polygon(points))


def test_up_to_forty_corners_are_listed_and_beyond_the_whole_length_is_told() -> None:
    few, many = drawn(of_shape(star(MOST_CORNERS))), drawn(of_shape(star(MOST_CORNERS + 2)))
    assert len(few.sides[0]) == MOST_CORNERS
    assert many.sides == ()
    assert not [label for label in many.labels if label.kind == "corner"]
    assert f"The boundary has {MOST_CORNERS + 2} corners" in many.sides_note
    around = ground_length(star(MOST_CORNERS + 2).boundary, plots.METRIC)
    assert f"{around:.2f}\u00a0m" in many.sides_note


def test_the_length_of_a_side_stands_outside_the_plot_and_upright() -> None:
    shape = rectangle(20, 30)
    frame = frame_for(shape, plots.METRIC)
    paper = frame.on_paper(shape)
    for side in walks(shape, frame, plots.METRIC)[0]:
        label = side_label(frame.on_paper(side.path), "20.00")
        assert label is not None
        assert not paper.covers(Point(label.x, label.y))
        assert paper.distance(Point(label.x, label.y)) < 4
        assert -90 < label.turn <= 90


@pytest.mark.parametrize(("length", "is_labelled"), [(8.0, False), (8.2, True)])
def test_a_side_shorter_than_its_label_is_only_listed(length: float, is_labelled: bool) -> None:
    assert (side_label(LineString([(50, 50), (50 + length, 50)]), "20.00") is not None) is is_labelled


def test_writing_does_not_cover_writing() -> None:
    room = Room(frame=frame_for(rectangle(20, 10), plots.METRIC))
    assert room.write(MapLabel(kind="hit", text="1", x=50, y=50), 2)
    assert not room.write(MapLabel(kind="hit", text="2", x=53.9, y=50), 2)
    assert room.write(MapLabel(kind="hit", text="3", x=54.1, y=50), 2)
    assert not room.write(MapLabel(kind="hit", text="4", x=1.9, y=20), 2)


def test_neighbours_and_streets_are_drawn_where_their_shapes_are_known() -> None:
    alone, among = drawn(plots.an_extract()), drawn(plots.an_extract(), plots.around())
    assert {"12/104-1", "12/105", "12/106-3", "Kadavu Road"} <= {label.text for label in among.labels}
    assert {"Neighbouring plot", "Street"} <= {entry.text for entry in among.legend}
    assert not {"Neighbouring plot", "Street"} & {entry.text for entry in alone.legend}


def test_the_map_reaches_over_the_whole_sheet() -> None:
    extract = of_shape(rectangle(40, 10))
    frame = frame_for(extract.subject.shape, plots.METRIC)
    wide, high = (side * frame.denominator / 1000 * GROUND for side in (frame.width, frame.height))
    needed = max(wide - 40 * GROUND, high - 10 * GROUND) / 2
    assert reach(extract) == pytest.approx(needed, abs=0.01)


def test_every_drawn_theme_is_in_the_legend_in_its_colour_and_under_its_number() -> None:
    picture = drawn(plots.an_extract())
    entries = {entry.key: entry for entry in picture.legend if entry.key is not None}
    assert {entry.text for entry in entries.values()} == {
        "Zone of the Master Plan",
        "Wet land outside the data bank",
        "Stream or drain",
        "Land liable to flood",
        "Telecom tower",
    }
    flood = next(theme for theme in plots.an_extract().themes if theme.layer == "flood")
    entry = next(entry for entry in entries.values() if entry.text == flood.title.en)
    assert flood.colour in entry.svg
    assert flood.colour in picture.svg
    assert f"url(#h{entry.key})" in picture.svg
    assert str(entry.key) in {label.text for label in picture.labels if label.kind == "hit"}


def test_themes_beside_the_plot_are_named_under_the_map() -> None:
    assert drawn(plots.an_extract()).off_the_map == (
        "5 Railway (12.34\u00a0m from the plot)",
        "6 Electric line (6.10\u00a0m from the plot)",
    )


@pytest.mark.parametrize(("share", "is_drawn"), [(99.9, True), (100.0, False)])
def test_a_theme_over_the_whole_plot_is_in_the_legend_but_does_not_hide_the_rest(
    share: float, is_drawn: bool
) -> None:
    flood = next(theme for theme in plots.an_extract().themes if theme.layer == "flood")
    hit = replace(flood.hits[0], share_of_measured=share)
    picture = drawn(plots.an_extract(themes=(replace(flood, hits=(hit,)),)))
    entry = next(entry for entry in picture.legend if entry.key == 1)
    assert ('fill="url(#h1)"' in picture.svg) is is_drawn
    assert entry.note == ("" if is_drawn else "covers the whole plot")


@pytest.mark.parametrize(("hits", "marks"), [(24, 24), (25, 1)])
def test_many_hits_of_a_theme_share_one_number_on_the_map(hits: int, marks: int) -> None:
    shape = rectangle(1000, 800)
    spots = [
        plots.on_the_ground(Point(30 + 150 * (i % 6), 30 + 130 * (i // 6))).buffer(20) for i in range(hits)
    ]
    flood = next(theme for theme in plots.an_extract().themes if theme.layer == "flood")
    found = tuple(plots.a_hit(spot, plot=shape) for spot in spots)
    picture = drawn(of_shape(shape, themes=(replace(flood, hits=found),)))
    assert len([label for label in picture.labels if label.kind == "hit"]) == marks


def test_a_hit_too_small_to_see_is_ringed() -> None:
    plot = plots.on_the_ground(plots.PLOT)
    flood = next(theme for theme in plots.an_extract().themes if theme.layer == "flood")
    spot = plots.on_the_ground(Point(10, 20))
    small, large = (
        drawn(
            plots.an_extract(themes=(replace(flood, hits=(plots.a_hit(spot.buffer(size), plot=plot),)),))
        ).svg
        for size in (0.02, 1.0)
    )
    assert '<circle cx="' in small
    assert small.count('fill="none" stroke="#c52201"') == 1
    assert large.count('fill="none" stroke="#c52201"') == 0


def test_fifty_thousand_vertices_are_drawn_by_what_print_can_show() -> None:
    picture = drawn(of_shape(plots.a_wavy_shape(50_000, 900.0)))
    assert len(picture.svg) < 100_000


def test_a_shape_with_heights_and_a_broken_neighbour_are_drawn() -> None:
    high = shapely.force_3d(plots.on_the_ground(plots.PLOT), 12.0)
    bow = plots.on_the_ground(Polygon([(-10, 10), (-2, 20), (-10, 20), (-2, 10)]))
    picture = drawn(of_shape(high), (plots.Beside(kind="parcel", label="bow", shape=bow),))
    assert len(picture.sides[0]) == 7


def test_the_map_is_described_for_those_who_do_not_see_it() -> None:
    picture = drawn(plots.an_extract())
    assert "at scale 1 : 250" in picture.alt
    assert "7 corners" in picture.alt
    assert "Land liable to flood" in picture.alt


def test_scale_north_and_lengths_are_readable_in_the_print() -> None:
    text = whole(extract_pdf(plots.an_extract(), language="en", surroundings=plots.around()))
    for told in ("Scale 1 : 250", "Grid north (EPSG:32643)", "31.04", "22.44", "12/106-3", "20 m"):
        assert told in text
