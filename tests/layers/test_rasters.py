"""Heights under a plot: the cells that it touches, and no other."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from shapely.geometry.base import BaseGeometry

from gis.errors import Unavailable
from layers.rasters import Heights, heights, sheet_of
from tests.builders import KERALA, UTM_43N, a_box

CELL, CELLS = 10.0, 12
"""Metres of a cell; cells of a side."""


@pytest.fixture
def hill(tmp_path: Path) -> Path:
    """Ground that rises a metre with every cell to the east, from the test corner."""
    path = tmp_path / "hill.tif"
    columns = np.tile(np.arange(CELLS, dtype=np.float32), (CELLS, 1))
    corner = Affine(CELL, 0, KERALA[0], 0, -CELL, KERALA[1] + CELL * CELLS)
    size = {"width": CELLS, "height": CELLS, "count": 1, "dtype": "float32"}
    with rasterio.open(path, "w", driver="GTiff", crs=UTM_43N, transform=corner, **size) as raster:
        raster.write(columns, 1)
    return path


def under(hill: Path, plot: BaseGeometry) -> Heights | None:
    return heights(hill, UTM_43N, plot, metric=UTM_43N)


@pytest.mark.parametrize(
    ("west", "east", "lowest", "highest"),
    [
        (41, 59, 4, 5),
        (40.1, 59.9, 4, 5),
        (40, 60, 3, 6),
        (39.9, 60.1, 3, 6),
        (41, 42, 4, 4),
        (11, 109, 1, 10),
    ],
)
def test_every_cell_that_the_plot_touches_counts(
    hill: Path, west: float, east: float, lowest: float, highest: float
) -> None:
    found = under(hill, a_box(west, 35, east - west, 20))
    assert found is not None
    assert (found.lowest, found.highest) == (lowest, highest)


def test_a_metre_in_ten_is_a_slope_of_under_six_degrees(hill: Path) -> None:
    found = under(hill, a_box(41, 35, 18, 20))
    assert found is not None
    assert (found.slope_mean, found.slope_max) == (5.7, 5.7)


@pytest.mark.parametrize(("west", "is_known"), [(11, True), (1, False), (-30, False), (300, False)])
def test_at_the_rim_of_the_sheet_and_beyond_it_nothing_is_known(
    hill: Path, west: float, is_known: bool
) -> None:
    assert (under(hill, a_box(west, 35, 8, 20)) is not None) is is_known


@pytest.mark.parametrize("content", [None, b"", b"II*\0 cut off"])
def test_a_raster_that_is_gone_or_damaged_is_told_with_what_to_do(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / f"{'ab' * 32}.tif"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Unavailable, match=r"abababababab… .* missing or damaged; import it again\.$") as told:
        sheet_of(path)
    assert len(str(told.value)) < 120  # the reason of a theme is cut there
