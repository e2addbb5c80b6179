"""Bringing data in: a mapping file with all its datasets, or one dataset in a session of one's own.

In: a mapping, the folder of its files, a state folder for rasters.  Out: an `ImportReport` for each dataset.
Each dataset is one transaction: it goes in whole or not at all, and then the version before it stands.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis.crs import check_metric
from gis.db.session import transaction
from gis.jurisdictions import found
from gis.place import Jurisdiction
from layers.catalogue import Catalogue, load
from layers.importers.archives import LIMITS, Limits
from layers.importers.job import Job
from layers.importers.layer import import_layer
from layers.importers.mapping import (
    DatasetEntry,
    LayerEntry,
    ParcelsEntry,
    RasterEntry,
    SourceEntry,
    read_mapping,
)
from layers.importers.parcels import import_parcels
from layers.importers.places import import_places
from layers.importers.rasters import import_raster
from layers.importers.report import ImportReport, Watch, untold, unwatched


def run_mapping(
    engine: Engine,
    mapping_path: Path,
    data_folder: Path,
    *,
    state: Path,
    dry_run: bool = False,
    progress: Watch = unwatched,
    reported: Callable[[ImportReport], object] = untold,
    limits: Limits = LIMITS,
) -> list[ImportReport]:
    """Bring in every dataset of a mapping, in its order; the first that fails ends it, and what came before stays.

    `reported` is told of each dataset as soon as it is in, so that nothing is lost when a later one fails.
    """
    mapping = read_mapping(mapping_path)
    place = mapping.jurisdiction.jurisdiction()
    check_metric(place.metric)
    catalogue = load(place.catalogue)
    _check_layers(mapping.datasets, catalogue)
    reports: list[ImportReport] = []
    for entry in mapping.datasets:
        with transaction(engine) as session:
            report = run_dataset(
                session,
                place,
                entry,
                source=entry.source or mapping.source,
                folder=data_folder,
                state=state,
                dry_run=dry_run,
                progress=progress,
                limits=limits,
            )
        reported(report)
        reports.append(report)
    return reports


def _check_layers(entries: Sequence[DatasetEntry], catalogue: Catalogue) -> None:
    """Refuse a mapping with an unknown layer before anything is read."""
    for entry in entries:
        if isinstance(entry, LayerEntry | RasterEntry):
            catalogue.layer(entry.layer)


def run_dataset(
    session: Session,
    place: Jurisdiction,
    entry: DatasetEntry,
    *,
    source: SourceEntry,
    folder: Path,
    state: Path,
    dry_run: bool = False,
    progress: Watch = unwatched,
    limits: Limits = LIMITS,
) -> ImportReport:
    """Bring in one dataset, without a commit; on any error the session is as it was before."""
    catalogue = load(place.catalogue)
    with session.begin_nested():
        if not dry_run:
            found(session, place)
        job = Job(
            session=session,
            place=place,
            entry=entry,
            source=source,
            folder=folder,
            state=state,
            dry_run=dry_run,
            watch=progress,
            limits=limits,
            target=target_of(entry),
        )
        return _import(job, entry, catalogue)


def _import(job: Job, entry: DatasetEntry, catalogue: Catalogue) -> ImportReport:
    if isinstance(entry, ParcelsEntry):
        return import_parcels(job, entry)
    if isinstance(entry, LayerEntry):
        return import_layer(job, entry, catalogue)
    if isinstance(entry, RasterEntry):
        return import_raster(job, entry, catalogue)
    return import_places(job, entry)


def target_of(entry: DatasetEntry) -> str:
    """`parcels`, `places`, or the identifier of the layer."""
    return entry.layer if isinstance(entry, LayerEntry | RasterEntry) else entry.kind
