"""Zoomed out, plots are blocks: what touches is one shape without holes, everything is there, and no tile is heavy."""

from collections.abc import Sequence
from math import cos, radians

import numpy as np
import pytest
import shapely
from mapbox_vector_tile import decode
from shapely.geometry import shape as shape_of
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from gis.errors import TooLarge
from tests.builders import a_box, a_new_parcel, a_place, on_the_ground, register
from tests.tiles.ground import TODAY, tile_over
from tests.tiles.test_parcel_shapes import DAYS, features_of, in_mercator, store_of
from tiles import dissolve, vector
from tiles.columns import Heap, settled
from tiles.dissolve import Plots, dissolved
from tiles.parcels import parcel_tile
from tiles.store import RUN, Sheet, Store
from tiles.vector import PARCELS, tile

Block = tuple[BaseGeometry, int]


def blocks_of(shapes: Sequence[BaseGeometry]) -> list[Block]:
    """The blocks of plots sketched in units of a tile at zoom 17, each with its number of plots, by the lowest number in it."""
    store = store_of([shapely.transform(each, lambda points: points * 8) for each in shapes])
    heap, _ = dissolved(Plots.of(store.plots[0].columns))
    corner = np.array([93_150, 61_485]) * 2**15
    parts = np.split(
        np.concatenate(heap.points) if heap.points else np.empty((0, 2)),
        np.cumsum(np.concatenate(heap.corners))[:-1],
    )
    owner = np.repeat(np.arange(heap.count), np.concatenate(heap.rings))
    polygons = [shapely.Polygon((part.astype(float) - corner) / 64) for part in parts]
    return [
        (
            shapely.union_all([polygon for polygon, own in zip(polygons, owner, strict=True) if own == each]),
            heap.numbers[each][-1],
        )
        for each in np.argsort(np.concatenate(heap.ids))
    ]


def plot(x: float, y: float, width: float = 20, depth: float = 20) -> shapely.Polygon:
    return shapely.box(x, y, x + width, y + depth)


def test_plots_that_touch_are_one_block_and_a_street_parts_blocks() -> None:
    row = [plot(0, 0), plot(20, 0), plot(0, 20), plot(48, 0)]
    (one, three), (other, single) = blocks_of(row)
    assert (three, single) == (3, 1)
    assert one.equals(shapely.union_all(row[:3]))
    assert other.equals(row[3])


def test_a_yard_that_belongs_to_nobody_leaves_no_hole() -> None:
    ring = plot(0, 0, 60, 60).difference(plot(20, 20))
    halves = [ring.intersection(plot(0, 0, 30, 60)), ring.intersection(plot(30, 0, 30, 60))]
    ((block, plots),) = blocks_of(halves)
    assert plots == 2
    assert block.equals(plot(0, 0, 60, 60))


def test_a_plot_within_a_plot_makes_no_second_block() -> None:
    holed = plot(0, 0, 60, 60).difference(plot(20, 20))
    ((block, plots), *others) = blocks_of([holed, plot(20, 20)])
    assert (plots, others) == (2, [])
    assert block.equals(plot(0, 0, 60, 60))


def test_neighbours_without_a_corner_in_common_on_their_line_are_still_dissolved() -> None:
    """The long plot has no corner where the two short ones meet: its line is not divided as theirs is."""
    plots = [plot(0, 0, 40, 20), plot(0, 20), plot(20, 20)]
    ((block, count),) = blocks_of(plots)
    assert count == 3
    assert block.equals(plot(0, 0, 40, 40))


def test_a_plot_that_touches_with_its_lines_alone_belongs_to_the_block() -> None:
    """None of its corners is one of its neighbour's."""
    ((block, count),) = blocks_of([plot(0, 0, 40, 20), plot(5, 20, 30, 20)])
    assert count == 2
    assert block.equals(shapely.union_all([plot(0, 0, 40, 20), plot(5, 20, 30, 20)]))


def test_plots_that_overlap_are_dissolved_all_the_same() -> None:
    ((block, count),) = blocks_of(
        [plot(0, 0, 30, 20), shapely.Polygon([(0, 0), (40, 0), (40, 20), (25, 20)])]
    )
    assert count == 2
    assert block.is_valid
    assert block.equals(plot(0, 0, 40, 20))


def test_plots_that_meet_in_a_corner_alone_are_two_parts_of_one_block() -> None:
    ((block, count),) = blocks_of([plot(0, 0), plot(20, 20)])
    assert count == 2
    assert block.area == 800


