"""Starting: the private PostGIS or the one of the settings, migrations, the sample, the server.

In: settings.  Out: a running service; every step is announced, long ones with a progress bar.
"""

import shlex
import tempfile
from pathlib import Path
from urllib.parse import quote

import uvicorn
from layers.importers.run import run_mapping
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.app import create_app
from api.local_postgis import ensure
from api.settings import Settings
from gis.db.migrations import upgrade
from gis.db.session import make_engine, transaction
from gis.jurisdictions import jurisdiction
from gis.recordings import record
from layers.importers.changes import apply_change, read_changes
from layers.sample import generate

SAMPLE = "kl-sample"


def connect(settings: Settings) -> Engine:
    """An engine on the database of the settings, or on the private one, started where it is not running."""
    url = settings.database_url or ensure(settings.state)
    return make_engine(url, pool_size=settings.pool)


def migrate(engine: Engine) -> None:
    """Bring the schema up to date."""
    upgrade(engine)


def load_sample(engine: Engine, settings: Settings, out: Console) -> None:
    """Generate and import the sample local body, where it is not there yet; a half-finished one is completed."""
    with Session(engine) as session:
        done = session.scalar(
            text("SELECT 1 FROM recording WHERE jurisdiction = :j AND what = 'sample complete'"),
            {"j": SAMPLE},
        )
    if done:
        return
    columns = (
        TextColumn("{task.description:<44}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with tempfile.TemporaryDirectory() as name, Progress(*columns, console=out) as bars:
        folder = Path(name)
        tasks: dict[str, TaskID] = {}

        def moved(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        generate(folder, progress=moved)
        run_mapping(
            engine,
            folder / "mapping.yaml",
            folder,
            state=settings.state,
            progress=lambda each: moved(each.step, each.done, each.total),
        )
        _change(engine, folder / "changes.yaml")


def _change(engine: Engine, path: Path) -> None:
    with transaction(engine) as session:
        place = jurisdiction(session, SAMPLE)
        for entry in read_changes(path):
            apply_change(session, place, entry)
        record(session, SAMPLE, what="sample complete")


def things_to_try(engine: Engine, settings: Settings, out: Console) -> None:
    """The address, and three questions to begin with."""
    address = f"http://{settings.host}:{settings.port}"
    out.print(f"Bhumika is at [bold]{address}/[/]", highlight=False)
    with Session(engine) as session:
        number = session.scalar(
            text("SELECT min(number) FROM parcel WHERE jurisdiction = :j AND upper_inf(valid)"), {"j": SAMPLE}
        )
        gone = session.scalar(
            text("SELECT min(predecessor) FROM parcel_lineage WHERE jurisdiction = :j"), {"j": SAMPLE}
        )
    if number is None or gone is None:
        return
    out.print("Try:", highlight=False)
    out.print(f"  the map               {address}/{SAMPLE}/map", highlight=False)
    out.print(f"  what lies on a plot   {address}/{SAMPLE}/plot?number={quote(number)}", highlight=False)
    out.print(
        f"  a plot that was split ./bhumika parcels history {SAMPLE} {shlex.quote(gone)}", highlight=False
    )


def serve_app(settings: Settings, engine: Engine) -> None:
    """Serve until interrupted."""
    app = create_app(settings, engine)
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", access_log=False)
