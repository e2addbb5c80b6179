"""Coordinates: which systems a jurisdiction may have, and shapes that move between them."""

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon

from gis.crs import (
    GEOGRAPHIC,
    areal_scale,
    areal_scales,
    check_metric,
    ground_distance,
    to_geographic,
    to_metric,
    transform,
)
from gis.errors import Invalid

UTM_43N, MASSACHUSETTS, UTM_34S = 32643, 26986, 32734
GEOD = pyproj.Geod(ellps="WGS84")


@pytest.mark.parametrize("epsg", [UTM_43N, MASSACHUSETTS, UTM_34S, 7755])
def test_a_conformal_grid_in_metres_may_be_a_jurisdictions_own(epsg: int) -> None:
    check_metric(epsg)


@pytest.mark.parametrize(
    ("epsg", "why"),
    [
        (3857, "not conformal on the ellipsoid"),  # web Mercator: metres by name only
        (4326, "not a projected system in metres"),
        (2249, "not a projected system in metres"),  # Massachusetts in US survey feet
        (4978, "not a projected system in metres"),
        (3035, "not conformal"),  # equal-area
        (27700, "another ellipsoid"),
        (1, "not a known coordinate system"),
        (-32643, "not a known coordinate system"),
    ],
)
def test_a_system_that_one_scale_cannot_correct_is_refused(epsg: int, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        check_metric(epsg)


@given(longitude=st.floats(74.9, 77.4), latitude=st.floats(8.2, 12.8))
def test_a_point_in_kerala_comes_back_to_where_it_was(longitude: float, latitude: float) -> None:
    back = to_geographic(to_metric(Point(longitude, latitude), UTM_43N), UTM_43N)
    assert GEOD.inv(longitude, latitude, back.x, back.y)[2] < 0.001


def test_longitude_comes_first_and_easting_comes_first() -> None:
    metres = to_metric(Point(76.0, 10.0), UTM_43N)
    assert (round(metres.x), round(metres.y)) == (609_601, 1_105_579)


def test_holes_and_parts_survive_the_way() -> None:
    ring = [(76.0, 10.0), (76.01, 10.0), (76.01, 10.01), (76.0, 10.0)]
    hole = [(76.005, 10.002), (76.008, 10.002), (76.008, 10.005), (76.005, 10.002)]
    land = shapely.MultiPolygon([Polygon(ring, [hole]), shapely.transform(Polygon(ring), lambda c: c + 0.05)])
    moved = to_metric(land, UTM_43N)
    assert (len(moved.geoms), len(moved.geoms[0].interiors)) == (2, 1)


def test_an_empty_shape_stays_empty() -> None:
    assert to_metric(Polygon(), UTM_43N).is_empty


@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [
        (200.0, 95.0),
        (76.0, 90.5),
        (float("nan"), 10.0),
        (float("inf"), 10.0),
        (10.0, 76.0),  # swapped
        (-76.0, 10.0),  # the wrong hemisphere
        (76.0, -10.0),
        (609_602.0, 1_105_579.0),  # metres called degrees
        (79.01, 10.0),
    ],
)
def test_coordinates_off_the_earth_or_far_from_the_system_are_refused(
    longitude: float, latitude: float
) -> None:
    with pytest.raises(Invalid):
        to_metric(Point(longitude, latitude), UTM_43N)


def test_one_stray_corner_is_enough_to_refuse_a_shape() -> None:
    with pytest.raises(Invalid, match="order"):
        to_metric(Polygon([(76.0, 10.0), (76.1, 10.0), (10.1, 76.1)]), UTM_43N)


def test_a_place_at_the_edge_of_its_system_is_still_served() -> None:
    assert np.isfinite(to_metric(Point(78.9, 10.0), UTM_43N).x)


@pytest.mark.parametrize(("x", "y"), [(1e9, 1e9), (float("nan"), 0.0), (76.0, 10.0)])
def test_metres_that_are_none_are_refused_on_the_way_back(x: float, y: float) -> None:
    # The last pair is degrees called metres: it would fall into the sea, west of the zone.
    with pytest.raises(Invalid):
        to_geographic(Point(x, y), UTM_43N)


def test_scale_and_distance_have_no_value_off_the_earth() -> None:
    with pytest.raises(Invalid):
        areal_scale(UTM_43N, 1e9, 1e9)
    with pytest.raises(Invalid):
        areal_scales(UTM_43N, np.array([6e5, 1e9]), np.array([1e6, 1e9]))
    with pytest.raises(Invalid):
        ground_distance(UTM_43N, (6e5, 1e6), (float("nan"), 1e6))


def test_many_scales_are_the_same_as_one_by_one() -> None:
    x, y = np.array([5e5, 6.5e5, 7.6e5]), np.array([9e5, 1.1e6, 1.4e6])
    one_by_one = [areal_scale(UTM_43N, a, b) for a, b in zip(x, y, strict=True)]
    assert areal_scales(UTM_43N, x, y) == pytest.approx(one_by_one, rel=1e-12)


@pytest.mark.parametrize(("longitude", "percent"), [(75.0, -0.08), (77.4, 0.0914)])
def test_a_grid_square_metre_is_none_on_the_ground(longitude: float, percent: float) -> None:
    at = to_metric(Point(longitude, 10.0), UTM_43N)
    assert (areal_scale(UTM_43N, at.x, at.y) - 1) * 100 == pytest.approx(percent, abs=0.0001)


@given(
    start=st.tuples(st.floats(74.9, 77.4), st.floats(8.2, 12.8)),
    end=st.tuples(st.floats(74.9, 77.4), st.floats(8.2, 12.8)),
)
def test_a_distance_is_the_geodesic_one_however_far(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    a, b = (to_metric(Point(p), UTM_43N) for p in (start, end))
    expected = GEOD.inv(*start, *end)[2]
    assert ground_distance(UTM_43N, (a.x, a.y), (b.x, b.y)) == pytest.approx(expected, abs=0.001)


def test_a_shape_in_its_own_system_is_left_alone() -> None:
    line = LineString([(0, 0), (1, 1)])
    assert transform(line, GEOGRAPHIC, GEOGRAPHIC) is line
