"""A plan is handed in for a plot, by page, program and command line; what was found has an address of its own."""

import io
import multiprocessing
import os
import re
import signal
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import ezdxf
import jsonschema
import orjson
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from shapely.geometry import shape
from sqlalchemy import Engine

from api import plan_desk, plan_work
from api.app import create_app
from api.plan_desk import LARGEST
from api.settings import Settings
from gis.errors import Unavailable
from gis.site_document import site_to_json
from rules.check_schema import check_schema
from rules.checks import RULES
from rules.plans.starter import starter
from tests.rules.plan_builders import a_site

DXF = {"content-type": "image/vnd.dxf"}
API, PAGE = "/api/test-town/check?number=12/104", "/test-town/check"


@pytest.fixture(scope="module")
def desk(town: Engine, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """The service with a folder of its own for checks."""
    settings = Settings(state=Path(tmp_path_factory.mktemp("state")))
    return TestClient(create_app(settings, town), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def drawing(desk: TestClient) -> bytes:
    """The plot as the service draws it to begin with."""
    answer = desk.get("/test-town/starter.dxf?number=12/104")
    assert answer.status_code == 200
    return answer.content


def hand_in(desk: TestClient, drawing: bytes | None, **words: str) -> Response:
    """The form of the page, sent."""
    files = {} if drawing is None else {"drawing": ("plan.dxf", drawing, "image/vnd.dxf")}
    return desk.post(
        PAGE,
        data={"number": "12/104", **words},
        files=files or None,
        follow_redirects=False,
        headers={"accept": "text/html"},
    )


def test_a_program_gets_findings_that_keep_to_the_schema(desk: TestClient, drawing: bytes) -> None:
    answer = desk.post(API, content=drawing, headers=DXF)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    jsonschema.Draft202012Validator(desk.get("/api/schema/check.json").json()).validate(found)
    assert desk.get("/api/schema/check.json").json() == check_schema()
    assert found["site"]["number"] == "12/104"
    assert found["verdict"] != "pass"
    assert desk.post(API, content=drawing, headers=DXF).content == answer.content


def test_a_program_may_hear_each_step(desk: TestClient, drawing: bytes) -> None:
    answer = desk.post(
        f"{API}&on=2026-01-02", content=drawing, headers=DXF | {"accept": "application/x-ndjson"}
    )
    lines = [orjson.loads(line) for line in answer.content.splitlines()]
    told = lines[:-1]
    assert list(dict.fromkeys(line["step"] for line in told)) == list(plan_work.STEPS)
    shares = [line["share"] for line in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    judged = [(line["done"], line["of"]) for line in told if line["step"] == "judging"]
    assert {of for _, of in judged} == {len(RULES.rules)}
    assert len({done for done, _ in judged}) > 10
    assert lines[-1]["found"]["on"] == "2026-01-02"


def test_the_steps_end_in_an_error_that_is_told(desk: TestClient) -> None:
    answer = desk.post(API, content=b"%PDF-1.7", headers=DXF | {"accept": "application/x-ndjson"})
    last = orjson.loads(answer.content.splitlines()[-1])
    assert "PDF" in last["error"]["detail"]


def test_a_page_is_told_how_far_its_check_is_and_where_to_go_then(desk: TestClient, drawing: bytes) -> None:
    def lines(content: bytes) -> list[dict[str, Any]]:
        answer = desk.post(
            f"{PAGE}?lang=ml",
            data={"number": "12/104", "on": "2026-01-03"},
            files={"drawing": ("plan.dxf", content)},
            headers={"accept": "application/x-ndjson"},
        )
        assert answer.status_code == 200
        return [orjson.loads(line) for line in answer.content.splitlines()]

    told = lines(drawing)
    assert told[0]["share"] == 0.0
    assert all("share" in line and line["words"] for line in told[:-1])
    assert desk.get(told[-1]["location"], headers={"accept": "text/html"}).status_code == 200
    assert list(lines(drawing)[-1]) == ["location"]  # what is kept is not checked again
    refused = lines(b"%PDF-1.7")[-1]
    assert re.search("[\u0d00-\u0d7f]", refused["error"])
    assert "PDF" in refused["english"]  # what exactly is wrong, to which the Malayalam sentence points


def test_a_page_leads_to_what_was_found_and_its_files(desk: TestClient, drawing: bytes) -> None:
    answer = hand_in(desk, drawing)
    assert answer.status_code == 303, answer.text
    found = desk.get(answer.headers["location"], headers={"accept": "text/html"})
    assert found.status_code == 200
    assert "Plan for plot 12/104" in found.text
    assert '<svg class="plan"' in found.text
    key = answer.headers["location"].split("?")[0]
    assert desk.get(f"{key}/findings.json").json()["schema"] == "bhumika-check-1"
    marked = ezdxf.read(io.StringIO(desk.get(f"{key}/marked.dxf").content.decode()))  # type: ignore[attr-defined]
    assert "BHUMIKA_UNKNOWN" in marked.layers


def test_the_page_shows_the_drawing_over_the_map_of_its_plot(desk: TestClient, drawing: bytes) -> None:
    where = hand_in(desk, drawing).headers["location"].split("?")[0]
    page = desk.get(where, headers={"accept": "text/html"}).text
    assert f'data-ground="{where}/plan.geojson"' in page
    assert '"/tiles/test-town/{z}/{x}/{y}.mvt"' in page
    answer = desk.get(f"{where}/plan.geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    extract = desk.get("/api/test-town/extract?number=12/104&format=geojson").json()
    plot = shape(extract["features"][0]["geometry"])
    drawn = next(shape(each["geometry"]) for each in features if each["properties"]["kind"] == "plot")
    assert drawn.symmetric_difference(plot).area < 0.001 * plot.area
    places = [each["properties"]["number"] for each in features if each["properties"]["kind"] == "place"]
    assert all(f'id="finding-{number}"' in page for number in places)


def test_a_plan_of_another_plot_is_first_said_not_to_lie_on_this_one(
    desk: TestClient, drawing: bytes
) -> None:
    elsewhere = starter(a_site({"roads": [{"width": 8}]}, plot=[31, 17]), set_back=6.0)
    first = '<p class="verdict verdict-fail"><strong>The plan could not be laid on this plot'
    shown = desk.get(hand_in(desk, elsewhere).headers["location"], headers={"accept-language": "en"}).text
    assert first in shown
    assert "No rule is broken as far as can be told.</strong>" not in shown
    fits = desk.get(hand_in(desk, drawing).headers["location"], headers={"accept-language": "en"}).text
    assert first not in fits


def test_a_check_kept_without_its_ground_shows_the_sketch_and_says_so(
    desk: TestClient, drawing: bytes
) -> None:
    where = hand_in(desk, drawing, on="2026-03-07").headers["location"].split("?")[0]
    (desk.app.state.plans.folder / where.rsplit("/", 1)[1] / "plan.geojson").unlink()  # type: ignore[attr-defined]
    page = desk.get(where, headers={"accept": "text/html"}).text
    assert "The map of this check was not kept" in page
    assert '<svg class="plan"' in page
    assert "data-ground" not in page
    assert desk.get(f"{where}/plan.geojson").status_code == 404


def answer(desk: TestClient, where: str, **fields: str) -> Response:
    """The form of what persons say, sent."""
    return desk.post(
        f"{where}/answers",
        data={name.replace("__", "."): value for name, value in fields.items()},
        follow_redirects=False,
        headers={"accept": "text/html"},
    )


def test_a_person_answers_on_the_page_and_the_plan_is_checked_again(desk: TestClient, drawing: bytes) -> None:
    where = hand_in(desk, drawing, on="2026-01-09").headers["location"].split("?")[0]
    page = desk.get(where, headers={"accept": "text/html"}).text
    assert 'name="say.SEWER_CONNECTION" form="answers"' in page
    assert f'action="{where}/answers"' in page
    applicant = {"person__name": "Asha", "person__capacity": "applicant"}
    officer = {"person__name": "K. Menon", "person__capacity": "officer"}
    declared = answer(desk, where, say__SEWER_CONNECTION="YES", **applicant)
    assert declared.status_code == 303, declared.text
    second = declared.headers["location"]
    assert second != where
    found = desk.get(f"{second}/findings.json").json()
    assert found["on"] == "2026-01-09"
    assert found["answers"]["declared_by"] == {"SEWER_CONNECTION": "Asha (applicant)"}
    assert outcomes(found, "septic") == {"unknown"}
    page = desk.get(second, headers={"accept": "text/html"}).text
    assert "Declared by Asha (applicant)." in page
    confirmed = answer(desk, second, say__SEWER_CONNECTION="YES", confirm__SEWER_CONNECTION="yes", **officer)
    third = confirmed.headers["location"]
    found = desk.get(f"{third}/findings.json").json()
    assert outcomes(found, "septic") == {"not applicable"}
    assert "Confirmed by K. Menon (officer of the local body)." in desk.get(third).text
    again = answer(desk, where, say__SEWER_CONNECTION="YES", **applicant)
    assert again.headers["location"] == second


def outcomes(found: dict[str, Any], rule: str) -> set[str]:
    """What a rule says."""
    return {each["outcome"] for each in found["findings"] if each["rule"] == rule}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"say__SEWER_CONNECTION": "YES"}, "Say who gives these answers"),
        (
            {"confirm__SEWER_CONNECTION": "yes", "person__name": "Asha", "person__capacity": "applicant"},
            "cannot be confirmed by the applicant",
        ),
        ({"front__side": "2", "person__name": "Asha", "person__capacity": "applicant"}, "front.reason"),
        ({"turn": "left"}, "no number of degrees"),
    ],
)
def test_an_answer_that_nobody_can_stand_behind_is_refused(
    desk: TestClient, drawing: bytes, fields: dict[str, str], told: str
) -> None:
    where = hand_in(desk, drawing, on="2026-01-09").headers["location"].split("?")[0]
    refused = answer(desk, where, **fields)
    assert refused.status_code == 422
    assert told in refused.text


