"""Rasters: a GeoTIFF, checked cell by cell, into a cloud-optimised file of the state folder.

In: a GeoTIFF of one band (heights or depths in metres, or numbers of kinds of land cover) and its mapping.  Out: a file named by the hash of its content, a row of
`layer_raster`, and the ground with values as the import's coverage.  A file without a row is only a file.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes as mask_shapes
from rasterio.shutil import copy as copy_raster
from rasterio.transform import Affine
from rasterio.windows import Window
from shapely.geometry import shape as shape_of
from sqlalchemy import insert

from gis.errors import Invalid, TooLarge
from layers.catalogue import Catalogue
from layers.entry import Measure
from layers.importers.archives import Limits
from layers.importers.coverage import covered_by, put_coverage
from layers.importers.features import check_extent
from layers.importers.files import unpacked
from layers.importers.formats import Format
from layers.importers.job import Earlier, Job
from layers.importers.mapping import RasterEntry
from layers.importers.position import REMEDY, Ground, agreed_crs
from layers.importers.raster_kinds import RasterKind, kind_of
from layers.importers.report import ImportReport
from layers.tables import RasterRow

FOLDER = "rasters"
_BLOCK = 512
_MASK = 1_024
"""Cells along the longer side of the mask from which the coverage is drawn."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A raster that was read to its end: its footprint (in its own system) and its values."""

    footprint: shapely.Geometry
    lowest: float
    highest: float
    cells: int
    missing: int


def import_raster(job: Job, entry: RasterEntry, catalogue: Catalogue) -> ImportReport:
    """Bring a raster in; it takes the earlier one's place at one instant, or not at all."""
    _check_layer(entry, catalogue)
    job.alone()
    job.identify()
    earlier = job.earlier()
    if (
        earlier is not None
        and (earlier.sha256, earlier.entry) == (job.sha256, job.entry_hash)
        and _lies_there(job, earlier)
    ):
        return job.report(unchanged=True)
    with _opened(job, entry) as (raster, crs), tempfile.TemporaryDirectory(prefix="bhumika-raster-") as space:
        job.table = Path(raster.name).stem
        copy = Path(space) / "checked.tif"
        checked = _check_cells(job, raster, crs, copy)
        coverage = covered_by(job, _on_ground(job, checked, crs), 0.0)
        job.extent = tuple(float(edge) for edge in coverage.shape.bounds)  # type: ignore[assignment]
        check_extent(job)
        _remark(job, raster, checked)
        if job.dry_run:
            return job.report()
        name = _store(copy, job.state / FOLDER, kind_of(entry.layer))
    recording = job.record()
    report = job.report()
    import_id = job.swap(recording, earlier, report, None)
    row = {
        "import_id": import_id,
        "path": name,
        "epsg": _epsg(entry, crs),
        "unit": kind_of(entry.layer).unit,
        "datum": entry.datum,
    }
    job.session.execute(insert(RasterRow).values(**row))
    put_coverage(job, import_id, coverage)
    return report


def _lies_there(job: Job, earlier: Earlier) -> bool:
    """Whether the file of an import is still in the state folder."""
    path = job.execute(
        "SELECT path FROM layer_raster WHERE import_id = :id", id=earlier.id
    ).scalar_one_or_none()
    return path is not None and (job.state / FOLDER / path).is_file()


def _check_layer(entry: RasterEntry, catalogue: Catalogue) -> None:
    layer = catalogue.layer(entry.layer)
    if layer.measure is not Measure.RASTER or layer.source_layer is not None:
        raise Invalid(
            f"{entry.file}: the layer “{layer.id}” is not a raster of its own. Name the layer of heights."
        )


@contextmanager
def _opened(job: Job, entry: RasterEntry) -> Iterator[tuple[Any, pyproj.CRS]]:
    """The open raster and its coordinate system."""
    with unpacked(job.folder, entry.file, entry.table, job.limits) as (path, format):
        if format is not Format.GEOTIFF:
            raise Invalid(f"{path.name} is not a GeoTIFF but {format}. Export the heights as GeoTIFF.")
        try:
            with rasterio.open(path, driver="GTiff") as raster:
                stated = pyproj.CRS.from_wkt(raster.crs.to_wkt()) if raster.crs else None
                crs = agreed_crs(stated, entry.crs, path.name)
                _check_head(path, raster, job.limits, kind_of(entry.layer))
                _epsg(entry, crs)
                yield raster, crs
        except rasterio.errors.RasterioError as error:
            raise Invalid(
                f"{path.name} cannot be read to its end: {str(error)[:200]}. It is damaged or cut off; get it again."
            ) from error


def _epsg(entry: RasterEntry, crs: pyproj.CRS) -> int:
    code = crs.to_epsg()
    if code is None:
        raise Invalid(
            f"{entry.file}: its coordinate system “{crs.name}” has no EPSG code. Give `crs` in the mapping."
        )
    return int(code)


