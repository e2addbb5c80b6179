"""A line of an extract is disputed from the plot's page, and the line says so until the office has decided."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from api.sample_town import BODY, CITIZENS, OFFICERS
from civic.core.bodies import inside
from civic.objections.service import LAND_TYPES, STATUSES
from gis.site import Status
from tests.civic.test_sample_town import become, step
from web.languages import Language, Wording

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
    status, told = dispute(door, theme="area")
    assert status == 422
    assert "already" in told


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
    found, told = dispute(door, **({"theme": "boundary"} | form))
    assert found in (status, 422)
    assert not re.search("OB-", told)


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


def test_what_the_line_said_is_kept_in_both_languages(door: TestClient, sample_hall: Engine) -> None:
    become(door, CITIZENS[2][0])
    said = {
        "area": ("measured", "അളന്നത്"),
        "land_type": ("Purayidam", "പുരയിടം"),
        "number": ("1/6", "1/6"),
        "flood": ("No data", "വിവരമില്ല"),
    }
    for theme, (english, malayalam) in said.items():
        new = f"{TOWN}/objections/new?number=1/6&theme={theme}"
        assert english in door.get(f"{new}&lang=en").text
        page = door.get(f"{new}&lang=ml").text
        assert malayalam in page
        status, place = dispute(door, number="1/6", theme=theme)
        assert status == 303
        assert english in door.get(f"{place}?lang=en").text
        assert malayalam in door.get(f"{place}?lang=ml").text
    with inside(sample_hall, BODY.code) as (session, _):
        rows = session.execute(
            text("SELECT shown_en, shown_ml FROM objection WHERE number = '1/6' AND theme = 'land_type'")
        ).one()
    assert tuple(rows) == ("Purayidam (garden land)", "പുരയിടം")


def test_every_status_and_land_type_of_the_pages_has_its_words_here() -> None:
    """What is kept with an objection is what the pages say."""
    for language in ("en", "ml"):
        words = Wording(language=Language(language))
        assert {key: getattr(each, language) for key, each in STATUSES.items()} == {
            key: words(f"status.{key}") for key in STATUSES
        }
        assert {key: getattr(each, language) for key, each in LAND_TYPES.items()} == {
            key: words(f"land_type.{key}") for key in words.part("land_type")
        }
    assert set(STATUSES) == {str(each) for each in Status}


def test_a_second_click_shows_the_first_objection(door: TestClient) -> None:
    become(door, CITIZENS[2][0])
    first = dispute(door, number="1/4", theme="area", mark="page-1")
    assert first[0] == 303
    assert dispute(door, number="1/4", theme="area", mark="page-1") == first
    status, told = dispute(door, number="1/4", theme="area", mark="page-2")
    assert status == 422
    assert "already" in told