def test_a_check_that_is_not_kept_takes_no_answers(desk: TestClient) -> None:
    assert answer(desk, f"/test-town/check/{'0' * 64}", person__name="Asha").status_code == 404


@pytest.mark.parametrize("language", ["en", "ml"])
def test_what_was_found_is_printed_in_the_language_of_the_page(
    desk: TestClient, drawing: bytes, language: str
) -> None:
    key = hand_in(desk, drawing).headers["location"].split("?")[0]
    printed = desk.get(f"{key}/findings.pdf?lang={language}")
    assert printed.status_code == 200
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.headers["content-language"] == language
    assert printed.content.startswith(b"%PDF-")
    assert desk.get(f"{key}/findings.pdf?lang={language}").content == printed.content
    assert desk.get(f"/test-town/check/{'0' * 64}/findings.pdf").status_code == 404


def test_a_page_speaks_malayalam(desk: TestClient, drawing: bytes) -> None:
    where = hand_in(desk, drawing).headers["location"]
    for address in (where, "/test-town/check?number=12/104"):
        answer = desk.get(address, headers={"accept": "text/html", "accept-language": "ml"})
        assert 'lang="ml"' in answer.text
        assert "പ്ലാൻ" in answer.text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "No drawing"),
        (b"hello", "DXF"),
        (b"%PDF-1.7\n", "PDF"),
        (b"AC1032\x00\x00", "DWG"),
        (b"PK\x03\x04", "ZIP"),
    ],
)
def test_what_is_no_drawing_is_refused_with_what_to_send(desk: TestClient, content: bytes, told: str) -> None:
    for answer in (desk.post(API, content=content, headers=DXF), hand_in(desk, content)):
        assert answer.status_code == 422
        assert told in answer.text
    assert desk.post(API, content=content, headers=DXF).json()["code"] == (
        "bad-drawing" if content else "no-drawing"
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"number": " "}, "give its number"),
        ({"on": "soon"}, "not a date"),
        ({"turn": "left"}, "no number of degrees"),
    ],
)
def test_a_form_that_cannot_be_understood_says_what_to_write(
    desk: TestClient, drawing: bytes, words: dict[str, str], told: str
) -> None:
    answer = hand_in(desk, drawing, **words)
    assert answer.status_code == 422
    assert told in answer.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/test-town/check?number=99/9", 404),
        ("/api/test-town/check?number=12/106", 410),
        ("/api/nowhere/check?number=12/104", 404),
        ("/api/test-town/check", 422),
        (f"{API}&plan=x", 422),
        (f"{API}&turn=left", 422),
    ],
)
def test_a_question_about_no_plot_is_refused(
    desk: TestClient, drawing: bytes, address: str, status: int
) -> None:
    answer = desk.post(address, content=drawing, headers=DXF)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_drawing_comes_as_a_drawing(desk: TestClient, drawing: bytes) -> None:
    answer = desk.post(API, content=drawing, headers={"content-type": "text/plain"})
    assert answer.status_code == 422
    assert "image/vnd.dxf" in answer.json()["detail"]


