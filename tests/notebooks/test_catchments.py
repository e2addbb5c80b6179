"""Catchments by heights: water runs downhill, over the lowest rim out of a hollow, and every known cell lies in one."""

from pathlib import Path

import geopandas
import numpy as np
import pytest

from api.notebook import Rain
from api.notebook.catchments import EDGE, gathered
from api.notebook.town import Town
from gis.errors import Invalid


def two_valleys(columns: int = 20) -> np.ndarray:
    """Two valleys that fall to the south, with a ridge between them in the middle."""
    across = np.abs(np.abs(np.arange(columns) - (columns - 1) / 2) - columns / 4)
    return 100.0 + across[None, :] * 2 - np.arange(30.0)[:, None] * 0.5


def test_two_valleys_are_two_catchments_with_the_ridge_between() -> None:
    found = gathered(two_valleys(), 150.0)
    west, east = found[:, :10], found[:, 10:]
    assert set(np.unique(west)) & set(np.unique(east)) <= {0}
    assert {len(set(np.unique(side)) - {0}) for side in (west, east)} == {1}


@pytest.mark.parametrize("enough", [1.0, 40.0, 150.0, 10_000.0])
def test_every_catchment_gathers_enough_and_every_cell_is_in_one(enough: float) -> None:
    found = gathered(two_valleys(), enough)
    numbers, counts = np.unique(found, return_counts=True)
    sizes = dict(zip(numbers.tolist(), counts.tolist(), strict=True))
    sizes.pop(0, None)
    assert all(each >= enough for each in sizes.values())
    assert (not sizes) == (enough > found.size)
    assert (found >= 0).all()


def test_water_leaves_a_hollow_over_its_lowest_rim() -> None:
    heights = np.full((7, 9), 50.0)
    heights[1:6, 1:5], heights[3, 2] = 20.0, 5.0  # a hollow in the west
    heights[3, 5:9] = 30.0  # a notch to the east
    found = gathered(heights, 15.0)
    assert found[3, 2] == found[2, 3] != 0
    assert found[0, 0] == 0


def test_where_no_height_is_known_nothing_is_said_and_the_ground_ends() -> None:
    heights = two_valleys()
    heights[12:, :] = np.nan
    found = gathered(heights, 50.0)
    assert (found[12:] == -1).all()
    assert (found[:12] >= 0).all()


def test_the_towns_catchments_lie_side_by_side_and_permits_are_added_up_by_them(
    town: Town, tmp_path: Path
) -> None:
    areas = town.catchments(least=100.0)
    assert list(areas["name"][:2]) == [EDGE, "catchment 1"]
    assert (areas["area"][1:] >= 99e4).all()
    assert areas.geometry.is_valid.all()
    assert areas.union_all().area == pytest.approx(areas.area.sum())
    assert areas.attrs["sources"]
    rain = Rain(depth_mm=20, coefficient=0.5, source="assumed for a test")
    load = town.load("catchment", rain=rain)
    permits = town.permitted()
    assert load["permits"].sum() == len(permits)
    assert load["runoff"].sum() == pytest.approx(permits["covered"].sum() * 0.02 * 0.5)
    assert load["runoff"].max() > 0
    load.to_parquet(tmp_path / "load.parquet")
    assert geopandas.read_parquet(tmp_path / "load.parquet").attrs["rain"]["source"] == rain.source
    with pytest.raises(Invalid, match="above 0"):
        town.catchments(least=0.0)
