"""What lies in the wrong place is refused, with a hint when exchanged axes or a sign explain it."""

import numpy as np
import pyproj
import pytest
import shapely
from shapely import Point

from gis.crs import crs_of
from gis.errors import Invalid
from layers.importers.position import FAR, Ground, agreed_crs, check_near
from tests.builders import UTM_43N, a_box

KERALA = Ground(source=crs_of(4326), metric=UTM_43N)
CAMBRIDGE = Ground(source=crs_of(4326), metric=26986)
SWELLENDAM = Ground(source=crs_of(4326), metric=32734)


def reasons(ground: Ground, *points: tuple[float, float]) -> list[str]:
    """Why points are refused, in order; empty text where one is not."""
    found = ground.misplaced(np.array([Point(point) for point in points], dtype=object))
    return [
        next((reason for reason, mask in found.items() if mask[place]), "") for place in range(len(points))
    ]


def test_what_lies_in_its_place_is_let_through() -> None:
    assert reasons(KERALA, (76.2, 10.5)) == [""]
    assert reasons(CAMBRIDGE, (-71.1, 42.37)) == [""]
    assert reasons(SWELLENDAM, (20.4, -34.0)) == [""]


@pytest.mark.parametrize(
    ("ground", "point", "reason"),
    [
        (KERALA, (10.5, 76.2), "exchanged"),
        (CAMBRIDGE, (42.37, -71.1), "exchanged"),
        (SWELLENDAM, (20.4, 34.0), "sign of its latitude"),
        (CAMBRIDGE, (71.1, 42.37), "sign of its longitude"),
        (KERALA, (-71.1, 42.37), "outside the ground"),
        (KERALA, (656_000.0, 1_178_000.0), "outside the ground"),
    ],
)
def test_the_reason_names_what_would_fit(ground: Ground, point: tuple[float, float], reason: str) -> None:
    assert reason in reasons(ground, point)[0]


def test_only_the_misplaced_ones_of_a_batch_are_named() -> None:
    found = reasons(KERALA, (76.2, 10.5), (10.5, 76.2), (76.3, 10.6))
    assert [bool(reason) for reason in found] == [False, True, False]


@pytest.mark.parametrize(
    ("longitude", "is_inside"), [(71.51, True), (71.49, False), (78.49, True), (78.51, False)]
)
def test_a_zone_serves_half_a_degree_beyond_its_edge(longitude: float, is_inside: bool) -> None:
    assert (reasons(KERALA, (longitude, 10.5)) == [""]) is is_inside


def test_grid_coordinates_that_are_exchanged_are_seen_too() -> None:
    ground = Ground(source=crs_of(UTM_43N), metric=UTM_43N)
    exchanged = shapely.transform(a_box(), lambda points: points[:, ::-1])
    found = ground.misplaced(np.array([a_box(), exchanged], dtype=object))
    ((reason, mask),) = found.items()
    assert "exchanged" in reason
    assert mask.tolist() == [False, True]


def test_shapes_in_metres_stay_as_they_are() -> None:
    shapes = np.array([a_box()], dtype=object)
    assert Ground(source=crs_of(UTM_43N), metric=UTM_43N).to_metric(shapes)[0] is shapes[0]


def test_file_and_mapping_have_to_agree() -> None:
    assert agreed_crs(crs_of(4326), None, "a").to_epsg() == 4326
    assert agreed_crs(None, 32643, "a").to_epsg() == 32643
    assert agreed_crs(crs_of(32643), 32643, "a").to_epsg() == 32643
    with pytest.raises(
        Invalid, match=r"plots\.csv does not say in which coordinate system it is. Give `crs`"
    ):
        agreed_crs(None, None, "plots.csv")
    with pytest.raises(
        Invalid, match=r"plots\.shp is in “WGS 84 / UTM zone 44N”, the mapping says EPSG:32643"
    ):
        agreed_crs(crs_of(32644), 32643, "plots.shp")
    with pytest.raises(Invalid, match="the mapping says EPSG:32643"):
        agreed_crs(crs_of(4326), 32643, "plots.shp")


def test_a_code_of_no_system_is_told_with_the_file_and_what_to_do() -> None:
    with pytest.raises(
        Invalid, match=r"^plots\.csv: EPSG:999999 is not a known .* Correct `crs` in the mapping"
    ):
        agreed_crs(None, 999_999, "plots.csv")


def test_the_same_system_in_other_words_is_the_same() -> None:
    old_words = pyproj.CRS.from_wkt(crs_of(32643).to_wkt("WKT1_ESRI"))
    assert agreed_crs(old_words, 32643, "a").to_epsg() == 32643
    with_heights = pyproj.CRS.from_user_input("EPSG:4979")
    assert not agreed_crs(with_heights, None, "a").is_vertical


def test_a_system_of_no_place_counts_as_none() -> None:
    local = pyproj.CRS.from_wkt(
        'ENGCRS["Undefined",EDATUM["Unknown"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'
    )
    assert agreed_crs(local, 32643, "a").to_epsg() == 32643
    with pytest.raises(Invalid, match="does not say"):
        agreed_crs(local, None, "a")


@pytest.mark.parametrize(("apart", "is_refused"), [(FAR, False), (FAR + 1000, True)])
def test_a_dataset_far_from_everything_else_is_refused(apart: float, is_refused: bool) -> None:
    here, there = (0.0, 0.0, 10.0, 10.0), (apart + 10, 0.0, apart + 20, 10.0)
    check_near(there, None, "a")
    if is_refused:
        with pytest.raises(Invalid, match=r"plots\.gpkg lies 501 km from everything else"):
            check_near(there, here, "plots.gpkg")
    else:
        check_near(there, here, "plots.gpkg")
