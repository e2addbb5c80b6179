"""What a plot can carry is told by page, program and command line, with everything that is not known beside it."""

import csv
import io
import json
import re
from pathlib import Path

import jsonschema
import pytest
from click.testing import Result
from fastapi.testclient import TestClient
from shapely.geometry import shape
from sqlalchemy import Engine
from typer.testing import CliRunner

from api.answers import LandAnswers
from api.cli import app
from rules.envelope_schema import envelope_schema
from tests.rules.plan_builders import a_site
from web.figures import Figures
from web.languages import Language, Wording

ASKED = "number=12/105&occupancy=A1&storey=3"


@pytest.fixture(autouse=True)
def settings(town: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The town's database, and a state folder of the test's own."""
    monkeypatch.setenv("BHUMIKA_DATABASE_URL", town.url.render_as_string(hide_password=False))
    monkeypatch.setenv("BHUMIKA_STATE", str(tmp_path))


def bhumika(*words: object) -> Result:
    """A command in this process."""
    return CliRunner().invoke(app, [str(word) for word in words])


def test_a_program_gets_the_envelope_with_what_decides(client: TestClient) -> None:
    answer = client.get(f"/api/test-town/envelope?{ASKED}")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["schema"] == "bhumika-envelope-1"
    assert found["choice"]["title"] == "Temple road"
    assert found["choice"]["bands"][0]["top"] == "10"
    assert found["choice"]["carried"][0]["decider"]
    assert found["is_certain"] is False
    assert found["gaps"]
    assert client.get(f"/api/test-town/envelope?{ASKED}").content == answer.content


def test_the_form_of_the_answer_is_published(client: TestClient) -> None:
    published = client.get("/api/schema/envelope.json").json()
    assert published == envelope_schema()
    for storey, day in (("3", ""), ("1e1", ""), ("3", "&on=2025-06-01"), ("3", "&on=2020-05-05")):
        answer = client.get(f"/api/test-town/envelope?number=12/105&occupancy=A1&storey={storey}{day}")
        jsonschema.Draft202012Validator(published).validate(answer.json())


def test_the_envelope_lies_inside_its_plot_on_the_map(client: TestClient) -> None:
    features = client.get(f"/api/test-town/envelope?{ASKED}&format=geojson").json()["features"]
    extract = client.get("/api/test-town/extract?number=12/105&format=geojson").json()
    plot = shape(extract["features"][0]["geometry"]).buffer(1e-6)
    assert features
    assert all(plot.covers(shape(feature["geometry"])) for feature in features)
    assert all(feature["properties"]["bottom"] >= 0 for feature in features)


def test_a_higher_storey_gives_fewer_of_them(client: TestClient) -> None:
    low, high = (
        client.get(f"/api/test-town/envelope?number=12/105&occupancy=A1&storey={storey}").json()
        for storey in ("3", "6")
    )
    storeys = [each["choice"]["carried"][0]["storeys"] for each in (low, high)]
    assert storeys[0] >= storeys[1]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("number=12/105&occupancy=A1&storey=0", 422),
        ("number=12/105&occupancy=A1&storey=NaN", 422),
        ("number=12/105&occupancy=Z9&storey=3", 422),
        ("number=12/105&occupancy=A1&storey=3&front=nowhere", 422),
        ("number=12/105&occupancy=A1", 422),
        ("number=99/9&occupancy=A1&storey=3", 404),
        ("number=12/106&occupancy=A1&storey=3", 410),
        (f"{ASKED}&on=2025-06-01", 200),
    ],
)
def test_a_wrong_question_is_told(client: TestClient, address: str, status: int) -> None:
    answer = client.get(f"/api/test-town/envelope?{address}")
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"


def test_on_a_day_that_was_not_read_nothing_is_reckoned(client: TestClient) -> None:
    found = client.get(f"/api/test-town/envelope?{ASKED}&on=2025-06-01").json()
    assert found["choice"] is None
    assert found["gaps"]


@pytest.mark.parametrize(("language", "words"), [("en", "What plot 12/105 can carry"), ("ml", "എന്തു പണിയാം")])
def test_the_page_shows_numbers_drawings_and_what_is_not_known(
    client: TestClient, language: str, words: str
) -> None:
    answer = client.get(
        "/test-town/build?number=12/105", headers={"accept": "text/html", "accept-language": language}
    )
    assert answer.status_code == 200
    assert words in answer.text
    assert answer.text.count('<svg class="envelope') == 2
    assert "data-envelope-map" in answer.text


@pytest.mark.parametrize(
    ("words", "status"), [("", 422), ("?number=12/105&storey=high", 422), ("?number=99/9", 404)]
)
def test_the_page_refuses_what_it_cannot_understand(client: TestClient, words: str, status: int) -> None:
    assert client.get(f"/test-town/build{words}", headers={"accept": "text/html"}).status_code == status


@pytest.mark.parametrize("language", ["en", "ml"])
def test_the_plots_page_tells_what_it_can_carry_in_words(client: TestClient, language: str) -> None:
    page = client.get(
        "/test-town/plot?number=12/105", headers={"accept": "text/html", "accept-language": language}
    ).text
    part = page[page.index("data-envelope-part") : page.index('id="themes-title"')]
    choice = client.get(f"/api/test-town/envelope?{ASKED}").json()["choice"]
    figures = Figures(t=Wording(language=Language(language)))
    largest = choice["carried"][0]
    for told in (
        figures.area(float(choice["bands"][0]["area"])),
        figures.area(float(choice["footprint"])),
        figures.area(float(largest["floor_area"])),
        figures.metres(float(largest["height"])),
    ):
        assert told in part
    assert ("coverage" in part) == (language == "en")
    assert "data-envelope-map" in part


def test_the_map_of_the_plots_page_raises_the_same_body_as_the_program_gets(client: TestClient) -> None:
    page = client.get("/test-town/plot?number=12/105", headers={"accept": "text/html"}).text
    found = re.search(r'<script type="application/json" data-raised>(.*?)</script>', page)
    assert found is not None
    assert (
        json.loads(found[1])["envelope"]
        == client.get(f"/api/test-town/envelope?{ASKED}&format=geojson").json()
    )


def test_the_plots_page_of_a_day_tells_by_the_rules_of_that_day(client: TestClient) -> None:
    page = client.get("/test-town/plot?number=12/105&on=2025-06-01", headers={"accept": "text/html"}).text
    assert "so nothing can be reckoned." in page
    assert "data-envelope-map" not in page


def test_where_nobody_knows_whose_rules_bind_the_plots_page_says_so(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LandAnswers, "site", lambda *_: a_site({"body": None}))
    answer = client.get("/test-town/plot?number=12/105", headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert "so nobody can say whose rules bind" in answer.text


def test_what_the_book_does_not_hold_for_a_panchayat_is_said_to_be_open(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LandAnswers, "site", lambda *_: a_site({"body": "panchayat"}))
    page = client.get("/test-town/plot?number=12/105", headers={"accept": "text/html"}).text
    part = page[page.index("data-envelope-part") : page.index('id="themes-title"')]
    assert "cannot be told" in part
    assert "only advises" in part


def test_an_area_drawn_by_hand_can_carry_nothing(client: TestClient) -> None:
    corners = client.get("/api/test-town/extract?number=12/105&format=geojson").json()["features"][0]
    ring = "~".join(f"{x},{y}" for x, y, *_ in shape(corners["geometry"]).envelope.exterior.coords[:4])
    answer = client.get(f"/test-town/area?corners={ring}", headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert "data-envelope-part" not in answer.text


def test_the_plots_page_leads_to_what_may_be_built(client: TestClient) -> None:
    page = client.get("/test-town/plot?number=12/105", headers={"accept": "text/html"}).text
    assert "/test-town/build?number=12/105" in page
    assert "/test-town/check?number=12/105" in page


def test_the_command_tells_a_plot(tmp_path: Path) -> None:
    run = bhumika("envelope", "test-town", "12/105")
    assert run.exit_code == 0, run.stderr
    assert "Largest footprint" in run.stdout
    assert "A storey is taken to be 3.00 m high" in run.stdout
    assert json.loads(bhumika("envelope", "test-town", "12/105", "--json").stdout)["number"] == "12/105"
    assert bhumika("envelope", "test-town", "12/105", "-o", tmp_path / "e.geojson").exit_code == 0
    assert json.loads((tmp_path / "e.geojson").read_bytes())["features"]


def test_the_command_tells_a_ward(tmp_path: Path) -> None:
    run = bhumika("envelope", "test-town", "--ward", "Market")
    assert run.exit_code == 0, run.stderr
    rows = list(csv.DictReader(io.StringIO(run.stdout)))
    assert [row["number"] for row in rows] == ["12/104", "12/105", "12/106-1", "12/106-2"]
    assert float(rows[1]["floor_area"]) > 0
    assert bhumika("envelope", "test-town", "--ward", "mark", "-o", tmp_path / "w.geojson").exit_code == 0
    numbers = {
        each["properties"]["number"] for each in json.loads((tmp_path / "w.geojson").read_bytes())["features"]
    }
    assert numbers <= {row["number"] for row in rows}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("envelope", "test-town"), "Say which plot"),
        (("envelope", "test-town", "12/105", "--ward", "Market"), "Say which plot"),
        (("envelope", "test-town", "--ward", "Nowhere"), "Known: Market"),
        (("envelope", "test-town", "--ward", "Market", "--front", "x"), "for one plot"),
        (("envelope", "test-town", "--ward", "Market", "-o", "w.json"), ".csv or .geojson"),
        (("envelope", "test-town", "12/105", "-o", "w.csv"), ".json or .geojson"),
        (("envelope", "test-town", "12/105", "--storey", "-1"), "cannot be built"),
    ],
)
def test_the_command_says_what_it_does_not_understand(words: tuple[str, ...], told: str) -> None:
    run = bhumika(*words)
    assert run.exit_code == 1
    assert told in " ".join(run.stderr.split())


WARD = "ward=Market&occupancy=A1&storey=3"


def test_a_whole_ward_is_told_at_once_with_an_outcome_for_each_plot(client: TestClient) -> None:
    answer = client.get(f"/api/test-town/envelopes?{WARD}")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert "12/105" in {row["number"] for row in rows}
    alone = client.get(f"/api/test-town/envelope?{ASKED}").json()
    (row,) = (row for row in rows if row["number"] == "12/105")
    assert (row["outcome"], row["floor_area"]) == (
        alone["outcome"],
        alone["choice"]["carried"][0]["floor_area"],
    )


def test_a_plot_without_a_street_or_with_anything_missing_is_unknown(client: TestClient) -> None:
    for row in csv.DictReader(io.StringIO(client.get(f"/api/test-town/envelopes?{WARD}").text)):
        if int(row["gaps"] or 1) or int(row["conditions"] or 1) or not row["front"]:
            assert row["outcome"] == "unknown"
        if not row["front"]:
            assert (row["ground"], row["footprint"], row["floor_area"], row["storeys"]) == ("", "", "", "")
            assert row["reason"]


def test_a_ward_stands_on_the_map_with_heights(client: TestClient) -> None:
    found = client.get(f"/api/test-town/envelopes?{WARD}&format=geojson").json()
    assert found["features"]
    assert {feature["properties"]["outcome"] for feature in found["features"]} <= {"known", "unknown"}
    assert all(feature["properties"]["number"] for feature in found["features"])


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("ward=nowhere&occupancy=A1&storey=3", 404),
        ("ward=Market&occupancy=Z9&storey=3", 422),
        ("ward=Market&occupancy=A1&storey=0", 422),
        ("occupancy=A1&storey=3", 422),
    ],
)
def test_a_wrong_question_about_a_ward_is_refused_before_anything_is_sent(
    client: TestClient, words: str, status: int
) -> None:
    assert client.get(f"/api/test-town/envelopes?{words}").status_code == status


@pytest.mark.parametrize(("language", "words"), [("en", "unknown"), ("ml", "പറയാനാവില്ല")])
def test_the_page_of_a_ward_lists_its_plots(client: TestClient, language: str, words: str) -> None:
    headers = {"accept": "text/html", "accept-language": language}
    answer = client.get("/test-town/build/ward?ward=Market", headers=headers)
    assert answer.status_code == 200, answer.text
    assert "number=12/105" in answer.text
    assert words in answer.text
    assert "data-envelope-map" in answer.text
    assert client.get("/test-town/build/ward", headers=headers).status_code == 200
