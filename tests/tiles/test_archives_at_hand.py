"""Parts of an archive come as they lie in the file, the short way and the long way alike, and never from a file that was replaced."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api import archives_at_hand, errors
from api.archives_at_hand import LONGEST, ArchivesAtHand
from api.routers import tiles
from api.shortcuts import Doors
from web.templating import error_page

CONTENT = bytes(range(256)) * 40
TOWN = "/tiles/archives/town.pmtiles"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where an office has laid an archive, beside something else."""
    (tmp_path / "secret.txt").write_text("not for the map")
    (tmp_path / "archives").mkdir()
    (tmp_path / "archives" / "town.pmtiles").write_bytes(CONTENT)
    return tmp_path / "archives"


def door(folder: Path, *ways: ArchivesAtHand) -> TestClient:
    """The door to tiles alone, with or without the short way."""
    app = Doors(headers=())
    app.ways = ways
    app.state.archives = folder
    errors.install(app, error_page)
    app.include_router(tiles.router)
    return TestClient(app)


@pytest.fixture
def both(folder: Path) -> Iterator[tuple[TestClient, TestClient]]:
    """A client of the short way, and one of the long way."""
    with door(folder, ArchivesAtHand()) as short, door(folder) as long:
        yield short, long


def part(client: TestClient, words: str, **headers: str) -> Response:
    """A part as a map asks for it."""
    return client.get(TOWN, headers={"Range": words, **headers})


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-16383", 0, 10239),
        ("bytes=300-555", 300, 555),
        ("bytes=10239-10239", 10239, 10239),
    ],
)
def test_a_part_is_what_lies_there_by_both_ways(
    both: tuple[TestClient, TestClient], words: str, first: int, last: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = part(both[1], words)
    short_way = ArchivesAtHand.handle
    taken = []

    async def noted(*asked: object) -> None:
        taken.append(asked)
        await short_way(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(ArchivesAtHand, "handle", noted)
    short = part(both[0], words)
    assert taken
    assert short.content == CONTENT[first : last + 1]
    assert (short.status_code, short.content, sorted(short.headers.items())) == (
        long.status_code,
        long.content,
        sorted(long.headers.items()),
    )
    assert short.headers["content-range"] == f"bytes {first}-{last}/{len(CONTENT)}"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("bytes=10240-10300", 416),
        ("bytes=-100", 206),
        ("bytes=10200-", 206),
        ("bytes=0-1,5-6", 206),
        ("bytes=5-2", 400),
        ("lines=1-2", 400),
    ],
)
def test_every_other_wording_is_read_by_the_long_way(
    both: tuple[TestClient, TestClient], words: str, status: int
) -> None:
    assert [part(client, words).status_code for client in both] == [status, status]


def test_a_part_on_a_condition_is_the_whole_of_another_file(both: tuple[TestClient, TestClient]) -> None:
    tag = part(both[0], "bytes=0-9").headers["etag"]
    assert part(both[0], "bytes=0-9", **{"If-Range": tag}).status_code == 206
    assert part(both[0], "bytes=0-9", **{"If-Range": '"another"'}).content == CONTENT


def test_whole_files_and_long_parts_leave_in_pieces(folder: Path) -> None:
    content = os.urandom(LONGEST + 2)
    (folder / "town.pmtiles").write_bytes(content)
    with door(folder, ArchivesAtHand()) as client:
        assert client.get(TOWN).content == content
        assert part(client, f"bytes=0-{LONGEST - 1}").content == content[:LONGEST]
        assert part(client, f"bytes=1-{LONGEST + 1}").content == content[1:]


def test_a_replaced_file_answers_with_its_own_bytes_and_a_removed_one_no_more(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives_at_hand, "OPEN", 1)
    monkeypatch.setattr(archives_at_hand, "ROOM", 15)
    monkeypatch.setattr(archives_at_hand, "FRESH", 0.0)
    with door(folder, ArchivesAtHand()) as client:
        before = part(client, "bytes=0-9")
        fresh = folder / "fresh"
        fresh.write_bytes(CONTENT[::-1])
        fresh.rename(folder / "town.pmtiles")
        after = part(client, "bytes=0-9")
        assert after.content == CONTENT[::-1][:10]
        assert after.headers["etag"] != before.headers["etag"]
        (folder / "other.pmtiles").write_bytes(CONTENT)
        other = client.get("/tiles/archives/other.pmtiles", headers={"Range": "bytes=1-2"})
        assert other.content == CONTENT[1:3]
        assert part(client, "bytes=0-9").content == CONTENT[::-1][:10]
        (folder / "town.pmtiles").unlink()
        assert part(client, "bytes=0-9").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "nothing.pmtiles",
        "..%2Fsecret.txt",
        "..%2Farchives%2Ftown.pmtiles",
        "secret.txt",
        "%E0%B4%95" * 90 + ".pmtiles",
    ],
)
def test_no_name_leads_out_of_the_folder_and_what_is_not_there_is_told(
    both: tuple[TestClient, TestClient], name: str
) -> None:
    answers = [client.get(f"/tiles/archives/{name}", headers={"Range": "bytes=0-9"}) for client in both]
    assert [each.status_code for each in answers] == [404, 404]