def _check_head(path: Path, raster: Any, limits: Limits, kind: RasterKind) -> None:
    """What can be seen without reading cells."""
    if raster.count != 1:
        raise Invalid(
            f"{path.name} has {raster.count} bands; {kind.what} are one band. Export only that band."
        )
    if raster.width * raster.height > limits.cells:
        raise TooLarge(
            f"{path.name} has {raster.width} × {raster.height} cells, more than {limits.cells}. Cut it into parts."
        )
    if raster.dtypes[0].startswith("complex"):
        raise Invalid(f"{path.name} holds complex numbers, not {kind.what}. Export the band of {kind.what}.")
    kind.check_head(path.name, raster.units[0] or "", raster.dtypes[0])
    grid = raster.transform
    if grid.is_identity or grid.b or grid.d or grid.a <= 0 or grid.e >= 0:
        raise Invalid(f"{path.name} is not laid out with north up. Export it again in a grid with north up.")


def _check_cells(job: Job, raster: Any, crs: pyproj.CRS, copy: Path) -> Checked:
    """Read every cell once, into a plain copy with the agreed system; heights off the earth are refused."""
    step = max(1, -(-max(raster.width, raster.height) // _MASK))
    whole = np.zeros((-(-raster.height // step), -(-raster.width // step)), dtype=np.uint8)
    lowest, highest, missing = np.inf, -np.inf, 0
    kind, classes = kind_of(job.target), set[int]()
    profile = {
        "driver": "GTiff", "width": raster.width, "height": raster.height, "count": 1, "dtype": raster.dtypes[0],
        "crs": crs.to_wkt(), "transform": raster.transform, "nodata": raster.nodata, "tiled": True,
        "blockxsize": _BLOCK, "blockysize": _BLOCK, "compress": "deflate", "bigtiff": "if_safer",
    }  # fmt: skip
    rows = max(step, _BLOCK // step * step)
    with rasterio.open(copy, "w", **profile) as out:
        for top in range(0, raster.height, rows):
            window = Window(0, top, raster.width, min(rows, raster.height - top))
            cells = raster.read(1, window=window, masked=True)
            known = ~np.ma.getmaskarray(cells) & np.isfinite(cells.data)
            values = cells.data[known]
            if values.size:
                lowest, highest = min(lowest, float(values.min())), max(highest, float(values.max()))
            if kind.classes is not None:
                classes |= {int(each) for each in np.unique(values)}
            missing += int(known.size - values.size)
            _coarsen(known, step, whole[top // step :])
            out.write(cells.data, 1, window=window)
            job.say("checking", top + int(window.height), raster.height)
    kind.check_values(job.entry.file, lowest, highest, raster.nodata)
    kind.check_classes(job.entry.file, classes)
    footprint = _footprint(whole, raster, step)
    cells_known = raster.width * raster.height - missing
    return Checked(footprint=footprint, lowest=lowest, highest=highest, cells=cells_known, missing=missing)


def _coarsen(known: NDArray[np.bool_], step: int, into: NDArray[np.uint8]) -> None:
    """A coarse cell is covered only where all its fine cells have values."""
    height, width = known.shape
    padded = np.pad(known, ((0, -height % step), (0, -width % step)), constant_values=True)
    coarse = padded.reshape(padded.shape[0] // step, step, padded.shape[1] // step, step).all(axis=(1, 3))
    into[: coarse.shape[0], : coarse.shape[1]] = coarse


def _footprint(whole: NDArray[np.uint8], raster: Any, step: int) -> shapely.Geometry:
    """The ground with values, as one shape in the raster's system."""
    grid = raster.transform @ Affine.scale(step)
    parts = [
        shape_of(outline)
        for outline, value in mask_shapes(whole, mask=whole == 1, transform=grid)
        if value == 1
    ]
    return shapely.intersection(shapely.union_all(parts), shapely.box(*raster.bounds))


def _on_ground(job: Job, checked: Checked, crs: pyproj.CRS) -> shapely.Geometry:
    """The footprint in metres, its long edges bent as the systems demand."""
    ground = Ground(source=crs, metric=job.place.metric)
    west, south, east, north = checked.footprint.bounds
    fine = shapely.segmentize(checked.footprint, max(east - west, north - south) / 100)
    shapes = np.array([fine], dtype=object)
    for reason in ground.misplaced(shapes):
        raise Invalid(f"{job.entry.file}: {reason}. {REMEDY}")
    moved = ground.to_metric(shapes)[0]
    return moved if shapely.is_valid(moved) else shapely.make_valid(moved)


def _remark(job: Job, raster: Any, checked: Checked) -> None:
    job.tally.read = 1
    kind = kind_of(job.target)
    unit = " m" if kind.classes is None else ""
    job.tally.remark(
        f"{checked.cells} cells with {kind.what} from {checked.lowest:g} to {checked.highest:g}{unit}, {checked.missing} without."
    )
    if raster.nodata is None and not checked.missing:
        job.tally.remark(
            "The raster does not say which value stands for a missing one; every cell was taken as one."
        )


def _store(checked: Path, folder: Path, kind: RasterKind) -> str:
    """Write the cloud-optimised file, named by the hash of its content; written whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix="coming-", suffix=".tif")
    os.close(handle)
    coming = Path(name)
    try:
        copy_raster(
            checked, coming, driver="COG", compress="DEFLATE", predictor="YES", blocksize=_BLOCK,
            overview_resampling=kind.overview, num_threads="1", bigtiff="IF_SAFER",
        )  # fmt: skip
        with coming.open("rb+") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        coming.chmod(0o644)
        coming.replace(folder / f"{digest}.tif")
    finally:
        coming.unlink(missing_ok=True)
    return f"{digest}.tif"
