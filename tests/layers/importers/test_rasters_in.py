"""Heights come in as one cloud-optimised file, checked to the last cell, with the ground they cover."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio import Affine
from shapely import Point
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.errors import Invalid, TooLarge
from gis.recordings import last_recording
from layers.importers.archives import Limits
from layers.imports import StandingImport, standing
from tests.builders import KERALA, UTM_43N
from tests.layers.importers.writing import PLACE, bring, entry, in_degrees

X, Y = KERALA
CELL = 10.0


def dem(
    folder: Path, cells: Any = None, *, crs: int | None = UTM_43N, file: str = "dem.tif", **other: Any
) -> str:
    """A raster whose north-west corner is the test corner; 40 by 30 cells of 10 m that rise eastward unless given."""
    if cells is None:
        cells = np.tile(np.arange(40, dtype="float32"), (30, 1))
    bands = cells if cells.ndim == 3 else cells[None]
    unit = other.pop("unit", None)
    profile = {
        "driver": "GTiff", "height": bands.shape[1], "width": bands.shape[2], "count": bands.shape[0],
        "dtype": bands.dtype, "crs": None if crs is None else f"EPSG:{crs}",
        "transform": Affine(CELL, 0, X, 0, -CELL, Y), "nodata": -9999,
    }  # fmt: skip
    with rasterio.open(folder / file, "w", **(profile | other)) as out:
        out.write(bands)
        if unit:
            out.units = (unit,)
    return file


def only(session: Session) -> StandingImport:
    """The only import that stands."""
    (found,) = standing(session, PLACE, known=last_recording(session, PLACE.code))
    return found


def test_heights_are_kept_cell_by_cell_in_a_file_named_by_its_content(
    session: Session, tmp_path: Path
) -> None:
    dem(tmp_path)
    report = bring(session, tmp_path, entry("raster", "dem.tif"))
    assert report.remarks[0] == "1200 cells with heights from 0 to 39 m, 0 without."
    raster = only(session).raster
    assert raster is not None
    assert (raster.epsg, raster.unit, raster.datum) == (UTM_43N, "metre", "mean sea level")
    path = tmp_path / "state" / "rasters" / raster.path
    assert [each.name for each in path.parent.iterdir()] == [raster.path]
    with rasterio.open(path) as kept, rasterio.open(tmp_path / "dem.tif") as given:
        assert kept.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert (kept.read(1) == given.read(1)).all()
        assert kept.transform == given.transform


def test_the_same_heights_give_the_same_file(session: Session, tmp_path: Path) -> None:
    names = set()
    for file in ("dem.tif", "copy.tif"):
        dem(tmp_path, file=file)
        bring(
            session,
            tmp_path,
            entry("raster", file, series="heights", valid_from=f"20{len(names) + 10}-01-01"),
        )
        raster = only(session).raster
        assert raster is not None
        names.add(raster.path)
    assert len(names) == 1


def test_the_coverage_is_the_ground_with_heights(session: Session, tmp_path: Path) -> None:
    cells = np.ones((30, 40), dtype="float32")
    cells[:, 20:] = -9999
    cells[5, 5] = np.nan
    dem(tmp_path, cells)
    bring(session, tmp_path, entry("raster", "dem.tif"))
    coverage = only(session).coverage
    assert coverage is not None
    assert coverage.area == pytest.approx(600 * 100 - 100)
    assert coverage.covers(Point(X + 199, Y - 150))
    assert not coverage.intersects(Point(X + 201, Y - 150))
    assert not coverage.intersects(Point(X + 55, Y - 55))


def test_a_large_raster_is_covered_only_where_every_cell_has_a_height(
    session: Session, tmp_path: Path
) -> None:
    cells = np.ones((1500, 2600), dtype="float32")
    cells[700, 1300] = -9999
    dem(tmp_path, cells)
    bring(session, tmp_path, entry("raster", "dem.tif"))
    coverage = only(session).coverage
    assert coverage is not None
    hole = Point(X + 13_005, Y - 7_005)
    assert not coverage.intersects(hole.buffer(4))
    assert cells.size * 100 - coverage.area == pytest.approx(9 * 100)
    assert coverage.bounds == pytest.approx((X, Y - 15_000, X + 26_000, Y))


def test_a_raster_in_degrees_stays_in_degrees(session: Session, tmp_path: Path) -> None:
    corner = in_degrees(Point(X, Y))
    dem(tmp_path, crs=4326, transform=Affine(0.001, 0, corner.x, 0, -0.001, corner.y))
    bring(session, tmp_path, entry("raster", "dem.tif"))
    found = only(session)
    assert found.raster is not None
    assert found.raster.epsg == 4326
    assert found.coverage is not None
    assert found.coverage.bounds[:1] == pytest.approx((X,), abs=30)


def test_the_mapping_can_name_the_system(session: Session, tmp_path: Path) -> None:
    dem(tmp_path, crs=None)
    with pytest.raises(Invalid, match=r"dem\.tif does not say in which coordinate system it is"):
        bring(session, tmp_path, entry("raster", "dem.tif"))
    bring(session, tmp_path, entry("raster", "dem.tif", crs=str(UTM_43N)))
    raster = only(session).raster
    assert raster is not None
    with rasterio.open(tmp_path / "state" / "rasters" / raster.path) as kept:
        assert kept.crs.to_epsg() == UTM_43N


@pytest.mark.parametrize(
    ("height", "goes_in"), [(-500, True), (-501, False), (9000, True), (9001, False), (32767, False)]
)
def test_heights_beyond_the_earth_are_refused(
    session: Session, tmp_path: Path, height: int, goes_in: bool
) -> None:
    cells = np.zeros((3, 3), dtype="int16")
    cells[1, 1] = height
    dem(tmp_path, cells)
    if goes_in:
        bring(session, tmp_path, entry("raster", "dem.tif"))
        return
    with pytest.raises(Invalid, match=r"dem\.tif: heights go from .*state it as nodata \(now -9999"):
        bring(session, tmp_path, entry("raster", "dem.tif"))
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cells": np.zeros((2, 5, 5), "float32")}, "has 2 bands; heights are one band"),
        ({"unit": "ft"}, "states its heights in “ft”. Convert them to metres"),
        ({"cells": np.full((5, 5), -9999, "float32")}, "not one cell has a value"),
        ({"cells": np.zeros((5, 5), "complex64")}, "complex numbers"),
        ({"transform": Affine(9, 1, X, 1, -9, Y)}, "north up"),
        ({"crs": 26986}, "outside the ground|exchanged|hemisphere"),
        ({"crs": 32644}, "outside the ground"),
    ],
)
def test_what_is_no_height_model_of_the_place_is_refused(
    session: Session, tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    dem(tmp_path, **change)
    with pytest.raises(Invalid, match=message):
        bring(session, tmp_path, entry("raster", "dem.tif"))
    assert session.execute(text("SELECT count(*) FROM dataset_import")).scalar_one() == 0


def test_a_truncated_raster_is_refused(session: Session, tmp_path: Path) -> None:
    dem(tmp_path, np.random.default_rng(1).uniform(0, 100, (400, 400)).astype("float32"))
    os.truncate(tmp_path / "dem.tif", 300_000)
    with pytest.raises(Invalid, match=r"dem\.tif cannot be read to its end"):
        bring(session, tmp_path, entry("raster", "dem.tif"))


@pytest.mark.parametrize(("cells", "goes_in"), [(1200, True), (1199, False)])
def test_a_raster_has_a_limit_of_cells(session: Session, tmp_path: Path, cells: int, goes_in: bool) -> None:
    dem(tmp_path)
    if goes_in:
        bring(session, tmp_path, entry("raster", "dem.tif"), limits=Limits(cells=cells))
        return
    with pytest.raises(TooLarge, match="40 × 30 cells, more than 1199"):
        bring(session, tmp_path, entry("raster", "dem.tif"), limits=Limits(cells=cells))


def test_a_table_is_no_raster_and_a_raster_no_table(session: Session, tmp_path: Path) -> None:
    dem(tmp_path)
    (tmp_path / "plots.csv").write_text("number,wkt\n1,POINT (1 2)\n", encoding="utf-8")
    with pytest.raises(Invalid, match=r"plots\.csv is not a GeoTIFF but CSV"):
        bring(session, tmp_path, entry("raster", "plots.csv"))
    with pytest.raises(Invalid, match=r"dem\.tif is a raster. In the mapping, give it `kind: raster`"):
        bring(session, tmp_path, entry("layer", "dem.tif"))
    with pytest.raises(Invalid, match="the layer “flood” is not a raster of its own"):
        bring(session, tmp_path, entry("raster", "dem.tif", layer="flood"))
    with pytest.raises(Invalid, match="the layer “slope” is not a raster of its own"):
        bring(session, tmp_path, entry("raster", "dem.tif", layer="slope"))


def test_a_lost_file_is_made_again(session: Session, tmp_path: Path) -> None:
    dem(tmp_path)
    wanted = entry("raster", "dem.tif")
    bring(session, tmp_path, wanted)
    assert bring(session, tmp_path, wanted).unchanged
    (file,) = (tmp_path / "state" / "rasters").iterdir()
    file.unlink()
    assert not bring(session, tmp_path, wanted).unchanged
    assert file.is_file()


def test_a_dry_run_of_a_raster_writes_nothing(session: Session, tmp_path: Path) -> None:
    dem(tmp_path)
    assert bring(session, tmp_path, entry("raster", "dem.tif"), dry_run=True).dry_run
    assert not (tmp_path / "state").exists()
