"""The small town of the doors, with a hillside under it: a height model that rises 1 m in each 10 m eastward.

A flood stands deeper southward over it, and its western half is covered by trees, its eastern one by houses.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from fastapi.testclient import TestClient
from rasterio import Affine
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from gis.db.session import transaction
from tests.api.town import build
from tests.builders import KERALA, UTM_43N
from tests.conftest import own_database
from tests.layers.importers.writing import bring, entry

CELL = 10.0
WIDE, DEEP = 200, 160
"""Cells of the height model."""
CORNER = (KERALA[0] - 1_000, KERALA[1] + 800)
"""Its north-west corner in metres; the town's first plot lies in its middle."""
UNKNOWN = (slice(0, 20), slice(0, 20))
"""Rows and columns without a height, in its north-west."""


def hillside() -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    """Heights at the middles of the cells: 50 m at the western edge, 1 m more for each 10 m eastward."""
    heights = np.tile(50 + (np.arange(WIDE) + 0.5) * CELL / 10, (DEEP, 1)).astype(np.float32)
    heights[UNKNOWN] = -9999
    return heights


def flood() -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    """Depths: dry in the northern half, then 0.1 m more for each row southward."""
    rows = np.arange(DEEP) - DEEP // 2
    return np.tile(np.clip(rows, 0, None)[:, None] / 10, (1, WIDE)).astype(np.float32)


def covered() -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    """Trees (10) in the west, houses (50) in the east, each half of the town; nothing known where no height is."""
    cover = np.full((DEEP, WIDE), 10, dtype=np.uint8)
    cover[:, WIDE // 2 + 1 :] = 50
    cover[UNKNOWN] = 0
    return cover


def write_heights(path: Path, heights: "np.ndarray[Any, np.dtype[Any]]", nodata: float = -9999) -> None:
    """A GeoTIFF of these heights, or other values, over the town."""
    profile = {
        "driver": "GTiff", "height": heights.shape[0], "width": heights.shape[1], "count": 1, "dtype": heights.dtype,
        "crs": f"EPSG:{UTM_43N}", "transform": Affine(CELL, 0, CORNER[0], 0, -CELL, CORNER[1]), "nodata": nodata,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as out:
        out.write(heights, 1)


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder of the service."""
    return tmp_path_factory.mktemp("drawn") / "state"


@pytest.fixture(scope="session")
def drawn_town(server: str, state: Path) -> Iterator[Engine]:
    """A database with the town and its hillside, for the whole run; nobody writes to it."""
    with own_database(server) as engine:
        place = build(engine)
        write_heights(state.parent / "hill.tif", hillside())
        with transaction(engine) as session:
            bring(session, state.parent, entry("raster", "hill.tif"), place=place)
            write_heights(state.parent / "flood.tif", flood())
            write_heights(state.parent / "cover.tif", covered(), nodata=0)
            of_flood = entry("raster", "flood.tif", layer="flood_depth", datum="flood of once in 100 years")
            bring(session, state.parent, of_flood, place=place)
            of_cover = entry("raster", "cover.tif", layer="land_cover", datum="ESA WorldCover v200")
            bring(session, state.parent, of_cover, place=place)
        yield engine


@pytest.fixture(scope="session")
def client(drawn_town: Engine, state: Path) -> TestClient:
    """A client of the service, which shows a bug as a 500."""
    return TestClient(create_app(Settings(state=state), drawn_town), raise_server_exceptions=False)
