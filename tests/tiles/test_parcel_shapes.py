"""Parcels of any shape are drawn as they lie: none lost, none spoilt, wherever the tile's edge cuts them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from math import cos, pi, sin
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from mapbox_vector_tile import decode
from numpy.typing import NDArray
from shapely.geometry import shape as shape_of
from shapely.geometry.base import BaseGeometry

from tiles import parcels
from tiles.building import proved
from tiles.columns import AROUND, Heap, along_the_curve, settled
from tiles.parcels import DRAWN_AREA, parcel_tile
from tiles.store import RUN, Sheet, Standing, Store
from tiles.vector import TileAddress

INLAND = TileAddress(z=17, x=93_150, y=61_485)
FIRST = TileAddress(z=17, x=0, y=61_485)
LAST = TileAddress(z=17, x=2**17 - 1, y=61_485)
Corners = NDArray[np.float64]
FAR_OFF = 1.5
"""Units that a line may lie off its place."""
DAYS = Standing(
    known=datetime(2026, 1, 1, tzinfo=UTC),
    first=date(2020, 1, 1),
    until=date(2030, 1, 1),
    parcels=1,
    newest=1,
)


def in_mercator(points: Corners, address: TileAddress) -> Corners:
    """Where points lie that are sketched in units of a tile, y from the north."""
    unit = AROUND / 2**address.z / 4096
    west, north = address.x * 4096 * unit - AROUND / 2, AROUND / 2 - address.y * 4096 * unit
    placed: Corners = np.array([west, north]) + points * [unit, -unit]
    return placed


def store_of(shapes: Sequence[BaseGeometry], address: TileAddress = INLAND) -> Store:
    """A store of parcels 1, 2, … sketched in units of a tile, y from the north."""
    placed = [shapely.transform(each, lambda points: in_mercator(points, address)) for each in shapes]
    names = [f"12/{place}" for place in range(1, len(placed) + 1)]
    heap = Heap()
    heap.add(
        range(1, len(placed) + 1),
        names,
        (["12"] * len(names), names, [None] * len(names)),
        shapely.orient_polygons(np.array(placed, object), exterior_cw=True),
    )
    return Store(standing=DAYS, plots=(Sheet(columns=settled(heap, run=RUN)),), blocks=())


def drawn(shapes: Sequence[BaseGeometry], address: TileAddress = INLAND) -> dict[int, BaseGeometry]:
    """What a tile shows of each parcel."""
    features = features_of(parcel_tile(store_of(shapes, address), address))
    return {feature["id"]: shape_of(feature["geometry"]) for feature in features}


def features_of(content: bytes) -> list[dict[str, Any]]:
    if not content:
        return []
    features: list[dict[str, Any]] = decode(content, default_options={"y_coord_down": True})["parcels"][
        "features"
    ]
    return features


def is_right(tile: BaseGeometry | None, true: BaseGeometry) -> bool:
    """Whether a drawn shape covers the true one within the tile and nothing else, but for slivers."""
    here = true.intersection(DRAWN_AREA)
    if tile is None:
        return here.buffer(-FAR_OFF / 2).is_empty
    lost = here.buffer(-FAR_OFF / 2).difference(tile.buffer(FAR_OFF))
    return tile.is_valid and lost.is_empty and here.buffer(FAR_OFF).covers(tile)


@st.composite
def stars(draw: st.DrawFn) -> shapely.Polygon:
    """A plot of any size around anywhere on or near the tile, in wild corners, with a hole or none."""
    size = 10 ** draw(st.floats(-0.5, 4.5))
    x, y = draw(st.floats(-200, 4300)), draw(st.floats(-200, 4300))
    radii = draw(st.lists(st.floats(0.05, 1), min_size=3, max_size=14))
    turn = draw(st.floats(0, pi))
    corners = [
        (cos(turn + 2 * pi * i / len(radii)), sin(turn + 2 * pi * i / len(radii))) for i in range(len(radii))
    ]
    ring = [(x + size * r * c, y + size * r * s) for r, (c, s) in zip(radii, corners, strict=True)]
    share = draw(st.sampled_from([0.0, 0.0, 0.5, 0.9]))
    hole = [
        (x + share * size * r * c, y + share * size * r * s) for r, (c, s) in zip(radii, corners, strict=True)
    ]
    polygon = shapely.Polygon(ring, [hole] if share else [])
    return polygon if polygon.is_valid else shapely.Polygon(ring)


@settings(max_examples=400, deadline=None)
@given(stars(), st.sampled_from([INLAND, FIRST, LAST]))
def test_any_plot_is_drawn_as_it_lies(plot: shapely.Polygon, address: TileAddress) -> None:
    if address != INLAND:  # the world ends here
        side = (0, 5000) if address is FIRST else (-1000, 4096)
        plot = shapely.intersection(plot, shapely.box(side[0], -1e5, side[1], 1e5))
    if not plot.is_valid or plot.geom_type not in ("Polygon", "MultiPolygon") or plot.is_empty:
        return
    assert is_right(drawn([plot], address).get(1), plot)


@settings(max_examples=150, deadline=None)
@given(st.lists(stars(), min_size=2, max_size=5))
def test_a_plot_of_several_parts_keeps_them(parts: list[shapely.Polygon]) -> None:
    whole = shapely.union_all([part for part in parts if part.is_valid])
    if not whole.is_empty and whole.geom_type in ("Polygon", "MultiPolygon"):
        assert is_right(drawn([whole]).get(1), whole)


def told(store: Store) -> Store:
    """The same store, told which shapes can be drawn whole."""
    return replace(store, plots=tuple(replace(each, columns=proved(each.columns)) for each in store.plots))


@settings(max_examples=150, deadline=None)
@given(st.lists(stars(), min_size=1, max_size=4), st.sampled_from([15, 16, 17, 18, 20]))
def test_what_is_known_to_be_drawn_whole_is_drawn_as_if_it_were_not(
    plots: list[shapely.Polygon], zoom: int
) -> None:
    store = store_of([each for each in plots if each.is_valid] or [shapely.box(0, 0, 9, 9)])
    deeper = zoom - INLAND.z
    x, y = (each << deeper if deeper > 0 else each >> -deeper for each in (INLAND.x, INLAND.y))
    address = TileAddress(z=zoom, x=x, y=y)
    assert parcel_tile(told(store), address) == parcel_tile(store, address)


@pytest.mark.parametrize(
    ("plot", "finest_to_coarsest"),
    [
        (shapely.box(0, 0, 100, 100), [True] * 9),
        (shapely.box(0, 0, 100, 3), [True] * 6 + [False] * 3),  # 24 units of the grid: not one of 64
        (shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60)), [True] * 9),
    ],
)
def test_a_shape_is_known_to_be_whole_in_the_units_in_which_it_has_an_area(
    plot: shapely.Polygon, finest_to_coarsest: list[bool]
) -> None:
    [sound] = told(store_of([plot])).plots[0].columns.sound
    assert [bool(sound >> finer & 1) for finer in range(9)] == finest_to_coarsest


def test_an_hourglass_that_rounding_closes_is_whole_in_finer_units_alone() -> None:
    glass = shapely.Polygon([(0, 0), (100, 0), (50.2, 50), (100, 100), (0, 100), (49.8, 50)])
    [sound] = told(store_of([glass])).plots[0].columns.sound
    assert sound >> 0 & 1
    assert not sound >> 3 & 1


def test_a_plot_that_ends_on_the_rim_is_drawn_without_being_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    corners = [
        (364.9, 4255.9),
        (335.7, 4174.9),
        (391.6, 4159.75),
        (476.6, 4128.3),
        (496.2, 4120.5),
        (527, 4202.6),
    ]
    plot = shapely.Polygon([*corners, (508.2, 4211.2), (422.6, 4242.5)])
    monkeypatch.setattr(parcels, "_mended", None)
    assert is_right(drawn([plot])[1], plot)


@pytest.mark.parametrize(
    ("plot", "is_there"),
    [
        (shapely.box(10, 10, 11, 11), True),
        (shapely.box(10.1, 10.1, 10.4, 500), False),  # a third of a unit wide
        (shapely.box(-64, -64, -63, -63), True),  # on the rim
        (shapely.box(-70, -70, -65, -65), False),
        (shapely.box(-1e6, -1e6, 1e6, 1e6), True),
    ],
)
def test_only_slivers_and_strangers_are_left_out(plot: shapely.Polygon, is_there: bool) -> None:
    assert (1 in drawn([plot])) == is_there


def test_a_plot_around_another_has_a_hole() -> None:
    yard, island = shapely.box(100, 100, 900, 900), shapely.box(300, 300, 500, 500)
    tile = drawn([yard.difference(island), island])
    assert tile[1].equals(yard.difference(island))
    assert tile[2].equals(island)


def test_an_hourglass_that_rounding_closes_falls_into_two() -> None:
    glass = shapely.Polygon([(0, 0), (100, 0), (50.2, 50), (100, 100), (0, 100), (49.8, 50)])
    tile = drawn([glass])[1]
    assert tile.is_valid
    assert len(shapely.get_parts(tile)) == 2


def test_a_comb_over_the_edge_falls_into_its_teeth() -> None:
    comb = shapely.box(4200, 0, 4300, 1000).union(
        shapely.union_all([shapely.box(4000, y, 4200, y + 100) for y in range(0, 1000, 200)])
    )
    tile = drawn([comb])[1]
    assert tile.is_valid
    assert len(shapely.get_parts(tile)) == 5


def test_outer_rings_turn_with_the_clock_and_holes_against_it() -> None:
    plot = shapely.box(0, 0, 100, 100).difference(shapely.box(20, 20, 40, 40))
    raw = features_of(parcel_tile(store_of([plot]), INLAND))[0]["geometry"]["coordinates"]
    assert [shapely.LinearRing(ring).is_ccw for ring in raw] == [True, False]  # y points down


def test_a_tile_says_of_each_parcel_what_is_known() -> None:
    features = features_of(
        parcel_tile(store_of([shapely.box(0, 0, 50, 50), shapely.box(60, 0, 90, 50)]), INLAND)
    )
    assert {feature["id"]: feature["properties"] for feature in features} == {
        1: {"number": "12/1", "survey": "12", "subdivision": "12/1"},
        2: {"number": "12/2", "survey": "12", "subdivision": "12/2"},
    }


def test_where_nothing_lies_the_tile_is_empty() -> None:
    assert parcel_tile(store_of([shapely.box(5000, 5000, 5050, 5050)]), INLAND) == b""


def test_neighbours_on_the_ground_lie_near_each_other_on_the_curve() -> None:
    side = 64
    step = 2**32 // side
    west, north = (each.ravel() * step for each in np.meshgrid(np.arange(side), np.arange(side)))
    order = np.argsort(along_the_curve(np.column_stack([west, north, west + 1, north + 1])))
    steps = np.abs(np.diff(west[order])) + np.abs(np.diff(north[order]))
    assert (steps == step).all()
