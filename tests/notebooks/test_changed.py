"""A layer on two days: what is new, gone, altered, and which plots lie there."""

from datetime import date
from typing import Any

import geopandas
import pandas as pd
import pytest
import shapely

from api.notebook.changed import changed, touched
from gis.geometry import ground_areas
from tests.builders import UTM_43N, a_box

FEBRUARY, MARCH = date(2024, 2, 1), date(2024, 3, 1)


def layer(*rows: dict[str, Any]) -> geopandas.GeoDataFrame:
    """Zones of 10 m by 10 m, each with a reference, a name and the day from which it holds."""
    told = [
        {"ref": None, "label": "Homes", "valid_from": FEBRUARY, "geometry": a_box(0, 0, 10, 10)} | row
        for row in rows
    ]
    table = pd.DataFrame(told, columns=["ref", "label", "valid_from", "geometry"])
    return geopandas.GeoDataFrame(table, geometry="geometry", crs=UTM_43N)


def between(
    before: geopandas.GeoDataFrame, after: geopandas.GeoDataFrame, **more: Any
) -> geopandas.GeoDataFrame:
    return changed(before, after, metric=UTM_43N, **more)


def ground(shape: Any) -> float:
    return float(ground_areas([shape], UTM_43N)[0])


def test_what_says_and_covers_the_same_has_not_changed() -> None:
    old, new = layer({"ref": "1"}), layer({"ref": "1", "valid_from": MARCH})
    assert between(old, new).empty
    turned = layer({"ref": "1", "geometry": shapely.reverse(a_box(0, 0, 10, 10))})
    assert between(old, turned).empty


def test_new_and_gone() -> None:
    found = between(
        layer({"ref": "1"}), layer({"ref": "2", "geometry": a_box(50, 0, 10, 20), "valid_from": MARCH})
    )
    assert list(found["change"]) == ["gone", "new"]
    gone, new = found.iloc[0], found.iloc[1]
    assert (gone["ref"], gone["was"]) == ("1", "Homes")
    assert pd.isna(gone["label"])
    assert gone["lost"] == pytest.approx(ground(a_box(0, 0, 10, 10)))
    assert gone["gained"] == gone["after"] == 0
    assert new["gained"] == new["after"] == pytest.approx(ground(a_box(50, 0, 10, 20)))
    assert new["before"] == 0


def test_a_shape_that_moved_tells_what_it_gained_and_lost() -> None:
    found = between(layer({"ref": "1"}), layer({"ref": "1", "geometry": a_box(4, 0, 10, 10)}))
    (row,) = found.to_dict("records")
    assert (row["change"], row["differs"]) == ("altered", "shape")
    assert row["gained"] == pytest.approx(row["lost"])
    assert row["lost"] == pytest.approx(0.4 * row["before"], rel=1e-6)
    assert row["geometry"].area == pytest.approx(80.0)


@pytest.mark.parametrize(
    ("moved", "counts"), [(0.0008, False), (0.002, True)]
)  # of a side of 10 m: 0.008 m² and 0.02 m²
def test_a_hair_is_no_change(moved: float, counts: bool) -> None:
    found = between(layer({"ref": "1"}), layer({"ref": "1", "geometry": a_box(0, 0, 10 + moved, 10)}))
    assert len(found) == counts


def test_the_same_ground_under_another_number_is_told_as_altered() -> None:
    found = between(layer({"ref": "1"}), layer({"ref": "2", "label": "Shops"}))
    (row,) = found.to_dict("records")
    assert (row["change"], row["was"], row["label"], row["differs"]) == ("altered", "Homes", "Shops", "label")
    assert row["geometry"].area == pytest.approx(100.0)


def test_without_references_and_with_doubled_ones_shapes_tell() -> None:
    there = [{"geometry": a_box(20 * i, 0, 10, 10)} for i in range(3)]
    assert between(layer(*there), layer(*there[::-1])).empty
    doubled = [{"ref": "x", **each} for each in there]
    found = between(layer(*doubled), layer(*doubled[:2]))
    assert list(found["change"]) == ["gone"]
    assert found.geometry.iloc[0].equals(a_box(40, 0, 10, 10))


def test_what_data_tell_that_begin_later_may_have_been_there_before() -> None:
    old, new = (
        layer({"ref": "1"}),
        layer({"ref": "1"}, {"ref": "2", "geometry": a_box(50, 0, 9, 9), "valid_from": MARCH}),
    )
    assert list(between(old, new)["change"]) == ["new"]
    assert list(between(old, new, begun={MARCH})["change"]) == ["newly known"]
    assert list(between(old, new, begun={FEBRUARY})["change"]) == ["new"]


def test_lines_are_told_in_metres_and_points_without() -> None:
    road = shapely.LineString([a_box(0, 0, 1, 1).exterior.coords[0], a_box(100, 0, 1, 1).exterior.coords[0]])
    found = between(layer(), layer({"ref": "r", "geometry": road}, {"ref": "p", "geometry": road.centroid}))
    by_ref = found.set_index("ref")
    assert by_ref.loc["r", "gained"] == pytest.approx(road.length, rel=1e-3)
    assert pd.isna(by_ref.loc["p", "gained"])


def test_plots_on_a_change_and_beside_it() -> None:
    plots = geopandas.GeoDataFrame(
        {"number": ["in", "half", "beside"], "measured_area": [100.0, 100.0, 100.0]},
        geometry=[a_box(0, 0, 10, 10), a_box(15, 0, 10, 10), a_box(20, 0, 10, 10)],
        crs=UTM_43N,
    )
    changes = between(
        layer(),
        layer({"ref": "1", "geometry": a_box(0, 0, 20, 10)}, {"ref": "2", "geometry": a_box(90, 0, 5, 5)}),
    )
    found = touched(plots, changes, metric=UTM_43N)
    assert list(found["number"]) == ["half", "in"]
    assert list(found["amount"]) == pytest.approx([50.0, 100.0], rel=1e-3)
    assert list(found["percent"]) == pytest.approx([50.0, 100.0], rel=1e-3)
    assert set(found["ref"]) == {"1"}
