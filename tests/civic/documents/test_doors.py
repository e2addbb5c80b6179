"""Papers through the doors: sent by a form or in parts, read by whom they concern, never shown inside a page."""

import hashlib
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.town import SERVICES
from civic.core.bodies import LocalBody
from civic.core.case import Case
from civic.core.documents.store import folder_store
from civic.core.people import Actor
from civic.core.privacy.looks import looks_at
from civic.core.steps import open_case
from tests.civic.documents.conftest import a_pdf, send
from tests.civic.hall import Hall, a_hall

SERVICE = next(iter(SERVICES.values()))


@pytest.fixture
def hall(service_engine: Engine, own_body: LocalBody, tmp_path: Path) -> Hall:
    """A town hall that keeps its documents in a folder of the test."""
    return a_hall(service_engine, own_body, tmp_path, largest_document=2_000_000)


@pytest.fixture
def party(hall: Hall) -> tuple[Actor, Case]:
    """Somebody with a case."""
    from datetime import UTC, datetime

    who = hall.person()
    with hall.inside() as session:
        desk = SERVICE.desk(session, hall.body, now=datetime.now(UTC))
        return who, open_case(desk, parcels=["12/104"], actor=who, told={})


def papers(hall: Hall, case: Case) -> str:
    return f"{hall.path}/cases/{case.number}/documents"


def sent(client: TestClient, hall: Hall, case: Case, data: bytes, name: str = "deed.pdf", **form: str):  # type: ignore[no-untyped-def]
    fields = {"title": "Deed 12/1999", "kind": "deed", **form}
    return client.post(papers(hall, case), data=fields, files={"file": (name, data)})


def test_a_form_sends_a_document_and_its_party_reads_it(hall: Hall, party: tuple[Actor, Case]) -> None:
    who, case = party
    client = hall.client(who)
    answer = sent(client, hall, case, a_pdf(3000), name="../deed <1>.pdf")
    assert (answer.status_code, answer.headers["location"]) == (303, papers(hall, case))
    shown = client.get(papers(hall, case))
    assert shown.status_code == 200
    assert "Deed 12/1999" in shown.text
    assert "not scanned" in shown.text
    (listed,) = client.get(f"/api{papers(hall, case)}").json()
    (file,) = listed["versions"]
    assert file["sha256"] == hashlib.sha256(a_pdf(3000)).hexdigest()
    got = client.get(file["address"])
    assert got.content == a_pdf(3000)
    assert got.headers["content-disposition"].startswith('attachment; filename="deed 1.pdf"')
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cache-control"] == "private, no-store"
    assert got.headers["content-length"] == "3000"
    assert "sandbox" in got.headers["content-security-policy"]


def test_to_strangers_the_papers_of_a_case_do_not_exist(hall: Hall, party: tuple[Actor, Case]) -> None:
    who, case = party
    sent(hall.client(who), hall, case, a_pdf())
    (listed,) = hall.client(who).get(f"/api{papers(hall, case)}").json()
    address = listed["versions"][0]["address"]
    for stranger in (hall.client(), hall.client(hall.person())):
        assert stranger.get(papers(hall, case)).status_code == 404
        assert stranger.get(f"/api{papers(hall, case)}").status_code == 404
        assert stranger.get(address).status_code == 404
    assert hall.client(hall.person("auditor")).get(address).status_code == 200
    assert hall.client().post(papers(hall, case), files={"file": a_pdf()}).status_code in (401, 403)


def test_everyone_reads_what_the_office_publishes(hall: Hall, party: tuple[Actor, Case]) -> None:
    who, case = party
    client = hall.client(who)
    sent(client, hall, case, a_pdf(900))
    (listed,) = client.get(f"/api{papers(hall, case)}").json()
    refused = sent(client, hall, case, a_pdf(700), record="published", document=str(listed["id"]))
    assert refused.status_code == 403
    officer = hall.client(hall.person("front_office"))
    published = sent(officer, hall, case, a_pdf(700), record="published", document=str(listed["id"]))
    assert published.status_code == 303
    nobody = hall.client()
    assert "published" in nobody.get(papers(hall, case)).text
    (seen,) = nobody.get(f"/api{papers(hall, case)}").json()
    (file,) = seen["versions"]
    assert (file["record"], file["size"]) == ("published", 700)
    assert nobody.get(file["address"]).content == a_pdf(700)
    assert nobody.get(file["address"].replace("published", "full")).status_code == 404


