"""Measuring: ground values are geodesic within 0.01 m² per 1 000 m², grid values never come out."""

import re

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box
from shapely.affinity import rotate, scale, translate
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from gis.crs import to_geographic, to_metric
from gis.geometry import (
    WIDE,
    clear_distance,
    fault,
    ground_area,
    ground_areas,
    ground_length,
    inscribed_width,
    mean_width,
)

UTM_43N, MASSACHUSETTS, UTM_34S = 32643, 26986, 32734
GEOD = pyproj.Geod(ellps="WGS84")
NEAR = 1e-5
"""0.01 m² per 1 000 m²."""

ROUNDING = 1e-4
"""Square metres by which the geodesic area itself is rounded (up to 0.7 cm² was seen on plots of 3 m²)."""

KERALA = [(74.9, 12.75), (75.0, 11.0), (76.3, 10.0), (77.4, 8.3), (77.4, 10.2)]
PLACES = [(UTM_43N, *place) for place in KERALA] + [
    (MASSACHUSETTS, -71.1, 42.37),
    (MASSACHUSETTS, -73.5, 42.7),
    (MASSACHUSETTS, -69.9, 41.3),
    (UTM_34S, 20.4, -34.0),
    (UTM_34S, 18.1, -33.0),
    (UTM_34S, 23.9, -34.8),
]
SHAPES = {
    "a plot": box(0, 0, 12, 25),
    "a field": box(0, 0, 300, 200),
    "a strip": box(0, 0, 6, 1_900),
    "a triangle": Polygon([(0, 0), (1_990, 0), (0, 1_990)]),
    "a needle with one long side": Polygon([(0, 0), (-3.7, -173), (-3.9, 163), (0, 19)]),
    "an L whose land lies on two sides": Polygon(
        [(0, 0), (1_990, 0), (1_990, 1_990), (1_900, 1_990), (1_900, 90), (0, 90)]
    ),
    "an estate just over the width where one scale serves": Polygon(
        [(0, 0), (WIDE + 1, 0), (WIDE + 1, WIDE + 1)]
    ),
    "an estate whose land lies on one side": Polygon([(0, 0), (4_900, 0), (0, 4_900)]),
    "a forest": Polygon(
        [(0, 0), (21_000, 3_000), (9_000, 14_000)], [box(8_000, 4_000, 9_000, 5_000).exterior]
    ),
}


def geodesic(shape: BaseGeometry, metric: int) -> float:
    """The area that pyproj's geodesic gives for the corners of a shape."""
    polygons = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    return sum(abs(GEOD.geometry_area_perimeter(orient(to_geographic(part, metric)))[0]) for part in polygons)


def at(sketch: BaseGeometry, metric: int, longitude: float, latitude: float) -> BaseGeometry:
    corner = to_metric(Point(longitude, latitude), metric)
    return translate(sketch, corner.x, corner.y)