@pytest.mark.parametrize("key", ["0" * 64, "nothing", "..%2F..%2Fsecret"])
def test_a_check_that_is_not_kept_is_not_found(desk: TestClient, key: str) -> None:
    assert desk.get(f"/test-town/check/{key}").status_code == 404


def test_a_check_belongs_to_its_place(desk: TestClient, drawing: bytes) -> None:
    key = hand_in(desk, drawing).headers["location"].rsplit("/", 1)[1]
    with pytest.raises(Exception, match="not kept"):
        desk.app.state.plans.kept("elsewhere", key)  # type: ignore[attr-defined]


def test_old_checks_are_forgotten(desk: TestClient, drawing: bytes) -> None:
    where = hand_in(desk, drawing).headers["location"].split("?")[0]
    folder = desk.app.state.plans.folder / where.rsplit("/", 1)[1]  # type: ignore[attr-defined]
    assert folder.exists()
    old = folder.stat().st_mtime - (plan_desk.KEPT_DAYS * 86_400 + 60)
    os.utime(folder, (old, old))
    assert hand_in(desk, drawing, on="2026-02-03").status_code == 303
    assert not folder.exists()


def test_only_drawings_may_be_large(desk: TestClient) -> None:
    large = b"0" * 1_200_000
    assert desk.post("/api/test-town/extract", content=large, headers=DXF).status_code == 413
    assert desk.post(API, content=large, headers=DXF).status_code == 422