@pytest.mark.parametrize(
    ("data", "form", "said"),
    [
        (b"PK\x03\x04" + b"0" * 5000, {}, "whatever its name says"),
        (b"", {}, "empty"),
        (a_pdf(2_000_001), {}, "at most 2 MB"),
        (a_pdf(), {"title": " "}, "Name the document"),
        (a_pdf(), {"document": "99999999"}, "no such document"),
        (a_pdf(), {"document": "x"}, "number"),
        (a_pdf(), {"document": "²"}, "number"),
        (a_pdf(), {"title": "a\x00b"}, "title"),
    ],
)
def test_what_is_refused_stands_on_the_page(
    hall: Hall, party: tuple[Actor, Case], data: bytes, form: dict[str, str], said: str
) -> None:
    who, case = party
    answer = sent(hall.client(who), hall, case, data, **form)
    assert answer.status_code == 422
    assert said in answer.text
    assert hall.client(who).get(f"/api{papers(hall, case)}").json() == []


def announced(client: TestClient, hall: Hall, case: Case, data: bytes, **other: object):  # type: ignore[no-untyped-def]
    told = {"title": "Plan", "name": "plan.pdf", "size": len(data), **other}
    return client.post(
        f"/api{hall.path}/cases/{case.number}/uploads",
        content=json.dumps(told),
        headers={"content-type": "application/json"},
    )


def part(client: TestClient, address: str, data: bytes, starts: object):  # type: ignore[no-untyped-def]
    return client.patch(address, content=data, headers={"Upload-Offset": str(starts)})


def test_an_upload_goes_on_after_a_broken_line(hall: Hall, party: tuple[Actor, Case]) -> None:
    who, case = party
    client, data = hall.client(who), a_pdf(2500)
    begun = announced(client, hall, case, data, sha256=hashlib.sha256(data).hexdigest())
    assert begun.status_code == 201
    address = begun.headers["location"]
    assert part(client, address, data[:1000], 0).json()["arrived"] == 1000
    head = client.head(address)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("1000", "2500")
    lost = part(client, address, data[500:1500], 500)
    assert (lost.status_code, lost.headers["upload-offset"]) == (409, "1000")
    assert (lost.json()["title"], lost.json()["code"]) == ("Conflict", "wrong-offset")
    done = part(client, address, data[1000:], 1000).json()
    assert (done["arrived"], done["version"]) == (2500, 1)
    (listed,) = client.get(f"/api{papers(hall, case)}").json()
    assert client.get(listed["versions"][0]["address"]).content == data
    assert client.get(address).status_code == 404


def test_a_wrong_checksum_gives_the_upload_up(hall: Hall, party: tuple[Actor, Case]) -> None:
    who, case = party
    client = hall.client(who)
    address = announced(client, hall, case, a_pdf(500), sha256="0" * 64).headers["location"]
    answer = part(client, address, a_pdf(500), 0)
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong-checksum")
    assert client.get(address).status_code == 404
    assert client.get(f"/api{papers(hall, case)}").json() == []