@pytest.mark.parametrize(("most", "blocks"), [(9, 1), (8, 2), (3, 3)])
def test_land_without_streets_is_divided_so_that_an_edit_stays_small(
    monkeypatch: pytest.MonkeyPatch, most: int, blocks: int
) -> None:
    monkeypatch.setattr(dissolve, "MOST", most)
    found = blocks_of([plot(20 * (each % 3), 20 * (each // 3)) for each in range(9)])
    assert len(found) == blocks
    assert sum(plots for _, plots in found) == 9
    assert sum(shape.area for shape, _ in found) == pytest.approx(3600)


@pytest.mark.parametrize("at_once", [1, 2, 4, 100])
def test_blocks_are_the_same_however_many_are_dissolved_at_a_time(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    plots = [plot(30 * (each // 2) + 20 * (each % 2) * (each // 2 % 2), 0) for each in range(8)]
    whole = blocks_of(plots)
    monkeypatch.setattr(dissolve, "AT_ONCE", at_once)
    assert [(shape.wkt, count) for shape, count in blocks_of(plots)] == [
        (shape.wkt, count) for shape, count in whole
    ]
    assert len(whole) > 1


def test_postgis_draws_the_same_blocks_and_says_how_many_plots_they_have(session: Session) -> None:
    place = a_place(session)
    plots = [a_new_parcel(f"12/{each}", x=20 * each) for each in range(1, 5)]
    ring = a_box(0, 100, 60, 60).difference(a_box(20, 120, 20, 20))
    at = register(session, place, [*plots, a_new_parcel("12/9", boundary=ring)], on=TODAY)
    content = tile(session, place, tile_over(14), layers=[PARCELS], at=at)
    features = sorted(features_of(content), key=lambda each: each["id"])
    assert [each["properties"] for each in features] == [{"plots": 4}, {"plots": 1}]
    shapes = [shape_of(each["geometry"]) for each in features]
    assert [len(shape.interiors) for shape in shapes] == [0, 0]
    assert shapes[1].area / shapes[0].area == pytest.approx(60 * 60 / (80 * 30), rel=0.03)
    assert set(
        decode(tile(session, place, tile_over(15), layers=[PARCELS], at=at))["parcels"]["features"][0][
            "properties"
        ]
    ) >= {"number"}
    assert tile(session, place, tile_over(11), layers=[PARCELS], at=at) == b""


def yard_with_an_alley(width: float) -> shapely.Polygon:
    """Ground of 60 units around a yard of 40, which an alley of some width leaves open."""
    yard, alley = plot(10, 10, 40, 40), shapely.box(50, 30.2 - width / 2, 60, 30.2 + width / 2)
    return plot(0, 0, 60, 60).difference(shapely.union_all([yard, alley]))


ALLEYS = pytest.mark.parametrize(("alley", "area"), [(0.1, 60 * 60), (4.0, 60 * 60 - 40 * 40 - 40)])
"""One that is lost between two units of the tile, whose yard would be a hole, and one that is seen."""


@ALLEYS
def test_a_yard_whose_alley_is_too_narrow_to_be_seen_leaves_no_hole(alley: float, area: float) -> None:
    over, heap, none = tile_over(12), Heap(), (None,)
    placed = shapely.transform(yard_with_an_alley(alley), lambda points: in_mercator(points, over))
    heap.add([1], [2], (none, none, none), np.array([shapely.orient_polygons(placed, exterior_cw=True)]))
    store = Store(standing=DAYS, plots=(), blocks=(Sheet(columns=settled(heap, run=RUN)),))
    (feature,) = features_of(parcel_tile(store, over))
    drawn = shape_of(feature["geometry"])
    assert drawn.is_valid
    assert (len(drawn.interiors), drawn.area) == (0, area)


@ALLEYS
def test_nor_does_one_that_postgis_draws(session: Session, alley: float, area: float) -> None:
    place, over = a_place(session), tile_over(12)
    unit = over.unit * cos(radians(10.65))  # metres of the ground
    ground = shapely.transform(yard_with_an_alley(alley), lambda points: points * unit)
    at = register(session, place, [a_new_parcel("12/9", boundary=on_the_ground(ground))], on=TODAY)
    (feature,) = features_of(tile(session, place, over, layers=[PARCELS], at=at))
    drawn = shape_of(feature["geometry"])
    assert len(drawn.interiors) == 0
    assert drawn.area == pytest.approx(area, rel=0.03)


@pytest.mark.parametrize(("most", "is_drawn"), [(4, True), (3, False)])
def test_where_dissolving_would_take_long_postgis_refuses(
    session: Session, monkeypatch: pytest.MonkeyPatch, most: int, is_drawn: bool
) -> None:
    place = a_place(session)
    at = register(session, place, [a_new_parcel(f"12/{each}", x=20 * each) for each in range(1, 5)], on=TODAY)
    monkeypatch.setattr(vector, "MOST_PLOTS", most)
    if is_drawn:
        assert tile(session, place, tile_over(13), layers=[PARCELS], at=at)
        return
    with pytest.raises(TooLarge, match="deeper zoom"):
        tile(session, place, tile_over(13), layers=[PARCELS], at=at)
