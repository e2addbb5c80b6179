"""Starting: the sample, the server.

In: settings and an engine.  Out: a running service; every step is announced, long ones with a progress bar.
"""

import logging
import socket
import sys
import tempfile
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import uvicorn
from rich.console import Console
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.app import served_app
from api.beside import worker_beside
from api.connecting import check_service, check_set_up, connect_service
from api.importing import progress_bars
from api.keeping import kept_running
from api.local_postgis import stop
from api.plan_work import be_ready
from api.planner.freshness import measured_after
from api.sample_permits import found_sample_permits
from api.sample_town import found_sample_town
from api.settings import Settings
from api.simplifying import simplify_after_import
from api.town import stranded_cases
from api.trades import listen, trade_of
from api.working import work
from gis.db.session import transaction
from gis.errors import Unavailable
from gis.jurisdictions import jurisdiction
from gis.recordings import record
from layers.importers.changes import apply_change, read_changes
from layers.importers.run import run_mapping
from layers.sample import generate

LOG = logging.getLogger("bhumika")
SAMPLE = "kl-sample"
COMPLETE = "the sample is complete"


def load_sample(engine: Engine, settings: Settings, out: Console) -> None:
    """Generate and import the sample local body where it is not there yet; one that was interrupted is completed."""
    if not _is_complete(engine):
        _load_land(engine, settings, out)
    listen(settings)  # so that the sample's people have been told of their cases
    if found_sample_town(engine, now=datetime.now(UTC)):
        out.print("Opened the sample's town hall, with made-up people and cases.", highlight=False)
    if found_sample_permits(engine, settings, now=datetime.now(UTC)):
        out.print("Played the sample's building permits, from a drawing to a decision.", highlight=False)


def _load_land(engine: Engine, settings: Settings, out: Console) -> None:
    out.print("Loading the sample, a synthetic local body on Kerala's ground.", highlight=False)
    with tempfile.TemporaryDirectory() as name, progress_bars(out) as bars:
        folder = Path(name)
        generate(folder, progress=bars.moved)
        run_mapping(engine, folder / "mapping.yaml", folder, state=settings.state, progress=bars.imported)
        _apply(engine, folder / "changes.yaml")
    simplify_after_import(engine, SAMPLE, settings.state)
    measured_after(engine, SAMPLE, out)


def _is_complete(engine: Engine) -> bool:
    with Session(engine) as session:
        found = session.scalar(
            text("SELECT true FROM recording WHERE jurisdiction = :j AND what = :what"),
            {"j": SAMPLE, "what": COMPLETE},
        )
    return bool(found)


def _apply(engine: Engine, changes: Path) -> None:
    """The changes of the sample's parcels, all or none, and the word that it is complete."""
    with transaction(engine) as session:
        place = jurisdiction(session, SAMPLE)
        for entry in read_changes(changes):
            apply_change(session, place, entry)
        record(session, SAMPLE, what=COMPLETE)


_A_PLOT = (
    "SELECT number FROM parcel WHERE jurisdiction = :j AND upper_inf(valid) AND upper_inf(recorded)"
    " ORDER BY land_type IS DISTINCT FROM 'purayidam', number LIMIT 1"
)
"""Garden land, on which people build, where there is some."""


def things_to_try(engine: Engine, settings: Settings, out: Console) -> None:
    """The address, and three things to begin with."""
    address = f"http://{settings.host}:{settings.port}"
    out.print(f"Bhumika is at [bold]{address}/[/]", highlight=False)
    with Session(engine) as session:
        plot = session.scalar(text(_A_PLOT), {"j": SAMPLE})
    if plot is None:
        return
    out.print("Three things to try:", highlight=False)
    lines = {
        "the map": f"{address}/{SAMPLE}/map",
        "what lies on a plot": f"{address}/{SAMPLE}/plot?number={quote(str(plot))}",
        "the town hall": f"{address}/town/{SAMPLE}/sign-in",
    }
    for title, line in lines.items():
        out.print(f"  {title:<24} {line}", highlight=False, soft_wrap=True)


def serve_app(settings: Settings, owner: Engine) -> None:
    """Serve until interrupted, in the role that owns nothing; the owner's connections are closed first.

    The private database is kept running, and stops with the last one who uses it.
    """
    owner.dispose()
    _check_free(settings)
    engine = connect_service(settings)
    check_service(engine)
    _name_stranded(engine)
    is_private = settings.database_url is None
    be_ready()
    try:
        with kept_running(settings.state) if is_private else nullcontext(), worker_beside():
            app = served_app(settings, engine)
            Console().print(f"Serving http://{settings.host}:{settings.port}/ until Ctrl-C", highlight=False)
            uvicorn.run(
                app,
                host=settings.host,
                port=settings.port,
                log_level="warning",
                access_log=False,
            )
    finally:
        engine.dispose()  # before the database is asked whether anybody still uses it
        if is_private:
            stop(settings.state, if_unused=True)


def _check_free(settings: Settings) -> None:
    """Refuse an address at which another program listens, before anything says that we serve there."""
    kind = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Unavailable(
                f"Nothing can be served at {settings.host}:{settings.port} ({error.strerror}): another program may listen there. "
                "Stop it, or set BHUMIKA_PORT (and BHUMIKA_HOST) to an address that is free."
            ) from error


def _name_stranded(engine: Engine) -> None:
    """Say which open cases no step leads on from, because the workflow that they were opened under has changed."""
    if lines := stranded_cases(engine):
        LOG.warning(
            "These open cases stand in a state that no workflow has any more; they can be read, but nothing can be done"
            " to them until the workflow is mended: %s",
            "; ".join(lines),
        )


def work_for(settings: Settings, *, beside: bool = False) -> None:
    """Work until interrupted, in the role that owns nothing; beside a server, until that ends."""
    engine = connect_service(settings)
    check_set_up(engine)
    check_service(engine)
    if not beside:
        Console().print("Working until Ctrl-C", highlight=False)
    be_ready()
    try:
        work(engine, trade_of(settings), ends_with=sys.stdin.buffer if beside else None)
    finally:
        engine.dispose()
        if settings.database_url is None and not beside:
            stop(settings.state, if_unused=True)
