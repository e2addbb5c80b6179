"""What a program asks before it fetches: HEAD says of tiles and open data what GET would, and sends nothing."""

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request

from api.errors import is_for_programs

TOWN = "test-town"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/tiles/{TOWN}/style.json", 200),
        (f"/tiles/{TOWN}/15/23333/15408.mvt", 200),
        (f"/tiles/{TOWN}/15/-1/0.mvt", 422),
        (f"/ogc/{TOWN}/collections/parcels/items", 200),
        (f"/ogc/{TOWN}/collections/parcels/download?f=csv", 200),
        (f"/ogc/{TOWN}/collections/persons", 404),
        ("/tiles/archives/none.pmtiles", 404),
        ("/law", 405),
    ],
)
def test_head_says_what_get_would_say_without_the_answer(
    client: TestClient, address: str, status: int
) -> None:
    head, whole = client.head(address), client.get(address)
    assert head.status_code == status
    assert head.content == b""
    if status != 405:
        told = [{name: each.headers.get(name) for name in KEPT} for each in (head, whole)]
        assert told[0] == told[1]
        assert whole.status_code == status


KEPT = ("content-type", "content-length", "etag", "last-modified", "cache-control", "content-security-policy")


@pytest.mark.parametrize(
    ("path", "words", "accept", "is_one"),
    [
        ("/ogc/town/collections", "", None, True),
        ("/ogc/town/collections", "", "*/*", True),
        ("/ogc/town/collections", "", "text/html,*/*", False),
        ("/ogc/town/collections", "f=json", "text/html,*/*", True),
        ("/ogc/town/collections", "f=html", None, True),
        ("/ogc/town/collections", "f=html", "text/html", False),
        ("/tiles/town/style.json", "", "text/html", True),
        ("/town/map", "", None, False),
        ("/town/map", "", "application/json", True),
    ],
)
def test_who_is_refused_in_words_of_programs(path: str, words: str, accept: str | None, is_one: bool) -> None:
    """As the answers themselves: some programs send no word about what they read."""
    given = [] if accept is None else [(b"accept", accept.encode())]
    scope = {"type": "http", "path": path, "query_string": words.encode(), "headers": given}
    assert is_for_programs(Request({**scope, "server": ("host", 80), "scheme": "http"})) is is_one