def test_somebody_elses_upload_is_not_there(hall: Hall, party: tuple[Actor, Case]) -> None:
    who, case = party
    address = announced(hall.client(who), hall, case, a_pdf()).headers["location"]
    for other in (hall.client(hall.person("admin")), hall.client(hall.person())):
        assert other.get(address).status_code == 404
        assert part(other, address, a_pdf(), 0).status_code == 404
        assert other.delete(address).status_code == 404
    assert hall.client().get(address).status_code in (401, 403)
    assert hall.client(who).delete(address).status_code == 204


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"size": 0}, 422),
        ({"size": -1}, 422),
        ({"size": 10**30}, 422),
        ({"size": 2_000_001}, 413),
        ({"title": ""}, 422),
        ({"sha256": "zz"}, 422),
        ({"document": 10**17}, 404),
        ({"record": "published"}, 403),
        ({"more": 1}, 422),
        ({"title": "a\x00b"}, 422),
        ({"name": "a\x00b"}, 422),
        ({"title": "\ud800"}, 422),
    ],
)
def test_what_cannot_be_taken_is_refused_before_it_is_sent(
    hall: Hall, party: tuple[Actor, Case], change: dict[str, object], status: int
) -> None:
    who, case = party
    assert announced(hall.client(who), hall, case, a_pdf(), **change).status_code == status


@pytest.mark.parametrize("starts", ["x", "-1", "1e3", str(2**80)])
def test_an_offset_is_a_number(hall: Hall, party: tuple[Actor, Case], starts: str) -> None:
    who, case = party
    client = hall.client(who)
    address = announced(client, hall, case, a_pdf()).headers["location"]
    assert part(client, address, a_pdf(), starts).status_code == 422
    assert client.patch(address, content=a_pdf()).status_code == 422


def test_a_part_that_is_too_long_is_cut_off(hall: Hall, party: tuple[Actor, Case]) -> None:
    who, case = party
    client = hall.client(who)
    address = announced(client, hall, case, a_pdf(100)).headers["location"]
    assert part(client, address, a_pdf(101), 0).status_code == 422
    assert client.get(address).json()["arrived"] == 0


def test_a_form_from_another_site_is_refused(hall: Hall, party: tuple[Actor, Case]) -> None:
    who, case = party
    client = hall.client(who)
    client.headers["sec-fetch-site"] = "cross-site"
    assert sent(client, hall, case, a_pdf()).status_code == 403


def test_an_infected_document_cannot_be_opened(hall: Hall, party: tuple[Actor, Case], tmp_path: Path) -> None:
    from sqlalchemy import text

    who, case = party
    with hall.inside() as session:
        made = send(session, hall.body, folder_store(tmp_path / "documents"), case, who, a_pdf())
        session.execute(text("UPDATE document_version SET scan = 'infected', found = 'Eicar'"))
    client = hall.client(who)
    assert client.get(f"{hall.path}/documents/{made.document_id}/full/1").status_code == 410
    shown = client.get(papers(hall, case))
    assert "harmful, shut away" in shown.text
    assert f"/documents/{made.document_id}/full/1" not in shown.text


def test_a_closed_case_takes_papers_of_the_office_only(hall: Hall, party: tuple[Actor, Case]) -> None:
    from sqlalchemy import text

    who, case = party
    with hall.inside() as session:
        session.execute(
            text("UPDATE civic_case SET closed = now(), turn = NULL WHERE id = :id"), {"id": case.id}
        )
    assert sent(hall.client(who), hall, case, a_pdf()).status_code == 409
    assert "Send a document" not in hall.client(who).get(papers(hall, case)).text
    assert sent(hall.client(hall.person("verifier")), hall, case, a_pdf()).status_code == 303


def test_malayalam_speaks_of_papers_too(hall: Hall, party: tuple[Actor, Case]) -> None:
    who, case = party
    client = hall.client(who)
    client.headers["accept-language"] = "ml"
    assert "രേഖ അയയ്ക്കുക" in client.get(papers(hall, case)).text
    assert case.number in client.get(papers(hall, case)).text


def test_an_officers_look_at_papers_is_written_for_the_party(hall: Hall, party: tuple[Actor, Case]) -> None:
    who, case = party
    client, officer = hall.client(who), hall.client(hall.person("verifier"))
    sent(client, hall, case, a_pdf())
    (listed,) = client.get(f"/api{papers(hall, case)}").json()
    with hall.inside() as session:
        before = len(looks_at(session, who.person.id))
    assert officer.get(listed["versions"][0]["address"]).status_code == 200
    assert client.get(listed["versions"][0]["address"]).status_code == 200
    with hall.inside() as session:
        assert len(looks_at(session, who.person.id)) == before + 1
