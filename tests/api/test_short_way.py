"""The short way to an extract: it takes plain questions alone, and answers them as the long way does."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from psycopg import OperationalError
from starlette.routing import Match

from api.short_way import LONGEST, ShortWay

TOWN = "/api/test-town"
LONG_WAY = "&format=json"
"""A word that changes nothing in the answer, and that only the long way reads."""


@pytest.fixture
def is_taken() -> Callable[[str, str], bool]:
    way = ShortWay()

    def taken(query: str, path: str = "/api/test-town/extract", method: str = "GET") -> bool:
        scope = {"type": "http", "method": method, "path": path, "query_string": query.encode()}
        return way.matches(scope)[0] is Match.FULL

    return taken


@pytest.mark.parametrize(
    "query", ["number=12/104", "number=12%2F104&on=2024-02-29", "on=2020-01-01&number=7", "number=a=b"]
)
def test_a_number_and_a_day_are_a_plain_question(is_taken: Callable[..., bool], query: str) -> None:
    assert is_taken(query)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "number=",
        "on=2024-01-01",
        "number=7&number=8",
        "number=7+8",
        "on=2024-01-01&number=7&on=2024-01-01",
        "number=7&on=2024-01-01&on=2024-01-02",
        "number=7&on=",
        "number=7&on=2023-02-29",
        "number=7&on=20240101",
        "number=7&on=2024-1-1",
        "number=7&on=1704067200",
        "number=7&known=2024-01-01T00:00:00Z",
        "number=7&format=json",
        "number=7&lang=en",
        "number=7&numbr=8",
        "ulpin=KL000000000104",
        "at=76.2,10.5",
    ],
)
def test_every_other_wording_goes_the_long_way(is_taken: Callable[..., bool], query: str) -> None:
    assert not is_taken(query)


@pytest.mark.parametrize(("length", "taken"), [(LONGEST, True), (LONGEST + 1, False)])
def test_a_long_question_goes_the_long_way(is_taken: Callable[..., bool], length: int, taken: bool) -> None:
    assert is_taken("number=".ljust(length, "7")) is taken


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/api/test-town/extract", "POST"),
        ("/api/test-town/extract", "HEAD"),
        ("/api/test-town/extract/", "GET"),
        ("/api/a/b/extract", "GET"),
        ("/api//extract", "GET"),
        ("/api/test-town/parcels", "GET"),
    ],
)
def test_it_stands_at_one_address(is_taken: Callable[..., bool], path: str, method: str) -> None:
    assert not is_taken("number=7", path, method)


@pytest.mark.parametrize(
    "question",
    [
        "test-town/extract?number=12/104",
        "test-town/extract?number=12 / 104",
        "test-town/extract?number=12/104&on=2024-02-29",
        "test-town/extract?number=12/106",
        "test-town/extract?number=12/106&on=2024-04-30",
        "test-town/extract?number=99/99",
        "test-town/extract?number=%01",
        "test-town/extract?number=%FF",
        "test-town/extract?number=12/104&on=2999-01-01",
        "nowhere/extract?number=12/104",
    ],
)
def test_both_ways_say_the_same(client: TestClient, question: str) -> None:
    def said(url: str) -> tuple[int, dict[str, str], bytes]:
        answer = client.get(url)
        return answer.status_code, dict(answer.headers), answer.content

    assert said(f"/api/{question}") == said(f"/api/{question}{LONG_WAY}")


def test_a_request_with_a_body_is_looked_at_by_the_guard(client: TestClient) -> None:
    asked = client.build_request(
        "GET", f"{TOWN}/extract?number=12/104", headers={"content-length": "999999999999"}
    )
    assert client.send(asked).status_code == 413


def test_a_nul_is_refused_before_any_short_way(client: TestClient) -> None:
    assert client.get(f"{TOWN}/extract?number=12/104%00").status_code == 422


def broken(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    """The short way comes to a fault; the long way has words of its own."""

    def written(_: object) -> None:
        raise fault

    monkeypatch.setattr("api.short_way.written", written)


def test_a_database_that_was_away_is_asked_again_the_long_way(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, OperationalError("the connection is lost"))
    assert client.get(f"{TOWN}/extract?number=12/104").status_code == 200


def test_a_fault_of_the_short_way_is_noted_and_the_doors_answer(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken(monkeypatch, ValueError("a fault of ours"))
    assert client.get(f"{TOWN}/extract?number=12/104").status_code == 200
    assert "a fault of ours" in caplog.text


def test_what_is_a_fault_on_both_ways_stays_a_500(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def extract(*_: object, **__: object) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr("api.answers.LandAnswers.extract", extract)
    assert client.get(f"{TOWN}/extract?number=12/104").status_code == 500


@pytest.mark.parametrize(
    "query",
    ["number=", "number=12/104&number=12/105", "number=12/104&on=2023-02-29", "number=12/104&onn=2024-01-01"],
)
def test_what_is_not_understood_is_still_refused(client: TestClient, query: str) -> None:
    assert client.get(f"{TOWN}/extract?{query}").status_code == 422


def test_it_cannot_be_asked_by_another_method(client: TestClient) -> None:
    answer = client.delete(f"{TOWN}/extract?number=12/104")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"
