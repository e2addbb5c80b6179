"""A visit comes in through its doors: as JSON in pieces that may come twice, or as one plain form."""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from civic.core.bodies import LocalBody
from civic.permits.checklist import checklist
from tests.civic.hall import Hall, a_hall
from tests.civic.permits.pictures import a_photo
from tests.civic.permits.visiting import a_matter, a_plot, degrees


@pytest.fixture
def hall(service_engine: Engine, own_body: LocalBody, tmp_path: Path) -> Hall:
    """A town hall."""
    return a_hall(service_engine, own_body, tmp_path)


@pytest.fixture
def number(hall: Hall, engine: Engine) -> str:
    """A permit's case on a plot of its own."""
    return a_matter(hall, a_plot(engine, hall.body))


@pytest.fixture
def inspector(hall: Hall) -> TestClient:
    """Who visits."""
    return hall.client(hall.person("field_inspector"))


def a_visit(*photos: bytes, **other: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    longitude, latitude = degrees(10, 10)
    fix = {"longitude": longitude, "latitude": latitude, "accuracy": 4.0}
    return {
        "stage": "site",
        "edition": checklist().edition,
        "begun": (now - timedelta(minutes=30)).isoformat(),
        "ended": now.isoformat(),
        "answers": {each.id: {"said": "yes"} for each in checklist().stages["site"].points},
        "words": "",
        "fix": fix,
        "photos": [{"sha256": hashlib.sha256(each).hexdigest(), "fix": fix} for each in photos],
        **other,
    }


def send_file(client: TestClient, hall: Hall, number: str, data: bytes) -> None:
    told = {"title": "Photograph", "name": "p.jpg", "size": len(data), "kind": "photo"}
    begun = client.post(f"/api{hall.path}/cases/{number}/uploads", json=told).json()
    at = f"/api{hall.path}/uploads/{begun['id']}"
    assert client.patch(at, content=data, headers={"upload-offset": "0"}).status_code == 200


def test_a_visit_in_pieces_any_of_which_comes_twice(hall: Hall, number: str, inspector: TestClient) -> None:
    one, two = a_photo(1), a_photo(2)
    said, at = a_visit(one, two), f"/api{hall.path}/cases/{number}/visits/{uuid4()}"
    assert inspector.get(at).status_code == 404
    for _ in range(2):
        kept = inspector.put(at, json=said)
        assert (kept.status_code, kept.json()["whole"]) == (200, False)
    for data in (one, two):
        photo = f"{at}/photos/{hashlib.sha256(data).hexdigest()}"
        missing = inspector.put(photo)
        assert (missing.status_code, missing.json()["code"]) == (404, "photo-not-sent")
        send_file(inspector, hall, number, data)
        assert inspector.put(photo).json() == inspector.put(photo).json()
    whole = inspector.get(at).json()
    assert whole["whole"] is True
    assert {each["verdict"] for each in whole["photos"]} == {"on_plot"}
    assert inspector.put(at, json=said | {"words": "otherwise"}).json()["code"] == "visit-differs"
    with hall.inside() as session:
        assert session.scalar(text("SELECT count(*) FROM permit_visit")) == 1
        assert session.scalar(text("SELECT count(*) FROM permit_photo")) == 2


def test_the_visits_of_a_case_show_what_is_doubtful(hall: Hall, number: str, inspector: TestClient) -> None:
    data, away = a_photo(3), degrees(520, 10)
    said = a_visit(data)
    said["photos"][0]["fix"] = {"longitude": away[0], "latitude": away[1], "accuracy": 5.0}
    said["answers"]["marks"] = {"said": "no", "words": "The eastern stone is gone."}
    at = f"/api{hall.path}/cases/{number}/visits/{uuid4()}"
    inspector.put(at, json=said)
    shown = inspector.get(f"{hall.path}/cases/{number}/visits").text
    assert "1 of 1 photographs have not arrived" in shown
    send_file(inspector, hall, number, data)
    inspector.put(f"{at}/photos/{hashlib.sha256(data).hexdigest()}")
    shown = inspector.get(f"{hall.path}/cases/{number}/visits").text
    assert "taken 500 m from the plot" in shown
    assert "The eastern stone is gone." in shown
    assert "have not arrived" not in shown


def the_form(client: TestClient, path: str, **other: str) -> dict[str, str]:
    page = client.get(path)
    assert page.status_code == 200, page.text[-300:]
    hidden = dict(re.findall(r'<input type="hidden" name="(visit|begun|stage)" value="([^"]+)">', page.text))
    points = set(re.findall(r'name="said-([a-z_]+)"', page.text))
    return {**hidden, **{f"said-{each}": "yes" for each in points}, "words": "All seen.", **other}


def test_without_javascript_the_form_brings_it_all(hall: Hall, number: str, inspector: TestClient) -> None:
    path = f"{hall.path}/cases/{number}/visit"
    form = the_form(inspector, path, **{"measure-street": "5,2"})
    files = [
        ("photo", ("one.jpg", a_photo(4, at=degrees(3, 3)), "image/jpeg")),
        ("photo", ("two.jpg", a_photo(5), "image/jpeg")),
        ("photo", ("", b"", "application/octet-stream")),
    ]
    for _ in range(2):  # pressed twice
        sent = inspector.post(path, data=form, files=files)
        assert (sent.status_code, sent.headers["location"]) == (303, f"{path}s")
    shown = inspector.get(f"{path}s").text
    assert "5.2 m" in shown
    assert "position written in the file" in shown
    assert "no position" in shown
    with hall.inside() as session:
        assert session.scalar(text("SELECT count(*) FROM permit_visit")) == 1
        assert session.scalar(text("SELECT count(*) FROM permit_photo")) == 2


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"said-marks": ""}, "Answer every point"),
        ({"said-marks": "no"}, "say in words what you found"),
        ({"measure-street": "wide"}, "a length in metres"),
        ({"measure-street": "inf"}, "a length in metres"),
        ({"stage": "roof"}, "of a stage"),
        ({"visit": "17"}, "UUID"),
    ],
)
def test_what_is_refused_stands_on_the_page_with_what_was_written(
    hall: Hall, number: str, inspector: TestClient, other: dict[str, str], said: str
) -> None:
    path = f"{hall.path}/cases/{number}/visit"
    sent = inspector.post(path, data=the_form(inspector, path, words="Kept words", **other))
    assert sent.status_code == 422
    assert said in sent.text
    assert "Kept words" in sent.text
    with hall.inside() as session:
        assert session.scalar(text("SELECT count(*) FROM permit_visit")) == 0


