"""Zones that share an edge share it in tiles too, however far out the map is; the record itself stays as it was surveyed."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from mapbox_vector_tile import decode
from shapely.geometry import shape as shape_of
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from gis.db.quick import engine_of
from gis.place import Jurisdiction
from tests.builders import KERALA, a_place, now
from tests.layers.ground import bring_in
from tests.tiles.ground import tile_over
from tiles import coverages
from tiles.vector import simplify_coverages, tile

ZOOMS = [8, 10, 11, 12, 13, 14]
SIDE = 3_000
"""Metres of a zone."""


def border(seed: int) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """A winding line from south to north over 6 km, a corner every 8 m."""
    along = np.arange(0, 2 * SIDE + 1, 8.0)
    rough = np.random.default_rng(seed).normal(0, 3, len(along)).cumsum()
    rough -= np.linspace(rough[0], rough[-1], len(rough))
    return np.column_stack([KERALA[0] + SIDE + rough, KERALA[1] + along])


def zones(seed: int = 1) -> list[shapely.Polygon]:
    """Two zones on both sides of a winding line, begun at corners of their own."""
    shared = border(seed)
    west, east = ([KERALA[0] + x, KERALA[1] + y] for x, y in ((0, 0), (2 * SIDE, 0)))
    left = [*shared, [west[0], KERALA[1] + 2 * SIDE], west]
    right = [*shared[300:], [east[0], KERALA[1] + 2 * SIDE], east, *shared[:300]]
    return [shapely.Polygon(left), shapely.Polygon(right)]


@pytest.fixture
def place(session: Session) -> Jurisdiction:
    return a_place(session, "zones")


def drawn(
    session: Session, place: Jurisdiction, zoom: int, *, layer: str = "zoning", on: date = date(2026, 1, 1)
) -> list[BaseGeometry]:
    """The shapes of a tile over the middle, in its units, each valid."""
    at = now(session, place)
    address = tile_over(zoom, x=SIDE, y=SIDE)
    content = tile(session, place, address, layers=[layer], at=type(at)(on=on, known=at.known))
    shapes = [shape_of(each["geometry"]) for each in decode(content)[layer]["features"]]
    assert all(each.is_valid for each in shapes)
    return shapes


def torn(one: BaseGeometry, other: BaseGeometry) -> float:
    """Square units that lie between two neighbours, or in both."""
    both = shapely.union(one, other)
    solid = shapely.union_all([shapely.Polygon(each.exterior) for each in shapely.get_parts(both)])
    return float(solid.area - both.area + shapely.intersection(one, other).area)


@pytest.mark.parametrize("zoom", ZOOMS)
def test_neighbouring_zones_share_their_edge_in_tiles(
    session: Session, place: Jurisdiction, zoom: int
) -> None:
    bring_in(session, place, "zoning", zones())
    one, other = drawn(session, place, zoom)
    assert torn(one, other) == 0
    corners = shapely.get_num_coordinates([one, other]).sum()
    assert corners < 2 * len(border(1)) or zoom > 12
    shared = shapely.intersection(one.boundary, other.boundary)
    assert shared.length >= 2 * SIDE / (40_075_016 / 2**zoom / 4096) * 0.5 or zoom > 12


def surveyed_closely() -> list[shapely.Polygon]:
    """Two zones on both sides of a line of 120 m with a corner every 40 cm, begun at corners of their own."""
    along = np.arange(0, 120, 0.4)
    rough = np.random.default_rng(3).normal(0, 0.05, len(along)).cumsum()
    shared = np.column_stack([KERALA[0] + SIDE + rough, KERALA[1] + SIDE + along])
    west, east = ([shared[-1] + step, shared[0] + step] for step in ([-60, 0], [60, 0]))
    return [shapely.Polygon([*shared, *west]), shapely.Polygon([*shared[150:], *east, *shared[:150]])]


@pytest.mark.parametrize("is_coverage", [True, False])
def test_close_by_zones_stay_as_they_are_recorded(
    session: Session, place: Jurisdiction, monkeypatch: pytest.MonkeyPatch, is_coverage: bool
) -> None:
    bring_in(session, place, "zoning", surveyed_closely())
    monkeypatch.setattr("tiles.vector.is_coverage", lambda *_: is_coverage)
    gap = max(torn(*drawn(session, place, zoom)) for zoom in (15, 16, 17))
    assert gap == 0 if is_coverage else gap > 1


@pytest.mark.parametrize("zoom", [10, 12])
def test_each_zone_simplified_alone_would_tear(
    session: Session, place: Jurisdiction, monkeypatch: pytest.MonkeyPatch, zoom: int
) -> None:
    bring_in(session, place, "zoning", zones())
    monkeypatch.setattr("tiles.vector.is_coverage", lambda *_: False)
    assert torn(*drawn(session, place, zoom)) > 1


@pytest.mark.parametrize("zoom", ZOOMS)
def test_what_is_simplified_together_stays_near_what_is_simplified_alone(
    session: Session, place: Jurisdiction, zoom: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(session, place, "zoning", zones())
    together = drawn(session, place, zoom)
    monkeypatch.setattr("tiles.vector.is_coverage", lambda *_: False)
    alone = drawn(session, place, zoom)
    for one, other in zip(together, alone, strict=True):
        assert shapely.hausdorff_distance(one, other, densify=0.1) < 3


def test_the_record_itself_is_not_simplified(session: Session, place: Jurisdiction) -> None:
    bring_in(session, place, "zoning", zones())
    before = session.scalar(text("SELECT sum(ST_NPoints(shape)) FROM layer_feature"))
    drawn(session, place, 10)
    assert session.scalar(text("SELECT sum(ST_NPoints(shape)) FROM layer_feature")) == before


def test_zones_that_overlap_or_lie_alone_are_drawn_too(session: Session, place: Jurisdiction) -> None:
    first, second = zones()
    bring_in(session, place, "zoning", [first, second.buffer(40), shapely.box(*first.bounds).buffer(500)])
    assert len(drawn(session, place, 12)) == 3


def test_another_day_and_another_import_have_shapes_of_their_own(
    session: Session, place: Jurisdiction
) -> None:
    old = Range(date(2000, 1, 1), date(2020, 1, 1))
    bring_in(session, place, "zoning", zones()[:1], valid=old, series="old")
    bring_in(session, place, "zoning", zones(), valid=Range(date(2020, 1, 1), None), series="new")
    for on, count in ((date(2019, 12, 31), 1), (date(2020, 1, 1), 2), (date(2019, 12, 31), 1)):
        assert len(drawn(session, place, 12, on=on)) == count
    bring_in(session, place, "zoning", [shapely.box(*zones()[0].bounds)], series="new")
    assert len(drawn(session, place, 12)) == 1


def test_a_coverage_is_simplified_once(
    session: Session, place: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(session, place, "zoning", zones())
    first = [drawn(session, place, 12), drawn(session, place, 10)]
    monkeypatch.setattr(coverages, "_simplified", None)
    assert [drawn(session, place, 12), drawn(session, place, 10)] == first
    drawn(session, place, 12, on=date(2010, 1, 1))  # the same shapes hold then


def test_an_import_simplifies_once_for_every_process(
    session: Session, place: Jurisdiction, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(coverages._folders, engine_of(session), tmp_path)
    bring_in(session, place, "zoning", zones())
    expected = [drawn(session, place, zoom) for zoom in ZOOMS]
    assert list(tmp_path.rglob("*")) == [], "who draws writes nothing"
    simplify_coverages(session, place, at=now(session, place))
    (file,) = tmp_path.rglob("*.coverage")
    coverages._kept.clear()  # as another process begins
    with monkeypatch.context() as without:
        without.setattr(coverages, "_simplified", None)
        assert [drawn(session, place, zoom) for zoom in ZOOMS] == expected
    os.utime(file, (0, 0))
    bring_in(session, place, "zoning", zones(seed=2))
    simplify_coverages(session, place, at=now(session, place))
    (newer,) = tmp_path.rglob("*.coverage")
    assert newer != file
    newer.write_bytes(b"spoilt")
    coverages._kept.clear()
    assert len(drawn(session, place, 12)) == 2, "a file that cannot be read is made up for"


@pytest.mark.parametrize(("room", "is_kept"), [(10_000_000, True), (100, False)])
def test_what_was_asked_for_longest_ago_gives_way(
    session: Session, place: Jurisdiction, monkeypatch: pytest.MonkeyPatch, room: int, is_kept: bool
) -> None:
    monkeypatch.setattr(coverages, "ROOM", room)
    bring_in(session, place, "zoning", zones())
    bring_in(session, place, "ward", zones(2))
    for layer in ("zoning", "ward"):
        drawn(session, place, 12, layer=layer)
    made: list[int] = []
    real = coverages._made

    def counted(*args: Any, **more: Any) -> Any:
        made.append(1)
        return real(*args, **more)

    monkeypatch.setattr(coverages, "_made", counted)
    drawn(session, place, 12, layer="ward")
    assert made == []
    drawn(session, place, 12)
    assert (made == []) is is_kept


@pytest.mark.parametrize("most", [10, 1_000_000])
def test_a_layer_that_is_too_heavy_is_simplified_shape_by_shape(
    session: Session, place: Jurisdiction, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(coverages, "MOST_CORNERS", most)
    bring_in(session, place, "zoning", zones())
    assert (torn(*drawn(session, place, 12)) > 1) is (most == 10)


def test_layers_that_do_not_tile_the_ground_are_left_alone(
    session: Session, place: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverages, "_made", None)
    bring_in(session, place, "flood", zones())
    assert len(drawn(session, place, 12, layer="flood")) == 2
