"""A building model is handed in as a drawing is; marks are drawn into drawings alone."""

from pathlib import Path

import jsonschema
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine
from typer.testing import CliRunner

from api.app import create_app
from api.cli import app
from api.plans import EXIT
from api.settings import Settings
from rules.check_schema import check_schema
from rules.report import Verdict
from tests.rules.plans.ifc_builders import a_house_model

API, PAGE = "/api/test-town/check?number=12/104", "/test-town/check"
MODEL = a_house_model()


@pytest.fixture(scope="module")
def desk(town: Engine, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """The service with a folder of its own for checks."""
    settings = Settings(state=Path(tmp_path_factory.mktemp("state")))
    return TestClient(create_app(settings, town), raise_server_exceptions=False)


def hand_in(desk: TestClient, model: bytes, name: str = "plan.ifc") -> Response:
    """The form of the page, sent."""
    return desk.post(
        PAGE,
        data={"number": "12/104"},
        files={"drawing": (name, model, "application/octet-stream")},
        follow_redirects=False,
        headers={"accept": "text/html"},
    )


def test_a_program_may_send_a_model(desk: TestClient) -> None:
    answer = desk.post(API, content=MODEL, headers={"content-type": "application/x-step"})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    jsonschema.Draft202012Validator(check_schema()).validate(found)
    assert found["drawing"]["profile"] == "ifc"
    assert found["drawing"]["version"] == "IFC4"


@pytest.mark.parametrize("name", ["plan.ifc", "plan.dxf"])
def test_the_page_of_a_checked_model_offers_no_marks_whatever_its_name(desk: TestClient, name: str) -> None:
    answer = hand_in(desk, MODEL, name)
    assert answer.status_code == 303
    where = answer.headers["location"].split("?")[0]
    page = desk.get(where)
    assert page.status_code == 200
    assert "marked.dxf" not in page.text
    assert "<svg" in page.text
    refused = desk.get(f"{where}/marked.dxf")
    assert refused.status_code == 404
    assert "model" in refused.text
    assert desk.get(f"{where}/findings.pdf").content.startswith(b"%PDF")


def test_a_drawing_that_is_called_a_model_is_read_as_a_drawing(desk: TestClient) -> None:
    drawing = desk.get("/test-town/starter.dxf?number=12/104").content
    where = hand_in(desk, drawing).headers["location"].split("?")[0]
    assert "marked.dxf" in desk.get(where).text


def test_a_model_without_contents_is_refused_with_what_to_send(desk: TestClient) -> None:
    answer = desk.post(API, content=MODEL.split(b"DATA;")[0], headers={"content-type": "application/x-step"})
    assert answer.status_code == 422
    assert "model" in answer.json()["detail"]


def test_the_command_line_checks_a_model_and_says_that_it_cannot_be_marked(
    town: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BHUMIKA_DATABASE_URL", town.url.render_as_string(hide_password=False))
    monkeypatch.setenv("BHUMIKA_STATE", str(tmp_path))
    plan, marked = tmp_path / "plan.ifc", tmp_path / "marked.dxf"
    plan.write_bytes(MODEL)
    words = ["check", str(plan), "--parcel", "test-town", "12/104"]
    run = CliRunner().invoke(app, words)
    assert run.exit_code in {EXIT[Verdict.FAIL], EXIT[Verdict.UNKNOWN]}, run.output
    refused = CliRunner().invoke(app, [*words, "-o", str(marked)])
    assert refused.exit_code == 1
    assert "is a model" in refused.stderr.replace("\n", " ")
    assert not marked.exists()