@pytest.mark.parametrize("sketch", SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize(("metric", "longitude", "latitude"), PLACES)
def test_an_area_is_the_one_on_the_ground(
    sketch: Polygon, metric: int, longitude: float, latitude: float
) -> None:
    shape = at(sketch, metric, longitude, latitude)
    assert ground_area(shape, metric) == pytest.approx(geodesic(shape, metric), rel=NEAR)


@given(
    longitude=st.floats(74.9, 77.4),
    latitude=st.floats(8.2, 12.8),
    corners=st.integers(3, 9),
    turn=st.floats(0, 360),
    width=st.floats(2, 1_200),
    depth=st.floats(5, 1_200),
)
def test_any_plot_of_kerala_measures_as_on_the_ground(
    longitude: float, latitude: float, corners: int, turn: float, width: float, depth: float
) -> None:
    ring = shapely.get_coordinates(Point(0, 0).buffer(1, quad_segs=16))[:: 64 // corners]
    sketch = rotate(scale(Polygon(ring), width / 2, depth / 2), turn)
    shape = at(sketch, UTM_43N, longitude, latitude)
    assert ground_area(shape, UTM_43N) == pytest.approx(geodesic(shape, UTM_43N), rel=NEAR, abs=ROUNDING)


def test_many_areas_are_the_same_as_one_by_one() -> None:
    shapes = np.array([at(sketch, UTM_43N, 77.2, 9.0) for sketch in SHAPES.values()], dtype=object)
    one_by_one = [ground_area(shape, UTM_43N) for shape in shapes]
    assert ground_areas(shapes, UTM_43N) == pytest.approx(one_by_one, rel=1e-12)
    assert len(ground_areas(shapes[:0], UTM_43N)) == 0


@pytest.mark.parametrize(
    ("shape", "width"),
    [
        (box(0, 0, 3, 300), 3.0),
        (box(0, 0, 0.05, 40), 0.05),
        (Point(0, 0).buffer(5, quad_segs=64), 10.0),
        (MultiPolygon([box(0, 0, 1, 1), box(5, 0, 9, 4)]), 4.0),
        (Polygon([(0, 0), (3, 0), (0, 4)]), 2.0),  # the circle in a triangle of 3, 4 and 5
        (Polygon(), 0.0),
    ],
)
def test_a_shape_is_as_wide_as_the_largest_circle_inside(shape: BaseGeometry, width: float) -> None:
    assert inscribed_width(shape) == pytest.approx(width, abs=0.002)


def test_the_grid_itself_would_be_too_far_off() -> None:
    # The test above means something only if a grid area fails it.
    shape = at(box(0, 0, 100, 100), UTM_43N, 75.0, 10.0)
    assert shape.area != pytest.approx(geodesic(shape, UTM_43N), rel=10 * NEAR)


def test_land_in_parts_far_apart_is_measured_part_by_part() -> None:
    here = at(box(0, 0, 50, 40), UTM_43N, 75.0, 12.0)
    there = at(box(0, 0, 50, 40), UTM_43N, 77.3, 9.0)
    both = MultiPolygon([here, there])
    expected = geodesic(here, UTM_43N) + geodesic(there, UTM_43N)
    assert ground_area(both, UTM_43N) == pytest.approx(expected, rel=NEAR)


def test_lines_and_points_in_a_collection_have_no_area_and_hide_none() -> None:
    land = at(box(0, 0, WIDE, WIDE), UTM_43N, 76.0, 10.0)
    mixed = GeometryCollection([MultiPolygon([land]), LineString(land.exterior.coords[:2]), land.centroid])
    assert ground_area(mixed, UTM_43N) == pytest.approx(geodesic(land, UTM_43N), rel=NEAR)


@pytest.mark.parametrize("empty", [Polygon(), MultiPolygon(), GeometryCollection()])
def test_nothing_measures_nothing(empty: BaseGeometry) -> None:
    assert (ground_area(empty, UTM_43N), ground_length(empty, UTM_43N), mean_width(empty)) == (0, 0, 0)


@pytest.mark.parametrize("length", [12.0, 1_900.0, 30_000.0])
@pytest.mark.parametrize(("metric", "longitude", "latitude"), PLACES)
def test_a_length_is_the_one_on_the_ground(
    length: float, metric: int, longitude: float, latitude: float
) -> None:
    line = at(LineString([(0, 0), (length * 0.6, length * 0.8)]), metric, longitude, latitude)
    expected = GEOD.geometry_length(to_geographic(line, metric))
    assert ground_length(line, metric) == pytest.approx(expected, rel=NEAR)


@pytest.mark.parametrize("apart", [0.001, 3.0, 300.0, 20_000.0])
@pytest.mark.parametrize(("metric", "longitude", "latitude"), PLACES)
def test_a_clear_distance_is_the_geodesic_one(
    apart: float, metric: int, longitude: float, latitude: float
) -> None:
    a = at(box(0, 0, 10, 10), metric, longitude, latitude)
    b = at(box(10 + apart, 2, 20 + apart, 8), metric, longitude, latitude)
    nearest = shapely.get_coordinates(to_geographic(shapely.shortest_line(a, b), metric))
    assert clear_distance(a, b, metric) == pytest.approx(GEOD.inv(*nearest[0], *nearest[1])[2], abs=1e-6)
    assert clear_distance(a, b, metric) == pytest.approx(apart, rel=2e-3)


@pytest.mark.parametrize(
    ("other", "meets"),
    [
        (box(10, 0, 20, 10), True),  # a shared boundary
        (box(10, 10, 20, 20), True),  # a shared corner
        (box(2, 2, 4, 4), True),  # inside
        (box(10.001, 0, 20, 10), False),
    ],
)
def test_what_meets_is_at_no_distance(other: Polygon, meets: bool) -> None:
    a, b = (at(shape, UTM_43N, 76.0, 10.0) for shape in (box(0, 0, 10, 10), other))
    assert (clear_distance(a, b, UTM_43N) == 0) is meets


def test_nothing_is_infinitely_far() -> None:
    assert clear_distance(Polygon(), box(0, 0, 1, 1), UTM_43N) == float("inf")


@pytest.mark.parametrize(("width", "length"), [(3.0, 300.0), (0.1, 50.0)])
def test_the_mean_width_of_a_strip_is_about_its_width(width: float, length: float) -> None:
    assert mean_width(box(0, 0, width, length)) == pytest.approx(width, rel=0.02)


def test_where_an_outline_crosses_itself_is_told_in_degrees() -> None:
    bow_tie = at(Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), UTM_43N, 76.0, 10.0)
    told = fault(bow_tie, UTM_43N)
    where = re.fullmatch(r"Self-intersection at ([\d.]+), ([\d.]+) \(longitude, latitude\)", told)
    assert where
    assert float(where[1]) == pytest.approx(76.0, abs=2e-4)
    assert float(where[2]) == pytest.approx(10.0, abs=2e-4)


def test_off_the_ground_of_its_system_only_the_fault_is_told() -> None:
    assert fault(Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]), UTM_43N) == "Self-intersection"


def test_a_sound_outline_has_no_place_where_it_is_wrong() -> None:
    assert fault(box(600_000, 1_100_000, 600_010, 1_100_010), UTM_43N) == "Valid Geometry"
