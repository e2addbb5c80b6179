"""kill -9 of the server in the middle of every step of a permit, over HTTP: nothing half, nothing lost, nothing issued twice."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from civic.core.bodies import LocalBody, inside
from tests.civic.permits.drill import Drill, browsers, filing_of, mortal_server
from tests.civic.permits.matters import a_matter
from tests.civic.permits.mortal import COMMITTED

UNTOLD = frozenset({"draw", "sign last", "pay", "approve"})
"""Steps in which the server dies when everything is written and nobody was told; in all others in the midst of the writing."""
STEPS = frozenset(
    {"begin", "draw", "file", "sign", "sign last", "pay", "words", "verify", "report", "approve"}
)


def once(step: str) -> list[int]:
    """One death in each step."""
    return [COMMITTED if step in UNTOLD else 12]


def test_a_server_that_dies_in_every_step_leaves_nothing_half_done(
    service_engine: Engine, engine: Engine, own_body: LocalBody, tmp_path: Path
) -> None:
    with inside(service_engine, own_body.code) as (session, body):
        matter = a_matter(session, body, tmp_path, now=datetime.now(UTC))
    with mortal_server(engine.url.render_as_string(hide_password=False), tmp_path) as port:
        people = browsers(service_engine, matter, port)
        drill = Drill(service_engine, matter, filing_of(matter, people), people, once)
        drill.officers_way()
    assert drill.killed >= STEPS
