"""A change of record that a town hall grants has the ground that its plots share with layers measured again, by its worker."""

from datetime import UTC, datetime

from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.planner.freshness import FRESH, measure_again
from api.sample_town import BODY
from civic.core.bodies import LocalBody, inside
from civic.core.jobs import Work
from gis.db.session import transaction
from gis.jurisdictions import jurisdiction
from gis.recordings import last_recording
from layers.overlaps.queries import counts, kept
from tests.builders import a_box
from tests.civic.test_sample_town import TOWN, officer
from tests.layers.ground import bring_in

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def again(hall: Engine, body: LocalBody) -> None:
    """What the worker does."""
    measure_again(Work(engine=hall, job=1, kind=FRESH, body=body.code, values={}, now=NOW))


def told(session: Session) -> tuple[bool, int]:
    """Whether the facts about floods are fresh, and how many pairs there are."""
    place = jurisdiction(session, BODY.jurisdiction)
    (flood,) = kept(session, place, known=last_recording(session, place.code))
    return flood.is_fresh, counts(session, [flood.import_id])[flood.import_id][0]


def jobs(session: Session) -> int:
    query = text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = :kind")
    return int(session.scalar(query, {"kind": FRESH}) or 0)


def test_a_granted_change_has_its_plots_measured_again(
    sample_owner: Engine, sample_hall: Engine, door: TestClient
) -> None:
    with transaction(sample_owner) as session:
        place = jurisdiction(session, BODY.jurisdiction)
        bring_in(session, place, "flood", [a_box(-5, -5, 400, 20)])
    again(sample_hall, BODY)
    with inside(sample_hall, BODY.code) as (session, _):
        assert told(session) == (True, 8)
        waits = "SELECT number, version FROM civic_case WHERE service = 'land_records' AND state = 'deciding'"
        case = session.execute(text(waits)).one()
    officer(door, "approver")
    form = {"version": case.version, "note": "The deed shows it."}
    assert door.post(f"{TOWN}/cases/{case.number}/steps/grant", data=form).status_code == 200
    with inside(sample_hall, BODY.code) as (session, _):
        assert (told(session), jobs(session)) == ((False, 8), 1)
    again(sample_hall, BODY)
    with inside(sample_hall, BODY.code) as (session, _):
        assert told(session) == (True, 10)  # the plot before that day and from then on, as is known now


def test_where_no_land_is_yet_there_is_nothing_to_measure(
    service_engine: Engine, own_body: LocalBody
) -> None:
    again(service_engine, own_body)
    with inside(service_engine, own_body.code) as (session, _):
        query = "SELECT count(*) FROM overlap_measured JOIN dataset_import i ON i.id = import_id WHERE i.jurisdiction = :j"
        assert session.scalar(text(query), {"j": own_body.jurisdiction}) == 0
