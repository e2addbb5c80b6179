"""A case whose workflow has changed under it can still be read, says so, and hurts nobody's page."""

import logging
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from api.running import _name_stranded
from api.sample_town import BODY, CITIZENS, OFFICERS
from api.town import SERVICES, stranded_cases
from civic.core.bodies import inside
from civic.core.services import service_kept
from civic.core.workflow import Title
from gis.db.session import transaction
from tests.civic.test_sample_town import TOWN, apply_for, become, pay, send_paper

PLOT = f"/{BODY.jurisdiction}/plot?number=1/1&lang=en"
GONE = {"state": "weighed", "service": "weights"}


@pytest.fixture(params=sorted(GONE))
def old(
    request: pytest.FixtureRequest, door: TestClient, sample_hall: Engine, sample_owner: Engine
) -> Callable[[], str]:
    """A case on plot 1/1 that stands in a state, or is of a service, that is no more; it is put right afterwards."""
    become(door, CITIZENS[0][0])
    number = apply_for(door, kind="correct_land_type", number="1/1", land_type="nilam")
    send_paper(door, number)
    pay(sample_hall, number)
    column = request.param

    def put(value: str) -> None:
        with transaction(sample_owner) as session:
            session.execute(text("SELECT set_config('bhumika.body', :code, true)"), {"code": BODY.code})
            changed = session.execute(
                text(f"UPDATE civic_case SET {column} = :value WHERE number = :number"),
                {"value": value, "number": number},
            )
            assert changed.rowcount == 1  # type: ignore[attr-defined]

    with inside(sample_hall, BODY.code) as (session, _):
        before = session.scalar(
            text(f"SELECT {column} FROM civic_case WHERE number = :number"), {"number": number}
        )
    put(GONE[column])
    yield lambda: number
    put(before)


@pytest.mark.parametrize("who", [CITIZENS[0][0], OFFICERS["verifier"], OFFICERS["secretary"]])
def test_every_page_shows_the_old_case(door: TestClient, old: Callable[[], str], who: str) -> None:
    number = old()
    become(door, who)
    page = door.get(f"{TOWN}/cases/{number}?lang=en")
    assert page.status_code == 200
    assert "no longer has" in page.text
    for path in ("", "/my", "/board", f"/cases/{number}/messages", f"/cases/{number}/documents"):
        assert door.get(f"{TOWN}{path}").status_code == 200, path
    assert number in door.get(PLOT).text
    if who != CITIZENS[0][0]:
        assert door.get(f"{TOWN}/inbox").status_code == 200
    assert number in door.get(f"/api{TOWN}/board.csv").text
    assert number in door.get(f"/api{TOWN}/board").text


def test_nothing_can_be_done_to_it_and_the_page_says_so(door: TestClient, old: Callable[[], str]) -> None:
    number = old()
    become(door, OFFICERS["verifier"])
    page = door.get(f"{TOWN}/cases/{number}").text
    assert "/steps/" not in page
    answer = door.post(f"{TOWN}/cases/{number}/steps/verify", data={"version": "3"})
    assert answer.status_code in (403, 404, 409, 422)


def test_it_is_named_at_start(
    old: Callable[[], str], sample_hall: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    number = old()
    assert [line.partition(" ")[0] for line in stranded_cases(sample_hall)] == [number]
    with caplog.at_level(logging.WARNING, logger="bhumika"):
        _name_stranded(sample_hall)
    assert number in caplog.text


def test_nothing_is_named_where_every_state_is_known(
    sample_hall: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    assert stranded_cases(sample_hall) == []
    _name_stranded(sample_hall)
    assert caplog.text == ""


def test_a_state_that_is_gone_is_called_by_its_stored_name() -> None:
    flow = SERVICES["land_records"].flow
    assert flow.state_title("weighed") == Title(en="weighed", ml="weighed")
    assert flow.state_title("checking").en == "Papers are checked"
    assert service_kept(SERVICES, "weights").flow.title.en == "weights"
    assert service_kept(SERVICES, "land_records") is SERVICES["land_records"]
