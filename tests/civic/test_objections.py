"""A line of an extract is disputed from the plot's page, and the line says so until the office has decided."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.sample_town import BODY, CITIZENS, OFFICERS
from tests.civic.test_sample_town import become, step

TOWN = f"/town/{BODY.code}"
PLOT = f"/{BODY.jurisdiction}/plot?number=1/5&lang=en"


def dispute(door: TestClient, **form: str) -> tuple[int, str]:
    values = {"number": "1/5", "theme": "flood", "why": "It never floods here.", "evidence": "Survey 4"}
    answer = door.post(f"{TOWN}/objections/new", data=values | form, follow_redirects=False)
    return answer.status_code, answer.headers.get("location", answer.text)


def test_a_dispute_shows_on_its_line_without_a_name_until_it_is_decided(
    door: TestClient, sample_hall: Engine
) -> None:
    become(door, CITIZENS[0][0])
    assert f"{TOWN}/objections/new?number=1/5&amp;theme=flood" in door.get(PLOT).text
    status, place = dispute(door)
    number = place.rpartition("/")[2]
    assert status == 303
    assert number in door.get(PLOT).text
    stranger = TestClient(door.app)
    shown = stranger.get(PLOT).text
    assert "Disputed since" in shown
    assert number in shown
    assert CITIZENS[0][0] not in shown
    become(door, OFFICERS["verifier"])
    assert step(door, number, "examine", note="The gauge says otherwise.") == 303
    become(door, OFFICERS["secretary"])
    assert step(door, number, "dismiss", note="The map is right.") == 303
    assert "Disputed since" not in stranger.get(PLOT).text


def test_a_person_disputes_a_line_once_at_a_time(door: TestClient) -> None:
    become(door, CITIZENS[1][0])
    assert dispute(door, theme="area")[0] == 303
    status, text = dispute(door, theme="area")
    assert status == 422
    assert "already" in text


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"theme": "no_such_theme"}, 404),
        ({"number": "9/99"}, 404),
        ({"why": " "}, 422),
        ({"why": "x" * 2001}, 413),
        ({"sketch": "not json"}, 422),
        ({"sketch": '{"type": "Point", "coordinates": [0, 0]}'}, 422),
        ({"sketch": '{"type": "Point", "coordinates": ["a"]}'}, 422),
    ],
)
def test_what_cannot_be_disputed_is_refused(door: TestClient, form: dict[str, str], status: int) -> None:
    become(door, CITIZENS[2][0])
    found, text = dispute(door, **({"theme": "boundary"} | form))
    assert found in (status, 422)
    assert not re.search("OB-", text)


def test_the_plots_page_lists_cases_according_to_who_looks(door: TestClient) -> None:
    plot = f"/{BODY.jurisdiction}/plot?number=1/1&lang=en"
    stranger = door.get(plot)
    assert "LR-" not in stranger.text
    become(door, OFFICERS["auditor"])
    office = door.get(plot)
    assert "LR-" in office.text
    assert office.headers["cache-control"] == "no-store"
    become(door, CITIZENS[1][0])
    assert "LR-" not in door.get(plot).text
    become(door, CITIZENS[0][0])
    assert "LR-" in door.get(plot).text
