"""Where a layer is complete: a table of polygons, or the features themselves, joined into one shape and grown.

In: the mapping's word on coverage, the staged features.  Out: one shape in the metric system with its hash, or none where
the mapping names no coverage.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from geoalchemy2.shape import from_shape
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import insert

from gis.crs import areal_scale
from gis.errors import Invalid
from layers.importers.features import Names
from layers.importers.files import Hints, open_table
from layers.importers.job import Job
from layers.importers.lost_ground import LostGround
from layers.importers.mapping import Coverage, LayerEntry
from layers.importers.position import Ground, agreed_crs
from layers.importers.report import Tally
from layers.importers.tidy import Wanted, parts_of, tidy
from layers.tables import CoverageRow

_STAGED = [("shape", "geometry")]
_QUARTER = 32


@dataclass(frozen=True, kw_only=True)
class Covered:
    """Where an import is complete."""

    shape: BaseGeometry
    digest: str


def stage_coverage(job: Job, entry: LayerEntry, lost: LostGround) -> Covered | None:
    """The shape within which the layer is complete, without the ground of refused features; None where nothing says it."""
    coverage = entry.coverage
    if coverage is None:
        job.tally.remark("The mapping names no coverage: outside its features this layer answers “no data”.")
        return None
    table = "stage_feature"
    if not coverage.features:
        table = "stage_cover"
        job.stage(table, _STAGED)
        job.copy(table, _STAGED, _polygons(job, entry, coverage))
    joined = job.execute(f"SELECT ST_AsBinary(ST_Union(shape)) FROM {table}").scalar_one()
    shape = shapely.from_wkb(bytes(joined)) if joined is not None else None
    return _without(job, covered_by(job, shape, coverage.grow), lost)


def _without(job: Job, covered: Covered, lost: LostGround) -> Covered:
    """A coverage without the ground of refused features, perhaps an empty one; the report says so."""
    remark = lost.remark()
    if remark is None:
        return covered
    job.tally.remark(*remark)
    return _covered(parts_of(lost.left_of(covered.shape), Wanted.AREAS) or MultiPolygon())


def covered_by(job: Job, shape: BaseGeometry | None, grow: float) -> Covered:
    """A coverage of a shape in metres, grown by ground metres."""
    if shape is not None and grow > 0:
        middle = shape.envelope.centroid
        shape = shape.buffer(
            grow * areal_scale(job.place.metric, middle.x, middle.y) ** 0.5, quad_segs=_QUARTER
        )
    areas = None if shape is None else parts_of(shape, Wanted.AREAS)
    if areas is None:
        raise Invalid(
            f"{job.entry.file}: its `coverage` has no area. Name a table of polygons, or let it `grow` by metres."
        )
    return _covered(areas)


def _covered(areas: BaseGeometry) -> Covered:
    areas = shapely.normalize(areas)
    return Covered(shape=areas, digest=hashlib.sha256(areas.wkb).hexdigest())


def _polygons(job: Job, entry: LayerEntry, coverage: Coverage) -> Iterator[tuple[Any, ...]]:
    """The polygons of the table that the mapping names; a fault in one of them is a fault of the import."""
    file, table = coverage.file or entry.file, coverage.table
    if coverage.file is None and table is None:
        table = entry.table
    tally = Tally()
    with open_table(job.folder, file, table, Hints(), job.limits) as opened:
        same = coverage.file is None or opened.crs is None
        crs = agreed_crs(opened.crs, entry.crs if same else None, file)
        ground = Ground(source=crs, metric=job.place.metric)
        for batch in opened.batches([]):
            alive = np.ones(len(batch), dtype=bool)
            shapes = tidy(batch, alive, ground, Wanted.AREAS, tally, Names(batch=batch, refs=None)).shapes
            if not alive.all():
                raise Invalid(f"{file}, coverage: {tally.listed()[-1].line()}. {tally.chief_remedy()}")
            yield from ((wkb,) for wkb in shapely.to_wkb(shapes))


def put_coverage(job: Job, import_id: int, covered: Covered | None) -> None:
    """Store where the import is complete."""
    if covered is None:
        return
    job.session.execute(
        insert(CoverageRow).values(
            import_id=import_id,
            srid=job.place.metric,
            digest=covered.digest,
            shape=from_shape(covered.shape, srid=job.place.metric),
        )
    )