def test_a_file_that_is_no_picture_leaves_nothing_behind(
    hall: Hall, number: str, inspector: TestClient
) -> None:
    path = f"{hall.path}/cases/{number}/visit"
    files = [("photo", ("virus.jpg", b"MZ" + b"0" * 5000, "image/jpeg"))]
    assert inspector.post(path, data=the_form(inspector, path), files=files).status_code == 422
    with hall.inside() as session:
        assert session.scalar(text("SELECT count(*) FROM permit_visit")) == 0
        assert session.scalar(text("SELECT count(*) FROM document")) == 0


def test_only_the_office_visits_and_nobody_their_own(hall: Hall, engine: Engine, number: str) -> None:
    at = f"{hall.path}/cases/{number}/visit"
    assert hall.client().get(at).status_code in (303, 401)
    assert hall.client(hall.person()).get(at).status_code == 403
    assert hall.client(hall.person("counter")).get(at).status_code == 403
    with hall.inside() as session:
        mine = session.scalar(text("SELECT person_id FROM case_party LIMIT 1"))
        session.execute(
            text(
                "INSERT INTO posting (body, person_id, role, order_ref, begins)"
                " VALUES (:body, :person, 'field_inspector', 'O-1', '2020-01-01')"
            ),
            {"body": hall.body.code, "person": mine},
        )
    own = hall.client(_person(hall, int(str(mine))))
    assert own.get(at).status_code == 403
    assert own.put(f"/api{at}s/{uuid4()}", json=a_visit()).status_code == 403


def test_a_visit_is_not_sent_as_another_persons(hall: Hall, number: str, inspector: TestClient) -> None:
    other = hall.person("field_inspector")
    sent = inspector.put(
        f"/api{hall.path}/cases/{number}/visits/{uuid4()}", json=a_visit(person=other.person.id)
    )
    assert (sent.status_code, sent.json()["code"]) == (403, "other-person")


def _person(hall: Hall, number: int) -> Any:
    from civic.core.people import Actor, Person, person, roles_on

    with hall.inside() as session:
        found: Person = person(session, number)
        return Actor(person=found, roles=roles_on(session, number, on=datetime.now(UTC).date()), device="own")


def test_a_published_photograph_tells_nothing_but_the_picture(
    hall: Hall, number: str, inspector: TestClient
) -> None:
    data = a_photo(6, at=degrees(3, 3))
    identifier, sha256 = uuid4(), hashlib.sha256(data).hexdigest()
    inspector.put(f"/api{hall.path}/cases/{number}/visits/{identifier}", json=a_visit(data))
    send_file(inspector, hall, number, data)
    inspector.put(f"/api{hall.path}/cases/{number}/visits/{identifier}/photos/{sha256}")
    publish = f"{hall.path}/cases/{number}/visits/{identifier}/photos/{sha256}/publish"
    assert inspector.post(publish).status_code == 403
    verifier = hall.client(hall.person("verifier"))
    assert verifier.post(publish).status_code == 303
    (document,) = hall.client().get(f"/api{hall.path}/cases/{number}/documents").json()
    (file,) = document["versions"]
    copy = hall.client().get(file["address"]).content
    assert b"Privatha" in data
    assert b"Privatha" not in copy
    assert "A copy without place" in verifier.get(f"{hall.path}/cases/{number}/visits").text


@pytest.mark.parametrize("language", ["en", "ml"])
@pytest.mark.parametrize("stage", ["site", "plinth", "completion", "audit"])
def test_the_page_takes_boundary_and_checklist_along(
    hall: Hall, number: str, inspector: TestClient, stage: str, language: str
) -> None:
    page = inspector.get(f"{hall.path}/cases/{number}/visit?stage={stage}&lang={language}")
    told = json.loads(re.search(r'id="visit-told">(.*?)</script>', page.text, re.S)[1])  # type: ignore[index]
    assert told["boundary"]["type"] in ("Polygon", "MultiPolygon")
    assert told["stage"] == stage
    assert not re.search(r'"(name|email|phone)"', json.dumps(told["boundary"]))
    for point in checklist().stages[stage].points:
        assert f'name="said-{point.id}"' in page.text


def test_the_worker_may_stand_before_the_town_halls_pages_only(inspector: TestClient) -> None:
    worker = inspector.get("/static/visit_worker.js")
    assert worker.headers["service-worker-allowed"] == "/town/"
    assert "service-worker-allowed" not in inspector.get("/static/visit.js").headers