def test_a_drawing_over_the_limit_is_refused(
    desk: TestClient, drawing: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_desk, "LARGEST", len(drawing))
    assert desk.post(f"{API}&on=2026-03-03", content=drawing, headers=DXF).status_code == 200
    monkeypatch.setattr(plan_desk, "LARGEST", len(drawing) - 1)
    assert desk.post(f"{API}&on=2026-03-04", content=drawing, headers=DXF).status_code == 413


def test_a_check_that_takes_too_long_is_ended(
    desk: TestClient, drawing: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_work, "SECONDS", 0.0)
    answer = desk.post(f"{API}&on=2026-03-05", content=drawing, headers=DXF)
    assert answer.status_code == 413
    assert "longer than" in answer.json()["detail"]
    assert not list(desk.app.state.plans.folder.glob("new-*"))  # type: ignore[attr-defined]


def a_question(folder: Path, drawing: bytes) -> plan_work.Question:
    """A drawing on the plot of its test, in a folder as the desk makes it."""
    site = a_site({}, plot=[[0, 0], [18, -4], [25, 14], [3, 20]])
    (folder / "drawing.dxf").write_bytes(drawing)
    (folder / "site.json").write_bytes(site_to_json(site))
    return plan_work.Question(folder=folder, on=date(2026, 1, 1), turn=None, answers=b"")


def test_a_check_that_is_killed_says_so(drawing: bytes, tmp_path: Path) -> None:
    work = plan_work.steps(a_question(tmp_path, drawing))
    assert next(work).step == next(iter(plan_work.STEPS))
    for child in multiprocessing.active_children():
        if child.pid is not None:
            os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(Unavailable, match="stopped from outside"):
        list(work)


def test_a_fault_of_ours_is_not_blamed_on_the_drawing(drawing: bytes, tmp_path: Path) -> None:
    question = replace(a_question(tmp_path, drawing), on="no day")  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="fault is ours"):
        list(plan_work.steps(question))


def test_a_body_over_the_limit_is_told_the_limit(desk: TestClient) -> None:
    answer = desk.post("/api/test-town/extract", content=b"0" * 1_200_000, headers=DXF)
    assert answer.json()["code"] == "too-large"
    assert "1 MB" in answer.json()["detail"]


def test_a_browser_is_told_the_limit_of_a_file_on_a_page(town: Engine, tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, longest_body=1000, largest_document=1000)
    client = TestClient(create_app(settings, town))
    largest = LARGEST + 1000
    for accept, kind in (("text/html", "text/html"), ("*/*", "application/problem+json")):
        headers = {"accept": accept, "content-length": str(largest + 1)}
        answer = client.post("/town/x/permits/BP-1/drawing", content=b"0", headers=headers)
        assert answer.status_code == 413
        assert answer.headers["content-type"].startswith(kind)
        assert "The file is larger than" in answer.text
        assert "default-src 'self'" in answer.headers["content-security-policy"]
    other = client.post("/town/x/permits/new", content=b"0" * 1001, headers={"accept": "text/html"})
    assert (other.status_code, "The request is larger than" in other.text) == (413, True)
