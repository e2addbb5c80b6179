"""Axes come in the order that a system defines, and a box in degrees keeps its edges where they are on the ground."""

from typing import Any

import numpy as np
import pytest
import shapely

from gis.crs import to_geographic, to_metric
from gis.errors import Invalid
from gis.place import Jurisdiction
from layers.collections.systems import (
    CRS84,
    EPSG,
    box_in,
    covers,
    in_degrees,
    on_the_ground,
    system_named,
    systems,
)

KERALA, MASSACHUSETTS, NEW_ZEALAND = 32643, 26986, 2193
WITHIN = (76.0, 10.0, 77.0, 11.0)


def place(metric: int = KERALA) -> Jurisdiction:
    described: dict[str, Any] = {"name_en": "x", "name_ml": "x", "catalogue": "kerala", "rule_book": None}
    return Jurisdiction(code="x", metric=metric, synthetic=True, **described)


@pytest.mark.parametrize(
    ("metric", "is_flipped"), [(KERALA, False), (MASSACHUSETTS, False), (NEW_ZEALAND, True)]
)
def test_axes_are_in_the_order_of_the_register(metric: int, is_flipped: bool) -> None:
    lon_first, lat_first, own = systems(metric)
    assert (lon_first.is_flipped, lat_first.is_flipped, own.is_flipped) == (False, True, is_flipped)
    assert own.uri == f"{EPSG}{metric}"


@pytest.mark.parametrize("uri", [CRS84, f"[{CRS84}]", f"<{CRS84}>", CRS84.replace("http:", "https:"), None])
def test_a_system_is_known_however_programs_write_it(uri: str | None) -> None:
    assert system_named(place(), uri, word="crs").uri == CRS84


def test_the_system_of_another_place_is_refused() -> None:
    with pytest.raises(Invalid, match="not served here"):
        system_named(place(), f"{EPSG}{MASSACHUSETTS}", word="crs")


@pytest.mark.parametrize("text", ["10,76,11,75", "76,11,77,10", "1,2,3", "1,2,3,4,5", "inf,1,2,3", ""])
def test_a_box_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="The box cannot be used"):
        box_in(text, systems(KERALA)[0])


def test_a_box_in_another_order_of_axes_is_read_in_that_order() -> None:
    _, lat_first, _ = systems(KERALA)
    there = on_the_ground(box_in("10.2,76.1,10.3,76.4", lat_first), lat_first, place(), WITHIN)
    assert to_geographic(there, KERALA).bounds == pytest.approx((76.1, 10.2, 76.4, 10.3), abs=1e-6)
    with pytest.raises(Invalid, match="south,west,north,east"):
        box_in("10.3,76.1,10.2,76.4", lat_first)


def test_the_edges_of_a_box_stay_where_they_are_on_the_ground() -> None:
    """A parallel is no straight line in metres: between the corners of a wide box it strays by hundreds of metres."""
    degrees = systems(KERALA)[0]
    there = on_the_ground(shapely.box(76.0, 10.4, 77.0, 10.6), degrees, place(), WITHIN)
    for share in np.linspace(0.003, 0.997, 41):
        edge = to_metric(shapely.Point(76.0 + share, 10.4), KERALA)
        assert there.exterior.distance(edge) < 0.01
    straight = to_metric(shapely.box(76.0, 10.4, 77.0, 10.6), KERALA)
    assert straight.exterior.distance(to_metric(shapely.Point(76.5, 10.4), KERALA)) > 10


@pytest.mark.parametrize(
    ("box", "is_empty"),
    [
        ((-180, -90, 180, 90), False),
        ((76.5, 10.5, 150, 80), False),
        ((10, 10, 20, 20), True),
        ((77.1, 10, 78, 11), True),
    ],
)
def test_what_lies_beyond_the_features_is_cut_off(box: tuple[float, ...], is_empty: bool) -> None:
    there = on_the_ground(shapely.box(*box), systems(KERALA)[0], place(), WITHIN)
    assert there.is_empty is is_empty
    if not is_empty:
        west, south, east, north = to_geographic(there, KERALA).bounds
        assert WITHIN[0] - 0.02 < west < east < WITHIN[2] + 0.02
        assert WITHIN[1] - 0.02 < south < north < WITHIN[3] + 0.02


@pytest.mark.parametrize(
    ("box", "is_all"), [((76, 10, 77, 11), True), ((75, 9, 78, 12), True), ((76.0001, 10, 77, 11), False)]
)
def test_a_box_that_holds_everything_asks_nothing(box: tuple[float, ...], is_all: bool) -> None:
    lon_first, lat_first, own = systems(KERALA)
    shape = shapely.box(*box)
    assert covers(shape, lon_first, WITHIN) is is_all
    assert covers(shapely.transform(shape, lambda points: points[:, ::-1]), lat_first, WITHIN) is is_all
    assert covers(shape, own, WITHIN) is False


@pytest.mark.parametrize("shape", [shapely.Point(181, 10), shapely.Point(76, 91), shapely.box(-181, 0, 0, 1)])
def test_a_shape_off_the_earth_is_refused(shape: shapely.Geometry) -> None:
    with pytest.raises(Invalid, match="not on the earth"):
        on_the_ground(shape, systems(KERALA)[0], place(), WITHIN)


def test_the_bounds_of_a_wide_land_hold_what_lies_at_the_middle_of_its_edges() -> None:
    metres = to_metric(shapely.box(74.5, 8.2, 77.5, 12.8), KERALA).bounds
    west, south, east, north = in_degrees(metres, KERALA)  # type: ignore[arg-type]
    for share in np.linspace(0, 1, 101):
        x, y = metres[0] + share * (metres[2] - metres[0]), metres[1] + share * (metres[3] - metres[1])
        for point in ((x, metres[1]), (x, metres[3]), (metres[0], y), (metres[2], y)):
            there = to_geographic(shapely.Point(point), KERALA)
            assert west - 1e-5 < there.x < east + 1e-5
            assert south - 1e-5 < there.y < north + 1e-5


def test_what_only_touches_the_rim_is_left_out_of_a_cut_shape() -> None:
    rim = WITHIN[2] + 0.01
    shape = shapely.Polygon(
        [
            (76.5, 10.2),
            (rim + 1, 10.2),
            (rim + 1, 10.8),
            (rim, 10.8),
            (rim, 10.6),
            (rim + 0.5, 10.6),
            (rim + 0.5, 10.4),
            (76.5, 10.4),
        ]
    )
    there = on_the_ground(shape, systems(KERALA)[0], place(), WITHIN)
    assert there.geom_type == "Polygon"
    assert to_geographic(there, KERALA).bounds == pytest.approx((76.5, 10.2, rim, 10.4), abs=1e-3)
