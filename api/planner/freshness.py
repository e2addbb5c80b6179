"""Facts about shared ground kept fresh without anybody asking: after an import, with each change of record, and once an hour.

In: a place that was imported, a case that moved, a job of the worker.  Out: facts measured where something has changed, or the job that will
do so, in the same transaction as the change.  Until it is done the facts say themselves that they are behind.
"""

from contextlib import suppress
from pathlib import Path

from rich.console import Console
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.importing import progress_bars
from civic.core.desk import Advanced
from civic.core.jobs import Every, Repeated, Work, later
from civic.land_records.service import SERVICE
from gis.db.session import transaction
from gis.errors import NotFound
from gis.jurisdictions import jurisdiction
from layers.importers.mapping import read_mapping
from layers.overlaps.refresh import Refreshed, refresh

FRESH = "overlaps.fresh"
HOURLY = Repeated(kind=FRESH, every=Every.HOUR)
"""For what neither an import nor a case has told of: an import that ended in the middle, a change by hand."""
CHANGES_LAND = "grant"
"""The step of a change of record that writes parcels."""


def heard_of_change(session: Session, moved: Advanced) -> None:
    """Have what a granted change of record touches measured again, once it is committed."""
    if moved.case.service == SERVICE.name and moved.step == CHANGES_LAND:
        later(session, FRESH, turn=f"{FRESH} in {moved.body.jurisdiction}")


def measure_again(work: Work) -> None:
    """Measure what has changed on the land of a body; nothing where that has no land yet.  One core: people are served beside it."""
    with work.inside() as (session, body), suppress(NotFound):
        refresh(session, jurisdiction(session, body.jurisdiction), cores=1)


def measured_after(engine: Engine, code: str, err: Console) -> Refreshed:
    """Measure what has changed in a place, with bars for whoever looks."""
    with progress_bars(err) as bars, transaction(engine) as session:
        return refresh(session, jurisdiction(session, code), progress=bars.moved)


def measure_after_import(engine: Engine, mapping: Path, *, out: Console | None, err: Console) -> None:
    """Measure what the import of a mapping has changed, and say how much that was."""
    done = measured_after(engine, read_mapping(mapping).jurisdiction.code, err)
    if out is not None and (done.measured or done.taken_over):
        out.print(
            f"Ground that parcels share with layers: {done.measured} pairs measured, {done.taken_over} taken over.",
            highlight=False,
        )
