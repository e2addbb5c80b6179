"""A refusal says what is wrong, why, and what to do next; never what the machine calls it."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, create_engine

from api import app as application
from api.app import create_app
from api.settings import Settings
from gis.crs import to_geographic
from tests.api.town import MIDDLE

TOWN = "/api/test-town"
INTERNALS = re.compile(
    r"EPSG|JSON decode|Extra inputs|Input should|Jurisdiction\(|dictionary|datetime|\b\d{6,}\.\d|<class|Traceback"
)
SPOT = to_geographic(MIDDLE, 32643)
EAST, NORTH = SPOT.x, SPOT.y
BOW_TIE = [[EAST, NORTH], [EAST + 2e-4, NORTH + 2e-4], [EAST + 2e-4, NORTH], [EAST, NORTH + 2e-4]]


def square(east: float, north: float, side: float = 2e-4) -> list[list[float]]:
    return [[east, north], [east + side, north], [east + side, north + side], [east, north + side]]


def body(*rings: list[list[float]], **other: object) -> dict[str, object]:
    return {"area": {"type": "Polygon", "coordinates": list(rings)}, **other}


def refused(answer: Any, status: int) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert not INTERNALS.search(problem["detail"]), problem["detail"]
    assert problem["code"]
    return problem


@pytest.mark.parametrize(
    ("address", "status", "code", "told"),
    [
        (
            "/extract?number=12/104&on=2026-02-30",
            422,
            "bad-date",
            "“2026-02-30”; write a date as year-month-day",
        ),
        ("/extract?number=12/104&known=then", 422, "bad-date", "“then”; write an instant as"),
        ("/extract?number=12/104&format=xml", 422, "not-understood", "choose 'json', 'geojson' or 'pdf'"),
        ("/extract?number=12/104&onn=2024-01-01", 422, "not-understood", "it knows: at, format, known"),
        ("/extract?number=12/104&on=2024-01-01&on=2025-01-01", 422, "not-understood", "more than once"),
        ("/catalogue?x=1", 422, "not-understood", "leave it out"),
        ("/extract?ulpin=short", 422, "bad-number", "14 letters and digits"),
        ("/extract?number=%20", 422, "bad-number", "as on the tax receipt"),
        ("/extract?number=99/99", 404, "no-parcel", "Check it against the tax receipt"),
        ("/extract?number=12/104&on=1980-01-01", 404, "no-parcel", "Ask for that day or a later one"),
        ("/extract?number=12/106", 410, "gone", "12/106-1"),
        ("/extract?at=north", 422, "bad-position", "longitude,latitude"),
        ("/extract?at=nan,1", 422, "bad-position", "not on the earth"),
        (f"/extract?at={NORTH},{EAST}", 422, "outside", "longitude first"),
        ("/compare?number=12/104&on=2024-01-01", 422, "not-understood", "“on2” is missing; write a date"),
        ("/search", 422, "not-understood", "“q” is missing"),
        ("/parcels", 422, "not-understood", "“at” is missing; write longitude,latitude"),
        ("/nothing", 404, "no-address", "/openapi.json"),
    ],
)
def test_a_question_that_fails_is_told_what_to_do(
    client: TestClient, address: str, status: int, code: str, told: str
) -> None:
    problem = refused(client.get(TOWN + address), status)
    assert problem["code"] == code
    assert told in problem["detail"]


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        (b"", 422, "must be a JSON object"),
        (b"null", 422, "must be a JSON object"),
        (b"[1, 2", 422, "not JSON (at character"),
        (b'{"area": ', 422, "not JSON (at character"),
        (b"\xff\xfe{", 400, "not JSON in UTF-8"),
        (b"[" * 100_000, 400, "too deep"),
        (b'{"area": 5}', 422, "“area” is 5; write fields with their values"),
        (b"{}", 422, "“area” is missing; send"),
        (b'{"area": {"type": "Point", "coordinates": []}}', 422, "choose 'Polygon'"),
        (b'{"area": {"type": "Polygon", "coordinates": [[["a", 2]]]}}', 422, "[0][0][0]” is “a”; write a number"),
        (b'{"area": {"type": "Polygon", "coordinates": [[[NaN, 2], [1, 2], [3, 3]]]}}', 422, "not on the earth"),
        (b'{"area": {"type": "Polygon", "coordinates": []}, "x": 1}', 422, "use one of: area, known, on"),
        (b'{"area": {"type": "Polygon", "crs": 1, "coordinates": []}}', 422, "use one of: coordinates, type"),
        (b'{"area": {"type": "Polygon", "coordinates": []}, "on": "x"}', 422, "write a date as year-month-day"),
        (b'{"area": {"type": "Polygon", "coordinates": [[[1], [1], [1]]]}}', 422, "[76.2144, 10.5276]"),
    ],
)  # fmt: skip
def test_a_body_that_fails_is_told_what_is_wanted(
    client: TestClient, sent: bytes, status: int, told: str
) -> None:
    answer = client.post(f"{TOWN}/extract", content=sent, headers={"content-type": "application/json"})
    assert told in refused(answer, status)["detail"]


def test_a_thousand_wrong_corners_are_told_in_one_sentence(client: TestClient) -> None:
    wrong: Any = [["a", "b"]] * 1_000
    problem = refused(client.post(f"{TOWN}/extract", json=body(wrong)), 422)
    assert "and 1997 more like these" in problem["detail"]
    assert len(problem["detail"]) < 500


def test_where_an_outline_crosses_itself_is_told_in_degrees(client: TestClient) -> None:
    problem = refused(client.post(f"{TOWN}/extract", json=body(BOW_TIE)), 422)
    assert problem["code"] == "bad-area"
    where = re.search(r"at ([\d.]+), ([\d.]+) \(longitude, latitude\)", problem["detail"])
    assert where
    assert float(where[1]) == pytest.approx(EAST + 1e-4, abs=1e-6)
    assert float(where[2]) == pytest.approx(NORTH + 1e-4, abs=1e-6)


@pytest.mark.parametrize(("north", "status"), [(-0.06, 404), (-0.04, 200), (0.04, 200), (0.06, 404)])
def test_an_area_away_from_the_place_is_outside_not_without_data(
    client: TestClient, north: float, status: int
) -> None:
    answer = client.post(f"{TOWN}/extract", json=body(square(EAST, NORTH + north)))
    assert answer.status_code == status
    if status == 404:
        assert refused(answer, 404)["code"] == "outside"


@pytest.mark.parametrize(("east", "north"), [(-71.1, 42.37), (72.5, 10.0), (10.65, 76.42)])
def test_another_country_and_swapped_coordinates_are_outside(
    client: TestClient, east: float, north: float
) -> None:
    problem = refused(client.post(f"{TOWN}/extract", json=body(square(east, north))), 404)
    assert problem["code"] == "outside"
    assert "longitude first" in problem["detail"]
    corners = "~".join(f"{x},{y}" for x, y in square(east, north))
    page = client.get(f"/test-town/area?corners={corners}", headers={"accept": "text/html"})
    assert page.status_code == 404


def test_a_wrong_method_is_told_the_right_ones(client: TestClient) -> None:
    answer = client.put(f"{TOWN}/extract")
    assert "use GET or POST" in refused(answer, 405)["detail"]
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("layers", "status"),
    [("parcels", 200), ("flood,parcels", 200), ("quarry", 200), ("flod", 404), ("parcels,flod", 404), ("", 422)],
)  # fmt: skip
@pytest.mark.parametrize("tile", ["14/11670/7707", "1/0/0"])
def test_a_tile_of_a_layer_that_is_not_there_is_not_an_empty_tile(
    client: TestClient, tile: str, layers: str, status: int
) -> None:
    answer = client.get(f"/tiles/test-town/{tile}.mvt?layers={layers}")
    assert answer.status_code == status
    if status != 200:
        assert f"{TOWN}/catalogue" in refused(answer, status)["detail"]


def test_a_word_that_a_tile_does_not_know_is_refused(client: TestClient) -> None:
    refused(client.get("/tiles/test-town/1/0/0.mvt?onn=2020-01-01"), 422)


def test_before_set_up_the_map_says_what_to_run(
    town: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "static").mkdir()
    monkeypatch.setattr(application, "WEB", tmp_path)
    client = TestClient(create_app(Settings(state=tmp_path), town), raise_server_exceptions=False)
    problem = refused(client.get("/vendor/maplibre-gl/dist/maplibre-gl.mjs"), 503)
    assert "./bhumika up" in problem["detail"]


@pytest.mark.parametrize(
    ("address", "status", "sentence", "detail"),
    [
        ("plot?number=99/99", 404, "ഈ തീയതിയിൽ ഈ നമ്പറിൽ പ്ലോട്ടില്ല", "has the number 99/99"),
        ("plot?number=12/106", 410, "വിഭജിക്കുകയോ", "Its land is now in 12/106-1"),
        ("plot?number=12/104&on=yesterday", 422, "ഇത് തീയതിയല്ല", "“yesterday” is not a date"),
        ("plot?ulpin=1", 422, "ഇത് പ്ലോട്ടിന്റെ നമ്പറല്ല", "is not a ULPIN"),
        ("plot?at=here", 422, "ഇത് സ്ഥാനമല്ല", "“here” is not a position"),
        ("area?corners=72,10~72.1,10~72.1,10.1", 404, "ഈ സ്ഥലത്തിനു പുറത്താണ്", "lies outside"),
        ("area?corners=76.4,10.6~76.5,10.6~76.5,10.7", 413, "ചെറിയ പ്രദേശമോ", "wider than"),
        ("none/at/all", 404, "ഈ വിലാസത്തിൽ പേജില്ല", "nothing at the address"),
    ],
)
def test_a_page_refuses_in_malayalam_with_the_english_beside_it(
    client: TestClient, address: str, status: int, sentence: str, detail: str
) -> None:
    for language in ("ml", "en"):
        answer = client.get(
            f"/test-town/{address}", headers={"accept": "text/html", "accept-language": language}
        )
        assert answer.status_code == status
        assert (sentence in answer.text) is (language == "ml")
        assert detail in answer.text
        assert ('<span lang="en">' in answer.text) is (language == "ml")


def test_a_service_without_its_database_says_so_in_malayalam_too(tmp_path: Path) -> None:
    away = create_engine("postgresql+psycopg://nobody@/nothing?host=/nowhere")
    client = TestClient(create_app(Settings(state=tmp_path), away), raise_server_exceptions=False)
    answer = client.get("/test-town/plot?number=1", headers={"accept": "text/html", "accept-language": "ml"})
    assert answer.status_code == 503
    assert "സേവനം ഇപ്പോൾ ലഭ്യമല്ല" in answer.text
    assert "./bhumika up --no-serve" in answer.text


def test_the_document_says_how_a_refusal_looks_and_what_is_no_json(client: TestClient) -> None:
    told = client.get("/openapi.json").json()["paths"]
    answers = {path: next(iter(each.values()))["responses"] for path, each in told.items()}
    assert all(set(each["4XX"]["content"]) == {"application/problem+json"} for each in answers.values())
    assert not any("422" in each for each in answers.values())
    pdf = answers["/api/{code}/extract"]["200"]["content"]
    assert set(pdf) == {"application/json", "application/geo+json", "application/pdf"}
    assert set(answers["/tiles/{code}/raster/{layer}/{z}/{x}/{y}.{form}"]) >= {"200", "204"}
