"""Who has an answer is not sent it again while nothing of its collection is recorded; long answers leave packed, piece by piece."""

import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine, text

from api.answers import KERALA_TIME, today
from api.app import create_app
from api.routers.ogc import asked, fresh, streaming, wanted
from api.settings import Settings
from gis.db.session import transaction
from gis.jurisdictions import jurisdiction
from gis.parcels.changes import divide
from gis.recordings import record
from layers.collections import features
from tests.api.town import AROUND, build
from tests.builders import a_box, halves
from tests.layers.ground import bring_in
from tiles.packing import packed_pieces

TOWN = "/ogc/test-town/collections"
QUESTIONS = (
    "parcels/items",
    "parcels/items?limit=2",
    "parcels/items?filter=measured_area>1",
    "zoning/items",
    "zoning/download?f=csv",
    "parcels/download?f=gpkg",
)


@pytest.fixture
def own_town(fresh_engine: Engine) -> Engine:
    """The small town, which a test may change."""
    build(fresh_engine)
    return fresh_engine


@pytest.fixture
def changing(own_town: Engine) -> Iterator[TestClient]:
    """A client of the service over the town that a test may change."""
    app = create_app(Settings(state=Path("nowhere")), own_town)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def get(client: TestClient, address: str, **has: str) -> Response:
    """The answer for who has a tag (`if_none_match`) or an instant (`if_modified_since`)."""
    words = {name.replace("_", "-"): value for name, value in has.items()}
    return client.get(f"{TOWN}/{address}", headers={"accept": "application/json", **words})


def tag(client: TestClient, address: str) -> str:
    answer = get(client, address)
    assert answer.status_code == 200, answer.text
    found: str = answer.headers["etag"]
    return found


def edit(engine: Engine) -> None:
    """A plot is divided."""
    with transaction(engine) as session:
        into = halves(a_box(20), ("12/105-1", "12/105-2"))
        place = jurisdiction(session, "test-town")
        divide(session, place, "12/105", into=into, on=date(2024, 7, 1), instrument="deed 1/2024")


def bring_zones(engine: Engine) -> None:
    """Zones are brought in anew."""
    with transaction(engine) as session:
        place = jurisdiction(session, "test-town")
        bring_in(session, place, "zoning", [a_box(0, 0, 9, 9)], labels=["R9"], coverage=AROUND)


# -- what a client has already


@pytest.mark.parametrize("address", QUESTIONS)
def test_who_has_an_answer_is_not_sent_it_again(client: TestClient, address: str) -> None:
    first = get(client, address)
    again = get(client, address, if_none_match=f'"other", {first.headers["etag"]}')
    assert (again.status_code, again.content) == (304, b"")
    for word in ("etag", "cache-control", "vary"):
        assert again.headers.get(word) == first.headers.get(word)
    assert get(client, address, if_none_match='W/"other"').status_code == 200


def test_every_question_has_a_tag_of_its_own(client: TestClient) -> None:
    tags = [tag(client, each) for each in (*QUESTIONS, "zoning/items?limit=2", "parcels/items?on=2024-06-01")]
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize(("change", "stale"), [(edit, "parcels"), (bring_zones, "zoning")])
def test_a_change_makes_its_own_answers_stale_and_no_others(
    changing: TestClient, own_town: Engine, change: Any, stale: str
) -> None:
    tags = {each: tag(changing, each) for each in QUESTIONS}
    change(own_town)
    for each, had in tags.items():
        status = get(changing, each, if_none_match=had).status_code
        assert status == (200 if each.startswith(stale) else 304), each


def test_an_import_that_is_taken_back_makes_answers_stale(changing: TestClient, own_town: Engine) -> None:
    with transaction(own_town) as session:
        place = jurisdiction(session, "test-town")
        bring_in(session, place, "flood", [a_box(0, 0, 9, 9)], coverage=AROUND, series="second")
    both = get(changing, "flood/items")
    assert both.json()["numberMatched"] == 2
    with transaction(own_town) as session:
        taken_back = {"instant": record(session, "test-town", what="taken back").instant}
        older = "SELECT min(id) FROM dataset_import WHERE target = 'flood'"
        ended = "UPDATE dataset_import SET recorded = tstzrange(lower(recorded), :instant)"
        session.execute(text(f"{ended} WHERE id = ({older})"), taken_back)
    one = get(changing, "flood/items", if_none_match=both.headers["etag"])
    assert (one.status_code, one.json()["numberMatched"]) == (200, 1)


