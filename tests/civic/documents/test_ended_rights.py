"""Whose licence or posting has ended sends no more papers, not even the rest of one that is on its way."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.town import SERVICES
from civic.core.bodies import LocalBody
from civic.core.case import Case
from civic.core.people import Actor, end_posting, postings
from civic.core.steps import open_case
from civic.core.working_days import day_there
from tests.civic.documents.conftest import a_pdf
from tests.civic.hall import Hall, a_hall

SERVICE = next(iter(SERVICES.values()))
TOLD = {
    "en": "Your licence does not hold today",
    "ml": "ലൈസൻസിന് ഇന്ന് സാധുതയില്ല",
}


@pytest.fixture
def hall(service_engine: Engine, own_body: LocalBody, tmp_path: Path) -> Hall:
    """A town hall that keeps its documents in a folder of the test."""
    return a_hall(service_engine, own_body, tmp_path)


def a_case(hall: Hall, who: Actor, part: str) -> Case:
    with hall.inside() as session:
        desk = SERVICE.desk(session, hall.body, now=datetime.now(UTC))
        return open_case(desk, parcels=["12/104"], actor=who, told={}, part=part)


def ended(hall: Hall, who: Actor) -> None:
    """From today on, as an administrator ends it."""
    with hall.inside() as session:
        today = day_there(datetime.now(UTC), hall.body.time_zone)
        (posting,) = postings(session, on=None, person_id=who.person.id)
        end_posting(session, posting.id, on=today, today=today)


def begun(client: TestClient, hall: Hall, case: Case, **more: object) -> str:
    """A file of 6000 bytes of which the first half has arrived; where its parts go."""
    told = {"kind": "deed", "title": "Deed", "name": "deed.pdf", "size": 6000, **more}
    made = client.post(f"/api{hall.path}/cases/{case.number}/uploads", json=told)
    assert made.status_code == 201
    assert add(client, made.headers["location"], 0).status_code == 200
    return made.headers["location"]


def add(client: TestClient, where: str, starts: int):  # type: ignore[no-untyped-def]
    part = a_pdf(6000)[starts : starts + 3000]
    return client.patch(where, content=part, headers={"Upload-Offset": str(starts)})


def test_a_licensee_whose_registration_ended_sends_no_paper_and_is_told_why(hall: Hall) -> None:
    licensee = hall.person("licensee")
    case, client = a_case(hall, licensee, "licensee"), hall.client(licensee)
    papers = f"{hall.path}/cases/{case.number}/documents"
    form = {"data": {"title": "Sketch", "kind": "sketch"}, "files": {"file": ("a.pdf", a_pdf(3000))}}
    assert add(client, begun(client, hall, case), 3000).json()["version"] == 1
    on_its_way = begun(client, hall, case)
    assert client.post(papers, **form).status_code == 303
    assert f'action="{papers}"' in client.get(papers).text
    ended(hall, licensee)
    announced = {"kind": "deed", "title": "Deed", "name": "deed.pdf", "size": 6000}
    for refused in (
        add(client, on_its_way, 3000),
        client.post(f"/api{papers.removesuffix('documents')}uploads", json=announced),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "licence-ended")
    for language, said in TOLD.items():
        read = client.get(f"{papers}?lang={language}")
        assert (read.status_code, said in read.text, "<form class=" in read.text) == (200, True, False)
        sent = client.post(f"{papers}?lang={language}", **form)
        assert (sent.status_code, said in sent.text) == (403, True)
    assert len(client.get(f"/api{papers}").json()) == 2  # what was sent before stands, and is read


def test_who_also_applies_goes_on_as_applicant(hall: Hall) -> None:
    both = hall.person("licensee")
    case, client = a_case(hall, both, "applicant"), hall.client(both)
    on_its_way = begun(client, hall, case)
    ended(hall, both)
    assert add(client, on_its_way, 3000).json()["version"] == 1


def test_an_officer_whose_posting_ended_publishes_nothing(hall: Hall) -> None:
    case = a_case(hall, hall.person(), "applicant")
    officer = hall.person("front_office")
    client = hall.client(officer)
    whole = add(client, begun(client, hall, case), 3000).json()
    on_its_way = begun(client, hall, case, record="published", document=whole["document"])
    ended(hall, officer)
    refused = add(client, on_its_way, 3000)
    assert (refused.status_code, "has ended" in refused.json()["detail"]) == (403, True)
    assert hall.client().get(f"{hall.path}/cases/{case.number}/documents").status_code == 404
