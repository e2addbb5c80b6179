"""The short way says what the long way says, takes plain questions alone, and PostGIS draws on connections that mend themselves."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.answers import today
from api.app import create_app
from api.settings import Settings
from api.tiles_at_hand import TilesAtHand
from gis.asof import AsOf
from gis.jurisdictions import jurisdiction
from gis.recordings import last_recording
from tests.tiles.ground import tile_over
from tiles import drawing as drawing_module
from tiles import shelf as shelving
from tiles.drawing import Drawing
from tiles.once import Errand
from tiles.vector import TileAddress, tile

OVER = tile_over(15, x=10, y=10)
PATH = f"/tiles/test-town/{OVER.z}/{OVER.x}/{OVER.y}.mvt"


@pytest.fixture(scope="module")
def both(drawn_town: Engine, state: Path) -> Iterator[tuple[TestClient, TestClient]]:
    """A client of the service, and one of a service without the short way."""
    apps = [create_app(Settings(state=state), drawn_town) for _ in range(2)]
    apps[1].ways = ()
    with TestClient(apps[0]) as short, TestClient(apps[1]) as long:
        yield short, long


def taken(answers: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Notes which questions take the short way."""
    handle = TilesAtHand.handle

    async def noted(self: TilesAtHand, scope: dict[str, str], *rest: object) -> None:
        answers.append(scope["path"])
        await handle(self, scope, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(TilesAtHand, "handle", noted)


def said(answer: Response) -> tuple[int, bytes, dict[str, str]]:
    return answer.status_code, answer.content, dict(answer.headers)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "?layers=flood",
        "?layers=parcels,flood,flood",
        "?on=2024-04-30",
        "?v=1&on=2024-05-01",
        "?layers=road,",
    ],
)
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_plain_question_takes_the_short_way_and_is_answered_the_same(
    both: tuple[TestClient, TestClient], monkeypatch: pytest.MonkeyPatch, words: str, encoding: str
) -> None:
    short, long = both
    headers = {"accept-encoding": encoding}
    short.get(PATH)
    ways: list[str] = []
    taken(ways, monkeypatch)
    answers = [said(client.get(PATH + words, headers=headers)) for client in both]
    assert ways == [PATH]
    assert answers[0] == answers[1]
    assert answers[0][0] == 200
    has = {**headers, "if-none-match": answers[0][2]["etag"]}
    assert said(short.get(PATH + words, headers=has)) == said(long.get(PATH + words, headers=has))


def test_a_place_that_is_to_be_looked_at_again_is_looked_at_on_the_short_way(
    both: tuple[TestClient, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    short, long = both
    short.get(PATH)
    monkeypatch.setattr(shelving, "FRESH", 0.0)
    ways: list[str] = []
    taken(ways, monkeypatch)
    assert said(short.get(PATH)) == said(long.get(PATH))
    assert ways == [PATH]


@pytest.mark.parametrize(
    "path",
    [
        PATH + "?layers=nothing",
        PATH + "?layers=",
        PATH + "?layers=parcels&layers=flood",
        PATH + "?date=2024-01-01",
        PATH + "?on=20240101",
        PATH + "?on=2024-13-01",
        PATH + f"?on={today() + timedelta(days=1)}",
        PATH + "?known=2999-01-01T00:00:00Z",
        PATH + "?v=" + "9" * 500,
        "/tiles/test-town/40/0/0.mvt",
        "/tiles/test-town/15/32768/0.mvt",
        "/tiles/test-town/15/0/32768.mvt",
        "/tiles/test-town/15/-1/0.mvt",
        "/tiles/test-town/15/٣/0.mvt",
        "/tiles/test-town/999999999999/0/0.mvt",
        "/tiles/nowhere/15/0/0.mvt",
        "/tiles/test-town/15/0.mvt",
    ],
)
def test_every_other_question_is_left_to_the_route(
    both: tuple[TestClient, TestClient], monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    both[0].get(PATH)
    ways: list[str] = []
    taken(ways, monkeypatch)
    answers = [client.get(path, headers={"accept": "application/json"}) for client in both]
    assert ways == []
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].status_code < 500
    assert answers[0].content == answers[1].content


@pytest.fixture
def town(drawn_town: Engine) -> Iterator[tuple[Drawing, dict[str, object]]]:
    """PostGIS as the service has it, and the town's flood on a day."""
    with Session(drawn_town) as session:
        place = jurisdiction(session, "test-town")
        at = AsOf(on=date(2024, 6, 1), known=last_recording(session, "test-town"))
    drawing = Drawing(drawn_town)
    yield drawing, {"place": place, "layers": ["flood"], "at": at}
    drawing.engine.dispose()


def test_postgis_plans_each_tile_for_its_own_ground_in_one_statement_of_its_own(
    drawn_town: Engine, town: tuple[Drawing, dict[str, object]]
) -> None:
    drawing, asked = town
    content = drawing.tile(address=OVER, errand=Errand(), **asked)  # type: ignore[arg-type]
    with Session(drawn_town) as session:
        assert content == tile(session, address=OVER, **asked)  # type: ignore[arg-type]
    with drawing.engine.connect() as connection:
        assert connection.scalar(text("SHOW plan_cache_mode")) == "force_custom_plan"


def test_a_connection_that_the_server_has_ended_is_replaced(
    drawn_town: Engine, town: tuple[Drawing, dict[str, object]]
) -> None:
    drawing, asked = town
    before = drawing.tile(address=OVER, errand=Errand(), **asked)  # type: ignore[arg-type]
    with drawing.engine.connect() as connection:
        backend = connection.scalar(text("SELECT pg_backend_pid()"))
    with drawn_town.connect() as other:
        assert other.scalar(text("SELECT pg_terminate_backend(:pid, 2000)"), {"pid": backend})
    assert drawing.tile(address=OVER, errand=Errand(), **asked) == before  # type: ignore[arg-type]


def test_far_from_the_place_postgis_is_not_asked(
    town: tuple[Drawing, dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing, asked = town
    monkeypatch.setattr(drawing_module, "layers_drawn", None)
    for x, y in ((0, 0), (0, 15_000), (32_767, 15_000), (32_767, 32_767)):
        address = TileAddress(z=15, x=x, y=y)
        assert drawing.tile(address=address, errand=Errand(), **asked) == b""  # type: ignore[arg-type]