def test_a_single_feature_is_known_again_and_one_that_is_not_there_is_told(client: TestClient) -> None:
    number = get(client, "parcels/items").json()["features"][0]["id"]
    first = get(client, f"parcels/items/{number}")
    assert get(client, f"parcels/items/{number}", if_none_match=first.headers["etag"]).status_code == 304
    assert get(client, "parcels/items/0", if_none_match="*").status_code == 404
    assert get(client, "parcels/items?bbox=1", if_none_match="*").status_code == 400


# -- days and instants


def settle(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "SETTLED", timedelta(0))


def test_an_answer_on_a_named_day_is_as_old_as_its_collection(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(client, monkeypatch)
    changed = datetime.fromisoformat(
        client.get(f"{TOWN}/zoning", headers={"accept": "application/json"}).json()["updated"]
    )
    address = "zoning/items?on=2025-01-01"
    told = parsedate_to_datetime(get(client, address).headers["last-modified"])
    assert told == changed.replace(microsecond=0)
    early, late = (format_datetime(told + timedelta(seconds=each), usegmt=True) for each in (-1, 0))
    assert get(client, address, if_modified_since=early).status_code == 200
    assert get(client, address, if_modified_since=late).status_code == 304
    assert get(client, address, if_modified_since=late, if_none_match='"x"').status_code == 200
    assert get(client, address, if_modified_since="yesterday").status_code == 200


@pytest.mark.parametrize(
    ("address", "is_new_each_day"),
    [
        ("zoning/items", True),
        ("zoning/items?datetime=2025-01-01/..", True),
        ("zoning/items?datetime=2025-01-01/2025-02-01", False),
        ("zoning/items?on=2025-01-01", False),
    ],
)
def test_the_next_day_asks_anew_unless_a_day_was_named(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, address: str, is_new_each_day: bool
) -> None:
    had = tag(client, address)
    tomorrow = today() + timedelta(days=1)
    for module in (fresh, wanted):
        monkeypatch.setattr(module, "today", lambda: tomorrow)
    monkeypatch.setattr(asked, "day_asked", lambda on: on or tomorrow)
    monkeypatch.setattr(fresh, "_whole", lambda instant: instant.astimezone(UTC))
    answer = get(client, address, if_none_match=had)
    assert answer.status_code == (200 if is_new_each_day else 304)
    told = parsedate_to_datetime(answer.headers["last-modified"]).astimezone(KERALA_TIME)
    assert (told.date() == tomorrow) is is_new_each_day


def test_within_the_second_of_a_change_no_instant_is_told(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fresh, "SETTLED", timedelta(days=1))
    answer = get(client, "parcels/items?on=2025-01-01")
    assert "etag" in answer.headers
    assert "last-modified" not in answer.headers


# -- packed on the way


@pytest.mark.parametrize("short", [streaming.SHORT, 100])
@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False), ("identity", False)],
)
@pytest.mark.parametrize("address", ["parcels/items", "parcels/download?f=csv", "zoning/download?f=geojsonl"])
def test_answers_leave_packed_for_who_can_unpack_them(
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    accepted: str,
    is_packed: bool,
    short: int,
) -> None:
    plain = get(client, address, accept_encoding="identity")
    monkeypatch.setattr(streaming, "SHORT", short)
    monkeypatch.setattr(features, "SMALL", 0)
    with client.stream(
        "GET", f"{TOWN}/{address}", headers={"accept": "application/json", "accept-encoding": accepted}
    ) as answer:
        raw = b"".join(answer.iter_raw())
    assert (answer.headers.get("content-encoding") == "gzip") is is_packed
    assert ("content-length" in answer.headers) is (short != 100)
    assert "Accept-Encoding" in answer.headers["vary"]
    assert answer.headers["etag"] == plain.headers["etag"]
    assert (gzip.decompress(raw) if is_packed else raw) == plain.content


def test_a_file_is_sent_as_it_is(client: TestClient) -> None:
    answer = get(client, "parcels/download?f=gpkg", accept_encoding="gzip")
    assert "content-encoding" not in answer.headers
    assert answer.content.startswith(b"SQLite format 3")


def test_pieces_leave_before_the_last_one_is_made() -> None:
    made: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(200):
            made.append(number)
            yield repr([number * each for each in range(5_000)]).encode()

    packing = packed_pieces(pieces())
    first = next(packing)
    assert len(made) < 20
    whole = gzip.decompress(first + b"".join(packing))
    assert whole == b"".join(repr([number * each for each in range(5_000)]).encode() for number in range(200))
