"""The plots of the sample: they tile the town, look like Kerala's, and gap or overlap only where that was planted."""

import numpy as np
import pytest
import shapely

from layers.sample.blocks import WIDTHS, Class, Kind
from layers.sample.coast import waters
from layers.sample.plots import Form
from layers.sample.restrictions import of_kind
from layers.sample.streets import streets_of
from layers.sample.town import Town

REACH = 1.5
"""Metres by which a road or river, drawn with fewer corners, may miss the plots along its bends."""


def _overlapping(town: Town) -> set[tuple[int, int]]:
    first, second = shapely.STRtree(town.shapes).query(town.shapes, predicate="intersects")
    ordered = first < second
    first, second = first[ordered], second[ordered]
    shared = shapely.area(shapely.intersection(town.shapes[first], town.shapes[second]))
    return set(zip(first[shared > 1e-6].tolist(), second[shared > 1e-6].tolist(), strict=True))


def _pairs(town: Town, *, above: bool) -> set[tuple[int, int]]:
    chosen = (town.faults.shift > 0) if above else (town.faults.shift < 0)
    pairs = zip(town.faults.plot[chosen].tolist(), town.faults.neighbour[chosen].tolist(), strict=True)
    return {(min(pair), max(pair)) for pair in pairs}


def test_every_plot_is_a_valid_polygon_of_corners_to_the_millimetre(town: Town) -> None:
    assert shapely.is_valid(town.shapes).all()
    assert (shapely.get_num_interior_rings(town.shapes) == 0).all()
    corners = shapely.get_coordinates(town.shapes)
    assert np.array_equal(corners, np.round(corners, 3))
    assert shapely.is_ccw(shapely.get_exterior_ring(town.shapes)).all()


def test_plots_overlap_only_where_that_was_planted(town: Town) -> None:
    planted = _pairs(town, above=True)

    assert planted
    assert _overlapping(town) == planted


def test_plots_gap_where_that_was_planted_and_share_their_sides_elsewhere(town: Town) -> None:
    planted = _pairs(town, above=False)
    # Two millimetres more all around close what only meets in a corner, and no planted gap.
    grown = shapely.buffer(town.shapes, 0.002, join_style="mitre")
    ground = shapely.union_all(grown)
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(ground) for ring in part.interiors]
    slits = [hole for hole in holes if 2 * hole.area / hole.length < 0.9]

    assert planted
    assert all(len(shapely.union(grown[a], grown[b]).interiors) >= 1 for a, b in planted)
    assert len(slits) == len(planted)


def test_about_five_sides_in_a_thousand_are_faulty_by_five_centimetres_to_a_metre() -> None:
    from layers.sample.town import town_of

    big = town_of(8_000, seed=1)
    off = np.abs(big.faults.shift)

    assert 0.003 < len(off) / big.sides < 0.007
    assert off.min() >= 0.05
    assert off.max() <= 1.0


def test_plots_roads_rails_and_water_cover_the_town(town: Town) -> None:
    from layers.sample.shapes import boxes_on_map

    corridors = boxes_on_map([corridor.box for corridor in town.plan.corridors], town.ground)
    covered = shapely.union_all(np.concatenate([town.shapes, corridors])).intersection(town.outline)

    # Main roads cross the railway and each other on ground that no corridor of the plan holds twice.
    assert 0.995 < covered.area / town.outline.area <= 1.0 + 1e-9


@pytest.mark.parametrize("form", list(Form))
def test_every_form_of_plot_is_there(town: Town, form: Form) -> None:
    assert (town.plots.form == int(form)).any()


def test_house_plots_are_of_the_size_of_house_plots(town: Town) -> None:
    area = town.register.measured
    homes = area[of_kind(town, Kind.CENTRE, Kind.HOMES, Kind.RURAL, Kind.SHORE)]
    fields = area[of_kind(town, Kind.PADDY)]
    estates = area[of_kind(town, Kind.HILL)]

    assert 220 < np.median(homes) < 400
    assert np.quantile(homes, 0.02) > 60
    assert np.quantile(homes, 0.98) < 2_500
    assert np.median(fields) > 2.5 * np.median(homes)
    assert np.median(estates) > 3 * np.median(homes)


def test_a_flag_plot_is_far_from_convex_and_reaches_the_road(town: Town) -> None:
    flags = town.shapes[town.plots.form == int(Form.FLAG)]
    rows = town.shapes[town.plots.form == int(Form.ROW)]

    assert np.median(flags_filling := shapely.area(flags) / shapely.area(shapely.convex_hull(flags))) < 0.9
    assert np.median(shapely.area(rows) / shapely.area(shapely.convex_hull(rows))) > 0.97
    assert len(flags_filling) > 20


def test_landlocked_plots_touch_no_road_and_row_plots_do(town: Town) -> None:
    roads = shapely.STRtree(streets_of(town).surfaces)
    for form, near in ((Form.LANDLOCKED, False), (Form.ROW, True), (Form.CORNER, True), (Form.FLAG, True)):
        plots = town.shapes[town.plots.form == int(form)]
        reached = np.unique(roads.query(plots, predicate="dwithin", distance=REACH)[0])
        assert (len(reached) == len(plots)) if near else (len(reached) == 0), form.name


def test_corner_plots_touch_two_roads(town: Town) -> None:
    roads = shapely.STRtree(streets_of(town).surfaces)
    corners = town.shapes[town.plots.form == int(Form.CORNER)]
    touched = np.bincount(
        roads.query(corners, predicate="dwithin", distance=REACH)[0], minlength=len(corners)
    )

    assert (touched >= 2).mean() > 0.95


def test_riverside_plots_touch_water(town: Town) -> None:
    water = shapely.union_all([*waters(town, Class.RIVER), *waters(town, Class.CANAL)])
    riverside = town.shapes[town.plots.form == int(Form.RIVERSIDE)]

    assert (shapely.distance(riverside, water) < REACH).all()


def test_roads_come_in_a_hierarchy_and_are_as_wide_as_measured(town: Town) -> None:
    streets = streets_of(town)
    for carries in (Class.NATIONAL, Class.PUBLIC_WORKS, Class.LOCAL, Class.LANE, Class.FOOTPATH):
        of_class = [i for i, corridor in enumerate(streets.corridors) if corridor.carries is carries]
        widths = [width for i in of_class if (width := streets.widths[i]) is not None]
        low, high = WIDTHS[carries]
        assert widths, carries
        assert 0.75 * low < np.median(widths) < 1.3 * high
    assert any(width is None for width in streets.widths)


def test_a_sample_of_ten_thousand_plots_is_as_sound() -> None:
    from layers.sample.town import town_of

    big = town_of(10_000, seed=2026)

    assert abs(len(big.shapes) - 10_000) <= 300
    assert shapely.is_valid(big.shapes).all()
    assert _overlapping(big) == _pairs(big, above=True)
