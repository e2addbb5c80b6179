"""The API about land: what it answers, and what it says to questions that make no sense."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient
from mapbox_vector_tile import decode
from sqlalchemy import create_engine

from api.answers import today
from api.app import create_app
from api.settings import Settings
from gis.crs import to_geographic
from tests.api.town import MIDDLE

TOWN = "/api/test-town"


def ring(corners: int = 4) -> list[list[float]]:
    shape = (
        to_geographic(MIDDLE.buffer(5), 32643)
        if corners == 4
        else to_geographic(MIDDLE.buffer(5, quad_segs=corners // 4), 32643)
    )
    return [[x, y] for x, y in shape.exterior.coords]


def post_area(client: TestClient, coordinates: object) -> Any:
    return client.post(f"{TOWN}/extract", json={"area": {"type": "Polygon", "coordinates": coordinates}})


def test_an_extract_follows_the_published_schema(client: TestClient) -> None:
    schema = client.get("/api/schema/extract.json").json()
    jsonschema.validate(client.get(f"{TOWN}/extract?number=12/104").json(), schema)


def test_number_ulpin_and_position_lead_to_the_same_plot(client: TestClient, somewhere: str) -> None:
    answers = [
        client.get(f"{TOWN}/extract?{question}").content
        for question in ("number=12/104", "number=12 / 104", "ulpin=kl000000000104", f"at={somewhere}")
    ]
    assert len(set(answers)) == 1


@pytest.mark.parametrize("form", ["json", "geojson", "pdf"])
def test_the_same_question_gives_the_same_bytes(client: TestClient, form: str) -> None:
    first, second = (client.get(f"{TOWN}/extract?number=12/104&format={form}") for _ in range(2))
    assert first.status_code == 200
    assert first.content == second.content


@pytest.mark.parametrize(("beyond", "status"), [("last", 200), ("now", 200), ("future", 422)])
def test_what_was_believed_after_the_last_recording_is_what_was_recorded_last(
    client: TestClient, beyond: str, status: int
) -> None:
    plain = client.get(f"{TOWN}/extract?number=12/104")
    last, now = datetime.fromisoformat(plain.json()["at"]["known"]), datetime.now(UTC)
    moment = {"last": last + timedelta(milliseconds=1), "now": now, "future": now + timedelta(minutes=5)}[
        beyond
    ]
    answer = client.get(f"{TOWN}/extract", params={"number": "12/104", "known": moment.isoformat()})
    assert answer.status_code == status
    assert (answer.content == plain.content) is (status == 200)


def test_a_divided_plot_is_gone_and_names_its_successors(client: TestClient) -> None:
    answer = client.get(f"{TOWN}/extract?number=12/106")
    assert answer.status_code == 410
    assert answer.json()["successors"] == ["12/106-1", "12/106-2"]


@pytest.mark.parametrize(("on", "status"), [("2024-04-30", 200), ("2024-05-01", 410)])
def test_before_the_division_it_is_still_there(client: TestClient, on: str, status: int) -> None:
    assert client.get(f"{TOWN}/extract?number=12/106&on={on}").status_code == status


def test_a_drawn_area_is_asked_like_a_plot(client: TestClient) -> None:
    answer = post_area(client, [ring()])
    assert answer.status_code == 200
    assert answer.json()["subject"]["kind"] == "area"


@pytest.mark.parametrize(
    "words", ["12/104", "Puthoor", "puttur", "പുത്തൂർ", "KL000000000104", "House on 12/104"]
)
def test_people_find_it_by_what_they_have(client: TestClient, words: str) -> None:
    results = client.get(f"{TOWN}/search", params={"q": words}).json()["results"]
    if words.startswith("House"):
        assert results == []
        return
    assert results[0]["number"] == "12/104" or results[0]["title_en"] == "Puthoor"


def test_coordinates_are_found_as_people_write_them(client: TestClient, somewhere: str) -> None:
    longitude, latitude = somewhere.split(",")
    results = client.get(f"{TOWN}/search", params={"q": f"{latitude}, {longitude}"}).json()["results"]
    assert [result["number"] for result in results] == ["12/104"]


def test_a_tile_shows_the_plots_and_the_layers_asked_for(client: TestClient, somewhere: str) -> None:
    x, y = tile_of(somewhere, 15)
    tile = decode(client.get(f"/tiles/test-town/15/{x}/{y}.mvt?layers=parcels,flood").content)
    assert {feature["properties"]["number"] for feature in tile["parcels"]["features"]} == {
        "12/104",
        "12/105",
        "12/106-1",
        "12/106-2",
    }
    assert len(tile["flood"]["features"]) == 1


def tile_of(position: str, zoom: int) -> tuple[int, int]:
    from math import asinh, pi, radians, tan

    longitude, latitude = (float(part) for part in position.split(","))
    count = 2**zoom
    return int((longitude + 180) / 360 * count), int((1 - asinh(tan(radians(latitude))) / pi) / 2 * count)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{TOWN}/extract", 422),
        (f"{TOWN}/extract?number=99/99", 404),
        (f"{TOWN}/extract?number=", 422),
        (f"{TOWN}/extract?number=%00", 422),
        (f"{TOWN}/extract?number={'9' * 500}", 422),
        (f"{TOWN}/extract?ulpin=short", 422),
        (f"{TOWN}/extract?at=999,3", 422),
        (f"{TOWN}/extract?at=10.6,76.4", 422),
        (f"{TOWN}/extract?at=nan,nan", 422),
        (f"{TOWN}/extract?at=inf,0", 422),
        (f"{TOWN}/extract?at=here", 422),
        (f"{TOWN}/extract?at=1,2,3", 422),
        (f"{TOWN}/extract?number=12/104&on=31-12-2024", 422),
        (f"{TOWN}/extract?number=12/104&on=0001-01-01", 404),
        (f"{TOWN}/extract?number=12/104&on=2999-01-01", 422),
        (f"{TOWN}/extract?number=12/104&date=2010-01-01", 422),
        (f"{TOWN}/extract?number=12/104&at=76.4,10.6", 422),
        (f"{TOWN}/extract?number=12/104&known=2999-01-01T00:00:00Z", 422),
        (f"{TOWN}/extract?number=12/104&known=1999-01-01T00:00:00Z", 404),
        (f"{TOWN}/extract?number=12/104&format=docx", 422),
        ("/api/nowhere/extract?number=1", 404),
        ("/api/%00/extract?number=1", 422),
        (f"{TOWN}/search?q=", 422),
        (f"{TOWN}/search?q={'x' * 500}", 422),
        (f"{TOWN}/search", 422),
        (f"{TOWN}/compare?number=12/104", 422),
        ("/tiles/test-town/40/0/0.mvt", 422),
        ("/tiles/test-town/3/9/0.mvt", 422),
        ("/tiles/test-town/-1/0/0.mvt", 422),
        ("/tiles/nowhere/3/1/1.mvt", 404),
        (f"{TOWN}/search?q=%00", 422),
        ("/nothing", 404),
    ],
)
def test_a_question_without_sense_is_told_so(client: TestClient, address: str, status: int) -> None:
    answer = client.get(address, headers={"accept": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert len(answer.json()["detail"]) > 5


@pytest.mark.parametrize(
    ("coordinates", "status"),
    [
        ([], 422),
        ([[]], 422),
        ([[[76.4, 10.6]]], 422),
        ([[[76.4, 10.6], [76.5, 10.7], [76.4, 10.6]]], 422),
        ([[[76.4, 10.6], [76.41, 10.61], [76.41, 10.6], [76.4, 10.61], [76.4, 10.6]]], 422),
        ([[[760.4, 10.6], [76.41, 10.61], [76.41, 10.6], [760.4, 10.6]]], 422),
        ([[[75.5, 10.0], [76.5, 10.0], [76.5, 11.0], [75.5, 10.0]]], 413),
        ([[[76.4], [76.41], [76.42], [76.4]]], 422),
        ("somewhere", 422),
    ],
)
def test_an_area_that_is_none_is_told_so(client: TestClient, coordinates: object, status: int) -> None:
    answer = post_area(client, coordinates)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_a_polygon_of_a_hundred_thousand_corners_is_too_large(client: TestClient) -> None:
    answer = post_area(client, [ring(100_000)])
    assert answer.status_code == 413
    assert "simpl" in answer.json()["detail"]


@pytest.mark.parametrize(("corners", "status"), [(10_000, 200), (10_004, 413)])
def test_the_limit_of_corners_is_ten_thousand(client: TestClient, corners: int, status: int) -> None:
    outline = ring(corners)[:-1] if corners == 10_000 else ring(corners)
    assert post_area(client, [outline]).status_code == status


def test_numbers_that_json_does_not_know_are_refused(client: TestClient) -> None:
    body = '{"area": {"type": "Polygon", "coordinates": [[[NaN, 1], [2, 3], [4, 5], [NaN, 1]]]}}'
    answer = client.post(f"{TOWN}/extract", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422


def test_every_answer_keeps_to_its_own_host(client: TestClient) -> None:
    for address in ("/health", "/", f"{TOWN}/extract?number=99"):
        headers = client.get(address).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_geojson_is_written_for_other_tools(client: TestClient) -> None:
    content = json.loads(client.get(f"{TOWN}/extract?number=12/104&format=geojson").content)
    assert content["synthetic"] is True
    assert {feature["properties"]["kind"] for feature in content["features"]} == {"parcel", "hit"}


def test_a_comparison_tells_what_was_there_on_each_date(client: TestClient) -> None:
    content = client.get(f"{TOWN}/compare?number=12/106&on=2024-04-30&on2=2024-05-01").json()
    assert [side["there"] for side in content["sides"]] == [True, False]
    assert content["sides"][1]["successors"] == ["12/106-1", "12/106-2"]
    assert content["differences"] is None


def test_a_comparison_of_a_day_with_itself_finds_nothing(client: TestClient) -> None:
    content = client.get(f"{TOWN}/compare?number=12/104&on=2024-04-30&on2=2024-04-30").json()
    assert content["differences"]["themes"] == []


def test_a_date_in_the_address_of_a_drawn_area_is_not_silently_dropped(client: TestClient) -> None:
    body = {"area": {"type": "Polygon", "coordinates": [ring()]}}
    assert client.post(f"{TOWN}/extract?on=2010-01-01", json=body).status_code == 422
    assert (
        client.post(f"{TOWN}/extract", json={**body, "on": "2010-01-01"}).json()["at"]["on"] == "2010-01-01"
    )


@pytest.mark.parametrize(("days", "status"), [(0, 200), (1, 422)])
def test_today_can_be_asked_and_tomorrow_cannot(client: TestClient, days: int, status: int) -> None:
    day = today() + timedelta(days=days)
    assert client.get(f"{TOWN}/extract?number=12/104&on={day}").status_code == status


def test_the_number_on_an_old_receipt_is_found(client: TestClient) -> None:
    results = client.get(f"{TOWN}/search", params={"q": "12/106"}).json()["results"]
    assert [(each["kind"], each["number"]) for each in results] == [("gone", "12/106")]


def test_a_database_that_is_away_is_said_to_be_away() -> None:
    away = create_engine("postgresql+psycopg://nobody@/nothing?host=/nowhere")
    client = TestClient(create_app(Settings(), away), raise_server_exceptions=False)
    for address in ("/health", f"{TOWN}/extract?number=12/104", f"{TOWN}/search?q=1"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
