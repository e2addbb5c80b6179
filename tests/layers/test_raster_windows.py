"""Rasters under many shapes: the answers of one by one, whatever the size of the raster, and nothing where nothing is known."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from shapely.geometry.base import BaseGeometry

from layers import raster_windows, rasters
from layers.raster_windows import depths_under, heights_under
from tests.builders import KERALA, UTM_43N, a_box

CELL, CELLS, NOTHING = 10.0, 60, -9999.0


@pytest.fixture(params=["kept in memory", "read by windows"])
def sheet(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Uneven ground with a pond of which nothing is known, its south-western corner at the test corner."""
    if request.param == "read by windows":
        monkeypatch.setattr(rasters, "KEPT_CELLS", 0)
        monkeypatch.setattr(raster_windows, "BLOCK", 16)
    path = tmp_path / f"{request.param}.tif"
    values = np.random.default_rng(5).uniform(0, 3, (CELLS, CELLS)).astype(np.float32)
    values[20:30, 20:30] = NOTHING
    corner = Affine(CELL, 0, KERALA[0], 0, -CELL, KERALA[1] + CELL * CELLS)
    size = {"width": CELLS, "height": CELLS, "count": 1, "dtype": "float32", "nodata": NOTHING}
    with rasterio.open(path, "w", driver="GTiff", crs=UTM_43N, transform=corner, **size) as raster:
        raster.write(values, 1)
    return path


def plots() -> list[BaseGeometry]:
    """Plots all over the sheet, across its edges, in the pond and beyond."""
    rng = np.random.default_rng(7)
    return [a_box(x, y, *rng.uniform(4, 90, 2)) for x, y in rng.uniform(-60, 640, (80, 2))]


def test_many_at_once_are_what_each_is_alone(sheet: Path) -> None:
    shapes = plots()
    together = heights_under(sheet, UTM_43N, shapes, metric=UTM_43N)
    alone = [rasters.heights(sheet, UTM_43N, each, metric=UTM_43N) for each in shapes]
    assert [each.found for each in together] == alone
    assert len([each for each in alone if each is None]) > 5
    water = depths_under(sheet, UTM_43N, shapes, metric=UTM_43N)
    assert [each.found for each in water] == [
        rasters.depths(sheet, UTM_43N, each, metric=UTM_43N) for each in shapes
    ]


def test_what_no_cell_tells_is_nothing_and_never_dry(sheet: Path) -> None:
    pond, rim, far = a_box(211, 311, 70, 70), a_box(151, 331, 98, 8), a_box(5_000, 0, 20, 20)
    found = depths_under(sheet, UTM_43N, [pond, rim, far], metric=UTM_43N)
    assert found[0].found is None
    assert found[2].found is None
    assert (found[0].known, found[2].known) == (0.0, 0.0)
    assert found[1].found is not None
    assert found[1].found.cells == 5
    assert found[1].known == 50.0


def test_of_a_plot_across_the_edge_half_is_known(sheet: Path) -> None:
    (found,) = depths_under(sheet, UTM_43N, [a_box(-40, 41, 80, 18)], metric=UTM_43N)
    assert found.found is not None
    assert found.known == pytest.approx(50.0, abs=0.1)
